"""The Kullback-Leibler divergence, by pairs of families."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tinygrad_mnist.distributions import families as f
from tinygrad_mnist.distributions.distribution import Distribution, sum_rightmost
from tinygrad_mnist.distributions.special import digamma, lgamma
from tinygrad_mnist.errors import check
from tinygrad_mnist.linalg import solve_triangular
from tinygrad_mnist.ops.pointwise import log_sigmoid, where
from tinygrad_mnist.tensor import Tensor

_FORMULAS: dict[tuple[type, type], Callable[[Any, Any], Any]] = {}


def register_kl(type_p: type, type_q: type) -> Callable[[Any], Any]:
    """A decorator for the function of (p, q) that computes the divergence for two families."""

    def register(function: Any) -> Any:
        _FORMULAS[type_p, type_q] = function
        return function

    return register


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """The mean over p of log(p / q), for each element of the batch."""
    for a in type(p).__mro__:
        for b in type(q).__mro__:
            if (a, b) in _FORMULAS:
                return _FORMULAS[a, b](p, q)
    raise NotImplementedError(
        f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}"
    )


def _normal(p: Any, q: Any) -> Tensor:
    ratio = (p.scale / q.scale) ** 2
    return (ratio + ((p.loc - q.loc) / q.scale) ** 2 - 1 - ratio.log()) * 0.5


def _laplace(p: Any, q: Any) -> Tensor:
    ratio, off = p.scale / q.scale, (p.loc - q.loc).abs()
    return off / q.scale + ratio * (-off / p.scale).exp() - ratio.log() - 1


def _exponential(p: Any, q: Any) -> Tensor:
    ratio = q.rate / p.rate
    return ratio - 1 - ratio.log()


def _uniform(p: Any, q: Any) -> Tensor:
    outside = (q.low > p.low) | (q.high < p.high)
    return where(outside, math.inf, ((q.high - q.low) / (p.high - p.low)).log())


def _binary(p: Any, q: Any) -> Tensor:
    one = _outcome(p.probs, q.probs, log_sigmoid(p.logits), log_sigmoid(q.logits))
    return one + _outcome(1 - p.probs, 1 - q.probs, log_sigmoid(-p.logits), log_sigmoid(-q.logits))


def _outcome(p: Tensor, q: Tensor, log_p: Tensor, log_q: Tensor) -> Tensor:
    """One outcome's part of the mean: nothing where p is 0, infinite where only q is."""
    return where(p == 0, 0.0, where(q == 0, math.inf, p * (log_p - log_q)))


def _categorical(p: Any, q: Any) -> Tensor:
    return _outcome(p.probs, q.probs, p.logits, q.logits).sum(-1)


def _binomial(p: Any, q: Any) -> Tensor:
    if (p.total_count < q.total_count).any():
        raise NotImplementedError("KL between Binomials where q.total_count > p.total_count is not implemented")
    return where(p.total_count > q.total_count, math.inf, p.total_count * _binary(p, q))


def _geometric(p: Any, q: Any) -> Tensor:
    return -p.entropy() - (-q.probs).log1p() / p.probs - q.logits


def _poisson(p: Any, q: Any) -> Tensor:
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


def _gamma(p: Any, q: Any) -> Tensor:
    a, b = p.concentration, q.concentration
    shape = lgamma(b) - lgamma(a) + (a - b) * digamma(a)
    return shape + b * (p.rate / q.rate).log() + (q.rate - p.rate) * (a / p.rate)


def _dirichlet(p: Any, q: Any) -> Tensor:
    a, b = p.concentration, q.concentration
    each = lgamma(b) - lgamma(a) + (a - b) * (digamma(a) - digamma(a.sum(-1, True)))
    return lgamma(a.sum(-1)) - lgamma(b.sum(-1)) + each.sum(-1)


def _multivariate_normal(p: Any, q: Any) -> Tensor:
    message = "KL-divergence between two Multivariate Normals with different event shapes cannot be computed"
    check(p.event_shape == q.event_shape, message, error=ValueError)
    trace = (solve_triangular(q.scale_tril, p.scale_tril, upper=False) ** 2).sum((-2, -1))
    return (trace + q.squared_distance(q.loc - p.loc) - p.event_shape[0]) * 0.5 + q.half_log_det - p.half_log_det


def _independent(p: Any, q: Any) -> Tensor:
    n = p.reinterpreted_batch_ndims
    message = "kl_divergence: the two have different reinterpreted_batch_ndims"
    check(n == q.reinterpreted_batch_ndims, message, error=NotImplementedError)
    return sum_rightmost(kl_divergence(p.base_dist, q.base_dist), n)


def _transformed(p: Any, q: Any) -> Tensor:
    same = p.transforms == q.transforms and p.event_shape == q.event_shape
    check(same, "kl_divergence: the two have different transforms", error=NotImplementedError)
    return kl_divergence(p.base_dist, q.base_dist)


for _family, _formula in {
    f.Normal: _normal, f.Laplace: _laplace, f.Exponential: _exponential, f.Uniform: _uniform, f.Bernoulli: _binary,
    f.Binomial: _binomial, f.Geometric: _geometric, f.Poisson: _poisson, f.Gamma: _gamma, f.Dirichlet: _dirichlet,
    f.Beta: lambda p, q: _dirichlet(p._dirichlet, q._dirichlet), f.MultivariateNormal: _multivariate_normal,
    f.Categorical: _categorical, f.OneHotCategorical: _categorical, f.Independent: _independent,
    f.TransformedDistribution: _transformed,
}.items():  # fmt: skip
    register_kl(_family, _family)(_formula)
