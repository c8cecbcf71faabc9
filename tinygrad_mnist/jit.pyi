"""`tinygrad_mnist.jit`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.jit import *
