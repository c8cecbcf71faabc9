"""`tinygrad_mnist.multiprocessing`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.multiprocessing import *
