"""The Kullback-Leibler divergence, by pairs of families."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tinygrad_mnist.distributions.bernoulli import Bernoulli
from tinygrad_mnist.distributions.categorical import Categorical
from tinygrad_mnist.distributions.distribution import Distribution
from tinygrad_mnist.distributions.exponential import Exponential
from tinygrad_mnist.distributions.independent import Independent
from tinygrad_mnist.distributions.laplace import Laplace
from tinygrad_mnist.distributions.multivariate_normal import MultivariateNormal
from tinygrad_mnist.distributions.normal import Normal
from tinygrad_mnist.distributions.uniform import Uniform
from tinygrad_mnist.linalg import solve_triangular
from tinygrad_mnist.ops.pointwise import log_sigmoid, where
from tinygrad_mnist.tensor import Tensor

_FORMULAS: dict[tuple[type, type], Callable[[Any, Any], Tensor]] = {}


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


@register_kl(Normal, Normal)
def _normal(p: Normal, q: Normal) -> Tensor:
    ratio = (p.scale / q.scale) ** 2
    return (ratio + ((p.loc - q.loc) / q.scale) ** 2 - 1 - ratio.log()) * 0.5


@register_kl(Laplace, Laplace)
def _laplace(p: Laplace, q: Laplace) -> Tensor:
    ratio, off = p.scale / q.scale, (p.loc - q.loc).abs()
    return off / q.scale + ratio * (-off / p.scale).exp() - ratio.log() - 1


@register_kl(Exponential, Exponential)
def _exponential(p: Exponential, q: Exponential) -> Tensor:
    ratio = q.rate / p.rate
    return ratio - 1 - ratio.log()


@register_kl(Uniform, Uniform)
def _uniform(p: Uniform, q: Uniform) -> Tensor:
    outside = (q.low > p.low) | (q.high < p.high)
    return where(outside, math.inf, ((q.high - q.low) / (p.high - p.low)).log())


def _outcome(p: Tensor, q: Tensor, log_p: Tensor, log_q: Tensor) -> Tensor:
    """One outcome's part of the mean: nothing where p is 0, infinite where only q is."""
    return where(p == 0, 0.0, where(q == 0, math.inf, p * (log_p - log_q)))


@register_kl(Bernoulli, Bernoulli)
def _bernoulli(p: Bernoulli, q: Bernoulli) -> Tensor:
    one = _outcome(p.probs, q.probs, log_sigmoid(p.logits), log_sigmoid(q.logits))
    return one + _outcome(1 - p.probs, 1 - q.probs, log_sigmoid(-p.logits), log_sigmoid(-q.logits))


@register_kl(Categorical, Categorical)
def _categorical(p: Categorical, q: Categorical) -> Tensor:
    return _outcome(p.probs, q.probs, p.logits, q.logits).sum(-1)


@register_kl(MultivariateNormal, MultivariateNormal)
def _multivariate_normal(p: MultivariateNormal, q: MultivariateNormal) -> Tensor:
    trace = (solve_triangular(q.scale_tril, p.scale_tril, upper=False) ** 2).sum((-2, -1))
    return (trace + q.squared_distance(q.loc - p.loc) - p.event_shape[0]) * 0.5 + q.half_log_det - p.half_log_det


@register_kl(Independent, Independent)
def _independent(p: Independent, q: Independent) -> Tensor:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError("kl_divergence: the two have different reinterpreted_batch_ndims")
    return p.summed(kl_divergence(p.base_dist, q.base_dist))
