"""`tinygrad_mnist.profiler`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.profiler import *
