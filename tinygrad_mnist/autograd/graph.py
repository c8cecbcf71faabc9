"""The tape's records, by PyTorch's name."""

from tinygrad_mnist.tape import Node

__all__ = ["Node"]
