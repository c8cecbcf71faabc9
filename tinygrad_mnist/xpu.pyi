"""`tinygrad_mnist.xpu`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.xpu import *
