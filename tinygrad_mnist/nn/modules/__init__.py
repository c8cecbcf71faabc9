"""The layers. The files in which PyTorch has them and that are not here are other names of this one."""

import sys as _sys
from collections.abc import Callable, Iterable
from typing import Any

from tinygrad_mnist.nn.modules.container import ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential
from tinygrad_mnist.nn.modules.conv import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from tinygrad_mnist.nn.modules.lazy import *
from tinygrad_mnist.nn.modules.linear import Bilinear, Embedding, EmbeddingBag, Identity, Linear, PReLU
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.modules.normalization import *
from tinygrad_mnist.nn.modules.normalization import _BatchNorm as _BatchNorm
from tinygrad_mnist.nn.modules.rnn import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNBase, RNNCell, RNNCellBase
from tinygrad_mnist.nn.modules.simple import *
from tinygrad_mnist.nn.modules.simple import _Loss as _Loss
from tinygrad_mnist.nn.modules.transformer import (
    MultiheadAttention,
    Transformer,
    TransformerDecoder,
    TransformerDecoderLayer,
    TransformerEncoder,
    TransformerEncoderLayer,
)


def _repeated(count: int) -> Callable[[Any], tuple[Any, ...]]:
    """A function that repeats a number as often as a layer of so many dimensions takes one."""
    return lambda x: tuple(x) if isinstance(x, Iterable) else (x,) * count


_single, _pair, _triple, _quadruple = map(_repeated, (1, 2, 3, 4))

for _name in (
    "activation", "batchnorm", "channelshuffle", "distance", "dropout", "flatten", "fold", "instancenorm", "loss",
    "padding", "pixelshuffle", "pooling", "sparse", "upsampling",
):  # fmt: skip
    globals()[_name] = _sys.modules[f"{__name__}.{_name}"] = _sys.modules[__name__]
_sys.modules[f"{__name__}.utils"] = _sys.modules[__name__]  # no name of this file: it would hide `nn.utils`
