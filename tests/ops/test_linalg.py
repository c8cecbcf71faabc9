"""`linalg`: what its rows of the table do not say. Errors, singular matrices, names, and PyTorch's results."""

import functools
import gc
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_mnist as tg
from tests.ops.rows import leaves
from tests.ops.table_linalg import ROWS, full_rank, positive_definite
from tinygrad_mnist.core import backward as tape
from tinygrad_mnist.core.tensor import wrap
from tinygrad_mnist.ops import decompositions, linalg
from tinygrad_mnist.ops.linalg import LinAlgError


def leaf(data):
    return tg.tensor(data, dtype=tg.float64, requires_grad=True)


def random(*shape, domain=full_rank, seed=0):
    return leaf(domain(np.random.default_rng(seed), shape))


@pytest.mark.parametrize("row", ROWS, ids=str)
@given(data=st.data())
def test_as_pytorch(row, data):
    """Values, shapes, dtypes and gradients, in float64 and float32."""
    torch = pytest.importorskip("torch")
    sample = data.draw(row.samples)
    theirs = functools.reduce(getattr, row.torch.split("."), torch)
    for dtype, tolerance in ((np.float64, 1e-8), (np.float32, 2e-3)):
        arrays = sample.laid_out(dtype)
        xs, ys = row(arrays, sample, set(row.places(sample)))
        ts = [torch.tensor(a.copy(), requires_grad=a.dtype.kind == "f") for a in arrays]
        out = row.apply(theirs, ts, sample)
        us = leaves(out)
        rng = np.random.default_rng(0)
        seeds = [rng.standard_normal(y.array.shape).astype(dtype) for y in ys]
        for y, u in zip(ys, us, strict=True):
            assert tuple(y.shape) == tuple(u.shape) and str(y.dtype) == str(u.dtype)
            np.testing.assert_allclose(y.array, u.detach().numpy(), tolerance, tolerance)
        both = [
            (y, u, s)
            for y, u, s in zip(ys, us, seeds, strict=True)
            if y.requires_grad and u.requires_grad
        ]
        if row.order and both:
            tape.backward([y for y, _, _ in both], [wrap(s) for _, _, s in both])
            torch.autograd.backward([u for _, u, _ in both], [torch.tensor(s) for _, _, s in both])
            for x, t in zip(xs, ts, strict=True):
                scale = max(1, np.abs(t.grad.numpy()).max(initial=0))
                np.testing.assert_allclose(
                    x.grad.array, t.grad.numpy(), 10 * tolerance, tolerance * scale
                )


def test_named_fields():
    a = tg.eye(2)
    fields = {
        "qr": "Q R",
        "svd": "U S Vh",
        "eigh": "eigenvalues eigenvectors",
        "slogdet": "sign logabsdet",
    }
    for name, wanted in fields.items():
        assert getattr(linalg, name)(a)._fields == tuple(wanted.split())
    assert linalg.lstsq(a, a)._fields == ("solution", "residuals", "rank", "singular_values")


def test_decompositions_multiply_back():
    a = random(2, 4, 3)
    q, r = linalg.qr(a)
    u, s, vh = linalg.svd(a, full_matrices=False)
    b = random(2, 3, 3, domain=positive_definite)
    w, v = linalg.eigh(b)
    low = linalg.cholesky(b)
    for whole, parts in (
        (a, q @ r),
        (a, u * s[..., None, :] @ vh),
        (b, v * w[..., None, :] @ v.mT),
        (b, low @ low.mT),
    ):
        np.testing.assert_allclose(parts.array, whole.array, atol=1e-12)
    for each in (q, u, vh.mT, v):
        np.testing.assert_allclose(
            (each.mT @ each).array, np.broadcast_to(np.eye(3), (2, 3, 3)), atol=1e-12
        )
    np.testing.assert_array_equal(linalg.cholesky(b, upper=True).array, low.mT.array)


def test_full_factors():
    a = random(3, 2)
    u, s, vh = linalg.svd(a)
    q, r = linalg.qr(a, mode="complete")
    assert [tuple(x.shape) for x in (u, s, vh, q, r)] == [(3, 3), (2,), (2, 2), (3, 3), (3, 2)]
    np.testing.assert_allclose((q @ r).array, a.array, atol=1e-12)
    (s.sum() + vh[0, 0]).backward(retain_graph=True)
    thin = leaf(a.array)
    _, s2, vh2 = linalg.svd(thin, full_matrices=False)
    (s2.sum() + vh2[0, 0]).backward()
    np.testing.assert_allclose(a.grad.array, thin.grad.array, atol=1e-12)
    with pytest.raises(RuntimeError, match="not differentiable"):
        q.sum().backward()
    u[:, 2].sum().backward()  # as in PyTorch, what is cut has no part in the gradient
    assert linalg.qr(a, "r").Q.numel() == 0 and linalg.qr(a, "r").R.shape == (2, 2)


@pytest.mark.parametrize(
    "a",
    [
        [[1.0, 2], [2, 4]],
        [[1.0, 2, 3], [4, 5, 6], [7, 8, 9]],
        [[0.0, 0], [0, 0]],
        [[0.0]],
        np.ones((3, 3)),
    ],
)
def test_determinant_of_a_singular_matrix(a):
    """The gradient is the matrix of cofactors, which are determinants of smaller matrices."""
    x = leaf(a)
    linalg.det(x).backward()
    n = len(a)
    smaller = [[np.delete(np.delete(x.array, i, 0), j, 1) for j in range(n)] for i in range(n)]
    wanted = [
        [(-1) ** (i + j) * np.linalg.det(smaller[i][j]) if n > 1 else 1.0 for j in range(n)]
        for i in range(n)
    ]
    np.testing.assert_allclose(x.grad.array, wanted, atol=1e-10)


def test_singular_matrices_are_refused():
    zero = leaf([[1.0, 2], [2, 4]])
    assert issubclass(LinAlgError, RuntimeError)
    for call in (
        linalg.inv,
        lambda a: linalg.solve(a, a),
        lambda a: linalg.solve(a, a[0]),
        lambda a: linalg.matrix_power(a, -1),
    ):
        with pytest.raises(LinAlgError, match=r"linalg\.(inv|solve): .*ingular"):
            call(zero)
    with pytest.raises(LinAlgError, match=r"linalg\.cholesky: .*positive"):
        linalg.cholesky(-zero)
    with pytest.raises(LinAlgError, match=r"linalg\.svd: .*converge"):
        linalg.svd(zero * math.nan)
    sign, logabsdet = linalg.slogdet(tg.zeros(2, 2))
    assert sign.item() == 0 and logabsdet.item() == -math.inf
    assert math.isnan(decompositions.logdet(tg.tensor([[0.0, 1], [1, 0]])).item())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: linalg.inv(tg.ones(2, 3)),
            "linalg.inv: A must be batches of square matrices, but they are 2 by 3",
        ),
        (lambda: linalg.det(tg.ones(2, 3)), "linalg.det: A must be batches of square matrices"),
        (
            lambda: linalg.inv(tg.ones(3)),
            "linalg.inv: The input tensor A must have at least 2 dimensions, got 1",
        ),
        (
            lambda: linalg.svd(tg.ones(2, 2, dtype=tg.int64)),
            "linalg.svd: expected a floating point tensor",
        ),
        (
            lambda: linalg.solve(tg.eye(2), tg.ones(3, 1)),
            r"linalg.solve: A \(2, 2\) .* B \(3, 1\) .* do not match",
        ),
        (
            lambda: linalg.solve(tg.eye(2), tg.ones(2, 1).double()),
            "of torch.float32 and B .* of torch.float64 do not",
        ),
        (lambda: linalg.qr(tg.eye(2), "full"), "linalg.qr: expected mode"),
        (lambda: linalg.norm(tg.ones(2, 2, 2), 2), "linalg.norm: order 2 with dim None"),
        (lambda: linalg.norm(tg.ones(2), "nuc"), "linalg.norm: order 'nuc'"),
        (lambda: linalg.matrix_norm(tg.ones(2)), "at least 2 dimensions"),
        (lambda: linalg.matrix_norm(tg.eye(2), 3), "Order 3 not supported"),
        (lambda: linalg.multi_dot([tg.eye(2)]), "expected at least 2 tensors but got 1"),
        (lambda: linalg.cross(tg.ones(2), tg.ones(2)), "must have length 3"),
        (lambda: linalg.cross(tg.ones(3), tg.ones(2, 3)), "same number of dimensions"),
        (lambda: linalg.lstsq(tg.ones(3, 2), tg.ones(3, 1), driver="gels"), "full rank"),
    ],
)
def test_errors(call, message):
    with pytest.raises(RuntimeError, match=message):
        call()


def test_rank_deficient():
    """The pseudoinverse and the rank drop what is small; the gradient is that for constant rank."""
    rng = np.random.default_rng(0)
    left, right = leaf(rng.standard_normal((4, 2))), leaf(rng.standard_normal((2, 3)))
    a = left @ right
    assert linalg.matrix_rank(a).item() == 2 and linalg.matrix_rank(a, 100.0).item() == 0
    assert linalg.matrix_rank(tg.diag(tg.tensor([1.0, 0.1, 0.01])), atol=0.05).item() == 2
    assert linalg.matrix_rank(tg.diag(tg.tensor([1.0, 0.1, 0.01])), rtol=0.5).item() == 1
    assert linalg.matrix_rank(tg.zeros(2, 3, 3)).tolist() == [0, 0]
    np.testing.assert_allclose(linalg.pinv(a).array, np.linalg.pinv(a.array), atol=1e-10)
    weight = tg.tensor(rng.standard_normal((3, 4)))
    (linalg.pinv(a) * weight).sum().backward()
    for x, there in (
        (left, lambda h: (left.array + h) @ right.array),
        (right, lambda h: left.array @ (right.array + h)),
    ):
        step = rng.standard_normal(x.shape)
        above, below = (
            np.sum(np.linalg.pinv(there(sign * 1e-6 * step), rcond=1e-10) * weight.array)
            for sign in (1, -1)
        )
        assert (x.grad.array * step).sum() == pytest.approx((above - below) / 2e-6, rel=1e-5)
    assert linalg.lstsq(a.detach(), tg.ones(4, 1).double()).residuals.numel() == 0


@pytest.mark.parametrize("upper", [False, True])
def test_arguments_as_pytorch(upper):
    torch = pytest.importorskip("torch")
    arrays = [random(2, 3, 3).array, random(2, 3, 2, seed=1).array]
    calls = {
        "eigh": lambda t, a, b: t.linalg.eigh(a, "U" if upper else "L").eigenvectors ** 2,
        "pinv": lambda t, a, b: t.linalg.pinv(a, hermitian=True),
        "lstsq": lambda t, a, b: t.linalg.lstsq(a, b, driver="gelsd")[1],
        "slogdet": lambda t, a, b: t.linalg.slogdet(a).sign,
        "svd": lambda t, a, b: t.linalg.svd(b).Vh ** 2,
    }
    for name, call in calls.items():
        ours, theirs = (
            [t.tensor(x.copy(), requires_grad=True) for x in arrays] for t in (tg, torch)
        )
        y, u = call(tg, *ours), call(torch, *theirs)
        np.testing.assert_allclose(y.detach().numpy(), u.detach().numpy(), 1e-9, 1e-9, err_msg=name)
        assert y.requires_grad == u.requires_grad, name
        (y * y).sum().backward()
        (u * u).sum().backward()
        for x, t in zip(ours, theirs, strict=True):
            got, wanted = (0 if z.grad is None else z.grad.numpy() for z in (x, t))
            np.testing.assert_allclose(got, wanted, 1e-7, 1e-7, err_msg=name)


def test_norms_of_empty_matrices():
    for order in ("nuc", "fro", 1, 2, math.inf):
        assert linalg.norm(tg.zeros(0, 0), order).item() == 0
    with pytest.raises(IndexError):
        linalg.norm(tg.zeros(0, 0), -1)


def test_repeated_singular_values():
    """S alone has a gradient where U and V have none."""
    x = leaf(np.eye(3))
    linalg.matrix_norm(x, "nuc").backward()
    np.testing.assert_allclose(x.grad.array, np.eye(3), atol=1e-12)
    linalg.eigvalsh(x).sum().backward()
    np.testing.assert_allclose(x.grad.array, 2 * np.eye(3), atol=1e-12)


def test_top_level_names():
    """`torch.svd` gives V and is thin; the rest are `linalg`'s under PyTorch's older names."""
    a, p = random(4, 3), random(3, 3, domain=positive_definite)
    u, s, v = decompositions.svd(a)
    np.testing.assert_allclose((u * s @ v.mT).array, a.array, atol=1e-12)
    assert decompositions.svd(a, some=False).U.shape == (4, 4)
    assert not decompositions.svd(a, compute_uv=False).U.any()
    assert decompositions.qr(a, False).Q.shape == (4, 4) and decompositions.qr(a).Q.shape == (4, 3)
    np.testing.assert_allclose(
        decompositions.pinverse(a).array, np.linalg.pinv(a.array), atol=1e-12
    )
    np.testing.assert_allclose(decompositions.inverse(p).array, np.linalg.inv(p.array), atol=1e-12)
    np.testing.assert_allclose(
        decompositions.cholesky(p, True).array, np.linalg.cholesky(p.array).T, atol=1e-12
    )
    assert decompositions.logdet(p).item() == pytest.approx(math.log(np.linalg.det(p.array)))


@pytest.mark.parametrize("name", ["qr", "svd", "eigh", "cholesky", "pinv", "inv", "det"])
def test_no_cycles_and_writes_are_noticed(name):
    """A decomposition dropped is memory freed; one written into cannot be differentiated."""
    gc.collect()
    gc.disable()
    try:
        x = random(3, 3, domain=positive_definite)
        out = leaves(getattr(linalg, name)(x * 1))
        del out
        assert gc.collect() == 0
    finally:
        gc.enable()
    out = leaves(getattr(linalg, name)(x * 1))
    with tg.no_grad():
        out[0].add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        out[-1].sum().backward()


def test_older_names_at_the_top_level_and_as_methods():
    a = tg.tensor(np.random.default_rng(3).standard_normal((4, 3)))
    u, s, v = tg.svd(a)
    assert tg.allclose(u * s @ v.T, a) and tg.allclose(s, tg.linalg.svdvals(a))
    assert tg.equal(tg.pinverse(a), tg.linalg.pinv(a)) and tg.equal(a.pinverse(), tg.linalg.pinv(a))
    square = a.T @ a
    assert tg.allclose(tg.cholesky(square) @ tg.cholesky(square).T, square)
    assert tg.allclose(square.cholesky(upper=True).T @ square.cholesky(upper=True), square)
    q, r = tg.qr(a)
    assert q.shape == (4, 3) and tg.allclose(q @ r, a) and tg.qr(a, some=False)[0].shape == (4, 4)
    assert tg.allclose(square.inverse() @ square, tg.eye(3, dtype=tg.float64)) and tg.equal(
        square.det(), tg.linalg.det(square)
    )


def test_results_are_written_into_out():
    a = tg.tensor(np.random.default_rng(3).standard_normal((3, 3)))
    q, r = tg.empty(0, dtype=tg.float64), tg.empty(3, 3, dtype=tg.float64)
    found = linalg.qr(a, out=(q, r))
    assert found.Q is q and found.R is r and tg.equal(q, linalg.qr(a).Q)
    out = tg.empty(0, dtype=tg.float64)
    for write, wanted in (
        (lambda: tg.mm(a, a, out=out), a @ a),
        (lambda: linalg.inv(a, out=out), linalg.inv(a)),
        (lambda: tg.inverse(a, out=out), linalg.inv(a)),
        (lambda: linalg.det(a, out=out), linalg.det(a)),
        (lambda: tg.dot(a[0], a[1], out=out), a[0] @ a[1]),
        (lambda: tg.addmm(a, a, a, out=out), a + a @ a),
    ):
        assert write() is out and tg.equal(out, wanted)
    with pytest.raises(RuntimeError, match="automatic differentiation"):
        linalg.inv(a.requires_grad_(), out=out)


def test_named_results_print_as_pytorchs():
    torch = pytest.importorskip("torch")
    calls = {
        "eigh": lambda t: t.linalg.eigh(t.eye(2)),
        "slogdet": lambda t: t.linalg.slogdet(t.eye(2)),
        "lstsq": lambda t: t.linalg.lstsq(t.eye(2), t.zeros(2, 1)),
    }
    for name, call in calls.items():
        assert repr(call(tg)) == repr(call(torch)), name
    assert repr(linalg.qr(tg.eye(2))).startswith("torch.return_types.linalg_qr(\nQ=tensor(")
    assert repr(tg.svd(tg.eye(2))).startswith("torch.return_types.svd(\nU=tensor(")


def test_products_are_named_by_the_function_that_was_called():
    for call, name in (
        (lambda: tg.dot(tg.ones(2), tg.ones(3)), "dot"),
        (lambda: tg.mv(tg.ones(2, 2), tg.ones(3)), "mv"),
        (lambda: tg.mm(tg.ones(2, 2), tg.ones(3, 2)), "mm"),
        (lambda: tg.ones(2, 2) @ tg.ones(3, 2), "matmul"),
        (lambda: tg.ones(2) @ tg.ones(3), "matmul"),
        (lambda: tg.nn.functional.linear(tg.ones(2, 2), tg.ones(3, 2), tg.ones(2)), "linear"),
        (lambda: tg.cross(tg.ones(3), tg.ones(3, 3)), "cross"),
    ):
        with pytest.raises(RuntimeError, match=f"^{name}: "):
            call()
