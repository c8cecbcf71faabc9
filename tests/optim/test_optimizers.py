"""Optimizers against plain-Python formulas of one number, Keras, and PyTorch where it is installed."""

import math

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


def nadam(x, lr, b1=0.9, b2=0.999, eps=1e-8, psi=0.004):
    m = v = 0.0
    product, t = 1.0, 0
    while True:
        g = yield x
        t += 1
        now, after = (b1 * (1 - 0.5 * 0.96 ** (k * psi)) for k in (t, t + 1))
        product *= now
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        hat = after * m / (1 - product * after) + (1 - now) * g / (1 - product)
        x -= lr * hat / (math.sqrt(v / (1 - b2**t)) + eps)


def radam(x, lr, b1=0.9, b2=0.999, eps=1e-8):
    m = v = 0.0
    t, longest = 0, 2 / (1 - b2) - 1
    while True:
        g = yield x
        t += 1
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        length = longest - 2 * t * b2**t / (1 - b2**t)
        hat = m / (1 - b1**t)
        if length > 5:
            r = math.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
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
    (optim.Adagrad, dict(lr=0.05, lr_decay=0.1, initial_accumulator_value=0.2), adagrad, dict(lr_decay=0.1, start=0.2)),
    (optim.Adadelta, dict(lr=1.0), adadelta, {}),
    (optim.RMSprop, dict(lr=0.01), rmsprop, {}),
    (optim.RMSprop, dict(lr=0.01, momentum=0.8, centered=True), rmsprop, dict(momentum=0.8, centered=True)),
    (optim.NAdam, dict(lr=0.05), nadam, {}),
    (optim.RAdam, dict(lr=0.05), radam, {}),
    (optim.Rprop, dict(lr=0.05), rprop, {}),
]


@pytest.mark.parametrize(("cls", "options", "formula", "reference"), CASES)
def test_formula(cls, options, formula, reference):
    steps = formula(0.7, options["lr"], **reference)
    x, expected = next(steps), []
    for _ in range(STEPS):
        x = steps.send(gradient(x))
        expected.append(x)
    assert run(lambda p: cls(p, **options)) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("cls", "options"), [(cls, options) for cls, options, _, _ in CASES])
def test_float32_stays_and_follows_float64(cls, options):
    rng = np.random.default_rng(0)
    start, gradients = rng.standard_normal((3, 5)), rng.standard_normal((20, 3, 5))
    paths = []
    for dtype in (tg.float32, tg.float64):
        x = tg.tensor(start, dtype=dtype, requires_grad=True)
        optimizer = cls([x], **options)
        for g in gradients:
            x.grad = tg.tensor(g, dtype=dtype)
            optimizer.step()
        assert x.dtype == dtype
        paths.append(x.detach().numpy().astype(np.float64))
    assert paths[0] == pytest.approx(paths[1], rel=1e-3, abs=1e-4)


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
        "Adamax": (lambda p: optim.Adamax(p, lr=0.05, eps=1e-15), keras.Adamax(0.05, epsilon=1e-15)),
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
    start, gradients = (rng.standard_normal(shape).astype(np.float32) for shape in ((3, 4), (25, 3, 4)))
    x, variable = tg.tensor(start, requires_grad=True), tf.Variable(start)
    optimizer = ours([x])
    for g in gradients:
        x.grad = tg.tensor(g)
        optimizer.step()
        theirs.apply_gradients([(tf.constant(g), variable)])
    assert x.detach().numpy() == pytest.approx(variable.numpy(), rel=1e-4, abs=1e-5)


@pytest.mark.parametrize(("cls", "options"), [(cls, options) for cls, options, _, _ in CASES])
def test_against_torch_and_state_both_ways(cls, options):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(2)
    start, gradients = rng.standard_normal((3, 4)), rng.standard_normal((40, 3, 4))
    x, y = tg.tensor(start, requires_grad=True), torch.tensor(start, requires_grad=True)
    ours, theirs = cls([x], **options), getattr(torch.optim, cls.__name__)([y], **options)

    def steps(few):
        for g in few:
            x.grad, y.grad = tg.tensor(g), torch.tensor(g)
            ours.step()
            theirs.step()
        assert x.detach().numpy() == pytest.approx(y.detach().numpy(), rel=1e-6, abs=1e-9)

    steps(gradients[:15])
    moved = {"state": {}, "param_groups": theirs.state_dict()["param_groups"]}
    for number, state in theirs.state_dict()["state"].items():
        moved["state"][number] = {
            k: tg.tensor(v.numpy()) if isinstance(v, torch.Tensor) else v for k, v in state.items()
        }
    ours.load_state_dict(moved)
    steps(gradients[15:30])
    back = ours.state_dict()
    back["state"] = {
        number: {k: torch.tensor(v.numpy()) if isinstance(v, tg.Tensor) else v for k, v in state.items()}
        for number, state in back["state"].items()
    }
    theirs.load_state_dict(back)
    steps(gradients[30:])


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


def test_groups_have_their_own_options():
    a, b = (tg.ones(2, requires_grad=True) for _ in range(2))
    optimizer = optim.SGD([{"params": [a]}, {"params": [b], "lr": 1.0}], lr=0.1)
    (a.sum() + b.sum()).backward()
    optimizer.step()
    assert a.tolist() == pytest.approx([0.9, 0.9]) and b.tolist() == [0, 0]
    optimizer.zero_grad()
    assert a.grad is None and b.grad is None


def test_a_saved_state_continues_bit_for_bit():
    def train(x, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            (x**4).sum().backward()
            optimizer.step()

    a = tg.tensor([1.0, -2.0], requires_grad=True)
    first = optim.Adam([a], lr=0.1)
    train(a, first, 5)
    b = a.detach().clone().requires_grad_()
    second = optim.Adam([b], lr=0.5)
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
        (lambda x: optim.Adam([x], betas=(0.9, 1.0)), ValueError, "Invalid beta parameter at index 1: 1.0"),
        (lambda x: optim.Adam([x], eps=-1.0), ValueError, "Invalid epsilon value: -1.0"),
        (lambda x: optim.SGD([x], momentum=0.9, dampening=0.1, nesterov=True), ValueError, "Nesterov"),
        (lambda x: optim.SGD([x * 2]), ValueError, "non-leaf"),
        (lambda x: optim.SGD(x), TypeError, "iterable of Tensors"),
        (lambda x: optim.SGD([{"params": [x]}, {"params": [x]}]), ValueError, "more than one parameter group"),
        (lambda x: optim.SGD([x], speed=3), TypeError, "unexpected keyword argument 'speed'"),
    ],
)
def test_mistakes_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call(tg.ones(2, requires_grad=True))
