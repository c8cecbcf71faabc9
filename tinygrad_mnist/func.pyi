"""`tinygrad_mnist.func`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.func import *
