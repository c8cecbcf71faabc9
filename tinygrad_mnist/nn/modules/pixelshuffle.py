"""Channels as pixels, and back."""

from __future__ import annotations

from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.module import Module

__all__ = ["PixelShuffle", "PixelUnshuffle"]


class PixelShuffle(Module):
    """Channels spread over finer pixels. Shi et al. (2016), arXiv:1609.05158.

    Args:
        upscale_factor: r, how many pixels become of one in each direction.

    Shape:
        Input (..., c r^2, h, w); output (..., c, h r, w r).

    Example:
        >>> nn.PixelShuffle(2)(torch.ones(1, 8, 3, 3)).shape
        torch.Size([1, 2, 6, 6])
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self) -> str:
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """Pixels put together as channels: the inverse of `PixelShuffle`.

    Args:
        downscale_factor: r, how many pixels become one in each direction.

    Shape:
        Input (..., c, h r, w r); output (..., c r^2, h, w).

    Example:
        >>> nn.PixelUnshuffle(2)(torch.ones(1, 2, 6, 6)).shape
        torch.Size([1, 8, 3, 3])
    """

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self) -> str:
        return f"downscale_factor={self.downscale_factor}"
