"""A signal in the middle of `step`: every parameter has been stepped, or none."""

import os
import signal
import threading
import time

import pytest

import tinygrad_mnist as torch
from tinygrad_mnist import optim
from tinygrad_mnist.core.signals import run_whole


def _ones(count: int) -> list[torch.Tensor]:
    parameters = [torch.ones(50, requires_grad=True) for _ in range(count)]
    for p in parameters:
        p.grad = torch.ones(50)
    return parameters


@pytest.mark.parametrize("kind", [optim.Adam, optim.AdamW, optim.SGD, optim.RMSprop, optim.Adagrad])
def test_signals_at_random_moments_leave_whole_steps(kind):
    parameters = _ones(40)
    optimizer = kind(parameters, lr=1e-3)
    before = signal.getsignal(signal.SIGINT)
    interrupted = 0
    for turn in range(40):
        delay = 0.0002 + turn * 0.00007
        killer = threading.Thread(
            target=lambda: (time.sleep(delay), os.kill(os.getpid(), signal.SIGINT))
        )
        try:
            killer.start()
            while True:
                optimizer.step()
        except KeyboardInterrupt:
            interrupted += 1
        killer.join()
        values = {p.array.tobytes() for p in parameters}
        assert len(values) == 1
        assert signal.getsignal(signal.SIGINT) is before
    assert interrupted == 40


def test_a_signal_waits_and_comes_after_the_innermost_and_outermost():
    events = []

    def inner():
        os.kill(os.getpid(), signal.SIGINT)
        events.append("inner")

    def outer():
        run_whole(inner)
        events.append("outer")

    with pytest.raises(KeyboardInterrupt):
        run_whole(outer)
    assert events == ["inner", "outer"]


def test_an_exception_gives_the_handlers_back():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ZeroDivisionError):
        run_whole(lambda: 1 / 0)
    assert signal.getsignal(signal.SIGINT) is before


def test_other_threads_step_without_handlers():
    parameters = _ones(2)
    optimizer = optim.Adam(parameters)
    thread = threading.Thread(target=optimizer.step)
    thread.start()
    thread.join()
    assert (parameters[0].array < 1).all()
