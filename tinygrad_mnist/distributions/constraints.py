"""What parameters and samples must be: a name, and a test of each element or event."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.ops import linalg

__all__ = [
    "Constraint",
    "boolean",
    "greater_than",
    "independent",
    "integer_interval",
    "interval",
    "less_than",
    "lower_cholesky",
    "positive",
    "positive_definite",
    "real",
    "real_vector",
    "simplex",
    "unit_interval",
]

Bound = float | Tensor


class Constraint(NamedTuple):
    """What values must be.

    Attributes:
        name: how it prints.
        check: tells of a tensor, for each element or each event, whether it holds: a tensor of
            bools, without the event's dimensions.
        event_dim: how many of the last dimensions are one event's.
        is_discrete: whether only integers can be valid.
    """

    name: str
    check: Callable[[Tensor], Tensor]
    event_dim: int = 0
    is_discrete: bool = False

    def __repr__(self) -> str:
        return self.name


def greater_than(lower_bound: Bound) -> Constraint:
    """Above the bound.

    Args:
        lower_bound: a number, or a tensor of the distribution's batch shape.

    Returns:
        The constraint.
    """
    return Constraint(f"GreaterThan({lower_bound=:})", lambda value: value > lower_bound)


def less_than(upper_bound: Bound) -> Constraint:
    """Below the bound.

    Args:
        upper_bound: a number, or a tensor of the distribution's batch shape.

    Returns:
        The constraint.
    """
    return Constraint(f"LessThan({upper_bound=:})", lambda value: value < upper_bound)


def interval(lower_bound: Bound, upper_bound: Bound) -> Constraint:
    """Between the bounds, or at one of them.

    Args:
        lower_bound: a number, or a tensor of the distribution's batch shape.
        upper_bound: likewise.

    Returns:
        The constraint.
    """
    return Constraint(
        f"Interval({lower_bound=:}, {upper_bound=:})",
        lambda value: (value >= lower_bound) & (value <= upper_bound),
    )


def integer_interval(lower_bound: int, upper_bound: int) -> Constraint:
    """The integers between the bounds, both included.

    Args:
        lower_bound: the smallest.
        upper_bound: the largest.

    Returns:
        The constraint.
    """
    within = interval(lower_bound, upper_bound)
    return Constraint(
        f"Integer{within}",
        lambda value: (value.remainder(1) == 0) & within.check(value),
        is_discrete=True,
    )


def independent(base_constraint: Constraint, reinterpreted_batch_ndims: int) -> Constraint:
    """A constraint whose last dimensions count as one event: it holds where it holds for all of it.

    Args:
        base_constraint: the constraint of each element.
        reinterpreted_batch_ndims: how many of the last dimensions.

    Returns:
        The constraint.
    """
    count = reinterpreted_batch_ndims
    if not count:
        return base_constraint
    return Constraint(
        f"IndependentConstraint({base_constraint}, {count})",
        lambda value: base_constraint.check(value).flatten(-count).all(-1),
        base_constraint.event_dim + count,
        base_constraint.is_discrete,
    )


def _is_number(value: Tensor) -> Tensor:
    return value == value


def _is_boolean(value: Tensor) -> Tensor:
    return (value == 0) | (value == 1)


def _is_simplex(value: Tensor) -> Tensor:
    sums_to_one = (value.sum(-1) - 1).abs() < 1e-6
    return (value >= 0).all(-1) & sums_to_one


def _is_cholesky(value: Tensor) -> Tensor:
    is_lower = (value.tril() == value).flatten(-2).all(-1)
    return is_lower & (value.diagonal(0, -2, -1) > 0).all(-1)


def _is_positive_definite(value: Tensor) -> Tensor:
    is_symmetric = value.isclose(value.mT, atol=1e-6).flatten(-2).all(-1)
    if not is_symmetric.all():
        return is_symmetric
    return (linalg.eigvalsh(value) > 0).all(-1)


real = Constraint("Real()", _is_number)
real_vector = independent(real, 1)
positive = greater_than(0.0)
unit_interval = interval(0.0, 1.0)
boolean = Constraint("Boolean()", _is_boolean, is_discrete=True)
simplex = Constraint("Simplex()", _is_simplex, 1)
lower_cholesky = Constraint("LowerCholesky()", _is_cholesky, 2)
positive_definite = Constraint("PositiveDefinite()", _is_positive_definite, 2)
