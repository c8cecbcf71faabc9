"""Dropout: elements or whole channels zeroed at random while training."""

from __future__ import annotations

import numpy as np

from tinygrad_mnist import random
from tinygrad_mnist.ops.pointwise import where
from tinygrad_mnist.tape import record
from tinygrad_mnist.tensor import Tensor, wrap

__all__ = ["alpha_dropout", "dropout", "dropout1d", "dropout2d", "dropout3d"]


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each element zeroed with probability p, the rest divided by 1 - p (inverted dropout).

    The mask is a constant of the record. Srivastava et al., JMLR 15 (2014) 1929-1958.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0:
        return input
    mask = wrap(random.keep_mask(input.array.shape, 1 - p, input.array.dtype))
    return record("dropout", input.array * mask.array, (input, lambda g: g * mask))


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels (dimension 1, or 0 of an input without a batch) dropped."""
    return _channel_dropout(input, p, training, 1)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels dropped, of (n, c, h, w)."""
    return _channel_dropout(input, p, training, 2)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels dropped, of (n, c, d, h, w)."""
    return _channel_dropout(input, p, training, 3)


def _channel_dropout(input: Tensor, p: float, training: bool, spatial: int) -> Tensor:
    lead = max(input.ndim - spatial, 1)
    ones = wrap(np.ones(input.array.shape[:lead] + (1,) * (input.ndim - lead), input.array.dtype))
    return input * dropout(ones, p, training)


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps the mean and variance of self-normalising networks (see `selu`)."""
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0:
        return input
    low = -1.7580993408473766
    kept = dropout(wrap(np.ones_like(input.array)), p) > 0
    scale = ((1 - p) * (1 + p * low**2)) ** -0.5
    out: Tensor = where(kept, input, low) * scale - scale * p * low
    return out
