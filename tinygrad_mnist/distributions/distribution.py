"""The base class of distributions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from tinygrad_mnist.distributions.constraints import Constraint
from tinygrad_mnist.ops.movement import broadcast_shapes
from tinygrad_mnist.tape import no_grad
from tinygrad_mnist.tensor import Size, Tensor

Shape = Sequence[int]


class Distribution:
    """A family's member for each element of `batch_shape`; one draw from one member has `event_shape`.

    A subclass sets its parameters as attributes, named in `arg_constraints`, before it calls this
    class's `__init__`, which checks them: ValueError where one is out of bounds. What a family
    does not have is a NotImplementedError:

    - `rsample(sample_shape)`: draws, differentiable by the parameters;
    - `entropy()`, in nats; `mean`, `mode`, `variance`;
    - `icdf(p)`, the inverse of `cdf`; `enumerate_support()`, all values along a new first dimension;
    - `_log_prob(value)` and `_cdf(value)`, of a value that has been checked.
    """

    arg_constraints: ClassVar[dict[str, Constraint]] = {}
    support: Any = None
    has_rsample = has_enumerate_support = False
    _validate_args = __debug__

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether parameters and samples are checked where `validate_args` is not given."""
        Distribution._validate_args = value

    def __init__(self, batch_shape: Shape = (), event_shape: Shape = (), validate_args: bool | None = None) -> None:
        self.batch_shape, self.event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        for name, value in self._parameters().items() if self._validate_args else ():
            constraint = self.arg_constraints[name]
            wanted = f"of distribution {self!r} to satisfy the constraint {constraint}"
            _require(constraint, value, f"Expected parameter {name}", wanted)

    def _parameters(self) -> dict[str, Tensor]:
        return {name: self.__dict__[name] for name in self.arg_constraints if name in self.__dict__}

    def _missing(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not implement this")

    rsample = entropy = icdf = enumerate_support = _log_prob = _cdf = _missing
    mean: Any = property(_missing)
    mode: Any = property(_missing)
    variance: Any = property(_missing)
    stddev: Any = property(lambda self: self.variance.sqrt())

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        """Draws of shape (*sample_shape, *batch_shape, *event_shape)."""
        with no_grad():
            return self.rsample(sample_shape)

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
        for name, value in self._parameters().items():
            new.__dict__[name] = value.expand(*batch_shape, *value.shape[len(self.batch_shape) :])
        Distribution.__init__(new, batch_shape, self.event_shape, False)
        new._validate_args = self._validate_args
        return new

    def _extended_shape(self, sample_shape: Shape = ()) -> Size:
        return Size((*sample_shape, *self.batch_shape, *self.event_shape))

    def _validate_sample(self, value: Tensor) -> None:
        if not self._validate_args:
            return
        if not isinstance(value, Tensor):
            raise ValueError(f"The value argument to log_prob must be a Tensor, got {type(value).__name__}")
        shape = self._extended_shape()
        try:
            broadcast_shapes(value.shape, shape)
        except RuntimeError:
            raise ValueError(
                f"Value is not broadcastable with batch_shape+event_shape: {value.shape} vs {shape}."
            ) from None
        wanted = f"to be within the support ({self.support}) of the distribution {self!r}"
        _require(self.support, value, "Expected value argument", wanted)

    def __repr__(self) -> str:
        shown = (f"{name}: {v if v.numel() == 1 else v.size()}" for name, v in self._parameters().items())
        return f"{type(self).__name__}({', '.join(shown)})"


def _require(constraint: Constraint, value: Tensor, what: str, wanted: str) -> None:
    if not constraint.check(value).all():
        raise ValueError(
            f"{what} (Tensor of shape {tuple(value.shape)}) {wanted}, but found invalid values:\n{value!r}"
        )
