"""Operations that bring many elements together: sums, extremes, orders, running totals."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar, overload

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.arithmetic import HALF, copy_tensor, expand_to
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import write_out
from tinygrad_mnist.core.record import record, record_joint
from tinygrad_mnist.core.state import state
from tinygrad_mnist.core.surface import method, numpy_names
from tinygrad_mnist.core.tensor import Array, Tensor, wrap
from tinygrad_mnist.kernels.softmax import log_softmax_array, softmax_array
from tinygrad_mnist.ops.arguments import (
    Dims,
    cast,
    dimension,
    dimensions,
    floating,
    supported,
    widened,
)
from tinygrad_mnist.ops.indexing import gather
from tinygrad_mnist.ops.joining import cat, flip
from tinygrad_mnist.ops.pointwise import abs, exp, isnan, log, maximum, minimum, ne, sign, where
from tinygrad_mnist.ops.results import result_text, write_each
from tinygrad_mnist.ops.shape import narrow, reshape, squeeze

__all__ = [
    "all",
    "amax",
    "amin",
    "any",
    "argmax",
    "argmin",
    "cumprod",
    "cumsum",
    "log_softmax",
    "logcumsumexp",
    "logsumexp",
    "max",
    "mean",
    "min",
    "prod",
    "softmax",
    "sort",
    "sum",
    "topk",
]

PairT = TypeVar("PairT", bound=tuple[Any, ...])


class MaxResult(NamedTuple):
    """What `max` along a dimension returns."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return result_text("max", self)


class MinResult(NamedTuple):
    """What `min` along a dimension returns."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return result_text("min", self)


class SortResult(NamedTuple):
    """What `sort` returns."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return result_text("sort", self)


class TopkResult(NamedTuple):
    """What `topk` returns."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return result_text("topk", self)


# dimensions and dtypes -----------------------------------------------------------------------


def kept_shape(shape: tuple[int, ...], dims: tuple[int, ...]) -> tuple[int, ...]:
    """A shape with 1 in place of the reduced dimensions."""
    return tuple(1 if d in dims else n for d, n in enumerate(shape))


def wanted_dtype(dtype: dtypes.dtype | None, out: Tensor | None) -> dtypes.dtype | None:
    """The dtype that the caller asked for, or that of the tensor that the result goes to."""
    if dtype is None and out is not None:
        return out.dtype
    return dtype


def _for_total(input: Tensor, dtype: dtypes.dtype | None) -> Tensor:
    """Sums and products of integers and bools are int64, unless asked otherwise."""
    if dtype is not None:
        return cast(input, dtype)
    if input.array.dtype.kind == "f":
        return input
    return cast(input, dtypes.int64)


def require_float(input: Tensor, name: str) -> None:
    """RuntimeError, as PyTorch words it, for integers and bools."""
    if input.array.dtype.kind != "f":
        raise RuntimeError(
            f"{name}(): could not infer output dtype. Input dtype must be a floating point dtype."
            f" Got: {input.dtype}"
        )


# sums and means ----------------------------------------------------------------------------


def _expand_reduced(g: Tensor, kept: tuple[int, ...], shape: tuple[int, ...]) -> Tensor:
    """The gradient of a sum: g at each of the elements that were summed."""
    if state.recording:
        return expand_to(reshape(g, kept), shape)
    return record("expand", _expanded, (g, None), kept=kept, shape=shape)


def _expanded(array: Array, kept: tuple[int, ...], shape: tuple[int, ...]) -> Array:
    if array.size == 1:  # what `broadcast_to` gives, three times as quick
        out: Array = np.ndarray(shape, array.dtype, array, 0, (0,) * len(shape))
        out.flags.writeable = False
        return out
    return np.broadcast_to(array.reshape(kept), shape)


@method
@numpy_names
def sum(
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: dtypes.dtype | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The sum of all elements, or along dimensions.

    Args:
        input: of any shape.
        dim: the dimension, or several, to sum along. Default: all.
        keepdim: leave the summed dimensions in place, with length 1.
        dtype: of the result. Default: the input's, int64 for integers and bools.
        out: the tensor to write the result to.

    Returns:
        The input's shape without the summed dimensions; a scalar for all.

    Raises:
        IndexError: if a dimension is out of range.

    Example:
        >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> torch.sum(x), x.sum(0)
        (tensor(10.), tensor([4., 6.]))
    """
    x = _for_total(input, wanted_dtype(dtype, out))
    array = x.array
    shape = array.shape
    if dim is None:
        dims = None
        kept = (1,) * len(shape)
    else:
        dims = dimensions(dim, len(shape), "sum")
        kept = kept_shape(shape, dims)
    result = record(
        "sum",
        np.add.reduce if array.dtype.char != HALF else _half_sum,
        (x, lambda g: _expand_reduced(g, kept, shape)),
        axis=dims,
        dtype=array.dtype,
        keepdims=keepdim,
    )
    return result if out is None else write_out("sum", result, out)


@method
@numpy_names
def mean(
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: dtypes.dtype | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The mean of all elements, or along dimensions.

    Args:
        input: floating-point, of any shape.
        dim: the dimension, or several, to average along. Default: all.
        keepdim: leave these dimensions in place, with length 1.
        dtype: a floating-point type to compute in. Default: the input's.
        out: the tensor to write the result to.

    Returns:
        The input's shape without these dimensions; a scalar for all. NaN of no elements.

    Raises:
        RuntimeError: if the elements are not floating-point.
        IndexError: if a dimension is out of range.

    Example:
        >>> torch.mean(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=1)
        tensor([1.5000, 3.5000])
    """
    wanted = wanted_dtype(dtype, out)
    x = input if wanted is None else cast(input, wanted)
    require_float(x, "mean")
    shape = x.array.shape
    dims = dimensions(dim, len(shape), "mean")
    kept = kept_shape(shape, dims)
    count = math.prod(shape[d] for d in dims)
    share = 1 / count if count else math.nan
    result = record(
        "mean",
        _mean_array,
        (x, lambda g: _expand_reduced(g * share, kept, shape)),
        axis=dims,
        count=count,
        keepdims=keepdim,
    )
    return result if out is None else write_out("mean", result, out)


def _half_sum(
    array: Array, axis: tuple[int, ...] | None, dtype: np.dtype[Any], keepdims: bool
) -> Any:
    """The sum of float16, added up in float32 and rounded once."""
    add_up: Any = np.add.reduce
    return add_up(array, axis, np.float32, keepdims=keepdims).astype(dtype)


def _mean_array(array: Array, axis: tuple[int, ...], count: int, keepdims: bool) -> Any:
    add_up: Any = np.add.reduce
    if array.dtype.char == HALF:
        total = add_up(array, axis, np.float32, keepdims=keepdims)
        return (total / np.float32(count)).astype(array.dtype)
    return add_up(array, axis, keepdims=keepdims) / array.dtype.type(count)


# products ----------------------------------------------------------------------------------


@method
@numpy_names
def prod(
    input: Tensor,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    dtype: dtypes.dtype | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The product of all elements, or along a dimension.

    The gradient by an element is the product of the others: nothing is divided, so zeros are no
    special case.

    Args:
        input: of any shape.
        dim: the dimension to multiply along. Default: all.
        keepdim: leave this dimension in place, with length 1.
        dtype: of the result. Default: the input's, int64 for integers and bools.
        out: the tensor to write the result to.

    Returns:
        The input's shape without the dimension; a scalar for all. 1 of no elements.

    Raises:
        IndexError: if the dimension is out of range.

    Example:
        >>> torch.prod(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), 0)
        tensor([3., 8.])
    """
    x = _for_total(input, wanted_dtype(dtype, out))
    d = 0 if dim is None else dimension(dim, x.ndim, "prod")
    rows = reshape(x, -1) if dim is None or not x.ndim else x
    kept = kept_shape(rows.array.shape, (d,))
    result = record(
        "prod",
        np.multiply.reduce if rows.array.dtype.char != HALF else _half_prod,
        (rows, lambda g: _times_others(reshape(g, kept), widened(rows), d)),
        axis=d,
        dtype=rows.array.dtype,
    )
    if keepdim and x.ndim:
        result = reshape(result, (1,) * x.ndim if dim is None else kept)
    return result if out is None else write_out("prod", result, out)


def _half_prod(array: Array, axis: int, dtype: np.dtype[Any]) -> Any:
    """The product of float16, multiplied in float32 and rounded once."""
    return np.multiply.reduce(array, axis, np.float32).astype(dtype)


def _times_others(g: Tensor, x: Tensor, dim: int) -> Tensor:
    """g times the product of all elements along the dimension but the one in each place."""
    if not state.recording:
        return record("prod_backward", _times_others_array, (g, None), (x, None), axis=dim)
    before = cumprod(_delay(x, dim, 1), dim)
    after = flip(cumprod(_delay(flip(x, dim), dim, 1), dim), dim)
    return g * before * after


def _times_others_array(g: Array, x: Array, axis: int) -> Array:
    before = np.multiply.accumulate(_delayed(x, axis, 1), axis)
    after = np.multiply.accumulate(_delayed(np.flip(x, axis), axis, 1), axis)
    before *= np.flip(after, axis)
    before *= g
    return before


def _delay(x: Tensor, dim: int, first: float) -> Tensor:
    """x moved on by one place along a dimension: a number in front, and the last element lost."""
    n = x.array.shape[dim]
    if not n:
        return x
    front = np.full(kept_shape(x.array.shape, (dim,)), first, x.array.dtype)
    return cat([wrap(front), narrow(x, dim, 0, n - 1)], dim)


def _delayed(array: Array, axis: int, first: float) -> Array:
    """What `_delay` gives, of arrays."""
    out = np.empty_like(array)
    target = np.moveaxis(out, axis, 0)
    target[:1] = first
    target[1:] = np.moveaxis(array, axis, 0)[:-1]
    return out


@method(in_place=True)
@numpy_names
def cumprod(
    input: Tensor, dim: int, *, dtype: dtypes.dtype | None = None, out: Tensor | None = None
) -> Tensor:
    """The product of all elements up to each, along a dimension.

    Args:
        input: of any shape.
        dim: the dimension.
        dtype: of the result. Default: the input's, int64 for integers and bools.
        out: the tensor to write the result to.

    Returns:
        The input's shape.

    Raises:
        IndexError: if the dimension is out of range.

    Example:
        >>> torch.cumprod(torch.tensor([2.0, 3.0, 4.0]), 0)
        tensor([ 2.,  6., 24.])
    """
    x = _for_total(input, wanted_dtype(dtype, out))
    d = dimension(dim, input.ndim, "cumprod")
    if x.ndim:
        result = record(
            "cumprod",
            np.cumprod if x.array.dtype.char != HALF else _half_cumprod,
            (x, lambda g: _cumprod_gradient(widened(g), widened(x), d)),
            axis=d,
            dtype=x.array.dtype,
        )
    else:
        result = copy_tensor(x)
    return result if out is None else write_out("cumprod", result, out)


def _half_cumprod(array: Array, axis: int, dtype: np.dtype[Any]) -> Array:
    """The running products of float16, multiplied in float32 and rounded once."""
    return np.cumprod(array, axis, np.float32).astype(dtype)


def _cumprod_gradient(g: Tensor, x: Tensor, dim: int) -> Tensor:
    """For each place k the sum over i >= k of g_i times the product of x up to i without x_k.

    That is the product before k times s_k, where s_k = g_k + x_(k+1) s_(k+1).
    """
    if not state.recording:
        return record("cumprod_backward", _cumprod_gradient_array, (g, None), (x, None), axis=dim)
    before = cumprod(_delay(x, dim, 1), dim)
    factors = _delay(flip(x, dim), dim, 0)
    return before * flip(_recurrence(factors, flip(g, dim), dim), dim)


def _cumprod_gradient_array(g: Array, x: Array, axis: int) -> Array:
    if x.all():  # then dividing is quicker than the recurrence
        total = np.flip(np.cumsum(np.flip(g * np.cumprod(x, axis), axis), axis), axis)
        return total / x
    before = np.multiply.accumulate(_delayed(x, axis, 1), axis)
    factors = _delayed(np.flip(x, axis), axis, 0)
    return before * np.flip(_recurrence_array(factors, np.flip(g, axis), axis)[0], axis)


def _recurrence(factors: Tensor, terms: Tensor, dim: int) -> Tensor:
    """s with s_i = factors_i s_(i-1) + terms_i along a dimension, beginning with s_(-1) = 0."""

    def rule(gradients: Sequence[Tensor | None], results: Sequence[Tensor]) -> list[Tensor | None]:
        (g,) = gradients
        assert g is not None
        later = _delay(flip(factors, dim), dim, 0)
        by_terms = flip(_recurrence(later, flip(g, dim), dim), dim)
        return [by_terms * _delay(results[0], dim, 0), by_terms]

    return record_joint(
        "linear_recurrence", _recurrence_array, (factors, terms), rule, output=True, axis=dim
    )[0]


def _recurrence_array(factors: Array, terms: Array, axis: int) -> tuple[Array]:
    out = np.array(terms)
    s = np.moveaxis(out, axis, 0)
    a = np.moveaxis(factors, axis, 0)
    for i in range(1, len(s)):
        s[i] += a[i] * s[i - 1]
    return (out,)


# logarithms of sums of exponentials, softmax -------------------------------------------------


@method
@numpy_names
def logsumexp(
    input: Tensor, dim: int | Sequence[int], keepdim: bool = False, *, out: Tensor | None = None
) -> Tensor:
    """log(sum(exp(x))) along dimensions, without overflow: the largest element is taken out first.

    Args:
        input: of any shape; integers become floats.
        dim: the dimension, or several.
        keepdim: leave these dimensions in place, with length 1.
        out: the tensor to write the result to.

    Returns:
        The input's shape without these dimensions.

    Raises:
        IndexError: if a dimension is out of range.

    Example:
        >>> torch.logsumexp(torch.tensor([1000.0, 1000.0]), 0)
        tensor(1000.6932)
    """
    given = floating(input)
    x = widened(given)
    shape = x.array.shape
    dims = dimensions(dim, len(shape), "logsumexp")
    shift = record("amax", _finite_top, (x, None), axis=dims)
    result = log(sum(exp(x - shift), dims, True)) + shift
    if not keepdim:
        result = reshape(result, tuple(n for d, n in enumerate(shape) if d not in dims))
    result = cast(result, given.dtype)
    return result if out is None else write_out("logsumexp", result, out)


def _finite_top(array: Array, axis: tuple[int, ...]) -> Array:
    """The largest elements along an axis, and 0 for those that are not finite."""
    top = np.amax(array, axis, keepdims=True, initial=-np.inf)
    return np.where(np.isfinite(top), top, 0).astype(array.dtype)


def _softmax_arguments(
    input: Tensor, dim: int | None, dtype: dtypes.dtype | None
) -> tuple[Tensor, int]:
    """The input in its dtype, and the dimension; without a dim PyTorch takes 0 or 1."""
    x = input if dtype is None else cast(input, dtype)
    supported("softmax", "f", x)
    if dim is None:
        dim = 0 if x.ndim in (0, 1, 3) else 1
    return x, dimension(dim, x.ndim, "softmax")


@method
@numpy_names
def softmax(
    input: Tensor,
    dim: int | None = None,
    dtype: dtypes.dtype | None = None,
    *,
    out: Tensor | None = None,
    _stacklevel: int = 3,
) -> Tensor:
    """exp(x) / sum(exp(x)) along a dimension: positive, and adding up to 1.

    Args:
        input: floating-point, of any shape.
        dim: the dimension that adds up to 1. Default: 0 for 0, 1 and 3 dimensions, else 1.
        dtype: a floating-point type to compute in. Default: the input's.
        out: the tensor to write the result to.

    Returns:
        The input's shape.

    Raises:
        NotImplementedError: if the elements are not floating-point.
        IndexError: if the dimension is out of range.

    Example:
        >>> torch.softmax(torch.tensor([0.0, 0.0, 1000.0, 1000.0]), 0)
        tensor([0.0000, 0.0000, 0.5000, 0.5000])
    """
    x, d = _softmax_arguments(input, dim, wanted_dtype(dtype, out))
    result = record(
        "softmax",
        softmax_array,
        (x, lambda g, y: _softmax_gradient(g, widened(y), d)),
        output=True,
        axis=d,
    )
    return result if out is None else write_out("softmax", result, out)


def _softmax_gradient(g: Tensor, y: Tensor, dim: int) -> Tensor:
    return y * (g - sum(g * y, dim, True))


@method
@numpy_names
def log_softmax(
    input: Tensor,
    dim: int | None = None,
    dtype: dtypes.dtype | None = None,
    *,
    out: Tensor | None = None,
    _stacklevel: int = 3,
) -> Tensor:
    """log(softmax(x)) along a dimension, without underflow.

    Args:
        input: floating-point, of any shape.
        dim: the dimension whose exponentials add up to 1. Default: 0 for 0, 1 and 3 dimensions,
            else 1.
        dtype: a floating-point type to compute in. Default: the input's.
        out: the tensor to write the result to.

    Returns:
        The input's shape.

    Raises:
        NotImplementedError: if the elements are not floating-point.
        IndexError: if the dimension is out of range.

    Example:
        >>> torch.log_softmax(torch.tensor([0.0, 1000.0]), 0)
        tensor([-1000.,     0.])
    """
    x, d = _softmax_arguments(input, dim, wanted_dtype(dtype, out))
    result = record(
        "log_softmax",
        log_softmax_array,
        (x, lambda g, y: _log_softmax_gradient(widened(g), widened(y), d)),
        output=True,
        axis=d,
    )
    return result if out is None else write_out("log_softmax", result, out)


def _log_softmax_gradient(g: Tensor, y: Tensor, dim: int) -> Tensor:
    return g - exp(y) * sum(g, dim, True)


# lengths -----------------------------------------------------------------------------------


def vector_norm_of(
    x: Tensor, p: float = 2.0, dim: Dims = None, keepdim: bool = False, name: str = "norm"
) -> Tensor:
    """The p-norm of the elements, or along dimensions: what all norms of vectors are made of.

    Args:
        x: floating-point, of any shape.
        p: any number, infinities included; 0 counts the elements that are not 0.
        dim: the dimension, or several, that hold a vector. Default: all.
        keepdim: leave these dimensions in place, with length 1.
        name: the operation, for errors.

    Returns:
        The shape of x without these dimensions. The gradient of a length of 0 is 0.
    """
    if p == 0:
        return sum(where(x != 0, 1.0, x * 0), dim, keepdim)
    if p == math.inf:
        return amax(abs(x), () if dim is None else dim, keepdim)
    if p == -math.inf:
        return amin(abs(x), () if dim is None else dim, keepdim)
    if p == 1:
        return sum(abs(x), dim, keepdim)
    shape = x.array.shape
    dims = dimensions(dim, len(shape), name)
    kept = kept_shape(shape, dims)

    def rule(g: Tensor, y: Tensor) -> Tensor:
        scale = where(y == 0, 0.0, g / where(y == 0, 1.0, y) ** (p - 1))
        powers = x if p == 2 else sign(x) * abs(x) ** (p - 1)
        if p <= 1:
            powers = where(x == 0, 0.0, powers)
        return powers * reshape(scale, kept)

    return record("norm", _norm_array, (x, rule), output=True, p=p, axis=dims, keepdims=keepdim)


def _norm_array(array: Array, p: float, axis: tuple[int, ...], keepdims: bool) -> Array:
    wide = array.astype(np.float32) if array.dtype == np.float16 else array
    powers = wide * wide if p == 2 else np.abs(wide) ** p
    total = np.add.reduce(powers, axis, keepdims=keepdims)  # type: ignore[call-overload]
    return np.asarray(total ** (1 / p)).astype(array.dtype, copy=False)


# tests --------------------------------------------------------------------------------------


@method
@numpy_names
def all(
    input: Tensor, dim: Dims = None, keepdim: bool = False, *, out: Tensor | None = None
) -> Tensor:
    """Whether every element is true (not 0), or along dimensions.

    Args:
        input: of any shape and dtype.
        dim: the dimension, or several; none of them for (). Default: all.
        keepdim: leave these dimensions in place, with length 1.
        out: the tensor to write the result to.

    Returns:
        Bools (uint8 of uint8), in the input's shape without these dimensions.

    Raises:
        IndexError: if a dimension is out of range.

    Example:
        >>> torch.all(torch.tensor([[True, False], [True, True]]), 1)
        tensor([False,  True])
    """
    dims = () if dim == () else dimensions(dim, input.ndim, "all")
    result = record("all", _all_array, (input, None), axis=dims, keepdims=keepdim)
    return result if out is None else write_out("all", result, out)


@method
@numpy_names
def any(
    input: Tensor, dim: Dims = None, keepdim: bool = False, *, out: Tensor | None = None
) -> Tensor:
    """Whether some element is true (not 0), or along dimensions.

    Args:
        input: of any shape and dtype.
        dim: the dimension, or several; none of them for (). Default: all.
        keepdim: leave these dimensions in place, with length 1.
        out: the tensor to write the result to.

    Returns:
        Bools (uint8 of uint8), in the input's shape without these dimensions.

    Raises:
        IndexError: if a dimension is out of range.

    Example:
        >>> torch.any(torch.tensor([[True, False], [False, False]]), 1)
        tensor([ True, False])
    """
    dims = () if dim == () else dimensions(dim, input.ndim, "any")
    result = record("any", _any_array, (input, None), axis=dims, keepdims=keepdim)
    return result if out is None else write_out("any", result, out)


def _all_array(array: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
    return _bools_like(array, np.all(array, axis, keepdims=keepdims))


def _any_array(array: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
    return _bools_like(array, np.any(array, axis, keepdims=keepdims))


def _bools_like(array: Array, found: Any) -> Array:
    """Bools as uint8 where the array is."""
    return np.asarray(found, np.uint8 if array.dtype == np.uint8 else bool)


# extremes ----------------------------------------------------------------------------------


def require_elements(
    input: Tensor, dims: tuple[int, ...], name: str, error: type[Exception] = IndexError
) -> None:
    """`error`, as PyTorch words it, where there is nothing to choose from along the dimensions."""
    count = math.prod(input.array.shape[d] for d in dims)
    wanted = "{}(): Expected reduction dim to be specified for input.numel() == 0"
    check(count, wanted, name, error=error)


def share_evenly(g: Tensor, y: Tensor, x: Tensor, dims: tuple[int, ...]) -> Tensor:
    """The gradient of what was found along dims: those equal to it share g evenly."""
    kept = kept_shape(x.array.shape, dims)
    found = reshape(y, kept)
    best = (x == found) | (isnan(x) & isnan(found))
    return best * reshape(g, kept) / sum(best, dims, True)


@method
@numpy_names
def amax(
    input: Tensor,
    dim: int | Sequence[int] = (),
    keepdim: bool = False,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The largest element, or along dimensions; equal ones share the gradient evenly.

    Args:
        input: of any shape, with one element at least along the dimensions.
        dim: the dimension, or several. Default: all.
        keepdim: leave these dimensions in place, with length 1.
        out: the tensor to write the result to.

    Returns:
        The input's shape without these dimensions. NaN wins.

    Raises:
        IndexError: if a dimension is out of range or empty.

    Example:
        >>> torch.amax(torch.tensor([[1.0, 3.0], [2.0, 0.0]]), 1)
        tensor([3., 2.])
    """
    dims = dimensions(dim, input.ndim, "amax")
    require_elements(input, dims, "amax", RuntimeError if dim == () else IndexError)
    result = record(
        "amax",
        np.amax,
        (input, lambda g, y: share_evenly(g, y, input, dims)),
        output=True,
        axis=dims,
        keepdims=keepdim,
    )
    return result if out is None else write_out("amax", result, out)


@method
@numpy_names
def amin(
    input: Tensor,
    dim: int | Sequence[int] = (),
    keepdim: bool = False,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The smallest element, or along dimensions; equal ones share the gradient evenly.

    Args:
        input: of any shape, with one element at least along the dimensions.
        dim: the dimension, or several. Default: all.
        keepdim: leave these dimensions in place, with length 1.
        out: the tensor to write the result to.

    Returns:
        The input's shape without these dimensions. NaN wins.

    Raises:
        IndexError: if a dimension is out of range or empty.

    Example:
        >>> torch.amin(torch.tensor([[1.0, 3.0], [2.0, 0.0]]), 1)
        tensor([1., 0.])
    """
    dims = dimensions(dim, input.ndim, "amin")
    require_elements(input, dims, "amin", RuntimeError if dim == () else IndexError)
    result = record(
        "amin",
        np.amin,
        (input, lambda g, y: share_evenly(g, y, input, dims)),
        output=True,
        axis=dims,
        keepdims=keepdim,
    )
    return result if out is None else write_out("amin", result, out)


@method
@numpy_names
def argmax(
    input: Tensor, dim: int | None = None, keepdim: bool = False, *, out: Tensor | None = None
) -> Tensor:
    """The index of the largest element, the first of equal ones; NaN counts as the largest.

    Args:
        input: of any shape, with one element at least along the dimension.
        dim: the dimension to look along. Default: the elements as one vector.
        keepdim: leave this dimension in place, with length 1.
        out: the tensor to write the result to.

    Returns:
        int64, in the input's shape without the dimension; a scalar for all.

    Raises:
        IndexError: if the dimension is out of range or empty.

    Example:
        >>> torch.argmax(torch.tensor([[1.0, 3.0], [2.0, 0.0]]), 1)
        tensor([1, 0])
    """
    check(input.array.dtype.kind != "b", "argmax(): does not support bool input")
    result = _found_place("argmax", np.argmax, input, dim, keepdim)
    return result if out is None else write_out("argmax", result, out)


@method
@numpy_names
def argmin(
    input: Tensor, dim: int | None = None, keepdim: bool = False, *, out: Tensor | None = None
) -> Tensor:
    """The index of the smallest element, the first of equal ones; NaN counts as the smallest.

    Args:
        input: of any shape, with one element at least along the dimension.
        dim: the dimension to look along. Default: the elements as one vector.
        keepdim: leave this dimension in place, with length 1.
        out: the tensor to write the result to.

    Returns:
        int64, in the input's shape without the dimension; a scalar for all.

    Raises:
        IndexError: if the dimension is out of range or empty.

    Example:
        >>> torch.argmin(torch.tensor([[1.0, 3.0], [2.0, 0.0]]), 1)
        tensor([0, 1])
    """
    check(input.array.dtype.kind != "b", "argmin(): does not support bool input")
    result = _found_place("argmin", np.argmin, input, dim, keepdim)
    return result if out is None else write_out("argmin", result, out)


def _found_place(name: str, function: Any, input: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    """The index that NumPy's argmax or argmin finds."""
    axis = None if dim is None else dimension(dim, input.ndim, name)
    require_elements(input, dimensions(dim, input.ndim, name), name)
    if not input.ndim:
        axis = None
    return record(name, function, (input, None), axis=axis, keepdims=keepdim)


def values_at(
    kind: Callable[[Tensor, Tensor], PairT], input: Tensor, places: Tensor, dim: int, keepdim: bool
) -> PairT:
    """A named tuple of the values at places along a dimension, and the places.

    The gradient goes to just these elements.

    Args:
        kind: the named tuple's type.
        input: of any shape.
        places: int64, in the input's shape but for the dimension.
        dim: the dimension.
        keepdim: leave it in place.
    """
    values = gather(input, dim, places)
    if keepdim or not input.ndim:
        return kind(values, places)
    return kind(squeeze(values, dim), squeeze(places, dim))


@overload
def max(input: Tensor, *, out: Tensor | None = None) -> Tensor: ...
@overload
def max(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor: ...
@overload
def max(
    input: Tensor, dim: int, keepdim: bool = False, *, out: Sequence[Tensor] | None = None
) -> MaxResult: ...
@method  # type: ignore[misc]  # the second argument may be called dim or other
@numpy_names
def max(
    input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Any = None, out: Any = None
) -> Any:
    """The largest element, also along a dimension (`max(x, dim)`), or of two (`max(x, y)`).

    Args:
        input: of any shape; with one element at least along the dimension.
        dim: the dimension; or the other tensor. Default: all elements.
        keepdim: leave the dimension in place, with length 1.
        other: a tensor that broadcasts with the input, for the larger of each two elements.
        out: the tensor to write the result to, or along a dimension a pair of tensors.

    Returns:
        A scalar, whose gradient equal elements share evenly; along a dimension the named tuple of
        `values` and of `indices` (int64, the first of equal ones), in the input's shape without
        the dimension; of two tensors the common shape. NaN wins.

    Raises:
        IndexError: if the dimension is out of range or empty.
        RuntimeError: if there are no elements at all.

    Example:
        >>> x = torch.tensor([[1.0, 3.0], [2.0, 0.0]])
        >>> x.max()
        tensor(3.)
        >>> values, indices = torch.max(x, 1)
        >>> values, indices
        (tensor([3., 2.]), tensor([1, 0]))
    """
    if isinstance(dim, Tensor) or other is not None:
        result = maximum(input, dim if other is None else other)
        return result if out is None else write_out("max", result, out)
    if dim is None:
        return amax(input, out=out)
    d = dimension(dim, input.ndim, "max")
    places = _found_place("max", np.argmax, input, d, builtins.bool(input.ndim))
    return write_each("max", values_at(MaxResult, input, places, d, keepdim), out)


@overload
def min(input: Tensor, *, out: Tensor | None = None) -> Tensor: ...
@overload
def min(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor: ...
@overload
def min(
    input: Tensor, dim: int, keepdim: bool = False, *, out: Sequence[Tensor] | None = None
) -> MinResult: ...
@method  # type: ignore[misc]  # the second argument may be called dim or other
@numpy_names
def min(
    input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Any = None, out: Any = None
) -> Any:
    """The smallest element, or along a dimension (`min(x, dim)`), or of two tensors (`min(x, y)`).

    Args:
        input: of any shape; with one element at least along the dimension.
        dim: the dimension; or the other tensor. Default: all elements.
        keepdim: leave the dimension in place, with length 1.
        other: a tensor that broadcasts with the input, for the smaller of each two elements.
        out: the tensor to write the result to, or along a dimension a pair of tensors.

    Returns:
        A scalar, whose gradient equal elements share evenly; along a dimension the named tuple of
        `values` and of `indices` (int64, the first of equal ones), in the input's shape without
        the dimension; of two tensors the common shape. NaN wins.

    Raises:
        IndexError: if the dimension is out of range or empty.
        RuntimeError: if there are no elements at all.

    Example:
        >>> x = torch.tensor([[1.0, 3.0], [2.0, 0.0]])
        >>> x.min()
        tensor(0.)
        >>> x.min(1).indices
        tensor([0, 1])
    """
    if isinstance(dim, Tensor) or other is not None:
        result = minimum(input, dim if other is None else other)
        return result if out is None else write_out("min", result, out)
    if dim is None:
        return amin(input, out=out)
    d = dimension(dim, input.ndim, "min")
    places = _found_place("min", np.argmin, input, d, builtins.bool(input.ndim))
    return write_each("min", values_at(MinResult, input, places, d, keepdim), out)


# orders ------------------------------------------------------------------------------------


def order_of(array: Array, axis: int, descending: bool = False) -> Array:
    """Indices that sort along an axis, stably; NaN last (first if descending)."""
    if not descending:
        return np.argsort(array, axis, kind="stable")
    rising = np.argsort(np.flip(array, axis), axis, kind="stable")
    return np.flip(array.shape[axis] - 1 - rising, axis).copy()


def sorted_places(array: Array, axis: int, descending: bool) -> Array:
    """`order_of`, of scalars too."""
    places: Array = order_of(np.atleast_1d(array), axis, descending)
    return places.reshape(array.shape)


def _top_places(array: Array, axis: int, k: int, largest: bool) -> Array:
    """The first k of `order_of`; of a scalar a scalar."""
    places = order_of(np.atleast_1d(array), axis, largest).take(range(k), axis)
    return places if array.ndim else places.reshape(places.shape if k != 1 else ())


@method
@numpy_names
def sort(
    input: Tensor,
    dim: int = -1,
    descending: bool = False,
    *,
    stable: bool | None = False,
    out: Sequence[Tensor] | None = None,
) -> SortResult:
    """The elements along a dimension in rising (or falling) order, and where they were.

    Args:
        input: of any shape.
        dim: the dimension to sort along.
        descending: the largest first.
        stable: accepted; equal elements always keep their order.
        out: two tensors to write the results to.

    Returns:
        The named tuple of `values` and `indices` (int64), both of the input's shape. NaN counts as
        the largest.

    Raises:
        IndexError: if the dimension is out of range.

    Example:
        >>> values, indices = torch.sort(torch.tensor([3.0, 1.0, 2.0]))
        >>> values, indices
        (tensor([1., 2., 3.]), tensor([1, 2, 0]))
    """
    d = dimension(dim, input.ndim, "sort")
    places = record("argsort", sorted_places, (input, None), axis=d, descending=descending)
    return write_each("sort", values_at(SortResult, input, places, d, True), out)


@method
@numpy_names
def topk(
    input: Tensor,
    k: int,
    dim: int = -1,
    largest: bool = True,
    sorted: bool = True,
    *,
    out: Sequence[Tensor] | None = None,
) -> TopkResult:
    """The k largest (or smallest) elements along a dimension, in order, and where they were.

    Args:
        input: of any shape.
        k: how many, from 0 to the dimension's length.
        dim: the dimension to look along.
        largest: the largest, and not the smallest.
        sorted: accepted; the results are always in order.
        out: two tensors to write the results to.

    Returns:
        The named tuple of `values` and `indices` (int64), both of the input's shape with k along
        the dimension.

    Raises:
        IndexError: if the dimension is out of range.
        RuntimeError: if there are not k elements along it.

    Example:
        >>> torch.topk(torch.tensor([3.0, 1.0, 2.0]), 2).values
        tensor([3., 2.])
    """
    check(input.array.dtype.kind != "b", "topk does not support bool dtypes on CPU")
    d = dimension(dim, input.ndim, "topk")
    shape = input.array.shape or (1,)
    message = "topk: selected index k out of range: {} of {} along {}"
    check(0 <= k <= shape[d], message, k, shape, d)
    places = record("topk", _top_places, (input, None), axis=d, k=k, largest=largest)
    return write_each("topk", values_at(TopkResult, input, places, d, True), out)


# running totals ----------------------------------------------------------------------------


@method(in_place=True)
@numpy_names
def cumsum(
    input: Tensor, dim: int, *, dtype: dtypes.dtype | None = None, out: Tensor | None = None
) -> Tensor:
    """The sum of all elements up to each, along a dimension.

    Args:
        input: of any shape.
        dim: the dimension.
        dtype: of the result. Default: the input's, int64 for integers and bools.
        out: the tensor to write the result to.

    Returns:
        The input's shape.

    Raises:
        IndexError: if the dimension is out of range.

    Example:
        >>> torch.cumsum(torch.tensor([1.0, 2.0, 3.0]), 0)
        tensor([1., 3., 6.])
    """
    x = _for_total(input, wanted_dtype(dtype, out))
    d = dimension(dim, input.ndim, "cumsum")
    if x.ndim:
        result = record(
            "cumsum",
            np.cumsum if x.array.dtype.char != HALF else _half_cumsum,
            (x, lambda g: flip(cumsum(flip(g, d), d), d)),
            axis=d,
            dtype=x.array.dtype,
        )
    else:
        result = copy_tensor(x)
    return result if out is None else write_out("cumsum", result, out)


def _half_cumsum(array: Array, axis: int, dtype: np.dtype[Any]) -> Array:
    """The running sums of float16, added up in float32 and rounded once."""
    return np.cumsum(array, axis, np.float32).astype(dtype)


@method
@numpy_names
def logcumsumexp(input: Tensor, dim: int, *, out: Tensor | None = None) -> Tensor:
    """log(cumsum(exp(x))) along a dimension, without overflow.

    Args:
        input: floating-point, of any shape.
        dim: the dimension.
        out: the tensor to write the result to.

    Returns:
        The input's shape.

    Raises:
        NotImplementedError: if the elements are not floating-point.
        IndexError: if the dimension is out of range.

    Example:
        >>> torch.logcumsumexp(torch.tensor([0.0, 0.0]), 0)
        tensor([0.0000, 0.6931])
    """
    supported("logcumsumexp", "f", input)
    d = dimension(dim, input.ndim, "logcumsumexp")
    if input.ndim:
        x = widened(input)
        result = record(
            "logcumsumexp",
            np.logaddexp.accumulate,
            (x, lambda g, y: _logcumsumexp_gradient(g, y, x, d)),
            output=True,
            axis=d,
        )
        result = cast(result, input.dtype)
    else:
        result = copy_tensor(input)
    return result if out is None else write_out("logcumsumexp", result, out)


def _logcumsumexp_gradient(g: Tensor, y: Tensor, x: Tensor, d: int) -> Tensor:
    """The sum over later places j of g_j exp(x - y_j), of its positive and negative parts apart."""
    low = where(y == -math.inf, 0.0, y)
    signs = sign(g)
    magnitudes = abs(g)
    parts = []
    for s in (1, -1):
        logs = log(where(ne(signs, s), 0.0, magnitudes)) - low
        parts.append(exp(flip(logcumsumexp(flip(logs, d), d), d) + x))
    return parts[0] - parts[1]
