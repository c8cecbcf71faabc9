"""`tinygrad_mnist._C`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.c_module import *
