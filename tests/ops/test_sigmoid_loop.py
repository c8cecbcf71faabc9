"""The sigmoid of large arrays, which Numba's loop may do, keeps its last digits."""

import numpy as np
import pytest

from tinygrad_mnist.kernels import compiled, elementary

DENSE = np.concatenate([np.linspace(-80, 80, 200_001), np.linspace(-2, 2, 50_001)])


def off(got: np.ndarray, wanted: np.ndarray) -> float:
    """The largest error, in units in the last place."""
    return float(np.max(np.abs(got - wanted) / np.spacing(np.abs(wanted).astype(got.dtype))))


def test_sigmoid_and_its_slope_of_many_numbers() -> None:
    x = DENSE.astype(np.float32)
    y, slope = elementary.sigmoid_with_slope(x)
    wide = x.astype(np.float64)
    assert off(y, 1 / (1 + np.exp(-wide))) <= 4
    assert off(slope, 1 / (2 + np.exp(wide) + np.exp(-wide))) <= 8
    np.testing.assert_array_equal(y, elementary.sigmoid(x))


def test_silu_of_many_numbers_is_the_same_with_and_without_its_slope() -> None:
    x = DENSE.astype(np.float32)
    y, _ = elementary.silu_with_slope(x)
    wide = x.astype(np.float64)
    assert off(y, wide / (1 + np.exp(-wide)) + 0.0) <= 4
    np.testing.assert_array_equal(y, elementary.silu(x))


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, -100.0, 100.0])
def test_what_the_loop_cannot_take(value: float) -> None:
    x = np.zeros(compiled.LEAST, np.float32)
    x[7] = value
    y, slope = elementary.sigmoid_with_slope(x)
    np.testing.assert_allclose(y[7], elementary.sigmoid(x[7:8])[0], rtol=1e-6)
    np.testing.assert_allclose(y[8], 0.5)
    assert slope[8] == 0.25
