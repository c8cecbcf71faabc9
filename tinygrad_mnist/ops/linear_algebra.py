"""TRANSITION."""

from tinygrad_mnist.ops.products import bmm, dot, linear, matmul, mm, mv, outer, vdot  # noqa: F401
from tinygrad_mnist.ops.products import check_same_dtype as same_dtype  # noqa: F401

__all__ = ["bmm", "dot", "matmul", "mm", "mv", "outer", "vdot"]
