"""`tinygrad_mnist.distributed.optim`. Written by `python -m tests.stubs`."""

from tinygrad_mnist.torch_shims.distributed_optim import *
