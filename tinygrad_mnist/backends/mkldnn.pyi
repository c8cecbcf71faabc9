"""`tinygrad_mnist.backends.mkldnn`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.backends.mkldnn import *
