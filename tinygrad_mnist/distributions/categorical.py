"""The categorical distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from tinygrad_mnist.core.tensor import Size, Tensor
from tinygrad_mnist.distributions import constraints
from tinygrad_mnist.distributions.constraints import Constraint
from tinygrad_mnist.distributions.probabilities import ProbsOrLogits
from tinygrad_mnist.ops.creation import full
from tinygrad_mnist.ops.random import multinomial
from tinygrad_mnist.ops.shape import broadcast_tensors

__all__ = ["Categorical"]


class Categorical(ProbsOrLogits):
    """The integers from 0 to n - 1, each with a probability.

    Args:
        probs: the probabilities, (..., n), which need not sum to 1.
        logits: their logarithms, up to a constant, (..., n), instead.
        validate_args: whether parameters and samples are checked. Default: yes.

    Raises:
        ValueError: if both or none of the two are given, or one is out of bounds.

    Example:
        >>> d = torch.distributions.Categorical(torch.tensor([1.0, 1.0, 2.0]))
        >>> d.probs
        tensor([0.2500, 0.2500, 0.5000])
        >>> d.sample((5,)).shape
        torch.Size([5])
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "probs": constraints.simplex,
        "logits": constraints.real_vector,
    }
    param_ndim = 1

    def _normalized(self, name: str, value: Tensor) -> Tensor:
        if name == "probs":
            return value / value.sum(-1, True)
        return value - value.logsumexp(-1, True)

    @property
    def support(self) -> Constraint:
        """What draws can be: the integers from 0 to n - 1."""
        return constraints.integer_interval(0, self.param_shape[-1] - 1)

    @property
    def mean(self) -> Tensor:
        """NaN: categories have none."""
        return full(self.batch_shape, math.nan, dtype=self.probs.dtype)

    @property
    def mode(self) -> Tensor:
        """The likeliest category, of the batch shape."""
        return self.probs.argmax(-1)

    @property
    def variance(self) -> Tensor:
        """NaN: categories have none."""
        return self.mean

    def entropy(self) -> Tensor:
        """The entropy in nats, of the batch shape."""
        lowest = np.finfo(self.logits.array.dtype).min.item()
        return -(self.logits.clamp(min=lowest) * self.probs).sum(-1)

    def _draw(self, shape: Size) -> Tensor:
        rows = self.probs.reshape(math.prod(self.batch_shape), self.param_shape[-1])
        count = math.prod(shape[: len(shape) - len(self.batch_shape)])
        return multinomial(rows, count, True).T.reshape(shape)

    def _log_prob(self, value: Tensor) -> Tensor:
        places, logits = broadcast_tensors(value.long().unsqueeze(-1), self.logits)
        return logits.gather(-1, places[..., :1]).squeeze(-1)
