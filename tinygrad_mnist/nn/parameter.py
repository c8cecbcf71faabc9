"""Parameter: a tensor that a module learns."""

from __future__ import annotations

from typing import cast

import numpy as np

from tinygrad_mnist.core.tensor import Tensor, wrap

__all__ = ["Buffer", "Parameter"]


class Parameter(Tensor):
    """A leaf tensor that requires a gradient, and that a Module finds among its attributes.

    Args:
        data: the tensor whose memory it takes. Default: no elements.
        requires_grad: whether it is learned.

    Example:
        >>> nn.Parameter(torch.ones(2))
        Parameter containing:
        tensor([1., 1.], requires_grad=True)
    """

    __slots__ = ()

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> Parameter:
        array = np.zeros(0, np.float32) if data is None else data.array
        out = wrap(array, cls)
        out.requires_grad = requires_grad
        return cast(Parameter, out)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()


class Buffer(Tensor):
    """A tensor that belongs to a module's state and is not learned.

    Args:
        data: the tensor whose memory it takes. Default: no elements.
        persistent: whether it is part of the module's `state_dict`.

    Example:
        >>> layer = nn.Identity()
        >>> layer.steps = nn.Buffer(torch.zeros(1))
        >>> list(layer.state_dict())
        ['steps']
    """

    __slots__ = ("persistent",)
    persistent: bool

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Buffer:
        array = np.zeros(0, np.float32) if data is None else data.array
        out = cast(Buffer, wrap(array, cls))
        out.persistent = persistent
        return out
