"""The families of distributions.

Most are a row of facts: the parameters and what they must be, then the functions. What families have
in common stands before them: a location and a scale, or probabilities that may be given as logits.
"""

from __future__ import annotations

import math
from inspect import Parameter, Signature
from statistics import NormalDist
from typing import Any, ClassVar

import numpy as np

from tinygrad_mnist import creation, random
from tinygrad_mnist.distributions import constraints as c
from tinygrad_mnist.distributions import distribution
from tinygrad_mnist.distributions.distribution import Distribution, Shape, broadcast_all, lazy_property, sum_rightmost
from tinygrad_mnist.distributions.special import digamma, lgamma, standard_gamma
from tinygrad_mnist.distributions.transforms import ComposeTransform, ExpTransform, Transform
from tinygrad_mnist.errors import check
from tinygrad_mnist.linalg import cholesky, inv, solve_triangular
from tinygrad_mnist.nn.functional import one_hot
from tinygrad_mnist.ops.movement import broadcast_shapes, broadcast_tensors, stack
from tinygrad_mnist.ops.pointwise import elementary, exp, log_sigmoid, where, xlogy
from tinygrad_mnist.tensor import Array, Size, Tensor, wrap

__all__ = [
    "Bernoulli", "Beta", "Binomial", "Categorical", "Dirichlet", "Exponential", "Gamma", "Geometric", "Independent",
    "Laplace", "LogNormal", "Multinomial", "MultivariateNormal", "Normal", "OneHotCategorical",
    "OneHotCategoricalStraightThrough", "Poisson", "TransformedDistribution", "Uniform",
]  # fmt: skip

LOG_2_PI = math.log(2 * math.pi)


class Family(Distribution):
    """Takes the parameters that `arg_constraints` names, in that order, and broadcasts them against each other."""

    vector = False  # whether a member's parameter is a vector
    defaults: ClassVar[dict[str, Any]] = {}
    __signature__: ClassVar[Signature]

    def __init_subclass__(cls) -> None:
        usual = {"probs": None, "logits": None, "validate_args": None, **cls.defaults}
        cls.__signature__ = Signature([
            Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=usual.get(name, Parameter.empty))
            for name in (*cls.arg_constraints, "validate_args")
        ])  # fmt: skip

    def __init__(self, *args: Any, **named: Any) -> None:
        bound = self.__signature__.bind(*args, **named)
        bound.apply_defaults()
        given = {name: value for name, value in bound.arguments.items() if value is not None}
        validate_args = given.pop("validate_args", None)
        check(
            "logits" not in self.arg_constraints or ("probs" in given) != ("logits" in given),
            "Either `probs` or `logits` must be specified, but not both.", error=ValueError,
        )  # fmt: skip
        self.__dict__.update(zip(given, broadcast_all(*given.values()), strict=True))
        name, shape = list(given)[-1], self.param_shape
        check(not self.vector or shape, "`{}` parameter must be at least one-dimensional.", name, error=ValueError)
        self._settle(name)
        batch = len(shape) - self.vector
        super().__init__(shape[:batch], shape[batch:] if self.vector and self.support.event_dim else (), validate_args)

    def _settle(self, name: str) -> None:
        """Bring the last parameter into its normal form."""

    @property
    def param_shape(self) -> Size:
        """The parameters' shape."""
        return list(self._parameters().values())[-1].shape


# a location and a scale ----------------------------------------------------------------------


class LocationScale(Family):
    """x = loc + scale * z, where z has the family's standard form.

    A subclass has `loc` and `scale`, the standard form's mean, variance and entropy, and four
    functions: draws of z, its log density, its cdf, and the inverse of that.
    """

    unit_mean = 0.0
    unit_variance = unit_entropy = 1.0
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


def _wichura(p: Array) -> Array:
    """AS 241 (1988), as Python's standard library has it."""
    out = np.where(p == 0, -np.inf, np.where(p == 1, np.inf, np.nan))
    inside = (p > 0) & (p < 1)
    out[inside] = [NormalDist().inv_cdf(each) for each in p[inside].tolist()]
    return out.astype(p.dtype)


def _by_probability(g: Tensor, y: Tensor) -> Tensor:
    return g * exp(y * y / 2) * math.sqrt(2 * math.pi)


_probit = elementary("probit", _wichura, _by_probability, "The standard normal's inverse cdf.", of="y")


class Normal(LocationScale):
    """Mean `loc` and standard deviation `scale`, numbers or tensors."""

    arg_constraints = {"loc": c.real, "scale": c.positive}
    support = c.real
    unit_entropy = 0.5 + LOG_2_PI / 2
    unit_draw = staticmethod(lambda shape, dtype: random.normal(shape, dtype, None))
    unit_log_prob = staticmethod(lambda z: z * z * -0.5 - LOG_2_PI / 2)
    unit_cdf = staticmethod(lambda z: (z * math.sqrt(0.5)).erf() * 0.5 + 0.5)
    unit_icdf = staticmethod(_probit)


class Laplace(LocationScale):
    """Two exponentials, back to back at `loc`: the difference of two exponential draws."""

    arg_constraints = {"loc": c.real, "scale": c.positive}
    support = c.real
    unit_variance, unit_entropy = 2.0, 1 + math.log(2)
    unit_draw = staticmethod(lambda shape, dtype: np.subtract(*np.log1p(-random.uniform((2, *shape), dtype, None))))
    unit_log_prob = staticmethod(lambda z: -z.abs() - math.log(2))
    unit_cdf = staticmethod(lambda z: 0.5 - 0.5 * z.sign() * (-z.abs()).expm1())
    unit_icdf = staticmethod(lambda p: (0.5 - p).sign() * ((p - 0.5).abs() * -2).log1p())


class Exponential(LocationScale):
    """The waiting time for events that come at a `rate`."""

    arg_constraints = {"rate": c.positive}
    support = c.nonnegative
    unit_mean, loc = 1.0, 0.0
    scale = property(lambda self: self.rate.reciprocal())
    mode = property(lambda self: self.rate.detach() * 0)
    unit_draw = staticmethod(lambda shape, dtype: -np.log1p(-random.uniform(shape, dtype, None)))
    unit_log_prob = staticmethod(lambda z: -z)
    unit_cdf = staticmethod(lambda z: -(-z).expm1())
    unit_icdf = staticmethod(lambda p: -(-p).log1p())


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

    def _log_prob(self, value: Tensor) -> Tensor:
        return ((self.low <= value) & (value < self.high)).type_as(self.low).log() - self.scale.log()


# counts and choices --------------------------------------------------------------------------


class _Chance(Family):
    """Given by either `probs` or `logits`; the other is computed when asked for."""

    binary = False
    logits = lazy_property(lambda self: distribution.probs_to_logits(self.probs, self.binary))
    probs = lazy_property(lambda self: distribution.logits_to_probs(self.logits, self.binary))


class _Binary(_Chance):
    """Of two outcomes: `probs` is the probability of one, `logits` is log(p / (1 - p))."""

    arg_constraints = {"probs": c.unit_interval, "logits": c.real}
    binary = True

    def _crossed(self, value: Tensor) -> Tensor:
        """The log probability of the one outcome, `value` times, and of the other the rest of the time."""
        return value * log_sigmoid(self.logits) + (1 - value) * log_sigmoid(-self.logits)


class Bernoulli(_Binary):
    """1 with probability `probs`, else 0; or given by `logits`, log(p / (1 - p))."""

    support = c.boolean
    has_enumerate_support = True
    mean = property(lambda self: self.probs)
    mode = property(lambda self: where(self.probs == 0.5, math.nan, (self.probs > 0.5).type_as(self.probs)))
    variance = property(lambda self: self.probs * (1 - self.probs))
    _log_prob = _Binary._crossed
    _values = property(lambda self: creation.arange(2, dtype=self.probs.dtype))

    def _draw(self, shape: Size) -> Tensor:
        return creation.bernoulli(self.probs.expand(shape))

    def entropy(self) -> Tensor:
        return -self._crossed(self.probs)


class Geometric(_Binary):
    """The failures before the first success, which has probability `probs` each time."""

    support = c.nonnegative_integer
    mean = property(lambda self: 1 / self.probs - 1)
    mode = property(lambda self: self.probs.detach() * 0)
    variance = property(lambda self: (1 / self.probs - 1) / self.probs)

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        if self._validate_args and "probs" in self.__dict__:
            p, wanted = self.probs, f"of distribution {self!r} to be positive"
            distribution.require(
                p > 0, p[p <= 0], f"Expected parameter probs (Tensor of shape {tuple(p.shape)}) {wanted} but"
            )

    def _draw(self, shape: Size) -> Tensor:
        return (wrap(np.log1p(-random.uniform(shape, self.probs.dtype, None))) / (-self.probs).log1p()).floor()

    def _log_prob(self, value: Tensor) -> Tensor:
        certain = (self.probs == 1) & (value == 0)
        return value * (-where(certain, 0.0, self.probs)).log1p() + self.probs.log()

    def entropy(self) -> Tensor:
        return -self._crossed(self.probs) / self.probs


class Binomial(_Binary):
    """The successes among `total_count` trials."""

    total_count: Any
    arg_constraints = {"total_count": c.nonnegative_integer, **_Binary.arg_constraints}
    defaults = {"total_count": 1}
    support = property(lambda self: c.integer_interval(0, self.total_count))
    has_enumerate_support = True
    mean = property(lambda self: self.total_count * self.probs)
    mode = property(lambda self: ((self.total_count + 1) * self.probs).floor().minimum(self.total_count))
    variance = property(lambda self: self.total_count * self.probs * (1 - self.probs))

    def _settle(self, name: str) -> None:
        self.total_count = self.total_count.type_as(self.__dict__[name])

    def _draw(self, shape: Size) -> Tensor:
        n, p = self.total_count.array.astype(np.int64), self.probs.array.astype(np.float64)
        return wrap(np.asarray(random.source(None).binomial(n, p, shape)).astype(self.probs.array.dtype))

    def _log_prob(self, value: Tensor) -> Tensor:
        n = self.total_count
        ways = lgamma(n + 1) - lgamma(value + 1) - lgamma(n - value + 1)
        return ways + value * self.logits + n * log_sigmoid(-self.logits)

    def entropy(self) -> Tensor:
        p = self._log_prob(self.enumerate_support(False))
        return -(p.exp() * p).sum(0)

    def _trials(self) -> Tensor:
        n = self.total_count.max()
        wanted = "Inhomogeneous total count not supported by `enumerate_support`."
        check((self.total_count == n).all(), wanted, error=NotImplementedError)
        return creation.arange(int(n) + 1, dtype=n.dtype)

    _values = property(_trials)


class _Choice(_Chance):
    """Among n, with probabilities `probs`, (..., n), which need not sum to 1; or `logits`."""

    arg_constraints = {"probs": c.simplex, "logits": c.real_vector}
    vector = True

    def _settle(self, name: str) -> None:
        x = self.__dict__[name]
        self.__dict__[name] = x / x.sum(-1, True) if name == "probs" else x - x.logsumexp(-1, True)

    def _places(self, shape: Shape) -> Tensor:
        """Draws, as integers, of a shape that ends in the batch's."""
        rows = self.probs.reshape(math.prod(self.batch_shape), self.param_shape[-1])
        return creation.multinomial(rows, math.prod(shape[: len(shape) - len(self.batch_shape)]), True).T.reshape(shape)

    def _log_prob_of(self, place: Tensor) -> Tensor:
        places, logits = broadcast_tensors(place.unsqueeze(-1), self.logits)
        return logits.gather(-1, places[..., :1]).squeeze(-1)

    def entropy(self) -> Tensor:
        return -(self.logits.clamp(min=np.finfo(self.logits.array.dtype).min.item()) * self.probs).sum(-1)


class Categorical(_Choice):
    """The integers 0 to n - 1 with probabilities `probs`, (..., n), which need not sum to 1; or `logits`."""

    support = property(lambda self: c.integer_interval(0, self.param_shape[-1] - 1))
    has_enumerate_support = True
    mean = property(lambda self: creation.full(self.batch_shape, math.nan, dtype=self.probs.dtype))
    variance = mean
    mode = property(lambda self: self.probs.argmax(-1))

    _values = property(lambda self: creation.arange(self.param_shape[-1]))
    _draw = _Choice._places

    def _log_prob(self, value: Tensor) -> Tensor:
        return self._log_prob_of(value.long())


class OneHotCategorical(_Choice):
    """`Categorical`, with draws written as vectors of zeros and a one."""

    support: Any = c.one_hot
    has_enumerate_support = True
    mean: Any = property(lambda self: self.probs)
    _values = property(lambda self: creation.eye(self.event_shape[0], dtype=self.probs.dtype))
    mode = property(lambda self: self._written(self.probs.argmax(-1)))
    variance: Any = property(lambda self: self.probs * (1 - self.probs))

    def _written(self, places: Tensor) -> Tensor:
        return one_hot(places, self.event_shape[0]).type_as(self.probs)

    def _draw(self, shape: Size) -> Tensor:
        return self._written(self._places(shape[:-1]))

    def _log_prob(self, value: Tensor) -> Tensor:
        return self._log_prob_of(value.argmax(-1))

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """Draws whose gradient is that of `probs`. Bengio et al. (2013), arXiv:1308.3432."""

    has_rsample = True

    def _draw(self, shape: Size) -> Tensor:
        return super()._draw(shape) + (self.probs - self.probs.detach())


class Multinomial(_Choice):
    """How often each category comes in `total_count` draws."""

    support = property(lambda self: c.multinomial(self.total_count))
    mean = property(lambda self: self.probs * self.total_count)
    variance = property(lambda self: self.total_count * self.probs * (1 - self.probs))
    __repr__ = OneHotCategorical.__repr__

    def __init__(
        self, total_count: int = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        if not isinstance(total_count, int):
            raise NotImplementedError("inhomogeneous total_count is not supported")
        self.total_count = total_count
        super().__init__(probs, logits, validate_args)

    def _draw(self, shape: Size) -> Tensor:
        return one_hot(self._places((self.total_count, *shape[:-1])), shape[-1]).sum(0).type_as(self.probs)

    def _log_prob(self, value: Tensor) -> Tensor:
        powers = value * where((value == 0) & (self.logits == -math.inf), 0.0, self.logits)
        return lgamma(value.sum(-1) + 1) + (powers - lgamma(value + 1)).sum(-1)

    def entropy(self) -> Tensor:
        each = Binomial(self.total_count, self.probs, validate_args=False)
        values = each.enumerate_support(False)
        ways = (each._log_prob(values).exp() * lgamma(values + 1)).sum((0, -1))
        return self.total_count * super().entropy() - math.lgamma(self.total_count + 1) + ways


class Poisson(Family):
    """The number of events that come at a `rate`."""

    arg_constraints = {"rate": c.nonnegative}
    support = c.nonnegative_integer
    mean = property(lambda self: self.rate)
    mode = property(lambda self: self.rate.floor())
    variance = mean

    def _draw(self, shape: Size) -> Tensor:
        return creation.poisson(self.rate.expand(shape))

    def _log_prob(self, value: Tensor) -> Tensor:
        return xlogy(value, self.rate) - self.rate - lgamma(value + 1)


# the gamma function --------------------------------------------------------------------------


class Gamma(Family):
    """The sum of `concentration` waiting times for events that come at a `rate`."""

    arg_constraints = {"concentration": c.positive, "rate": c.positive}
    support = c.nonnegative
    has_rsample = True
    mean = property(lambda self: self.concentration / self.rate)
    mode = property(lambda self: ((self.concentration - 1) / self.rate).clamp(min=0))
    variance = property(lambda self: self.concentration / self.rate**2)

    def _draw(self, shape: Size) -> Tensor:
        return standard_gamma(self.concentration.expand(shape)) / self.rate

    def log_prob(self, value: Any) -> Tensor:
        return super().log_prob(creation.as_tensor_(value, dtype=self.rate.dtype))

    def _log_prob(self, value: Tensor) -> Tensor:
        a, b = self.concentration, self.rate
        return xlogy(a, b) + xlogy(a - 1, value) - b * value - lgamma(a)

    def entropy(self) -> Tensor:
        a = self.concentration
        return a - self.rate.log() + lgamma(a) + (1 - a) * digamma(a)


class Dirichlet(Family):
    """Probabilities, (..., n), whose densities are products of powers `concentration` - 1."""

    arg_constraints = {"concentration": c.independent(c.positive, 1)}
    support = c.simplex
    vector = has_rsample = True
    _total = property(lambda self: self.concentration.sum(-1, True))
    mean = property(lambda self: self.concentration / self._total)
    variance = property(lambda self: self.mean * (1 - self.mean) / (self._total + 1))

    @property
    def mode(self) -> Tensor:
        above, low = (self.concentration - 1).clamp(min=0), (self.concentration < 1).all(-1, True)
        inside = above / where(low, 1.0, above.sum(-1, True))
        return where(low, one_hot(inside.argmax(-1), self.event_shape[0]).type_as(above), inside)

    def _draw(self, shape: Size) -> Tensor:
        drawn = standard_gamma(self.concentration.expand(shape))
        return drawn / drawn.sum(-1, True)

    def _log_prob(self, value: Tensor) -> Tensor:
        a = self.concentration
        return xlogy(a - 1, value).sum(-1) + lgamma(a.sum(-1)) - lgamma(a).sum(-1)

    def entropy(self) -> Tensor:
        a, total = self.concentration, self._total
        spread = (a - 1) * digamma(a) - lgamma(a)
        return ((total - self.event_shape[0]) * digamma(total) - lgamma(total)).squeeze(-1) - spread.sum(-1)


class Beta(Distribution):
    """On [0, 1]: the first of two numbers whose distribution is `Dirichlet([concentration1, concentration0])`."""

    arg_constraints = {"concentration1": c.positive, "concentration0": c.positive}
    support = c.unit_interval
    has_rsample = True
    concentration1 = property(lambda self: self._dirichlet.concentration[..., 0])
    concentration0 = property(lambda self: self._dirichlet.concentration[..., 1])
    mean = property(lambda self: self._dirichlet.mean[..., 0])
    mode = property(lambda self: self._dirichlet.mode[..., 0])
    variance = property(lambda self: self._dirichlet.variance[..., 0])

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: bool | None = None) -> None:
        self._dirichlet = Dirichlet(stack(broadcast_all(concentration1, concentration0), -1), validate_args)
        super().__init__(self._dirichlet.batch_shape, validate_args=validate_args)

    def _draw(self, shape: Size) -> Tensor:
        return self._dirichlet._draw(Size((*shape, 2)))[..., 0]

    def _log_prob(self, value: Tensor) -> Tensor:
        return self._dirichlet.log_prob(stack([value, 1 - value], -1))

    def entropy(self) -> Tensor:
        return self._dirichlet.entropy()


# vectors, and distributions made of others -----------------------------------------------------


class MultivariateNormal(Distribution):
    """Mean `loc`, (..., n), and a covariance, its inverse or its Cholesky factor, (..., n, n)."""

    arg_constraints = {
        "loc": c.real_vector, "covariance_matrix": c.positive_definite,
        "precision_matrix": c.positive_definite, "scale_tril": c.lower_cholesky,
    }  # fmt: skip
    support = c.real_vector
    has_rsample = True
    mean = property(lambda self: self.loc)
    mode = mean
    variance = property(lambda self: (self._factor**2).sum(-1))
    covariance_matrix = lazy_property(lambda self: self._factor @ self._factor.mT)
    precision_matrix = lazy_property(lambda self: inv(self.covariance_matrix))
    scale_tril = lazy_property(lambda self: self._factor)

    def __init__(
        self, loc: Tensor, covariance_matrix: Any = None, precision_matrix: Any = None, scale_tril: Any = None,
        validate_args: bool | None = None,
    ) -> None:  # fmt: skip
        check(loc.ndim, "loc must be at least one-dimensional.", error=ValueError)
        names = "covariance_matrix", "precision_matrix", "scale_tril"
        matrices = zip(names, (covariance_matrix, precision_matrix, scale_tril), strict=True)
        given = [(name, matrix) for name, matrix in matrices if matrix is not None]
        wanted = "Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified."
        check(len(given) == 1, wanted, error=ValueError)
        ((name, matrix),) = given
        wanted = "{} matrix must be at least two-dimensional, with optional leading batch dimensions"
        check(matrix.ndim > 1, wanted, name.removesuffix("_matrix"), error=ValueError)
        batch, n = broadcast_shapes(matrix.shape[:-2], loc.shape[:-1]), loc.shape[-1]
        self.loc = loc.expand(*batch, n)
        self.__dict__[name] = matrix = matrix.expand(*batch, n, n)
        super().__init__(batch, (n,), validate_args)
        covariance = inv(matrix) if name == "precision_matrix" else matrix
        self._factor = matrix if name == "scale_tril" else cholesky(covariance)

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


class _Made(Distribution):
    """A distribution made of another, `base_dist`."""

    has_rsample = property(lambda self: self.base_dist.has_rsample)

    _whole: Any = staticmethod(lambda drawn: drawn)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        return self._whole(self.base_dist.sample(sample_shape)).detach()

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        return self._whole(self.base_dist.rsample(sample_shape))


class Independent(_Made):
    """A distribution whose last `reinterpreted_batch_ndims` batch dimensions are one event's."""

    support = property(lambda self: c.independent(self.base_dist.support, self.reinterpreted_batch_ndims))
    has_enumerate_support = property(
        lambda self: self.base_dist.has_enumerate_support and not self.reinterpreted_batch_ndims
    )
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

    def log_prob(self, value: Tensor) -> Tensor:
        return sum_rightmost(self.base_dist.log_prob(value), self.reinterpreted_batch_ndims)

    def entropy(self) -> Tensor:
        return sum_rightmost(self.base_dist.entropy(), self.reinterpreted_batch_ndims)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        wanted = "Enumeration over cartesian product is not implemented"
        check(not self.reinterpreted_batch_ndims, wanted, error=NotImplementedError)
        return self.base_dist.enumerate_support(expand)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_dist}, {self.reinterpreted_batch_ndims})"


class TransformedDistribution(_Made):
    """Draws of a base distribution, passed through one or more transforms."""

    def __init__(self, base_distribution: Distribution, transforms: Any, validate_args: bool | None = None) -> None:
        self.transforms = [transforms] if isinstance(transforms, Transform) else transforms
        fine = isinstance(self.transforms, list) and all(isinstance(t, Transform) for t in self.transforms)
        wanted = "transforms must be a Transform or a list of Transforms, but was {}"
        check(fine, wanted, transforms, error=ValueError)
        self._whole = whole = ComposeTransform(self.transforms)
        base, event = base_distribution, len(base_distribution.event_shape)
        shape = whole.forward_shape(base.batch_shape + base.event_shape)
        wanted = "base_distribution needs to have shape with size at least {}, but got {}."
        check(len(shape) >= whole.event_dim, wanted, whole.event_dim, shape, error=ValueError)
        base = base.expand(shape[: len(shape) - event])
        self.base_dist = Independent(base, whole.event_dim - event) if whole.event_dim > event else base
        super().__init__(self.base_dist.batch_shape, self.base_dist.event_shape, validate_args)

    @property
    def support(self) -> Any:
        """Where the draws lie."""
        last = self.transforms[-1].codomain if self.transforms else self.base_dist.support
        return c.independent(last, len(self.event_shape) - last.event_dim)

    def _log_prob(self, value: Tensor) -> Tensor:
        x = self._whole.inv(value)
        slope = self._whole.log_abs_det_jacobian(x, value)
        return self.base_dist.log_prob(x) - sum_rightmost(slope, len(self.event_shape) - self._whole.event_dim)

    def _turned(self, p: Tensor) -> Tensor:
        sign = self._whole.sign
        return p if isinstance(sign, int) and sign == 1 else (p - 0.5) * sign + 0.5

    def cdf(self, value: Tensor) -> Tensor:
        return self._turned(self.base_dist.cdf(self._whole.inv(value)))

    def icdf(self, value: Tensor) -> Tensor:
        return self._whole(self.base_dist.icdf(self._turned(value)))


class LogNormal(TransformedDistribution):
    """e to the power of a normal variable of mean `loc` and standard deviation `scale`."""

    arg_constraints = Normal.arg_constraints
    support = c.positive
    loc = property(lambda self: self.base_dist.loc)
    scale = property(lambda self: self.base_dist.scale)
    mean = property(lambda self: (self.loc + self.scale**2 / 2).exp())
    mode = property(lambda self: (self.loc - self.scale**2).exp())
    variance = property(lambda self: (self.scale**2).expm1() * (2 * self.loc + self.scale**2).exp())

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Normal(loc, scale, validate_args), ExpTransform(), validate_args)

    def entropy(self) -> Tensor:
        return self.base_dist.entropy() + self.loc
