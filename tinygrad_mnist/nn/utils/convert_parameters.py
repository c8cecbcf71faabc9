"""Parameters as one vector."""

from __future__ import annotations

from collections.abc import Iterable

from tinygrad_mnist.errors import check
from tinygrad_mnist.ops.movement import cat
from tinygrad_mnist.tensor import Tensor


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters, flattened, one after the other."""
    return cat([p.reshape(-1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Let each parameter be its part of the vector."""
    check(isinstance(vec, Tensor), "expected torch.Tensor, but got: {}", type(vec).__name__, error=TypeError)
    start = 0
    for p in parameters:
        p.data = vec[start : start + p.numel()].view_as(p).data
        start += p.numel()
