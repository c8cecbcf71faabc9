"""Parameters as one vector, and back."""

from __future__ import annotations

from collections.abc import Iterable

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.ops.joining import cat

__all__ = ["parameters_to_vector", "vector_to_parameters"]


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters, flattened, one after the other.

    Args:
        parameters: tensors of any shapes.

    Returns:
        A vector of all their elements.

    Example:
        >>> torch.nn.utils.parameters_to_vector(nn.Linear(3, 2).parameters()).shape
        torch.Size([8])
    """
    return cat([p.reshape(-1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Let each parameter be its part of a vector.

    Args:
        vec: a vector of as many elements as the parameters have.
        parameters: tensors; each becomes a view of the vector's memory.

    Raises:
        TypeError: if `vec` is no tensor.

    Example:
        >>> layer = nn.Linear(1, 1)
        >>> torch.nn.utils.vector_to_parameters(torch.tensor([2.0, 3.0]), layer.parameters())
        >>> layer(torch.ones(1)).item()
        5.0
    """
    check(
        isinstance(vec, Tensor),
        "expected torch.Tensor, but got: {}",
        type(vec).__name__,
        error=TypeError,
    )
    start = 0
    for p in parameters:
        end = start + p.numel()
        p.data = vec[start:end].view_as(p).data
        start = end
