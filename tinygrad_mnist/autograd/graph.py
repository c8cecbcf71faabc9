"""PyTorch's path to the records of the tape."""

from tinygrad_mnist.core.record import Node

__all__ = ["Node"]
