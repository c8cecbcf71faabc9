"""`tinygrad_mnist.backends.cpu`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.backends.cpu import *
