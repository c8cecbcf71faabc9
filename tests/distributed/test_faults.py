"""A rank that fails ends the job: within ten seconds, with its number, and nobody is left."""

import os
import re
import time
from pathlib import Path

import pytest

from tests.distributed.launch import launch

FAULTS = {
    "is killed": r"killed: [^\n]*rank 2 \(process (?P<pid>\d+)\)[^\n]*; the job of 4 ranks ends",
    "raises": r"rank 2 of 4 ended the job:[^$]*ZeroDivisionError: the data of this rank is broken",
    "raises in a thread": r"rank 2 of 4: a thread failed, the job ends",
    "exits": r"RuntimeError: \w+: rank 2 has ended, and will not come",
    "hangs": r"RuntimeError: \w+: rank 2 did not come within 2 s",
    "has another module": r"DisagreementError: [^\n]*the modules: rank 2 differ",
    "has other weights": r"DisagreementError: the weights after step 3: rank 2 differ",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_one_rank_ends_the_job(fault):
    job = launch(4, "faulty", fault, 2, timeout=60)
    processes = dict(re.findall(r"rank (\d) is process (\d+)", job.out))
    found = re.search(FAULTS[fault], job.said)
    assert found, job.said
    if "pid" in found.groupdict():
        assert found["pid"] == processes["2"]
    assert job.code != 0 and "nothing happened" not in job.out
    assert job.said.count("ended the job") <= 1  # one speaks
    assert job.seconds < 10
    assert len(processes) == 4
    deadline = time.monotonic() + 5
    while any(map(is_alive, processes.values())):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_alive(pid):
    """Whether a process runs still: one that has ended may wait for its parent to ask."""
    try:
        os.kill(int(pid), 0)
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"
