"""Multi-head attention."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.creation import empty, zeros
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.linear import Linear
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.ops.linear_algebra import linear
from tinygrad_mnist.ops.movement import chunk
from tinygrad_mnist.tensor import Tensor


class MultiheadAttention(Module):
    """Attention in `num_heads` parallel parts of the width. Vaswani et al. (2017), arXiv:1706.03762.

    Takes query (l, n, embed_dim), key (s, n, kdim) and value (s, n, vdim), or without n, or with n
    in front if `batch_first`. Returns the output in the query's shape, and the weights averaged
    over heads, (n, l, s) - for each head with `average_attn_weights=False`, None without
    `need_weights`.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(f"embed_dim and num_heads must be greater than 0, got {embed_dim} and {num_heads} instead")
        if embed_dim % num_heads:
            raise AssertionError("embed_dim must be divisible by num_heads")
        if add_bias_kv or add_zero_attn:
            raise ValueError("MultiheadAttention: add_bias_kv and add_zero_attn are not supported")
        self.embed_dim, self.num_heads, self.dropout, self.batch_first = embed_dim, num_heads, dropout, batch_first
        self.head_dim = embed_dim // num_heads
        self.kdim, self.vdim = kdim or embed_dim, vdim or embed_dim
        self._qkv_same_embed_dim = self.kdim == self.vdim == embed_dim
        shapes = {
            "q_proj_weight": (embed_dim, embed_dim), "k_proj_weight": (embed_dim, self.kdim),
            "v_proj_weight": (embed_dim, self.vdim), "in_proj_weight": (3 * embed_dim, embed_dim),
            "in_proj_bias": (3 * embed_dim,),
        }  # fmt: skip
        for name, shape in shapes.items():
            wanted = bias if name.endswith("bias") else (name == "in_proj_weight") == self._qkv_same_embed_dim
            self.register_parameter(name, Parameter(empty(shape, dtype=dtype, device=device)) if wanted else None)
        self.out_proj = Linear(embed_dim, embed_dim, bias, dtype=dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the projections anew, and set the biases to 0."""
        for name, parameter in self._parameters.items():
            if parameter is not None:
                (init.zeros_ if name.endswith("bias") else init.xavier_uniform_)(parameter)
        if self.out_proj.bias is not None:
            init.zeros_(self.out_proj.bias)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        batched = query.ndim == 3
        if query.ndim not in (2, 3):
            raise AssertionError(
                f"query should be unbatched 2D or batched 3D tensor but received {query.ndim}-D query tensor"
            )
        if not batched:
            query, key, value = (x.unsqueeze(0) for x in (query, key, value))
        elif not self.batch_first:
            query, key, value = (x.transpose(0, 1) for x in (query, key, value))
        q, k, v = (self._heads(x) for x in self._projected(query, key, value))
        mask = self._mask(attn_mask, key_padding_mask, q)
        weights = F.attention_weights(q, k, mask)
        context = F.dropout(weights, self.dropout, self.training) @ v
        out = self.out_proj(context.transpose(1, 2).flatten(2))
        shown = (weights.mean(1) if average_attn_weights else weights) if need_weights else None
        if not batched:
            return out.squeeze(0), None if shown is None else shown.squeeze(0)
        return (out if self.batch_first else out.transpose(0, 1)), shown

    def _projected(self, query: Tensor, key: Tensor, value: Tensor) -> Any:
        if self._qkv_same_embed_dim:
            if query is key is value:
                return chunk(linear(query, self.in_proj_weight, self.in_proj_bias), 3, -1)
            weights = chunk(self.in_proj_weight, 3)
        else:
            weights = (self.q_proj_weight, self.k_proj_weight, self.v_proj_weight)
        biases: Any = (None,) * 3 if self.in_proj_bias is None else chunk(self.in_proj_bias, 3)
        return [linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases, strict=True)]

    def _heads(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.num_heads, self.head_dim)).transpose(1, 2)

    def _mask(self, attn_mask: Tensor | None, padding: Tensor | None, q: Tensor) -> Tensor | None:
        """What is added to the scores (n, heads, l, s): masks say with True what is left out."""
        masks = []
        if attn_mask is not None:
            shape = (
                attn_mask if attn_mask.ndim == 2 else attn_mask.reshape(-1, self.num_heads, *attn_mask.array.shape[1:])
            )
            masks.append(shape)
        if padding is not None:
            masks.append((padding if padding.ndim == 2 else padding.unsqueeze(0))[:, None, None])
        added = [
            zeros(m.array.shape, dtype=q.dtype).masked_fill(m, float("-inf")) if m.array.dtype.kind == "b" else m
            for m in masks
        ]
        return sum(added[1:], added[0]) if added else None


__all__ = ["MultiheadAttention"]
