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


BLOCK = 16_384  # elements of each of the arrays in use at a time, so that they stay in the cache
FAR = 15.0  # beyond, the tail is below the numbers of float32
P = 0.3
# (1 - ndtr(a)) exp(a^2 / 2) is t times this polynomial in t = 1 / (1 + P a), to 8e-9 from 0 to FAR:
# Abramowitz and Stegun's form (1964, 7.1.26), interpolated by mpmath at Chebyshev's nodes, of which
# one is moved to where the slope of gelu is 0, so that the slope has its zero there.
COEFFICIENTS = (
    -0.020738450956758272,
    0.11313840613766472,
    -0.23005114990774217,
    0.19447476320105347,
    -0.0818462282963925,
    0.09754393565592445,
    0.07788646167392968,
    0.11034661291591051,
    0.11955826527765681,
    0.11968738265784337,
)
DENSITY = 1 / math.sqrt(2 * math.pi)


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
    loop = compiled.loop(compiled.gelu) if x.size >= compiled.LEAST else None
    if loop is not None:
        loop(x, np.array(COEFFICIENTS), out, np.empty_like(out) if slope is None else slope)
    else:
        scratch = np.empty((6, min(BLOCK, x.size)), np.float64)
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            for start in range(0, x.size, BLOCK):
                block = slice(start, start + BLOCK)
                _gelu_block(scratch, x[block], out[block], None if slope is None else slope[block])
    if not x.min(initial=0) > -np.inf:
        out[np.isneginf(x)] = np.nan  # minus infinity times 0


def _gelu_block(scratch: Array, x: Array, out: Array, slope: Array | None) -> None:
    held, size, sign, t, power, tail = scratch[:, : x.size]
    np.copyto(held, x)
    np.maximum(held, -FAR, out=held)
    np.abs(held, size)
    np.minimum(size, FAR, out=size)
    np.multiply(size, size, power)
    np.multiply(power, -0.5, power)
    np.exp(power, power)
    np.multiply(size, P, t)
    np.add(t, 1, t)
    np.divide(1, t, t)
    np.multiply(t, COEFFICIENTS[0], tail)
    for each in COEFFICIENTS[1:]:
        np.add(tail, each, tail)
        np.multiply(tail, t, tail)
    np.copysign(1, held, sign)
    np.multiply(power, sign, power)
    np.multiply(sign, 0.5, sign)
    np.add(sign, 0.5, sign)  # 1 above 0, where the value and the slope are 1 less those at -|x|
    if slope is not None:
        np.multiply(size, DENSITY, size)
        np.subtract(tail, size, size)
        np.multiply(size, power, size)
        np.subtract(sign, size, size)
        np.copyto(slope, size, casting="same_kind")
    np.multiply(tail, power, tail)
    np.subtract(sign, tail, tail)
    np.multiply(tail, held, tail)
    np.copyto(out, tail, casting="same_kind")
