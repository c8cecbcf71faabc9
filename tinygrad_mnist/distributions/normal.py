"""The normal distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from tinygrad_mnist.core.tensor import Size, Tensor
from tinygrad_mnist.distributions import constraints
from tinygrad_mnist.distributions.location_scale import LocationScale
from tinygrad_mnist.distributions.utils import broadcast_all
from tinygrad_mnist.ops.random import randn
from tinygrad_mnist.ops.special import erfinv

__all__ = ["Normal"]

LOG_2_PI = math.log(2 * math.pi)


class Normal(LocationScale):
    """The normal distribution.

    Args:
        loc: the mean, a number or a tensor.
        scale: the standard deviation, positive, of a shape that broadcasts with it.
        validate_args: whether parameters and samples are checked. Default: yes.

    Raises:
        ValueError: if a parameter is out of bounds.

    Example:
        >>> d = torch.distributions.Normal(torch.tensor([0.0, 1.0]), 2.0)
        >>> d.sample((3,)).shape
        torch.Size([3, 2])
        >>> d.log_prob(torch.tensor([0.0, 1.0]))
        tensor([-1.6121, -1.6121])
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": constraints.real,
        "scale": constraints.positive,
    }
    support = constraints.real
    standard_entropy = 0.5 + LOG_2_PI / 2

    def __init__(
        self, loc: float | Tensor, scale: float | Tensor, validate_args: bool | None = None
    ) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @staticmethod
    def standard_draw(shape: Size, dtype: Any) -> Tensor:
        """Draws of mean 0 and variance 1.

        Args:
            shape: their shape.
            dtype: their dtype.
        """
        return randn(shape, dtype=dtype)

    @staticmethod
    def standard_log_prob(z: Tensor) -> Tensor:
        """-z**2 / 2 - log(2 pi) / 2.

        Args:
            z: where, of any shape.
        """
        return z * z * -0.5 - LOG_2_PI / 2

    @staticmethod
    def standard_cdf(z: Tensor) -> Tensor:
        """(1 + erf(z / sqrt(2))) / 2.

        Args:
            z: where, of any shape.
        """
        return (z * math.sqrt(0.5)).erf() * 0.5 + 0.5

    @staticmethod
    def standard_icdf(p: Tensor) -> Tensor:
        """sqrt(2) * erfinv(2 p - 1).

        Args:
            p: probabilities, of any shape.
        """
        return erfinv(p * 2 - 1) * math.sqrt(2)
