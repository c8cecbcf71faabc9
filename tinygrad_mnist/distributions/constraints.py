"""What parameters and samples must be: a name, and a test of each element (or of each event)."""

import inspect
from collections.abc import Callable
from typing import Any

from tinygrad_mnist import linalg
from tinygrad_mnist.tensor import Tensor


class Constraint:
    """`check(value)` tells for each element, or each event of `event_dim` dimensions, whether it holds."""

    def __init__(
        self, name: str, check: Callable[[Tensor], Any], event_dim: int = 0, is_discrete: bool = False, **bounds: Any
    ) -> None:
        self.name, self.check, self.event_dim, self.is_discrete = name, check, event_dim, is_discrete
        self.__dict__.update(bounds)

    def __repr__(self) -> str:
        return self.name


def _bounded(name: str, check: Callable[..., Any], discrete: bool = False) -> Callable[..., Constraint]:
    """A kind of constraint that has bounds: a function of them."""
    signature = inspect.signature(lambda *args: None).replace(
        parameters=list(inspect.signature(check).parameters.values())[1:]
    )

    def make(*args: Any, **named: Any) -> Constraint:
        bounds = signature.bind(*args, **named).arguments
        text = ", ".join(f"{key}={bound}" for key, bound in bounds.items())
        return Constraint(f"{name}({text})", lambda v: check(v, **bounds), 0, discrete, **bounds)

    return make


def independent(base_constraint: Constraint, reinterpreted_batch_ndims: int) -> Constraint:
    """A constraint whose last dimensions count as one event: it holds where it holds for all of them."""
    base, n = base_constraint, reinterpreted_batch_ndims
    name = f"IndependentConstraint({base}, {n})"
    return (
        Constraint(name, lambda v: base.check(v).flatten(-n).all(-1), base.event_dim + n, base.is_discrete)
        if n
        else base
    )


def multinomial(upper_bound: int) -> Constraint:
    """Counts, at most `upper_bound` in all."""
    return Constraint("Multinomial()", lambda v: (v >= 0).all(-1) & (v.sum(-1) <= upper_bound), 1, True)


def _is_cholesky(v: Tensor) -> Any:
    return (v.tril() == v).flatten(-2).all(-1) & (v.diagonal(0, -2, -1) > 0).all(-1)


def _is_positive_definite(v: Tensor) -> Any:
    symmetric = v.isclose(v.mT, atol=1e-6).flatten(-2).all(-1)
    return symmetric & (linalg.eigvalsh(v) > 0).all(-1) if symmetric.all() else symmetric


def _is_boolean(v: Tensor) -> Any:
    return (v == 0) | (v == 1)


greater_than = _bounded("GreaterThan", lambda v, lower_bound: v > lower_bound)
greater_than_eq = _bounded("GreaterThanEq", lambda v, lower_bound: v >= lower_bound)
less_than = _bounded("LessThan", lambda v, upper_bound: v < upper_bound)
interval = _bounded("Interval", lambda v, lower_bound, upper_bound: (v >= lower_bound) & (v <= upper_bound))
half_open_interval = _bounded(
    "HalfOpenInterval", lambda v, lower_bound, upper_bound: (v >= lower_bound) & (v < upper_bound)
)
integer_interval = _bounded(
    "IntegerInterval", lambda v, lower_bound, upper_bound: (v % 1 == 0) & (v >= lower_bound) & (v <= upper_bound), True
)
_integers = _bounded("IntegerGreaterThan", lambda v, lower_bound: (v % 1 == 0) & (v >= lower_bound), True)

nonnegative_integer, positive_integer = _integers(0), _integers(1)
real = Constraint("Real()", lambda v: v == v)
real_vector = independent(real, 1)
positive, nonnegative, unit_interval = greater_than(0.0), greater_than_eq(0.0), interval(0.0, 1.0)
boolean = Constraint("Boolean()", _is_boolean, 0, True)
one_hot = Constraint("OneHot()", lambda v: _is_boolean(v).all(-1) & (v.sum(-1) == 1), 1, True)
simplex = Constraint("Simplex()", lambda v: (v >= 0).all(-1) & ((v.sum(-1) - 1).abs() < 1e-6), 1)
lower_cholesky = Constraint("LowerCholesky()", _is_cholesky, 2)
positive_definite = Constraint("PositiveDefinite()", _is_positive_definite, 2)
