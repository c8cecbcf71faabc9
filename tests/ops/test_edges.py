"""NaN, infinities, saturation and numbers that do not fit, where programs met them."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_mnist as torch
import tinygrad_mnist.nn.functional as F

INF = math.inf
NAN = math.nan


def slope(function: Callable[[Any], Any], at: float, dtype: Any = torch.float32) -> float:
    x = torch.tensor(at, dtype=dtype, requires_grad=True)
    function(x).backward()
    assert x.grad is not None
    return float(x.grad)


def test_sigmoid_has_tails() -> None:
    y = torch.sigmoid(torch.tensor([-20.0, -11.0, -100.0]))
    np.testing.assert_allclose(y, [2.0611537e-09, 1.670142e-05, 3.7835e-44], rtol=2e-2)
    np.testing.assert_allclose(y[:2], [2.0611537e-09, 1.670142e-05], rtol=1e-6)
    assert np.isfinite(-torch.log(torch.sigmoid(torch.tensor(-80.0))))
    assert slope(torch.sigmoid, 20.0) == pytest.approx(2.0611537e-09)
    assert slope(torch.tanh, 10.0) == pytest.approx(8.2446e-09, rel=1e-4)


def test_a_nan_among_far_arguments_harms_no_other() -> None:
    x = torch.tensor([NAN, -100.0, 100.0, INF, -INF])
    np.testing.assert_array_equal(torch.sigmoid(x) > 0, [False, True, True, True, False])
    assert math.isnan(torch.sigmoid(x)[0])
    assert float(torch.sigmoid(x)[3]) == 1


@pytest.mark.parametrize("name", ["silu", "mish", "gelu", "softplus", "logsigmoid", "elu", "selu"])
def test_activations_and_gradients_are_finite_at_infinity(name: str) -> None:
    function = getattr(F, name)
    for at in (INF, -INF, 1e38, -1e38):
        found = slope(function, at)
        assert math.isfinite(found), (name, at, found)


@pytest.mark.parametrize(
    "function",
    [
        torch.sigmoid,
        torch.tanh,
        F.silu,
        F.mish,
        F.gelu,
        lambda x: F.gelu(x, "tanh"),
        F.softsign,
        F.tanhshrink,
        F.softplus,
        torch.sinc,
        torch.asinh,
        torch.atan,
        torch.expm1,
        torch.special.erfcx,
        torch.special.log_ndtr,
        torch.logit,
        lambda x: torch.logaddexp2(x, 1 - x),
    ],
)
@pytest.mark.parametrize("at", [0.3, 0.9])
def test_second_and_third_derivatives(function: Any, at: float) -> None:
    x = torch.tensor(at, dtype=torch.float64, requires_grad=True)

    def nth(n: int, x: Any) -> Any:
        y = function(x)
        for _ in range(n):
            (y,) = torch.autograd.grad(y, x, create_graph=True)
        return y

    step = 1e-5
    for n in (1, 2):
        found = float(nth(n + 1, x))
        above = float(nth(n, (x + step).detach().requires_grad_()))
        below = float(nth(n, (x - step).detach().requires_grad_()))
        assert found == pytest.approx((above - below) / (2 * step), rel=1e-6, abs=1e-7)


@pytest.mark.parametrize(
    "function",
    [torch.sigmoid, torch.tanh, F.silu, F.mish, F.gelu, torch.sinc, torch.asinh, torch.atan],
)
@pytest.mark.parametrize("at", [0.0, 40.0, -40.0, 1e30, -1e30])
def test_second_derivatives_stay_finite(function: Any, at: float) -> None:
    x = torch.tensor(at, requires_grad=True)
    (first,) = torch.autograd.grad(function(x), x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    assert math.isfinite(second)


def test_sinc_bends_at_0() -> None:
    x = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    (first,) = torch.autograd.grad(torch.sinc(x), x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    assert float(second) == pytest.approx(-(math.pi**2) / 3)


@pytest.mark.parametrize(
    "function",
    [F.hardshrink, F.softshrink, lambda x: F.threshold(x, 0.1, 7.0), F.prelu, F.tanhshrink],
)
def test_nan_is_not_swallowed(function: Any) -> None:
    x = torch.tensor([NAN, 2.0])
    y = function(x, torch.tensor([0.25])) if function is F.prelu else function(x)
    assert math.isnan(y[0])
    assert not math.isnan(y[1])


def test_shrinks_as_before_beside_nan() -> None:
    x = torch.tensor([-2.0, -0.5, 0.0, 0.5, 2.0])
    np.testing.assert_array_equal(F.hardshrink(x), [-2, 0, 0, 0, 2])
    np.testing.assert_array_equal(F.softshrink(x), [-1.5, 0, 0, 0, 1.5])
    np.testing.assert_array_equal(F.threshold(x, 0.5, 7.0), [7, 7, 7, 7, 2])


def test_prelu_at_infinity() -> None:
    x = torch.tensor([INF, -1.0], requires_grad=True)
    weight = torch.tensor([0.25], requires_grad=True)
    y = F.prelu(x, weight)
    y.backward(torch.ones_like(y))
    np.testing.assert_array_equal(x.grad, [1, 0.25])
    np.testing.assert_array_equal(weight.grad, [-1])


def test_log_ndtr_far_out() -> None:
    for at, wanted in ((40.0, 0.0), (INF, 0.0), (-1e30, 1e30), (-3e38, 3e38)):
        assert slope(torch.special.log_ndtr, at) == pytest.approx(wanted)


OVERFLOWS: list[tuple[Callable[[], Any], str]] = [
    (lambda: torch.tensor([300], dtype=torch.uint8), "uint8"),
    (lambda: torch.tensor([[1], [-256]], dtype=torch.uint8), "uint8"),
    (lambda: torch.tensor(-129, dtype=torch.int8), "int8"),
    (lambda: torch.tensor([NAN], dtype=torch.long), "int64"),
    (lambda: torch.tensor([1.0, INF], dtype=torch.int32), "int32"),
    (lambda: torch.tensor([1e30], dtype=torch.long), "int64"),
    (lambda: torch.tensor([np.int64(300)], dtype=torch.uint8), "uint8"),
    (lambda: torch.as_tensor([300], dtype=torch.uint8), "uint8"),
    (lambda: torch.zeros(1, dtype=torch.uint8).new_tensor([300]), "uint8"),
    (lambda: torch.full((2,), 300, dtype=torch.uint8), "uint8_t"),
    (lambda: torch.full((2,), NAN, dtype=torch.long), "int64_t"),
    (lambda: torch.full((2,), 2**40, dtype=torch.int32), "int"),
    (lambda: torch.full((2,), 1e50), "float"),
    (lambda: torch.full_like(torch.zeros(2, dtype=torch.int8), 300), "int8_t"),
    (lambda: torch.zeros(2, dtype=torch.uint8).fill_(300), "uint8_t"),
    (lambda: torch.zeros(2, dtype=torch.int64).fill_(NAN), "int64_t"),
    (lambda: torch.zeros(2).fill_(1e50), "float"),
    (lambda: torch.zeros(2, dtype=torch.uint8).masked_fill(torch.tensor(True), 300), "uint8_t"),
    (lambda: torch.zeros(2, dtype=torch.uint8).index_fill(0, torch.tensor([0]), 300), "uint8_t"),
    (lambda: torch.zeros(2, dtype=torch.uint8).scatter(0, torch.tensor([0]), 300), "uint8_t"),
    (lambda: torch.zeros(2, 2, dtype=torch.uint8).fill_diagonal_(300), "uint8_t"),
]


@pytest.mark.parametrize(("call", "name"), OVERFLOWS)
def test_numbers_that_do_not_fit_are_refused(call: Callable[[], Any], name: str) -> None:
    message = f"value cannot be converted to type {name} without overflow"
    with pytest.raises(RuntimeError, match=message):
        call()


@pytest.mark.parametrize("value", [300, -256, NAN, INF, 1e30, np.int64(300)])
def test_items_that_do_not_fit_are_refused(value: Any) -> None:
    x = torch.zeros(2, dtype=torch.uint8)
    with pytest.raises(RuntimeError, match="type uint8_t without overflow"):
        x[0] = value
    np.testing.assert_array_equal(x, [0, 0])


def test_integers_of_too_many_digits() -> None:
    with pytest.raises(ValueError, match="Overflow when unpacking long long"):
        torch.tensor([2**70])
    with pytest.raises(ValueError, match="Overflow when unpacking long long"):
        torch.tensor([2**63], dtype=torch.long)
    with pytest.raises(OverflowError, match="int too big to convert"):
        torch.full((2,), 2**70)


def test_numbers_that_fit_pass() -> None:
    assert torch.tensor([-1], dtype=torch.uint8).tolist() == [255]
    assert torch.tensor([2.7, 255.0], dtype=torch.uint8).tolist() == [2, 255]
    assert torch.tensor([1e50]).tolist() == [INF]
    assert torch.full((1,), INF).tolist() == [INF]
    assert torch.full((1,), NAN, dtype=torch.bool).tolist() == [True]
    x = torch.zeros(3, dtype=torch.long)
    x[0] = -(2**63)
    x[1] = 2.7
    assert x.tolist() == [-(2**63), 2, 0]


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize(
    "name", ["relu", "sigmoid", "tanh", "silu", "gelu", "elu", "mish", "softplus", "dropout"]
)
def test_gradients_without_dimensions_are_arrays(name: str, create_graph: bool) -> None:
    function = getattr(F, name)
    h = torch.tensor(2.0, requires_grad=True) * 1
    h.retain_grad()
    (function(h) + h).backward(create_graph=create_graph)
    assert h.grad is not None
    assert type(h.grad.array) is np.ndarray
    assert type(function(h).array) is np.ndarray


@pytest.mark.parametrize("loss", [F.huber_loss, F.smooth_l1_loss])
def test_losses_of_an_infinite_error(loss: Any) -> None:
    x = torch.tensor([INF, -INF, 1.0], requires_grad=True)
    loss(x, torch.zeros(3), reduction="sum").backward()
    np.testing.assert_array_equal(x.grad, [1, -1, 1])
