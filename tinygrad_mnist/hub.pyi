"""`tinygrad_mnist.hub`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.hub import *
