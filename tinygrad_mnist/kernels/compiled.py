"""Loops that Numba compiles where the `fast` extra is installed; elsewhere NumPy does their work.

The environment variable TINYGRAD_MNIST_KERNELS says which: `numpy` leaves Numba alone, `numba`
insists on it, `auto` (the default) takes it where it is. Nothing is imported before
the first large array.
"""

import functools
import importlib.util
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_mnist import extras

LEAST = 4096  # elements: below, NumPy is as quick
CHOICES = ("auto", "numpy", "numba")


def adam(
    p: Any,
    g: Any,
    m: Any,
    v: Any,
    beta1: Any,
    beta2: Any,
    grad_share: Any,
    square_share: Any,
    eps: Any,
    step_size: Any,
) -> None:
    """`kernels.adam.adam` in one pass."""
    for i in range(p.size):
        m[i] = beta1 * m[i] + grad_share * g[i]
        v[i] = beta2 * v[i] + square_share * g[i] * g[i]
        p[i] -= step_size * m[i] / (math.sqrt(v[i]) + eps)


def relu_gradient(g: Any, y: Any, out: Any) -> None:
    """out = g where y > 0, else 0; NaN passes as in a product."""
    zero = g.dtype.type(0)
    for i in range(g.size):
        out[i] = g[i] if y[i] > 0 else g[i] * zero


def dropout(x: Any, bits: Any, limit: Any, scale: Any, mask: Any, out: Any) -> None:
    """mask = scale where bits < limit, else 0; out = x * mask."""
    zero = x.dtype.type(0)
    for i in range(x.size):
        mask[i] = scale if bits[i] < limit else zero
        out[i] = x[i] * mask[i]


# exp(v) is 2^n exp(r) with v = n log(2) + r; log(2) is taken in two parts, the first of few bits
PER_LOG_2 = np.float32(1 / math.log(2))
LOG_2 = math.log(2)
LOG_2_HIGH = np.float32(0.693359375)
LOG_2_LOW = np.float32(math.log(2) - 0.693359375)
C0 = np.float32(1)
C2 = np.float32(1 / 2)
C3 = np.float32(1 / 6)
C4 = np.float32(1 / 24)
C5 = np.float32(1 / 120)
C6 = np.float32(1 / 720)
C7 = np.float32(1 / 5040)
BIAS = np.int32(127)  # of the exponent of a float32


def sigmoid(x: Any, y: Any, slope: Any) -> None:
    """y = 1 / (1 + exp(-x)) and slope = y (1 - y), in float32, for |x| up to 80."""
    for i in range(x.size):
        v = -x[i]
        n = np.rint(v * PER_LOG_2)
        r = (v - n * LOG_2_HIGH) - n * LOG_2_LOW
        total = C7 * r + C6
        total = total * r + C5
        total = total * r + C4
        total = total * r + C3
        total = total * r + C2
        total = total * r + C0
        total = total * r + C0
        e = total * np.int32((np.int32(n) + BIAS) << 23).view(np.float32)
        share = C0 / (C0 + e)
        y[i] = share
        slope[i] = e * share * share


D0 = 1.0  # the same of float64
D2 = 1 / 2
D3 = 1 / 6
D4 = 1 / 24
D5 = 1 / 120
D6 = 1 / 720
D7 = 1 / 5040
D8 = 1 / 40320
WIDE_BIAS = 1023
DENSITY = 1 / math.sqrt(2 * math.pi)


def gelu(x: Any, c: Any, y: Any, slope: Any) -> None:
    """`kernels.network.gelu` of float32 and its slope, computed in float64."""
    for i in range(x.size):
        held = max(np.float64(x[i]), -15.0)
        size = min(abs(held), 15.0)
        v = size * size * -0.5
        n = np.rint(v * (1 / LOG_2))
        r = v - n * LOG_2
        total = D8 * r + D7
        total = total * r + D6
        total = total * r + D5
        total = total * r + D4
        total = total * r + D3
        total = total * r + D2
        total = total * r + D0
        total = total * r + D0
        power = total * np.int64((np.int64(np.int32(n)) + WIDE_BIAS) << 52).view(np.float64)
        t = D0 / (D0 + 0.3 * size)
        tail = c[0] * t
        for k in range(1, 10):
            tail = (tail + c[k]) * t
        other = (tail - size * DENSITY) * power
        tail *= power
        y[i] = held * (D0 - tail if held > 0 else tail)
        slope[i] = D0 - other if held > 0 else other


def class_losses(logits: Any, classes: Any, share: Any, losses: Any, slope: Any) -> None:
    """losses = -log softmax at each row's class; slope = (softmax less one-hot) * share."""
    zero = logits.dtype.type(0)
    for i in range(logits.shape[0]):
        largest = logits[i, 0]
        for j in range(1, logits.shape[1]):
            if logits[i, j] > largest or logits[i, j] != logits[i, j]:
                largest = logits[i, j]
        total = zero
        for j in range(logits.shape[1]):
            power = math.exp(logits[i, j] - largest)
            slope[i, j] = power
            total += power
        factor = share / total
        for j in range(logits.shape[1]):
            slope[i, j] *= factor
        slope[i, classes[i]] -= share
        losses[i] = math.log(total) - (logits[i, classes[i]] - largest)


@functools.cache
def loop(function: Callable[..., None]) -> Callable[..., None] | None:
    """The compiled form of one of the functions above, or None where NumPy is to do it."""
    choice = os.environ.get("TINYGRAD_MNIST_KERNELS", "auto")
    if choice not in CHOICES:
        raise ValueError(
            f"TINYGRAD_MNIST_KERNELS: got {choice!r}, wanted one of {', '.join(CHOICES)}"
        )
    if choice == "numpy" or (choice == "auto" and importlib.util.find_spec("numba") is None):
        return None
    numba = extras.load("numba", "TINYGRAD_MNIST_KERNELS=numba")
    made: Callable[..., None] = numba.njit(cache=True, error_model="numpy", nogil=True)(function)
    folder = Path(made.stats.cache_path)  # type: ignore[attr-defined]
    if not any(folder.glob(f"compiled.{function.__name__}-*")):
        print(
            f"tinygrad_mnist: compiling the loop '{function.__name__}' (once; it is kept)",
            file=sys.stderr,
        )
    return made
