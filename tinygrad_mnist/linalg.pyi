"""`tinygrad_mnist.linalg`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.ops.linalg import *
