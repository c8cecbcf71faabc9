"""Lengths, distances and similarities of vectors."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.ops.arguments import promoted
from tinygrad_mnist.ops.pointwise import clamp
from tinygrad_mnist.ops.reduction import norm, sum
from tinygrad_mnist.tensor import Tensor

__all__ = ["cdist", "cosine_similarity", "normalize", "pairwise_distance", "pdist"]


def normalize(input: Tensor, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Any = None) -> Tensor:
    """Divided by the p-norm along dim, or by eps where that is smaller."""
    return input / clamp(norm(input, p, dim, True), eps)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along dim; a length below eps counts as eps."""
    a, b = promoted(x1, x2, name="cosine_similarity")
    lengths = (clamp(norm(each, 2, dim, True), eps) for each in (a, b))
    return sum(a / next(lengths) * (b / next(lengths)), dim)


def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The p-norm of x1 - x2 + eps over the last dimension."""
    return norm(x1 - x2 + eps, p, -1, keepdim)


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: Any = None) -> Tensor:
    """The p-norm distances of all rows of x1 (..., n, d) to all of x2 (..., m, d): (..., n, m)."""
    return norm(x1.unsqueeze(-2) - x2.unsqueeze(-3), p, -1)


def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The distances of all pairs of rows, (n (n - 1) / 2,)."""
    n = len(input)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    first, second = ([pair[k] for pair in pairs] for k in (0, 1))
    return norm(input[first] - input[second], p, -1)
