"""Losses where a formula meets 0 times infinity, or a mean of nothing; PyTorch's values."""

import math

import numpy as np
import pytest

import tinygrad_mnist as torch
from tests.recorded import PACKAGES, answer

INF = math.inf
BIG = [INF, -INF, 3e38, 0.0, math.nan, 1.0, -1.0, 0.5]
IGNORED = -100


def outcome(package, call, rows, dtype="float32"):
    """What a loss of the rows is, and its gradient by them."""
    x = package.tensor(rows, dtype=getattr(package, dtype), requires_grad=True)
    loss = call(package.nn.functional, package, x)
    loss.sum().backward()
    return loss.detach().numpy(), x.grad.numpy()


def agree(call, rows, dtype="float32"):
    """The same loss and gradient as PyTorch's, NaN and infinities in the same places."""
    with np.errstate(all="ignore"):
        found = outcome(torch, call, rows, dtype)
        wanted = answer(lambda package: outcome(package, call, rows, dtype))
    for ours, theirs in zip(found, wanted, strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-7)


def classes(package, numbers):
    """Class numbers as targets."""
    return package.tensor(numbers, dtype=package.int64)


# probabilities of 0 and 1 --------------------------------------------------------------------


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("weight", [None, [1.0, 0.0, 0.0, 2.0]])
@pytest.mark.parametrize("targets", [[0.0, 1.0, 0.0, 1.0], [0.5, 0.5, 1.0, 0.0]])
def test_binary_cross_entropy_of_sure_answers(reduction, weight, targets):
    def call(functional, package, x):
        factors = None if weight is None else package.tensor(weight)
        target = package.tensor(targets)
        return functional.binary_cross_entropy(x, target, factors, reduction=reduction)

    agree(call, [0.0, 1.0, 1.0, 0.0])


def test_a_sure_and_right_answer_leaves_the_weights_of_a_network():
    layer = torch.nn.Linear(1, 1)
    output = torch.sigmoid(layer(torch.tensor([[1000.0], [1.0]])) * 1000)
    torch.nn.BCELoss()(output, (output.detach() > 0.5).float()).backward()
    assert torch.isfinite(layer.weight.grad).all()


def test_the_gradient_of_the_gradient_of_binary_cross_entropy():
    x = torch.tensor([0.0, 1.0, 0.3], requires_grad=True)
    loss = torch.nn.functional.binary_cross_entropy(x, torch.tensor([0.0, 1.0, 1.0]))
    (g,) = torch.autograd.grad(loss, x, create_graph=True)
    g.sum().backward()

    def gradient(package):
        y = package.tensor([0.0, 1.0, 0.3], requires_grad=True)
        theirs = package.nn.functional.binary_cross_entropy(y, package.tensor([0.0, 1.0, 1.0]))
        return package.autograd.grad(theirs, y)[0].numpy()

    np.testing.assert_allclose(g.detach().numpy(), answer(gradient)[0], rtol=1e-5)
    assert math.isclose(x.grad[2].item(), 1 / 0.3**2 / 3, rel_tol=1e-5)
    assert torch.isfinite(x.grad).all()


@pytest.mark.parametrize(
    ("input", "target", "message"),
    [
        ([0.5, 0.5], [2.0, 0.0], "all elements of target should be between 0 and 1"),
        ([0.5, 0.5], [-0.1, 0.0], "all elements of target should be between 0 and 1"),
        ([0.5, 0.5], [math.nan, 0.0], "all elements of target should be between 0 and 1"),
        ([1.5, 0.5], [1.0, 0.0], "all elements of input should be between 0 and 1"),
        ([math.nan, 0.5], [1.0, 0.0], "all elements of input should be between 0 and 1"),
    ],
)
def test_binary_cross_entropy_refuses_what_is_no_probability(input, target, message):
    for package in (torch, *PACKAGES):
        with pytest.raises(RuntimeError, match=message):
            loss = package.nn.functional.binary_cross_entropy
            loss(package.tensor(input), package.tensor(target))


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "bool", "float64", "float16"])
def test_binary_cross_entropy_refuses_targets_of_another_dtype(dtype):
    for package in (torch, *PACKAGES):
        target = package.tensor([1, 0], dtype=getattr(package, dtype))
        with pytest.raises(RuntimeError, match="Found dtype .* but expected Float"):
            package.nn.functional.binary_cross_entropy(package.tensor([0.5, 0.5]), target)


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "bool"])
def test_binary_cross_entropy_of_logits_refuses_targets_of_integers(dtype):
    for package in (torch, *PACKAGES):
        target = package.tensor([1, 0], dtype=getattr(package, dtype))
        loss = package.nn.functional.binary_cross_entropy_with_logits
        with pytest.raises(RuntimeError, match=r"can't be cast|not supported"):
            loss(package.tensor([0.5, 0.5]), target)


# targets that are ignored --------------------------------------------------------------------


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("targets", [[IGNORED, IGNORED], [1, 1], [IGNORED, 1]])
@pytest.mark.parametrize("weight", [None, [0.0, 0.0, 0.0], [1.0, 0.0, 2.0]])
@pytest.mark.parametrize("last", [2.0, INF, -INF, math.nan])
def test_cross_entropy_of_ignored_targets(reduction, smoothing, targets, weight, last):
    def call(functional, package, x):
        return functional.cross_entropy(
            x,
            classes(package, targets),
            weight=None if weight is None else package.tensor(weight),
            label_smoothing=smoothing,
            reduction=reduction,
        )

    agree(call, [[1.0, 2.0, 3.0], [3.0, 1.0, last]])
    agree(call, [[1.0, 2.0, last], [3.0, 1.0, 2.0]])


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("targets", [[IGNORED, IGNORED], [1, 1], [IGNORED, 1]])
@pytest.mark.parametrize("weight", [None, [0.0, 0.0, 0.0], [1.0, 0.0, 2.0]])
def test_nll_loss_of_ignored_targets(reduction, targets, weight):
    def call(functional, package, x):
        factors = None if weight is None else package.tensor(weight)
        target = classes(package, targets)
        return functional.nll_loss(x, target, factors, reduction=reduction)

    agree(call, [[-INF, 2.0, 3.0], [3.0, -1.0, 2.0]])


@pytest.mark.parametrize("name", ["cross_entropy", "nll_loss"])
@pytest.mark.parametrize(
    ("rows", "targets"),
    [
        ([[[1.0, 2.0], [3.0, 4.0]]], [[IGNORED, IGNORED]]),
        ([[[1.0, 2.0], [3.0, 4.0]]], [[IGNORED, 1]]),
        ([1.0, 2.0, 3.0], IGNORED),
        (np.zeros((0, 3)), []),
    ],
)
def test_ignored_positions_single_rows_and_empty_batches(name, rows, targets):
    def call(functional, package, x):
        return getattr(functional, name)(x, classes(package, targets))

    agree(call, rows)


@pytest.mark.parametrize("name", ["cross_entropy", "nll_loss"])
@pytest.mark.parametrize("dtype", ["int32", "int16", "int8", "bool"])
def test_class_numbers_are_long_or_byte(name, dtype):
    for package in (torch, *PACKAGES):
        kind = getattr(package, dtype)
        loss = getattr(package.nn.functional, name)
        with pytest.raises(RuntimeError, match="expected target dtype to be Long or Byte, but got"):
            loss(package.ones(2, 2), package.tensor([1, 0], dtype=kind))
    found = getattr(torch.nn.functional, name)(torch.ones(2, 2), torch.tensor([1, 0]).byte())
    assert torch.isfinite(found)


@pytest.mark.parametrize(
    ("name", "numbers"), [("multi_margin_loss", [1, 0]), ("multilabel_margin_loss", [[1, 0]] * 2)]
)
def test_margins_want_long_class_numbers(name, numbers):
    for package in (torch, *PACKAGES):
        target = package.tensor(numbers, dtype=package.int32)
        with pytest.raises(RuntimeError, match=r"Long.* Int"):
            getattr(package.nn.functional, name)(package.ones(2, 2), target)


def test_cross_entropy_refuses_a_weight_of_another_dtype():
    for package in (torch, *PACKAGES):
        weight = package.ones(2, dtype=package.float64)
        with pytest.raises(RuntimeError, match=r"Double"):
            package.nn.functional.cross_entropy(
                package.ones(1, 2), classes(package, [1]), weight=weight
            )


# infinite errors -----------------------------------------------------------------------------


@pytest.mark.parametrize("reduction", ["mean", "none"])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("huber_loss", {}),
        ("huber_loss", {"delta": 3.0}),
        ("smooth_l1_loss", {}),
        ("smooth_l1_loss", {"beta": 0.01}),
        ("mse_loss", {}),
    ],
)
def test_infinite_errors(name, options, reduction):
    def call(functional, package, x):
        return getattr(functional, name)(x, package.zeros(8), reduction=reduction, **options)

    agree(call, BIG)


@pytest.mark.parametrize("beside", [0.0, 1.0])
def test_gaussian_nll_loss_of_an_infinite_variance(beside):
    def call(functional, package, x):
        mean = package.full((5,), beside)
        return functional.gaussian_nll_loss(mean, package.ones(5), x, reduction="none")

    agree(call, [0.0, 1e-10, 1.0, INF, math.nan])


@pytest.mark.parametrize("rows", [[[1.0, INF, 2.0], [-INF, 1.0, 2.0]], [[1.0, 2.0, INF]] * 2])
def test_multilabel_margin_loss_of_infinite_scores(rows):
    def call(functional, package, x):
        target = classes(package, [[1, -1, 0], [0, 2, -1]])
        return functional.multilabel_margin_loss(x, target, reduction="none")

    agree(call, rows)


# windows -------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [2, 3])
def test_lp_pool_of_windows_of_zeros(p):
    agree(lambda functional, package, x: functional.lp_pool1d(x, p, 2), [[0.0, 0.0, 3.0, 4.0]])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_adaptive_avg_pool_keeps_an_infinity_in_its_window(count):
    def call(functional, package, x):
        return functional.adaptive_avg_pool1d(x, count)

    agree(call, [[INF, 1.0, 2.0, 3.0, -INF, 4.0, math.nan, 1.0]])


def test_adaptive_avg_pool2d_keeps_an_infinity_in_its_window():
    rows = np.arange(30.0).reshape(1, 5, 6)
    rows[0, 0, 0] = INF
    rows[0, 4, 3] = -INF
    agree(lambda functional, package, x: functional.adaptive_avg_pool2d(x, (3, 4)), rows)
