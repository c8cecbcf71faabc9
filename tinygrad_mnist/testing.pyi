"""`tinygrad_mnist.testing`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.testing import *
