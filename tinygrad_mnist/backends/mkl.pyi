"""`tinygrad_mnist.backends.mkl`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.backends.mkl import *
