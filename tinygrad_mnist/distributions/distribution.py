"""The base class of distributions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.modes import no_grad
from tinygrad_mnist.core.tensor import Size, Tensor
from tinygrad_mnist.distributions.constraints import Constraint

__all__ = ["Distribution"]

Shape = Sequence[int]


class Distribution:
    """A family's member for each element of `batch_shape`; one draw from one has `event_shape`.

    A subclass sets its parameters as attributes, named in `arg_constraints` (a constraint, or a
    function of the distribution that returns one), before it calls this class's `__init__`, which
    checks them. It has `_draw(shape)`: draws, differentiable by the parameters where `has_rsample`;
    and `_log_prob(value)` and `_cdf(value)`, of a value that has been checked. What a family does
    not have is a NotImplementedError.

    Args:
        batch_shape: the shape of the parameters' batch.
        event_shape: the shape of one draw.
        validate_args: whether parameters and samples are checked. Default: as set by
            `set_default_validate_args`, at first yes.

    Raises:
        ValueError: if a parameter is out of bounds.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {}
    support: Any = None
    has_rsample: Any = False
    _validate_args = __debug__

    batch_shape: Size
    event_shape: Size

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Choose whether parameters and samples are checked where `validate_args` is not given.

        Args:
            value: whether they are.

        Raises:
            ValueError: if it is no bool.
        """
        check(
            value in (True, False),
            "set_default_validate_args: wanted a bool, got {!r}",
            value,
            error=ValueError,
        )
        Distribution._validate_args = value

    def __init__(
        self, batch_shape: Shape = (), event_shape: Shape = (), validate_args: bool | None = None
    ) -> None:
        self.batch_shape = Size(batch_shape)
        self.event_shape = Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._check_parameters()

    def _parameters(self) -> dict[str, Tensor]:
        """The parameters that were given, not those that are computed from them."""
        names = [name for name in self.arg_constraints if name in self.__dict__]
        return {name: self.__dict__[name] for name in names}

    def _check_parameters(self) -> None:
        """ValueError unless each parameter satisfies its constraint."""
        for name, value in self._parameters().items():
            constraint = self.arg_constraints[name]
            if not isinstance(constraint, Constraint):
                constraint = constraint(self)
            _require(
                constraint.check(value),
                value,
                f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)})"
                f" of distribution {self!r} to satisfy the constraint {constraint},",
            )

    def _missing(self) -> NotImplementedError:
        return NotImplementedError(f"{type(self).__name__} does not implement this")

    # what a family has -----------------------------------------------------------------------

    @property
    def mean(self) -> Tensor:
        """The mean, of shape (*batch_shape, *event_shape)."""
        raise self._missing()

    @property
    def mode(self) -> Tensor:
        """The value of the largest density or probability."""
        raise self._missing()

    @property
    def variance(self) -> Tensor:
        """The variance, of shape (*batch_shape, *event_shape)."""
        raise self._missing()

    @property
    def stddev(self) -> Tensor:
        """The standard deviation, of shape (*batch_shape, *event_shape)."""
        return self.variance.sqrt()

    def entropy(self) -> Tensor:
        """The entropy in nats, of the batch shape."""
        raise self._missing()

    def icdf(self, value: Tensor) -> Tensor:
        """The inverse of `cdf`.

        Args:
            value: probabilities, of a shape that broadcasts with the batch shape.

        Returns:
            The values up to which a draw is with these probabilities.
        """
        raise self._missing()

    def _draw(self, shape: Size) -> Tensor:
        raise self._missing()

    def _log_prob(self, value: Tensor) -> Tensor:
        raise self._missing()

    def _cdf(self, value: Tensor) -> Tensor:
        raise self._missing()

    # what all have ---------------------------------------------------------------------------

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        """Draws without a history.

        Args:
            sample_shape: the shape of the set of draws. Default: one.

        Returns:
            A tensor of shape (*sample_shape, *batch_shape, *event_shape).
        """
        with no_grad():
            if self.has_rsample:
                return self.rsample(sample_shape)
            return self._draw(self._extended_shape(sample_shape))

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        """Draws that are functions of the parameters, with gradients.

        Args:
            sample_shape: the shape of the set of draws. Default: one.

        Returns:
            A tensor of shape (*sample_shape, *batch_shape, *event_shape).

        Raises:
            NotImplementedError: if the family has no such draws.
        """
        if not self.has_rsample:
            raise self._missing()
        return self._draw(self._extended_shape(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density, or of the probability, at a value.

        Args:
            value: a tensor that broadcasts with (*batch_shape, *event_shape).

        Returns:
            A tensor of the broadcast shape, without the event's dimensions.

        Raises:
            ValueError: if the value's shape does not fit, or it is outside of the support.
        """
        self._validate_sample(value)
        return self._log_prob(value)

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of a draw up to the value.

        Args:
            value: a tensor that broadcasts with (*batch_shape, *event_shape).

        Returns:
            A tensor of the broadcast shape.

        Raises:
            ValueError: if the value's shape does not fit, or it is outside of the support.
        """
        self._validate_sample(value)
        return self._cdf(value)

    def perplexity(self) -> Tensor:
        """e to the power of the entropy, of the batch shape."""
        return self.entropy().exp()

    def expand(self, batch_shape: Shape, _instance: Any = None) -> Self:
        """The same distribution with its parameters expanded to another batch shape.

        Args:
            batch_shape: the new shape.

        Returns:
            A distribution of the same class.
        """
        new = object.__new__(type(self))
        count = len(self.batch_shape)
        for name, value in self.__dict__.items():
            if isinstance(value, Tensor):
                value = value.expand((*batch_shape, *value.shape[count:]))
            elif isinstance(value, Distribution):
                value = value.expand((*batch_shape, *value.batch_shape[count:]))
            new.__dict__[name] = value
        new.batch_shape = Size(batch_shape)
        return new

    def _extended_shape(self, sample_shape: Shape = ()) -> Size:
        return Size((*sample_shape, *self.batch_shape, *self.event_shape))

    def _validate_sample(self, value: Tensor) -> None:
        """ValueError unless the value can be a draw, where that is to be checked."""
        if not self._validate_args:
            return
        check(
            isinstance(value, Tensor),
            "The value argument to log_prob must be a Tensor",
            error=ValueError,
        )
        check(
            value.shape[value.ndim - len(self.event_shape) :] == self.event_shape,
            "The right-most size of value must match event_shape: {} vs {}.",
            value.shape,
            self.event_shape,
            error=ValueError,
        )
        shape = self._extended_shape()
        pairs = zip(reversed(value.shape), reversed(shape), strict=False)
        check(
            all(m == n or 1 in (m, n) for m, n in pairs),
            "Value is not broadcastable with batch_shape+event_shape: {} vs {}.",
            value.shape,
            shape,
            error=ValueError,
        )
        _require(
            self.support.check(value),
            value,
            f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) to be"
            f" within the support ({self.support}) of the distribution {self!r},",
        )

    def __repr__(self) -> str:
        shown = []
        for name, value in self._parameters().items():
            shown.append(f"{name}: {value if value.numel() == 1 else value.size()}")
        return f"{type(self).__name__}({', '.join(shown)})"


def _require(valid: Tensor, value: Tensor, what: str) -> None:
    """ValueError, with the value, unless all are valid."""
    if not valid.all():
        raise ValueError(f"{what} but found invalid values:\n{value}")
