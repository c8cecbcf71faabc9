"""PyTorch's path to what `tinygrad_mnist.formats.onnx` holds."""

from tinygrad_mnist.formats.onnx import ROWS, export

__all__ = ["ROWS", "export"]
