"""`torch.func`: a module as a function of its parameters. For gradients see `autograd.functional`."""

from tinygrad_mnist.nn.utils.parameters import functional_call as functional_call
