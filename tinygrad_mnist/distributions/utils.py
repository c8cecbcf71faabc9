"""How the parameters of distributions are brought in form."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.modes import enable_grad
from tinygrad_mnist.core.tensor import Tensor, wrap
from tinygrad_mnist.ops.shape import broadcast_shapes

__all__ = ["broadcast_all", "lazy_property", "logits_to_probs", "probs_to_logits"]


def broadcast_all(*values: float | Tensor) -> tuple[Tensor, ...]:
    """The values as tensors of one shape.

    Args:
        values: tensors of shapes that broadcast, and numbers, which get the dtype of the first
            tensor, or the default one.

    Returns:
        As many tensors. One that has the shape already is itself: a leaf stays a leaf.

    Raises:
        ValueError: if one of them is neither a tensor nor a number.

    Example:
        >>> from tinygrad_mnist.distributions.utils import broadcast_all
        >>> broadcast_all(torch.zeros(2), 1.0)
        (tensor([0., 0.]), tensor([1., 1.]))
    """
    check(
        all(isinstance(value, Tensor | bool | int | float) for value in values),
        "Input arguments must all be instances of Number or torch.Tensor.",
        error=ValueError,
    )
    dtype = dtypes.default()
    for value in values:
        if isinstance(value, Tensor):
            dtype = value.array.dtype
            break
    tensors = [x if isinstance(x, Tensor) else wrap(np.array(x, dtype)) for x in values]
    shape = broadcast_shapes(*(x.shape for x in tensors))
    return tuple(x if x.shape == shape else x.expand(shape) for x in tensors)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """Logarithms of probabilities, which are held off 0 and 1.

    Args:
        probs: probabilities, of any shape.
        is_binary: whether they are those of one of two outcomes; then it is log(p / (1 - p)).

    Returns:
        log(p), of the same shape.
    """
    eps = np.finfo(probs.array.dtype).eps.item()
    p = probs.clamp(eps, 1 - eps)
    if is_binary:
        return p.log() - (-p).log1p()
    return p.log()


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """The inverse of `probs_to_logits`.

    Args:
        logits: (..., n), or of any shape if binary.
        is_binary: whether the probabilities are those of one of two outcomes.

    Returns:
        Probabilities, of the same shape.
    """
    return logits.sigmoid() if is_binary else logits.softmax(-1)


class lazy_property(functools.cached_property[Any]):
    """A property computed when first asked for, with a history even under `no_grad`.

    Args:
        func: the method that computes it.
    """

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        with enable_grad():
            return super().__get__(instance, owner)
