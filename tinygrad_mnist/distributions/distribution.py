"""The base class of distributions, and what families do with their parameters."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.errors import check
from tinygrad_mnist.ops.movement import broadcast_shapes
from tinygrad_mnist.tape import enable_grad, no_grad
from tinygrad_mnist.tensor import Size, Tensor, wrap

Shape = Sequence[int]


def broadcast_all(*values: Any) -> Any:
    """The values as tensors of one shape; numbers get the dtype of the first tensor, or the default one."""
    check(
        all(isinstance(v, Tensor | bool | int | float) for v in values),
        "Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__.",
        error=ValueError,
    )
    dtype = next((v.array.dtype for v in values if isinstance(v, Tensor)), dtypes.default())
    tensors = [v if isinstance(v, Tensor) else wrap(np.array(v, dtype)) for v in values]
    shape = broadcast_shapes(*(x.shape for x in tensors))
    return tuple(x if x.shape == shape else x.expand(shape) for x in tensors)  # a leaf stays one: it may be read again


def clamp_probs(probs: Tensor) -> Tensor:
    """Away from 0 and 1, by the dtype's epsilon."""
    eps = np.finfo(probs.array.dtype).eps.item()
    return probs.clamp(eps, 1 - eps)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """log p, or log(p / (1 - p)) where p is the probability of one of two outcomes."""
    p = clamp_probs(probs)
    return p.log() - (-p).log1p() if is_binary else p.log()


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """The inverse of `probs_to_logits`."""
    return logits.sigmoid() if is_binary else logits.softmax(-1)


def sum_rightmost(x: Tensor, dims: int) -> Tensor:
    """x summed over its last `dims` dimensions."""
    return x.sum(tuple(range(-dims, 0))) if dims else x


def require(valid: Tensor, value: Tensor, what: str) -> None:
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
    - `_log_prob(value)` and `_cdf(value)`, of a value that has been checked;
    - `_values`: all that can be drawn, where `has_enumerate_support`.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {}
    support: Any = None
    has_rsample: Any = False
    has_enumerate_support: Any = False
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
            require(constraint.check(value), value, f"{what} {self!r} to satisfy the constraint {constraint},")

    def _parameters(self) -> dict[str, Tensor]:
        return {name: self.__dict__[name] for name in self.arg_constraints if name in self.__dict__}

    def _missing(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not implement this")

    entropy = icdf = _draw = _log_prob = _cdf = _missing
    _values: Any = property(_missing)
    mean: Any = property(_missing)
    mode: Any = property(_missing)
    variance: Any = property(_missing)
    stddev: Any = property(lambda self: self.variance.sqrt())

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        """Draws of shape (*sample_shape, *batch_shape, *event_shape)."""
        with no_grad():
            return self.rsample(sample_shape) if self.has_rsample else self._draw(self._extended_shape(sample_shape))

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        """Draws that are functions of the parameters."""
        return self._draw(self._extended_shape(sample_shape)) if self.has_rsample else self._missing()

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All values, along a new first dimension, for each element of the batch or (not expanded) for all of them."""
        values, n = self._values, len(self.batch_shape)
        values = values.reshape(len(values), *[1] * n, *values.shape[1:])
        return values.expand(len(values), *self.batch_shape, *values.shape[n + 1 :]) if expand else values

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
        check(
            value.shape[value.ndim - len(self.event_shape) :] == self.event_shape,
            "The right-most size of value must match event_shape: {} vs {}.", value.shape, self.event_shape,
            error=ValueError,
        )  # fmt: skip
        shape = self._extended_shape()
        check(
            all(m == n or 1 in (m, n) for m, n in zip(reversed(value.shape), reversed(shape), strict=False)),
            "Value is not broadcastable with batch_shape+event_shape: {} vs {}.", value.shape, shape, error=ValueError,
        )  # fmt: skip
        what = (
            f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) to be within the support"
        )
        require(self.support.check(value), value, f"{what} ({self.support}) of the distribution {self!r},")

    def __repr__(self) -> str:
        shown = (f"{name}: {v if v.numel() == 1 else v.size()}" for name, v in self._parameters().items())
        return f"{type(self).__name__}({', '.join(shown)})"
