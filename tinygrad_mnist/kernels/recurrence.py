"""An LSTM's loop over time, forward and backward, on arrays.

What a step reads and writes fits the second-level cache; the gradient of the weight is one product at the end.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Course(NamedTuple):
    """What an LSTM went through: time first, then the batch."""

    states: Array  # (time + 2, batch, units): h before the first step, after each, and the last c
    cells: Array  # (time + 1, batch, units): c before the first step and after each
    gates: Array  # (time, batch, 4 units): i, f, g, o after their nonlinearities
    curved: Array  # (time, batch, units): tanh(c) after each step


def lstm(share: Array, weight: Array, h: Array, c: Array) -> Course:
    """Gates i, f, g, o of `share + h weight.T`; c' = f c + i g, h' = o tanh(c').

    Args:
        share: what the inputs and biases give to the gates, (time, batch, 4 units).
        weight: (4 units, units).
        h, c: the state before the first step, (batch, units).
    """
    steps, batch, _ = share.shape
    n, dtype = h.shape[-1], share.dtype
    course = Course(np.empty((steps + 2, batch, n), dtype), np.empty((steps + 1, batch, n), dtype), share.copy(),
                    np.empty((steps, batch, n), dtype))  # fmt: skip
    states, cells, gates, curved = course
    states[0], cells[0] = h, c
    scale = np.repeat(np.array([-1, -1, -2, -1], dtype), n)  # tanh(x) is 2 sigmoid(2 x) - 1; exp is twice as quick
    given, turned = np.empty((batch, 4 * n), dtype), weight.T
    for t in range(steps):
        values, new = gates[t], cells[t + 1]
        values += np.matmul(states[t], turned, given)
        values *= scale
        np.exp(values, values)
        values += 1
        np.divide(1, values, values)
        i, f, g, o = _four(values)
        g *= 2
        g -= 1
        np.multiply(f, cells[t], new)
        new += i * g
        np.multiply(o, np.tanh(new, curved[t]), states[t + 1])
    states[-1] = cells[-1]
    return course


def lstm_gradients(course: Course, weight: Array, d: Array) -> tuple[Array, Array, Array, Array]:
    """The gradients by share, weight, h and c, of the gradient d of `states[1:]`. Backpropagation through time."""
    states, cells, gates, curved = course
    steps = len(gates)
    found, dc, dh = np.empty_like(gates), d[-1].copy(), np.zeros_like(d[-1])
    for t in range(steps - 1, -1, -1):
        values, slopes = gates[t], found[t]
        i, f, g, o = _four(values)
        dh += d[t]
        bent = curved[t] * curved[t]
        np.subtract(1, bent, bent)
        bent *= o
        bent *= dh
        dc += bent
        np.subtract(1, values, slopes)
        slopes *= values
        by_i, by_f, by_g, by_o = _four(slopes)
        by_i *= g
        by_i *= dc
        by_f *= cells[t]
        by_f *= dc
        np.multiply(g, g, by_g)
        np.subtract(1, by_g, by_g)
        by_g *= i
        by_g *= dc
        by_o *= curved[t]
        by_o *= dh
        dc *= f
        np.matmul(slopes, weight, dh)
    by_weight = np.matmul(found.reshape(-1, found.shape[-1]).T, states[:steps].reshape(-1, states.shape[-1]))
    return found, by_weight, dh, dc


def _four(values: Array) -> Any:
    n = values.shape[-1] // 4
    return (values[:, k * n : (k + 1) * n] for k in range(4))
