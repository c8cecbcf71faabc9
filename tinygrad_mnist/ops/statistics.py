"""Orders, counts, spreads and differences of many elements."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, overload

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.arithmetic import copy_tensor
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import write_out
from tinygrad_mnist.core.record import record, record_joint
from tinygrad_mnist.core.surface import method, numpy_names
from tinygrad_mnist.core.tensor import Array, Tensor, note_read, wrap
from tinygrad_mnist.ops.arguments import (
    Dims,
    cast,
    dimension,
    dimensions,
    floating,
    supported,
    type_name,
    widened,
)
from tinygrad_mnist.ops.indexing import gather, take_along_dim
from tinygrad_mnist.ops.joining import cat
from tinygrad_mnist.ops.pointwise import (
    bitwise_xor,
    ceil,
    clamp_min,
    floor,
    isnan,
    lerp,
    logical_not,
    round,
    sqrt,
    where,
)
from tinygrad_mnist.ops.products import matmul
from tinygrad_mnist.ops.reduction import (
    amax,
    amin,
    cumsum,
    kept_shape,
    mean,
    order_of,
    require_elements,
    require_float,
    share_evenly,
    softmax,
    sort,
    sorted_places,
    sum,
    values_at,
    wanted_dtype,
)
from tinygrad_mnist.ops.results import result_text, write_each
from tinygrad_mnist.ops.shape import (
    diagonal,
    expand,
    movedim,
    narrow,
    reshape,
    squeeze,
    transpose,
    unsqueeze,
)

__all__ = [
    "aminmax",
    "argsort",
    "bincount",
    "bucketize",
    "corrcoef",
    "count_nonzero",
    "cov",
    "cummax",
    "cummin",
    "cumulative_trapezoid",
    "diff",
    "gradient",
    "histc",
    "histogram",
    "kthvalue",
    "median",
    "mode",
    "msort",
    "nanmean",
    "nanmedian",
    "nanquantile",
    "nansum",
    "quantile",
    "searchsorted",
    "softmin",
    "std",
    "std_mean",
    "trapezoid",
    "trapz",
    "unique",
    "unique_consecutive",
    "var",
    "var_mean",
]

Number = int | float | bool


class AminmaxResult(NamedTuple):
    """What `aminmax` returns."""

    min: Tensor
    max: Tensor

    def __repr__(self) -> str:
        return result_text("aminmax", self)


class KthvalueResult(NamedTuple):
    """What `kthvalue` returns."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return result_text("kthvalue", self)


class MedianResult(NamedTuple):
    """What `median` along a dimension returns."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return result_text("median", self)


class NanmedianResult(NamedTuple):
    """What `nanmedian` along a dimension returns."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return result_text("nanmedian", self)


class ModeResult(NamedTuple):
    """What `mode` returns."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return result_text("mode", self)


class CummaxResult(NamedTuple):
    """What `cummax` returns."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return result_text("cummax", self)


class CumminResult(NamedTuple):
    """What `cummin` returns."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return result_text("cummin", self)


class HistogramResult(NamedTuple):
    """What `histogram` returns."""

    hist: Tensor
    bin_edges: Tensor

    def __repr__(self) -> str:
        return result_text("histogram", self)


def _no_gradients(gradients: Sequence[Tensor | None]) -> tuple[()]:
    """The rule of a joint record none of whose results has a gradient: never called."""
    return ()


# sums, means and variances ------------------------------------------------------------


@method
@numpy_names
def nansum(
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: dtypes.dtype | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The sum of all elements, or along dimensions; NaN counts as 0.

    Args:
        input: of any shape.
        dim: the dimension, or several. Default: all.
        keepdim: leave these dimensions in place, with length 1.
        dtype: of the result. Default: the input's, int64 for integers and bools.
        out: the tensor to write the result to.

    Returns:
        The input's shape without these dimensions; a scalar for all.

    Raises:
        IndexError: if a dimension is out of range.

    Example:
        >>> torch.nansum(torch.tensor([1.0, np.nan, 2.0]))
        tensor(3.)
    """
    wanted = wanted_dtype(dtype, out)
    result = sum(where(isnan(input), 0, input), dim, keepdim, dtype=wanted)
    return result if out is None else write_out("nansum", result, out)


@method
@numpy_names
def nanmean(
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: dtypes.dtype | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The mean of the elements that are not NaN, of all or along dimensions.

    Args:
        input: of any shape.
        dim: the dimension, or several. Default: all.
        keepdim: leave these dimensions in place, with length 1.
        dtype: of the sum. Default: the input's, int64 for integers and bools.
        out: the tensor to write the result to.

    Returns:
        The input's shape without these dimensions; a scalar for all.

    Raises:
        IndexError: if a dimension is out of range.

    Example:
        >>> torch.nanmean(torch.tensor([1.0, np.nan, 2.0]))
        tensor(1.5000)
    """
    message = "nanmean(): expected input to have floating point or complex dtype but got {}"
    if dtype is None:
        check(input.array.dtype.kind == "f", message, type_name(input))
    wanted = wanted_dtype(dtype, out)
    total = nansum(widened(input) if wanted is None else input, dim, keepdim, dtype=wanted)
    result = total / sum(logical_not(isnan(input)), dim, keepdim)
    if wanted is None and input.array.dtype.kind == "f":
        result = cast(result, input.dtype)
    return result if out is None else write_out("nanmean", result, out)


@numpy_names
def var_mean(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: Number | None = None,
) -> tuple[Tensor, Tensor]:
    """The variance, as `var`, and the mean.

    Args:
        input: floating-point, of any shape.
        dim: the dimension, or several. Default: all.
        unbiased: divide by n - 1, and not by n.
        keepdim: leave these dimensions in place, with length 1.
        correction: divide by n less this, whatever `unbiased` says.

    Returns:
        Two tensors of the input's shape without these dimensions.

    Raises:
        RuntimeError: if the elements are not floating-point.
        IndexError: if a dimension is out of range.

    Example:
        >>> torch.var_mean(torch.tensor([1.0, 2.0, 3.0]))
        (tensor(1.), tensor(2.))
    """
    if isinstance(dim, bool):  # var(x, False)
        unbiased = dim
        dim = None
    require_float(input, "var")
    dims = dimensions(dim, input.ndim, "var")
    center = mean(widened(input), dim, True)
    lost = float(unbiased) if correction is None else correction
    count = math.prod(input.array.shape[d] for d in dims)
    distance = widened(input) - center
    variance = sum(distance * distance, dims, keepdim) / max(count - lost, 0)
    return cast(variance, input.dtype), cast(center, input.dtype) if keepdim else mean(input, dim)


@method
@numpy_names
def var(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: Number | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The variance, of all elements or along dimensions: the squares about the mean over n - 1.

    Args:
        input: floating-point, of any shape.
        dim: the dimension, or several; or `unbiased`. Default: all.
        unbiased: divide by n - 1, and not by n.
        keepdim: leave these dimensions in place, with length 1.
        correction: divide by n less this, whatever `unbiased` says.
        out: the tensor to write the result to.

    Returns:
        The input's shape without these dimensions; a scalar for all.

    Raises:
        RuntimeError: if the elements are not floating-point.
        IndexError: if a dimension is out of range.

    Example:
        >>> x = torch.tensor([1.0, 2.0, 3.0, 6.0])
        >>> torch.var(x), torch.var(x, correction=0)
        (tensor(4.6667), tensor(3.5000))
    """
    result = var_mean(input, dim, unbiased, keepdim, correction=correction)[0]
    return result if out is None else write_out("var", result, out)


@numpy_names
def std_mean(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: Number | None = None,
) -> tuple[Tensor, Tensor]:
    """The standard deviation, as `std`, and the mean.

    Args:
        input: floating-point, of any shape.
        dim: the dimension, or several. Default: all.
        unbiased: divide by n - 1, and not by n.
        keepdim: leave these dimensions in place, with length 1.
        correction: divide by n less this, whatever `unbiased` says.

    Returns:
        Two tensors of the input's shape without these dimensions.

    Raises:
        RuntimeError: if the elements are not floating-point.
        IndexError: if a dimension is out of range.

    Example:
        >>> torch.std_mean(torch.tensor([1.0, 2.0, 3.0]))
        (tensor(1.), tensor(2.))
    """
    require_float(input, "std")
    variance, center = var_mean(widened(input), dim, unbiased, keepdim, correction=correction)
    none = variance == 0
    deviation = where(none, 0.0, sqrt(where(none, 1.0, variance)))
    return cast(deviation, input.dtype), cast(center, input.dtype)


@method
@numpy_names
def std(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: Number | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The standard deviation, of all elements or along dimensions: the square root of `var`.

    Args:
        input: floating-point, of any shape.
        dim: the dimension, or several; or `unbiased`. Default: all.
        unbiased: divide by n - 1, and not by n.
        keepdim: leave these dimensions in place, with length 1.
        correction: divide by n less this, whatever `unbiased` says.
        out: the tensor to write the result to.

    Returns:
        The input's shape without these dimensions; a scalar for all. The gradient of a deviation
        of 0 is 0.

    Raises:
        RuntimeError: if the elements are not floating-point.
        IndexError: if a dimension is out of range.

    Example:
        >>> torch.std(torch.tensor([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]]), dim=1)
        tensor([1., 2.])
    """
    result = std_mean(input, dim, unbiased, keepdim, correction=correction)[0]
    return result if out is None else write_out("std", result, out)


@numpy_names
def softmin(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: dtypes.dtype | None = None
) -> Tensor:
    """softmax(-x): positive, adding up to 1 along a dimension, the smallest element highest.

    Args:
        input: floating-point, of any shape.
        dim: the dimension that adds up to 1. Default: 0 for 0, 1 and 3 dimensions, else 1.
        dtype: a floating-point type to compute in. Default: the input's.

    Returns:
        The input's shape.

    Raises:
        NotImplementedError: if the elements are not floating-point.
        IndexError: if the dimension is out of range.

    Example:
        >>> F.softmin(torch.tensor([0.0, 1000.0]), 0)
        tensor([1., 0.])
    """
    return softmax(-input, dim, dtype)


# orders and extremes -----------------------------------------------------------------


@method
@numpy_names
def argsort(
    input: Tensor,
    dim: int = -1,
    descending: bool = False,
    *,
    stable: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """The indices that sort the elements along a dimension, as `sort` returns them.

    Args:
        input: of any shape.
        dim: the dimension to sort along.
        descending: the largest first.
        stable: accepted; equal elements always keep their order.
        out: the tensor to write the result to.

    Returns:
        int64, of the input's shape.

    Raises:
        IndexError: if the dimension is out of range.

    Example:
        >>> torch.argsort(torch.tensor([3.0, 1.0, 2.0]))
        tensor([1, 2, 0])
    """
    d = dimension(dim, input.ndim, "sort")
    result = record("argsort", sorted_places, (input, None), axis=d, descending=descending)
    return result if out is None else write_out("argsort", result, out)


@method
@numpy_names
def aminmax(
    input: Tensor,
    *,
    dim: int | None = None,
    keepdim: bool = False,
    out: Sequence[Tensor] | None = None,
) -> AminmaxResult:
    """The smallest and the largest element, or along a dimension; equal ones share the gradient.

    Args:
        input: of any shape, with one element at least along the dimension.
        dim: the dimension. Default: all.
        keepdim: leave it in place, with length 1.
        out: two tensors to write the results to.

    Returns:
        The named tuple of `min` and `max`, both of the input's shape without the dimension.

    Raises:
        IndexError: if the dimension is out of range or empty.

    Example:
        >>> low, high = torch.aminmax(torch.tensor([2.0, 1.0, 3.0]))
        >>> low, high
        (tensor(1.), tensor(3.))
    """
    over = () if dim is None else dim
    result = AminmaxResult(amin(input, over, keepdim), amax(input, over, keepdim))
    return write_each("aminmax", result, out)


@method
def msort(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements sorted along the first dimension.

    Args:
        input: of any shape.
        out: the tensor to write the result to.

    Returns:
        The input's shape.

    Example:
        >>> torch.msort(torch.tensor([[3.0, 1.0], [2.0, 4.0]]))
        tensor([[2., 1.],
                [3., 4.]])
    """
    result = sort(input, 0).values
    return result if out is None else write_out("msort", result, out)


@method
@numpy_names
def kthvalue(
    input: Tensor,
    k: int,
    dim: int = -1,
    keepdim: bool = False,
    *,
    out: Sequence[Tensor] | None = None,
) -> KthvalueResult:
    """The k-th smallest element along a dimension, and where it was.

    Args:
        input: of any shape.
        k: counted from 1.
        dim: the dimension to look along.
        keepdim: leave it in place, with length 1.
        out: two tensors to write the results to.

    Returns:
        The named tuple of `values` and `indices` (int64), both of the input's shape without the
        dimension.

    Raises:
        IndexError: if the dimension is out of range.
        RuntimeError: if there are not k elements along it.

    Example:
        >>> torch.kthvalue(torch.tensor([3.0, 1.0, 2.0]), 2).values
        tensor(2.)
    """
    supported("kthvalue_cpu", "iuf", input)
    d = dimension(dim, input.ndim, "kthvalue")
    shape = input.array.shape or (1,)
    message = "kthvalue: selected number k out of range for dimension {}: {}"
    check(1 <= k <= shape[d], message, d, k)
    places = record("kthvalue", _kth_place, (input, None), axis=d, k=k)
    return write_each("kthvalue", values_at(KthvalueResult, input, places, d, keepdim), out)


def _kth_place(array: Array, axis: int, k: int) -> Array:
    """The index of the k-th smallest along an axis, which stays; of a scalar a scalar."""
    places = order_of(np.atleast_1d(array), axis).take([k - 1], axis)
    return places if array.ndim else places.reshape(())


@overload
def median(input: Tensor) -> Tensor: ...
@overload
def median(
    input: Tensor, dim: int, keepdim: bool = False, *, out: Sequence[Tensor] | None = None
) -> MedianResult: ...
@method
@numpy_names
def median(input: Tensor, dim: int | None = None, keepdim: bool = False, *, out: Any = None) -> Any:
    """The lower middle element, also along a dimension (`median(x, dim)`).

    Args:
        input: of any shape; with one element at least along the dimension.
        dim: the dimension. Default: all elements.
        keepdim: leave the dimension in place, with length 1.
        out: along a dimension, two tensors to write the results to.

    Returns:
        A scalar, whose gradient equal elements share evenly, NaN of no elements; along a dimension
        the named tuple of `values` and `indices` (int64), in the input's shape without the
        dimension. NaN wins.

    Raises:
        IndexError: if the dimension is out of range or empty.

    Example:
        >>> x = torch.tensor([[1.0, 5.0, 2.0], [4.0, 3.0, 6.0]])
        >>> x.median()
        tensor(3.)
        >>> x.median(1).values
        tensor([2., 4.])
    """
    supported("median_cpu", "iuf", input)
    if dim is None:
        result = _median_of_all("median", input, False)
        return result if out is None else write_out("median", result, out)
    d = _median_dimension("median", input, dim)
    places = record("median", _median_place, (input, None), axis=d, skip_nan=False)
    return write_each("median", values_at(MedianResult, input, places, d, keepdim), out)


@overload
def nanmedian(input: Tensor) -> Tensor: ...
@overload
def nanmedian(
    input: Tensor, dim: int, keepdim: bool = False, *, out: Sequence[Tensor] | None = None
) -> NanmedianResult: ...
@method
@numpy_names
def nanmedian(
    input: Tensor, dim: int | None = None, keepdim: bool = False, *, out: Any = None
) -> Any:
    """`median` of the elements that are not NaN; NaN where there are none.

    Args:
        input: of any shape; with one element at least along the dimension.
        dim: the dimension. Default: all elements.
        keepdim: leave the dimension in place, with length 1.
        out: along a dimension, two tensors to write the results to.

    Returns:
        A scalar, whose gradient equal elements share evenly; along a dimension the named tuple of
        `values` and `indices` (int64), in the input's shape without the dimension.

    Raises:
        IndexError: if the dimension is out of range or empty.

    Example:
        >>> torch.nanmedian(torch.tensor([1.0, np.nan, 2.0]))
        tensor(1.)
    """
    supported("median_cpu", "iuf", input)
    if dim is None:
        result = _median_of_all("nanmedian", input, True)
        return result if out is None else write_out("nanmedian", result, out)
    d = _median_dimension("nanmedian", input, dim)
    places = record("nanmedian", _median_place, (input, None), axis=d, skip_nan=True)
    return write_each("nanmedian", values_at(NanmedianResult, input, places, d, keepdim), out)


def _median_dimension(name: str, input: Tensor, dim: int) -> int:
    """The dimension, counted from the front, with one element at least."""
    d = dimension(dim, input.ndim, name)
    require_elements(input, dimensions(d, input.ndim, name), name)
    return d


def _median_of_all(name: str, input: Tensor, skip_nan: bool) -> Tensor:
    """The median of the elements as one vector."""
    dims = tuple(range(input.ndim))
    return record(
        name,
        _median_array,
        (input, lambda g, y: share_evenly(g, y, input, dims)),
        output=True,
        skip_nan=skip_nan,
        default=dtypes.default(),
    )


def _median_array(array: Array, skip_nan: bool, default: np.dtype[Any]) -> Any:
    """The lower middle element; NaN of none, in the array's dtype or the default one."""
    row = array.reshape(-1)
    if not row.size:
        return np.full((), np.nan, array.dtype if array.dtype.kind == "f" else default)
    return row[_median_place(row, 0, skip_nan)[0]]


def _median_place(array: Array, axis: int, skip_nan: bool) -> Array:
    """The index of the lower middle element along an axis, which stays; of a scalar a scalar."""
    rows = np.atleast_1d(array)
    order = order_of(rows, axis)
    n = rows.shape[axis]
    count = np.sum(~np.isnan(rows), axis, keepdims=True)
    middle = np.maximum(count - 1, 0) // 2
    if not skip_nan:
        middle = np.where(count < n, count, middle)  # the first NaN is the count-th in order
    places = np.take_along_axis(order, middle, axis)
    return places if array.ndim else places.reshape(())


@method
@numpy_names
def mode(
    input: Tensor, dim: int = -1, keepdim: bool = False, *, out: Sequence[Tensor] | None = None
) -> ModeResult:
    """The most frequent value along a dimension, the smallest of equals, and its last place.

    Args:
        input: of any shape, with one element at least along the dimension.
        dim: the dimension to look along.
        keepdim: leave it in place, with length 1.
        out: two tensors to write the results to.

    Returns:
        The named tuple of `values` and `indices` (int64), both of the input's shape without the
        dimension.

    Raises:
        IndexError: if the dimension is out of range or empty.

    Example:
        >>> torch.mode(torch.tensor([3, 1, 3, 2])).values
        tensor(3)
    """
    d = dimension(dim, input.ndim, "mode")
    require_elements(input, dimensions(d, input.ndim, "mode"), "mode")
    places = record("mode", _mode_place, (input, None), axis=d)
    return write_each("mode", values_at(ModeResult, input, places, d, keepdim), out)


def _mode_place(array: Array, axis: int) -> Array:
    """The last index of the most frequent value along an axis, which stays."""
    places = np.apply_along_axis(_mode_of_row, axis, np.atleast_1d(array))
    return np.expand_dims(places, axis) if array.ndim else places


def _mode_of_row(row: Array) -> Any:
    values, counts = np.unique(row, return_counts=True)
    return np.flatnonzero(row == values[np.argmax(counts)])[-1]


@method
@numpy_names
def cummax(input: Tensor, dim: int, *, out: Sequence[Tensor] | None = None) -> CummaxResult:
    """The largest of all elements up to each, along a dimension, and the last place it was at.

    Args:
        input: of any shape.
        dim: the dimension.
        out: two tensors to write the results to.

    Returns:
        The named tuple of `values` and `indices` (int64), both of the input's shape. NaN wins.

    Raises:
        IndexError: if the dimension is out of range.

    Example:
        >>> torch.cummax(torch.tensor([1.0, 3.0, 2.0]), 0).values
        tensor([1., 3., 3.])
    """
    d = dimension(dim, input.ndim, "cummax")
    places = record("cummax", _cummax_places, (input, None), axis=d)
    return write_each("cummax", values_at(CummaxResult, input, places, d, True), out)


@method
@numpy_names
def cummin(input: Tensor, dim: int, *, out: Sequence[Tensor] | None = None) -> CumminResult:
    """The smallest of all elements up to each, along a dimension, and the last place it was at.

    Args:
        input: of any shape.
        dim: the dimension.
        out: two tensors to write the results to.

    Returns:
        The named tuple of `values` and `indices` (int64), both of the input's shape. NaN wins.

    Raises:
        IndexError: if the dimension is out of range.

    Example:
        >>> torch.cummin(torch.tensor([2.0, 3.0, 1.0]), 0).values
        tensor([2., 2., 1.])
    """
    d = dimension(dim, input.ndim, "cummin")
    places = record("cummin", _cummin_places, (input, None), axis=d)
    return write_each("cummin", values_at(CumminResult, input, places, d, True), out)


def _cummax_places(array: Array, axis: int) -> Array:
    rows = np.atleast_1d(array)
    return _last_places(rows, np.maximum.accumulate(rows, axis), axis).reshape(array.shape)


def _cummin_places(array: Array, axis: int) -> Array:
    rows = np.atleast_1d(array)
    return _last_places(rows, np.minimum.accumulate(rows, axis), axis).reshape(array.shape)


def _last_places(rows: Array, best: Array, axis: int) -> Array:
    """Along an axis, the last index up to each at which the best so far was reached."""
    reached = (rows == best) | np.isnan(rows)
    index = np.arange(rows.shape[axis]).reshape((-1,) + (1,) * (rows.ndim - axis - 1))
    return np.maximum.accumulate(np.where(reached, index, 0), axis)


# quantiles -----------------------------------------------------------------------------


@method
@numpy_names
def quantile(
    input: Tensor,
    q: float | Tensor,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
    out: Tensor | None = None,
) -> Tensor:
    """The q-th quantile of all elements or along a dimension, between the two nearest of them.

    Args:
        input: float32 or float64, of any shape, not empty.
        q: from 0 to 1: a number, or a vector of m of them in the input's dtype.
        dim: the dimension. Default: all.
        keepdim: leave it in place, with length 1.
        interpolation: "linear" (the default), "lower", "higher", "midpoint" or "nearest".
        out: the tensor to write the result to.

    Returns:
        The input's shape without the dimension, behind a dimension of m if q is a vector. NaN if
        an element is NaN.

    Raises:
        RuntimeError: if an argument is none of these.
        IndexError: if the dimension is out of range.

    Example:
        >>> torch.quantile(torch.tensor([1.0, 2.0, 4.0]), 0.75)
        tensor(3.)
    """
    result = _quantile("quantile", input, q, dim, keepdim, interpolation)
    return result if out is None else write_out("quantile", result, out)


@method
@numpy_names
def nanquantile(
    input: Tensor,
    q: float | Tensor,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
    out: Tensor | None = None,
) -> Tensor:
    """`quantile` of the elements that are not NaN; NaN where there are none.

    Args:
        input: float32 or float64, of any shape, not empty.
        q: from 0 to 1: a number, or a vector of m of them in the input's dtype.
        dim: the dimension. Default: all.
        keepdim: leave it in place, with length 1.
        interpolation: "linear" (the default), "lower", "higher", "midpoint" or "nearest".
        out: the tensor to write the result to.

    Returns:
        The input's shape without the dimension, behind a dimension of m if q is a vector.

    Raises:
        RuntimeError: if an argument is none of these.
        IndexError: if the dimension is out of range.

    Example:
        >>> torch.nanquantile(torch.tensor([1.0, np.nan, 2.0]), 0.5)
        tensor(1.5000)
    """
    result = _quantile("nanquantile", input, q, dim, keepdim, interpolation)
    return result if out is None else write_out("nanquantile", result, out)


def _quantile(
    name: str, input: Tensor, q: Any, dim: int | None, keepdim: bool, interpolation: str
) -> Tensor:
    """The quantiles of rows sorted with NaN last, at places between their elements."""
    wide = input.array.dtype in (np.float32, np.float64)
    check(wide, "{}: wanted a float or double input", name)
    known = interpolation in ("linear", "lower", "higher", "midpoint", "nearest")
    check(known, "{}: unknown interpolation {!r}", name, interpolation)
    levels = _quantile_levels(name, q, input)
    d = dimension(0 if dim is None else dim, input.ndim, name)
    one_row = dim is None or not input.ndim
    ordered = sort(reshape(input, -1) if one_row else movedim(input, d, -1)).values
    n = ordered.array.shape[-1]
    check(n, "{}: input tensor must be non-empty", name)
    place = _quantile_place(name, ordered, reshape(levels, -1), interpolation)
    below = floor(place)
    low = gather(ordered, -1, cast(below, dtypes.int64))
    high = gather(ordered, -1, cast(ceil(place), dtypes.int64))
    weight = 0.5 if interpolation == "midpoint" else place - below
    result = movedim(lerp(low, high, weight), -1, 0)
    if keepdim:
        shape = (1,) * input.ndim if one_row else kept_shape(input.array.shape, (d,))
        result = reshape(result, (levels.numel(), *shape))
    return result if levels.ndim else squeeze(result, 0)


def _quantile_levels(name: str, q: Any, input: Tensor) -> Tensor:
    """The levels as a tensor, checked."""
    levels = q if isinstance(q, Tensor) else wrap(np.asarray(q, input.array.dtype))
    fits = levels.dtype is input.dtype and levels.ndim < 2
    check(fits, "{}: q must be a vector of input's dtype", name)
    inside = ((levels.array >= 0) & (levels.array <= 1)).all()
    check(inside, "{}: q values must be in the range [0, 1]", name)
    return levels


def _quantile_place(name: str, ordered: Tensor, levels: Tensor, interpolation: str) -> Tensor:
    """Where each row's quantiles are: places between its elements, counted from 0."""
    n = ordered.array.shape[-1]
    count = sum(logical_not(isnan(ordered)), -1, True)
    if name == "nanquantile":
        place = levels * clamp_min(count - 1, 0)
    else:  # NaN, sorted last, is every quantile of its row
        place = where(count < n, n - 1, levels * (n - 1))
    if interpolation == "lower":
        return floor(place)
    if interpolation == "higher":
        return ceil(place)
    if interpolation == "nearest":
        return round(place)
    return place


# counts --------------------------------------------------------------------------------


@method
@numpy_names
def count_nonzero(input: Tensor, dim: Dims = None) -> Tensor:
    """How many elements are not 0, in all or along dimensions.

    Args:
        input: of any shape.
        dim: the dimension, or several. Default: all.

    Returns:
        int64, in the input's shape without these dimensions.

    Raises:
        IndexError: if a dimension is out of range.

    Example:
        >>> torch.count_nonzero(torch.tensor([0, 1, 2]))
        tensor(2)
    """
    return sum(input != 0, dim)


@method
@numpy_names
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The distinct elements in rising order, or the distinct slices along a dimension.

    Args:
        input: of any shape.
        sorted: accepted; the result is always sorted.
        return_inverse: return too where each element of the input is among the distinct ones.
        return_counts: return too how often each of them occurs.
        dim: compare slices along this dimension. Default: elements.

    Returns:
        The distinct elements, (n,) or with n along the dimension; with them, as asked for, the
        inverse (int64, of the input's shape, or its length along the dimension) and the counts
        (int64, (n,)).

    Example:
        >>> torch.unique(torch.tensor([3, 1, 3]), return_counts=True)
        (tensor([1, 3]), tensor([1, 2]))
    """
    note_read("unique", input)
    found = record_joint(
        "unique", _unique_arrays, (input,), _no_gradients, constant=(0, 1, 2), axis=dim
    )
    return _as_asked(found, return_inverse, return_counts)


def _unique_arrays(array: Array, axis: int | None) -> tuple[Array, Array, Array]:
    values, inverse, counts = np.unique(
        array, return_inverse=True, return_counts=True, axis=axis, equal_nan=False
    )
    return values, inverse.reshape(array.shape if axis is None else -1), counts


def _as_asked(found: tuple[Tensor, ...], return_inverse: bool, return_counts: bool) -> Any:
    """The values alone, or with the inverse and the counts that are wanted."""
    values, inverse, counts = found
    wanted = [values]
    if return_inverse:
        wanted.append(inverse)
    if return_counts:
        wanted.append(counts)
    return tuple(wanted) if len(wanted) > 1 else values


@method
@numpy_names
def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The elements without immediate repetitions, or the slices along a dimension.

    Args:
        input: of any shape.
        return_inverse: return too where each element of the input is among those left.
        return_counts: return too how often each of them is repeated.
        dim: compare slices along this dimension. Default: the elements as one vector.

    Returns:
        The elements left, (n,) or with n along the dimension; with them, as asked for, the inverse
        (int64, of the input's shape, or its length along the dimension) and the counts (int64,
        (n,)).

    Example:
        >>> torch.unique_consecutive(torch.tensor([1, 1, 2, 1]))
        tensor([1, 2, 1])
    """
    note_read("unique_consecutive", input)
    found = record_joint(
        "unique_consecutive",
        _consecutive_arrays,
        (input,),
        _no_gradients,
        constant=(0, 1, 2),
        axis=dim,
    )
    return _as_asked(found, return_inverse, return_counts)


def _consecutive_arrays(array: Array, axis: int | None) -> tuple[Array, Array, Array]:
    rows = array.reshape(-1) if axis is None else np.moveaxis(array, axis, 0)
    new = np.ones(len(rows), bool)
    new[1:] = (rows[1:] != rows[:-1]).any(tuple(range(1, rows.ndim)))
    inverse = np.cumsum(new) - 1
    counts = np.diff(np.flatnonzero(new), append=len(rows))
    if axis is None:
        return rows[new], inverse.reshape(array.shape), counts
    return np.moveaxis(rows[new], 0, axis), inverse, counts


def searchsorted(
    sorted_sequence: Tensor,
    input: Tensor | Number,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Where each value would be inserted into a sorted vector, or into rows of them.

    Args:
        sorted_sequence: (n,), or (..., n) with the input's other dimensions.
        input: the values, a number or of any shape; (..., m) for rows.
        out_int32: give int32, and not int64.
        right: behind equal elements, and not before them.
        side: "right" or "left", as `right` says.
        sorter: the indices that sort the sequence, of its shape, if it is not sorted.
        out: the tensor to write the result to.

    Returns:
        int64, of the input's shape.

    Raises:
        RuntimeError: if `side` is unknown or contradicts `right`, or if the shapes do not fit.

    Example:
        >>> torch.searchsorted(torch.tensor([1.0, 2.0, 4.0]), torch.tensor([0.0, 2.0, 3.0]))
        tensor([0, 1, 2])
    """
    values = input if isinstance(input, Tensor) else wrap(np.asarray(input))
    known = side in (None, "left", "right")
    check(known, "searchsorted: side must be 'left' or 'right', got {}", side)
    agree = not (right and side == "left")
    check(agree, "searchsorted: side and right can't be set to opposites")
    rows = sorted_sequence if sorter is None else take_along_dim(sorted_sequence, sorter, -1)
    shape = rows.array.shape
    fits = len(shape) == 1 or (shape and shape[:-1] == values.array.shape[:-1])
    message = "searchsorted: boundaries {} and input {} must agree in all but the last"
    check(fits, message, shape, values.array.shape)
    result = record(
        "searchsorted",
        _insertion_places,
        (rows, None),
        (values, None),
        side=side or ("right" if right else "left"),
        dtype=np.dtype(np.int32 if out_int32 else np.int64),
    )
    return result if out is None else write_out("searchsorted", result, out)


def _insertion_places(rows: Array, values: Array, side: Any, dtype: np.dtype[Any]) -> Array:
    if rows.ndim == 1:
        return np.asarray(np.searchsorted(rows, values, side)).astype(dtype)
    found = np.empty(values.shape, dtype)
    for place in np.ndindex(rows.shape[:-1]):
        found[place] = np.searchsorted(rows[place], values[place], side)
    return found


def bucketize(
    input: Tensor | Number,
    boundaries: Tensor,
    *,
    out_int32: bool = False,
    right: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """The number of the bucket, between sorted boundaries, that each value falls into.

    Args:
        input: the values, a number or of any shape.
        boundaries: (n,), sorted.
        out_int32: give int32, and not int64.
        right: a value equal to a boundary falls behind it, and not before it.
        out: the tensor to write the result to.

    Returns:
        int64 from 0 to n, of the input's shape.

    Raises:
        RuntimeError: if the boundaries are not a vector.

    Example:
        >>> torch.bucketize(torch.tensor([0.5, 1.5, 9.0]), torch.tensor([1.0, 2.0]))
        tensor([0, 1, 2])
    """
    message = "bucketize: boundaries must have 1 dimension, got {}"
    check(boundaries.ndim == 1, message, boundaries.ndim)
    return searchsorted(boundaries, input, right=right, out_int32=out_int32, out=out)


@method
def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each non-negative integer occurs, or the sum of its weights.

    Args:
        input: integers, (n,).
        weights: (n,), what each counts. Default: 1.
        minlength: the least length of the result.

    Returns:
        int64, or float64 with weights: one for each integer from 0 to the largest.

    Raises:
        RuntimeError: if the input is not a vector of non-negative integers.

    Example:
        >>> torch.bincount(torch.tensor([0, 2, 2]))
        tensor([1, 0, 2])
    """
    note_read("bincount", input)
    edges = [(x, None) for x in (input, weights) if x is not None]
    return record("bincount", _bincount_array, *edges, minlength=minlength)


def _bincount_array(array: Array, weights: Array | None = None, *, minlength: int) -> Array:
    fits = array.dtype.kind in "iu" and array.ndim == 1 and not (array < 0).any()
    check(fits, "bincount only supports 1-d non-negative integral inputs.")
    return np.bincount(array, weights, minlength)


@method
def histc(
    input: Tensor, bins: int = 100, min: float = 0, max: float = 0, *, out: Tensor | None = None
) -> Tensor:
    """How many elements fall into each of equal bins; those outside count nowhere.

    Args:
        input: of any shape.
        bins: how many.
        min: where the first bin begins.
        max: where the last one ends; with both 0 they are the smallest and the largest element.
        out: the tensor to write the result to.

    Returns:
        (bins,), in the input's dtype.

    Example:
        >>> torch.histc(torch.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)
        tensor([0., 2., 1., 0.])
    """
    result = record("histc", _histc_array, (input, None), bins=bins, low=min, high=max)
    return result if out is None else write_out("histc", result, out)


def _histc_array(array: Array, bins: int, low: float, high: float) -> Array:
    if low == high == 0:
        low = array.min()
        high = array.max()
    if low == high:
        low -= 1
        high += 1
    return np.histogram(array, bins, (low, high))[0].astype(array.dtype)


@method
def histogram(
    input: Tensor,
    bins: int | Tensor = 100,
    *,
    range: Sequence[float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
    out: Sequence[Tensor] | None = None,
) -> HistogramResult:
    """How many elements fall into each bin, and the bins' edges.

    Args:
        input: floating-point, of any shape.
        bins: how many equal bins, or their edges, (n + 1,).
        range: where the first bin begins and the last one ends. Default: the smallest and the
            largest element.
        weight: what each element counts, of the input's shape. Default: 1.
        density: divide by the sum and by each bin's width, so that the area is 1.
        out: two tensors to write the results to.

    Returns:
        The named tuple of `hist`, (n,), and `bin_edges`, (n + 1,), in the input's dtype.

    Example:
        >>> torch.histogram(torch.tensor([1.0, 2.0, 1.0]), bins=2, range=(0.0, 3.0)).hist
        tensor([2., 1.])
    """
    edges = bins if isinstance(bins, Tensor) else None
    inputs = [x for x in (input, edges, weight) if x is not None]
    found = record_joint(
        "histogram",
        _histogram_arrays,
        inputs,
        _no_gradients,
        constant=(0, 1),
        bins=None if edges is not None else bins,
        span=None if range is None else tuple(range),
        density=density,
    )
    return write_each("histogram", HistogramResult(*found), out)


def _histogram_arrays(array: Array, *others: Array, bins: Any, span: Any, density: bool) -> Any:
    """The counts and the edges; the others are the edges, if `bins` is None, and the weights."""
    rest = list(others)
    edges = rest.pop(0) if bins is None else bins
    weights = rest[0].ravel() if rest else None
    found = np.histogram(array.ravel(), edges, span, density, weights)
    return [each.astype(array.dtype) for each in found]


# differences and areas -----------------------------------------------------------------


def _neighbours(x: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    """All but the last along a dimension, and all but the first."""
    n = x.size(dim)
    rest = max(n - 1, 0)
    return narrow(x, dim, 0, rest), narrow(x, dim, min(1, n), rest)


@method
@numpy_names
def diff(
    input: Tensor,
    n: int = 1,
    dim: int = -1,
    prepend: Tensor | None = None,
    append: Tensor | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The differences of neighbours along a dimension, n times over.

    Args:
        input: of one dimension or more.
        n: how often.
        dim: the dimension.
        prepend: put before the input along the dimension first.
        append: put behind the input along the dimension first.
        out: the tensor to write the result to.

    Returns:
        The input's shape, shorter by n along the dimension. Of bools whether neighbours differ.

    Raises:
        RuntimeError: if the input is a scalar, or n is negative.

    Example:
        >>> torch.diff(torch.tensor([1.0, 4.0, 9.0]))
        tensor([3., 5.])
    """
    check(input.ndim, "diff expects input to be at least one-dimensional")
    check(n >= 0, "diff: order must be non-negative but got {}", n)
    if n:
        x = cat([each for each in (prepend, input, append) if each is not None], dim)
    else:
        x = copy_tensor(input)
    for _ in range(n):
        before, after = _neighbours(x, dim)
        x = bitwise_xor(after, before) if x.array.dtype.kind == "b" else after - before
    return x if out is None else write_out("diff", x, out)


def _areas(y: Tensor, x: Tensor | None, dx: Number, dim: int) -> Tensor:
    """Twice the area under each line between neighbours."""
    before, after = _neighbours(y, dim)
    if x is None:
        return (before + after) * dx
    if x.ndim > 1:
        return (before + after) * diff(x, dim=dim)
    d = dimension(dim, y.ndim, "trapezoid")
    return (before + after) * reshape(diff(x), (-1,) + (1,) * (y.ndim - d - 1))


@numpy_names
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Number = 1, dim: int = -1) -> Tensor:
    """The integral of samples along a dimension by the trapezoid rule.

    Args:
        y: the samples, of one dimension or more.
        x: where they were taken: (n,), or of a shape that broadcasts with y's. Default: evenly.
        dx: the distance of samples, where x is not given.
        dim: the dimension.

    Returns:
        The shape of y without the dimension.

    Raises:
        IndexError: if the dimension is out of range.

    Example:
        >>> torch.trapezoid(torch.tensor([1.0, 2.0, 3.0]))
        tensor(4.)
    """
    return sum(_areas(y, x, dx, dim), dim) / 2


trapz = trapezoid


@numpy_names
def cumulative_trapezoid(
    y: Tensor, x: Tensor | None = None, *, dx: Number = 1, dim: int = -1
) -> Tensor:
    """The integral up to each sample but the first, by the trapezoid rule.

    Args:
        y: the samples, of one dimension or more.
        x: where they were taken: (n,), or of a shape that broadcasts with y's. Default: evenly.
        dx: the distance of samples, where x is not given.
        dim: the dimension.

    Returns:
        The shape of y, shorter by 1 along the dimension.

    Raises:
        IndexError: if the dimension is out of range.

    Example:
        >>> torch.cumulative_trapezoid(torch.tensor([1.0, 2.0, 3.0]))
        tensor([1.5000, 4.0000])
    """
    return cumsum(_areas(y, x, dx, dim), dim) / 2


@method
@numpy_names
def gradient(
    input: Tensor,
    *,
    spacing: Number | Tensor | Sequence[Number | Tensor] | None = 1,
    dim: Dims = None,
    edge_order: int = 1,
) -> tuple[Tensor, ...]:
    """The slope at each sample along dimensions, by differences of second order.

    Args:
        input: the samples, of any shape.
        spacing: their distance; or one for each dimension; or for each a vector of coordinates.
        dim: the dimension, or several. Default: all.
        edge_order: the order of the differences at both ends, 1 or 2.

    Returns:
        For each dimension a tensor of the input's shape.

    Raises:
        RuntimeError: if there are not `edge_order` + 1 samples along a dimension, or the spacings
            are not as many as the dimensions.
        IndexError: if a dimension is out of range.

    Example:
        >>> torch.gradient(torch.tensor([1.0, 2.0, 4.0]))
        (tensor([1.0000, 1.5000, 2.0000]),)
    """
    check(edge_order in (1, 2), "gradient: edge_order must be 1 or 2, got {}", edge_order)
    dims = dimensions(dim, input.ndim, "gradient")
    if isinstance(spacing, list | tuple):
        steps = list(spacing)
    else:
        steps = [1 if spacing is None else spacing] * len(dims)
    fits = len(steps) == len(dims)
    check(fits, "gradient: wanted {} spacings, got {}", len(dims), len(steps))
    return tuple(_slopes(input, step, d, edge_order) for step, d in zip(steps, dims, strict=True))


def _slopes(x: Tensor, step: Any, d: int, edge_order: int) -> Tensor:
    """The slopes along one dimension."""
    n = x.array.shape[d]
    message = "gradient: each dimension size should be at least edge_order + 1, got {}"
    check(n > edge_order, message, n)
    if isinstance(step, Tensor) and step.ndim:
        widths = diff(step)
    else:
        widths = expand(reshape(cast(floating(step), floating(x).dtype), 1), n - 1)
    gaps = reshape(widths, (-1,) + (1,) * (x.ndim - d - 1))
    slopes = diff(x, dim=d) / gaps
    before, after = _neighbours(slopes, d)
    left, right = _neighbours(gaps, 0)
    # the slope of the parabola through three samples
    inner = (before * right + after * left) / (left + right)
    first = narrow(slopes, d, 0, 1)
    last = narrow(slopes, d, n - 2, 1)
    if edge_order == 2:
        first = first * 2 - narrow(inner, d, 0, 1)
        last = last * 2 - narrow(inner, d, n - 3, 1)
    return cat([first, inner, last], d)


# how variables vary together -----------------------------------------------------------


@method
def cov(
    input: Tensor,
    *,
    correction: int = 1,
    fweights: Tensor | None = None,
    aweights: Tensor | None = None,
) -> Tensor:
    """The covariance matrix of variables in rows, observations in columns.

    Args:
        input: (k, n), or (n,) for one variable.
        correction: divide by n less this.
        fweights: how often each observation counts, integers, (n,).
        aweights: how much each observation weighs, floating-point, (n,).

    Returns:
        (k, k); a scalar for one variable.

    Raises:
        RuntimeError: if the shapes or dtypes are others, or a weight is negative.

    Example:
        >>> torch.cov(torch.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]))
        tensor([[ 1., -1.],
                [-1.,  1.]])
    """
    message = "cov(): expected input to have two or fewer dimensions but got {}"
    check(input.ndim < 3, message, input.ndim)
    rows = floating(reshape(input, 1, -1) if input.ndim < 2 else input)
    n = rows.array.shape[1]
    _check_weights("fweights", fweights, "iu", n)
    _check_weights("aweights", aweights, "f", n)
    if fweights is not None and aweights is not None:
        weights = fweights * aweights
    elif fweights is not None:
        weights = fweights
    elif aweights is not None:
        weights = aweights
    else:
        weights = floating(1.0)
    counted = fweights is not None or aweights is not None
    total = sum(weights) if counted else floating(float(n))
    distance = rows - sum(rows * weights, 1, True) / total
    lost: Any = correction
    if aweights is not None:
        lost = sum(weights * aweights) * correction / total
    products = matmul(distance * weights, transpose(distance, -2, -1))
    return squeeze(products / clamp_min(total - lost, 0))


def _check_weights(name: str, weights: Tensor | None, kinds: str, n: int) -> None:
    """RuntimeError unless weights are n, of one of NumPy's kinds, and none negative."""
    if weights is None:
        return
    fits = weights.ndim < 2 and weights.numel() == n
    message = "cov(): expected {} for {} observations, got {}"
    check(fits, message, name, n, weights.shape)
    fits = weights.array.dtype.kind in kinds
    check(fits, "cov(): expected {} to have another dtype than {}", name, weights.dtype)
    check((weights.array >= 0).all(), "cov(): {} cannot be negative", name)


@method
def corrcoef(input: Tensor) -> Tensor:
    """Pearson's correlation coefficients of variables in rows, observations in columns.

    Args:
        input: (k, n), or (n,) for one variable.

    Returns:
        (k, k), from -1 to 1; a scalar for one variable.

    Raises:
        RuntimeError: if the input has more than two dimensions.

    Example:
        >>> torch.corrcoef(torch.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]))
        tensor([[ 1., -1.],
                [-1.,  1.]])
    """
    c = cov(input)
    if not c.ndim:
        return c / c
    scale = sqrt(diagonal(c))
    return c / unsqueeze(scale, 0) / unsqueeze(scale, 1)
