"""Convolutions, pooling, resizing, and the rest of what looks at images through windows.

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

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.kernels import convolution as kernels
from tinygrad_mnist.kernels.convolution import Grid
from tinygrad_mnist.nn.exports import export
from tinygrad_mnist.ops.arguments import cast
from tinygrad_mnist.ops.linear_algebra import matmul
from tinygrad_mnist.tape import record
from tinygrad_mnist.core.tensor import Array, Tensor, shared_version, wrap

Ints = tuple[int, ...]
Pairs = list[tuple[int, int]]


# arguments ---------------------------------------------------------------------------------


def _ranks(general: Callable[..., Any]) -> list[Any]:
    """The 1-, 2- and 3-dimensional cases of a function of (rank, name, ...), as functions of the rest."""
    signature = inspect.signature(general)

    def case(rank: int) -> Any:
        @functools.wraps(general)
        def op(*args: Any, **kwargs: Any) -> Any:
            return general(rank, name, *args, **kwargs)

        name = op.__name__ = op.__qualname__ = f"{general.__name__[1:]}{rank}d"
        vars(op)["__signature__"] = signature.replace(parameters=list(signature.parameters.values())[2:])
        return op

    return [case(rank) for rank in (1, 2, 3)]


def _each(value: Any, rank: int, what: str, name: str, least: int = 1) -> Ints:
    """One number for every dimension, or the numbers listed; none may be below `least`."""
    given = tuple(int(v) for v in value) if isinstance(value, tuple | list) else (int(value),)
    numbers = given * rank if len(given) == 1 else given
    ok = len(numbers) == rank and min(numbers) >= least
    check(ok, "{}: {} must be one or {} numbers of at least {}, but got {}", name, what, rank, least, value)
    return numbers


def _options(rank: int, name: str, **given: Any) -> list[Ints]:
    """`_each` of several arguments, of which paddings may be 0."""
    return [_each(value, rank, what, name, 0 if "padding" in what else 1) for what, value in given.items()]


def _check_rank(x: Tensor, rank: int, name: str, error: type[Exception] = RuntimeError) -> None:
    wanted = rank + 1, rank + 2
    check(x.ndim in wanted, "{}: Expected {}D (unbatched) or {}D input, got {}", name, *wanted, x.shape, error=error)


def _batched(function: Callable[[Tensor], Tensor], x: Tensor, ndim: int) -> Tensor:
    """function(x), with a batch of one put around an x that has none."""
    return function(x) if x.ndim == ndim else function(x.unsqueeze(0)).squeeze(0)


def _grid(size: Ints, kernel: Ints, stride: Ints, dilation: Ints, name: str, up: int = 0) -> Grid:
    """The windows that fit: floor((size - dilation * (kernel - 1) - 1) / stride) + 1, or with `up` ceil."""
    steps = zip(size, kernel, stride, dilation, strict=True)
    out = tuple((n - d * (k - 1) - 1 + up * (s - 1)) // s + 1 for n, k, s, d in steps)
    message = "{}: Kernel size can't be greater than actual input size: {} with dilation {} against {} (padded)"
    check(min(out) >= 1, message, name, kernel, dilation, size)
    return Grid(kernel, out, stride, dilation)


# padding -----------------------------------------------------------------------------------

_MODES: dict[str, Any] = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def pad(input: Tensor, pad: Any, mode: str = "constant", value: float | None = None) -> Tensor:
    """Widened at both ends of the last dimensions; negative widths cut off.

    Args:
        pad: (before, after) of the last dimension, then of the one before it, and so on.
        mode: "constant" fills in `value` (0), "reflect" mirrors without repeating the edge,
            "replicate" repeats the edge, "circular" continues at the other end of what is left.
    """
    widths, shape = tuple(int(n) for n in pad), input.array.shape
    message = "pad: Padding length must be even and at most twice {} dimensions, got {}"
    check(len(widths) % 2 == 0 and len(widths) <= 2 * len(shape), message, len(shape), widths)
    pairs = list(zip(widths[::2], widths[1::2], strict=True))[::-1]
    if mode == "constant":
        return _padded(input, pairs, value or 0)
    lead, message = len(shape) - len(pairs), "pad: mode {!r} of the last {} of {} dimensions"
    known = mode in _MODES and lead in (1, 2) and len(pairs) in (1, 2, 3)
    check(known, message, mode, len(pairs), len(shape), error=NotImplementedError)
    for d, (pair, n) in enumerate(zip(pairs, shape[lead:], strict=True), lead):
        fits = mode == "replicate" or max(pair) <= n - (mode == "reflect")
        check(fits, "pad: {} padding {} is too large for dimension {} of {}", mode, pair, d, shape)
        grown, (first, last) = np.maximum(pair, 0), np.maximum(np.negative(pair), 0)
        if mode == "circular":
            kept = np.pad(np.arange(first, n - last), grown, "wrap")
        else:
            kept = np.pad(np.arange(n), grown, _MODES[mode])[first : n + sum(grown) - last]
        input = input[(slice(None),) * d + (wrap(kept),)] if any(pair) else input
    return input.contiguous()


def _padded(x: Tensor, pairs: Pairs, value: Any = 0) -> Tensor:
    """The last dimensions with `value` before and after; its gradient is padding by the opposite."""
    around = [(0, 0)] * (x.ndim - len(pairs)) + pairs
    sizes = list(zip(x.array.shape, around, strict=True))
    fits = all(n + min(a, 0) + min(b, 0) >= 0 for n, (a, b) in sizes)
    check(fits, "pad: padding {} of {} resulted in a negative output size", pairs, x.array.shape)
    out = np.full([n + a + b for n, (a, b) in sizes], value, x.array.dtype)
    kept = tuple(slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in sizes)
    out[tuple(slice(max(a, 0), n + a + min(b, 0)) for n, (a, b) in sizes)] = x.array[kept]
    return record("constant_pad_nd", out, (x, lambda g: _padded(g, [(-a, -b) for a, b in around])))


# convolution -------------------------------------------------------------------------------


def _correlate(x: Tensor, w: Tensor, grid: Grid, groups: int, bias: Tensor | None = None) -> Tensor:
    size = x.array.shape[2:]
    rules: list[Any] = [(x, lambda g: _spread(g, w, size, grid, groups)), (w, lambda g: _weigh(x, g, grid, groups))]
    if bias is not None:
        rules.append((bias, lambda g: g.sum((0, *range(2, g.ndim)))))
    out = kernels.correlate(x.array, w.array, grid, groups, None if bias is None else bias.array)
    return record("convolution", out, *rules)


def _spread(g: Tensor, w: Tensor, size: Ints, grid: Grid, groups: int) -> Tensor:
    rules: list[Any] = [(g, lambda h: _correlate(h, w, grid, groups)), (w, lambda h: _weigh(h, g, grid, groups))]
    return record("convolution_transpose", kernels.spread(g.array, w.array, size, grid, groups), *rules)


def _weigh(x: Tensor, g: Tensor, grid: Grid, groups: int) -> Tensor:
    size = x.array.shape[2:]
    rules: list[Any] = [(x, lambda h: _spread(g, h, size, grid, groups)), (g, lambda h: _correlate(x, h, grid, groups))]
    return record("convolution_weight", kernels.weigh(x.array, g.array, grid, groups), *rules)


def _check_operands(
    rank: int, name: str, x: Tensor, w: Tensor, bias: Tensor | None, groups: int, transposed: bool = False
) -> None:
    _check_rank(x, rank, name)
    ok = w.ndim == rank + 2 and groups >= 1 and len(w) % groups == 0
    check(ok, "{}: weight {} must be {}D, with a multiple of {} rows", name, w.shape, rank + 2, groups)
    wanted, made = (w.array.shape[1] * groups, len(w))[:: -1 if transposed else 1]
    ok = x.array.shape[-rank - 1] == wanted
    check(ok, "{}: expected {} channels for weight {}, got input {}", name, wanted, w.shape, x.shape)
    ok = bias is None or bias.array.shape == (made,)
    check(ok, "{}: expected bias to be 1-dimensional with {} elements, got {}", name, made, bias)
    kinds = [each.array.dtype.name for each in (x, w, bias) if each is not None]
    check(len(set(kinds)) == 1, "{}: input, weight and bias should have the same type, got {}", name, kinds)


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
    steps, spaced = _options(rank, name, stride=stride, dilation=dilation)
    if isinstance(padding, str):
        ok = padding == "valid" or (padding == "same" and max(steps) == 1)
        check(ok, "{}: padding={!r} is not supported with stride {}", name, padding, steps)
        totals = [(k - 1) * d * (padding == "same") for k, d in zip(kernel, spaced, strict=True)]
        around = [(total // 2, total - total // 2) for total in totals]
    else:
        around = [(p, p) for p in _each(padding, rank, "padding", name, 0)]
    x = _padded(input, around) if any(map(any, around)) else input
    grid = _grid(x.array.shape[-rank:], kernel, steps, spaced, name)
    return _batched(lambda images: _correlate(images, weight, grid, groups, bias), x, rank + 2)


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
    steps, spaced = _options(rank, name, stride=stride, dilation=dilation)
    cut, more = _options(rank, name, padding=padding, output_padding=output_padding)
    grid = Grid(weight.array.shape[2:], input.array.shape[-rank:], steps, spaced)
    size, around = grid.reach(), [(-c, m - c) for c, m in zip(cut, more, strict=True)]
    ok = all(m < max(s, d) for m, s, d in zip(more, steps, spaced, strict=True))
    check(ok, "{}: output padding must be smaller than either stride or dilation, but got {}", name, more)
    ok = all(n + a + b >= 1 for n, (a, b) in zip(size, around, strict=True))
    check(ok, "{}: Output size is too small: {} less padding {}", name, size, cut)
    out = _batched(lambda images: _spread(images, weight, size, grid, groups), input, rank + 2)
    out = _padded(out, around) if any(map(any, around)) else out
    return out if bias is None else out + bias.reshape(-1, *(1,) * rank)


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
    options = _options(2, name, kernel_size=kernel, stride=stride, dilation=dilation, padding=padding)
    window, steps, spaced, around = options
    padded = tuple(n + 2 * p for n, p in zip(size, around, strict=True))
    return _grid(padded, window, steps, spaced, name), around, padded


def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """The windows of images as columns: (n, c, h, w) gives (n, c * kernel elements, windows)."""
    _check_rank(input, 2, "unfold")
    *lead, c, h, w = input.array.shape
    grid, around, _ = _columns("unfold", (h, w), kernel_size, dilation, padding, stride)
    out = _batched(lambda x: _unfold(_padded(x, [(p, p) for p in around]), grid), input, 4)
    return out.reshape(*lead, c * math.prod(grid.kernel), math.prod(grid.out))


def fold(
    input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """The columns of `unfold` added up to images: (n, c * kernel elements, windows) gives (n, c, h, w)."""
    _check_rank(input, 1, "fold")
    size = _each(output_size, 2, "output_size", "fold")
    grid, around, padded = _columns("fold", size, kernel_size, dilation, padding, stride)
    *lead, rows, count = input.array.shape
    fits = rows % math.prod(grid.kernel) == 0 and count == math.prod(grid.out)
    check(fits, "fold: {} does not fit kernel {} at {} positions", input.array.shape, grid.kernel, grid.out)
    columns = input.reshape(*lead, rows // math.prod(grid.kernel), *grid.kernel, *grid.out)
    return _padded(_batched(lambda x: _fold(x, padded, grid), columns, 6), [(-p, -p) for p in around])


# pooling -----------------------------------------------------------------------------------


def _pooling(
    x: Tensor, rank: int, name: str, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[Grid, Pairs]:
    """The windows of a pooling, and the padding that they reach into."""
    _check_rank(x, rank, name)
    size = x.array.shape[-rank:]
    check(0 not in x.array.shape[-rank - 1 :], "{}: only the batch may be empty, got {}", name, x.array.shape)
    steps = kernel_size if stride in (None, [], ()) else stride
    windows = _options(rank, name, kernel_size=kernel_size, stride=steps, dilation=dilation, padding=padding)
    kernel, steps, spaced, around = windows
    ok = all(2 * p <= d * (k - 1) + 1 for p, k, d in zip(around, kernel, spaced, strict=True))
    check(ok, "{}: pad should be at most half of effective kernel size, got {} of {}", name, padding, kernel)
    grid = _grid(tuple(n + 2 * p for n, p in zip(size, around, strict=True)), kernel, steps, spaced, name, ceil_mode)
    ends = [n + p for n, p in zip(size, around, strict=True)]
    fit = (o - ((o - 1) * s >= end) for o, s, end in zip(grid.out, steps, ends, strict=True))
    grid = grid._replace(out=tuple(fit))
    return grid, [(p, max(p, r - end)) for p, r, end in zip(around, grid.reach(), ends, strict=True)]


def _place(g: Tensor, where: Array, shape: Ints) -> Tensor:
    """Zeros of `shape` with g added at places counted through all of it."""
    zeros = wrap(np.zeros(math.prod(shape), g.array.dtype))
    return zeros.scatter_add(0, wrap(where.reshape(-1)), g.reshape(-1)).reshape(shape)


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

    def places(x: Tensor) -> Array:  # the result may have been written since, as by nn.ReLU(inplace=True)
        peaks = kernels.pooled(np.maximum, x.array, grid) if memory.version else values
        return kernels.first_at(x.array, peaks, grid, outside)

    values = kernels.pooled(np.maximum, x.array, grid)
    out = record(f"{name}_with_indices", values, (x, lambda g: _place(g, places(x), shape)))
    memory = shared_version(out)
    if not return_indices:
        return out
    within = np.unravel_index(places(x) % math.prod(shape[-rank:]), shape[-rank:])
    own = tuple(i - before for i, (before, _) in zip(within, around, strict=True))
    return out, wrap(np.ravel_multi_index(own, size, "clip"))


def _window_sum(x: Tensor, grid: Grid) -> Tensor:
    shape, images = x.array.shape, (1, math.prod(x.array.shape[: -len(grid.out)]))

    def rule(g: Tensor) -> Tensor:
        spread = g.reshape(*images, *(1,) * len(grid.out), *grid.out).expand(*images, *grid.kernel, *grid.out)
        return _fold(spread, shape[-len(grid.out) :], grid).reshape(shape)

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
    check(divisor_override != 0, "{}: divisor must be not zero", name)
    counts = np.array(divisor_override or 1.0)
    for n, (p, _), k, o, s in zip(input.array.shape[-rank:], around, *grid[:3], strict=True):
        margin, starts = p if count_include_pad else 0, np.arange(o) * s - p
        inside = np.minimum(starts + k, n + margin) - np.maximum(starts, -margin)
        counts = counts[..., None] * (inside if divisor_override is None else 1)
    x = _padded(input, around) if any(map(any, around)) else input
    return cast(_window_sum(x, grid) / wrap(counts.astype(x.array.dtype)), x.dtype)


def _lp_pool(
    rank: int, name: str, input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False
) -> Tensor:
    """The p-norm of each window's elements, without their signs' help: (sum x ** p) ** (1 / p)."""
    mean = _avg_pool(rank, name, input**norm_type, kernel_size, stride, 0, ceil_mode)
    count = math.prod(_each(kernel_size, rank, "kernel_size", name))
    return (mean.sign() * mean.abs().relu() * count) ** (1 / norm_type)


max_pool1d, max_pool2d, max_pool3d = _ranks(_max_pool)
avg_pool1d, avg_pool2d, avg_pool3d = _ranks(_avg_pool)
lp_pool1d, lp_pool2d, lp_pool3d = _ranks(_lp_pool)


def _parts(x: Tensor, output_size: Any, rank: int, name: str) -> list[tuple[Array, Array]]:
    """Where the windows of an adaptive pooling start and end, as columns, for each dimension."""
    _check_rank(x, rank, name, ValueError if 1 < rank >= x.ndim else RuntimeError)
    size = x.array.shape[-rank:]
    given = tuple(output_size) if isinstance(output_size, tuple | list) else (output_size,)
    given = given * rank if len(given) == 1 else given
    check(len(given) == rank, "{}: output_size must be one or {} numbers, but got {}", name, rank, output_size)
    goal = _each([n if o is None else o for o, n in zip(given, size, strict=True)], rank, "output_size", name, 0)
    edges = [(np.arange(o + 1)[:, None] * n, o) for n, o in zip(size, goal, strict=True)]
    return [(edge[:-1] // o, -(-edge[1:] // o)) for edge, o in edges]


def _adaptive_avg_pool(rank: int, name: str, input: Tensor, output_size: Any) -> Tensor:
    """The means of windows that divide each dimension into as many parts as `output_size` says."""
    parts = _parts(input, output_size, rank, name)
    ranges = map(np.arange, input.array.shape[-rank:])
    return _mixed(input, [((a <= i) & (i < b)) / (b - a) for i, (a, b) in zip(ranges, parts, strict=True)])


def _adaptive_max_pool(rank: int, name: str, input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of windows that divide each dimension into as many parts as `output_size` says."""
    shape, parts = input.array.shape, _parts(input, output_size, rank, name)
    rows = [np.minimum(a + np.arange(np.max(b - a, initial=1)), b - 1) for a, b in parts]  # (out, kernel)
    places = np.ravel_multi_index(np.ix_(*map(np.ravel, rows)), shape[-rank:])
    places = places.reshape([n for row in rows for n in row.shape])
    places = np.moveaxis(places, range(1, 2 * rank, 2), range(rank, 2 * rank)).reshape(*map(len, rows), -1)
    out, best = input.flatten(-rank)[..., wrap(places)].max(-1)
    indices = np.take_along_axis(np.broadcast_to(places, (*shape[:-rank], *places.shape)), best.array[..., None], -1)
    return (out, wrap(indices[..., 0])) if return_indices else out


adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d = _ranks(_adaptive_avg_pool)
adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d = _ranks(_adaptive_max_pool)


# channels and size -------------------------------------------------------------------------


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """(..., c r r, h, w) as (..., c, h r, w r). Shi et al. (2016), arXiv:1609.05158."""
    r, shape = upscale_factor, input.array.shape
    ok = len(shape) >= 3 and r >= 1 and shape[-3] % r**2 == 0
    check(ok, "pixel_shuffle: the channels of {} are not divisible by the square of {}", shape, r)
    parts = input.unflatten(-3, (shape[-3] // r**2, r, r)).movedim((-4, -3), (-3, -1))
    return parts.flatten(-4, -3).flatten(-2)


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """(..., c, h r, w r) as (..., c r r, h, w): the inverse of `pixel_shuffle`."""
    r, shape = downscale_factor, input.array.shape
    ok = len(shape) >= 3 and r >= 1 and shape[-2] % r == 0 and shape[-1] % r == 0
    check(ok, "pixel_unshuffle: height and width of {} are not divisible by {}", shape, r)
    parts = input.unflatten(-1, (shape[-1] // r, r)).unflatten(-3, (shape[-2] // r, r))
    return parts.movedim((-3, -1), (-4, -3)).flatten(-5, -3)


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """(n, c, *size) with the channels of `groups` equal parts taken in turn. Zhang et al. (2018), arXiv:1707.01083."""
    ok = input.ndim > 2 and groups > 0 and input.array.shape[1] % groups == 0
    check(ok, "channel_shuffle: the channels of {} are not divisible by {}", input.shape, groups)
    return input.unflatten(1, (groups, input.array.shape[1] // groups)).transpose(1, 2).flatten(1, 2)


def _mixed(x: Tensor, matrices: list[Array]) -> Tensor:
    """The last dimensions of x multiplied by matrices of (new size, old size)."""
    check(x.array.dtype.kind == "f", "interpolation and averages are not implemented for {}", x.dtype)
    for d, matrix in enumerate(matrices, x.ndim - len(matrices)):
        x = matmul(x.movedim(d, -1), wrap(matrix.T.astype(x.array.dtype))).movedim(-1, d)
    return x.contiguous()


_SMOOTH = {"linear": 1, "bilinear": 2, "trilinear": 3, "bicubic": 2}


def _shares(mode: str, t: Any) -> list[tuple[int, Any]]:
    """What the neighbours of a place have in its value, which lies t in [0, 1) behind neighbour 0.

    Bicubic: Keys, IEEE Trans. ASSP 29 (1981), with a = -0.75.
    """
    if mode != "bicubic":
        return [(0, 1 - t), (1, t)]
    near = [(1.25 * d - 2.25) * d * d + 1 for d in (t, 1 - t)]
    far = [((-0.75 * d + 3.75) * d - 6) * d + 3 for d in (t + 1, 2 - t)]
    return list(zip((0, 1, -1, 2), near + far, strict=True))


def interpolate(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
    align_corners: bool | None = None, recompute_scale_factor: bool | None = None, antialias: bool = False,
) -> Tensor:  # fmt: skip
    """Images of (n, c, *size) in another size, given as such or by a factor.

    Args:
        mode: "nearest", "nearest-exact", "area", or for inputs of 3, 4 and 5 dimensions "linear",
            "bilinear" or "bicubic", and "trilinear".
        align_corners: the centres of the corner elements stay in place, instead of the image's edges.
        recompute_scale_factor: use the ratio of the sizes in place of the factor given.
    """
    rank, old = input.ndim - 2, input.array.shape[2:]
    ok = _SMOOTH.get(mode) == rank or (mode in ("nearest", "nearest-exact", "area") and rank in (1, 2, 3))
    message = "interpolate: mode {!r} of a {}D input, antialias={}"
    check(ok and not antialias, message, mode, input.ndim, antialias, error=NotImplementedError)
    ok = (size is None) != (scale_factor is None) and (align_corners is None or mode in _SMOOTH)
    check(ok, "interpolate: wanted size or scale_factor, align_corners only for linear and cubic", error=ValueError)
    factors = scale_factor if isinstance(scale_factor, tuple | list) else (scale_factor,) * rank
    given = size if size is not None else [math.floor(n * f) for n, f in zip(old, factors, strict=True)]
    new = _each(given, rank, "size", "interpolate")
    if mode == "area":
        return (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[rank - 1](input, new)
    exact = [None] * rank if size is not None or recompute_scale_factor else factors
    matrices = []
    for d, (n, m, factor) in enumerate(zip(old, new, exact, strict=True), 2):
        i, ratio = np.arange(m), 1 / factor if factor else n / m
        if mode in _SMOOTH:
            at = i * ((n - 1) / max(m - 1, 1)) if align_corners else (i + 0.5) * ratio - 0.5
            first, matrix = np.floor(at).astype(np.int64), np.zeros((m, n))
            for step, share in _shares(mode, at - first):
                np.add.at(matrix, (i, np.clip(first + step, 0, n - 1)), share)
            matrices.append(matrix)
        else:
            at = ((i + 0.5 * (mode == "nearest-exact")) * np.float32(ratio)).astype(np.float32).astype(np.int64)
            input = input[(slice(None),) * d + (wrap(np.minimum(at, n - 1)),)]
    return _mixed(input, matrices) if matrices else input.contiguous()


def upsample(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Tensor:
    """`interpolate` under its older name."""
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """`interpolate` by the nearest element."""
    return interpolate(input, size, scale_factor)


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """`interpolate` by "bilinear", with the corners aligned."""
    return interpolate(input, size, scale_factor, "bilinear", True)


export(globals())
