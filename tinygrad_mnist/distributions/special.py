"""The gamma function's logarithm, its derivatives, and draws from its distribution."""

import functools
import math
from typing import Any

import numpy as np

from tinygrad_mnist import random
from tinygrad_mnist.tape import record
from tinygrad_mnist.tensor import Array, Tensor

_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)


def _polygamma(n: int, x: Array) -> Array:
    """Ten steps of the recurrence, then the asymptotic series. Abramowitz and Stegun 6.1.40 and 6.4.11."""
    x = x.astype(np.float64)
    below: Any = sum(np.log(x + k) if n < 0 else math.factorial(n) * (x + k) ** -(n + 1) for k in range(10))
    x = x + 10
    if n < 1:
        out = (x - 0.5) * np.log(x) - x + 0.5 * math.log(2 * math.pi) if n < 0 else 0.5 / x - np.log(x)
    else:
        out = math.factorial(n - 1) / x**n * (1 + n / (2 * x))
    for k, b in enumerate(_BERNOULLI):
        m = 2 * k + 2
        out += b * math.factorial(m + n - 1) / math.factorial(m) / x ** (m + n)
    return out - below if n < 0 else (-1) ** (n + 1) * (out + below)


def polygamma(n: int, x: Tensor) -> Tensor:
    """The (n + 1)th derivative of the gamma function's logarithm, which is n = -1, for x > 0."""
    return record("polygamma", _polygamma(n, x.array).astype(x.array.dtype), (x, lambda g: g * polygamma(n + 1, x)))


lgamma, digamma = functools.partial(polygamma, -1), functools.partial(polygamma, 0)


def _by_concentration(a: Array, x: Array) -> Array:
    """dx / da where the cdf P(a, x) stays: minus dP / da over dP / dx, term by term of the series DLMF 8.11.4."""
    a, x = (each.astype(np.float64) for each in (a, x))
    term, total, steps, weighted = np.ones_like(x), np.ones_like(x), np.zeros_like(x), np.zeros_like(x)
    k = 0
    while (term > 1e-17 * total).any():
        k += 1
        term, steps = term * x / (a + k), steps + 1 / (a + k)
        total, weighted = total + term, weighted + term * steps
    return x / a * (weighted - (np.log(x) - _polygamma(0, a + 1)) * total)


def standard_gamma(concentration: Tensor) -> Tensor:
    """Draws from the gamma distribution of rate 1; their gradient is that of icdf at their own quantile.

    Figurnov, Mohamed and Mnih, "Implicit reparameterization gradients" (2018), arXiv:1805.08498.
    """
    dtype = concentration.array.dtype
    drawn = random.source(None).standard_gamma(concentration.array.astype(np.float64))
    drawn = np.maximum(drawn, np.finfo(dtype).tiny).astype(dtype)

    def refuse(g: Tensor) -> Tensor:
        raise RuntimeError("standard_gamma: the derivative of a draw's gradient is not implemented")

    def rule(g: Tensor, y: Tensor) -> Tensor:
        slope = _by_concentration(concentration.array, y.array).astype(dtype)
        return g * record("standard_gamma_grad", slope, (concentration, refuse))

    return record("standard_gamma", drawn, (concentration, rule), output=True)
