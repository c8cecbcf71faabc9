"""Parameters: broadcast together, and turned from probabilities into logits and back."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.ops.movement import broadcast_tensors
from tinygrad_mnist.tape import enable_grad
from tinygrad_mnist.tensor import Tensor, wrap


def broadcast_all(*values: Any) -> tuple[Tensor, ...]:
    """Numbers and tensors as tensors of one shape; numbers in the dtype of the first tensor."""
    if not all(isinstance(v, Tensor | int | float) for v in values):
        raise ValueError(
            "Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__."
        )
    dtype = next((v.array.dtype for v in values if isinstance(v, Tensor)), dtypes.default())
    return broadcast_tensors(*(v if isinstance(v, Tensor) else wrap(np.array(v, dtype)) for v in values))


def clamp_probs(probs: Tensor) -> Tensor:
    """Away from 0 and 1, by the dtype's epsilon."""
    eps = np.finfo(probs.array.dtype).eps.item()
    return probs.clamp(eps, 1 - eps)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """log p, or log(p / (1 - p)) where p is the probability of one of two outcomes."""
    p = clamp_probs(probs)
    return p.log() - (-p).log1p() if is_binary else p.log()


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """The inverse of `probs_to_logits`."""
    return logits.sigmoid() if is_binary else logits.softmax(-1)


class lazy_property(functools.cached_property[Any]):
    """A property computed when first asked for, with a history even under `no_grad`."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        with enable_grad():
            return super().__get__(instance, owner)
