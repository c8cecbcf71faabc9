"""Splitting, joining, repeating: other orders of elements, made of the views and copies of `ops`."""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.composed.scattering import index_select
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops.arguments import cast, dimension, index_array, size
from tinygrad_mnist.ops.movement import (
    cat,
    clone,
    diag_embed,
    expand,
    flip,
    getitem,
    narrow,
    reshape,
    stack,
    transpose,
    unsqueeze,
)
from tinygrad_mnist.ops.movement import diagonal as _diagonal
from tinygrad_mnist.ops.pointwise import pow
from tinygrad_mnist.core.tensor import Tensor, wrap

__all__ = [
    "atleast_1d", "atleast_2d", "atleast_3d", "block_diag", "cartesian_prod", "column_stack", "combinations",
    "diag", "diagflat", "dsplit", "dstack", "fliplr", "flipud", "hsplit", "hstack", "meshgrid", "narrow_copy",
    "repeat", "repeat_interleave", "rot90", "tensor_split", "tile", "unravel_index", "vander", "vsplit", "vstack",
]  # fmt: skip


def narrow_copy(input: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """`narrow`, copied."""
    return clone(narrow(input, dim, start, length))


def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces along `dim` as NumPy's array_split cuts them."""
    d, cuts = dimension(dim, input.ndim, "tensor_split"), indices_or_sections
    length, cuts = input.array.shape[d], cuts.tolist() if isinstance(cuts, Tensor) else cuts
    if isinstance(cuts, int):
        check(cuts > 0, "tensor_split: number of sections must be larger than 0, got {}", cuts)
        n, more = divmod(length, cuts)
        cuts = np.cumsum([n + 1] * more + [n] * (cuts - more))[:-1]
    edges = [0, *(min(int(c) if c >= 0 else int(c) + length, length) for c in cuts), length]
    return tuple(narrow(input, d, a, max(b - a, 0)) for a, b in itertools.pairwise(edges))


def _splitting(name: str, dim: int, least: int, doc: str) -> Any:
    def op(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
        check(input.ndim >= least, "{} requires at least {} dimensions, but got {}", name, least, input.ndim)
        d, cuts = min(dim, input.ndim - 1), indices_or_sections
        even = not isinstance(cuts, int) or (cuts > 0 and input.array.shape[d] % cuts == 0)
        check(even, "{}: the size of dimension {} of {} is not divisible by {}", name, d, input.shape, cuts)
        return tensor_split(input, cuts, d)

    op.__name__, op.__doc__ = name, doc
    return op


hsplit = _splitting("hsplit", 1, 1, "Pieces side by side: `tensor_split` along dimension 1, or 0 of a vector.")
vsplit = _splitting("vsplit", 0, 2, "Pieces one below the other: `tensor_split` along dimension 0.")
dsplit = _splitting("dsplit", 2, 3, "`tensor_split` along dimension 2.")


def _grown(name: str, grow: Callable[[Tensor], Tensor], doc: str) -> Any:
    def op(*tensors: Any) -> Any:
        if len(tensors) == 1 and isinstance(tensors[0], Tensor):
            return grow(tensors[0])
        return tuple(map(grow, tensors[0] if len(tensors) == 1 else tensors))

    op.__name__, op.__doc__ = name, f"At least {doc}; of several tensors, a tuple."
    return op


atleast_1d = _grown("atleast_1d", lambda x: x if x.ndim else reshape(x, 1), "one dimension")
atleast_2d = _grown("atleast_2d", lambda x: x if x.ndim > 1 else reshape(x, 1, -1), "two dimensions, new ones in front")
atleast_3d = _grown("atleast_3d", lambda x: x if x.ndim > 2 else unsqueeze(atleast_2d(x), -1), "three dimensions")


def _joined(name: str, dim: int, grow: Callable[[Tensor], Tensor], doc: str) -> Any:
    def op(tensors: Sequence[Tensor]) -> Tensor:
        check(tensors, "{} expects a non-empty TensorList", name)
        xs = [grow(x) for x in tensors]
        return cat(xs, min(dim, xs[0].ndim - 1))

    op.__name__, op.__doc__ = name, doc
    return op


hstack = _joined("hstack", 1, atleast_1d, "Joined side by side: along dimension 1, or 0 for vectors.")
vstack = _joined("vstack", 0, atleast_2d, "Joined one below the other; vectors are rows.")
dstack = _joined("dstack", 2, atleast_3d, "Joined along dimension 2.")
column_stack = _joined("column_stack", 1, lambda x: x if x.ndim > 1 else reshape(x, -1, 1),
                       "Joined side by side; vectors are columns.")  # fmt: skip


def block_diag(*tensors: Tensor) -> Tensor:
    """Matrices along the diagonal of a matrix of zeros; vectors are rows."""
    xs = [atleast_2d(x) for x in tensors]
    check(all(x.ndim == 2 for x in xs), "block_diag: Input tensors must have 2 or fewer dimensions.")
    ends = [0, *np.cumsum([x.array.shape[1] for x in xs], dtype=int).tolist()]
    blank = [wrap(np.zeros((1, 0), dtypes.default()))]

    def row(x: Tensor, start: int, stop: int) -> Tensor:
        sides = (wrap(np.zeros((x.array.shape[0], n), x.array.dtype)) for n in (start, ends[-1] - stop))
        return cat([next(sides), x, next(sides)], 1)

    return cat([row(x, a, b) for x, (a, b) in zip(xs, itertools.pairwise(ends), strict=True)] or blank, 0)


def tile(input: Tensor, *times: Any, dims: Any = None) -> Tensor:
    """The tensor repeated; missing dimensions in front count as 1 on either side."""
    given = size(times if dims is None else (dims,))
    return repeat(input, (1,) * (input.ndim - len(given)) + given)


def repeat(input: Tensor, *sizes: Any, repeats: Any = None) -> Tensor:
    """The tensor copied `repeats` times along each dimension; new dimensions come in front."""
    times, shape = size(sizes if repeats is None else (repeats,)), input.array.shape
    new = len(times) - len(shape)
    check(new >= 0, "repeat: Number of dimensions of repeat dims can not be smaller than number of dimensions of"
          " tensor: {} against {}", len(times), len(shape))  # fmt: skip
    padded = (1,) * new + shape
    spaced = reshape(input, [n for each in padded for n in (1, each)])
    grown = expand(spaced, [n for pair in zip(times, padded, strict=True) for n in pair])
    return reshape(clone(grown), [a * b for a, b in zip(times, padded, strict=True)])


def repeat_interleave(input: Tensor, repeats: Any = None, dim: int | None = None, *,
                      output_size: int | None = None) -> Tensor:  # fmt: skip
    """Each element (or slice along `dim`) repeated, an int or one count for each; of counts alone, what they repeat."""
    if repeats is None:
        return repeat_interleave(wrap(np.arange(input.array.size)), input)
    x, d = (reshape(input, -1), 0) if dim is None else (input, dimension(dim, input.ndim, "repeat_interleave"))
    counts, room = np.asarray(repeats.array if isinstance(repeats, Tensor) else repeats), (*x.array.shape, 1)[d]
    check(counts.size in (1, room), "repeat_interleave: repeats must have the same size as input along dim, but got {}"
          " and {}", counts.size, room)  # fmt: skip
    check((counts >= 0).all(), "repeat_interleave: Repeats must be non-negative")
    return index_select(x, d, wrap(np.repeat(np.arange(room), counts)))


def fliplr(input: Tensor) -> Tensor:
    """Columns reversed."""
    check(input.ndim > 1, "fliplr: Input must be >= 2-d.")
    return flip(input, 1)


def flipud(input: Tensor) -> Tensor:
    """Rows reversed."""
    check(input.ndim, "flipud: Input must be >= 1-d.")
    return flip(input, 0)


def rot90(input: Tensor, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """Turned by k times 90 degrees from the first of `dims` towards the second."""
    check(len(dims) == 2, "rot90: expected total rotation dims == 2, but got dims = {}", len(dims))
    check(input.ndim > 1, "rot90: expected total dims >= 2, but got total dims = {}", input.ndim)
    a, b = dims
    check((a - b) % input.ndim, "rot90: expected rotation dims to be different, but got dim0 = {} and dim1 = {}", a, b)
    quarters = k % 4
    if quarters % 2 == 0:
        return flip(input, a, b) if quarters else clone(input)
    return transpose(flip(input, b), a, b) if quarters == 1 else flip(transpose(input, a, b), b)


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """A vector as the diagonal of a matrix of zeros; of a matrix, its diagonal."""
    if input.ndim == 2:
        return clone(_diagonal(input, diagonal))
    check(input.ndim == 1, "diag(): Supports 1D or 2D tensors. Got {}D", input.ndim)
    return diag_embed(input, diagonal)


def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """All elements as the diagonal of a matrix of zeros."""
    return diag_embed(reshape(input, -1), offset)


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """Vectors spread over the grid that they span; "xy" exchanges the first two dimensions."""
    xs = list(tensors[0]) if len(tensors) == 1 and not isinstance(tensors[0], Tensor) else list(tensors)
    check(indexing in ("ij", "xy"), 'meshgrid: indexing must be one of "xy" or "ij", but received: {}', indexing)
    check(all(x.ndim < 2 for x in xs), "meshgrid: Expected 0D or 1D tensors, got {}", xs)
    check(len({x.array.dtype for x in xs}) < 2, "meshgrid expects all tensors to have the same dtype")
    if indexing == "xy" and len(xs) > 1:
        first, second, *rest = meshgrid(xs[1], xs[0], *xs[2:])
        return (second, first, *rest)
    shape = tuple(x.array.size for x in xs)
    places = ((1,) * i + (-1,) + (1,) * (len(xs) - i - 1) for i in range(len(xs)))
    return tuple(expand(reshape(x, place), shape) for x, place in zip(xs, places, strict=True))


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All combinations of the vectors' elements, one a row."""
    check(all(x.ndim == 1 for x in tensors), "cartesian_prod: Expect 1D vectors, but got {}", tensors)
    return tensors[0] if len(tensors) == 1 else stack([reshape(grid, -1) for grid in meshgrid(*tensors)], 1)


def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All choices of r of a vector's elements, one a row."""
    check(input.ndim == 1, "combinations: Expect a 1D vector, but got shape {}", input.shape)
    choices = (itertools.combinations_with_replacement if with_replacement else itertools.combinations)(
        range(input.array.size), r
    )
    return getitem(input, wrap(np.array(list(choices), np.int64).reshape((-1, r) if r else 0)))


def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers N - 1 to 0 (0 to N - 1 if increasing) of a vector's elements, one row for each."""
    check(x.ndim == 1, "vander: x must be a one-dimensional tensor.")
    powers = np.arange(x.array.size if N is None else N)
    base = x if x.array.dtype.kind == "f" else cast(x, dtypes.int64)
    return pow(unsqueeze(base, 1), wrap(powers if increasing else powers[::-1]))


def unravel_index(indices: Tensor, shape: Any) -> tuple[Tensor, ...]:
    """Indices into a flattened tensor of the shape as one tensor of indices for each dimension."""
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    flat = index_array(indices, "unravel_index").astype(np.int64)
    return tuple(map(wrap, np.unravel_index(flat % math.prod(sizes), sizes)))
