"""The LSTM's kernel keeps the digits of gates that are nearly closed or wide open, and near 0."""

import numpy as np
import pytest

from tinygrad_mnist.kernels import recurrence

Arrays = tuple[np.ndarray, ...]


def problem(dtype: str, size: float) -> Arrays:
    """projected, weight, h and c, and a gradient of h after each step; gates of about that size."""
    rng = np.random.default_rng(0)
    projected = rng.standard_normal((3, 5, 28)) * size
    weight = rng.standard_normal((28, 7)) * 0.1
    h = rng.standard_normal((5, 7))
    c = rng.standard_normal((5, 7))
    grad = rng.uniform(0.5, 1, (3, 5, 7))
    arrays = (projected, weight, h, c, grad)
    return tuple(np.asarray(each, "f").astype(dtype) for each in arrays)


def saved(arrays: Arrays) -> Arrays:
    """Everything that forward returns."""
    projected, weight, h, c, _ = arrays
    return recurrence.lstm_forward(projected, weight, h, c)


def far_off(got: np.ndarray, wanted: np.ndarray) -> float:
    """The largest relative error."""
    return float(np.max(np.abs(got - wanted) / np.abs(wanted)))


@pytest.mark.parametrize("size", [1e-6, 1e-3, 1.0, 8.0])
def test_gates_and_slopes_are_right_to_their_last_digits(size: float) -> None:
    arrays = problem("f", size)
    projected, weight, h, c, _ = arrays
    gates, slopes = saved((projected[:1], weight * 0, h, c, h))[4:6]
    x = projected[0].astype(np.float64)
    wanted = 1 / (1 + np.exp(-x))
    wanted_slope = wanted / (1 + np.exp(x))
    g = slice(14, 21)
    wanted[:, g] = np.tanh(x[:, g])
    wanted_slope[:, g] = 1 / np.cosh(x[:, g]) ** 2
    assert far_off(gates[0], wanted) < 6e-7
    assert far_off(slopes[0], wanted_slope) < 2e-6


def test_gates_that_leave_the_exponential_are_finite() -> None:
    projected = np.full((1, 1, 4), 1000, "f") * np.array([1, -1, -1, 1], "f")
    one = np.ones((1, 1), "f")
    hidden, _, _, cells, gates, slopes, _ = recurrence.lstm_forward(
        projected, np.zeros((4, 1), "f"), one, one
    )
    np.testing.assert_allclose(gates[0, 0], [1, 0, -1, 1], atol=1e-37)
    np.testing.assert_allclose(slopes[0, 0], 0, atol=1e-37)
    assert cells[0, 0, 0] == -1
    np.testing.assert_allclose(hidden[0, 0, 0], np.tanh(-1), rtol=1e-6)


def test_gradients_of_wide_open_gates_agree_with_float64() -> None:
    found = []
    for dtype in "fd":
        projected, weight, h, c, grad = arrays = problem(dtype, 8.0)
        hidden, _, _, *rest = saved(arrays)
        zeros = np.zeros_like(h)
        read = (weight * 0, h, c, hidden, *rest)
        found.append(recurrence.lstm_backward(grad, zeros, zeros, *read)[0])
    assert np.all((found[0] != 0) | (np.abs(found[1]) < 1e-37))
    last = found[1][-1]  # its gradients are products, without sums
    large = np.abs(last) > 1e-30
    assert far_off(found[0][-1][large], last[large]) < 5e-5
