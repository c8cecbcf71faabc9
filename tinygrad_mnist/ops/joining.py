"""Joining, repeating and rearranging: tensors put together, and elements copied to other places."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import partial
from typing import Any, overload

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import embed, write_out
from tinygrad_mnist.core.record import record, record_joint
from tinygrad_mnist.core.refusals import tensors_only
from tinygrad_mnist.core.surface import method, numpy_names
from tinygrad_mnist.core.tensor import Array, Tensor, note_read, wrap
from tinygrad_mnist.ops.arguments import cast, index_array, promoted
from tinygrad_mnist.ops.arguments import dimension as as_dimension
from tinygrad_mnist.ops.arguments import dimensions as as_dimensions
from tinygrad_mnist.ops.indexing import getitem, index_select
from tinygrad_mnist.ops.pointwise import pow
from tinygrad_mnist.ops.shape import (
    _piece,
    clone,
    diagonal_of,
    expand,
    given_sizes,
    reshape,
    reshape_to,
    transpose,
    unsqueeze,
    view_at,
)
from tinygrad_mnist.ops.shape import diagonal as diagonal_view

__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "block_diag",
    "cartesian_prod",
    "cat",
    "column_stack",
    "combinations",
    "concat",
    "concatenate",
    "diag",
    "diag_embed",
    "diagflat",
    "dstack",
    "flip",
    "fliplr",
    "flipud",
    "hstack",
    "meshgrid",
    "repeat",
    "repeat_interleave",
    "roll",
    "rot90",
    "row_stack",
    "stack",
    "tile",
    "tril",
    "triu",
    "unravel_index",
    "vander",
    "vstack",
]

ALL = slice(None)

# joining -------------------------------------------------------------------------------------


def joined(*arrays: Array, dim: int) -> Array:
    """Arrays joined along a dimension that they have."""
    try:
        return np.concatenate(arrays, dim)
    except ValueError:
        shapes = ", ".join(str(array.shape) for array in arrays)
        raise RuntimeError(
            f"cat: Sizes of tensors must match except in dimension {dim}, got shapes {shapes}"
        ) from None


def stacked(*arrays: Array, dim: int) -> Array:
    """Arrays of one shape joined along a new dimension."""
    return np.stack(arrays, dim)


@numpy_names
def cat(tensors: Sequence[Tensor], dim: int = 0, *, out: Tensor | None = None) -> Tensor:
    """Tensors joined along a dimension that they have.

    Args:
        tensors: tensors of one shape but for that dimension; empty vectors fit anywhere.
        dim: the dimension.
        out: the tensor to write the result to.

    Returns:
        A tensor of their common dtype.

    Raises:
        ValueError: if there are no tensors.
        RuntimeError: if their other sizes differ, or if one is a scalar.

    Example:
        >>> torch.cat([torch.tensor([1, 2]), torch.tensor([3])])
        tensor([1, 2, 3])
    """
    _refuse_one_tensor("cat", tensors)
    result = _joined(tensors, dim)
    return result if out is None else write_out("cat", result, out)


def _refuse_one_tensor(name: str, tensors: Any) -> None:
    """TypeError for `cat(a, b)`, where `cat([a, b])` was meant."""
    if isinstance(tensors, Tensor):
        raise TypeError(f"{name}(): argument 'tensors' must be tuple of Tensors, not Tensor")


def _joined(tensors: Sequence[Tensor], dim: int) -> Tensor:
    check(tensors, "cat: expected a non-empty list of Tensors", error=ValueError)
    xs = promoted(*tensors, name="cat")
    if any(x.array.ndim > 1 for x in xs):
        xs = [x for x in xs if x.array.shape != (0,)]
    d = as_dimension(dim, xs[0].array.ndim, "cat")
    edges = []
    start = 0
    for x in xs:
        shape = x.array.shape
        check(shape, "cat: zero-dimensional tensor cannot be concatenated")
        stop = start + (shape[d] if d < len(shape) else 0)
        edges.append((x, partial(_piece, dim=d, start=start, stop=stop)))
        start = stop
    return record("cat", joined, *edges, dim=d)


concat = cat
concatenate = cat


@numpy_names
def stack(tensors: Sequence[Tensor], dim: int = 0, *, out: Tensor | None = None) -> Tensor:
    """Tensors of one shape joined along a new dimension.

    Args:
        tensors: the tensors, n of them.
        dim: where the new dimension, of size n, stands in the result.
        out: the tensor to write the result to.

    Returns:
        A tensor of their common dtype, with one dimension more.

    Raises:
        RuntimeError: if there are no tensors, or if their shapes differ.

    Example:
        >>> torch.stack([torch.tensor([1, 2]), torch.tensor([3, 4])])
        tensor([[1, 2],
                [3, 4]])
    """
    _refuse_one_tensor("stack", tensors)
    check(tensors, "stack expects a non-empty TensorList")
    shapes = [x.array.shape for x in tensors]
    check(len(set(shapes)) == 1, "stack expects each tensor to be equal size, but got {}", shapes)
    d = as_dimension(dim, len(shapes[0]) + 1, "stack")
    lead = (ALL,) * d
    edges = []
    for i, x in enumerate(promoted(*tensors, name="cat")):
        edges.append((x, partial(view_at, index=(*lead, i, ...))))
    result = record("stack", stacked, *edges, dim=d)
    return result if out is None else write_out("stack", result, out)


@overload
def atleast_1d(tensor: Tensor, /) -> Tensor: ...
@overload
def atleast_1d(*tensors: Any) -> Any: ...
@tensors_only
def atleast_1d(*tensors: Any) -> Any:
    """Tensors with at least one dimension.

    Args:
        tensors: one tensor, several, or a sequence of them.

    Returns:
        The tensor, a scalar as a vector of one element; of several tensors a tuple.

    Example:
        >>> torch.atleast_1d(torch.tensor(1))
        tensor([1])
    """
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return _as_vector(tensors[0])
    return tuple(_as_vector(x) for x in _several(tensors))


@overload
def atleast_2d(tensor: Tensor, /) -> Tensor: ...
@overload
def atleast_2d(*tensors: Any) -> Any: ...
@tensors_only
def atleast_2d(*tensors: Any) -> Any:
    """Tensors with at least two dimensions, new ones in front.

    Args:
        tensors: one tensor, several, or a sequence of them.

    Returns:
        The tensor, a vector as a row; of several tensors a tuple.

    Example:
        >>> torch.atleast_2d(torch.tensor([1, 2]))
        tensor([[1, 2]])
    """
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return _as_row(tensors[0])
    return tuple(_as_row(x) for x in _several(tensors))


@overload
def atleast_3d(tensor: Tensor, /) -> Tensor: ...
@overload
def atleast_3d(*tensors: Any) -> Any: ...
@tensors_only
def atleast_3d(*tensors: Any) -> Any:
    """Tensors with at least three dimensions.

    Args:
        tensors: one tensor, several, or a sequence of them.

    Returns:
        The tensor, a vector of n elements as (1, n, 1), a matrix (m, n) as (m, n, 1); of several
        tensors a tuple.

    Example:
        >>> torch.atleast_3d(torch.zeros(2)).shape
        torch.Size([1, 2, 1])
    """
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return _as_block(tensors[0])
    return tuple(_as_block(x) for x in _several(tensors))


def _several(tensors: tuple[Any, ...]) -> Sequence[Tensor]:
    return tensors[0] if len(tensors) == 1 else tensors


def _as_vector(x: Tensor) -> Tensor:
    return x if x.ndim else reshape_to(x, (1,))


def _as_row(x: Tensor) -> Tensor:
    return x if x.ndim > 1 else reshape_to(x, (1, x.array.size))


def _as_block(x: Tensor) -> Tensor:
    return x if x.ndim > 2 else unsqueeze(_as_row(x), -1)


def _as_column(x: Tensor) -> Tensor:
    return x if x.ndim > 1 else reshape_to(x, (x.array.size, 1))


def _join_grown(name: str, xs: Sequence[Tensor], dim: int, out: Tensor | None) -> Tensor:
    check(xs, "{} expects a non-empty TensorList", name)
    result = _joined(xs, min(dim, xs[0].ndim - 1))
    return result if out is None else write_out(name, result, out)


@tensors_only
def hstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Tensors joined side by side: along dimension 1, or 0 for vectors.

    Args:
        tensors: tensors of one shape but for that dimension.
        out: the tensor to write the result to.

    Returns:
        A tensor of their common dtype.

    Raises:
        RuntimeError: if there are none, or if their sizes do not fit.

    Example:
        >>> torch.hstack([torch.zeros(2, 1), torch.ones(2, 2)])
        tensor([[0., 1., 1.],
                [0., 1., 1.]])
    """
    return _join_grown("hstack", [_as_vector(x) for x in tensors], 1, out)


@tensors_only
def vstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Tensors joined one below the other; vectors are rows.

    Args:
        tensors: tensors of one shape but for dimension 0.
        out: the tensor to write the result to.

    Returns:
        A tensor of their common dtype, with at least two dimensions.

    Raises:
        RuntimeError: if there are none, or if their sizes do not fit.

    Example:
        >>> torch.vstack([torch.tensor([1, 2]), torch.tensor([3, 4])])
        tensor([[1, 2],
                [3, 4]])
    """
    return _join_grown("vstack", [_as_row(x) for x in tensors], 0, out)


row_stack = vstack


@tensors_only
def dstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Tensors joined along dimension 2; vectors and matrices grow to three dimensions.

    Args:
        tensors: tensors of one shape but for dimension 2.
        out: the tensor to write the result to.

    Returns:
        A tensor of their common dtype, with at least three dimensions.

    Raises:
        RuntimeError: if there are none, or if their sizes do not fit.
    """
    return _join_grown("dstack", [_as_block(x) for x in tensors], 2, out)


@tensors_only
def column_stack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Tensors joined side by side; vectors are columns.

    Args:
        tensors: tensors of one shape but for dimension 1.
        out: the tensor to write the result to.

    Returns:
        A tensor of their common dtype, with at least two dimensions.

    Raises:
        RuntimeError: if there are none, or if their sizes do not fit.

    Example:
        >>> torch.column_stack([torch.tensor([1, 2]), torch.tensor([3, 4])])
        tensor([[1, 3],
                [2, 4]])
    """
    return _join_grown("column_stack", [_as_column(x) for x in tensors], 1, out)


@tensors_only
def block_diag(*tensors: Tensor) -> Tensor:
    """Matrices along the diagonal of a matrix of zeros.

    Args:
        tensors: matrices; vectors are rows, scalars are matrices of one element.

    Returns:
        A matrix of the sum of their heights and the sum of their widths.

    Raises:
        RuntimeError: if a tensor has more than two dimensions.

    Example:
        >>> torch.block_diag(torch.tensor([[1, 2]]), torch.tensor(3))
        tensor([[1, 2, 0],
                [0, 0, 3]])
    """
    xs = [_as_row(x) for x in tensors]
    check(
        all(x.ndim == 2 for x in xs), "block_diag: Input tensors must have 2 or fewer dimensions."
    )
    if not xs:
        return wrap(np.zeros((1, 0), dtypes.default()))
    width = sum(x.array.shape[1] for x in xs)
    rows = []
    start = 0
    for x in xs:
        height, own = x.array.shape
        left = wrap(np.zeros((height, start), x.array.dtype))
        right = wrap(np.zeros((height, width - start - own), x.array.dtype))
        rows.append(_joined([left, x, right], 1))
        start += own
    return _joined(rows, 0)


# repeating -----------------------------------------------------------------------------------


@overload
def tile(input: Tensor, dims: Sequence[int]) -> Tensor: ...
@overload
def tile(input: Tensor, *dims: int) -> Tensor: ...
@method
@tensors_only
def tile(input: Tensor, dims: Any = (), *more: int) -> Tensor:
    """The tensor repeated along its dimensions.

    Args:
        input: a tensor of any shape.
        dims: how often along each dimension, as a sequence or the first number; missing ones in
            front are 1.
        more: the other numbers.

    Returns:
        A tensor whose sizes are input's times those.

    Example:
        >>> torch.tensor([1, 2]).tile(2, 2)
        tensor([[1, 2, 1, 2],
                [1, 2, 1, 2]])
    """
    given = given_sizes(dims, more)
    return repeat(input, (1,) * (input.ndim - len(given)) + given)


@overload
def repeat(input: Tensor, repeats: Sequence[int]) -> Tensor: ...
@overload
def repeat(input: Tensor, *repeats: int) -> Tensor: ...
@method
@tensors_only
def repeat(input: Tensor, repeats: Any = (), *more: int) -> Tensor:
    """The tensor copied along its dimensions.

    Args:
        input: a tensor of any shape.
        repeats: how often along each dimension, as a sequence or the first number; new dimensions
            come in front.
        more: the other numbers.

    Returns:
        A tensor whose sizes are input's times those.

    Raises:
        RuntimeError: if there are fewer numbers than dimensions.

    Example:
        >>> torch.tensor([1, 2]).repeat(2, 2)
        tensor([[1, 2, 1, 2],
                [1, 2, 1, 2]])
    """
    times = given_sizes(repeats, more)
    shape = input.array.shape
    new = len(times) - len(shape)
    check(
        new >= 0,
        "repeat: Number of dimensions of repeat dims can not be smaller than number of dimensions"
        " of tensor: {} against {}",
        len(times),
        len(shape),
    )
    padded = (1,) * new + shape
    spaced: list[int] = []
    grown: list[int] = []
    for count, own in zip(times, padded, strict=True):
        spaced += (1, own)
        grown += (count, own)
    copied = clone(expand(reshape(input, spaced), grown))
    return reshape(copied, [count * own for count, own in zip(times, padded, strict=True)])


@method
@numpy_names
def repeat_interleave(
    input: Tensor,
    repeats: int | Tensor | None = None,
    dim: int | None = None,
    *,
    output_size: int | None = None,
) -> Tensor:
    """Each element, or each slice along a dimension, repeated.

    Of counts alone, the places that they repeat.

    Args:
        input: a tensor of any shape; without `repeats`, the counts.
        repeats: how often: one int, or a vector of one count for each.
        dim: the dimension of the slices. Default: the elements, one after the other.
        output_size: accepted; it follows from the counts.

    Returns:
        A vector of the elements, or a tensor with as many slices as the counts sum to.

    Raises:
        RuntimeError: if there is not one count for each, or if one is negative.

    Example:
        >>> torch.tensor([1, 2]).repeat_interleave(2)
        tensor([1, 1, 2, 2])
        >>> torch.repeat_interleave(torch.tensor([2, 0, 1]))
        tensor([0, 0, 2])
    """
    if repeats is None:
        return repeat_interleave(wrap(np.arange(input.array.size)), input)
    x = input
    d = 0
    if dim is None:
        x = reshape_to(input, (input.array.size,))
    else:
        d = as_dimension(dim, input.ndim, "repeat_interleave")
    if isinstance(repeats, Tensor):
        note_read("repeat_interleave", repeats)
        counts = repeats.array
    else:
        counts = np.asarray(repeats)
    length = (*x.array.shape, 1)[d]
    check(
        counts.size in (1, length),
        "repeat_interleave: repeats must have the same size as input along dim, but got {} and {}",
        counts.size,
        length,
    )
    check((counts >= 0).all(), "repeat_interleave: Repeats must be non-negative")
    return index_select(x, d, wrap(np.repeat(np.arange(length), counts)))


# rearranging ---------------------------------------------------------------------------------


def flipped(array: Array, dims: tuple[int, ...]) -> Array:
    """A copy with the order along the dimensions reversed."""
    return np.flip(array, dims).copy()


def rolled(array: Array, shifts: Any, dims: Any) -> Array:
    """A copy with the elements shifted along the dimensions."""
    return np.roll(array, shifts, dims)


@overload
def flip(input: Tensor, dims: Sequence[int]) -> Tensor: ...
@overload
def flip(input: Tensor, *dims: int) -> Tensor: ...
@method
def flip(input: Tensor, dims: Any = (), *more: int) -> Tensor:
    """A copy with the order of elements along the dimensions reversed.

    Args:
        input: a tensor of any shape.
        dims: the dimensions as a sequence, or the first of them.
        more: the others.

    Returns:
        A tensor of input's shape.

    Raises:
        IndexError: if input has no such dimension.

    Example:
        >>> torch.tensor([1, 2, 3]).flip(0)
        tensor([3, 2, 1])
    """
    given = given_sizes(dims, more)
    return _flipped(input, as_dimensions(given, input.ndim, "flip") if given else ())


def _flipped(input: Tensor, dims: tuple[int, ...]) -> Tensor:
    return record("flip", flipped, (input, partial(_flipped, dims=dims)), dims=dims)


@method
@tensors_only
def fliplr(input: Tensor) -> Tensor:
    """A copy with the columns in reverse order.

    Args:
        input: a tensor with at least two dimensions.

    Returns:
        A tensor of input's shape.

    Raises:
        RuntimeError: if input has fewer dimensions.
    """
    check(input.ndim > 1, "fliplr: Input must be >= 2-d.")
    return _flipped(input, (1,))


@method
@tensors_only
def flipud(input: Tensor) -> Tensor:
    """A copy with the rows in reverse order.

    Args:
        input: a tensor with at least one dimension.

    Returns:
        A tensor of input's shape.

    Raises:
        RuntimeError: if input is a scalar.
    """
    check(input.ndim, "flipud: Input must be >= 1-d.")
    return _flipped(input, (0,))


@method
@tensors_only
def roll(
    input: Tensor, shifts: int | Sequence[int], dims: int | Sequence[int] | None = None
) -> Tensor:
    """Elements shifted along the dimensions; those pushed out come back in at the other end.

    Args:
        input: a tensor of any shape.
        shifts: by how many places, for each dimension.
        dims: the dimensions. Default: along the elements one after the other.

    Returns:
        A tensor of input's shape.

    Raises:
        RuntimeError: if there is not one shift for each dimension.

    Example:
        >>> torch.tensor([1, 2, 3]).roll(1)
        tensor([3, 1, 2])
    """
    steps = [shifts] if isinstance(shifts, int) else [*shifts]
    named: Sequence[int] = () if dims is None else dims  # type: ignore[assignment]
    if isinstance(dims, int):
        named = [dims]
    axes = tuple(as_dimension(d, input.ndim, "roll") for d in named)
    fits = len(steps) == (len(axes) or 1)
    check(fits, "roll: shifts and dimensions must align, got {} and {}", shifts, dims)
    check(
        not axes or input.array.ndim,
        "roll: Dimension specified as {} but tensor has no dimensions",
        dims,
        error=IndexError,
    )
    return _rolled(input, tuple(steps) if axes else steps[0], axes or None)


def _rolled(input: Tensor, shifts: Any, dims: tuple[int, ...] | None) -> Tensor:
    def rule(g: Tensor) -> Tensor:
        back = tuple(-step for step in shifts) if isinstance(shifts, tuple) else -shifts
        return _rolled(g, back, dims)

    return record("roll", rolled, (input, rule), shifts=shifts, dims=dims)


@method
@tensors_only
def rot90(input: Tensor, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """A tensor turned by k times 90 degrees in the plane of two dimensions.

    Args:
        input: a tensor with at least two dimensions.
        k: how often; negative numbers turn the other way.
        dims: the two dimensions; turned is from the first one towards the second.

    Returns:
        A tensor of input's elements.

    Raises:
        RuntimeError: if there are not two different dimensions.

    Example:
        >>> torch.tensor([[1, 2], [3, 4]]).rot90()
        tensor([[2, 4],
                [1, 3]])
    """
    check(len(dims) == 2, "rot90: expected total rotation dims == 2, but got dims = {}", len(dims))
    check(input.ndim > 1, "rot90: expected total dims >= 2, but got total dims = {}", input.ndim)
    a, b = dims
    check(
        (a - b) % input.ndim,
        "rot90: expected rotation dims to be different, but got dim0 = {} and dim1 = {}",
        a,
        b,
    )
    quarters = k % 4
    if quarters == 0:
        return clone(input)
    if quarters == 1:
        return transpose(flip(input, b), a, b)
    if quarters == 2:
        return flip(input, a, b)
    return flip(transpose(input, a, b), b)


# diagonals and triangles ---------------------------------------------------------------------


@method(in_place=True)
@tensors_only
def tril(input: Tensor, diagonal: int = 0, *, out: Tensor | None = None) -> Tensor:
    """The lower triangle of each matrix; 0 elsewhere.

    Args:
        input: a tensor of shape (..., m, n).
        diagonal: the last diagonal that is kept: above the main one if positive.
        out: the tensor to write the result to.

    Returns:
        A tensor of input's shape.

    Raises:
        RuntimeError: if input has fewer than two dimensions.

    Example:
        >>> torch.ones(2, 2).tril()
        tensor([[1., 0.],
                [1., 1.]])
    """
    check(input.ndim > 1, "{}: input tensor must have at least 2 dimensions", "tril")
    result = _lower(input, diagonal)
    return result if out is None else write_out("tril", result, out)


def _lower(input: Tensor, diagonal: int) -> Tensor:
    return record("tril", np.tril, (input, lambda g: _lower(g, diagonal)), k=diagonal)


@method(in_place=True)
@tensors_only
def triu(input: Tensor, diagonal: int = 0, *, out: Tensor | None = None) -> Tensor:
    """The upper triangle of each matrix; 0 elsewhere.

    Args:
        input: a tensor of shape (..., m, n).
        diagonal: the first diagonal that is kept: above the main one if positive.
        out: the tensor to write the result to.

    Returns:
        A tensor of input's shape.

    Raises:
        RuntimeError: if input has fewer than two dimensions.

    Example:
        >>> torch.ones(2, 2).triu(1)
        tensor([[0., 1.],
                [0., 0.]])
    """
    check(input.ndim > 1, "{}: input tensor must have at least 2 dimensions", "triu")
    result = _upper(input, diagonal)
    return result if out is None else write_out("triu", result, out)


def _upper(input: Tensor, diagonal: int) -> Tensor:
    return record("triu", np.triu, (input, lambda g: _upper(g, diagonal)), k=diagonal)


@method
@tensors_only
def diag(input: Tensor, diagonal: int = 0, *, out: Tensor | None = None) -> Tensor:
    """A vector as a diagonal of a matrix of zeros; of a matrix, a diagonal.

    Args:
        input: a vector or a matrix.
        diagonal: which diagonal: above the main one if positive, below it if negative.
        out: the tensor to write the result to.

    Returns:
        A square matrix of a vector; a vector of a matrix.

    Raises:
        RuntimeError: if input is neither.

    Example:
        >>> torch.diag(torch.tensor([1, 2]))
        tensor([[1, 0],
                [0, 2]])
    """
    if input.ndim == 2:
        result = clone(diagonal_view(input, diagonal))
    else:
        check(input.ndim == 1, "diag(): Supports 1D or 2D tensors. Got {}D", input.ndim)
        result = diag_embed(input, diagonal)
    return result if out is None else write_out("diag", result, out)


@method
@tensors_only
def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The last dimension as the diagonals of matrices of zeros.

    Args:
        input: a tensor of shape (..., n).
        offset: which diagonal: above the main one if positive, below it if negative.
        dim1: the matrices' first dimension in the result.
        dim2: their second one.

    Returns:
        A tensor with one dimension more: of shape (..., n + abs(offset), n + abs(offset)) by
        default.

    Raises:
        RuntimeError: if the two dimensions are the same.

    Example:
        >>> torch.diag_embed(torch.tensor([1, 2]), 1)
        tensor([[0, 1, 0],
                [0, 0, 2],
                [0, 0, 0]])
    """
    i = as_dimension(dim1, input.ndim + 1, "diag_embed")
    j = as_dimension(dim2, input.ndim + 1, "diag_embed")
    check(i != j, "diagonal dimensions cannot be identical {}, {}", dim1, dim2)
    shape = list(input.array.shape[:-1])
    side = input.array.shape[-1] + abs(offset)
    for d in sorted((i, j)):
        shape.insert(d, side)
    return embed(input, tuple(shape), partial(diagonal_of, offset=offset, dim1=i, dim2=j))


@method
@tensors_only
def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """All elements as a diagonal of a matrix of zeros.

    Args:
        input: a tensor of n elements.
        offset: which diagonal: above the main one if positive, below it if negative.

    Returns:
        A matrix of n + abs(offset) rows and columns.
    """
    return diag_embed(reshape_to(input, (input.array.size,)), offset)


# grids and choices ---------------------------------------------------------------------------


@tensors_only
def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """The coordinates of the grid that vectors span.

    Args:
        tensors: vectors, or scalars, of one dtype; or one sequence of them.
        indexing: "ij": the first vector lies along dimension 0; "xy": along dimension 1, the
            second along 0.

    Returns:
        A tensor of the grid's shape for each vector.

    Raises:
        RuntimeError: if a tensor is not a vector, the dtypes differ, or `indexing` is another word.

    Example:
        >>> a, b = torch.meshgrid(torch.tensor([1, 2]), torch.tensor([3, 4]))
        >>> a, b
        (tensor([[1, 1],
                [2, 2]]), tensor([[3, 4],
                [3, 4]]))
    """
    xs: list[Tensor] = list(tensors)
    if len(tensors) == 1 and not isinstance(tensors[0], Tensor):
        xs = list(tensors[0])
    check(
        indexing in ("ij", "xy"),
        'meshgrid: indexing must be one of "xy" or "ij", but received: {}',
        indexing,
    )
    check(all(x.ndim < 2 for x in xs), "meshgrid: Expected 0D or 1D tensors, got {}", xs)
    check(
        len({x.array.dtype for x in xs}) < 2, "meshgrid expects all tensors to have the same dtype"
    )
    if indexing == "xy" and len(xs) > 1:
        first, second, *rest = meshgrid(xs[1], xs[0], *xs[2:])
        return (second, first, *rest)
    shape = tuple(x.array.size for x in xs)
    grids = []
    for i, x in enumerate(xs):
        along = (*(1,) * i, shape[i], *(1,) * (len(xs) - i - 1))
        grids.append(expand(reshape_to(x, along), shape))
    return tuple(grids)


@tensors_only
def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All combinations of the vectors' elements, one a row.

    Args:
        tensors: vectors of one dtype.

    Returns:
        A matrix with a column for each vector; the vector itself if there is one.

    Raises:
        RuntimeError: if a tensor is not a vector.

    Example:
        >>> torch.cartesian_prod(torch.tensor([1, 2]), torch.tensor([3, 4]))
        tensor([[1, 3],
                [1, 4],
                [2, 3],
                [2, 4]])
    """
    check(
        all(x.ndim == 1 for x in tensors), "cartesian_prod: Expect 1D vectors, but got {}", tensors
    )
    if len(tensors) == 1:
        return tensors[0]
    return stack([reshape(grid, -1) for grid in meshgrid(*tensors)], 1)


@method
@tensors_only
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All choices of r of a vector's elements, one a row.

    Args:
        input: a vector.
        r: how many are chosen.
        with_replacement: whether an element may be chosen again.

    Returns:
        A matrix with r columns.

    Raises:
        RuntimeError: if input is not a vector.

    Example:
        >>> torch.combinations(torch.tensor([1, 2, 3]))
        tensor([[1, 2],
                [1, 3],
                [2, 3]])
    """
    check(input.ndim == 1, "combinations: Expect a 1D vector, but got shape {}", input.shape)
    choose: Any = itertools.combinations
    if with_replacement:
        choose = itertools.combinations_with_replacement
    choices = np.array(list(choose(range(input.array.size), r)), np.int64)
    return getitem(input, wrap(choices.reshape((-1, r) if r else 0)))


@tensors_only
def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of a vector's elements, one row for each: a Vandermonde matrix.

    Args:
        x: a vector of n elements.
        N: how many powers. Default: n.
        increasing: whether the powers rise from 0, instead of falling to it.

    Returns:
        A tensor of shape (n, N).

    Raises:
        RuntimeError: if x is not a vector.

    Example:
        >>> torch.vander(torch.tensor([2, 3]), 3)
        tensor([[4, 2, 1],
                [9, 3, 1]])
    """
    check(x.ndim == 1, "vander: x must be a one-dimensional tensor.")
    powers = np.arange(x.array.size if N is None else N)
    base = x if x.array.dtype.kind == "f" else cast(x, dtypes.int64)
    return pow(unsqueeze(base, 1), wrap(powers if increasing else powers[::-1]))


def unravel_index(indices: Tensor, shape: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Indices into a flattened tensor, as one tensor of indices for each dimension.

    Args:
        indices: integers, a tensor of any shape.
        shape: the shape of the tensor before it was flattened.

    Returns:
        For each dimension an int64 tensor of the indices' shape.

    Raises:
        RuntimeError: if the indices are not integers.

    Example:
        >>> torch.unravel_index(torch.tensor([1, 5]), (2, 3))
        (tensor([0, 1]), tensor([1, 2]))
    """
    index_array(indices, "unravel_index")
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    return record_joint("unravel_index", unraveled, (indices,), _no_gradient, shape=sizes)


def unraveled(array: Array, shape: tuple[int, ...]) -> tuple[Array, ...]:
    """Flat indices as those of each dimension; negative ones count from the end."""
    return np.unravel_index(array.astype(np.int64) % math.prod(shape), shape)


def _no_gradient(gradients: Any) -> tuple[None]:
    """The joint rule of one input that gets no gradient."""
    return (None,)
