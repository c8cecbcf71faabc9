"""`tinygrad_mnist.backends.cudnn`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.backends.cudnn import *
