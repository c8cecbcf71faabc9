"""Indexing: elements read, written and combined at places that indices or masks name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Literal, NamedTuple, overload

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.arithmetic import HALF, pass_on
from tinygrad_mnist.core.dtypes import refuse_overflow, refuse_wide
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import assign, in_place_method, mark_written, read_only, write_out
from tinygrad_mnist.core.record import Edge, record, record_joint
from tinygrad_mnist.core.refusals import tensors_only
from tinygrad_mnist.core.state import state
from tinygrad_mnist.core.surface import method, numpy_names
from tinygrad_mnist.core.tensor import Array, Tensor, as_array, note_read, wrap
from tinygrad_mnist.ops.arguments import as_tensor, cast, index_array, type_name
from tinygrad_mnist.ops.arguments import dimension as as_dimension
from tinygrad_mnist.ops.pointwise import div, eq, floor_divide, mul
from tinygrad_mnist.ops.shape import (
    as_strided,
    broadcast_shapes,
    broadcast_tensors,
    clone,
    diagonal,
    expand,
    index_error,
    reshape_to,
    select,
    view_at,
)

__all__ = [
    "add_at",
    "argwhere",
    "as_strided_scatter",
    "diagonal_scatter",
    "gather",
    "getitem",
    "index_add",
    "index_copy",
    "index_fill",
    "index_put",
    "index_reduce",
    "index_select",
    "masked_fill",
    "masked_scatter",
    "masked_select",
    "nonzero",
    "put",
    "scatter",
    "scatter_add",
    "scatter_reduce",
    "select_scatter",
    "setitem",
    "slice_scatter",
    "take",
    "take_along_dim",
]

ALL = slice(None)
Number = int | float | bool

# an index ------------------------------------------------------------------------------------


class Slot(NamedTuple):
    """Stands in an index for a tensor: for the `place`-th of the arrays that are given."""

    place: int


class Index(NamedTuple):
    """An index taken apart.

    Attributes:
        parts: what NumPy takes: ints, slices, None, an Ellipsis, constant arrays; and slots for
            the tensors.
        tensors: the integer and bool tensors of the index.
    """

    parts: tuple[Any, ...]
    tensors: tuple[Tensor, ...]

    @property
    def edges(self) -> list[Edge]:
        """The tensors as inputs of a record, which get no gradient."""
        return [(x, None) for x in self.tensors]

    def is_basic(self) -> bool:
        """Whether it makes a view."""
        return not self.tensors and not any(isinstance(part, np.ndarray) for part in self.parts)


ONE = (Slot(0),)  # the parts of an index that is one tensor
LONG = np.dtype(np.int64)
BYTE = np.dtype(np.uint8)
NARROW = (np.int8, np.int16)
WRONG_INDEX = "tensors used as indices must be long, int, byte or bool tensors"


def parse_index(name: str, index: Any, numbers: bool = True) -> Index:
    """An index taken apart.

    Args:
        name: the operation.
        index: what stands between the brackets.
        numbers: whether integer scalars count as the numbers that they hold, as in `x[i]`.
    """
    parts: list[Any] = []
    tensors: list[Tensor] = []
    for each in index if isinstance(index, tuple) else (index,):
        if not isinstance(each, Tensor):
            parts.append(_constant_part(each))
            continue
        kind = each.array.dtype.kind
        check(kind in "iub" and each.array.dtype not in NARROW, WRONG_INDEX, error=IndexError)
        if numbers and each.array.ndim == 0 and kind != "b":
            note_read(name, each)
            parts.append(int(each.array))
        else:
            parts.append(Slot(len(tensors)))
            tensors.append(each)
    return Index(tuple(parts), tuple(tensors))


def _constant_part(part: Any) -> Any:
    """A part of an index that is no tensor, as NumPy takes it."""
    if part.__class__ is int:
        if -(2**63) <= part < 2**63:
            return part
        raise ValueError(dtypes.TOO_LONG)
    if part is None or part is Ellipsis:
        return part
    if isinstance(part, slice):
        wrong = part.step is not None and part.step <= 0
        check(not wrong, "getitem: step must be greater than zero", error=ValueError)
        return slice(*(_bound(each) for each in (part.start, part.stop, part.step)))
    if isinstance(part, list | range):
        part = _listed_part(part)
    elif isinstance(part, bool | np.bool_):
        part = np.asarray(part)
    if isinstance(part, np.ndarray):
        check(part.dtype.kind in "iub", WRONG_INDEX, error=IndexError)
    return part


def _bound(place: Any) -> int | None:
    return None if place is None else place.__index__()


def _listed_part(part: Sequence[Any]) -> Array:
    """A list of numbers, or of tensors, as an array."""
    if not part:
        return np.zeros(0, np.int64)
    _note_each("getitem", [each for each in part if isinstance(each, Tensor)])
    return as_array(list(part))


def _note_each(name: str, tensors: Sequence[Tensor]) -> None:
    """Tell a tracer of the tensors whose values decide what follows, if there are any."""
    if tensors:
        note_read(name, *tensors)


def _is_mask(array: Array) -> bool:
    return array.dtype.kind == "b" or array.dtype == BYTE


def filled(parts: tuple[Any, ...], indices: tuple[Array, ...]) -> tuple[Any, ...]:
    """The parts of an index with arrays in the slots; those of uint8 are masks."""
    found = []
    for part in parts:
        if part.__class__ is Slot:
            part = indices[part.place]
            if part.dtype == BYTE:
                part = part.view(np.bool_)
        found.append(part)
    return tuple(found)


def _numbers_first(index: Index) -> tuple[tuple[Any, ...], Index] | None:
    """An index that mixes numbers with tensors as two: the numbers', and the rest; else None.

    NumPy takes the numbers for arrays, which changes the order of dimensions.
    """
    if not any(isinstance(part, int | np.integer) for part in index.parts):
        return None
    first: list[Any] = []
    rest: list[Any] = []
    for part in index.parts:
        array = index.tensors[part.place].array if part.__class__ is Slot else part
        if isinstance(part, int | np.integer):
            first.append(part)
        elif isinstance(array, np.ndarray):
            is_mask = array.dtype.kind == "b" or (part.__class__ is Slot and _is_mask(array))
            first += [ALL] * (array.ndim if is_mask else 1)
            rest.append(part)
        else:
            first.append(part)
            rest.append(part if part is Ellipsis else ALL)
    if Ellipsis not in [part for part in first if not isinstance(part, np.ndarray)]:
        first.append(Ellipsis)
    return tuple(first), Index(tuple(rest), index.tensors)


# reading and writing at an index -------------------------------------------------------------


def take_at(array: Array, *indices: Array, parts: tuple[Any, ...]) -> Array:
    """The elements at an index, copied."""
    index = filled(parts, indices)
    try:
        return np.asarray(array[index])
    except IndexError as error:
        raise index_error(error, array) from None


def take_rows(array: Array, rows: Array) -> Array:
    """The elements at an index that is one array, copied."""
    try:
        if rows.dtype == LONG and rows.size and array.size:
            return array.take(rows, 0)  # quicker than indexing
        return np.asarray(array[rows.view(np.bool_) if rows.dtype == BYTE else rows])
    except IndexError as error:
        raise index_error(error, array) from None


def put_at(array: Array, *indices: Array, shape: tuple[int, ...], parts: tuple[Any, ...]) -> Array:
    """Zeros of `shape` with the array added at an index."""
    out = np.zeros(shape, array.dtype)
    add_at(out, filled(parts, indices), array)
    return out


def add_at(out: Array, index: Any, values: Array) -> None:
    """`out[index] += values`, counting every repeated index.

    Rows of a matrix picked by one integer index, as an embedding's gradient is, are summed by
    sorting: NumPy's own `add.at` takes them one element at a time.

    Args:
        out: the array to write.
        index: a tuple, as NumPy takes it.
        values: what is added, of the shape of `out[index]`, or one that broadcasts to it.
    """
    if out.dtype.char == HALF:
        wide = out.astype(np.float32)
        add_at(wide, index, values.astype(np.float32))
        out[...] = wide
        return
    rows: Any = index[0] if len(index) == 1 else None
    sortable = isinstance(rows, np.ndarray) and rows.dtype.kind in "iu" and rows.size > 1
    if not sortable or out.ndim < 2:
        np.add.at(out, index, values)
        return
    flat = rows.ravel() % len(out)
    cells = values.reshape(rows.size, -1)
    order = np.argsort(flat, kind="stable")
    ordered = flat[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    totals = np.add.reduceat(cells[order], starts, axis=0)
    out.reshape(len(out), -1)[ordered[starts]] += totals


def write_at(
    array: Array, values: Array, *indices: Array, parts: tuple[Any, ...], accumulate: bool
) -> Array:
    """A copy of an array with values written, or added, at an index."""
    if accumulate and array.dtype.char == HALF:
        wide = array.astype(np.float32)
        added = write_at(wide, values, *indices, parts=parts, accumulate=True)
        return added.astype(array.dtype)
    out = array.copy()
    index = filled(parts, indices)
    try:
        if accumulate:
            np.add.at(out, index, values)
        else:
            out[index] = values
    except IndexError as error:
        raise index_error(error, array, "index_put") from None
    except ValueError:
        raise _misfit("index_put", values.shape, out[index].shape) from None
    return out


def _misfit(name: str, shape: tuple[int, ...], wanted: tuple[int, ...]) -> RuntimeError:
    return RuntimeError(
        f"{name}: value of shape {shape} cannot be broadcast to indexing result of {wanted}"
    )


@method(name="__getitem__")
@tensors_only
def getitem(input: Tensor, index: Any) -> Tensor:
    """`input[index]`, as PyTorch indexes: a view, or a copy where the index holds tensors or lists.

    Args:
        input: a tensor of any shape.
        index: an int, a slice, None (a new dimension), an Ellipsis, an integer tensor or list
            (elements in its order), a bool tensor (elements where it holds); or a tuple of these.

    Returns:
        The elements at the index.

    Raises:
        IndexError: if the index is out of range, or holds something else.
        ValueError: if a slice's step is not positive.

    Example:
        >>> x = torch.tensor([[1, 2], [3, 4]])
        >>> x[0], x[:, 1], x[x > 2], x[torch.tensor([1, 0])]
        (tensor([1, 2]), tensor([2, 4]), tensor([3, 4]), tensor([[3, 4],
                [1, 2]]))
    """
    if isinstance(index, Tensor) and index.array.ndim:
        allowed = index.array.dtype.kind in "iub" and index.array.dtype not in NARROW
        check(allowed, WRONG_INDEX, error=IndexError)
        return _take(input, Index(ONE, (index,)))
    parsed = parse_index("getitem", index)
    if parsed.is_basic():
        parts = parsed.parts
        return view_at(input, parts if Ellipsis in parts else (*parts, Ellipsis))
    staged = _numbers_first(parsed)
    if staged is None:
        return _take(input, parsed)
    return _take(view_at(input, staged[0]), staged[1])


def _take(input: Tensor, index: Index, name: str = "getitem") -> Tensor:
    """The elements at an index that holds tensors or arrays, copied."""
    shape = input.array.shape
    if state.tracer is not None:
        _note_each(name, [x for x in index.tensors if _is_mask(x.array)])

    def rule(g: Tensor) -> Tensor:
        return _put(g, shape, index)

    if index.parts is ONE:
        return record(name, take_rows, (input, rule), (index.tensors[0], None))
    return record(name, take_at, (input, rule), *index.edges, parts=index.parts)


def _put(g: Tensor, shape: tuple[int, ...], index: Index) -> Tensor:
    """Zeros of `shape` with g added at an index: the gradient of reading there."""
    rule = partial(_take, index=index)
    return record("put", put_at, (g, rule), *index.edges, shape=shape, parts=index.parts)


@method(name="__setitem__")
def setitem(input: Tensor, index: Any, value: Any) -> None:
    """`input[index] = value`: gradients go to the value, and no longer to what was there.

    Args:
        input: the tensor to write.
        index: as in `getitem`.
        value: a tensor of a shape that broadcasts to that of `input[index]`, an array or a number.

    Raises:
        IndexError: if the index is out of range.
        RuntimeError: if the value's shape does not fit, or if input is a leaf that requires a
            gradient while operations are recorded.

    Example:
        >>> x = torch.zeros(3)
        >>> x[1:] = torch.tensor([1.0, 2.0])
        >>> x
        tensor([0., 1., 2.])
    """
    parsed = parse_index("setitem", index)
    basic = parsed.is_basic()
    if not basic:
        staged = _numbers_first(parsed)
        if staged is not None:
            input = view_at(input, staged[0])
            parsed = staged[1]
    source = value if isinstance(value, Tensor) else _as_elements(value, input.array.dtype)
    if source.array.ndim > 1:
        source = _without_leading_ones(source, input.array, parsed)
    at_stake = state.recording and (input.requires_grad or source.requires_grad)
    if at_stake or state.tracer is not None:
        _assign_at(input, parsed, cast(source, input.dtype))
        return
    target = filled(parsed.parts, tuple(x.array for x in parsed.tensors))
    try:
        input.array[target] = source.array
    except IndexError as error:
        raise index_error(error, input.array) from None
    except ValueError:
        if not input.array.flags.writeable:
            raise read_only("setitem") from None
        raise _misfit("setitem", source.array.shape, input.array[target].shape) from None
    mark_written(input)


FLOAT32_MAX = float(np.finfo(np.float32).max)


def _as_elements(value: Any, dtype: np.dtype[Any]) -> Tensor:
    """A number, or an array, in a dtype; the usual case first."""
    if value.__class__ is float and dtype.kind == "f":
        if not -FLOAT32_MAX <= value <= FLOAT32_MAX:
            refuse_overflow(value, dtype)
        return wrap(np.array(value, dtype))
    if value.__class__ is int and not -(2**63) <= value < 2**63:
        raise ValueError(dtypes.TOO_LONG)
    refuse_wide(value, dtype)
    return wrap(as_array(value, dtype))


def _assign_at(input: Tensor, index: Index, source: Tensor) -> None:
    """The write of setitem, seen by the tape and by a tracer."""
    if not index.is_basic():
        assign(input, _written(input, index, source, False, "setitem"), "setitem")
        return
    parts = index.parts
    region = view_at(input, parts if Ellipsis in parts else (*parts, Ellipsis))
    shape = region.array.shape
    if source.array.shape != shape:
        try:
            source = expand(source, shape)
        except RuntimeError:
            raise _misfit("setitem", source.array.shape, shape) from None
    assign(region, source, "setitem")


def _without_leading_ones(source: Tensor, array: Array, index: Index) -> Tensor:
    """The source without dimensions of size 1 in front that its target lacks."""
    shape = source.array.shape
    indices = tuple(x.array for x in index.tensors)
    if index.is_basic():
        target = take_at(array, parts=index.parts).shape
    else:
        target = take_at(array, *indices, parts=index.parts).shape
    more = max(len(shape) - len(target), 0)
    if more and max(shape[:more]) == 1:
        return reshape_to(source, shape[more:])
    return source


@method(in_place=True)
@tensors_only
def index_put(
    input: Tensor, indices: Sequence[Any], values: Tensor, accumulate: bool = False
) -> Tensor:
    """A copy of input with values written, or added, at the indices.

    Args:
        input: a tensor of any shape.
        indices: for each of the leading dimensions an integer tensor, or a bool mask; None means
            all of it.
        values: a tensor of input's dtype, and of a shape that broadcasts to that of
            `input[indices]`.
        accumulate: whether values are added; then each of those at a repeated index counts.

    Returns:
        A tensor of input's shape.

    Raises:
        RuntimeError: if the dtypes differ, or the shapes do not fit.
        IndexError: if an index is out of range.

    Example:
        >>> x = torch.zeros(3)
        >>> x.index_put((torch.tensor([0, 0]),), torch.tensor([1.0, 2.0]), accumulate=True)
        tensor([3., 0., 0.])
    """
    whole = tuple(ALL if each is None else each for each in indices)
    index = parse_index("index_put", whole, numbers=False)
    check(
        values.array.dtype == input.array.dtype,
        "index_put: requires the source and destination dtypes match, got {} for the destination"
        " and {} for the source",
        input.dtype,
        values.dtype,
    )
    return _written(input, index, values, accumulate)


def _written(
    input: Tensor, index: Index, values: Tensor, accumulate: bool = False, name: str = "index_put"
) -> Tensor:
    """A copy of input with values written, or added, at an index."""
    rule = pass_on if accumulate else partial(_zeroed_at, index=index)
    return record(
        name,
        write_at,
        (input, rule),
        (values, partial(_taken, index=index)),
        *index.edges,
        parts=index.parts,
        accumulate=accumulate,
    )


def _taken(g: Tensor, index: Index) -> Tensor:
    """g at an index: the gradient of what was written there."""
    if not index.is_basic():
        return _take(g, index)
    return view_at(g, index.parts if Ellipsis in index.parts else (*index.parts, Ellipsis))


def _zeroed_at(g: Tensor, index: Index) -> Tensor:
    """g with zeros at an index: the gradient of what was written over there."""
    return _written(g, index, wrap(np.zeros((), g.array.dtype)))


@method(in_place=True)
@tensors_only
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """A copy of input with elements written, or added, at indices into the flattened input.

    Args:
        input: a tensor of any shape.
        index: integers, a tensor of any shape; negative ones count from the end.
        source: as many elements, of input's dtype.
        accumulate: whether they are added.

    Returns:
        A tensor of input's shape.

    Raises:
        RuntimeError: if the dtypes differ, or the numbers of elements.
        IndexError: if an index is out of range.

    Example:
        >>> torch.zeros(2, 2).put(torch.tensor([3]), torch.tensor([5.0]))
        tensor([[0., 0.],
                [0., 5.]])
    """
    message = "{}(): Expected a long tensor for index, but got {}"
    check(index.array.dtype == np.int64, message, "put_", type_name(index))
    out = index_put(_flat(input), (_flat(index),), _flat(source), accumulate)
    return reshape_to(out, input.array.shape)


@method
@tensors_only
def take(input: Tensor, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements of the flattened input at the indices.

    Args:
        input: a tensor of any shape.
        index: integers, a tensor of any shape; negative ones count from the end.
        out: the tensor to write the result to.

    Returns:
        A tensor of the indices' shape.

    Raises:
        RuntimeError: if the indices are not integers.
        IndexError: if an index is out of range.

    Example:
        >>> torch.tensor([[1, 2], [3, 4]]).take(torch.tensor([0, 3]))
        tensor([1, 4])
    """
    message = "{}(): Expected a long tensor for index, but got {}"
    check(index.array.dtype == np.int64, message, "take", type_name(index))
    index_array(index, "take")
    result = _take(_flat(input), Index(ONE, (index,)))
    return result if out is None else write_out("take", result, out)


def _flat(x: Tensor) -> Tensor:
    return reshape_to(x, (x.array.size,))


# slices along a dimension --------------------------------------------------------------------


def _int32_or_int64(message: str, index: Tensor) -> None:
    """RuntimeError for an index of another dtype."""
    dtype = index.array.dtype
    check(dtype == np.int64 or dtype == np.int32, message)


def _slices(
    name: str, input: Tensor, dim: int, index: Tensor, source: Tensor | None = None
) -> tuple[Tensor, Index]:
    """The input with at least one dimension, and the index of the slices that a vector names."""
    x = input if input.ndim else _flat(input)
    where = index_array(index, name)
    d = as_dimension(dim, x.ndim, name)
    check(
        where.ndim < 2,
        "{}: Index is supposed to be a vector, got {} dimensions",
        name,
        where.ndim,
        error=IndexError,
    )
    length = x.array.shape[d]
    lowest = -length if name == "index_fill" else 0
    check(
        not where.size or (lowest <= where.min() and where.max() < length),
        "{}: index out of range in self of size {}",
        name,
        length,
        error=IndexError,
    )
    if source is not None and input.ndim:
        goal = (*x.array.shape[:d], where.size, *x.array.shape[d + 1 :])
        check(
            source.array.shape == goal or not where.ndim,
            "{}: source tensor shape must match self tensor shape, excluding the specified"
            " dimension: got {}, wanted {}",
            name,
            source.shape,
            goal,
        )
    return x, Index((*(ALL,) * d, Slot(0)) if d else ONE, (_as_long(_flat(index)),))


def _as_long(index: Tensor) -> Tensor:
    """An index of uint8 as one of int64: here it counts, and is no mask."""
    return cast(index, np.int64) if index.array.dtype == BYTE else index


@method
@numpy_names
def index_select(input: Tensor, dim: int, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The slices along a dimension that a vector of indices names.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: a vector of n integers, none negative.
        out: the tensor to write the result to.

    Returns:
        A tensor of n slices in that dimension.

    Raises:
        IndexError: if an index is out of range.

    Example:
        >>> torch.tensor([[1, 2], [3, 4]]).index_select(1, torch.tensor([1, 1]))
        tensor([[2, 2],
                [4, 4]])
    """
    _int32_or_int64("index_select(): Expected dtype int32 or int64 for index", index)
    x, at = _slices("index_select", input, dim, index)
    result = _take(x, at)
    if not input.ndim:
        result = reshape_to(result, ())
    return result if out is None else write_out("index_select", result, out)


@method(in_place=True)
@numpy_names
def index_add(
    input: Tensor,
    dim: int,
    index: Tensor,
    source: Tensor,
    *,
    alpha: Number = 1,
    out: Tensor | None = None,
) -> Tensor:
    """A copy of input with slices added at the indices along a dimension.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: a vector of n integers; each slice at a repeated one counts.
        source: n slices in that dimension, of input's dtype.
        alpha: what the slices are multiplied by.
        out: the tensor to write the result to.

    Returns:
        A tensor of input's shape.

    Raises:
        IndexError: if an index is out of range.
        RuntimeError: if the shapes or dtypes do not fit.

    Example:
        >>> torch.zeros(3).index_add(0, torch.tensor([0, 0]), torch.tensor([1.0, 2.0]))
        tensor([3., 0., 0.])
    """
    message = "index_add_(): Expected dtype int32/int64 for index but got: {}"
    _int32_or_int64(message.format(type_name(index)), index)
    x, at = _slices("index_add", input, dim, index, source)
    if alpha != 1 and x.array.dtype.kind in "iu":
        refuse_overflow(alpha, x.array.dtype)
        alpha = int(alpha)
    values = source if alpha == 1 else cast(mul(source, alpha), x.dtype)
    result = reshape_to(_put_checked(x, at, values, True), input.array.shape)
    return result if out is None else write_out("index_add", result, out)


def _put_checked(x: Tensor, at: Index, values: Tensor, accumulate: bool = False) -> Tensor:
    """`index_put` at an index that has been taken apart."""
    check(
        values.array.dtype == x.array.dtype,
        "index_put: requires the source and destination dtypes match, got {} for the destination"
        " and {} for the source",
        x.dtype,
        values.dtype,
    )
    return _written(x, at, values, accumulate)


@method(in_place=True)
@numpy_names
def index_copy(
    input: Tensor, dim: int, index: Tensor, source: Tensor, *, out: Tensor | None = None
) -> Tensor:
    """A copy of input with slices written at the indices along a dimension.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: a vector of n integers.
        source: n slices in that dimension, of input's dtype.
        out: the tensor to write the result to.

    Returns:
        A tensor of input's shape.

    Raises:
        IndexError: if an index is out of range.
        RuntimeError: if the shapes or dtypes do not fit.

    Example:
        >>> torch.zeros(3).index_copy(0, torch.tensor([2, 0]), torch.tensor([1.0, 2.0]))
        tensor([2., 0., 1.])
    """
    message = "{}(): Expected a long tensor for index, but got {}"
    check(index.array.dtype == np.int64, message, "index_copy_", type_name(index))
    x, at = _slices("index_copy", input, dim, index, source)
    result = reshape_to(_put_checked(x, at, source), input.array.shape)
    return result if out is None else write_out("index_copy", result, out)


@method(in_place=True)
@numpy_names
def index_fill(input: Tensor, dim: int, index: Tensor, value: Number | Tensor) -> Tensor:
    """A copy of input with one number written at the indices along a dimension.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: a vector of integers; negative ones count from the end.
        value: a number, or a scalar tensor.

    Returns:
        A tensor of input's shape.

    Raises:
        IndexError: if an index is out of range.

    Example:
        >>> torch.zeros(3).index_fill(0, torch.tensor([0, 2]), 7)
        tensor([7., 0., 7.])
    """
    message = "index_fill_(): Expected dtype int64 for index."
    check(index.array.dtype == np.int64, message, error=IndexError)
    x, at = _slices("index_fill", input, dim, index)
    nowhere = wrap(np.zeros(x.array.shape, np.bool_))
    mask = _written(nowhere, at, wrap(np.ones((), np.bool_)))
    return masked_fill(input, reshape_to(mask, input.array.shape), value)


@method(in_place=True)
@numpy_names
def index_reduce(
    input: Tensor,
    dim: int,
    index: Tensor,
    source: Tensor,
    reduce: str,
    *,
    include_self: bool = True,
    out: Tensor | None = None,
) -> Tensor:
    """A copy of input with slices combined into the indices along a dimension.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: a vector of n integers.
        source: n slices in that dimension.
        reduce: "prod", "mean", "amax" or "amin".
        include_self: whether input's own elements count.
        out: the tensor to write the result to.

    Returns:
        A tensor of input's shape.

    Raises:
        IndexError: if an index is out of range.
        RuntimeError: if the shapes do not fit, or `reduce` is another word.

    Example:
        >>> x = torch.ones(2)
        >>> x.index_reduce(0, torch.tensor([0, 0]), torch.tensor([2.0, 3.0]), "prod")
        tensor([6., 1.])
    """
    x, at = _slices("index_reduce", input, dim, index, source)
    combined = _combined("index_reduce", x, at, source, reduce, include_self)
    result = reshape_to(combined, input.array.shape)
    return result if out is None else write_out("index_reduce", result, out)


# one index for each element along a dimension ------------------------------------------------


def along(name: str, input: Tensor, dim: int, index: Tensor) -> tuple[Tensor, Index]:
    """The input with at least one dimension, and the index that reads `index` along `dim`.

    In every other dimension it reads the place that the element of `index` has itself.
    """
    x = input if input.ndim else _flat(input)
    i = index if index.ndim else _flat(index)
    d = as_dimension(dim, x.ndim, name)
    where = index_array(i, name)
    shape = x.array.shape
    if not where.size:
        return x, Index((np.zeros(where.shape, np.int64),) * x.ndim, ())
    check(
        where.ndim == x.ndim,
        "{}: Index tensor must have the same number of dimensions as input tensor, got {} and {}",
        name,
        where.ndim,
        x.ndim,
    )
    lowest = where.min()
    bad = lowest if lowest < 0 else where.max()
    check(
        0 <= bad < shape[d],
        "{}: index {} is out of bounds for dimension {} with size {}",
        name,
        bad,
        d,
        shape[d],
    )
    check(
        all(k == d or n <= shape[k] for k, n in enumerate(where.shape)),
        "{}: Size does not match: expected index {} to be no larger than self {} apart from"
        " dimension {}",
        name,
        where.shape,
        shape,
        d,
    )
    parts: list[Any] = []
    for k, n in enumerate(where.shape):
        place = np.arange(n).reshape((-1,) + (1,) * (x.ndim - k - 1))
        parts.append(Slot(0) if k == d else place)
    return x, Index(tuple(parts), (_as_long(i),))


@method
@numpy_names
def gather(
    input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False, out: Tensor | None = None
) -> Tensor:
    """Elements picked along a dimension: out[i][j] = input[index[i][j]][j] for dim 0, and so on.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: integers, a tensor of as many dimensions, in the others no larger than input.
        sparse_grad: accepted; gradients are dense.
        out: the tensor to write the result to.

    Returns:
        A tensor of the index's shape.

    Raises:
        RuntimeError: if an index is out of range, or the shapes do not fit.

    Example:
        >>> torch.tensor([[1, 2], [3, 4]]).gather(1, torch.tensor([[0], [1]]))
        tensor([[1],
                [4]])
    """
    if index.array.size:
        _int32_or_int64("gather(): Expected dtype int32/int64 for index", index)
    x, at = along("gather", input, dim, index)
    result = _take(x, at, "gather")
    if not index.ndim:
        result = reshape_to(result, ())
    return result if out is None else write_out("gather", result, out)


@method
@numpy_names
def take_along_dim(
    input: Tensor, indices: Tensor, dim: int | None = None, *, out: Tensor | None = None
) -> Tensor:
    """`gather` that broadcasts, and counts negative indices from the end.

    Args:
        input: a tensor of any shape.
        indices: integers, a tensor whose shape broadcasts with input's but for that dimension.
        dim: the dimension. Default: both are flattened.
        out: the tensor to write the result to.

    Returns:
        A tensor of the indices' shape, broadcast.

    Raises:
        RuntimeError: if an index is out of range, or the shapes do not fit.

    Example:
        >>> x = torch.tensor([[3, 1], [2, 4]])
        >>> x.take_along_dim(x.argsort(1), 1)
        tensor([[1, 3],
                [2, 4]])
    """
    if dim is None:
        result = take_along_dim(_flat(input), _flat(indices), 0)
        return result if out is None else write_out("take_along_dim", result, out)
    d = as_dimension(dim, input.ndim, "take_along_dim")
    index_array(indices, "take_along_dim")
    length = input.array.shape[d]
    shapes = (input.array.shape, indices.array.shape)
    goal = broadcast_shapes(*((*shape[:d], 1, *shape[d + 1 :]) for shape in shapes))
    places = record("take_along_dim", counted_from_front, (indices, None), size=length)
    x = expand(input, *goal[:d], length, *goal[d + 1 :])
    index = expand(places, *goal[:d], indices.array.shape[d], *goal[d + 1 :])
    result = gather(x, d, index)
    return result if out is None else write_out("take_along_dim", result, out)


def counted_from_front(array: Array, size: int) -> Array:
    """Indices into `size` elements, the negative ones counted from the front."""
    return np.where(array < 0, array + size, array)


def _scattered(name: str, input: Tensor, index: Tensor, src: Any) -> Tensor:
    """What is scattered: a number, or the corner of src that the index covers."""
    if not isinstance(src, Tensor):
        refuse_overflow(src, input.array.dtype)
        return wrap(np.asarray(src).astype(input.array.dtype))
    same = src.array.dtype == input.array.dtype
    check(same, "{}: Expected self.dtype to be equal to src.dtype", name)
    shape = index.array.shape
    if src.array.shape == shape:
        return src
    if src.ndim != index.ndim and index.array.size:
        check(
            src.array.size == index.array.size,
            "{}: src {} does not match the index {}",
            name,
            src.shape,
            shape,
        )
        return reshape_to(src, shape)
    return view_at(src, (*map(slice, shape), Ellipsis))


@overload
def scatter(
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Tensor | Number,
    *,
    reduce: str | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def scatter(
    input: Tensor,
    dim: int,
    index: Tensor,
    *,
    value: Number,
    reduce: str | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@method(in_place=True)
@numpy_names
def scatter(
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Any = None,
    *,
    value: Any = None,
    reduce: str | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """A copy of input with elements written along a dimension.

    For dim 0 of a matrix, out[index[i][j]][j] = src[i][j].

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: integers, a tensor of as many dimensions, in the others no larger than input.
        src: a tensor of at least the index's sizes, of input's dtype; or a number.
        value: the number, by keyword.
        reduce: "add" or "multiply" combines with what was there. Default: written over it.
        out: the tensor to write the result to.

    Returns:
        A tensor of input's shape.

    Raises:
        RuntimeError: if an index is out of range, the shapes or dtypes do not fit, or `reduce` is
            another word.

    Example:
        >>> torch.zeros(2, 3).scatter(1, torch.tensor([[2], [0]]), 1.0)
        tensor([[0., 0., 1.],
                [1., 0., 0.]])
    """
    if index.array.size:
        _int32_or_int64("scatter(): Expected dtype int32/int64 for index", index)
    x, at = along("scatter", input, dim, index)
    source = _scattered("scatter", x, index, value if src is None else src)
    known = reduce in (None, "add", "multiply")
    check(known, "scatter: reduce argument must be either add or multiply.")
    if reduce == "multiply":
        written = _combined("scatter", x, at, source, "prod", True)
    else:
        written = _put_checked(x, at, source, reduce == "add")
    result = reshape_to(written, input.array.shape)
    return result if out is None else write_out("scatter", result, out)


@method(in_place=True)
@numpy_names
def scatter_add(
    input: Tensor, dim: int, index: Tensor, src: Tensor, *, out: Tensor | None = None
) -> Tensor:
    """A copy of input with src added along a dimension: out[index[i][j]][j] += src[i][j] for dim 0.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: integers, a tensor of as many dimensions, in the others no larger than input.
        src: a tensor of at least the index's sizes, of input's dtype.
        out: the tensor to write the result to.

    Returns:
        A tensor of input's shape.

    Raises:
        RuntimeError: if an index is out of range, or the shapes or dtypes do not fit.

    Example:
        >>> torch.zeros(3).scatter_add(0, torch.tensor([0, 0]), torch.tensor([1.0, 2.0]))
        tensor([3., 0., 0.])
    """
    return scatter(input, dim, index, src, reduce="add", out=out)


@method(in_place=True)
@numpy_names
def scatter_reduce(
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Tensor,
    reduce: str,
    *,
    include_self: bool = True,
    out: Tensor | None = None,
) -> Tensor:
    """A copy of input with src combined into it along a dimension.

    For dim 0 of a matrix, src[i][j] is combined into out[index[i][j]][j].

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: integers, a tensor of as many dimensions, in the others no larger than input.
        src: a tensor of at least the index's sizes, of input's dtype.
        reduce: "sum", "prod", "mean", "amax" or "amin".
        include_self: whether input's own elements count.
        out: the tensor to write the result to.

    Returns:
        A tensor of input's shape.

    Raises:
        RuntimeError: if an index is out of range, the shapes or dtypes do not fit, or `reduce` is
            another word.

    Example:
        >>> x = torch.zeros(2)
        >>> x.scatter_reduce(0, torch.tensor([0, 0, 1]), torch.tensor([1.0, 5.0, 2.0]), "amax")
        tensor([5., 2.])
    """
    x, at = along("scatter_reduce", input, dim, index)
    source = _scattered("scatter_reduce", x, index, src)
    combined = _combined("scatter_reduce", x, at, source, reduce, include_self)
    result = reshape_to(combined, input.array.shape)
    return result if out is None else write_out("scatter_reduce", result, out)


# combining -----------------------------------------------------------------------------------


def _neutral(how: str, kind: np.dtype[Any]) -> Any:
    """What changes nothing when it is combined."""
    if how == "prod":
        return 1
    if how not in ("amax", "amin"):
        return 0
    limits: tuple[Any, Any]
    if kind.kind == "f":
        limits = (-np.inf, np.inf)
    elif kind.kind == "b":
        limits = (0, 1)
    else:
        limits = (np.iinfo(kind).min, np.iinfo(kind).max)
    return limits[0] if how == "amax" else limits[1]


def _combined(name: str, x: Tensor, at: Index, src: Tensor, how: str, include_self: bool) -> Tensor:
    """x with src combined into it at an index, elements of one place one after the other."""
    check(
        how in ("sum", "prod", "mean", "amax", "amin"),
        "{}: reduce argument must be either sum, prod, mean, amax or amin, got {}",
        name,
        how,
    )
    kind = x.array.dtype
    base = x
    if not include_self:
        base = _written(x, at, wrap(np.asarray(_neutral(how, kind), kind)))
    if how in ("sum", "mean") or not src.array.size:
        total = _put_checked(base, at, src, True)
        if how != "mean":
            return total
        options: dict[str, Any] = {
            "shape": x.array.shape,
            "dtype": kind,
            "include_self": include_self,
        }
        counts = record("scatter_counts", counts_at, *at.edges, parts=at.parts, **options)
        return div(total, counts) if kind.kind == "f" else floor_divide(total, counts)
    if how == "prod":
        return _multiplied(name, base, at, src)
    base_rule = partial(_base_share, base=base, src=src, at=at)
    src_rule = partial(_src_share, base=base, src=src, at=at)
    options = {"parts": at.parts, "largest": how == "amax"}
    edges = ((base, base_rule), (src, src_rule), *at.edges)
    return record(name, extreme_at, *edges, output=True, **options)


def counts_at(
    *indices: Array,
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    parts: tuple[Any, ...],
    include_self: bool,
) -> Array:
    """How many elements are combined at each place."""
    index = filled(parts, indices)
    counts = np.ones(shape, np.int64)
    counts[index] = include_self
    np.add.at(counts, index, 1)
    return counts.astype(dtype)


def extreme_at(
    array: Array, values: Array, *indices: Array, parts: tuple[Any, ...], largest: bool
) -> Array:
    """A copy of an array with the larger (or smaller) of its elements and values at an index."""
    out = array.copy()
    combine = np.maximum if largest else np.minimum
    combine.at(out, filled(parts, indices), values)
    return out


def _share(g: Tensor, y: Tensor, base: Tensor, src: Tensor, at: Index) -> Tensor:
    """The gradient divided evenly among all elements that reach the extreme."""
    reached = cast(eq(base, y), g.dtype)
    reaching = cast(eq(src, _taken(y, at)), g.dtype)
    return div(g, _written(reached, at, reaching, True))


def _base_share(g: Tensor, y: Tensor, base: Tensor, src: Tensor, at: Index) -> Tensor:
    return mul(_share(g, y, base, src, at), cast(eq(base, y), g.dtype))


def _src_share(g: Tensor, y: Tensor, base: Tensor, src: Tensor, at: Index) -> Tensor:
    share = _taken(_share(g, y, base, src, at), at)
    return mul(share, cast(eq(src, _taken(y, at)), g.dtype))


def _multiplied(name: str, base: Tensor, at: Index, src: Tensor) -> Tensor:
    """base times src at an index, in rounds in which no place is named twice.

    The number of rounds depends on the index, of which a tracer is told.
    """
    _note_each(name, at.tensors)
    index = filled(at.parts, tuple(x.array for x in at.tensors))
    places = np.arange(base.array.size).reshape(base.array.shape)[index]
    flat = _flat(base)
    factors = _flat(expand(src, places.shape))
    places = places.ravel()
    order = np.argsort(places, kind="stable")
    _, counts = np.unique(places, return_counts=True)
    turn = np.empty_like(order)
    turn[order] = np.arange(order.size) - np.repeat(np.cumsum(counts) - counts, counts)
    for i in range(counts.max(initial=0)):
        now = np.flatnonzero(turn == i)
        there = Index((places[now],), ())
        product = mul(_take(flat, there), _take(factors, Index((now,), ())))
        flat = _written(flat, there, product)
    return reshape_to(flat, base.array.shape)


# masks ---------------------------------------------------------------------------------------


def check_mask(name: str, mask: Tensor) -> None:
    """RuntimeError unless the mask is a bool tensor."""
    check(
        mask.array.dtype.kind == "b",
        "{} only supports boolean masks, but got mask with dtype {}",
        name,
        mask.dtype,
    )


def filled_where(array: Array, filler: Array, mask: Array) -> Array:
    """The array, with the filler where the mask holds."""
    return np.where(mask, filler, array)


def zeroed_where(array: Array, mask: Array) -> Array:
    """The array, with 0 where the mask holds."""
    return np.where(mask, array.dtype.type(0), array)


def kept_where(array: Array, mask: Array) -> Array:
    """The array where the mask holds, 0 elsewhere."""
    return np.where(mask, array, array.dtype.type(0))


def _zero_where(g: Tensor, mask: Tensor) -> Tensor:
    return record("masked_fill", zeroed_where, (g, partial(_zero_where, mask=mask)), (mask, None))


def _keep_where(g: Tensor, mask: Tensor) -> Tensor:
    return record("masked_fill", kept_where, (g, partial(_keep_where, mask=mask)), (mask, None))


@method(in_place=True)
@tensors_only
def masked_fill(input: Tensor, mask: Tensor, value: Number | Tensor) -> Tensor:
    """Input, with one number where the mask holds.

    Args:
        input: a tensor of any shape.
        mask: bools, a tensor whose shape broadcasts with input's.
        value: a number, or a scalar tensor.

    Returns:
        A tensor of the shape that the two broadcast to.

    Raises:
        RuntimeError: if the mask is not of bools, or the shapes do not fit.

    Example:
        >>> x = torch.tensor([1.0, -2.0])
        >>> x.masked_fill(x < 0, 0.0)
        tensor([1., 0.])
    """
    check_mask("masked_fill", mask)
    held = value.array.item() if isinstance(value, Tensor) and value.array.ndim == 0 else value
    refuse_overflow(held, input.array.dtype)
    filler = cast(as_tensor(value, dtype=input.array.dtype), input.dtype)
    check(
        not filler.ndim,
        "masked_fill only supports a 0-dimensional value tensor, but got {}",
        filler.ndim,
    )
    return record(
        "masked_fill",
        filled_where,
        (input, lambda g: _zero_where(g, mask)),
        (filler, lambda g: _keep_where(g, mask)),
        (mask, None),
    )


_masked_fill_in_place = in_place_method(masked_fill, "masked_fill")


@method
def fill_diagonal_(input: Tensor, fill_value: Number, wrap: bool = False) -> Tensor:
    """Write a number on the diagonal, and return the tensor.

    Args:
        input: a matrix, or a tensor of more dimensions that all have one size.
        fill_value: the number.
        wrap: whether the diagonal starts again below the last column of a tall matrix.

    Returns:
        The tensor itself.

    Raises:
        RuntimeError: if input has another shape, or is a leaf that requires a gradient.

    Example:
        >>> torch.zeros(2, 2).fill_diagonal_(1)
        tensor([[1., 0.],
                [0., 1.]])
    """
    shape = input.array.shape
    check(
        input.ndim == 2 or (input.ndim > 2 and len(set(shape)) == 1),
        "fill_diagonal_: wanted a matrix, or more dimensions of equal length, got shape {}",
        input.shape,
    )
    mask = np.zeros(shape, np.bool_)
    np.fill_diagonal(mask, True, wrap)
    return _masked_fill_in_place(input, as_tensor(mask), fill_value)


@method
def copy_(input: Tensor, other: Tensor | Number, non_blocking: bool = False) -> Tensor:
    """Write another tensor's elements into this one, and return it.

    Args:
        input: the tensor to write.
        other: a tensor whose shape broadcasts to input's, or a number; cast to input's dtype.
        non_blocking: accepted; changes nothing.

    Returns:
        The tensor itself.

    Raises:
        RuntimeError: if the shapes do not fit, or if input is a leaf that requires a gradient.

    Example:
        >>> torch.zeros(2).copy_(torch.tensor([1, 2]))
        tensor([1., 2.])
    """
    value = as_tensor(other, "copy_", input.array.dtype)
    if value.array.dtype is not input.array.dtype:
        value = cast(value, input.array.dtype)
    if value.array.shape != input.array.shape:
        value = expand(value, input.array.shape)
    return assign(input, value, "copy")


@method
@tensors_only
def masked_select(input: Tensor, mask: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements where the mask holds, as a vector.

    Args:
        input: a tensor of any shape.
        mask: bools, a tensor whose shape broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A vector of as many elements as the mask has true ones.

    Raises:
        RuntimeError: if the mask is not of bools, or the shapes do not fit.

    Example:
        >>> x = torch.tensor([1, -2, 3])
        >>> x.masked_select(x > 0)
        tensor([1, 3])
    """
    check_mask("masked_select", mask)
    x, where = broadcast_tensors(input, mask)
    result = _take(x, Index(ONE, (where,)), "masked_select")
    return result if out is None else write_out("masked_select", result, out)


@method(in_place=True)
@tensors_only
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """Input, with the elements of source, in order, where the mask holds.

    Args:
        input: a tensor of any shape.
        mask: bools, a tensor whose shape broadcasts with input's.
        source: at least as many elements as the mask has true ones, of input's dtype.

    Returns:
        A tensor of the shape that input and mask broadcast to.

    Raises:
        RuntimeError: if the mask is not of bools, the dtypes differ, or source has too few
            elements.

    Example:
        >>> mask = torch.tensor([True, False, True])
        >>> torch.zeros(3).masked_scatter(mask, torch.tensor([1.0, 2.0]))
        tensor([1., 0., 2.])
    """
    check_mask("masked_scatter", mask)
    x, where = broadcast_tensors(input, mask)
    check(
        source.array.dtype == x.array.dtype,
        "masked_scatter: expected self and source to have same dtypes but got {} and {}",
        x.dtype,
        source.dtype,
    )
    flat = _flat(source)
    x_rule = partial(_zero_where, mask=where)
    source_rule = partial(_collect, mask=where, size=source.array.size)
    edges = ((x, x_rule), (flat, source_rule), (where, None))
    return record("masked_scatter", dealt_where, *edges)


def dealt_where(array: Array, values: Array, mask: Array) -> Array:
    """A copy of an array with the values, in order, where the mask holds."""
    count = int(mask.sum())
    enough = count <= values.size
    check(enough, "masked_scatter: Number of elements of source < number of ones in mask")
    out = array.copy()
    out[mask] = values[:count]
    return out


def collected_where(array: Array, mask: Array, size: int) -> Array:
    """The elements where the mask holds, in order, and zeros up to a vector of `size`."""
    found = array[mask]
    out = np.zeros(size, array.dtype)
    out[: found.size] = found
    return out


def dealt_to_zeros(values: Array, mask: Array) -> Array:
    """Zeros with the values, in order, where the mask holds."""
    return dealt_where(np.zeros(mask.shape, values.dtype), values, mask)


def _collect(g: Tensor, mask: Tensor, size: int) -> Tensor:
    rule = partial(_deal, mask=mask, size=size)
    return record("masked_gather", collected_where, (g, rule), (mask, None), size=size)


def _deal(g: Tensor, mask: Tensor, size: int) -> Tensor:
    rule = partial(_collect, mask=mask, size=size)
    return record("masked_scatter", dealt_to_zeros, (g, rule), (mask, None))


@overload
def nonzero(
    input: Tensor, *, as_tuple: Literal[False] = False, out: Tensor | None = None
) -> Tensor: ...
@overload
def nonzero(input: Tensor, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]: ...
@method(aliases=["argwhere"])
def nonzero(input: Tensor, *, as_tuple: bool = False, out: Tensor | None = None) -> Any:
    """The indices of the elements that are not 0.

    Args:
        input: a tensor of any shape.
        as_tuple: whether to give a vector of indices for each dimension.
        out: the tensor to write the result to.

    Returns:
        An int64 matrix with a row for each of n such elements, and a column for each dimension;
        or a tuple of one vector of n for each dimension.

    Example:
        >>> torch.tensor([[0, 1], [2, 0]]).nonzero()
        tensor([[0, 1],
                [1, 0]])
    """
    note_read("nonzero", input)
    if as_tuple:
        return record_joint("nonzero", nonzero_places, (input,), _no_gradient)
    result = record("nonzero", np.argwhere, (input, None))
    return result if out is None else write_out("nonzero", result, out)


argwhere = nonzero


def nonzero_places(array: Array) -> tuple[Array, ...]:
    """The indices of the elements that are not 0, a vector for each dimension."""
    return np.nonzero(np.atleast_1d(array))


def _no_gradient(gradients: Any) -> tuple[None]:
    """The joint rule of one input that gets no gradient."""
    return (None,)


# a view of a copy, written -------------------------------------------------------------------


def _write_part(name: str, whole: Tensor, part: Tensor, src: Tensor) -> Tensor:
    """Write src into a view of a tensor, and return the tensor."""
    check(
        part.shape == src.shape,
        "{}: expected src to have the size {}, got {}",
        name,
        part.shape,
        src.shape,
    )
    assign(part, src, name)
    return whole


@method
@numpy_names
def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """A copy of input in which src stands in place of one slice along a dimension.

    Args:
        input: a tensor with at least one dimension.
        src: a tensor of the slice's shape.
        dim: the dimension.
        index: the slice's place in it.

    Returns:
        A tensor of input's shape.

    Raises:
        IndexError: if there is no such slice.
        RuntimeError: if src has another shape.

    Example:
        >>> torch.zeros(2, 2).select_scatter(torch.tensor([1.0, 2.0]), 0, 1)
        tensor([[0., 0.],
                [1., 2.]])
    """
    out = clone(input)
    return _write_part("select_scatter", out, select(out, dim, index), src)


@method
@numpy_names
def slice_scatter(
    input: Tensor,
    src: Tensor,
    dim: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """A copy of input in which src stands in place of the slice [start:end:step] along a dimension.

    Args:
        input: a tensor with at least one dimension.
        src: a tensor of the slice's shape.
        dim: the dimension.
        start: the first element. Default: 0.
        end: the end, which does not count. Default: the dimension's.
        step: how far one element is from the next.
        out: the tensor to write the result to.

    Returns:
        A tensor of input's shape.

    Raises:
        RuntimeError: if src has another shape.

    Example:
        >>> torch.zeros(4).slice_scatter(torch.tensor([1.0, 2.0]), start=1, end=3)
        tensor([0., 1., 2., 0.])
    """
    copied = clone(input)
    d = as_dimension(dim, input.ndim, "slice")
    part = getitem(copied, (*(ALL,) * d, slice(start, end, step)))
    result = _write_part("slice_scatter", copied, part, src)
    return result if out is None else write_out("slice_scatter", result, out)


@method
@tensors_only
def diagonal_scatter(
    input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1
) -> Tensor:
    """A copy of input in which src stands in place of a diagonal.

    Args:
        input: a tensor with at least two dimensions.
        src: a tensor of the shape of `input.diagonal(offset, dim1, dim2)`.
        offset: which diagonal: above the main one if positive, below it if negative.
        dim1: the matrices' first dimension.
        dim2: their second one.

    Returns:
        A tensor of input's shape.

    Raises:
        RuntimeError: if src has another shape, or the two dimensions are the same.

    Example:
        >>> torch.zeros(2, 2).diagonal_scatter(torch.tensor([1.0, 2.0]))
        tensor([[1., 0.],
                [0., 2.]])
    """
    out = clone(input)
    return _write_part("diagonal_scatter", out, diagonal(out, offset, dim1, dim2), src)


@method
@tensors_only
def as_strided_scatter(
    input: Tensor,
    src: Tensor,
    size: Sequence[int],
    stride: Sequence[int],
    storage_offset: int | None = None,
) -> Tensor:
    """A copy of input in which src stands in place of what `as_strided` sees.

    Args:
        input: a tensor of any shape.
        src: a tensor of shape `size`.
        size: the shape of the view.
        stride: for each of its dimensions, how many elements lie between one index and the next.
        storage_offset: the view's first element. Default: 0.

    Returns:
        A tensor of input's shape.

    Raises:
        RuntimeError: if src has another shape, or the view reaches beyond the elements.
    """
    out = clone(input)
    part = as_strided(out, size, stride, storage_offset)
    return _write_part("as_strided_scatter", out, part, src)
