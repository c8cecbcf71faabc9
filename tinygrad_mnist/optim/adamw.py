"""PyTorch's path to AdamW."""

from tinygrad_mnist.optim.adam import AdamW

__all__ = ["AdamW"]
