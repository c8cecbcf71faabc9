"""What families have in common: a location and a scale, or probabilities that may be given as logits."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.distributions.distribution import Distribution, Shape
from tinygrad_mnist.distributions.utils import lazy_property, logits_to_probs, probs_to_logits
from tinygrad_mnist.tensor import Array, Size, Tensor, wrap


class LocationScale(Distribution):
    """x = loc + scale * z, where z has the family's standard form.

    A subclass has `loc` and `scale`, the standard form's mean, variance and entropy, and four
    functions: draws of z, its log density, its cdf, and the inverse of that.
    """

    loc: Any
    scale: Any
    unit_mean = 0.0
    unit_variance = unit_entropy = 1.0
    has_rsample = True

    def unit_draw(self, shape: Shape, dtype: Any) -> Array:
        raise NotImplementedError

    def unit_log_prob(self, z: Tensor) -> Tensor:
        raise NotImplementedError

    def unit_cdf(self, z: Tensor) -> Tensor:
        raise NotImplementedError

    def unit_icdf(self, p: Tensor) -> Tensor:
        raise NotImplementedError

    mean = property(lambda self: self.loc + self.scale * self.unit_mean)
    variance = property(lambda self: self.scale**2 * self.unit_variance)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        shape, dtype = self._extended_shape(sample_shape), self.scale.dtype
        return self.loc + self.scale * wrap(self.unit_draw(shape, dtype))

    def _log_prob(self, value: Tensor) -> Tensor:
        return self.unit_log_prob((value - self.loc) / self.scale) - self.scale.log()

    def _cdf(self, value: Tensor) -> Tensor:
        return self.unit_cdf((value - self.loc) / self.scale)

    def icdf(self, value: Tensor) -> Tensor:
        return self.loc + self.scale * self.unit_icdf(value)

    def entropy(self) -> Tensor:
        return self.scale.log() + self.unit_entropy


class Discrete(Distribution):
    """Given by `probs` or by `logits`; the other is computed when asked for."""

    binary = False
    has_enumerate_support = True

    def _given(self, probs: Any, logits: Any) -> tuple[str, Any]:
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        return ("logits", logits) if probs is None else ("probs", probs)

    @lazy_property
    def logits(self) -> Tensor:
        return probs_to_logits(self.probs, self.binary)

    @lazy_property
    def probs(self) -> Tensor:
        return logits_to_probs(self.logits, self.binary)

    @property
    def param_shape(self) -> Size:
        return next(iter(self._parameters().values())).shape

    def _enumerated(self, values: Tensor, expand: bool) -> Tensor:
        values = values.reshape(-1, *[1] * len(self.batch_shape))
        return values.expand(-1, *self.batch_shape) if expand else values
