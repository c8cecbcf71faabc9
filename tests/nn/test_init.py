"""Initialisers: the variance and the bounds that their papers ask for."""

import math

import numpy as np
import pytest

import tinygrad_mnist as tg
from tinygrad_mnist.nn import init

FAN_OUT, FAN_IN = 300, 500


def filled(function, *args, **kwargs):
    tg.manual_seed(0)
    tensor = tg.empty(FAN_OUT, FAN_IN)
    assert function(tensor, *args, **kwargs) is tensor
    return tensor.numpy()


CASES = {  # the standard deviation, and for a uniform distribution its bound
    "kaiming_normal_": (dict(nonlinearity="relu"), math.sqrt(2 / FAN_IN), None),
    "kaiming_uniform_": (dict(a=math.sqrt(5)), math.sqrt(1 / (3 * FAN_IN)), math.sqrt(1 / FAN_IN)),
    "xavier_normal_": (dict(gain=2.0), 2 * math.sqrt(2 / (FAN_IN + FAN_OUT)), None),
    "xavier_uniform_": ({}, math.sqrt(2 / (FAN_IN + FAN_OUT)), math.sqrt(6 / (FAN_IN + FAN_OUT))),
    "normal_": (dict(mean=3.0, std=0.5), 0.5, None),
    "uniform_": (dict(a=-1.0, b=1.0), 1 / math.sqrt(3), 1.0),
}


@pytest.mark.parametrize("name", CASES)
def test_variance_and_bounds(name):
    options, deviation, bound = CASES[name]
    values = filled(getattr(init, name), **options)
    count = values.size
    assert values.dtype == np.float32
    assert abs(values.mean() - options.get("mean", 0)) < 5 * deviation / math.sqrt(count)
    assert abs(values.std() / deviation - 1) < 5 / math.sqrt(count)
    if bound is not None:
        assert np.abs(values).max() <= bound and np.abs(values).max() > 0.999 * bound
    else:
        beyond = (np.abs(values - values.mean()) > 2 * deviation).mean()
        assert abs(beyond - 0.0455) < 0.005


def test_fan_out_mode():
    values = filled(init.kaiming_normal_, mode="fan_out", nonlinearity="relu")
    assert abs(values.std() / math.sqrt(2 / FAN_OUT) - 1) < 0.02


def test_constants():
    assert (filled(init.zeros_) == 0).all() and (filled(init.ones_) == 1).all()
    assert (filled(init.constant_, 2.5) == 2.5).all()
    assert (filled(init.eye_) == np.eye(FAN_OUT, FAN_IN)).all()


def test_trunc_normal_stays_inside():
    values = filled(init.trunc_normal_, std=1.0, a=-1.0, b=2.0)
    assert values.min() >= -1 and values.max() <= 2
    # of a standard normal cut to [-1, 2] the mean is (pdf(-1) - pdf(2)) / (cdf(2) - cdf(-1))
    assert abs(values.mean() - 0.2296) < 0.01


def test_orthogonal_rows():
    values = filled(init.orthogonal_, gain=2.0)
    assert np.allclose(values @ values.T, 4 * np.eye(FAN_OUT), atol=1e-4)


def test_sparse_columns():
    values = filled(init.sparse_, 0.2)
    assert ((values == 0).sum(0) == 60).all()


def test_dirac_passes_channels_through():
    weight = init.dirac_(tg.empty(4, 3, 3, 3)).numpy()
    assert weight.sum() == 3 and all(weight[i, i, 1, 1] == 1 for i in range(3))


@pytest.mark.parametrize(
    ("nonlinearity", "param", "gain"),
    [
        ("linear", None, 1),
        ("sigmoid", None, 1),
        ("tanh", None, 5 / 3),
        ("relu", None, math.sqrt(2)),
        ("leaky_relu", 0.2, math.sqrt(2 / 1.04)),
        ("selu", None, 0.75),
    ],
)
def test_gain(nonlinearity, param, gain):
    assert init.calculate_gain(nonlinearity, param) == pytest.approx(gain)


def test_dirac_in_groups_and_rare_truncations():
    weight = init.dirac_(tg.empty(4, 2, 3), groups=2).numpy()
    assert weight.sum() == 4 and all(weight[i, i % 2, 1] == 1 for i in range(4))
    far = filled(
        init.trunc_normal_, a=5.0, b=9.0
    )  # a normal number lands there once in three million draws
    assert far.min() >= 5 and abs(far.mean() - 5.1865) < 0.01
    for function in (init.kaiming_uniform_, init.kaiming_normal_, init.orthogonal_):
        assert function(tg.empty(0, 3)).shape == (0, 3)


@pytest.mark.parametrize("name", ["eye_", "dirac_", "sparse_", "orthogonal_"])
def test_wrong_numbers_of_dimensions(name):
    with pytest.raises(
        ValueError, match=f"{name}: Only tensors with .* dimensions are supported, got 1"
    ):
        getattr(init, name)(tg.empty(3), *[0.1][: name == "sparse_"])


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="fewer than 2 dimensions"):
        init.xavier_normal_(tg.empty(3))
    with pytest.raises(ValueError, match="Mode both not supported"):
        init.kaiming_normal_(tg.empty(3, 3), mode="both")
    with pytest.raises(ValueError, match="Unsupported nonlinearity gauss"):
        init.calculate_gain("gauss")
    with pytest.raises(ValueError, match="negative_slope True"):
        init.calculate_gain("leaky_relu", True)
    with pytest.raises(ValueError, match="divisible by groups"):
        init.dirac_(tg.empty(3, 2, 2), groups=2)
    with pytest.raises(RuntimeError, match="std >= 0"):
        init.normal_(tg.empty(3), std=-1.0)
