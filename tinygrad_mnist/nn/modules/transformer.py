"""Attention in several heads, and transformers: encoder and decoder layers, stacks of them, and the whole."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from tinygrad_mnist.creation import empty, full
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.container import ModuleList
from tinygrad_mnist.nn.modules.linear import Linear
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.modules.normalization import LayerNorm
from tinygrad_mnist.nn.modules.simple import Dropout
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.ops.movement import triu
from tinygrad_mnist.core.tensor import Tensor


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


class _Layer(Module):
    """Attention and a feed-forward part, each with a residual path and a normalisation."""

    attentions: tuple[str, ...] = ("self_attn",)

    def __init__(
        self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1, activation: Any = "relu",
        layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False, bias: bool = True,
        device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        for name in self.attentions:
            setattr(self, name, MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, dtype=dtype))
        self.linear1 = Linear(d_model, dim_feedforward, bias, device, dtype)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, device, dtype)
        self.norm_first = norm_first
        parts = range(1, len(self.attentions) + 2)
        for i in parts:
            self.add_module(f"norm{i}", LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype))
        for i in parts:
            self.add_module(f"dropout{i}", Dropout(dropout))
        known = {"relu": F.relu, "gelu": F.gelu}
        check(callable(activation) or activation in known, "activation should be relu/gelu, not {}", activation)
        self.activation: Any = known.get(activation, activation)

    def _part(self, i: int, x: Tensor, block: Callable[..., Tensor], *args: Any) -> Any:
        """x and what a block makes of it, with the i-th dropout and normalisation."""
        norm, dropout = getattr(self, f"norm{i}"), getattr(self, f"dropout{i}")
        return x + dropout(block(norm(x), *args)) if self.norm_first else norm(x + dropout(block(x, *args)))

    def _attend(self, x: Tensor, name: str, memory: Tensor | None, mask: Any, padding: Any, causal: bool) -> Any:
        source = x if memory is None else memory
        return getattr(self, name)(x, source, source, padding, False, mask, is_causal=causal)[0]

    def _feed(self, x: Tensor) -> Any:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))


class TransformerEncoderLayer(_Layer):
    """Self-attention and a feed-forward part. Vaswani et al. (2017), arXiv:1706.03762."""

    def forward(
        self, src: Tensor, src_mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool = False
    ) -> Any:
        x = self._part(1, src, self._attend, "self_attn", None, src_mask, src_key_padding_mask, is_causal)
        return self._part(2, x, self._feed)


class TransformerDecoderLayer(_Layer):
    """Self-attention, attention to the encoder's memory, and a feed-forward part."""

    attentions = ("self_attn", "multihead_attn")

    def forward(
        self, tgt: Tensor, memory: Tensor, tgt_mask: Any = None, memory_mask: Any = None,
        tgt_key_padding_mask: Any = None, memory_key_padding_mask: Any = None, tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Any:  # fmt: skip
        from_memory = "multihead_attn", memory, memory_mask, memory_key_padding_mask, memory_is_causal
        x = self._part(1, tgt, self._attend, "self_attn", None, tgt_mask, tgt_key_padding_mask, tgt_is_causal)
        return self._part(3, self._part(2, x, self._attend, *from_memory), self._feed)


class _Stack(Module):
    def __init__(self, layer: Module, num_layers: int, norm: Module | None = None, *ignored: Any, **also: Any) -> None:
        super().__init__()
        self.layers = ModuleList([copy.deepcopy(layer) for _ in range(num_layers)])
        self.num_layers, self.norm = num_layers, norm

    def _through(self, x: Tensor, *args: Any, **options: Any) -> Any:
        for layer in self.layers:
            x = layer(x, *args, **options)
        return x if self.norm is None else self.norm(x)


class TransformerEncoder(_Stack):
    """Encoder layers one after the other, each a copy of the one given."""

    def forward(self, src: Tensor, mask: Any = None, src_key_padding_mask: Any = None, is_causal: Any = None) -> Any:
        return self._through(src, mask, src_key_padding_mask, bool(is_causal))


class TransformerDecoder(_Stack):
    """Decoder layers one after the other, each a copy of the one given; called with what one of them is called with."""

    def forward(self, tgt: Tensor, memory: Tensor, *args: Any, **options: Any) -> Any:
        return self._through(tgt, memory, *args, **options)


class Transformer(Module):
    """An encoder and a decoder: src (s, n, d_model) and tgt (t, n, d_model) give (t, n, d_model)."""

    def __init__(
        self, d_model: int = 512, nhead: int = 8, num_encoder_layers: int = 6, num_decoder_layers: int = 6,
        dim_feedforward: int = 2048, dropout: float = 0.1, activation: Any = "relu", custom_encoder: Any = None,
        custom_decoder: Any = None, layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False,
        bias: bool = True, device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        options = (
            d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias, device,
            dtype,
        )  # fmt: skip
        for name, given, stack, layer, count in (
            ("encoder", custom_encoder, TransformerEncoder, TransformerEncoderLayer, num_encoder_layers),
            ("decoder", custom_decoder, TransformerDecoder, TransformerDecoderLayer, num_decoder_layers),
        ):
            norm = LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)
            self.add_module(name, given if given is not None else stack(layer(*options), count, norm))
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first
        for parameter in self.parameters():
            if parameter.ndim > 1:
                init.xavier_uniform_(parameter)

    def forward(
        self, src: Tensor, tgt: Tensor, src_mask: Any = None, tgt_mask: Any = None, memory_mask: Any = None,
        src_key_padding_mask: Any = None, tgt_key_padding_mask: Any = None, memory_key_padding_mask: Any = None,
        src_is_causal: Any = None, tgt_is_causal: Any = None, memory_is_causal: bool = False,
    ) -> Any:  # fmt: skip
        place, width = 0 if self.batch_first else 1, self.d_model
        fits = src.ndim != 3 or src.array.shape[place] == tgt.array.shape[place]
        fits &= src.array.shape[-1] == tgt.array.shape[-1] == width
        check(fits, "src {} and tgt {} must have the same batch and d_model={} features", src.shape, tgt.shape, width)
        memory = self.encoder(src, src_mask, src_key_padding_mask, src_is_causal)
        masks = tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask
        return self.decoder(tgt, memory, *masks, bool(tgt_is_causal), memory_is_causal)

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """A mask, (sz, sz), that keeps a position from attending to later ones: -inf above the diagonal."""
        return triu(full((sz, sz), float("-inf"), dtype=dtype), 1)
