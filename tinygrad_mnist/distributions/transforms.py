"""Invertible functions of samples, and how much they stretch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_mnist.distributions import constraints
from tinygrad_mnist.distributions.distribution import sum_rightmost
from tinygrad_mnist.errors import check
from tinygrad_mnist.nn.functional import softplus
from tinygrad_mnist.ops.movement import broadcast_shapes
from tinygrad_mnist.ops.pointwise import abs, atanh, exp, log, tanh
from tinygrad_mnist.tensor import Tensor

__all__ = [
    "AffineTransform", "ComposeTransform", "ExpTransform", "SigmoidTransform", "SoftplusTransform", "TanhTransform",
    "Transform", "identity_transform",
]  # fmt: skip


class Transform:
    """y = t(x), and back by `t.inv`.

    A subclass has `_call`, `_inverse` and `log_abs_det_jacobian(x, y)`, log |dy / dx|, summed over the
    last `event_dim` dimensions. With a cache the last y remembers its exact x.
    """

    bijective = True
    sign: Any = 1
    event_dim = 0
    domain = codomain = constraints.real
    log_abs_det_jacobian: Callable[[Any, Any], Tensor]
    _call: Callable[[Any], Tensor]
    _inverse: Callable[[Any], Tensor]

    def __init__(self, cache_size: int = 0) -> None:
        check(cache_size in (0, 1), "cache_size must be 0 or 1", error=ValueError)
        self._cache_size = cache_size
        self._cached: Any = (None, None)

    @property
    def inv(self) -> Transform:
        """The transform back."""
        return _Inverse(self)

    def __call__(self, x: Tensor) -> Tensor:
        return self._remembered(x, 0, self._call)

    def _inv_call(self, y: Tensor) -> Tensor:
        return self._remembered(y, 1, self._inverse)

    def _remembered(self, given: Tensor, side: int, function: Any) -> Any:
        if self._cache_size and self._cached[side] is given:
            return self._cached[1 - side]
        found = function(given)
        if self._cache_size:
            self._cached = (found, given) if side else (given, found)
        return found

    def with_cache(self, cache_size: int = 1) -> Transform:
        """The same transform, with or without a cache."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__, _cache_size=cache_size, _cached=(None, None))
        return new

    def forward_shape(self, shape: Any) -> Any:
        """The shape of y for an x of a shape."""
        return shape

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class _Inverse(Transform):
    def __init__(self, transform: Transform) -> None:
        super().__init__()
        self._back, self.sign, self.event_dim = transform, transform.sign, transform.event_dim
        self.domain, self.codomain = transform.codomain, transform.domain
        self._call, self._inverse = transform._inv_call, transform.__call__
        self.log_abs_det_jacobian = lambda x, y: -transform.log_abs_det_jacobian(y, x)

    inv = property(lambda self: self._back)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Inverse) and self._back == other._back

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"_InverseTransform({self._back})"


def _of_each(name: str, doc: str, codomain: Any, call: Any, inverse: Any, slope: Any) -> type[Transform]:
    """A class of transforms of each element by itself."""
    functions = dict(_call=call, _inverse=inverse, log_abs_det_jacobian=slope)
    members = {key: staticmethod(function) for key, function in functions.items()}
    return type(name, (Transform,), dict(__doc__=doc, __module__=__name__, codomain=codomain, **members))


def _inside(y: Tensor) -> Tensor:
    info = np.finfo(y.array.dtype)
    return y.clamp(info.tiny.item(), 1 - info.eps.item())


def _logit(y: Tensor) -> Tensor:
    y = _inside(y)
    return y.log() - (-y).log1p()


ExpTransform = _of_each("ExpTransform", "y = exp(x).", constraints.positive, exp, log, lambda x, y: x)
SigmoidTransform = _of_each(
    "SigmoidTransform", "y = 1 / (1 + exp(-x)).", constraints.unit_interval,
    lambda x: _inside(x.sigmoid()), _logit, lambda x, y: -softplus(-x) - softplus(x),
)  # fmt: skip
SoftplusTransform = _of_each(
    "SoftplusTransform", "y = log(1 + exp(x)).", constraints.positive,
    softplus, lambda y: (-y).expm1().neg().log() + y, lambda x, y: -softplus(-x),
)  # fmt: skip
TanhTransform = _of_each(
    "TanhTransform", "y = tanh(x).", constraints.interval(-1.0, 1.0),
    tanh, atanh, lambda x, y: (math.log(2) - x - softplus(x * -2)) * 2,
)  # fmt: skip


class AffineTransform(Transform):
    """y = loc + scale * x."""

    def __init__(self, loc: Any, scale: Any, event_dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.loc, self.scale, self.event_dim = loc, scale, event_dim
        self.domain = self.codomain = (
            constraints.independent(constraints.real, event_dim) if event_dim else constraints.real
        )
        self.sign = scale.sign() if isinstance(scale, Tensor) else (scale > 0) - (scale < 0)

    def _call(self, x: Tensor) -> Tensor:
        return self.loc + self.scale * x

    def _inverse(self, y: Tensor) -> Tensor:
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        scale = self.scale if isinstance(self.scale, Tensor) else x.new_full((), self.scale)
        return sum_rightmost(abs(scale).log().expand(x.shape), self.event_dim)

    def forward_shape(self, shape: Any) -> Any:
        return broadcast_shapes(shape, *(getattr(each, "shape", ()) for each in (self.loc, self.scale)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AffineTransform):
            return False
        pairs = ((self.loc, other.loc), (self.scale, other.scale))
        return all(bool((a == b).all()) if isinstance(a == b, Tensor) else a == b for a, b in pairs)

    __hash__ = object.__hash__


class ComposeTransform(Transform):
    """One transform after the other."""

    def __init__(self, parts: list[Transform], cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.parts = [part.with_cache(cache_size) for part in parts] if cache_size else parts
        self.event_dim = max((part.event_dim for part in parts), default=0)
        self.domain, self.codomain = (parts[0].domain, parts[-1].codomain) if parts else (constraints.real,) * 2
        self.sign = math.prod(part.sign for part in parts)

    def _call(self, x: Tensor) -> Tensor:
        for part in self.parts:
            x = part(x)
        return x

    def _inverse(self, y: Tensor) -> Tensor:
        for part in reversed(self.parts):
            y = part.inv(y)
        return y

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Any:
        total: Any = 0.0 if self.parts else x * 0
        for k, part in enumerate(self.parts):
            after = y if k == len(self.parts) - 1 else part(x)
            total = total + sum_rightmost(part.log_abs_det_jacobian(x, after), self.event_dim - part.event_dim)
            x = after
        return total

    def forward_shape(self, shape: Any) -> Any:
        for part in self.parts:
            shape = part.forward_shape(shape)
        return shape

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ComposeTransform) and self.parts == other.parts

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return "ComposeTransform(\n    " + ",\n    ".join(map(repr, self.parts)) + "\n)"


identity_transform = ComposeTransform([])
