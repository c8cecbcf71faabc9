"""The Bernoulli distribution."""

from __future__ import annotations

import math
from typing import Any

from tinygrad_mnist.creation import arange, bernoulli
from tinygrad_mnist.distributions import constraints
from tinygrad_mnist.distributions.distribution import Shape
from tinygrad_mnist.distributions.families import Discrete
from tinygrad_mnist.distributions.utils import broadcast_all
from tinygrad_mnist.ops.pointwise import log_sigmoid, where
from tinygrad_mnist.tape import no_grad
from tinygrad_mnist.tensor import Tensor


class Bernoulli(Discrete):
    """1 with probability `probs`, else 0; or given by `logits`, log(p / (1 - p))."""

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.boolean
    binary = True
    mean = property(lambda self: self.probs)
    mode = property(lambda self: where(self.probs == 0.5, math.nan, (self.probs > 0.5).type_as(self.probs)))
    variance = property(lambda self: self.probs * (1 - self.probs))

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        name, given = self._given(probs, logits)
        (self.__dict__[name],) = broadcast_all(given)
        super().__init__(self.param_shape, validate_args=validate_args)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            return bernoulli(self.probs.expand(self._extended_shape(sample_shape)))

    def _log_prob(self, value: Tensor) -> Tensor:
        return value * log_sigmoid(self.logits) + (1 - value) * log_sigmoid(-self.logits)

    def entropy(self) -> Tensor:
        return -self._log_prob(self.probs)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return self._enumerated(arange(2, dtype=self.probs.dtype), expand)
