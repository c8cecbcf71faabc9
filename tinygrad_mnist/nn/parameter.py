"""Parameter: a tensor that a module learns."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_mnist.core.tensor import Tensor, wrap


class Parameter(Tensor):
    """A leaf tensor that requires a gradient, and that a Module finds among its attributes."""

    __slots__ = ()

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Parameter:
        out = wrap(np.zeros(0, np.float32) if data is None else data.array, cls)
        out.requires_grad = requires_grad
        return out  # type: ignore[return-value]

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()


class Buffer(Tensor):
    """A tensor that belongs to a module's state and is not learned; it is saved if `persistent`."""

    __slots__ = ("persistent",)
    persistent: bool

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Any:
        out: Any = wrap(np.zeros(0, np.float32) if data is None else data.array, cls)
        out.persistent = persistent
        return out
