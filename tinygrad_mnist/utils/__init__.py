"""Helpers around training."""

from tinygrad_mnist.utils import checkpoint, data, tensorboard

__all__ = ["checkpoint", "data", "tensorboard"]
