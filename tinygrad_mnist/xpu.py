"""`torch.xpu`: not available."""

from tinygrad_mnist.absent import *
