"""An LSTM's loop over time, forward and backward, on arrays.

What a step reads and writes fits the second-level cache; the gradient of the weight is one product
at the end.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["lstm_backward", "lstm_forward"]

Array = npt.NDArray[Any]

LIMITS = {"e": 11.0, "f": 88.0, "d": 700.0}  # of exp(-x), so that it stays finite


def lstm_forward(projected: Array, weight: Array, h: Array, c: Array) -> tuple[Array, ...]:
    """Gates i, f, g, o of `projected + h weight.T`; c' = f c + i g, h' = o tanh(c').

    Hochreiter and Schmidhuber, Neural Computation 9 (1997).

    Args:
        projected: what the inputs and biases give to the gates, (time, batch, 4 units).
        weight: (4 units, units).
        h: the hidden state before the first step, (batch, units).
        c: the cell state before the first step, (batch, units).

    Returns:
        h after each step, (time, batch, units); the last h and the last c, (batch, units); and what
        the gradient
        needs: c after each step, the gates and their slopes (time, batch, 4 units), and
        tanh(c) after each step.
    """
    steps, batch, _ = projected.shape
    units = h.shape[-1]
    dtype = projected.dtype
    hidden = np.empty((steps, batch, units), dtype)
    cells = np.empty((steps, batch, units), dtype)
    tanh_cells = np.empty((steps, batch, units), dtype)
    gates = np.empty((steps, batch, 4 * units), dtype)
    slopes = np.empty_like(gates)
    scale = np.repeat(np.array([-1, -1, -2, -1], dtype), units)
    limits = np.full(4 * units, LIMITS[dtype.char], dtype)  # a row: quicker than a scalar
    recurrent = np.empty((batch, 4 * units), dtype)
    transposed = weight.T
    for t in range(steps):
        values = gates[t]
        cell = cells[t]
        np.add(projected[t], np.matmul(h, transposed, recurrent), values)
        _activate(values, slopes[t], scale, limits)
        i, f, g, o = _split_gates(values)
        np.multiply(f, c, cell)
        cell += i * g
        h = np.multiply(o, np.tanh(cell, tanh_cells[t]), hidden[t])
        c = cell
    return hidden, h.copy(), c.copy(), cells, gates, slopes, tanh_cells


def _activate(values: Array, slopes: Array, scale: Array, limits: Array) -> None:
    """Of the four gates before them the sigmoids and, of g, the tanh, in place; and their slopes.

    With e = exp(-x) the slope of the sigmoid s is e s^2; that of tanh is 4 e s^2 with e = exp(-2x):
    1 - s or 1 - tanh^2 would have no digits left where a gate is open wide.
    """
    np.multiply(values, scale, slopes)
    np.minimum(slopes, limits, out=slopes)
    np.exp(slopes, slopes)
    tanh = np.tanh(_split_gates(values)[2])
    np.add(slopes, 1, values)
    np.divide(1, values, values)
    slopes *= values
    slopes *= values
    slope = _split_gates(slopes)[2]
    slope *= 4
    _split_gates(values)[2][...] = tanh


def _tanh_slope(x: Array, slope: Array, share: Array) -> None:
    """slope = 1 / cosh(x)^2 = 4 e / (1 + e)^2 with e = exp(-2 |x|)."""
    np.abs(x, slope)
    slope *= -2
    np.exp(slope, slope)
    np.add(slope, 1, share)
    np.divide(2, share, share)
    slope *= share
    slope *= share


def lstm_backward(
    grad_hidden: Array,
    grad_h: Array,
    grad_c: Array,
    weight: Array,
    h: Array,
    c: Array,
    hidden: Array,
    cells: Array,
    gates: Array,
    slopes: Array,
    tanh_cells: Array,
) -> tuple[Array, Array, Array, Array]:
    """The gradients of `lstm_forward` by its four arguments: back-propagation through time.

    Args:
        grad_hidden: the gradient of h after each step, (time, batch, units).
        grad_h: the gradient of the last h, (batch, units).
        grad_c: the gradient of the last c, (batch, units).
        weight: as in `lstm_forward`.
        h: as there.
        c: as there.
        hidden: what it returned, (time, batch, units).
        cells: what it returned.
        gates: what it returned.
        slopes: what it returned.
        tanh_cells: what it returned.

    Returns:
        The gradients by projected, weight, h and c.
    """
    steps = len(gates)
    grad_projected = np.empty_like(gates)
    dh = grad_h.copy()
    dc = grad_c.copy()
    slope = np.empty_like(dc)
    scratch = np.empty_like(dc)
    for t in range(steps - 1, -1, -1):
        values = gates[t]
        before = cells[t - 1] if t else c
        i, f, g, o = _split_gates(values)
        dh += grad_hidden[t]
        _tanh_slope(cells[t], slope, scratch)
        slope *= o  # of h by c
        slope *= dh
        dc += slope
        result = grad_projected[t]
        di, df, dg, do = _split_gates(result)
        np.multiply(g, dc, di)
        np.multiply(before, dc, df)
        np.multiply(i, dc, dg)
        np.multiply(tanh_cells[t], dh, do)
        result *= slopes[t]
        dc *= f
        np.matmul(result, weight, dh)
    flat = grad_projected.reshape(-1, grad_projected.shape[-1])
    before_each = np.concatenate([h[None], hidden[:-1]]).reshape(-1, h.shape[-1])
    return grad_projected, np.matmul(flat.T, before_each), dh, dc


def _split_gates(values: Array) -> list[Array]:
    """The four gates of (batch, 4 units), as views."""
    units = values.shape[-1] // 4
    return [values[:, k * units : (k + 1) * units] for k in range(4)]
