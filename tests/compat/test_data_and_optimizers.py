"""Samplers, loaders, parameter groups and hooks where programs written for PyTorch go to the edge."""

from itertools import islice

import pytest

import tinygrad_mnist as torch
from tinygrad_mnist import nn, optim
from tinygrad_mnist.optim import lr_scheduler
from tinygrad_mnist.utils import data

# samplers and loaders ------------------------------------------------------------------------


@pytest.mark.parametrize("replacement", [True, False])
def test_a_random_sampler_draws_in_pieces(replacement):
    sampler = data.RandomSampler(range(3), replacement=replacement, num_samples=10**10)
    assert len(sampler) == 10**10
    assert set(islice(sampler, 200_000)) == {0, 1, 2}


def test_the_pieces_of_a_random_sampler_are_as_many_as_it_says():
    for replacement in (True, False):
        for count in (1, 3, 7, 70_000):
            sampler = data.RandomSampler(range(3), replacement, count)
            assert len(list(sampler)) == count


MASKS = {"list": lambda: [True, True], "tensor": lambda: torch.tensor([True, True])}


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
def test_a_bool_is_an_index_that_adds_a_dimension(mask):
    rows = data.TensorDataset(torch.arange(3))
    for loader in (
        data.DataLoader(rows, sampler=mask(), batch_size=2),
        data.DataLoader(rows, batch_sampler=[mask()]),
        data.DataLoader(data.Subset(rows, mask()), batch_size=2),
        data.DataLoader(rows, sampler=data.SubsetRandomSampler(mask()), batch_size=2),
    ):
        (batch,) = loader
        assert batch[0].tolist() == [[[0, 1, 2]], [[0, 1, 2]]]


def test_a_mask_of_both_bools_is_refused_as_a_sampler():
    rows = data.TensorDataset(torch.arange(3))
    for loader in (
        data.DataLoader(rows, sampler=[True, False], batch_size=2),
        data.DataLoader(data.Subset(rows, [True, False]), batch_size=2),
    ):
        with pytest.raises(RuntimeError, match="equal size"):
            list(loader)
    with pytest.raises(IndexError):
        list(data.DataLoader(rows, sampler=[0.0, 1.0], batch_size=2))


def test_a_loader_keeps_the_history_of_its_tensors():
    x = torch.ones(3, 2, requires_grad=True)
    rows = data.TensorDataset(x, torch.arange(3))
    total = 0
    for batch, number in data.DataLoader(rows, batch_size=2):
        assert batch.requires_grad
        total = total + (batch.sum(1) * number).sum()
    total.backward()
    assert x.grad.tolist() == [[0, 0], [1, 1], [2, 2]]
    (batch,) = next(iter(data.DataLoader(data.Subset(data.TensorDataset(x), [2, 0]), batch_size=2)))
    assert batch.requires_grad
    with torch.no_grad():
        assert not next(iter(data.DataLoader(rows, batch_size=2)))[0].requires_grad


# parameter groups ----------------------------------------------------------------------------

GO_ON = {
    "StepLR": lambda o: lr_scheduler.StepLR(o, 1),
    "MultiStepLR": lambda o: lr_scheduler.MultiStepLR(o, [1, 3]),
    "ConstantLR": lambda o: lr_scheduler.ConstantLR(o, 0.5, 2),
    "LinearLR": lambda o: lr_scheduler.LinearLR(o, 0.5, total_iters=3),
    "ExponentialLR": lambda o: lr_scheduler.ExponentialLR(o, 0.9),
    "PolynomialLR": lambda o: lr_scheduler.PolynomialLR(o, 4, 2.0),
    "CosineAnnealingLR": lambda o: lr_scheduler.CosineAnnealingLR(o, 5),
    "ChainedScheduler": lambda o: lr_scheduler.ChainedScheduler(
        [lr_scheduler.ConstantLR(o, 0.5, 2), lr_scheduler.ExponentialLR(o, 0.9)]
    ),
}
RATES = {  # PyTorch's, of a group with 0.3 beside one with 0.1
    "StepLR": [[0.01, 0.03], [0.001, 0.003], [0.0001, 0.0003]],
    "MultiStepLR": [[0.01, 0.03], [0.01, 0.03], [0.001, 0.003]],
    "ConstantLR": [[0.05, 0.3], [0.1, 0.6], [0.1, 0.6]],
    "LinearLR": [[0.0666667, 0.4], [0.0833333, 0.5], [0.1, 0.6]],
    "ExponentialLR": [[0.09, 0.27], [0.081, 0.243], [0.0729, 0.2187]],
    "PolynomialLR": [[0.05625, 0.16875], [0.025, 0.075], [0.00625, 0.01875]],
    "CosineAnnealingLR": [[0.0904508, 0.2713525], [0.0654508, 0.1963525], [0.0345492, 0.1036475]],
    "ChainedScheduler": [[0.045, 0.27], [0.081, 0.486], [0.0729, 0.4374]],
}
REFUSE = {
    "LambdaLR": lambda o: lr_scheduler.LambdaLR(o, lambda n: 0.9**n),
    "MultiplicativeLR": lambda o: lr_scheduler.MultiplicativeLR(o, lambda n: 0.9),
    "CosineAnnealingWarmRestarts": lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 2),
    "OneCycleLR": lambda o: lr_scheduler.OneCycleLR(o, 1.0, total_steps=10),
}


def leaf():
    return torch.ones(2, requires_grad=True)


@pytest.mark.parametrize("name", GO_ON)
def test_a_group_may_come_after_the_scheduler(name):
    optimizer = optim.SGD([leaf()], lr=0.1, momentum=0.9)
    scheduler = GO_ON[name](optimizer)
    optimizer.add_param_group({"params": [leaf()], "lr": 0.3})
    found = []
    for _ in range(3):
        optimizer.step()
        scheduler.step()
        found.append(scheduler.get_last_lr())
    assert found == [pytest.approx(rates, rel=1e-5) for rates in RATES[name]]


@pytest.mark.parametrize("name", REFUSE)
def test_a_scheduler_that_needs_first_rates_says_which_is_missing(name):
    optimizer = optim.SGD([leaf()], lr=0.1, momentum=0.9)
    scheduler = REFUSE[name](optimizer)
    optimizer.add_param_group({"params": [leaf()]})
    with pytest.raises(ValueError, match=f"{name}: the optimizer has 2 parameter groups"):
        scheduler.step()


def test_a_generator_in_a_group_serves_two_optimizers():
    model = nn.Linear(2, 3)
    groups = [{"params": (p for p in model.parameters())}]
    first = optim.SGD(groups, lr=0.1)
    second = optim.Adam(groups, lr=0.1)
    for optimizer in (first, second):
        assert len(optimizer.param_groups[0]["params"]) == 2


# handles -------------------------------------------------------------------------------------


def twice_on_a_module(register):
    calls = []
    module = nn.Identity()
    hook = lambda *args: calls.append(1)  # noqa: E731
    first = getattr(module, register)(hook)
    getattr(module, register)(hook)
    return first, calls, lambda: module(leaf()).sum().backward()


def twice_on_a_leaf(register):
    calls = []
    x = leaf()
    hook = lambda *args: calls.append(1)  # noqa: E731
    first = getattr(x, register)(hook)
    getattr(x, register)(hook)
    return first, calls, lambda: (x * 2).sum().backward()


def twice_on_a_result(of_record):
    calls = []
    x = leaf() * 3
    hook = lambda *args: calls.append(1)  # noqa: E731
    where = x.grad_fn if of_record else x
    first = where.register_hook(hook)
    where.register_hook(hook)
    return first, calls, lambda: (x * 2).sum().backward(retain_graph=True)


TWINS = {
    "forward pre": lambda: twice_on_a_module("register_forward_pre_hook"),
    "forward": lambda: twice_on_a_module("register_forward_hook"),
    "backward pre": lambda: twice_on_a_module("register_full_backward_pre_hook"),
    "backward": lambda: twice_on_a_module("register_full_backward_hook"),
    "leaf": lambda: twice_on_a_leaf("register_hook"),
    "accumulated": lambda: twice_on_a_leaf("register_post_accumulate_grad_hook"),
    "result": lambda: twice_on_a_result(False),
    "record": lambda: twice_on_a_result(True),
}


@pytest.mark.parametrize("make", TWINS.values(), ids=TWINS)
def test_removing_a_handle_twice_leaves_its_twin(make):
    handle, calls, run = make()
    run()
    assert len(calls) == 2
    handle.remove()
    handle.remove()
    run()
    assert len(calls) == 3


def test_a_step_can_be_taken_as_soon_as_the_gradient_is_there():
    weights = [torch.ones(2, requires_grad=True) for _ in range(3)]
    optimizers = {w: optim.SGD([w], lr=0.1) for w in weights}

    def step(w):
        optimizers[w].step()
        w.grad = None

    handles = [w.register_post_accumulate_grad_hook(step) for w in weights]
    sum((w * 2).sum() for w in weights).backward()
    assert all(w.grad is None for w in weights)
    assert all(w.tolist() == pytest.approx([0.8, 0.8]) for w in weights)
    handles[0].remove()
    sum((w * 2).sum() for w in weights).backward()
    assert weights[0].grad.tolist() == [2, 2] and weights[1].grad is None
    grads = torch.autograd.grad((weights[1] * 3).sum(), weights[1])  # nothing is accumulated
    assert grads[0].tolist() == [3, 3] and weights[1].tolist() == pytest.approx([0.6, 0.6])


def test_only_leaves_have_hooks_after_accumulation():
    with pytest.raises(RuntimeError, match="cannot be registered on non-leaf tensors"):
        (leaf() * 2).register_post_accumulate_grad_hook(print)
    with pytest.raises(RuntimeError, match="doesn't require gradient"):
        torch.ones(2).register_post_accumulate_grad_hook(print)


# cycles --------------------------------------------------------------------------------------

CYCLES = {
    "triangular": {},
    "triangular2": {"mode": "triangular2", "step_size_down": 3},
    "exp_range": {"mode": "exp_range", "gamma": 0.9},
    "cycle": {"scale_fn": lambda x: 0.5 / x},
    "iterations": {"scale_fn": lambda x: 0.9**x, "scale_mode": "iterations"},
    "no momentum": {"cycle_momentum": False},
}


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
@pytest.mark.parametrize("options", CYCLES.values(), ids=CYCLES)
def test_cycles_are_those_of_pytorch(kind, options):
    theirs = pytest.importorskip("torch")
    more = {"momentum": 0.5} if kind == "SGD" else {}

    def made(library):
        optimizer = getattr(library.optim, kind)([library.ones(1).requires_grad_()], lr=0.5, **more)
        return optimizer, library.optim.lr_scheduler.CyclicLR(optimizer, 0.01, 0.1, 2, **options)

    found = []
    for library in (torch, theirs):
        optimizer, scheduler = made(library)
        numbers = []
        for _ in range(9):
            group = optimizer.param_groups[0]
            numbers += [group["lr"], group["momentum"] if more else group["betas"][0]]
            optimizer.step()
            scheduler.step()
        again = made(library)[1]
        again.load_state_dict(scheduler.state_dict())
        again.step()
        found.append([*numbers, *again.get_last_lr()])
    assert found[0] == pytest.approx(found[1], rel=1e-12)


def test_a_cycle_that_cannot_be():
    optimizer = optim.SGD([leaf()], lr=0.1)
    with pytest.raises(ValueError, match="mode is invalid"):
        lr_scheduler.CyclicLR(optimizer, 0.0, 1.0, mode="square")
    with pytest.raises(ValueError, match="must support momentum"):
        lr_scheduler.CyclicLR(optim.Adagrad([leaf()]), 0.0, 1.0)
