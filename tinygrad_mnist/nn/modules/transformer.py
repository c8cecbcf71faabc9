"""Transformers: encoder and decoder layers, stacks of them, and the whole."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from tinygrad_mnist.creation import full
from tinygrad_mnist.errors import check
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.container import ModuleList
from tinygrad_mnist.nn.modules.linear import Linear
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.modules.multihead import MultiheadAttention
from tinygrad_mnist.nn.modules.normalization import LayerNorm
from tinygrad_mnist.nn.modules.simple import Dropout
from tinygrad_mnist.ops.movement import triu
from tinygrad_mnist.tensor import Tensor


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
        ok = callable(activation) or activation in known
        check(ok, "activation should be relu/gelu, not {}", activation)
        self.activation: Any = activation if callable(activation) else known[activation]

    def _part(self, i: int, x: Tensor, block: Callable[..., Tensor], *args: Any) -> Tensor:
        """x and what a block makes of it, with the i-th dropout and normalisation."""
        norm, dropout = getattr(self, f"norm{i}"), getattr(self, f"dropout{i}")
        out: Tensor = x + dropout(block(norm(x), *args)) if self.norm_first else norm(x + dropout(block(x, *args)))
        return out

    def _attend(self, x: Tensor, name: str, memory: Tensor | None, mask: Any, padding: Any, causal: bool) -> Tensor:
        source = x if memory is None else memory
        out: Tensor = getattr(self, name)(x, source, source, padding, False, mask, is_causal=causal)[0]
        return out

    def _feed(self, x: Tensor) -> Tensor:
        out: Tensor = self.linear2(self.dropout(self.activation(self.linear1(x))))
        return out


class TransformerEncoderLayer(_Layer):
    """Self-attention and a feed-forward part. Vaswani et al. (2017), arXiv:1706.03762."""

    def forward(
        self, src: Tensor, src_mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool = False
    ) -> Tensor:
        x = self._part(1, src, self._attend, "self_attn", None, src_mask, src_key_padding_mask, is_causal)
        return self._part(2, x, self._feed)


class TransformerDecoderLayer(_Layer):
    """Self-attention, attention to the encoder's memory, and a feed-forward part."""

    attentions = ("self_attn", "multihead_attn")

    def forward(
        self, tgt: Tensor, memory: Tensor, tgt_mask: Any = None, memory_mask: Any = None,
        tgt_key_padding_mask: Any = None, memory_key_padding_mask: Any = None, tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:  # fmt: skip
        from_memory = "multihead_attn", memory, memory_mask, memory_key_padding_mask, memory_is_causal
        x = self._part(1, tgt, self._attend, "self_attn", None, tgt_mask, tgt_key_padding_mask, tgt_is_causal)
        return self._part(3, self._part(2, x, self._attend, *from_memory), self._feed)


class _Stack(Module):
    def __init__(self, layer: Module, num_layers: int, norm: Module | None = None, *ignored: Any, **also: Any) -> None:
        super().__init__()
        self.layers = ModuleList([copy.deepcopy(layer) for _ in range(num_layers)])
        self.num_layers, self.norm = num_layers, norm

    def _through(self, x: Tensor, *args: Any) -> Tensor:
        for layer in self.layers:
            x = layer(x, *args)
        return x if self.norm is None else self.norm(x)


class TransformerEncoder(_Stack):
    """Encoder layers one after the other, each a copy of the one given."""

    def forward(self, src: Tensor, mask: Any = None, src_key_padding_mask: Any = None, is_causal: Any = None) -> Tensor:
        return self._through(src, mask, src_key_padding_mask, bool(is_causal))


class TransformerDecoder(_Stack):
    """Decoder layers one after the other, each a copy of the one given."""

    def forward(
        self, tgt: Tensor, memory: Tensor, tgt_mask: Any = None, memory_mask: Any = None,
        tgt_key_padding_mask: Any = None, memory_key_padding_mask: Any = None, tgt_is_causal: Any = None,
        memory_is_causal: bool = False,
    ) -> Tensor:  # fmt: skip
        paddings = tgt_key_padding_mask, memory_key_padding_mask
        return self._through(tgt, memory, tgt_mask, memory_mask, *paddings, bool(tgt_is_causal), memory_is_causal)


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
    ) -> Tensor:  # fmt: skip
        place = 0 if self.batch_first else 1
        same = src.ndim != 3 or src.array.shape[place] == tgt.array.shape[place]
        check(same, "the batch number of src and tgt must be equal, got {} and {}", src.shape, tgt.shape)
        widths = src.array.shape[-1], tgt.array.shape[-1]
        message = "the feature number of src and tgt must be equal to d_model={}, got {}"
        check(widths == (self.d_model, self.d_model), message, self.d_model, widths)
        memory = self.encoder(src, src_mask, src_key_padding_mask, src_is_causal)
        masks = tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask
        out: Tensor = self.decoder(tgt, memory, *masks, tgt_is_causal, memory_is_causal)
        return out

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """A mask, (sz, sz), that keeps a position from attending to later ones: -inf above the diagonal."""
        return triu(full((sz, sz), float("-inf"), dtype=dtype), 1)
