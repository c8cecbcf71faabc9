"""`tinygrad_mnist.backends.mps`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.backends.mps import *
