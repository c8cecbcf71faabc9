"""`torch.func`: a module as a function of its parameters (gradients: `autograd.functional`)."""

from __future__ import annotations

from tinygrad_mnist.nn.utils.stateless import functional_call

__all__ = ["functional_call"]
