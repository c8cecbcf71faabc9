"""Sums and maxima over windows of arrays, for any number of dimensions.

A window's element for output position p and kernel offset k is x[p * stride + k * dilation]. A
convolution is one bilinear form, the sum of the products

    out[n, o, p] * x[n, c, p * stride + k * dilation] * w[o, c, k]

and each of `correlate`, `spread` and `weigh` sums it over all that its result does not index.

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

CACHE = 2**21  # bytes of columns made at a time
THIN = 64  # the longest row of a kernel's matrix for which everything is unfolded


class Grid(NamedTuple):
    """Where windows lie in an array's last dimensions."""

    kernel: Ints
    out: Ints
    stride: Ints
    dilation: Ints

    def split(self, at: int) -> tuple[Grid, Grid]:
        """The first `at` dimensions, and the rest."""
        return Grid(*(each[:at] for each in self)), Grid(*(each[at:] for each in self))

    def reach(self) -> Ints:
        """How many elements lie from the first window's start to the last one's end."""
        return tuple((n - 1) * s + d * (k - 1) + 1 for k, n, s, d in zip(*self, strict=True))

    def taps(self, after: int = 0) -> Iterator[tuple[Ints, Any]]:
        """Each kernel offset, and the index of the elements that it meets, one an output position.

        The grid lies in the last dimensions, but for `after` more behind it.
        """
        rest = (slice(None),) * after
        for offset in itertools.product(*map(range, self.kernel)):
            steps = zip(offset, self.out, self.stride, self.dilation, strict=True)
            yield offset, (..., *(slice(k * d, k * d + (n - 1) * s + 1, s) for k, n, s, d in steps), *rest)

    def windows(self, x: Array, lead: int = 0) -> Array:
        """x of (n, c, *size) as (n, c, *kernel, *out), without copying.

        The first `lead` dimensions stay whole: (n, c, *kernel[lead:], *size[:lead], *out[lead:]).
        """
        at, unfolded = 2 + lead, x.strides[2 + lead :]
        inner = (n * d for n, d in zip(unfolded, self.dilation[lead:], strict=True))
        outer = (n * s for n, s in zip(unfolded, self.stride[lead:], strict=True))
        shape = (*x.shape[:2], *self.kernel[lead:], *x.shape[2:at], *self.out[lead:])
        return as_strided(x, shape, (*x.strides[:2], *inner, *x.strides[2:at], *outer), writeable=False)

    def fold(self, columns: Array, into: Array) -> Array:
        """The transpose of `windows`: (n, c, *kernel, ..., *out) added up where it lies in `into`."""
        for offset, index in self.taps():
            into[index] += columns[(slice(None), slice(None), *offset)]  # type: ignore[arg-type]
        return into


# convolution -------------------------------------------------------------------------------


def _lead(shape: Ints) -> int:
    """How many of a kernel's dimensions are not unfolded, for weights of (o, c, *kernel)."""
    return 0 if math.prod(shape[1:]) <= THIN else len(shape) - 3


def _matrices(w: Array, groups: int, lead: int) -> Array:
    """(o, c, *kernel) as (*kernel[:lead], groups, o / groups, c * the rest of the kernel)."""
    shape = (*w.shape[2 : 2 + lead], groups, len(w) // groups, math.prod((w.shape[1], *w.shape[2 + lead :])))
    return np.moveaxis(w.reshape(groups, -1, *w.shape[1:]), range(3, 3 + lead), range(lead)).reshape(shape)


def _columns(x: Array, grid: Grid, groups: int, lead: int) -> Iterator[tuple[slice, Ints, Array]]:
    """Some images at a time, and for each leading kernel offset their columns.

    The columns are (images, groups, channels * the rest of the kernel, positions).
    """
    first, last = grid.split(lead)
    view = grid.windows(x, lead)
    step = max(1, CACHE * len(x) // max(1, view.nbytes))
    shape = (groups, math.prod((x.shape[1] // groups, *last.kernel)), math.prod(grid.out))
    for i in range(0, len(x), step):
        columns = np.ascontiguousarray(view[i : i + step])
        for offset, index in first.taps(len(last.out)):
            yield slice(i, i + step), offset, columns[index].reshape(len(columns), *shape)


def correlate(x: Array, w: Array, grid: Grid, groups: int, bias: Array | None) -> Array:
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


def weigh(x: Array, g: Array, grid: Grid, groups: int) -> Array:
    """The gradient of `correlate` by w, (o, c / groups, *kernel), from x and g of (n, o, *out)."""
    outputs, channels = g.shape[1], x.shape[1] // groups
    lead = _lead((outputs, channels, *grid.kernel))
    first, last = grid.split(lead)
    grouped = g.reshape(len(g), groups, outputs // groups, math.prod(grid.out))
    result = np.zeros((*first.kernel, groups, outputs // groups, channels * math.prod(last.kernel)), x.dtype)
    for images, offset, columns in _columns(x, grid, groups, lead):
        result[offset] += np.matmul(grouped[images], columns.swapaxes(2, 3)).sum(0)
    parts = result.reshape(*first.kernel, outputs, channels, *last.kernel)
    return np.ascontiguousarray(np.moveaxis(parts, range(lead), range(2, 2 + lead)))


def spread(g: Array, w: Array, size: Ints, grid: Grid, groups: int) -> Array:
    """The gradient of `correlate` by x, (n, c, *size), from g of (n, o, *out) and w."""
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
        for offset, index in first.taps(len(last.out)):
            columns[index] += np.matmul(kernels[offset], part).reshape(len(part), *rows, *grid.out)
        last.fold(columns, result[i : i + step])
    return result


# pooling -----------------------------------------------------------------------------------


def pooled(function: np.ufunc, x: Array, grid: Grid) -> Array:
    """`function`, np.add or np.maximum, over the elements of each window: (..., *out)."""
    (_, start), *rest = grid.taps()
    result = x[start].copy()
    for _, index in rest:
        function(result, x[index], out=result)
    return result


def first_at(x: Array, largest: Array, grid: Grid, outside: Array | None) -> Array:
    """Where in x, flattened, each window first has its largest element.

    Args:
        outside: true where x is padding, which never counts: bools of x's last dimensions.
    """
    rank = len(grid.out)
    places = np.arange(math.prod(x.shape[-rank:])).reshape(x.shape[-rank:])
    taps = [index for _, index in grid.taps()]
    missed, before = np.ones(largest.shape, bool), np.zeros(largest.shape, np.min_scalar_type(len(taps)))
    has_nan = np.isnan(largest).any()
    for index in taps[:-1]:
        differs = x[index] != largest
        if has_nan:
            differs &= x[index] == x[index]
        if outside is not None:
            differs |= outside[index]
        missed &= differs
        before += missed
    result = np.array([places[index].flat[0] for index in taps]).take(before)
    result += places[taps[0]]
    result += np.arange(0, x.size, places.size).reshape(*x.shape[:-rank], *(1,) * rank)
    return result
