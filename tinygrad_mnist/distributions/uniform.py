"""The uniform distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from tinygrad_mnist.core.tensor import Size, Tensor
from tinygrad_mnist.distributions import constraints
from tinygrad_mnist.distributions.constraints import Constraint
from tinygrad_mnist.distributions.location_scale import LocationScale
from tinygrad_mnist.distributions.utils import broadcast_all
from tinygrad_mnist.ops.random import rand

__all__ = ["Uniform"]


def _below_high(distribution: Uniform) -> Constraint:
    return constraints.less_than(distribution.high)


def _above_low(distribution: Uniform) -> Constraint:
    return constraints.greater_than(distribution.low)


class Uniform(LocationScale):
    """Every number in [low, high) alike.

    Args:
        low: the lower end, a number or a tensor.
        high: the upper end, above it, of a shape that broadcasts with it.
        validate_args: whether parameters and samples are checked. Default: yes.

    Raises:
        ValueError: if a parameter is out of bounds.

    Example:
        >>> d = torch.distributions.Uniform(0.0, 2.0)
        >>> d.mean, d.cdf(torch.tensor(0.5))
        (tensor(1.), tensor(0.2500))
    """

    arg_constraints: ClassVar[dict[str, Any]] = {"low": _below_high, "high": _above_low}
    standard_mean = 0.5
    standard_variance = 1 / 12

    def __init__(
        self, low: float | Tensor, high: float | Tensor, validate_args: bool | None = None
    ) -> None:
        self.low, self.high = broadcast_all(low, high)
        super().__init__(self.low.shape, validate_args=validate_args)

    @property
    def support(self) -> Constraint:
        """Where draws can be: in [low, high]."""
        return constraints.interval(self.low, self.high)

    @property
    def loc(self) -> Tensor:
        """The lower end."""
        return self.low

    @property
    def scale(self) -> Tensor:
        """The width."""
        return self.high - self.low

    @property
    def mode(self) -> Tensor:
        """NaN: there is no largest density."""
        return self.high * math.nan

    @staticmethod
    def standard_draw(shape: Size, dtype: Any) -> Tensor:
        """Draws from [0, 1).

        Args:
            shape: their shape.
            dtype: their dtype.
        """
        return rand(shape, dtype=dtype)

    @staticmethod
    def standard_cdf(z: Tensor) -> Tensor:
        """z, within [0, 1].

        Args:
            z: where, of any shape.
        """
        return z.clamp(0, 1)

    @staticmethod
    def standard_icdf(p: Tensor) -> Tensor:
        """The probability itself.

        Args:
            p: probabilities, of any shape.
        """
        return p

    def _log_prob(self, value: Tensor) -> Tensor:
        is_within = (self.low <= value) & (value < self.high)
        return is_within.type_as(self.low).log() - self.scale.log()
