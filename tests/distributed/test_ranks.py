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


def test_a_program_for_torchrun_runs_with_its_import_changed(tmp_path):
    job = launch(2, "toy_ddp", CHECKPOINT=str(tmp_path / "toy.pt"))
    assert job.code == 0 and job.out.count("all right") == 2, job.said
    assert job.error.count("MPI serves in place of gloo") == 1


def test_torchruns_variables_are_compared():
    job = launch(2, "toy_ddp", WORLD_SIZE="4", RANK="0")
    assert (
        job.code != 0
        and "WORLD_SIZE is 4, but MPI says 2; start the job with `mpiexec -n 4" in job.error
    )
