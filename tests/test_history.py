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


def numbers():
    return tg.arange(6.0).reshape(2, 3).requires_grad_()


def test_a_view_that_is_transposed_in_place_stays_one():
    b = numbers()
    h = b * 1
    v = h[:, :2]
    v.t_()
    v.mul_(tg.tensor([[2.0, 3.0], [4.0, 5.0]]))
    assert h.tolist() == [[0, 4, 2], [9, 20, 5]]
    h.sum().backward()
    assert b.grad.tolist() == [[2, 4, 1], [3, 5, 1]]


def test_views_of_what_takes_another_shape_in_place_go_on_seeing_it():
    b = numbers()
    h = b * 1
    v = h[0]
    w = h.view(-1)
    h.unsqueeze_(0)
    v.mul_(2)
    assert h.shape == (1, 2, 3) and v.tolist() == [0, 2, 4] and w.tolist() == [0, 2, 4, 3, 4, 5]
    (h * tg.arange(6.0).reshape(1, 2, 3)).sum().backward()
    assert b.grad.tolist() == [[0, 2, 4], [3, 4, 5]]


def test_a_write_to_the_base_reaches_a_view_with_another_shape():
    b = numbers()
    h = b * 1
    v = h[0]
    v.unsqueeze_(0)
    h.mul_(3)
    assert v.tolist() == [[0, 3, 6]]
    v.sum().backward()
    assert b.grad.tolist() == [[3, 3, 3], [0, 0, 0]]


@pytest.mark.parametrize(
    "change", [lambda x: x.t_(), lambda x: x.unsqueeze_(0), lambda x: x.transpose_(0, 1)]
)
def test_a_leaf_and_a_view_of_one_keep_their_shape(change):
    for x in (numbers(), numbers().view(2, 3)):
        with pytest.raises(RuntimeError, match="leaf"):
            change(x)


def test_a_tensor_without_history_changes_its_shape_again_and_again():
    x = tg.arange(6.0).reshape(2, 3)
    assert x.t_().t_().unsqueeze_(0).transpose_(1, 2).squeeze_().tolist() == [
        [0, 3],
        [1, 4],
        [2, 5],
    ]
    y = leaf(3, 2) * 2
    x.mul_(y)
    x.t_()
    assert x.requires_grad and x.shape == (2, 3)


class Flattened(tg.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view(-1)

    @staticmethod
    def backward(ctx, g):
        return g.view(2, 3) * 10


@pytest.mark.parametrize("through", ["input", "output"])
def test_a_view_that_a_function_returned_is_not_written(through):
    b = numbers()
    h = b * 1
    y = Flattened.apply(h)
    if through == "output":
        with pytest.raises(RuntimeError, match="clone"):
            y.mul_(2)
        y.sum().backward()
        assert b.grad.tolist() == [[10] * 3] * 2
    else:
        h.mul_(2)
        with pytest.raises(RuntimeError, match="clone"):
            (y * 1).sum()


@pytest.mark.parametrize(
    "write", [lambda x: x.add_(1), lambda x: x.copy_(tg.ones(3)), lambda x: x.zero_()]
)
def test_elements_that_share_memory_are_not_written(write):
    shared = tg.zeros(1)
    with pytest.raises(RuntimeError, match="share memory.*clone"):
        write(shared.expand(3))
    assert shared.item() == 0
