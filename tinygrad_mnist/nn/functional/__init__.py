"""Layers as functions: what `nn`'s modules call with their parameters."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_mnist.nn.functional.activation import *
from tinygrad_mnist.nn.functional.activation import relu_inplace as relu
from tinygrad_mnist.nn.functional.distance import *
from tinygrad_mnist.nn.functional.loss import *
from tinygrad_mnist.nn.functional.normalization import *
from tinygrad_mnist.ops.convolution import *
from tinygrad_mnist.ops.linear_algebra import bilinear, linear, matmul
from tinygrad_mnist.ops.network import dropout, embedding
from tinygrad_mnist.ops.pointwise import where
from tinygrad_mnist.ops.reduction import softmax
from tinygrad_mnist.tensor import Tensor, wrap


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Class numbers as rows of zeros with a one: (...) gives (..., num_classes), int64."""
    if tensor.array.dtype != np.int64:
        raise RuntimeError(f"one_hot is only applicable to index tensor of type LongTensor, got {tensor.dtype}")
    classes = tensor.array
    if num_classes == -1:
        if not classes.size:
            raise RuntimeError("Can not infer total number of classes from empty tensor.")
        num_classes = int(classes.max()) + 1
    if classes.size and not 0 <= classes.min() <= classes.max() < num_classes:
        raise RuntimeError(f"one_hot: Class values must be non-negative and smaller than num_classes ({num_classes}).")
    return wrap((classes[..., None] == np.arange(num_classes)).astype(np.int64))


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


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """softmax(query @ key.T / sqrt(width) + mask) @ value. Vaswani et al. (2017), arXiv:1706.03762.

    Args:
        query: (..., l, width); key: (..., s, width); value: (..., s, out). The result is (..., l, out).
        attn_mask: added to the scores, or, if bool, True where attention is allowed.
        is_causal: position i attends to positions up to i only.
    """
    weights = attention_weights(query, key, attn_mask, is_causal, scale)
    return matmul(dropout(weights, dropout_p), value)


def attention_weights(
    query: Tensor, key: Tensor, mask: Tensor | None = None, is_causal: bool = False, scale: float | None = None
) -> Tensor:
    """The softmax of the scores, (..., l, s)."""
    scores = matmul(query * (1 / math.sqrt(query.array.shape[-1]) if scale is None else scale), key.mT)
    if is_causal:
        mask = wrap(np.tri(*scores.array.shape[-2:], dtype=bool))
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf) if mask.array.dtype.kind == "b" else scores + mask
    return softmax(scores, -1)
