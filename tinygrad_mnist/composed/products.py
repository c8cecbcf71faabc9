"""TRANSITION."""

from tinygrad_mnist.ops.einsum import bilinear, einsum, tensordot
from tinygrad_mnist.ops.products import (
    addbmm,
    addmm,
    addmv,
    addr,
    baddbmm,
    chain_matmul,
    cross,
    inner,
    kron,
    trace,
)

__all__ = [
    "addbmm",
    "addmm",
    "addmv",
    "addr",
    "baddbmm",
    "bilinear",
    "chain_matmul",
    "cross",
    "einsum",
    "inner",
    "kron",
    "tensordot",
    "trace",
]
