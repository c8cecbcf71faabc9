"""`Variable`: a tensor, as it was called when tensors had no history."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.core.tensor import Tensor

__all__ = ["Variable"]


class _EveryTensor(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor)


class Variable(metaclass=_EveryTensor):
    """A new leaf over a tensor's memory. Every tensor is an instance.

    Args:
        data: the tensor; an empty one by default.
        requires_grad: whether operations on it are recorded.
        volatile: accepted, without effect, as in PyTorch.

    Example:
        >>> torch.autograd.Variable(torch.ones(2), requires_grad=True)
        tensor([1., 1.], requires_grad=True)
    """

    def __new__(  # type: ignore[misc]
        cls, data: Tensor | None = None, requires_grad: bool = False, volatile: Any = None
    ) -> Tensor:
        out = Tensor() if data is None else data.detach()
        return out.requires_grad_(requires_grad)
