"""`tinygrad_mnist.torch_version`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.torch_version import *
