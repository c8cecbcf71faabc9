"""What families with a location and a scale have in common."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.core.tensor import Size, Tensor
from tinygrad_mnist.distributions.distribution import Distribution

__all__ = ["LocationScale"]


class LocationScale(Distribution):
    """x = loc + scale * z, where z has the family's standard form.

    A subclass has `loc` and `scale`, and of the standard form the mean, variance and entropy, and
    four functions: draws, the logarithm of the density, the cdf, and the inverse of that.

    Args:
        batch_shape: the shape of the parameters' batch.
        event_shape: the shape of one draw.
        validate_args: whether parameters and samples are checked. Default: yes.
    """

    standard_mean = 0.0
    standard_variance = 1.0
    standard_entropy = 0.0
    has_rsample = True

    loc: Any
    scale: Any

    @staticmethod
    def standard_draw(shape: Size, dtype: Any) -> Tensor:
        """Draws of the standard form.

        Args:
            shape: their shape.
            dtype: their dtype.
        """
        raise NotImplementedError

    @staticmethod
    def standard_log_prob(z: Tensor) -> Tensor:
        """The logarithm of the standard form's density.

        Args:
            z: where, of any shape.
        """
        raise NotImplementedError

    @staticmethod
    def standard_cdf(z: Tensor) -> Tensor:
        """The probability that a draw of the standard form is at most z.

        Args:
            z: where, of any shape.
        """
        raise NotImplementedError

    @staticmethod
    def standard_icdf(p: Tensor) -> Tensor:
        """The inverse of `standard_cdf`.

        Args:
            p: probabilities, of any shape.
        """
        raise NotImplementedError

    @property
    def mean(self) -> Tensor:
        """The mean, of the batch shape."""
        return self.loc + self.scale * self.standard_mean

    @property
    def mode(self) -> Tensor:
        """The value of the largest density: the location."""
        return self.loc

    @property
    def variance(self) -> Tensor:
        """The variance, of the batch shape."""
        return self.scale**2 * self.standard_variance

    def entropy(self) -> Tensor:
        """The entropy in nats, of the batch shape."""
        return self.scale.log() + self.standard_entropy

    def icdf(self, value: Tensor) -> Tensor:
        """The inverse of `cdf`.

        Args:
            value: probabilities, of a shape that broadcasts with the batch shape.

        Returns:
            The values up to which a draw is with these probabilities.
        """
        return self.loc + self.scale * self.standard_icdf(value)

    def _draw(self, shape: Size) -> Tensor:
        return self.loc + self.scale * self.standard_draw(shape, self.scale.dtype)

    def _log_prob(self, value: Tensor) -> Tensor:
        return self.standard_log_prob((value - self.loc) / self.scale) - self.scale.log()

    def _cdf(self, value: Tensor) -> Tensor:
        return self.standard_cdf((value - self.loc) / self.scale)
