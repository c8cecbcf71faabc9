"""Special functions, under the names of `torch.special`, on SciPy's implementations.

A row is a function of one tensor: SciPy's name for it, the rule for its gradient, what it is. SciPy is imported when
one of them is first called.
"""

import math
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops import pointwise as pw
from tinygrad_mnist.ops.arguments import as_tensor, floating, named, promoted
from tinygrad_mnist.ops.pointwise import (
    TWO_OVER_ROOT_PI,
    Binary,
    Unary,
    elementary,
    erf,
    erfc,
    exp,
    exp2,
    expm1,
    log1p,
    pair,
    round,
    scipy,
    sign,
    sinc,
    where,
    xlogy,
)
from tinygrad_mnist.ops.pointwise import sigmoid as expit
from tinygrad_mnist.ops.reduction import log_softmax, logsumexp, softmax
from tinygrad_mnist.tape import record
from tinygrad_mnist.core.tensor import Array, Tensor

__all__ = [
    "airy_ai", "bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1", "chebyshev_polynomial_t", "chebyshev_polynomial_u",
    "chebyshev_polynomial_v", "chebyshev_polynomial_w", "digamma", "entr", "erfcx", "erfinv", "hermite_polynomial_h",
    "hermite_polynomial_he", "i0", "i0e", "i1", "i1e", "igamma", "igammac", "laguerre_polynomial_l",
    "legendre_polynomial_p", "lgamma", "log_ndtr", "logit", "modified_bessel_i0", "modified_bessel_i1",
    "modified_bessel_k0", "modified_bessel_k1", "mvlgamma", "ndtr", "ndtri", "polygamma", "scaled_modified_bessel_k0",
    "scaled_modified_bessel_k1", "shifted_chebyshev_polynomial_t", "shifted_chebyshev_polynomial_u",
    "shifted_chebyshev_polynomial_v", "shifted_chebyshev_polynomial_w", "spherical_bessel_j0", "xlog1py", "zeta",
]  # fmt: skip

ROOT_2_PI = math.sqrt(2 * math.pi)


def _row(name: str, called: str, rule: Any, doc: str, of: str = "x") -> Any:
    return elementary(name, scipy(called), rule, doc, of=of)


erfinv = _row("erfinv", "erfinv", lambda g, y: g * exp(y * y) / TWO_OVER_ROOT_PI, "The inverse of erf.", "y")
erfcx: Unary = _row("erfcx", "erfcx", lambda g, x: g * (x * erfcx(x) * 2 - TWO_OVER_ROOT_PI), "exp(x^2) erfc(x).")
ndtr = _row("ndtr", "ndtr", lambda g, x: g * exp(x * x * -0.5) / ROOT_2_PI, "The standard normal's cdf.")
ndtri = _row("ndtri", "ndtri", lambda g, y: g * exp(y * y * 0.5) * ROOT_2_PI, "The standard normal's quantiles.", "y")
log_ndtr = _row(
    "log_ndtr", "log_ndtr", lambda g, x: g * math.sqrt(2 / math.pi) / erfcx(x * -math.sqrt(0.5)), "log(ndtr(x))."
)
entr = _row("entr", "entr", lambda g, x: -g * (pw.log(x) + 1), "The entropy -x log(x): 0 at 0, -inf below.")
lgamma: Unary = _row("lgamma", "gammaln", lambda g, x: g * digamma(x), "log(|gamma(x)|).")
digamma: Unary = _row("digamma", "digamma", lambda g, x: g * polygamma(1, x), "The derivative of lgamma.")
i0: Unary = _row("i0", "i0", lambda g, x: g * i1(x), "The modified Bessel function of the first kind, order 0.")
i0e: Unary = _row("i0e", "i0e", lambda g, x: g * (i1e(x) - sign(x) * i0e(x)), "exp(-|x|) i0(x).")
i1: Unary = _row("i1", "i1", lambda g, x: g * (i0(x) - _over(i1(x), x)), "`i0` of order 1.")
i1e: Unary = _row("i1e", "i1e", lambda g, x: g * (i0e(x) - sign(x) * i1e(x) - _over(i1e(x), x)), "exp(-|x|) i1(x).")


def _over(y: Tensor, x: Tensor) -> Tensor:
    """y / x, of y = i1(x): 1/2 at 0."""
    return where(x == 0, 0.5, y / where(x == 0, 1.0, x))


def polygamma(n: Any, input: Any) -> Tensor:
    """The n-th derivative of digamma; as a method x.polygamma(n)."""
    n, input = (input, n) if isinstance(n, Tensor) else (n, input)
    check(n >= 0, "polygamma(n, x) does not support negative n.")
    function = elementary(
        "polygamma", lambda x: scipy("polygamma")(np.int64(n), x), lambda g, x: g * polygamma(n + 1, x), ""
    )
    return function(input)


def mvlgamma(input: Any, p: int) -> Tensor:
    """The logarithm of the multivariate gamma function of dimension p."""
    x = as_tensor(input)
    check(p >= 1, "mvlgamma: p has to be greater than or equal to 1")
    return sum((lgamma(x - j / 2) for j in range(p)), start=lgamma(x) * 0 + p * (p - 1) / 4 * math.log(math.pi))


def logit(input: Any, eps: float | None = None) -> Tensor:
    """log(x / (1 - x)), of x held between eps and 1 - eps where eps is given."""
    x = as_tensor(input) if eps is None else pw.clamp(as_tensor(input), eps, 1 - eps)
    return _logit(x)


def _logit_rule(g: Tensor, x: Tensor) -> Tensor:
    return g * where((x < 0) | (x > 1), math.nan, 1 / (x * (1 - x)))


_logit = elementary("logit", lambda x: np.log(x / (1 - x)), _logit_rule, "")


def _refused(g: Tensor) -> Tensor:
    raise NotImplementedError("the derivative by the first of two arguments is not implemented")


def _second(name: str, called: str, rule: Any, doc: str) -> Binary:
    """A function of two tensors with a gradient by the second, `rule(g, a, b)`, only."""

    def op(input: Any, other: Any) -> Tensor:
        a, b = promoted(input, other, name=name, least=dtypes.FLOAT)
        return pair(name, scipy(called), a, b, _refused, lambda g: rule(g, a, b))

    return named(op, name, doc)


def _gamma_density(a: Tensor, x: Tensor) -> Tensor:
    return exp((a - 1) * pw.log(x) - x - lgamma(a))


igamma = _second(
    "igamma", "gammainc", lambda g, a, x: g * _gamma_density(a, x), "The regularised lower incomplete gamma function."
)
igammac = _second("igammac", "gammaincc", lambda g, a, x: -g * _gamma_density(a, x), "1 - igamma.")
zeta: Binary = _second("zeta", "zeta", lambda g, s, q: -g * s * zeta(s + 1, q), "The Hurwitz zeta function.")


def xlog1py(input: Any, other: Any) -> Tensor:
    """input * log(1 + other), and 0 where input is 0."""
    a, b = promoted(input, other, name="xlog1py", least=dtypes.FLOAT)
    idle = (a == 0) & ((b <= -1) | pw.isinf(b))
    return where(idle, 0.0, a * pw.log1p(where(idle, 0.0, b)))


def _plain(name: str, function: Any) -> Unary:
    """A function without a gradient."""

    def op(input: Any) -> Tensor:
        x = floating(input)
        return record(name, function(x.array))

    return named(op, name, f"{name.replace('_', ' ').capitalize()}, without a gradient.")


bessel_j0 = _plain("bessel_j0", scipy("j0"))
bessel_j1 = _plain("bessel_j1", scipy("j1"))
bessel_y0 = _plain("bessel_y0", scipy("y0"))
bessel_y1 = _plain("bessel_y1", scipy("y1"))
modified_bessel_i0 = _plain("modified_bessel_i0", scipy("i0"))
modified_bessel_i1 = _plain("modified_bessel_i1", scipy("i1"))
modified_bessel_k0 = _plain("modified_bessel_k0", scipy("k0"))
modified_bessel_k1 = _plain("modified_bessel_k1", scipy("k1"))
scaled_modified_bessel_k0 = _plain("scaled_modified_bessel_k0", scipy("k0e"))
scaled_modified_bessel_k1 = _plain("scaled_modified_bessel_k1", scipy("k1e"))
spherical_bessel_j0 = _plain("spherical_bessel_j0", lambda x: np.sinc(x / np.pi).astype(x.dtype))
airy_ai = _plain("airy_ai", lambda x: scipy("airy")(x)[0])


def _polynomial(name: str, evaluate: Any) -> Binary:
    """The polynomial of a whole order n (0 where n is negative), without a gradient."""

    def function(a: Array, k: Array) -> Array:
        order = np.trunc(k).astype(np.int64)
        return np.where(order < 0, 0, evaluate(np.maximum(order, 0), a)).astype(a.dtype)

    def op(input: Any, n: Any) -> Tensor:
        x, order = promoted(input, n, name=name, least=dtypes.FLOAT)
        return pair(name, function, x, order)

    return named(op, name, f"The {name.replace('_', ' ')} of order n at each element, without a gradient.")


def _kind(sign: int) -> Any:
    """Chebyshev polynomials of the third (-1) and fourth (1) kind: U_n -+ U_(n-1)."""
    return lambda n, x: scipy("eval_chebyu")(n, x) + sign * np.where(n > 0, scipy("eval_chebyu")(n - 1, x), 0)


def _shifted(evaluate: Any) -> Any:
    return lambda n, x: evaluate(n, 2 * x - 1)


chebyshev_polynomial_t = _polynomial("chebyshev_polynomial_t", scipy("eval_chebyt"))
chebyshev_polynomial_u = _polynomial("chebyshev_polynomial_u", scipy("eval_chebyu"))
chebyshev_polynomial_v = _polynomial("chebyshev_polynomial_v", _kind(-1))
chebyshev_polynomial_w = _polynomial("chebyshev_polynomial_w", _kind(1))
shifted_chebyshev_polynomial_t = _polynomial("shifted_chebyshev_polynomial_t", _shifted(scipy("eval_chebyt")))
shifted_chebyshev_polynomial_u = _polynomial("shifted_chebyshev_polynomial_u", _shifted(scipy("eval_chebyu")))
shifted_chebyshev_polynomial_v = _polynomial("shifted_chebyshev_polynomial_v", _shifted(_kind(-1)))
shifted_chebyshev_polynomial_w = _polynomial("shifted_chebyshev_polynomial_w", _shifted(_kind(1)))
hermite_polynomial_h = _polynomial("hermite_polynomial_h", scipy("eval_hermite"))
hermite_polynomial_he = _polynomial("hermite_polynomial_he", scipy("eval_hermitenorm"))
laguerre_polynomial_l = _polynomial("laguerre_polynomial_l", scipy("eval_laguerre"))
legendre_polynomial_p = _polynomial("legendre_polynomial_p", scipy("eval_legendre"))

psi, gammainc, gammaincc, gammaln, multigammaln = digamma, igamma, igammac, lgamma, mvlgamma
