"""Dropout: elements or whole channels zeroed at random while training."""

from __future__ import annotations

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.record import record_draw, record_joint
from tinygrad_mnist.core.tensor import Tensor, wrap
from tinygrad_mnist.kernels import network
from tinygrad_mnist.ops import random
from tinygrad_mnist.ops.arguments import type_name
from tinygrad_mnist.ops.pointwise import where

__all__ = [
    "alpha_dropout",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "feature_alpha_dropout",
]

SELU_LIMIT = -1.7580993408473766  # where selu(x) ends up for small x


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each element zeroed with probability p, the rest divided by 1 - p (inverted dropout).

    Srivastava et al. (2014), JMLR 15, 1929-1958.

    Args:
        input: of any shape.
        p: the probability of an element to be zeroed.
        training: whether anything is done; else the result is the input itself.
        inplace: write the result into the input.

    Returns:
        input's shape.

    Raises:
        ValueError: if p is not between 0 and 1.

    Example:
        >>> y = F.dropout(torch.ones(1000), 0.2)
        >>> y.unique()
        tensor([0.0000, 1.2500])
    """
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0:
        return input
    if p < 1 and input.array.dtype.kind != "f":
        _refuse_integers(input)
    bits = record_draw("random_bits", random.bits16, count=input.array.size)
    out, mask = record_joint(
        "dropout",
        network.dropout,
        (input, bits),
        lambda gradients: (gradients[0] * mask, None),
        constant=(1,),
        keep=1 - p,
    )
    if inplace:
        return input.copy_(out)
    return out


def _refuse_integers(input: Tensor) -> None:
    message = "result type Float can't be cast to the desired output type {}"
    check(input.array.dtype.kind == "f", message, type_name(input))


def dropout1d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Whole channels of sequences zeroed with probability p, the rest divided by 1 - p.

    Tompson et al. (2015), arXiv:1411.4280.

    Args:
        input: (n, c, l) or (c, l).
        p: the probability of a channel to be zeroed.
        training: whether anything is done; else the result is the input itself.
        inplace: write the result into the input.

    Returns:
        input's shape.

    Raises:
        ValueError: if p is not between 0 and 1.
        RuntimeError: if the input has other dimensions.

    Example:
        >>> y = F.dropout1d(torch.ones(8, 4, 3))
        >>> (y == y[..., :1]).all()
        tensor(True)
    """
    message = "dropout1d: Expected 2D or 3D input, but received a {}D input."
    check(input.ndim in (2, 3), message, input.ndim)
    return _drop_slices(input, p, training, inplace, input.ndim - 1)


def dropout2d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Whole channels of images zeroed with probability p, the rest divided by 1 - p.

    Tompson et al. (2015), arXiv:1411.4280.

    Args:
        input: (n, c, h, w).
        p: the probability of a channel to be zeroed.
        training: whether anything is done; else the result is the input itself.
        inplace: write the result into the input.

    Returns:
        input's shape.

    Raises:
        ValueError: if p is not between 0 and 1.
        RuntimeError: if the input has less than two dimensions.

    Example:
        >>> y = F.dropout2d(torch.ones(8, 4, 3, 3))
        >>> (y == y[..., :1, :1]).all()
        tensor(True)
    """
    return _drop_slices(input, p, training, inplace, 2)


def dropout3d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """Whole channels of volumes zeroed with probability p, the rest divided by 1 - p.

    Tompson et al. (2015), arXiv:1411.4280.

    Args:
        input: (n, c, d, h, w) or (c, d, h, w).
        p: the probability of a channel to be zeroed.
        training: whether anything is done; else the result is the input itself.
        inplace: write the result into the input.

    Returns:
        input's shape.

    Raises:
        ValueError: if p is not between 0 and 1.
        RuntimeError: if the input has no dimensions.

    Example:
        >>> F.dropout3d(torch.ones(8, 4, 3, 3, 3)).shape
        torch.Size([8, 4, 3, 3, 3])
    """
    return _drop_slices(input, p, training, inplace, 2 if input.ndim == 5 else 1)


def alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """Dropout that keeps the mean and variance of self-normalising networks (see `selu`).

    What is dropped becomes the least value of `selu`, and all is scaled and shifted.
    Klambauer et al. (2017), arXiv:1706.02515.

    Args:
        input: of any shape.
        p: the probability of an element to be dropped.
        training: whether anything is done; else the result is the input itself.
        inplace: write the result into the input.

    Returns:
        input's shape.

    Raises:
        ValueError: if p is not between 0 and 1.

    Example:
        >>> F.alpha_dropout(torch.zeros(1000), 0.5, training=True).unique()
        tensor([-0.7792,  0.7792])
    """
    return _drop_slices(input, p, training, inplace, None, SELU_LIMIT)


def feature_alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """`alpha_dropout` of whole channels.

    Args:
        input: (n, c, *size).
        p: the probability of a channel to be dropped.
        training: whether anything is done; else the result is the input itself.
        inplace: write the result into the input.

    Returns:
        input's shape.

    Raises:
        ValueError: if p is not between 0 and 1.
        RuntimeError: if the input has less than two dimensions.

    Example:
        >>> y = F.feature_alpha_dropout(torch.zeros(8, 4, 3), training=True)
        >>> (y == y[..., :1]).all()
        tensor(True)
    """
    return _drop_slices(input, p, training, inplace, 2, SELU_LIMIT)


def _drop_slices(
    input: Tensor, p: float, training: bool, inplace: bool, lead: int | None, low: float = 0.0
) -> Tensor:
    """Dropout of whole slices after the first `lead` dimensions, of elements where that is None.

    Args:
        low: what is dropped becomes this, before all is scaled and shifted.
    """
    message = "dropout probability has to be between 0 and 1, but got {}"
    check(0 <= p <= 1, message, p, error=ValueError)
    if not training or p == 0:
        return input
    shape = input.array.shape
    message = "Feature dropout requires at least {} dimensions in the input"
    check(len(shape) >= (lead or 0), message, lead)
    if lead is not None:
        shape = shape[:lead] + (1,) * (len(shape) - lead)
    kept = dropout(wrap(np.ones(shape, input.array.dtype)), p) > 0
    if p == 1:
        scale = 0.0
    elif low:
        scale = ((1 - p) * (1 + p * low**2)) ** -0.5
    else:
        scale = 1 / (1 - p)
    out = where(kept, input, low) * scale - scale * p * low
    if inplace:
        return input.copy_(out)
    return out
