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


BLOCK = 8_192  # elements of each of the arrays in use at a time, so that they stay in the cache
# Half of erfcx(z) = exp(z^2) erfc(z), for z from 0 to 12: a polynomial in t = 1 / (1 + P z) without
# a constant, to 2e-9 of its value. Of the form of Hastings (1955), fitted for the relative error.
P = 0.25
COEFFICIENTS = (
    0.0704881292158,
    0.0713409375731,
    0.059986830448,
    0.113647068136,
    -0.135319969627,
    0.558356806023,
    -0.888148020131,
    1.193447368,
    -0.936017514907,
    0.485288410423,
    -0.0930700441983,
)


def gelu(x: Array) -> Array:
    """x times the normal distribution function at x."""
    if x.dtype == np.float64:
        return elementary.gelu_with_slope(x)[0]
    out = np.empty(x.shape, x.dtype)
    _gelu_in_blocks(x, out, None)
    return out


def gelu_with_slope(x: Array) -> tuple[Array, Array]:
    """`gelu`, and its derivative at each element."""
    if x.dtype == np.float64:
        return elementary.gelu_with_slope(x)
    out = np.empty(x.shape, x.dtype)
    slope = np.empty(x.shape, x.dtype)
    _gelu_in_blocks(x, out, slope)
    return out, slope


def _gelu_in_blocks(x: Array, out: Array, slope: Array | None) -> None:
    """Of float32 and float16, computed in float64: the tail keeps all its digits."""
    x = np.ascontiguousarray(x).reshape(-1)
    out = out.reshape(-1)
    slope = None if slope is None else slope.reshape(-1)
    scratch = np.empty((4, min(BLOCK, x.size)), np.float64)
    with np.errstate(over="ignore", invalid="ignore"):  # of infinities
        for start in range(0, x.size, BLOCK):
            block = slice(start, start + BLOCK)
            _gelu_block(scratch, x[block], out[block], None if slope is None else slope[block])


def _gelu_block(scratch: Array, x: Array, out: Array, slope: Array | None) -> None:
    wide, t, power, normal = scratch[:, : x.size]
    np.copyto(wide, x)
    np.maximum(wide, -40, out=wide)  # below, the slope is 0; 0 times infinity would not be
    np.multiply(wide, wide, power)
    np.multiply(power, -0.5, power)
    np.exp(power, power)
    np.abs(wide, t)
    np.multiply(t, P * math.sqrt(0.5), t)
    np.add(t, 1, t)
    np.divide(1, t, t)
    np.multiply(t, COEFFICIENTS[-1], normal)
    for each in COEFFICIENTS[-2::-1]:
        np.add(normal, each, normal)
        np.multiply(normal, t, normal)
    np.multiply(normal, power, normal)  # the tail beyond |x|
    np.greater(wide, 0, t)
    np.subtract(t, normal, normal)
    np.abs(normal, normal)  # 1 - tail above 0, the tail itself below
    if slope is not None:
        np.minimum(wide, 40, out=t)
        np.multiply(t, power, t)
        np.multiply(t, 1 / math.sqrt(2 * math.pi), t)
        np.add(t, normal, slope, casting="same_kind")
    np.multiply(normal, x, out, casting="same_kind")
