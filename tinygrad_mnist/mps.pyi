"""`tinygrad_mnist.mps`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.mps import *
