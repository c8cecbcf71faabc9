"""`tinygrad_mnist.backends`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.backends import *
