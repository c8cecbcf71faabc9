"""Schedules against closed formulas, and against PyTorch where it is installed."""

import copy
import math
import random
import warnings

import pytest

import tinygrad_mnist as tg
from tinygrad_mnist import optim
from tinygrad_mnist.optim import lr_scheduler as schedules

BASE = 0.5


def rates(make, steps=20, library=tg):
    p = library.ones(1, requires_grad=True)
    optimizer = library.optim.SGD([p], lr=BASE, momentum=0.9)
    scheduler = make(library.optim.lr_scheduler, optimizer)
    out = []
    for _ in range(steps):
        out.append(optimizer.param_groups[0]["lr"])
        assert scheduler.get_last_lr() == [optimizer.param_groups[0]["lr"]]
        optimizer.step()
        scheduler.step()
    return out


def restarts(n):
    place, length = n, 3
    while place >= length:
        place, length = place - length, length * 2
    return BASE * (1 + math.cos(math.pi * place / length)) / 2


def one_cycle(n, top=1.0, total=20, share=0.3):
    def bend(a, b, x):
        return b + (a - b) / 2 * (1 + math.cos(math.pi * x))

    rise, low = share * total - 1, top / 25
    return (
        bend(low, top, n / rise)
        if n <= rise
        else bend(top, low / 1e4, (n - rise) / (total - 1 - rise))
    )


CASES = {
    "LambdaLR": (lambda s, o: s.LambdaLR(o, lambda e: 0.9**e), lambda n: BASE * 0.9**n),
    "MultiplicativeLR": (lambda s, o: s.MultiplicativeLR(o, lambda e: 0.95), lambda n: BASE * 0.95**n),
    "StepLR": (lambda s, o: s.StepLR(o, 4, 0.5), lambda n: BASE * 0.5 ** (n // 4)),
    "MultiStepLR": (lambda s, o: s.MultiStepLR(o, [3, 7, 7], 0.5), lambda n: BASE * 0.5 ** ((n >= 3) + 2 * (n >= 7))),
    "ConstantLR": (lambda s, o: s.ConstantLR(o, 0.25, 4), lambda n: BASE * (0.25 if n < 4 else 1)),
    "LinearLR": (lambda s, o: s.LinearLR(o, 0.1, 0.9, 8), lambda n: BASE * (0.1 + 0.8 * min(n, 8) / 8)),
    "ExponentialLR": (lambda s, o: s.ExponentialLR(o, 0.8), lambda n: BASE * 0.8**n),
    "PolynomialLR": (lambda s, o: s.PolynomialLR(o, 10, 2.0), lambda n: BASE * max(1 - n / 10, 0) ** 2),
    "CosineAnnealingLR": (
        lambda s, o: s.CosineAnnealingLR(o, 6, 0.02),
        lambda n: 0.02 + (BASE - 0.02) * (1 + math.cos(math.pi * n / 6)) / 2,
    ),
    "CosineAnnealingWarmRestarts": (lambda s, o: s.CosineAnnealingWarmRestarts(o, 3, 2), restarts),
    "OneCycleLR": (lambda s, o: s.OneCycleLR(o, 1.0, 20), one_cycle),
    "SequentialLR": (
        lambda s, o: s.SequentialLR(o, [s.ConstantLR(o, 0.1, 99), s.ExponentialLR(o, 0.9)], [5]),
        lambda n: BASE * 0.1 if n < 5 else BASE * 0.9 ** (n - 5),
    ),
    "ChainedScheduler": (
        lambda s, o: s.ChainedScheduler([s.ConstantLR(o, 0.1, 4), s.ExponentialLR(o, 0.9)]),
        lambda n: BASE * 0.9**n * (0.1 if n < 4 else 1),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_closed_form(name):
    make, formula = CASES[name]
    assert rates(make) == pytest.approx([formula(n) for n in range(20)], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_against_torch(name):
    torch = pytest.importorskip("torch")
    make, _ = CASES[name]
    assert rates(make) == pytest.approx(rates(make, library=torch), rel=1e-12)


def program(draw, depth=2):
    """A schedule at random, possibly of schedules, as a function of the library's schedulers and the optimizer."""
    kind = draw.random()
    if depth and kind < 0.2:
        parts = [program(draw, depth - 1) for _ in range(draw.randint(1, 3))]
        cuts = sorted(draw.sample(range(1, 25), len(parts) - 1))
        return lambda s, o: s.SequentialLR(o, [part(s, o) for part in parts], cuts)
    if depth and kind < 0.4:
        parts = [program(draw, depth - 1) for _ in range(draw.randint(1, 3))]
        return lambda s, o: s.ChainedScheduler([part(s, o) for part in parts])
    share, share2, n, m = (
        draw.uniform(0.1, 0.9),
        draw.uniform(0.1, 0.9),
        draw.randint(1, 7),
        draw.randint(1, 4),
    )
    way, three = draw.choice(["cos", "linear"]), m > 2
    return draw.choice([
        lambda s, o: s.LambdaLR(o, lambda e: share**e),
        lambda s, o: s.MultiplicativeLR(o, lambda e: share + 0.1 * (e % 3)),
        lambda s, o: s.StepLR(o, n, share),
        lambda s, o: s.MultiStepLR(o, [n, n, 2 * n + m], share),
        lambda s, o: s.ConstantLR(o, share, n),
        lambda s, o: s.LinearLR(o, share, share2, n),
        lambda s, o: s.ExponentialLR(o, 0.5 + share / 2),
        lambda s, o: s.PolynomialLR(o, n, m / 2),
        lambda s, o: s.CosineAnnealingLR(o, n, share / 100),
        lambda s, o: s.CosineAnnealingWarmRestarts(o, n, m, share / 100),
        lambda s, o: s.OneCycleLR(o, share, 80, pct_start=0.1 + share2 / 4, anneal_strategy=way, three_phase=three),
    ])  # fmt: skip


def played(library, make, actions):
    """The rates and momenta of a run; an error ends it, and its class is the last entry."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return play(library, make, *actions)


def play(library, make, kinds, *actions):
    log = []
    adam, tensor_lr = kinds

    def made():
        ps = [library.ones(1, requires_grad=True) for _ in range(2)]
        kw = {"lr": library.tensor(BASE, dtype=library.float64) if tensor_lr else BASE}
        kw |= {} if adam else {"momentum": 0.9}
        cls = library.optim.Adam if adam else library.optim.SGD
        optimizer = cls([{"params": ps[:1]}, {"params": ps[1:], "lr": 0.2}], **kw)
        return optimizer, make(library.optim.lr_scheduler, optimizer)

    optimizer, scheduler = made()
    for action, number in actions:
        try:
            if action == "step":
                if number > 2:
                    optimizer.step()
                scheduler.step()
            elif action == "epoch" and not hasattr(scheduler, "_schedulers"):
                scheduler.step(number)
            elif action == "look" and not hasattr(scheduler, "_schedulers"):
                scheduler.get_lr()
            elif action == "resume":
                state = copy.deepcopy(scheduler.state_dict())
                optimizer_state = optimizer.state_dict()
                optimizer, scheduler = made()
                optimizer.load_state_dict(optimizer_state)
                scheduler.load_state_dict(state)
        except Exception as error:
            return [*log, type(error).__name__]
        momenta = [g["betas"][0] if adam else g["momentum"] for g in optimizer.param_groups]
        rates = [g["lr"] for g in optimizer.param_groups]
        log += [float(x) for x in (*rates, *momenta, *scheduler.get_last_lr())]
    return [*log, sorted(set(scheduler.state_dict()) - {"_get_lr_called_within_step"})]


@pytest.mark.parametrize("seed", range(120))
def test_random_programs_against_torch(seed):
    torch = pytest.importorskip("torch")
    draw = random.Random(seed)
    make = program(draw)
    actions = [
        (draw.choice(["step"] * 9 + ["epoch", "look", "resume"]), draw.randrange(40))
        for _ in range(40)
    ]
    actions.insert(0, (draw.random() < 0.3, draw.random() < 0.2))
    ours, theirs = played(tg, make, actions), played(torch, make, actions)
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        assert a == (pytest.approx(b, rel=1e-12, abs=1e-300) if isinstance(b, float) else b)


@pytest.mark.parametrize(
    "name", [name for name in CASES if name not in ("SequentialLR", "ChainedScheduler")]
)
def test_a_schedule_begun_late_against_torch(name):
    torch = pytest.importorskip("torch")

    def begun(library, last):
        optimizer = library.optim.SGD([library.ones(1, requires_grad=True)], lr=0.3, momentum=0.9)
        optimizer.param_groups[0].update(
            initial_lr=BASE, max_lr=1.0, min_lr=0.01, base_momentum=0.8, max_momentum=0.9
        )
        late = type(
            "Late",
            (),
            {
                "__getattr__": lambda self, cls: (
                    lambda *args: getattr(schedulers, cls)(*args, last_epoch=last)
                )
            },
        )()
        schedulers = library.optim.lr_scheduler
        return CASES[name][0](late, optimizer).get_last_lr()

    for last in range(8):
        assert begun(tg, last) == pytest.approx(begun(torch, last), rel=1e-12)


def test_plateau_against_torch():
    torch = pytest.importorskip("torch")
    draw = random.Random(0)
    for _ in range(60):
        options = dict(
            mode=draw.choice(["min", "max"]), threshold_mode=draw.choice(["rel", "abs"]), factor=draw.uniform(0.1, 0.9),
            patience=draw.randrange(4), cooldown=draw.randrange(4), threshold=draw.choice([1e-4, 0.1, 0.5]),
            min_lr=draw.choice([0, 0.01, [0.1]]), eps=draw.choice([1e-8, 0.05]),
        )  # fmt: skip
        metrics, logs = [draw.gauss(0, 1) + 3 - n / 7 for n in range(40)], []
        for library in (tg, torch):
            optimizer = library.optim.SGD([library.ones(1, requires_grad=True)], lr=BASE)
            scheduler, log = library.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **options), []
            for metric in metrics:
                scheduler.step(metric)
                log.append(
                    (
                        *scheduler.get_last_lr(),
                        scheduler.best,
                        scheduler.num_bad_epochs,
                        scheduler.in_cooldown,
                    )
                )
            logs.append((log, sorted(scheduler.state_dict())))
        assert logs[0] == logs[1]


def test_the_recipes_decay():
    seen = rates(lambda s, o: s.MultiplicativeLR(o, lambda e: 1 / (1 + 0.00001 * e)), 50)
    expected = BASE
    for epoch, rate in enumerate(seen, 1):
        assert rate == pytest.approx(expected, rel=1e-12)
        expected /= 1 + 0.00001 * epoch


def test_one_cycle_moves_the_momentum_the_other_way():
    p = tg.ones(1, requires_grad=True)
    optimizer = optim.Adam([p])
    scheduler = schedules.OneCycleLR(optimizer, 1.0, 20)
    seen = []
    for _ in range(19):
        group = optimizer.param_groups[0]
        seen.append((group["lr"], group["betas"][0]))
        optimizer.step()
        scheduler.step()
    assert min(seen)[1] == pytest.approx(0.95, abs=3e-3) and max(seen)[1] == pytest.approx(0.85)


def test_plateau_waits_lowers_and_cools_down():
    p = tg.ones(1, requires_grad=True)
    optimizer = optim.SGD([p], lr=1.0)
    scheduler = schedules.ReduceLROnPlateau(
        optimizer, factor=0.5, patience=2, cooldown=2, min_lr=0.2
    )
    seen = []
    for metric in [5, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3]:
        scheduler.step(metric)
        seen.append(optimizer.param_groups[0]["lr"])
    assert seen == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.25, 0.2]


@pytest.mark.parametrize("name", CASES)
def test_a_saved_schedule_continues(name):
    def made():
        optimizer = optim.SGD([tg.ones(1, requires_grad=True)], lr=BASE, momentum=0.9)
        return optimizer, CASES[name][0](schedules, optimizer)

    (optimizer, scheduler), (other_optimizer, other) = made(), made()
    for _ in range(4):
        optimizer.step()
        scheduler.step()
    other_optimizer.load_state_dict(optimizer.state_dict())
    other.load_state_dict(scheduler.state_dict())
    for _ in range(6):
        for o, s in ((optimizer, scheduler), (other_optimizer, other)):
            o.step()
            s.step()
        assert other.get_last_lr() == scheduler.get_last_lr()
        assert other_optimizer.param_groups[0]["momentum"] == optimizer.param_groups[0]["momentum"]


@pytest.mark.parametrize(
    "name", [name for name in CASES if name not in ("SequentialLR", "ChainedScheduler")]
)
def test_a_schedule_saved_by_torch_continues(name):
    torch = pytest.importorskip("torch")

    def made(library):
        optimizer = library.optim.SGD([library.ones(1, requires_grad=True)], lr=BASE, momentum=0.9)
        return optimizer, CASES[name][0](library.optim.lr_scheduler, optimizer)

    (theirs, their_scheduler), (ours, scheduler) = made(torch), made(tg)
    for _ in range(4):
        theirs.step()
        their_scheduler.step()
    ours.load_state_dict(theirs.state_dict())
    scheduler.load_state_dict(their_scheduler.state_dict())
    for _ in range(6):
        for o, s in ((theirs, their_scheduler), (ours, scheduler)):
            o.step()
            s.step()
        assert scheduler.get_last_lr() == pytest.approx(their_scheduler.get_last_lr(), rel=1e-12)


class Power:
    """A factor with a state of its own."""

    def __init__(self, base):
        self.base = base

    def __call__(self, epoch):
        return self.base**epoch


def test_a_saved_schedule_holds_the_attributes_of_an_object_that_is_called():
    optimizer = optim.SGD([tg.ones(1, requires_grad=True)], lr=BASE)
    saved = schedules.LambdaLR(optimizer, Power(0.5)).state_dict()
    assert saved["lr_lambdas"] == [{"base": 0.5}]
    other = schedules.LambdaLR(optimizer, Power(0.9))
    other.load_state_dict(saved)
    optimizer.step()
    other.step()
    assert other.get_last_lr() == [BASE * 0.5]


@pytest.mark.parametrize("make", [
    lambda s, o: s.OneCycleLR(o, [1.0, 2.0], 20, cycle_momentum=False),
    lambda s, o: s.LambdaLR(o, [lambda e: 0.9**e, lambda e: 2 * 0.9**e]),
])  # fmt: skip
def test_groups_have_rates_of_their_own(make):
    a, b = (tg.ones(1, requires_grad=True) for _ in range(2))
    optimizer = optim.SGD([{"params": [a]}, {"params": [b]}], lr=BASE)
    scheduler = make(schedules, optimizer)
    seen = []
    for _ in range(10):
        one, two = scheduler.get_last_lr()
        assert two == pytest.approx(2 * one)
        seen.append(one)
        optimizer.step()
        scheduler.step()
    assert len(set(seen)) > 4


def test_mistakes_are_named():
    p = tg.ones(1, requires_grad=True)
    optimizer = optim.SGD([p])
    with pytest.raises(TypeError, match="not an Optimizer"):
        schedules.StepLR(p, 3)
    with pytest.raises(ValueError, match="total_steps"):
        schedules.OneCycleLR(optimizer, 1.0)
    with pytest.raises(ValueError, match="T_0"):
        schedules.CosineAnnealingWarmRestarts(optimizer, 0)
    with pytest.raises(ValueError, match="milestones"):
        schedules.SequentialLR(optimizer, [schedules.StepLR(optimizer, 1)], [3])
    with pytest.raises(ValueError, match="Expected 1 lr_lambdas, but got 2"):
        schedules.LambdaLR(optimizer, [lambda e: 1.0] * 2)
    with pytest.raises(ValueError, match="must support momentum"):
        schedules.OneCycleLR(optim.Adagrad([p]), 0.1, 10)
    with pytest.raises(ValueError, match="ReduceLROnPlateau"):
        schedules.ChainedScheduler([schedules.ReduceLROnPlateau(optimizer)])
    with pytest.raises(ValueError, match="same optimizer"):
        schedules.SequentialLR(optim.SGD([p]), [schedules.StepLR(optimizer, 1)], [])
    with pytest.raises(ValueError, match="at least one"):
        schedules.ChainedScheduler([])
    with pytest.raises(TypeError, match="step_size"):
        schedules.StepLR(optimizer)
    with pytest.raises(RuntimeError, match="min_lrs"):
        grown = optim.SGD([p])
        plateau = schedules.ReduceLROnPlateau(grown, min_lr=[0.1], patience=0)
        grown.add_param_group({"params": [tg.ones(1, requires_grad=True)]})
        for _ in range(3):
            plateau.step(1.0)
    with pytest.raises(KeyError, match="initial_lr"):
        schedules.StepLR(optim.SGD([p]), 3, last_epoch=4)
