"""Operations that bring many elements together: sums, extremes, orders, running totals."""

import builtins
import math
from functools import reduce
from itertools import accumulate
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.kernels.softmax import exponentials
from tinygrad_mnist.ops.arguments import Dims, cast, dimension, dimensions, floating, named, returned, supported
from tinygrad_mnist.ops.movement import expand, flip, gather, movedim, reshape, squeeze, stack
from tinygrad_mnist.ops.pointwise import abs, exp, isnan, log, maximum, minimum, mul, ne, sign, where
from tinygrad_mnist.tape import is_grad_enabled, record
from tinygrad_mnist.core.tensor import Array, Tensor, wrap

__all__ = [
    "all", "amax", "amin", "any", "argmax", "argmin", "cumprod", "cumsum", "log_softmax", "logcumsumexp",
    "logsumexp", "max", "mean", "min", "norm", "prod", "softmax", "sort", "sum", "topk",
]  # fmt: skip

_add: Any = np.add.reduce  # NumPy's annotations know keepdims only as a literal

PAIRS = {
    name: returned(name, "values", "indices")
    for name in ("sort", "topk", "kthvalue", "median", "nanmedian", "mode", "max", "min", "cummax", "cummin")
}


def _kept(shape: tuple[int, ...], dims: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(1 if d in dims else n for d, n in enumerate(shape))


def _widened(input: Tensor, dtype: Any) -> Tensor:
    """Sums and products of integers and bools are int64, unless asked otherwise."""
    if dtype is None and input.array.dtype.kind == "f":
        return input
    return cast(input, dtypes.int64 if dtype is None else dtype)


def require_float(input: Tensor, name: str) -> None:
    wanted = "{}(): could not infer output dtype. Input dtype must be a floating point dtype. Got: {}"
    check(input.array.dtype.kind == "f", wanted, name, input.dtype)


# sums and means ----------------------------------------------------------------------------


def _spread(g: Tensor, kept: tuple[int, ...], shape: tuple[int, ...]) -> Tensor:
    """The gradient of a sum: g, with the summed dimensions back in place, at each of their elements."""
    if is_grad_enabled():
        return expand(reshape(g, kept), shape)
    return wrap(np.broadcast_to(g.array.reshape(kept), shape))


def sum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum of all elements, or along dimensions."""
    x = _widened(input, dtype)
    shape = x.array.shape
    dims = None if dim is None else dimensions(dim, len(shape), "sum")
    kept = (1,) * len(shape) if dims is None else _kept(shape, dims)
    out = _add(x.array, dims, x.array.dtype, keepdims=keepdim)
    return record("sum", out, (x, lambda g: _spread(g, kept, shape)))


def mean(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of all elements, or along dimensions."""
    x = input if dtype is None else cast(input, dtype)
    require_float(x, "mean")
    shape, dims = x.array.shape, dimensions(dim, x.ndim, "mean")
    kept, count = _kept(shape, dims), math.prod(shape[d] for d in dims)
    out = _add(x.array, dims, keepdims=keepdim) / x.array.dtype.type(count)
    return record("mean", out, (x, lambda g: _spread(g * (1 / count if count else math.nan), kept, shape)))


def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The product of all elements, or along a dimension.

    The gradient divides by the element, so where there are zeros the product is recorded step by
    step instead.
    """
    x = _widened(input, dtype)
    d = 0 if dim is None else dimension(dim, x.ndim, "prod")
    rows = reshape(x, -1) if dim is None or not x.ndim else x
    kept = _kept(rows.array.shape, (d,))
    if rows.requires_grad and not rows.array.all():
        out = reduce(mul, rows.unbind(d))
    else:
        product = np.multiply.reduce(rows.array, d, rows.array.dtype)
        out = record("prod", product, (rows, lambda g, y: reshape(g * y, kept) / rows), output=True)
    if not keepdim or not x.ndim:
        return out
    return reshape(out, (1,) * x.ndim if dim is None else kept)


def logsumexp(input: Tensor, dim: Any, keepdim: bool = False) -> Tensor:
    """log(sum(exp(x))), without overflow: the largest element is taken out first."""
    x = floating(input)
    dims = dimensions(dim, x.ndim, "logsumexp")
    top = np.amax(x.array, dims, keepdims=True, initial=-np.inf)
    shift = wrap(np.where(np.isfinite(top), top, 0).astype(x.array.dtype))
    out = log(sum(exp(x - shift), dims, True)) + shift
    return out if keepdim else reshape(out, tuple(n for d, n in enumerate(x.array.shape) if d not in dims))


def _for_softmax(input: Tensor, dim: int | None, dtype: Any) -> tuple[Tensor, Array, int]:
    """Without a dim PyTorch takes 0 for 0, 1 and 3 dimensions, else 1."""
    x = input if dtype is None else cast(input, dtype)
    supported("softmax", "f", x)
    d = dimension((0 if x.ndim in (0, 1, 3) else 1) if dim is None else dim, x.ndim, "softmax")
    return x, x.array if x.ndim else x.array.reshape(1), d


def softmax(input: Tensor, dim: int | None = None, dtype: Any = None, *, _stacklevel: int = 3) -> Tensor:
    """exp(x) / sum(exp(x)) along a dimension: positive, summing to 1."""
    x, rows, d = _for_softmax(input, dim, dtype)
    _, out, total = exponentials(rows, d)
    out /= total
    out = out.reshape(x.array.shape)
    return record("softmax", out, (x, lambda g, y: y * (g - sum(g * y, d, True))), output=True)


def log_softmax(input: Tensor, dim: int | None = None, dtype: Any = None, *, _stacklevel: int = 3) -> Tensor:
    """log(softmax(x)) along a dimension, without underflow."""
    x, rows, d = _for_softmax(input, dim, dtype)
    out, _, total = exponentials(rows, d)
    out = (out - np.log(total)).reshape(x.array.shape)
    return record("log_softmax", out, (x, lambda g, y: g - exp(y) * sum(g, d, True)), output=True)


def norm(input: Tensor, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """The p-norm of the elements, or along dimensions; "fro" is p = 2. 0 counts the nonzero."""
    x = input if dtype is None else cast(input, dtype)
    require_float(x, "norm")
    if p == "nuc":  # of the matrices in two dimensions
        return sum(movedim(x, dim or (0, 1), (-2, -1)).svd()[1], -1, keepdim)
    p = 2 if p in ("fro", None) else builtins.float(p)
    if p == 0:
        return sum(where(x != 0, 1.0, x * 0), dim, keepdim)
    if math.isinf(p):
        return (amax if p > 0 else amin)(abs(x), () if dim is None else dim, keepdim)
    if p == 1:
        return sum(abs(x), dim, keepdim)
    dims = dimensions(dim, x.ndim, "norm")
    kept, dtype = _kept(x.array.shape, dims), x.array.dtype
    wide = x.array.astype(np.float32) if dtype == np.float16 else x.array
    out = _add(wide * wide if p == 2 else np.abs(wide) ** p, dims, keepdims=keepdim) ** (1 / p)

    def rule(g: Tensor, y: Tensor) -> Tensor:
        scale = where(y == 0, 0.0, g / where(y == 0, 1.0, y) ** (p - 1))
        powers = x if p == 2 else sign(x) * abs(x) ** (p - 1)
        return (powers if p > 1 else where(x == 0, 0.0, powers)) * reshape(scale, kept)

    return record("norm", np.asarray(out).astype(dtype, copy=False), (x, rule), output=True)


# tests and counts --------------------------------------------------------------------------


def _tester(name: str, function: Any, doc: str) -> Any:
    def op(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
        dims = () if dim == () else dimensions(dim, input.ndim, name)  # none of them for an empty sequence
        out = np.asarray(function(input.array, dims, keepdims=keepdim))
        return wrap(out.astype(np.uint8) if input.array.dtype == np.uint8 else out)

    return named(op, name, doc)


all = _tester("all", np.all, "Whether every element is true, or along dimensions.")
any = _tester("any", np.any, "Whether some element is true, or along dimensions.")


# extremes ----------------------------------------------------------------------------------


def shared(name: str, out: Any, input: Tensor, dims: tuple[int, ...]) -> Tensor:
    """Elements found along dims: those equal to what was found share its gradient evenly."""
    kept = _kept(input.array.shape, dims)

    def rule(g: Tensor, y: Tensor) -> Tensor:
        best = (input == reshape(y, kept)) | (isnan(input) & isnan(reshape(y, kept)))
        return best * reshape(g, kept) / sum(best, dims, True)

    return record(name, out, (input, rule), output=True)


def nonempty(input: Tensor, dims: tuple[int, ...], name: str, error: type[Exception] = IndexError) -> None:
    found = math.prod(input.array.shape[d] for d in dims)
    check(found, "{}(): Expected reduction dim to be specified for input.numel() == 0", name, error=error)


def _extreme(name: str, find: Any) -> Any:
    def op(input: Tensor, dim: Any = (), keepdim: bool = False) -> Tensor:
        dims = dimensions(dim, input.ndim, name)
        nonempty(input, dims, name, RuntimeError if dim == () else IndexError)
        return shared(name, find(input.array, dims, keepdims=keepdim), input, dims)

    return named(op, name, f"The {name[1:]}imum along dimensions; ties share the gradient evenly.")


amax, amin = _extreme("amax", np.amax), _extreme("amin", np.amin)


def _arg(name: str, find: Any) -> Any:
    def op(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
        d = None if dim is None else dimension(dim, input.ndim, name)
        nonempty(input, dimensions(dim, input.ndim, name), name)
        return wrap(np.asarray(find(input.array, d if input.ndim else None, keepdims=keepdim)))

    return named(op, name, f"The index of the {name[3:]}imum, of the flattened tensor or along a dimension.")


argmax, argmin = _arg("argmax", np.argmax), _arg("argmin", np.argmin)


def picked(name: str, input: Tensor, indices: Array, dim: int, keepdim: bool) -> Any:
    """Values at indices (which keep their dimension), with the gradient going to just those."""
    places = wrap(np.asarray(indices).reshape(indices.shape if input.ndim else ()))
    found = gather(input, dim, places), places
    return PAIRS[name](*(found if keepdim or not input.ndim else (squeeze(each, dim) for each in found)))


def _max_or_min(name: str, full: Any, arg: Any, pair: Any) -> Any:
    def op(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
        if isinstance(dim, Tensor) or other is not None:
            return pair(input, dim if other is None else other)
        if dim is None:
            return full(input)
        d = dimension(dim, input.ndim, name)
        return picked(name, input, arg(input, d, builtins.bool(input.ndim)).array, d, keepdim)

    whole = f"`{name}(x)`: the {name}imum. `{name}(x, dim)`: values and indices along dim."
    return named(op, name, f"{whole} `{name}(x, y)`: element by element.")


max, min = _max_or_min("max", amax, argmax, maximum), _max_or_min("min", amin, argmin, minimum)

# orders ------------------------------------------------------------------------------------


def ordering(input: Tensor, d: int, descending: bool = False) -> Array:
    """Indices that sort, stably, NaN last (first when descending)."""
    rows = input.array if input.ndim else input.array.reshape(1)
    if not descending:
        return np.argsort(rows, d, kind="stable")
    return np.flip(rows.shape[d] - 1 - np.argsort(np.flip(rows, d), d, kind="stable"), d).copy()


def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """The elements along a dimension in rising (or falling) order, and where they were."""
    d = dimension(dim, input.ndim, "sort")
    return picked("sort", input, ordering(input, d, descending), d, True)


def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The k largest (or smallest) along a dimension, in order, and where they were."""
    d = dimension(dim, input.ndim, "topk")
    order = ordering(input, d, largest)
    check(0 <= k <= order.shape[d], "topk: selected index k out of range: {} of {} along {}", k, order.shape, d)
    return picked("topk", input, order.take(range(k), d), d, True)


# running totals ----------------------------------------------------------------------------


def cumsum(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """The sum of all elements up to each, along a dimension."""
    x, d = _widened(input, dtype), dimension(dim, input.ndim, "cumsum")
    if not x.ndim:
        return x.clone()
    return record("cumsum", np.cumsum(x.array, d, x.array.dtype), (x, lambda g: flip(cumsum(flip(g, d), d), d)))


def cumprod(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """The product of all elements up to each, along a dimension."""
    x, d = _widened(input, dtype), dimension(dim, input.ndim, "cumprod")
    if not x.ndim:
        return x.clone()
    if x.requires_grad and not x.array.all():
        return stack(list(accumulate(x.unbind(d), mul)), d)
    out = np.cumprod(x.array, d, x.array.dtype)
    return record("cumprod", out, (x, lambda g, y: flip(cumsum(flip(g * y, d), d), d) / x), output=True)


def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    """log(cumsum(exp(x))), without overflow."""
    supported("logcumsumexp", "f", input)
    d = dimension(dim, input.ndim, "logcumsumexp")
    if not input.ndim:
        return input.clone()

    def rule(g: Tensor, y: Tensor) -> Tensor:
        """The sum over later places j of g_j exp(x - y_j), of its positive and negative parts apart."""
        low = where(y == -math.inf, 0.0, y)
        parts = (log(where(ne(sign(g), s), 0.0, abs(g))) - low for s in (1, -1))
        up, down = (exp(flip(logcumsumexp(flip(part, d), d), d) + input) for part in parts)
        return up - down

    return record("logcumsumexp", np.logaddexp.accumulate(input.array, d), (input, rule), output=True)
