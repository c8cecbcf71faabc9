"""The exponential distribution."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_mnist import random
from tinygrad_mnist.distributions import constraints
from tinygrad_mnist.distributions.distribution import Shape
from tinygrad_mnist.distributions.families import LocationScale
from tinygrad_mnist.distributions.utils import broadcast_all
from tinygrad_mnist.tensor import Array, Tensor


class Exponential(LocationScale):
    """The waiting time for events that come at a `rate`."""

    arg_constraints = {"rate": constraints.positive}
    support = constraints.nonnegative
    unit_mean = 1.0
    loc = 0.0
    scale = property(lambda self: self.rate.reciprocal())
    mode = property(lambda self: self.rate.detach() * 0)

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = broadcast_all(rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    def unit_draw(self, shape: Shape, dtype: Any) -> Array:
        return np.asarray(-np.log1p(-random.uniform(shape, dtype, None)))

    def unit_log_prob(self, z: Tensor) -> Tensor:
        return -z

    def unit_cdf(self, z: Tensor) -> Tensor:
        return -(-z).expm1()

    def unit_icdf(self, p: Tensor) -> Tensor:
        return -(-p).log1p()
