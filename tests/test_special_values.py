"""inf, NaN, zeros and huge numbers in pointwise, reducing, normalising and loss functions.

The right values of the most important ones; and, where PyTorch is installed, a part of
`python -m tests.special_values`, which compares all with it.
"""

import math

import numpy as np
import pytest

import tinygrad_mnist as tg
from tests.optional import needs
from tinygrad_mnist.nn import functional as F

inf, nan = math.inf, math.nan

NAMES = [
    "exp",
    "log",
    "sqrt",
    "sign",
    "pow",
    "maximum",
    "atan2",
    "clamp",
    "lerp",
    "div(trunc)",
    "sum(dim=-1)",
    "amax(dim=-1)",
    "softmax(dim=-1)",
    "log_softmax(dim=-1)",
    "logsumexp(dim=-1)",
    "nanmean(dim=-1)",
    "quantile(q=0.3, dim=-1)",
    "nn.functional.relu",
    "nn.functional.gelu",
    "nn.functional.layer_norm",
    "nn.functional.max_pool1d",
    "nn.functional.cross_entropy(0, none)",
    "nn.functional.huber_loss(reduction='none')",
    "nn.functional.binary_cross_entropy(reduction='none')",
]


def check(result, expected):
    np.testing.assert_allclose(result.detach().numpy(), np.array(expected), rtol=1e-6)


def gradient_of(function, *values, at=0):
    """The gradient of the sum, by one of the arguments."""
    tensors = [tg.tensor(value, requires_grad=True) for value in values]
    return tg.autograd.grad(function(*tensors).sum(), tensors[at])[0]


@pytest.mark.parametrize("mode", ["linear", "nearest", "area"])
@pytest.mark.parametrize("value", [inf, -inf, nan])
def test_interpolation_keeps_what_is_not_finite_to_its_neighbours(mode, value):
    result = F.interpolate(tg.tensor([[[value, 1.0, 2.0, 3.0]]]), 8, mode=mode)
    assert np.isfinite(result.numpy()[0, 0, 4:]).all()
    assert not np.isfinite(result.numpy()[0, 0, 0])


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_interpolation_of_pictures_keeps_infinity_to_its_neighbours(mode):
    picture = np.zeros((1, 1, 8, 8), np.float32)
    picture[0, 0, 0, 0] = inf
    result = F.interpolate(tg.tensor(picture), (16, 16), mode=mode).numpy()[0, 0]
    assert not np.isfinite(result[0, 0])
    assert np.isfinite(result[6:]).all() and np.isfinite(result[:, 6:]).all()


def test_interpolation_s_gradient_keeps_infinity_to_its_neighbours():
    x = tg.zeros(1, 1, 4, requires_grad=True)
    F.interpolate(x, 8, mode="linear").backward(tg.tensor([[[inf] + [1.0] * 7]]))
    assert np.isfinite(x.grad.numpy()[0, 0, 2:]).all()


def test_the_gradient_of_a_half_interpolation_does_not_stop_at_2048():
    x = tg.zeros(1, 1, 1, dtype=tg.float16, requires_grad=True)
    F.interpolate(x, 5000, mode="linear").sum().backward()
    assert x.grad.item() == 5000


def test_maximum_and_minimum_pass_the_gradient_on_where_one_is_nan():
    for function in (tg.maximum, tg.minimum):
        for at in (0, 1):
            check(gradient_of(function, [nan, 1.0], [0.0, nan], at=at), [1.0, 1.0])
    check(gradient_of(tg.maximum, [1.0, 2.0, 0.0], [1.0, 1.0, 1.0]), [0.5, 1.0, 0.0])


def test_a_clamp_between_bounds_that_cross_has_no_gradient():
    check(gradient_of(lambda x: tg.clamp(x, 1.0, -1.0), [-1.0, 0.0, 1.0]), [0.0, 0.0, 0.0])
    check(gradient_of(lambda x: tg.clamp(x, -1.0, 1.0), [-1.0, 0.5, 1.0, 2.0]), [1, 1, 1, 0])


def test_a_truncated_quotient_has_the_gradient_0_everywhere():
    for at in (0, 1):
        found = gradient_of(
            lambda x, y: tg.div(x, y, rounding_mode="trunc"),
            [0.0, 1.0, inf],
            [0.0, 0.0, inf],
            at=at,
        )
        check(found, [0.0, 0.0, 0.0])


@needs("scipy")
def test_the_multivariate_gamma_function_is_infinite_far_out():
    assert tg.mvlgamma(tg.tensor(inf), 3).item() == inf
    assert tg.mvlgamma(tg.tensor(3e38), 1).item() == inf


def test_a_line_ends_at_its_end():
    check(tg.lerp(tg.tensor(1e20), tg.tensor(0.25), 1.0), 0.25)
    check(tg.lerp(tg.tensor(1e20), tg.tensor(0.25), tg.tensor(1.0)), 0.25)
    check(tg.lerp(tg.tensor([-inf, 0.0]), tg.tensor([0.0, 2.0]), 0.75), [-inf, 1.5])
    check(gradient_of(tg.lerp, [1.0, 5.0], [2.0, 3.0], [0.25, 0.75], at=0), [0.75, 0.25])
    check(gradient_of(tg.lerp, [1.0, 5.0], [2.0, 3.0], [0.25, 0.75], at=1), [0.25, 0.75])
    check(gradient_of(tg.lerp, [1.0, 5.0], [2.0, 3.0], [0.25, 0.75], at=2), [1.0, -2.0])


def test_quantiles_of_infinities():
    assert tg.quantile(tg.tensor([0.0, 0.0, -inf]), 0.3).item() == -inf
    assert tg.quantile(tg.tensor([0.0, inf, inf]), 0.6, interpolation="nearest").item() == inf
    assert tg.quantile(tg.tensor([0.0, 1.0, inf]), 0.5).item() == 1.0


def test_slopes_beside_an_infinity():
    (slopes,) = tg.gradient(tg.tensor([0.0, inf, 1.0, 3.0]))
    check(slopes, [inf, 0.5, -inf, 2.0])


def test_huber_loss_takes_one_dtype():
    wide = tg.zeros(2, dtype=tg.float64)
    with pytest.raises(RuntimeError, match="Found dtype Double but expected Float"):
        F.huber_loss(tg.ones(2, requires_grad=True), wide)
    assert F.huber_loss(tg.ones(2), wide).dtype is tg.float32


def test_softmax_of_rows_with_infinities():
    rows = tg.tensor([[-inf, 0.0], [-inf, -inf], [inf, 0.0], [nan, 0.0]])
    check(tg.softmax(rows, 1), [[0, 1], [nan, nan], [nan, nan], [nan, nan]])
    check(tg.log_softmax(rows, 1), [[-inf, 0], [nan, nan], [nan, nan], [nan, nan]])
    check(tg.logsumexp(rows, 1), [0, -inf, inf, nan])


def test_losses_at_infinity():
    check(F.huber_loss(tg.tensor(inf), tg.tensor(0.0)), inf)
    check(F.smooth_l1_loss(tg.tensor(inf), tg.tensor(0.0)), inf)
    check(gradient_of(F.huber_loss, inf, 0.0), 1.0)
    check(F.binary_cross_entropy(tg.tensor([0.0, 1.0]), tg.tensor([1.0, 1.0])), 50.0)
    check(F.soft_margin_loss(tg.tensor(-1000.0), tg.tensor(1.0)), 1000.0)
    check(F.cross_entropy(tg.tensor([[1.0, -inf]]), tg.tensor([0])), 0.0)


def test_the_mode_of_nans_is_nan():
    values, place = tg.mode(tg.tensor([nan, 1.0, nan]))
    assert math.isnan(values.item()) and place.item() == 2


def test_nans_are_left_out_or_seen():
    x = tg.tensor([1.0, nan, 3.0])
    check(tg.nansum(x), 4.0)
    check(tg.nanmean(x), 2.0)
    check(tg.sum(x), nan)
    check(F.max_pool1d(tg.tensor([[[1.0, nan, 3.0, 2.0]]]), 2), [[[nan, 3.0]]])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore")
def test_as_pytorch_does_at_special_values(name):
    pytest.importorskip("torch")
    from tests import special_values

    comparison = special_values.Comparison()
    with np.errstate(all="ignore"):
        comparison.compare(name)
    assert comparison.counts["cases"] and not comparison.differences, comparison.differences
