"""`tinygrad_mnist.amp.autocast_mode`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.amp import *
