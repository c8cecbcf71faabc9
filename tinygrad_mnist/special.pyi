"""`tinygrad_mnist.special`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.ops.special import *
