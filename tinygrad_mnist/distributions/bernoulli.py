"""The Bernoulli distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from tinygrad_mnist.core.tensor import Size, Tensor
from tinygrad_mnist.distributions import constraints
from tinygrad_mnist.distributions.probabilities import ProbsOrLogits
from tinygrad_mnist.ops.pointwise import log_sigmoid, where
from tinygrad_mnist.ops.random import bernoulli

__all__ = ["Bernoulli"]


class Bernoulli(ProbsOrLogits):
    """1 with a probability, else 0.

    Args:
        probs: the probability of 1, a number or a tensor.
        logits: log(p / (1 - p)), instead.
        validate_args: whether parameters and samples are checked. Default: yes.

    Raises:
        ValueError: if both or none of the two are given, or one is out of bounds.

    Example:
        >>> d = torch.distributions.Bernoulli(torch.tensor([0.25, 1.0]))
        >>> d.mean, d.variance
        (tensor([0.2500, 1.0000]), tensor([0.1875, 0.0000]))
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    support = constraints.boolean
    is_binary = True

    @property
    def mean(self) -> Tensor:
        """The probability of 1, of the batch shape."""
        return self.probs

    @property
    def mode(self) -> Tensor:
        """The likelier outcome; NaN where both are alike."""
        return where(self.probs == 0.5, math.nan, (self.probs > 0.5).type_as(self.probs))

    @property
    def variance(self) -> Tensor:
        """p * (1 - p), of the batch shape."""
        return self.probs * (1 - self.probs)

    def entropy(self) -> Tensor:
        """The entropy in nats, of the batch shape."""
        return -self._log_prob(self.probs)

    def _draw(self, shape: Size) -> Tensor:
        return bernoulli(self.probs.expand(shape))

    def _log_prob(self, value: Tensor) -> Tensor:
        return value * log_sigmoid(self.logits) + (1 - value) * log_sigmoid(-self.logits)
