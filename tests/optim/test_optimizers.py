"""Optimizers against plain-Python formulas of one number, Keras, and PyTorch where it is installed."""

import copy
import inspect
import math
import pickle

import numpy as np
import pytest

import tinygrad_mnist as tg
from tinygrad_mnist import optim

STEPS = 40


def gradient(x):
    """Of x^4 / 4 + sin(3 x): not convex, so that signs and sizes vary."""
    return x**3 + 3 * math.cos(3 * x)


def run(make, start=0.7, steps=STEPS):
    x = tg.tensor([start], dtype=tg.float64, requires_grad=True)
    optimizer, path = make([x]), []
    for _ in range(steps):
        x.grad = tg.tensor([gradient(x.item())], dtype=tg.float64)
        optimizer.step()
        path.append(x.item())
    return path


# each reference is a generator: it is sent gradients and yields the next x


def sgd(x, lr, momentum=0.0, dampening=0.0, nesterov=False, decay=0.0):
    b = None
    while True:
        g = yield x
        g += decay * x
        if momentum:
            b = g if b is None else momentum * b + (1 - dampening) * g
            g = g + momentum * b if nesterov else b
        x -= lr * g


def adam(x, lr, b1=0.9, b2=0.999, eps=1e-8, decay=0.0, decoupled=False, amsgrad=False):
    m = v = top = 0.0
    t = 0
    while True:
        g = yield x
        t += 1
        if decoupled:
            x -= lr * decay * x
        else:
            g += decay * x
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        top = max(top, v)
        x -= lr * (m / (1 - b1**t)) / (math.sqrt((top if amsgrad else v) / (1 - b2**t)) + eps)


def adamax(x, lr, b1=0.9, b2=0.999, eps=1e-8):
    m = u = 0.0
    t = 0
    while True:
        g = yield x
        t += 1
        m, u = b1 * m + (1 - b1) * g, max(b2 * u, abs(g) + eps)
        x -= lr / (1 - b1**t) * m / u


def adagrad(x, lr, lr_decay=0.0, start=0.0, eps=1e-10):
    total, t = start, 0
    while True:
        g = yield x
        total += g * g
        x -= lr / (1 + t * lr_decay) * g / (math.sqrt(total) + eps)
        t += 1


def adadelta(x, lr, rho=0.9, eps=1e-6):
    square = moved = 0.0
    while True:
        g = yield x
        square = rho * square + (1 - rho) * g * g
        d = math.sqrt(moved + eps) / math.sqrt(square + eps) * g
        moved = rho * moved + (1 - rho) * d * d
        x -= lr * d


def rmsprop(x, lr, alpha=0.99, eps=1e-8, momentum=0.0, centered=False):
    square = mean = b = 0.0
    while True:
        g = yield x
        square, mean = alpha * square + (1 - alpha) * g * g, alpha * mean + (1 - alpha) * g
        d = g / (math.sqrt(square - (mean**2 if centered else 0)) + eps)
        b = momentum * b + d
        x -= lr * b


def nadam(x, lr, b1=0.9, b2=0.999, eps=1e-8, psi=0.004, decay=0.0):
    m = v = 0.0
    product, t = 1.0, 0
    while True:
        g = yield x
        t += 1
        x -= lr * decay * x
        now, after = (b1 * (1 - 0.5 * 0.96 ** (k * psi)) for k in (t, t + 1))
        product *= now
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        hat = after * m / (1 - product * after) + (1 - now) * g / (1 - product)
        x -= lr * hat / (math.sqrt(v / (1 - b2**t)) + eps)


def radam(x, lr, b1=0.9, b2=0.999, eps=1e-8, decay=0.0):
    m = v = 0.0
    t, longest = 0, 2 / (1 - b2) - 1
    while True:
        g = yield x
        t += 1
        x -= lr * decay * x
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        length = longest - 2 * t * b2**t / (1 - b2**t)
        hat = m / (1 - b1**t)
        if length > 5:
            r = math.sqrt(
                (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
            )
            hat *= r * math.sqrt(1 - b2**t) / (math.sqrt(v) + eps)
        x -= lr * hat


def rprop(x, lr, shrink=0.5, grow=1.2):
    before, size = 0.0, lr
    while True:
        g = yield x
        turn = g * before
        size = min(max(size * (grow if turn > 0 else shrink if turn < 0 else 1), 1e-6), 50)
        before = 0.0 if turn < 0 else g
        x -= size * (before > 0) - size * (before < 0)


def asgd(x, lr, lambd=1e-4, alpha=0.75):
    eta, t = lr, 0
    while True:
        g = yield x
        t += 1
        x = x * (1 - lambd * eta) - eta * g
        eta = lr / (1 + lambd * lr * t) ** alpha


DECOUPLED = dict(weight_decay=0.3, decoupled_weight_decay=True)
CASES = [
    (optim.SGD, dict(lr=0.02), sgd, {}),
    (optim.SGD, dict(lr=0.02, momentum=0.9), sgd, dict(momentum=0.9)),
    (optim.SGD, dict(lr=0.02, momentum=0.9, nesterov=True), sgd, dict(momentum=0.9, nesterov=True)),
    (
        optim.SGD,
        dict(lr=0.02, momentum=0.9, dampening=0.3, weight_decay=0.2),
        sgd,
        dict(momentum=0.9, dampening=0.3, decay=0.2),
    ),
    (optim.Adam, dict(lr=0.05), adam, {}),
    (optim.Adam, dict(lr=0.05, betas=(0.8, 0.95), eps=1e-3), adam, dict(b1=0.8, b2=0.95, eps=1e-3)),
    (optim.Adam, dict(lr=0.05, weight_decay=0.3), adam, dict(decay=0.3)),
    (optim.Adam, dict(lr=0.05, amsgrad=True, betas=(0.9, 0.6)), adam, dict(amsgrad=True, b2=0.6)),
    (optim.AdamW, dict(lr=0.05, weight_decay=0.3), adam, dict(decay=0.3, decoupled=True)),
    (optim.Adamax, dict(lr=0.05), adamax, {}),
    (
        optim.Adagrad,
        dict(lr=0.05, lr_decay=0.1, initial_accumulator_value=0.2),
        adagrad,
        dict(lr_decay=0.1, start=0.2),
    ),
    (optim.Adadelta, dict(lr=1.0), adadelta, {}),
    (optim.Adadelta, dict(lr=1.0, rho=0.9999), adadelta, dict(rho=0.9999)),
    (optim.RMSprop, dict(lr=0.01), rmsprop, {}),
    (optim.RMSprop, dict(lr=0.01, alpha=0.9999), rmsprop, dict(alpha=0.9999)),
    (
        optim.RMSprop,
        dict(lr=0.01, momentum=0.8, centered=True),
        rmsprop,
        dict(momentum=0.8, centered=True),
    ),
    (optim.NAdam, dict(lr=0.05), nadam, {}),
    (optim.NAdam, dict(lr=0.05, **DECOUPLED), nadam, dict(decay=0.3)),
    (optim.RAdam, dict(lr=0.05), radam, {}),
    (optim.RAdam, dict(lr=0.05, **DECOUPLED), radam, dict(decay=0.3)),
    (optim.Rprop, dict(lr=0.05), rprop, {}),
    (optim.ASGD, dict(lr=0.02), asgd, {}),
    (optim.ASGD, dict(lr=0.02, lambd=0.5, alpha=0.9), asgd, dict(lambd=0.5, alpha=0.9)),
]


@pytest.mark.parametrize(("cls", "options", "formula", "reference"), CASES)
def test_formula(cls, options, formula, reference):
    steps = formula(0.7, options["lr"], **reference)
    x, expected = next(steps), []
    for _ in range(STEPS):
        x = steps.send(gradient(x))
        expected.append(x)
    assert run(lambda p: cls(p, **options)) == pytest.approx(expected, rel=1e-6, abs=1e-9)


OPTIONS = [(cls, options) for cls, options, _, _ in CASES]


@pytest.mark.parametrize(("cls", "options"), OPTIONS)
def test_float32_stays_and_follows_float64(cls, options):
    # from 0, so that the parameter is the sum of the updates and hides none of their errors
    gradients = np.random.default_rng(0).standard_normal((100, 3, 5)).astype(np.float32)
    paths = []
    for dtype in (tg.float32, tg.float64):
        x = tg.zeros(3, 5, dtype=dtype, requires_grad=True)
        optimizer = cls([x], **options)
        for g in gradients:
            x.grad = tg.tensor(g, dtype=dtype)
            optimizer.step()
        assert x.dtype == dtype
        paths.append(x.detach().numpy().astype(np.float64))
    assert abs(paths[0] - paths[1]).max() < 2e-6 * abs(paths[1]).max()


@pytest.mark.parametrize(
    ("cls", "options"),
    [each for each in OPTIONS if "maximize" in inspect.signature(each[0]).parameters],
)
def test_maximize_follows_the_gradient_with_its_sign_turned(cls, options):
    paths = []
    for sign, more in ((-1, {}), (1, {"maximize": True})):
        rng = np.random.default_rng(0)
        x = tg.tensor(rng.standard_normal(4), requires_grad=True)
        optimizer = cls([x], **options, **more)
        for _ in range(5):
            x.grad = tg.tensor(sign * rng.standard_normal(4))
            optimizer.step()
        paths.append(x.tolist())
    assert paths[0] == paths[1]


def test_asgd_averages_the_parameters_after_t0():
    rng = np.random.default_rng(0)
    x = tg.tensor(rng.standard_normal(4), requires_grad=True)
    optimizer, path = optim.ASGD([x], lr=0.1, t0=3), []
    for _ in range(12):
        x.grad = tg.tensor(rng.standard_normal(4))
        optimizer.step()
        path.append(x.detach().numpy().copy())
    # the weight is set for the step after: 1 up to the fifth, then 1/2, 1/3, ...
    assert optimizer.state[x]["ax"].numpy() == pytest.approx(np.mean(path[4:], axis=0), rel=1e-6)


def test_adam_in_blocks_is_adam_in_one(monkeypatch):
    from tinygrad_mnist.kernels import adam as kernel

    results = []
    for block in (7, 1 << 20):
        monkeypatch.setattr(kernel, "BLOCK", block)
        tg.manual_seed(0)
        x = tg.randn(10, 11, requires_grad=True)
        optimizer = optim.Adam([x], amsgrad=True)
        for _ in range(5):
            x.grad = tg.randn(10, 11)
            optimizer.step()
        results.append(x.detach().numpy())
    assert np.array_equal(*results)


@pytest.mark.parametrize("name", ["SGD", "Adam", "Adamax", "RMSprop", "Adadelta"])
def test_against_keras(name):
    tf = pytest.importorskip("tensorflow")
    keras = tf.keras.optimizers
    pairs = {
        "SGD": (lambda p: optim.SGD(p, lr=0.02, momentum=0.9), keras.SGD(0.02, momentum=0.9)),
        # Keras adds epsilon before it frees v of its start at 0: an epsilon too small to matter
        "Adam": (lambda p: optim.Adam(p, lr=0.05, eps=1e-15), keras.Adam(0.05, epsilon=1e-15)),
        "Adamax": (
            lambda p: optim.Adamax(p, lr=0.05, eps=1e-15),
            keras.Adamax(0.05, epsilon=1e-15),
        ),
        "RMSprop": (
            lambda p: optim.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-15),
            keras.RMSprop(0.01, rho=0.9, epsilon=1e-15),
        ),
        "Adadelta": (
            lambda p: optim.Adadelta(p, lr=1.0, rho=0.9, eps=1e-6),
            keras.Adadelta(1.0, rho=0.9, epsilon=1e-6),
        ),
    }
    ours, theirs = pairs[name]
    rng = np.random.default_rng(1)
    start, gradients = (
        rng.standard_normal(shape).astype(np.float32) for shape in ((3, 4), (25, 3, 4))
    )
    x, variable = tg.tensor(start, requires_grad=True), tf.Variable(start)
    optimizer = ours([x])
    for g in gradients:
        x.grad = tg.tensor(g)
        optimizer.step()
        theirs.apply_gradients([(tf.constant(g), variable)])
    assert x.detach().numpy() == pytest.approx(variable.numpy(), rel=1e-4, abs=1e-5)


def moved(value, kind, make):
    """A state dict with its tensors made anew by another library."""
    if isinstance(value, dict):
        return {k: moved(v, kind, make) for k, v in value.items()}
    if isinstance(value, list):
        return [moved(v, kind, make) for v in value]
    return make(value.detach().numpy().copy()) if isinstance(value, kind) else value


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 4e-6), (np.float64, 1e-12)])
@pytest.mark.parametrize(("cls", "options"), OPTIONS)
def test_against_torch_and_state_both_ways(cls, options, dtype, tolerance):
    torch = pytest.importorskip("torch")
    gradients = np.random.default_rng(2).standard_normal((100, 3, 4)).astype(dtype)
    start = np.zeros((3, 4), dtype)
    x, y = tg.tensor(start, requires_grad=True), torch.tensor(start, requires_grad=True)
    ours, theirs = cls([x], **options), getattr(torch.optim, cls.__name__)([y], **options)

    def steps(few):
        for g in few:
            x.grad, y.grad = tg.tensor(g), torch.tensor(g)
            ours.step()
            theirs.step()
        assert (
            abs(x.detach().numpy() - y.detach().numpy()).max()
            < tolerance * abs(y.detach().numpy()).max()
        )

    steps(gradients[:40])
    if cls in (
        optim.NAdam,
        optim.ASGD,
    ):  # torch loads their float32 scalars as the parameter's dtype
        tolerance = 4e-6
    ours.load_state_dict(moved(theirs.state_dict(), torch.Tensor, tg.tensor))
    steps(gradients[40:70])
    theirs.load_state_dict(moved(ours.state_dict(), tg.Tensor, torch.tensor))
    steps(gradients[70:])


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_lbfgs_against_torch_and_state_both_ways(search):
    torch = pytest.importorskip("torch")
    start, a = np.random.default_rng(0).standard_normal((2, 6))

    def made(library):
        x, weights = library.tensor(start, requires_grad=True), library.tensor(a)
        optimizer = library.optim.LBFGS(
            [x], lr=0.3, max_iter=3, history_size=4, line_search_fn=search
        )

        def closure():
            optimizer.zero_grad()
            loss = ((x - weights) ** 2 * weights.abs()).sum() + (x**4).sum()
            loss.backward()
            return loss

        return x, optimizer, closure

    (x, ours, closure), (y, theirs, their_closure) = made(tg), made(torch)

    def steps():
        for _ in range(2):
            assert ours.step(closure).item() == pytest.approx(their_closure().item(), rel=1e-9)
            theirs.step(their_closure)
            assert x.detach().numpy() == pytest.approx(y.detach().numpy(), rel=1e-9)

    steps()
    ours.load_state_dict(moved(theirs.state_dict(), torch.Tensor, tg.tensor))
    steps()
    theirs.load_state_dict(moved(ours.state_dict(), tg.Tensor, torch.tensor))
    steps()


@pytest.mark.parametrize("cls", [*dict.fromkeys(cls for cls, _ in OPTIONS), optim.LBFGS])
def test_text_groups_and_arguments_are_torchs(cls):
    torch = pytest.importorskip("torch")
    theirs = getattr(torch.optim, cls.__name__)
    ours, other = cls([tg.ones(1, requires_grad=True)]), theirs([torch.ones(1, requires_grad=True)])
    assert repr(ours) == repr(other)
    names = inspect.signature(theirs).parameters
    assert set(names) <= set(inspect.signature(cls).parameters)
    positional = [name for name, p in names.items() if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert list(inspect.signature(cls).parameters)[: len(positional)] == positional


def rosenbrock(x):
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_lbfgs_finds_the_minimum(search):
    x = tg.tensor([-1.2, 1.0], dtype=tg.float64, requires_grad=True)
    optimizer = optim.LBFGS([x], lr=1.0 if search else 0.2, max_iter=100, line_search_fn=search)

    def closure():
        optimizer.zero_grad()
        loss = rosenbrock(x)
        loss.backward()
        return loss

    first = closure().item()
    for _ in range(4):
        optimizer.step(closure)
    assert rosenbrock(x).item() < (1e-8 if search else 1e-2 * first)
    if search:
        assert x.tolist() == pytest.approx([1, 1], abs=1e-3)


def test_lbfgs_solves_a_quadratic_in_as_many_iterations_as_it_has_dimensions():
    rng = np.random.default_rng(0)
    root = rng.standard_normal((5, 5))
    a, b = tg.tensor(root @ root.T + np.eye(5)), tg.tensor(rng.standard_normal(5))
    x = tg.zeros(5, dtype=tg.float64, requires_grad=True)
    optimizer = optim.LBFGS([x], max_iter=30, line_search_fn="strong_wolfe", tolerance_grad=1e-10)

    def closure():
        optimizer.zero_grad()
        loss = 0.5 * x @ a @ x - b @ x
        loss.backward()
        return loss

    optimizer.step(closure)
    assert x.detach().numpy() == pytest.approx(np.linalg.solve(a.numpy(), b.numpy()), abs=1e-5)


def test_lbfgs_is_bfgs_from_a_scaled_identity():
    rng = np.random.default_rng(3)
    start, a, lr, size = rng.standard_normal(4), rng.uniform(1, 3, 4), 0.3, 3

    def slope(x):
        return a * x + x**3

    x, pairs, before = start.copy(), [], None
    for _ in range(7):
        g = slope(x)
        if before is not None:
            pairs = [*pairs, (g - before[1], x - before[0])][-size:]
        y, s = pairs[-1] if pairs else (np.ones(4), np.ones(4))
        inverse = np.eye(4) * (y @ s) / (y @ y)
        for y, s in pairs:  # Nocedal and Wright (2006), equation 6.17
            turn = np.eye(4) - np.outer(s, y) / (y @ s)
            inverse = turn @ inverse @ turn.T + np.outer(s, s) / (y @ s)
        before = x.copy(), g
        x = x - (lr if pairs else lr * min(1, 1 / abs(g).sum())) * inverse @ g

    p = tg.tensor(start, requires_grad=True)
    optimizer = optim.LBFGS([p], lr=lr, max_iter=7, max_eval=100, history_size=size)

    def closure():
        p.grad = tg.tensor(slope(p.detach().numpy()))
        return (tg.tensor(a) * p**2 / 2 + p**4 / 4).sum()

    optimizer.step(closure)
    assert p.detach().numpy() == pytest.approx(x, rel=1e-9)


def test_groups_have_their_own_options():
    a, b = (tg.ones(2, requires_grad=True) for _ in range(2))
    optimizer = optim.SGD([{"params": [a]}, {"params": [b], "lr": 1.0}], lr=0.1)
    (a.sum() + b.sum()).backward()
    optimizer.step()
    assert a.tolist() == pytest.approx([0.9, 0.9]) and b.tolist() == [0, 0]
    optimizer.zero_grad()
    assert a.grad is None and b.grad is None


@pytest.mark.parametrize("dtype", [tg.float32, tg.float64])
@pytest.mark.parametrize(("cls", "options"), OPTIONS)
def test_a_saved_state_continues_bit_for_bit(cls, options, dtype):
    def train(x, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            (x**4 + (3 * x).sin()).sum().backward()
            optimizer.step()

    a = tg.tensor([1.0, -0.7], dtype=dtype, requires_grad=True)
    first = cls([a], **options)
    train(a, first, 5)
    b = a.detach().clone().requires_grad_()
    second = cls([b], **{**options, "lr": 0.5})
    second.load_state_dict(first.state_dict())
    train(a, first, 5)
    train(b, second, 5)
    assert tg.equal(a, b)


def test_a_users_own_optimizer():
    class Signs(optim.Optimizer):
        def __init__(self, params, lr):
            super().__init__(params, {"lr": lr})

        @tg.no_grad()
        def step(self):
            for group in self.param_groups:
                for p in group["params"]:
                    p.add_(p.grad.sign(), alpha=-group["lr"])
                    self.state[p]["steps"] = self.state[p].get("steps", 0) + 1

    x = tg.tensor([1.0, -2.0], requires_grad=True)
    optimizer = Signs([x], 0.25)
    (x**2).sum().backward()
    optimizer.step()
    assert x.tolist() == [0.75, -1.75] and optimizer.state[x]["steps"] == 1


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
def test_a_copy_continues_bit_for_bit(duplicate):
    x = tg.tensor([1.0, -2.0], requires_grad=True)
    first = optim.Adam([x], lr=0.1)
    x.grad = tg.tensor([3.0, 0.5])
    first.step()
    second = duplicate(first)
    y = second.param_groups[0]["params"][0]
    assert y is not x
    for _ in range(3):
        for p, optimizer in ((x, first), (y, second)):
            p.grad = tg.tensor([-1.0, 0.25])
            optimizer.step()
    assert tg.equal(x, y)


def test_lbfgs_saved_within_a_run_continues_bit_for_bit():
    def made(start):
        x = tg.tensor(start, dtype=tg.float64, requires_grad=True)
        optimizer = optim.LBFGS([x], max_iter=3, line_search_fn="strong_wolfe")

        def closure():
            optimizer.zero_grad()
            loss = rosenbrock(x)
            loss.backward()
            return loss

        return x, optimizer, closure

    x, first, closure = made([-1.2, 1.0])
    first.step(closure)
    y, second, again = made(x.tolist())
    second.load_state_dict(first.state_dict())
    for _ in range(3):
        first.step(closure)
        second.step(again)
    assert tg.equal(x, y)


@pytest.mark.parametrize(("cls", "options"), OPTIONS)
def test_a_rate_may_be_a_tensor(cls, options):
    x, y = (tg.tensor([0.5, -2.0], dtype=tg.float64, requires_grad=True) for _ in range(2))
    rate = tg.tensor(options["lr"], dtype=tg.float64)
    for p, lr in ((x, rate), (y, options["lr"])):
        optimizer = cls([p], **{**options, "lr": lr})
        for _ in range(3):
            p.grad = p.detach() ** 3
            optimizer.step()
    assert tg.equal(x, y) and rate.item() == options["lr"]


@pytest.mark.parametrize(("cls", "options"), OPTIONS)
def test_a_parameter_may_be_a_scalar(cls, options):
    x, y = tg.tensor(0.7, requires_grad=True), tg.tensor([0.7], requires_grad=True)
    for p in (x, y):
        extra = {
            k: v
            for k, v in {"maximize": True, "weight_decay": 0.1}.items()
            if k in inspect.signature(cls).parameters
        }
        optimizer = cls([p], **{**options, **extra})
        for _ in range(3):
            p.grad = p.detach() ** 3
            optimizer.step()
    assert x.shape == () and x.dtype == tg.float32 and x.item() == pytest.approx(y.item(), rel=1e-6)


def test_line_search_against_torch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    for _ in range(40):
        start = rng.standard_normal(4)
        options = dict(
            lr=float(rng.choice([0.1, 0.5, 1])), max_iter=int(rng.integers(1, 20)), history_size=int(rng.integers(1, 6)),
            line_search_fn=str(rng.choice(["", "strong_wolfe"])) or None, max_eval=int(rng.integers(1, 30)),
        )  # fmt: skip
        logs = []
        for library in (tg, torch):
            x = library.tensor(start, requires_grad=True)
            optimizer, log = library.optim.LBFGS([x], **options), []

            def closure():
                optimizer.zero_grad()
                loss = ((1 - x[:-1]) ** 2 + 10 * (x[1:] - x[:-1] ** 2) ** 2).sum()
                loss.backward()
                log.append(loss.item())
                return loss

            for _ in range(2):
                optimizer.step(closure)
            logs.append((log, optimizer.state[x]["n_iter"], sorted(optimizer.state[x])))
        assert logs[0][1:] == logs[1][1:]
        assert logs[0][0] == pytest.approx(logs[1][0], rel=1e-4, abs=1e-9)


def test_a_state_from_before_an_option_existed():
    x = tg.ones(2, requires_grad=True)
    optimizer = optim.SGD([x], lr=0.5)
    optimizer.load_state_dict({"state": {}, "param_groups": [{"params": [0], "lr": 3}]})
    group = optimizer.param_groups[0]
    assert group["params"][0] is x and group["lr"] == 3 and group["momentum"] == 0


def test_named_parameters_keep_their_names():
    a, b = (tg.ones(2, requires_grad=True) for _ in range(2))
    optimizer = optim.SGD([("a", a), ("b", b)])
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["a", "b"]
    assert optimizer.param_groups[0]["params"][1] is b


def test_a_parameter_twice_in_a_group_is_warned_of():
    x = tg.ones(2, requires_grad=True)
    with pytest.warns(UserWarning, match="duplicate parameters"):
        optim.SGD([x, x])


def test_the_step_before_the_gradient_changes_nothing():
    x = tg.ones(2, requires_grad=True)
    optimizer = optim.Adam([x])
    optimizer.step()
    assert x.tolist() == [1, 1] and optimizer.state_dict()["state"] == {}


def test_zero_grad_can_keep_the_memory():
    x = tg.ones(2, requires_grad=True)
    optimizer = optim.SGD([x])
    x.grad = g = tg.ones(2)
    optimizer.zero_grad(set_to_none=False)
    assert x.grad is g and g.tolist() == [0, 0]


def test_a_step_writes_where_views_see_it():
    x = tg.ones(4, requires_grad=True)
    seen = x.detach()[1:]
    for cls in (optim.SGD, optim.Adam, optim.Rprop):
        before = seen.tolist()
        x.grad = tg.ones(4)
        cls([x]).step()
        assert seen.tolist() != before and seen.tolist() == x.tolist()[1:]


def test_a_parameter_need_not_be_contiguous():
    values, g = np.arange(6.0).reshape(2, 3), np.ones((3, 2))
    x, y = tg.tensor(values).t().requires_grad_(), tg.tensor(values.T.copy(), requires_grad=True)
    for p in (x, y):
        p.grad = tg.tensor(g)
        optim.Adam([p], lr=0.5).step()
    assert x.tolist() == y.tolist() != values.T.tolist()


def test_a_step_between_forward_and_backward_is_noticed():
    x = tg.tensor([1.0], requires_grad=True)
    optimizer = optim.SGD([x], lr=0.1)
    loss = (x * x).sum()
    x.grad = tg.ones(1)
    optimizer.step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: optim.SGD([], lr=0.1), ValueError, "empty parameter list"),
        (lambda x: optim.SGD([x], lr=-0.1), ValueError, "Invalid learning rate: -0.1"),
        (
            lambda x: optim.Adam([x], betas=(0.9, 1.0)),
            ValueError,
            "Invalid beta parameter at index 1: 1.0",
        ),
        (lambda x: optim.Adam([x], eps=-1.0), ValueError, "Invalid epsilon value: -1.0"),
        (
            lambda x: optim.SGD([x], momentum=0.9, dampening=0.1, nesterov=True),
            ValueError,
            "Nesterov",
        ),
        (lambda x: optim.SGD([x * 2]), ValueError, "non-leaf"),
        (lambda x: optim.SGD(x), TypeError, "iterable of Tensors"),
        (
            lambda x: optim.SGD([{"params": [x]}, {"params": [x]}]),
            ValueError,
            "more than one parameter group",
        ),
        (lambda x: optim.SGD([x]).add_param_group([x]), TypeError, "must be a dict"),
        (lambda x: optim.SGD([("x", x), x.detach()]), ValueError, "with/without names"),
        (
            lambda x: optim.SGD([x]).add_param_group({"params": [("y", tg.ones(1))]}),
            ValueError,
            "with/without names",
        ),
        (lambda x: optim.Adam([x], lr=tg.ones(2)), ValueError, "Tensor lr must be 1-element"),
        (lambda x: optim.Adam([x], lr=tg.tensor(0.1), foreach=True), ValueError, "foreach=True"),
        (lambda x: optim.Adam([x], betas=(0, 0.9)), ValueError, "both floats or both Tensors"),
        (
            lambda x: optim.SGD([x], fused=True, foreach=True),
            RuntimeError,
            "cannot be `True` together",
        ),
        (lambda x: optim.SGD([x], differentiable=True), NotImplementedError, "not recorded"),
        (
            lambda x: optim.Optimizer([x], {"lr": optim.optimizer.required}),
            ValueError,
            "didn't specify the required option lr",
        ),
        (
            lambda x: optim.SGD({x}).add_param_group({"params": {x}}),
            TypeError,
            "ordered collections",
        ),
        (
            lambda x: optim.SGD([x]).load_state_dict({"state": {}, "param_groups": []}),
            ValueError,
            "number of parameter",
        ),
        (lambda x: optim.Rprop([x], etas=(1, 1)), ValueError, "Invalid eta values: 1, 1"),
        (lambda x: optim.LBFGS([x], line_search_fn="armijo"), RuntimeError, "strong_wolfe"),
        (lambda x: optim.SGD([x], speed=3), TypeError, "unexpected keyword argument 'speed'"),
    ],
)
def test_mistakes_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call(tg.ones(2, requires_grad=True))


def test_an_optimizer_prints_its_groups_apart():
    groups = [
        {"params": [tg.nn.Parameter(tg.ones(1))]},
        {"params": [tg.nn.Parameter(tg.ones(1))], "lr": 0.5},
    ]
    lines = repr(optim.SGD(groups, lr=0.1)).split("\n")
    first, second = (lines.index(f"Parameter Group {i}") for i in (0, 1))
    assert (
        lines[0] == "SGD ("
        and lines[-1] == ")"
        and lines[second - 1] == ""
        and lines[first - 1] == "SGD ("
    )
    assert "    lr: 0.1" in lines[first:second] and "    lr: 0.5" in lines[second:]
