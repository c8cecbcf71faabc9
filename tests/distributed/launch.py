"""Starting a program in several ranks, as a user does."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
RANKS = Path(__file__).parent / "ranks"


@dataclass
class Job:
    code: int
    out: str
    error: str
    seconds: float

    @property
    def said(self):
        return self.out + self.error


def mpiexec():
    """The launcher beside this Python, or on the path."""
    pytest.importorskip("mpi4py")
    beside = Path(sys.executable).parent / "mpiexec"
    found = str(beside) if beside.exists() else shutil.which("mpiexec")
    if found is None:
        pytest.skip("no mpiexec: the package mpich brings it")
    return found


def environment(**more):
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    own = {
        "PYTHONPATH": os.pathsep.join(paths),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    return {**os.environ, **own, **more}


def launch(ranks, program, *arguments, timeout=100, **more):
    """Run a program of `ranks/`, or a file, in so many ranks."""
    path = program if isinstance(program, Path) else RANKS / f"{program}.py"
    command = [mpiexec(), "-n", str(ranks), sys.executable, str(path), *map(str, arguments)]
    begun = time.monotonic()
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=environment(**more),
        timeout=timeout,
        check=False,
    )
    return Job(done.returncode, done.stdout, done.stderr, time.monotonic() - begun)
