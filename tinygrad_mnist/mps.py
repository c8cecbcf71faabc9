"""`torch.mps`: not available."""

from tinygrad_mnist.absent import *
