"""Attention: of a query to keys and values, and in several heads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.record import record
from tinygrad_mnist.core.refusals import tensors_only
from tinygrad_mnist.core.tensor import Array, Tensor, wrap
from tinygrad_mnist.nn.functional.dropout import dropout
from tinygrad_mnist.nn.functional.padding import pad
from tinygrad_mnist.ops.joining import cat
from tinygrad_mnist.ops.products import linear, matmul
from tinygrad_mnist.ops.reduction import softmax, sum
from tinygrad_mnist.ops.shape import chunk

__all__ = ["multi_head_attention_forward", "scaled_dot_product_attention"]


@tensors_only
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
        query: (..., l, width).
        key: (..., s, width).
        value: (..., s, out).
        attn_mask: added to the scores, or, if bool, True where attention is allowed; of a shape
            that broadcasts to (..., l, s). A position that may attend to none gets 0.
        dropout_p: the probability of each weight to be dropped.
        is_causal: position i attends to positions up to i only.
        scale: what the scores are multiplied by. Default: 1 / sqrt(width).
        enable_gqa: several heads of the query (dimension -3) share one of key and value.

    Returns:
        (..., l, out).

    Raises:
        RuntimeError: if there is a mask and `is_causal` too, or if the shapes do not fit.

    Example:
        >>> q = torch.zeros(1, 2)
        >>> k = torch.zeros(2, 2)
        >>> F.scaled_dot_product_attention(q, k, torch.tensor([[1.0], [3.0]]))
        tensor([[2.]])
    """
    message = (
        "scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True"
    )
    check(attn_mask is None or not is_causal, message)
    if enable_gqa:
        key = key.repeat_interleave(query.size(-3) // key.size(-3), -3)
        value = value.repeat_interleave(query.size(-3) // value.size(-3), -3)
    weights = _attention_weights(query, key, attn_mask, is_causal, scale)
    return matmul(dropout(weights, dropout_p), value)


def _attention_weights(
    query: Tensor, key: Tensor, mask: Tensor | None, is_causal: bool, scale: float | None
) -> Tensor:
    """The softmax of the scores, (..., l, s); 0 for a position that may attend to none."""
    if scale is None:
        scale = 1 / math.sqrt(query.array.shape[-1])
    scores = matmul(query * scale, key.mT)
    if is_causal and scores.array.size:
        later = wrap(np.tri(*scores.array.shape[-2:]) == 0)
        return softmax(scores.masked_fill(later, -math.inf), -1)
    if mask is None:
        return softmax(scores, -1)
    if mask.array.dtype.kind == "b":
        return _safe_softmax(scores.masked_fill(~mask, -math.inf))
    return _safe_softmax(scores + mask)


def _safe_softmax(scores: Tensor) -> Tensor:
    """`softmax` over the last dimension; 0 where all the scores are minus infinity."""
    return record("safe_softmax", safe_softmax, (scores, _softmax_rule), output=True)


def _softmax_rule(g: Tensor, y: Tensor) -> Tensor:
    return y * (g - sum(g * y, -1, True))


def safe_softmax(scores: Array) -> Array:
    """exp(x) / sum(exp(x)) over the last dimension; 0 where every x is minus infinity."""
    if not scores.size:
        return scores.copy()
    largest = scores.max(-1, keepdims=True)
    largest[np.isneginf(largest)] = 0
    out: Array = np.exp(scores - largest)
    total = out.sum(-1, keepdims=True)
    total[total == 0] = 1
    out /= total
    return out


# several heads -----------------------------------------------------------------------------


class _Masks(NamedTuple):
    """Which keys a query may attend to.

    Attributes:
        attention: (l, s) or (n * heads, l, s).
        padding: (n, s).
        is_causal: whether the first is known to be causal.
    """

    attention: Tensor | None
    padding: Tensor | None
    is_causal: bool


class _Projections(NamedTuple):
    """The weights and biases that make queries, keys and values of the inputs.

    Attributes:
        weight: (3 * width, width); not used where each has its own.
        bias: (3 * width,).
        separate: the weights of query, key and value, (width, own width), if each has its own.
    """

    weight: Tensor
    bias: Tensor | None
    separate: tuple[Tensor, Tensor, Tensor] | None


@tensors_only
def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Attention in parallel parts of the width, the heads.

    Vaswani et al. (2017), arXiv:1706.03762.

    Args:
        query: (l, n, width), or without n, as key and value then are too.
        key: (s, n, its width).
        value: (s, n, its width).
        embed_dim_to_check: the width.
        num_heads: the parts that the width is divided into.
        in_proj_weight: the projections of query, key and value, (3 * width, width).
        in_proj_bias: (3 * width,).
        bias_k: one more key for all, (1, 1, width).
        bias_v: one more value for all, (1, 1, width).
        add_zero_attn: whether there is one more key and value of zeros.
        dropout_p: the probability of each weight to be dropped in training.
        out_proj_weight: the projection of the result, (width, width).
        out_proj_bias: (width,).
        training: whether weights are dropped.
        key_padding_mask: (n, s), True (or added to the scores) where a key is left out.
        need_weights: whether the weights are returned too.
        attn_mask: (l, s) or (n * num_heads, l, s), True (or added to the scores) where a query does
            not attend to a key.
        use_separate_proj_weight: whether the three next ones stand for `in_proj_weight`.
        q_proj_weight: (width, width).
        k_proj_weight: (width, key's width).
        v_proj_weight: (width, value's width).
        static_k: (n * num_heads, s, width / num_heads), in place of the projected key.
        static_v: (n * num_heads, s, width / num_heads), in place of the projected value.
        average_attn_weights: whether the weights are averaged over the heads.
        is_causal: a hint that `attn_mask` is the causal mask, which must be given all the same.

    Returns:
        The output, (l, n, width); and the weights, (n, l, s), or without `average_attn_weights`
        those of each head, (n, num_heads, l, s), or without `need_weights` None.

    Raises:
        AssertionError: if shapes do not fit.
        RuntimeError: if the mask is of another shape, or missing with `is_causal`.

    Example:
        >>> x = torch.ones(3, 1, 4)
        >>> out, weights = F.multi_head_attention_forward(
        ...     x, x, x, 4, 2, torch.ones(12, 4), None, None, None, False, 0.0, torch.eye(4), None
        ... )
        >>> out.shape, weights.shape
        (torch.Size([3, 1, 4]), torch.Size([1, 3, 3]))
    """
    masks = _Masks(attn_mask, key_padding_mask, is_causal)
    _check_dimensions(query, key, value, masks)
    has_batch = query.ndim == 3
    if not has_batch:
        query, key, value, masks = _with_batch(query, key, value, masks)
    separate = None
    if use_separate_proj_weight:
        separate = (q_proj_weight, k_proj_weight, v_proj_weight)
    _check_widths(query, key, value, embed_dim_to_check, num_heads, use_separate_proj_weight)
    projections = _Projections(in_proj_weight, in_proj_bias, separate)  # type: ignore[arg-type]
    q, k, v = _projected(query, key, value, projections)
    q = _split_heads(q, num_heads)
    k = _key_heads(k, num_heads, bias_k, static_k, add_zero_attn)
    v = _key_heads(v, num_heads, bias_v, static_v, add_zero_attn)
    # with the hint, and nothing else to look at, the mask need not be read
    causal = is_causal and key_padding_mask is None and not need_weights
    mask = None
    if not causal:
        mask = _joined_mask(masks, q, k, len(key))
    weights = None
    if need_weights:
        out, weights = _attend(q, k, v, mask, dropout_p, training)
        if average_attn_weights:
            weights = weights.mean(1)
    else:
        rate = dropout_p if training else 0.0
        out = scaled_dot_product_attention(q, k, v, mask, rate, causal)
    out = linear(out.permute(2, 0, 1, 3).flatten(2), out_proj_weight, out_proj_bias)
    if has_batch:
        return out, weights
    return out.squeeze(1), None if weights is None else weights.squeeze(0)


def _check_dimensions(query: Tensor, key: Tensor, value: Tensor, masks: _Masks) -> None:
    """AssertionError where the inputs and masks have not as many dimensions as fit each other."""
    n = query.ndim
    message = "query should be unbatched 2D or batched 3D tensor but received {}-D query tensor"
    check(n in (2, 3), message, n, error=AssertionError)
    wanted = (
        ("key", key, (n,)),
        ("value", value, (n,)),
        ("key_padding_mask", masks.padding, (n - 1,)),
        ("attn_mask", masks.attention, (2, 3)),
    )
    message = "For {}-D `query`, expected `{}` to be {}-D but found {}-D"
    for name, x, dims in wanted:
        if x is not None:
            check(x.ndim in dims, message, n, name, dims, x.ndim, error=AssertionError)
    ok = masks.attention is not None or not masks.is_causal
    check(ok, "Need attn_mask if specifying the is_causal hint.")


def _with_batch(
    query: Tensor, key: Tensor, value: Tensor, masks: _Masks
) -> tuple[Tensor, Tensor, Tensor, _Masks]:
    """The inputs with a batch of one; those that are one tensor stay one tensor."""
    if masks.padding is not None:
        masks = masks._replace(padding=masks.padding.unsqueeze(0))
    wide = query.unsqueeze(1)
    wide_key = wide if key is query else key.unsqueeze(1)
    wide_value = wide if value is query else value.unsqueeze(1)
    return wide, wide_key, wide_value, masks


def _check_widths(
    query: Tensor, key: Tensor, value: Tensor, embed_dim: int, num_heads: int, use_separate: bool
) -> None:
    """AssertionError where the widths, or the shapes of key and value, do not fit."""
    width = query.array.shape[2]
    fits = width == embed_dim and width % num_heads == 0
    message = "expected a width of {}, in {} heads, but got {}"
    check(fits, message, embed_dim, num_heads, width, error=AssertionError)
    compared = 2 if use_separate else 3
    k_shape = key.shape[:compared]
    v_shape = value.shape[:compared]
    message = "key shape {} does not match value shape {}"
    check(k_shape == v_shape, message, k_shape, v_shape, error=AssertionError)


def _projected(
    query: Tensor, key: Tensor, value: Tensor, projections: _Projections
) -> tuple[Tensor, ...]:
    """Query, key and value as the attention takes them: (l, n, width) and (s, n, width)."""
    weight, bias, separate = projections
    if separate is None and query is key is value:
        return chunk(linear(query, weight, bias), 3, -1)
    weights: Sequence[Tensor] = chunk(weight, 3) if separate is None else separate
    biases: Sequence[Tensor | None] = (None, None, None) if bias is None else chunk(bias, 3)
    inputs = zip((query, key, value), weights, biases, strict=True)
    return tuple(linear(x, w, b) for x, w, b in inputs)


def _split_heads(x: Tensor, num_heads: int) -> Tensor:
    """(length, n, width) as (n, heads, length, width / heads)."""
    return x.unflatten(-1, (num_heads, x.array.shape[-1] // num_heads)).permute(1, 2, 0, 3)


def _key_heads(
    x: Tensor, num_heads: int, more: Tensor | None, static: Tensor | None, add_zero: bool
) -> Tensor:
    """Keys, or values, of (s, n, width) as (n, heads, s, width / heads).

    Args:
        more: one more for all, (1, 1, width).
        static: (n * heads, s, width / heads), in place of x.
        add_zero: whether there is one more of zeros.
    """
    batch = x.array.shape[1]
    if more is not None:
        x = cat([x, more.repeat(1, batch, 1)])
    heads = _split_heads(x, num_heads)
    if static is not None:
        heads = static.unflatten(0, (batch, num_heads))
    if add_zero:
        heads = pad(heads, (0, 0, 0, 1))
    return heads


def _joined_mask(masks: _Masks, q: Tensor, k: Tensor, source: int) -> Tensor | None:
    """What is added to the scores, broadcast to (n, heads, l, keys); None for nothing.

    Args:
        source: the number of keys that the masks know; those behind them are never masked.
    """
    parts = []
    if masks.attention is not None:
        parts.append(_attention_mask(masks.attention, q, source))
    if masks.padding is not None:
        parts.append(masks.padding[:, None, None])
    total = None
    for part in parts:
        added = pad(_added(part, q), (0, k.array.shape[2] - source))
        total = added if total is None else total + added
    return total


def _attention_mask(mask: Tensor, q: Tensor, source: int) -> Tensor:
    """The mask of (l, s), or (n, heads, l, s)."""
    batch, num_heads, length, _ = q.array.shape
    shape: tuple[int, ...] = (length, source)
    if mask.ndim == 3:
        shape = (batch * num_heads, length, source)
    message = "The shape of attn_mask is {}, but should be {}."
    check(mask.array.shape == shape, message, mask.shape, shape)
    if mask.ndim == 3:
        return mask.unflatten(0, (batch, num_heads))
    return mask


def _added(mask: Tensor, like: Tensor) -> Tensor:
    """What is added to the scores: -inf where a bool mask is True."""
    kind = mask.array.dtype.kind
    message = "only bool and floating types of masks are supported, got {}"
    check(kind in "bf", message, mask.dtype, error=AssertionError)
    if kind == "f":
        return mask
    zeros = wrap(np.zeros(mask.array.shape, like.array.dtype))
    return zeros.masked_fill(mask, -math.inf)


def _attend(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, dropout_p: float, training: bool
) -> tuple[Tensor, Tensor]:
    """The attended values, (n, heads, l, width / heads), and the weights, (n, heads, l, keys)."""
    scores = (q * math.sqrt(1 / q.array.shape[-1])) @ k.mT
    if mask is not None:
        scores = scores + mask
    weights = dropout(softmax(scores, -1), dropout_p, training)
    return weights @ v, weights
