"""`tinygrad_mnist.distributed`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.distributed import *
