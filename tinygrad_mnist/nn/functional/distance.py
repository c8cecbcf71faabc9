"""Lengths, distances and similarities of vectors."""

from typing import Any

import numpy as np

from tinygrad_mnist.ops.arguments import promoted
from tinygrad_mnist.ops.movement import broadcast_tensors
from tinygrad_mnist.ops.pointwise import clamp
from tinygrad_mnist.ops.reduction import norm, sum
from tinygrad_mnist.tensor import Tensor

__all__ = ["cdist", "cosine_similarity", "normalize", "pairwise_distance", "pdist"]


def normalize(input: Tensor, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Tensor | None = None) -> Tensor:
    """Divided by the p-norm along dim, or by eps where that is smaller."""
    result = input / clamp(norm(input, p, dim, True), eps)
    return result if out is None else out.copy_(result)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along dim; a length below eps counts as eps."""
    a, b = broadcast_tensors(*promoted(x1, x2, name="cosine_similarity"))
    return sum(a / clamp(norm(a, 2, dim, True), eps) * (b / clamp(norm(b, 2, dim, True), eps)), dim)


def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The p-norm of x1 - x2 + eps over the last dimension."""
    return norm(x1 - x2 + eps, p, -1, keepdim)


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: Any = None) -> Tensor:
    """The p-norm distances of all rows of x1 (..., n, d) to all of x2 (..., m, d): (..., n, m)."""
    return norm(x1.unsqueeze(-2) - x2.unsqueeze(-3), p, -1)


def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The distances of all pairs of rows, (n (n - 1) / 2,)."""
    first, second = np.triu_indices(len(input), 1)
    return norm(input[first] - input[second], p, -1)
