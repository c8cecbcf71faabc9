"""`tinygrad_mnist.backends.cuda`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.backends.cuda import *
