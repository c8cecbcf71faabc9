"""TRANSITION."""

from tinygrad_mnist.ops.indexing import (
    as_strided_scatter,
    diagonal_scatter,
    index_add,
    index_copy,
    index_fill,
    index_reduce,
    index_select,
    masked_scatter,
    masked_select,
    put,
    scatter,
    scatter_add,
    scatter_reduce,
    select_scatter,
    slice_scatter,
    take,
    take_along_dim,
)

__all__ = [
    "as_strided_scatter", "diagonal_scatter", "index_add", "index_copy", "index_fill", "index_reduce",
    "index_select", "masked_scatter", "masked_select", "put", "scatter", "scatter_add", "scatter_reduce",
    "select_scatter", "slice_scatter", "take", "take_along_dim",
]  # fmt: skip
