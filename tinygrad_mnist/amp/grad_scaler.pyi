"""`tinygrad_mnist.amp.grad_scaler`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.amp import *
