"""The Laplace distribution."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from tinygrad_mnist.core.tensor import Size, Tensor
from tinygrad_mnist.distributions import constraints
from tinygrad_mnist.distributions.location_scale import LocationScale
from tinygrad_mnist.distributions.utils import broadcast_all
from tinygrad_mnist.ops.random import rand

__all__ = ["Laplace"]


class Laplace(LocationScale):
    """Two exponential distributions, back to back.

    Args:
        loc: where they meet, a number or a tensor.
        scale: the mean of either, positive, of a shape that broadcasts with it.
        validate_args: whether parameters and samples are checked. Default: yes.

    Raises:
        ValueError: if a parameter is out of bounds.

    Example:
        >>> d = torch.distributions.Laplace(0.0, 1.0)
        >>> d.log_prob(torch.tensor([-1.0, 0.0, 1.0]))
        tensor([-1.6931, -0.6931, -1.6931])
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": constraints.real,
        "scale": constraints.positive,
    }
    support = constraints.real
    standard_variance = 2.0
    standard_entropy = 1 + math.log(2)

    def __init__(
        self, loc: float | Tensor, scale: float | Tensor, validate_args: bool | None = None
    ) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @staticmethod
    def standard_draw(shape: Size, dtype: Any) -> Tensor:
        """Differences of two exponential draws.

        Args:
            shape: their shape.
            dtype: their dtype.
        """
        exponential = -(-rand((2, *shape), dtype=dtype)).log1p()
        return exponential[1] - exponential[0]

    @staticmethod
    def standard_log_prob(z: Tensor) -> Tensor:
        """-abs(z) - log(2).

        Args:
            z: where, of any shape.
        """
        return -z.abs() - math.log(2)

    @staticmethod
    def standard_cdf(z: Tensor) -> Tensor:
        """exp(z) / 2 below 0, and 1 - exp(-z) / 2 above.

        Args:
            z: where, of any shape.
        """
        return 0.5 - 0.5 * z.sign() * (-z.abs()).expm1()

    @staticmethod
    def standard_icdf(p: Tensor) -> Tensor:
        """log(2 p) below 1/2, and -log(2 - 2 p) above.

        Args:
            p: probabilities, of any shape.
        """
        return (0.5 - p).sign() * ((p - 0.5).abs() * -2).log1p()
