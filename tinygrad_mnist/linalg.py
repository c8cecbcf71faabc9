"""`torch.linalg`: decompositions, solutions and norms of matrices."""

from tinygrad_mnist.ops.linalg import *
