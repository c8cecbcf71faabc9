"""`tinygrad_mnist.notebook`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.formats.notebook import *
