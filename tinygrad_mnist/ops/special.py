"""Special functions, under the names of `torch.special`, on SciPy's implementations.

SciPy is imported when one of them is first called.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import write_out
from tinygrad_mnist.core.record import record
from tinygrad_mnist.core.surface import method
from tinygrad_mnist.core.tensor import Array, Tensor
from tinygrad_mnist.kernels import elementary
from tinygrad_mnist.ops.arguments import TensorLike, as_tensor, floating, promoted
from tinygrad_mnist.ops.pointwise import (
    clamp,
    erf,
    erfc,
    exp,
    exp2,
    expm1,
    gaussian,
    isinf,
    log,
    log1p,
    round,
    scipy_special,
    sigmoid,
    sign,
    sinc,
    where,
    xlogy,
)
from tinygrad_mnist.ops.reduction import log_softmax, logsumexp, softmax

__all__ = [
    "airy_ai",
    "bessel_j0",
    "bessel_j1",
    "bessel_y0",
    "bessel_y1",
    "chebyshev_polynomial_t",
    "chebyshev_polynomial_u",
    "chebyshev_polynomial_v",
    "chebyshev_polynomial_w",
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfcx",
    "erfinv",
    "exp2",
    "expit",
    "expm1",
    "gammainc",
    "gammaincc",
    "gammaln",
    "hermite_polynomial_h",
    "hermite_polynomial_he",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "igamma",
    "igammac",
    "laguerre_polynomial_l",
    "legendre_polynomial_p",
    "lgamma",
    "log1p",
    "log_ndtr",
    "log_softmax",
    "logit",
    "logsumexp",
    "modified_bessel_i0",
    "modified_bessel_i1",
    "modified_bessel_k0",
    "modified_bessel_k1",
    "multigammaln",
    "mvlgamma",
    "ndtr",
    "ndtri",
    "polygamma",
    "psi",
    "round",
    "scaled_modified_bessel_k0",
    "scaled_modified_bessel_k1",
    "shifted_chebyshev_polynomial_t",
    "shifted_chebyshev_polynomial_u",
    "shifted_chebyshev_polynomial_v",
    "shifted_chebyshev_polynomial_w",
    "sinc",
    "softmax",
    "spherical_bessel_j0",
    "xlog1py",
    "xlogy",
    "zeta",
]

expit = sigmoid

ROOT_2_PI = math.sqrt(2 * math.pi)


# the error function and the normal distribution ---------------------------------------------------


@method(in_place=True)
def erfinv(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of erf; NaN outside of [-1, 1].

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.erfinv(torch.tensor([0.25, 0.5]))
        tensor([0.2253, 0.4769])
    """
    x = floating(input)
    result = record(
        "erfinv", elementary.erfinv, (x, lambda g, y: g * _erfinv_slope(x, y)), output=True
    )
    return result if out is None else write_out("erfinv", result, out)


def _erfinv_slope(x: Tensor, y: Tensor) -> Tensor:
    """The derivative of y = erfinv(x)."""

    def rule(g: Tensor, slope: Tensor) -> Tensor:
        return g * (2 * y * slope * slope)

    return record("erfinv_slope", elementary.erfinv_slope, (x, rule), (y, None), output=True)


def erfcx(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """exp(x^2) erfc(x), of each element x.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.erfcx(torch.tensor([0.25, 0.5]))
        tensor([0.7703, 0.6157])
    """
    x = floating(input)
    result = record("erfcx", elementary.erfcx, (x, lambda g: g * _erfcx_slope(x)))
    return result if out is None else write_out("erfcx", result, out)


def _erfcx_slope(x: Tensor) -> Tensor:
    """Its derivative."""

    def rule(g: Tensor) -> Tensor:
        return g * (erfcx(x) * 2 + x * _erfcx_slope(x) * 2)

    return record("erfcx_slope", elementary.erfcx_slope, (x, rule))


def ndtr(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The standard normal distribution function.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.ndtr(torch.tensor([0.25, 0.5]))
        tensor([0.5987, 0.6915])
    """
    x = floating(input)
    result = record("ndtr", elementary.ndtr, (x, lambda g: g * gaussian(x, 0.5) / ROOT_2_PI))
    return result if out is None else write_out("ndtr", result, out)


def ndtri(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The standard normal distribution's quantiles: the inverse of ndtr.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.ndtri(torch.tensor([0.25, 0.5]))
        tensor([-0.6745,  0.0000])
    """
    x = floating(input)
    result = record(
        "ndtri",
        scipy_special,
        (x, lambda g, y: g * _ndtri_slope(x, y)),
        output=True,
        called="ndtri",
    )
    return result if out is None else write_out("ndtri", result, out)


def _ndtri_slope(x: Tensor, y: Tensor) -> Tensor:
    """The derivative of y = ndtri(x)."""

    def rule(g: Tensor, slope: Tensor) -> Tensor:
        return g * (y * slope * slope)

    return record("ndtri_slope", elementary.ndtri_slope, (x, rule), (y, None), output=True)


def log_ndtr(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """log(ndtr(x)), without underflow.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.log_ndtr(torch.tensor([0.25, 0.5]))
        tensor([-0.5130, -0.3689])
    """
    x = floating(input)
    result = record("log_ndtr", elementary.log_ndtr, (x, lambda g: g * _log_ndtr_slope(x)))
    return result if out is None else write_out("log_ndtr", result, out)


def _log_ndtr_slope(x: Tensor) -> Tensor:
    """The derivative of log_ndtr."""

    def rule(g: Tensor, y: Tensor) -> Tensor:
        return g * -(y * _log_ndtr_excess(x))

    return record("log_ndtr_slope", elementary.log_ndtr_slope, (x, rule), output=True)


def _log_ndtr_excess(x: Tensor) -> Tensor:
    """x plus the derivative of log_ndtr, which far below 0 is all but -x."""

    def rule(g: Tensor, y: Tensor) -> Tensor:
        return g * (1 - _log_ndtr_slope(x) * y)

    return record("log_ndtr_excess", elementary.log_ndtr_excess, (x, rule), output=True)


# entropy and logarithms ---------------------------------------------------------------------------


def entr(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The entropy -x log(x) of each element x: 0 at 0, -inf below.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.entr(torch.tensor([0.25, 0.5]))
        tensor([0.3466, 0.3466])
    """
    x = floating(input)
    result = record("entr", elementary.entr, (x, lambda g: -g * (log(x) + 1)))
    return result if out is None else write_out("entr", result, out)


@method(in_place=True)
def logit(input: Tensor, eps: float | None = None, *, out: Tensor | None = None) -> Tensor:
    """log(x / (1 - x)), the inverse of the sigmoid; NaN outside of [0, 1].

    Args:
        input: of any shape; integers become floats first.
        eps: elements are held between eps and 1 - eps first. Default: they are not.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.logit(torch.tensor([0.25, 0.5]))
        tensor([-1.0986,  0.0000])
    """
    held = as_tensor(input)
    if eps is not None:
        held = clamp(held, eps, 1 - eps)
    x = floating(held)
    result = record("logit", elementary.logit, (x, lambda g: g * _logit_slope(x)))
    return result if out is None else write_out("logit", result, out)


def _logit_slope(x: Tensor) -> Tensor:
    return where((x < 0) | (x > 1), math.nan, 1 / (x * (1 - x)))


def xlog1py(input: TensorLike, other: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """input * log(1 + other), and 0 where input is 0.

    Args:
        input: a tensor or a number; integers become floats first.
        other: a tensor or a number, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape.

    Example:
        >>> torch.special.xlog1py(torch.tensor([0.0, 2.0]), torch.tensor([-1.0, 1.0]))
        tensor([0.0000, 1.3863])
    """
    a, b = promoted(input, other, name="xlog1py", least=dtypes.FLOAT)
    idle = (a == 0) & ((b <= -1) | isinf(b))
    result = where(idle, 0.0, a * log1p(where(idle, 0.0, b)))
    return result if out is None else write_out("xlog1py", result, out)


# the gamma function and its kin -------------------------------------------------------------------


@method(in_place=True)
def lgamma(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """log(|gamma(x)|), of each element x.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.lgamma(torch.tensor([0.5, 3.0]))
        tensor([0.5724, 0.6931])
    """
    x = floating(input)
    result = record("lgamma", elementary.lgamma, (x, lambda g: g * digamma(x)))
    return result if out is None else write_out("lgamma", result, out)


gammaln = lgamma


@method(in_place=True)
def digamma(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The derivative of lgamma.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.digamma(torch.tensor([0.5, 3.0]))
        tensor([-1.9635,  0.9228])
    """
    x = floating(input)
    result = record("digamma", elementary.digamma, (x, lambda g: g * polygamma(1, x)))
    return result if out is None else write_out("digamma", result, out)


psi = digamma


def polygamma(n: int, input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The n-th derivative of digamma; as a method x.polygamma(n).

    Args:
        n: which derivative; not negative.
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Raises:
        RuntimeError: of a negative n.

    Example:
        >>> torch.polygamma(1, torch.tensor([0.5, 3.0]))
        tensor([4.9348, 0.3949])
    """
    check(n >= 0, "polygamma(n, x) does not support negative n.")
    x = floating(input)
    result = record("polygamma", _polygamma, (x, lambda g: g * polygamma(n + 1, x)), order=n)
    return result if out is None else write_out("polygamma", result, out)


def _polygamma(x: Array, order: int) -> Array:
    return scipy_special(np.int64(order), x, called="polygamma")


@method(name="polygamma", in_place=True)
def _polygamma_method(self: Tensor, n: int) -> Tensor:
    """The n-th derivative of digamma.

    Args:
        n: which derivative; not negative.

    Returns:
        A tensor of the same shape.
    """
    return polygamma(n, self)


@method(in_place=True)
def mvlgamma(input: Tensor, p: int, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of the multivariate gamma function.

    Args:
        input: of any shape; integers become floats first.
        p: the dimension, at least 1.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Raises:
        RuntimeError: if p is below 1.

    Example:
        >>> torch.mvlgamma(torch.tensor([2.0, 3.0]), 2)
        tensor([0.4516, 1.5502])
    """
    x = as_tensor(input)
    check(p >= 1, "mvlgamma: p has to be greater than or equal to 1")
    result = lgamma(x) + p * (p - 1) / 4 * math.log(math.pi)
    for j in range(1, p):
        result = result + lgamma(x - j / 2)
    return result if out is None else write_out("mvlgamma", result, out)


multigammaln = mvlgamma


@method(in_place=True)
def igamma(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The regularised lower incomplete gamma function.

    Only other has a gradient.

    Args:
        input: the shape parameter, positive; integers become floats first.
        other: the bound of the integral, not negative, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        NotImplementedError: in a backward pass, if input needs a gradient.

    Example:
        >>> torch.igamma(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0]))
        tensor([0.6321, 0.5940])
    """
    a, x = promoted(input, other, name="igamma", least=dtypes.FLOAT)

    def by_other(g: Tensor) -> Tensor:
        return g * _gamma_density(a, x)

    edges = [(a, _no_derivative), (x, by_other)]
    result = record("igamma", scipy_special, *edges, called="gammainc")
    return result if out is None else write_out("igamma", result, out)


gammainc = igamma


@method(in_place=True)
def igammac(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The regularised upper incomplete gamma function: 1 - igamma.

    Only other has a gradient.

    Args:
        input: the shape parameter, positive; integers become floats first.
        other: the bound of the integral, not negative, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        NotImplementedError: in a backward pass, if input needs a gradient.

    Example:
        >>> torch.igammac(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0]))
        tensor([0.3679, 0.4060])
    """
    a, x = promoted(input, other, name="igammac", least=dtypes.FLOAT)

    def by_other(g: Tensor) -> Tensor:
        return -g * _gamma_density(a, x)

    edges = [(a, _no_derivative), (x, by_other)]
    result = record("igammac", scipy_special, *edges, called="gammaincc")
    return result if out is None else write_out("igammac", result, out)


gammaincc = igammac


def _gamma_density(a: Tensor, x: Tensor) -> Tensor:
    return exp((a - 1) * log(x) - x - lgamma(a))


def _no_derivative(g: Tensor) -> Tensor:
    raise NotImplementedError("the derivative by the first of two arguments is not implemented")


def zeta(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Hurwitz zeta function: the sum of 1 / (k + other)^input over k = 0, 1, ...

    Only other has a gradient.

    Args:
        input: the exponents, above 1; integers become floats first.
        other: the offsets, of a shape that broadcasts with input's.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        NotImplementedError: in a backward pass, if input needs a gradient.

    Example:
        >>> torch.special.zeta(torch.tensor([2.0]), torch.tensor([1.0]))
        tensor([1.6449])
    """
    a, x = promoted(input, other, name="zeta", least=dtypes.FLOAT)

    def by_other(g: Tensor) -> Tensor:
        return -g * a * zeta(a + 1, x)

    edges = [(a, _no_derivative), (x, by_other)]
    result = record("zeta", scipy_special, *edges, called="zeta")
    return result if out is None else write_out("zeta", result, out)


# Bessel functions ---------------------------------------------------------------------------------


@method(in_place=True)
def i0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind, of order 0.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.i0(torch.tensor([0.5, 1.0]))
        tensor([1.0635, 1.2661])
    """
    x = floating(input)
    result = record("i0", scipy_special, (x, lambda g: g * i1(x)), called="i0")
    return result if out is None else write_out("i0", result, out)


def i0e(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """exp(-|x|) i0(x), of each element x.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.i0e(torch.tensor([0.5, 1.0]))
        tensor([0.6450, 0.4658])
    """
    x = floating(input)
    result = record("i0e", elementary.i0e, (x, lambda g: g * _i0e_slope(x)))
    return result if out is None else write_out("i0e", result, out)


def _i0e_slope(x: Tensor) -> Tensor:
    """The derivative of i0e; 0 at 0, as the formula i1e(x) - sign(x) i0e(x) says."""

    def rule(g: Tensor) -> Tensor:
        return g * (_i1e_slope(x) - sign(x) * _i0e_slope(x))

    slope = record("i0e_slope", elementary.i0e_slope, (x, rule))
    return where(x == 0, 0.0, slope)


def i1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind, of order 1.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.i1(torch.tensor([0.5, 1.0]))
        tensor([0.2579, 0.5652])
    """
    x = floating(input)
    result = record("i1", elementary.i1, (x, lambda g: g * _i1_slope(x)))
    return result if out is None else write_out("i1", result, out)


def _i1_slope(x: Tensor) -> Tensor:
    """The derivative of i1, i0(x) - i1(x) / x; where i0 overflows, so does it."""
    value = i0(x)
    return where(isinf(value), value, value - _over(i1(x), x))


def i1e(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """exp(-|x|) i1(x), of each element x.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.i1e(torch.tensor([0.5, 1.0]))
        tensor([0.1564, 0.2079])
    """
    x = floating(input)
    result = record("i1e", scipy_special, (x, lambda g: g * _i1e_slope(x)), called="i1e")
    return result if out is None else write_out("i1e", result, out)


def _i1e_slope(x: Tensor) -> Tensor:
    """The derivative of i1e, i0e(x) - sign(x) i1e(x) - i1e(x) / x."""

    def rule(g: Tensor) -> Tensor:
        by_quotient = _over(_i1e_slope(x) - _over(i1e(x), x), x)
        return g * (_i0e_slope(x) - sign(x) * _i1e_slope(x) - by_quotient)

    return record("i1e_slope", elementary.i1e_slope, (x, rule))


def _over(y: Tensor, x: Tensor) -> Tensor:
    """y / x, of y = i1(x): 1/2 next to 0, where y as a subnormal number has no digits."""
    near = abs(x) < 1e-30
    return where(near, 0.5, y / where(near, 1.0, x))


def bessel_j0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Bessel function of the first kind, of order 0, without a gradient.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.bessel_j0(torch.tensor([0.5, 1.0]))
        tensor([0.9385, 0.7652])
    """
    x = floating(input)
    result = record("bessel_j0", scipy_special, (x, None), called="j0")
    return result if out is None else write_out("bessel_j0", result, out)


def bessel_j1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Bessel function of the first kind, of order 1, without a gradient.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.bessel_j1(torch.tensor([0.5, 1.0]))
        tensor([0.2423, 0.4401])
    """
    x = floating(input)
    result = record("bessel_j1", scipy_special, (x, None), called="j1")
    return result if out is None else write_out("bessel_j1", result, out)


def bessel_y0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Bessel function of the second kind, of order 0, without a gradient.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.bessel_y0(torch.tensor([0.5, 1.0]))
        tensor([-0.4445,  0.0883])
    """
    x = floating(input)
    result = record("bessel_y0", scipy_special, (x, None), called="y0")
    return result if out is None else write_out("bessel_y0", result, out)


def bessel_y1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Bessel function of the second kind, of order 1, without a gradient.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.bessel_y1(torch.tensor([0.5, 1.0]))
        tensor([-1.4715, -0.7812])
    """
    x = floating(input)
    result = record("bessel_y1", scipy_special, (x, None), called="y1")
    return result if out is None else write_out("bessel_y1", result, out)


def modified_bessel_i0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind, of order 0, without a gradient.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.modified_bessel_i0(torch.tensor([0.5, 1.0]))
        tensor([1.0635, 1.2661])
    """
    x = floating(input)
    result = record("modified_bessel_i0", scipy_special, (x, None), called="i0")
    return result if out is None else write_out("modified_bessel_i0", result, out)


def modified_bessel_i1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind, of order 1, without a gradient.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.modified_bessel_i1(torch.tensor([0.5, 1.0]))
        tensor([0.2579, 0.5652])
    """
    x = floating(input)
    result = record("modified_bessel_i1", scipy_special, (x, None), called="i1")
    return result if out is None else write_out("modified_bessel_i1", result, out)


def modified_bessel_k0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the second kind, of order 0, without a gradient.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.modified_bessel_k0(torch.tensor([0.5, 1.0]))
        tensor([0.9244, 0.4210])
    """
    x = floating(input)
    result = record("modified_bessel_k0", scipy_special, (x, None), called="k0")
    return result if out is None else write_out("modified_bessel_k0", result, out)


def modified_bessel_k1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the second kind, of order 1, without a gradient.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.modified_bessel_k1(torch.tensor([0.5, 1.0]))
        tensor([1.6564, 0.6019])
    """
    x = floating(input)
    result = record("modified_bessel_k1", scipy_special, (x, None), called="k1")
    return result if out is None else write_out("modified_bessel_k1", result, out)


def scaled_modified_bessel_k0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """exp(x) modified_bessel_k0(x), without a gradient.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.scaled_modified_bessel_k0(torch.tensor([0.5, 1.0]))
        tensor([1.5241, 1.1445])
    """
    x = floating(input)
    result = record("scaled_modified_bessel_k0", scipy_special, (x, None), called="k0e")
    return result if out is None else write_out("scaled_modified_bessel_k0", result, out)


def scaled_modified_bessel_k1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """exp(x) modified_bessel_k1(x), without a gradient.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.scaled_modified_bessel_k1(torch.tensor([0.5, 1.0]))
        tensor([2.7310, 1.6362])
    """
    x = floating(input)
    result = record("scaled_modified_bessel_k1", scipy_special, (x, None), called="k1e")
    return result if out is None else write_out("scaled_modified_bessel_k1", result, out)


def spherical_bessel_j0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The spherical Bessel function of the first kind, of order 0: sin(x) / x, without a gradient.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.spherical_bessel_j0(torch.tensor([0.5, 1.0]))
        tensor([0.9589, 0.8415])
    """
    x = floating(input)
    result = record("spherical_bessel_j0", _spherical_j0, (x, None))
    return result if out is None else write_out("spherical_bessel_j0", result, out)


def _spherical_j0(x: Array) -> Array:
    return np.sinc(x / np.pi).astype(x.dtype)


def airy_ai(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Airy function Ai, without a gradient.

    Args:
        input: of any shape; integers become floats first.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> torch.special.airy_ai(torch.tensor([0.5, 1.0]))
        tensor([0.2317, 0.1353])
    """
    x = floating(input)
    result = record("airy_ai", _airy, (x, None))
    return result if out is None else write_out("airy_ai", result, out)


def _airy(x: Array) -> Array:
    return np.asarray(elementary.special_functions().airy(x)[0]).astype(x.dtype)


# orthogonal polynomials ---------------------------------------------------------------------------


def _polynomial(
    name: str, function: Any, input: TensorLike, n: TensorLike, out: Tensor | None, **options: Any
) -> Tensor:
    """A polynomial of order n at each element, without a gradient."""
    x, order = promoted(input, n, name=name, least=dtypes.FLOAT)
    result = record(name, function, (x, None), (order, None), **options)
    return result if out is None else write_out(name, result, out)


def _evaluate(x: Array, n: Array, called: str) -> Array:
    """SciPy's polynomial of order n at x; 0 where n is negative."""
    order = np.trunc(n).astype(np.int64)
    values = scipy_special(np.maximum(order, 0), x, called=called)
    return np.where(order < 0, 0, values).astype(x.dtype)


def _evaluate_shifted(x: Array, n: Array, called: str) -> Array:
    return _evaluate(2 * x - 1, n, called)


def _evaluate_sum(x: Array, n: Array, sign: int) -> Array:
    """U_n + sign * U_(n-1), of Chebyshev's second kind U; 0 where n is negative."""
    order = np.trunc(n).astype(np.int64)
    at_least_0 = np.maximum(order, 0)
    one_less = scipy_special(at_least_0 - 1, x, called="eval_chebyu")
    values = scipy_special(at_least_0, x, called="eval_chebyu")
    values = values + sign * np.where(at_least_0 > 0, one_less, 0)
    return np.where(order < 0, 0, values).astype(x.dtype)


def _evaluate_shifted_sum(x: Array, n: Array, sign: int) -> Array:
    return _evaluate_sum(2 * x - 1, n, sign)


def chebyshev_polynomial_t(
    input: TensorLike, n: TensorLike, *, out: Tensor | None = None
) -> Tensor:
    """Chebyshev's polynomial of the first kind, of order n, at each element.

    Args:
        input: a tensor or a number; integers become floats first.
        n: the order, of a shape that broadcasts with input's; 0 comes out where it is negative.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape, without a gradient.

    Example:
        >>> torch.special.chebyshev_polynomial_t(torch.tensor([0.25, 0.5]), 2)
        tensor([-0.8750, -0.5000])
    """
    return _polynomial("chebyshev_polynomial_t", _evaluate, input, n, out, called="eval_chebyt")


def chebyshev_polynomial_u(
    input: TensorLike, n: TensorLike, *, out: Tensor | None = None
) -> Tensor:
    """Chebyshev's polynomial of the second kind, of order n, at each element.

    Args:
        input: a tensor or a number; integers become floats first.
        n: the order, of a shape that broadcasts with input's; 0 comes out where it is negative.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape, without a gradient.

    Example:
        >>> torch.special.chebyshev_polynomial_u(torch.tensor([0.25, 0.5]), 2)
        tensor([-0.7500,  0.0000])
    """
    return _polynomial("chebyshev_polynomial_u", _evaluate, input, n, out, called="eval_chebyu")


def chebyshev_polynomial_v(
    input: TensorLike, n: TensorLike, *, out: Tensor | None = None
) -> Tensor:
    """Chebyshev's polynomial of the third kind, of order n, at each element.

    Args:
        input: a tensor or a number; integers become floats first.
        n: the order, of a shape that broadcasts with input's; 0 comes out where it is negative.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape, without a gradient.

    Example:
        >>> torch.special.chebyshev_polynomial_v(torch.tensor([0.25, 0.5]), 2)
        tensor([-1.2500, -1.0000])
    """
    return _polynomial("chebyshev_polynomial_v", _evaluate_sum, input, n, out, sign=-1)


def chebyshev_polynomial_w(
    input: TensorLike, n: TensorLike, *, out: Tensor | None = None
) -> Tensor:
    """Chebyshev's polynomial of the fourth kind, of order n, at each element.

    Args:
        input: a tensor or a number; integers become floats first.
        n: the order, of a shape that broadcasts with input's; 0 comes out where it is negative.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape, without a gradient.

    Example:
        >>> torch.special.chebyshev_polynomial_w(torch.tensor([0.25, 0.5]), 2)
        tensor([-0.2500,  1.0000])
    """
    return _polynomial("chebyshev_polynomial_w", _evaluate_sum, input, n, out, sign=1)


def shifted_chebyshev_polynomial_t(
    input: TensorLike, n: TensorLike, *, out: Tensor | None = None
) -> Tensor:
    """Chebyshev's polynomial of the first kind, of order n, at 2 x - 1 for each element x.

    Args:
        input: a tensor or a number; integers become floats first.
        n: the order, of a shape that broadcasts with input's; 0 comes out where it is negative.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape, without a gradient.

    Example:
        >>> torch.special.shifted_chebyshev_polynomial_t(torch.tensor([0.25, 0.5]), 2)
        tensor([-0.5000, -1.0000])
    """
    return _polynomial(
        "shifted_chebyshev_polynomial_t", _evaluate_shifted, input, n, out, called="eval_chebyt"
    )


def shifted_chebyshev_polynomial_u(
    input: TensorLike, n: TensorLike, *, out: Tensor | None = None
) -> Tensor:
    """Chebyshev's polynomial of the second kind, of order n, at 2 x - 1 for each element x.

    Args:
        input: a tensor or a number; integers become floats first.
        n: the order, of a shape that broadcasts with input's; 0 comes out where it is negative.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape, without a gradient.

    Example:
        >>> torch.special.shifted_chebyshev_polynomial_u(torch.tensor([0.25, 0.5]), 2)
        tensor([ 0., -1.])
    """
    return _polynomial(
        "shifted_chebyshev_polynomial_u", _evaluate_shifted, input, n, out, called="eval_chebyu"
    )


def shifted_chebyshev_polynomial_v(
    input: TensorLike, n: TensorLike, *, out: Tensor | None = None
) -> Tensor:
    """Chebyshev's polynomial of the third kind, of order n, at 2 x - 1 for each element x.

    Args:
        input: a tensor or a number; integers become floats first.
        n: the order, of a shape that broadcasts with input's; 0 comes out where it is negative.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape, without a gradient.

    Example:
        >>> torch.special.shifted_chebyshev_polynomial_v(torch.tensor([0.25, 0.5]), 2)
        tensor([ 1., -1.])
    """
    return _polynomial(
        "shifted_chebyshev_polynomial_v", _evaluate_shifted_sum, input, n, out, sign=-1
    )


def shifted_chebyshev_polynomial_w(
    input: TensorLike, n: TensorLike, *, out: Tensor | None = None
) -> Tensor:
    """Chebyshev's polynomial of the fourth kind, of order n, at 2 x - 1 for each element x.

    Args:
        input: a tensor or a number; integers become floats first.
        n: the order, of a shape that broadcasts with input's; 0 comes out where it is negative.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape, without a gradient.

    Example:
        >>> torch.special.shifted_chebyshev_polynomial_w(torch.tensor([0.25, 0.5]), 2)
        tensor([-1., -1.])
    """
    return _polynomial(
        "shifted_chebyshev_polynomial_w", _evaluate_shifted_sum, input, n, out, sign=1
    )


def hermite_polynomial_h(input: TensorLike, n: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """The physicist's Hermite polynomial of order n at each element.

    Args:
        input: a tensor or a number; integers become floats first.
        n: the order, of a shape that broadcasts with input's; 0 comes out where it is negative.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape, without a gradient.

    Example:
        >>> torch.special.hermite_polynomial_h(torch.tensor([0.25, 0.5]), 2)
        tensor([-1.7500, -1.0000])
    """
    return _polynomial("hermite_polynomial_h", _evaluate, input, n, out, called="eval_hermite")


def hermite_polynomial_he(input: TensorLike, n: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """The probabilist's Hermite polynomial of order n at each element.

    Args:
        input: a tensor or a number; integers become floats first.
        n: the order, of a shape that broadcasts with input's; 0 comes out where it is negative.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape, without a gradient.

    Example:
        >>> torch.special.hermite_polynomial_he(torch.tensor([0.25, 0.5]), 2)
        tensor([-0.9375, -0.7500])
    """
    return _polynomial("hermite_polynomial_he", _evaluate, input, n, out, called="eval_hermitenorm")


def laguerre_polynomial_l(input: TensorLike, n: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """The Laguerre polynomial of order n at each element.

    Args:
        input: a tensor or a number; integers become floats first.
        n: the order, of a shape that broadcasts with input's; 0 comes out where it is negative.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape, without a gradient.

    Example:
        >>> torch.special.laguerre_polynomial_l(torch.tensor([0.25, 0.5]), 2)
        tensor([0.5312, 0.1250])
    """
    return _polynomial("laguerre_polynomial_l", _evaluate, input, n, out, called="eval_laguerre")


def legendre_polynomial_p(input: TensorLike, n: TensorLike, *, out: Tensor | None = None) -> Tensor:
    """The Legendre polynomial of order n at each element.

    Args:
        input: a tensor or a number; integers become floats first.
        n: the order, of a shape that broadcasts with input's; 0 comes out where it is negative.
        out: the tensor to write the result to.

    Returns:
        A tensor of the broadcast shape, without a gradient.

    Example:
        >>> torch.special.legendre_polynomial_p(torch.tensor([0.25, 0.5]), 2)
        tensor([-0.4062, -0.1250])
    """
    return _polynomial("legendre_polynomial_p", _evaluate, input, n, out, called="eval_legendre")
