"""What is computed again in the backward pass: the same gradients, from less memory."""

import tracemalloc

import numpy as np
import pytest

import tinygrad_mnist as torch
from tinygrad_mnist import nn
from tinygrad_mnist.utils.checkpoint import CheckpointError, checkpoint, checkpoint_sequential

WAYS = pytest.mark.parametrize("reentrant", [True, False])


def gradients(function, *leaves):
    """The value and the gradients of a function of nothing."""
    for leaf in leaves:
        leaf.grad = None
    torch.manual_seed(5)
    value = function()
    value.backward()
    return value, [leaf.grad for leaf in leaves]


def agree(plain, checkpointed, *leaves):
    """Both give the same, to the bit."""
    wanted, expected = gradients(plain, *leaves)
    value, found = gradients(checkpointed, *leaves)
    assert torch.equal(value, wanted)
    for g, e in zip(found, expected, strict=True):
        assert (g is None) == (e is None)
        assert g is None or torch.equal(g, e)


@WAYS
def test_dropout_draws_the_same_numbers_and_leaves_the_generator_alone(reentrant):
    model = nn.Sequential(nn.Linear(6, 5), nn.Dropout(0.5), nn.Tanh(), nn.Linear(5, 2))
    x = torch.randn(4, 6, requires_grad=True)
    after = []

    def run(call):
        result = call().square().sum() + torch.rand(())
        after.append(torch.rand(3))
        return result

    agree(
        lambda: run(lambda: model(x)),
        lambda: run(lambda: checkpoint(model, x, use_reentrant=reentrant)),
        x,
        *model.parameters(),
    )
    assert torch.equal(*after)
    before = torch.get_rng_state()
    checkpoint(model, x, use_reentrant=reentrant).sum().backward()
    x.sum().backward()
    assert not torch.equal(before, torch.get_rng_state())


def test_without_the_generators_state_other_numbers_are_drawn():
    x = torch.ones(1000, requires_grad=True)
    y = checkpoint(lambda x: torch.dropout(x, 0.5, True), x, preserve_rng_state=False)
    y.sum().backward()
    assert not torch.equal(x.grad, y)


def test_the_function_is_called_twice():
    calls = []

    def double(x):
        calls.append(torch.is_grad_enabled())
        return 2 * x

    x = torch.ones(2, requires_grad=True)
    y = checkpoint(double, x, use_reentrant=False)
    assert len(calls) == 1
    y.sum().backward()
    assert calls == [True, True] and x.grad.tolist() == [2, 2]
    with torch.no_grad():
        checkpoint(double, x, use_reentrant=False)
    assert len(calls) == 3


@WAYS
def test_structures_captured_tensors_and_other_arguments(reentrant):
    w = torch.randn(3, 3, requires_grad=True)
    x = torch.randn(3, 3, requires_grad=True)
    whole = torch.arange(3)

    def part(a, tensors, factor, name, outside):
        b = tensors["b"][0]
        middle = torch.tanh(a @ w) * factor
        return {"sum": middle + b, "others": (middle[whole], name, outside * 2, None, whole)}

    def loss(call):
        outside = (w * x).sum()  # has a history, and leads to w too
        inner = x.exp()
        found = call(part, x, {"b": [inner]}, 3.0, "n", outside)
        a, name, b, nothing, indices = found["others"]
        assert name == "n" and nothing is None and torch.equal(indices, whole)
        return (found["sum"] * a).sum() + b

    agree(
        lambda: loss(lambda f, *args: f(*args)),
        lambda: loss(lambda f, *args: checkpoint(f, *args, use_reentrant=reentrant)),
        w,
        x,
    )


def test_a_captured_tensor_with_a_history():
    w = torch.randn(4, requires_grad=True)

    def loss(call):
        h = w.exp()  # read by its name, and it leads to w, which is read too
        return call(lambda k: h * w * k.sin() + h.view(2, 2).sum(), h.cos()).sum()

    agree(lambda: loss(lambda f, x: f(x)), lambda: loss(lambda f, x: checkpoint(f, x)), w)


def test_parts_within_parts_and_twice_the_same():
    layer = nn.Linear(3, 3)
    x = torch.randn(2, 3, requires_grad=True)

    def inner(x):
        return checkpoint(layer, x).tanh()

    def outer(x):
        return layer(checkpoint(inner, checkpoint(inner, x)))

    agree(
        lambda: layer(layer(layer(x).tanh()).tanh()).square().sum(),
        lambda: checkpoint(outer, x).square().sum(),
        x,
        *layer.parameters(),
    )


def test_autograd_grad_second_derivatives_and_retained_tapes():
    w = torch.randn(3, requires_grad=True)
    x = torch.randn(3, requires_grad=True)

    def second(call):
        h = x.exp()
        y = call(lambda a: (a * w).sin() * w, h).sum()
        (dx,) = torch.autograd.grad(y, x, create_graph=True)
        (dw,) = torch.autograd.grad(dx.square().sum(), w, retain_graph=True)
        (dxx,) = torch.autograd.grad(dx.square().sum(), x)
        return dx, dw, dxx

    wanted = second(lambda f, a: f(a))
    found = second(lambda f, a: checkpoint(f, a, use_reentrant=False))
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one.detach(), other.detach(), rtol=1e-5, atol=1e-6)
    y = checkpoint(torch.exp, x, use_reentrant=False).sum()
    y.backward(retain_graph=True)
    y.backward()
    np.testing.assert_allclose(x.grad, 2 * x.detach().exp(), rtol=1e-6)
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()


def test_a_write_in_place_to_what_is_read_again_is_refused():
    x = torch.ones(3, requires_grad=True)
    h = x * 2
    y = checkpoint(torch.sin, h, use_reentrant=False)
    h.mul_(2)
    with pytest.raises(RuntimeError, match="in-?place"):
        y.sum().backward()


def test_hooks_keywords_and_views():
    x = torch.ones(2, 3, requires_grad=True)
    seen = []

    def part(x, *, axis):
        y = x * 2
        y.register_hook(lambda g: seen.append(g.shape) or 10 * g)
        return y.sum(axis).view(-1), x.view(6)

    y, same = checkpoint(part, x, axis=0, use_reentrant=False)
    (y.sum() + same.sum()).backward()
    assert seen == [(2, 3)] and torch.equal(x.grad, torch.full((2, 3), 21.0))


def test_what_is_wrong_is_named():
    x = torch.ones(2, requires_grad=True)
    sizes = iter([2, 1])
    y = checkpoint(lambda x: x[: next(sizes)] * 2, x, use_reentrant=False)
    with pytest.raises(CheckpointError, match="different metadata"):
        y.sum().backward()
    with pytest.raises(ValueError, match="Unexpected keyword arguments: k"):
        checkpoint(torch.exp, x, use_reentrant=True, k=1)
    with pytest.warns(UserWarning, match="None of the inputs"):
        y = checkpoint(nn.Linear(2, 2), torch.ones(2), use_reentrant=True)
    assert not y.requires_grad


def test_contexts():
    entered = []

    class Context:
        def __init__(self, name):
            self.name = name

        def __enter__(self):
            entered.append(self.name)

        def __exit__(self, *error):
            pass

    x = torch.ones(2, requires_grad=True)
    contexts = lambda: (Context("first"), Context("second"))  # noqa: E731
    checkpoint(torch.exp, x, use_reentrant=False, context_fn=contexts).sum().backward()
    assert entered == ["first", "second"]


@pytest.mark.parametrize("segments", [1, 3, 8, 16])
def test_sequential_gives_the_same_from_less_memory(segments):
    layers = nn.Sequential(
        *(nn.Sequential(nn.Linear(32, 32), nn.Dropout(0.1), nn.Tanh()) for _ in range(64))
    )
    x = torch.randn(512, 32)
    parameters = list(layers.parameters())
    peaks = []

    def measured(call):
        tracemalloc.start()
        value = call().sum()
        value.backward()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        return value.detach().requires_grad_()

    for call in (
        lambda: layers(x),
        lambda: checkpoint_sequential(layers, segments, x, use_reentrant=False),
    ):
        for p in parameters:
            p.grad = None
        torch.manual_seed(3)
        measured(call)
        if len(peaks) == 1:
            expected = [p.grad for p in parameters]
    assert all(torch.equal(p.grad, g) for p, g in zip(parameters, expected, strict=True))
    if segments > 1:
        assert peaks[1] < peaks[0] * {3: 0.5, 8: 0.25, 16: 0.25}[segments]
