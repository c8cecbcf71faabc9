"""Layers as functions: what `nn`'s modules call with their parameters."""

from tinygrad_mnist.composed.products import bilinear
from tinygrad_mnist.composed.statistics import softmin
from tinygrad_mnist.nn.functional.activation import *
from tinygrad_mnist.nn.functional.attention import *
from tinygrad_mnist.nn.functional.convolution import *
from tinygrad_mnist.nn.functional.dropout import *
from tinygrad_mnist.nn.functional.dropout import dropout as dropout  # the function, not the module
from tinygrad_mnist.nn.functional.loss import *
from tinygrad_mnist.nn.functional.normalization import *
from tinygrad_mnist.nn.functional.vectors import *
from tinygrad_mnist.ops.linear_algebra import linear
from tinygrad_mnist.ops.pointwise import sigmoid, tanh
from tinygrad_mnist.ops.reduction import log_softmax, softmax
