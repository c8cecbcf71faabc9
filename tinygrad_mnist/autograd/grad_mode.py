"""PyTorch's path to the modes of recording."""

from tinygrad_mnist.core.modes import enable_grad, inference_mode, no_grad, set_grad_enabled

__all__ = ["enable_grad", "inference_mode", "no_grad", "set_grad_enabled"]
