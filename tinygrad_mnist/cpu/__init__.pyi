"""`tinygrad_mnist.cpu`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.cpu import *
