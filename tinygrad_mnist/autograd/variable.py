"""`Variable`: a tensor, as it was called when tensors had no history."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.tensor import Tensor


class _VariableMeta(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)


class Variable(metaclass=_VariableMeta):
    """`Variable(x, requires_grad=True)`: a new leaf over x's memory. Every tensor is an instance."""

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = False, volatile: Any = None) -> Tensor:  # type: ignore[misc]
        out = Tensor() if data is None else data.detach()
        return out.requires_grad_(requires_grad)
