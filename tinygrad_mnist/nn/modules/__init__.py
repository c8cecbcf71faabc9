"""The layers. The files in which PyTorch has them and that are not here are other names of this one."""

import sys as _sys

from tinygrad_mnist.nn.modules.container import ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential
from tinygrad_mnist.nn.modules.conv import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from tinygrad_mnist.nn.modules.lazy import *
from tinygrad_mnist.nn.modules.linear import Bilinear, Embedding, EmbeddingBag, Identity, Linear, PReLU
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.modules.normalization import *
from tinygrad_mnist.nn.modules.normalization import _BatchNorm as _BatchNorm
from tinygrad_mnist.nn.modules.rnn import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNBase, RNNCell
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

for _name in (
    "activation", "batchnorm", "distance", "dropout", "flatten", "loss", "padding", "pooling", "sparse", "upsampling",
):  # fmt: skip
    globals()[_name] = _sys.modules[f"{__name__}.{_name}"] = _sys.modules[__name__]
