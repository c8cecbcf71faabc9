"""`tinygrad_mnist.onnx`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.formats.onnx import *
