"""Operations on each element by itself: arithmetic, elementary functions, comparisons, logic.

Each names the function of arrays that computes it and, beside each input, the rule for that
input's gradient.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, overload

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.arithmetic import copy_array, pass_on
from tinygrad_mnist.core.dtypes import refuse_overflow, refuse_wide
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import write_out
from tinygrad_mnist.core.record import record, record_joint
from tinygrad_mnist.core.refusals import refuse_other_types, tensors_only
from tinygrad_mnist.core.state import state
from tinygrad_mnist.core.surface import method
from tinygrad_mnist.core.tensor import Array, Tensor, note_read
from tinygrad_mnist.kernels import elementary, network
from tinygrad_mnist.ops.arguments import (
    Number,
    TensorLike,
    as_tensor,
    cast,
    floating,
    kind_of_elements,
    operands,
    promoted,
    returned,
    supported,
)

__all__ = [
    "abs",
    "absolute",
    "acos",
    "acosh",
    "add",
    "addcdiv",
    "addcmul",
    "allclose",
    "angle",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bitwise_and",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "ceil",
    "clamp",
    "clamp_max",
    "clamp_min",
    "clip",
    "copysign",
    "cos",
    "cosh",
    "deg2rad",
    "div",
    "divide",
    "eq",
    "equal",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "fill",
    "fix",
    "float_power",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "frac",
    "frexp",
    "gcd",
    "ge",
    "greater",
    "greater_equal",
    "gt",
    "heaviside",
    "hypot",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "lcm",
    "ldexp",
    "le",
    "lerp",
    "less",
    "less_equal",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logaddexp2",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "lt",
    "maximum",
    "minimum",
    "mul",
    "multiply",
    "nan_to_num",
    "ne",
    "neg",
    "negative",
    "nextafter",
    "not_equal",
    "positive",
    "pow",
    "rad2deg",
    "reciprocal",
    "relu",
    "remainder",
    "round",
    "rsqrt",
    "rsub",
    "sgn",
    "sigmoid",
    "sign",
    "signbit",
    "sin",
    "sinc",
    "sinh",
    "sqrt",
    "square",
    "sub",
    "subtract",
    "tan",
    "tanh",
    "true_divide",
    "trunc",
    "where",
    "xlogy",
]


# arithmetic ---------------------------------------------------------------------------------------


@overload
def add(
    input: TensorLike, other: TensorLike, *, alpha: Number = 1, out: Tensor | None = None
) -> Tensor: ...
@overload
def add(input: Tensor, alpha: Number, other: Tensor, /, *, out: Tensor | None = None) -> Tensor: ...
@method(
    in_place=True, operators=["__add__"], reflected=["__radd__"], in_place_operators=["__iadd__"]
)
def add(
    input: Any, other: Any, *old_order: Any, alpha: Any = 1, out: Tensor | None = None
) -> Tensor:
    """input + alpha * other, with broadcasting and type promotion.

    Args:
        input: a tensor or a number.
        other: a tensor or a number, of a shape that broadcasts with input's.
        old_order: `add(input, alpha, other)` is what old programs write.
        alpha: a number that other is multiplied by.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        RuntimeError: if the shapes do not broadcast, or alpha is a float and the operands are not.

    Example:
        >>> torch.add(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), alpha=10)
        tensor([31., 42.])
    """
    if old_order:
        input, other, alpha = _factor_last("add", input, other, *old_order)
    a, b = operands(input, other, "add")
    if alpha != 1:
        b = _scaled(b, alpha, "add")
    result = record("add", np.add, (a, pass_on), (b, pass_on))
    return result if out is None else write_out("add", result, out)


@overload
def sub(
    input: TensorLike, other: TensorLike, *, alpha: Number = 1, out: Tensor | None = None
) -> Tensor: ...
@overload
def sub(input: Tensor, alpha: Number, other: Tensor, /, *, out: Tensor | None = None) -> Tensor: ...
@method(
    in_place=True,
    operators=["__sub__"],
    reflected=["__rsub__"],
    in_place_operators=["__isub__"],
    aliases=["subtract"],
)
def sub(
    input: Any, other: Any, *old_order: Any, alpha: Any = 1, out: Tensor | None = None
) -> Tensor:
    """input - alpha * other, with broadcasting and type promotion.

    Args:
        input: a tensor or a number.
        other: a tensor or a number, of a shape that broadcasts with input's.
        old_order: `sub(input, alpha, other)` is what old programs write.
        alpha: a number that other is multiplied by.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        RuntimeError: if the shapes do not broadcast, if alpha is a float and the operands are not,
            or if an operand is bool.

    Example:
        >>> torch.sub(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), alpha=10)
        tensor([-29., -38.])
    """
    if old_order:
        input, other, alpha = _factor_last("sub", input, other, *old_order)
    a, b = operands(input, other, "sub")
    usual = (a is input or input.__class__ in PLAIN_NUMBERS) and (
        b is other or other.__class__ in PLAIN_NUMBERS
    )
    if not usual or a.array.dtype.kind != "f":
        _refuse_bools(input, other)
    if alpha != 1:
        b = _scaled(b, alpha, "sub")
    result = record("sub", np.subtract, (a, pass_on), (b, lambda g: -g))
    return result if out is None else write_out("sub", result, out)


subtract = sub


PLAIN_NUMBERS = (int, float)


def _refuse_bools(a: Any, b: Any) -> None:
    """RuntimeError, as in PyTorch, if an operand of a subtraction is bool."""
    bools = [_is_bool(each) for each in (a, b)]
    message = "sub: Subtraction, the `-` operator, with {} is not supported. {} operator instead."
    advice = "Use the `^` or `logical_xor()`"
    check(not all(bools), message, "two bool tensors", advice)
    advice = "If you are trying to invert a mask, use the `~` or `logical_not()`"
    check(not any(bools), message, "a bool tensor", advice)


def _is_bool(x: Any) -> bool:
    if isinstance(x, Tensor):
        return x.array.dtype.kind == "b"
    return x.__class__ is bool or getattr(x, "dtype", None) == np.bool_


def _factor_last(name: str, *arguments: Any) -> list[Any]:
    """The arguments of `add(x, alpha, y)`, as old programs write it: tensors, then the factor."""
    tensors: list[Any] = [each for each in arguments if isinstance(each, Tensor)]
    factors = [each for each in arguments if not isinstance(each, Tensor)]
    message = "{}: takes {} positional arguments but {} were given"
    count = len(arguments)
    check(len(factors) == 1, message, name, count - 1, count, error=TypeError)
    return tensors + factors


def _scaled(x: Tensor, factor: Any, name: str) -> Tensor:
    """x times a number, in x's dtype."""
    fits = x.array.dtype.kind == "f" or not isinstance(factor, float)
    message = "{}: For integral input tensors, argument alpha must not be a floating point number."
    check(fits, message, name)
    refuse_overflow(factor, x.array.dtype)
    return cast(mul(x, factor), x.dtype)


@method(in_place=True)
def rsub(input: TensorLike, other: TensorLike, *, alpha: Number = 1) -> Tensor:
    """other - alpha * input.

    Args:
        input: a tensor or a number.
        other: a tensor or a number, of a shape that broadcasts with input's.
        alpha: a number that input is multiplied by.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Example:
        >>> torch.rsub(torch.tensor([1.0, 2.0]), 5)
        tensor([4., 3.])
    """
    return sub(other, input, alpha=alpha)


@method(
    in_place=True,
    operators=["__mul__"],
    reflected=["__rmul__"],
    in_place_operators=["__imul__"],
    aliases=["multiply"],
)
def mul(input: TensorLike, other: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """input * other, element by element, with broadcasting and type promotion.

    Args:
        input: a tensor or a number.
        other: a tensor or a number, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        RuntimeError: if the shapes do not broadcast.

    Example:
        >>> torch.mul(torch.tensor([1.0, 2.0]), torch.tensor([[3.0], [4.0]]))
        tensor([[3., 6.],
                [4., 8.]])
    """
    a, b = operands(input, other, "mul")
    result = record("mul", np.multiply, (a, lambda g: g * b), (b, lambda g: g * a))
    return result if out is None else write_out("mul", result, out)


multiply = mul


@method(
    in_place=True,
    operators=["__truediv__"],
    reflected=["__rtruediv__"],
    in_place_operators=["__itruediv__"],
    aliases=["divide", "true_divide"],
)
def div(
    input: TensorLike,
    other: TensorLike,
    *,
    rounding_mode: str | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """input / other, element by element; integers give floats.

    Args:
        input: a tensor or a number.
        other: a tensor or a number, of a shape that broadcasts with input's.
        rounding_mode: "trunc" rounds the quotient towards 0, "floor" down; integers then stay
            integers. Default: no rounding.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        RuntimeError: if the shapes do not broadcast, the rounding mode is another one, or
            integers are divided by 0 with a rounding mode.

    Example:
        >>> torch.div(torch.tensor([7, -7]), 2)
        tensor([ 3.5000, -3.5000])
        >>> torch.div(torch.tensor([7, -7]), 2, rounding_mode="floor")
        tensor([ 3, -4])
    """
    if rounding_mode is not None:
        result = _rounded_quotient(input, other, rounding_mode)
        return result if out is None else write_out("div", result, out)
    a, b = operands(input, other, "div")
    if a.array.dtype.kind != "f":
        a = floating(input)
        b = floating(other)
    result = record("div", np.true_divide, (a, lambda g: g / b), (b, lambda g: -g * (a / b) / b))
    return result if out is None else write_out("div", result, out)


divide = div
true_divide = div


def _rounded_quotient(input: TensorLike, other: TensorLike, rounding_mode: str) -> Tensor:
    known = rounding_mode in ("trunc", "floor")
    message = "div: rounding_mode must be None, 'trunc' or 'floor', got {!r}"
    check(known, message, rounding_mode)
    if rounding_mode == "floor":
        return _floor_divided("div", input, other)
    a, b = operands(input, other, "div")
    supported("div_trunc_cpu", "iuf", a)
    if a.array.dtype.kind == "f":
        return record("div", _truncated_quotient, (a, lambda g: g * 0), (b, lambda g: g * 0))
    return record("div", _quotient_of_integers, (a, None), (b, None))


def _truncated_quotient(a: Array, b: Array) -> Array:
    return np.trunc(np.true_divide(a, b))


def _quotient_of_integers(a: Array, b: Array) -> Array:
    """The quotient rounded towards 0."""
    _refuse_zeros(b)
    return (a - np.fmod(a, b)) // b


def _refuse_zeros(divisor: Array) -> None:
    """RuntimeError where an integer would be divided by 0."""
    check(divisor.dtype.kind == "f" or divisor.all(), "ZeroDivisionError")


@method(in_place=True, operators=["__neg__"], aliases=["negative"])
def neg(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """-input.

    Args:
        input: of any shape; no bools.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Raises:
        RuntimeError: of a bool tensor.

    Example:
        >>> torch.neg(torch.tensor([1.0, -2.0]))
        tensor([-1.,  2.])
    """
    try:
        is_bool = input.array.dtype.kind == "b"
    except AttributeError:
        refuse_other_types("neg", input)
        raise
    if is_bool:
        raise RuntimeError("neg: Negation, the `-` operator, on a bool tensor is not supported")
    result = record("neg", np.negative, (input, lambda g: -g))
    return result if out is None else write_out("neg", result, out)


negative = neg


@method(
    in_place=True, operators=["__pow__"], reflected=["__rpow__"], in_place_operators=["__ipow__"]
)
def pow(input: TensorLike, exponent: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """input to the power of exponent, element by element.

    The gradient by the exponent is 0 where input and exponent are 0, as in PyTorch.

    Args:
        input: a tensor or a number.
        exponent: a tensor or a number, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        NotImplementedError: of bool tensors.
        RuntimeError: if the shapes do not broadcast, or of an integer tensor by a negative number.

    Example:
        >>> torch.pow(torch.tensor([1.0, 2.0, 3.0]), 2)
        tensor([1., 4., 9.])
    """
    a, b = operands(input, exponent, "pow")
    if a.array.dtype.kind != "f":
        result = _power_of_integers(a, b, exponent)
    elif exponent.__class__ is int or exponent.__class__ is float:
        result = _power_by_number(a, b, exponent)
    else:
        result = _power(a, b)
    return result if out is None else write_out("pow", result, out)


def _power_by_number(a: Tensor, b: Tensor, exponent: Any) -> Tensor:
    """`pow` of floats by a Python number, which b holds."""
    if exponent == 2:
        return record("pow", np.square, (a, lambda g: g * (a * 2)))
    if exponent == 0:
        return record("pow", np.power, (a, lambda g: g * 0), (b, None))
    if exponent < 0:  # y / a overflows no sooner than the slope does; a ** (exponent - 1) may
        by_quotient = (a, lambda g, y: g * (y * exponent / a))
        return record("pow", np.power, by_quotient, (b, None), output=True)
    return record("pow", np.power, (a, lambda g: g * (a ** (exponent - 1) * exponent)), (b, None))


def _power(a: Tensor, b: Tensor) -> Tensor:
    """`pow` of floats by floats."""

    def by_base(g: Tensor, y: Tensor) -> Tensor:
        below = b < 0
        quotient = y * b / where(below, a, 1.0)  # overflows no sooner than the slope does
        above = where(b > 0, b * a ** where(b > 0, b - 1, 0.0), b * 0)
        return g * where(below, quotient, above)

    def by_exponent(g: Tensor, y: Tensor) -> Tensor:
        zero = (a == 0) & (b >= 0)
        return g * where(zero, 0.0, y * log(where(zero, 1.0, a)))

    return record("pow", np.power, (a, by_base), (b, by_exponent), output=True)


def _power_of_integers(a: Tensor, b: Tensor, exponent: Any) -> Tensor:
    supported("pow", "iu", a)
    allowed = isinstance(exponent, Tensor | np.ndarray) or exponent >= 0
    check(allowed, "pow: Integers to negative integer powers are not allowed.")
    refuse_overflow(exponent, a.array.dtype)
    return record("pow", _integer_power, (a, None), (b, None))


def _integer_power(a: Array, b: Array) -> Array:
    """Powers of integers; a negative exponent gives a fraction, rounded to 0."""
    negative = b < 0
    if not negative.any():
        return np.power(a, b)
    odd = np.where(negative, b % 2, b)
    return np.power(a, odd) * (~negative | (np.abs(a) == 1))


@method(
    in_place=True,
    operators=["__floordiv__"],
    reflected=["__rfloordiv__"],
    in_place_operators=["__ifloordiv__"],
)
def floor_divide(input: TensorLike, other: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """The quotient rounded down; floats stay floats. Its gradient is 0.

    Args:
        input: a tensor or a number.
        other: a tensor or a number, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        RuntimeError: if the shapes do not broadcast, or integers are divided by 0.

    Example:
        >>> torch.floor_divide(torch.tensor([7, -7]), 2)
        tensor([ 3, -4])
    """
    result = _floor_divided("floor_divide", input, other)
    return result if out is None else write_out("floor_divide", result, out)


def _floor_divided(name: str, input: TensorLike, other: TensorLike) -> Tensor:
    a, b = operands(input, other, name)
    supported("div_floor_cpu", "iuf", a)
    return record("floor_divide", _floor_quotient, (a, lambda g: g * 0), (b, lambda g: g * 0))


def _floor_quotient(a: Array, b: Array) -> Array:
    _refuse_zeros(b)
    out = np.floor_divide(a, b)
    if a.dtype.kind != "f":
        return out
    return np.where(b == 0, a / b, out)


@method(
    in_place=True, operators=["__mod__"], reflected=["__rmod__"], in_place_operators=["__imod__"]
)
def remainder(input: TensorLike, other: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """Python's %: the remainder of division, with the sign of other.

    Args:
        input: a tensor or a number.
        other: a tensor or a number, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        RuntimeError: if the shapes do not broadcast, or integers are divided by 0.

    Example:
        >>> torch.remainder(torch.tensor([7, -7]), 3)
        tensor([1, 2])
    """
    a, b = operands(input, other, "remainder")
    supported("remainder_cpu", "iuf", a)
    result = record("remainder", _remainder, (a, pass_on), (b, lambda g: -g * floor_divide(a, b)))
    return result if out is None else write_out("remainder", result, out)


def _remainder(a: Array, b: Array) -> Array:
    _refuse_zeros(b)
    return np.remainder(a, b)


@method(in_place=True)
def fmod(input: TensorLike, other: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """C's fmod: the remainder of division, with the sign of input.

    Args:
        input: a tensor or a number.
        other: a tensor or a number, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        RuntimeError: if the shapes do not broadcast, or integers are divided by 0.

    Example:
        >>> torch.fmod(torch.tensor([7, -7]), 3)
        tensor([ 1, -1])
    """
    a, b = operands(input, other, "fmod")
    supported("fmod_cpu", "iuf", a)
    result = record("fmod", _fmod, (a, pass_on), (b, lambda g: -g * trunc(a / b)))
    return result if out is None else write_out("fmod", result, out)


def _fmod(a: Array, b: Array) -> Array:
    _refuse_zeros(b)
    return np.fmod(a, b)


@overload
def addcmul(
    input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1, out: Tensor | None = None
) -> Tensor: ...
@overload
def addcmul(
    input: Tensor, value: Number, tensor1: Tensor, tensor2: Tensor, /, *, out: Tensor | None = None
) -> Tensor: ...
@method(in_place=True)
@tensors_only
def addcmul(
    input: Any,
    tensor1: Any,
    tensor2: Any,
    *old_order: Any,
    value: Any = 1,
    out: Tensor | None = None,
) -> Tensor:
    """input + value * tensor1 * tensor2, element by element.

    Args:
        input: a tensor of any shape.
        tensor1: of a shape that broadcasts with the others.
        tensor2: of a shape that broadcasts with the others.
        old_order: `addcmul(input, value, tensor1, tensor2)` is what old programs write.
        value: a number.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        RuntimeError: if the shapes do not broadcast, or value is a float and the tensors are not.

    Example:
        >>> a, b, c = torch.ones(2), torch.tensor([1.0, 2.0]), torch.tensor([4.0, 8.0])
        >>> torch.addcmul(a, b, c, value=10)
        tensor([ 41., 161.])
    """
    if old_order:
        input, tensor1, tensor2, value = _factor_last(
            "addcmul", input, tensor1, tensor2, *old_order
        )
    a, b, c = promoted(input, tensor1, tensor2, name="addcmul")
    supported("addcmul_cpu_out", "iuf", a)
    if a.array.dtype.kind != "f":
        refuse_overflow(value, a.array.dtype)
        value = int(value)
    result = a + _scaled(b * c, value, "addcmul")
    return result if out is None else write_out("addcmul", result, out)


OF_INTEGERS = (
    "addcdiv: Integer division with addcdiv is no longer supported: "
    "cast one of tensor1 and tensor2 to floating point first"
)


@overload
def addcdiv(
    input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1, out: Tensor | None = None
) -> Tensor: ...
@overload
def addcdiv(
    input: Tensor, value: Number, tensor1: Tensor, tensor2: Tensor, /, *, out: Tensor | None = None
) -> Tensor: ...
@method(in_place=True)
@tensors_only
def addcdiv(
    input: Any,
    tensor1: Any,
    tensor2: Any,
    *old_order: Any,
    value: Any = 1,
    out: Tensor | None = None,
) -> Tensor:
    """input + value * tensor1 / tensor2, element by element.

    Args:
        input: a tensor of any shape.
        tensor1: of a shape that broadcasts with the others.
        tensor2: of a shape that broadcasts with the others.
        old_order: `addcdiv(input, value, tensor1, tensor2)` is what old programs write.
        value: a number.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        RuntimeError: if the shapes do not broadcast.

    Example:
        >>> a, b, c = torch.ones(2), torch.tensor([1.0, 2.0]), torch.tensor([4.0, 8.0])
        >>> torch.addcdiv(a, b, c, value=10)
        tensor([3.5000, 3.5000])
    """
    if old_order:
        input, tensor1, tensor2, value = _factor_last(
            "addcdiv", input, tensor1, tensor2, *old_order
        )
    check(tensor1.array.dtype.kind == "f" or tensor2.array.dtype.kind == "f", OF_INTEGERS)
    refuse_overflow(value, input.array.dtype)
    result = input + tensor1 / tensor2 * value
    return result if out is None else write_out("addcdiv", result, out)


@method(in_place=True)
def lerp(
    input: Tensor, end: Tensor, weight: Tensor | Number, *, out: Tensor | None = None
) -> Tensor:
    """input + weight * (end - input): the line from input to end.

    From a weight of a half on it is counted from the end, so that it ends there.

    Args:
        input: where weight is 0.
        end: where weight is 1, of a shape that broadcasts with input's.
        weight: a number, or a tensor of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape.

    Example:
        >>> torch.lerp(torch.tensor([0.0, 1.0]), torch.tensor([10.0, 11.0]), 0.5)
        tensor([5., 6.])
    """
    _refuse_mixed(input, end, weight)
    across = end - input
    if not isinstance(weight, Tensor):
        near = input + weight * across if -0.5 < weight < 0.5 else end - across * (1 - weight)
        return near if out is None else write_out("lerp", near, out)
    from_input = (weight > -0.5) & (weight < 0.5)
    result = where(from_input, input + weight * across, end - across * (1 - weight))
    return result if out is None else write_out("lerp", result, out)


C_TYPES = {  # as PyTorch's errors about mixed dtypes name them
    "bool": "bool",
    "uint8": "unsigned char",
    "int8": "signed char",
    "int16": "short int",
    "int32": "int",
    "int64": "long int",
    "float16": "c10::Half",
    "float32": "float",
    "float64": "double",
}


def _refuse_mixed(input: Tensor, end: Tensor, weight: Tensor | Number) -> None:
    """What `lerp` refuses: operands of several dtypes, and integers."""
    refuse_other_types("lerp", input, end)
    if not isinstance(weight, int | float | np.generic):
        refuse_other_types("lerp", weight)
    wanted = input.array.dtype
    message = "expected dtype {} for `{}` but got dtype {}"
    for each, name in ((end, "end"), (weight, "weight")):
        if isinstance(each, Tensor) and each.array.dtype != wanted:
            found = C_TYPES[each.array.dtype.name]
            raise RuntimeError(message.format(C_TYPES[wanted.name], name, found))
    kernel = "tensor" if isinstance(weight, Tensor) else "scalar"
    supported(f"lerp_kernel_{kernel}", "f", input)


# exponentials and logarithms ----------------------------------------------------------------------


@method(in_place=True)
def exp(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """e to the power of each element.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.exp(torch.tensor([0.5, 1.0, 2.0]))
        tensor([1.6487, 2.7183, 7.3891])
    """
    x = floating(input)
    result = record("exp", np.exp, (x, lambda g, y: g * y), output=True)
    return result if out is None else write_out("exp", result, out)


@method(in_place=True)
def exp2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """2 to the power of each element.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.exp2(torch.tensor([0.5, 1.0, 2.0]))
        tensor([1.4142, 2.0000, 4.0000])
    """
    x = floating(input)
    result = record("exp2", np.exp2, (x, lambda g, y: g * (y * math.log(2))), output=True)
    return result if out is None else write_out("exp2", result, out)


@method(in_place=True)
def expm1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """exp(x) - 1, exact near 0.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.expm1(torch.tensor([0.5, 1.0, 2.0]))
        tensor([0.6487, 1.7183, 6.3891])
    """
    x = floating(input)
    result = record("expm1", np.expm1, (x, lambda g: g * exp(x)))
    return result if out is None else write_out("expm1", result, out)


@method(in_place=True)
def log(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The natural logarithm of each element.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.log(torch.tensor([0.5, 1.0, 2.0]))
        tensor([-0.6931,  0.0000,  0.6931])
    """
    x = floating(input)
    result = record("log", np.log, (x, lambda g: g / x))
    return result if out is None else write_out("log", result, out)


@method(in_place=True)
def log2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm to base 2 of each element.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.log2(torch.tensor([0.5, 1.0, 2.0]))
        tensor([-1.,  0.,  1.])
    """
    x = floating(input)
    result = record("log2", np.log2, (x, lambda g: g / (x * math.log(2))))
    return result if out is None else write_out("log2", result, out)


@method(in_place=True)
def log10(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm to base 10 of each element.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.log10(torch.tensor([0.5, 1.0, 2.0]))
        tensor([-0.3010,  0.0000,  0.3010])
    """
    x = floating(input)
    result = record("log10", np.log10, (x, lambda g: g / (x * math.log(10))))
    return result if out is None else write_out("log10", result, out)


@method(in_place=True)
def log1p(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """log(1 + x), exact near 0.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.log1p(torch.tensor([0.5, 1.0, 2.0]))
        tensor([0.4055, 0.6931, 1.0986])
    """
    x = floating(input)
    result = record("log1p", np.log1p, (x, lambda g: g / (x + 1)))
    return result if out is None else write_out("log1p", result, out)


@method
def logaddexp(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """log(exp(input) + exp(other)), without overflow on the way.

    Args:
        input: a tensor; integers become floats first.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Example:
        >>> torch.logaddexp(torch.tensor([-1.0, 1000.0]), torch.tensor([-1.0, 1000.0]))
        tensor([-3.0685e-01,  1.0007e+03])
    """
    a, b = promoted(input, other, name="logaddexp")
    supported("logaddexp_cpu", "f", a)

    def by_input(g: Tensor) -> Tensor:
        return g * sigmoid(a - b)

    def by_other(g: Tensor) -> Tensor:
        return g * sigmoid(b - a)

    result = record("logaddexp", np.logaddexp, (a, by_input), (b, by_other))
    return result if out is None else write_out("logaddexp", result, out)


@method
def logaddexp2(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """log2(2^input + 2^other), without overflow on the way.

    Args:
        input: a tensor; integers become floats first.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Example:
        >>> torch.logaddexp2(torch.tensor([-1.0, 1000.0]), torch.tensor([-1.0, 1000.0]))
        tensor([   0., 1001.])
    """
    a, b = promoted(input, other, name="logaddexp2")
    supported("logaddexp2_cpu", "f", a)

    def by_input(g: Tensor) -> Tensor:
        return g * _sigmoid_base_2(a - b)

    def by_other(g: Tensor) -> Tensor:
        return g * _sigmoid_base_2(b - a)

    result = record("logaddexp2", np.logaddexp2, (a, by_input), (b, by_other))
    return result if out is None else write_out("logaddexp2", result, out)


def _sigmoid_base_2(x: Tensor) -> Tensor:
    """1 / (1 + 2^-x)."""

    def rule(g: Tensor, y: Tensor) -> Tensor:
        return g * (y * _sigmoid_base_2(-x) * math.log(2))

    return record("sigmoid_base_2", elementary.sigmoid_base_2, (x, rule), output=True)


@method(in_place=True)
def xlogy(input: TensorLike, other: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """input * log(other), and 0 where input is 0.

    Args:
        input: a tensor or a number; integers become floats first.
        other: a tensor or a number, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Example:
        >>> torch.xlogy(torch.tensor([0.0, 2.0]), torch.tensor([0.0, 3.0]))
        tensor([0.0000, 2.1972])
    """
    a, b = promoted(input, other, name="xlogy", least=dtypes.FLOAT)
    idle = (a == 0) & ((b <= 0) | isinf(b))
    result = where(idle, 0.0, a * log(where(idle, 1.0, b)))
    return result if out is None else write_out("xlogy", result, out)


# powers and roots ---------------------------------------------------------------------------------


@method(in_place=True)
def square(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """x * x, of each element x.

    Args:
        input: of any shape.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.square(torch.tensor([0.5, 1.0, 2.0]))
        tensor([0.2500, 1.0000, 4.0000])
    """
    result = pow(input, 2)
    return result if out is None else write_out("square", result, out)


@method(in_place=True)
def sqrt(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The square root of each element; NaN of negative ones.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.sqrt(torch.tensor([0.5, 1.0, 2.0]))
        tensor([0.7071, 1.0000, 1.4142])
    """
    x = floating(input)
    result = record("sqrt", np.sqrt, (x, lambda g, y: g / (y * 2)), output=True)
    return result if out is None else write_out("sqrt", result, out)


@method(in_place=True)
def rsqrt(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / sqrt(x), of each element x.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.rsqrt(torch.tensor([0.5, 1.0, 2.0]))
        tensor([1.4142, 1.0000, 0.7071])
    """
    x = floating(input)
    result = record(
        "rsqrt", _reciprocal_root, (x, lambda g, y: g * (y * -0.5 * (y * y))), output=True
    )
    return result if out is None else write_out("rsqrt", result, out)


def _reciprocal_root(x: Array) -> Array:
    return 1 / np.sqrt(x)


@method(in_place=True)
def reciprocal(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / x, of each element x.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.reciprocal(torch.tensor([0.5, 1.0, 2.0]))
        tensor([2.0000, 1.0000, 0.5000])
    """
    x = floating(input)
    result = record("reciprocal", np.reciprocal, (x, lambda g, y: -g * (y * y)), output=True)
    return result if out is None else write_out("reciprocal", result, out)


@method(in_place=True)
def float_power(input: TensorLike, exponent: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """`pow` in float64.

    Args:
        input: a tensor or a number.
        exponent: a tensor or a number, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A float64 tensor of the broadcast shape.

    Example:
        >>> torch.float_power(torch.tensor([1, 2, 3]), -1)
        tensor([1.0000, 0.5000, 0.3333], dtype=torch.float64)
    """
    a = cast(as_tensor(input, dtype=np.float64), np.float64)
    b = cast(as_tensor(exponent, dtype=np.float64), np.float64)
    result = pow(a, b)
    return result if out is None else write_out("float_power", result, out)


@method(in_place=True)
def ldexp(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """input * 2^other.

    Args:
        input: a tensor.
        other: the exponents, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Example:
        >>> torch.ldexp(torch.tensor([1.0, 1.5]), torch.tensor([1, 4]))
        tensor([ 2., 24.])
    """
    result = mul(input, pow(2.0, other))
    return result if out is None else write_out("ldexp", result, out)


@method(in_place=True)
def hypot(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """sqrt(input^2 + other^2), without overflow on the way.

    Args:
        input: a floating-point tensor.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        NotImplementedError: of integers.

    Example:
        >>> torch.hypot(torch.tensor([3.0]), torch.tensor([4.0]))
        tensor([5.])
    """
    a, b = promoted(input, other, name="hypot")
    supported("hypot_cpu", "f", a)

    def by_input(g: Tensor, y: Tensor) -> Tensor:
        return g * (a / y)

    def by_other(g: Tensor, y: Tensor) -> Tensor:
        return g * (b / y)

    result = record("hypot", np.hypot, (a, by_input), (b, by_other), output=True)
    return result if out is None else write_out("hypot", result, out)


_Parts = returned("frexp", "mantissa", "exponent")


@method
@tensors_only
def frexp(input: Tensor, *, out: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
    """Each element as mantissa * 2^exponent.

    Args:
        input: a floating-point tensor of any shape.
        out: the two tensors to write the results to.

    Returns:
        A named tuple of tensors of input's shape: `mantissa`, of magnitudes in [0.5, 1) or 0,
        and `exponent`, int32.

    Raises:
        RuntimeError: of integers.

    Example:
        >>> torch.frexp(torch.tensor([3.0, -0.25]))
        torch.return_types.frexp(
        mantissa=tensor([ 0.7500, -0.5000]),
        exponent=tensor([ 2, -1], dtype=torch.int32))
    """
    is_float = input.array.dtype.kind == "f"
    check(is_float, "frexp() only supports floating-point dtypes, got {}", input.dtype)
    mantissa, exponent = record_joint("frexp", np.frexp, [input], _frexp_rule, output=True)
    if out is not None:
        write_out("frexp", mantissa, out[0])
        write_out("frexp", exponent, out[1])
        return out
    parts: tuple[Tensor, Tensor] = _Parts(mantissa, exponent)
    return parts


def _frexp_rule(gradients: tuple[Tensor, None], results: tuple[Tensor, Tensor]) -> tuple[Tensor]:
    return (gradients[0] * pow(2.0, -results[1]),)


# angles and hyperbolic functions ------------------------------------------------------------------


@method(in_place=True)
def sin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sine of each angle, in radians.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.sin(torch.tensor([-0.5, 0.0, 0.5]))
        tensor([-0.4794,  0.0000,  0.4794])
    """
    x = floating(input)
    result = record("sin", np.sin, (x, lambda g: g * cos(x)))
    return result if out is None else write_out("sin", result, out)


@method(in_place=True)
def cos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The cosine of each angle, in radians.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.cos(torch.tensor([-0.5, 0.0, 0.5]))
        tensor([0.8776, 1.0000, 0.8776])
    """
    x = floating(input)
    result = record("cos", np.cos, (x, lambda g: -g * sin(x)))
    return result if out is None else write_out("cos", result, out)


@method(in_place=True)
def tan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The tangent of each angle, in radians.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.tan(torch.tensor([-0.5, 0.0, 0.5]))
        tensor([-0.5463,  0.0000,  0.5463])
    """
    x = floating(input)
    result = record("tan", np.tan, (x, lambda g, y: g * (y * y + 1)), output=True)
    return result if out is None else write_out("tan", result, out)


@method(in_place=True, aliases=["arcsin"])
def asin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse sine, in radians; NaN outside of [-1, 1].

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.asin(torch.tensor([-0.5, 0.0, 0.5]))
        tensor([-0.5236,  0.0000,  0.5236])
    """
    x = floating(input)
    result = record("asin", np.arcsin, (x, lambda g: g * rsqrt((1 - x) * (1 + x))))
    return result if out is None else write_out("asin", result, out)


arcsin = asin


@method(in_place=True, aliases=["arccos"])
def acos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse cosine, in radians; NaN outside of [-1, 1].

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.acos(torch.tensor([-0.5, 0.0, 0.5]))
        tensor([2.0944, 1.5708, 1.0472])
    """
    x = floating(input)
    result = record("acos", np.arccos, (x, lambda g: -g * rsqrt((1 - x) * (1 + x))))
    return result if out is None else write_out("acos", result, out)


arccos = acos


@method(in_place=True, aliases=["arctan"])
def atan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse tangent, in radians.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.atan(torch.tensor([-0.5, 0.0, 0.5]))
        tensor([-0.4636,  0.0000,  0.4636])
    """
    x = floating(input)
    result = record("atan", np.arctan, (x, _atan_rule(x)))
    return result if out is None else write_out("atan", result, out)


arctan = atan


def _atan_rule(x: Tensor) -> Callable[[Tensor], Tensor]:
    """g / (1 + x^2), where x^2 may overflow."""

    def rule(g: Tensor) -> Tensor:
        root = _root_of_square_plus_1(x)
        return g / root / root

    return rule


def _root_of_square_plus_1(x: Tensor) -> Tensor:
    """sqrt(1 + x^2), where x^2 may overflow."""
    return hypot(x, as_tensor(1.0, dtype=x.array.dtype))


@method(in_place=True, aliases=["arctan2"])
def atan2(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle of the point (other, input), in radians in [-pi, pi].

    Its gradient at (0, 0) is 0.

    Args:
        input: the ordinates, y; integers become floats first.
        other: the abscissae, x, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Example:
        >>> torch.atan2(torch.tensor([1.0, -1.0]), torch.tensor([-1.0, 0.0]))
        tensor([ 2.3562, -1.5708])
    """
    a, b = promoted(input, other, name="atan2", least=dtypes.FLOAT)

    def by_input(g: Tensor) -> Tensor:
        return g * _over_square(b, a)

    def by_other(g: Tensor) -> Tensor:
        return -g * _over_square(a, b)

    result = record("atan2", np.arctan2, (a, by_input), (b, by_other))
    return result if out is None else write_out("atan2", result, out)


arctan2 = atan2


def _over_square(a: Tensor, b: Tensor) -> Tensor:
    """a / (a^2 + b^2), and 0 where both are 0."""
    safe = where((a == 0) & (b == 0), 1.0, b)
    length = hypot(a, safe)
    return a / length / length


@method(in_place=True)
def sinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The hyperbolic sine of each element.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.sinh(torch.tensor([-0.5, 0.0, 0.5]))
        tensor([-0.5211,  0.0000,  0.5211])
    """
    x = floating(input)
    result = record("sinh", np.sinh, (x, lambda g: g * cosh(x)))
    return result if out is None else write_out("sinh", result, out)


@method(in_place=True)
def cosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The hyperbolic cosine of each element.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.cosh(torch.tensor([-0.5, 0.0, 0.5]))
        tensor([1.1276, 1.0000, 1.1276])
    """
    x = floating(input)
    result = record("cosh", np.cosh, (x, lambda g: g * sinh(x)))
    return result if out is None else write_out("cosh", result, out)


@method(in_place=True)
def tanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The hyperbolic tangent of each element.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.tanh(torch.tensor([-0.5, 0.0, 0.5]))
        tensor([-0.4621,  0.0000,  0.4621])
    """
    x = floating(input)
    if state.recording and x.requires_grad:
        function = elementary.tanh_with_slope
        result = record_joint("tanh", function, [x], _tanh_rule, output=True)[0]
    else:
        result = record("tanh", np.tanh, (x, None))
    return result if out is None else write_out("tanh", result, out)


Gradients = tuple[Tensor | None, Tensor | None]


def _tanh_rule(gradients: Gradients, results: tuple[Tensor, Tensor]) -> tuple[Tensor]:
    """Of tanh and its slope, whose own derivative is the slope times -2 tanh."""
    y, slope = results
    by_value, by_slope = gradients
    factor = by_value
    if by_slope is not None:
        second = by_slope * (y * -2)
        factor = second if by_value is None else by_value + second
    assert factor is not None
    return (factor * slope,)


@method(in_place=True, aliases=["arcsinh"])
def asinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic sine.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.asinh(torch.tensor([-0.5, 0.0, 0.5]))
        tensor([-0.4812,  0.0000,  0.4812])
    """
    x = floating(input)
    result = record("asinh", np.arcsinh, (x, lambda g: g / _root_of_square_plus_1(x)))
    return result if out is None else write_out("asinh", result, out)


arcsinh = asinh


@method(in_place=True, aliases=["arccosh"])
def acosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic cosine; NaN below 1.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.acosh(torch.tensor([1.0, 2.0]))
        tensor([0.0000, 1.3170])
    """
    x = floating(input)
    result = record("acosh", np.arccosh, (x, lambda g: g / (sqrt(x - 1) * sqrt(x + 1))))
    return result if out is None else write_out("acosh", result, out)


arccosh = acosh


@method(in_place=True, aliases=["arctanh"])
def atanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse hyperbolic tangent; NaN outside of [-1, 1].

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.atanh(torch.tensor([-0.5, 0.0, 0.5]))
        tensor([-0.5493,  0.0000,  0.5493])
    """
    x = floating(input)
    result = record("atanh", np.arctanh, (x, lambda g: g / ((1 - x) * (1 + x))))
    return result if out is None else write_out("atanh", result, out)


arctanh = atanh


@method(in_place=True)
def deg2rad(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Degrees to radians.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.deg2rad(torch.tensor([90.0, 180.0]))
        tensor([1.5708, 3.1416])
    """
    x = floating(input)
    result = record("deg2rad", np.deg2rad, (x, lambda g: g * (math.pi / 180)))
    return result if out is None else write_out("deg2rad", result, out)


@method(in_place=True)
def rad2deg(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Radians to degrees.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.rad2deg(torch.tensor([1.0, 2.0]))
        tensor([ 57.2958, 114.5916])
    """
    x = floating(input)
    result = record("rad2deg", np.rad2deg, (x, lambda g: g * (180 / math.pi)))
    return result if out is None else write_out("rad2deg", result, out)


@method(in_place=True)
def sinc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """sin(pi x) / (pi x), and 1 where x is 0.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.sinc(torch.tensor([-0.5, 0.0, 0.5]))
        tensor([0.6366, 1.0000, 0.6366])
    """
    x = floating(input)
    result = record("sinc", elementary.sinc, (x, lambda g: g * _sinc_slope(x)))
    return result if out is None else write_out("sinc", result, out)


def _sinc_slope(x: Tensor) -> Tensor:
    """Its derivative."""

    def rule(g: Tensor) -> Tensor:
        at_0 = x == 0
        quotient = _sinc_slope(x) / where(at_0, 1.0, x)
        quotient = where(at_0, -(math.pi**2) / 3, quotient)  # its limit
        return g * (sinc(x) * -(math.pi**2) - quotient * 2)

    return record("sinc_slope", elementary.sinc_slope, (x, rule))


# sigmoids and the error function ------------------------------------------------------------------


@method(in_place=True)
def sigmoid(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / (1 + exp(-x)), the logistic function, of each element x.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.sigmoid(torch.tensor([-0.5, 0.0, 0.5]))
        tensor([0.3775, 0.5000, 0.6225])
    """
    x = floating(input)
    if state.recording and x.requires_grad:
        result = record_joint(
            "sigmoid", elementary.sigmoid_with_slope, [x], _sigmoid_rule, output=True
        )[0]
    else:
        result = record("sigmoid", elementary.sigmoid, (x, None))
    return result if out is None else write_out("sigmoid", result, out)


def _sigmoid_rule(gradients: Gradients, results: tuple[Tensor, Tensor]) -> tuple[Tensor]:
    """Of the sigmoid s and its slope, whose own derivative is the slope times 1 - 2 s."""
    y, slope = results
    by_value, by_slope = gradients
    factor = by_value
    if by_slope is not None:
        second = by_slope * (1 - y * 2)
        factor = second if by_value is None else by_value + second
    assert factor is not None
    return (factor * slope,)


@tensors_only
def log_sigmoid(input: Tensor) -> Tensor:
    """log(sigmoid(x)), without underflow: what `nn.functional.logsigmoid` is."""
    x = floating(input)
    return record("log_sigmoid", _log_sigmoid, (x, lambda g: g * sigmoid(-x)))


def _log_sigmoid(x: Array) -> Array:
    return -_softplus(-x)


@tensors_only
def softplus(input: Tensor) -> Tensor:
    """log(1 + exp(x)), without overflow: the core of `nn.functional.softplus`."""
    x = floating(input)
    return record("softplus", _softplus, (x, lambda g: g * sigmoid(x)))


def _softplus(x: Array) -> Array:
    return np.logaddexp(x, x.dtype.type(0))


TWO_OVER_ROOT_PI = 2 / math.sqrt(math.pi)


def gaussian(x: Tensor, scale: float = 1.0) -> Tensor:
    """exp(-scale x^2), for a scale of 1 or 1/2: the slope of erf, and of ndtr, but for a factor."""

    def rule(g: Tensor, y: Tensor) -> Tensor:
        return g * (y * (x * (-2 * scale)))

    return record("gaussian", elementary.gaussian, (x, rule), output=True, scale=scale)


def scipy_special(*arrays: Any, called: str) -> Array:
    """SciPy's special function of that name, imported when first needed; float16 stays float16."""
    found = getattr(elementary.special_functions(), called)(*arrays)
    return np.asarray(found).astype(arrays[-1].dtype)


@method(in_place=True)
def erf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Gauss error function of each element.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.erf(torch.tensor([-0.5, 0.0, 0.5]))
        tensor([-0.5205,  0.0000,  0.5205])
    """
    x = floating(input)
    result = record("erf", elementary.erf, (x, lambda g: g * (gaussian(x) * TWO_OVER_ROOT_PI)))
    return result if out is None else write_out("erf", result, out)


@method(in_place=True)
def erfc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 - erf(x), exact where it is small.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.erfc(torch.tensor([-0.5, 0.0, 0.5]))
        tensor([1.5205, 1.0000, 0.4795])
    """
    x = floating(input)
    result = record("erfc", elementary.erfc, (x, lambda g: g * (gaussian(x) * -TWO_OVER_ROOT_PI)))
    return result if out is None else write_out("erfc", result, out)


# rounding, signs and magnitudes -------------------------------------------------------------------


@method(in_place=True)
def floor(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The largest integer not above each element. Its gradient is 0.

    Args:
        input: of any shape; integers pass unchanged.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.floor(torch.tensor([-1.5, 0.5, 1.7]))
        tensor([-2.,  0.,  1.])
    """
    result = _step("floor", np.floor, input)
    return result if out is None else write_out("floor", result, out)


@method(in_place=True)
def ceil(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smallest integer not below each element. Its gradient is 0.

    Args:
        input: of any shape; integers pass unchanged.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.ceil(torch.tensor([-1.5, 0.5, 1.7]))
        tensor([-1.,  1.,  2.])
    """
    result = _step("ceil", np.ceil, input)
    return result if out is None else write_out("ceil", result, out)


@method(in_place=True, aliases=["fix"])
def trunc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Each element without its fraction. Its gradient is 0.

    Args:
        input: of any shape; integers pass unchanged.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.trunc(torch.tensor([-1.5, 0.5, 1.7]))
        tensor([-1.,  0.,  1.])
    """
    result = _step("trunc", np.trunc, input)
    return result if out is None else write_out("trunc", result, out)


fix = trunc


def _step(name: str, function: Callable[[Array], Array], input: TensorLike) -> Tensor:
    """A function whose gradient is 0 wherever it has one; integers are copied."""
    x = as_tensor(input)
    supported(f"{name}_vml_cpu", "iuf", x)
    if x.array.dtype.kind != "f":
        return record(name, copy_array, (x, None))
    return record(name, function, (x, lambda g: g * 0))


@method(in_place=True)
def frac(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The fraction of each element, with its sign.

    Args:
        input: of any shape.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.frac(torch.tensor([-1.5, 0.5, 1.7]))
        tensor([-0.5000,  0.5000,  0.7000])
    """
    supported("frac_cpu", "f", input)
    result = input - trunc(input)
    return result if out is None else write_out("frac", result, out)


@method(in_place=True)
@tensors_only
def round(input: Tensor, *, decimals: int = 0, out: Tensor | None = None) -> Tensor:
    """Each element rounded, halves to the even neighbour. Its gradient is 0.

    Args:
        input: of any shape; integers pass unchanged.
        decimals: digits to keep after the point; negative ones round before it.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.round(torch.tensor([0.5, 1.5, 2.4]))
        tensor([0., 2., 2.])
    """
    supported("round_vml_cpu", "iuf", input)
    if input.array.dtype.kind != "f":
        result = record("round", copy_array, (input, None))
    else:
        result = record("round", np.round, (input, lambda g: g * 0), decimals=decimals)
    return result if out is None else write_out("round", result, out)


@method(in_place=True, aliases=["sgn"])
def sign(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """-1, 0 or 1 for each element. Its gradient is 0.

    Args:
        input: of any shape; bools pass unchanged.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.sign(torch.tensor([-1.5, 0.5, 1.7]))
        tensor([-1.,  1.,  1.])
    """
    x = as_tensor(input)
    function: Callable[[Array], Array] = copy_array if x.array.dtype.kind == "b" else np.sign
    result = record("sign", function, (x, lambda g: g * 0))
    return result if out is None else write_out("sign", result, out)


sgn = sign


@method
def angle(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle of each element in the complex plane: 0, or pi of a negative one.

    Its gradient is 0.

    Args:
        input: of any shape.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape, NaN where the input is; of integers and bools in the default
        dtype.

    Example:
        >>> torch.angle(torch.tensor([-2.0, 0.0, 3.0]))
        tensor([3.1416, 0.0000, 0.0000])
    """
    result = record("angle", _angle_of_real, (floating(input), lambda g: g * 0))
    return result if out is None else write_out("angle", result, out)


def _angle_of_real(x: Array) -> Array:
    """pi below 0, 0 from -0.0 on, NaN of NaN."""
    angles = np.where(x < 0, x.dtype.type(math.pi), x.dtype.type(0))
    return np.where(np.isnan(x), x, angles)


@method(in_place=True, operators=["__abs__"], aliases=["absolute"])
def abs(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """|x| of each element x; its gradient at 0 is 0.

    Args:
        input: of any shape.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.abs(torch.tensor([-1.5, 0.5, 1.7]))
        tensor([1.5000, 0.5000, 1.7000])
    """
    if kind_of_elements("abs", input) == "b":
        supported("abs_cpu", "iuf", input)
    result = record("abs", np.absolute, (input, lambda g: g * sign(input)))
    return result if out is None else write_out("abs", result, out)


absolute = abs


@method(operators=["__pos__"])
def positive(input: Tensor) -> Tensor:
    """+x, which is the tensor itself.

    Args:
        input: of any shape.

    Returns:
        The input.

    Example:
        >>> torch.positive(torch.tensor([-1.5, 0.5, 1.7]))
        tensor([-1.5000,  0.5000,  1.7000])
    """
    bools = kind_of_elements("positive", input) == "b"
    check(not bools, "The `+` operator, on a bool tensor is not supported.")
    return input


@method(in_place=True)
def relu(input: Tensor) -> Tensor:
    """max(x, 0) of each element x; its gradient at 0 is 0.

    Args:
        input: of any shape.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.relu(torch.tensor([-1.5, 0.5, 1.7]))
        tensor([0.0000, 0.5000, 1.7000])
    """
    result = record("relu", network.relu, (input, _relu_rule), output=True)
    if result.array.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    return result


def _relu_rule(g: Tensor, y: Tensor) -> Tensor:
    if state.recording:
        return g * (y > 0)
    return record("relu_gradient", network.relu_gradient, (g, None), (y, None))


@method(in_place=True)
def copysign(input: Tensor, other: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """The magnitude of input with the sign of other.

    Args:
        input: a tensor; integers become floats first.
        other: a tensor or a number, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Example:
        >>> torch.copysign(torch.tensor([1.0, -2.0]), -1.0)
        tensor([-1., -2.])
    """
    a, b = promoted(input, other, name="copysign", least=dtypes.FLOAT)

    def by_input(g: Tensor, y: Tensor) -> Tensor:
        return g * (sign(a) * sign(y))

    def by_other(g: Tensor, y: Tensor) -> Tensor:
        return g * 0

    result = record("copysign", np.copysign, (a, by_input), (b, by_other), output=True)
    return result if out is None else write_out("copysign", result, out)


@method(in_place=True)
def nextafter(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The next number that the dtype holds after input, towards other.

    Args:
        input: a floating-point tensor.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        NotImplementedError: of integers.

    Example:
        >>> torch.nextafter(torch.tensor([1.0]), torch.tensor([2.0])) - 1
        tensor([1.1921e-07])
    """
    a, b = promoted(input, other, name="nextafter")
    supported("nextafter_cpu", "f", a)
    result = record("nextafter", np.nextafter, (a, lambda g: g * (a != b)), (b, lambda g: g * 0))
    return result if out is None else write_out("nextafter", result, out)


@method(in_place=True)
def heaviside(input: Tensor, values: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The step function: 0 where input is below 0, 1 above, `values` where it is 0.

    Args:
        input: a tensor.
        values: of input's dtype, and a shape that broadcasts with its.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape, without a gradient.

    Raises:
        RuntimeError: if the dtypes differ.

    Example:
        >>> torch.heaviside(torch.tensor([-1.0, 0.0, 2.0]), torch.tensor(0.5))
        tensor([0.0000, 0.5000, 1.0000])
    """
    x = as_tensor(input)
    v = as_tensor(values)
    message = "heaviside: not implemented for tensors with different dtypes, {} and {}"
    check(x.dtype is v.dtype, message, x.dtype, v.dtype)
    result = record("heaviside", _heaviside, (x, None), (v, None))
    return result if out is None else write_out("heaviside", result, out)


def _heaviside(x: Array, values: Array) -> Array:
    return np.heaviside(x, values).astype(x.dtype)


@method(in_place=True)
def nan_to_num(
    input: Tensor,
    nan: float | None = None,
    posinf: float | None = None,
    neginf: float | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """NaN and infinities replaced. The gradient of what is replaced is 0.

    Args:
        input: of any shape.
        nan: what NaN becomes. Default: 0.
        posinf: what infinity becomes. Default: the dtype's largest number.
        neginf: what minus infinity becomes. Default: the dtype's smallest number.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.nan_to_num(torch.tensor([float("nan"), float("inf"), 1.0]), posinf=9.0)
        tensor([0., 9., 1.])
    """
    result = record(
        "nan_to_num",
        np.nan_to_num,
        (input, lambda g: g * isfinite(input)),
        nan=0.0 if nan is None else nan,
        posinf=posinf,
        neginf=neginf,
    )
    return result if out is None else write_out("nan_to_num", result, out)


# bounds and choices -------------------------------------------------------------------------------


@method(in_place=True, aliases=["clip"])
def clamp(
    input: Tensor,
    min: Tensor | Number | None = None,
    max: Tensor | Number | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Each element held between min and max; its gradient at a bound is 1.

    Args:
        input: of any shape.
        min: a number, or a tensor of a shape that broadcasts with input's. Default: no bound.
        max: a number, or a tensor of a shape that broadcasts with input's. Default: no bound.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        RuntimeError: if there is no bound, or the shapes do not broadcast.

    Example:
        >>> torch.clamp(torch.tensor([-2.0, 0.5, 3.0]), min=-1, max=1)
        tensor([-1.0000,  0.5000,  1.0000])
    """
    bounded = min is not None or max is not None
    check(bounded, "clamp: At least one of 'min' or 'max' must not be None")
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        result = input
        if min is not None:
            result = _extreme("clamp", np.maximum, result, min, tie=1.0)
        if max is not None:
            result = _extreme("clamp", np.minimum, result, max, tie=1.0)
    else:
        result = _clamped(input, min, max)
    return result if out is None else write_out("clamp", result, out)


clip = clamp


def _clamped(input: Tensor, min: Number | None, max: Number | None) -> Tensor:
    bounds = [bound for bound in (min, max) if bound is not None]
    x = promoted(input, *bounds, name="clamp")[0]
    for bound in bounds:
        refuse_overflow(bound, x.array.dtype)

    def rule(g: Tensor) -> Tensor:
        return g * record("in_bounds", _in_bounds, (x, None), min=min, max=max)

    return record("clamp", _clip, (x, rule), min=min, max=max)


def _clip(x: Array, min: Any, max: Any) -> Array:
    low = None if min is None else np.asarray(min).astype(x.dtype)
    high = None if max is None else np.asarray(max).astype(x.dtype)
    return np.clip(x, low, high)


def _in_bounds(x: Array, min: Any, max: Any) -> Array:
    above = True if min is None else x >= np.asarray(min, x.dtype)
    below = True if max is None else x <= np.asarray(max, x.dtype)
    return np.logical_and(above, below)


@method(in_place=True)
def clamp_min(input: Tensor, min: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Each element held from below by min: `clamp` with one bound.

    Args:
        input: of any shape.
        min: a number, or a tensor of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Example:
        >>> torch.clamp_min(torch.tensor([-2.0, 0.5, 3.0]), 1.0)
        tensor([1., 1., 3.])
    """
    return clamp(input, min, out=out)


@method(in_place=True)
def clamp_max(input: Tensor, max: Tensor | Number, *, out: Tensor | None = None) -> Tensor:
    """Each element held from above by max: `clamp` with one bound.

    Args:
        input: of any shape.
        max: a number, or a tensor of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Example:
        >>> torch.clamp_max(torch.tensor([-2.0, 0.5, 3.0]), 1.0)
        tensor([-2.0000,  0.5000,  1.0000])
    """
    return clamp(input, None, max, out=out)


@method
def maximum(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The larger of two, element by element.

    NaN wins. Where the two are equal each gets half of the gradient.

    Args:
        input: a tensor.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        RuntimeError: if the shapes do not broadcast.

    Example:
        >>> torch.maximum(torch.tensor([1.0, 5.0]), torch.tensor([3.0, float("nan")]))
        tensor([3., nan])
    """
    result = _extreme("maximum", np.maximum, input, other, tie=0.5)
    return result if out is None else write_out("maximum", result, out)


@method
def minimum(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smaller of two, element by element.

    NaN wins. Where the two are equal each gets half of the gradient.

    Args:
        input: a tensor.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        RuntimeError: if the shapes do not broadcast.

    Example:
        >>> torch.minimum(torch.tensor([1.0, 5.0]), torch.tensor([3.0, float("nan")]))
        tensor([1., nan])
    """
    result = _extreme("minimum", np.minimum, input, other, tie=0.5)
    return result if out is None else write_out("minimum", result, out)


@method
def fmax(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The larger of two, element by element.

    A number wins over NaN. Where the two are equal input gets the gradient.

    Args:
        input: a tensor.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        RuntimeError: if the shapes do not broadcast.

    Example:
        >>> torch.fmax(torch.tensor([1.0, 5.0]), torch.tensor([3.0, float("nan")]))
        tensor([3., 5.])
    """
    result = _extreme("fmax", np.fmax, input, other, tie=1.0)
    return result if out is None else write_out("fmax", result, out)


@method
def fmin(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smaller of two, element by element.

    A number wins over NaN. Where the two are equal input gets the gradient.

    Args:
        input: a tensor.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        RuntimeError: if the shapes do not broadcast.

    Example:
        >>> torch.fmin(torch.tensor([1.0, 5.0]), torch.tensor([3.0, float("nan")]))
        tensor([1., 5.])
    """
    result = _extreme("fmin", np.fmin, input, other, tie=1.0)
    return result if out is None else write_out("fmin", result, out)


def _extreme(name: str, function: Any, input: TensorLike, other: TensorLike, tie: float) -> Tensor:
    """The larger or smaller of two. Of NaN, `maximum` and `minimum` pass the gradient to both.

    Args:
        name: the operation.
        function: NumPy's.
        input: the first.
        other: the second.
        tie: the first one's share of the gradient where they are equal.
    """
    a, b = promoted(input, other, name=name)

    def by_input(g: Tensor, y: Tensor) -> Tensor:
        chosen = (a == y) if tie == 1 else (a == y) | isnan(y)
        return g * cast(where(a == b, tie, chosen), g.dtype)

    def by_other(g: Tensor, y: Tensor) -> Tensor:
        if tie == 1:
            return g - by_input(g, y)
        return g * cast(where(b == a, tie, (b == y) | isnan(y)), g.dtype)

    return record(name, function, (a, by_input), (b, by_other), output=True)


@overload
def where(condition: Tensor) -> tuple[Tensor, ...]: ...
@overload
def where(
    condition: Tensor, input: TensorLike, other: TensorLike, *, out: Tensor | None = None
) -> Tensor: ...
@tensors_only
def where(
    condition: Tensor, input: Any = None, other: Any = None, *, out: Tensor | None = None
) -> Tensor | tuple[Tensor, ...]:
    """input where the condition holds, other elsewhere; without these, the indices where it holds.

    Args:
        condition: a bool tensor.
        input: a tensor or a number, of a shape that broadcasts with the condition's.
        other: a tensor or a number, of a shape that broadcasts with the condition's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape; or for each dimension of the condition an int64 tensor
        of indices.

    Raises:
        RuntimeError: if the condition is of another dtype, or the shapes do not broadcast.

    Example:
        >>> torch.where(torch.tensor([True, False]), torch.tensor([1.0, 2.0]), 0.0)
        tensor([1., 0.])
    """
    if input is None:
        note_read("where", condition)
        return record_joint("where", np.nonzero, [condition], _no_gradients)
    known = condition.array.dtype.kind == "b" or condition.array.dtype == np.uint8
    check(known, "where: expected condition to be a boolean tensor, got {}", condition.dtype)
    a, b = promoted(input, other, name="where")
    refuse_wide(input, a.array.dtype)
    refuse_wide(other, a.array.dtype)
    test = cast(condition, dtypes.bool_)

    def by_input(g: Tensor) -> Tensor:
        return where(test, g, 0.0)

    def by_other(g: Tensor) -> Tensor:
        return where(test, 0.0, g)

    result = record("where", np.where, (test, None), (a, by_input), (b, by_other))
    return result if out is None else write_out("where", result, out)


@method(name="where")
def _where_method(self: Tensor, condition: Tensor, other: TensorLike) -> Tensor:
    """This tensor where the condition holds, other elsewhere.

    Args:
        condition: a bool tensor.
        other: a tensor or a number, of a shape that broadcasts with the condition's.

    Returns:
        A tensor of the broadcast shape.
    """
    return where(condition, self, other)


def _no_gradients(gradients: Any) -> tuple[None]:
    return (None,)


@method(in_place=True)
@tensors_only
def fill(input: Tensor, value: Tensor | Number) -> Tensor:
    """A value in the shape and dtype of input.

    Args:
        input: of any shape.
        value: a number, or a tensor without dimensions.

    Returns:
        A tensor of the input's shape.

    Raises:
        RuntimeError: if the value has dimensions.

    Example:
        >>> torch.fill(torch.zeros(2, 2), 3)
        tensor([[3., 3.],
                [3., 3.]])
    """
    refuse_overflow(value, input.array.dtype)
    held = cast(as_tensor(value, "fill", input.array.dtype), input.dtype)
    message = "fill: only supports 0-dimension value tensor but got tensor with {} dimensions."
    check(not held.ndim, message, held.ndim)
    return record("fill", np.full_like, (input, lambda g: g * 0), (held, pass_on))


# comparisons: bool results, no gradient -----------------------------------------------------------


@method(in_place=True)
def eq(input: Tensor, other: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """input == other, element by element.

    Args:
        input: a tensor or a number.
        other: a tensor or a number, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        RuntimeError: if the shapes do not broadcast.

    Example:
        >>> torch.eq(torch.tensor([1, 2, 3]), 2)
        tensor([False,  True, False])
    """
    a, b = operands(input, other, "eq")
    result = record("eq", np.equal, (a, None), (b, None))
    return result if out is None else write_out("eq", result, out)


@method(in_place=True, aliases=["not_equal"])
def ne(input: Tensor, other: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """input != other, element by element.

    Args:
        input: a tensor or a number.
        other: a tensor or a number, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        RuntimeError: if the shapes do not broadcast.

    Example:
        >>> torch.ne(torch.tensor([1, 2, 3]), 2)
        tensor([ True, False,  True])
    """
    a, b = operands(input, other, "ne")
    result = record("ne", np.not_equal, (a, None), (b, None))
    return result if out is None else write_out("ne", result, out)


not_equal = ne


@method(in_place=True, aliases=["less"])
def lt(input: Tensor, other: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """input < other, element by element.

    Args:
        input: a tensor or a number.
        other: a tensor or a number, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        RuntimeError: if the shapes do not broadcast.

    Example:
        >>> torch.lt(torch.tensor([1, 2, 3]), 2)
        tensor([ True, False, False])
    """
    a, b = operands(input, other, "lt")
    result = record("lt", np.less, (a, None), (b, None))
    return result if out is None else write_out("lt", result, out)


less = lt


@method(in_place=True, aliases=["less_equal"])
def le(input: Tensor, other: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """input <= other, element by element.

    Args:
        input: a tensor or a number.
        other: a tensor or a number, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        RuntimeError: if the shapes do not broadcast.

    Example:
        >>> torch.le(torch.tensor([1, 2, 3]), 2)
        tensor([ True,  True, False])
    """
    a, b = operands(input, other, "le")
    result = record("le", np.less_equal, (a, None), (b, None))
    return result if out is None else write_out("le", result, out)


less_equal = le


@method(in_place=True, aliases=["greater"])
def gt(input: Tensor, other: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """input > other, element by element.

    Args:
        input: a tensor or a number.
        other: a tensor or a number, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        RuntimeError: if the shapes do not broadcast.

    Example:
        >>> torch.gt(torch.tensor([1, 2, 3]), 2)
        tensor([False, False,  True])
    """
    a, b = operands(input, other, "gt")
    result = record("gt", np.greater, (a, None), (b, None))
    return result if out is None else write_out("gt", result, out)


greater = gt


@method(in_place=True, aliases=["greater_equal"])
def ge(input: Tensor, other: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """input >= other, element by element.

    Args:
        input: a tensor or a number.
        other: a tensor or a number, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        RuntimeError: if the shapes do not broadcast.

    Example:
        >>> torch.ge(torch.tensor([1, 2, 3]), 2)
        tensor([False,  True,  True])
    """
    a, b = operands(input, other, "ge")
    result = record("ge", np.greater_equal, (a, None), (b, None))
    return result if out is None else write_out("ge", result, out)


greater_equal = ge


# With what is no number the operators are what Python makes of them: `x == None` is False.
COMPARABLE: Any = (Tensor, bool, int, float, np.ndarray, np.generic)


@method(name="__eq__")
def _eq_operator(self: Tensor, other: Any) -> Tensor:
    """self == other, element by element."""
    if isinstance(other, COMPARABLE):
        return eq(self, other)
    return NotImplemented


@method(name="__ne__")
def _ne_operator(self: Tensor, other: Any) -> Tensor:
    """self != other, element by element."""
    if isinstance(other, COMPARABLE):
        return ne(self, other)
    return NotImplemented


@method(name="__lt__")
def _lt_operator(self: Tensor, other: Any) -> Tensor:
    """self < other, element by element."""
    if isinstance(other, COMPARABLE):
        return lt(self, other)
    return NotImplemented


@method(name="__le__")
def _le_operator(self: Tensor, other: Any) -> Tensor:
    """self <= other, element by element."""
    if isinstance(other, COMPARABLE):
        return le(self, other)
    return NotImplemented


@method(name="__gt__")
def _gt_operator(self: Tensor, other: Any) -> Tensor:
    """self > other, element by element."""
    if isinstance(other, COMPARABLE):
        return gt(self, other)
    return NotImplemented


@method(name="__ge__")
def _ge_operator(self: Tensor, other: Any) -> Tensor:
    """self >= other, element by element."""
    if isinstance(other, COMPARABLE):
        return ge(self, other)
    return NotImplemented


@method
def isclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Tensor:
    """Where |input - other| <= atol + rtol * |other|.

    Args:
        input: a tensor.
        other: of input's dtype, and a shape that broadcasts with its.
        rtol: the relative tolerance.
        atol: the absolute tolerance.
        equal_nan: whether NaN is close to NaN.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        RuntimeError: if the dtypes differ, a tolerance is negative, or the shapes do not broadcast.

    Example:
        >>> torch.isclose(torch.tensor([1.0, 1.0]), torch.tensor([1.0, 1.1]), atol=0.01)
        tensor([ True, False])
    """
    a = as_tensor(input)
    b = as_tensor(other)
    check(a.dtype is b.dtype, "isclose: {} did not match {}", a.dtype, b.dtype)
    message = "isclose: rtol and atol must be at least zero, got {} and {}"
    check(rtol >= 0 and atol >= 0, message, rtol, atol)
    return record(
        "isclose", np.isclose, (a, None), (b, None), rtol=rtol, atol=atol, equal_nan=equal_nan
    )


@method
def allclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    """Whether every element `isclose`.

    Args:
        input: a tensor.
        other: of input's dtype, and a shape that broadcasts with its.
        rtol: the relative tolerance.
        atol: the absolute tolerance.
        equal_nan: whether NaN is close to NaN.

    Returns:
        A Python bool.

    Raises:
        RuntimeError: if the dtypes differ, a tolerance is negative, or the shapes do not broadcast.

    Example:
        >>> torch.allclose(torch.tensor([1.0, 1.0]), torch.tensor([1.0, 1.1]), atol=0.2)
        True
    """
    close = isclose(input, other, rtol, atol, equal_nan)
    note_read("allclose", close)
    return bool(close.array.all())


@method
@tensors_only
def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and elements.

    Args:
        input: a tensor.
        other: a tensor.

    Returns:
        A Python bool.

    Example:
        >>> torch.equal(torch.tensor([1, 2]), torch.tensor([1, 2]))
        True
    """
    note_read("equal", input, other)
    return bool(np.array_equal(input.array, other.array))


@method
def isnan(input: Tensor) -> Tensor:
    """Where an element is NaN.

    Args:
        input: of any shape.

    Returns:
        A bool tensor of the input's shape.

    Example:
        >>> torch.isnan(torch.tensor([1.0, float("nan"), -float("inf")]))
        tensor([False,  True, False])
    """
    return record("isnan", np.isnan, (input, None))


@method
def isinf(input: Tensor) -> Tensor:
    """Where an element is infinite.

    Args:
        input: of any shape.

    Returns:
        A bool tensor of the input's shape.

    Example:
        >>> torch.isinf(torch.tensor([1.0, float("nan"), -float("inf")]))
        tensor([False, False,  True])
    """
    return record("isinf", np.isinf, (input, None))


@method
def isposinf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where an element is plus infinity.

    Args:
        input: of any shape.
        out: the tensor to write the result to.

    Returns:
        A bool tensor of the input's shape.

    Example:
        >>> torch.isposinf(torch.tensor([1.0, float("nan"), -float("inf")]))
        tensor([False, False, False])
    """
    result = record("isposinf", np.isposinf, (input, None))
    return result if out is None else write_out("isposinf", result, out)


@method
def isneginf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where an element is minus infinity.

    Args:
        input: of any shape.
        out: the tensor to write the result to.

    Returns:
        A bool tensor of the input's shape.

    Example:
        >>> torch.isneginf(torch.tensor([1.0, float("nan"), -float("inf")]))
        tensor([False, False,  True])
    """
    result = record("isneginf", np.isneginf, (input, None))
    return result if out is None else write_out("isneginf", result, out)


@method
def isfinite(input: Tensor) -> Tensor:
    """Where an element is neither NaN nor infinite.

    Args:
        input: of any shape.

    Returns:
        A bool tensor of the input's shape.

    Example:
        >>> torch.isfinite(torch.tensor([1.0, float("nan"), -float("inf")]))
        tensor([ True, False, False])
    """
    return record("isfinite", np.isfinite, (input, None))


@method
def isreal(input: Tensor) -> Tensor:
    """True everywhere: there are no complex tensors.

    Args:
        input: of any shape.

    Returns:
        A bool tensor of the input's shape.

    Example:
        >>> torch.isreal(torch.tensor([1.0, float("nan"), -float("inf")]))
        tensor([True, True, True])
    """
    return record("isreal", np.isreal, (input, None))


@method
def signbit(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where an element is negative, -0.0 included.

    Args:
        input: of any shape.
        out: the tensor to write the result to.

    Returns:
        A bool tensor of the input's shape.

    Example:
        >>> torch.signbit(torch.tensor([1.0, -0.0, -2.0]))
        tensor([False,  True,  True])
    """
    result = record("signbit", _sign_bit, (input, None))
    return result if out is None else write_out("signbit", result, out)


def _sign_bit(x: Array) -> Array:
    if x.dtype.kind == "f":
        return np.signbit(x)
    return x < 0


# logic and bits -----------------------------------------------------------------------------------


@method(in_place=True)
def logical_and(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where both are nonzero.

    Args:
        input: a tensor.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        RuntimeError: if the shapes do not broadcast.

    Example:
        >>> torch.logical_and(torch.tensor([True, False]), torch.tensor([True, True]))
        tensor([ True, False])
    """
    a, b = operands(input, other, "logical_and")
    result = record("logical_and", np.logical_and, (a, None), (b, None))
    return result if out is None else write_out("logical_and", result, out)


@method(in_place=True)
def logical_or(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where one at least is nonzero.

    Args:
        input: a tensor.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        RuntimeError: if the shapes do not broadcast.

    Example:
        >>> torch.logical_or(torch.tensor([True, False]), torch.tensor([True, True]))
        tensor([True, True])
    """
    a, b = operands(input, other, "logical_or")
    result = record("logical_or", np.logical_or, (a, None), (b, None))
    return result if out is None else write_out("logical_or", result, out)


@method(in_place=True)
def logical_xor(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where exactly one is nonzero.

    Args:
        input: a tensor.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        RuntimeError: if the shapes do not broadcast.

    Example:
        >>> torch.logical_xor(torch.tensor([True, False]), torch.tensor([True, True]))
        tensor([False,  True])
    """
    a, b = operands(input, other, "logical_xor")
    result = record("logical_xor", np.logical_xor, (a, None), (b, None))
    return result if out is None else write_out("logical_xor", result, out)


@method(in_place=True)
def logical_not(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where an element is zero.

    Args:
        input: of any shape.
        out: the tensor to write the result to.

    Returns:
        A bool tensor of the input's shape.

    Example:
        >>> torch.logical_not(torch.tensor([0, 1, 2]))
        tensor([ True, False, False])
    """
    result = record("logical_not", np.logical_not, (input, None))
    return result if out is None else write_out("logical_not", result, out)


@method(
    in_place=True, operators=["__and__"], reflected=["__rand__"], in_place_operators=["__iand__"]
)
def bitwise_and(input: TensorLike, other: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """input & other, bit by bit.

    Args:
        input: integers or bools.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        NotImplementedError: of floats.

    Example:
        >>> torch.bitwise_and(torch.tensor([5, 6]), torch.tensor([3, 3]))
        tensor([1, 2])
    """
    result = _of_integers("bitwise_and", np.bitwise_and, input, other)
    return result if out is None else write_out("bitwise_and", result, out)


@method(in_place=True, operators=["__or__"], reflected=["__ror__"], in_place_operators=["__ior__"])
def bitwise_or(input: TensorLike, other: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """input | other, bit by bit.

    Args:
        input: integers or bools.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        NotImplementedError: of floats.

    Example:
        >>> torch.bitwise_or(torch.tensor([5, 6]), torch.tensor([3, 3]))
        tensor([7, 7])
    """
    result = _of_integers("bitwise_or", np.bitwise_or, input, other)
    return result if out is None else write_out("bitwise_or", result, out)


@method(
    in_place=True, operators=["__xor__"], reflected=["__rxor__"], in_place_operators=["__ixor__"]
)
def bitwise_xor(input: TensorLike, other: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """input ^ other, bit by bit.

    Args:
        input: integers or bools.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        NotImplementedError: of floats.

    Example:
        >>> torch.bitwise_xor(torch.tensor([5, 6]), torch.tensor([3, 3]))
        tensor([6, 5])
    """
    result = _of_integers("bitwise_xor", np.bitwise_xor, input, other)
    return result if out is None else write_out("bitwise_xor", result, out)


@method(
    in_place=True,
    operators=["__lshift__"],
    reflected=["__rlshift__"],
    in_place_operators=["__ilshift__"],
)
def bitwise_left_shift(
    input: TensorLike, other: TensorLike, *, out: Tensor | None = None
) -> Tensor:
    """input << other: input * 2^other.

    Args:
        input: integers.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        NotImplementedError: of floats or bools.

    Example:
        >>> torch.bitwise_left_shift(torch.tensor([5, 6]), torch.tensor([3, 3]))
        tensor([40, 48])
    """
    result = _of_integers("bitwise_left_shift", np.left_shift, input, other, bools=False)
    return result if out is None else write_out("bitwise_left_shift", result, out)


@method(
    in_place=True,
    operators=["__rshift__"],
    reflected=["__rrshift__"],
    in_place_operators=["__irshift__"],
)
def bitwise_right_shift(
    input: TensorLike, other: TensorLike, *, out: Tensor | None = None
) -> Tensor:
    """input >> other: input / 2^other, rounded down.

    Args:
        input: integers.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        NotImplementedError: of floats or bools.

    Example:
        >>> torch.bitwise_right_shift(torch.tensor([5, 6]), torch.tensor([3, 3]))
        tensor([0, 0])
    """
    result = _of_integers("bitwise_right_shift", np.right_shift, input, other, bools=False)
    return result if out is None else write_out("bitwise_right_shift", result, out)


@method(in_place=True)
def gcd(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The greatest common divisor.

    Args:
        input: integers.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        NotImplementedError: of floats or bools.

    Example:
        >>> torch.gcd(torch.tensor([12, 18]), torch.tensor([8, 27]))
        tensor([4, 9])
    """
    result = _of_integers("gcd", np.gcd, input, other, bools=False)
    return result if out is None else write_out("gcd", result, out)


@method(in_place=True)
def lcm(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The least common multiple.

    Args:
        input: integers.
        other: of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape and the common dtype.

    Raises:
        NotImplementedError: of floats or bools.

    Example:
        >>> torch.lcm(torch.tensor([12, 18]), torch.tensor([8, 27]))
        tensor([24, 54])
    """
    result = _of_integers("lcm", np.lcm, input, other, bools=False)
    return result if out is None else write_out("lcm", result, out)


def _of_integers(
    name: str, function: Any, input: TensorLike, other: TensorLike, bools: bool = True
) -> Tensor:
    """A function of two integer tensors, or also of two bool tensors."""
    a, b = promoted(input, other, name=name)
    supported(name, "iub" if bools else "iu", a)
    return record(name, function, (a, None), (b, None))


@method(in_place=True)
@tensors_only
def bitwise_not(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """~input, bit by bit.

    Args:
        input: integers or bools.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Raises:
        NotImplementedError: of floats.

    Example:
        >>> torch.bitwise_not(torch.tensor([0, 1, -5]))
        tensor([-1, -2,  4])
    """
    supported("bitwise_not", "iub", input)
    result = record("bitwise_not", np.invert, (input, None))
    return result if out is None else write_out("bitwise_not", result, out)


@method(name="__invert__")
def _invert_operator(self: Tensor) -> Tensor:
    """~self, of integers or bools."""
    message = "~ (operator.invert) is only implemented on integer and Boolean-type tensors, got {}"
    check(self.array.dtype.kind != "f", message, self.dtype, error=TypeError)
    return bitwise_not(self)
