"""Shape and indexing: operations that move elements and compute nothing.

A view shares memory with its input, as in PyTorch; the rest copy.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.ops.arguments import as_tensor, cast, dimension, dimensions, index_array, promoted, size
from tinygrad_mnist.tape import assign, embed, mode, record, record_view, touch
from tinygrad_mnist.tensor import Array, Size, Tensor, as_array, wrap

__all__ = [
    "argwhere", "atleast_1d", "atleast_2d", "atleast_3d", "broadcast_shapes",
    "broadcast_tensors", "broadcast_to", "cartesian_prod", "cat", "chunk", "clone",
    "column_stack", "contiguous", "diag", "diag_embed", "diagonal", "dstack", "expand",
    "expand_as", "flatten", "flip", "fliplr", "flipud", "gather", "hstack", "index_put",
    "index_select", "masked_fill", "masked_scatter", "masked_select", "meshgrid", "movedim",
    "narrow", "nonzero", "permute", "repeat", "repeat_interleave", "reshape", "reshape_as",
    "roll", "rot90", "scatter", "scatter_add", "select", "split", "squeeze", "stack",
    "sum_to_size", "t", "take", "take_along_dim", "tensor_split", "tile", "transpose", "tril",
    "triu", "unbind", "unflatten", "unfold", "unsqueeze", "view", "view_as", "vstack",
]  # fmt: skip

# views -------------------------------------------------------------------------------------


def _full_shape(input: Tensor, wanted: tuple[int, ...], name: str) -> tuple[int, ...]:
    count = input.array.size
    known = math.prod(n for n in wanted if n != -1)
    if wanted.count(-1) > 1:
        raise RuntimeError(f"{name}: only one dimension can be inferred, got {list(wanted)}")
    if wanted.count(-1) == 1 and known and count % known == 0:
        wanted = tuple(count // known if n == -1 else n for n in wanted)
    if math.prod(wanted) != count or builtins.min(wanted, default=0) < 0:
        raise RuntimeError(
            f"{name}: shape '{list(wanted)}' is invalid for input of size {count} (shape {tuple(input.shape)})"
        )
    return wanted


def reshape(input: Tensor, *shape: Any) -> Tensor:
    """The elements in another shape, one of whose sizes may be -1: a view where possible."""
    goal, old = _full_shape(input, size(shape), "reshape"), input.array.shape
    out = input.array.reshape(goal)
    if input.array.flags.c_contiguous or np.may_share_memory(out, input.array):
        return record_view("reshape", input, lambda a: a.reshape(goal), lambda g: reshape(g, old))
    return record("reshape", out, (input, lambda g: reshape(g, old)))


def view(input: Tensor, *shape: Any) -> Tensor:
    """`reshape` that must not copy; with a dtype as argument, that dtype's reading of the bytes."""
    if len(shape) == 1 and isinstance(shape[0], dtypes.dtype):
        return wrap(input.array.view(dtypes.resolve(shape[0])))
    out = reshape(input, *shape)
    if out.view_of is None and input.array.size:
        raise RuntimeError(
            "view: view size is not compatible with input tensor's size and stride (at least one"
            " dimension spans across two contiguous subspaces). Use .reshape(...) instead."
        )
    return out


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dimensions from start to end, inclusive, as one."""
    first = dimension(start_dim, input.ndim, "flatten")
    last = dimension(end_dim, input.ndim, "flatten")
    if first > last:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if input.ndim == 0:
        return reshape(input, 1)
    if first == last:
        return input
    shape = input.array.shape
    return reshape(input, (*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :]))


def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """One dimension as several, of which one size may be -1."""
    d, shape = dimension(dim, input.ndim, "unflatten"), input.array.shape
    known = math.prod(n for n in sizes if n != -1)
    filled = [shape[d] // known if n == -1 else n for n in sizes]
    if math.prod(filled) != shape[d]:
        raise RuntimeError(f"unflatten: sizes {list(sizes)} don't multiply up to dim {dim}'s {shape[d]}")
    return reshape(input, (*shape[:d], *filled, *shape[d + 1 :]))


def permute(input: Tensor, *dims: Any) -> Tensor:
    """The dimensions in another order: a view."""
    given = size(dims)
    if len(given) != input.ndim:
        raise RuntimeError(
            f"permute: number of dimensions in the tensor input does not match the length of the"
            f" desired ordering: {input.ndim} against {len(given)}"
        )
    order = dimensions(given, input.ndim, "permute")
    back = sorted(range(len(order)), key=order.__getitem__)
    return record_view("permute", input, lambda a: a.transpose(order), lambda g: permute(g, back))


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions exchanged: a view."""
    i, j = (dimension(d, input.ndim, "transpose") for d in (dim0, dim1))
    if input.ndim == 0:
        return record_view("transpose", input, lambda a: a.view(), lambda g: g)
    return record_view("transpose", input, lambda a: a.swapaxes(i, j), lambda g: transpose(g, i, j))


def t(input: Tensor) -> Tensor:
    """A matrix transposed; a vector or scalar as it is."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return transpose(input, 0, 1) if input.ndim == 2 else input


def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Dimensions moved to other places, the rest in their order."""
    sources = dimensions(size((source,)) if not isinstance(source, int) else source, input.ndim, "movedim")
    goals = dimensions(size((destination,)) if not isinstance(destination, int) else destination, input.ndim, "movedim")
    rest = [d for d in range(input.ndim) if d not in sources]
    for goal, source in sorted(zip(goals, sources, strict=True)):
        rest.insert(goal, source)
    return permute(input, rest)


def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    """Without the dimensions of size 1, or without those named that have size 1."""
    named = dimensions(dim, input.ndim, "squeeze")
    if dim is not None and not isinstance(dim, int) and not len(dim):
        named = ()
    shape = input.array.shape
    return reshape(input, tuple(n for d, n in enumerate(shape) if n != 1 or d not in named))


def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """With a new dimension of size 1 at `dim`."""
    d = dimension(dim, input.ndim + 1, "unsqueeze")
    return reshape(input, (*input.array.shape[:d], 1, *input.array.shape[d:]))


def expand(input: Tensor, *sizes: Any) -> Tensor:
    """Dimensions of size 1 repeated to the sizes given, without copying; -1 keeps a size."""
    wanted, shape = size(sizes), input.array.shape
    new = len(wanted) - len(shape)
    if new < 0:
        raise RuntimeError(f"expand: {list(wanted)} has fewer dimensions than the tensor's {list(shape)}")
    goal = tuple(shape[d - new] if n == -1 and d >= new else n for d, n in enumerate(wanted))
    for d, n in enumerate(goal):
        if n < 0 or (d >= new and shape[d - new] not in (1, n)):
            raise RuntimeError(
                f"expand: The expanded size of the tensor ({n}) must match the existing size at"
                f" non-singleton dimension {d}. Target sizes: {list(wanted)}. Tensor sizes: {list(shape)}"
            )
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


def broadcast_to(input: Tensor, shape: Any) -> Tensor:
    """Expanded to `shape`."""
    return expand(input, tuple(shape))


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """All expanded to the shape that they broadcast to."""
    shape = broadcast_shapes(*(x.array.shape for x in tensors))
    return tuple(expand(x, shape) for x in tensors)


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that tensors of these shapes broadcast to."""
    try:
        return Size(
            np.broadcast_shapes(
                *(tuple(np.atleast_1d(each)) if isinstance(each, int) else tuple(each) for each in shapes)
            )
        )
    except ValueError:
        raise RuntimeError(
            f"broadcast_shapes: Shape mismatch: objects cannot be broadcast to a single shape: {shapes}"
        ) from None


def sum_to_size(input: Tensor, *shape: Any) -> Tensor:
    """The opposite of broadcasting: summed over the dimensions that `shape` lacks or has as 1."""
    goal, own = size(shape), input.array.shape
    new = len(own) - len(goal)
    if new < 0 or any(n not in (m, 1) for m, n in zip(own[new:], goal, strict=True)):
        raise RuntimeError(f"sum_to_size: size {goal} is not expandable to size {own}")
    dims = (*range(new), *(d + new for d, n in enumerate(goal) if n == 1 and own[d + new] != 1))
    wide = None if input.array.dtype.kind == "f" else np.int64
    if not dims:
        return input if goal or wide is None else cast(input, dtypes.int64)
    out = np.add.reduce(input.array, dims, wide, keepdims=True).reshape(goal)
    padded = (1,) * new + goal
    return record("sum_to_size", out, (input, lambda g: expand(reshape(g, padded), own)))


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The diagonal of each matrix in the dimensions given, as a last dimension: a view."""
    i, j, shape = dimension(dim1, input.ndim, "diagonal"), dimension(dim2, input.ndim, "diagonal"), input.array.shape

    def function(a: Array) -> Array:
        out = np.diagonal(a, offset, i, j)
        if a.flags.writeable:
            out.flags.writeable = True
        return out

    return record_view("diagonal", input, function, lambda g: embed(g, shape, function))


def select(input: Tensor, dim: int, index: int) -> Tensor:
    """One slice along `dim`, without that dimension: a view."""
    d = dimension(dim, input.ndim, "select")
    return getitem(input, (slice(None),) * d + (int(index),))


def narrow(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """`length` elements along `dim` from `start`: a view."""
    d = dimension(dim, input.ndim, "narrow")
    start, length = int(start), int(length)
    room = input.array.shape[d]
    start += room if start < 0 else 0
    if length < 0 or start < 0 or start + length > room:
        raise RuntimeError(f"narrow: start ({start}) + length ({length}) exceeds dimension size ({room}).")
    return getitem(input, (slice(None),) * d + (slice(start, start + length),))


def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """All slices along `dim`."""
    d = dimension(dim, input.ndim, "unbind")
    return tuple(select(input, d, i) for i in range(input.array.shape[d]))


def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces along `dim`: of one size (the last may be smaller), or of the sizes listed."""
    d = dimension(dim, tensor.ndim, "split")
    length, sizes = tensor.array.shape[d], split_size_or_sections
    if isinstance(sizes, int):
        if sizes < 0 or (sizes == 0 and length):
            raise RuntimeError(f"split: expects split_size be positive, got {sizes}")
        sizes = [builtins.min(sizes, length - i) for i in range(0, length, sizes or 1)] or [0]
    if builtins.sum(sizes) != length:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {length} (input tensor's size at"
            f" dimension {dim}), but got split_sizes={list(sizes)}"
        )
    starts = np.cumsum([0, *sizes])
    return tuple(narrow(tensor, d, start, n) for start, n in zip(starts, sizes, strict=False))


def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most `chunks` pieces of equal size along `dim`; the last may be smaller."""
    if chunks < 1:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    length = input.array.shape[dimension(dim, input.ndim, "chunk")]
    return split(input, -(-length // chunks) or ([0] * chunks), dim)


def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces along `dim` as NumPy's array_split cuts them."""
    d = dimension(dim, input.ndim, "tensor_split")
    length, cuts = input.array.shape[d], indices_or_sections
    if isinstance(cuts, Tensor):
        cuts = cuts.tolist()
    if isinstance(cuts, int):
        n, more = divmod(length, cuts)
        cuts = np.cumsum([n + 1] * more + [n] * (cuts - more))[:-1]
    edges = [0, *(builtins.min(int(c) if c >= 0 else int(c) + length, length) for c in cuts), length]
    return tuple(narrow(input, d, a, builtins.max(b - a, 0)) for a, b in pairwise(edges))


def unfold(input: Tensor, dimension_: int, size: int, step: int) -> Tensor:
    """All windows of `size` along a dimension, `step` apart, as a new last dimension."""
    d = dimension(dimension_, input.ndim, "unfold")
    room = input.array.shape[d]
    if size > room:
        raise RuntimeError(f"unfold: maximum size for tensor at dimension {d} is {room} but size is {size}")
    starts = np.arange(0, room - size + 1, step)
    windows = wrap(starts[:, None] + np.arange(size))
    picked = getitem(input, (slice(None),) * d + (windows,))
    return movedim(picked, d + 1, -1)


# indexing ----------------------------------------------------------------------------------


def _plain(index: Any) -> Any:
    """One part of an index, with tensors and lists as arrays."""
    if isinstance(index, Tensor):
        array = index.array
        if array.ndim == 0 and array.dtype.kind in "iu":
            return int(array)
        return array.view(bool) if array.dtype == np.uint8 else array
    if isinstance(index, list | range):
        return as_array(list(index)) if index else np.zeros(0, np.int64)
    if isinstance(index, slice):
        parts = (index.start, index.stop, index.step)
        return slice(*(None if p is None else p.__index__() for p in parts))
    return index


def _index(index: Any) -> tuple[Any, bool]:
    """An index as NumPy takes it, and whether it is basic (makes a view)."""
    parts = tuple(_plain(i) for i in index) if isinstance(index, tuple) else (_plain(index),)
    basic = all(
        p is None or p is Ellipsis or (isinstance(p, int | slice | np.integer) and not isinstance(p, bool))
        for p in parts
    )
    return parts, basic


def _checked(input: Tensor, parts: Any, read: Callable[[], Any]) -> Any:
    for part in parts:
        if isinstance(part, np.ndarray) and part.dtype.kind not in "iub":
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
        if isinstance(part, slice) and part.step is not None and part.step <= 0:
            raise ValueError("getitem: step must be greater than zero")
    try:
        return read()
    except IndexError as error:
        raise IndexError(
            f"getitem: {str(error).replace(' axis ', ' dimension ')}; the tensor's shape is {tuple(input.shape)}"
        ) from None


def getitem(input: Tensor, index: Any) -> Tensor:
    """input[index], as PyTorch and NumPy index: a view unless the index holds tensors or lists."""
    parts, basic = _index(index)
    out = _checked(input, parts, lambda: input.array[parts])
    shape = input.array.shape
    if basic:
        whole = (*parts, Ellipsis) if Ellipsis not in parts else parts

        def function(a: Array) -> Array:
            return a[whole]

        return record_view("getitem", input, function, lambda g: embed(g, shape, function))
    held = index if isinstance(index, tuple) else (index,)
    return record("getitem", out, (input, lambda g: _put(g, shape, held)))


def _put(g: Tensor, shape: tuple[int, ...], index: tuple[Any, ...]) -> Tensor:
    """Zeros of `shape` with g added at an index: the gradient of getitem."""
    parts, _ = _index(index)
    out = np.zeros(shape, g.array.dtype)
    add_at(out, parts, g.array)
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
    parts, basic = _index(index)
    source = value if isinstance(value, Tensor) else wrap(as_array(value, input.array.dtype))
    target = _checked(input, parts, lambda: input.array[parts])
    if source.array.ndim > target.ndim:
        lead = source.array.shape[: source.array.ndim - target.ndim]
        if builtins.max(lead) == 1:
            source = reshape(source, source.array.shape[len(lead) :])
    if mode.recording and (input.tracked or source.tracked):
        source = cast(source, input.dtype)
        if basic:
            region = getitem(input, index)
            assign(region, expand(source, region.array.shape), "setitem")
        else:
            held = index if isinstance(index, tuple) else (index,)
            assign(input, index_put(input, held, source), "setitem")
        return
    try:
        input.array[parts] = source.array
    except ValueError:
        raise RuntimeError(
            f"setitem: shape mismatch: value tensor of shape {tuple(source.shape)} cannot be broadcast"
            f" to indexing result of shape {list(target.shape)}"
        ) from None
    touch(input)


def index_put(input: Tensor, indices: Sequence[Any], values: Tensor, accumulate: bool = False) -> Tensor:
    """A copy of input with `values` written (or added) at the indices."""
    held = tuple(indices)
    parts, _ = _index(held)
    out = input.array.copy()
    if accumulate:
        np.add.at(out, parts, values.array)
        return record("index_put", out, (input, lambda g: g), (values, lambda g: getitem(g, held)))
    out[parts] = values.array
    return record(
        "index_put",
        out,
        (input, lambda g: index_put(g, held, wrap(np.zeros((), g.array.dtype)))),
        (values, lambda g: getitem(g, held)),
    )


def _along(index: Tensor, ndim: int, dim: int) -> tuple[Any, ...]:
    """The full index that reads `index` along `dim` and its own place in every other dimension."""
    shape = index.array.shape
    return tuple(
        index.array if d == dim else np.arange(shape[d]).reshape((-1,) + (1,) * (ndim - d - 1)) for d in range(ndim)
    )


def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:
    """out[i][j] = input[index[i][j]][j] for dim 0, and so on: elements picked along `dim`."""
    d = dimension(dim, input.ndim, "gather")
    where, shape = index_array(index, "gather"), input.array.shape
    if where.ndim != input.ndim and where.size and input.ndim:
        raise RuntimeError(
            "gather: Index tensor must have the same number of dimensions as input tensor, got"
            f" {where.ndim} and {input.ndim}"
        )
    _check_range(where, shape[d] if shape else 1, "gather")
    for k, n in enumerate(where.shape if where.size else ()):
        if k != d and n > shape[k]:
            raise RuntimeError(
                f"gather: Size does not match at dimension {k} expected index"
                f" {list(where.shape)} to be no larger than self {list(shape)} apart from dimension {d}"
            )
    if not input.ndim or not where.size:
        out = (
            np.broadcast_to(input.array, where.shape).copy()
            if not input.ndim
            else np.zeros(where.shape, input.array.dtype)
        )
        return record(
            "gather",
            out,
            (input, lambda g: sum_to_size(g, shape) if not shape else wrap(np.zeros(shape, g.array.dtype))),
        )
    out = input.array[_along(index, input.ndim, d)]
    zeros = wrap(np.zeros((), input.array.dtype))
    return record("gather", out, (input, lambda g: scatter_add(expand(zeros, shape), d, index, g)))


def _check_range(index: Array, length: int, name: str) -> None:
    if index.size and (index.min() < 0 or index.max() >= length):
        bad = index.min() if index.min() < 0 else index.max()
        raise RuntimeError(f"{name}: index {bad} is out of bounds for dimension with size {length}")


def _corner(src: Tensor, index: Tensor) -> Tensor:
    if src.array.shape == index.array.shape or not index.ndim:
        return src
    return getitem(src, tuple(slice(n) for n in index.array.shape))


def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """A copy of input with src added at out[index[i][j]][j] for dim 0, and so on."""
    d = dimension(dim, input.ndim, "scatter_add")
    _check_range(index_array(index, "scatter_add"), input.array.shape[d] if input.ndim else 1, "scatter_add")
    part, out = _corner(src, index), input.array.copy()
    if index.array.size:
        np.add.at(
            out if out.ndim else out.reshape(1),
            _along(index, out.ndim, d) if out.ndim else (np.zeros(index.array.shape, np.int64),),
            part.array,
        )
    return record("scatter_add", out, (input, lambda g: g), (part, lambda g: gather(g, d, index)))


def scatter(
    input: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: Any = None
) -> Tensor:
    """A copy of input with src written at out[index[i][j]][j] for dim 0, and so on.

    `reduce` "add" or "multiply" combines with what was there.
    """
    d = dimension(dim, input.ndim, "scatter")
    _check_range(index_array(index, "scatter"), input.array.shape[d] if input.ndim else 1, "scatter")
    source = src if src is not None else value
    if not isinstance(source, Tensor):
        source = wrap(np.full(index.array.shape, source, input.array.dtype))
    elif source.array.dtype != input.array.dtype:
        raise RuntimeError("scatter: Expected self.dtype to be equal to src.dtype")
    if reduce == "add":
        return scatter_add(input, d, index, source)
    if reduce == "multiply":
        factors = wrap(np.ones(input.array.shape, input.array.dtype))
        np.multiply.at(factors.array, _along(index, input.ndim, d), _corner(source, index).array)
        return input * factors
    if not input.ndim:
        return reshape(_corner(source, index), ()) if index.array.size else input.clone()
    return (
        index_put(input, (*map(wrap, _along(index, input.ndim, d)),), _corner(source, index))
        if index.array.size
        else input.clone()
    )


def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The slices along `dim` that a vector of indices names."""
    d = dimension(dim, input.ndim, "index_select")
    where = index_array(index, "index_select")
    if where.ndim > 1:
        raise IndexError(f"index_select(): Index is supposed to be a vector, got {where.ndim} dimensions")
    if where.size and (where.min() < 0 or where.max() >= (input.array.shape[d] if input.ndim else 1)):
        raise IndexError("index_select: index out of range in self")
    if not input.ndim:
        return input.clone()
    return getitem(input, (slice(None),) * d + (reshape(index, -1),))


def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """`gather` that broadcasts; along the flattened input without a dim."""
    if dim is None:
        return gather(reshape(input, -1), 0, reshape(indices, -1))
    d = dimension(dim, input.ndim, "take_along_dim")
    shape = [1 if k == d else n for k, n in enumerate(input.array.shape)]
    other = [1 if k == d else n for k, n in enumerate(indices.array.shape)]
    common = np.broadcast_shapes(tuple(shape), tuple(other))
    goal = [indices.array.shape[d] if k == d else n for k, n in enumerate(common)]
    source = [input.array.shape[d] if k == d else n for k, n in enumerate(common)]
    return gather(expand(input, source), d, expand(indices, goal))


def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements of the flattened input at the indices."""
    return getitem(reshape(input, -1), index)


def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """input, with `value` where the mask holds."""
    if mask.array.dtype.kind != "b":
        raise RuntimeError(f"masked_fill only supports boolean masks, but got mask with dtype {mask.dtype}")
    if isinstance(value, Tensor) and value.ndim:
        raise RuntimeError(f"masked_fill only supports a 0-dimensional value tensor, but got {value.ndim}")
    filler = cast(as_tensor(value, dtype=input.array.dtype), input.dtype)
    zero = wrap(np.zeros((), input.array.dtype))
    out = np.where(mask.array, filler.array, input.array)
    return record(
        "masked_fill",
        out,
        (input, lambda g: masked_fill(g, expand(mask, g.array.shape), 0)),
        (filler, lambda g: masked_fill(g, ~expand(mask, g.array.shape), 0) + zero),
    )


def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where the mask holds, as a vector."""
    if mask.array.dtype.kind != "b":
        raise RuntimeError(f"masked_select: expected BoolTensor for mask, got {mask.dtype}")
    a, where = broadcast_tensors(input, mask)
    return getitem(a, where)


def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """input, with the elements of source, in order, where the mask holds."""
    a, where = broadcast_tensors(input, mask)
    count = int(where.array.sum())
    return index_put(a, (where,), getitem(reshape(source, -1), slice(count)))


def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The indices of the elements that are not 0: (n, ndim), or a tuple of ndim vectors."""
    found = tuple(wrap(i.astype(np.int64)) for i in np.nonzero(np.atleast_1d(input.array)))
    if as_tuple:
        return found
    return wrap(np.argwhere(input.array).astype(np.int64))


argwhere = nonzero

# joining and repeating ---------------------------------------------------------------------


def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors joined along a dimension that they have."""
    if not tensors:
        raise RuntimeError("cat: expected a non-empty list of Tensors")
    xs = promoted(*tensors, name="cat")
    if any(x.ndim > 1 for x in xs):  # an empty vector fits anywhere
        xs = [x for x in xs if x.array.shape != (0,)]
    d = dimension(dim, xs[0].ndim, "cat")
    if any(x.ndim == 0 for x in xs):
        raise RuntimeError("cat: zero-dimensional tensor cannot be concatenated")
    try:
        out = np.concatenate([x.array for x in xs], d)
    except ValueError:
        shapes = ", ".join(str(tuple(x.shape)) for x in xs)
        raise RuntimeError(f"cat: Sizes of tensors must match except in dimension {d}, got shapes {shapes}") from None
    ends = np.cumsum([x.array.shape[d] for x in xs]).tolist()

    def rule(start: int, stop: int) -> Callable[[Tensor], Tensor]:
        return lambda g: narrow(g, d, start, stop - start)

    return record("cat", out, *((x, rule(a, b)) for x, a, b in zip(xs, [0, *ends], ends, strict=False)))


def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors of one shape joined along a new dimension."""
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    shape = tensors[0].array.shape
    for i, x in enumerate(tensors):
        if x.array.shape != shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(shape)} at entry 0 and"
                f" {list(x.shape)} at entry {i}"
            )
    d = dimension(dim, len(shape) + 1, "stack")
    return cat([unsqueeze(x, d) for x in tensors], d)


def atleast_1d(x: Tensor) -> Tensor:
    """At least one dimension."""
    return x if x.ndim else reshape(x, 1)


def atleast_2d(x: Tensor) -> Tensor:
    """At least two dimensions, new ones in front."""
    return x if x.ndim > 1 else reshape(x, 1, -1)


def atleast_3d(x: Tensor) -> Tensor:
    """At least three dimensions."""
    return x if x.ndim > 2 else unsqueeze(atleast_2d(x), -1)


def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joined side by side: along dimension 1, or 0 for vectors."""
    xs = [atleast_1d(x) for x in tensors]
    return cat(xs, 0 if xs[0].ndim == 1 else 1)


def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joined one below the other; vectors are rows."""
    return cat([atleast_2d(x) for x in tensors], 0)


def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joined along dimension 2."""
    return cat([atleast_3d(x) for x in tensors], 2)


def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """Joined side by side; vectors are columns."""
    return hstack([x if x.ndim > 1 else reshape(x, -1, 1) for x in tensors])


def tile(input: Tensor, *dims: Any) -> Tensor:
    """The tensor repeated; missing dimensions in front count as 1 on either side."""
    times = size(dims)
    times = (1,) * (input.ndim - len(times)) + times
    return repeat(input, times)


def repeat(input: Tensor, *repeats: Any) -> Tensor:
    """The tensor copied `repeats` times along each dimension; new dimensions come in front."""
    times, shape = size(repeats), input.array.shape
    if len(times) < len(shape):
        raise RuntimeError(
            "repeat: Number of dimensions of repeat dims can not be smaller than number of dimensions"
            f" of tensor: {len(times)} against {len(shape)}"
        )
    padded = (1,) * (len(times) - len(shape)) + shape
    spaced = [n for pair in zip((1,) * len(times), padded, strict=True) for n in pair]
    grown = [n for pair in zip(times, padded, strict=True) for n in pair]
    out = expand(reshape(input, spaced), grown)
    return reshape(out, [a * b for a, b in zip(times, padded, strict=True)]).clone()


def repeat_interleave(input: Tensor, repeats: Any, dim: int | None = None, *, output_size: Any = None) -> Tensor:
    """Each element (or slice along `dim`) repeated, an int or one count for each."""
    x = reshape(input, -1) if dim is None else input
    d = 0 if dim is None else dim
    counts = repeats.array if isinstance(repeats, Tensor) else repeats
    which = np.repeat(np.arange(x.array.shape[d]), counts)
    return index_select(x, d, wrap(which))


def flip(input: Tensor, *dims: Any) -> Tensor:
    """The order of elements along the dimensions reversed: a copy."""
    along = dimensions(size(dims), input.ndim, "flip") if dims and dims != ((),) else ()
    return record("flip", np.flip(input.array, along).copy(), (input, lambda g: flip(g, along)))


def fliplr(input: Tensor) -> Tensor:
    """Columns reversed."""
    return flip(input, 1)


def flipud(input: Tensor) -> Tensor:
    """Rows reversed."""
    return flip(input, 0)


def roll(input: Tensor, shifts: Any, dims: Any = None) -> Tensor:
    """Elements shifted along the dimensions, those pushed out coming back in at the other end."""
    if isinstance(shifts, tuple | list) and (
        dims is None or len(size((dims,)) if not isinstance(dims, int) else (dims,)) != len(shifts)
    ):
        raise RuntimeError(f"roll: shifts and dimensions must align, got {shifts} and {dims}")
    axes = None if dims is None or dims == () else dims
    back = [-s for s in shifts] if isinstance(shifts, tuple | list) else -shifts
    out = np.roll(input.array, shifts, axes if axes is None or isinstance(axes, int) else tuple(axes))
    return record("roll", out, (input, lambda g: roll(g, back, dims)))


def rot90(input: Tensor, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """Turned by k times 90 degrees from the first of `dims` towards the second."""
    a, b = dims
    quarters = k % 4
    if quarters % 2 == 0:
        return flip(input, a, b) if quarters else clone(input)
    return transpose(flip(input, b), a, b) if quarters == 1 else flip(transpose(input, a, b), b)


def _triangle(name: str, function: Any, doc: str) -> Any:
    def op(input: Tensor, diagonal: int = 0) -> Tensor:
        if input.ndim < 2:
            raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")
        return record(name, function(input.array, diagonal), (input, lambda g: op(g, diagonal)))

    op.__name__, op.__doc__ = name, doc
    return op


tril = _triangle("tril", np.tril, "The lower triangle of each matrix, up to a diagonal; 0 elsewhere.")
triu = _triangle("triu", np.triu, "The upper triangle of each matrix, from a diagonal; 0 elsewhere.")


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """A vector as the diagonal of a matrix of zeros; of a matrix, its diagonal."""
    if input.ndim == 2:
        return globals()["diagonal"](input, diagonal).clone()
    if input.ndim != 1:
        raise RuntimeError("diag(): Supports 1D or 2D tensors. Got " + f"{input.ndim}D")
    return diag_embed(input, diagonal)


def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The last dimension as the diagonals of matrices of zeros."""
    n = input.array.shape[-1] + builtins.abs(offset)
    shape = (*input.array.shape[:-1], n, n)

    def function(a: Array) -> Array:
        out = np.diagonal(a, offset, -2, -1)
        out.flags.writeable = True
        return out

    out = embed(input, shape, function)
    return out if (dim1, dim2) == (-2, -1) else movedim(out, (-2, -1), (dim1, dim2))


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """Vectors spread over the grid that they span; "xy" exchanges the first two dimensions."""
    xs = list(tensors[0]) if len(tensors) == 1 and not isinstance(tensors[0], Tensor) else list(tensors)
    if indexing == "xy" and len(xs) > 1:
        first, second, *rest = meshgrid(xs[1], xs[0], *xs[2:])
        return (second, first, *rest)
    shape = tuple(x.array.size for x in xs)
    places = ((1,) * i + (-1,) + (1,) * (len(xs) - i - 1) for i in range(len(xs)))
    return tuple(expand(reshape(x, place), shape) for x, place in zip(xs, places, strict=True))


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All combinations of the vectors' elements, one a row."""
    if len(tensors) == 1:
        return tensors[0]
    return stack([reshape(grid, -1) for grid in meshgrid(*tensors)], 1)


def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy, through which gradients pass."""
    return record("clone", input.array.copy(), (input, lambda g: g))


def contiguous(input: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor itself if its elements lie in row-major order, else a copy that does."""
    return (
        input if input.array.flags.c_contiguous else record("clone", input.array.copy(order="C"), (input, lambda g: g))
    )
