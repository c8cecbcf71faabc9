"""The elementwise work of a network's layers: dropout, GELU, and the gradient of ReLU."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_mnist.kernels import compiled

Array = npt.NDArray[Any]


def gate(g: Array, y: Array) -> Array:
    """g where y > 0, else 0: the gradient of ReLU."""
    fits = g.size >= compiled.LEAST and g.dtype != np.float16 and g.flags.c_contiguous and y.flags.c_contiguous
    loop = compiled.loop(compiled.gate) if fits else None
    if loop is None:
        return np.multiply(g, y > 0)
    out = np.empty_like(g)
    loop(g.reshape(-1), y.reshape(-1), out.reshape(-1))
    return out


def drop(x: Array, bits: Array, keep: float) -> tuple[Array, Array]:
    """x by a mask, and the mask: 1 / keep where a number of 16 random bits falls below keep, else 0."""
    count, scale = round(keep * 65536), x.dtype.type(1 / keep if keep else 0)
    limit: Any = np.uint16(count) if count < 65536 else np.uint32(count)  # with bits of its dtype NumPy is quicker
    fits = x.size >= compiled.LEAST and x.flags.c_contiguous and x.dtype != np.float16
    loop = compiled.loop(compiled.drop) if fits else None
    if loop is None:
        mask = np.multiply(bits.reshape(x.shape) < limit, scale, dtype=x.dtype)
        return np.multiply(x, mask), mask
    mask, out = np.empty_like(x), np.empty_like(x)
    loop(x.reshape(-1), bits, limit, scale, mask.reshape(-1), out.reshape(-1))
    return out, mask


BLOCK = 32_768  # elements of each of the arrays in use at a time, so that they stay in the cache
# Half the complementary error function: a polynomial in t = 1 / (1 + P x) times exp(-x^2), to 1e-7.
# Abramowitz and Stegun (1964), 7.1.26, from Hastings (1955); the factor 1/2 is in the coefficients.
P, COEFFICIENTS = 0.3275911, (0.5307027145, -0.7265760135, 0.7107068705, -0.142248368, 0.127414796)


def gelu(x: Array, slope: bool) -> tuple[Array, Array | None]:
    """x times the normal distribution function at x, in float32; its derivative too, if `slope`."""
    out, slopes = np.empty(x.shape, x.dtype), np.empty(x.shape, x.dtype) if slope else None
    flat = [None if each is None else each.reshape(-1) for each in (np.ascontiguousarray(x), out, slopes)]
    scratch = np.empty((2, min(BLOCK, x.size)), x.dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # of infinities
        for start in range(0, x.size, BLOCK):
            parts: Any = [None if each is None else each[start : start + BLOCK] for each in flat]
            _gelu_block(scratch, *parts)
    return out, slopes


def _gelu_block(scratch: Any, x: Any, out: Any, slope: Any) -> None:
    t, power = scratch[:, : x.size]
    np.multiply(x, x, power)
    np.multiply(power, -0.5, power)
    np.exp(power, power)
    np.abs(x, t)
    np.multiply(t, P * math.sqrt(0.5), t)
    np.add(t, 1, t)
    np.divide(1, t, t)
    np.multiply(t, COEFFICIENTS[0], out)
    for each in COEFFICIENTS[1:]:
        np.add(out, each, out)
        np.multiply(out, t, out)
    np.multiply(out, power, out)  # the tail beyond |x|
    np.subtract(0.5, out, out)
    np.copysign(out, x, out)
    np.add(out, 0.5, out)
    if slope is not None:
        np.multiply(x, power, slope)
        np.multiply(slope, 1 / math.sqrt(2 * math.pi), slope)
        np.add(slope, out, slope)
    np.multiply(out, x, out)
