"""Operations on each element by itself: arithmetic, elementary functions, comparisons, logic.

Most are rows of a table. A row of `elementary` is a function of one tensor, its NumPy function and
the rule for its gradient, in terms of the input x or, where that is cheaper, of the result y.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.kernels.network import gate
from tinygrad_mnist.ops.arguments import (
    as_tensor,
    cast,
    floating,
    mismatch,
    named,
    operands,
    promoted,
    returned,
    supported,
)
from tinygrad_mnist.core.arithmetic import pass_on
from tinygrad_mnist.tape import mode, record
from tinygrad_mnist.core.tensor import Array, Tensor, wrap

__all__ = [
    "abs", "acos", "acosh", "add", "asin", "asinh", "atan", "atan2", "atanh", "bitwise_and", "bitwise_left_shift",
    "bitwise_not", "bitwise_or", "bitwise_right_shift", "bitwise_xor", "ceil", "clamp", "copysign", "cos", "cosh",
    "deg2rad", "div", "eq", "erf", "erfc", "exp", "exp2", "expm1", "fill", "floor", "floor_divide", "fmax", "fmin",
    "fmod", "frexp", "gcd", "ge", "gt", "hypot", "isfinite", "isinf", "isnan", "isneginf", "isposinf", "isreal",
    "lcm", "le", "log", "log10", "log1p", "log2", "logaddexp", "logical_and", "logical_not", "logical_or",
    "logical_xor", "lt", "maximum", "minimum", "mul", "nan_to_num", "ne", "neg", "nextafter", "positive", "pow",
    "rad2deg", "reciprocal", "relu", "remainder", "round", "rsqrt", "rsub", "sigmoid", "sign", "signbit", "sin",
    "sinc", "sinh", "sqrt", "square", "sub", "tan", "tanh", "trunc", "where", "xlogy",
]  # fmt: skip

Unary = Callable[[Any], Tensor]
Binary = Callable[[Any, Any], Tensor]
Rule = Callable[..., Tensor]


def pair(name: str, function: Any, a: Tensor, b: Tensor, *rules: Rule, output: bool = False) -> Tensor:
    """`function` of the two arrays, broadcast, recorded with the rules for the two gradients, if there are any."""
    try:
        out = function(a.array, b.array)
    except ValueError:
        raise mismatch(name, a, b) from None
    return record(name, out, *zip((a, b), rules, strict=False), output=output)


# arithmetic --------------------------------------------------------------------------------


def add(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """input + alpha * other, with broadcasting and type promotion."""
    a, b = operands(input, other, "add")
    if alpha != 1:
        b = times(b, alpha, "add")
    return record("add", np.add, (a, pass_on), (b, pass_on))


def sub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """input - alpha * other, with broadcasting and type promotion."""
    a, b = operands(input, other, "sub")
    if alpha != 1:
        b = times(b, alpha, "sub")
    if a.array.dtype.kind == "b":
        raise RuntimeError("sub: Subtraction, the `-` operator, with two bool tensors is not supported")
    return record("sub", np.subtract, (a, pass_on), (b, lambda g: -g))


def rsub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """other - alpha * input."""
    return sub(other, input, alpha=alpha)


def times(x: Tensor, alpha: Any, name: str) -> Tensor:
    whole = x.array.dtype.kind == "f" or not isinstance(alpha, float)
    check(whole, "{}: For integral input tensors, the factor must not be a floating point number.", name)
    return cast(mul(x, alpha), x.dtype)


def mul(input: Any, other: Any) -> Tensor:
    """input * other, element by element, with broadcasting and type promotion."""
    a, b = operands(input, other, "mul")
    return record("mul", np.multiply, (a, lambda g: g * b), (b, lambda g: g * a))


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """input / other; integers give floats. `rounding_mode` "trunc" or "floor" rounds the quotient."""
    if rounding_mode is not None:
        known = rounding_mode in ("trunc", "floor")
        check(known, "div: rounding_mode must be None, 'trunc' or 'floor', got {!r}", rounding_mode)
        a, b = _divisible(input, other, "div")
        if rounding_mode == "floor":
            return floor_divide(a, b)
        if a.array.dtype.kind == "f":
            return trunc(div(a, b))
        return pair("div", lambda m, n: (m - np.fmod(m, n)) // n, a, b)
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
    a, b = operands(input, exponent, "pow")
    if exponent.__class__ in (int, float) and a.array.dtype.kind == "f":
        if exponent == 2:
            return record("pow", a.array * a.array, (a, lambda g: g * (a * 2)))
        return record(
            "pow",
            np.power(a.array, b.array),
            (a, lambda g: g * (a ** (exponent - 1) * exponent) if exponent else g * 0),
        )
    supported("pow", "iuf", a)
    whole = isinstance(exponent, Tensor) or a.array.dtype.kind == "f" or exponent >= 0
    check(whole, "pow: Integers to negative integer powers are not allowed.")
    if a.array.dtype.kind in "iu" and (negative := b.array < 0).any():  # fractions, rounded to 0
        odd = np.where(negative, b.array % 2, b.array)
        return wrap(np.power(a.array, odd) * (~negative | (np.abs(a.array) == 1)))

    def by_exponent(g: Tensor, y: Tensor) -> Tensor:
        zero = (a == 0) & (b >= 0)
        return g * where(zero, 0.0, y * log(where(zero, 1.0, a)))

    def by_base(g: Tensor, y: Tensor) -> Tensor:
        return g * where(b == 0, 0.0, b * a ** (b - 1))

    return pair("pow", np.power, a, b, by_base, by_exponent, output=True)


def _divisible(input: Any, other: Any, name: str) -> tuple[Tensor, Tensor] | list[Tensor]:
    a, b = operands(input, other, name)
    check(b.array.dtype.kind == "f" or b.array.all(), "ZeroDivisionError")
    return a, b


def floor_divide(input: Any, other: Any) -> Tensor:
    """The quotient rounded down; floats stay floats. Its gradient is 0."""
    a, b = _divisible(input, other, "floor_divide")

    def quotient(m: Array, n: Array) -> Array:
        out = np.floor_divide(m, n)
        return out if m.dtype.kind != "f" else np.where(n == 0, m / n, out)

    return pair("floor_divide", quotient, a, b, lambda g: g * 0, lambda g: g * 0)


def remainder(input: Any, other: Any) -> Tensor:
    """Python's %: the sign of the result is other's."""
    a, b = _divisible(input, other, "remainder")
    return pair("remainder", np.remainder, a, b, lambda g: g, lambda g: -g * floor_divide(a, b))


def fmod(input: Any, other: Any) -> Tensor:
    """C's fmod: the sign of the result is input's."""
    a, b = _divisible(input, other, "fmod")
    return pair("fmod", np.fmod, a, b, lambda g: g, lambda g: -g * trunc(a / b))


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

    return named(function, name, doc)


def stepwise(name: str, forward: Callable[[Array], Array], doc: str) -> Unary:
    """A function whose gradient is 0 wherever it has one; integers pass through unchanged."""

    def function(input: Tensor) -> Tensor:
        x = as_tensor(input)
        if x.array.dtype.kind == "b" or (x.array.dtype.kind != "f" and name != "sign"):
            return record(name, x.array.copy())
        return record(name, forward(x.array).astype(x.array.dtype), (x, lambda g: g * 0))

    return named(function, name, doc)


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


def scipy(name: str) -> Callable[..., Array]:
    """SciPy's special function of that name, imported when it is first needed; float16 stays float16."""

    def function(*arrays: Any) -> Array:
        from scipy import special

        found = getattr(special, name)(*arrays)
        return np.asarray(found).astype(arrays[-1].dtype)

    return function


exp = elementary("exp", np.exp, lambda g, y: g * y, "e to the power of each element.", of="y")
exp2 = elementary("exp2", np.exp2, lambda g, y: g * (y * math.log(2)), "2 to the power of each element.", of="y")
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
log_sigmoid = elementary("log_sigmoid", lambda x: -_softplus(-x), lambda g, x: g * sigmoid(-x), "log(sigmoid(x)).")
softplus_ = elementary("softplus", _softplus, lambda g, x: g * sigmoid(x), "log(1 + exp(x)), without overflow.")
erf = elementary("erf", scipy("erf"), lambda g, x: g * (exp(-x * x) * TWO_OVER_ROOT_PI), "The Gauss error function.")
erfc = elementary("erfc", scipy("erfc"), lambda g, x: g * (exp(-x * x) * -TWO_OVER_ROOT_PI), "1 - erf(x).")
sinc: Unary = elementary("sinc", np.sinc, lambda g, x: g * _sinc_slope(x), "sin(pi x) / (pi x).")
deg2rad = elementary("deg2rad", np.deg2rad, lambda g, x: g * (math.pi / 180), "Degrees to radians.")
rad2deg = elementary("rad2deg", np.rad2deg, lambda g, x: g * (180 / math.pi), "Radians to degrees.")


def _sinc_slope(x: Tensor) -> Tensor:
    return where(x == 0, 0.0, (cos(x * math.pi) - sinc(x)) / where(x == 0, 1.0, x))


floor = stepwise("floor", np.floor, "The largest integer not above each element. Its gradient is 0.")
ceil = stepwise("ceil", np.ceil, "The smallest integer not below each element. Its gradient is 0.")
trunc = stepwise("trunc", np.trunc, "Each element without its fraction. Its gradient is 0.")
sign = stepwise("sign", np.sign, "-1, 0 or 1. Its gradient is 0.")


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """Each element rounded, halves to the even neighbour. Its gradient is 0."""
    if input.array.dtype.kind != "f":
        return record("round", input.array.copy())
    return record("round", np.round(input.array, decimals), (input, lambda g: g * 0))


def _gated(g: Tensor, y: Tensor) -> Tensor:
    return g * (y > 0) if mode.recording else wrap(gate(g.array, y.array))


def relu(input: Tensor) -> Tensor:
    """max(x, 0); its gradient at 0 is 0."""
    x = input.array
    zeros = np.zeros(x.shape[-1:], x.dtype)  # a row of zeros: NumPy's maximum is quicker on it than on a scalar
    return record("relu", np.maximum(x, zeros), (input, _gated), output=True)


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
    check(min is not None or max is not None, "clamp: At least one of 'min' or 'max' must not be None")
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        out = input if min is None else maximum_(input, min)
        return out if max is None else minimum_(out, max)
    x = promoted(input, *(bound for bound in (min, max) if bound is not None), name="clamp")[0]
    low, high = (None if b is None else np.asarray(b, x.array.dtype) for b in (min, max))
    return record("clamp", np.clip(x.array, low, high), (x, lambda g: g * wrap(np.clip(x.array, low, high) == x.array)))


def nan_to_num(input: Tensor, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """NaN and infinities replaced, by default by 0 and the dtype's largest finite values."""
    out = np.nan_to_num(input.array, nan=nan, posinf=posinf, neginf=neginf)
    return record("nan_to_num", out, (input, lambda g: g * isfinite(input)))


# functions of two tensors or more ----------------------------------------------------------


def _extreme(name: str, function: Any, doc: str, first: bool = False) -> Binary:
    """Of equal elements the `first` gets the gradient, or else each half of it."""

    def share(g: Tensor, own: Tensor, rival: Tensor, y: Tensor) -> Tensor:
        return g * where(own == rival, 1.0 if first else 0.5, own == y).to(g.dtype)

    def op(input: Any, other: Any) -> Tensor:
        a, b = promoted(input, other, name=name)
        rules = (lambda g, y: share(g, a, b, y), lambda g, y: g - share(g, a, b, y) if first else share(g, b, a, y))
        return pair(name, function, a, b, *rules, output=True)

    return named(op, name, doc)


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
    known = condition.array.dtype.kind == "b" or condition.array.dtype == np.uint8
    check(known, "where: expected condition to be a boolean tensor, got {}", condition.dtype)
    a, b = promoted(input, other, name="where")
    test = cast(condition, dtypes.bool_)
    choose = partial(np.where, test.array)
    return pair("where", choose, a, b, lambda g: where(test, g, 0.0), lambda g: where(test, 0.0, g))


def fill(input: Tensor, value: Any) -> Tensor:
    """A number, or a tensor without dimensions, in the shape and dtype of input."""
    held = cast(as_tensor(value, "fill", input.array.dtype), input.dtype)
    check(not held.ndim, "fill: only supports 0-dimension value tensor but got tensor with {} dimensions.", held.ndim)
    return record("fill", np.full_like(input.array, held.array), (input, lambda g: g * 0), (held, lambda g: g))


def atan2(input: Any, other: Any) -> Tensor:
    """The angle of the point (other, input), in radians in [-pi, pi]; its gradient at (0, 0) is 0."""
    a, b = promoted(input, other, name="atan2", least=dtypes.FLOAT)
    return pair("atan2", np.arctan2, a, b, lambda g: g * _over_square(b, a), lambda g: -g * _over_square(a, b))


def _over_square(a: Tensor, b: Tensor) -> Tensor:
    total = a * a + b * b
    return a / where(total == 0, 1.0, total)


def hypot(input: Any, other: Any) -> Tensor:
    """sqrt(input^2 + other^2), without overflow on the way."""
    a, b = promoted(input, other, name="hypot")
    supported("hypot", "f", a)
    return pair("hypot", np.hypot, a, b, lambda g, y: g * (a / y), lambda g, y: g * (b / y), output=True)


def logaddexp(input: Any, other: Any) -> Tensor:
    """log(exp(input) + exp(other)), without overflow on the way."""
    a, b = promoted(input, other, name="logaddexp", least=dtypes.FLOAT)
    return pair("logaddexp", np.logaddexp, a, b, lambda g: g * sigmoid(a - b), lambda g: g * sigmoid(b - a))


def xlogy(input: Any, other: Any) -> Tensor:
    """input * log(other), and 0 where input is 0."""
    a, b = promoted(input, other, name="xlogy", least=dtypes.FLOAT)
    idle = (a == 0) & ((b <= 0) | isinf(b))
    return where(idle, 0.0, a * log(where(idle, 1.0, b)))


def copysign(input: Any, other: Any) -> Tensor:
    """The magnitude of input with the sign of other."""
    a, b = promoted(input, other, name="copysign", least=dtypes.FLOAT)
    rules: tuple[Rule, Rule] = (lambda g, y: g * (sign(a) * sign(y))), (lambda g, y: g * 0)
    return pair("copysign", np.copysign, a, b, *rules, output=True)


def nextafter(input: Tensor, other: Tensor) -> Tensor:
    """The next number that the dtype holds after input, towards other."""
    a, b = promoted(input, other, name="nextafter")
    supported("nextafter", "f", a)
    return pair("nextafter", np.nextafter, a, b, lambda g: g * (a != b), lambda g: g * 0)


_Parts = returned("frexp", "mantissa", "exponent")


def frexp(input: Tensor) -> Any:
    """Mantissas of magnitude in [0.5, 1) and int32 exponents, with input = mantissa * 2^exponent."""
    check(input.array.dtype.kind == "f", "frexp() only supports floating-point dtypes, got {}", input.dtype)
    mantissa, powers = np.frexp(input.array)
    exponent = wrap(np.asarray(powers))
    return _Parts(record("frexp", mantissa, (input, lambda g: g * pow(2.0, -exponent))), exponent)


# comparisons and logic: bool results, no gradient -------------------------------------------


def _comparison(name: str, function: Any, doc: str) -> Binary:
    def op(input: Any, other: Any) -> Tensor:
        return pair(name, function, *operands(input, other, name))

    return named(op, name, doc)


eq = _comparison("eq", np.equal, "input == other, element by element.")
ne = _comparison("ne", np.not_equal, "input != other, element by element.")
lt = _comparison("lt", np.less, "input < other, element by element.")
le = _comparison("le", np.less_equal, "input <= other, element by element.")
gt = _comparison("gt", np.greater, "input > other, element by element.")
ge = _comparison("ge", np.greater_equal, "input >= other, element by element.")
logical_and = _comparison("logical_and", np.logical_and, "Both are nonzero.")
logical_or = _comparison("logical_or", np.logical_or, "One at least is nonzero.")
logical_xor = _comparison("logical_xor", np.logical_xor, "Exactly one is nonzero.")


def _whole(name: str, function: Any, doc: str, kinds: str = "iub") -> Binary:
    def op(input: Any, other: Any) -> Tensor:
        a, b = promoted(input, other, name=name)
        supported(name, kinds, a)
        return pair(name, function, a, b)

    return named(op, name, doc)


bitwise_and = _whole("bitwise_and", np.bitwise_and, "input & other, of integers or bools.")
bitwise_or = _whole("bitwise_or", np.bitwise_or, "input | other, of integers or bools.")
bitwise_xor = _whole("bitwise_xor", np.bitwise_xor, "input ^ other, of integers or bools.")
bitwise_left_shift = _whole("bitwise_left_shift", np.left_shift, "input << other, of integers.", "iu")
bitwise_right_shift = _whole("bitwise_right_shift", np.right_shift, "input >> other, of integers.", "iu")
gcd = _whole("gcd", np.gcd, "The greatest common divisor of integers.", "iu")
lcm = _whole("lcm", np.lcm, "The least common multiple of integers.", "iu")


def _test(name: str, function: Any, doc: str) -> Unary:
    return named(lambda input: record(name, function(input.array)), name, doc)


isnan = _test("isnan", np.isnan, "Where an element is NaN.")
isinf = _test("isinf", np.isinf, "Where an element is infinite.")
isposinf = _test("isposinf", np.isposinf, "Where an element is plus infinity.")
isneginf = _test("isneginf", np.isneginf, "Where an element is minus infinity.")
isfinite = _test("isfinite", np.isfinite, "Where an element is neither NaN nor infinite.")
isreal = _test("isreal", np.isreal, "True everywhere: there are no complex tensors.")
signbit = _test("signbit", lambda x: np.signbit(x) if x.dtype.kind == "f" else x < 0, "Where negative.")
logical_not = _test("logical_not", np.logical_not, "Where an element is zero.")


def bitwise_not(input: Tensor) -> Tensor:
    """~input, of integers or bools."""
    supported("bitwise_not", "iub", input)
    return record("bitwise_not", ~input.array)
