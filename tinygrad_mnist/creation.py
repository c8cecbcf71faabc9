"""TRANSITION."""

from tinygrad_mnist.ops.creation import *
from tinygrad_mnist.ops.creation import as_tensor as as_tensor_
from tinygrad_mnist.ops.creation import range as range_
from tinygrad_mnist.ops.random import (
    bernoulli,
    multinomial,
    normal,
    rand,
    rand_like,
    randint,
    randint_like,
    randn,
    randn_like,
    randperm,
)
