"""The categorical distribution."""

from __future__ import annotations

import math

import numpy as np

from tinygrad_mnist.creation import arange, full, multinomial
from tinygrad_mnist.distributions import constraints
from tinygrad_mnist.distributions.distribution import Shape
from tinygrad_mnist.distributions.families import Discrete
from tinygrad_mnist.ops.movement import broadcast_tensors
from tinygrad_mnist.tape import no_grad
from tinygrad_mnist.tensor import Tensor


class Categorical(Discrete):
    """The integers 0 to n - 1 with probabilities `probs`, (..., n), which need not sum to 1; or `logits`."""

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = property(lambda self: constraints.integer_interval(0, self.param_shape[-1] - 1))
    mean = property(lambda self: full(self.batch_shape, math.nan, dtype=self.probs.dtype))
    variance = mean
    mode = property(lambda self: self.probs.argmax(-1))

    def __init__(
        self, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None
    ) -> None:
        name, given = self._given(probs, logits)
        if given.ndim < 1:
            raise ValueError(f"`{name}` parameter must be at least one-dimensional.")
        self.__dict__[name] = given - given.logsumexp(-1, True) if probs is None else given / given.sum(-1, True)
        super().__init__(given.shape[:-1], validate_args=validate_args)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            rows = self.probs.reshape(math.prod(self.batch_shape), self.param_shape[-1])
            drawn = multinomial(rows, math.prod(sample_shape), True)
            return drawn.T.reshape(self._extended_shape(sample_shape))

    def _log_prob(self, value: Tensor) -> Tensor:
        places, logits = broadcast_tensors(value.long().unsqueeze(-1), self.logits)
        return logits.gather(-1, places[..., :1]).squeeze(-1)

    def entropy(self) -> Tensor:
        least = np.finfo(self.logits.array.dtype).min.item()
        return -(self.logits.clamp(min=least) * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        return self._enumerated(arange(self.param_shape[-1]), expand)
