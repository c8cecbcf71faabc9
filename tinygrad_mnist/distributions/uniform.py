"""The uniform distribution."""

from __future__ import annotations

import math
from typing import Any

from tinygrad_mnist import random
from tinygrad_mnist.distributions import constraints
from tinygrad_mnist.distributions.distribution import Shape
from tinygrad_mnist.distributions.families import LocationScale
from tinygrad_mnist.distributions.utils import broadcast_all
from tinygrad_mnist.tensor import Array, Tensor


class Uniform(LocationScale):
    """On [low, high)."""

    arg_constraints = {"low": constraints.real, "high": constraints.real}
    support = property(lambda self: constraints.interval(self.low, self.high))
    unit_mean, unit_variance, unit_entropy = 0.5, 1 / 12, 0.0
    loc = property(lambda self: self.low)
    scale = property(lambda self: self.high - self.low)
    mode = property(lambda self: self.high * math.nan)

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self.low, self.high = broadcast_all(low, high)
        super().__init__(self.low.shape, validate_args=validate_args)
        if self._validate_args and not (self.low < self.high).all():
            raise ValueError("Uniform is not defined when low>= high")

    def unit_draw(self, shape: Shape, dtype: Any) -> Array:
        return random.uniform(shape, dtype, None)

    def unit_log_prob(self, z: Tensor) -> Tensor:
        return ((z >= 0) & (z < 1)).type_as(z).log()

    def unit_cdf(self, z: Tensor) -> Tensor:
        return z.clamp(0, 1)

    def unit_icdf(self, p: Tensor) -> Tensor:
        return p
