"""Pooling: the largest, the mean or the norm of windows."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.modules.utils import _single

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "LPPool1d",
    "LPPool2d",
    "LPPool3d",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
]

Sizes = int | tuple[int, ...]
OptionalSizes = int | tuple[int | None, ...] | None


# the largest ---------------------------------------------------------------------------------


class _MaxPoolNd(Module):
    """The options of a max pooling."""

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        dilation: Sizes = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices: Any = return_indices
        self.ceil_mode = ceil_mode

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding},"
            f" dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPoolNd):
    """The largest element of each window.

    Args:
        kernel_size: the window's size.
        stride: the step from one window to the next. Default: `kernel_size`.
        padding: how far windows may reach beyond each end.
        dilation: the step from one element of a window to the next.
        return_indices: whether the places of the largest are returned too.
        ceil_mode: whether a last window that is not full counts.

    Shape:
        Input (n, c, l) or (c, l); output (n, c, l') or (c, l'), l' being
        floor((l + 2 padding - dilation (kernel_size - 1) - 1) / stride) + 1.

    Example:
        >>> nn.MaxPool1d(2)(torch.tensor([[1.0, 3.0, 2.0, 0.0]]))
        tensor([[3., 2.]])
    """

    def forward(self, input: Tensor) -> Any:
        return F.max_pool1d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            ceil_mode=self.ceil_mode,
            return_indices=self.return_indices,
        )


class MaxPool2d(_MaxPoolNd):
    """The largest element of each window of images.

    Args:
        kernel_size: the window's size, one number or (height, width).
        stride: the step from one window to the next. Default: `kernel_size`.
        padding: how far windows may reach beyond each edge.
        dilation: the step from one element of a window to the next.
        return_indices: whether the places of the largest are returned too.
        ceil_mode: whether last windows that are not full count.

    Shape:
        Input (n, c, h, w) or (c, h, w); output (n, c, h', w') or (c, h', w'), h' being
        floor((h + 2 padding - dilation (kernel_size - 1) - 1) / stride) + 1.

    Example:
        >>> nn.MaxPool2d(2)(torch.arange(16.0).reshape(1, 4, 4))
        tensor([[[ 5.,  7.],
                 [13., 15.]]])
    """

    def forward(self, input: Tensor) -> Any:
        return F.max_pool2d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            ceil_mode=self.ceil_mode,
            return_indices=self.return_indices,
        )


class MaxPool3d(_MaxPoolNd):
    """The largest element of each window of volumes.

    Args:
        kernel_size: the window's size, one number or (depth, height, width).
        stride: the step from one window to the next. Default: `kernel_size`.
        padding: how far windows may reach beyond each side.
        dilation: the step from one element of a window to the next.
        return_indices: whether the places of the largest are returned too.
        ceil_mode: whether last windows that are not full count.

    Shape:
        Input (n, c, d, h, w) or (c, d, h, w); output (n, c, d', h', w') or (c, d', h', w'), d'
        being
        floor((d + 2 padding - dilation (kernel_size - 1) - 1) / stride) + 1.

    Example:
        >>> nn.MaxPool3d(2)(torch.ones(1, 3, 4, 4, 4)).shape
        torch.Size([1, 3, 2, 2, 2])
    """

    def forward(self, input: Tensor) -> Any:
        return F.max_pool3d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            ceil_mode=self.ceil_mode,
            return_indices=self.return_indices,
        )


# the mean ------------------------------------------------------------------------------------


class AvgPool1d(Module):
    """The mean of each window.

    Args:
        kernel_size: the window's size.
        stride: the step from one window to the next. Default: `kernel_size`.
        padding: how far windows may reach beyond each end.
        ceil_mode: whether a last window that is not full counts.
        count_include_pad: whether the padding counts as zeros, or not at all.

    Shape:
        Input (n, c, l) or (c, l); output (n, c, l') or (c, l'), l' being
        floor((l + 2 padding - kernel_size) / stride) + 1.

    Example:
        >>> nn.AvgPool1d(2)(torch.tensor([[1.0, 3.0, 2.0, 0.0]]))
        tensor([[2., 1.]])
    """

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size = _single(kernel_size)
        self.stride = _single(kernel_size if stride is None else stride)
        self.padding = _single(padding)
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool1d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
        )

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _AvgPoolNd(Module):
    """The options of an average pooling over more than one dimension."""

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(_AvgPoolNd):
    """The mean of each window of images.

    Args:
        kernel_size: the window's size, one number or (height, width).
        stride: the step from one window to the next. Default: `kernel_size`.
        padding: how far windows may reach beyond each edge.
        ceil_mode: whether last windows that are not full count.
        count_include_pad: whether the padding counts as zeros, or not at all.
        divisor_override: what sums are divided by. Default: the number of elements.

    Shape:
        Input (n, c, h, w) or (c, h, w); output (n, c, h', w') or (c, h', w'), h' being
        floor((h + 2 padding - kernel_size) / stride) + 1.

    Example:
        >>> nn.AvgPool2d(2)(torch.arange(16.0).reshape(1, 4, 4))
        tensor([[[ 2.5000,  4.5000],
                 [10.5000, 12.5000]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool2d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )


class AvgPool3d(_AvgPoolNd):
    """The mean of each window of volumes.

    Args:
        kernel_size: the window's size, one number or (depth, height, width).
        stride: the step from one window to the next. Default: `kernel_size`.
        padding: how far windows may reach beyond each side.
        ceil_mode: whether last windows that are not full count.
        count_include_pad: whether the padding counts as zeros, or not at all.
        divisor_override: what sums are divided by. Default: the number of elements.

    Shape:
        Input (n, c, d, h, w) or (c, d, h, w); output (n, c, d', h', w') or (c, d', h', w'), d'
        being
        floor((d + 2 padding - kernel_size) / stride) + 1.

    Example:
        >>> nn.AvgPool3d(2)(torch.ones(1, 3, 4, 4, 4)).shape
        torch.Size([1, 3, 2, 2, 2])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool3d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )


# the norm ------------------------------------------------------------------------------------


class _LPPoolNd(Module):
    """The options of a pooling by norms."""

    def __init__(
        self,
        norm_type: float,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def extra_repr(self) -> str:
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride},"
            f" ceil_mode={self.ceil_mode}"
        )


class LPPool1d(_LPPoolNd):
    """(sum of x^p)^(1/p) over each window.

    Args:
        norm_type: the p.
        kernel_size: the window's size.
        stride: the step from one window to the next. Default: `kernel_size`.
        ceil_mode: whether a last window that is not full counts.

    Shape:
        Input (n, c, l) or (c, l); output (n, c, l') or (c, l'), l' being floor((l - kernel_size) /
        stride) + 1.

    Example:
        >>> nn.LPPool1d(2, 2)(torch.tensor([[3.0, 4.0]]))
        tensor([[5.]])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.lp_pool1d(
            input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode
        )


class LPPool2d(_LPPoolNd):
    """(sum of x^p)^(1/p) over each window of images.

    Args:
        norm_type: the p.
        kernel_size: the window's size, one number or (height, width).
        stride: the step from one window to the next. Default: `kernel_size`.
        ceil_mode: whether last windows that are not full count.

    Shape:
        Input (n, c, h, w) or (c, h, w); output (n, c, h', w') or (c, h', w'), h' being
        floor((h - kernel_size) / stride) + 1.

    Example:
        >>> nn.LPPool2d(2, 2)(torch.ones(1, 2, 2))
        tensor([[[2.]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.lp_pool2d(
            input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode
        )


class LPPool3d(_LPPoolNd):
    """(sum of x^p)^(1/p) over each window of volumes.

    Args:
        norm_type: the p.
        kernel_size: the window's size, one number or (depth, height, width).
        stride: the step from one window to the next. Default: `kernel_size`.
        ceil_mode: whether last windows that are not full count.

    Shape:
        Input (n, c, d, h, w) or (c, d, h, w); output (n, c, d', h', w') or (c, d', h', w'), d'
        being
        floor((d - kernel_size) / stride) + 1.

    Example:
        >>> nn.LPPool3d(3, 2)(torch.ones(1, 2, 2, 2))
        tensor([[[[2.]]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.lp_pool3d(
            input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode
        )


# of as many windows as wanted ----------------------------------------------------------------


class _AdaptiveAvgPoolNd(Module):
    """The options of an adaptive average pooling."""

    def __init__(self, output_size: OptionalSizes) -> None:
        super().__init__()
        self.output_size: Any = output_size

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPoolNd):
    """The means of as many windows as wanted, which cover the input evenly.

    Args:
        output_size: how many windows.

    Shape:
        Input (n, c, l) or (c, l); output (n, c, output_size) or (c, output_size).

    Example:
        >>> nn.AdaptiveAvgPool1d(2)(torch.tensor([[1.0, 3.0, 2.0, 0.0]]))
        tensor([[2., 1.]])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool1d(input, self.output_size)


class AdaptiveAvgPool2d(_AdaptiveAvgPoolNd):
    """The means of as many windows of images as wanted, which cover them evenly.

    Args:
        output_size: how many windows, one number or (down, across); None keeps a dimension's size.

    Shape:
        Input (n, c, h, w) or (c, h, w); output (n, c, *output_size) or (c, *output_size).

    Example:
        >>> nn.AdaptiveAvgPool2d(1)(torch.ones(2, 3, 5, 7)).shape
        torch.Size([2, 3, 1, 1])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(input, self.output_size)


class AdaptiveAvgPool3d(_AdaptiveAvgPoolNd):
    """The means of as many windows of volumes as wanted, which cover them evenly.

    Args:
        output_size: how many windows, one number or three; None keeps a dimension's size.

    Shape:
        Input (n, c, d, h, w) or (c, d, h, w); output (n, c, *output_size) or (c, *output_size).

    Example:
        >>> nn.AdaptiveAvgPool3d(2)(torch.ones(2, 3, 5, 7, 4)).shape
        torch.Size([2, 3, 2, 2, 2])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool3d(input, self.output_size)


class _AdaptiveMaxPoolNd(Module):
    """The options of an adaptive max pooling."""

    def __init__(self, output_size: OptionalSizes, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size: Any = output_size
        self.return_indices: Any = return_indices

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveMaxPool1d(_AdaptiveMaxPoolNd):
    """The largest of as many windows as wanted, which cover the input evenly.

    Args:
        output_size: how many windows.
        return_indices: whether the places of the largest are returned too.

    Shape:
        Input (n, c, l) or (c, l); output (n, c, output_size) or (c, output_size).

    Example:
        >>> nn.AdaptiveMaxPool1d(2)(torch.tensor([[1.0, 3.0, 2.0, 0.0]]))
        tensor([[3., 2.]])
    """

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool1d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool2d(_AdaptiveMaxPoolNd):
    """The largest of as many windows of images as wanted, which cover them evenly.

    Args:
        output_size: how many windows, one number or (down, across); None keeps a dimension's size.
        return_indices: whether the places of the largest are returned too.

    Shape:
        Input (n, c, h, w) or (c, h, w); output (n, c, *output_size) or (c, *output_size).

    Example:
        >>> nn.AdaptiveMaxPool2d((1, None))(torch.ones(2, 3, 5, 7)).shape
        torch.Size([2, 3, 1, 7])
    """

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool2d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool3d(_AdaptiveMaxPoolNd):
    """The largest of as many windows of volumes as wanted, which cover them evenly.

    Args:
        output_size: how many windows, one number or three; None keeps a dimension's size.
        return_indices: whether the places of the largest are returned too.

    Shape:
        Input (n, c, d, h, w) or (c, d, h, w); output (n, c, *output_size) or (c, *output_size).

    Example:
        >>> nn.AdaptiveMaxPool3d(2)(torch.ones(2, 3, 5, 7, 4)).shape
        torch.Size([2, 3, 2, 2, 2])
    """

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool3d(input, self.output_size, self.return_indices)
