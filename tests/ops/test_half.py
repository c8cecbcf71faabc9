"""float16 is added up in float32 and rounded once; PyTorch's values, or the true ones."""

import numpy as np
import pytest

import tinygrad_mnist as torch
from tests.recorded import answer

TENTHS = [0.1] * 5000
ONES = np.ones(100_000)
WIDE = [300.0, -300.0, 600.0]


def pytorchs(call, rows, dtype="float16"):
    """What PyTorch's `outcome` is."""
    return answer(lambda package: outcome(package, call, rows, getattr(package, dtype)))


def outcome(package, call, rows, dtype):
    """What a function of the rows is, and the gradient of its sum by them."""
    x = package.tensor(rows, dtype=dtype, requires_grad=True)
    result = call(package, x)
    result.float().sum().backward()
    return result.detach().numpy(), x.grad.numpy()


def near(found, wanted, rtol=2e-3, atol=1e-4):
    """The same to float16's precision."""
    found = np.asarray(found, np.float64)
    wanted = np.asarray(wanted, np.float64)
    np.testing.assert_allclose(found, wanted, rtol=rtol, atol=atol)


def half(package, numbers):
    """A float16 tensor."""
    return package.tensor(numbers, dtype=package.float16)


REDUCTIONS = {
    "sum": (lambda package, x: x.sum(), TENTHS),
    "sum of rows": (lambda package, x: x.reshape(2500, 2).sum(0), TENTHS),
    "sum past the largest": (lambda package, x: x.sum(), [60000.0, 60000.0, -60000.0]),
    "sum_to_size": (lambda package, x: x.sum_to_size(1), TENTHS),
    "mean": (lambda package, x: x.mean(), ONES),
    "mean of rows": (lambda package, x: x.reshape(-1, 2).mean(0), ONES),
    "nansum": (lambda package, x: package.nansum(x), TENTHS),
    "cumsum": (lambda package, x: x.cumsum(0)[-1], TENTHS),
    "cumprod": (lambda package, x: x.cumprod(0)[-1], [1.001] * 500),
    "logcumsumexp": (lambda package, x: package.logcumsumexp(x, 0)[-1], np.zeros(1000)),
    "logsumexp": (lambda package, x: package.logsumexp(x, 0), np.zeros(5000)),
    "softmax": (lambda package, x: package.softmax(x, 0)[:3], np.zeros(5000)),
    "log_softmax": (lambda package, x: package.log_softmax(x, 0)[:3], np.zeros(5000)),
    "std": (lambda package, x: x.std(), WIDE),
    "var": (lambda package, x: x.var(), [30.0, -30.0, 60.0]),
    "var_mean": (lambda package, x: package.var_mean(x)[1], ONES),
    "norm": (lambda package, x: x.norm(), WIDE),
    "norm 1": (lambda package, x: x.norm(1), TENTHS),
    "dist": (lambda package, x: package.dist(x, x * 0), WIDE),
    "cumulative_trapezoid": (lambda package, x: package.cumulative_trapezoid(x)[-1], np.ones(5000)),
}

NORMALISATIONS = {
    "layer_norm": (lambda functional, x: functional.layer_norm(x, (3,)), [WIDE]),
    "rms_norm": (lambda functional, x: functional.rms_norm(x, (3,)), [WIDE]),
    "group_norm": (lambda functional, x: functional.group_norm(x, 1), [WIDE]),
    "instance_norm": (lambda functional, x: functional.instance_norm(x), [[WIDE]]),
    "batch_norm": (
        lambda functional, x: functional.batch_norm(x.T, None, None, training=True),
        [WIDE],
    ),
}

LOSSES = {
    "cross_entropy": lambda package, x, rest: package.cross_entropy(x, rest),
    "label_smoothing": lambda package, x, rest: package.cross_entropy(x, rest, label_smoothing=0.1),
    "nll_loss": lambda package, x, rest: package.nll_loss(x, rest),
}

POOLS = {
    "avg_pool1d": (lambda functional, x: functional.avg_pool1d(x, 5000), [TENTHS]),
    "avg_pool2d": (
        lambda functional, x: functional.avg_pool2d(x, 100),
        np.full((1, 100, 100), 30.0),
    ),
    "adaptive_avg_pool2d": (
        lambda functional, x: functional.adaptive_avg_pool2d(x, 1),
        np.full((1, 100, 100), 30.0),
    ),
}


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions(name):
    call, rows = REDUCTIONS[name]
    found = outcome(torch, call, rows, torch.float16)
    wanted = pytorchs(call, rows)
    for ours, theirs in zip(found, wanted, strict=True):
        assert ours.dtype == np.float16
        near(ours, theirs)


@pytest.mark.parametrize("name", NORMALISATIONS)
def test_normalisations(name):
    call, rows = NORMALISATIONS[name]

    def weighted(package, x):
        result = call(package.nn.functional, x)
        return result * half(package, np.arange(1.0, result.numel() + 1)).reshape(result.shape)

    ours, gradient = outcome(torch, weighted, rows, torch.float16)
    theirs, wanted = pytorchs(weighted, rows)
    assert ours.dtype == gradient.dtype == np.float16
    near(ours, theirs)
    near(gradient, wanted, rtol=1e-2)


def test_layer_norm_with_a_weight_is_rounded_once():
    def call(package, x):
        weight = half(package, [1.5, 2.5, 3.5])
        return package.nn.functional.layer_norm(x, (3,), weight, half(package, [0.1, 0.2, 0.3]))

    ours, _ = outcome(torch, call, [[1.0, 2.0, 4.0]], torch.float16)
    theirs, _ = pytorchs(call, [[1.0, 2.0, 4.0]])
    near(ours, theirs, rtol=5e-4)


def test_running_statistics_of_large_elements():
    def statistics(package):
        made = [package.zeros(1).half(), package.ones(1).half()]
        rows = half(package, [[30.0], [-30.0], [60.0]])
        package.nn.functional.batch_norm(rows, *made, training=True)
        return [each.numpy() for each in made]

    for ours, theirs in zip(statistics(torch), answer(statistics), strict=True):
        near(ours, theirs)


@pytest.mark.parametrize("name", LOSSES)
def test_losses_of_many_classes(name):
    def call(package, x):
        target = package.zeros(5000, dtype=package.int64)
        return LOSSES[name](package.nn.functional, x, target)

    found = outcome(torch, call, np.full((5000, 3), -1.0), torch.float16)
    wanted = pytorchs(call, np.full((5000, 3), -1.0))
    for ours, theirs in zip(found, wanted, strict=True):
        near(ours, theirs)


@pytest.mark.parametrize(
    "name",
    ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy_with_logits"],
)
def test_mean_losses_of_many_numbers(name):
    def call(package, x):
        loss = getattr(package.nn.functional, name)
        return loss(x, package.zeros(100_000, dtype=package.float16))

    found = outcome(torch, call, ONES, torch.float16)
    wanted = pytorchs(call, ONES)
    for ours, theirs in zip(found, wanted, strict=True):
        near(ours, theirs)


def test_cross_entropy_of_more_rows_than_the_largest_float16():
    """PyTorch's is NaN: its sum of the weights overflows."""
    x = torch.zeros(100_000, 2, dtype=torch.float16, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(x, torch.zeros(100_000, dtype=torch.int64))
    loss.backward()
    near(loss.item(), np.log(2))
    near(x.grad[0].numpy(), [-5e-6, 5e-6], rtol=1e-2, atol=1e-7)


@pytest.mark.parametrize("name", POOLS)
def test_pooling(name):
    call, rows = POOLS[name]
    found = outcome(torch, lambda package, x: call(package.nn.functional, x), rows, torch.float16)
    wanted = pytorchs(lambda package, x: call(package.nn.functional, x), rows)
    for ours, theirs in zip(found, wanted, strict=True):
        assert ours.dtype == np.float16
        near(ours, theirs)


def test_lp_pool_past_the_largest_float16():
    """PyTorch's is infinite: the squares overflow."""
    x = half(torch, [WIDE])
    near(torch.nn.functional.lp_pool1d(x, 2, 3).item(), np.sqrt(540_000))


def test_local_response_norm_past_the_largest_float16():
    """PyTorch's is 0: the squares overflow."""
    x = half(torch, [[[300.0], [300.0], [10.0]]])
    wanted = torch.nn.functional.local_response_norm(x.double(), 3)
    near(torch.nn.functional.local_response_norm(x, 3).numpy(), wanted.numpy())


def test_nanmean_past_the_largest_float16():
    """PyTorch's is infinite: the sum overflows."""
    assert torch.nanmean(half(torch, ONES)).item() == 1


def test_prod_past_the_largest_float16():
    """PyTorch's is infinite: it multiplies in float16."""
    near(half(torch, [60000.0, 2.0, 0.001]).prod().item(), 120.06)


def test_gradients_of_broadcasts():
    rows = torch.ones(5000, 3, dtype=torch.float16)
    bias = torch.ones(3, dtype=torch.float16, requires_grad=True)
    (rows + bias).backward(rows)
    assert bias.grad.tolist() == [5000.0] * 3
    factor = torch.ones(1, 3, dtype=torch.float16, requires_grad=True)
    (rows * factor).backward(rows)
    assert factor.grad.tolist() == [[5000.0] * 3]
    weight = torch.ones(3, 3, dtype=torch.float16, requires_grad=True)
    offset = torch.ones(3, dtype=torch.float16, requires_grad=True)
    torch.nn.functional.linear(rows, weight, offset).backward(rows)
    assert offset.grad.tolist() == [5000.0] * 3


def test_the_weight_gradient_of_a_convolution_of_many_images():
    images = torch.ones(5000, 1, 1, 1, dtype=torch.float16)
    weight = torch.ones(1, 1, 1, 1, dtype=torch.float16, requires_grad=True)
    torch.nn.functional.conv2d(images, weight).backward(images)
    assert weight.grad.item() == 5000


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize(
    "call",
    [
        lambda functional, x: functional.instance_norm(x),
        lambda functional, x: functional.batch_norm(x, None, None, training=True),
        lambda functional, x: functional.layer_norm(x, (3,)),
        lambda functional, x: functional.group_norm(x, 2),
        lambda functional, x: functional.rms_norm(x, (3,)),
    ],
)
def test_a_normalisation_may_be_written_in_place(call, activation, dtype):
    rows = [[[1.0, 2.0, 4.0], [3.0, -1.0, 5.0]], [[0.0, 1.0, 1.0], [3.0, 9.0, 2.0]]]

    def written(package, x):
        functional = package.nn.functional
        return getattr(functional, activation)(call(functional, x), inplace=True) * x

    ours, gradient = outcome(torch, written, rows, getattr(torch, dtype))
    theirs, wanted = pytorchs(written, rows, dtype)
    near(ours, theirs)
    near(gradient, wanted, rtol=1e-2, atol=2e-3)


def test_the_result_of_slogdet_may_be_written_in_place():
    rows = torch.tensor([[2.0, 1.0], [1.0, 3.0]], dtype=torch.float64)

    def gradient(write):
        A = rows.clone().requires_grad_()
        value = torch.linalg.slogdet(A).logabsdet
        value = value.mul_(2.0) if write else value * 2.0
        (value * value).sum().backward()
        return A.grad.numpy()

    np.testing.assert_array_equal(gradient(True), gradient(False))


REPEATED = {
    "index_add": lambda x, at: torch.zeros(1).half().index_add(0, at, x),
    "scatter_add": lambda x, at: torch.zeros(1).half().scatter_add(0, at, x),
    "scatter_reduce": lambda x, at: torch.zeros(1).half().scatter_reduce(0, at, x, "sum"),
    "index_put": lambda x, at: torch.zeros(1).half().index_put((at,), x, accumulate=True),
    "put_": lambda x, at: torch.zeros(1).half().put_(at, x, accumulate=True),
}


@pytest.mark.parametrize("name", REPEATED)
def test_what_is_added_at_one_place(name):
    """PyTorch adds in float16 in some of them: 256."""
    at = torch.zeros(5000, dtype=torch.int64)
    near(REPEATED[name](half(torch, TENTHS), at).item(), 499.88)


def test_scatter_reduce_of_many():
    at = torch.zeros(5000, dtype=torch.int64)
    found = torch.zeros(1).half().scatter_reduce(0, at, half(torch, TENTHS), "mean")
    near(found.item(), 499.88 / 5001)


PICKED = {
    "gather": lambda x, at: torch.gather(x, 0, at),
    "index_select": lambda x, at: x.index_select(0, at),
    "getitem": lambda x, at: x[at],
    "take": lambda x, at: torch.take(x, at),
    "take_along_dim": lambda x, at: torch.take_along_dim(x, at, 0),
    "repeat_interleave": lambda x, at: torch.repeat_interleave(x[:1], 5000),
    "expand": lambda x, at: x[:1].expand(5000),
    "embedding": lambda x, at: torch.nn.functional.embedding(at, x[:, None]),
}


@pytest.mark.parametrize("name", PICKED)
def test_gradients_of_what_is_read_many_times(name):
    x = torch.zeros(2, dtype=torch.float16, requires_grad=True)
    PICKED[name](x, torch.zeros(5000, dtype=torch.int64)).sum().backward()
    assert x.grad.tolist() == [5000.0, 0.0]
