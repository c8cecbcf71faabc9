"""Shape and indexing: operations that move elements and compute nothing.

A view shares memory with its input, as in PyTorch; the rest copy.
"""

import builtins
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinygrad_mnist import dtypes
from tinygrad_mnist.errors import check
from tinygrad_mnist.ops.arguments import as_tensor, cast, dimension, dimensions, index_array, promoted, size
from tinygrad_mnist.ops.pointwise import div, floor_divide, pow
from tinygrad_mnist.tape import Part, assign, embed, mode, record, record_view, touch
from tinygrad_mnist.tensor import Array, Size, Tensor, as_array, wrap

__all__ = [
    "argwhere", "as_strided", "as_strided_scatter", "atleast_1d", "atleast_2d", "atleast_3d", "block_diag",
    "broadcast_shapes", "broadcast_tensors", "broadcast_to", "cartesian_prod", "cat", "chunk", "clone", "column_stack",
    "combinations", "contiguous", "diag", "diag_embed", "diagflat", "diagonal", "diagonal_scatter", "dsplit", "dstack",
    "expand", "expand_as", "fill", "flatten", "flip", "fliplr", "flipud", "gather", "hsplit", "hstack", "index_add",
    "index_copy", "index_fill", "index_put", "index_reduce", "index_select", "masked_fill", "masked_scatter",
    "masked_select", "meshgrid", "movedim", "narrow", "narrow_copy", "nonzero", "permute", "put", "repeat",
    "repeat_interleave", "reshape", "reshape_as", "roll", "rot90", "scatter", "scatter_add", "scatter_reduce", "select",
    "select_scatter", "slice_scatter", "split", "squeeze", "stack", "sum_to_size", "t", "take", "take_along_dim",
    "tensor_split", "tile", "transpose", "tril", "triu", "unbind", "unflatten", "unfold", "unravel_index", "unsqueeze",
    "vander", "view", "view_as", "vsplit", "vstack",
]  # fmt: skip

ALL = slice(None)

# views -------------------------------------------------------------------------------------


def _full_shape(input: Tensor, wanted: tuple[int, ...], name: str) -> tuple[int, ...]:
    count, known = input.array.size, math.prod(n for n in wanted if n != -1)
    check(wanted.count(-1) < 2, "{}: only one dimension can be inferred, got {}", name, wanted)
    if -1 in wanted and known and count % known == 0:
        wanted = tuple(count // known if n == -1 else n for n in wanted)
    if math.prod(wanted) != count or builtins.min(wanted, default=0) < 0:
        raise RuntimeError(f"{name}: shape '{[*wanted]}' is invalid for input of size {count} (shape {input.shape})")
    return wanted


def reshape(input: Tensor, *sizes: Any, shape: Any = None) -> Tensor:
    """The elements in another shape, one of whose sizes may be -1: a view where possible."""
    goal, old = _full_shape(input, size(sizes if shape is None else (shape,)), "reshape"), input.array.shape
    out = input.array.reshape(goal)
    if input.array.flags.c_contiguous or np.may_share_memory(out, input.array):
        return record_view("reshape", input, lambda a: a.reshape(goal), lambda g: reshape(g, old))
    return record("reshape", out, (input, lambda g: reshape(g, old)))


def view(input: Tensor, *shape: Any) -> Tensor:
    """`reshape` that must not copy; with a dtype as argument, that dtype's reading of the bytes."""
    if len(shape) == 1 and isinstance(shape[0], dtypes.dtype):
        return wrap(input.array.view(dtypes.resolve(shape[0])))
    out = reshape(input, *shape)
    check(out.view_of is not None or not input.array.size, "view: view size is not compatible with input tensor's size"
          " and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...).")  # fmt: skip
    return out


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dimensions from start to end, inclusive, as one."""
    first, last = (dimension(d, input.ndim, "flatten") for d in (start_dim, end_dim))
    check(first <= last, "flatten() has invalid args: start_dim cannot come after end_dim")
    if first == last:
        return input if input.ndim else reshape(input, 1)
    shape = input.array.shape
    return reshape(input, (*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :]))


def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """One dimension as several, of which one size may be -1."""
    d, shape = dimension(dim, input.ndim, "unflatten"), input.array.shape
    check(len(sizes), "unflatten: sizes must be non-empty")
    known = math.prod(n for n in sizes if n != -1)
    filled = [shape[d] // known if n == -1 else n for n in sizes]
    check(math.prod(filled) == shape[d], "unflatten: sizes {} don't multiply up to dim {}'s {}", sizes, dim, shape[d])
    return reshape(input, (*shape[:d], *filled, *shape[d + 1 :]))


def permute(input: Tensor, *order: Any, dims: Any = None) -> Tensor:
    """The dimensions in another order: a view."""
    given = size(order if dims is None else (dims,))
    check(len(given) == input.ndim, "permute: number of dimensions in the tensor input does not match the length of the"
          " desired ordering: {} against {}", input.ndim, len(given))  # fmt: skip
    goal = dimensions(given, input.ndim, "permute")
    back = sorted(range(len(goal)), key=goal.__getitem__)
    return record_view("permute", input, lambda a: a.transpose(goal), lambda g: permute(g, back))


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions exchanged: a view."""
    i, j = (dimension(d, input.ndim, "transpose") for d in (dim0, dim1))
    if input.ndim == 0:
        return record_view("transpose", input, lambda a: a.view(), lambda g: g)
    return record_view("transpose", input, lambda a: a.swapaxes(i, j), lambda g: transpose(g, i, j))


def t(input: Tensor) -> Tensor:
    """A matrix transposed; a vector or scalar as it is."""
    check(input.ndim <= 2, "t() expects a tensor with <= 2 dimensions, but self is {}D", input.ndim)
    return transpose(input, 0, 1) if input.ndim == 2 else input


def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Dimensions moved to other places, the rest in their order."""
    given = [[each] if isinstance(each, int) else [*each] for each in (source, destination)]
    check(len(given[0]) == len(given[1]), "movedim: Invalid source or destination dims: {} against {}", *given)
    sources, goals = (dimensions(each, input.ndim, "movedim") for each in given)
    order = [d for d in range(input.ndim) if d not in sources]
    for goal, source in sorted(zip(goals, sources, strict=True)):
        order.insert(goal, source)
    return permute(input, order)


def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    """Without the dimensions of size 1, or without those named that have size 1."""
    named = () if isinstance(dim, tuple | list) and not dim else dimensions(dim, input.ndim, "squeeze")
    return reshape(input, tuple(n for d, n in enumerate(input.array.shape) if n != 1 or d not in named))


def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """With a new dimension of size 1 at `dim`."""
    d = dimension(dim, input.ndim + 1, "unsqueeze")
    return reshape(input, (*input.array.shape[:d], 1, *input.array.shape[d:]))


def expand(input: Tensor, *sizes: Any, implicit: bool = False) -> Tensor:
    """Dimensions of size 1 repeated to the sizes given, without copying; -1 keeps a size."""
    wanted, shape = size(sizes), input.array.shape
    new = len(wanted) - len(shape)
    check(new >= 0, "expand: {} has fewer dimensions than the tensor's {}", wanted, shape)
    goal = tuple(shape[d - new] if n == -1 and d >= new else n for d, n in enumerate(wanted))
    fit = all(n >= 0 and (d < new or shape[d - new] in (1, n)) for d, n in enumerate(goal))
    check(fit, "expand: The expanded size of the tensor must match the existing size at non-singleton dimensions."
          " Target sizes: {}. Tensor sizes: {}", wanted, shape)  # fmt: skip
    return record_view("expand", input, lambda a: np.broadcast_to(a, goal), lambda g: g)


def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """Expanded to other's shape."""
    return expand(input, other.array.shape)


def view_as(input: Tensor, other: Tensor) -> Tensor:
    """Viewed in other's shape."""
    return view(input, other.array.shape)


def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """Reshaped to other's shape."""
    return reshape(input, other.array.shape)


def broadcast_to(input: Tensor, size: Any) -> Tensor:
    """Expanded to a shape."""
    return expand(input, tuple(size))


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """All expanded to the shape that they broadcast to."""
    shape = broadcast_shapes(*(x.array.shape for x in tensors))
    return tuple(expand(x, shape) for x in tensors)


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that tensors of these shapes broadcast to."""
    try:
        return Size(np.broadcast_shapes(*(each if isinstance(each, int) else tuple(each) for each in shapes)))
    except ValueError as error:
        raise RuntimeError(f"broadcast_shapes: {error}") from None


def sum_to_size(input: Tensor, *shape: Any) -> Tensor:
    """The opposite of broadcasting: summed over the dimensions that `shape` lacks or has as 1."""
    goal, own = size(shape), input.array.shape
    new = len(own) - len(goal)
    fit = new >= 0 and all(n in (m, 1) for m, n in zip(own[new:], goal, strict=True))
    check(fit, "sum_to_size: size {} is not expandable to size {}", goal, own)
    dims = (*range(new), *(d + new for d, n in enumerate(goal) if n == 1 and own[d + new] != 1))
    wide = None if input.array.dtype.kind == "f" else np.int64
    if not dims:
        return input if goal or not wide else cast(input, wide)
    out = np.add.reduce(input.array, dims, wide, keepdims=True).reshape(goal)
    return record("sum_to_size", out, (input, lambda g: expand(reshape(g, (1,) * new + goal), own)))


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The diagonal of each matrix in the dimensions given, as a last dimension: a view."""
    i, j = (dimension(d, input.ndim, "diagonal") for d in (dim1, dim2))
    check(i != j, "diagonal dimensions cannot be identical {}, {}", dim1, dim2)
    shape, function = input.array.shape, _diagonal_of(offset, i, j)
    return record_view("diagonal", input, function, Part(function, shape))


def _diagonal_of(offset: int, i: int, j: int) -> Callable[[Array], Array]:
    def function(a: Array) -> Array:
        out = np.diagonal(a, offset, i, j)
        if a.flags.writeable:
            out.flags.writeable = True
        return out

    return function


def _storage(a: Array) -> Array:
    """The elements of the whole memory that an array is part of."""
    below: Any = a
    while below is not None:
        a = below if isinstance(below, np.ndarray) and below.dtype == a.dtype else a
        below = getattr(below, "base", None)
    return a.ravel("K")


def as_strided(input: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """A view of the memory that input is part of: `stride` elements to the next in each dimension."""
    memory, shape, steps = _storage(input.array), input.array.shape, input.stride()
    own, count = (input.data_ptr() - wrap(memory).data_ptr()) // memory.itemsize, memory.size
    start = own if storage_offset is None else storage_offset

    def function(a: Array) -> Array:
        flat = _storage(a)
        last = start + builtins.sum((n - 1) * step for n, step in zip(size, stride, strict=True))
        check(0 in size or last < flat.size, "as_strided: size {}, stride {} and offset {} are out of bounds for"
              " storage of size {}", size, stride, start, flat.size)  # fmt: skip
        return np.ndarray(size, flat.dtype, flat, start * flat.itemsize, [each * flat.itemsize for each in stride])

    def rule(g: Tensor) -> Tensor:
        places = np.arange(count)
        mine = np.ndarray(shape, int, places, own * places.itemsize, [each * places.itemsize for each in steps])
        return getitem(_put(g, (count,), (wrap(function(places)),)), wrap(mine))

    return record_view("as_strided", input, function, rule)


def select(input: Tensor, dim: int, index: int) -> Tensor:
    """One slice along `dim`, without that dimension: a view."""
    return getitem(input, (ALL,) * dimension(dim, input.ndim, "select") + (int(index),))


def narrow(input: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """`length` elements along `dim` from `start`: a view."""
    check(input.ndim, "narrow() cannot be applied to a 0-dim tensor.")
    if isinstance(start, Tensor):
        check(not start.ndim and start.array.dtype.kind in "iu", "narrow: start must be an 0-dim integral Tensor.")
    d, start, length = dimension(dim, input.ndim, "narrow"), int(start), int(length)
    room = input.array.shape[d]
    check(-room <= start <= room, "narrow: start {} is out of range for size {}", start, room, error=IndexError)
    start += room if start < 0 else 0
    check(0 <= length <= room - start, "narrow: start ({}) + length ({}) exceeds dimension size ({}).",
          start, length, room)  # fmt: skip
    return getitem(input, (ALL,) * d + (slice(start, start + length),))


def narrow_copy(input: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """`narrow`, copied."""
    return clone(narrow(input, dim, start, length))


def _slice(input: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Tensor:
    return getitem(input, (ALL,) * dimension(dim, input.ndim, "slice") + (slice(start, end, step),))


def _scattering(name: str, part: Callable[..., Tensor], what: str) -> Any:
    """A copy of the input, one view of which holds what `src` does."""

    def op(input: Tensor, src: Tensor, *args: Any, **options: Any) -> Tensor:
        out = clone(input)
        place = part(out, *args, **options)
        check(place.shape == src.shape, "{}: expected src to have the size {}, got {}", name, place.shape, src.shape)
        assign(place, src, name)
        return out

    op.__name__, op.__doc__ = name, f"A copy of input in which src stands in place of {what}."
    return op


select_scatter = _scattering("select_scatter", select, "one `select(dim, index)`")
slice_scatter = _scattering("slice_scatter", _slice, "the slice [start:end:step] along `dim`")
diagonal_scatter = _scattering("diagonal_scatter", diagonal, "a `diagonal`")
as_strided_scatter = _scattering("as_strided_scatter", as_strided, "what `as_strided(size, stride)` sees")


def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """All slices along `dim`."""
    d = dimension(dim, input.ndim, "unbind")
    return tuple(select(input, d, i) for i in range(input.array.shape[d]))


def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces along `dim`: of one size (the last may be smaller), or of the sizes listed."""
    d, sizes = dimension(dim, tensor.ndim, "split"), split_size_or_sections
    length = tensor.array.shape[d]
    if isinstance(sizes, int):
        check(sizes > 0 or sizes == length, "split: expects split_size be positive, got {}", sizes)
        sizes = [builtins.min(sizes, length - i) for i in range(0, length, sizes or 1)] or [0]
    check(builtins.sum(sizes) == length, "split_with_sizes expects split_sizes to sum exactly to {} (the size at"
          " dimension {}), but got split_sizes={}", length, dim, sizes)  # fmt: skip
    return tuple(narrow(tensor, d, start, n) for start, n in zip(np.cumsum([0, *sizes]), sizes, strict=False))


def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most `chunks` pieces of equal size along `dim`; the last may be smaller."""
    check(chunks > 0, "chunk expects `chunks` to be greater than 0, got: {}", chunks)
    length = input.array.shape[dimension(dim, input.ndim, "chunk")]
    return split(input, -(-length // chunks) or ([0] * chunks), dim)


def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces along `dim` as NumPy's array_split cuts them."""
    d, cuts = dimension(dim, input.ndim, "tensor_split"), indices_or_sections
    length, cuts = input.array.shape[d], cuts.tolist() if isinstance(cuts, Tensor) else cuts
    if isinstance(cuts, int):
        check(cuts > 0, "tensor_split: number of sections must be larger than 0, got {}", cuts)
        n, more = divmod(length, cuts)
        cuts = np.cumsum([n + 1] * more + [n] * (cuts - more))[:-1]
    edges = [0, *(builtins.min(int(c) if c >= 0 else int(c) + length, length) for c in cuts), length]
    return tuple(narrow(input, d, a, builtins.max(b - a, 0)) for a, b in itertools.pairwise(edges))


def _splitting(name: str, dim: int, least: int, doc: str) -> Any:
    def op(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
        check(input.ndim >= least, "{} requires at least {} dimensions, but got {}", name, least, input.ndim)
        d, cuts = builtins.min(dim, input.ndim - 1), indices_or_sections
        even = not isinstance(cuts, int) or (cuts > 0 and input.array.shape[d] % cuts == 0)
        check(even, "{}: the size of dimension {} of {} is not divisible by {}", name, d, input.shape, cuts)
        return tensor_split(input, cuts, d)

    op.__name__, op.__doc__ = name, doc
    return op


hsplit = _splitting("hsplit", 1, 1, "Pieces side by side: `tensor_split` along dimension 1, or 0 of a vector.")
vsplit = _splitting("vsplit", 0, 2, "Pieces one below the other: `tensor_split` along dimension 0.")
dsplit = _splitting("dsplit", 2, 3, "`tensor_split` along dimension 2.")


def unfold(input: Tensor, dimension_: int, size: int, step: int) -> Tensor:
    """All windows of `size` along a dimension, `step` apart, as a new last dimension: a view."""
    if not input.ndim:
        return select(unfold(reshape(input, 1), dimension_, size, step), 0, 0)
    d, shape = dimension(dimension_, input.ndim, "unfold"), input.array.shape
    check(0 <= size <= shape[d], "unfold: maximum size for tensor at dimension {} is {} but size is {}",
          d, shape[d], size)  # fmt: skip
    check(step > 0, "unfold: step is {} but must be > 0", step)
    starts = (ALL,) * d + (slice(None, None, step),)
    at = (ALL,) * d + (wrap(np.arange(0, shape[d] - size + 1, step)[:, None] + np.arange(size)),)
    return record_view("unfold", input, lambda a: sliding_window_view(a, size, d, writeable=a.flags.writeable)[starts],
                       lambda g: _put(movedim(g, -1, d + 1), shape, at))  # fmt: skip


# indexing ----------------------------------------------------------------------------------


def _plain(index: Any) -> Any:
    """One part of an index as NumPy takes it: an array, int, slice, None or Ellipsis."""
    if isinstance(index, Tensor):
        array = index.array
        if array.ndim == 0 and array.dtype.kind in "iu":
            return int(array)
        return array.view(bool) if array.dtype == np.uint8 else array
    if isinstance(index, slice):
        check(index.step is None or index.step > 0, "getitem: step must be greater than zero", error=ValueError)
        return slice(*(None if p is None else p.__index__() for p in (index.start, index.stop, index.step)))
    if isinstance(index, list | range):
        return as_array(list(index)) if index else np.zeros(0, np.int64)
    return np.asarray(index) if isinstance(index, bool) else index


def _index(index: Any) -> tuple[tuple[Any, ...], tuple[Any, ...], bool]:
    """An index as a tuple, the same as NumPy takes it, and whether it is basic (makes a view)."""
    held = index if isinstance(index, tuple) else (index,)
    parts = tuple(map(_plain, held))
    arrays = [p for p in parts if isinstance(p, np.ndarray)]
    check(all(p.dtype.kind in "iub" for p in arrays),
          "tensors used as indices must be long, int, byte or bool tensors", error=IndexError)  # fmt: skip
    return held, parts, not arrays


def _numbers_first(held: tuple[Any, ...], parts: tuple[Any, ...]) -> Any:
    """An index that mixes numbers with tensors as two, the numbers' and the tensors'; else None.

    NumPy takes the numbers for arrays, which changes the order of dimensions.
    """
    if not any(isinstance(p, int | np.integer) for p in parts):
        return None
    taken = [(ALL,) * (p.ndim if p.dtype.kind == "b" else 1) if isinstance(p, np.ndarray) else (p,) for p in parts]
    pairs = [(each, p) for each, p in zip(held, parts, strict=True) if not isinstance(p, int | np.integer)]
    return (*itertools.chain(*taken),), tuple(
        each if isinstance(p, np.ndarray) or p is Ellipsis else ALL for each, p in pairs
    )


def _read(input: Tensor, parts: tuple[Any, ...]) -> Array:
    one, x = parts[0] if len(parts) == 1 else None, input.array
    try:
        if isinstance(one, np.ndarray) and one.dtype == np.int64 and one.size and x.size:
            return x.take(one, 0)  # quicker than indexing
        return np.asarray(x[parts])
    except IndexError as error:
        message = str(error).replace(" axis ", " dimension ")
        raise IndexError(f"getitem: {message}; the tensor's shape is {tuple(input.shape)}") from None


def getitem(input: Tensor, index: Any) -> Tensor:
    """input[index], as PyTorch indexes: a view unless the index holds tensors or lists."""
    held, parts, basic = _index(index)
    shape = input.array.shape
    if basic:
        _read(input, parts)
        whole = (*parts, Ellipsis) if Ellipsis not in parts else parts

        def function(a: Array) -> Array:
            return a[whole]

        return record_view("getitem", input, function, Part(function, shape))
    if staged := _numbers_first(held, parts):
        return getitem(getitem(input, staged[0]), staged[1])
    return record("getitem", _read(input, parts), (input, lambda g: _put(g, shape, held)))


def _put(g: Tensor, shape: tuple[int, ...], index: tuple[Any, ...]) -> Tensor:
    """Zeros of `shape` with g added at an index: the gradient of getitem."""
    out = np.zeros(shape, g.array.dtype)
    add_at(out, _index(index)[1], g.array)
    return record("put", out, (g, lambda h: getitem(h, index)))


def add_at(out: Array, index: Any, values: Array) -> None:
    """out[index] += values, counting every repeated index.

    Rows of a matrix picked by one integer index, as an embedding's gradient is, are summed by
    sorting: NumPy's own `add.at` takes them one element at a time.
    """
    rows = index[0] if len(index) == 1 else None
    if isinstance(rows, np.ndarray) and rows.dtype.kind in "iu" and out.ndim > 1 and rows.size > 1:
        flat, cells = rows.ravel() % len(out), values.reshape(rows.size, -1)
        order = np.argsort(flat, kind="stable")
        ordered = flat[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        totals = np.add.reduceat(cells[order], starts, axis=0)
        out.reshape(len(out), -1)[ordered[starts]] += totals
    else:
        np.add.at(out, index, values)


def setitem(input: Tensor, index: Any, value: Any) -> None:
    """input[index] = value, seen by the tape: gradients go to the value, and no longer to what was there."""
    held, parts, basic = _index(index)
    if not basic and (staged := _numbers_first(held, parts)):
        return setitem(getitem(input, staged[0]), staged[1], value)
    source = value if isinstance(value, Tensor) else wrap(as_array(value, input.array.dtype))
    target = _read(input, parts)
    lead = source.array.shape[: builtins.max(source.array.ndim - target.ndim, 0)]
    if lead and builtins.max(lead) == 1:
        source = reshape(source, source.array.shape[len(lead) :])
    if mode.recording and (input.tracked or source.tracked):
        source, region = cast(source, input.dtype), getitem(input, held) if basic else input
        value = expand(source, region.array.shape) if basic else index_put(input, held, source)
        assign(region, value, "setitem")
        return None
    try:
        input.array[parts] = source.array
    except ValueError:
        raise RuntimeError(
            f"setitem: value of shape {tuple(source.shape)} cannot be broadcast to indexing result of {target.shape}"
        ) from None
    return touch(input)


def index_put(input: Tensor, indices: Sequence[Any], values: Tensor, accumulate: bool = False) -> Tensor:
    """A copy of input with `values` written (or added) at the indices."""
    held, parts, _ = _index(tuple(ALL if each is None else each for each in indices))
    check(values.array.dtype == input.array.dtype, "index_put: requires the source and destination dtypes match, got"
          " {} for the destination and {} for the source", input.dtype, values.dtype)  # fmt: skip
    out = input.array.copy()
    if accumulate:
        np.add.at(out, parts, values.array)
    else:
        out[parts] = values.array
    return record("index_put", out, (values, lambda g: getitem(g, held)), (input, lambda g: (
        g if accumulate else index_put(g, held, wrap(np.zeros((), g.array.dtype)))
    )))  # fmt: skip


def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """A copy of input with the elements of source written (or added) at indices into the flattened input."""
    out = index_put(reshape(input, -1), (reshape(index, -1),), reshape(source, -1), accumulate)
    return reshape(out, input.array.shape)


def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements of the flattened input at the indices."""
    index_array(index, "take")
    return getitem(reshape(input, -1), index)


# one index along a dimension, a vector as if each other dimension were all of it


def _slices(name: str, input: Tensor, dim: int, index: Tensor, source: Tensor | None = None) -> Any:
    """The input with at least one dimension, and the index of the slices along `dim` that a vector names."""
    x, where = input if input.ndim else reshape(input, 1), index_array(index, name)
    d = dimension(dim, x.ndim, name)
    check(where.ndim < 2, "{}: Index is supposed to be a vector, got {} dimensions", name, where.ndim, error=IndexError)
    low, room = (-x.array.shape[d] if name == "index_fill" else 0), x.array.shape[d]
    check(not where.size or (low <= where.min() and where.max() < room),
          "{}: index out of range in self of size {}", name, room, error=IndexError)  # fmt: skip
    if source is not None and input.ndim:
        goal = (*x.array.shape[:d], where.size, *x.array.shape[d + 1 :])
        check(source.array.shape == goal or not where.ndim, "{}: source tensor shape must match self tensor shape,"
              " excluding the specified dimension: got {}, wanted {}", name, source.shape, goal)  # fmt: skip
    return x, (ALL,) * d + (reshape(index, -1),)


def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The slices along `dim` that a vector of indices names."""
    out = getitem(*_slices("index_select", input, dim, index))
    return out if input.ndim else reshape(out, ())


def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
    """A copy of input with slices of source, times alpha, added at the indices along `dim`."""
    x, at = _slices("index_add", input, dim, index, source)
    return reshape(index_put(x, at, source if alpha == 1 else cast(source * alpha, x.dtype), True), input.array.shape)


def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """A copy of input with slices of source written at the indices along `dim`."""
    x, at = _slices("index_copy", input, dim, index, source)
    return reshape(index_put(x, at, source), input.array.shape)


def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """A copy of input with one number written at the indices along `dim`."""
    x, at = _slices("index_fill", input, dim, index)
    mask = index_put(wrap(np.zeros(x.array.shape, bool)), at, wrap(np.ones((), bool)))
    return masked_fill(input, reshape(mask, input.array.shape), value)


def index_reduce(input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *,
                 include_self: bool = True) -> Tensor:  # fmt: skip
    """A copy of input with slices of source combined into the indices along `dim`: see `scatter_reduce`."""
    x, at = _slices("index_reduce", input, dim, index, source)
    return reshape(_combined("index_reduce", x, at, source, reduce, include_self), input.array.shape)


def _along(name: str, input: Tensor, dim: int, index: Tensor) -> Any:
    """The input with at least one dimension, and the full index that reads `index` along `dim` and its own
    place in every other dimension."""
    x, i = (each if each.ndim else reshape(each, 1) for each in (input, index))
    d, where, shape = dimension(dim, x.ndim, name), index_array(i, name), x.array.shape
    if not where.size:
        return x, (wrap(where.astype(np.int64)),) * x.ndim
    check(where.ndim == x.ndim, "{}: Index tensor must have the same number of dimensions as input tensor, got {} and"
          " {}", name, where.ndim, x.ndim)  # fmt: skip
    bad = where.min() if where.min() < 0 else where.max()
    check(0 <= bad < shape[d], "{}: index {} is out of bounds for dimension {} with size {}", name, bad, d, shape[d])
    check(all(k == d or n <= shape[k] for k, n in enumerate(where.shape)), "{}: Size does not match: expected index {}"
          " to be no larger than self {} apart from dimension {}", name, where.shape, shape, d)  # fmt: skip
    places = (np.arange(n).reshape((-1,) + (1,) * (x.ndim - k - 1)) for k, n in enumerate(where.shape))
    return x, tuple(i if k == d else wrap(place) for k, place in enumerate(places))


def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:
    """out[i][j] = input[index[i][j]][j] for dim 0, and so on: elements picked along `dim`."""
    x, at = _along("gather", input, dim, index)
    shape, parts = x.array.shape, _index(at)[1]
    out = record("gather", x.array[parts], (x, lambda g: _put(g, shape, at)))
    return out if index.ndim else reshape(out, ())


def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """`gather` that broadcasts, and counts negative indices from the end; along the flattened input without a dim."""
    if dim is None:
        return take_along_dim(reshape(input, -1), reshape(indices, -1), 0)
    d, where = dimension(dim, input.ndim, "take_along_dim"), index_array(indices, "take_along_dim")
    goal = broadcast_shapes(*([*x.shape[:d], 1, *x.shape[d + 1 :]] for x in (input, where)))
    xs = input, wrap(np.where(where < 0, where + input.array.shape[d], where))
    x, index = (expand(x, *goal[:d], x.array.shape[d], *goal[d + 1 :]) for x in xs)
    return gather(x, d, index)


def _source(name: str, input: Tensor, index: Tensor, src: Any) -> Tensor:
    """What is scattered: a number, or the corner of src that the index covers."""
    if not isinstance(src, Tensor):
        return wrap(np.asarray(src).astype(input.array.dtype))
    check(src.array.dtype == input.array.dtype, "{}: Expected self.dtype to be equal to src.dtype", name)
    if src.ndim != index.ndim and index.array.size:
        return reshape(src, index.array.shape)
    return src if src.array.shape == index.array.shape else getitem(src, tuple(map(slice, index.array.shape)))


def scatter(input: Tensor, dim: int, index: Tensor, src: Any = None, *,
            value: Any = None, reduce: str | None = None) -> Tensor:  # fmt: skip
    """A copy of input with src, a tensor or a number, written at out[index[i][j]][j] for dim 0, and so on.

    `reduce` "add" or "multiply" combines with what was there.
    """
    x, at = _along("scatter", input, dim, index)
    source = _source("scatter", x, index, value if src is None else src)
    check(reduce in (None, "add", "multiply"), "scatter: reduce argument must be either add or multiply.")
    out = _combined("scatter", x, at, source, "prod", True) if reduce == "multiply" else (
        index_put(x, at, source, reduce == "add")
    )  # fmt: skip
    return reshape(out, input.array.shape)


def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """A copy of input with src added at out[index[i][j]][j] for dim 0, and so on."""
    return scatter(input, dim, index, src, reduce="add")


def scatter_reduce(input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *,
                   include_self: bool = True) -> Tensor:  # fmt: skip
    """A copy of input with src combined into out[index[i][j]][j] for dim 0, and so on.

    `reduce` is "sum", "prod", "mean", "amax" or "amin"; input's own elements count with `include_self`.
    """
    x, at = _along("scatter_reduce", input, dim, index)
    source = _source("scatter_reduce", x, index, src)
    return reshape(_combined("scatter_reduce", x, at, source, reduce, include_self), input.array.shape)


def _combined(name: str, x: Tensor, at: tuple[Any, ...], src: Tensor, how: str, include_self: bool) -> Tensor:
    """x with src combined into it at an index, elements of one place one after the other."""
    check(how in ("sum", "prod", "mean", "amax", "amin"),
          "{}: reduce argument must be either sum, prod, mean, amax or amin, got {}", name, how)  # fmt: skip
    kind, parts = x.array.dtype, _index(at)[1]
    limits = {"f": (-np.inf, np.inf), "b": (0, 1)}.get(kind.kind) or (np.iinfo(kind).min, np.iinfo(kind).max)
    neutral = {"prod": 1, "amax": limits[0], "amin": limits[1]}.get(how, 0)
    base = x if include_self else index_put(x, at, wrap(np.asarray(neutral, kind)))
    if how in ("sum", "mean") or not src.array.size:
        total = index_put(base, at, src, True)
        counts = np.ones(x.array.shape, kind)
        counts[parts] = include_self
        np.add.at(counts, parts, 1)
        return total if how != "mean" else (div if kind.kind == "f" else floor_divide)(total, wrap(counts))
    if how == "prod":
        return _multiplied(base, parts, src)
    out = base.array.copy()
    (np.maximum if how == "amax" else np.minimum).at(out, parts, src.array)

    def share(g: Tensor, y: Tensor, base: Tensor, src: Tensor) -> Tensor:  # even among all that reach the extreme
        return g / index_put(cast(base == y, g.dtype), at, cast(src == getitem(y, at), g.dtype), True)

    return record(name, out, (base, lambda g, y: share(g, y, base, src) * (base == y)),
                  (src, lambda g, y: getitem(share(g, y, base, src), at) * (src == getitem(y, at))),
                  output=True)  # fmt: skip


def _multiplied(base: Tensor, parts: tuple[Any, ...], src: Tensor) -> Tensor:
    """base times src at an index, in rounds in which no place is named twice."""
    places = np.arange(base.array.size).reshape(base.array.shape)[parts]
    flat, factors, places = reshape(base, -1), reshape(expand(src, places.shape), -1), places.ravel()
    order = np.argsort(places, kind="stable")
    _, counts = np.unique(places, return_counts=True)
    turn = np.empty_like(order)
    turn[order] = np.arange(order.size) - np.repeat(np.cumsum(counts) - counts, counts)
    for i in range(counts.max(initial=0)):
        now = wrap(np.flatnonzero(turn == i))
        there = wrap(places[now.array])
        flat = index_put(flat, (there,), getitem(flat, there) * getitem(factors, now))
    return reshape(flat, base.array.shape)


# masks -------------------------------------------------------------------------------------


def _check_mask(name: str, mask: Tensor) -> None:
    check(mask.array.dtype.kind == "b", "{} only supports boolean masks, but got mask with dtype {}", name, mask.dtype)


def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """input, with `value` where the mask holds."""
    _check_mask("masked_fill", mask)
    filler = cast(as_tensor(value, dtype=input.array.dtype), input.dtype)
    check(not filler.ndim, "masked_fill only supports a 0-dimensional value tensor, but got {}", filler.ndim)
    return record("masked_fill", np.where(mask.array, filler.array, input.array),
                  (input, lambda g: masked_fill(g, mask, 0)), (filler, lambda g: masked_fill(g, ~mask, 0)))  # fmt: skip


def fill(input: Tensor, value: Any) -> Tensor:
    """One number, or 0-d tensor, in the shape and dtype of input."""
    return masked_fill(input, wrap(np.ones((), bool)), value)


def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where the mask holds, as a vector."""
    _check_mask("masked_select", mask)
    return getitem(*broadcast_tensors(input, mask))


def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """input, with the elements of source, in order, where the mask holds."""
    _check_mask("masked_scatter", mask)
    a, where = broadcast_tensors(input, mask)
    count = int(where.array.sum())
    check(count <= source.array.size, "masked_scatter: Number of elements of source < number of ones in mask")
    return index_put(a, (where,), getitem(reshape(source, -1), slice(count)))


def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The indices of the elements that are not 0: (n, ndim), or a tuple of ndim vectors."""
    if as_tuple:
        return tuple(map(wrap, np.nonzero(np.atleast_1d(input.array))))
    return wrap(np.argwhere(input.array))


argwhere = nonzero


def unravel_index(indices: Tensor, shape: Any) -> tuple[Tensor, ...]:
    """Indices into a flattened tensor of the shape as one tensor of indices for each dimension."""
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    flat = index_array(indices, "unravel_index").astype(np.int64)
    return tuple(map(wrap, np.unravel_index(flat % math.prod(sizes), sizes)))


# joining and repeating ---------------------------------------------------------------------


def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors joined along a dimension that they have."""
    check(tensors, "cat: expected a non-empty list of Tensors", error=ValueError)
    xs = promoted(*tensors, name="cat")
    if any(x.ndim > 1 for x in xs):  # an empty vector fits anywhere
        xs = [x for x in xs if x.array.shape != (0,)]
    d = dimension(dim, xs[0].ndim, "cat")
    check(all(x.ndim for x in xs), "cat: zero-dimensional tensor cannot be concatenated")
    try:
        out = np.concatenate([x.array for x in xs], d)
    except ValueError:
        shapes = ", ".join(str(tuple(x.shape)) for x in xs)
        raise RuntimeError(f"cat: Sizes of tensors must match except in dimension {d}, got shapes {shapes}") from None
    ends = np.cumsum([x.array.shape[d] for x in xs]).tolist()

    def rule(start: int, stop: int) -> Callable[[Tensor], Tensor]:
        return lambda g: narrow(g, d, start, stop - start)

    return record("cat", out, *zip(xs, itertools.starmap(rule, itertools.pairwise([0, *ends])), strict=True))


def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors of one shape joined along a new dimension."""
    check(tensors, "stack expects a non-empty TensorList")
    shapes = [x.array.shape for x in tensors]
    check(len(set(shapes)) == 1, "stack expects each tensor to be equal size, but got {}", shapes)
    d = dimension(dim, len(shapes[0]) + 1, "stack")
    return cat([unsqueeze(x, d) for x in tensors], d)


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
        return cat(xs, builtins.min(dim, xs[0].ndim - 1))

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


def flip(input: Tensor, *along: Any, dims: Any = None) -> Tensor:
    """The order of elements along the dimensions reversed: a copy."""
    given = size(along if dims is None else (dims,))
    axes = dimensions(given, input.ndim, "flip") if given else ()
    return record("flip", np.flip(input.array, axes).copy(), (input, lambda g: flip(g, axes)))


def fliplr(input: Tensor) -> Tensor:
    """Columns reversed."""
    check(input.ndim > 1, "fliplr: Input must be >= 2-d.")
    return flip(input, 1)


def flipud(input: Tensor) -> Tensor:
    """Rows reversed."""
    check(input.ndim, "flipud: Input must be >= 1-d.")
    return flip(input, 0)


def roll(input: Tensor, shifts: Any, dims: Any = None) -> Tensor:
    """Elements shifted along the dimensions, those pushed out coming back in at the other end."""
    steps, named = ([] if each is None else [each] if isinstance(each, int) else [*each] for each in (shifts, dims))
    axes = [dimension(d, input.ndim, "roll") for d in named]
    fit = len(steps) == (len(axes) or 1)
    check(fit, "roll: shifts and dimensions must align, got {} and {}", shifts, dims)
    out = np.roll(input.array, steps if axes else steps[0], axes or None)
    return record("roll", out, (input, lambda g: roll(g, [-step for step in steps], dims)))


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


def _triangle(name: str, function: Any, doc: str) -> Any:
    def op(input: Tensor, diagonal: int = 0) -> Tensor:
        check(input.ndim > 1, "{}: input tensor must have at least 2 dimensions", name)
        return record(name, function(input.array, diagonal), (input, lambda g: op(g, diagonal)))

    op.__name__, op.__doc__ = name, doc
    return op


tril = _triangle("tril", np.tril, "The lower triangle of each matrix, up to a diagonal; 0 elsewhere.")
triu = _triangle("triu", np.triu, "The upper triangle of each matrix, from a diagonal; 0 elsewhere.")


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """A vector as the diagonal of a matrix of zeros; of a matrix, its diagonal."""
    if input.ndim == 2:
        return clone(globals()["diagonal"](input, diagonal))
    check(input.ndim == 1, "diag(): Supports 1D or 2D tensors. Got {}D", input.ndim)
    return diag_embed(input, diagonal)


def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The last dimension as the diagonals of matrices of zeros."""
    i, j = (dimension(d, input.ndim + 1, "diag_embed") for d in (dim1, dim2))
    check(i != j, "diagonal dimensions cannot be identical {}, {}", dim1, dim2)
    shape = list(input.array.shape[:-1])
    for d in sorted((i, j)):
        shape.insert(d, input.array.shape[-1] + builtins.abs(offset))
    return embed(input, tuple(shape), _diagonal_of(offset, i, j))


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


def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy, through which gradients pass."""
    return record("clone", input.array.copy(), (input, lambda g: g))


def contiguous(input: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor itself if its elements lie in row-major order, else a copy that does."""
    return input if input.array.flags.c_contiguous else clone(input)
