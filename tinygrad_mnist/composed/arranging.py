"""TRANSITION."""

from tinygrad_mnist.ops.joining import (
    atleast_1d,
    atleast_2d,
    atleast_3d,
    block_diag,
    cartesian_prod,
    column_stack,
    combinations,
    diag,
    diagflat,
    dstack,
    fliplr,
    flipud,
    hstack,
    meshgrid,
    repeat,
    repeat_interleave,
    rot90,
    tile,
    unravel_index,
    vander,
    vstack,
)
from tinygrad_mnist.ops.shape import dsplit, hsplit, narrow_copy, tensor_split, vsplit

__all__ = [
    "atleast_1d", "atleast_2d", "atleast_3d", "block_diag", "cartesian_prod", "column_stack", "combinations",
    "diag", "diagflat", "dsplit", "dstack", "fliplr", "flipud", "hsplit", "hstack", "meshgrid", "narrow_copy",
    "repeat", "repeat_interleave", "rot90", "tensor_split", "tile", "unravel_index", "vander", "vsplit", "vstack",
]  # fmt: skip
