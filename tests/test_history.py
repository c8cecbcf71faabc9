"""Whose history a tensor has: after copies, writes, hooks and views, each value as PyTorch has it."""

import numpy as np
import pytest

import tinygrad_mnist as tg
from tinygrad_mnist.core.backward import grad


def leaf(*shape):
    return tg.ones(*shape, requires_grad=True)


def test_a_copy_has_a_record_of_its_own():
    x = leaf(2) * 1
    y = leaf(2) * 2
    x.copy_(y)
    assert grad((x * 3 + y * 5).sum(), x)[0].tolist() == [3, 3]
    seen = []
    x.register_hook(lambda g: seen.append(g.tolist()))
    (x * 3 + y * 5).sum().backward()
    assert seen == [[3, 3]]


@pytest.mark.parametrize(
    "write",
    [
        lambda h: h.copy_(tg.zeros(2)),
        lambda h: h.normal_(),
        lambda h: h.zero_(),
        lambda h: h.fill_(2.0),
    ],
)
def test_what_was_written_over_gets_zeros(write):
    x = leaf(2)
    h = x * 2
    write(h)
    assert h.requires_grad and h.grad_fn is not None
    h.sum().backward()
    assert x.grad.tolist() == [0, 0]


def test_a_retained_gradient_is_that_of_the_tensor_as_it_ends_up():
    x = leaf(2)
    seen = []
    y = x * 2
    y.register_hook(lambda g: seen.append(("before", g[0].item())))
    y.retain_grad()
    y.retain_grad()
    y.mul_(3)
    y.register_hook(lambda g: seen.append(("after", g[0].item())))
    (y * 5).sum().backward()
    assert y.grad.tolist() == [5, 5] and x.grad.tolist() == [30, 30]
    assert seen == [("after", 5.0), ("before", 15.0)]


def test_a_retained_gradient_has_what_later_hooks_made_of_it():
    x = leaf(2)
    y = x * 2
    y.retain_grad()
    y.register_hook(lambda g: g * 10)
    (y * 5).sum().backward()
    assert y.grad.tolist() == [50, 50] and x.grad.tolist() == [100, 100]


@pytest.mark.parametrize("mode", [tg.no_grad, tg.inference_mode])
def test_a_generator_function_runs_in_its_mode_and_its_caller_does_not(mode):
    @mode()
    def numbers(log):
        try:
            got = yield tg.is_grad_enabled()
            yield (got, tg.is_grad_enabled())
        except KeyError:
            log.append(tg.is_grad_enabled())
            yield "thrown"
        finally:
            log.append(tg.is_grad_enabled())

    log = []
    generator = numbers(log)
    assert next(generator) is False and tg.is_grad_enabled()
    assert generator.send("sent") == ("sent", False) and tg.is_grad_enabled()
    generator.close()
    assert log == [False] and tg.is_grad_enabled()
    generator = numbers(log)
    next(generator)
    assert generator.throw(KeyError()) == "thrown" and tg.is_grad_enabled()
    values = list(numbers([]))
    assert values[0] is False


def test_a_view_sees_at_once_that_its_base_gained_a_history():
    base = tg.zeros(4)
    view = base[:2]
    base.add_(leaf(4))
    assert view.requires_grad and not view.is_leaf and "grad_fn" in repr(view)
    with pytest.raises(RuntimeError, match="requires grad"):
        view.numpy()
    with pytest.raises(ValueError, match="non-leaf"):
        tg.optim.SGD([view], lr=0.1)
    seen = []
    view.register_hook(lambda g: seen.append(g.tolist()))
    (view * 3).sum().backward()
    assert seen == [[3, 3]]


def test_what_is_expanded_to_its_own_size_can_be_written():
    x = tg.ones(3)
    x.expand(3)[0] = 5
    x.expand(1, 3)[0, 1] = 6
    assert x.tolist() == [5, 6, 1]
    y = tg.ones(1)
    tg.broadcast_tensors(y, tg.ones(1))[0][0] = 3
    assert y.item() == 3


@pytest.mark.parametrize(
    ("gradient", "error", "words"),
    [
        (tg.ones(1), RuntimeError, "size"),
        (tg.ones(2, dtype=tg.float64), RuntimeError, "dtype"),
        (tg.ones(2, dtype=tg.long), RuntimeError, "dtype"),
        (np.ones(2), TypeError, "ndarray"),
        (1.0, TypeError, "float"),
    ],
)
def test_a_gradient_must_fit_its_tensor(gradient, error, words):
    p = leaf(2)
    with pytest.raises(error, match=words):
        p.grad = gradient
    assert p.grad is None
    p.grad = tg.ones(2)
    del p.grad
    assert p.grad is None


@pytest.mark.parametrize("make", [lambda p: p, lambda p: p * 1], ids=["leaf", "result"])
@pytest.mark.parametrize(
    ("hook", "error", "words"),
    [
        (lambda g: g.sum(), RuntimeError, "changed the size"),
        (lambda g: g.double(), RuntimeError, "changed the type"),
        (lambda g: 1.0, TypeError, "float"),
    ],
)
def test_a_hook_may_change_neither_shape_nor_dtype(make, hook, error, words):
    x = make(leaf(2))
    x.register_hook(hook)
    with pytest.raises(error, match=words):
        (x * 2).sum().backward()
