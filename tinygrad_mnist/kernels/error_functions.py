"""The error function and its kin on arrays of float64, with NumPy alone.

Everything is made of erfcx(x) = exp(x^2) erfc(x) for x from 0 on, which is smooth and does not
underflow, and of erf's Taylor series around 0. Between 0 and `FAR` erfcx is its Taylor series
around the next of 25 points, whose coefficients are computed to 60 digits when they are first
needed.
"""

import decimal
import functools
import math
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

FAR = 6.0  # from here on Laplace's continued fraction is short
STEP = 0.25  # between the points of the table
TERMS = 15  # of a Taylor series at a distance of STEP / 2: the next one is below 1e-17
FRACTIONS = 16  # of the continued fraction: what is left at FAR is below 1e-17
NEAR = 0.75  # up to here erf is its series around 0
ROOT_PI = math.sqrt(math.pi)
PI = "3.14159265358979323846264338327950288419716939937510582097494459"


@functools.cache
def _table() -> Array:
    """The coefficients: row n those of the n-th power, a column for each point."""
    points = round(FAR / STEP) + 1
    columns = [_taylor(decimal.Decimal(place * STEP)) for place in range(points)]
    return np.array(columns).T.copy()


def _taylor(x: Decimal) -> list[float]:
    """The Taylor coefficients of erfcx around x, by its equation y' = 2 x y - 2 / sqrt(pi)."""
    with decimal.localcontext() as context:
        context.prec = 60
        power = term = x
        for n in range(1, 250):  # erf(x) = 2 / sqrt(pi) exp(-x^2) sum of 2^n x^(2n+1) / (2n+1)!!
            term = term * 2 * x * x / (2 * n + 1)
            power += term
        slope = 2 / decimal.Decimal(PI).sqrt()
        found = [(x * x).exp() - slope * power]
        found.append(2 * x * found[0] - slope)
        for n in range(2, TERMS):
            found.append((2 * x * found[n - 1] + 2 * found[n - 2]) / n)
        return [float(each) for each in found]


def erfcx_of_positive(x: Array) -> Array:
    """exp(x^2) erfc(x) for x from 0 on; NaN stays NaN."""
    table = _table()
    held = np.fmin(x, FAR)
    place = np.rint(held / STEP).astype(np.intp)
    distance = held - place * STEP
    total = table[TERMS - 1].take(place)
    for row in table[TERMS - 2 :: -1]:
        total *= distance
        total += row.take(place)
    if x.max(initial=0) <= FAR:
        return total
    above = np.fmax(x, FAR)
    fraction = np.zeros_like(above)
    for k in range(FRACTIONS, 0, -1):
        fraction = (k / 2) / (above + fraction)
    far = 1 / (ROOT_PI * (above + fraction))
    return np.where(np.isnan(x), x, np.where(x <= FAR, total, far))


def erf_near_0(x: Array) -> Array:
    """erf(x) for x between -NEAR and NEAR, by its Taylor series."""
    square = x * x
    total = np.zeros_like(x)
    for n in range(15, -1, -1):
        total = total * -square + 1 / (math.factorial(n) * (2 * n + 1))
    return total * x * (2 / ROOT_PI)
