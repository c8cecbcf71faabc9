"""Dimensions put together and taken apart."""

from __future__ import annotations

from collections.abc import Sequence

from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.ops.shape import flatten, unflatten

__all__ = ["Flatten", "Unflatten"]


class Flatten(Module):
    """Several dimensions as one, by default all but the batch.

    Args:
        start_dim: the first of them.
        end_dim: the last of them.

    Shape:
        Input (n, d1, d2, ...); output (n, d1 d2 ...).

    Example:
        >>> nn.Flatten()(torch.ones(5, 3, 4)).shape
        torch.Size([5, 12])
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        return flatten(input, self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """A dimension taken apart into several.

    Args:
        dim: the dimension.
        unflattened_size: the sizes of the dimensions in its place.

    Shape:
        Input (..., d, ...); output (..., *unflattened_size, ...).

    Example:
        >>> nn.Unflatten(1, (3, 4))(torch.ones(5, 12)).shape
        torch.Size([5, 3, 4])
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        super().__init__()
        self.dim = dim
        self.unflattened_size = unflattened_size

    def forward(self, input: Tensor) -> Tensor:
        return unflatten(input, self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
