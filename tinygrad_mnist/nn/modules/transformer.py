"""Transformers: encoder and decoder layers, stacks of them, and the whole."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.activation import MultiheadAttention
from tinygrad_mnist.nn.modules.container import ModuleList
from tinygrad_mnist.nn.modules.dropout import Dropout
from tinygrad_mnist.nn.modules.linear import Linear
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.modules.normalization import LayerNorm
from tinygrad_mnist.ops.creation import full
from tinygrad_mnist.ops.joining import triu

__all__ = [
    "Transformer",
    "TransformerDecoder",
    "TransformerDecoderLayer",
    "TransformerEncoder",
    "TransformerEncoderLayer",
]

Activation = str | Callable[[Tensor], Tensor]


def _activation(activation: Activation) -> Callable[[Tensor], Tensor]:
    """An activation function, given as such or by name."""
    if callable(activation):
        return activation
    known: dict[str, Any] = {"relu": F.relu, "gelu": F.gelu}
    check(activation in known, "activation should be relu/gelu, not {}", activation)
    found: Callable[[Tensor], Tensor] = known[activation]
    return found


class TransformerEncoderLayer(Module):
    """Self-attention and a feed-forward part, each with a residual path.

    Vaswani et al. (2017), arXiv:1706.03762.

    Args:
        d_model: the width.
        nhead: the heads of the attention.
        dim_feedforward: the width within the feed-forward part.
        dropout: the chance of an element to be dropped, while training.
        activation: within the feed-forward part: "relu", "gelu" or a function.
        layer_norm_eps: of the normalisations.
        batch_first: whether the batch comes before the length.
        norm_first: whether the normalisations come before the parts rather than after the residual
            paths.
        bias: whether there are biases.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Shape:
        Input (s, n, d_model), with `batch_first` (n, s, d_model), or without n; output of the same.

    Example:
        >>> nn.TransformerEncoderLayer(8, nhead=2)(torch.ones(5, 3, 8)).shape
        torch.Size([5, 3, 8])
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.self_attn = MultiheadAttention(
            d_model, nhead, dropout, bias, batch_first=batch_first, device=device, dtype=dtype
        )
        self.linear1 = Linear(d_model, dim_feedforward, bias, device, dtype)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, device, dtype)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.activation = _activation(activation)

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """What the layer makes of a sequence.

        Args:
            src: the sequence, see the class.
            src_mask: what is not attended to, see `MultiheadAttention`.
            src_key_padding_mask: the positions that do not count, (n, s).
            is_causal: says that `src_mask` is the causal one.
        """
        x = src
        if self.norm_first:
            x = x + self._sa_block(self.norm1(x), src_mask, src_key_padding_mask, is_causal)
            return x + self._ff_block(self.norm2(x))
        x = self.norm1(x + self._sa_block(x, src_mask, src_key_padding_mask, is_causal))
        out: Tensor = self.norm2(x + self._ff_block(x))
        return out

    def _sa_block(
        self, x: Tensor, attn_mask: Any, key_padding_mask: Any, is_causal: bool = False
    ) -> Tensor:
        """Self-attention."""
        out, _ = self.self_attn(x, x, x, key_padding_mask, False, attn_mask, is_causal=is_causal)
        dropped: Tensor = self.dropout1(out)
        return dropped

    def _ff_block(self, x: Tensor) -> Tensor:
        """The feed-forward part."""
        hidden = self.dropout(self.activation(self.linear1(x)))
        dropped: Tensor = self.dropout2(self.linear2(hidden))
        return dropped


class TransformerDecoderLayer(Module):
    """Self-attention, attention to the encoder's memory, and a feed-forward part.

    Each has a residual path.
    Vaswani et al. (2017), arXiv:1706.03762.

    Args:
        d_model: the width.
        nhead: the heads of the attentions.
        dim_feedforward: the width within the feed-forward part.
        dropout: the chance of an element to be dropped, while training.
        activation: within the feed-forward part: "relu", "gelu" or a function.
        layer_norm_eps: of the normalisations.
        batch_first: whether the batch comes before the length.
        norm_first: whether the normalisations come before the parts rather than after the residual
            paths.
        bias: whether there are biases.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Shape:
        Input (t, n, d_model) and memory (s, n, d_model), with `batch_first` n before the length, or
        without n;
        output of the input's shape.

    Example:
        >>> nn.TransformerDecoderLayer(8, nhead=2)(torch.ones(4, 3, 8), torch.ones(5, 3, 8)).shape
        torch.Size([4, 3, 8])
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.self_attn = MultiheadAttention(
            d_model, nhead, dropout, bias, batch_first=batch_first, device=device, dtype=dtype
        )
        self.multihead_attn = MultiheadAttention(
            d_model, nhead, dropout, bias, batch_first=batch_first, device=device, dtype=dtype
        )
        self.linear1 = Linear(d_model, dim_feedforward, bias, device, dtype)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, device, dtype)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)
        self.norm3 = LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.dropout3 = Dropout(dropout)
        self.activation = _activation(activation)

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """What the layer makes of a sequence.

        Args:
            tgt: the sequence, see the class.
            memory: what the encoder gave, see the class.
            tgt_mask: what of the sequence is not attended to, see `MultiheadAttention`.
            memory_mask: what of the memory is not attended to.
            tgt_key_padding_mask: the positions of the sequence that do not count, (n, t).
            memory_key_padding_mask: the positions of the memory that do not count, (n, s).
            tgt_is_causal: says that `tgt_mask` is the causal one.
            memory_is_causal: says that `memory_mask` is the causal one.
        """
        x = tgt
        of_self = (tgt_mask, tgt_key_padding_mask, tgt_is_causal)
        of_memory = (memory, memory_mask, memory_key_padding_mask, memory_is_causal)
        if self.norm_first:
            x = x + self._sa_block(self.norm1(x), *of_self)
            x = x + self._mha_block(self.norm2(x), *of_memory)
            return x + self._ff_block(self.norm3(x))
        x = self.norm1(x + self._sa_block(x, *of_self))
        x = self.norm2(x + self._mha_block(x, *of_memory))
        out: Tensor = self.norm3(x + self._ff_block(x))
        return out

    def _sa_block(
        self, x: Tensor, attn_mask: Any, key_padding_mask: Any, is_causal: bool = False
    ) -> Tensor:
        """Self-attention."""
        out, _ = self.self_attn(x, x, x, key_padding_mask, False, attn_mask, is_causal=is_causal)
        dropped: Tensor = self.dropout1(out)
        return dropped

    def _mha_block(
        self, x: Tensor, mem: Tensor, attn_mask: Any, key_padding_mask: Any, is_causal: bool = False
    ) -> Tensor:
        """Attention to the memory."""
        out, _ = self.multihead_attn(
            x, mem, mem, key_padding_mask, False, attn_mask, is_causal=is_causal
        )
        dropped: Tensor = self.dropout2(out)
        return dropped

    def _ff_block(self, x: Tensor) -> Tensor:
        """The feed-forward part."""
        hidden = self.dropout(self.activation(self.linear1(x)))
        dropped: Tensor = self.dropout3(self.linear2(hidden))
        return dropped


def _copies(layer: Module, count: int) -> ModuleList:
    return ModuleList([copy.deepcopy(layer) for _ in range(count)])


class TransformerEncoder(Module):
    """Encoder layers one after the other, each a copy of the one given.

    Args:
        encoder_layer: the layer.
        num_layers: how many copies.
        norm: a module that follows the last.
        enable_nested_tensor: accepted and ignored.
        mask_check: accepted and ignored.

    Shape:
        As of the layer.

    Example:
        >>> encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, nhead=2), num_layers=2)
        >>> encoder(torch.ones(5, 3, 8)).shape
        torch.Size([5, 3, 8])
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__()
        self.layers = _copies(encoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """What the layers make of a sequence.

        Args:
            src: the sequence.
            mask: what is not attended to, see `MultiheadAttention`.
            src_key_padding_mask: the positions that do not count, (n, s).
            is_causal: says that the mask is the causal one.
        """
        x = src
        for layer in self.layers:
            x = layer(
                x,
                src_mask=mask,
                src_key_padding_mask=src_key_padding_mask,
                is_causal=bool(is_causal),
            )
        if self.norm is not None:
            x = self.norm(x)
        return x


class TransformerDecoder(Module):
    """Decoder layers one after the other, each a copy of the one given.

    Args:
        decoder_layer: the layer.
        num_layers: how many copies.
        norm: a module that follows the last.

    Shape:
        As of the layer.

    Example:
        >>> decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(8, nhead=2), num_layers=2)
        >>> decoder(torch.ones(4, 3, 8), torch.ones(5, 3, 8)).shape
        torch.Size([4, 3, 8])
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers = _copies(decoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """What the layers make of a sequence.

        Args:
            tgt: the sequence.
            memory: what the encoder gave.
            tgt_mask: what of the sequence is not attended to, see `MultiheadAttention`.
            memory_mask: what of the memory is not attended to.
            tgt_key_padding_mask: the positions of the sequence that do not count, (n, t).
            memory_key_padding_mask: the positions of the memory that do not count, (n, s).
            tgt_is_causal: says that `tgt_mask` is the causal one.
            memory_is_causal: says that `memory_mask` is the causal one.
        """
        x = tgt
        for layer in self.layers:
            x = layer(
                x,
                memory,
                tgt_mask=tgt_mask,
                memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask,
                tgt_is_causal=bool(tgt_is_causal),
                memory_is_causal=memory_is_causal,
            )
        if self.norm is not None:
            x = self.norm(x)
        return x


class Transformer(Module):
    """An encoder and a decoder. Vaswani et al. (2017), arXiv:1706.03762.

    Args:
        d_model: the width.
        nhead: the heads of the attentions.
        num_encoder_layers: how many encoder layers.
        num_decoder_layers: how many decoder layers.
        dim_feedforward: the width within the feed-forward parts.
        dropout: the chance of an element to be dropped, while training.
        activation: within the feed-forward parts: "relu", "gelu" or a function.
        custom_encoder: a module in place of the encoder.
        custom_decoder: a module in place of the decoder.
        layer_norm_eps: of the normalisations.
        batch_first: whether the batch comes before the length.
        norm_first: whether the normalisations come before the parts rather than after the residual
            paths.
        bias: whether there are biases.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Shape:
        Source (s, n, d_model) and target (t, n, d_model), with `batch_first` n before the length,
        or without n;
        output of the target's shape.

    Example:
        >>> net = nn.Transformer(8, nhead=2, num_encoder_layers=1, num_decoder_layers=1)
        >>> net(torch.ones(5, 3, 8), torch.ones(4, 3, 8)).shape
        torch.Size([4, 3, 8])
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        custom_encoder: Any = None,
        custom_decoder: Any = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        options = (
            d_model,
            nhead,
            dim_feedforward,
            dropout,
            activation,
            layer_norm_eps,
            batch_first,
            norm_first,
            bias,
            device,
            dtype,
        )
        if custom_encoder is not None:
            self.encoder = custom_encoder
        else:
            layer: Module = TransformerEncoderLayer(*options)
            norm = LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)
            self.encoder = TransformerEncoder(layer, num_encoder_layers, norm)
        if custom_decoder is not None:
            self.decoder = custom_decoder
        else:
            layer = TransformerDecoderLayer(*options)
            norm = LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)
            self.decoder = TransformerDecoder(layer, num_decoder_layers, norm)
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        """Draw all matrices anew."""
        for parameter in self.parameters():
            if parameter.ndim > 1:
                init.xavier_uniform_(parameter)

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """What the decoder makes of the target and of what the encoder makes of the source.

        Args:
            src: the source, see the class.
            tgt: the target, see the class.
            src_mask: what of the source is not attended to, see `MultiheadAttention`.
            tgt_mask: what of the target is not attended to.
            memory_mask: what of the encoder's result is not attended to.
            src_key_padding_mask: the positions of the source that do not count, (n, s).
            tgt_key_padding_mask: the positions of the target that do not count, (n, t).
            memory_key_padding_mask: the positions of the encoder's result that do not count, (n,
                s).
            src_is_causal: says that `src_mask` is the causal one.
            tgt_is_causal: says that `tgt_mask` is the causal one.
            memory_is_causal: says that `memory_mask` is the causal one.

        Raises:
            RuntimeError: if the batches differ, or a width is not `d_model`.
        """
        batch_dim = 0 if self.batch_first else 1
        fits = src.array.shape[-1] == tgt.array.shape[-1] == self.d_model
        if src.ndim == 3:
            fits = fits and src.array.shape[batch_dim] == tgt.array.shape[batch_dim]
        message = "src {} and tgt {} must have the same batch and d_model={} features"
        check(fits, message, src.shape, tgt.shape, self.d_model)
        memory = self.encoder(
            src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal
        )
        out: Tensor = self.decoder(
            tgt,
            memory,
            tgt_mask=tgt_mask,
            memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )
        return out

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """A mask that keeps a position from attending to later ones.

        Args:
            sz: how many positions.
            device: "cpu".
            dtype: of the mask. Default: the default dtype.

        Returns:
            (sz, sz), -inf above the diagonal and 0 elsewhere.

        Example:
            >>> nn.Transformer.generate_square_subsequent_mask(2)
            tensor([[0., -inf],
                    [0., 0.]])
        """
        return triu(full((sz, sz), float("-inf"), dtype=dtype), 1)
