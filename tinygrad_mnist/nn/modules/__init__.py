"""The layers, in the files in which PyTorch has them."""

from tinygrad_mnist.nn.modules.activation import *
from tinygrad_mnist.nn.modules.batchnorm import *
from tinygrad_mnist.nn.modules.container import ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential
from tinygrad_mnist.nn.modules.conv import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from tinygrad_mnist.nn.modules.distance import CosineSimilarity, PairwiseDistance
from tinygrad_mnist.nn.modules.dropout import *
from tinygrad_mnist.nn.modules.flatten import Flatten, Unflatten
from tinygrad_mnist.nn.modules.lazy import *
from tinygrad_mnist.nn.modules.linear import Bilinear, Identity, Linear
from tinygrad_mnist.nn.modules.loss import *
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.modules.multihead import MultiheadAttention
from tinygrad_mnist.nn.modules.normalization import GroupNorm, LayerNorm, LocalResponseNorm, RMSNorm
from tinygrad_mnist.nn.modules.padding import *
from tinygrad_mnist.nn.modules.pooling import *
from tinygrad_mnist.nn.modules.rnn import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNBase, RNNCell
from tinygrad_mnist.nn.modules.sparse import *
from tinygrad_mnist.nn.modules.transformer import (
    Transformer,
    TransformerDecoder,
    TransformerDecoderLayer,
    TransformerEncoder,
    TransformerEncoderLayer,
)
from tinygrad_mnist.nn.modules.upsampling import *
