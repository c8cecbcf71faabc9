"""Images in other sizes: interpolation, and channels turned into elements and back."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.refusals import tensors_only
from tinygrad_mnist.core.tensor import Array, Tensor, wrap
from tinygrad_mnist.nn.functional.pooling import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
)
from tinygrad_mnist.nn.functional.windows import Ints, Sizes, each_dimension
from tinygrad_mnist.ops.arguments import cast, widened
from tinygrad_mnist.ops.indexing import getitem

__all__ = [
    "channel_shuffle",
    "interpolate",
    "pixel_shuffle",
    "pixel_unshuffle",
    "upsample",
    "upsample_bilinear",
    "upsample_nearest",
]

Factors = float | Sequence[float]  # one for all dimensions, or one for each


# channels ----------------------------------------------------------------------------------


@tensors_only
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Channels turned into elements between those of an image. Shi et al. (2016), arXiv:1609.05158.

    Args:
        input: (..., c r r, h, w).
        upscale_factor: r.

    Returns:
        (..., c, h r, w r).

    Raises:
        RuntimeError: if the channels are no multiple of r r.

    Example:
        >>> F.pixel_shuffle(torch.arange(4.0).reshape(4, 1, 1), 2)
        tensor([[[0., 1.],
                 [2., 3.]]])
    """
    r = upscale_factor
    shape = input.array.shape
    ok = len(shape) >= 3 and r >= 1 and shape[-3] % r**2 == 0
    message = "pixel_shuffle: the channels of {} are not divisible by the square of {}"
    check(ok, message, shape, r)
    parts = input.unflatten(-3, (shape[-3] // r**2, r, r))
    ordered = parts.movedim((-4, -3), (-3, -1))
    return ordered.flatten(-4, -3).flatten(-2)


@tensors_only
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """The inverse of `pixel_shuffle`: squares of elements turned into channels.

    Args:
        input: (..., c, h r, w r).
        downscale_factor: r.

    Returns:
        (..., c r r, h, w).

    Raises:
        RuntimeError: if height or width are no multiple of r.

    Example:
        >>> F.pixel_unshuffle(torch.ones(1, 4, 6), 2).shape
        torch.Size([4, 2, 3])
    """
    r = downscale_factor
    shape = input.array.shape
    ok = len(shape) >= 3 and r >= 1 and shape[-2] % r == 0 and shape[-1] % r == 0
    message = "pixel_unshuffle: height and width of {} are not divisible by {}"
    check(ok, message, shape, r)
    parts = input.unflatten(-1, (shape[-1] // r, r)).unflatten(-3, (shape[-2] // r, r))
    return parts.movedim((-3, -1), (-4, -3)).flatten(-5, -3)


@tensors_only
def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """The channels of equal parts taken in turn. Zhang et al. (2018), arXiv:1707.01083.

    Args:
        input: (n, c, *size).
        groups: the number of parts.

    Returns:
        (n, c, *size).

    Raises:
        RuntimeError: if the channels cannot be divided into as many parts.

    Example:
        >>> F.channel_shuffle(torch.arange(4.0).reshape(1, 4, 1), 2).flatten()
        tensor([0., 2., 1., 3.])
    """
    shape = input.array.shape
    ok = len(shape) > 2 and groups > 0 and shape[1] % groups == 0
    message = "channel_shuffle: the channels of {} are not divisible by {}"
    check(ok, message, input.shape, groups)
    parts = input.unflatten(1, (groups, shape[1] // groups))
    return parts.transpose(1, 2).flatten(1, 2)


# size --------------------------------------------------------------------------------------

# the number of dimensions that each mode is for
DIMENSIONS = {"linear": 1, "bilinear": 2, "trilinear": 3, "bicubic": 2}


@tensors_only
def interpolate(
    input: Tensor,
    size: Sizes | None = None,
    scale_factor: Factors | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """Images in another size, given as such or by a factor.

    "bicubic" is by Keys, IEEE Trans. ASSP 29 (1981), with a = -0.75.

    Args:
        input: (n, c, *size), of one to three sizes.
        size: the new size of each dimension.
        scale_factor: the new size over the old one, in place of `size`.
        mode: "nearest", "nearest-exact" or "area"; "linear" for one size, "bilinear" and "bicubic"
            for two, "trilinear" for three.
        align_corners: whether the centres of the corner elements stay in place, instead of the
            image's edges. Default: False.
        recompute_scale_factor: use the ratio of the sizes in place of the factor given.
        antialias: not implemented.

    Returns:
        (n, c, *size), the new one.

    Raises:
        ValueError: if not exactly one of `size` and `scale_factor` is given, or if `align_corners`
            is given with another mode than the linear and cubic ones.
        NotImplementedError: if the mode is unknown, or not for so many dimensions.

    Example:
        >>> F.interpolate(torch.tensor([[[1.0, 2]]]), scale_factor=2)
        tensor([[[1., 1., 2., 2.]]])
        >>> F.interpolate(torch.tensor([[[1.0, 2]]]), size=3, mode="linear")
        tensor([[[1.0000, 1.5000, 2.0000]]])
    """
    rank = input.ndim - 2
    old = input.array.shape[2:]
    known = DIMENSIONS.get(mode) == rank
    known |= mode in ("nearest", "nearest-exact", "area") and rank in (1, 2, 3)
    message = "interpolate: mode {!r} of a {}D input, antialias={}"
    ok = known and not antialias
    check(ok, message, mode, input.ndim, antialias, error=NotImplementedError)
    ok = (size is None) != (scale_factor is None)
    ok &= align_corners is None or mode in DIMENSIONS
    message = "interpolate: wanted size or scale_factor, align_corners only for linear and cubic"
    check(ok, message, error=ValueError)
    new, factors = _new_size(old, size, scale_factor)
    if mode == "area":
        pools = adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d
        return pools[rank - 1](input, new)
    ratios = [n / m for n, m in zip(old, new, strict=True)]
    if factors is not None and not recompute_scale_factor:
        ratios = [
            1 / factor if factor else ratio for factor, ratio in zip(factors, ratios, strict=True)
        ]
    if mode in DIMENSIONS:
        kind = input.array.dtype
        message = "interpolation and averages are not implemented for {}"
        check(kind.kind == "f", message, input.dtype)
        result = widened(input)  # the gradients of float16 are added up in float32
        for d, (n, m, ratio) in enumerate(zip(old, new, ratios, strict=True), 2):
            if n != m or ratio != 1:
                result = _resized(result, d, m, ratio, mode, bool(align_corners))
        return cast(result, input.dtype).contiguous()
    for d, (n, m, ratio) in enumerate(zip(old, new, ratios, strict=True), 2):
        places = wrap(_nearest(n, m, ratio, mode == "nearest-exact"))
        input = getitem(input, (*(slice(None),) * d, places))
    return input.contiguous()


def _new_size(
    old: Ints, size: Sizes | None, scale_factor: Factors | None
) -> tuple[Ints, Sequence[float] | None]:
    """The new size, and the factors of the dimensions where they are given."""
    if scale_factor is None:
        return each_dimension(size, len(old), "size", "interpolate"), None  # type: ignore[arg-type]
    factors: Sequence[float]
    if isinstance(scale_factor, Sequence):
        factors = scale_factor
    else:
        factors = (scale_factor,) * len(old)
    given = [math.floor(n * factor) for n, factor in zip(old, factors, strict=True)]
    return each_dimension(given, len(old), "size", "interpolate"), factors


def _nearest(old: int, new: int, ratio: float, exact: bool) -> Array:
    """The nearest old element to each new one."""
    steps = np.arange(new) + (0.5 if exact else 0.0)
    places = (steps * np.float32(ratio)).astype(np.float32).astype(np.int64)
    return np.minimum(places, old - 1)


def _resized(x: Tensor, dim: int, new: int, ratio: float, mode: str, align_corners: bool) -> Tensor:
    """A dimension in another size: each new element from its neighbours alone.

    A product with a matrix of weights would say the same, but 0 * inf of far ones is NaN.
    """
    old = x.array.shape[dim]
    steps = np.arange(new)
    places = (steps + 0.5) * ratio - 0.5
    if align_corners:
        places = steps * ((old - 1) / max(new - 1, 1))
    elif mode != "bicubic":
        places = np.maximum(places, 0.0)
    first = np.floor(places).astype(np.int64)
    if mode == "bicubic":
        neighbours = _cubic_weights(places - first)
    else:
        neighbours = {0: 1 - (places - first), 1: places - first}
    shape = (new,) + (1,) * (x.ndim - dim - 1)
    terms = []
    for step, weight in neighbours.items():
        index = wrap(np.clip(first + step, 0, old - 1))
        factor = wrap(weight.astype(x.array.dtype).reshape(shape))
        terms.append(getitem(x, (*(slice(None),) * dim, index)) * factor)
    result = terms[0]
    for term in terms[1:]:
        result = result + term
    return result


def _cubic_weights(t: Array) -> dict[int, Array]:
    """The weights of the neighbours -1 to 2 of places that lie t in [0, 1) behind neighbour 0."""
    return {0: _near(t), 1: _near(1 - t), -1: _far(t + 1), 2: _far(2 - t)}


def _near(d: Array) -> Array:
    """The cubic of distances up to 1."""
    return (1.25 * d - 2.25) * d * d + 1


def _far(d: Array) -> Array:
    """The cubic of distances from 1 to 2."""
    return ((-0.75 * d + 3.75) * d - 6) * d + 3


@tensors_only
def upsample(
    input: Tensor,
    size: Sizes | None = None,
    scale_factor: Factors | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """`interpolate` under its older name.

    Args:
        input: (n, c, *size), of one to three sizes.
        size: the new size of each dimension.
        scale_factor: the new size over the old one, in place of `size`.
        mode: as `interpolate` has them.
        align_corners: whether the centres of the corner elements stay in place. Default: False.

    Returns:
        (n, c, *size), the new one.

    Raises:
        ValueError: as `interpolate` does.
        NotImplementedError: if the mode is unknown, or not for so many dimensions.

    Example:
        >>> F.upsample(torch.ones(1, 1, 2, 3), scale_factor=2).shape
        torch.Size([1, 1, 4, 6])
    """
    return interpolate(input, size, scale_factor, mode, align_corners)


@tensors_only
def upsample_nearest(
    input: Tensor, size: Sizes | None = None, scale_factor: Factors | None = None
) -> Tensor:
    """`interpolate` by the nearest element.

    Args:
        input: (n, c, *size), of one to three sizes.
        size: the new size of each dimension.
        scale_factor: the new size over the old one, in place of `size`.

    Returns:
        (n, c, *size), the new one.

    Raises:
        ValueError: if not exactly one of `size` and `scale_factor` is given.

    Example:
        >>> F.upsample_nearest(torch.ones(1, 1, 2, 3), size=(4, 4)).shape
        torch.Size([1, 1, 4, 4])
    """
    return interpolate(input, size, scale_factor)


@tensors_only
def upsample_bilinear(
    input: Tensor, size: Sizes | None = None, scale_factor: Factors | None = None
) -> Tensor:
    """`interpolate` by "bilinear", with the corners aligned.

    Args:
        input: (n, c, h, w).
        size: the new height and width.
        scale_factor: the new size over the old one, in place of `size`.

    Returns:
        (n, c, h', w').

    Raises:
        ValueError: if not exactly one of `size` and `scale_factor` is given.

    Example:
        >>> F.upsample_bilinear(torch.tensor([[[[1.0, 3]]]]), size=(1, 3))
        tensor([[[[1., 2., 3.]]]])
    """
    return interpolate(input, size, scale_factor, "bilinear", True)
