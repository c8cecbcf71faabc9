"""Sums and maxima over windows of arrays, for any number of dimensions.

A window's element for output position p and kernel offset k is x[p * stride + k * dilation]. A
convolution is one bilinear form, the sum of the products

    out[n, o, p] * x[n, c, p * stride + k * dilation] * w[o, c, k]

and each of `convolve`, `convolution_input_gradient` and `convolution_weight_gradient` sums it over
all that its result does not index.

The columns that turn it into products of matrices are made for a few images at a time, so that they
stay in the cache, and only the last dimension is unfolded into them: the offsets in the dimensions
before it are slices of the same columns. Against unfolding everything ("im2col", Chellapilla et al.
2006) this copies less by the number of kernel rows. Where channels are so few that the products
would be thin, everything is unfolded after all.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

Array = npt.NDArray[Any]
Ints = tuple[int, ...]
Pairs = tuple[tuple[int, int], ...]

CACHE = 2**21  # bytes of columns made at a time
THIN = 64  # the longest row of a kernel's matrix for which everything is unfolded


class Grid(NamedTuple):
    """Where windows lie in an array's last dimensions.

    Attributes:
        kernel: the elements of a window, for each dimension.
        out: the number of windows.
        stride: the distance between windows.
        dilation: the distance between a window's elements.
    """

    kernel: Ints
    out: Ints
    stride: Ints
    dilation: Ints

    def split(self, at: int) -> tuple[Grid, Grid]:
        """The first `at` dimensions, and the rest."""
        first = Grid(self.kernel[:at], self.out[:at], self.stride[:at], self.dilation[:at])
        rest = Grid(self.kernel[at:], self.out[at:], self.stride[at:], self.dilation[at:])
        return first, rest

    def extent(self) -> Ints:
        """How many elements lie from the first window's start to the last one's end."""
        dimensions = zip(self.kernel, self.out, self.stride, self.dilation, strict=True)
        return tuple((n - 1) * s + d * (k - 1) + 1 for k, n, s, d in dimensions)

    def offsets(self, trailing: int = 0) -> Iterator[tuple[Ints, Any]]:
        """Each kernel offset, and the index of the elements that it meets, one an output position.

        The grid lies in the last dimensions, but for `trailing` more behind it.
        """
        rest = (slice(None),) * trailing
        for offset in itertools.product(*map(range, self.kernel)):
            index = []
            for k, n, s, d in zip(offset, self.out, self.stride, self.dilation, strict=True):
                start = k * d
                index.append(slice(start, start + (n - 1) * s + 1, s))
            yield offset, (..., *index, *rest)

    def windows(self, x: Array, lead: int = 0) -> Array:
        """x of (n, c, *size) as (n, c, *kernel, *out), without copying.

        The first `lead` dimensions stay as they are:
        (n, c, *kernel[lead:], *size[:lead], *out[lead:]).
        """
        at = 2 + lead
        steps = x.strides[at:]
        inner = (n * d for n, d in zip(steps, self.dilation[lead:], strict=True))
        outer = (n * s for n, s in zip(steps, self.stride[lead:], strict=True))
        shape = (*x.shape[:2], *self.kernel[lead:], *x.shape[2:at], *self.out[lead:])
        strides = (*x.strides[:2], *inner, *x.strides[2:at], *outer)
        return as_strided(x, shape, strides, writeable=False)

    def add_windows(self, columns: Array, into: Array) -> Array:
        """The transpose of `windows`: (n, c, *kernel, ..., *out) added where it lies in `into`."""
        for offset, index in self.offsets():
            into[index] += columns[(slice(None), slice(None), *offset)]  # type: ignore[arg-type]
        return into


# convolution -------------------------------------------------------------------------------


def _lead(shape: Ints) -> int:
    """How many of a kernel's dimensions are not unfolded, for weights of (o, c, *kernel)."""
    if math.prod(shape[1:]) <= THIN:
        return 0
    return len(shape) - 3


def _matrices(w: Array, groups: int, lead: int) -> Array:
    """(o, c, *kernel) as (*kernel[:lead], groups, o / groups, c * the rest of the kernel)."""
    row = math.prod((w.shape[1], *w.shape[2 + lead :]))
    shape = (*w.shape[2 : 2 + lead], groups, len(w) // groups, row)
    grouped = w.reshape(groups, -1, *w.shape[1:])
    return np.moveaxis(grouped, range(3, 3 + lead), range(lead)).reshape(shape)


def _columns(x: Array, grid: Grid, groups: int, lead: int) -> Iterator[tuple[slice, Ints, Array]]:
    """Some images at a time, and for each leading kernel offset their columns.

    The columns are (images, groups, channels * the rest of the kernel, positions).
    """
    first, last = grid.split(lead)
    view = grid.windows(x, lead)
    step = max(1, CACHE * len(x) // max(1, view.nbytes))
    rows = math.prod((x.shape[1] // groups, *last.kernel))
    shape = (groups, rows, math.prod(grid.out))
    for i in range(0, len(x), step):
        columns = np.ascontiguousarray(view[i : i + step])
        for offset, index in first.offsets(len(last.out)):
            yield slice(i, i + step), offset, columns[index].reshape(len(columns), *shape)


def convolve(x: Array, w: Array, bias: Array | None = None, *, grid: Grid, groups: int) -> Array:
    """Outputs (n, o, *out) from x of (n, c, *size) and w of (o, c / groups, *kernel)."""
    lead = _lead(w.shape)
    kernels = _matrices(w, groups, lead)
    result = np.empty((len(x), groups, len(w) // groups, math.prod(grid.out)), x.dtype)
    for images, offset, columns in _columns(x, grid, groups, lead):
        part = result[images]
        if any(offset):
            part += np.matmul(kernels[offset], columns)
        else:
            np.matmul(kernels[offset], columns, out=part)
            if bias is not None:
                part += bias.reshape(groups, -1, 1)
    return result.reshape(len(x), len(w), *grid.out)


def convolution_weight_gradient(x: Array, g: Array, *, grid: Grid, groups: int) -> Array:
    """The gradient of `convolve` by w, (o, c / groups, *kernel), from x and g of (n, o, *out)."""
    outputs = g.shape[1]
    channels = x.shape[1] // groups
    lead = _lead((outputs, channels, *grid.kernel))
    first, last = grid.split(lead)
    grouped = g.reshape(len(g), groups, outputs // groups, math.prod(grid.out))
    row = channels * math.prod(last.kernel)
    result = np.zeros((*first.kernel, groups, outputs // groups, row), x.dtype)
    for images, offset, columns in _columns(x, grid, groups, lead):
        result[offset] += np.matmul(grouped[images], columns.swapaxes(2, 3)).sum(0)
    parts = result.reshape(*first.kernel, outputs, channels, *last.kernel)
    return np.ascontiguousarray(np.moveaxis(parts, range(lead), range(2, 2 + lead)))


def convolution_input_gradient(g: Array, w: Array, *, size: Ints, grid: Grid, groups: int) -> Array:
    """The gradient of `convolve` by x, (n, c, *size), from g of (n, o, *out) and w."""
    lead = _lead(w.shape)
    first, last = grid.split(lead)
    kernels = _matrices(w, groups, lead).swapaxes(-1, -2)
    grouped = g.reshape(len(g), groups, g.shape[1] // groups, math.prod(grid.out))
    rows = (groups * w.shape[1], *last.kernel)
    result = np.zeros((len(g), rows[0], *size), g.dtype)
    shape = (*rows, *size[:lead], *last.out)
    step = max(1, CACHE // max(1, math.prod(shape) * g.itemsize))
    for i in range(0, len(g), step):
        part = grouped[i : i + step]
        columns = np.zeros((len(part), *shape), g.dtype)
        for offset, index in first.offsets(len(last.out)):
            product = np.matmul(kernels[offset], part)
            columns[index] += product.reshape(len(part), *rows, *grid.out)
        last.add_windows(columns, result[i : i + step])
    return result


# windows as columns ------------------------------------------------------------------------


def unfold_windows(x: Array, *, grid: Grid) -> Array:
    """(n, c, *size) as (n, c, *kernel, *out): each window's elements, copied."""
    return np.ascontiguousarray(grid.windows(x))


def fold_windows(columns: Array, *, size: Ints, grid: Grid) -> Array:
    """(n, c, *kernel, *out) added up to (n, c, *size)."""
    return grid.add_windows(columns, np.zeros((*columns.shape[:2], *size), columns.dtype))


# pooling -----------------------------------------------------------------------------------


def window_sum(x: Array, *, grid: Grid) -> Array:
    """The sum of each window: (..., *out)."""
    return _reduce_windows(np.add, x, grid)


def window_sum_gradient(g: Array, *, size: Ints, grid: Grid) -> Array:
    """(..., *out) added to every element of its window: (..., *size)."""
    result = np.zeros((*g.shape[: -len(size)], *size), g.dtype)
    for _, index in grid.offsets():
        result[index] += g
    return result


def _reduce_windows(function: np.ufunc, x: Array, grid: Grid) -> Array:
    """`function`, np.add or np.maximum, over the elements of each window: (..., *out)."""
    offsets = grid.offsets()
    _, start = next(offsets)
    result: Array = x[start].copy()
    for _, index in offsets:
        function(result, x[index], out=result)
    return result


def window_maximum(x: Array, *, grid: Grid, padding: Pairs) -> Array:
    """The largest element of each window, (..., *out); NaN where there is one.

    Padding, (before, after) of each dimension, counts as less than everything.
    """
    return _reduce_windows(np.maximum, _padded(x, padding), grid)


def window_maximum_with_indices(x: Array, *, grid: Grid, padding: Pairs) -> tuple[Array, Array]:
    """`window_maximum`, and where each window first has its largest element.

    The indices count through the last dimensions of x, padding not included.
    """
    wide = _padded(x, padding)
    largest = _reduce_windows(np.maximum, wide, grid)
    outside = None
    if wide is not x:
        outside = np.ones(wide.shape[-len(padding) :], bool)
        outside[_inside(x.shape[-len(padding) :], padding)] = False
    first = _first_offsets(wide, largest, grid, outside)
    return largest, _indices(first, x.shape[-len(padding) :], grid, padding)


def _padded(x: Array, padding: Pairs) -> Array:
    """x with the least number of its dtype around its last dimensions."""
    if not any(map(any, padding)):
        return x
    least = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    shape = [n + sum(width) for n, width in zip(x.shape[-len(padding) :], padding, strict=True)]
    result = np.full((*x.shape[: -len(padding)], *shape), least, x.dtype)
    result[_inside(x.shape[-len(padding) :], padding)] = x
    return result


def _inside(size: Ints, padding: Pairs) -> Any:
    """The index of what is not padding."""
    return (..., *(slice(before, before + n) for n, (before, _) in zip(size, padding, strict=True)))


def _first_offsets(x: Array, largest: Array, grid: Grid, outside: Array | None) -> Array:
    """The number of the kernel offset at which each window first has its largest element.

    Args:
        outside: true where x is padding, which never counts: bools of x's last dimensions.
    """
    indices = [index for _, index in grid.offsets()]
    missed = np.ones(largest.shape, bool)
    result = np.zeros(largest.shape, np.min_scalar_type(len(indices)))
    has_nan = np.isnan(largest).any()
    for index in indices[:-1]:
        differs = x[index] != largest
        if has_nan:
            differs &= x[index] == x[index]
        if outside is not None:
            differs |= outside[index]
        missed &= differs
        result += missed
    return result


def _indices(first: Array, size: Ints, grid: Grid, padding: Pairs) -> Array:
    """The elements' places in images of `size`, for the kernel offset that each window has."""
    strides = [math.prod(size[d + 1 :]) for d in range(len(size))]
    steps = np.zeros(1, np.int64)  # from a window's start, for each offset
    for k, d, stride in zip(grid.kernel, grid.dilation, strides, strict=True):
        steps = (steps[:, None] + np.arange(k) * d * stride).reshape(-1)
    result = steps.take(first)
    starts = np.zeros((), np.int64)
    for n, s, (before, _), stride in zip(grid.out, grid.stride, padding, strides, strict=True):
        starts = starts[..., None] + (np.arange(n) * s - before) * stride
    result += starts
    return result


# elements picked from images ---------------------------------------------------------------


def take_elements(x: Array, indices: Array, *, rank: int) -> Array:
    """The elements of images (..., *size) at indices (..., *out) that count through the size."""
    return x.reshape(-1).take(_places(indices, x.shape, rank))


def add_elements(g: Array, indices: Array, *, size: Ints) -> Array:
    """The transpose of `take_elements`: zeros of (..., *size) with g of (..., *out) added."""
    shape = (*g.shape[: -len(size)], *size)
    result = np.zeros(math.prod(shape), g.dtype)
    np.add.at(result, _places(indices, shape, len(size)).reshape(-1), g.reshape(-1))
    return result.reshape(shape)


def _places(indices: Array, shape: Ints, rank: int) -> Array:
    """Indices into each image as indices into all of an array of `shape`."""
    images = shape[:-rank]
    starts = np.arange(math.prod(images)) * math.prod(shape[-rank:])
    return indices + starts.reshape(*images, *(1,) * rank)


# windows that divide images into parts -----------------------------------------------------


def parts(size: int, count: int) -> tuple[Array, Array]:
    """Where the windows start and end that divide `size` elements into `count` parts."""
    edges = np.arange(count + 1) * size
    return edges[:-1] // max(count, 1), -(-edges[1:] // max(count, 1))


def part_shares(size: int, count: int) -> Array:
    """What each element counts in the mean of each part, (count, size)."""
    starts, ends = (each[:, None] for each in parts(size, count))
    places = np.arange(size)
    inside = (starts <= places) & (places < ends)
    return inside / (ends - starts)


def part_means(x: Array, *, output_size: Ints) -> Array:
    """The mean of each part of (..., *size): (..., *output_size)."""
    means = x
    for d, count in enumerate(output_size, x.ndim - len(output_size)):
        rows = np.moveaxis(means, d, -1)
        shares = part_shares(rows.shape[-1], count).T.astype(x.dtype)
        found = np.matmul(rows, shares)
        if not np.isfinite(found).all():  # 0 times infinity would reach the other parts
            starts, ends = parts(rows.shape[-1], count)
            pairs = zip(starts, ends, strict=True)
            found = np.stack([rows[..., a:b].mean(-1) for a, b in pairs], -1)
        means = np.moveaxis(found, -1, d)
    return np.ascontiguousarray(means)


def adaptive_maximum_with_indices(x: Array, *, output_size: Ints) -> tuple[Array, Array]:
    """The largest element of each part of (..., *size), (..., *output_size), and where it first is.

    The indices count through the size.
    """
    rank = len(output_size)
    lead = x.shape[:-rank]
    size = x.shape[-rank:]
    places = _places_of_parts(size, output_size)
    elements = x.reshape(*lead, math.prod(size))[..., places]
    best = elements.argmax(-1)[..., None]
    indices = np.take_along_axis(np.broadcast_to(places, elements.shape), best, -1)
    return np.take_along_axis(elements, best, -1)[..., 0], indices[..., 0]


def _places_of_parts(size: Ints, output_size: Ints) -> Array:
    """The indices of the elements of each part, (*output_size, elements).

    Where a part is smaller than others its last element is repeated.
    """
    result = np.zeros((1,) * (len(size) + 1), np.int64)
    for d, (n, count) in enumerate(zip(size, output_size, strict=True)):
        start, end = parts(n, count)
        width = np.max(end - start, initial=1)
        elements = np.minimum(start[:, None] + np.arange(width), end[:, None] - 1)
        shape = [1] * len(size)
        shape[d] = count
        grown = result[..., None] * n + elements.reshape(*shape, 1, width)
        result = grown.reshape(*grown.shape[:-2], -1)
    return result
