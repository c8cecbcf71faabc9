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
        needs: c after each step, the gates (time, batch, 4 units), and tanh(c) after each step.
    """
    steps, batch, _ = projected.shape
    units = h.shape[-1]
    dtype = projected.dtype
    hidden = np.empty((steps, batch, units), dtype)
    cells = np.empty((steps, batch, units), dtype)
    tanh_cells = np.empty((steps, batch, units), dtype)
    gates = projected.copy(order="C")
    # tanh(x) is 2 sigmoid(2 x) - 1: one exponential serves all gates, and is twice as quick
    scale = np.repeat(np.array([-1, -1, -2, -1], dtype), units)
    recurrent = np.empty((batch, 4 * units), dtype)
    transposed = weight.T
    for t in range(steps):
        values = gates[t]
        cell = cells[t]
        values += np.matmul(h, transposed, recurrent)
        values *= scale
        np.exp(values, values)
        values += 1
        np.divide(1, values, values)
        i, f, g, o = _split_gates(values)
        g *= 2
        g -= 1
        np.multiply(f, c, cell)
        cell += i * g
        h = np.multiply(o, np.tanh(cell, tanh_cells[t]), hidden[t])
        c = cell
    return hidden, h.copy(), c.copy(), cells, gates, tanh_cells


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
        tanh_cells: what it returned.

    Returns:
        The gradients by projected, weight, h and c.
    """
    steps = len(gates)
    grad_projected = np.empty_like(gates)
    dh = grad_h.copy()
    dc = grad_c.copy()
    for t in range(steps - 1, -1, -1):
        values = gates[t]
        slopes = grad_projected[t]
        before = cells[t - 1] if t else c
        i, f, g, o = _split_gates(values)
        dh += grad_hidden[t]
        slope = tanh_cells[t] * tanh_cells[t]  # of h by c: o (1 - tanh(c)^2)
        np.subtract(1, slope, slope)
        slope *= o
        slope *= dh
        dc += slope
        np.subtract(1, values, slopes)  # of a sigmoid: s (1 - s); of tanh, below: 1 - g^2
        slopes *= values
        di, df, dg, do = _split_gates(slopes)
        di *= g
        di *= dc
        df *= before
        df *= dc
        np.multiply(g, g, dg)
        np.subtract(1, dg, dg)
        dg *= i
        dg *= dc
        do *= tanh_cells[t]
        do *= dh
        dc *= f
        np.matmul(slopes, weight, dh)
    flat = grad_projected.reshape(-1, grad_projected.shape[-1])
    before_each = np.concatenate([h[None], hidden[:-1]]).reshape(-1, h.shape[-1])
    return grad_projected, np.matmul(flat.T, before_each), dh, dc


def _split_gates(values: Array) -> list[Array]:
    """The four gates of (batch, 4 units), as views."""
    units = values.shape[-1] // 4
    return [values[:, k * units : (k + 1) * units] for k in range(4)]
