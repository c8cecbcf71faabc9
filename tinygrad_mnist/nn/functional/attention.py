"""Attention: of a query to keys and values, and in several heads as a function of all its parameters."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from tinygrad_mnist.creation import zeros
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.nn.functional.convolution import pad
from tinygrad_mnist.nn.functional.dropout import dropout
from tinygrad_mnist.ops.linear_algebra import linear, matmul
from tinygrad_mnist.ops.movement import cat, chunk
from tinygrad_mnist.ops.reduction import softmax
from tinygrad_mnist.core.tensor import Tensor, wrap

__all__ = ["multi_head_attention_forward", "scaled_dot_product_attention"]

_check = partial(check, error=AssertionError)


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
    if is_causal and scores.array.size:
        return softmax(scores.masked_fill(wrap(np.tri(*scores.array.shape[-2:]) == 0), -math.inf), -1)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf) if mask.array.dtype.kind == "b" else scores + mask
        nowhere = wrap((scores.array == -np.inf).all(-1, keepdims=True))
        if nowhere.array.any():
            return softmax(scores.masked_fill(nowhere, 0), -1).masked_fill(nowhere, 0)
    return softmax(scores, -1)


def multi_head_attention_forward(
    query: Tensor, key: Tensor, value: Tensor, embed_dim_to_check: int, num_heads: int, in_proj_weight: Any,
    in_proj_bias: Any, bias_k: Any, bias_v: Any, add_zero_attn: bool, dropout_p: float, out_proj_weight: Tensor,
    out_proj_bias: Any, training: bool = True, key_padding_mask: Any = None, need_weights: bool = True,
    attn_mask: Any = None, use_separate_proj_weight: bool = False, q_proj_weight: Any = None, k_proj_weight: Any = None,
    v_proj_weight: Any = None, static_k: Any = None, static_v: Any = None, average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:  # fmt: skip
    """Attention in `num_heads` parallel parts of the width. Vaswani et al. (2017), arXiv:1706.03762.

    Args:
        query: (l, n, embed_dim); key, value: (s, n, width); all three perhaps without n.
        in_proj_weight: the projections of query, key and value, (3 * embed_dim, embed_dim); or each its own.
        bias_k, bias_v: (1, 1, embed_dim), one more key and value for all.
        add_zero_attn: one more key and value of zeros.
        key_padding_mask: (n, s), True (or added to the scores) where a key is left out.
        attn_mask: (l, s) or (n * num_heads, l, s), likewise.
        static_k, static_v: (n * num_heads, s, embed_dim / num_heads), in place of the projected key and value.

    Returns the output, (l, n, embed_dim), and with `need_weights` the weights, (n, l, s), or for each
    head with `average_attn_weights=False`, (n, num_heads, l, s).
    """
    n = query.ndim
    _check(n in (2, 3), "query should be unbatched 2D or batched 3D tensor but received {}-D query tensor", n)
    for name, x, dims in (
        ("key", key, (n,)), ("value", value, (n,)), ("key_padding_mask", key_padding_mask, (n - 1,)),
        ("attn_mask", attn_mask, (2, 3)),
    ):  # fmt: skip
        fits = x is None or x.ndim in dims
        _check(fits, "For {}-D `query`, expected `{}` to be {}-D but found {}-D", n, name, dims, getattr(x, "ndim", 0))
    check(attn_mask is not None or not is_causal, "Need attn_mask if specifying the is_causal hint.")
    if n == 2:
        query, key, value = (x.unsqueeze(1) for x in (query, key, value))
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    (length, batch, width), source = query.array.shape, len(key)
    fits = width == embed_dim_to_check and width % num_heads == 0
    _check(fits, "expected a width of {}, in {} heads, but got {}", embed_dim_to_check, num_heads, width)
    k_shape, v_shape = (x.shape[: 2 if use_separate_proj_weight else 3] for x in (key, value))
    _check(k_shape == v_shape, "key shape {} does not match value shape {}", k_shape, v_shape)
    if query is key is value and not use_separate_proj_weight:
        q, k, v = chunk(linear(query, in_proj_weight, in_proj_bias), 3, -1)
    else:
        weights = (
            (q_proj_weight, k_proj_weight, v_proj_weight) if use_separate_proj_weight else chunk(in_proj_weight, 3)
        )
        biases: Any = (None,) * 3 if in_proj_bias is None else chunk(in_proj_bias, 3)
        q, k, v = (linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases, strict=True))
    if bias_k is not None:
        k, v = (cat([x, b.repeat(1, batch, 1)]) for x, b in ((k, bias_k), (v, bias_v)))
    q, k, v = (x.unflatten(-1, (num_heads, width // num_heads)).permute(1, 2, 0, 3) for x in (q, k, v))
    k, v = (x if s is None else s.unflatten(0, (batch, num_heads)) for x, s in ((k, static_k), (v, static_v)))
    if add_zero_attn:
        k, v = (pad(x, (0, 0, 0, 1)) for x in (k, v))
    hint = is_causal and key_padding_mask is None and not need_weights  # then no mask need be looked at
    attn_mask = None if hint else attn_mask
    if attn_mask is not None:
        shape = (length, source) if attn_mask.ndim == 2 else (batch * num_heads, length, source)
        check(attn_mask.array.shape == shape, "The shape of attn_mask is {}, but should be {}.", attn_mask.shape, shape)
        attn_mask = attn_mask if attn_mask.ndim == 2 else attn_mask.unflatten(0, (batch, num_heads))
    padding = None if key_padding_mask is None else key_padding_mask[:, None, None]
    masks = [pad(_added(x, q), (0, k.array.shape[2] - source)) for x in (attn_mask, padding) if x is not None]
    mask = sum(masks[1:], masks[0]) if masks else None
    if need_weights:
        scores = (q * math.sqrt(1 / q.array.shape[-1])) @ k.mT
        shown = dropout(softmax(scores if mask is None else scores + mask, -1), dropout_p, training)
        out = shown @ v
        shown = shown.mean(1) if average_attn_weights else shown
        shown = shown.squeeze(0) if n == 2 else shown
    else:
        out, shown = scaled_dot_product_attention(q, k, v, mask, dropout_p if training else 0.0, hint), None
    out = linear(out.permute(2, 0, 1, 3).flatten(2), out_proj_weight, out_proj_bias)
    return out.squeeze(1) if n == 2 else out, shown


def _added(mask: Tensor, like: Tensor) -> Tensor:
    """What is added to the scores: -inf where a bool mask is True."""
    kind = mask.array.dtype.kind
    _check(kind in "bf", "only bool and floating types of masks are supported, got {}", mask.dtype)
    return zeros(mask.array.shape, dtype=like.dtype).masked_fill(mask, -math.inf) if kind == "b" else mask
