"""Modules that change a shape."""

from tinygrad_mnist.nn.modules.from_function import REQUIRED, from_function
from tinygrad_mnist.ops.movement import flatten, unflatten

Flatten = from_function("Flatten", flatten, "start_dim end_dim", start_dim=1, end_dim=-1)
Unflatten = from_function("Unflatten", lambda x, dim, unflattened_size: unflatten(x, dim, unflattened_size),
                          "dim unflattened_size", dim=REQUIRED, unflattened_size=REQUIRED)  # fmt: skip
