"""Tensors made of numbers, of arrays, or of nothing but a shape."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_mnist.core import device as devices
from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.device import require_cpu
from tinygrad_mnist.core.dtypes import TOO_LONG, fits, refuse_overflow, refuse_wide
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import write_out
from tinygrad_mnist.core.record import record
from tinygrad_mnist.core.state import state
from tinygrad_mnist.core.surface import method
from tinygrad_mnist.core.tensor import Array, Tensor, as_array, note_read, wrap
from tinygrad_mnist.ops.arguments import cast
from tinygrad_mnist.ops.arguments import size as shape_of

__all__ = [
    "arange",
    "as_tensor",
    "asarray",
    "empty",
    "empty_like",
    "eye",
    "from_numpy",
    "full",
    "full_like",
    "linspace",
    "logspace",
    "ones",
    "ones_like",
    "range",
    "scalar_tensor",
    "tensor",
    "tril_indices",
    "triu_indices",
    "zeros",
    "zeros_like",
]

Number = int | float | bool
DtypeLike = dtypes.dtype | np.dtype[Any] | type[Any]
DeviceLike = devices.device | str | int
NumpyDtype = np.dtype[Any]


# what the functions of this file, and of `random`, share -------------------------------------


def finish(
    name: str,
    result: Tensor,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """A new tensor as the caller wants it: perhaps recorded, perhaps written into `out`."""
    require_cpu(device)
    if requires_grad:
        result.requires_grad = True
    if out is not None:
        return write_out(name, result, out)
    return result


def wanted_dtype(dtype: DtypeLike | None, out: Tensor | None, default: NumpyDtype | None) -> Any:
    """The dtype that the caller named, else the one of `out`, else the default."""
    if dtype is not None:
        return dtypes.resolve(dtype)
    if out is not None:
        return out.array.dtype
    return default


def wanted_shape(
    name: str, sizes: tuple[Any, ...], size: Sequence[int] | None = None
) -> tuple[int, ...]:
    """The shape given as `f(2, 3)`, `f((2, 3))` or `f(size=(2, 3))`.

    Raises:
        RuntimeError: if a length is negative.
    """
    shape = shape_of(sizes if size is None else (size,))
    message = "{}: Dimension size must be non-negative, got {}"
    check(min(shape, default=0) >= 0, message, name, shape)
    return shape


def _refuse_overflows(data: Any, dtype: NumpyDtype | None) -> None:
    """`refuse_overflow` for all numbers among nested sequences, in the words of `tensor`."""
    if isinstance(data, np.generic):
        data = data.item()
    if not isinstance(data, int | float | list | tuple):
        return
    for each in _extremes(data):
        if isinstance(each, int) and not -(2**63) <= each < 2**63:
            raise ValueError(TOO_LONG)
        if dtype is not None and not fits(each, dtype):
            raise RuntimeError(f"value cannot be converted to type {dtype.name} without overflow")


def _extremes(data: Any) -> list[Any]:
    """The least and the largest number among nested sequences, or NaN; none of other things."""
    if isinstance(data, int | float):
        return [data]
    if any(isinstance(each, Tensor | np.ndarray) for each in data):
        return []
    try:
        array = np.asarray(data)
    except ValueError:
        return []  # ragged: refused elsewhere
    if array.size == 0 or array.dtype.kind not in "iufO":
        return []
    if array.dtype.kind == "O":
        flat = [each for each in array.reshape(-1) if isinstance(each, int | float)]
        return flat if len(flat) == array.size else []
    return [array.min().item(), array.max().item()]


# of data -------------------------------------------------------------------------------------


def tensor(
    data: Any,
    *,
    dtype: DtypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Make a new tensor of the numbers in `data`, copied.

    Args:
        data: a number, nested sequences of equal lengths, an array, or a tensor, of whose history
            nothing is kept.
        dtype: of the elements. Default: `get_default_dtype()` for Python's floats, int64 for its
            integers,
            bool for its bools, an array's own.
        device: where the tensor is to be: the CPU, or None for it.
        requires_grad: whether operations on the tensor are recorded.
        pin_memory: accepted without effect.

    Returns:
        A tensor of the shape of the data.

    Raises:
        ValueError: if the sequences have unequal lengths.
        TypeError: if the data are no numbers.

    Example:
        >>> torch.tensor([[1, 2], [3, 4]])
        tensor([[1, 2],
                [3, 4]])
        >>> torch.tensor(2.5, requires_grad=True)
        tensor(2.5000, requires_grad=True)
    """
    wanted = wanted_dtype(dtype, None, None)
    if isinstance(data, Tensor):
        result = record("tensor", copy_of, (data, None), dtype=wanted)
    else:
        result = wrap(np.array(_read(data, wanted)))
    return finish("tensor", result, device, requires_grad)


def copy_of(array: Array, dtype: NumpyDtype | None) -> Array:
    """The elements in memory of their own, of a dtype or of the one that they have."""
    with np.errstate(invalid="ignore"):
        return np.array(array, dtype)


def _read(data: Any, dtype: NumpyDtype | None) -> Array:
    """The array of the data; TypeError where its dtype is none of ours."""
    if state.tracer is not None:
        note_read("tensor", *_tensors_in(data))
    if dtype is not None and dtype.kind in "iu":
        _refuse_overflows(data, dtype)
    try:
        array = as_array(data, dtype)
    except TypeError:
        array = _of_long_integers(data, dtype)
    if array.dtype == np.uint64:
        _refuse_overflows(data, None)
    dtypes.of(array.dtype)
    return array


def _of_long_integers(data: Any, dtype: NumpyDtype | None) -> Array:
    """The array of numbers some of which no integer dtype holds; ValueError unless it is of
    floats or bools.
    """
    numbers = _extremes(data)
    if dtype is None and any(isinstance(each, float) for each in numbers):
        dtype = dtypes.default()
    if dtype is None or dtype.kind in "iu" or not numbers:
        _refuse_overflows(data, None)
        return as_array(data, dtype)  # which says what is wrong with it
    return np.array(data, np.float64).astype(dtype)


def _tensors_in(data: Any) -> list[Tensor]:
    """The tensors among nested sequences."""
    if isinstance(data, Tensor):
        return [data]
    if not isinstance(data, list | tuple):
        return []
    found = []
    for each in data:
        found += _tensors_in(each)
    return found


def as_tensor(
    data: Any, dtype: DtypeLike | None = None, device: DeviceLike | None = None
) -> Tensor:
    """Make a tensor of the data that shares its memory where type and dtype allow.

    Args:
        data: as for `tensor`; a tensor of the dtype is returned as it is, an array's memory is
            shared.
        dtype: of the elements. Default: as for `tensor`.
        device: where the tensor is to be: the CPU, or None for it.

    Returns:
        A tensor of the shape of the data.

    Example:
        >>> array = np.zeros(2)
        >>> shared = torch.as_tensor(array)
        >>> array[0] = 1
        >>> shared
        tensor([1., 0.], dtype=torch.float64)
    """
    require_cpu(device)
    wanted = wanted_dtype(dtype, None, None)
    if not isinstance(data, Tensor):
        return wrap(_read(data, wanted))
    if wanted is None:
        return data
    return cast(data, wanted)


def asarray(
    obj: Any,
    *,
    dtype: DtypeLike | None = None,
    device: DeviceLike | None = None,
    copy: bool | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Make a tensor of an object, in its memory where that can be.

    Args:
        obj: a tensor, an array, a number, or nested sequences of numbers.
        dtype: of the elements. Default: as for `tensor`.
        device: where the tensor is to be: the CPU, or None for it.
        copy: True for memory of its own; False to refuse where that is needed. Default: only where
            it is needed.
        requires_grad: whether the tensor gets a gradient; False also cuts off a tensor's history.

    Returns:
        A tensor of the shape of the object.

    Raises:
        ValueError: if `copy` is False and the memory cannot be shared.

    Example:
        >>> array = np.zeros(2, np.float32)
        >>> shared = torch.asarray(array)
        >>> array[0] = 1
        >>> shared
        tensor([1., 0.])
    """
    made = as_tensor(obj, dtype, device)
    given = getattr(obj, "array", obj)
    shares = isinstance(given, np.ndarray) and np.may_share_memory(given, made.array)
    message = "asarray: can't alias the memory of {}; wanted copy=None or True"
    check(copy is not False or shares, message, type(obj).__name__, error=ValueError)
    if copy and shares:
        made = made.clone()
    if not requires_grad and made.requires_grad:
        return made.detach()
    if requires_grad and not made.requires_grad:
        made = made.detach() if made is obj else made
        made.requires_grad = True
    return made


def from_numpy(ndarray: Array) -> Tensor:
    """Make a tensor over the memory of a NumPy array: writes to one are seen in the other.

    Args:
        ndarray: of a dtype that tensors have.

    Returns:
        A tensor of the array's shape and dtype.

    Raises:
        TypeError: if it is no array, or of strings, complex numbers or objects.

    Example:
        >>> torch.from_numpy(np.array([1, 2]))
        tensor([1, 2])
    """
    message = "from_numpy: expected np.ndarray (got {})"
    check(isinstance(ndarray, np.ndarray), message, type(ndarray), error=TypeError)
    dtypes.of(ndarray.dtype)
    return wrap(ndarray)


def scalar_tensor(
    s: Number,
    *,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Make a tensor without dimensions of one number.

    Args:
        s: the number.
        dtype: of the elements. Default: `get_default_dtype()`.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of shape ().

    Example:
        >>> torch.scalar_tensor(3)
        tensor(3.)
    """
    wanted = wanted_dtype(dtype, None, dtypes.default())
    refuse_wide(s, wanted)
    return tensor(s, dtype=wanted, device=device, requires_grad=requires_grad)


# of a shape ----------------------------------------------------------------------------------


def zeros(
    *sizes: int | Sequence[int],
    size: Sequence[int] | None = None,
    out: Tensor | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Make a tensor of zeros.

    Args:
        sizes: the shape, as numbers or as one sequence.
        size: the shape, as a keyword.
        out: the tensor to write the result to.
        dtype: of the elements. Default: `get_default_dtype()`.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of that shape.

    Raises:
        RuntimeError: if a length is negative.

    Example:
        >>> torch.zeros(2, 3)
        tensor([[0., 0., 0.],
                [0., 0., 0.]])
    """
    shape = wanted_shape("zeros", sizes, size)
    array = np.zeros(shape, wanted_dtype(dtype, out, dtypes.default()))
    return finish("zeros", wrap(array), device, requires_grad, out)


def ones(
    *sizes: int | Sequence[int],
    size: Sequence[int] | None = None,
    out: Tensor | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Make a tensor of ones.

    Args:
        sizes: the shape, as numbers or as one sequence.
        size: the shape, as a keyword.
        out: the tensor to write the result to.
        dtype: of the elements. Default: `get_default_dtype()`.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of that shape.

    Raises:
        RuntimeError: if a length is negative.

    Example:
        >>> torch.ones(2, dtype=torch.int64)
        tensor([1, 1])
    """
    shape = wanted_shape("ones", sizes, size)
    array = np.ones(shape, wanted_dtype(dtype, out, dtypes.default()))
    return finish("ones", wrap(array), device, requires_grad, out)


def empty(
    *sizes: int | Sequence[int],
    size: Sequence[int] | None = None,
    out: Tensor | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Make a tensor whose elements are yet to be set; they are zeros until then.

    Args:
        sizes: the shape, as numbers or as one sequence.
        size: the shape, as a keyword.
        out: the tensor to write the result to.
        dtype: of the elements. Default: `get_default_dtype()`.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.
        memory_format: accepted without effect.

    Returns:
        A tensor of that shape.

    Raises:
        RuntimeError: if a length is negative.

    Example:
        >>> torch.empty(2, 3).shape
        torch.Size([2, 3])
    """
    shape = wanted_shape("empty", sizes, size)
    array = np.zeros(shape, wanted_dtype(dtype, out, dtypes.default()))
    return finish("empty", wrap(array), device, requires_grad, out)


def full(
    size: int | Sequence[int],
    fill_value: Number | Tensor,
    *,
    out: Tensor | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Make a tensor that holds one number throughout.

    Args:
        size: the shape.
        fill_value: the number, or a tensor of one element.
        out: the tensor to write the result to.
        dtype: of the elements. Default: what `tensor` would make of the number.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of that shape.

    Example:
        >>> torch.full((2, 2), 7)
        tensor([[7, 7],
                [7, 7]])
    """
    number = fill_value.item() if isinstance(fill_value, Tensor) else fill_value
    wanted = wanted_dtype(dtype, out, None)
    if wanted is None and isinstance(number, float):
        wanted = dtypes.default()
    refuse_overflow(number, np.dtype(np.int64) if wanted is None else wanted)
    value = _read(number, wanted)
    array = np.full(shape_of((size,)), value, value.dtype)
    return finish("full", wrap(array), device, requires_grad, out)


def zeros_like(
    input: Tensor,
    *,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Make a tensor of zeros in the shape of another tensor.

    Args:
        input: whose shape and dtype are taken.
        dtype: of the elements. Default: the input's.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.
        memory_format: accepted without effect.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.zeros_like(torch.tensor([1, 2]))
        tensor([0, 0])
    """
    array = np.zeros(input.array.shape, wanted_dtype(dtype, None, input.array.dtype))
    return finish("zeros_like", wrap(array), device, requires_grad)


def ones_like(
    input: Tensor,
    *,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Make a tensor of ones in the shape of another tensor.

    Args:
        input: whose shape and dtype are taken.
        dtype: of the elements. Default: the input's.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.
        memory_format: accepted without effect.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.ones_like(torch.tensor([0.5, 2.5]))
        tensor([1., 1.])
    """
    array = np.ones(input.array.shape, wanted_dtype(dtype, None, input.array.dtype))
    return finish("ones_like", wrap(array), device, requires_grad)


def empty_like(
    input: Tensor,
    *,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Make a tensor in the shape of another, of elements yet to be set: zeros until then.

    Args:
        input: whose shape and dtype are taken.
        dtype: of the elements. Default: the input's.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.
        memory_format: accepted without effect.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.empty_like(torch.ones(2, 3)).shape
        torch.Size([2, 3])
    """
    array = np.zeros(input.array.shape, wanted_dtype(dtype, None, input.array.dtype))
    return finish("empty_like", wrap(array), device, requires_grad)


def full_like(
    input: Tensor,
    fill_value: Number | Tensor,
    *,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Make a tensor that holds one number throughout, in the shape of another tensor.

    Args:
        input: whose shape and dtype are taken.
        fill_value: the number, or a tensor of one element.
        dtype: of the elements. Default: the input's.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.
        memory_format: accepted without effect.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.full_like(torch.ones(2), 0.5)
        tensor([0.5000, 0.5000])
    """
    return full(
        input.array.shape,
        fill_value,
        dtype=dtype or input.dtype,
        device=device,
        requires_grad=requires_grad,
    )


def eye(
    n: int,
    m: int | None = None,
    *,
    out: Tensor | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Make a matrix with ones on its diagonal and zeros elsewhere.

    Args:
        n: the number of rows.
        m: the number of columns. Default: n.
        out: the tensor to write the result to.
        dtype: of the elements. Default: `get_default_dtype()`.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of shape (n, m).

    Raises:
        RuntimeError: if n or m is negative.

    Example:
        >>> torch.eye(2)
        tensor([[1., 0.],
                [0., 1.]])
    """
    message = "eye: n and m must be greater or equal to 0, got {} and {}"
    check(n >= 0 and (m is None or m >= 0), message, n, m)
    array = np.eye(n, m, dtype=wanted_dtype(dtype, out, dtypes.default()))
    return finish("eye", wrap(array), device, requires_grad, out)


def tril_indices(
    row: int,
    col: int,
    offset: int = 0,
    *,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Make the indices of the lower triangle of a matrix.

    Args:
        row: the number of rows.
        col: the number of columns.
        offset: the diagonal up to which the triangle reaches, counted from the main one to the
            right.
        dtype: of the elements. Default: int64.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of shape (2, n): the rows and the columns of the n elements.

    Example:
        >>> torch.tril_indices(2, 2)
        tensor([[0, 1, 1],
                [0, 0, 1]])
    """
    array = np.stack(np.tril_indices(row, offset, col))
    wanted = wanted_dtype(dtype, None, dtypes.int64.dtype)
    return finish("tril_indices", wrap(array.astype(wanted)), device, requires_grad)


def triu_indices(
    row: int,
    col: int,
    offset: int = 0,
    *,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Make the indices of the upper triangle of a matrix.

    Args:
        row: the number of rows.
        col: the number of columns.
        offset: the diagonal from which on the triangle reaches, counted from the main one to the
            right.
        dtype: of the elements. Default: int64.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of shape (2, n): the rows and the columns of the n elements.

    Example:
        >>> torch.triu_indices(2, 2)
        tensor([[0, 0, 1],
                [0, 1, 1]])
    """
    array = np.stack(np.triu_indices(row, offset, col))
    wanted = wanted_dtype(dtype, None, dtypes.int64.dtype)
    return finish("triu_indices", wrap(array.astype(wanted)), device, requires_grad)


# ranges --------------------------------------------------------------------------------------


def arange(
    start: Number | Tensor | None = None,
    end: Number | Tensor | None = None,
    step: Number | Tensor = 1,
    *,
    out: Tensor | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Make the numbers from `start` up to, without, `end`, `step` apart.

    Args:
        start: the first number; given alone, it is the end, and the first is 0.
        end: where the numbers end: it is not among them.
        step: from one number to the next.
        out: the tensor to write the result to.
        dtype: of the elements. Default: int64, or `get_default_dtype()` if one of the three is a
            float.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of shape (ceil((end - start) / step),).

    Raises:
        RuntimeError: if the step is 0, or leads away from the end.

    Example:
        >>> torch.arange(3)
        tensor([0, 1, 2])
        >>> torch.arange(1, 2, 0.25)
        tensor([1.0000, 1.2500, 1.5000, 1.7500])
    """
    check(start is not None or end is not None, "arange: wanted an end", error=TypeError)
    if end is None:
        end = start
        start = None
    if start is None:
        start = 0
    first, last, width = _numbers("arange", start, end, step)
    default = dtypes.int64.dtype
    if any(isinstance(each, float) for each in (first, last, width)):
        default = dtypes.default()
    wanted = wanted_dtype(dtype, out, default)
    _refuse_bool("arange", wanted)
    if math.isfinite(first) and math.isfinite(last):
        _refuse_long(wanted, first, last, width)
    if wanted == np.int64 and math.isfinite(first) and math.isfinite(last):
        first = int(first)
        last = int(last)
        check(not width or int(width), "arange: step must be nonzero", error=ValueError)
        width = int(width)
    array = _spaced(first, last, width, wanted, math.ceil)
    return finish("arange", wrap(array), device, requires_grad, out)


def range(
    start: Number,
    end: Number,
    step: Number = 1,
    *,
    out: Tensor | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Make the numbers from `start` to `end`, both included, `step` apart.

    Args:
        start: the first number.
        end: the last number, if the steps meet it.
        step: from one number to the next.
        out: the tensor to write the result to.
        dtype: of the elements. Default: `get_default_dtype()`.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of shape (floor((end - start) / step) + 1,).

    Raises:
        RuntimeError: if the step is 0, or leads away from the end.

    Example:
        >>> torch.range(1, 3)
        tensor([1., 2., 3.])
    """
    wanted = wanted_dtype(dtype, out, dtypes.default())
    array = _spaced(start, end, step, wanted, _floor_and_one)
    return finish("range", wrap(array), device, requires_grad, out)


def linspace(
    start: Number | Tensor,
    end: Number | Tensor,
    steps: int,
    *,
    out: Tensor | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Make `steps` numbers, evenly spaced, from `start` to `end`, both included.

    Args:
        start: the first number.
        end: the last number.
        steps: how many there are.
        out: the tensor to write the result to.
        dtype: of the elements. Default: `get_default_dtype()`.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of shape (steps,).

    Raises:
        RuntimeError: if `steps` is negative.

    Example:
        >>> torch.linspace(0, 1, 5)
        tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    wanted = wanted_dtype(dtype, out, dtypes.default())
    array = _even("linspace", start, end, steps, wanted).astype(wanted)
    return finish("linspace", wrap(array), device, requires_grad, out)


def logspace(
    start: Number | Tensor,
    end: Number | Tensor,
    steps: int,
    base: float = 10.0,
    *,
    out: Tensor | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Make `base` to the powers that `linspace` gives.

    Args:
        start: the first exponent.
        end: the last exponent.
        steps: how many numbers there are.
        base: what is raised to the powers.
        out: the tensor to write the result to.
        dtype: of the elements. Default: `get_default_dtype()`.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of shape (steps,).

    Raises:
        RuntimeError: if `steps` is negative.

    Example:
        >>> torch.logspace(0, 2, 3)
        tensor([  1.,  10., 100.])
    """
    wanted = wanted_dtype(dtype, out, dtypes.default())
    exponents = _even("logspace", start, end, steps, wanted)
    array = np.power(float(base), exponents).astype(wanted)
    return finish("logspace", wrap(array), device, requires_grad, out)


def _numbers(name: str, *values: Any) -> list[Any]:
    """Each value as a number; RuntimeError for a tensor with dimensions."""
    scalar = all(not isinstance(each, Tensor) or not each.ndim for each in values)
    message = "{} only supports 0-dimensional start and end tensors, got {}"
    check(scalar, message, name, values)
    return [each.item() if isinstance(each, Tensor) else each for each in values]


def _held(value: Any, dtype: NumpyDtype) -> Any:
    """A number as a dtype holds it: without fraction, and wrapped, among integers."""
    refuse_overflow(value, dtype)
    return float(value) if dtype.kind == "f" else np.asarray(int(value)).astype(dtype).item()


def _refuse_bool(name: str, dtype: NumpyDtype) -> None:
    message = "\"{}_cpu\" not implemented for 'Bool'"
    check(dtype.kind != "b", message, name, error=NotImplementedError)


def _refuse_long(dtype: NumpyDtype, *values: Any) -> None:
    """Refuse what int64, in which a range of integers is computed, does not hold."""
    for each in values:
        refuse_overflow(each, np.dtype(np.float64 if dtype.kind == "f" else np.int64))


def _spaced(
    first: Any, last: Any, step: Any, dtype: NumpyDtype, count: Callable[[float], int]
) -> Array:
    """`first + k * step` for k below `count((last - first) / step)`."""
    check(step and not math.isnan(step), "arange: step must be nonzero")
    finite = math.isfinite(first) and math.isfinite(last)
    check(finite, "arange: unsupported range: {} -> {}", first, last)
    message = "arange: upper bound and lower bound inconsistent with step sign: {}, {}, {}"
    check((last - first) / step >= 0, message, first, last, step)
    places = np.arange(count((last - first) / step))
    if dtype.kind != "f":
        first = int(first)
        step = int(step)
    array: Array = (first + step * places).astype(dtype)
    return array


def _floor_and_one(steps: float) -> int:
    return int(steps) + 1


def _even(name: str, start: Any, end: Any, steps: int, dtype: NumpyDtype) -> Array:
    """Evenly spaced numbers; the second half counted from the end, so that this is met."""
    message = "{}: steps must be an int, got {}"
    check(isinstance(steps, int | np.integer), message, name, steps, error=TypeError)
    check(steps >= 0, "{}: number of steps must be non-negative", name)
    _refuse_bool(name, dtype)
    first, last = (_held(each, dtype) for each in _numbers(name, start, end))
    places = np.arange(steps)
    step = (last - first) / max(steps - 1, 1)
    from_first = first + step * places
    from_last = last - step * (steps - 1 - places)
    return np.where(places < steps // 2 + (steps == 1), from_first, from_last)


# in the dtype of a tensor --------------------------------------------------------------------


@method
def new_tensor(
    self: Tensor,
    data: Any,
    *,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Make a new tensor of the numbers in `data`, in this tensor's dtype.

    Args:
        self: whose dtype is taken.
        data: as for `tensor`.
        dtype: of the elements. Default: this tensor's.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of the shape of the data.

    Example:
        >>> torch.ones(2).new_tensor([1, 2])
        tensor([1., 2.])
    """
    wanted = dtype or self.dtype
    return tensor(data, dtype=wanted, device=device, requires_grad=requires_grad)


@method
def new_zeros(
    self: Tensor,
    *sizes: int | Sequence[int],
    size: Sequence[int] | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Make a tensor of zeros in this tensor's dtype.

    Args:
        self: whose dtype is taken.
        sizes: the shape, as numbers or as one sequence.
        size: the shape, as a keyword.
        dtype: of the elements. Default: this tensor's.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of that shape.
    """
    array = np.zeros(
        wanted_shape("zeros", sizes, size), wanted_dtype(dtype, None, self.array.dtype)
    )
    return finish("new_zeros", wrap(array), device, requires_grad)


@method
def new_ones(
    self: Tensor,
    *sizes: int | Sequence[int],
    size: Sequence[int] | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Make a tensor of ones in this tensor's dtype.

    Args:
        self: whose dtype is taken.
        sizes: the shape, as numbers or as one sequence.
        size: the shape, as a keyword.
        dtype: of the elements. Default: this tensor's.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of that shape.
    """
    array = np.ones(wanted_shape("ones", sizes, size), wanted_dtype(dtype, None, self.array.dtype))
    return finish("new_ones", wrap(array), device, requires_grad)


@method
def new_empty(
    self: Tensor,
    *sizes: int | Sequence[int],
    size: Sequence[int] | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Make a tensor in this tensor's dtype, of elements yet to be set: zeros until then.

    Args:
        self: whose dtype is taken.
        sizes: the shape, as numbers or as one sequence.
        size: the shape, as a keyword.
        dtype: of the elements. Default: this tensor's.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of that shape.
    """
    array = np.zeros(
        wanted_shape("empty", sizes, size), wanted_dtype(dtype, None, self.array.dtype)
    )
    return finish("new_empty", wrap(array), device, requires_grad)


@method
def new_full(
    self: Tensor,
    size: int | Sequence[int],
    fill_value: Number | Tensor,
    *,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Make a tensor that holds one number throughout, in this tensor's dtype.

    Args:
        self: whose dtype is taken.
        size: the shape.
        fill_value: the number, or a tensor of one element.
        dtype: of the elements. Default: this tensor's.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of that shape.
    """
    wanted = dtype or self.dtype
    return full(size, fill_value, dtype=wanted, device=device, requires_grad=requires_grad)
