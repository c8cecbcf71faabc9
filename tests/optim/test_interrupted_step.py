"""Exceptions and signals in the middle of `step`, `backward` and hooks leave nothing half done."""

import gc
import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

import tinygrad_mnist as torch
from tinygrad_mnist import nn, optim
from tinygrad_mnist.core.signals import run_whole
from tinygrad_mnist.nn import functional as F

if sys.platform == "win32":
    pytest.skip("os.kill ends a process of Windows", allow_module_level=True)

STEPS_UNDER_FIRE = """
import os, random, signal, threading, time
import tinygrad_mnist as torch
from tinygrad_mnist import optim

signal.signal(signal.SIGINT, signal.default_int_handler)  # which a job in the background ignores
for kind in (optim.Adam, optim.AdamW, optim.SGD, optim.RMSprop, optim.Adagrad):
    parameters = [torch.ones(50, requires_grad=True) for _ in range(40)]
    for p in parameters:
        p.grad = torch.ones(50)
    optimizer = kind(parameters, lr=1e-3)
    for turn in range(20):
        delay = random.random() * 3e-3
        fire = threading.Thread(target=lambda: (time.sleep(delay), os.kill(os.getpid(), signal.SIGINT)))
        try:
            fire.start()
            while True:
                optimizer.step()
        except KeyboardInterrupt:
            pass
        fire.join()
        assert len({p.array.tobytes() for p in parameters}) == 1, (kind, turn)
        optimizer.state_dict()
print("whole")
"""


def test_signals_at_random_moments_leave_whole_steps():
    run = subprocess.run(
        [sys.executable, "-c", STEPS_UNDER_FIRE], capture_output=True, text=True, timeout=120
    )
    assert run.stdout == "whole\n", run.stderr


def ones(count):
    parameters = [torch.ones(50, requires_grad=True) for _ in range(count)]
    for p in parameters:
        p.grad = torch.ones(50)
    return parameters


@pytest.fixture
def python_handler():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_signal_waits_for_the_outermost(python_handler):
    events = []

    def inner():
        os.kill(os.getpid(), signal.SIGINT)
        events.append("inner")

    def outer():
        run_whole(inner)
        events.append("outer")

    run_whole(len, ())  # the handler is looked at again after a while only
    signal.signal(signal.SIGINT, signal.default_int_handler)
    torch_signals = sys.modules[run_whole.__module__]
    torch_signals.hold.looked = float("-inf")
    with pytest.raises(KeyboardInterrupt):
        run_whole(outer)
    assert events == ["inner", "outer"]
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(ZeroDivisionError):
        run_whole(lambda: 1 / 0)
    assert not torch_signals.hold.depth


def test_the_programs_own_handler_is_called(python_handler):
    came = []
    signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    sys.modules[run_whole.__module__].hold.looked = float("-inf")
    run_whole(os.kill, os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGINT)
    assert came == [signal.SIGINT] * 2


def test_other_threads_step_without_handlers():
    parameters = ones(2)
    optimizer = optim.Adam(parameters)
    thread = threading.Thread(target=optimizer.step)
    thread.start()
    thread.join()
    assert (parameters[0].array < 1).all()


def test_a_step_left_half_way_is_refused_until_the_state_is_loaded():
    class Breaking(optim.SGD):
        def update(self, p, g, step, state, group):
            if p is parameters[1].array and broken:
                raise MemoryError
            super().update(p, g, step, state, group)

    broken = []
    parameters = ones(3)
    optimizer = Breaking(parameters, lr=0.1)
    optimizer.step()
    saved = optimizer.state_dict()
    broken.append(True)
    with pytest.raises(MemoryError):
        optimizer.step()
    broken.clear()
    for refused in (optimizer.step, optimizer.state_dict):
        with pytest.raises(RuntimeError, match="an exception ended the last step in the middle"):
            refused()
    optimizer.load_state_dict(saved)
    optimizer.step()


# the recording mode ---------------------------------------------------------------------------


def interrupt(*_):
    raise KeyboardInterrupt


class Bad(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        raise KeyboardInterrupt


def in_a_rule(x):
    Bad.apply(x).sum().backward()


def in_a_hook(x):
    y = x * 2
    y.register_hook(interrupt)
    y.sum().backward()


def in_a_module_hook(x):
    layer = nn.Linear(3, 1)
    layer.register_full_backward_hook(interrupt)
    layer(x).sum().backward()


def in_create_graph(x):
    y = x * 2
    y.register_hook(interrupt)
    torch.autograd.grad(y.sum(), x, create_graph=True)


def in_a_step(x):
    class Interrupted(optim.SGD):
        def update(self, *_):
            raise KeyboardInterrupt

    x.grad = torch.ones(3)
    Interrupted([x], lr=0.1).step()


def in_a_closure(x):
    optim.SGD([x], lr=0.1).step(interrupt)


@pytest.mark.parametrize(
    "where", [in_a_rule, in_a_hook, in_a_module_hook, in_create_graph, in_a_step, in_a_closure]
)
@pytest.mark.parametrize("mode", [torch.enable_grad, torch.no_grad])
def test_the_mode_is_as_before(where, mode):
    x = torch.ones(3, requires_grad=True)
    with mode():
        before = torch.is_grad_enabled()
        with pytest.raises(KeyboardInterrupt), torch.enable_grad():
            where(x)
        assert torch.is_grad_enabled() is before
    assert torch.is_grad_enabled()
    x.grad = None
    (x * 3).sum().backward()
    assert x.grad.tolist() == [3.0] * 3


# threads and load -----------------------------------------------------------------------------


def train(seed, found):
    rng = np.random.default_rng(seed)
    x = torch.tensor(rng.standard_normal((64, 5)).astype(np.float32))
    y = torch.tensor(rng.integers(0, 3, 64))
    layer = nn.Linear(5, 3)
    with torch.no_grad():
        for p in layer.parameters():
            p.copy_(torch.tensor(rng.standard_normal(p.shape).astype(np.float32)))
    optimizer = optim.Adam(layer.parameters(), lr=0.01)
    for turn in range(60):
        optimizer.zero_grad()
        F.cross_entropy(layer(x), y).backward()
        optimizer.step()
        if turn % 7 == seed:
            with torch.no_grad():
                layer(x)
    found[seed] = [p.array.tobytes() for p in layer.parameters()]


def test_two_trainings_on_two_threads_give_what_each_gives_alone():
    alone = {}
    for seed in (1, 2):
        train(seed, alone)
    together = {}
    threads = [threading.Thread(target=train, args=(seed, together)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


def test_small_graphs_leave_nothing_without_the_collector():
    import tracemalloc

    x = torch.ones(2, requires_grad=True)

    def graphs(count):
        for _ in range(count):
            y = (x * 2 + 1).relu()
            (y * y).sum().backward()
            x.grad = None

    gc.collect()
    gc.disable()
    try:
        graphs(200)
        tracemalloc.start()
        graphs(200)
        before = tracemalloc.get_traced_memory()[0]
        graphs(2000)
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
        gc.enable()
    assert grown < 10 * 2000  # a graph that stays takes hundreds of bytes
