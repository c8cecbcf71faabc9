"""`tinygrad_mnist.cuda.amp`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.cuda.amp import *
