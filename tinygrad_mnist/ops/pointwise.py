"""Operations on each element by itself: arithmetic, elementary functions, comparisons, logic.

Most are rows of a table. A row of `elementary` is a function of one tensor, its NumPy function and
the rule for its gradient, in terms of the input x or, where that is cheaper, of the result y.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.ops.arguments import as_tensor, cast, floating, mismatch, operands, promoted
from tinygrad_mnist.tape import record
from tinygrad_mnist.tensor import Array, Tensor, wrap

__all__ = [
    "abs", "acos", "acosh", "add", "addcdiv", "addcmul", "allclose", "asin", "asinh", "atan",
    "atan2", "atanh", "bitwise_and", "bitwise_left_shift", "bitwise_not", "bitwise_or",
    "bitwise_right_shift", "bitwise_xor", "ceil", "clamp", "clamp_max", "clamp_min", "copysign",
    "cos", "cosh", "deg2rad", "div", "eq", "equal", "erf", "erfc", "exp", "exp2", "expm1",
    "floor", "floor_divide", "fmax", "fmin", "fmod", "frac", "ge", "gt", "heaviside", "hypot",
    "isclose", "isfinite", "isinf", "isnan", "isneginf", "isposinf", "le", "lerp", "log",
    "log10", "log1p", "log2", "logaddexp", "logaddexp2", "logical_and", "logical_not",
    "logical_or", "logical_xor", "lt", "maximum", "minimum", "mul", "nan_to_num", "ne", "neg",
    "positive", "pow", "rad2deg", "reciprocal", "relu", "remainder", "round", "rsqrt",
    "sigmoid", "sign", "signbit", "sin", "sinc", "sinh", "sqrt", "square", "sub", "tan", "tanh",
    "trunc", "where", "xlogy",
]  # fmt: skip

Unary = Callable[[Any], Tensor]
Binary = Callable[[Any, Any], Tensor]

# arithmetic --------------------------------------------------------------------------------


def add(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """input + alpha * other, with broadcasting and type promotion."""
    a, b = operands(input, other, "add")
    if alpha != 1:
        b = _times(b, alpha, "add")
    try:
        out = a.array + b.array
    except ValueError:
        raise mismatch("add", a, b) from None
    return record("add", out, (a, lambda g: g), (b, lambda g: g))


def sub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """input - alpha * other, with broadcasting and type promotion."""
    a, b = operands(input, other, "sub")
    if alpha != 1:
        b = _times(b, alpha, "sub")
    if a.array.dtype.kind == "b":
        raise RuntimeError("sub: Subtraction, the `-` operator, with two bool tensors is not supported")
    try:
        out = a.array - b.array
    except ValueError:
        raise mismatch("sub", a, b) from None
    return record("sub", out, (a, lambda g: g), (b, lambda g: -g))


def _times(x: Tensor, alpha: Any, name: str) -> Tensor:
    if isinstance(alpha, float) and x.array.dtype.kind != "f":
        raise RuntimeError(f"{name}: For integral input tensors, the factor must not be a floating point number.")
    return cast(mul(x, alpha), x.dtype)


def mul(input: Any, other: Any) -> Tensor:
    """input * other, element by element, with broadcasting and type promotion."""
    a, b = operands(input, other, "mul")
    try:
        out = a.array * b.array
    except ValueError:
        raise mismatch("mul", a, b) from None
    return record("mul", out, (a, lambda g: g * b), (b, lambda g: g * a))


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """input / other; integers give floats. `rounding_mode` "trunc" or "floor" rounds the quotient."""
    if rounding_mode is not None:
        if rounding_mode not in ("trunc", "floor"):
            raise RuntimeError(f"div: rounding_mode must be None, 'trunc' or 'floor', got {rounding_mode!r}")
        if rounding_mode == "floor":
            return floor_divide(input, other)
        a, b = promoted(input, other, name="div")
        if a.array.dtype.kind == "f":
            return trunc(div(a, b))
        _refuse_zero(b)
        quotient = np.abs(a.array) // np.abs(b.array) * np.sign(a.array) * np.sign(b.array)
        return wrap(quotient.astype(a.array.dtype))
    a, b = operands(input, other, "div")
    if a.array.dtype.kind != "f":
        a, b = floating(input), floating(other)
    try:
        out = a.array / b.array
    except ValueError:
        raise mismatch("div", a, b) from None
    return record("div", out, (a, lambda g: g / b), (b, lambda g: -g * (a / b) / b))


def neg(input: Tensor) -> Tensor:
    """-input."""
    if input.array.dtype.kind == "b":
        raise RuntimeError("neg: Negation, the `-` operator, on a bool tensor is not supported")
    return record("neg", -input.array, (input, lambda g: -g))


def pow(input: Any, exponent: Any) -> Tensor:
    """input to the power of exponent, element by element.

    The gradient by the exponent is 0 where input and exponent are 0, as in PyTorch.
    """
    if exponent.__class__ in (int, float) and isinstance(input, Tensor):
        x: Tensor = promoted(input, exponent, name="pow")[0]
        if x.array.dtype.kind in "iu" and exponent < 0:
            raise RuntimeError("pow: Integers to negative integer powers are not allowed.")
        if exponent == 2:
            return record("pow", x.array * x.array, (x, lambda g: g * (x * 2)))
        return record(
            "pow",
            np.power(x.array, np.asarray(exponent, x.array.dtype)),
            (x, lambda g: g * (x ** (exponent - 1) * exponent) if exponent else g * 0),
        )
    a, b = promoted(input, exponent, name="pow")
    if a.array.dtype.kind == "b":
        raise RuntimeError("pow: not implemented for bool tensors")
    if a.array.dtype.kind in "iu" and (negative := b.array < 0).any():  # fractions, rounded to 0
        odd = np.where(negative, b.array % 2, b.array)
        return wrap(np.power(a.array, odd) * (~negative | (np.abs(a.array) == 1)))

    def by_exponent(g: Tensor, y: Tensor) -> Tensor:
        zero = (a == 0) & (b >= 0)
        return g * where(zero, 0.0, y * log(where(zero, 1.0, a)))

    return record(
        "pow",
        _broadcast(np.power, "pow", a, b),
        (a, lambda g, y: g * where(b == 0, 0.0, b * a ** (b - 1))),
        (b, by_exponent),
        output=True,
    )


def _broadcast(function: Any, name: str, a: Tensor, b: Tensor) -> Array:
    try:
        out: Array = function(a.array, b.array)
    except ValueError:
        raise mismatch(name, a, b) from None
    return out


def _refuse_zero(b: Tensor) -> None:
    if b.array.dtype.kind != "f" and not b.array.all():
        raise RuntimeError("ZeroDivisionError")


def floor_divide(input: Any, other: Any) -> Tensor:
    """The quotient rounded down; floats stay floats. Its gradient is 0."""
    a, b = promoted(input, other, name="floor_divide")
    _refuse_zero(b)
    out = _broadcast(np.floor_divide, "floor_divide", a, b)
    if a.array.dtype.kind == "f":
        out = np.where(b.array == 0, a.array / b.array, out)
    return record("floor_divide", out, (a, lambda g: g * 0), (b, lambda g: g * 0))


def remainder(input: Any, other: Any) -> Tensor:
    """Python's %: the sign of the result is other's."""
    a, b = promoted(input, other, name="remainder")
    _refuse_zero(b)
    out = _broadcast(np.remainder, "remainder", a, b)
    return record("remainder", out, (a, lambda g: g), (b, lambda g: -g * floor_divide(a, b)))


def fmod(input: Any, other: Any) -> Tensor:
    """C's fmod: the sign of the result is input's."""
    a, b = promoted(input, other, name="fmod")
    _refuse_zero(b)
    out = _broadcast(np.fmod, "fmod", a, b)
    return record("fmod", out, (a, lambda g: g), (b, lambda g: -g * trunc(a / b)))


# functions of one tensor -------------------------------------------------------------------


def elementary(name: str, forward: Callable[[Array], Array], rule: Any, doc: str, *, of: str = "x") -> Any:
    """A differentiable function of each element. Integers become floats first.

    `rule(g, x)` is the gradient by the input; with `of="y"` it is `rule(g, y)`.
    """

    def function(input: Any) -> Tensor:
        x = input if isinstance(input, Tensor) and input.array.dtype.kind == "f" else floating(input)
        if of == "y":
            return record(name, forward(x.array), (x, rule), output=True)
        return record(name, forward(x.array), (x, lambda g: rule(g, x)))

    return _named(function, name, doc)


def stepwise(name: str, forward: Callable[[Array], Array], doc: str) -> Unary:
    """A function whose gradient is 0 wherever it has one; integers pass through unchanged."""

    def function(input: Tensor) -> Tensor:
        x = as_tensor(input)
        if x.array.dtype.kind == "b" or (x.array.dtype.kind != "f" and name != "sign"):
            return record(name, x.array.copy())
        return record(name, forward(x.array).astype(x.array.dtype), (x, lambda g: g * 0))

    return _named(function, name, doc)


def _named(function: Any, name: str, doc: str) -> Any:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


def _sigmoid(x: Array) -> Array:
    if x.dtype == np.float16:
        return _sigmoid(x.astype(np.float32)).astype(x.dtype)
    half = x.dtype.type(0.5)
    out: Array = np.tanh(x * half)  # no overflow on either side
    out *= half
    out += half
    return out


def _softplus(x: Array) -> Array:
    return np.logaddexp(x, x.dtype.type(0))


TWO_OVER_ROOT_PI = 2 / math.sqrt(math.pi)


def _each(function: Callable[[float], float]) -> Callable[[Array], Array]:
    """A function of the C library, which NumPy lacks, element by element."""
    return lambda x: np.fromiter(map(function, x.ravel().tolist()), x.dtype, x.size).reshape(x.shape)


def _exp2_rule(g: Tensor, y: Tensor) -> Tensor:
    return g * (y * math.log(2))


exp = elementary("exp", np.exp, lambda g, y: g * y, "e to the power of each element.", of="y")
exp2 = elementary("exp2", np.exp2, _exp2_rule, "2 to the power of each element.", of="y")
expm1 = elementary("expm1", np.expm1, lambda g, y: g * (y + 1), "exp(x) - 1, exact near 0.", of="y")
log = elementary("log", np.log, lambda g, x: g / x, "The natural logarithm.")
log2 = elementary("log2", np.log2, lambda g, x: g / (x * math.log(2)), "The logarithm to base 2.")
log10 = elementary("log10", np.log10, lambda g, x: g / (x * math.log(10)), "The logarithm to base 10.")
log1p = elementary("log1p", np.log1p, lambda g, x: g / (x + 1), "log(1 + x), exact near 0.")
sqrt = elementary("sqrt", np.sqrt, lambda g, y: g / (y * 2), "The square root.", of="y")
rsqrt = elementary("rsqrt", lambda x: 1 / np.sqrt(x), lambda g, y: g * (y**3 * -0.5), "1 / sqrt(x).", of="y")
reciprocal = elementary("reciprocal", lambda x: 1 / x, lambda g, y: -g * (y * y), "1 / x.", of="y")
sin = elementary("sin", np.sin, lambda g, x: g * cos(x), "The sine of an angle in radians.")
cos: Unary = elementary("cos", np.cos, lambda g, x: -g * sin(x), "The cosine of an angle in radians.")
tan = elementary("tan", np.tan, lambda g, y: g * (y * y + 1), "The tangent, angles in radians.", of="y")
asin = elementary("asin", np.arcsin, lambda g, x: g * rsqrt(1 - x * x), "The inverse sine.")
acos = elementary("acos", np.arccos, lambda g, x: -g * rsqrt(1 - x * x), "The inverse cosine.")
atan = elementary("atan", np.arctan, lambda g, x: g / (x * x + 1), "The inverse tangent.")
sinh = elementary("sinh", np.sinh, lambda g, x: g * cosh(x), "The hyperbolic sine.")
cosh: Unary = elementary("cosh", np.cosh, lambda g, x: g * sinh(x), "The hyperbolic cosine.")
tanh = elementary("tanh", np.tanh, lambda g, y: g * (1 - y * y), "The hyperbolic tangent.", of="y")
asinh = elementary("asinh", np.arcsinh, lambda g, x: g * rsqrt(x * x + 1), "Inverse of sinh.")
acosh = elementary("acosh", np.arccosh, lambda g, x: g * rsqrt(x * x - 1), "Inverse of cosh.")
atanh = elementary("atanh", np.arctanh, lambda g, x: g / (1 - x * x), "Inverse of tanh.")
sigmoid = elementary("sigmoid", _sigmoid, lambda g, y: g * ((1 - y) * y), "1 / (1 + exp(-x)), the logistic.", of="y")
log_sigmoid = elementary(
    "log_sigmoid", lambda x: -_softplus(-x), lambda g, x: g * sigmoid(-x), "log(sigmoid(x)), without underflow."
)
softplus_ = elementary("softplus", _softplus, lambda g, x: g * sigmoid(x), "log(1 + exp(x)), without overflow.")
erf = elementary("erf", _each(math.erf), lambda g, x: g * (exp(-x * x) * TWO_OVER_ROOT_PI), "The Gauss error function.")
erfc = elementary(
    "erfc", _each(math.erfc), lambda g, x: g * (exp(-x * x) * -TWO_OVER_ROOT_PI), "1 - erf(x), exact where small."
)
sinc: Unary = elementary(
    "sinc",
    np.sinc,
    lambda g, x: g * where(x == 0, 0.0, (cos(x * math.pi) - sinc(x)) / where(x == 0, 1.0, x)),
    "sin(pi x) / (pi x).",
)
deg2rad = elementary("deg2rad", np.deg2rad, lambda g, x: g * (math.pi / 180), "Degrees to radians.")
rad2deg = elementary("rad2deg", np.rad2deg, lambda g, x: g * (180 / math.pi), "Radians to degrees.")

floor = stepwise("floor", np.floor, "The largest integer not above each element. Its gradient is 0.")
ceil = stepwise("ceil", np.ceil, "The smallest integer not below each element. Its gradient is 0.")
trunc = stepwise("trunc", np.trunc, "Each element without its fraction. Its gradient is 0.")
sign = stepwise("sign", np.sign, "-1, 0 or 1. Its gradient is 0.")


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """Each element rounded, halves to the even neighbour. Its gradient is 0."""
    if input.array.dtype.kind != "f":
        return record("round", input.array.copy())
    return record("round", np.round(input.array, decimals), (input, lambda g: g * 0))


def frac(input: Tensor) -> Tensor:
    """The fraction of each element, with its sign."""
    return input - trunc(input)


def relu(input: Tensor) -> Tensor:
    """max(x, 0); its gradient at 0 is 0."""
    x = input.array
    zeros = np.zeros(x.shape[-1:], x.dtype)  # a row of zeros: NumPy's maximum is quicker on it than on a scalar
    return record("relu", np.maximum(x, zeros), (input, lambda g, y: g * (y > 0)), output=True)


def abs(input: Tensor) -> Tensor:
    """|x|; its gradient at 0 is 0."""
    return record("abs", np.abs(input.array), (input, lambda g: g * sign(input)))


def square(input: Tensor) -> Tensor:
    """x * x."""
    return pow(input, 2)


def positive(input: Tensor) -> Tensor:
    """+x."""
    return input


def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """Each element held between min and max, numbers or tensors; its gradient at a bound is 1."""
    if min is None and max is None:
        raise RuntimeError("clamp: At least one of 'min' or 'max' must not be None")
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        out = input if min is None else maximum_(input, min)
        return out if max is None else minimum_(out, max)
    bounds = [bound for bound in (min, max) if bound is not None]
    x = promoted(input, *bounds, name="clamp")[0]
    low, high = (None if b is None else np.asarray(b, x.array.dtype) for b in (min, max))

    def rule(g: Tensor) -> Tensor:
        inside = np.ones(x.array.shape, bool)
        if low is not None:
            inside &= x.array >= low
        if high is not None:
            inside &= x.array <= high
        return g * wrap(inside)

    return record("clamp", np.clip(x.array, low, high), (x, rule))


def clamp_min(input: Tensor, min: Any) -> Tensor:
    """max(x, min)."""
    return clamp(input, min)


def clamp_max(input: Tensor, max: Any) -> Tensor:
    """min(x, max)."""
    return clamp(input, None, max)


def nan_to_num(input: Tensor, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """NaN and infinities replaced, by default by 0 and the dtype's largest finite values."""
    out = np.nan_to_num(input.array, nan=nan, posinf=posinf, neginf=neginf)
    return record("nan_to_num", out, (input, lambda g: g * isfinite(input)))


# functions of two tensors or more ----------------------------------------------------------


def _extreme(name: str, function: Any, doc: str, first: bool = False) -> Binary:
    """Of equal elements the `first` gets the gradient, or else each half of it."""

    def op(input: Any, other: Any) -> Tensor:
        a, b = promoted(input, other, name=name)
        out = _broadcast(function, name, a, b)

        def share(g: Tensor, own: Tensor, rival: Tensor, y: Tensor) -> Tensor:
            chosen = where(own == rival, 1.0 if first else 0.5, own == y)
            return g * chosen.to(g.dtype)

        return record(
            name,
            out,
            (a, lambda g, y: share(g, a, b, y)),
            (b, lambda g, y: g - share(g, a, b, y) if first else share(g, b, a, y)),
            output=True,
        )

    return _named(op, name, doc)


_TIES = " Where they are equal each gets half of the gradient; NaN wins."
maximum = _extreme("maximum", np.maximum, "The larger of two, element by element." + _TIES)
minimum = _extreme("minimum", np.minimum, "The smaller of two, element by element." + _TIES)
fmax = _extreme("fmax", np.fmax, "The larger of two; a number wins over NaN.", first=True)
fmin = _extreme("fmin", np.fmin, "The smaller of two; a number wins over NaN.", first=True)
maximum_ = _extreme("clamp", np.maximum, "clamp from below by a tensor.", first=True)
minimum_ = _extreme("clamp", np.minimum, "clamp from above by a tensor.", first=True)


def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """input where the condition holds, other elsewhere; without them the indices where it holds."""
    if input is None:
        return tuple(wrap(index) for index in np.nonzero(condition.array))
    if condition.array.dtype.kind != "b" and condition.array.dtype != np.uint8:
        raise RuntimeError(f"where: expected condition to be a boolean tensor, got {condition.dtype}")
    a, b = promoted(input, other, name="where")
    test = condition if condition.array.dtype.kind == "b" else cast(condition, dtypes.bool_)
    try:
        out = np.where(test.array, a.array, b.array)
    except ValueError:
        raise mismatch("where", a, b) from None
    zero = a.array.dtype.type(0)
    return record(
        "where",
        out,
        (a, lambda g: where(test, g, wrap(np.asarray(zero)))),
        (b, lambda g: where(test, wrap(np.asarray(zero)), g)),
    )


def atan2(input: Any, other: Any) -> Tensor:
    """The angle of the point (other, input), in radians in [-pi, pi]; its gradient at (0, 0) is 0."""
    a, b = promoted(input, other, name="atan2", least=dtypes.FLOAT)
    out = _broadcast(np.arctan2, "atan2", a, b)
    return record("atan2", out, (a, lambda g: g * (b / _square_sum(a, b))), (b, lambda g: -g * (a / _square_sum(a, b))))


def _square_sum(a: Tensor, b: Tensor) -> Tensor:
    total = a * a + b * b
    return where(total == 0, 1.0, total)


def hypot(input: Any, other: Any) -> Tensor:
    """sqrt(input^2 + other^2), without overflow on the way."""
    a, b = promoted(input, other, name="hypot")
    out = _broadcast(np.hypot, "hypot", a, b)
    return record("hypot", out, (a, lambda g, y: g * (a / y)), (b, lambda g, y: g * (b / y)), output=True)


def logaddexp(input: Any, other: Any) -> Tensor:
    """log(exp(input) + exp(other)), without overflow on the way."""
    a, b = promoted(input, other, name="logaddexp", least=dtypes.FLOAT)
    out = _broadcast(np.logaddexp, "logaddexp", a, b)
    return record("logaddexp", out, (a, lambda g: g * sigmoid(a - b)), (b, lambda g: g * sigmoid(b - a)))


def logaddexp2(input: Any, other: Any) -> Tensor:
    """log2(2^input + 2^other)."""
    a, b = promoted(input, other, name="logaddexp2", least=dtypes.FLOAT)
    return logaddexp(a * math.log(2), b * math.log(2)) / math.log(2)


def xlogy(input: Any, other: Any) -> Tensor:
    """input * log(other), and 0 where input is 0."""
    a, b = promoted(input, other, name="xlogy", least=dtypes.FLOAT)
    idle = (a == 0) & ((b <= 0) | isinf(b))
    return where(idle, 0.0, a * log(where(idle, 1.0, b)))


def copysign(input: Any, other: Any) -> Tensor:
    """The magnitude of input with the sign of other."""
    a, b = promoted(input, other, name="copysign", least=dtypes.FLOAT)
    out = _broadcast(np.copysign, "copysign", a, b)
    return record("copysign", out, (a, lambda g, y: g * (sign(a) * sign(y))), (b, lambda g, y: g * 0), output=True)


def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """input + weight * (end - input)."""
    return input + weight * (end - input)


def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """input + value * tensor1 * tensor2."""
    a, b, c = promoted(input, tensor1, tensor2, name="addcmul")
    return a + _times(b * c, value, "addcmul")


def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """input + value * tensor1 / tensor2."""
    return input + tensor1 / tensor2 * value


def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 below 0, 1 above, `values` at 0."""
    if input.array.dtype != values.array.dtype:
        raise RuntimeError(
            f"heaviside: not implemented for tensors with different dtypes, {input.dtype} and {values.dtype}"
        )
    return wrap(np.asarray(np.heaviside(input.array, values.array), input.array.dtype))


# comparisons and logic: bool results, no gradient -------------------------------------------


def _comparison(name: str, function: Any, doc: str) -> Binary:
    def op(input: Any, other: Any) -> Tensor:
        a, b = operands(input, other, name)
        return record(name, _broadcast(function, name, a, b))

    return _named(op, name, doc)


eq = _comparison("eq", np.equal, "input == other, element by element.")
ne = _comparison("ne", np.not_equal, "input != other, element by element.")
lt = _comparison("lt", np.less, "input < other, element by element.")
le = _comparison("le", np.less_equal, "input <= other, element by element.")
gt = _comparison("gt", np.greater, "input > other, element by element.")
ge = _comparison("ge", np.greater_equal, "input >= other, element by element.")
logical_and = _comparison("logical_and", np.logical_and, "Both are nonzero.")
logical_or = _comparison("logical_or", np.logical_or, "One at least is nonzero.")
logical_xor = _comparison("logical_xor", np.logical_xor, "Exactly one is nonzero.")


def _bitwise(name: str, function: Any, doc: str) -> Binary:
    def op(input: Any, other: Any) -> Tensor:
        a, b = promoted(input, other, name=name)
        if a.array.dtype.kind == "f":
            raise RuntimeError(f"{name}: wanted integer or bool tensors, got {a.dtype}")
        return record(name, _broadcast(function, name, a, b))

    return _named(op, name, doc)


bitwise_and = _bitwise("bitwise_and", np.bitwise_and, "input & other, of integers or bools.")
bitwise_or = _bitwise("bitwise_or", np.bitwise_or, "input | other, of integers or bools.")
bitwise_xor = _bitwise("bitwise_xor", np.bitwise_xor, "input ^ other, of integers or bools.")
bitwise_left_shift = _bitwise("bitwise_left_shift", np.left_shift, "input << other.")
bitwise_right_shift = _bitwise("bitwise_right_shift", np.right_shift, "input >> other.")


def _test(name: str, function: Any, doc: str) -> Unary:
    def op(input: Tensor) -> Tensor:
        return record(name, function(input.array))

    return _named(op, name, doc)


isnan = _test("isnan", np.isnan, "Where an element is NaN.")
isinf = _test("isinf", np.isinf, "Where an element is infinite.")
isposinf = _test("isposinf", np.isposinf, "Where an element is plus infinity.")
isneginf = _test("isneginf", np.isneginf, "Where an element is minus infinity.")
isfinite = _test("isfinite", np.isfinite, "Where an element is neither NaN nor infinite.")
signbit = _test("signbit", lambda x: np.signbit(x) if x.dtype.kind == "f" else x < 0, "Where negative.")
logical_not = _test("logical_not", np.logical_not, "Where an element is zero.")


def bitwise_not(input: Tensor) -> Tensor:
    """~input, of integers or bools."""
    if input.array.dtype.kind == "f":
        raise RuntimeError(f"bitwise_not: wanted an integer or bool tensor, got {input.dtype}")
    return record("bitwise_not", ~input.array)


def isclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Tensor:
    """Where |input - other| <= atol + rtol * |other|."""
    if input.array.dtype != other.array.dtype:
        raise RuntimeError(f"isclose: {input.dtype} did not match {other.dtype}")
    return wrap(np.asarray(np.isclose(input.array, other.array, rtol, atol, equal_nan)))


def allclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether every element `isclose`."""
    return bool(isclose(input, other, rtol, atol, equal_nan).array.all())


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and elements."""
    return bool(np.array_equal(input.array, other.array))
