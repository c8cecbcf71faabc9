"""`tinygrad_mnist.random`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.ops.random import *
