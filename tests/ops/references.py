"""Common functions in plain NumPy and the standard library, for references of rows of the table."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

erf = np.vectorize(math.erf, [float])
erfc = np.vectorize(math.erfc, [float])


def ndtr(x: Any) -> Any:
    """The normal distribution function."""
    return erfc(-x / math.sqrt(2)) / 2


def expit(x: Any) -> Any:
    """The logistic function, of moderate numbers."""
    return 1 / (1 + np.exp(-x))


def log_expit(x: Any) -> Any:
    """Its logarithm."""
    return -np.log1p(np.exp(-x))


def logit(x: Any) -> Any:
    """Its inverse."""
    return np.log(x / (1 - x))


def entr(x: Any) -> Any:
    """The entropy of positive numbers."""
    return -x * np.log(x)


def logsumexp(x: Any, axis: Any, keepdims: bool) -> Any:
    """log of the sum of exp, also of large numbers."""
    top = x.max(axis, keepdims=True)
    total = np.log(np.exp(x - top).sum(axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis=axis)


def log_softmax(x: Any, axis: int) -> Any:
    """x - logsumexp(x)."""
    return x - logsumexp(x, axis, True)


def softmax(x: Any, axis: int) -> Any:
    """exp(x) over their sum."""
    return np.exp(log_softmax(x, axis))


def xlogy(x: Any, y: Any) -> Any:
    """x log(y), 0 where x is 0."""
    return np.where(x == 0, 0, x * np.log(y))


def xlog1py(x: Any, y: Any) -> Any:
    """x log(1 + y), 0 where x is 0."""
    return xlogy(x, 1 + y)
