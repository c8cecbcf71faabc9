"""Distributions against SciPy, against integrals and sums of their own densities, and against PyTorch."""

import functools
import importlib
import math

import numpy as np
import pytest

import tinygrad_mnist as tg
from tests.optional import optional
from tinygrad_mnist import distributions as D
from tinygrad_mnist.autograd import gradcheck
from tinygrad_mnist.core.tensor import Size

integrate, stats = optional("scipy.integrate"), optional("scipy.stats")

CONTINUOUS = {
    "Normal": (dict(loc=[-1.0, 0.5], scale=[0.7, 2.0]), lambda loc, scale: stats.norm(loc, scale)),
    "Laplace": (
        dict(loc=[-1.0, 0.5], scale=[0.7, 2.0]),
        lambda loc, scale: stats.laplace(loc, scale),
    ),
    "Uniform": (
        dict(low=[-1.0, 0.5], high=[0.7, 2.0]),
        lambda low, high: stats.uniform(low, np.subtract(high, low)),
    ),
}
DISCRETE = {
    "Bernoulli": dict(probs=[0.2, 0.5, 0.9]),
    "Categorical": dict(probs=[[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]]),
}
COVARIANCE = [[2.0, 0.6], [0.6, 1.0]]
KINDS = [*CONTINUOUS, *DISCRETE]


def tensor(x, **options):
    return tg.tensor(np.asarray(x, np.float64), **options)


def made(kind, requires_grad=False, scale=1.0):
    params = CONTINUOUS[kind][0] if kind in CONTINUOUS else DISCRETE[kind]
    return getattr(D, kind)(
        **{
            k: tensor(np.multiply(v, scale if k != "loc" else 1), requires_grad=requires_grad)
            for k, v in params.items()
        }
    )


def normal(scale_tril=None):
    low = np.linalg.cholesky(COVARIANCE) if scale_tril is None else scale_tril
    return D.MultivariateNormal(tensor([1.0, -1.0]), scale_tril=tensor(low))


@pytest.mark.parametrize("kind", CONTINUOUS)
def test_continuous_against_scipy(kind):
    params, reference = CONTINUOUS[kind]
    ours, theirs = made(kind), reference(**params)
    p = np.array([[0.01, 0.3], [0.5, 0.77]])
    x = theirs.ppf(p)
    pairs = {
        "icdf": (ours.icdf(tensor(p)), x), "log_prob": (ours.log_prob(tensor(x)), theirs.logpdf(x)),
        "cdf": (ours.cdf(tensor(x)), p), "entropy": (ours.entropy(), theirs.entropy()), "mean": (ours.mean, theirs.mean()),
        "variance": (ours.variance, theirs.var()), "stddev": (ours.stddev, theirs.std()),
        "perplexity": (ours.perplexity(), np.exp(theirs.entropy())),
    }  # fmt: skip
    for name, (a, b) in pairs.items():
        np.testing.assert_allclose(
            a.array, np.broadcast_to(b, a.shape), rtol=1e-12, atol=1e-12, err_msg=name
        )


@pytest.mark.parametrize("kind", CONTINUOUS)
def test_samples_follow_the_distribution(kind):
    """Kolmogorov and Smirnov's test; and the gradient of a sample is that of icdf at its own quantile."""
    tg.manual_seed(0)
    d = made(kind, requires_grad=True)
    x = d.rsample((4000,))
    assert x.shape == (4000, 2) and x.requires_grad and x.dtype == tg.float64
    reference = CONTINUOUS[kind][1](**CONTINUOUS[kind][0])
    for k in range(2):
        assert stats.kstest(reference.cdf(x.array)[:, k], "uniform").pvalue > 1e-3
        assert abs(np.corrcoef(x.array[1:, k], x.array[:-1, k])[0, 1]) < 0.06
    assert abs(np.corrcoef(x.array.T)[0, 1]) < 0.06
    params = [getattr(d, name) for name in d.arg_constraints]
    by_sample = tg.autograd.grad(x.sum(), params)
    by_quantile = tg.autograd.grad(d.icdf(tensor(reference.cdf(x.array))).sum(), params)
    for a, b in zip(by_sample, by_quantile, strict=True):
        np.testing.assert_allclose(a.array, b.array, rtol=1e-6, atol=1e-6)


def support(d):
    """All that can be drawn, along a new first dimension."""
    values = np.arange(3 if isinstance(d, D.Categorical) else 2).reshape(-1, 1)
    values = np.broadcast_to(values, (len(values), *d.batch_shape))
    return tg.tensor(values if isinstance(d, D.Categorical) else values.astype(float))


@pytest.mark.parametrize("kind", DISCRETE)
def test_discrete_sums(kind):
    """Probabilities of the support sum to 1, and give mean, variance and entropy."""
    d = made(kind)
    values = support(d)
    p = np.exp(d.log_prob(values).array)
    np.testing.assert_allclose(p.sum(0), 1)
    np.testing.assert_allclose(d.entropy().array, -(p * np.log(p)).sum(0))
    given = np.moveaxis(p, 0, -1) if kind == "Categorical" else p[1]
    np.testing.assert_allclose(given, DISCRETE[kind]["probs"])
    if kind == "Bernoulli":
        np.testing.assert_allclose(d.mean.array, (p * values.array).sum(0))
        np.testing.assert_allclose(d.variance.array, p[0] * p[1])
        np.testing.assert_array_equal(d.mode.array, [0, np.nan, 1])
    else:
        assert (
            np.isnan(d.mean.array).all()
            and np.isnan(d.variance.array).all()
            and d.mode.tolist() == [1, 2]
        )
    other = getattr(D, kind)(logits=d.logits + (0.7 if kind == "Categorical" else 0))
    np.testing.assert_allclose(other.probs.array, d.probs.array)
    np.testing.assert_allclose(other.log_prob(values).array, d.log_prob(values).array)


@pytest.mark.parametrize("kind", DISCRETE)
def test_discrete_samples(kind):
    tg.manual_seed(0)
    d = made(kind)
    x = d.sample((5, 2000))
    assert x.shape == (5, 2000, *d.batch_shape) and not x.requires_grad
    assert x.dtype == (tg.int64 if kind == "Categorical" else tg.float64)
    values = support(d).array
    for b in range(d.batch_shape[0]):
        counts = [(x.array[..., b] == v).sum() for v in values[:, b]]
        assert (
            stats.chisquare(counts, 10000 * np.exp(d.log_prob(tensor(values)).array[:, b])).pvalue
            > 1e-3
        )


@pytest.mark.parametrize("kind", KINDS)
def test_gradients(kind):
    """Of log_prob, entropy, cdf and icdf by parameters and values."""
    d = made(kind)
    names = [name for name in d.arg_constraints if name in d.__dict__]
    params = [getattr(d, name).detach().clone().requires_grad_() for name in names]
    family = functools.partial(getattr(D, kind), validate_args=False)
    value = support(d)[1] if kind in DISCRETE else d.icdf(tensor([0.3, 0.6]))

    def build(*ps):
        return family(**dict(zip(names, ps, strict=True)))

    def everything(*ps):
        new = build(*ps)
        more = () if kind in DISCRETE else (new.cdf(value), new.icdf(tensor([0.3, 0.6])))
        return new.log_prob(value), new.entropy(), *more

    assert gradcheck(everything, params)
    if kind in CONTINUOUS:
        p = tensor([0.3, 0.6], requires_grad=True)
        x = value.detach().requires_grad_()
        assert gradcheck(lambda x, p: (d.log_prob(x), d.cdf(x), d.icdf(p)), (x, p))


# divergences -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", CONTINUOUS)
def test_divergence_is_the_integral(kind):
    p, q = made(kind), made(kind, scale=1.7)
    reference = CONTINUOUS[kind][1](**CONTINUOUS[kind][0])
    found = D.kl_divergence(p, q)
    q._validate_args = False
    for k in range(2):
        if kind == "Uniform" and k == 1:
            assert found[k].item() == math.inf  # [0.5, 2) is not within [0.85, 3.4)
            continue

        def integrand(u, k=k):
            x = tensor(reference.ppf(np.full(2, u)))
            return (p.log_prob(x) - q.log_prob(x))[k].item()

        assert found[k].item() == pytest.approx(
            integrate.quad(integrand, 0, 1, limit=200)[0], rel=1e-4
        )
    assert D.kl_divergence(p, p).abs().max().item() < 1e-12


def test_divergence_of_discrete():
    p, q = made("Categorical"), D.Categorical(tensor([[0.3, 0.3, 0.4], [0.2, 0.8, 0.0]]))
    found = D.kl_divergence(p, q)
    assert (
        found[0].item() == pytest.approx(stats.entropy([0.2, 0.5, 0.3], [0.3, 0.3, 0.4]))
        and found[1].item() == math.inf
    )
    assert D.kl_divergence(q, p)[1].item() == pytest.approx(
        stats.entropy([0.2, 0.8, 0], [0.1, 0.1, 0.8])
    )
    b, c = D.Bernoulli(tensor([0.2, 0.0, 0.5, 1.0])), D.Bernoulli(tensor([0.6, 0.5, 0.0, 1.0]))
    wanted = [stats.entropy([0.2, 0.8], [0.6, 0.4]), math.log(2), math.inf, 0]
    np.testing.assert_allclose(D.kl_divergence(b, c).array, wanted, atol=1e-12)
    p = tensor([0.2, 0.7], requires_grad=True)
    assert gradcheck(lambda p: D.kl_divergence(D.Bernoulli(p), D.Bernoulli(tensor(0.4))), p)


def test_divergence_of_vectors_and_of_what_there_is_none():
    p, q = normal(), normal([[0.5, 0.0], [0.3, 1.5]])
    a, b = np.array(COVARIANCE), q.covariance_matrix.array
    wanted = 0.5 * (
        np.trace(np.linalg.inv(b) @ a) - 2 + math.log(np.linalg.det(b) / np.linalg.det(a))
    )
    assert D.kl_divergence(p, q).item() == pytest.approx(wanted)
    moved = D.MultivariateNormal(tensor([0.0, 0.0]), tensor(COVARIANCE))
    off = np.array([1.0, -1.0])
    assert D.kl_divergence(p, moved).item() == pytest.approx(0.5 * off @ np.linalg.inv(a) @ off)
    n, m = made("Normal"), made("Normal", scale=2.0)
    summed = D.kl_divergence(D.Independent(n, 1), D.Independent(m, 1))
    assert summed.item() == pytest.approx(D.kl_divergence(n, m).sum().item())
    with pytest.raises(NotImplementedError, match=r"p type Normal and q type Uniform"):
        D.kl_divergence(n, made("Uniform"))


def test_register_kl():
    class Special(D.Normal):
        pass

    @D.register_kl(Special, D.Normal)
    def special(p, q):
        return tg.tensor(7.0)

    s, n = Special(0.0, 1.0), D.Normal(0.0, 1.0)
    assert D.kl_divergence(s, n).item() == 7 and D.kl_divergence(n, s).item() == 0


# vectors and shapes --------------------------------------------------------------------------


def test_multivariate_normal():
    reference = stats.multivariate_normal([1, -1], COVARIANCE)
    x = np.random.default_rng(0).standard_normal((3, 2))
    inverse = np.linalg.inv(COVARIANCE)
    for d in (
        normal(),
        D.MultivariateNormal(tensor([1.0, -1]), tensor(COVARIANCE)),
        D.MultivariateNormal(tensor([1.0, -1]), precision_matrix=tensor(inverse)),
    ):
        np.testing.assert_allclose(d.log_prob(tensor(x)).array, reference.logpdf(x))
        assert d.entropy().item() == pytest.approx(reference.entropy())
        np.testing.assert_allclose(d.covariance_matrix.array, COVARIANCE)
        np.testing.assert_allclose(d.precision_matrix.array, inverse)
        np.testing.assert_allclose(d.variance.array, np.diag(COVARIANCE))
    tg.manual_seed(0)
    drawn = normal().rsample((20000,)).array
    np.testing.assert_allclose(np.cov(drawn.T), COVARIANCE, atol=0.06)
    np.testing.assert_allclose(drawn.mean(0), [1, -1], atol=0.04)
    batch = D.MultivariateNormal(tg.zeros(3, 1, 2), tg.eye(2).expand(4, 2, 2))
    assert (
        batch.batch_shape == (3, 4)
        and batch.event_shape == (2,)
        and batch.sample((5,)).shape == (5, 3, 4, 2)
    )
    assert (
        batch.log_prob(tg.zeros(2)).shape == (3, 4)
        and batch.log_prob(tg.zeros(2)).dtype == tg.float32
    )
    loc = tensor([0.3, 0.1], requires_grad=True)
    low = tensor(np.linalg.cholesky(COVARIANCE), requires_grad=True)
    assert gradcheck(
        lambda m, a: D.MultivariateNormal(m, scale_tril=a.tril()).log_prob(tensor(x)), (loc, low)
    )
    for bad in (
        {},
        dict(covariance_matrix=tg.eye(2), scale_tril=tg.eye(2)),
        dict(covariance_matrix=-tg.eye(2)),
        dict(scale_tril=tg.ones(2, 2)),
    ):
        with pytest.raises(ValueError, match=r"Exactly one|PositiveDefinite|LowerCholesky"):
            D.MultivariateNormal(tg.zeros(2), **bad)


def test_independent():
    base = D.Normal(tg.zeros(3, 2), tg.ones(3, 2))
    d = D.Independent(base, 1)
    assert (
        (d.batch_shape, d.event_shape) == ((3,), (2,))
        and d.has_rsample
        and isinstance(d.batch_shape, Size)
    )
    x = d.rsample((4,))
    assert x.shape == (4, 3, 2)
    np.testing.assert_allclose(d.log_prob(x).array, stats.norm.logpdf(x.array).sum(-1), rtol=1e-6)
    assert d.entropy().shape == (3,) and d.mean.shape == d.variance.shape == d.mode.shape == (3, 2)
    assert D.Independent(base, 0).log_prob(x).shape == (4, 3, 2)
    wide = d.expand((5, 3))
    assert wide.batch_shape == (5, 3) and wide.sample().shape == (5, 3, 2)
    with pytest.raises(ValueError, match=r"reinterpreted_batch_ndims <= .* 3 vs 2"):
        D.Independent(base, 3)


def test_shapes_and_dtypes():
    assert D.Normal(0, 1).sample().shape == () and D.Normal(0, 1).loc.dtype == tg.float32
    d = D.Normal(tg.zeros(3, 1), tg.ones(2))
    assert d.batch_shape == (3, 2) and d.event_shape == () and d.sample((4,)).shape == (4, 3, 2)
    for kind in KINDS:
        one = (
            getattr(D, kind)(tg.ones(2) * 0.5)
            if kind in DISCRETE
            else getattr(D, kind)(tg.zeros(2), 1.0)
        )
        x = one.sample((3,))
        for each in (
            one.log_prob(x),
            one.entropy(),
            *([] if kind in DISCRETE else [one.cdf(x), one.icdf(one.cdf(x)), x]),
        ):
            assert each.dtype == tg.float32, kind
        wide = one.expand((4, *one.batch_shape))
        assert wide.batch_shape == (4, *one.batch_shape) and type(wide) is type(one)
        assert wide.log_prob(one.sample()).shape == (4, *one.batch_shape)
    double = D.Normal(tensor(0.0), 1.0)
    assert double.scale.dtype == tg.float64 and double.rsample().dtype == tg.float64
    c = D.Categorical(logits=tg.zeros(2, 3, 4))
    assert (
        c.sample((5, 6)).shape == (5, 6, 2, 3)
        and c.sample().shape == (2, 3)
        and c.log_prob(c.sample((5,))).shape == (5, 2, 3)
    )
    assert c.param_shape == (2, 3, 4) and D.Bernoulli(tg.ones(2)).param_shape == (2,)
    assert D.Categorical(tg.ones(4)).sample((0,)).shape == (0,)
    assert c.log_prob(tg.zeros(1, dtype=tg.int64)).shape == (2, 3)


def test_extremes():
    assert D.Normal(0.0, 1.0).icdf(tg.tensor([0.0, 1.0, 2.0])).tolist()[:2] == [-math.inf, math.inf]
    b = D.Bernoulli(logits=tg.tensor([-100.0, 20.0]))
    assert b.log_prob(tg.tensor([1.0, 1.0])).tolist() == pytest.approx([-100, -math.exp(-20)])
    assert not D.Categorical(tg.tensor([1.0, 0.0])).entropy().isnan().any()
    u = D.Uniform(0.0, 1.0, validate_args=False)
    assert u.log_prob(tg.tensor([-0.1, 0.0, 0.5, 1.0])).tolist() == [-math.inf, 0, 0, -math.inf]
    assert u.cdf(tg.tensor([-1.0, 2.0])).tolist() == [0, 1]


def test_probabilities_asked_for_while_sampling_keep_their_history():
    logits = tensor([0.3, -0.2], requires_grad=True)
    for d in (D.Categorical(logits=logits), D.Bernoulli(logits=logits)):
        d.sample()
        assert d.probs.requires_grad
        (g,) = tg.autograd.grad(d.probs[0], logits)
        assert g[0].item() != 0


def test_a_distribution_of_leaves_is_used_again():
    loc = tensor([0.5, 1.0], requires_grad=True)
    d = D.Normal(loc, 1.0)
    for _ in range(2):
        d.log_prob(tensor([0.0, 0.0])).sum().backward()
    assert loc.grad.tolist() == [-1, -2]


def test_seed():
    """Draws come from the default generator."""
    for kind in KINDS:
        d = made(kind)
        tg.manual_seed(5)
        first, other = d.sample((10,)), d.sample((10,))
        tg.manual_seed(5)
        np.testing.assert_array_equal(first.array, d.sample((10,)).array)
        assert not (first == other).all()


# checks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: D.Normal(0.0, -1.0),
            r"Expected parameter scale \(Tensor of shape \(\)\) of distribution Normal\(loc: 0.0, scale: -1.0\) to satisfy the constraint GreaterThan\(lower_bound=0.0\), but found invalid values:\n-1.0",
        ),
        (
            lambda: D.Normal(tg.tensor([0.0, math.nan]), 1.0),
            r"parameter loc \(Tensor of shape \(2,\)\).*Real\(\)",
        ),
        (
            lambda: D.Uniform(1.0, 1.0),
            r"Expected parameter low .* of distribution Uniform\(low: 1.0, high: 1.0\) .* LessThan\(upper_bound=1.0\)",
        ),
        (
            lambda: D.Bernoulli(1.5),
            r"parameter probs .* Interval\(lower_bound=0.0, upper_bound=1.0\)",
        ),
        (lambda: D.Bernoulli(), "Either `probs` or `logits` must be specified, but not both"),
        (
            lambda: D.Categorical(tg.ones(2), tg.ones(2)),
            "Either `probs` or `logits` must be specified, but not both",
        ),
        (
            lambda: D.Categorical(tg.tensor(1.0)),
            "`probs` parameter must be at least one-dimensional",
        ),
        (lambda: D.Categorical(tg.tensor([-1.0, 2.0])), r"parameter probs .* Simplex\(\)"),
        (lambda: D.Normal("a", 1.0), "must all be instances of Number"),
        (
            lambda: D.Uniform(0.0, 1.0).log_prob(tg.tensor(2.0)),
            r"Expected value argument \(Tensor of shape \(\)\) to be within the support \(Interval",
        ),
        (lambda: D.Bernoulli(0.5).log_prob(tg.tensor(0.5)), r"Boolean\(\)"),
        (
            lambda: D.Categorical(tg.ones(3)).log_prob(tg.tensor(3)),
            r"IntegerInterval\(lower_bound=0, upper_bound=2\)",
        ),
        (
            lambda: D.Normal(tg.zeros(3), 1.0).log_prob(tg.zeros(2)),
            "Value is not broadcastable with batch_shape",
        ),
        (lambda: D.Normal(0.0, 1.0).log_prob(0.5), "must be a Tensor"),
    ],
)
def test_validation(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_validation_can_be_switched_off():
    assert D.Normal(0.0, -1.0, validate_args=False).log_prob(tg.tensor(0.0)).isnan()
    D.Distribution.set_default_validate_args(False)
    try:
        D.Normal(0.0, -1.0)
        with pytest.raises(ValueError, match="scale"):
            D.Normal(0.0, -1.0, validate_args=True)
    finally:
        D.Distribution.set_default_validate_args(True)


def test_what_a_family_does_not_have():
    for call in (
        lambda: D.Bernoulli(0.5).rsample(),
        lambda: normal().cdf(tg.zeros(2)),
        lambda: D.Distribution().mean,
    ):
        with pytest.raises(NotImplementedError):
            call()


def test_pytorch_paths():
    for path in [
        "normal.Normal",
        "categorical.Categorical",
        "bernoulli.Bernoulli",
        "uniform.Uniform",
        "laplace.Laplace",
        "kl.kl_divergence",
        "kl.register_kl",
        "independent.Independent",
        "multivariate_normal.MultivariateNormal",
        "distribution.Distribution",
    ]:
        module, name = path.split(".")
        assert getattr(
            importlib.import_module(f"tinygrad_mnist.distributions.{module}"), name
        ) is getattr(D, name)


# as PyTorch ----------------------------------------------------------------------------------


def _cases():
    rng = np.random.default_rng(0)
    for shapes in (((), ()), ((3,), (3,)), ((2, 1), (3,)), ((1,), (2, 3))):
        a, b = rng.standard_normal(shapes[0]), rng.uniform(0.3, 2, shapes[1])
        yield "Normal", (a, b)
        yield "Laplace", (a, b)
        yield "Uniform", (a, a.min() * 0 + a + b)
        yield "Bernoulli", (b / 2.5,)
    for shape in ((3,), (2, 4)):
        yield "Categorical", (rng.uniform(0.1, 3, shape),)
        yield "Independent", (rng.standard_normal(shape),)
    yield "MultivariateNormal", (rng.standard_normal((3, 2)), np.array(COVARIANCE))


def _built(family, kind, params):
    if kind == "Independent":
        return family.Independent(family.Normal(*params, 1.0), 1)
    return getattr(family, kind)(*params)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("kind", "arrays"), list(_cases()))
def test_as_pytorch(kind, arrays, dtype):
    """Every method's values, shapes and dtypes, its gradient by the parameters, and the text."""
    torch = pytest.importorskip("torch")
    results = []
    for lib, family in ((tg, D), (torch, torch.distributions)):
        params = [lib.tensor(a, dtype=getattr(lib, dtype), requires_grad=True) for a in arrays]
        d = _built(family, kind, params)
        shape = (*d.batch_shape, *d.event_shape)
        if kind in ("Bernoulli", "Categorical"):
            values = lib.ones(
                shape, dtype=lib.int64 if kind == "Categorical" else getattr(lib, dtype)
            )
        else:
            values = d.mean.detach() + 0.1
        found = {
            "shapes": (tuple(d.batch_shape), tuple(d.event_shape)),
            "text": repr(d).replace("torch.", ""),
        }
        found["support"] = repr(d.support).replace("torch.", "") if kind != "Uniform" else ""
        found["sampled"] = (tuple(d.sample((2, 3)).shape), d.has_rsample)
        calls = dict(log_prob=lambda: d.log_prob(values), entropy=lambda: d.entropy(), mean=lambda: d.mean, mode=lambda: d.mode,
                     variance=lambda: d.variance, stddev=lambda: d.stddev, cdf=lambda: d.cdf(values),
                     icdf=lambda: d.icdf(lib.tensor(np.full(values.shape, 0.3, dtype))), kl=lambda: family.kl_divergence(d, d.expand(d.batch_shape)),
                     perplexity=lambda: d.perplexity(), probs=lambda: d.probs, logits=lambda: d.logits,
                     expanded=lambda: d.expand((4, *d.batch_shape)).log_prob(values),
                     other=lambda: family.kl_divergence(d, _built(family, kind, [x * 0.9 for x in params])))  # fmt: skip
        for name, call in calls.items():
            try:
                y = call()
            except (NotImplementedError, AttributeError) as error:
                found[name] = type(error)
                continue
            grads = [None] * len(params)
            if y.requires_grad:
                grads = lib.autograd.grad(y.sum(), params, retain_graph=True, allow_unused=True)
            found[name] = [y, *grads]
        results.append(found)
    tolerance = 4e-8 if dtype == "float64" else 4e-4  # of PyTorch's own trigamma
    for name, ours in results[0].items():
        theirs = results[1][name]
        if not isinstance(ours, list) or not isinstance(theirs, list):
            assert ours == theirs, name
            continue
        for a, b in zip(ours, theirs, strict=True):
            if b is None or a is None:
                assert a is b or not np.any((a if b is None else b).detach().numpy()), name
                continue
            assert tuple(a.shape) == tuple(b.shape) and str(a.dtype) == str(b.dtype), name
            np.testing.assert_allclose(
                a.array, b.detach().numpy(), tolerance, tolerance, err_msg=name
            )
