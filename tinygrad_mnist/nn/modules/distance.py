"""Distances and similarities of vectors."""

from __future__ import annotations

from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.module import Module

__all__ = ["CosineSimilarity", "PairwiseDistance"]


class PairwiseDistance(Module):
    """The p-norm of x1 - x2 + eps.

    Args:
        p: of the norm.
        eps: added to the difference, so that the gradient is finite.
        keepdim: whether the last dimension stays, with size 1.

    Shape:
        Inputs (n, d) or (d,); output (n,) or (), with `keepdim` (n, 1) or (1,).

    Example:
        >>> nn.PairwiseDistance()(torch.tensor([[3.0, 0.0]]), torch.tensor([[0.0, 4.0]]))
        tensor([5.])
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm = p
        self.eps = eps
        self.keepdim = keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


class CosineSimilarity(Module):
    """The cosine of the angle between vectors.

    Args:
        dim: the dimension along which they lie.
        eps: the least length that a vector is divided by.

    Shape:
        Inputs (..., d, ...), of one shape or broadcast; output without the dimension `dim`.

    Example:
        >>> nn.CosineSimilarity()(torch.tensor([[1.0, 0.0]]), torch.tensor([[3.0, 4.0]])).tolist()
        [0.6000000238418579]
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim = dim
        self.eps = eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return F.cosine_similarity(x1, x2, self.dim, self.eps)
