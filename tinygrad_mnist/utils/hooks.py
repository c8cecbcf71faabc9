"""`torch.utils.hooks`: the handle that takes a hook out again."""

from tinygrad_mnist.core.record import RemovableHandle

__all__ = ["RemovableHandle"]
