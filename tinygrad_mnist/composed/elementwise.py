"""Functions of each element that are a formula of others, and the comparison of whole tensors."""

import math
from functools import partial
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops.arguments import as_tensor, cast, promoted
from tinygrad_mnist.ops.pointwise import clamp, logaddexp, mul, pair, pow, times, trunc
from tinygrad_mnist.core.tensor import Tensor

__all__ = [
    "addcdiv", "addcmul", "allclose", "clamp_max", "clamp_min", "equal", "float_power", "frac", "heaviside",
    "isclose", "ldexp", "lerp", "logaddexp2",
]  # fmt: skip


def float_power(input: Any, exponent: Any) -> Tensor:
    """`pow` in float64."""
    return pow(*(cast(as_tensor(each, dtype=np.float64), np.float64) for each in (input, exponent)))


def logaddexp2(input: Any, other: Any) -> Tensor:
    """log2(2^input + 2^other)."""
    a, b = promoted(input, other, name="logaddexp2", least=dtypes.FLOAT)
    return logaddexp(a * math.log(2), b * math.log(2)) / math.log(2)


def ldexp(input: Tensor, other: Any) -> Tensor:
    """input * 2^other."""
    return mul(input, pow(2.0, other))


def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """input + weight * (end - input)."""
    return input + weight * (end - input)


def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """input + value * tensor1 * tensor2."""
    a, b, c = promoted(input, tensor1, tensor2, name="addcmul")
    return a + times(b * c, value, "addcmul")


def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """input + value * tensor1 / tensor2."""
    return input + tensor1 / tensor2 * value


def heaviside(input: Tensor, values: Any) -> Tensor:
    """0 below 0, 1 above, `values` at 0."""
    x, v = as_tensor(input), as_tensor(values)
    check(
        x.dtype is v.dtype, "heaviside: not implemented for tensors with different dtypes, {} and {}", x.dtype, v.dtype
    )
    return pair("heaviside", lambda m, n: np.heaviside(m, n).astype(m.dtype), x, v)


def isclose(input: Tensor, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Tensor:
    """Where |input - other| <= atol + rtol * |other|."""
    a, b = as_tensor(input), as_tensor(other)
    check(a.dtype is b.dtype, "isclose: {} did not match {}", a.dtype, b.dtype)
    check(rtol >= 0 and atol >= 0, "isclose: rtol and atol must be at least zero, got {} and {}", rtol, atol)
    return pair("isclose", partial(np.isclose, rtol=rtol, atol=atol, equal_nan=equal_nan), a, b)


def allclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether every element `isclose`."""
    return bool(isclose(input, other, rtol, atol, equal_nan).array.all())


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and elements."""
    return bool(np.array_equal(input.array, other.array))


def frac(input: Tensor) -> Tensor:
    """The fraction of each element, with its sign."""
    return input - trunc(input)


def clamp_min(input: Tensor, min: Any) -> Tensor:
    """max(x, min)."""
    return clamp(input, min)


def clamp_max(input: Tensor, max: Any) -> Tensor:
    """min(x, max)."""
    return clamp(input, None, max)
