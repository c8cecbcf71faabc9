"""`tinygrad_mnist.utils._pytree`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.pytree import *
