"""Programs written for PyTorch, run unchanged with the package in its place: what they print is the same."""

import json
import pathlib
import re
import subprocess
import sys

import pytest

FOLDER = pathlib.Path(__file__).parent / "programs"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if path.name != "run.py")
NUMBER = re.compile(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?")


@pytest.fixture(scope="module")
def printed():
    pytest.importorskip("torch")
    root = str(FOLDER.parents[1])
    calls = [
        subprocess.Popen([sys.executable, "-W", "ignore", str(FOLDER / "run.py"), library], stdout=subprocess.PIPE,
                         env={"PYTHONPATH": root, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
        for library in ("tinygrad_mnist", "torch")
    ]  # fmt: skip
    return [json.loads(call.communicate(timeout=300)[0]) for call in calls]


@pytest.mark.parametrize("name", NAMES)
def test_a_program_prints_the_same(printed, name):
    ours, theirs = (each[name] for each in printed)
    assert "Traceback" not in theirs
    assert " ".join(NUMBER.sub("#", ours).split()) == " ".join(NUMBER.sub("#", theirs).split())
    numbers = [[float(x) for x in NUMBER.findall(each)] for each in (ours, theirs)]
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-3, abs=1e-3)
