"""Helpers around training."""

from tinygrad_mnist.utils import checkpoint, data, hooks, tensorboard

__all__ = ["checkpoint", "data", "hooks", "tensorboard"]
