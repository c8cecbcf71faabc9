"""Images in another size."""

from __future__ import annotations

from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.module import Module

__all__ = ["Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d"]


class Upsample(Module):
    """Images in another size, given as such or by a factor.

    Args:
        size: the new size, one number or one for each dimension.
        scale_factor: new size over old, in place of `size`.
        mode: "nearest", "linear", "bilinear", "bicubic", "trilinear", or others of
            `functional.interpolate`.
        align_corners: whether the corners of both images lie on each other.
        recompute_scale_factor: whether positions follow from the rounded size rather than from the
            factor.

    Shape:
        Input (n, c, l), (n, c, h, w) or (n, c, d, h, w); output with the last dimensions in the new
        size.

    Example:
        >>> nn.Upsample(scale_factor=2)(torch.tensor([[[1.0, 2.0]]]))
        tensor([[[1., 1., 2., 2.]]])
    """

    def __init__(
        self,
        size: int | tuple[int, ...] | None = None,
        scale_factor: float | tuple[float, ...] | None = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        self.size = size
        self.scale_factor: float | tuple[float, ...] | None = None
        if isinstance(scale_factor, tuple):
            self.scale_factor = tuple(float(each) for each in scale_factor)
        elif scale_factor:
            self.scale_factor = float(scale_factor)
        self.mode = mode
        self.align_corners = align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.interpolate(
            input,
            self.size,
            self.scale_factor,
            self.mode,
            self.align_corners,
            recompute_scale_factor=self.recompute_scale_factor,
        )

    def extra_repr(self) -> str:
        if self.scale_factor is not None:
            return f"scale_factor={self.scale_factor}, mode={self.mode!r}"
        return f"size={self.size}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Images in another size, each element that of the nearest.

    Args:
        size: the new size, one number or (height, width).
        scale_factor: new size over old, in place of `size`.

    Shape:
        Input (n, c, h, w); output (n, c, h', w').

    Example:
        >>> nn.UpsamplingNearest2d(scale_factor=2)(torch.ones(1, 3, 2, 2)).shape
        torch.Size([1, 3, 4, 4])
    """

    def __init__(
        self,
        size: int | tuple[int, int] | None = None,
        scale_factor: float | tuple[float, float] | None = None,
    ) -> None:
        super().__init__(size, scale_factor, mode="nearest")


class UpsamplingBilinear2d(Upsample):
    """Images in another size, each element between its four neighbours, the corners on each other.

    Args:
        size: the new size, one number or (height, width).
        scale_factor: new size over old, in place of `size`.

    Shape:
        Input (n, c, h, w); output (n, c, h', w').

    Example:
        >>> nn.UpsamplingBilinear2d(size=3)(torch.tensor([[[[0.0, 2.0], [4.0, 6.0]]]]))
        tensor([[[[0., 1., 2.],
                  [2., 3., 4.],
                  [4., 5., 6.]]]])
    """

    def __init__(
        self,
        size: int | tuple[int, int] | None = None,
        scale_factor: float | tuple[float, float] | None = None,
    ) -> None:
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)
