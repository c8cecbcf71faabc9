"""`torch.cuda`: not available."""

from tinygrad_mnist.absent import *
from tinygrad_mnist.cuda import amp
