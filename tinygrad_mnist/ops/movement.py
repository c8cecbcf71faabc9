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
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops.arguments import as_tensor, cast, dimension, dimensions, index_array, promoted, size
from tinygrad_mnist.tape import Part, assign, embed, mode, record, record_view, touch
from tinygrad_mnist.core.tensor import Array, Size, Tensor, as_array, wrap

__all__ = [
    "argwhere", "as_strided", "broadcast_shapes", "broadcast_tensors", "broadcast_to", "cat", "chunk", "clone",
    "contiguous", "diag_embed", "diagonal", "expand", "expand_as", "flatten", "flip", "gather", "index_put",
    "masked_fill", "movedim", "narrow", "nonzero", "permute", "reshape", "reshape_as", "roll", "select", "split",
    "squeeze", "stack", "sum_to_size", "t", "transpose", "tril", "triu", "unbind", "unflatten", "unfold",
    "unsqueeze", "view", "view_as",
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
    check(out._view is not None or not input.array.size, "view: view size is not compatible with input tensor's size"
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


def storage_of(a: Array) -> Array:
    """The elements of the whole memory that an array is part of."""
    below: Any = a
    while below is not None:
        a = below if isinstance(below, np.ndarray) and below.dtype == a.dtype else a
        below = getattr(below, "base", None)
    return a.ravel("K")


def as_strided(input: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """A view of the memory that input is part of: `stride` elements to the next in each dimension."""
    memory, shape, steps = storage_of(input.array), input.array.shape, input.stride()
    own, count = (input.data_ptr() - wrap(memory).data_ptr()) // memory.itemsize, memory.size
    start = own if storage_offset is None else storage_offset

    def function(a: Array) -> Array:
        flat = storage_of(a)
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


def parsed_index(index: Any) -> tuple[tuple[Any, ...], tuple[Any, ...], bool]:
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
    held, parts, basic = parsed_index(index)
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
    add_at(out, parsed_index(index)[1], g.array)
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
    held, parts, basic = parsed_index(index)
    if not basic and (staged := _numbers_first(held, parts)):
        return setitem(getitem(input, staged[0]), staged[1], value)
    source = value if isinstance(value, Tensor) else wrap(as_array(value, input.array.dtype))
    target = _read(input, parts)
    lead = source.array.shape[: builtins.max(source.array.ndim - target.ndim, 0)]
    if lead and builtins.max(lead) == 1:
        source = reshape(source, source.array.shape[len(lead) :])
    if mode.recording and (input.requires_grad or source.requires_grad):
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
    held, parts, _ = parsed_index(tuple(ALL if each is None else each for each in indices))
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


# one index along a dimension, a vector as if each other dimension were all of it


def along(name: str, input: Tensor, dim: int, index: Tensor) -> Any:
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
    x, at = along("gather", input, dim, index)
    shape, parts = x.array.shape, parsed_index(at)[1]
    out = record("gather", x.array[parts], (x, lambda g: _put(g, shape, at)))
    return out if index.ndim else reshape(out, ())


# masks -------------------------------------------------------------------------------------


def check_mask(name: str, mask: Tensor) -> None:
    check(mask.array.dtype.kind == "b", "{} only supports boolean masks, but got mask with dtype {}", name, mask.dtype)


def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """input, with `value` where the mask holds."""
    check_mask("masked_fill", mask)
    filler = cast(as_tensor(value, dtype=input.array.dtype), input.dtype)
    check(not filler.ndim, "masked_fill only supports a 0-dimensional value tensor, but got {}", filler.ndim)
    return record("masked_fill", np.where(mask.array, filler.array, input.array),
                  (input, lambda g: masked_fill(g, mask, 0)), (filler, lambda g: masked_fill(g, ~mask, 0)))  # fmt: skip


def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The indices of the elements that are not 0: (n, ndim), or a tuple of ndim vectors."""
    if as_tuple:
        return tuple(map(wrap, np.nonzero(np.atleast_1d(input.array))))
    return wrap(np.argwhere(input.array))


argwhere = nonzero


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


def flip(input: Tensor, *along: Any, dims: Any = None) -> Tensor:
    """The order of elements along the dimensions reversed: a copy."""
    given = size(along if dims is None else (dims,))
    axes = dimensions(given, input.ndim, "flip") if given else ()
    return record("flip", np.flip(input.array, axes).copy(), (input, lambda g: flip(g, axes)))


def roll(input: Tensor, shifts: Any, dims: Any = None) -> Tensor:
    """Elements shifted along the dimensions, those pushed out coming back in at the other end."""
    steps, named = ([] if each is None else [each] if isinstance(each, int) else [*each] for each in (shifts, dims))
    axes = [dimension(d, input.ndim, "roll") for d in named]
    fit = len(steps) == (len(axes) or 1)
    check(fit, "roll: shifts and dimensions must align, got {} and {}", shifts, dims)
    out = np.roll(input.array, steps if axes else steps[0], axes or None)
    return record("roll", out, (input, lambda g: roll(g, [-step for step in steps], dims)))


def _triangle(name: str, function: Any, doc: str) -> Any:
    def op(input: Tensor, diagonal: int = 0) -> Tensor:
        check(input.ndim > 1, "{}: input tensor must have at least 2 dimensions", name)
        return record(name, function(input.array, diagonal), (input, lambda g: op(g, diagonal)))

    op.__name__, op.__doc__ = name, doc
    return op


tril = _triangle("tril", np.tril, "The lower triangle of each matrix, up to a diagonal; 0 elsewhere.")
triu = _triangle("triu", np.triu, "The upper triangle of each matrix, from a diagonal; 0 elsewhere.")


def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The last dimension as the diagonals of matrices of zeros."""
    i, j = (dimension(d, input.ndim + 1, "diag_embed") for d in (dim1, dim2))
    check(i != j, "diagonal dimensions cannot be identical {}, {}", dim1, dim2)
    shape = list(input.array.shape[:-1])
    for d in sorted((i, j)):
        shape.insert(d, input.array.shape[-1] + builtins.abs(offset))
    return embed(input, tuple(shape), _diagonal_of(offset, i, j))


def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy, through which gradients pass."""
    return record("clone", input.array.copy(), (input, lambda g: g))


def contiguous(input: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor itself if its elements lie in row-major order, else a copy that does."""
    return input if input.array.flags.c_contiguous else clone(input)
