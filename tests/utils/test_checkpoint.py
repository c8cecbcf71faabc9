"""Calls that PyTorch computes twice, and the writer of event files."""

import sys

import pytest

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.utils.checkpoint import checkpoint, checkpoint_sequential
from tinygrad_mnist.utils.tensorboard import SummaryWriter


@pytest.mark.parametrize("reentrant", [True, False])
def test_gradients_are_those_of_the_plain_call(reentrant):
    layers = nn.Sequential(*(nn.Linear(3, 3) for _ in range(5)))
    x, y, z = (tg.ones(2, 3, requires_grad=True) for _ in range(3))
    layers(x).sum().backward()
    checkpoint(layers, y, use_reentrant=reentrant).sum().backward()
    checkpoint_sequential(layers, 2, z, use_reentrant=reentrant).sum().backward()
    assert tg.equal(x.grad, y.grad) and tg.equal(x.grad, z.grad)
    assert checkpoint(lambda a, *, k: a * k, tg.ones(1), k=3, use_reentrant=False).item() == 3


def test_a_writer_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ImportError, match="pip install"):
        SummaryWriter()
