"""`tinygrad_mnist.types`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.types import *
