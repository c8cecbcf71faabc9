"""Every elementary function and its gradient against mpmath, over the whole range of the dtype."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

import tinygrad_mnist as torch
import tinygrad_mnist.nn.functional as F
from tests.optional import HAS_SCIPY, NEEDS_SCIPY, special

mpmath = pytest.importorskip("mpmath")
mp = mpmath.mp

VALUE_LIMIT = 4  # units in the last place
GRADIENT_LIMIT = 8


@dataclass
class Row:
    """A function under test.

    Attributes:
        function: of a tensor.
        value: the same in mpmath.
        slope: its derivative in mpmath.
        low: the least argument.
        high: the largest argument.
        extra: arguments beside the log-spaced ones.
        values: units in the last place that a value may be off.
        gradients: the same of a gradient.
    """

    function: Callable[[Any], Any]
    value: Callable[[Any], Any]
    slope: Callable[[Any], Any]
    low: float = -np.inf
    high: float = np.inf
    extra: tuple[float, ...] = ()
    values: float = VALUE_LIMIT
    gradients: float = GRADIENT_LIMIT


def logistic(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    if abs(x) > 10**6:  # mpmath takes long, and it is below all numbers
        return mp.mpf(x > 0)
    return 1 / (1 + mp.exp(-x)) if x > 0 else mp.exp(x) / (1 + mp.exp(x))


def logistic_slope(x: Any) -> Any:
    """Of `logistic`."""
    return logistic(x) * logistic(-x)


def log1p_exp(x: Any) -> Any:
    """log(1 + exp(x))."""
    return mp.log1p(mp.exp(x)) if x < 0 else x + mp.log1p(mp.exp(-x))


def softplus_20(x: Any) -> Any:
    """`log1p_exp` with PyTorch's threshold."""
    return log1p_exp(x) if x <= 20 else x


def normal(x: Any) -> Any:
    """The standard normal distribution function."""
    return erfc(-x / mp.sqrt(2)) / 2


def erfc(x: Any) -> Any:
    """1 - erf(x), 0 where it is below all numbers."""
    return mp.mpf(0) if x > 10**5 else mp.mpf(2) if x < -(10**5) else mp.erfc(x)


def density(x: Any) -> Any:
    """Its derivative."""
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def log_normal_slope(x: Any) -> Any:
    """Of log(normal(x)); by the asymptotic series far out."""
    if x < -(10**4):
        return -x - 1 / x + 2 / x**3
    return density(x) / normal(x)


def log_normal(x: Any) -> Any:
    """log(normal(x)); by the asymptotic series far out."""
    if x < -(10**4):
        tail = mp.log1p(-1 / x**2 + 3 / x**4)
        return -x * x / 2 - mp.log(-x) - mp.log(2 * mp.pi) / 2 + tail
    return mp.log1p(-normal(-x)) if x > 0 else mp.log(normal(x))


def scaled_erfc(x: Any) -> Any:
    """exp(x^2) erfc(x); by the asymptotic series far out."""
    if x > 10**4:
        return (1 - 1 / (2 * x * x) + 3 / (4 * x**4)) / (x * mp.sqrt(mp.pi))
    return mp.exp(x * x) * erfc(x)


def scaled_erfc_slope(x: Any) -> Any:
    """Of `scaled_erfc`."""
    if x > 10**4:
        return -(1 - 3 / (2 * x * x) + 15 / (4 * x**4)) / (x * x * mp.sqrt(mp.pi))
    return 2 * x * scaled_erfc(x) - 2 / mp.sqrt(mp.pi)


def mish(x: Any) -> Any:
    """x tanh(softplus(x))."""
    e = mp.exp(-abs(x))
    return (
        x * (1 + 2 * e) / (1 + 2 * e + 2 * e * e) if x > 0 else x * e * (e + 2) / (e * (e + 2) + 2)
    )


def mish_slope(x: Any) -> Any:
    """Of `mish`."""
    s = log1p_exp(x)
    return mish(x) / x + x * logistic(x) / mp.cosh(s) ** 2


def gelu_tanh(x: Any) -> Any:
    """The approximation of gelu by tanh: x sigmoid(2 inner)."""
    return x * logistic(2 * gelu_inner(x))


def gelu_inner(x: Any) -> Any:
    """What tanh is taken of."""
    return mp.sqrt(2 / mp.pi) * (x + mp.mpf(0.044715) * x**3)


def gelu_tanh_slope(x: Any) -> Any:
    """Of `gelu_tanh`."""
    inner = gelu_inner(x)
    slope = mp.sqrt(2 / mp.pi) * (1 + 3 * mp.mpf(0.044715) * x**2)
    return logistic(2 * inner) + x * 2 * slope * logistic_slope(2 * inner)


def sinc_slope(x: Any) -> Any:
    """Of sin(pi x) / (pi x)."""
    return (mp.cos(mp.pi * x) - mp.sincpi(x)) / x


def elu(x: Any, alpha: float, scale: float = 1.0, inner: float = 1.0) -> Any:
    """x, or alpha expm1(x / inner) below 0, scaled."""
    return mp.mpf(scale) * (x if x > 0 else mp.mpf(alpha) * mp.expm1(x / inner))


def elu_slope(x: Any, alpha: float, scale: float = 1.0, inner: float = 1.0) -> Any:
    """Of `elu`."""
    return mp.mpf(scale) * (1 if x > 0 else mp.mpf(alpha) * mp.exp(x / inner) / inner)


def erfinv(x: Any) -> Any:
    """The inverse of erf, by Newton's method from the value under test."""
    y = mp.mpf(torch.erfinv(torch.tensor(float(x), dtype=torch.float64)).item())
    for _ in range(5):
        y -= (mp.erf(y) - x) / (2 / mp.sqrt(mp.pi) * mp.exp(-y * y))
    return y


def erfinv_slope(x: Any) -> Any:
    """Of `erfinv`."""
    return mp.sqrt(mp.pi) / 2 * mp.exp(erfinv(x) ** 2)


def ndtri(x: Any) -> Any:
    """The inverse of `normal`, by Newton's method on its logarithm from SciPy's value."""
    y = mp.mpf(float(special.ndtri(float(x))))
    for _ in range(5):
        y -= (mp.log(normal(y)) - mp.log(x)) * normal(y) / density(y)
    return y


def ndtri_slope(x: Any) -> Any:
    """Of `ndtri`."""
    return 1 / density(ndtri(x))


def log_gamma(x: Any) -> Any:
    """log |gamma(x)|."""
    return -mp.log(abs(x)) - mp.euler * x if abs(x) < 1e-30 else mp.re(mp.loggamma(x))


def digamma(x: Any) -> Any:
    """Its derivative."""
    return -1 / x - mp.euler if abs(x) < 1e-30 else mp.digamma(x)


def trigamma(x: Any) -> Any:
    """The derivative of that."""
    return 1 / x**2 + mp.zeta(2) if abs(x) < 1e-30 else mp.polygamma(1, x)


def bessel_i0(x: Any) -> Any:
    """The modified Bessel function of order 0."""
    return mp.besseli(0, x)


def bessel_i1(x: Any) -> Any:
    """The same of order 1."""
    return mp.besseli(1, x)


def bessel_i1_slope(x: Any) -> Any:
    """Of `bessel_i1`."""
    return (mp.besseli(0, x) + mp.besseli(2, x)) / 2


def bessel_i0e(x: Any) -> Any:
    """exp(-|x|) times `bessel_i0`."""
    return mp.exp(-abs(x)) * bessel_i0(x)


def bessel_i0e_slope(x: Any) -> Any:
    """Of `bessel_i0e`."""
    return mp.exp(-abs(x)) * (bessel_i1(x) - mp.sign(x) * bessel_i0(x))


def bessel_i1e(x: Any) -> Any:
    """exp(-|x|) times `bessel_i1`."""
    return mp.exp(-abs(x)) * bessel_i1(x)


def bessel_i1e_slope(x: Any) -> Any:
    """Of `bessel_i1e`."""
    return mp.exp(-abs(x)) * (bessel_i1_slope(x) - mp.sign(x) * bessel_i1(x))


ALPHA = 1.6732632423543772848
SCALE = 1.0507009873554804934
NEAR_ONE = (0.9, 0.99, 0.999999, -0.9, -0.99, -0.999999)
NEAR_TWO = (0.999, 1.001, 1.01, 0.9, 1.4, 1.46163, 1.5, 1.9, 1.99, 2.001, 2.1)
STEPS = tuple(float(x) for x in (*np.arange(-30, 30, 0.73), *np.arange(-800, 800, 37.3)))
LOG2 = mp.log(2)

ROWS = {
    "exp": Row(torch.exp, mp.exp, mp.exp),
    "exp2": Row(torch.exp2, lambda x: mp.mpf(2) ** x, lambda x: mp.mpf(2) ** x * mp.log(2)),
    "expm1": Row(torch.expm1, mp.expm1, mp.exp),
    "log": Row(torch.log, mp.log, lambda x: 1 / x, low=0, extra=NEAR_ONE),
    "log2": Row(torch.log2, lambda x: mp.log(x, 2), lambda x: 1 / (x * mp.log(2)), low=0),
    "log10": Row(torch.log10, mp.log10, lambda x: 1 / (x * mp.log(10)), low=0),
    "log1p": Row(torch.log1p, mp.log1p, lambda x: 1 / (1 + x), low=-1, extra=NEAR_ONE),
    "sqrt": Row(torch.sqrt, mp.sqrt, lambda x: 1 / (2 * mp.sqrt(x)), low=0),
    "rsqrt": Row(torch.rsqrt, lambda x: 1 / mp.sqrt(x), lambda x: -1 / (2 * x * mp.sqrt(x)), low=0),
    "reciprocal": Row(torch.reciprocal, lambda x: 1 / x, lambda x: -1 / x**2),
    "square": Row(torch.square, lambda x: x**2, lambda x: 2 * x),
    "pow 1.5": Row(lambda x: x**1.5, lambda x: x * mp.sqrt(x), lambda x: 1.5 * mp.sqrt(x), low=0),
    "pow -0.5": Row(
        lambda x: x**-0.5,
        lambda x: 1 / mp.sqrt(x),
        lambda x: -1 / (2 * x * mp.sqrt(x)),
        low=0,
        extra=(2.6e-205, 2.9e-205),  # x^-1.5 overflows there and half of it does not
    ),
    "pow of -0.5": Row(
        lambda x: x ** torch.full_like(x, -0.5),
        lambda x: 1 / mp.sqrt(x),
        lambda x: -1 / (2 * x * mp.sqrt(x)),
        low=0,
        extra=(2.6e-205, 2.9e-205),
    ),
    "pow -1": Row(lambda x: x**-1, lambda x: 1 / x, lambda x: -1 / x**2),
    "pow 3": Row(lambda x: x**3, lambda x: x**3, lambda x: 3 * x**2),
    "2 pow": Row(lambda x: 2**x, lambda x: mp.mpf(2) ** x, lambda x: mp.mpf(2) ** x * mp.log(2)),
    "1 over": Row(lambda x: 1 / x, lambda x: 1 / x, lambda x: -1 / x**2),
    "sin": Row(torch.sin, mp.sin, mp.cos),
    "cos": Row(torch.cos, mp.cos, lambda x: -mp.sin(x)),
    "tan": Row(torch.tan, mp.tan, lambda x: 1 + mp.tan(x) ** 2),
    "asin": Row(torch.asin, mp.asin, lambda x: 1 / mp.sqrt((1 - x) * (1 + x)), -1, 1, NEAR_ONE),
    "acos": Row(torch.acos, mp.acos, lambda x: -1 / mp.sqrt((1 - x) * (1 + x)), -1, 1, NEAR_ONE),
    "atan": Row(torch.atan, mp.atan, lambda x: 1 / (1 + x * x)),
    "sinh": Row(torch.sinh, mp.sinh, mp.cosh),
    "cosh": Row(torch.cosh, mp.cosh, mp.sinh),
    "tanh": Row(torch.tanh, mp.tanh, lambda x: mp.sech(x) ** 2),
    "asinh": Row(torch.asinh, mp.asinh, lambda x: 1 / mp.sqrt(1 + x * x)),
    "acosh": Row(
        torch.acosh,
        mp.acosh,
        lambda x: 1 / mp.sqrt((x - 1) * (x + 1)),
        low=1,
        extra=(1.01, 1.000001),
    ),
    "atanh": Row(torch.atanh, mp.atanh, lambda x: 1 / ((1 - x) * (1 + x)), -1, 1, NEAR_ONE),
    "deg2rad": Row(torch.deg2rad, mp.radians, lambda x: mp.pi / 180),
    "rad2deg": Row(torch.rad2deg, mp.degrees, lambda x: 180 / mp.pi),
    "sinc": Row(torch.sinc, mp.sincpi, sinc_slope, -8, 8),
    "sigmoid": Row(torch.sigmoid, logistic, logistic_slope),
    "expit": Row(torch.special.expit, logistic, logistic_slope),
    "logsigmoid": Row(F.logsigmoid, lambda x: -log1p_exp(-x), lambda x: logistic(-x)),
    "softplus": Row(F.softplus, softplus_20, lambda x: logistic(x) if x <= 20 else mp.mpf(1)),
    "silu": Row(F.silu, lambda x: x * logistic(x), lambda x: logistic(x) * (1 + x * logistic(-x))),
    "mish": Row(F.mish, mish, mish_slope),
    "gelu": Row(F.gelu, lambda x: x * normal(x), lambda x: normal(x) + x * density(x)),
    "gelu tanh": Row(lambda x: F.gelu(x, approximate="tanh"), gelu_tanh, gelu_tanh_slope),
    "elu": Row(F.elu, lambda x: elu(x, 1.0), lambda x: elu_slope(x, 1.0)),
    "elu 0.3": Row(lambda x: F.elu(x, 0.3), lambda x: elu(x, 0.3), lambda x: elu_slope(x, 0.3)),
    "selu": Row(F.selu, lambda x: elu(x, ALPHA, SCALE), lambda x: elu_slope(x, ALPHA, SCALE)),
    "celu": Row(
        lambda x: F.celu(x, 2.0),
        lambda x: elu(x, 2.0, inner=2.0),
        lambda x: elu_slope(x, 2.0, inner=2.0),
    ),
    "softsign": Row(F.softsign, lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2),
    "tanhshrink": Row(F.tanhshrink, lambda x: x - mp.tanh(x), lambda x: mp.tanh(x) ** 2),
    "erf": Row(torch.erf, mp.erf, lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)),
    "erfc": Row(torch.erfc, erfc, lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x)),
    "erfcx": Row(torch.special.erfcx, scaled_erfc, scaled_erfc_slope),
    "ndtr": Row(torch.special.ndtr, normal, density),
    "log_ndtr": Row(torch.special.log_ndtr, log_normal, log_normal_slope),
    "entr": Row(torch.special.entr, lambda x: -x * mp.log(x), lambda x: -mp.log(x) - 1, low=0),
    "logit": Row(
        torch.logit,
        lambda x: mp.log(x) - mp.log1p(-x),
        lambda x: 1 / (x * (1 - x)),
        0,
        1,
        (*NEAR_ONE, 0.3, 0.5001, 0.4999),
    ),
    "logaddexp 0": Row(lambda x: torch.logaddexp(x, torch.zeros_like(x)), log1p_exp, logistic),
    "logaddexp2 0": Row(
        lambda x: torch.logaddexp2(x, torch.zeros_like(x)),
        lambda x: log1p_exp(x * mp.log(2)) / mp.log(2),
        lambda x: logistic(x * mp.log(2)),
    ),
    "hypot 1": Row(
        lambda x: torch.hypot(x, torch.ones_like(x)),
        lambda x: mp.sqrt(1 + x * x),
        lambda x: x / mp.sqrt(1 + x * x),
    ),
    "atan2 1": Row(
        lambda x: torch.atan2(x, torch.ones_like(x)), mp.atan, lambda x: 1 / (1 + x * x)
    ),
    "atan2 of 1": Row(
        lambda x: torch.atan2(torch.ones_like(x), x),
        lambda x: mp.atan2(1, x),
        lambda x: -1 / (1 + x * x),
    ),
    "atan2 itself": Row(
        lambda x: torch.atan2(x, x.detach()), lambda x: mp.atan2(x, x), lambda x: 1 / (2 * x)
    ),
    "xlogy": Row(
        lambda x: torch.xlogy(x, x), lambda x: x * mp.log(x), lambda x: mp.log(x) + 1, low=0
    ),
    "xlog1py": Row(
        lambda x: torch.special.xlog1py(torch.full_like(x, 3.0), x),
        lambda x: 3 * mp.log1p(x),
        lambda x: 3 / (1 + x),
        low=-1,
    ),
    "erfinv": Row(torch.erfinv, erfinv, erfinv_slope, -1, 1, NEAR_ONE),
    "ndtri": Row(
        torch.special.ndtri, ndtri, ndtri_slope, 1e-60, 1, (0.3, 0.4999, 0.5001, *NEAR_ONE)
    ),
    "lgamma": Row(torch.lgamma, log_gamma, digamma, low=-1e-3, high=1e30, extra=NEAR_TWO),
    "lgamma negative": Row(torch.lgamma, log_gamma, digamma, low=-30, high=-1e-3),
    "digamma": Row(torch.digamma, digamma, trigamma, 0, 1e30, NEAR_TWO),
    "digamma negative": Row(
        torch.digamma,
        digamma,
        trigamma,
        low=-30,
        high=0,
        values=8,  # it has a zero between any two poles; PyTorch's and SciPy's are 29
    ),
    "trigamma": Row(
        lambda x: torch.polygamma(1, x),
        lambda x: mp.polygamma(1, x),
        lambda x: mp.polygamma(2, x),
        low=0,
        high=1e10,
    ),
    "polygamma 2": Row(
        lambda x: torch.polygamma(2, x),
        lambda x: mp.polygamma(2, x),
        lambda x: mp.polygamma(3, x),
        low=0,
        high=1e10,
    ),
    # SciPy's values (Cephes) are up to 4.9 units off, PyTorch's 6.6
    "i0": Row(torch.special.i0, bessel_i0, bessel_i1, -1e4, 1e4),
    "i0e": Row(torch.special.i0e, bessel_i0e, bessel_i0e_slope, -1e4, 1e4, values=5),
    "i1": Row(torch.special.i1, bessel_i1, bessel_i1_slope, -1e4, 1e4),
    "i1e": Row(torch.special.i1e, bessel_i1e, bessel_i1e_slope, -1e4, 1e4),
    "hardsigmoid": Row(
        F.hardsigmoid,
        lambda x: mp.mpf(min(max(x / 6 + mp.mpf(0.5), 0), 1)),
        lambda x: mp.mpf(1) / 6 if abs(x) < 3 else mp.mpf(0),
    ),
    "hardswish": Row(
        F.hardswish,
        lambda x: mp.mpf(x * min(max(x + 3, 0), 6) / 6),
        lambda x: (2 * x + 3) / 6 if abs(x) < 3 else mp.mpf(x > 0),
    ),
    "hardtanh": Row(F.hardtanh, lambda x: mp.mpf(min(max(x, -1), 1)), lambda x: mp.mpf(abs(x) < 1)),
    "relu6": Row(F.relu6, lambda x: mp.mpf(min(max(x, 0), 6)), lambda x: mp.mpf(0 < x < 6)),
    "relu": Row(torch.relu, lambda x: mp.mpf(max(x, 0)), lambda x: mp.mpf(x > 0)),
    "leaky_relu": Row(
        F.leaky_relu,
        lambda x: x if x > 0 else x * mp.mpf(0.01),
        lambda x: mp.mpf(1 if x > 0 else 0.01),
        values=6,  # the slope 0.01 itself is rounded, to float32 there
    ),
    "trunc": Row(torch.trunc, lambda x: mp.sign(x) * mp.floor(abs(x)), lambda x: mp.mpf(0)),
    "frac": Row(
        torch.frac, lambda x: mp.sign(x) * (abs(x) - mp.floor(abs(x))), lambda x: mp.mpf(1)
    ),
}


if not HAS_SCIPY:
    ROWS = {
        name: row for name, row in ROWS.items() if name.split()[0] not in {*NEEDS_SCIPY, "trigamma"}
    }


def arguments(row: Row, dtype: Any) -> np.ndarray:
    """Log-spaced arguments of both signs over the whole range, and steps through the middle."""
    info = np.finfo(dtype)
    lowest = np.log10(float(info.smallest_subnormal)) + 0.2
    decades = np.arange(lowest, np.log10(float(info.max)), 0.73 if dtype == np.float32 else 4.7)
    middle = np.arange(-8, 3.5, 0.37)
    sizes = 10.0 ** np.concatenate([decades, middle])
    found = np.concatenate([sizes, -sizes, np.array(STEPS), np.array(row.extra)]).astype(dtype)
    high = row.high
    return np.unique(found[(found > row.low) & (found < high) & (found != 0)])


def references(function: Callable[[Any], Any], arguments: np.ndarray) -> Iterator[Any]:
    """What mpmath says, with enough digits that nothing cancels."""
    for x in arguments:
        size = abs(np.log2(abs(float(x))))
        with mpmath.workprec(int(160 + 2 * min(size, 1100))):
            yield function(mp.mpf(float(x)))


KNOWN: dict[tuple[Callable[[Any], Any], bytes], list[Any]] = {}  # mpmath is slow: asked once


def errors(got: np.ndarray, function: Callable[[Any], Any], at: np.ndarray) -> np.ndarray:
    """How many units in the last place each is off; 0 where the true value overflows to inf."""
    info = np.finfo(got.dtype)
    found = []
    key = (function, at.tobytes())
    if key not in KNOWN:
        KNOWN[key] = list(references(function, at))
    for value, true in zip(got, KNOWN[key], strict=True):
        if abs(true) > float(info.max):
            found.append(0.0 if np.isinf(value) or abs(value) == info.max else np.inf)
        elif not np.isfinite(value):
            found.append(np.inf)
        else:
            spacing = abs(float(np.spacing(got.dtype.type(float(true)))))
            found.append(float(abs(mp.mpf(float(value)) - true) / mp.mpf(spacing)))
    return np.array(found)


def measured(row: Row, dtype: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The arguments, and how far values and gradients are off there."""
    at = arguments(row, dtype)
    x = torch.from_numpy(at.copy()).requires_grad_()
    with np.errstate(all="ignore"):
        y = row.function(x)
        y.backward(torch.ones_like(y))
    assert x.grad is not None
    values = errors(y.detach().numpy(), row.value, at)
    return at, values, errors(x.grad.numpy(), row.slope, at)


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("name", ROWS)
def test_values_and_gradients_keep_their_last_digits(name: str, dtype: Any) -> None:
    row = ROWS[name]
    at, values, gradients = measured(row, dtype)
    worst = int(np.argmax(values))
    assert values[worst] <= row.values, f"value at {at[worst]}: {values[worst]} ulp"
    worst = int(np.argmax(gradients))
    assert gradients[worst] <= row.gradients, f"gradient at {at[worst]}: {gradients[worst]} ulp"


LOOSE = [
    name for name, row in ROWS.items() if row.values > VALUE_LIMIT or row.gradients > GRADIENT_LIMIT
]


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("name", LOOSE)
def test_rows_with_wider_limits_are_never_worse_than_pytorch(
    name: str, dtype: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the other rows are not, by the test above: they keep the limits themselves
    reference = pytest.importorskip("torch")
    _, values, gradients = measured(ROWS[name], dtype)
    function = ROWS[name].function
    for room in (reference, reference.nn.functional, reference.special):
        function = getattr(room, function.__name__, function)
    module = sys.modules[__name__]
    monkeypatch.setattr(module, "torch", reference)  # the functions of the rows look it up
    monkeypatch.setattr(module, "F", reference.nn.functional)
    _, their_values, their_gradients = measured(replace(ROWS[name], function=function), dtype)
    assert values.max() <= max(VALUE_LIMIT, their_values.max())
    assert gradients.max() <= max(GRADIENT_LIMIT, their_gradients.max())
