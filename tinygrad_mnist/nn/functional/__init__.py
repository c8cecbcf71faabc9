"""Layers as functions: what `nn`'s modules call with their parameters."""

import math

import numpy as np

from tinygrad_mnist.errors import check
from tinygrad_mnist.nn.functional.activation import *
from tinygrad_mnist.nn.functional.convolution import *
from tinygrad_mnist.nn.functional.distance import *
from tinygrad_mnist.nn.functional.dropout import *
from tinygrad_mnist.nn.functional.dropout import dropout as dropout  # the function, not the module
from tinygrad_mnist.nn.functional.loss import *
from tinygrad_mnist.nn.functional.normalization import *
from tinygrad_mnist.nn.functional.sparse import *
from tinygrad_mnist.ops.linear_algebra import bilinear, linear, matmul
from tinygrad_mnist.ops.reduction import softmax
from tinygrad_mnist.tensor import Tensor, wrap


def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None, dropout_p: float = 0.0,
    is_causal: bool = False, scale: float | None = None, enable_gqa: bool = False,
) -> Tensor:  # fmt: skip
    """softmax(query @ key.T / sqrt(width) + mask) @ value. Vaswani et al. (2017), arXiv:1706.03762.

    Args:
        query: (..., l, width); key: (..., s, width); value: (..., s, out). The result is (..., l, out).
        attn_mask: added to the scores, or, if bool, True where attention is allowed.
        is_causal: position i attends to positions up to i only.
        enable_gqa: several heads of the query (dimension -3) share one of key and value.
    """
    check(attn_mask is None or not is_causal, "scaled_dot_product_attention: Explicit attn_mask should not be set when"
          " is_causal=True")  # fmt: skip
    if enable_gqa:
        key, value = (x.repeat_interleave(query.size(-3) // x.size(-3), -3) for x in (key, value))
    weights = attention_weights(query, key, attn_mask, is_causal, scale)
    return matmul(dropout(weights, dropout_p), value)


def attention_weights(
    query: Tensor, key: Tensor, mask: Tensor | None = None, is_causal: bool = False, scale: float | None = None
) -> Tensor:
    """The softmax of the scores, (..., l, s); 0 for a position that may attend to none."""
    scores = matmul(query * (1 / math.sqrt(query.array.shape[-1]) if scale is None else scale), key.mT)
    if is_causal:
        mask = wrap(np.tri(*scores.array.shape[-2:], dtype=bool))
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf) if mask.array.dtype.kind == "b" else scores + mask
        nowhere = wrap((scores.array == -np.inf).all(-1, keepdims=True))
        if nowhere.array.any():
            return softmax(scores.masked_fill(nowhere, 0), -1).masked_fill(nowhere, 0)
    return softmax(scores, -1)
