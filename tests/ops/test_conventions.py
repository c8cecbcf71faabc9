"""Where an operation has no derivative, or its gradient is not that of its value: PyTorch's conventions."""

import subprocess
import sys

import numpy as np
import pytest

import tinygrad_mnist as tg
from tests.optional import needs
from tinygrad_mnist.core.backward import grad
from tinygrad_mnist.nn import functional as network
from tinygrad_mnist.ops import pointwise

NAN, INF = float("nan"), float("inf")
AT_ZERO = {
    "relu": (tg.relu, 0), "abs": (tg.abs, 0), "sign": (tg.sign, 0), "sqrt": (tg.sqrt, INF), "norm": (tg.norm, 0),
    "norm3": (lambda x: tg.norm(x, 3), 0), "clamp": (lambda x: x.clamp(0, 1), 1),
    "clamp_min": (lambda x: x.clamp_min(0), 1),
    "sinc": (tg.sinc, 0), "frac": (tg.frac, 1), "floor": (tg.floor, 0), "pow0": (lambda x: x**0, 0),
    "pow1": (lambda x: x**1, 1),
    "where": (lambda x: tg.where(x > 0, x.log(), 0.0), NAN), "copysign": (lambda x: tg.copysign(x, tg.tensor(-1.0)), 0),
}  # fmt: skip


@pytest.mark.parametrize("name", AT_ZERO)
def test_the_gradient_at_zero(name):
    function, wanted = AT_ZERO[name]
    x = tg.tensor(0.0, requires_grad=True)
    np.testing.assert_equal(grad(function(x), x)[0].item(), wanted)


TIES = {
    "maximum": (tg.maximum, 0.5), "minimum": (tg.minimum, 0.5), "fmax": (tg.fmax, 1.0), "fmin": (tg.fmin, 1.0),
    "clamp from below": (pointwise.clamp_min, 1.0), "clamp from above": (pointwise.clamp_max, 1.0),
}  # fmt: skip


@pytest.mark.parametrize("name", TIES)
def test_who_gets_the_gradient_of_a_tie(name):
    function, share = TIES[name]
    a, b = (tg.tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    by_a, by_b = grad(function(a, b).sum(), [a, b])
    assert by_a.tolist() == [share, share] and by_b.tolist() == [1 - share, 1 - share]


def test_extremes_share_evenly_or_pick_the_first():
    x = tg.tensor([[3.0, 1.0, 3.0], [2.0, 2.0, 0.0]], requires_grad=True)
    assert grad(x.amax(1).sum(), x)[0].tolist() == [[0.5, 0, 0.5], [0.5, 0.5, 0]]
    assert grad(x.max(1).values.sum(), x)[0].tolist() == [[1, 0, 0], [1, 0, 0]]
    assert grad(x.max(), x)[0].tolist() == [[0.5, 0, 0.5], [0, 0, 0]]
    assert x.cummax(1).indices.tolist() == [[0, 0, 2], [0, 1, 1]]


def test_no_spread_has_no_gradient():
    x = tg.ones(3, requires_grad=True)
    assert grad(x.std(), x)[0].tolist() == [0, 0, 0] and grad(x.var(), x)[0].tolist() == [0, 0, 0]
    assert grad(tg.dist(x, tg.ones(3)), x)[0].tolist() == [0, 0, 0]


@pytest.mark.parametrize(("base", "exponent", "by_base", "by_exponent"), [
    (0.0, 2.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0), (-2.0, 2.0, -4.0, NAN), (2.0, 0.0, 0.0, np.log(2)),
    (-1.0, -1e20, 1e20, NAN), (5e-324, -5e-324, -1.0, np.log(5e-324)),
])  # fmt: skip
def test_powers_at_their_edges(base, exponent, by_base, by_exponent):
    a, b = (tg.tensor(v, requires_grad=True, dtype=tg.float64) for v in (base, exponent))
    np.testing.assert_allclose([g.item() for g in grad(a**b, [a, b])], [by_base, by_exponent])


def test_integer_powers_round_to_zero():
    assert (tg.tensor([2, 1, -1, -1]) ** tg.tensor([-1, -2, -3, -2])).tolist() == [0, 1, -1, 1]
    with pytest.raises(RuntimeError, match="negative integer powers"):
        tg.tensor([2]) ** -1


def test_the_angle_of_the_origin():
    a, b = tg.zeros(2, requires_grad=True), tg.tensor([0.0, 2.0], requires_grad=True)
    assert [g.tolist() for g in grad(tg.atan2(a, b).sum(), [a, b])] == [[0, 0.5], [0, 0]]


def test_quotients_of_integers():
    assert (tg.tensor([2], dtype=tg.uint8) / tg.tensor(-1)).tolist() == [-2] and (
        tg.tensor([1, 2]) / 2
    ).tolist() == [0.5, 1]
    assert (tg.tensor([7, -7]) // 2).tolist() == [3, -4] and (tg.tensor([7, -7]) % 3).tolist() == [
        1,
        2,
    ]
    assert tg.div(tg.tensor([7, -7]), 2, rounding_mode="trunc").tolist() == [3, -3] and tg.fmod(
        tg.tensor([7, -7]), 3
    ).tolist() == [1, -1]


def test_sums_and_products_in_the_dtype_asked_for():
    x = tg.tensor([100, 100, 2], dtype=tg.int8)
    assert x.sum().dtype is x.cumsum(0).dtype is tg.int64 and x.sum().item() == 202
    for result in (
        x.sum(dtype=tg.int32),
        x.sum(0, dtype=tg.int32),
        x.prod(dtype=tg.int32),
        x.cumsum(0, dtype=tg.int32),
        x.cumprod(0, dtype=tg.int32),
    ):
        assert result.dtype is tg.int32
    assert x.mean(dtype=tg.float64).dtype is x.sum(dtype=tg.float64).dtype is tg.float64


def test_xlogy_at_zero():
    a, b = tg.zeros(4, requires_grad=True), tg.tensor([2.0, 0.0, -1.0, NAN])
    np.testing.assert_array_equal(tg.xlogy(a, b).detach().numpy(), [0, 0, 0, NAN])


def test_nan_and_infinity_pass_or_do_not():
    x = tg.tensor([1.0, NAN, 3.0], requires_grad=True)
    assert grad(x.nansum(), x)[0].tolist() == [1, 0, 1] and grad(x.nanmean(), x)[0].tolist() == [
        0.5,
        0,
        0.5,
    ]
    assert grad(x.nan_to_num().sum(), x)[0].tolist() == [1, 0, 1]
    assert (
        np.isnan(x.max().item())
        and np.isnan(x.median().item())
        and tg.fmax(x, tg.tensor(0.0)).tolist() == [1, 0, 3]
    )
    assert tg.tensor([-INF, -INF]).logsumexp(0).item() == -INF and tg.tensor(
        [1000.0, 1000.0]
    ).softmax(0).tolist() == [0.5, 0.5]
    assert tg.tensor([-200.0, 200.0]).sigmoid().tolist() == [0, 1]
    assert tg.addmm(tg.full((1,), NAN), tg.ones(1, 1), tg.ones(1, 1), beta=0).tolist() == [[1]]


def test_results_have_names_and_print_as_in_pytorch():
    assert repr(tg.tensor([2, 1]).sort()) == (
        "torch.return_types.sort(\nvalues=tensor([1, 2]),\nindices=tensor([1, 0]))"
    )
    low, high = tg.aminmax(tg.tensor([2, 1]))
    assert (low.item(), high.item()) == (1, 2) and tg.tensor([1.0, 2]).max(0).indices.item() == 1


def test_numpys_names_of_dim_and_keepdim():
    x = tg.tensor([[1.0, 2], [3, 5]])
    for name in (
        "sum",
        "mean",
        "var",
        "std",
        "amax",
        "logsumexp",
        "all",
        "norm",
        "nanmedian",
        "softmax",
        "cumsum",
    ):
        options = {} if name in ("softmax", "cumsum") else {"keepdim": True}
        ours = getattr(tg, name)(x, axis=1, **({"keepdims": True} if options else {}))
        wanted = getattr(x, name)(dim=1, **options)
        assert str(ours) == str(wanted), name
    with pytest.raises(TypeError):
        tg.sum(x, axes=1)


def test_the_gradient_by_a_level_and_of_a_running_logarithm():
    x, q = tg.tensor([1.0, 2, 4]), tg.tensor([0.0, 0.75], requires_grad=True)
    assert grad(tg.quantile(x, q).sum(), q)[0].tolist() == [0, 4]
    x = tg.tensor([-INF, -900.0, 0.0], requires_grad=True)
    y = tg.logcumsumexp(x, 0)
    assert y.tolist() == [-INF, -900, 0] and grad(y, x, tg.ones(3))[0].tolist() == [0, 1, 1]
    assert (
        tg.tensor([1.0, NAN, 2]).quantile(0).isnan()
        and tg.tensor([1.0, NAN, 2]).nanquantile(1).item() == 2
    )
    x = tg.tensor([1.0, 2, 2, 2], requires_grad=True)
    assert np.allclose(grad(x.median(), x)[0].numpy(), [0, 1 / 3, 1 / 3, 1 / 3])


REFUSED = {
    "invert": (TypeError, lambda x: ~x), "and": (NotImplementedError, lambda x: x & x),
    "gcd": (NotImplementedError, lambda x: tg.gcd(x.bool(), x.bool())),
    "hypot": (NotImplementedError, lambda x: tg.hypot(x.int(), x.int())),
    "isclose": (RuntimeError, lambda x: tg.isclose(x, x, rtol=-1)), "diff": (RuntimeError, lambda x: tg.diff(x, -1)),
    "aminmax": (RuntimeError, lambda x: tg.aminmax(x[:0])), "amax": (IndexError, lambda x: x[:0].amax(0)),
    "renorm": (RuntimeError, lambda x: x.renorm(2, 0, 1.0)), "cov": (RuntimeError, lambda x: tg.cov(x[None, None])),
    "weights": (RuntimeError, lambda x: tg.cov(x, fweights=x)), "heaviside": (RuntimeError, lambda x: tg.heaviside(x, 1)),
    "fill": (RuntimeError, lambda x: tg.fill(x, x)), "mvlgamma": (RuntimeError, lambda x: tg.mvlgamma(x, 0)),
    "polygamma": (RuntimeError, lambda x: tg.polygamma(-1, x)), "q": (RuntimeError, lambda x: tg.quantile(x, 1.5)),
    "sides": (RuntimeError, lambda x: tg.searchsorted(x, x, right=True, side="left")),
    "buckets": (RuntimeError, lambda x: tg.bucketize(x, x[None])), "k": (RuntimeError, lambda x: x.kthvalue(3)),
    "edge": (RuntimeError, lambda x: tg.gradient(x, edge_order=2)), "dim": (IndexError, lambda x: x.sum(1)),
    "igamma": (NotImplementedError, lambda x: tg.igamma(x.requires_grad_(), x).sum().backward()),
}  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=needs("scipy") if name == "igamma" else ()) for name in REFUSED],
)
def test_what_is_refused_and_how(name):
    error, call = REFUSED[name]
    with pytest.raises(error) as found:
        call(tg.tensor([1.0, 2.0]))
    assert type(found.value) is error


def test_edges_of_differences_and_of_weights():
    x = tg.tensor([[1.0, 2.0]])
    assert (
        x.diff(0, prepend=x).tolist() == x.tolist()
        and tg.cov(x).shape == tg.corrcoef(x).shape == ()
    )
    assert [x.bool().sum_to_size(n).dtype for n in ((1, 2), (1, 1))] == [tg.bool, tg.int64]
    assert tg.tensor(True).sum_to_size(()).dtype is tg.int64
    assert tg.tensor([1, 1, 2]).kthvalue(3).indices.item() == 2
    y = tg.tensor([0.3, 0.6], dtype=tg.float64)
    assert np.allclose(y.clone().erfinv_().erf_().numpy(), y.numpy())


@needs("scipy")
def test_polygamma_is_a_method_too():
    y = tg.tensor([0.3, 0.6], dtype=tg.float64)
    assert y.polygamma(1).tolist() == tg.polygamma(1, y).tolist()


@needs("scipy")
def test_scipy_is_imported_when_first_needed():
    code = "import sys, tinygrad_mnist as t; assert 'scipy' not in sys.modules; t.lgamma(t.ones(1)); assert 'scipy' in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_erfc_keeps_its_digits_where_it_is_small():
    wanted = [4.677734981063e-3, 1.537459794428e-12]  # Abramowitz and Stegun, 7.1.2, at 2 and 5
    np.testing.assert_allclose(tg.erfc(tg.tensor([2.0, 5.0])).numpy(), wanted, rtol=1e-6)


def test_sums_of_nothing():
    x = tg.zeros(0, 3)
    assert x.sum().item() == 0 and x.prod().item() == 1 and np.isnan(x.mean().item())
    assert x.sum(0).tolist() == [0, 0, 0] and (tg.zeros(2, 0) @ tg.zeros(0, 2)).tolist() == [
        [0, 0],
        [0, 0],
    ]
    for refused in (x.max, x.argmax, lambda: x.amax(0), lambda: x.max(0)):
        with pytest.raises((IndexError, RuntimeError)):
            refused()


def test_dropout_keeps_the_mean_and_uses_one_mask():
    tg.manual_seed(0)
    x = tg.ones(200_000, requires_grad=True)
    y = network.dropout(x, 0.25)
    assert set(np.unique(y.detach().numpy())) == {0.0, np.float32(1 / 0.75)}
    assert (y == 0).float().mean().item() == pytest.approx(0.25, abs=0.005)
    assert grad(y.sum(), x)[0].tolist() == y.tolist()
    again = network.dropout(x, 0.25)
    assert again.tolist() != y.tolist()
    tg.manual_seed(0)
    assert network.dropout(x, 0.25).tolist() == y.tolist()
    with pytest.raises(ValueError, match="between 0 and 1"):
        network.dropout(x, 1.5)


def test_the_padding_row_of_an_embedding_gets_no_gradient():
    weight = tg.ones(3, 2, requires_grad=True)
    out = network.embedding(tg.tensor([0, 1, 1, 2]), weight, padding_idx=1)
    assert out.shape == (4, 2) and grad(out.sum(), weight)[0].tolist() == [[1, 1], [0, 0], [1, 1]]
    with pytest.raises(IndexError, match="out of range"):
        network.embedding(tg.tensor([3]), weight)


def test_out_is_resized_and_written_to():
    a, out = tg.arange(6.0).reshape(2, 3), tg.empty(0)
    assert tg.add(a, a, out=out) is out and out.tolist() == (a + a).tolist()
    assert (
        tg.zeros(2, out=tg.ones(2, dtype=tg.int64)).dtype is tg.int64
        and tg.rand(2, 3, out=out) is out
    )
    values, places = tg.empty(0), tg.empty(0, dtype=tg.int64)
    tg.max(a, 1, out=(values, places))
    assert values.tolist() == [2, 5] and places.tolist() == [2, 2]
    with pytest.raises(RuntimeError, match="can't be cast"):
        tg.add(a, a, out=places)
    with pytest.raises(RuntimeError, match="automatic differentiation"):
        tg.add(a.requires_grad_(), a, out=out)


def test_numpys_names_for_dim_and_keepdim():
    a = tg.arange(6.0).reshape(2, 3)
    assert (
        a.sum(axis=0, keepdims=True).tolist()
        == tg.sum(a, axis=0, keepdims=True).tolist()
        == [[3, 5, 7]]
    )
    assert tg.cat([a, a], axis=1).shape == (2, 6) and a.max(axis=1).values.tolist() == [2, 5]
    assert a.flip(dims=[0, 1]).tolist() == a.flip(0, 1).tolist() and tg.permute(
        a, dims=(1, 0)
    ).shape == (3, 2)


def test_numbers_among_index_tensors_select_first():
    x = tg.arange(24).reshape(2, 3, 4)
    assert x[0, :, [0, 1]].shape == (3, 2) and x[None, 0, [0, 1]].shape == (1, 2, 4)
    x[1, :, tg.tensor([0, 3])] = -1
    assert x[1, :, ::3].tolist() == [[-1, -1]] * 3 and x[1, 0, 1].item() == 13


@pytest.mark.parametrize(("ours", "wanted"), [
    (lambda: tg.arange(-0.9, 2.1, 2.0, dtype=tg.uint8), [0, 2]), (lambda: tg.arange(3.1, dtype=tg.int64), [0, 1, 2]),
    (lambda: tg.linspace(4.3, -3, 4, dtype=tg.int64), [4, 1, 0, -3]), (lambda: tg.logspace(0, 1.2, 2, dtype=tg.int64), [1, 10]),
    (lambda: tg.repeat_interleave(tg.tensor([2, 3])), [0, 0, 1, 1, 1]),
    (lambda: tg.addmv(tg.ones(1, dtype=tg.int64), tg.ones(1, 1, dtype=tg.int64), tg.ones(1, dtype=tg.int64), beta=2.5), [3]),
    (lambda: str(tg.einsum("ik,j->ij", tg.ones(1, 2, dtype=tg.int32), tg.ones(3, dtype=tg.int32)).dtype), "torch.int64"), (lambda: tg.einsum(tg.eye(2), [0, 1], tg.ones(2), [1], [0]), [1, 1]),
    (lambda: tg.zeros(3, 2).fill_diagonal_(1, True), [[1, 0], [0, 1], [0, 0]]), (lambda: tg.ones(2).copy_(3), [3, 3]),
    (lambda: str(tg.tensordot(tg.ones(1, dtype=tg.uint8), tg.ones(2, dtype=tg.uint8), 1).dtype), "torch.uint8"),
    (lambda: tg.take_along_dim(tg.tensor([1, 2, 3]), tg.tensor([-1, 0]), 0), [3, 1]),
    (lambda: tg.index_add(tg.tensor(1.0), 0, tg.tensor([0]), tg.tensor(2.0)), 3),
    (lambda: tg.ones(4).as_strided((2,), (2,), 1).zero_(), [0, 0]),
    (lambda: tg.ones(2).type("torch.LongTensor"), [1, 1]), (lambda: tg.ones(2, 2).T.storage().tolist(), [1] * 4),
    (lambda: tg.ones(2).untyped_storage().nbytes(), 8), (lambda: tg.relu_(tg.tensor([-1.0])), [0]),
])  # fmt: skip
def test_values_that_pytorch_gives(ours, wanted):
    found = ours()
    assert (found.tolist() if isinstance(found, tg.Tensor) else found) == wanted


def test_a_number_filled_in_gets_its_gradient():
    x, value = tg.ones(3, requires_grad=True), tg.tensor(2.0, requires_grad=True)
    assert [
        g.tolist() for g in grad(x.index_fill(0, tg.tensor([0, 2, 2]), value).sum(), [x, value])
    ] == [[0, 1, 0], 2]
    assert [g.tolist() for g in grad((x * 2).fill_(value).sum(), [x, value])] == [[0, 0, 0], 3]


@pytest.mark.parametrize(("call", "error"), [
    (lambda: tg.cat([]), ValueError), (lambda: tg.rot90(tg.ones(2, 2), 1, [0]), RuntimeError),
    (lambda: tg.movedim(tg.ones(2, 2), (0, 1), (0,)), RuntimeError), (lambda: tg.roll(tg.ones(2), 1, 5), IndexError),
    (lambda: tg.arange(0, 1, 0), RuntimeError), (lambda: tg.linspace(0, 1, -1), RuntimeError), (lambda: tg.eye(-1), RuntimeError),
    (lambda: tg.rand(2, dtype=tg.int64), NotImplementedError), (lambda: tg.ones(2).uniform_(3, -1), RuntimeError),
    (lambda: tg.ones(2).type("x"), ValueError), (lambda: tg.hsplit(tg.ones(3), 2), RuntimeError),
    (lambda: tg.ones(2).scatter_reduce(0, tg.tensor([0]), tg.ones(1), "max"), RuntimeError),
    (lambda: tg.ones(2).as_strided((5,), (1,)), RuntimeError), (lambda: tg.narrow(tg.ones(2), 0, 3, 0), IndexError),
    (lambda: tg.ones(2).index_put((tg.tensor([0]),), tg.tensor(1)), RuntimeError),
])  # fmt: skip
def test_errors_are_of_pytorchs_classes(call, error):
    with pytest.raises(error):
        call()
