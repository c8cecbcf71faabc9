"""`tinygrad_mnist.cuda`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.cuda import *
