"""The programs in `ranks/`, each of which checks its own results, in one, two and four ranks."""

import re

import pytest

from tests.distributed.launch import launch


@pytest.mark.parametrize("ranks", [1, 2, 4])
@pytest.mark.parametrize("program", ["collectives", "training"])
def test_ranks_come_to_the_right_results(program, ranks):
    job = launch(ranks, program)
    assert job.code == 0, job.said
    said = re.findall(rf"rank (\d) of {ranks}: all right", job.out)  # lines may run together
    assert sorted(said) == [str(rank) for rank in range(ranks)]
