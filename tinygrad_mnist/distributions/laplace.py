"""The Laplace distribution."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_mnist import random
from tinygrad_mnist.distributions import constraints
from tinygrad_mnist.distributions.distribution import Shape
from tinygrad_mnist.distributions.families import LocationScale
from tinygrad_mnist.distributions.utils import broadcast_all
from tinygrad_mnist.tensor import Array, Tensor


class Laplace(LocationScale):
    """Two exponentials, back to back at `loc`: the difference of two exponential draws."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    unit_variance, unit_entropy = 2.0, 1 + math.log(2)
    mode = property(lambda self: self.loc)

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    def unit_draw(self, shape: Shape, dtype: Any) -> Array:
        return np.subtract(*np.log1p(-random.uniform((2, *shape), dtype, None)))

    def unit_log_prob(self, z: Tensor) -> Tensor:
        return -z.abs() - math.log(2)

    def unit_cdf(self, z: Tensor) -> Tensor:
        return 0.5 - 0.5 * z.sign() * (-z.abs()).expm1()

    def unit_icdf(self, p: Tensor) -> Tensor:
        return (0.5 - p).sign() * ((p - 0.5).abs() * -2).log1p()
