"""The normal distribution of vectors."""

from __future__ import annotations

import math
from typing import Any

from tinygrad_mnist import random
from tinygrad_mnist.distributions import constraints
from tinygrad_mnist.distributions.distribution import Distribution, Shape
from tinygrad_mnist.linalg import cholesky, inv, solve_triangular
from tinygrad_mnist.ops.movement import broadcast_shapes
from tinygrad_mnist.tensor import Tensor, wrap

LOG_2_PI = math.log(2 * math.pi)


class MultivariateNormal(Distribution):
    """Mean `loc`, (..., n), and a covariance, its inverse or its Cholesky factor, (..., n, n)."""

    arg_constraints = {"loc": constraints.real_vector, "scale_tril": constraints.lower_cholesky}
    support = constraints.real_vector
    has_rsample = True
    mean = property(lambda self: self.loc)
    mode = mean
    variance = property(lambda self: (self.scale_tril**2).sum(-1))
    covariance_matrix = property(lambda self: self.scale_tril @ self.scale_tril.mT)
    precision_matrix = property(lambda self: inv(self.covariance_matrix))

    def __init__(
        self, loc: Tensor, covariance_matrix: Any = None, precision_matrix: Any = None, scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:  # fmt: skip
        given = [m for m in (covariance_matrix, precision_matrix, scale_tril) if m is not None]
        if loc.ndim < 1 or len(given) != 1 or given[0].ndim < 2:
            raise ValueError(
                "MultivariateNormal: loc must be at least one-dimensional, and exactly one of covariance_matrix or"
                " precision_matrix or scale_tril may be specified, at least two-dimensional"
            )
        try:
            covariance = inv(precision_matrix) if precision_matrix is not None else covariance_matrix
            factor = cholesky(covariance) if scale_tril is None else scale_tril
        except RuntimeError as error:
            raise ValueError(f"Expected the matrix of MultivariateNormal to be positive definite: {error}") from None
        batch, n = broadcast_shapes(factor.shape[:-2], loc.shape[:-1]), loc.shape[-1]
        self.loc, self.scale_tril = loc.expand(*batch, n), factor.expand(*batch, n, n)
        super().__init__(batch, (n,), validate_args)

    @property
    def half_log_det(self) -> Tensor:
        """Half the logarithm of the covariance's determinant."""
        return self.scale_tril.diagonal(0, -2, -1).log().sum(-1)

    def squared_distance(self, off: Tensor) -> Tensor:
        """Mahalanobis: off @ inv(covariance) @ off."""
        return (solve_triangular(self.scale_tril, off.unsqueeze(-1), upper=False) ** 2).sum((-2, -1))

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        noise = wrap(random.normal(self._extended_shape(sample_shape), self.loc.dtype, None))
        return self.loc + (self.scale_tril @ noise.unsqueeze(-1)).squeeze(-1)

    def _log_prob(self, value: Tensor) -> Tensor:
        return (self.squared_distance(value - self.loc) + self.event_shape[0] * LOG_2_PI) * -0.5 - self.half_log_det

    def entropy(self) -> Tensor:
        return self.half_log_det + 0.5 * self.event_shape[0] * (1 + LOG_2_PI)
