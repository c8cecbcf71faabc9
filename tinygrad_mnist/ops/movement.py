"""TRANSITION."""

from tinygrad_mnist.ops.indexing import (
    add_at,
    argwhere,
    gather,
    getitem,
    index_put,
    masked_fill,
    nonzero,
    setitem,
)
from tinygrad_mnist.ops.joining import cat, diag_embed, flip, roll, stack, tril, triu
from tinygrad_mnist.ops.shape import (
    as_strided,
    broadcast_shapes,
    broadcast_tensors,
    broadcast_to,
    chunk,
    clone,
    contiguous,
    diagonal,
    expand,
    expand_as,
    flatten,
    movedim,
    narrow,
    permute,
    reshape,
    reshape_as,
    select,
    split,
    squeeze,
    storage_of,
    sum_to_size,
    t,
    transpose,
    unbind,
    unflatten,
    unfold,
    unsqueeze,
    view,
    view_as,
)

__all__ = [
    "argwhere", "as_strided", "broadcast_shapes", "broadcast_tensors", "broadcast_to", "cat", "chunk", "clone",
    "contiguous", "diag_embed", "diagonal", "expand", "expand_as", "flatten", "flip", "gather", "index_put",
    "masked_fill", "movedim", "narrow", "nonzero", "permute", "reshape", "reshape_as", "roll", "select", "split",
    "squeeze", "stack", "sum_to_size", "t", "transpose", "tril", "triu", "unbind", "unflatten", "unfold",
    "unsqueeze", "view", "view_as",
]  # fmt: skip
