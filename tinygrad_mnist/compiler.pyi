"""`tinygrad_mnist.compiler`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.compiler import *
