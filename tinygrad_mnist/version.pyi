"""`tinygrad_mnist.version`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.version import *
