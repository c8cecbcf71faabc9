"""Short forms of tests/soak.py: memory stays where it is."""

import sys

import pytest

from tests.optional import needs
from tests.soak import graphs, training

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@linux
def test_graphs_are_dropped_without_the_garbage_collector():
    before, after = graphs(30_000)
    assert after < 1.02 * before + 500


@needs("typer", "pooch")
@linux
def test_training_keeps_its_memory():
    seen = training(epochs=16, warm=6)
    assert seen[-1] < 1.02 * seen[0] + 500
