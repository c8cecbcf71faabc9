"""The multivariate normal distribution."""

from __future__ import annotations

from typing import Any, ClassVar

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Size, Tensor
from tinygrad_mnist.distributions import constraints
from tinygrad_mnist.distributions.distribution import Distribution
from tinygrad_mnist.distributions.normal import LOG_2_PI
from tinygrad_mnist.distributions.utils import lazy_property
from tinygrad_mnist.ops.linalg import cholesky, inv, solve_triangular
from tinygrad_mnist.ops.random import randn
from tinygrad_mnist.ops.shape import broadcast_shapes

__all__ = ["MultivariateNormal"]


class MultivariateNormal(Distribution):
    """Normally distributed vectors.

    Args:
        loc: the mean, (..., n).
        covariance_matrix: the covariance, (..., n, n), positive definite.
        precision_matrix: its inverse, (..., n, n), instead.
        scale_tril: its lower triangular Cholesky factor, (..., n, n), instead.
        validate_args: whether parameters and samples are checked. Default: yes.

    Raises:
        ValueError: unless exactly one of the three matrices is given, and if a parameter is out of
            bounds.

    Example:
        >>> d = torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(2))
        >>> d.sample((3,)).shape
        torch.Size([3, 2])
        >>> d.log_prob(torch.zeros(2))
        tensor(-1.8379)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support = constraints.real_vector
    has_rsample = True

    def __init__(
        self,
        loc: Tensor,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        check(loc.ndim, "loc must be at least one-dimensional.", error=ValueError)
        matrices = {
            "covariance_matrix": covariance_matrix,
            "precision_matrix": precision_matrix,
            "scale_tril": scale_tril,
        }
        given = [(name, matrix) for name, matrix in matrices.items() if matrix is not None]
        check(
            len(given) == 1,
            "Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.",
            error=ValueError,
        )
        name, matrix = given[0]
        check(
            matrix.ndim > 1,
            "{} must be at least two-dimensional, with optional leading batch dimensions",
            name,
            error=ValueError,
        )
        batch = broadcast_shapes(matrix.shape[:-2], loc.shape[:-1])
        n = loc.shape[-1]
        self.loc = loc.expand(*batch, n)
        matrix = matrix.expand(*batch, n, n)
        self.__dict__[name] = matrix
        super().__init__(batch, (n,), validate_args)
        if name == "covariance_matrix":
            self._factor = cholesky(matrix)
        elif name == "precision_matrix":
            self._factor = cholesky(inv(matrix))
        else:
            self._factor = matrix

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        """The covariance, (..., n, n)."""
        return self._factor @ self._factor.mT

    @lazy_property
    def precision_matrix(self) -> Tensor:
        """The covariance's inverse, (..., n, n)."""
        return inv(self.covariance_matrix)

    @lazy_property
    def scale_tril(self) -> Tensor:
        """The covariance's lower triangular Cholesky factor, (..., n, n)."""
        return self._factor

    @property
    def mean(self) -> Tensor:
        """The mean, (..., n)."""
        return self.loc

    @property
    def mode(self) -> Tensor:
        """The vector of the largest density: the mean."""
        return self.loc

    @property
    def variance(self) -> Tensor:
        """The variance of each component, (..., n)."""
        return (self._factor**2).sum(-1)

    @property
    def half_log_det(self) -> Tensor:
        """Half the logarithm of the covariance's determinant."""
        return self._factor.diagonal(0, -2, -1).log().sum(-1)

    def squared_distance(self, off: Tensor) -> Tensor:
        """The square of Mahalanobis' distance, off @ inv(covariance) @ off.

        Args:
            off: vectors from the mean, (..., n).

        Returns:
            (...).
        """
        steps = solve_triangular(self._factor, off.unsqueeze(-1), upper=False)
        return (steps**2).sum((-2, -1))

    def entropy(self) -> Tensor:
        """The entropy in nats, of the batch shape."""
        return self.half_log_det + 0.5 * self.event_shape[0] * (1 + LOG_2_PI)

    def _draw(self, shape: Size) -> Tensor:
        noise = randn(shape, dtype=self.loc.dtype)
        return self.loc + (self._factor @ noise.unsqueeze(-1)).squeeze(-1)

    def _log_prob(self, value: Tensor) -> Tensor:
        constant = self.event_shape[0] * LOG_2_PI
        return (self.squared_distance(value - self.loc) + constant) * -0.5 - self.half_log_det
