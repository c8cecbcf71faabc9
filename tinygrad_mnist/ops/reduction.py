"""Operations that bring many elements together: sums, extremes, orders, running totals."""

from __future__ import annotations

import builtins
import math
from functools import reduce
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.kernels.softmax import exponentials
from tinygrad_mnist.ops.arguments import Dims, cast, dimension, dimensions, floating
from tinygrad_mnist.ops.movement import cat, expand, flip, gather, narrow, reshape, squeeze, stack, transpose, unsqueeze
from tinygrad_mnist.ops.pointwise import abs, exp, isnan, log, maximum, minimum, mul, sign, sqrt, where
from tinygrad_mnist.tape import record
from tinygrad_mnist.tensor import Array, Tensor, wrap

__all__ = [
    "all", "amax", "amin", "aminmax", "any", "argmax", "argmin", "argsort", "bincount",
    "bucketize", "corrcoef", "count_nonzero", "cov", "cummax", "cummin", "cumprod", "cumsum",
    "diff", "dist", "histc", "histogram", "kthvalue", "log_softmax", "logcumsumexp",
    "logsumexp", "max", "mean", "median", "min", "mode", "msort", "nanmean", "nansum", "norm",
    "prod", "quantile", "renorm", "searchsorted", "softmax", "softmin", "sort", "std",
    "std_mean", "sum", "topk", "trapezoid", "unique", "unique_consecutive", "var", "var_mean",
]  # fmt: skip

_add: Any = np.add.reduce  # NumPy's annotations know keepdims only as a literal


class ValuesIndices(NamedTuple):
    """What `max(x, dim)`, `sort` and their kin return."""

    values: Tensor
    indices: Tensor


def _kept(shape: tuple[int, ...], dims: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(1 if d in dims else n for d, n in enumerate(shape))


def _widened(input: Tensor, dtype: Any) -> Tensor:
    """Sums and products of integers and bools are int64, unless asked otherwise."""
    if dtype is not None:
        return cast(input, dtype)
    return input if input.array.dtype.kind == "f" else cast(input, dtypes.int64)


def _require_float(input: Tensor, name: str) -> None:
    if input.array.dtype.kind != "f":
        raise RuntimeError(
            f"{name}(): could not infer output dtype. Input dtype must be a floating point dtype. Got: {input.dtype}"
        )


# sums and means ----------------------------------------------------------------------------


def sum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum of all elements, or along dimensions."""
    x = _widened(input, dtype)
    shape = x.array.shape
    if dim is None:
        out, kept = _add(x.array, None, x.array.dtype, keepdims=keepdim), (1,) * len(shape)
    else:
        dims = dimensions(dim, len(shape), "sum")
        out, kept = _add(x.array, dims, x.array.dtype, keepdims=keepdim), _kept(shape, dims)
    return record("sum", out, (x, lambda g: expand(reshape(g, kept), shape)))


def mean(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of all elements, or along dimensions."""
    x = input if dtype is None else cast(input, dtype)
    _require_float(x, "mean")
    shape, dims = x.array.shape, dimensions(dim, x.ndim, "mean")
    kept = _kept(shape, dims)
    count = math.prod(shape[d] for d in dims)
    out = _add(x.array, dims, keepdims=keepdim) / x.array.dtype.type(count)
    return record("mean", out, (x, lambda g: expand(reshape(g * (1 / count if count else math.nan), kept), shape)))


def nansum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum, NaN counting as 0."""
    return sum(where(isnan(input), 0, input), dim, keepdim, dtype=dtype)


def nanmean(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of the elements that are not NaN."""
    return nansum(input, dim, keepdim, dtype=dtype) / sum(~isnan(input), dim, keepdim)


def var(
    input: Tensor, dim: Any = None, unbiased: bool = True, keepdim: bool = False, *, correction: Any = None
) -> Tensor:
    """The variance: squares about the mean over n - correction (1 by default; 0 is biased)."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    _require_float(input, "var")
    dims = dimensions(dim, input.ndim, "var")
    count = math.prod(input.array.shape[d] for d in dims)
    free = builtins.max(count - (builtins.float(unbiased) if correction is None else correction), 0)
    spread = input - mean(input, dims, True)
    total = sum(spread * spread, dims, keepdim)
    return total / free


def std(
    input: Tensor, dim: Any = None, unbiased: bool = True, keepdim: bool = False, *, correction: Any = None
) -> Tensor:
    """The square root of `var`."""
    return _root(var(input, dim, unbiased, keepdim, correction=correction))


def _root(v: Tensor) -> Tensor:
    """sqrt, with the gradient 0 at 0."""
    return where(v == 0, 0.0, sqrt(where(v == 0, 1.0, v)))


def var_mean(
    input: Tensor, dim: Any = None, unbiased: bool = True, keepdim: bool = False, *, correction: Any = None
) -> tuple[Tensor, Tensor]:
    """`var` and `mean`."""
    over = None if isinstance(dim, bool) else dim
    return var(input, dim, unbiased, keepdim, correction=correction), mean(input, over, keepdim)


def std_mean(
    input: Tensor, dim: Any = None, unbiased: bool = True, keepdim: bool = False, *, correction: Any = None
) -> tuple[Tensor, Tensor]:
    """`std` and `mean`."""
    v, m = var_mean(input, dim, unbiased, keepdim, correction=correction)
    return _root(v), m


def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The product of all elements, or along a dimension.

    The gradient divides by the element, so where there are zeros the product is recorded step by
    step instead.
    """
    x = _widened(input, dtype)
    d = 0 if dim is None else dimension(dim, x.ndim, "prod")
    rows = reshape(x, -1) if dim is None or not x.ndim else x
    kept = _kept(rows.array.shape, (d,))
    if rows.tracked and not rows.array.all():
        first, *rest = rows.unbind(d)
        out = reduce(mul, rest, first)
    else:
        out = record(
            "prod",
            np.multiply.reduce(rows.array, d, rows.array.dtype),
            (rows, lambda g, y: reshape(g * y, kept) / rows),
            output=True,
        )
    if not keepdim or not x.ndim:
        return out
    return reshape(out, (1,) * x.ndim if dim is None else kept)


def logsumexp(input: Tensor, dim: Any, keepdim: bool = False) -> Tensor:
    """log(sum(exp(x))), without overflow: the largest element is taken out first."""
    x = floating(input)
    dims = dimensions(dim, x.ndim, "logsumexp")
    if not x.array.size:
        return log(sum(exp(x), dims, keepdim))
    top = np.amax(x.array, dims, keepdims=True)
    shift = wrap(np.where(np.isfinite(top), top, 0).astype(top.dtype))
    out = log(sum(exp(x - shift), dims, True)) + shift
    return out if keepdim else reshape(out, tuple(n for d, n in enumerate(x.array.shape) if d not in dims))


def softmax(input: Tensor, dim: int | None = None, dtype: Any = None, *, _stacklevel: int = 3) -> Tensor:
    """exp(x) / sum(exp(x)) along a dimension: positive, summing to 1."""
    x = _for_softmax(input, dtype)
    d = _softmax_dim(dim, x)
    if not x.ndim:
        return record("softmax", np.ones_like(x.array), (x, lambda g: g * 0))
    _, out, total = exponentials(x.array, d)
    out /= total
    return record("softmax", out, (x, lambda g, y: y * (g - sum(g * y, d, True))), output=True)


def log_softmax(input: Tensor, dim: int | None = None, dtype: Any = None, *, _stacklevel: int = 3) -> Tensor:
    """log(softmax(x)) along a dimension, without underflow."""
    x = _for_softmax(input, dtype)
    d = _softmax_dim(dim, x)
    if not x.ndim:
        return record("log_softmax", np.zeros_like(x.array), (x, lambda g: g * 0))
    out, _, total = exponentials(x.array, d)
    out = out - np.log(total)
    return record("log_softmax", out, (x, lambda g, y: g - exp(y) * sum(g, d, True)), output=True)


def softmin(input: Tensor, dim: int | None = None, dtype: Any = None, *, _stacklevel: int = 3) -> Tensor:
    """softmax(-x)."""
    return softmax(-input, dim, dtype)


def _for_softmax(input: Tensor, dtype: Any) -> Tensor:
    if dtype is None and input.array.dtype.kind != "f":
        raise RuntimeError(f"softmax: not implemented for {input.dtype}; wanted a floating dtype")
    return input if dtype is None else cast(input, dtype)


def _softmax_dim(dim: int | None, x: Tensor) -> int:
    """Without a dim PyTorch takes 0 for 0, 1 and 3 dimensions, else 1."""
    return dimension((0 if x.ndim in (0, 1, 3) else 1) if dim is None else dim, x.ndim, "softmax")


def norm(input: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """The p-norm of the elements, or along dimensions; "fro" is p = 2. 0 counts the nonzero."""
    x = input if dtype is None else cast(input, dtype)
    _require_float(x, "norm")
    p = 2 if p in ("fro", None) else builtins.float(p)
    if p == 0:
        return sum(cast(x != 0, x.dtype), dim, keepdim)
    if math.isinf(p):
        return (amax if p > 0 else amin)(abs(x), dim if dim is not None else (), keepdim)
    if p == 1:
        return sum(abs(x), dim, keepdim)
    dims = dimensions(dim, x.ndim, "norm")
    kept = _kept(x.array.shape, dims)
    powers = x.array * x.array if p == 2 else np.abs(x.array) ** p
    out = _add(powers, dims, keepdims=keepdim) ** (1 / p)

    def rule(g: Tensor, y: Tensor) -> Tensor:
        scale = where(y == 0, 0.0, g / where(y == 0, 1.0, y) ** (p - 1))
        return (x if p == 2 else sign(x) * abs(x) ** (p - 1)) * reshape(scale, kept)

    return record("norm", out, (x, rule), output=True)


def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The p-norm of the difference."""
    return norm(input - other, p)


def renorm(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """Slices along `dim` scaled down to a p-norm of at most `maxnorm`."""
    others = [d for d in range(input.ndim) if d != dimension(dim, input.ndim, "renorm")]
    size = norm(input, p, others, True)
    return input * where(size > maxnorm, maxnorm / (size + 1e-7), 1.0)


# tests and counts --------------------------------------------------------------------------


def _tested(dim: Any, ndim: int, name: str) -> tuple[int, ...]:
    """The dimensions of a test: none of them for an empty sequence."""
    return () if dim == () else dimensions(dim, ndim, name)


def all(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether every element is true, or along dimensions."""
    out = np.asarray(np.all(input.array, _tested(dim, input.ndim, "all"), keepdims=keepdim))
    return wrap(out.astype(np.uint8) if input.array.dtype == np.uint8 else out)


def any(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether some element is true, or along dimensions."""
    out = np.asarray(np.any(input.array, _tested(dim, input.ndim, "any"), keepdims=keepdim))
    return wrap(out.astype(np.uint8) if input.array.dtype == np.uint8 else out)


def count_nonzero(input: Tensor, dim: Any = None) -> Tensor:
    """How many elements are not 0, in all or along dimensions."""
    return sum(input != 0, dim)


# extremes ----------------------------------------------------------------------------------


def _extreme(name: str, find: Any) -> Any:
    def op(input: Tensor, dim: Any = (), keepdim: bool = False) -> Tensor:
        dims = dimensions(dim, input.ndim, name)
        if not math.prod(input.array.shape[d] for d in dims):
            raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0")
        kept = _kept(input.array.shape, dims)

        def rule(g: Tensor, y: Tensor) -> Tensor:
            best = input == reshape(y, kept)
            return best * reshape(g, kept) / sum(best, dims, True)

        return record(name, find(input.array, dims, keepdims=keepdim), (input, rule), output=True)

    op.__name__ = name
    op.__doc__ = f"The {name[1:]}imum along dimensions; ties share the gradient evenly."
    return op


amax = _extreme("amax", np.amax)
amin = _extreme("amin", np.amin)


def aminmax(input: Tensor, *, dim: Any = None, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """`amin` and `amax`."""
    over = () if dim is None else dim
    return amin(input, over, keepdim), amax(input, over, keepdim)


def _arg(name: str, find: Any) -> Any:
    def op(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
        d = None if dim is None else dimension(dim, input.ndim, name)
        if not (input.array.size if d is None or not input.ndim else input.array.shape[d]):
            raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0")
        if not input.ndim:
            return wrap(np.zeros((), np.int64))
        return wrap(np.asarray(find(input.array, d, keepdims=keepdim)))

    op.__name__ = name
    op.__doc__ = f"The index of the {name[3:]}imum, of the flattened tensor or along a dimension."
    return op


argmax = _arg("argmax", np.argmax)
argmin = _arg("argmin", np.argmin)


def _picked(input: Tensor, indices: Tensor, dim: int, keepdim: bool) -> ValuesIndices:
    """Values at indices (which keep their dimension), with the gradient going to just those."""
    values = gather(input, dim, indices)
    if keepdim or not input.ndim:
        return ValuesIndices(values, indices)
    return ValuesIndices(squeeze(values, dim), squeeze(indices, dim))


def _max_or_min(name: str, full: Any, arg: Any, pair: Any) -> Any:
    def op(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
        if isinstance(dim, Tensor) or other is not None:
            return pair(input, dim if other is None else other)
        if dim is None:
            return full(input)
        d = dimension(dim, input.ndim, name)
        return _picked(input, arg(input, d, bool(input.ndim)), d, keepdim)

    op.__name__ = name
    op.__doc__ = (
        f"`{name}(x)`: the {name}imum. `{name}(x, dim)`: values and indices along dim."
        f" `{name}(x, y)`: element by element."
    )
    return op


max = _max_or_min("max", amax, argmax, maximum)
min = _max_or_min("min", amin, argmin, minimum)

# orders ------------------------------------------------------------------------------------


def _order(input: Tensor, d: int, descending: bool) -> Array:
    """Indices that sort, stably, NaN last (first when descending)."""
    if not input.ndim:
        return np.zeros((), np.int64)
    if not descending:
        return np.argsort(input.array, d, kind="stable")
    backwards = np.argsort(np.flip(input.array, d), d, kind="stable")
    return np.flip(input.array.shape[d] - 1 - backwards, d).copy()


def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> ValuesIndices:
    """The elements along a dimension in rising (or falling) order, and where they were."""
    d = dimension(dim, input.ndim, "sort")
    return _picked(input, wrap(_order(input, d, descending)), d, True)


def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """The indices that `sort` returns."""
    return wrap(_order(input, dimension(dim, input.ndim, "argsort"), descending))


def msort(input: Tensor) -> Tensor:
    """Sorted along the first dimension."""
    return sort(input, 0).values


def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> ValuesIndices:
    """The k largest (or smallest) along a dimension, in order, and where they were."""
    d = dimension(dim, input.ndim, "topk")
    if not 0 <= k <= (input.array.shape[d] if input.ndim else 1):
        raise RuntimeError(f"topk: selected index k out of range: {k} of {tuple(input.shape)} along {d}")
    order = _order(input, d, largest)
    return _picked(input, wrap(order.take(range(k), d) if input.ndim else order), d, True)


def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> ValuesIndices:
    """The k-th smallest along a dimension (k from 1), and where it was."""
    d = dimension(dim, input.ndim, "kthvalue")
    if not 1 <= k <= (input.array.shape[d] if input.ndim else 1):
        raise RuntimeError(f"kthvalue: selected number k out of range for dimension {d}: {k}")
    order = _order(input, d, False)
    return _picked(input, wrap(order.take([k - 1], d) if input.ndim else order), d, keepdim)


def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The lower middle element: of all, or values and indices along a dimension. NaN wins."""
    if dim is None:
        return median(reshape(input, -1), 0).values
    d = dimension(dim, input.ndim, "median")
    if not input.ndim:
        return _picked(input, wrap(np.zeros((), np.int64)), 0, True)
    order = _order(input, d, False)
    last = np.take_along_axis(input.array, order.take([-1], d), d)
    middle = order.take([(input.array.shape[d] - 1) // 2], d)
    bad = np.isnan(last) if last.dtype.kind == "f" else np.zeros(last.shape, bool)
    first_nan = np.argmax(np.isnan(input.array), d, keepdims=True) if bad.any() else middle
    return _picked(input, wrap(np.where(bad, first_nan, middle)), d, keepdim)


def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> ValuesIndices:
    """The most frequent value along a dimension, the smallest of equals, and its last place."""
    d = dimension(dim, input.ndim, "mode")

    def find(row: Array) -> Any:
        values, counts = np.unique(row, return_counts=True)
        return np.flatnonzero(row == values[np.argmax(counts)])[-1]

    where_ = np.expand_dims(np.apply_along_axis(find, d, np.atleast_1d(input.array)), d)
    return _picked(input, wrap(where_ if input.ndim else where_.reshape(())), d, keepdim)


def quantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """The q-th quantile (0 to 1), interpolated between the two nearest elements."""
    levels = q if isinstance(q, Tensor) else wrap(np.asarray(q, input.array.dtype))
    if input.array.dtype.kind != "f" or ((levels.array < 0) | (levels.array > 1)).any():
        raise RuntimeError("quantile: wanted a floating input and q values in the range [0, 1]")
    x = reshape(input, -1) if dim is None else input
    d = dimension(0 if dim is None else dim, x.ndim, "quantile")
    ordered = transpose(sort(x, d).values, d, 0)
    place = levels.array.reshape(-1) * (len(ordered) - 1)
    low, high = np.floor(place).astype(np.int64), np.ceil(place).astype(np.int64)
    ratio = {
        "linear": place - low,
        "lower": place * 0,
        "higher": np.ceil(place - low),
        "nearest": np.round(place) - low,
        "midpoint": np.where(low == high, 0, 0.5),
    }[interpolation]
    weight = wrap(ratio.astype(x.array.dtype).reshape((-1,) + (1,) * (x.ndim - 1)))
    out = ordered[wrap(low)] * (1 - weight) + ordered[wrap(high)] * weight
    out = transpose(unsqueeze(out, 1), 1, d + 1) if x.ndim else out
    if not keepdim:
        out = squeeze(out, d + 1)
    elif dim is None:
        out = reshape(out, (-1,) + (1,) * input.ndim)
    return out if levels.ndim else squeeze(out, 0)


def unique(
    input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: Any = None
) -> Any:
    """The distinct elements in rising order (or slices along dim), with their inverse and counts."""
    found = np.unique(input.array, return_inverse=True, return_counts=True, axis=dim)
    values, inverse, counts = (wrap(each) for each in found)
    inverse = reshape(inverse, input.shape if dim is None else (-1,))
    chosen = (values, *([inverse] if return_inverse else []), *([counts] if return_counts else []))
    return chosen if len(chosen) > 1 else values


def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The elements without immediate repetitions, with their inverse and counts."""
    flat = input.array.ravel()
    new = np.r_[True, flat[1:] != flat[:-1]] if flat.size else np.zeros(0, bool)
    starts = np.flatnonzero(new)
    chosen = [wrap(flat[new])]
    if return_inverse:
        chosen.append(wrap((np.cumsum(new) - 1).reshape(input.array.shape)))
    if return_counts:
        chosen.append(wrap(np.diff(np.r_[starts, flat.size])))
    return tuple(chosen) if len(chosen) > 1 else chosen[0]


def searchsorted(
    sorted_sequence: Tensor, input: Any, *, right: bool = False, side: str | None = None, out_int32: bool = False
) -> Tensor:
    """Where each value would be inserted into a sorted vector to keep it sorted."""
    values = input.array if isinstance(input, Tensor) else np.asarray(input)
    end = side or ("right" if right else "left")
    if sorted_sequence.ndim == 1:
        found = np.searchsorted(sorted_sequence.array, values, end)  # type: ignore[call-overload]
    else:
        rows = sorted_sequence.array.reshape(-1, sorted_sequence.array.shape[-1])
        pairs = zip(rows, values.reshape(len(rows), -1), strict=True)
        found = np.stack([np.searchsorted(a, v, end) for a, v in pairs]).reshape(values.shape)  # type: ignore[call-overload]
    return wrap(np.asarray(found).astype(np.int32 if out_int32 else np.int64))


def bucketize(input: Any, boundaries: Tensor, *, right: bool = False, out_int32: bool = False) -> Tensor:
    """The number of the bucket, between sorted boundaries, that each value falls into."""
    return searchsorted(boundaries, input, right=right, out_int32=out_int32)


def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each non-negative integer occurs, or the sum of its weights."""
    if input.array.dtype.kind not in "iu" or (input.array < 0).any() or input.ndim != 1:
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    return wrap(np.bincount(input.array, None if weights is None else weights.array, minlength))


def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """Counts in equal bins between min and max (the data's own where both are 0)."""
    low, high = (input.array.min(), input.array.max()) if min == max == 0 else (min, max)
    if low == high:
        low, high = low - 1, high + 1
    return wrap(np.histogram(input.array, bins, (low, high))[0].astype(input.array.dtype))


def histogram(
    input: Tensor, bins: Any, *, range: Any = None, weight: Tensor | None = None, density: bool = False
) -> Any:
    """Counts and bin edges, as `hist` and `bin_edges`."""
    edges = bins.array if isinstance(bins, Tensor) else bins
    weights = None if weight is None else weight.array.ravel()
    hist, edges = np.histogram(input.array.ravel(), edges, range, density, weights)
    dtype = input.array.dtype
    return Histogram(wrap(hist.astype(dtype)), wrap(edges.astype(dtype)))


class Histogram(NamedTuple):
    """What `histogram` returns."""

    hist: Tensor
    bin_edges: Tensor


# running totals ----------------------------------------------------------------------------


def cumsum(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """The sum of all elements up to each, along a dimension."""
    x = _widened(input, dtype)
    d = dimension(dim, x.ndim, "cumsum")
    if not x.ndim:
        return x.clone()
    return record("cumsum", np.cumsum(x.array, d, x.array.dtype), (x, lambda g: flip(cumsum(flip(g, d), d), d)))


def cumprod(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """The product of all elements up to each, along a dimension."""
    x = _widened(input, dtype)
    d = dimension(dim, x.ndim, "cumprod")
    if not x.ndim:
        return x.clone()
    if x.tracked and not x.array.all():
        return stack(list(accumulate(x.unbind(d), mul)), d)
    return record(
        "cumprod",
        np.cumprod(x.array, d, x.array.dtype),
        (x, lambda g, y: flip(cumsum(flip(g * y, d), d), d) / x),
        output=True,
    )


def _running(name: str, better: Any) -> Any:
    def op(input: Tensor, dim: int) -> ValuesIndices:
        d = dimension(dim, input.ndim, name)
        if not input.ndim:
            return _picked(input, wrap(np.zeros((), np.int64)), 0, True)
        best = better.accumulate(input.array, d)
        n = input.array.shape[d]
        places = np.arange(n).reshape((-1,) + (1,) * (input.ndim - d - 1))
        same = (input.array == best) | (np.isnan(input.array) if best.dtype.kind == "f" else False)
        return _picked(input, wrap(np.maximum.accumulate(np.where(same, places, 0), d)), d, True)

    op.__name__ = name
    op.__doc__ = f"The {name[3:]}imum of all elements up to each, and the last place it was at."
    return op


cummax = _running("cummax", np.maximum)
cummin = _running("cummin", np.minimum)


def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    """log(cumsum(exp(x))), without overflow."""
    shift = (
        wrap(np.amax(input.array, dimension(dim, input.ndim, "logcumsumexp"), keepdims=True))
        if input.ndim
        else input.detach()
    )
    return log(cumsum(exp(input - shift), dim)) + shift


def diff(input: Tensor, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Tensor:
    """Differences of neighbours along a dimension, n times over."""
    x = cat([each for each in (prepend, input, append) if each is not None], dim)
    for _ in range(n):
        first, rest = builtins.min(1, x.size(dim)), builtins.max(x.size(dim) - 1, 0)
        after, before = narrow(x, dim, first, rest), narrow(x, dim, 0, rest)
        x = after ^ before if x.array.dtype.kind == "b" else after - before
    return x


def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1, dim: int = -1) -> Tensor:
    """The integral of samples along a dimension by the trapezoid rule."""
    n = y.size(dim)
    middle = (narrow(y, dim, 1, n - 1) + narrow(y, dim, 0, n - 1)) / 2
    return sum(middle * (dx if x is None else diff(x, dim=dim if x.ndim > 1 else -1)), dim)


def cov(input: Tensor, *, correction: int = 1) -> Tensor:
    """The covariance matrix of variables in rows, observations in columns."""
    rows = floating(reshape(input, 1, -1) if input.ndim < 2 else input)
    spread = rows - mean(rows, 1, True)
    out = spread @ transpose(spread, 0, 1) / builtins.max(rows.array.shape[1] - correction, 0)
    return out if input.ndim > 1 else reshape(out, ())


def corrcoef(input: Tensor) -> Tensor:
    """Pearson's correlation coefficients of variables in rows."""
    c = cov(input)
    if not c.ndim:
        return c / c
    scale = sqrt(c.diagonal())
    return c / unsqueeze(scale, 0) / unsqueeze(scale, 1)
