"""The recording modes, where PyTorch keeps them."""

from tinygrad_mnist.tape import enable_grad, inference_mode, no_grad, set_grad_enabled

__all__ = ["enable_grad", "inference_mode", "no_grad", "set_grad_enabled"]
