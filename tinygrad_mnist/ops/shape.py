"""Shape: the elements of a tensor seen in another shape or order, and pieces of a tensor.

A view shares memory with its input, as in PyTorch: a write to either is seen by both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import accumulate, pairwise
from typing import Any, overload

import numpy as np
from numpy.lib.stride_tricks import as_strided as strided_view

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.arithmetic import broadcast_array, pass_on, sum_to_shape
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import EmbedRule, become, write_out
from tinygrad_mnist.core.record import record, record_view
from tinygrad_mnist.core.surface import method, numpy_names, tensor_property
from tinygrad_mnist.core.tensor import Array, Size, Tensor, same_array
from tinygrad_mnist.ops.arguments import cast
from tinygrad_mnist.ops.arguments import dimension as as_dimension
from tinygrad_mnist.ops.arguments import dimensions as as_dimensions
from tinygrad_mnist.ops.arguments import size as as_sizes

__all__ = [
    "adjoint",
    "as_strided",
    "broadcast_shapes",
    "broadcast_tensors",
    "broadcast_to",
    "chunk",
    "clone",
    "contiguous",
    "diagonal",
    "dsplit",
    "expand",
    "expand_as",
    "flatten",
    "hsplit",
    "moveaxis",
    "movedim",
    "narrow",
    "narrow_copy",
    "permute",
    "ravel",
    "reshape",
    "reshape_as",
    "select",
    "split",
    "split_with_sizes",
    "squeeze",
    "sum_to_size",
    "swapaxes",
    "swapdims",
    "t",
    "tensor_split",
    "transpose",
    "unbind",
    "unflatten",
    "unfold",
    "unsafe_chunk",
    "unsafe_split",
    "unsqueeze",
    "view",
    "view_as",
    "vsplit",
]

ALL = slice(None)

# another shape -------------------------------------------------------------------------------


def reshaped(array: Array, shape: tuple[int, ...]) -> Array:
    """The elements in another shape: a view where that is possible."""
    return array.reshape(shape)


def given_sizes(first: Any, more: tuple[int, ...]) -> tuple[int, ...]:
    """A shape given as `f(2, 3)` or `f((2, 3))`; the usual case first."""
    sizes = first
    if more or sizes.__class__ is int:
        sizes = (first, *more)
    if sizes.__class__ is tuple:
        for each in sizes:
            if each.__class__ is not int:
                return as_sizes(sizes)
        return sizes
    return as_sizes((sizes,))


def _full_shape(input: Tensor, wanted: tuple[int, ...], name: str) -> tuple[int, ...]:
    """The shape with a size -1 filled in; RuntimeError where it does not hold input's elements."""
    count = input.array.size
    if math.prod(wanted) == count and min(wanted, default=0) >= 0:
        return wanted
    check(wanted.count(-1) < 2, "{}: only one dimension can be inferred, got {}", name, wanted)
    known = math.prod(n for n in wanted if n != -1)
    if -1 in wanted and known > 0 and count % known == 0:
        full = tuple(count // known if n == -1 else n for n in wanted)
        if min(full) >= 0:
            return full
    raise RuntimeError(
        f"{name}: shape '{[*wanted]}' is invalid for input of size {count} (shape {input.shape})"
    )


def _can_view(array: Array, shape: tuple[int, ...]) -> bool:
    """Whether the elements can be seen in a shape of as many elements without copying them.

    Dimensions of the array that lie behind one another form a run; each run must be cut up whole by
    dimensions of the shape.
    """
    if array.flags.c_contiguous:
        return True
    place = len(shape) - 1
    unit = array.strides[-1]
    length = 1
    for d in range(array.ndim - 1, -1, -1):
        length *= array.shape[d]
        in_run = d > 0 and (array.shape[d - 1] == 1 or array.strides[d - 1] == length * unit)
        if in_run:
            continue
        covered = 1
        while place >= 0 and (covered < length or shape[place] == 1):
            covered *= shape[place]
            place -= 1
        if covered != length:
            return False
        if d > 0:
            unit = array.strides[d - 1]
            length = 1
    return place == -1


def reshape_to(input: Tensor, shape: tuple[int, ...]) -> Tensor:
    """`reshape` to a shape that is known to hold input's elements."""
    array = input.array
    own = array.shape
    if array.flags.c_contiguous or _can_view(array, shape):
        return record_view("reshape", reshaped, input, lambda g: reshape_to(g, own), shape=shape)
    return record("reshape", reshaped, (input, lambda g: reshape_to(g, own)), shape=shape)


@overload
def reshape(input: Tensor, shape: Sequence[int]) -> Tensor: ...
@overload
def reshape(input: Tensor, *shape: int) -> Tensor: ...
@method
def reshape(input: Tensor, shape: Any = (), *more: int) -> Tensor:
    """The elements in another shape: a view where that is possible, else a copy.

    Args:
        input: a tensor of any shape.
        shape: the shape as a sequence, or its first size; one size may be -1, and follows from the
            others.
        more: the other sizes.

    Returns:
        The tensor of that shape.

    Raises:
        RuntimeError: if the shape does not hold as many elements as input.

    Example:
        >>> torch.arange(6).reshape(2, -1)
        tensor([[0, 1, 2],
                [3, 4, 5]])
    """
    return reshape_to(input, _full_shape(input, given_sizes(shape, more), "reshape"))


@overload
def view(input: Tensor, dtype: dtypes.dtype, /) -> Tensor: ...
@overload
def view(input: Tensor, size: Sequence[int], /) -> Tensor: ...
@overload
def view(input: Tensor, *size: int) -> Tensor: ...
@overload
def view(input: Tensor, *, size: Sequence[int]) -> Tensor: ...
@overload
def view(input: Tensor, *, dtype: dtypes.dtype) -> Tensor: ...
@method
def view(input: Tensor, size: Any = (), *more: int, dtype: dtypes.dtype | None = None) -> Tensor:
    """The same memory seen in another shape; with a dtype, its bytes read as that dtype.

    Args:
        input: a tensor of any shape.
        size: the shape as a sequence, or its first size, of which one may be -1; or a dtype.
        more: the other sizes.
        dtype: a dtype, by keyword.

    Returns:
        A view of that shape; with another dtype, of the same shape but for the last dimension.

    Raises:
        RuntimeError: if the shape does not hold as many elements as input, or if the elements would
            have to be copied.

    Example:
        >>> x = torch.zeros(2, 2)
        >>> x.view(-1)[0] = 1
        >>> x
        tensor([[1., 0.],
                [0., 0.]])
    """
    if dtype is not None:
        size = dtype
    if isinstance(size, dtypes.dtype):
        return record_view("view", viewed_as, input, None, dtype=dtypes.resolve(size))
    goal = _full_shape(input, given_sizes(size, more), "reshape")
    array = input.array
    check(
        array.flags.c_contiguous or _can_view(array, goal),
        "view: view size is not compatible with input tensor's size and stride (at least one"
        " dimension spans across two contiguous subspaces). Use .reshape(...).",
    )
    own = array.shape
    return record_view("view", reshaped, input, lambda g: reshape_to(g, own), shape=goal)


def viewed_as(array: Array, dtype: np.dtype[Any]) -> Array:
    """The array's bytes read as another dtype."""
    try:
        return array.view(dtype)
    except ValueError as error:
        raise RuntimeError(f"view: {error}") from None


@method
def view_as(input: Tensor, other: Tensor) -> Tensor:
    """The same memory seen in another tensor's shape.

    Args:
        input: a tensor of as many elements as other.
        other: a tensor of the shape wanted.

    Returns:
        A view of other's shape.

    Raises:
        RuntimeError: as `view` does.
    """
    return view(input, other.array.shape)


@method
def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """The elements in another tensor's shape.

    Args:
        input: a tensor of as many elements as other.
        other: a tensor of the shape wanted.

    Returns:
        A tensor of other's shape, a view where possible.

    Raises:
        RuntimeError: if the numbers of elements differ.
    """
    return reshape(input, other.array.shape)


@method
def ravel(input: Tensor) -> Tensor:
    """The elements as a vector: a view where that is possible.

    Args:
        input: a tensor of any shape.

    Returns:
        A vector of input's elements in row-major order.
    """
    return reshape_to(input, (input.array.size,))


@method
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dimensions from `start_dim` to `end_dim`, inclusive, as one.

    Args:
        input: a tensor of any shape; a scalar becomes a vector of one element.
        start_dim: the first of them.
        end_dim: the last of them.

    Returns:
        A tensor of the same elements, a view where possible.

    Raises:
        RuntimeError: if `start_dim` comes after `end_dim`.
        IndexError: if input has no such dimension.

    Example:
        >>> torch.zeros(2, 3, 4).flatten(1).shape
        torch.Size([2, 12])
    """
    first = as_dimension(start_dim, input.ndim, "flatten")
    last = as_dimension(end_dim, input.ndim, "flatten")
    check(first <= last, "flatten() has invalid args: start_dim cannot come after end_dim")
    if first == last:
        return input if input.ndim else reshape_to(input, (1,))
    shape = input.array.shape
    length = math.prod(shape[first : last + 1])
    return reshape_to(input, (*shape[:first], length, *shape[last + 1 :]))


@method
@numpy_names
def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """One dimension as several.

    Args:
        input: a tensor with at least one dimension.
        dim: the dimension to cut up.
        sizes: the sizes of the new dimensions; one may be -1, and follows from the others.

    Returns:
        A tensor of the same elements, a view where possible.

    Raises:
        RuntimeError: if the sizes are empty, or their product is not the dimension's size.

    Example:
        >>> torch.zeros(2, 6).unflatten(1, (2, -1)).shape
        torch.Size([2, 2, 3])
    """
    d = as_dimension(dim, input.ndim, "unflatten")
    shape = input.array.shape
    check(len(sizes), "unflatten: sizes must be non-empty")
    known = math.prod(n for n in sizes if n != -1)
    filled = [shape[d] // known if n == -1 else n for n in sizes]
    check(
        math.prod(filled) == shape[d],
        "unflatten: sizes {} don't multiply up to dim {}'s {}",
        sizes,
        dim,
        shape[d],
    )
    return reshape(input, (*shape[:d], *filled, *shape[d + 1 :]))


@method
@numpy_names
def squeeze(input: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """A view without the dimensions of size 1, or without those named that have size 1.

    Args:
        input: a tensor of any shape.
        dim: one dimension or several. Default: all.

    Returns:
        A view of input's elements.

    Raises:
        IndexError: if input has no such dimension.

    Example:
        >>> torch.zeros(1, 3, 1).squeeze().shape, torch.zeros(1, 3, 1).squeeze(0).shape
        (torch.Size([3]), torch.Size([3, 1]))
    """
    shape = input.array.shape
    named: Sequence[int] = ()
    if not isinstance(dim, tuple | list) or dim:
        named = as_dimensions(dim, len(shape), "squeeze")
    goal = tuple(n for d, n in enumerate(shape) if n != 1 or d not in named)
    return record_view("squeeze", reshaped, input, lambda g: reshape_to(g, shape), shape=goal)


@method
@numpy_names
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """A view with a new dimension of size 1.

    Args:
        input: a tensor of any shape.
        dim: where the new dimension stands in the result.

    Returns:
        A view of input's elements, with one dimension more.

    Raises:
        IndexError: if `dim` is out of the result's range.

    Example:
        >>> torch.zeros(3).unsqueeze(0).shape
        torch.Size([1, 3])
    """
    shape = input.array.shape
    d = as_dimension(dim, len(shape) + 1, "unsqueeze")
    goal = (*shape[:d], 1, *shape[d:])
    return record_view("unsqueeze", reshaped, input, lambda g: reshape_to(g, shape), shape=goal)


# another order of dimensions -----------------------------------------------------------------


def permuted(array: Array, dims: Sequence[int]) -> Array:
    """The dimensions in another order."""
    return array.transpose(dims)


def swapped(array: Array, dim0: int, dim1: int) -> Array:
    """Two dimensions exchanged; a scalar as it is."""
    if not array.ndim:
        return array.view()
    return array.swapaxes(dim0, dim1)


@overload
def permute(input: Tensor, dims: Sequence[int]) -> Tensor: ...
@overload
def permute(input: Tensor, *dims: int) -> Tensor: ...
@method
def permute(input: Tensor, dims: Any = (), *more: int) -> Tensor:
    """The dimensions in another order: a view.

    Args:
        input: a tensor of any shape.
        dims: for each dimension of the result the one of input: a sequence, or the first of them.
        more: the others.

    Returns:
        A view whose dimension i is input's dimension `dims[i]`.

    Raises:
        RuntimeError: if the order does not name each dimension once.

    Example:
        >>> torch.zeros(2, 3, 4).permute(2, 0, 1).shape
        torch.Size([4, 2, 3])
    """
    given = given_sizes(dims, more)
    check(
        len(given) == input.ndim,
        "permute: number of dimensions in the tensor input does not match the length of the"
        " desired ordering: {} against {}",
        input.ndim,
        len(given),
    )
    return _permuted(input, as_dimensions(given, input.ndim, "permute"))


def _permuted(input: Tensor, dims: tuple[int, ...]) -> Tensor:
    def rule(g: Tensor) -> Tensor:
        return _permuted(g, tuple(sorted(range(len(dims)), key=dims.__getitem__)))

    return record_view("permute", permuted, input, rule, dims=dims)


@method(aliases=["swapdims"])
def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions exchanged: a view.

    Args:
        input: a tensor of any shape.
        dim0: one dimension.
        dim1: the other one.

    Returns:
        A view with the two exchanged.

    Raises:
        IndexError: if input has no such dimension.

    Example:
        >>> torch.tensor([[1, 2], [3, 4]]).transpose(0, 1)
        tensor([[1, 3],
                [2, 4]])
    """
    ndim = input.array.ndim
    return _swapped(
        input, as_dimension(dim0, ndim, "transpose"), as_dimension(dim1, ndim, "transpose")
    )


def _swapped(input: Tensor, i: int, j: int) -> Tensor:
    return record_view("transpose", swapped, input, lambda g: _swapped(g, i, j), dim0=i, dim1=j)


@method
def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """Two dimensions exchanged: `transpose` under NumPy's name.

    Args:
        input: a tensor of any shape.
        axis0: one dimension.
        axis1: the other one.

    Returns:
        A view with the two exchanged.

    Raises:
        IndexError: if input has no such dimension.
    """
    return transpose(input, axis0, axis1)


swapdims = transpose


@method
def t(input: Tensor) -> Tensor:
    """A matrix transposed; a vector or scalar as it is.

    Args:
        input: a tensor of at most two dimensions.

    Returns:
        A view of shape (n, m) of a matrix (m, n); else input itself.

    Raises:
        RuntimeError: if input has more than two dimensions.

    Example:
        >>> torch.zeros(2, 3).t().shape
        torch.Size([3, 2])
    """
    check(input.ndim <= 2, "t() expects a tensor with <= 2 dimensions, but self is {}D", input.ndim)
    if input.ndim == 2:
        return transpose(input, 0, 1)
    return record_view("t", same_array, input, pass_on)


@tensor_property("T")
def _with_dims_reversed(self: Tensor) -> Tensor:
    """The dimensions in reverse order: of a matrix, its transpose. A view."""
    return _permuted(self, tuple(range(self.array.ndim - 1, -1, -1)))


@method
def adjoint(input: Tensor) -> Tensor:
    """The last two dimensions exchanged: the adjoint of real matrices.

    Args:
        input: a tensor of shape (..., m, n).

    Returns:
        A view of shape (..., n, m).

    Raises:
        RuntimeError: if input has fewer than two dimensions.
    """
    check(
        input.ndim > 1,
        "tensor.mT is only supported on matrices or batches of matrices. Got {}-D tensor.",
        input.ndim,
    )
    return transpose(input, -2, -1)


@tensor_property("mT", "mH", "H")
def _matrix_transpose(self: Tensor) -> Tensor:
    """The last two dimensions exchanged: the transpose of each matrix. A view."""
    return adjoint(self)


@method(aliases=["moveaxis"])
def movedim(input: Tensor, source: int | Sequence[int], destination: int | Sequence[int]) -> Tensor:
    """Dimensions moved to other places, the rest in their order: a view.

    Args:
        input: a tensor of any shape.
        source: the dimension, or dimensions, to move.
        destination: where each of them goes.

    Returns:
        A view with the dimensions in that order.

    Raises:
        RuntimeError: if source and destination do not name as many dimensions.

    Example:
        >>> torch.zeros(2, 3, 4).movedim(0, -1).shape
        torch.Size([3, 4, 2])
    """
    given = [[each] if isinstance(each, int) else [*each] for each in (source, destination)]
    check(
        len(given[0]) == len(given[1]),
        "movedim: Invalid source or destination dims: {} against {}",
        *given,
    )
    ndim = input.array.ndim
    sources = as_dimensions(given[0], ndim, "movedim") if given[0] else ()
    goals = as_dimensions(given[1], ndim, "movedim") if given[1] else ()
    order = [d for d in range(ndim) if d not in sources]
    for goal, d in sorted(zip(goals, sources, strict=True)):
        order.insert(goal, d)
    return _permuted(input, tuple(order))


moveaxis = movedim

# broadcasting --------------------------------------------------------------------------------


@overload
def expand(input: Tensor, size: Sequence[int], *, implicit: bool = False) -> Tensor: ...
@overload
def expand(input: Tensor, *size: int, implicit: bool = False) -> Tensor: ...
@method
def expand(input: Tensor, size: Any = (), *more: int, implicit: bool = False) -> Tensor:
    """Dimensions of size 1 repeated to the sizes given, without copying.

    Args:
        input: a tensor of any shape.
        size: the shape wanted as a sequence, or its first size, with new dimensions in front;
            -1 keeps a size.
        more: the other sizes.
        implicit: accepted; changes nothing.

    Returns:
        A view in which many elements share one place in memory: it cannot be written.

    Raises:
        RuntimeError: if a size that is not 1 would change.

    Example:
        >>> torch.tensor([[1], [2]]).expand(-1, 3)
        tensor([[1, 1, 1],
                [2, 2, 2]])
    """
    wanted = given_sizes(size, more)
    shape = input.array.shape
    new = len(wanted) - len(shape)
    check(new >= 0, "expand: {} has fewer dimensions than the tensor's {}", wanted, shape)
    goal = list(wanted)
    fits = min(wanted[:new], default=0) >= 0
    for d, own in enumerate(shape, new):
        if goal[d] == -1:
            goal[d] = own
        fits = fits and goal[d] >= 0 and own in (1, goal[d])
    check(
        fits,
        "expand: The expanded size of the tensor must match the existing size at non-singleton"
        " dimensions. Target sizes: {}. Tensor sizes: {}",
        wanted,
        shape,
    )
    return record_view("expand", broadcast_array, input, pass_on, shape=tuple(goal))


@method
def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """Expanded to another tensor's shape, without copying.

    Args:
        input: a tensor whose shape broadcasts to other's.
        other: a tensor of the shape wanted.

    Returns:
        A view of other's shape.

    Raises:
        RuntimeError: if the shapes do not fit.
    """
    return expand(input, other.array.shape)


@method
def broadcast_to(input: Tensor, size: Sequence[int]) -> Tensor:
    """Expanded to a shape, without copying.

    Args:
        input: a tensor whose shape broadcasts to `size`.
        size: the shape wanted.

    Returns:
        A view of that shape.

    Raises:
        RuntimeError: if the shapes do not fit.

    Example:
        >>> torch.broadcast_to(torch.tensor([1, 2]), (2, 2))
        tensor([[1, 2],
                [1, 2]])
    """
    return expand(input, tuple(size))


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Tensors expanded to the one shape that they broadcast to.

    Args:
        tensors: tensors whose shapes fit.

    Returns:
        A view of each, all of one shape.

    Raises:
        RuntimeError: if the shapes do not fit.

    Example:
        >>> a, b = torch.broadcast_tensors(torch.zeros(3, 1), torch.zeros(2))
        >>> a.shape, b.shape
        (torch.Size([3, 2]), torch.Size([3, 2]))
    """
    shape = broadcast_shapes(*(x.array.shape for x in tensors))
    return tuple(expand(x, shape) for x in tensors)


def broadcast_shapes(*shapes: int | Sequence[int]) -> Size:
    """The shape that tensors of these shapes broadcast to.

    Args:
        shapes: each a sequence of ints, or an int for a vector's length.

    Returns:
        The shape.

    Raises:
        RuntimeError: if the shapes do not fit.

    Example:
        >>> torch.broadcast_shapes((3, 1), (2,))
        torch.Size([3, 2])
    """
    known = [each if isinstance(each, int) else tuple(each) for each in shapes]
    try:
        return Size(np.broadcast_shapes(*known))
    except ValueError as error:
        raise RuntimeError(f"broadcast_shapes: {error}") from None


@overload
def sum_to_size(input: Tensor, size: Sequence[int], /) -> Tensor: ...
@overload
def sum_to_size(input: Tensor, *size: int) -> Tensor: ...
@method
def sum_to_size(input: Tensor, size: Any = (), *more: int) -> Tensor:
    """The opposite of broadcasting: summed over the dimensions that `size` lacks or has as 1.

    Args:
        input: a tensor of a shape that `size` broadcasts to.
        size: the shape wanted as a sequence, or its first size.
        more: the other sizes.

    Returns:
        A tensor of that shape; sums of integers and bools are int64.

    Raises:
        RuntimeError: if `size` does not broadcast to input's shape.

    Example:
        >>> torch.ones(2, 3).sum_to_size(2, 1)
        tensor([[3.],
                [3.]])
    """
    goal = given_sizes(size, more)
    own = input.array.shape
    new = len(own) - len(goal)
    fits = new >= 0 and all(n in (m, 1) for m, n in zip(own[new:], goal, strict=True))
    check(fits, "sum_to_size: size {} is not expandable to size {}", goal, own)
    if input.array.dtype.kind != "f" and (own != goal or not goal):
        input = cast(input, np.int64)
    return sum_to_shape(input, goal)


# copies --------------------------------------------------------------------------------------


def row_major_copy(array: Array) -> Array:
    """The elements in memory of their own, in row-major order."""
    return array.copy()


@method
def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy, through which gradients pass.

    Args:
        input: a tensor of any shape.
        memory_format: accepted; the copy lies in row-major order.

    Returns:
        A tensor of the same elements in memory of its own.

    Example:
        >>> x = torch.zeros(2)
        >>> y = x.clone()
        >>> y[0] = 1
        >>> x, y
        (tensor([0., 0.]), tensor([1., 0.]))
    """
    return record("clone", row_major_copy, (input, pass_on))


@method
def contiguous(input: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor itself if its elements lie in row-major order without gaps, else a copy that does.

    Args:
        input: a tensor of any shape.
        memory_format: accepted; there is only row-major order.

    Returns:
        Input, or a copy of it.
    """
    return input if input.array.flags.c_contiguous else clone(input)


# pieces --------------------------------------------------------------------------------------


def indexed(array: Array, index: Any) -> Array:
    """`array[index]`, for an index of ints, slices, None and an Ellipsis: a view."""
    try:
        found: Array = array[index]
    except IndexError as error:
        raise index_error(error, array) from None
    return found


def index_error(error: Exception, array: Array, name: str = "getitem") -> IndexError:
    """NumPy's error for an index, in the words of tensors."""
    message = str(error).replace(" axis ", " dimension ")
    return IndexError(f"{name}: {message}; the tensor's shape is {array.shape}")


def view_at(input: Tensor, index: tuple[Any, ...]) -> Tensor:
    """The view at an index of ints, slices and None that holds an Ellipsis."""
    of = partial(indexed, index=index)
    return record_view("getitem", indexed, input, EmbedRule(of, input.array.shape), index=index)


def _piece(input: Tensor, dim: int, start: int, stop: int) -> Tensor:
    """The elements from start to stop along a dimension."""
    return view_at(input, (*(ALL,) * dim, slice(start, stop), ...))


@method
@numpy_names
def select(input: Tensor, dim: int, index: int) -> Tensor:
    """One slice along a dimension, without that dimension: a view.

    Args:
        input: a tensor with at least one dimension.
        dim: the dimension.
        index: the slice's place in it; negative ones count from the end.

    Returns:
        A view with one dimension fewer.

    Raises:
        IndexError: if there is no such dimension or slice.

    Example:
        >>> torch.tensor([[1, 2], [3, 4]]).select(1, 0)
        tensor([1, 3])
    """
    d = as_dimension(dim, input.array.ndim, "select")
    return view_at(input, (*(ALL,) * d, int(index), ...))


@method
@numpy_names
def narrow(input: Tensor, dim: int, start: int | Tensor, length: int) -> Tensor:
    """`length` elements along a dimension from `start`: a view.

    Args:
        input: a tensor with at least one dimension.
        dim: the dimension.
        start: the first of them, an int or an integer scalar; negative ones count from the end.
        length: how many.

    Returns:
        A view with `length` elements in that dimension.

    Raises:
        IndexError: if start is out of range.
        RuntimeError: if there are not so many elements.

    Example:
        >>> torch.arange(5).narrow(0, 1, 3)
        tensor([1, 2, 3])
    """
    d, first, count = _narrowed(input, dim, start, length)
    return _piece(input, d, first, first + count)


def _narrowed(input: Tensor, dim: int, start: int | Tensor, length: int) -> tuple[int, int, int]:
    """The arguments of `narrow` checked: dimension and start counted from the front, and length."""
    check(input.ndim, "narrow() cannot be applied to a 0-dim tensor.")
    if isinstance(start, Tensor):
        integral = not start.ndim and start.array.dtype.kind in "iu"
        check(integral, "narrow: start must be an 0-dim integral Tensor.")
    d = as_dimension(dim, input.ndim, "narrow")
    first = int(start)
    count = int(length)
    size = input.array.shape[d]
    check(
        -size <= first <= size,
        "narrow: start {} is out of range for size {}",
        first,
        size,
        error=IndexError,
    )
    if first < 0:
        first += size
    check(
        0 <= count <= size - first,
        "narrow: start ({}) + length ({}) exceeds dimension size ({}).",
        first,
        count,
        size,
    )
    return d, first, count


@method
@numpy_names
def narrow_copy(
    input: Tensor, dim: int, start: int, length: int, *, out: Tensor | None = None
) -> Tensor:
    """A copy of `length` elements along a dimension from `start`.

    Args:
        input: a tensor with at least one dimension.
        dim: the dimension.
        start: the first of them; negative ones count from the end.
        length: how many.
        out: the tensor to write the result to.

    Returns:
        A tensor with `length` elements in that dimension.

    Raises:
        IndexError: if start is out of range.
        RuntimeError: if there are not so many elements.
    """
    result = clone(narrow(input, dim, start, length))
    return result if out is None else write_out("narrow_copy", result, out)


@method
@numpy_names
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """All slices along a dimension.

    Args:
        input: a tensor with at least one dimension.
        dim: the dimension, of size n.

    Returns:
        n views with one dimension fewer.

    Raises:
        IndexError: if input has no such dimension.

    Example:
        >>> torch.tensor([[1, 2], [3, 4]]).unbind()
        (tensor([1, 2]), tensor([3, 4]))
    """
    d = as_dimension(dim, input.ndim, "unbind")
    lead = (ALL,) * d
    return tuple(view_at(input, (*lead, i, ...)) for i in range(input.array.shape[d]))


@method(name="__iter__")
def iterate(input: Tensor) -> Iterator[Tensor]:
    """The slices along the first dimension, one after the other.

    Args:
        input: a tensor with at least one dimension.

    Returns:
        An iterator over views.

    Raises:
        TypeError: if input is a scalar.
    """
    if input.array.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter(unbind(input, 0))


@numpy_names
def split(
    tensor: Tensor, split_size_or_sections: int | Sequence[int], dim: int = 0
) -> tuple[Tensor, ...]:
    """Pieces along a dimension, all of one size or of the sizes listed.

    Args:
        tensor: a tensor with at least one dimension.
        split_size_or_sections: the size of each piece (the last one may be smaller), or all their
            sizes.
        dim: the dimension.

    Returns:
        Views, one a piece.

    Raises:
        RuntimeError: if the size is not positive, or if the sizes do not sum to the dimension's.

    Example:
        >>> torch.arange(5).split(2)
        (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    d = as_dimension(dim, tensor.ndim, "split")
    length = tensor.array.shape[d]
    sizes = split_size_or_sections
    if isinstance(sizes, int):
        enough = sizes > 0 or sizes == length
        check(enough, "split: expects split_size be positive, got {}", sizes)
        step = sizes or 1
        sizes = [min(step, length - start) for start in range(0, length, step)] or [0]
    check(
        sum(sizes) == length and min(sizes, default=0) >= 0,
        "split_with_sizes expects split_sizes to sum exactly to {} (the size at dimension {}),"
        " but got split_sizes={}",
        length,
        dim,
        sizes,
    )
    cuts = accumulate((int(n) for n in sizes), initial=0)
    return tuple(_piece(tensor, d, start, stop) for start, stop in pairwise(cuts))


@method(name="split")
@numpy_names
def _split_method(
    self: Tensor, split_size: int | Sequence[int], dim: int = 0
) -> tuple[Tensor, ...]:
    """Pieces along a dimension, all of one size or of the sizes listed.

    Args:
        self: a tensor with at least one dimension.
        split_size: the size of each piece (the last one may be smaller), or all their sizes.
        dim: the dimension.

    Returns:
        Views, one a piece.
    """
    return split(self, split_size, dim)


@method
@numpy_names
def split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces of the sizes listed along a dimension.

    Args:
        input: a tensor with at least one dimension.
        split_sizes: the sizes of the pieces.
        dim: the dimension.

    Returns:
        Views, one a piece.

    Raises:
        RuntimeError: if the sizes do not sum to the dimension's.
    """
    return split(input, split_sizes, dim)


@method
@numpy_names
def unsafe_split(
    input: Tensor, split_size: int | Sequence[int], dim: int = 0
) -> tuple[Tensor, ...]:
    """`split`, which is as safe here.

    Args:
        input: a tensor with at least one dimension.
        split_size: the size of each piece; the last one may be smaller.
        dim: the dimension.

    Returns:
        Views, one a piece.

    Raises:
        RuntimeError: if the size is not positive.
    """
    return split(input, split_size, dim)


@method(aliases=["unsafe_chunk"])
@numpy_names
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most `chunks` pieces of equal size along a dimension; the last one may be smaller.

    Args:
        input: a tensor with at least one dimension.
        chunks: how many pieces are wanted.
        dim: the dimension.

    Returns:
        Views, one a piece.

    Raises:
        RuntimeError: if `chunks` is not positive.

    Example:
        >>> torch.arange(5).chunk(2)
        (tensor([0, 1, 2]), tensor([3, 4]))
    """
    check(chunks > 0, "chunk expects `chunks` to be greater than 0, got: {}", chunks)
    length = input.array.shape[as_dimension(dim, input.ndim, "chunk")]
    if not length:
        return split(input, [0] * chunks, dim)
    return split(input, -(-length // chunks), dim)


unsafe_chunk = chunk


@method
@numpy_names
def tensor_split(
    input: Tensor,
    sections: int | Sequence[int] | Tensor | None = None,
    dim: int = 0,
    *,
    indices: Sequence[int] | Tensor | None = None,
    tensor_indices_or_sections: Tensor | None = None,
) -> tuple[Tensor, ...]:
    """Pieces along a dimension as NumPy's `array_split` cuts them.

    Args:
        input: a tensor with at least one dimension.
        sections: how many pieces, of sizes that differ by at most 1; or the places to cut at.
        dim: the dimension.
        indices: the places to cut at, by keyword.
        tensor_indices_or_sections: either of them as a tensor, by keyword.

    Returns:
        Views, one a piece.

    Raises:
        RuntimeError: if the number of pieces is not positive.

    Example:
        >>> torch.arange(5).tensor_split((1, 3))
        (tensor([0]), tensor([1, 2]), tensor([3, 4]))
    """
    d = as_dimension(dim, input.ndim, "tensor_split")
    length = input.array.shape[d]
    if tensor_indices_or_sections is not None:
        sections = tensor_indices_or_sections
    cuts = _cuts("tensor_split", sections, indices)
    if isinstance(cuts, int):
        check(cuts > 0, "tensor_split: number of sections must be larger than 0, got {}", cuts)
        least, more = divmod(length, cuts)
        sizes = [least + 1] * more + [least] * (cuts - more)
        cuts = list(accumulate(sizes))[:-1]
    edges = [0, *(_cut(int(each), length) for each in cuts), length]
    pieces = []
    for start, stop in pairwise(edges):
        _, first, count = _narrowed(input, d, start, max(stop - start, 0))
        pieces.append(_piece(input, d, first, first + count))
    return tuple(pieces)


def _cuts(name: str, sections: Any, indices: Any) -> Any:
    """The number of pieces, or the places to cut at as a list."""
    cuts = sections if indices is None else indices
    known = cuts is not None and not isinstance(cuts, str)
    check(known, "{}: wanted sections or indices, got {!r}", name, cuts, error=TypeError)
    return cuts.tolist() if isinstance(cuts, Tensor) else cuts


def _cut(place: int, length: int) -> int:
    """A place to cut at, counted from the front."""
    return min(place if place >= 0 else place + length, length)


def _split_along(
    name: str, input: Tensor, dim: int, least: int, cuts: int | Sequence[int]
) -> tuple[Tensor, ...]:
    """`tensor_split` that must cut evenly, of a tensor of at least so many dimensions."""
    wanted = "{} requires at least {} dimensions, but got {}"
    check(input.ndim >= least, wanted, name, least, input.ndim)
    even = not isinstance(cuts, int) or (cuts > 0 and input.array.shape[dim] % cuts == 0)
    uneven = "{}: the size of dimension {} of {} is not divisible by {}"
    check(even, uneven, name, dim, input.shape, cuts)
    return tensor_split(input, cuts, dim)


@method
def hsplit(
    input: Tensor,
    sections: int | Sequence[int] | None = None,
    *,
    indices: Sequence[int] | None = None,
) -> tuple[Tensor, ...]:
    """Pieces side by side: along dimension 1, or 0 of a vector.

    Args:
        input: a tensor with at least one dimension.
        sections: how many pieces of one size, or the places to cut at.
        indices: the places to cut at, by keyword.

    Returns:
        Views, one a piece.

    Raises:
        RuntimeError: if input has too few dimensions, or cannot be cut evenly.

    Example:
        >>> [piece.shape for piece in torch.zeros(2, 4).hsplit(2)]
        [torch.Size([2, 2]), torch.Size([2, 2])]
    """
    cuts = _cuts("hsplit", sections, indices)
    return _split_along("hsplit", input, min(1, input.ndim - 1), 1, cuts)


@method
def vsplit(
    input: Tensor,
    sections: int | Sequence[int] | None = None,
    *,
    indices: Sequence[int] | None = None,
) -> tuple[Tensor, ...]:
    """Pieces one below the other: along dimension 0.

    Args:
        input: a tensor with at least two dimensions.
        sections: how many pieces of one size, or the places to cut at.
        indices: the places to cut at, by keyword.

    Returns:
        Views, one a piece.

    Raises:
        RuntimeError: if input has too few dimensions, or cannot be cut evenly.
    """
    cuts = _cuts("vsplit", sections, indices)
    return _split_along("vsplit", input, 0, 2, cuts)


@method
def dsplit(
    input: Tensor,
    sections: int | Sequence[int] | None = None,
    *,
    indices: Sequence[int] | None = None,
) -> tuple[Tensor, ...]:
    """Pieces along dimension 2.

    Args:
        input: a tensor with at least three dimensions.
        sections: how many pieces of one size, or the places to cut at.
        indices: the places to cut at, by keyword.

    Returns:
        Views, one a piece.

    Raises:
        RuntimeError: if input has too few dimensions, or cannot be cut evenly.
    """
    cuts = _cuts("dsplit", sections, indices)
    return _split_along("dsplit", input, 2, 3, cuts)


# other views ---------------------------------------------------------------------------------


def diagonal_of(array: Array, offset: int, dim1: int, dim2: int) -> Array:
    """The diagonals of matrices, as a last dimension; writable if the array is."""
    out = np.diagonal(array, offset, dim1, dim2)
    if array.flags.writeable:
        out.flags.writeable = True
    return out


@method
def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The diagonal of each matrix in two dimensions, as a last dimension: a view.

    Args:
        input: a tensor with at least two dimensions.
        offset: which diagonal: above the main one if positive, below it if negative.
        dim1: the matrices' first dimension.
        dim2: their second one.

    Returns:
        A view without the two dimensions, and with the diagonal's length as the last one.

    Raises:
        RuntimeError: if the two dimensions are the same.
        IndexError: if input has no such dimension.

    Example:
        >>> torch.tensor([[1, 2], [3, 4]]).diagonal()
        tensor([1, 4])
    """
    i = as_dimension(dim1, input.ndim, "diagonal")
    j = as_dimension(dim2, input.ndim, "diagonal")
    check(i != j, "diagonal dimensions cannot be identical {}, {}", dim1, dim2)
    rule = EmbedRule(partial(diagonal_of, offset=offset, dim1=i, dim2=j), input.array.shape)
    return record_view("diagonal", diagonal_of, input, rule, offset=offset, dim1=i, dim2=j)


def windows(array: Array, dim: int, size: int, step: int) -> Array:
    """All windows along a dimension, `step` apart, as a new last dimension."""
    shape = array.shape
    count = (shape[dim] - size) // step + 1
    stride = array.strides
    return strided_view(
        array,
        (*shape[:dim], count, *shape[dim + 1 :], size),
        (*stride[:dim], stride[dim] * step, *stride[dim + 1 :], stride[dim]),
        writeable=array.flags.writeable,
    )


def windows_summed(array: Array, shape: tuple[int, ...], dim: int, step: int) -> Array:
    """Zeros of `shape` to which the windows along a dimension are added where they lie."""
    out = np.zeros(shape, array.dtype)
    lead = (ALL,) * dim
    reach = array.shape[dim] * step
    for k in range(array.shape[-1] - 1, -1, -1):
        out[(*lead, slice(k, min(k + reach, shape[dim]), step))] += array[..., k]
    return out


@method
def unfold(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """All windows along a dimension, as a new last dimension: a view.

    Args:
        input: a tensor of any shape.
        dimension: the dimension.
        size: how many elements a window has.
        step: how many elements lie between the starts of two windows.

    Returns:
        A view with the number of windows in that dimension, and a last dimension of `size`.

    Raises:
        RuntimeError: if a window is larger than the dimension, or the step is not positive.

    Example:
        >>> torch.arange(4).unfold(0, 2, 1)
        tensor([[0, 1],
                [1, 2],
                [2, 3]])
    """
    if not input.ndim:
        return select(unfold(reshape_to(input, (1,)), dimension, size, step), 0, 0)
    d = as_dimension(dimension, input.ndim, "unfold")
    length = input.array.shape[d]
    check(
        0 <= size <= length,
        "unfold: maximum size for tensor at dimension {} is {} but size is {}",
        d,
        length,
        size,
    )
    check(step > 0, "unfold: step is {} but must be > 0", step)
    return _unfolded(input, d, size, step)


def _unfolded(input: Tensor, dim: int, size: int, step: int) -> Tensor:
    shape = input.array.shape

    def rule(g: Tensor) -> Tensor:
        back = partial(_unfolded, dim=dim, size=size, step=step)
        return record("unfold_backward", windows_summed, (g, back), shape=shape, dim=dim, step=step)

    return record_view("unfold", windows, input, rule, dim=dim, size=size, step=step)


def storage_of(array: Array) -> Array:
    """The elements of the whole memory that an array is part of."""
    below: Any = array
    while below is not None:
        if isinstance(below, np.ndarray) and below.dtype == array.dtype:
            array = below
        below = getattr(below, "base", None)
    return array.ravel("K")


Layout = tuple[tuple[int, ...], tuple[int, ...], int]  # a shape, strides and a start, in elements


def _laid_out(memory: Array, layout: Layout) -> Array:
    """The elements of a vector seen in a layout."""
    size, stride, start = layout
    steps = [each * memory.itemsize for each in stride]
    return np.ndarray(size, memory.dtype, memory, start * memory.itemsize, steps)


def strided(array: Array, layout: Layout) -> Array:
    """The memory that the array is part of, seen in a layout."""
    memory = storage_of(array)
    size, stride, start = layout
    last = start + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    check(
        0 in size or last < memory.size,
        "as_strided: size {}, stride {} and offset {} are out of bounds for storage of size {}",
        size,
        stride,
        start,
        memory.size,
    )
    return _laid_out(memory, layout)


def laid_anew(array: Array, given: Layout, wanted: Layout, count: int) -> Array:
    """The array added into a memory of zeros in one layout, and read from it in another one."""
    half = array.dtype.char == "e"  # added up in float32
    memory = np.zeros(count, np.float32 if half else array.dtype)
    np.add.at(memory, _laid_out(np.arange(count), given), array)
    return _laid_out(memory.astype(array.dtype), wanted).copy()


def _lay_anew(g: Tensor, given: Layout, wanted: Layout, count: int) -> Tensor:
    back = partial(_lay_anew, given=wanted, wanted=given, count=count)
    options: dict[str, Any] = {"given": given, "wanted": wanted, "count": count}
    return record("as_strided_backward", laid_anew, (g, back), **options)


@method
def as_strided(
    input: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
) -> Tensor:
    """A view of the memory that input is part of, in any layout.

    Args:
        input: a tensor of any shape.
        size: the view's shape.
        stride: for each of its dimensions, how many elements lie between one index and the next.
        storage_offset: the first element, counted from the start of the memory. Default: input's
            first.

    Returns:
        A view of that shape, whose elements may overlap.

    Raises:
        RuntimeError: if the memory ends before the last element.

    Example:
        >>> torch.arange(4).as_strided((2, 2), (1, 1))
        tensor([[0, 1],
                [1, 2]])
    """
    memory = storage_of(input.array)
    begin = int(memory.__array_interface__["data"][0])
    offset = (input.data_ptr() - begin) // memory.itemsize
    count = memory.size
    start = offset if storage_offset is None else int(storage_offset)
    wanted = (as_sizes((size,)), as_sizes((stride,)), start)
    own = (input.array.shape, input.stride(), offset)
    rule = partial(_lay_anew, given=wanted, wanted=own, count=count)
    return record_view("as_strided", strided, input, rule, layout=wanted)


# shapes changed in place ---------------------------------------------------------------------


@method
@numpy_names
def squeeze_(input: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """Take dimensions of size 1 out of the tensor, all of them or those named, and return it.

    Args:
        input: a tensor of any shape.
        dim: one dimension or several. Default: all.

    Returns:
        The tensor itself.

    Raises:
        IndexError: if it has no such dimension.
        RuntimeError: if it is a leaf that requires a gradient.
    """
    return become(input, lambda x: squeeze(x, dim), "squeeze")


@method
@numpy_names
def unsqueeze_(input: Tensor, dim: int) -> Tensor:
    """Give the tensor a new dimension of size 1, and return it.

    Args:
        input: a tensor of any shape.
        dim: where the new dimension stands.

    Returns:
        The tensor itself.

    Raises:
        IndexError: if `dim` is out of range.
        RuntimeError: if it is a leaf that requires a gradient.
    """
    return become(input, lambda x: unsqueeze(x, dim), "unsqueeze")


@method
def t_(input: Tensor) -> Tensor:
    """Transpose the matrix in place, and return it; a vector or scalar stays as it is.

    Args:
        input: a tensor of at most two dimensions.

    Returns:
        The tensor itself.

    Raises:
        RuntimeError: if it has more dimensions, or is a leaf that requires a gradient.
    """
    return become(input, t, "t")


@method(aliases=["swapdims_"])
def transpose_(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Exchange two dimensions of the tensor, and return it.

    Args:
        input: a tensor of any shape.
        dim0: one dimension.
        dim1: the other one.

    Returns:
        The tensor itself.

    Raises:
        IndexError: if it has no such dimension.
        RuntimeError: if it is a leaf that requires a gradient.
    """
    return become(input, lambda x: transpose(x, dim0, dim1), "transpose")


swapdims_ = transpose_


@method
def swapaxes_(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """Exchange two dimensions of the tensor, and return it: `transpose_` under NumPy's name.

    Args:
        input: a tensor of any shape.
        axis0: one dimension.
        axis1: the other one.

    Returns:
        The tensor itself.

    Raises:
        IndexError: if it has no such dimension.
        RuntimeError: if it is a leaf that requires a gradient.
    """
    return transpose_(input, axis0, axis1)


@method
def as_strided_(
    input: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
) -> Tensor:
    """Let the tensor be another layout of its memory, and return it: see `as_strided`.

    Args:
        input: a tensor of any shape.
        size: the new shape.
        stride: for each dimension, how many elements lie between one index and the next.
        storage_offset: the first element, counted from the start of the memory. Default: input's
            first.

    Returns:
        The tensor itself.

    Raises:
        RuntimeError: if the memory ends before the last element, or if it is a leaf that requires
            a gradient.
    """
    return become(input, lambda x: as_strided(x, size, stride, storage_offset), "as_strided")
