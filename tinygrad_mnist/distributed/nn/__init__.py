"""`torch.distributed.nn`: communications with gradients."""

from tinygrad_mnist.distributed.nn import functional

__all__ = ["functional"]
