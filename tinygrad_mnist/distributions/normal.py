"""The normal distribution."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np

from tinygrad_mnist import random
from tinygrad_mnist.distributions import constraints
from tinygrad_mnist.distributions.distribution import Shape
from tinygrad_mnist.distributions.families import LocationScale
from tinygrad_mnist.distributions.utils import broadcast_all
from tinygrad_mnist.ops.pointwise import elementary, erf, exp
from tinygrad_mnist.tensor import Array, Tensor

ROOT_2_PI = math.sqrt(2 * math.pi)


def _probit(p: Array) -> Array:
    """Wichura's AS 241 (1988), as Python's standard library has it."""
    out = np.where(p == 0, -np.inf, np.where(p == 1, np.inf, np.nan))
    inside = (p > 0) & (p < 1)
    out[inside] = [NormalDist().inv_cdf(each) for each in p[inside].tolist()]
    return out.astype(p.dtype)


probit = elementary(
    "probit", _probit, lambda g, y: g * exp(y * y / 2) * ROOT_2_PI, "The standard normal's inverse cdf.", of="y"
)


class Normal(LocationScale):
    """Mean `loc` and standard deviation `scale`, numbers or tensors."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    unit_entropy = 0.5 + math.log(ROOT_2_PI)
    mode = property(lambda self: self.loc)

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    def unit_draw(self, shape: Shape, dtype: Any) -> Array:
        return random.normal(shape, dtype, None)

    def unit_log_prob(self, z: Tensor) -> Tensor:
        return z * z * -0.5 - math.log(ROOT_2_PI)

    def unit_cdf(self, z: Tensor) -> Tensor:
        return erf(z * math.sqrt(0.5)) * 0.5 + 0.5

    def unit_icdf(self, p: Tensor) -> Tensor:
        return probit(p)
