"""Multi-head attention."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.creation import empty
from tinygrad_mnist.errors import check
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.linear import Linear
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.tensor import Tensor

__all__ = ["MultiheadAttention"]


class NonDynamicallyQuantizableLinear(Linear):
    """`Linear`, by the name that PyTorch gives the last projection."""


class MultiheadAttention(Module):
    """Attention in `num_heads` parallel parts of the width. Vaswani et al. (2017), arXiv:1706.03762.

    Takes query (l, n, embed_dim), key (s, n, kdim) and value (s, n, vdim), or without n, or with n
    in front if `batch_first`. Returns the output in the query's shape, and the weights averaged
    over heads, (n, l, s) - for each head with `average_attn_weights=False`, None without
    `need_weights`. Masks are those of `nn.functional.multi_head_attention_forward`.
    """

    def __init__(
        self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True, add_bias_kv: bool = False,
        add_zero_attn: bool = False, kdim: int | None = None, vdim: int | None = None, batch_first: bool = False,
        device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        message = "embed_dim and num_heads must be greater than 0, got embed_dim={} and num_heads={} instead"
        check(embed_dim > 0 and num_heads > 0, message, embed_dim, num_heads, error=ValueError)
        check(embed_dim % num_heads == 0, "embed_dim must be divisible by num_heads", error=AssertionError)
        self.embed_dim, self.num_heads, self.dropout, self.batch_first = embed_dim, num_heads, dropout, batch_first
        self.head_dim, self.add_zero_attn = embed_dim // num_heads, add_zero_attn
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = same = self.kdim == self.vdim == embed_dim
        for name, shape, wanted in (
            ("q_proj_weight", (embed_dim, embed_dim), not same), ("k_proj_weight", (embed_dim, self.kdim), not same),
            ("v_proj_weight", (embed_dim, self.vdim), not same), ("in_proj_weight", (3 * embed_dim, embed_dim), same),
            ("in_proj_bias", (3 * embed_dim,), bias), ("bias_k", (1, 1, embed_dim), add_bias_kv),
            ("bias_v", (1, 1, embed_dim), add_bias_kv),
        ):  # fmt: skip
            self.register_parameter(name, Parameter(empty(shape, dtype=dtype, device=device)) if wanted else None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias, dtype=dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the projections of the inputs anew, and set the biases to 0."""
        for name, parameter in (*self._parameters.items(), ("out_proj_bias", self.out_proj.bias)):
            if parameter is not None:
                kind = {"s": init.zeros_, "t": init.xavier_uniform_}.get(name[-1], init.xavier_normal_)
                kind(parameter)

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, key_padding_mask: Tensor | None = None,
        need_weights: bool = True, attn_mask: Tensor | None = None, average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:  # fmt: skip
        turned = self.batch_first and query.ndim == 3
        if turned:  # what is one tensor stays one
            same = {id(x): x.transpose(0, 1) for x in (query, key, value)}
            query, key, value = (same[id(x)] for x in (query, key, value))
        out, weights = F.multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight, self.in_proj_bias, self.bias_k,
            self.bias_v, self.add_zero_attn, self.dropout, self.out_proj.weight, self.out_proj.bias, self.training,
            key_padding_mask, need_weights, attn_mask, not self._qkv_same_embed_dim, self.q_proj_weight,
            self.k_proj_weight, self.v_proj_weight, None, None, average_attn_weights, is_causal,
        )  # fmt: skip
        return out.transpose(0, 1) if turned else out, weights
