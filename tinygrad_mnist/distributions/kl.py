"""The Kullback-Leibler divergence, by pairs of families."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.distributions.bernoulli import Bernoulli
from tinygrad_mnist.distributions.categorical import Categorical
from tinygrad_mnist.distributions.distribution import Distribution
from tinygrad_mnist.distributions.independent import Independent
from tinygrad_mnist.distributions.laplace import Laplace
from tinygrad_mnist.distributions.multivariate_normal import MultivariateNormal
from tinygrad_mnist.distributions.normal import Normal
from tinygrad_mnist.distributions.uniform import Uniform
from tinygrad_mnist.ops.linalg import solve_triangular
from tinygrad_mnist.ops.pointwise import log_sigmoid, where

__all__ = ["kl_divergence", "register_kl"]

Divergence = TypeVar("Divergence", bound=Callable[[Any, Any], Tensor])

_DIVERGENCES: dict[tuple[type, type], Callable[[Any, Any], Tensor]] = {}


def register_kl(type_p: type, type_q: type) -> Callable[[Divergence], Divergence]:
    """A decorator for the function of (p, q) that computes the divergence for two families.

    Args:
        type_p: the class of p; its subclasses' too, unless they have a function of their own.
        type_q: the class of q, likewise.

    Returns:
        The decorator, which returns the function itself.

    Example:
        >>> class Shifted(torch.distributions.Normal):
        ...     pass
        >>> @torch.distributions.register_kl(Shifted, Shifted)
        ... def shifted(p, q):
        ...     return torch.zeros(())
    """

    def register(function: Divergence) -> Divergence:
        _DIVERGENCES[type_p, type_q] = function
        return function

    return register


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """The mean of log(p / q) over draws from p.

    Args:
        p: a distribution.
        q: a distribution of a batch shape that broadcasts with p's.

    Returns:
        A tensor of the broadcast batch shape.

    Raises:
        NotImplementedError: if no function is registered for the two families.

    Example:
        >>> p = torch.distributions.Normal(0.0, 1.0)
        >>> torch.distributions.kl_divergence(p, torch.distributions.Normal(1.0, 1.0))
        tensor(0.5000)
    """
    for type_p in type(p).__mro__:
        for type_q in type(q).__mro__:
            if (type_p, type_q) in _DIVERGENCES:
                return _DIVERGENCES[type_p, type_q](p, q)
    raise NotImplementedError(
        f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}"
    )


@register_kl(Normal, Normal)
def _normal(p: Normal, q: Normal) -> Tensor:
    ratio = (p.scale / q.scale) ** 2
    off = ((p.loc - q.loc) / q.scale) ** 2
    return (ratio + off - 1 - ratio.log()) * 0.5


@register_kl(Laplace, Laplace)
def _laplace(p: Laplace, q: Laplace) -> Tensor:
    ratio = p.scale / q.scale
    off = (p.loc - q.loc).abs()
    return off / q.scale + ratio * (-off / p.scale).exp() - ratio.log() - 1


@register_kl(Uniform, Uniform)
def _uniform(p: Uniform, q: Uniform) -> Tensor:
    is_outside = (q.low > p.low) | (q.high < p.high)
    return where(is_outside, math.inf, ((q.high - q.low) / (p.high - p.low)).log())


def _outcome(p: Tensor, q: Tensor, log_p: Tensor, log_q: Tensor) -> Tensor:
    """One outcome's part of the mean: nothing where p is 0, infinite where only q is."""
    return where(p == 0, 0.0, where(q == 0, math.inf, p * (log_p - log_q)))


@register_kl(Bernoulli, Bernoulli)
def _bernoulli(p: Bernoulli, q: Bernoulli) -> Tensor:
    one = _outcome(p.probs, q.probs, log_sigmoid(p.logits), log_sigmoid(q.logits))
    zero = _outcome(1 - p.probs, 1 - q.probs, log_sigmoid(-p.logits), log_sigmoid(-q.logits))
    return one + zero


@register_kl(Categorical, Categorical)
def _categorical(p: Categorical, q: Categorical) -> Tensor:
    return _outcome(p.probs, q.probs, p.logits, q.logits).sum(-1)


@register_kl(MultivariateNormal, MultivariateNormal)
def _multivariate_normal(p: MultivariateNormal, q: MultivariateNormal) -> Tensor:
    check(
        p.event_shape == q.event_shape,
        "KL-divergence between two Multivariate Normals with different event shapes cannot be"
        " computed",
        error=ValueError,
    )
    trace = (solve_triangular(q._factor, p._factor, upper=False) ** 2).sum((-2, -1))
    distance = q.squared_distance(q.loc - p.loc)
    return (trace + distance - p.event_shape[0]) * 0.5 + q.half_log_det - p.half_log_det


@register_kl(Independent, Independent)
def _independent(p: Independent, q: Independent) -> Tensor:
    check(
        p.reinterpreted_batch_ndims == q.reinterpreted_batch_ndims,
        "kl_divergence: the two have different reinterpreted_batch_ndims",
        error=NotImplementedError,
    )
    return p.sum_over_event(kl_divergence(p.base_dist, q.base_dist))
