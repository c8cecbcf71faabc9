"""`tinygrad_mnist.backends.openmp`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.backends.openmp import *
