"""Elementary functions and slopes that keep their last digits where the plain formula cancels,
overflows or saturates.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_mnist import extras
from tinygrad_mnist.kernels import compiled
from tinygrad_mnist.kernels.error_functions import NEAR, erf_near_0, erfcx_of_positive

Array = npt.NDArray[Any]

FAR = {"f": 80.0, "d": 700.0}  # exp(-x) of more is not a normal number any more
HALVES = 64.0  # beyond it x exp(x) is taken in two steps, for exp(x) alone loses digits


def special_functions() -> Any:
    """SciPy's special functions, imported when first needed.

    Raises:
        MissingPackageError: if SciPy is not installed; `record` has it name the operation.
    """
    return extras.load("scipy.special", "special")


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), with both tails."""
    if x.dtype == np.float16:
        return sigmoid(x.astype(np.float32)).astype(x.dtype)
    found = _sigmoid_by_loop(x)
    if found is not None:
        return found[0]
    e = _exp_of_negative(x)
    if e is None:
        return _both_sides(x)[0]
    e += 1
    return np.divide(1, e, e)  # quicker than np.reciprocal


def sigmoid_with_slope(x: Array) -> tuple[Array, Array]:
    """`sigmoid`, and its derivative sigmoid(x) sigmoid(-x)."""
    if x.dtype == np.float16:
        y, slope = sigmoid_with_slope(x.astype(np.float32))
        return y.astype(x.dtype), slope.astype(x.dtype)
    found = _sigmoid_by_loop(x)
    if found is not None:
        return found
    e = _exp_of_negative(x)
    if e is None:
        y, other = _both_sides(x)
        return y, np.multiply(y, other, other)
    y = np.add(e, 1, out=np.empty_like(e))
    np.divide(1, y, y)
    e *= y
    e *= y
    return y, e


def _sigmoid_by_loop(x: Array) -> tuple[Array, Array] | None:
    """`sigmoid_with_slope` where Numba is to do it, of many moderate numbers in float32."""
    if x.size < compiled.LEAST or x.dtype != np.float32 or not x.flags.c_contiguous:
        return None
    loop = compiled.loop(compiled.sigmoid)
    if loop is None or not (x.min() >= -FAR["f"] and x.max() <= FAR["f"]):
        return None
    y = np.empty_like(x)
    slope = np.empty_like(x)
    loop(x.reshape(-1), y.reshape(-1), slope.reshape(-1))
    return y, slope


def _exp_of_negative(x: Array) -> Array | None:
    """exp(-x), or None where it would leave the normal numbers, or x holds a NaN."""
    e = np.empty(x.shape, x.dtype)
    np.negative(x, e)
    highest = e.max(initial=0)
    if not highest <= FAR[x.dtype.char]:
        return None
    return np.exp(e, e)


def _both_sides(x: Array) -> tuple[Array, Array]:
    """sigmoid(x) and sigmoid(-x), by the exponential of the negative side."""
    small = np.exp(-np.abs(x))
    total = 1 + small
    small = small / total
    large = 1 / total
    positive = x > 0
    one_side = np.where(positive, large, small)
    other_side = np.where(positive, small, large)
    return one_side, other_side


def sigmoid_base_2(x: Array) -> Array:
    """1 / (1 + 2^-x), with both tails."""
    small = np.exp2(-np.abs(x))
    return np.where(x > 0, x.dtype.type(1), small) / (1 + small)


def tanh_with_slope(x: Array) -> tuple[Array, Array]:
    """tanh, and its derivative 1 / cosh(x)^2."""
    if x.dtype == np.float16:
        y, slope = tanh_with_slope(x.astype(np.float32))
        return y.astype(x.dtype), slope.astype(x.dtype)
    e = np.empty(x.shape, x.dtype)
    np.abs(x, e)
    e *= -2
    np.exp(e, e)
    share = np.add(e, 1, out=np.empty_like(e))
    np.reciprocal(share, share)
    e *= share
    e *= share
    e *= 4
    return np.tanh(x, share), e


def silu(x: Array) -> Array:
    """x sigmoid(x)."""
    y = sigmoid(x)
    y *= x
    if y.size and x.min() < -HALVES:
        y = np.where(x < -HALVES, _times_exp(x, x), y)
    return y


def silu_with_slope(x: Array) -> tuple[Array, Array]:
    """`silu` and `silu_slope`."""
    between = x.min(initial=0) >= -HALVES and x.max(initial=0) <= FAR["f"]
    if x.dtype == np.float16 or not between:
        return silu(x), silu_slope(x)
    y, slope = sigmoid_with_slope(x)
    slope *= x
    slope += y
    y *= x
    return y, slope


def silu_slope(x: Array) -> Array:
    """The derivative of `silu`: sigmoid(x) (1 + x sigmoid(-x))."""
    y, slope = sigmoid_with_slope(x)
    slope = np.multiply(slope, x)
    slope = slope + y
    if slope.size and not np.abs(x).max() < HALVES:
        slope = np.where(x < -HALVES, _times_exp(x, x + 1), slope)
        slope = np.where(x > FAR["d"], x.dtype.type(1), slope)
    return slope


def _times_exp(x: Array, factor: Array) -> Array:
    """factor * exp(x) for x below 0, without the digits that exp(x) loses as a subnormal number."""
    low = np.minimum(x, x.dtype.type(-HALVES))
    product = np.maximum(factor, x.dtype.type(-2000)) * np.exp(low + x.dtype.type(HALVES))
    return product * x.dtype.type(math.exp(-HALVES))


def mish(x: Array) -> Array:
    """x tanh(log(1 + exp(x))): a quotient of polynomials of exp(-|x|)."""
    e = np.exp(-np.abs(x))
    twice = e * (e + 2)
    above = (1 + 2 * e) / (1 + 2 * e + 2 * e * e)
    below = twice / (twice + 2)
    y = x * np.where(x > 0, above, below)
    return np.where(x < -HALVES, _times_exp(x, x), y)


def mish_slope(x: Array) -> Array:
    """The derivative of `mish`."""
    e = np.exp(-np.abs(x))
    twice = e * (e + 2)
    total = 1 + 2 * e + 2 * e * e
    size = np.minimum(np.abs(x), x.dtype.type(2000))
    above = (1 + 2 * e) / total + size * e * (4 * e * (1 + e) / (total * total))
    total = twice + 2
    below = e * ((e + 2) * total - 4 * size * (1 + e)) / (total * total)
    slope = np.where(x > 0, above, below)
    slope = np.where(x < -HALVES, _times_exp(x, x + 1), slope)
    return np.where(np.isnan(x), x, slope)


def softsign(x: Array) -> Array:
    """x / (1 + |x|)."""
    return x / (1 + np.abs(x))


def tanhshrink(x: Array) -> Array:
    """x - tanh(x); near 0 by the series of (x cosh(x) - sinh(x)) / cosh(x)."""
    near = np.clip(x, -1, 1)
    square = near * near
    total = np.zeros_like(near)
    for k in range(10, 0, -1):
        total = total * square + x.dtype.type(2 * k / math.factorial(2 * k + 1))
    series = square * near * total / np.cosh(near)
    return np.where(np.abs(x) < 1, series, x - np.tanh(x))


def sinc(x: Array) -> Array:
    """sin(pi x) / (pi x), 1 at 0; the sine is taken of the distance to the next integer."""
    safe = np.where(x == 0, x.dtype.type(1), x)
    nearest = np.rint(safe)
    sign = 1 - 2 * np.abs(np.fmod(nearest, 2))
    sine = np.sin((safe - nearest) * x.dtype.type(np.pi)) * sign
    return np.where(x == 0, x.dtype.type(1), sine / (safe * x.dtype.type(np.pi)))


def sinc_slope(x: Array) -> Array:
    """The derivative of `sinc`, (cos(pi x) - sinc(x)) / x; near 0 by its series."""
    z = np.clip(x, -0.5, 0.5) * x.dtype.type(np.pi)
    square = z * z
    series = np.zeros_like(z)
    for k in range(12, 0, -1):
        series = series * -square - x.dtype.type(2 * k / math.factorial(2 * k + 1))
    series = series * z * x.dtype.type(np.pi) + 0  # 0 at 0, not -0
    safe = np.where(x == 0, x.dtype.type(1), x)
    nearest = np.rint(safe)
    sign = 1 - 2 * np.abs(np.fmod(nearest, 2))
    quarter = 0.5 - np.abs(safe - nearest)  # so that the cosine is exact where it is 0
    cosine = np.sin(quarter * x.dtype.type(np.pi)) * sign
    return np.where(np.abs(x) < 0.5, series, (cosine - sinc(x)) / safe)


def gaussian(x: Array, scale: float) -> Array:
    """exp(-scale x^2), for a scale of 1, -1 or 1/2.

    In float64 x^2 is taken as a sum of two, so that no digits are lost by its rounding.
    """
    if x.dtype != np.float64:
        power = x.astype(np.float64)
        power *= power
        power *= -scale
        return np.asarray(np.exp(power)).astype(x.dtype)
    held = np.clip(x, -64, 64)
    high = held.astype(np.float32).astype(np.float64)  # its square is exact
    rest = (held - high) * (held + high)
    return np.exp(high * high * -scale) * np.exp(rest * -scale)


def entr(x: Array) -> Array:
    """-x log(x); 0 at 0, minus infinity below."""
    value = -x * np.log(np.where(x > 0, x, x.dtype.type(1)))
    return np.where(x < 0, x.dtype.type(-np.inf), value + 0)  # 0 at 0, not -0


def logit(x: Array) -> Array:
    """log(x / (1 - x)); around 1/2 by atanh."""
    middle = 2 * np.arctanh(2 * np.clip(x, 0.25, 0.75) - 1)
    return np.where(np.abs(x - 0.5) < 0.25, middle, np.log(x / (1 - x)))


def erfc_fraction(x: Array) -> Array:
    """K with erfcx(x) = 1 / (sqrt(pi) (x + K)) for x above 1.25: Laplace's continued fraction.

    Cuyt et al., Handbook of Continued Fractions for Special Functions (2008), 13.2.
    """
    fraction = np.zeros_like(x)
    for k in range(140, 0, -1):
        fraction = (k / 2) / (x + fraction)
    return fraction


def erf(x: Array) -> Array:
    """The error function."""
    wide = x.astype(np.float64)
    size = np.abs(wide)
    near = erf_near_0(np.clip(wide, -NEAR, NEAR))
    far = np.copysign(1 - _erfc_of_positive(size), wide)
    return np.where(size < NEAR, near, far).astype(x.dtype)


def _erfc_of_positive(x: Array) -> Array:
    return gaussian(x, 1.0) * erfcx_of_positive(x)


def erfc(x: Array) -> Array:
    """1 - erf(x), without its cancellation above 1/2."""
    wide = x.astype(np.float64)
    tail = _erfc_of_positive(np.abs(wide))
    near = 1 - erf_near_0(np.clip(wide, -0.5, 0.5))
    far = np.where(wide < 0, 2 - tail, tail)
    return np.where(np.abs(wide) < 0.5, near, far).astype(x.dtype)


def erfcx(x: Array) -> Array:
    """exp(x^2) erfc(x); below 0 by 2 exp(x^2) - erfcx(-x)."""
    wide = x.astype(np.float64)
    size = np.abs(wide)
    plain = erfcx_of_positive(size)
    mirrored = 2 * gaussian(np.minimum(wide, 0), -1.0) - plain
    return np.where(wide < 0, mirrored, plain).astype(x.dtype)


def ndtr(x: Array) -> Array:
    """The normal distribution function."""
    wide = x.astype(np.float64)
    root = math.sqrt(0.5)
    size = np.abs(wide)
    tail = gaussian(size, 0.5) * erfcx_of_positive(size * root) / 2
    near = 0.5 + erf_near_0(np.clip(wide, -1, 1) * root) / 2
    far = np.where(wide < 0, tail, 1 - tail)
    return np.where(size < 0.7, near, far).astype(x.dtype)


def log_ndtr(x: Array) -> Array:
    """log(ndtr(x)); below -1 by erfcx, above 1 by the other side, log(1 - ndtr(-x))."""
    wide = x.astype(np.float64)
    low = np.minimum(wide, -1)
    below = np.log(erfcx_of_positive(low * -math.sqrt(0.5)) / 2) - low * low / 2
    between = np.log(ndtr(np.clip(wide, -1, 1)))
    above = np.log1p(-ndtr(-np.maximum(wide, 1)))
    found = np.where(wide < -1, below, np.where(wide > 1, above, between))
    return np.where(np.isneginf(wide), wide, found).astype(x.dtype)


# Where a slope is 0, as a sum of two numbers, and its Taylor series there, highest first
GELU_ZERO = (-0.7517915246935645, 1.4956759177009883e-17)
GELU_SERIES = (
    1.90319840501314e-09,
    -1.396942086426202e-09,
    -3.5459866461783865e-08,
    -1.6044265494246427e-09,
    5.702764979242107e-07,
    4.3284506257392273e-07,
    -7.74846130700372e-06,
    -1.121438018842664e-05,
    8.615947861116571e-05,
    0.00018633974623233514,
    -0.0007448268386746817,
    -0.002239538068073497,
    0.004539228379125415,
    0.019421679838189067,
    -0.014771522148244337,
    -0.1140082332972217,
    -0.018199676398671087,
    0.388284982990552,
    0.4314939923140469,
)
GELU_TANH_ZERO = (-0.7524614220710163, 3.4358218314355225e-17)
GELU_TANH_SERIES = (
    1.7637802707907529e-09,
    -1.196180847972441e-08,
    -1.6978217459781e-08,
    7.520740909289922e-08,
    1.4157556987729457e-07,
    -4.3102482988029016e-07,
    -9.898647747433656e-07,
    2.433551634429955e-06,
    5.918611710893999e-06,
    -1.595089687164511e-05,
    -3.495617169443609e-05,
    0.00012425227802639787,
    0.0002639276405268104,
    -0.0009274420230205452,
    -0.002422731845875097,
    0.005261059254921913,
    0.019682309459833118,
    -0.016619328343052565,
    -0.11394448308095899,
    -0.015782853521848023,
    0.38751844613578895,
    0.4304000910248585,
)
I1E_ZERO = (1.5451272579925426, 1.0630756383046672e-16)
I1E_SERIES = (
    4.9037990474390766e-15,
    -5.0275773249744513e-14,
    4.903018245781118e-13,
    -4.536287162070567e-12,
    3.970041409905071e-11,
    -3.275824922300628e-10,
    2.53904624567133e-09,
    -1.8408581059402866e-08,
    1.242451415616038e-07,
    -7.762965862564373e-07,
    4.4609566412340774e-06,
    -2.339400875441182e-05,
    0.00011090891073943863,
    -0.0004698272352216896,
    0.0017519744494522965,
    -0.005637298635904482,
    0.015214710546345076,
    -0.03294765027144757,
    0.05270624306827756,
    -0.050026009428196336,
)


def _near_zero(x: Array, slope: Array, zero: tuple[float, float], series: Any) -> Array:
    """The slope, by its series within 0.35 of where it is 0, for there the formula cancels."""
    distance = (np.clip(x, zero[0] - 0.35, zero[0] + 0.35) - zero[0]) - zero[1]
    total = np.zeros_like(distance)
    for coefficient in series:
        total = total * distance + coefficient
    return np.where(np.abs(x - zero[0]) < 0.35, total * distance, slope)


def gelu_with_slope(x: Array) -> tuple[Array, Array]:
    """x times the normal distribution function, and its derivative, in float64."""
    power = gaussian(x, 0.5)
    scaled = erfcx_of_positive(np.maximum(-x, 0) * math.sqrt(0.5)) / 2
    held = np.clip(x, -100, 100)
    density = 1 / math.sqrt(2 * math.pi)
    above = ndtr(x)
    tail = np.where(x < -1, x * scaled * power, x * above)
    slope = np.where(x < -1, (scaled + held * density) * power, above + held * power * density)
    return tail, _near_zero(x, slope, GELU_ZERO, GELU_SERIES)


GELU_SCALE = 2 * math.sqrt(2 / math.pi)
GELU_CUBE = 0.044715


def gelu_tanh(x: Array) -> Array:
    """gelu's approximation x (1 + tanh(u / 2)) / 2, which is x sigmoid(u)."""
    wide = np.maximum(x.astype(np.float64), -100)
    high, rest, factor = _gelu_argument(np.minimum(wide, 100))
    y, slope = sigmoid_with_slope(high)
    return np.asarray(wide * (y + rest * slope) * factor).astype(x.dtype)


def gelu_tanh_slope(x: Array) -> Array:
    """The derivative of `gelu_tanh`."""
    wide = np.clip(x.astype(np.float64), -100, 100)
    high, rest, factor = _gelu_argument(wide)
    y, slope = sigmoid_with_slope(high)
    other = 1 - 2 * y
    y = y + rest * slope
    slope = slope + rest * slope * other
    by_x = GELU_SCALE * (1 + 3 * GELU_CUBE * wide * wide)
    slope = (y + wide * by_x * slope) * factor
    return _near_zero(wide, slope, GELU_TANH_ZERO, GELU_TANH_SERIES).astype(x.dtype)


def _gelu_argument(x: Array) -> tuple[Array, Array, Array]:
    """u = scale (x + cube x^3), rounded, and what the rounding left: sigmoid's tail multiplies it
    by u. Where long doubles are no longer than doubles, nothing is left.

    Far below 0 the argument is raised by `HALVES`, so that its sigmoid is no subnormal number; the
    third result is the factor that takes this back.
    """
    pi = np.longdouble("3.14159265358979323846264338328")
    long = x.astype(np.longdouble)
    scale = 2 * np.sqrt(2 / pi)
    u = scale * (long + GELU_CUBE * (long * long * long))
    high = u.astype(np.float64)
    rest = np.asarray(u - high).astype(np.float64)
    low = high < -2 * HALVES
    factor = np.where(low, math.exp(-HALVES), 1.0)
    return np.where(low, high + HALVES, high), rest, factor


def erfcx_slope(x: Array) -> Array:
    """The derivative of exp(x^2) erfc(x): 2 x erfcx(x) - 2 / sqrt(pi); above 1.25, where it
    cancels, by the continued fraction.
    """
    wide = x.astype(np.float64)
    scale = 2 / math.sqrt(math.pi)
    plain = 2 * wide * erfcx(np.minimum(wide, 2)) - scale
    held = np.maximum(wide, 1.25)
    fraction = erfc_fraction(held)
    far = -scale * fraction / (held + fraction)
    return np.where(wide > 1.25, far, plain).astype(x.dtype)


def log_ndtr_slope(x: Array) -> Array:
    """The derivative of log(ndtr(x)), the normal density over ndtr(x)."""
    wide = x.astype(np.float64)
    root = math.sqrt(0.5)
    above = np.maximum(wide, -1)
    near = gaussian(above, 0.5) / (math.sqrt(2 * math.pi) * ndtr(above))
    tail = erfcx_of_positive(np.clip(wide, -2e9, -1) * -root)
    far = math.sqrt(2 / math.pi) / tail
    far = np.where(wide < -1e9, -wide, far)
    return np.where(wide < -1, far, near).astype(x.dtype)


def log_ndtr_excess(x: Array) -> Array:
    """x plus the derivative of log(ndtr(x)); below -2 by the continued fraction."""
    wide = x.astype(np.float64)
    held = np.minimum(wide, -2) * -math.sqrt(0.5)
    far = math.sqrt(2) * erfc_fraction(held)
    return np.where(wide < -2, far, wide + log_ndtr_slope(wide)).astype(x.dtype)


def ndtri_slope(x: Array, y: Array) -> Array:
    """The derivative of y = ndtri(x), sqrt(2 pi) exp(y^2 / 2); |y| above 1 by Mills' ratio, for
    there the rounding of y would count y^2 times.
    """
    wide = x.astype(np.float64)
    size = np.abs(y.astype(np.float64))
    share = np.where(wide > 0.5, 1 - wide, wide)
    ratio = math.sqrt(math.pi / 2) * erfcx_of_positive(size * math.sqrt(0.5))
    far = np.where(np.isinf(size), np.inf, ratio / share)
    near = math.sqrt(2 * math.pi) * gaussian(np.minimum(size, 2), -0.5)
    return np.where(size > 1, far, near).astype(x.dtype)


def erfinv(x: Array) -> Array:
    """The inverse of erf: Winitzki's approximation, and three steps of Halley's method."""
    wide = x.astype(np.float64)
    size = np.abs(wide)
    inside = np.minimum(size, 1 - 2**-53)
    rest = 1 - inside
    log = np.log(rest) + np.log1p(inside)
    part = 2 / (math.pi * 0.147) + log / 2
    y = np.sqrt(np.sqrt(part * part - log / 0.147) - part)
    for _ in range(3):
        off = (erfcx_of_positive(y) - rest * gaussian(y, -1.0)) * (math.sqrt(math.pi) / 2)
        near = (erf_near_0(np.minimum(y, NEAR)) - inside) * gaussian(y, -1.0)
        off = np.where(y < 0.5, near * (-math.sqrt(math.pi) / 2), off)
        y = y + off / (1 - off * y)
    y = np.where(size == 1, np.inf, np.where(size > 1, np.nan, y))
    return np.copysign(np.where(np.isnan(size), size, y), wide).astype(x.dtype)


def erfinv_slope(x: Array, y: Array) -> Array:
    """The derivative of y = erfinv(x), sqrt(pi) / 2 exp(y^2); above 1/2 as `ndtri_slope`."""
    wide = x.astype(np.float64)
    size = np.abs(y.astype(np.float64))
    scale = math.sqrt(math.pi) / 2
    ratio = scale * erfcx_of_positive(size) / (1 - np.abs(wide))
    far = np.where(np.isinf(size), np.inf, ratio)
    near = scale * gaussian(np.minimum(size, 1), -1.0)
    return np.where(size > 0.5, far, near).astype(x.dtype)


def lgamma(x: Array) -> Array:
    """log |gamma(x)|; next to 0 -log |x|, as SciPy's is infinite just below 0; from 1/2 to 5/2,
    where SciPy's loses digits, by the series around 2 (NIST Handbook, 5.7.3).
    """
    special = special_functions()

    wide = x.astype(np.float64)
    tiny = np.abs(wide) < 1e-300
    next_to_0 = -np.log(np.where(tiny, np.abs(wide), 1))
    below = wide < 1.5
    z = np.clip(np.where(below, wide - 1, wide - 2), -0.5, 0.5)
    series = np.zeros_like(z)
    for k in range(28, 1, -1):
        series = (special.zetac(k) / k - series) * z
    series = z * (1 - np.euler_gamma + series)
    series = np.where(below, series - np.log1p(z), series)
    middle = (wide > 0.5) & (wide < 2.5)
    value = np.where(middle, series, special.gammaln(wide))
    return np.where(tiny, next_to_0, value).astype(x.dtype)


def digamma(x: Array) -> Array:
    """The derivative of log gamma; below -1 by digamma(1 - x) - pi / tan(pi x), with the tangent of
    the distance to the next integer.
    """
    special = special_functions()

    wide = x.astype(np.float64)
    low = np.where(wide < -1, wide, -1.5)
    mirrored = special.digamma(1 - low) - np.pi / np.tan(np.pi * (low - np.rint(low)))
    mirrored = np.where(low == np.rint(low), np.nan, mirrored)  # the poles
    return np.where(wide < -1, mirrored, special.digamma(wide)).astype(x.dtype)


BESSEL_FAR = 30.0
BESSEL_NODES = 64  # of the trapezoidal rule; right to the last digit up to BESSEL_FAR


def i0e_slope(x: Array) -> Array:
    """The derivative of exp(-|x|) i0(x), which is i1e(x) - i0e(x) for x above 0."""
    return np.where(x < 0, 1, -1) * _bessel_slope(x, 0)


def i1e_slope(x: Array) -> Array:
    """The derivative of exp(-|x|) i1(x), which is i0e(x) - i1e(x) - i1e(x) / x for x above 0."""
    wide = x.astype(np.float64)
    slope = -_bessel_slope(wide, 1)
    return _near_zero(np.abs(wide), slope, I1E_ZERO, I1E_SERIES).astype(x.dtype)


def _bessel_slope(x: Array, order: int) -> Array:
    """Minus the derivative of exp(-x) I(x) at |x|, without the cancellation of the formula.

    Up to 30 the integral of cos(order t) (1 - cos t) exp(-x (1 - cos t)) / pi over 0 to pi (NIST
    Handbook, 10.32.3) by the trapezoidal rule; above, the derivative of the asymptotic series
    (10.40.1), term by term.
    """
    size = np.abs(x.astype(np.float64))
    near = np.minimum(size, BESSEL_FAR)
    integral = np.zeros_like(near)
    for k in range(1, BESSEL_NODES // 2 + 1):
        angle = 2 * math.pi * k / BESSEL_NODES
        height = 2 * math.sin(angle / 2) ** 2
        share = 1 if 2 * k == BESSEL_NODES else 2
        weight = share * math.cos(order * angle) * height / BESSEL_NODES
        integral += weight * np.exp(-height * near)
    far = np.maximum(size, BESSEL_FAR)
    series = np.zeros_like(far)
    terms = [1.0]
    for k in range(1, 40):
        terms.append(terms[-1] * -(4 * order * order - (2 * k - 1) ** 2) / (8 * k))
    for k in range(39, -1, -1):
        series = series / far + terms[k] * (k + 0.5)
    series = series / (np.sqrt(2 * np.pi * far) * far)
    series = np.where(np.isinf(far), 0.0, series)
    return np.where(size < BESSEL_FAR, integral, np.where(np.isnan(size), size, series)).astype(
        x.dtype
    )


def i0e(x: Array) -> Array:
    """exp(-|x|) i0(x); up to 1 by the power series (NIST Handbook, 10.25.2), for there SciPy's is 4
    units in the last place off.
    """
    special = special_functions()

    size = np.abs(x.astype(np.float64))
    near = np.minimum(size, 1)
    quarter = near * near / 4
    series = np.ones_like(near)
    for k in range(12, 0, -1):
        series = 1 + series * quarter / (k * k)
    return np.where(size < 1, series * np.exp(-near), special.i0e(size)).astype(x.dtype)


def i1(x: Array) -> Array:
    """The modified Bessel function of order 1; up to 8 by the power series (NIST Handbook,
    10.25.2), for there SciPy's is 8 units in the last place off.
    """
    special = special_functions()

    wide = x.astype(np.float64)
    near = np.clip(wide, -8, 8)
    quarter = near * near / 4
    series = np.ones_like(near)
    for k in range(36, 0, -1):
        series = 1 + series * quarter / (k * (k + 1))
    return np.where(np.abs(wide) < 8, series * (near / 2), special.i1(wide)).astype(x.dtype)
