"""`torch.distributed.algorithms`: what is communicated, and how often."""

from tinygrad_mnist.distributed.algorithms import ddp_comm_hooks, model_averaging

__all__ = ["ddp_comm_hooks", "model_averaging"]
