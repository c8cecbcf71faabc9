"""Dropout: elements or whole channels zeroed at random while training."""

import numpy as np

from tinygrad_mnist import random
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.kernels.network import drop
from tinygrad_mnist.ops.pointwise import where
from tinygrad_mnist.tape import record
from tinygrad_mnist.core.tensor import Tensor, wrap

__all__ = ["alpha_dropout", "dropout", "dropout1d", "dropout2d", "dropout3d", "feature_alpha_dropout"]


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each element zeroed with probability p, the rest divided by 1 - p (inverted dropout).

    The mask is a constant of the record. Srivastava et al., JMLR 15 (2014) 1929-1958.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0:
        return input
    x = input.array
    dropped, factors = drop(x, random.bits16(x.size), 1 - p)
    mask = wrap(factors)
    out = record("dropout", dropped, (input, lambda g: g * mask))
    return input.copy_(out) if inplace else out


def _masked(input: Tensor, p: float, training: bool, inplace: bool, lead: int | None, low: float = 0.0) -> Tensor:
    """Dropout, to `low`, of whole slices after the first `lead` dimensions."""
    check(0 <= p <= 1, "dropout probability has to be between 0 and 1, but got {}", p, error=ValueError)
    if not training or p == 0:
        return input
    check(input.ndim >= (lead or 0), "Feature dropout requires at least {} dimensions in the input", lead)
    shape = input.array.shape[:lead]
    kept = dropout(wrap(np.ones(shape + (1,) * (input.ndim - len(shape)), input.array.dtype)), p) > 0
    scale = 0.0 if p == 1 else ((1 - p) * (1 + p * low**2)) ** -0.5 if low else 1 / (1 - p)
    out: Tensor = where(kept, input, low) * scale - scale * p * low
    return input.copy_(out) if inplace else out


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels dropped, of (n, c, l) or (c, l)."""
    check(input.ndim in (2, 3), "dropout1d: Expected 2D or 3D input, but received a {}D input.", input.ndim)
    return _masked(input, p, training, inplace, input.ndim - 1)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels (dimension 1) dropped, of (n, c, h, w)."""
    return _masked(input, p, training, inplace, 2)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels dropped, of (n, c, d, h, w) or (c, d, h, w)."""
    return _masked(input, p, training, inplace, 2 if input.ndim == 5 else 1)


LOW = -1.7580993408473766  # where selu(x) ends up for small x


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps the mean and variance of self-normalising networks (see `selu`)."""
    return _masked(input, p, training, inplace, None, LOW)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """`alpha_dropout` of whole channels, dimension 1."""
    return _masked(input, p, training, inplace, 2, LOW)
