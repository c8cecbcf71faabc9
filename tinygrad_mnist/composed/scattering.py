"""Reading and writing at indices: what `getitem` and `index_put` do, in the other forms that it has."""

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops.arguments import cast, dimension, index_array
from tinygrad_mnist.ops.movement import (
    ALL,
    along,
    as_strided,
    broadcast_shapes,
    broadcast_tensors,
    check_mask,
    clone,
    diagonal,
    expand,
    gather,
    getitem,
    index_put,
    masked_fill,
    parsed_index,
    reshape,
    select,
)
from tinygrad_mnist.ops.pointwise import div, floor_divide
from tinygrad_mnist.tape import assign, record
from tinygrad_mnist.core.tensor import Tensor, wrap

__all__ = [
    "as_strided_scatter", "diagonal_scatter", "index_add", "index_copy", "index_fill", "index_reduce",
    "index_select", "masked_scatter", "masked_select", "put", "scatter", "scatter_add", "scatter_reduce",
    "select_scatter", "slice_scatter", "take", "take_along_dim",
]  # fmt: skip


def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """A copy of input with the elements of source written (or added) at indices into the flattened input."""
    out = index_put(reshape(input, -1), (reshape(index, -1),), reshape(source, -1), accumulate)
    return reshape(out, input.array.shape)


def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements of the flattened input at the indices."""
    index_array(index, "take")
    return getitem(reshape(input, -1), index)


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
    x, at = along("scatter", input, dim, index)
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
    x, at = along("scatter_reduce", input, dim, index)
    source = _source("scatter_reduce", x, index, src)
    return reshape(_combined("scatter_reduce", x, at, source, reduce, include_self), input.array.shape)


def _combined(name: str, x: Tensor, at: tuple[Any, ...], src: Tensor, how: str, include_self: bool) -> Tensor:
    """x with src combined into it at an index, elements of one place one after the other."""
    check(how in ("sum", "prod", "mean", "amax", "amin"),
          "{}: reduce argument must be either sum, prod, mean, amax or amin, got {}", name, how)  # fmt: skip
    kind, parts = x.array.dtype, parsed_index(at)[1]
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


def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where the mask holds, as a vector."""
    check_mask("masked_select", mask)
    return getitem(*broadcast_tensors(input, mask))


def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """input, with the elements of source, in order, where the mask holds."""
    check_mask("masked_scatter", mask)
    a, where = broadcast_tensors(input, mask)
    count = int(where.array.sum())
    check(count <= source.array.size, "masked_scatter: Number of elements of source < number of ones in mask")
    return index_put(a, (where,), getitem(reshape(source, -1), slice(count)))


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
