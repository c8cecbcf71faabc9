"""A short form of `python -m tests.lockstep`: random programs, here and on PyTorch, in step."""

import collections
import random

import pytest


@pytest.mark.filterwarnings("ignore")
def test_random_programs_have_the_gradients_of_pytorch():
    pytest.importorskip("torch")
    from tests import lockstep

    outcomes = collections.Counter()
    for seed in range(100_000, 100_300):
        lockstep.play(random.Random(seed), outcomes, seed)
    assert outcomes["same"] > 200, outcomes
