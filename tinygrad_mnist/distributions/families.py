"""The families of distributions, and how far two members of one are from each other.

Most are a row of facts: the parameters and what they must be, then the functions. What families have
in common stands before them: a location and a scale, or probabilities that may be given as logits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_mnist import creation, random
from tinygrad_mnist.distributions import distribution as c
from tinygrad_mnist.distributions.distribution import Distribution, Shape, broadcast_all, lazy_property
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.linalg import cholesky, inv, solve_triangular
from tinygrad_mnist.ops.movement import broadcast_shapes, broadcast_tensors
from tinygrad_mnist.ops.pointwise import log_sigmoid, where
from tinygrad_mnist.special import erfinv
from tinygrad_mnist.core.tensor import Size, Tensor, wrap

__all__ = [
    "Bernoulli", "Categorical", "Independent", "Laplace", "MultivariateNormal", "Normal", "Uniform", "kl_divergence",
    "register_kl",
]  # fmt: skip

LOG_2_PI = math.log(2 * math.pi)


# a location and a scale ----------------------------------------------------------------------


class LocationScale(Distribution):
    """x = loc + scale * z, where z has the family's standard form.

    A subclass has `loc` and `scale`, the standard form's mean, variance and entropy, and four
    functions: draws of z, its log density, its cdf, and the inverse of that.
    """

    unit_mean, unit_variance = 0.0, 1.0
    has_rsample = True
    mean = property(lambda self: self.loc + self.scale * self.unit_mean)
    mode: Any = property(lambda self: self.loc)
    variance = property(lambda self: self.scale**2 * self.unit_variance)

    def _draw(self, shape: Size) -> Tensor:
        return self.loc + self.scale * wrap(self.unit_draw(shape, self.scale.dtype))

    def _log_prob(self, value: Tensor) -> Tensor:
        return self.unit_log_prob((value - self.loc) / self.scale) - self.scale.log()

    def _cdf(self, value: Tensor) -> Tensor:
        return self.unit_cdf((value - self.loc) / self.scale)

    def icdf(self, value: Tensor) -> Tensor:
        return self.loc + self.scale * self.unit_icdf(value)

    def entropy(self) -> Tensor:
        return self.scale.log() + self.unit_entropy


class _Around(LocationScale):
    arg_constraints = {"loc": c.real, "scale": c.positive}
    support = c.real

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)


class Normal(_Around):
    """Mean `loc` and standard deviation `scale`, numbers or tensors."""

    unit_entropy = 0.5 + LOG_2_PI / 2
    unit_draw = staticmethod(lambda shape, dtype: random.normal(shape, dtype, None))
    unit_log_prob = staticmethod(lambda z: z * z * -0.5 - LOG_2_PI / 2)
    unit_cdf = staticmethod(lambda z: (z * math.sqrt(0.5)).erf() * 0.5 + 0.5)
    unit_icdf = staticmethod(lambda p: erfinv(p * 2 - 1) * math.sqrt(2))


class Laplace(_Around):
    """Two exponentials, back to back at `loc`: the difference of two exponential draws."""

    unit_variance, unit_entropy = 2.0, 1 + math.log(2)
    unit_draw = staticmethod(lambda shape, dtype: np.subtract(*np.log1p(-random.uniform((2, *shape), dtype, None))))
    unit_log_prob = staticmethod(lambda z: -z.abs() - math.log(2))
    unit_cdf = staticmethod(lambda z: 0.5 - 0.5 * z.sign() * (-z.abs()).expm1())
    unit_icdf = staticmethod(lambda p: (0.5 - p).sign() * ((p - 0.5).abs() * -2).log1p())


class Uniform(LocationScale):
    """On [low, high)."""

    arg_constraints = {"low": lambda self: c.less_than(self.high), "high": lambda self: c.greater_than(self.low)}
    support = property(lambda self: c.interval(self.low, self.high))
    unit_mean, unit_variance, unit_entropy = 0.5, 1 / 12, 0.0
    loc = property(lambda self: self.low)
    scale = property(lambda self: self.high - self.low)
    mode = property(lambda self: self.high * math.nan)
    unit_draw = staticmethod(lambda shape, dtype: random.uniform(shape, dtype, None))
    unit_cdf = staticmethod(lambda z: z.clamp(0, 1))
    unit_icdf = staticmethod(lambda p: p)

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self.low, self.high = broadcast_all(low, high)
        super().__init__(self.low.shape, validate_args=validate_args)

    def _log_prob(self, value: Tensor) -> Tensor:
        return ((self.low <= value) & (value < self.high)).type_as(self.low).log() - self.scale.log()


# counts and choices --------------------------------------------------------------------------


class _Chance(Distribution):
    """Given by either `probs` or `logits`; the other is computed when asked for."""

    binary = False
    vector = False  # whether a member's parameter is a vector

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        one = (probs is None) != (logits is None)
        check(one, "Either `probs` or `logits` must be specified, but not both.", error=ValueError)
        name, (value,) = "logits" if probs is None else "probs", broadcast_all(logits if probs is None else probs)
        message = "`{}` parameter must be at least one-dimensional."
        check(not self.vector or value.ndim, message, name, error=ValueError)
        self.__dict__[name] = self._normal_form(name, value)
        super().__init__(value.shape[: value.ndim - self.vector], validate_args=validate_args)

    def _normal_form(self, name: str, value: Tensor) -> Tensor:
        return value

    logits = lazy_property(lambda self: c.probs_to_logits(self.probs, self.binary))
    probs = lazy_property(lambda self: c.logits_to_probs(self.logits, self.binary))
    param_shape = property(lambda self: next(iter(self._parameters().values())).shape)


class Bernoulli(_Chance):
    """1 with probability `probs`, else 0; or given by `logits`, log(p / (1 - p))."""

    arg_constraints = {"probs": c.unit_interval, "logits": c.real}
    support = c.boolean
    binary = True
    mean = property(lambda self: self.probs)
    mode = property(lambda self: where(self.probs == 0.5, math.nan, (self.probs > 0.5).type_as(self.probs)))
    variance = property(lambda self: self.probs * (1 - self.probs))

    def _draw(self, shape: Size) -> Tensor:
        return creation.bernoulli(self.probs.expand(shape))

    def _log_prob(self, value: Tensor) -> Tensor:
        return value * log_sigmoid(self.logits) + (1 - value) * log_sigmoid(-self.logits)

    def entropy(self) -> Tensor:
        return -self._log_prob(self.probs)


class Categorical(_Chance):
    """The integers 0 to n - 1 with probabilities `probs`, (..., n), which need not sum to 1; or `logits`."""

    arg_constraints = {"probs": c.simplex, "logits": c.real_vector}
    support = property(lambda self: c.integer_interval(0, self.param_shape[-1] - 1))
    vector = True
    mean = variance = property(lambda self: creation.full(self.batch_shape, math.nan, dtype=self.probs.dtype))
    mode = property(lambda self: self.probs.argmax(-1))

    def _normal_form(self, name: str, value: Tensor) -> Tensor:
        return value / value.sum(-1, True) if name == "probs" else value - value.logsumexp(-1, True)

    def _draw(self, shape: Size) -> Tensor:
        rows = self.probs.reshape(math.prod(self.batch_shape), self.param_shape[-1])
        return creation.multinomial(rows, math.prod(shape[: len(shape) - len(self.batch_shape)]), True).T.reshape(shape)

    def _log_prob(self, value: Tensor) -> Tensor:
        places, logits = broadcast_tensors(value.long().unsqueeze(-1), self.logits)
        return logits.gather(-1, places[..., :1]).squeeze(-1)

    def entropy(self) -> Tensor:
        return -(self.logits.clamp(min=np.finfo(self.logits.array.dtype).min.item()) * self.probs).sum(-1)


# vectors, and a distribution made of another ----------------------------------------------------


class MultivariateNormal(Distribution):
    """Mean `loc`, (..., n), and a covariance, its inverse or its Cholesky factor, (..., n, n)."""

    arg_constraints = {
        "loc": c.real_vector, "covariance_matrix": c.positive_definite,
        "precision_matrix": c.positive_definite, "scale_tril": c.lower_cholesky,
    }  # fmt: skip
    support = c.real_vector
    has_rsample = True
    mean = mode = property(lambda self: self.loc)
    variance = property(lambda self: (self._factor**2).sum(-1))
    covariance_matrix = lazy_property(lambda self: self._factor @ self._factor.mT)
    precision_matrix = lazy_property(lambda self: inv(self.covariance_matrix))
    scale_tril = lazy_property(lambda self: self._factor)

    def __init__(
        self, loc: Tensor, covariance_matrix: Any = None, precision_matrix: Any = None, scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:  # fmt: skip
        check(loc.ndim, "loc must be at least one-dimensional.", error=ValueError)
        ways = zip(list(self.arg_constraints)[1:], (covariance_matrix, precision_matrix, scale_tril), strict=True)
        given = [(name, matrix) for name, matrix in ways if matrix is not None]
        wanted = "Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified."
        check(len(given) == 1, wanted, error=ValueError)
        ((name, matrix),) = given
        wanted = "{} must be at least two-dimensional, with optional leading batch dimensions"
        check(matrix.ndim > 1, wanted, name, error=ValueError)
        batch, n = broadcast_shapes(matrix.shape[:-2], loc.shape[:-1]), loc.shape[-1]
        self.loc = loc.expand(*batch, n)
        self.__dict__[name] = matrix = matrix.expand(*batch, n, n)
        super().__init__(batch, (n,), validate_args)
        self._factor = matrix if name == "scale_tril" else cholesky(inv(matrix) if "precision" in name else matrix)

    @property
    def half_log_det(self) -> Tensor:
        """Half the logarithm of the covariance's determinant."""
        return self._factor.diagonal(0, -2, -1).log().sum(-1)

    def squared_distance(self, off: Tensor) -> Tensor:
        """Mahalanobis: off @ inv(covariance) @ off."""
        return (solve_triangular(self._factor, off.unsqueeze(-1), upper=False) ** 2).sum((-2, -1))

    def _draw(self, shape: Size) -> Tensor:
        noise = wrap(random.normal(shape, self.loc.dtype, None))
        return self.loc + (self._factor @ noise.unsqueeze(-1)).squeeze(-1)

    def _log_prob(self, value: Tensor) -> Tensor:
        return (self.squared_distance(value - self.loc) + self.event_shape[0] * LOG_2_PI) * -0.5 - self.half_log_det

    def entropy(self) -> Tensor:
        return self.half_log_det + 0.5 * self.event_shape[0] * (1 + LOG_2_PI)


class Independent(Distribution):
    """A distribution whose last `reinterpreted_batch_ndims` batch dimensions are one event's."""

    support = property(lambda self: c.independent(self.base_dist.support, self.reinterpreted_batch_ndims))
    has_rsample = property(lambda self: self.base_dist.has_rsample)
    mean = property(lambda self: self.base_dist.mean)
    mode = property(lambda self: self.base_dist.mode)
    variance = property(lambda self: self.base_dist.variance)

    def __init__(
        self, base_distribution: Distribution, reinterpreted_batch_ndims: int, validate_args: bool | None = None
    ) -> None:
        batch, n = base_distribution.batch_shape, reinterpreted_batch_ndims
        wanted = "Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), actual {} vs {}"
        check(n <= len(batch), wanted, n, len(batch), error=ValueError)
        self.base_dist, self.reinterpreted_batch_ndims = base_distribution, n
        split = len(batch) - n
        super().__init__(batch[:split], batch[split:] + base_distribution.event_shape, validate_args)

    def _summed(self, each: Tensor) -> Tensor:
        return each.sum(tuple(range(-self.reinterpreted_batch_ndims, 0))) if self.reinterpreted_batch_ndims else each

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value: Tensor) -> Tensor:
        return self._summed(self.base_dist.log_prob(value))

    def entropy(self) -> Tensor:
        return self._summed(self.base_dist.entropy())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_dist}, {self.reinterpreted_batch_ndims})"


# the Kullback-Leibler divergence, by pairs of families -------------------------------------------

_DIVERGENCES: dict[tuple[type, type], Callable[[Any, Any], Any]] = {}


def register_kl(type_p: type, type_q: type) -> Callable[[Any], Any]:
    """A decorator for the function of (p, q) that computes the divergence for two families."""

    def register(function: Any) -> Any:
        _DIVERGENCES[type_p, type_q] = function
        return function

    return register


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """The mean over p of log(p / q), for each element of the batch."""
    for pair in ((a, b) for a in type(p).__mro__ for b in type(q).__mro__):
        if pair in _DIVERGENCES:
            return _DIVERGENCES[pair](p, q)
    names = type(p).__name__, type(q).__name__
    raise NotImplementedError("No KL(p || q) is implemented for p type {} and q type {}".format(*names))


@register_kl(Normal, Normal)
def _normal(p: Any, q: Any) -> Tensor:
    ratio = (p.scale / q.scale) ** 2
    return (ratio + ((p.loc - q.loc) / q.scale) ** 2 - 1 - ratio.log()) * 0.5


@register_kl(Laplace, Laplace)
def _laplace(p: Any, q: Any) -> Tensor:
    ratio, off = p.scale / q.scale, (p.loc - q.loc).abs()
    return off / q.scale + ratio * (-off / p.scale).exp() - ratio.log() - 1


@register_kl(Uniform, Uniform)
def _uniform(p: Any, q: Any) -> Tensor:
    outside = (q.low > p.low) | (q.high < p.high)
    return where(outside, math.inf, ((q.high - q.low) / (p.high - p.low)).log())


def _outcome(p: Tensor, q: Tensor, log_p: Tensor, log_q: Tensor) -> Tensor:
    """One outcome's part of the mean: nothing where p is 0, infinite where only q is."""
    return where(p == 0, 0.0, where(q == 0, math.inf, p * (log_p - log_q)))


@register_kl(Bernoulli, Bernoulli)
def _binary(p: Any, q: Any) -> Tensor:
    one = _outcome(p.probs, q.probs, log_sigmoid(p.logits), log_sigmoid(q.logits))
    return one + _outcome(1 - p.probs, 1 - q.probs, log_sigmoid(-p.logits), log_sigmoid(-q.logits))


@register_kl(Categorical, Categorical)
def _categorical(p: Any, q: Any) -> Tensor:
    return _outcome(p.probs, q.probs, p.logits, q.logits).sum(-1)


@register_kl(MultivariateNormal, MultivariateNormal)
def _multivariate_normal(p: Any, q: Any) -> Tensor:
    message = "KL-divergence between two Multivariate Normals with different event shapes cannot be computed"
    check(p.event_shape == q.event_shape, message, error=ValueError)
    trace = (solve_triangular(q._factor, p._factor, upper=False) ** 2).sum((-2, -1))
    return (trace + q.squared_distance(q.loc - p.loc) - p.event_shape[0]) * 0.5 + q.half_log_det - p.half_log_det


@register_kl(Independent, Independent)
def _independent(p: Any, q: Any) -> Tensor:
    same = p.reinterpreted_batch_ndims == q.reinterpreted_batch_ndims
    check(same, "kl_divergence: the two have different reinterpreted_batch_ndims", error=NotImplementedError)
    return p._summed(kl_divergence(p.base_dist, q.base_dist))
