"""`tinygrad_mnist.cpu.amp`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.cpu.amp import *
