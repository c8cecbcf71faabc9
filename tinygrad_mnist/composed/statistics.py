"""Orders, counts and differences of many elements."""

import math
from functools import reduce
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.composed.elementwise import lerp
from tinygrad_mnist.composed.scattering import take_along_dim
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops.arguments import Dims, cast, dimension, dimensions, floating, named, returned
from tinygrad_mnist.ops.movement import cat, diagonal, expand, gather, movedim, narrow, reshape, squeeze, unsqueeze
from tinygrad_mnist.ops.pointwise import isnan, maximum, mul, sqrt, where
from tinygrad_mnist.ops.reduction import (
    amax,
    amin,
    cumsum,
    mean,
    nonempty,
    norm,
    ordering,
    picked,
    require_float,
    shared,
    softmax,
    sort,
    sum,
)
from tinygrad_mnist.core.tensor import Array, Tensor, wrap

__all__ = [
    "aminmax", "argsort", "bincount", "bucketize", "corrcoef", "count_nonzero", "cov", "cummax", "cummin",
    "cumulative_trapezoid", "diff", "dist", "gradient", "histc", "histogram", "kthvalue", "median", "mode", "msort",
    "nanmean", "nanmedian", "nanquantile", "nansum", "quantile", "renorm", "searchsorted", "softmin", "std",
    "std_mean", "trapezoid", "unique", "unique_consecutive", "var", "var_mean",
]  # fmt: skip

_Range, _Histogram = returned("aminmax", "min", "max"), returned("histogram", "hist", "bin_edges")


# sums, means and variances ------------------------------------------------------------


def nansum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum, NaN counting as 0."""
    return sum(where(isnan(input), 0, input), dim, keepdim, dtype=dtype)


def nanmean(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of the elements that are not NaN."""
    return nansum(input, dim, keepdim, dtype=dtype) / sum(~isnan(input), dim, keepdim)


def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The p-norm of the difference."""
    return norm(input - other, p)


def renorm(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """Slices along `dim` scaled down to a p-norm of at most `maxnorm`."""
    check(input.ndim > 1, "renorm: input needs at least 2 dimensions, got {} dimensions", input.ndim)
    size = norm(input, p, [d for d in range(input.ndim) if d != dimension(dim, input.ndim, "renorm")], True)
    return input * where(size > maxnorm, maxnorm / (size + 1e-7), 1.0)


def var_mean(input: Tensor, dim: Any = None, unbiased: bool = True, keepdim: bool = False, *,
             correction: Any = None) -> tuple[Tensor, Tensor]:  # fmt: skip
    """`var` and `mean`."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    require_float(input, "var")
    dims, center = dimensions(dim, input.ndim, "var"), mean(input, dim, True)
    count = math.prod(input.array.shape[d] for d in dims)
    free = max(count - (float(unbiased) if correction is None else correction), 0)
    spread = input - center
    return sum(spread * spread, dims, keepdim) / free, center if keepdim else mean(input, dim)


def var(input: Tensor, dim: Any = None, *args: Any, **options: Any) -> Tensor:
    """The variance: squares about the mean over n - correction (1 by default; 0 is biased).

    Args: dim, unbiased = True, keepdim = False, and by keyword correction, which replaces unbiased.
    """
    return var_mean(input, dim, *args, **options)[0]


def std_mean(input: Tensor, dim: Any = None, *args: Any, **options: Any) -> tuple[Tensor, Tensor]:
    """`std` and `mean`, of the arguments of `var`; the gradient of a deviation of 0 is 0."""
    v, m = var_mean(input, dim, *args, **options)
    return where(v == 0, 0.0, sqrt(where(v == 0, 1.0, v))), m


def std(input: Tensor, dim: Any = None, *args: Any, **options: Any) -> Tensor:
    """The square root of `var`, of the same arguments."""
    return std_mean(input, dim, *args, **options)[0]


def softmin(input: Tensor, dim: int | None = None, dtype: Any = None, *, _stacklevel: int = 3) -> Tensor:
    """softmax(-x)."""
    return softmax(-input, dim, dtype)


# orders and extremes -----------------------------------------------------------------


def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """The indices that `sort` returns."""
    return sort(input, dim, descending).indices


def aminmax(input: Tensor, *, dim: Any = None, keepdim: bool = False) -> Any:
    """`amin` and `amax`, as `min` and `max`."""
    over = () if dim is None else dim
    return _Range(amin(input, over, keepdim), amax(input, over, keepdim))


def msort(input: Tensor) -> Tensor:
    """Sorted along the first dimension."""
    return sort(input, 0).values


def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The k-th smallest along a dimension (k from 1), and where it was."""
    d = dimension(dim, input.ndim, "kthvalue")
    order = ordering(input, d)
    check(1 <= k <= order.shape[d], "kthvalue: selected number k out of range for dimension {}: {}", d, k)
    return picked("kthvalue", input, order.take([k - 1], d), d, keepdim)


def _middle(name: str, doc: str) -> Any:
    def op(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
        if dim is None:
            rows = reshape(input.detach(), -1)
            found = op(rows, 0).values if rows.array.size else floating(rows).sum() * math.nan
            return shared(name, found.array, input, tuple(range(input.ndim)))
        d = dimension(dim, input.ndim, name)
        nonempty(input, dimensions(d, input.ndim, name), name)
        order = ordering(input, d)
        n, count = order.shape[d], np.sum(~np.isnan(input.array.reshape(order.shape)), d, keepdims=True)
        nan_first = np.where(count < n, count, (n - 1) // 2)  # the first NaN is the count-th in order
        place = nan_first if name == "median" else np.maximum(count - 1, 0) // 2
        return picked(name, input, np.take_along_axis(order, place, d), d, keepdim)

    return named(op, name, doc)


median = _middle("median", "The lower middle element: of all, or values and indices along a dimension. NaN wins.")
nanmedian = _middle("nanmedian", "`median` of the elements that are not NaN.")


def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> Any:
    """The most frequent value along a dimension, the smallest of equals, and its last place."""
    d = dimension(dim, input.ndim, "mode")
    nonempty(input, dimensions(d, input.ndim, "mode"), "mode")

    def find(row: Array) -> Any:
        values, counts = np.unique(row, return_counts=True)
        return np.flatnonzero(row == values[np.argmax(counts)])[-1]

    places = np.apply_along_axis(find, d, np.atleast_1d(input.array))
    return picked("mode", input, np.expand_dims(places, d), d, keepdim)


def _running(name: str, better: Any) -> Any:
    def op(input: Tensor, dim: int) -> Any:
        d = dimension(dim, input.ndim, name)
        rows = np.atleast_1d(input.array)
        best = better.accumulate(rows, d)
        same = (rows == best) | np.isnan(rows)
        places = np.where(same, np.expand_dims(np.arange(rows.shape[d]), tuple(range(1, rows.ndim - d))), 0)
        return picked(name, input, np.maximum.accumulate(places, d), d, True)

    return named(op, name, f"The {name[3:]}imum of all elements up to each, and the last place it was at.")


cummax, cummin = _running("cummax", np.maximum), _running("cummin", np.minimum)


def _quantile(name: str, doc: str) -> Any:
    def op(
        input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
    ) -> Tensor:
        check(input.array.dtype in (np.float32, np.float64), "{}: wanted a float or double input", name)
        known = interpolation in ("linear", "lower", "higher", "midpoint", "nearest")
        check(known, "{}: unknown interpolation {!r}", name, interpolation)
        levels = q if isinstance(q, Tensor) else wrap(np.asarray(q, input.array.dtype))
        check(levels.dtype is input.dtype and levels.ndim < 2, "{}: q must be a vector of input's dtype", name)
        check(((levels.array >= 0) & (levels.array <= 1)).all(), "{}: q values must be in the range [0, 1]", name)
        d = dimension(0 if dim is None else dim, input.ndim, name)
        ordered = sort(reshape(input, -1) if dim is None or not input.ndim else movedim(input, d, -1)).values
        n = ordered.array.shape[-1]
        check(n, "{}: input tensor must be non-empty", name)
        count = sum(~isnan(ordered), -1, True)
        plain = name == "quantile"
        place = reshape(levels, -1) * (n - 1 if plain else maximum(count - 1, 0))
        place = where((count < n) & plain, n - 1, place)  # NaN, sorted last, is every quantile of its row
        place = {"lower": place.floor, "higher": place.ceil, "nearest": place.round}.get(interpolation, place.clone)()
        low = gather(ordered, -1, cast(place, dtypes.int64))
        weight = 0.5 if interpolation == "midpoint" else place - place.floor()
        out = movedim(lerp(low, gather(ordered, -1, cast(place.ceil(), dtypes.int64)), weight), -1, 0)
        if keepdim:
            out = unsqueeze(out, d + 1) if dim is not None and input.ndim else reshape(out, (-1,) + (1,) * input.ndim)
        return out if levels.ndim else squeeze(out, 0)

    return named(op, name, doc)


quantile = _quantile("quantile", "The q-th quantile (0 to 1), interpolated between the two nearest elements.")
nanquantile = _quantile("nanquantile", "`quantile` of the elements that are not NaN.")


# counts --------------------------------------------------------------------------------


def count_nonzero(input: Tensor, dim: Any = None) -> Tensor:
    """How many elements are not 0, in all or along dimensions."""
    return sum(input != 0, dim)


def _distinct(values: Array, inverse: Array, counts: Array, return_inverse: bool, return_counts: bool) -> Any:
    chosen = (values, True), (inverse, return_inverse), (counts, return_counts)
    found = tuple(wrap(each) for each, wanted in chosen if wanted)
    return found if len(found) > 1 else found[0]


def unique(input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False,
           dim: Any = None) -> Any:  # fmt: skip
    """The distinct elements in rising order (or slices along dim), with their inverse and counts."""
    how = {"return_inverse": True, "return_counts": True, "axis": dim, "equal_nan": False}
    values, inverse, counts = np.unique(input.array, **how)
    inverse = inverse.reshape(input.array.shape if dim is None else -1)
    return _distinct(values, inverse, counts, return_inverse, return_counts)


def unique_consecutive(input: Tensor, return_inverse: bool = False, return_counts: bool = False,
                       dim: int | None = None) -> Any:  # fmt: skip
    """The elements (or slices along dim) without immediate repetitions, with their inverse and counts."""
    rows = input.array.reshape(-1) if dim is None else np.moveaxis(input.array, dim, 0)
    new = np.ones(len(rows), bool)
    new[1:] = (rows[1:] != rows[:-1]).any(tuple(range(1, rows.ndim)))
    inverse = (np.cumsum(new) - 1).reshape(input.array.shape if dim is None else -1)
    values = np.moveaxis(rows[new], 0, dim or 0)
    return _distinct(values, inverse, np.diff(np.flatnonzero(new), append=len(rows)), return_inverse, return_counts)


def searchsorted(
    sorted_sequence: Tensor, input: Any, *, right: bool = False, side: str | None = None, out_int32: bool = False,
    sorter: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Where each value would be inserted into a vector (or rows of vectors) that is sorted, or that `sorter` sorts."""
    values = input.array if isinstance(input, Tensor) else np.asarray(input)
    check(side in (None, "left", "right"), "searchsorted: side must be 'left' or 'right', got {}", side)
    check(not (right and side == "left"), "searchsorted: side and right can't be set to opposites")
    rows = (sorted_sequence if sorter is None else take_along_dim(sorted_sequence, sorter, -1)).array
    same = rows.ndim == 1 or (rows.ndim and rows.shape[:-1] == values.shape[:-1])
    check(same, "searchsorted: boundaries {} and input {} must agree in all but the last", rows.shape, values.shape)
    end: Any = side or ("right" if right else "left")
    if rows.ndim == 1:
        found = np.asarray(np.searchsorted(rows, values, end))
    else:
        found = np.empty(values.shape, np.int64)
        for place in np.ndindex(rows.shape[:-1]):
            found[place] = np.searchsorted(rows[place], values[place], end)
    return wrap(found.astype(np.int32 if out_int32 else np.int64))


def bucketize(input: Any, boundaries: Tensor, *, right: bool = False, out_int32: bool = False) -> Tensor:
    """The number of the bucket, between sorted boundaries, that each value falls into."""
    check(boundaries.ndim == 1, "bucketize: boundaries must have 1 dimension, got {}", boundaries.ndim)
    return searchsorted(boundaries, input, right=right, out_int32=out_int32)


def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each non-negative integer occurs, or the sum of its weights."""
    fit = input.array.dtype.kind in "iu" and input.ndim == 1 and not (input.array < 0).any()
    check(fit, "bincount only supports 1-d non-negative integral inputs.")
    return wrap(np.bincount(input.array, None if weights is None else weights.array, minlength))


def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """Counts in equal bins between min and max (the data's own where both are 0)."""
    low, high = (input.array.min(), input.array.max()) if min == max == 0 else (min, max)
    if low == high:
        low, high = low - 1, high + 1
    return wrap(np.histogram(input.array, bins, (low, high))[0].astype(input.array.dtype))


def histogram(input: Tensor, bins: Any = 100, *, range: Any = None, weight: Tensor | None = None,
              density: bool = False) -> Any:  # fmt: skip
    """Counts and bin edges, as `hist` and `bin_edges`."""
    edges = bins.array if isinstance(bins, Tensor) else bins
    weights = None if weight is None else weight.array.ravel()
    found = np.histogram(input.array.ravel(), edges, range, density, weights)
    return _Histogram(*(wrap(each.astype(input.array.dtype)) for each in found))


# differences and areas -----------------------------------------------------------------


def _neighbours(x: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    """All but the last along a dimension, and all but the first."""
    n = x.size(dim)
    return narrow(x, dim, 0, max(n - 1, 0)), narrow(x, dim, min(1, n), max(n - 1, 0))


def diff(input: Tensor, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Tensor:
    """Differences of neighbours along a dimension, n times over."""
    check(input.ndim, "diff expects input to be at least one-dimensional")
    check(n >= 0, "diff: order must be non-negative but got {}", n)
    x = cat([each for each in (prepend, input, append) if each is not None], dim) if n else input.clone()
    for _ in range(n):
        before, after = _neighbours(x, dim)
        x = after ^ before if x.array.dtype.kind == "b" else after - before
    return x


def _areas(y: Tensor, x: Tensor | None, dx: Any, dim: int) -> Tensor:
    """Twice the area under each line between neighbours."""
    before, after = _neighbours(y, dim)
    if x is None:
        return (before + after) * dx
    wide = diff(x, dim=dim if x.ndim > 1 else -1)
    d = dimension(dim, y.ndim, "trapezoid")
    return (before + after) * (wide if x.ndim > 1 else reshape(wide, (-1,) + (1,) * (y.ndim - d - 1)))


def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1, dim: int = -1) -> Tensor:
    """The integral of samples along a dimension by the trapezoid rule."""
    return sum(_areas(y, x, dx, dim), dim) / 2


def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1, dim: int = -1) -> Tensor:
    """The integral up to each sample but the first, by the trapezoid rule."""
    return cumsum(_areas(y, x, dx, dim), dim) / 2


def gradient(input: Tensor, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1) -> tuple[Tensor, ...]:
    """The slope at each sample, along all dimensions or those given, by differences of second order.

    Args:
        spacing: the distance of samples, or one for each dimension, or a tensor of coordinates for each.
        edge_order: the order of the differences at both ends, 1 or 2.
    """
    check(edge_order in (1, 2), "gradient: edge_order must be 1 or 2, got {}", edge_order)
    dims = dimensions(dim, input.ndim, "gradient")
    steps = spacing if isinstance(spacing, list | tuple) else [1 if spacing is None else spacing] * len(dims)
    check(len(steps) == len(dims), "gradient: wanted {} spacings, got {}", len(dims), len(steps))
    return tuple(_slopes(input, step, d, edge_order) for step, d in zip(steps, dims, strict=True))


def _slopes(x: Tensor, step: Any, d: int, edge_order: int) -> Tensor:
    n, spread = x.array.shape[d], (-1,) + (1,) * (x.ndim - d - 1)
    check(n > edge_order, "gradient: each dimension size should be at least edge_order + 1, got {}", n)
    given = isinstance(step, Tensor) and step.ndim
    even = cast(floating(step), floating(x).dtype)
    gaps = reshape(diff(step) if given else expand(reshape(even, 1), n - 1), spread)
    slopes = diff(x, dim=d) / gaps
    (before, after), (left, right) = _neighbours(slopes, d), _neighbours(gaps, 0)
    inner = (before * right + after * left) / (left + right)  # of the parabola through three samples
    first, last = narrow(slopes, d, 0, 1), narrow(slopes, d, n - 2, 1)
    if edge_order == 2:
        first, last = first * 2 - narrow(inner, d, 0, 1), last * 2 - narrow(inner, d, n - 3, 1)
    return cat([first, inner, last], d)


def cov(input: Tensor, *, correction: int = 1, fweights: Tensor | None = None,
        aweights: Tensor | None = None) -> Tensor:  # fmt: skip
    """The covariance matrix of variables in rows, observations in columns.

    Args:
        fweights: how often each observation counts, integers.
        aweights: how much each observation weighs, floats.
    """
    check(input.ndim < 3, "cov(): expected input to have two or fewer dimensions but got {}", input.ndim)
    rows = floating(reshape(input, 1, -1) if input.ndim < 2 else input)
    n = rows.array.shape[1]
    for name, kinds, w in (("fweights", "iu", fweights), ("aweights", "f", aweights)):
        if w is not None:
            check(w.ndim < 2 and w.numel() == n, "cov(): expected {} for {} observations, got {}", name, n, w.shape)
            check(w.array.dtype.kind in kinds, "cov(): expected {} to have another dtype than {}", name, w.dtype)
            check((w.array >= 0).all(), "cov(): {} cannot be negative", name)
    weights = [w for w in (fweights, aweights) if w is not None]
    w = reduce(mul, weights) if weights else floating(1.0)
    total = w.sum() if weights else floating(float(n))
    spread = rows - sum(rows * w, 1, True) / total
    lost = correction if aweights is None else sum(w * aweights) * correction / total
    return squeeze((spread * w) @ spread.mT / maximum(total - lost, 0))


def corrcoef(input: Tensor) -> Tensor:
    """Pearson's correlation coefficients of variables in rows."""
    c = cov(input)
    if not c.ndim:
        return c / c
    scale = sqrt(diagonal(c))
    return c / unsqueeze(scale, 0) / unsqueeze(scale, 1)
