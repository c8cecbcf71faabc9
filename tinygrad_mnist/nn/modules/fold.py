"""Windows of images as columns, and back."""

from __future__ import annotations

from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.module import Module

__all__ = ["Fold", "Unfold"]

Sizes = int | tuple[int, ...]


class Unfold(Module):
    """The windows of images as columns.

    Args:
        kernel_size: the window's size, one number or (height, width).
        dilation: the step from one element of a window to the next.
        padding: how many zeros are put around the image.
        stride: the step from one window to the next.

    Shape:
        Input (n, c, h, w) or (c, h, w); output (n, c * elements of the window, windows) or the same
        without n.

    Example:
        >>> nn.Unfold(2)(torch.ones(5, 3, 4, 4)).shape
        torch.Size([5, 12, 9])
    """

    def __init__(
        self, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding},"
            f" stride={self.stride}"
        )


class Fold(Module):
    """The columns of `Unfold` added up to images.

    Args:
        output_size: the images' size, one number or (height, width).
        kernel_size: the window's size, one number or (height, width).
        dilation: the step from one element of a window to the next.
        padding: how many zeros were put around the image.
        stride: the step from one window to the next.

    Shape:
        Input (n, c * elements of the window, windows) or the same without n; output (n, c, h, w) or
        (c, h, w).

    Example:
        >>> nn.Fold((4, 4), 2)(torch.ones(5, 12, 9)).shape
        torch.Size([5, 3, 4, 4])
    """

    def __init__(
        self,
        output_size: Sizes,
        kernel_size: Sizes,
        dilation: Sizes = 1,
        padding: Sizes = 0,
        stride: Sizes = 1,
    ) -> None:
        super().__init__()
        self.output_size = output_size
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        return F.fold(
            input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride
        )

    def extra_repr(self) -> str:
        return (
            f"output_size={self.output_size}, kernel_size={self.kernel_size},"
            f" dilation={self.dilation}, padding={self.padding}, stride={self.stride}"
        )
