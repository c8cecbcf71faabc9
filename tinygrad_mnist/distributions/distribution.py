"""The base class of distributions, what their parameters and samples must be, and how parameters are brought in form.

A constraint is a name, and a test of each element or of each event.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from tinygrad_mnist import dtypes, linalg
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops.movement import broadcast_shapes
from tinygrad_mnist.tape import enable_grad, no_grad
from tinygrad_mnist.core.tensor import Size, Tensor, wrap

Shape = Sequence[int]


class Constraint(NamedTuple):
    """`check(value)` tells for each element, or each event of `event_dim` dimensions, whether it holds."""

    name: str
    check: Callable[[Tensor], Any]
    event_dim: int = 0
    is_discrete: bool = False

    def __repr__(self) -> str:
        return self.name


def greater_than(lower_bound: Any) -> Constraint:
    """Above the bound."""
    return Constraint(f"GreaterThan({lower_bound=:})", lambda v: v > lower_bound)


def less_than(upper_bound: Any) -> Constraint:
    """Below the bound."""
    return Constraint(f"LessThan({upper_bound=:})", lambda v: v < upper_bound)


def interval(lower_bound: Any, upper_bound: Any) -> Constraint:
    """Between the bounds, or at one of them."""
    return Constraint(f"Interval({lower_bound=:}, {upper_bound=:})", lambda v: (v >= lower_bound) & (v <= upper_bound))


def integer_interval(lower_bound: int, upper_bound: int) -> Constraint:
    """The integers between the bounds, both included."""
    within = interval(lower_bound, upper_bound)
    return Constraint(f"Integer{within}", lambda v: (v.remainder(1) == 0) & within.check(v), is_discrete=True)


def independent(base: Constraint, dims: int) -> Constraint:
    """A constraint whose last `dims` dimensions count as one event: it holds where it holds for all of them."""
    if not dims:
        return base
    name, event_dim = f"IndependentConstraint({base}, {dims})", base.event_dim + dims
    return Constraint(name, lambda v: base.check(v).flatten(-dims).all(-1), event_dim, base.is_discrete)


def _is_cholesky(v: Tensor) -> Any:
    return (v.tril() == v).flatten(-2).all(-1) & (v.diagonal(0, -2, -1) > 0).all(-1)


def _is_positive_definite(v: Tensor) -> Any:
    symmetric = v.isclose(v.mT, atol=1e-6).flatten(-2).all(-1)
    return symmetric & (linalg.eigvalsh(v) > 0).all(-1) if symmetric.all() else symmetric


real, positive, unit_interval = Constraint("Real()", lambda v: v == v), greater_than(0.0), interval(0.0, 1.0)
real_vector = independent(real, 1)
boolean = Constraint("Boolean()", lambda v: (v == 0) | (v == 1), is_discrete=True)
simplex = Constraint("Simplex()", lambda v: (v >= 0).all(-1) & ((v.sum(-1) - 1).abs() < 1e-6), 1)
lower_cholesky = Constraint("LowerCholesky()", _is_cholesky, 2)
positive_definite = Constraint("PositiveDefinite()", _is_positive_definite, 2)


def broadcast_all(*values: Any) -> Any:
    """The values as tensors of one shape; numbers get the dtype of the first tensor, or the default one."""
    known = all(isinstance(v, Tensor | bool | int | float) for v in values)
    check(known, "Input arguments must all be instances of Number or torch.Tensor.", error=ValueError)
    dtype = next((v.array.dtype for v in values if isinstance(v, Tensor)), dtypes.default())
    tensors = [v if isinstance(v, Tensor) else wrap(np.array(v, dtype)) for v in values]
    shape = broadcast_shapes(*(x.shape for x in tensors))
    return tuple(x if x.shape == shape else x.expand(shape) for x in tensors)  # a leaf stays one: it may be read again


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """log p, or log(p / (1 - p)) where p is the probability of one of two outcomes; p is held off 0 and 1."""
    eps = np.finfo(probs.array.dtype).eps.item()
    p = probs.clamp(eps, 1 - eps)
    return p.log() - (-p).log1p() if is_binary else p.log()


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """The inverse of `probs_to_logits`."""
    return logits.sigmoid() if is_binary else logits.softmax(-1)


def _require(valid: Tensor, value: Tensor, what: str) -> None:
    """ValueError, with the value, unless all are valid."""
    if not valid.all():
        raise ValueError(f"{what} but found invalid values:\n{value}")


class lazy_property(functools.cached_property[Any]):
    """A property computed when first asked for, with a history even under `no_grad`."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        with enable_grad():
            return super().__get__(instance, owner)


class Distribution:
    """A family's member for each element of `batch_shape`; one draw from one member has `event_shape`.

    A subclass sets its parameters as attributes, named in `arg_constraints` (a constraint, or a
    function of the distribution that returns one), before it calls this class's `__init__`, which
    checks them: ValueError where one is out of bounds. What a family does not have is a
    NotImplementedError:

    - `entropy()`, in nats; `mean`, `mode`, `variance`; `icdf(p)`, the inverse of `cdf`;
    - `_draw(shape)`: draws, differentiable by the parameters where `has_rsample`;
    - `_log_prob(value)` and `_cdf(value)`, of a value that has been checked.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {}
    support: Any = None
    has_rsample: Any = False
    _validate_args = __debug__

    if TYPE_CHECKING:  # a family's parameters

        def __getattr__(self, name: str) -> Any: ...

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether parameters and samples are checked where `validate_args` is not given."""
        check(value in (True, False), "set_default_validate_args: wanted a bool, got {!r}", value, error=ValueError)
        Distribution._validate_args = value

    def __init__(self, batch_shape: Shape = (), event_shape: Shape = (), validate_args: bool | None = None) -> None:
        self.batch_shape, self.event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        for name, value in self._parameters().items() if self._validate_args else ():
            constraint = self.arg_constraints[name]
            constraint = constraint(self) if callable(constraint) else constraint
            what = f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of distribution"
            _require(constraint.check(value), value, f"{what} {self!r} to satisfy the constraint {constraint},")

    def _parameters(self) -> dict[str, Tensor]:
        return {name: self.__dict__[name] for name in self.arg_constraints if name in self.__dict__}

    def _missing(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not implement this")

    entropy = icdf = _draw = _log_prob = _cdf = _missing
    mean: Any = property(_missing)
    mode = variance = mean
    stddev: Any = property(lambda self: self.variance.sqrt())

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        """Draws of shape (*sample_shape, *batch_shape, *event_shape)."""
        with no_grad():
            return self.rsample(sample_shape) if self.has_rsample else self._draw(self._extended_shape(sample_shape))

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        """Draws that are functions of the parameters."""
        return self._draw(self._extended_shape(sample_shape)) if self.has_rsample else self._missing()

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density, or of the probability, at a value."""
        self._validate_sample(value)
        return self._log_prob(value)

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of a draw up to the value."""
        self._validate_sample(value)
        return self._cdf(value)

    def perplexity(self) -> Tensor:
        """e to the power of the entropy."""
        return self.entropy().exp()

    def expand(self, batch_shape: Shape, _instance: Any = None) -> Any:
        """The same distribution with its parameters expanded to another batch shape."""
        new = object.__new__(type(self))
        for name, value in self.__dict__.items():
            if isinstance(value, Tensor | Distribution):
                old = value.shape if isinstance(value, Tensor) else value.batch_shape
                value = value.expand((*batch_shape, *old[len(self.batch_shape) :]))
            new.__dict__[name] = value
        new.batch_shape = Size(batch_shape)
        return new

    def _extended_shape(self, sample_shape: Shape = ()) -> Size:
        return Size((*sample_shape, *self.batch_shape, *self.event_shape))

    def _validate_sample(self, value: Tensor) -> None:
        if not self._validate_args:
            return
        check(isinstance(value, Tensor), "The value argument to log_prob must be a Tensor", error=ValueError)
        event, shape = value.shape[value.ndim - len(self.event_shape) :], self._extended_shape()
        message = "The right-most size of value must match event_shape: {} vs {}."
        check(event == self.event_shape, message, value.shape, self.event_shape, error=ValueError)
        fits = all(m == n or 1 in (m, n) for m, n in zip(reversed(value.shape), reversed(shape), strict=False))
        message = "Value is not broadcastable with batch_shape+event_shape: {} vs {}."
        check(fits, message, value.shape, shape, error=ValueError)
        what = f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) to be within the"
        _require(self.support.check(value), value, f"{what} support ({self.support}) of the distribution {self!r},")

    def __repr__(self) -> str:
        shown = (f"{name}: {v if v.numel() == 1 else v.size()}" for name, v in self._parameters().items())
        return f"{type(self).__name__}({', '.join(shown)})"
