"""`torch.distributed.algorithms.ddp_comm_hooks`: how gradients travel."""

from tinygrad_mnist.distributed.algorithms.ddp_comm_hooks import default_hooks

__all__ = ["default_hooks"]
