"""`tinygrad_mnist.autograd.profiler`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.autograd_profiler import *
