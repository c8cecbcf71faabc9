"""`tinygrad_mnist.checkpoint`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.formats.checkpoint import *
