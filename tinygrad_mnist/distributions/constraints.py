"""What parameters and samples must be: a name, and a test of each element (or of each event)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_mnist.tensor import Tensor


class Constraint:
    """`check(value)` tells for each element, or each event of `event_dim` dimensions, whether it holds."""

    def __init__(self, name: str, check: Callable[[Tensor], Any], event_dim: int = 0) -> None:
        self.name, self.check, self.event_dim = name, check, event_dim

    def __repr__(self) -> str:
        return self.name


def interval(lower_bound: Any, upper_bound: Any) -> Constraint:
    """Both ends belong to it."""
    name = f"Interval(lower_bound={lower_bound}, upper_bound={upper_bound})"
    return Constraint(name, lambda v: (v >= lower_bound) & (v <= upper_bound))


def integer_interval(lower_bound: int, upper_bound: int) -> Constraint:
    """Integers, both ends included."""
    name = f"IntegerInterval(lower_bound={lower_bound}, upper_bound={upper_bound})"
    return Constraint(name, lambda v: (v.floor() == v) & (v >= lower_bound) & (v <= upper_bound))


def _is_cholesky(v: Tensor) -> Any:
    return (v.tril() == v).flatten(-2).all(-1) & (v.diagonal(0, -2, -1) > 0).all(-1)


real = Constraint("Real()", lambda v: v == v)
real_vector = Constraint("IndependentConstraint(Real(), 1)", lambda v: (v == v).all(-1), 1)
positive = Constraint("GreaterThan(lower_bound=0.0)", lambda v: v > 0)
nonnegative = Constraint("GreaterThanEq(lower_bound=0.0)", lambda v: v >= 0)
unit_interval = interval(0.0, 1.0)
boolean = Constraint("Boolean()", lambda v: (v == 0) | (v == 1))
simplex = Constraint("Simplex()", lambda v: (v >= 0).all(-1) & ((v.sum(-1) - 1).abs() < 1e-6), 1)
lower_cholesky = Constraint("LowerCholesky()", _is_cholesky, 2)
