"""`tinygrad_mnist.sparse`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.sparse import *
