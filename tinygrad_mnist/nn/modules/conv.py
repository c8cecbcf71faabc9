"""Convolution layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.lazy import LazyModuleMixin
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.modules.utils import _check_integers, _repeat
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.ops.creation import empty

__all__ = [
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "LazyConv1d",
    "LazyConv2d",
    "LazyConv3d",
    "LazyConvTranspose1d",
    "LazyConvTranspose2d",
    "LazyConvTranspose3d",
]

Sizes = int | tuple[int, ...]
PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class _ConvNd(Module):
    """Parameters and options of a convolution over `rank` dimensions, or of its transpose."""

    rank: int
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes,
        padding: str | Sizes,
        dilation: Sizes,
        transposed: bool,
        output_padding: Sizes,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = _repeat(kernel_size, self.rank)
        self.stride = _repeat(stride, self.rank)
        self.padding: Any = padding if isinstance(padding, str) else _repeat(padding, self.rank)
        self.dilation = _repeat(dilation, self.rank)
        self.transposed = transposed
        self.output_padding = _repeat(output_padding, self.rank)
        self.groups = groups
        self.padding_mode = padding_mode
        self._check_options()
        if transposed:
            shape = (in_channels, out_channels // groups, *self.kernel_size)
        else:
            shape = (out_channels, in_channels // groups, *self.kernel_size)
        self.weight = Parameter(empty(shape, dtype=dtype, device=device))
        if bias:
            self.bias = Parameter(empty(out_channels, dtype=dtype, device=device))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def _check_options(self) -> None:
        groups = self.groups
        channels = {"in_channels": self.in_channels, "out_channels": self.out_channels}
        _check_integers(self, **channels, groups=groups)
        grid = {"stride": self.stride, "dilation": self.dilation}
        _check_integers(self, 1, kernel_size=self.kernel_size, **grid)
        if not isinstance(self.padding, str):
            _check_integers(self, 0, padding=self.padding, output_padding=self.output_padding)
        check(groups > 0, "groups must be a positive integer, but got {}", groups, error=ValueError)
        divisible = all(n % groups == 0 for n in channels.values())
        message = "channels {} must be divisible by groups"
        check(divisible, message, tuple(channels.values()), error=ValueError)
        modes = ("zeros",) if self.transposed else PADDING_MODES
        message = "padding_mode must be one of {}, but got {!r}"
        check(self.padding_mode in modes, message, modes, self.padding_mode, error=ValueError)
        if isinstance(self.padding, str):
            known = self.padding in ("same", "valid")
            message = "Invalid padding string {!r}, not valid or same"
            check(known, message, self.padding, error=ValueError)
        if self.padding == "same":
            message = "padding='same' is not supported for stride {}"
            check(max(self.stride) == 1, message, self.stride, error=ValueError)

    def reset_parameters(self) -> None:
        """Draw the parameters anew, uniform in +-1 / sqrt(fan_in)."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        init.uniform_bias_(self.bias, self.weight)

    def _pad(self, input: Tensor) -> tuple[Tensor, Any]:
        """The input padded as `padding_mode` says, and what the convolution is to add."""
        if self.padding_mode == "zeros":
            return input, self.padding
        widths: list[int] = []
        for d in reversed(range(self.rank)):
            if self.padding == "same":
                total = self.dilation[d] * (self.kernel_size[d] - 1)
            elif self.padding == "valid":
                total = 0
            else:
                total = 2 * int(self.padding[d])
            widths += (total // 2, total - total // 2)
        return F.pad(input, widths, self.padding_mode), 0

    def _output_padding(self, input: Tensor, output_size: Sequence[int] | None) -> tuple[int, ...]:
        """What to add to the least output of a transposed convolution for one of a wanted size."""
        if output_size is None:
            return self.output_padding
        wanted = tuple(output_size)[-self.rank :]
        sizes = input.array.shape[-self.rank :]
        extra = []
        for d in range(self.rank):
            padding = int(self.padding[d])
            window = self.dilation[d] * (self.kernel_size[d] - 1) + 1
            least = (sizes[d] - 1) * self.stride[d] - 2 * padding + window
            extra.append(int(wanted[d]) - least)
        fits = all(0 <= e < s for e, s in zip(extra, self.stride, strict=True))
        message = "requested an output size of {}, which input {} cannot give"
        check(fits, message, output_size, list(input.shape), error=ValueError)
        return tuple(extra)

    def extra_repr(self) -> str:
        shown = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}"
        shown += f", stride={self.stride}"
        if self.padding != (0,) * self.rank:
            shown += f", padding={self.padding}"
        if self.dilation != (1,) * self.rank:
            shown += f", dilation={self.dilation}"
        if self.output_padding != (0,) * self.rank:
            shown += f", output_padding={self.output_padding}"
        if self.groups != 1:
            shown += f", groups={self.groups}"
        if self.bias is None:
            shown += ", bias=False"
        if self.padding_mode != "zeros":
            shown += f", padding_mode={self.padding_mode}"
        return shown


# convolutions --------------------------------------------------------------------------------


class Conv1d(_ConvNd):
    """The cross-correlation of sequences with learned kernels. LeCun et al. (1989).

    Args:
        in_channels: the channels of the input.
        out_channels: the channels of the output.
        kernel_size: the kernel's size.
        stride: the step from one place of the kernel to the next.
        padding: how much is added at each end, or "valid" for nothing, or "same" for an output of
            the input's size.
        dilation: the step from one element of the kernel to the next.
        groups: how many parts the channels are divided into, each convolved alone.
        bias: whether a bias is added.
        padding_mode: what is added: "zeros", "reflect", "replicate" or "circular", see
            `functional.pad`.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Attributes:
        weight: (out_channels, in_channels / groups, k); both start uniform in +-1 / sqrt(fan_in).
        bias: (out_channels,), or None.

    Shape:
        Input (n, in_channels, l) or (in_channels, l); output
        (n, out_channels, l') or (out_channels, l'), l' being
        floor((l + 2 padding - dilation (kernel_size - 1) - 1) / stride) + 1.

    Raises:
        ValueError: if the options do not fit each other.

    Example:
        >>> nn.Conv1d(3, 4, 3)(torch.ones(5, 3, 8)).shape
        torch.Size([5, 4, 6])
    """

    rank = 1

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: str | Sizes = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            False,
            0,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor) -> Tensor:
        x, padding = self._pad(input)
        return F.conv1d(x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Conv2d(_ConvNd):
    """The cross-correlation of images with learned kernels. LeCun et al. (1989).

    Args:
        in_channels: the channels of the input.
        out_channels: the channels of the output.
        kernel_size: the kernel's size, one number or (height, width).
        stride: the step from one place of the kernel to the next.
        padding: how much is added at each edge, or "valid" for nothing, or "same" for an output of
            the input's size.
        dilation: the step from one element of the kernel to the next.
        groups: how many parts the channels are divided into, each convolved alone.
        bias: whether a bias is added.
        padding_mode: what is added: "zeros", "reflect", "replicate" or "circular", see
            `functional.pad`.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Attributes:
        weight: (out_channels, in_channels / groups, k, k); both start uniform in +-1 /
            sqrt(fan_in).
        bias: (out_channels,), or None.

    Shape:
        Input (n, in_channels, h, w) or (in_channels, h, w); output
        (n, out_channels, h', w') or (out_channels, h', w'), h' being
        floor((h + 2 padding - dilation (kernel_size - 1) - 1) / stride) + 1.

    Raises:
        ValueError: if the options do not fit each other.

    Example:
        >>> nn.Conv2d(3, 4, 3)(torch.ones(5, 3, 8, 8)).shape
        torch.Size([5, 4, 6, 6])
    """

    rank = 2

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: str | Sizes = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            False,
            0,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor) -> Tensor:
        x, padding = self._pad(input)
        return F.conv2d(x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Conv3d(_ConvNd):
    """The cross-correlation of volumes with learned kernels. LeCun et al. (1989).

    Args:
        in_channels: the channels of the input.
        out_channels: the channels of the output.
        kernel_size: the kernel's size, one number or (depth, height, width).
        stride: the step from one place of the kernel to the next.
        padding: how much is added at each side, or "valid" for nothing, or "same" for an output of
            the input's size.
        dilation: the step from one element of the kernel to the next.
        groups: how many parts the channels are divided into, each convolved alone.
        bias: whether a bias is added.
        padding_mode: what is added: "zeros", "reflect", "replicate" or "circular", see
            `functional.pad`.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Attributes:
        weight: (out_channels, in_channels / groups, k, k, k); both start uniform in +-1 /
            sqrt(fan_in).
        bias: (out_channels,), or None.

    Shape:
        Input (n, in_channels, d, h, w) or (in_channels, d, h, w); output
        (n, out_channels, d', h', w') or (out_channels, d', h', w'), d' being
        floor((d + 2 padding - dilation (kernel_size - 1) - 1) / stride) + 1.

    Raises:
        ValueError: if the options do not fit each other.

    Example:
        >>> nn.Conv3d(3, 4, 3)(torch.ones(5, 3, 8, 8, 8)).shape
        torch.Size([5, 4, 6, 6, 6])
    """

    rank = 3

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: str | Sizes = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            False,
            0,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor) -> Tensor:
        x, padding = self._pad(input)
        return F.conv3d(x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


# transposes ----------------------------------------------------------------------------------


class ConvTranspose1d(_ConvNd):
    """The transpose of `Conv1d`: its gradient by the input, as a layer. Zeiler et al., CVPR 2010.

    Args:
        in_channels: the channels of the input.
        out_channels: the channels of the output.
        kernel_size: the kernel's size.
        stride: how far apart the kernel's copies are in the output.
        padding: how much is cut off at each end of the output.
        output_padding: how much is added at one end of the output.
        groups: how many parts the channels are divided into, each convolved alone.
        bias: whether a bias is added.
        dilation: the step from one element of the kernel to the next.
        padding_mode: "zeros".
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Attributes:
        weight: (in_channels, out_channels / groups, k); both start uniform in +-1 / sqrt(fan_in).
        bias: (out_channels,), or None.

    Shape:
        Input (n, in_channels, l) or (in_channels, l); output
        (n, out_channels, l') or (out_channels, l'), l' being
        (l - 1) stride - 2 padding + dilation (kernel_size - 1) + output_padding + 1.

    Raises:
        ValueError: if the options do not fit each other, or a wanted output size cannot be had.

    Example:
        >>> nn.ConvTranspose1d(3, 2, 2, stride=2)(torch.ones(5, 3, 4)).shape
        torch.Size([5, 2, 8])
    """

    rank = 1

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            True,
            output_padding,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """What the class says, of a wanted size.

        Args:
            input: see the class.
            output_size: the last dimensions of the output. Default: as `output_padding` gives it.
        """
        output_padding = self._output_padding(input, output_size)
        return F.conv_transpose1d(
            input,
            self.weight,
            self.bias,
            self.stride,
            self.padding,
            output_padding,
            self.groups,
            self.dilation,
        )


class ConvTranspose2d(_ConvNd):
    """The transpose of `Conv2d`: its gradient by the input, as a layer. Zeiler et al., CVPR 2010.

    Args:
        in_channels: the channels of the input.
        out_channels: the channels of the output.
        kernel_size: the kernel's size, one number or (height, width).
        stride: how far apart the kernel's copies are in the output.
        padding: how much is cut off at each edge of the output.
        output_padding: how much is added at one end of the output.
        groups: how many parts the channels are divided into, each convolved alone.
        bias: whether a bias is added.
        dilation: the step from one element of the kernel to the next.
        padding_mode: "zeros".
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Attributes:
        weight: (in_channels, out_channels / groups, k, k); both start uniform in +-1 /
            sqrt(fan_in).
        bias: (out_channels,), or None.

    Shape:
        Input (n, in_channels, h, w) or (in_channels, h, w); output
        (n, out_channels, h', w') or (out_channels, h', w'), h' being
        (h - 1) stride - 2 padding + dilation (kernel_size - 1) + output_padding + 1.

    Raises:
        ValueError: if the options do not fit each other, or a wanted output size cannot be had.

    Example:
        >>> nn.ConvTranspose2d(3, 2, 2, stride=2)(torch.ones(5, 3, 4, 4)).shape
        torch.Size([5, 2, 8, 8])
    """

    rank = 2

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            True,
            output_padding,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """What the class says, of a wanted size.

        Args:
            input: see the class.
            output_size: the last dimensions of the output. Default: as `output_padding` gives it.
        """
        output_padding = self._output_padding(input, output_size)
        return F.conv_transpose2d(
            input,
            self.weight,
            self.bias,
            self.stride,
            self.padding,
            output_padding,
            self.groups,
            self.dilation,
        )


class ConvTranspose3d(_ConvNd):
    """The transpose of `Conv3d`: its gradient by the input, as a layer. Zeiler et al., CVPR 2010.

    Args:
        in_channels: the channels of the input.
        out_channels: the channels of the output.
        kernel_size: the kernel's size, one number or (depth, height, width).
        stride: how far apart the kernel's copies are in the output.
        padding: how much is cut off at each side of the output.
        output_padding: how much is added at one end of the output.
        groups: how many parts the channels are divided into, each convolved alone.
        bias: whether a bias is added.
        dilation: the step from one element of the kernel to the next.
        padding_mode: "zeros".
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Attributes:
        weight: (in_channels, out_channels / groups, k, k, k); both start uniform in +-1 /
            sqrt(fan_in).
        bias: (out_channels,), or None.

    Shape:
        Input (n, in_channels, d, h, w) or (in_channels, d, h, w); output
        (n, out_channels, d', h', w') or (out_channels, d', h', w'), d' being
        (d - 1) stride - 2 padding + dilation (kernel_size - 1) + output_padding + 1.

    Raises:
        ValueError: if the options do not fit each other, or a wanted output size cannot be had.

    Example:
        >>> nn.ConvTranspose3d(3, 2, 2, stride=2)(torch.ones(5, 3, 4, 4, 4)).shape
        torch.Size([5, 2, 8, 8, 8])
    """

    rank = 3

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            True,
            output_padding,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """What the class says, of a wanted size.

        Args:
            input: see the class.
            output_size: the last dimensions of the output. Default: as `output_padding` gives it.
        """
        output_padding = self._output_padding(input, output_size)
        return F.conv_transpose3d(
            input,
            self.weight,
            self.bias,
            self.stride,
            self.padding,
            output_padding,
            self.groups,
            self.dilation,
        )


# of an input yet unknown ---------------------------------------------------------------------


class LazyConv1d(LazyModuleMixin, Conv1d):
    """`Conv1d` whose `in_channels` is that of its first input.

    Args:
        out_channels: the channels of the output.
        kernel_size: the kernel's size.
        stride: the step from one place of the kernel to the next.
        padding: how much is added at each end, or "valid" for nothing, or "same" for an output of
            the input's size.
        dilation: the step from one element of the kernel to the next.
        groups: how many parts the channels are divided into, each convolved alone.
        bias: whether a bias is added.
        padding_mode: what is added: "zeros", "reflect", "replicate" or "circular", see
            `functional.pad`.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Shape:
        As of `Conv1d`.

    Example:
        >>> nn.LazyConv1d(2, 2)(torch.ones(5, 3, 4)).shape
        torch.Size([5, 2, 3])
    """

    cls_to_become = Conv1d

    def __init__(
        self,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: str | Sizes = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            0,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )
        self._wait_for_input(
            "in_channels",
            -2,
            out_channels=out_channels,
            kernel_size=kernel_size,
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=groups,
            bias=bias,
            padding_mode=padding_mode,
            device=device,
            dtype=dtype,
        )


class LazyConv2d(LazyModuleMixin, Conv2d):
    """`Conv2d` whose `in_channels` is that of its first input.

    Args:
        out_channels: the channels of the output.
        kernel_size: the kernel's size, one number or (height, width).
        stride: the step from one place of the kernel to the next.
        padding: how much is added at each edge, or "valid" for nothing, or "same" for an output of
            the input's size.
        dilation: the step from one element of the kernel to the next.
        groups: how many parts the channels are divided into, each convolved alone.
        bias: whether a bias is added.
        padding_mode: what is added: "zeros", "reflect", "replicate" or "circular", see
            `functional.pad`.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Shape:
        As of `Conv2d`.

    Example:
        >>> nn.LazyConv2d(2, 2)(torch.ones(5, 3, 4, 4)).shape
        torch.Size([5, 2, 3, 3])
    """

    cls_to_become = Conv2d

    def __init__(
        self,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: str | Sizes = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            0,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )
        self._wait_for_input(
            "in_channels",
            -3,
            out_channels=out_channels,
            kernel_size=kernel_size,
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=groups,
            bias=bias,
            padding_mode=padding_mode,
            device=device,
            dtype=dtype,
        )


class LazyConv3d(LazyModuleMixin, Conv3d):
    """`Conv3d` whose `in_channels` is that of its first input.

    Args:
        out_channels: the channels of the output.
        kernel_size: the kernel's size, one number or (depth, height, width).
        stride: the step from one place of the kernel to the next.
        padding: how much is added at each side, or "valid" for nothing, or "same" for an output of
            the input's size.
        dilation: the step from one element of the kernel to the next.
        groups: how many parts the channels are divided into, each convolved alone.
        bias: whether a bias is added.
        padding_mode: what is added: "zeros", "reflect", "replicate" or "circular", see
            `functional.pad`.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Shape:
        As of `Conv3d`.

    Example:
        >>> nn.LazyConv3d(2, 2)(torch.ones(5, 3, 4, 4, 4)).shape
        torch.Size([5, 2, 3, 3, 3])
    """

    cls_to_become = Conv3d

    def __init__(
        self,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: str | Sizes = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            0,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )
        self._wait_for_input(
            "in_channels",
            -4,
            out_channels=out_channels,
            kernel_size=kernel_size,
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=groups,
            bias=bias,
            padding_mode=padding_mode,
            device=device,
            dtype=dtype,
        )


class LazyConvTranspose1d(LazyModuleMixin, ConvTranspose1d):
    """`ConvTranspose1d` whose `in_channels` is that of its first input.

    Args:
        out_channels: the channels of the output.
        kernel_size: the kernel's size.
        stride: how far apart the kernel's copies are in the output.
        padding: how much is cut off at each end of the output.
        output_padding: how much is added at one end of the output.
        groups: how many parts the channels are divided into, each convolved alone.
        bias: whether a bias is added.
        dilation: the step from one element of the kernel to the next.
        padding_mode: "zeros".
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Shape:
        As of `ConvTranspose1d`.

    Example:
        >>> nn.LazyConvTranspose1d(2, 2)(torch.ones(5, 3, 4)).shape
        torch.Size([5, 2, 5])
    """

    cls_to_become = ConvTranspose1d

    def __init__(
        self,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            0,
            out_channels,
            kernel_size,
            stride,
            padding,
            output_padding,
            groups,
            bias,
            dilation,
            padding_mode,
            device,
            dtype,
        )
        self._wait_for_input(
            "in_channels",
            -2,
            out_channels=out_channels,
            kernel_size=kernel_size,
            stride=stride,
            padding=padding,
            output_padding=output_padding,
            groups=groups,
            bias=bias,
            dilation=dilation,
            padding_mode=padding_mode,
            device=device,
            dtype=dtype,
        )


class LazyConvTranspose2d(LazyModuleMixin, ConvTranspose2d):
    """`ConvTranspose2d` whose `in_channels` is that of its first input.

    Args:
        out_channels: the channels of the output.
        kernel_size: the kernel's size, one number or (height, width).
        stride: how far apart the kernel's copies are in the output.
        padding: how much is cut off at each edge of the output.
        output_padding: how much is added at one end of the output.
        groups: how many parts the channels are divided into, each convolved alone.
        bias: whether a bias is added.
        dilation: the step from one element of the kernel to the next.
        padding_mode: "zeros".
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Shape:
        As of `ConvTranspose2d`.

    Example:
        >>> nn.LazyConvTranspose2d(2, 2)(torch.ones(5, 3, 4, 4)).shape
        torch.Size([5, 2, 5, 5])
    """

    cls_to_become = ConvTranspose2d

    def __init__(
        self,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            0,
            out_channels,
            kernel_size,
            stride,
            padding,
            output_padding,
            groups,
            bias,
            dilation,
            padding_mode,
            device,
            dtype,
        )
        self._wait_for_input(
            "in_channels",
            -3,
            out_channels=out_channels,
            kernel_size=kernel_size,
            stride=stride,
            padding=padding,
            output_padding=output_padding,
            groups=groups,
            bias=bias,
            dilation=dilation,
            padding_mode=padding_mode,
            device=device,
            dtype=dtype,
        )


class LazyConvTranspose3d(LazyModuleMixin, ConvTranspose3d):
    """`ConvTranspose3d` whose `in_channels` is that of its first input.

    Args:
        out_channels: the channels of the output.
        kernel_size: the kernel's size, one number or (depth, height, width).
        stride: how far apart the kernel's copies are in the output.
        padding: how much is cut off at each side of the output.
        output_padding: how much is added at one end of the output.
        groups: how many parts the channels are divided into, each convolved alone.
        bias: whether a bias is added.
        dilation: the step from one element of the kernel to the next.
        padding_mode: "zeros".
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Shape:
        As of `ConvTranspose3d`.

    Example:
        >>> nn.LazyConvTranspose3d(2, 2)(torch.ones(5, 3, 4, 4, 4)).shape
        torch.Size([5, 2, 5, 5, 5])
    """

    cls_to_become = ConvTranspose3d

    def __init__(
        self,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            0,
            out_channels,
            kernel_size,
            stride,
            padding,
            output_padding,
            groups,
            bias,
            dilation,
            padding_mode,
            device,
            dtype,
        )
        self._wait_for_input(
            "in_channels",
            -4,
            out_channels=out_channels,
            kernel_size=kernel_size,
            stride=stride,
            padding=padding,
            output_padding=output_padding,
            groups=groups,
            bias=bias,
            dilation=dilation,
            padding_mode=padding_mode,
            device=device,
            dtype=dtype,
        )
