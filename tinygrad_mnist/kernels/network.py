"""The elementwise work of a network's layers: ReLU and its gradient, GELU, dropout."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_mnist.kernels import compiled, elementary

Array = npt.NDArray[Any]


def relu(x: Array) -> Array:
    """max(x, 0)."""
    zeros = np.zeros(x.shape[-1:], x.dtype)  # NumPy's maximum is quicker on a row than on a scalar
    return np.maximum(x, zeros)


def relu_gradient(g: Array, y: Array) -> Array:
    """g where y > 0, else 0: the gradient of ReLU, whose result is y."""
    contiguous = g.flags.c_contiguous and y.flags.c_contiguous
    fits = g.size >= compiled.LEAST and g.dtype != np.float16 and contiguous
    loop = compiled.loop(compiled.relu_gradient) if fits else None
    if loop is None:
        return np.multiply(g, y > 0)
    out = np.empty_like(g)
    loop(g.reshape(-1), y.reshape(-1), out.reshape(-1))
    return out


def dropout(x: Array, bits: Array, keep: float) -> tuple[Array, Array]:
    """x by a mask, and the mask: 1 / keep where 16 random bits fall below keep, else 0.

    Args:
        x: of any shape.
        bits: as many numbers of 16 random bits, in one dimension.
        keep: the probability that an element is kept.
    """
    count = round(keep * 65536)
    scale = x.dtype.type(1 / keep if keep else 0)
    # with a limit of the bits' own dtype NumPy is quicker
    limit: Any = np.uint16(count) if count < 65536 else np.uint32(count)
    fits = x.size >= compiled.LEAST and x.flags.c_contiguous and x.dtype != np.float16
    loop = compiled.loop(compiled.dropout) if fits else None
    if loop is None:
        mask = np.multiply(bits.reshape(x.shape) < limit, scale, dtype=x.dtype)
        return np.multiply(x, mask), mask
    mask = np.empty_like(x)
    out = np.empty_like(x)
    loop(x.reshape(-1), bits, limit, scale, mask.reshape(-1), out.reshape(-1))
    return out, mask


BLOCK = 32_768  # elements of each of the arrays in use at a time, so that they stay in the cache
# Half the complementary error function: a polynomial in t = 1 / (1 + P x) times exp(-x^2), to 1e-7.
# Abramowitz and Stegun (1964), 7.1.26, from Hastings (1955); the factor 1/2 is in the coefficients.
P = 0.3275911
FAR = -3  # below, 1 minus nearly 1 would leave no digits
COEFFICIENTS = (0.5307027145, -0.7265760135, 0.7107068705, -0.142248368, 0.127414796)


def gelu(x: Array) -> Array:
    """x times the normal distribution function at x."""
    if x.dtype != np.float32:
        return _accurate_gelu(x)[0]
    out = np.empty(x.shape, x.dtype)
    _gelu_in_blocks(x, out, None)
    return out


def gelu_with_slope(x: Array) -> tuple[Array, Array]:
    """`gelu`, and its derivative at each element."""
    if x.dtype != np.float32:
        return _accurate_gelu(x)
    out = np.empty(x.shape, x.dtype)
    slope = np.empty(x.shape, x.dtype)
    _gelu_in_blocks(x, out, slope)
    return out, slope


def _accurate_gelu(x: Array) -> tuple[Array, Array]:
    y, slope = elementary.gelu_with_slope(x.astype(np.float64))
    return y.astype(x.dtype), slope.astype(x.dtype)


def _gelu_in_blocks(x: Array, out: Array, slope: Array | None) -> None:
    x = np.ascontiguousarray(x).reshape(-1)
    out = out.reshape(-1)
    slope = None if slope is None else slope.reshape(-1)
    scratch = np.empty((2, min(BLOCK, x.size)), x.dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # of infinities
        for start in range(0, x.size, BLOCK):
            block = slice(start, start + BLOCK)
            _gelu_block(scratch, x[block], out[block], None if slope is None else slope[block])
    far = np.flatnonzero(x < FAR)
    if far.size:
        out[far], far_slope = elementary.gelu_tail(x[far])
        if slope is not None:
            slope[far] = far_slope
    if slope is not None and not x.max(initial=0) < np.inf:
        slope[np.isposinf(x)] = 1  # where infinity times 0 is not 0


def _gelu_block(scratch: Array, x: Array, out: Array, slope: Array | None) -> None:
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
