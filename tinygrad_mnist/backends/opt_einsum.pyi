"""`tinygrad_mnist.backends.opt_einsum`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.backends.opt_einsum import *
