"""The elementwise work of a network's layers: dropout, and the gradient of ReLU."""

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
    limit, scale = np.uint32(round(keep * 65536)), x.dtype.type(1 / keep if keep else 0)
    fits = x.size >= compiled.LEAST and x.flags.c_contiguous and x.dtype != np.float16
    loop = compiled.loop(compiled.drop) if fits else None
    if loop is None:
        mask = np.multiply(bits.reshape(x.shape) < limit, scale, dtype=x.dtype)
        return np.multiply(x, mask), mask
    mask, out = np.empty_like(x), np.empty_like(x)
    loop(x.reshape(-1), bits, limit, scale, mask.reshape(-1), out.reshape(-1))
    return out, mask
