"""`tinygrad_mnist.accelerator`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.accelerator import *
