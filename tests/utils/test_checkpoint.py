"""Recomputation in backward."""

import sys

import pytest

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.utils.checkpoint import checkpoint, checkpoint_sequential
from tinygrad_mnist.utils.tensorboard import SummaryWriter


@pytest.mark.parametrize("reentrant", [True, False])
def test_gradients_are_those_of_the_plain_call(reentrant):
    tg.manual_seed(0)
    layers, calls = nn.Sequential(nn.Linear(4, 5), nn.Dropout(0.5), nn.Tanh(), nn.Linear(5, 3)), []
    x = tg.randn(6, 4, requires_grad=True)
    results = []
    for call in (
        lambda y: layers(y),
        lambda y: checkpoint(lambda z: calls.append(1) or layers(z), y, use_reentrant=reentrant),
    ):
        tg.manual_seed(1)
        x.grad = None
        layers.zero_grad()
        out = call(2 * x)
        after = tg.rand(3)
        (out**2).sum().backward()
        results.append([out, after, tg.rand(3), x.grad, *(p.grad for p in layers.parameters())])
    assert all(tg.equal(a, b) for a, b in zip(*results, strict=True))
    assert len(calls) == 1 + reentrant


def test_several_outputs_and_arguments_that_are_no_tensors():
    x = tg.tensor([2.0, 3.0], requires_grad=True)
    a, b, word = checkpoint(lambda y, k, w: (y * k, y**2, w), x, 3.0, "word", use_reentrant=True)
    (a * b).sum().backward()
    assert word == "word" and x.grad.tolist() == pytest.approx([9 * 4, 9 * 9])


@pytest.mark.parametrize("segments", [1, 2, 3])
def test_a_sequence_in_segments(segments):
    layers = nn.Sequential(*(nn.Linear(3, 3) for _ in range(5)))
    x, y = (tg.ones(2, 3, requires_grad=True) for _ in range(2))
    layers(x).sum().backward()
    checkpoint_sequential(layers, segments, y, use_reentrant=True).sum().backward()
    assert tg.allclose(x.grad, y.grad)


def test_what_is_said():
    x = tg.ones(1, requires_grad=True)
    with pytest.warns(UserWarning, match="use_reentrant"):
        checkpoint(tg.exp, x)
    with pytest.raises(ValueError, match="Unexpected keyword arguments: scale"):
        checkpoint(tg.exp, x, use_reentrant=True, scale=3)


def test_a_writer_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ImportError, match="pip install"):
        SummaryWriter()
