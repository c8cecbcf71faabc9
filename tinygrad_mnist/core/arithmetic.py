"""What the tape itself computes with gradients: their sum, a sum over what was broadcast, a cast,
a copy.

The operations of `ops` that do the same are made of these.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_mnist.core.record import record, record_view
from tinygrad_mnist.core.tensor import Array, Tensor

HALF = "e"  # NumPy's character for float16, whose sums are added up in float32 and rounded once


def pass_on(g: Tensor) -> Tensor:
    """The rule of an input whose gradient is the result's."""
    return g


def add_tensors(a: Tensor, b: Tensor) -> Tensor:
    """a + b, of one dtype."""
    return record("add", np.add, (a, pass_on), (b, pass_on))


def copy_tensor(x: Tensor) -> Tensor:
    """A copy, through which gradients pass."""
    return record("clone", copy_array, (x, pass_on))


def copy_array(array: Array) -> Array:
    """The same elements in memory of their own, laid out as in the original."""
    return array.copy(order="K")


def cast_tensor(x: Tensor, dtype: np.dtype[Any]) -> Tensor:
    """x with elements of another dtype, a NumPy one; gradients pass between floating-point
    dtypes.
    """
    rule = pass_on if dtype.kind == "f" else None
    return record("to_copy", cast_array, (x, rule), dtype=dtype)


def cast_array(array: Array, dtype: np.dtype[Any]) -> Array:
    """The elements in another dtype; what an integer cannot hold is what the processor makes of
    it.
    """
    with np.errstate(invalid="ignore"):
        return array.astype(dtype)


def sum_to_shape(g: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The opposite of broadcasting: g summed over the dimensions that `shape` lacks or has as 1."""
    own = g.array.shape
    if own == shape:
        return g
    return record("sum_to_size", summed_to, (g, lambda h: expand_to(h, own)), shape=shape)


def summed_to(array: Array, shape: tuple[int, ...]) -> Array:
    """An array summed over the dimensions that `shape` lacks or has as 1."""
    lead = array.ndim - len(shape)
    if array.dtype.char == HALF:
        wide = summed_to(array.astype(np.float32), shape)
        return wide.astype(array.dtype)
    if lead > 0 and array.shape[lead:] == shape:
        return np.asarray(np.add.reduce(array, tuple(range(lead))))
    thin = (d + lead for d, n in enumerate(shape) if n == 1 and array.shape[d + lead] != 1)
    return np.add.reduce(array, (*range(lead), *thin), keepdims=True).reshape(shape)


def expand_to(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """x broadcast to a shape: a view."""
    return record_view("expand", broadcast_array, x, pass_on, shape=shape)


def broadcast_array(array: Array, shape: tuple[int, ...]) -> Array:
    """The array broadcast to a shape without copying; read-only where an element is seen more than
    once.
    """
    if array.size == math.prod(shape):
        return array.reshape(shape)
    return np.broadcast_to(array, shape)
