"""`tinygrad_mnist.amp`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.amp import *
