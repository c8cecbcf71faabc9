"""`tinygrad_mnist.futures`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.futures import *
