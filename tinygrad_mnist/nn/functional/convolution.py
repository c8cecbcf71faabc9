"""Convolutions, pooling, and the rest of what looks at images through windows.

Everything is written once, for any number of spatial dimensions: `conv2d` is the general form with
the number filled in. Inputs are (n, c, *size), or (c, *size) without a batch.
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_mnist.kernels import convolution as kernels
from tinygrad_mnist.kernels.convolution import Grid
from tinygrad_mnist.ops.arguments import cast
from tinygrad_mnist.ops.linear_algebra import matmul
from tinygrad_mnist.ops.movement import contiguous, expand, getitem, movedim, reshape, squeeze, unsqueeze
from tinygrad_mnist.ops.reduction import sum
from tinygrad_mnist.tape import record
from tinygrad_mnist.tensor import Array, Tensor, wrap

__all__ = [
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d",
    "adaptive_max_pool2d", "adaptive_max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d", "conv1d",
    "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "fold",
    "interpolate", "max_pool1d", "max_pool2d", "max_pool3d", "pad", "pixel_shuffle", "pixel_unshuffle", "unfold",
]  # fmt: skip

Ints = tuple[int, ...]
Pairs = list[tuple[int, int]]


# arguments ---------------------------------------------------------------------------------


def _ranks(general: Callable[..., Any]) -> list[Any]:
    """The 1-, 2- and 3-dimensional cases of a function of (rank, name, ...), as functions of the rest."""
    signature = inspect.signature(general)

    def case(rank: int) -> Any:
        name = f"{general.__name__[1:]}{rank}d"

        @functools.wraps(general)
        def op(*args: Any, **kwargs: Any) -> Any:
            return general(rank, name, *args, **kwargs)

        op.__name__ = op.__qualname__ = name
        vars(op)["__signature__"] = signature.replace(parameters=list(signature.parameters.values())[2:])
        return op

    return [case(rank) for rank in (1, 2, 3)]


def _each(value: Any, rank: int, what: str, name: str, least: int = 1) -> Ints:
    """One number for every dimension, or the numbers listed; none may be below `least`."""
    given = tuple(int(v) for v in value) if isinstance(value, tuple | list) else (int(value),)
    numbers = given * rank if len(given) == 1 else given
    if len(numbers) != rank or min(numbers) < least:
        raise RuntimeError(f"{name}: {what} must be one or {rank} numbers of at least {least}, but got {value}")
    return numbers


def _check_rank(x: Tensor, rank: int, name: str) -> None:
    if x.ndim not in (rank + 1, rank + 2):
        raise RuntimeError(f"{name}: Expected {rank + 1}D (unbatched) or {rank + 2}D input, got {list(x.shape)}")


def _batched(function: Callable[[Tensor], Tensor], x: Tensor, ndim: int) -> Tensor:
    """function(x), with a batch of one put around an x that has none."""
    return function(x) if x.ndim == ndim else squeeze(function(unsqueeze(x, 0)), 0)


def _grid(size: Ints, kernel: Ints, stride: Ints, dilation: Ints, name: str, up: int = 0) -> Grid:
    """The windows that fit: floor((size - dilation * (kernel - 1) - 1) / stride) + 1, or with `up` ceil."""
    steps = zip(size, kernel, stride, dilation, strict=True)
    out = tuple((n - d * (k - 1) - 1 + up * (s - 1)) // s + 1 for n, k, s, d in steps)
    if min(out) < 1:
        raise RuntimeError(f"{name}: Kernel size can't be greater than actual input size: {kernel} with dilation"
                           f" {dilation} against {size}, padding included")  # fmt: skip
    return Grid(kernel, out, stride, dilation)


# padding -----------------------------------------------------------------------------------

_MODES: dict[str, Any] = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def pad(input: Tensor, pad: Any, mode: str = "constant", value: float | None = None) -> Tensor:
    """Widened at both ends of the last dimensions; negative widths cut off.

    Args:
        pad: (before, after) of the last dimension, then of the one before it, and so on.
        mode: "constant" fills in `value` (0), "reflect" mirrors without repeating the edge,
            "replicate" repeats the edge, "circular" continues at the other end.
    """
    widths, shape = tuple(int(n) for n in pad), input.array.shape
    if len(widths) % 2 or len(widths) > 2 * len(shape):
        raise RuntimeError(f"pad: Padding length must be even and at most twice {len(shape)} dimensions, got {widths}")
    pairs = list(zip(widths[::2], widths[1::2], strict=True))[::-1]
    if mode == "constant":
        return _padded(input, pairs, value or 0)
    lead = len(shape) - len(pairs)
    if mode not in _MODES or lead not in (1, 2) or len(pairs) not in (1, 2, 3):
        raise NotImplementedError(f"pad: mode {mode!r} of the last {len(pairs)} of {len(shape)} dimensions")
    out = input
    for d, (before, after) in enumerate(pairs, lead):
        if mode != "replicate" and max(before, after) > shape[d] - (mode == "reflect"):
            raise RuntimeError(f"pad: {mode} padding {before, after} is too large for dimension {d} of {list(shape)}")
        if before or after:
            places = np.pad(np.arange(shape[d]), (max(before, 0), max(after, 0)), _MODES[mode])
            kept = places[max(-before, 0) : len(places) - max(-after, 0)]
            out = getitem(out, (slice(None),) * d + (wrap(kept),))
    return contiguous(out)


def _padded(x: Tensor, pairs: Pairs, value: Any = 0) -> Tensor:
    """The last dimensions with `value` before and after; its gradient is padding by the opposite."""
    around = [(0, 0)] * (x.ndim - len(pairs)) + pairs
    sizes = list(zip(x.array.shape, around, strict=True))
    if any(n + min(a, 0) + min(b, 0) < 0 for n, (a, b) in sizes):
        raise RuntimeError(f"pad: padding {pairs} of {list(x.shape)} resulted in a negative output size")
    out = np.full([n + a + b for n, (a, b) in sizes], value, x.array.dtype)
    kept = tuple(slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in sizes)
    out[tuple(slice(max(a, 0), n + a + min(b, 0)) for n, (a, b) in sizes)] = x.array[kept]
    return record("constant_pad_nd", out, (x, lambda g: _padded(g, [(-a, -b) for a, b in around])))


# convolution -------------------------------------------------------------------------------


def _correlate(x: Tensor, w: Tensor, grid: Grid, groups: int, bias: Tensor | None = None) -> Tensor:
    size = x.array.shape[2:]
    rules: list[Any] = [(x, lambda g: _spread(g, w, size, grid, groups)), (w, lambda g: _weigh(x, g, grid, groups))]
    if bias is not None:
        rules.append((bias, lambda g: sum(g, (0, *range(2, g.ndim)))))
    out = kernels.correlate(x.array, w.array, grid, groups, None if bias is None else bias.array)
    return record("convolution", out, *rules)


def _spread(g: Tensor, w: Tensor, size: Ints, grid: Grid, groups: int) -> Tensor:
    out = kernels.spread(g.array, w.array, size, grid, groups)
    rules: list[Any] = [(g, lambda h: _correlate(h, w, grid, groups)), (w, lambda h: _weigh(h, g, grid, groups))]
    return record("convolution_transpose", out, *rules)


def _weigh(x: Tensor, g: Tensor, grid: Grid, groups: int) -> Tensor:
    size = x.array.shape[2:]
    out = kernels.weigh(x.array, g.array, grid, groups)
    rules: list[Any] = [(x, lambda h: _spread(g, h, size, grid, groups)), (g, lambda h: _correlate(x, h, grid, groups))]
    return record("convolution_weight", out, *rules)


def _check_operands(
    rank: int, name: str, x: Tensor, w: Tensor, bias: Tensor | None, groups: int, transposed: bool = False
) -> None:
    _check_rank(x, rank, name)
    if w.ndim != rank + 2 or groups < 1 or len(w) % groups:
        raise RuntimeError(f"{name}: weight {list(w.shape)} must be {rank + 2}D, with a multiple of {groups} rows")
    wanted, made = w.array.shape[1] * groups, len(w)
    if transposed:
        wanted, made = made, wanted
    if x.array.shape[-rank - 1] != wanted:
        raise RuntimeError(f"{name}: expected {wanted} channels for weight {list(w.shape)}, got input {list(x.shape)}")
    if bias is not None and bias.array.shape != (made,):
        raise RuntimeError(f"{name}: expected bias to be 1-dimensional with {made} elements, got {list(bias.shape)}")
    kinds = [each.array.dtype.name for each in (x, w, bias) if each is not None]
    if len(set(kinds)) > 1:
        raise RuntimeError(f"{name}: input, weight and bias should have the same type, got {kinds}")


def _conv(
    rank: int, name: str, input: Tensor, weight: Tensor, bias: Tensor | None = None,
    stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1,
) -> Tensor:  # fmt: skip
    """The cross-correlation of images with kernels.

    Args:
        input: (n, c, *size), or (c, *size).
        weight: (o, c / groups, *kernel).
        bias: (o,), added to each output channel.
        padding: zeros around the input; "same" as many as keep its size, "valid" none.
        dilation: the distance between a kernel's elements in the input.
        groups: the channels fall into as many groups, and outputs see only their own.

    The result is (n, o, *out), out = floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1.
    """
    _check_operands(rank, name, input, weight, bias, groups)
    kernel = weight.array.shape[2:]
    steps, spaced = _each(stride, rank, "stride", name), _each(dilation, rank, "dilation", name)
    around = _around(padding, kernel, steps, spaced, name)
    x = _padded(input, around) if any(map(any, around)) else input
    grid = _grid(x.array.shape[-rank:], kernel, steps, spaced, name)
    return _batched(lambda images: _correlate(images, weight, grid, groups, bias), x, rank + 2)


def _around(padding: Any, kernel: Ints, stride: Ints, dilation: Ints, name: str) -> Pairs:
    if isinstance(padding, str):
        if padding not in ("same", "valid") or (padding == "same" and max(stride) > 1):
            raise RuntimeError(f"{name}: padding={padding!r} is not supported with stride {stride}")
        totals = [(k - 1) * d * (padding == "same") for k, d in zip(kernel, dilation, strict=True)]
        return [(total // 2, total - total // 2) for total in totals]
    return [(p, p) for p in _each(padding, len(kernel), "padding", name, 0)]


def _conv_transpose(
    rank: int, name: str, input: Tensor, weight: Tensor, bias: Tensor | None = None,
    stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: int = 1, dilation: Any = 1,
) -> Tensor:  # fmt: skip
    """The gradient of a convolution by its input, as an operation of its own.

    Args:
        input: (n, c, *size), or (c, *size).
        weight: (c, o / groups, *kernel).
        padding: what is cut off at either end of the result.
        output_padding: what is added at its far end, less than the stride or dilation.

    The result is (n, o, *out), out = (size - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1.
    """
    _check_operands(rank, name, input, weight, bias, groups, True)
    steps, spaced = _each(stride, rank, "stride", name), _each(dilation, rank, "dilation", name)
    cut, more = _each(padding, rank, "padding", name, 0), _each(output_padding, rank, "output_padding", name, 0)
    grid = Grid(weight.array.shape[2:], input.array.shape[-rank:], steps, spaced)
    size = grid.reach()
    around = [(-c, m - c) for c, m in zip(cut, more, strict=True)]
    if any(m >= max(s, d) for m, s, d in zip(more, steps, spaced, strict=True)):
        raise RuntimeError(f"{name}: output padding must be smaller than either stride or dilation, but got {more}")
    if any(n + a + b < 1 for n, (a, b) in zip(size, around, strict=True)):
        raise RuntimeError(f"{name}: Output size is too small: {size} less padding {cut}")
    out = _batched(lambda images: _spread(images, weight, size, grid, groups), input, rank + 2)
    out = _padded(out, around) if any(map(any, around)) else out
    return out if bias is None else out + reshape(bias, (-1, *(1,) * rank))


conv1d, conv2d, conv3d = _ranks(_conv)
conv_transpose1d, conv_transpose2d, conv_transpose3d = _ranks(_conv_transpose)


# windows as columns ------------------------------------------------------------------------


def _unfold(x: Tensor, grid: Grid) -> Tensor:
    """(n, c, *size) as (n, c, *kernel, *out)."""
    size = x.array.shape[2:]
    return record("im2col", np.ascontiguousarray(grid.windows(x.array)), (x, lambda g: _fold(g, size, grid)))


def _fold(columns: Tensor, size: Ints, grid: Grid) -> Tensor:
    """(n, c, *kernel, *out) added up to (n, c, *size)."""
    out = grid.fold(columns.array, np.zeros((*columns.array.shape[:2], *size), columns.array.dtype))
    return record("col2im", out, (columns, lambda g: _unfold(g, grid)))


def _columns(name: str, size: Ints, kernel: Any, dilation: Any, padding: Any, stride: Any) -> tuple[Grid, Ints, Ints]:
    """The windows, the padding, and the size of the padded image."""
    options = (kernel, "kernel_size"), (stride, "stride"), (dilation, "dilation")
    around = _each(padding, 2, "padding", name, 0)
    padded = tuple(n + 2 * p for n, p in zip(size, around, strict=True))
    window, steps, spaced = (_each(value, 2, what, name) for value, what in options)
    return _grid(padded, window, steps, spaced, name), around, padded


def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """The windows of images as columns: (n, c, h, w) gives (n, c * kernel elements, windows)."""
    _check_rank(input, 2, "unfold")
    *lead, c, h, w = input.array.shape
    grid, around, _ = _columns("unfold", (h, w), kernel_size, dilation, padding, stride)
    out = _batched(lambda x: _unfold(_padded(x, [(p, p) for p in around]), grid), input, 4)
    return reshape(out, (*lead, c * math.prod(grid.kernel), math.prod(grid.out)))


def fold(
    input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """The columns of `unfold` added up to images: (n, c * kernel elements, windows) gives (n, c, h, w)."""
    _check_rank(input, 1, "fold")
    size = _each(output_size, 2, "output_size", "fold")
    grid, around, padded = _columns("fold", size, kernel_size, dilation, padding, stride)
    *lead, rows, count = input.array.shape
    if rows % math.prod(grid.kernel) or count != math.prod(grid.out):
        raise RuntimeError(f"fold: {list(input.shape)} does not fit kernel {grid.kernel} at {grid.out} positions")
    columns = reshape(input, (*lead, rows // math.prod(grid.kernel), *grid.kernel, *grid.out))
    return _padded(_batched(lambda x: _fold(x, padded, grid), columns, 6), [(-p, -p) for p in around])


# pooling -----------------------------------------------------------------------------------


def _pooling(
    x: Tensor, rank: int, name: str, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[Grid, Pairs]:
    """The windows of a pooling, and the padding that they reach into."""
    _check_rank(x, rank, name)
    size = x.array.shape[-rank:]
    kernel, spaced = _each(kernel_size, rank, "kernel_size", name), _each(dilation, rank, "dilation", name)
    steps = kernel if stride is None or stride == [] else _each(stride, rank, "stride", name)
    around = _each(padding, rank, "padding", name, 0)
    if any(2 * p > d * (k - 1) + 1 for p, k, d in zip(around, kernel, spaced, strict=True)):
        raise RuntimeError(f"{name}: pad should be at most half of effective kernel size, got {padding} of {kernel}")
    grid = _grid(tuple(n + 2 * p for n, p in zip(size, around, strict=True)), kernel, steps, spaced, name, ceil_mode)
    ends = [n + p for n, p in zip(size, around, strict=True)]
    fit = (o - ((o - 1) * s >= end) for o, s, end in zip(grid.out, steps, ends, strict=True))
    grid = grid._replace(out=tuple(fit))
    return grid, [(p, max(p, r - end)) for p, r, end in zip(around, grid.reach(), ends, strict=True)]


def _place(g: Tensor, where: Array, shape: Ints) -> Tensor:
    """Zeros of `shape` with g added at places counted through all of it."""
    out = np.zeros(shape, g.array.dtype)
    np.add.at(out.reshape(-1), where.reshape(-1), g.array.reshape(-1))
    return record("place", out, (g, lambda h: _pick(h, where)))


def _pick(x: Tensor, where: Array) -> Tensor:
    shape = x.array.shape
    return record("pick", x.array.reshape(-1)[where], (x, lambda g: _place(g, where, shape)))


def _max_pool(
    rank: int, name: str, input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0,
    dilation: Any = 1, ceil_mode: bool = False, return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest element of each window; NaN where there is one.

    The gradient goes to the first of equals. Padding counts as minus infinity. With `return_indices`
    also where the largest were, counted through an image's elements. The stride defaults to the
    kernel size; `ceil_mode` adds a window where the last one leaves elements out.
    """
    grid, around = _pooling(input, rank, name, kernel_size, stride, padding, dilation, ceil_mode)
    x, outside, size = input, None, input.array.shape[-rank:]
    if any(map(any, around)):
        x = _padded(input, around, -np.inf if input.array.dtype.kind == "f" else np.iinfo(input.array.dtype).min)
        outside = np.pad(np.zeros(size, bool), around, constant_values=True)
    shape = x.array.shape

    def places(y: Tensor) -> Array:
        return kernels.first_at(x.array, y.array, grid, outside)

    values = kernels.pooled(np.maximum, x.array, grid)
    out = record(f"{name}_with_indices", values, (x, lambda g, y: _place(g, places(y), shape)), output=True)
    if not return_indices:
        return out
    within = np.unravel_index(places(out) % math.prod(shape[-rank:]), shape[-rank:])
    own = tuple(i - before for i, (before, _) in zip(within, around, strict=True))
    return out, wrap(np.ravel_multi_index(own, size, "clip"))


def _window_sum(x: Tensor, grid: Grid) -> Tensor:
    shape, rank = x.array.shape, len(grid.out)
    images = (1, math.prod(shape[:-rank]))

    def rule(g: Tensor) -> Tensor:
        columns = expand(reshape(g, (*images, *(1,) * rank, *grid.out)), (*images, *grid.kernel, *grid.out))
        return reshape(_fold(columns, shape[-rank:], grid), shape)

    return record("window_sum", kernels.pooled(np.add, x.array, grid), (x, rule))


def _avg_pool(
    rank: int, name: str, input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0,
    ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: int | None = None,
) -> Tensor:  # fmt: skip
    """The mean of each window.

    Padding counts as zeros, or with `count_include_pad=False` not at all. `divisor_override` divides
    the sum by another number than the window's elements.
    """
    grid, around = _pooling(input, rank, name, kernel_size, stride, padding, 1, ceil_mode)
    if divisor_override == 0:
        raise RuntimeError(f"{name}: divisor must be not zero")
    counts = np.array(divisor_override or 1.0)
    for n, (p, _), k, o, s in zip(input.array.shape[-rank:], around, *grid[:3], strict=True):
        margin, starts = p if count_include_pad else 0, np.arange(o) * s - p
        inside = np.minimum(starts + k, n + margin) - np.maximum(starts, -margin)
        counts = counts[..., None] * (inside if divisor_override is None else 1)
    x = _padded(input, around) if any(map(any, around)) else input
    return cast(_window_sum(x, grid) / wrap(counts.astype(x.array.dtype)), x.dtype)


max_pool1d, max_pool2d, max_pool3d = _ranks(_max_pool)
avg_pool1d, avg_pool2d, avg_pool3d = _ranks(_avg_pool)


def _parts(x: Tensor, output_size: Any, rank: int, name: str) -> list[tuple[Array, Array]]:
    """Where the windows of an adaptive pooling start and end, as columns, for each dimension."""
    _check_rank(x, rank, name)
    size = x.array.shape[-rank:]
    given = output_size if isinstance(output_size, tuple | list) else (output_size,) * rank
    goal = _each([n if o is None else o for o, n in zip(given, size, strict=True)], rank, "output_size", name, 0)
    edges = [(np.arange(o + 1)[:, None] * n, o) for n, o in zip(size, goal, strict=True)]
    return [(edge[:-1] // o, -(-edge[1:] // o)) for edge, o in edges]


def _mixed(x: Tensor, matrices: list[Array]) -> Tensor:
    """The last dimensions of x multiplied by matrices of (new size, old size)."""
    if x.array.dtype.kind != "f":
        raise RuntimeError(f"interpolation and averages are not implemented for {x.dtype}")
    for d, matrix in enumerate(matrices, x.ndim - len(matrices)):
        x = movedim(matmul(movedim(x, d, -1), wrap(matrix.T.astype(x.array.dtype))), -1, d)
    return contiguous(x)


def _adaptive_avg_pool(rank: int, name: str, input: Tensor, output_size: Any) -> Tensor:
    """The means of windows that divide each dimension into as many parts as `output_size` says."""
    parts = zip(input.array.shape[-rank:], _parts(input, output_size, rank, name), strict=True)
    return _mixed(input, [((a <= np.arange(n)) & (np.arange(n) < b)) / (b - a) for n, (a, b) in parts])


def _adaptive_max_pool(rank: int, name: str, input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of windows that divide each dimension into as many parts as `output_size` says."""
    parts, size = _parts(input, output_size, rank, name), input.array.shape[-rank:]
    places = np.zeros((1,) * (2 * rank), np.int64)  # (*out, *kernel)
    for d, (n, (starts, ends)) in enumerate(zip(size, parts, strict=True)):
        within = np.minimum(starts + np.arange(np.max(ends - starts, initial=1)), ends - 1)
        places = places * n + np.expand_dims(within, [i for i in range(2 * rank) if i not in (d, rank + d)])
    places = places.reshape(*places.shape[:rank], -1)
    images = input.array.reshape(-1, math.prod(size))
    best = images[:, places].argmax(-1)[..., None]
    indices = np.take_along_axis(places[None], best, -1)[..., 0]
    where = indices + np.arange(len(images)).reshape(-1, *(1,) * rank) * math.prod(size)
    shape = (*input.array.shape[:-rank], *places.shape[:-1])
    out = _pick(input, where.reshape(shape))
    return (out, wrap(indices.reshape(shape))) if return_indices else out


adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d = _ranks(_adaptive_avg_pool)
adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d = _ranks(_adaptive_max_pool)


# resizing ----------------------------------------------------------------------------------


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """(..., c r r, h, w) as (..., c, h r, w r). Shi et al. (2016), arXiv:1609.05158."""
    r, shape = upscale_factor, input.array.shape
    if len(shape) < 3 or r < 1 or shape[-3] % r**2:
        raise RuntimeError(f"pixel_shuffle: the channels of {list(shape)} are not divisible by the square of {r}")
    *lead, c, h, w = shape
    parts = movedim(reshape(input, (*lead, c // r**2, r, r, h, w)), (-4, -3), (-3, -1))
    return reshape(parts, (*lead, c // r**2, h * r, w * r))


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """(..., c, h r, w r) as (..., c r r, h, w): the inverse of `pixel_shuffle`."""
    r, shape = downscale_factor, input.array.shape
    if len(shape) < 3 or r < 1 or shape[-2] % r or shape[-1] % r:
        raise RuntimeError(f"pixel_unshuffle: height and width of {list(shape)} are not divisible by {r}")
    *lead, c, h, w = shape
    parts = movedim(reshape(input, (*lead, c, h // r, r, w // r, r)), (-3, -1), (-4, -3))
    return reshape(parts, (*lead, c * r**2, h // r, w // r))


_LINEAR = {"linear": 1, "bilinear": 2, "trilinear": 3}


def interpolate(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
    align_corners: bool | None = None, recompute_scale_factor: bool | None = None, antialias: bool = False,
) -> Tensor:  # fmt: skip
    """Images of (n, c, *size) in another size, given as such or by a factor.

    Args:
        mode: "nearest", "nearest-exact", "area", or for inputs of 3, 4 and 5 dimensions "linear",
            "bilinear" and "trilinear".
        align_corners: the centres of the corner elements stay in place, instead of the image's edges.
        recompute_scale_factor: use the ratio of the sizes in place of the factor given.
    """
    rank, old = input.ndim - 2, input.array.shape[2:]
    supported = _LINEAR.get(mode) == rank or (mode in ("nearest", "nearest-exact", "area") and rank in (1, 2, 3))
    if antialias or not supported:
        raise NotImplementedError(f"interpolate: mode {mode!r} of a {input.ndim}D input, antialias={antialias}")
    if (size is None) == (scale_factor is None) or (align_corners is not None and mode not in _LINEAR):
        raise ValueError("interpolate: wanted either size or scale_factor, and align_corners only with linear modes")
    factors = scale_factor if isinstance(scale_factor, tuple | list) else (scale_factor,) * rank
    given = size if size is not None else [math.floor(n * f) for n, f in zip(old, factors, strict=True)]
    new = _each(given, rank, "size", "interpolate")
    if mode == "area":
        return (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[rank - 1](input, new)
    exact = [None] * rank if size is not None or recompute_scale_factor else factors
    ratios = [1 / f if f else n / m for n, m, f in zip(old, new, exact, strict=True)]
    out, matrices = input, []
    for d, (n, m, ratio) in enumerate(zip(old, new, ratios, strict=True), 2):
        i = np.arange(m)
        if mode in _LINEAR:
            at = i * ((n - 1) / max(m - 1, 1)) if align_corners else np.maximum((i + 0.5) * ratio - 0.5, 0)
            matrices.append(np.maximum(1 - np.abs(np.minimum(at, n - 1)[:, None] - np.arange(n)), 0))
        else:
            at = ((i + 0.5 * (mode == "nearest-exact")) * np.float32(ratio)).astype(np.float32).astype(np.int64)
            out = getitem(out, (slice(None),) * d + (wrap(np.minimum(at, n - 1)),))
    return _mixed(out, matrices) if matrices else contiguous(out)
