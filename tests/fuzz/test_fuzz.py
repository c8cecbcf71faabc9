"""A short run of the fuzzer, and the inputs that once failed."""

import sys

import pytest

if sys.platform == "win32":
    pytest.skip("needs timers of signals", allow_module_level=True)

pytest.importorskip("tinygrad_mnist.mnist", exc_type=ImportError, reason="needs the extra mnist")

from tests.fuzz.running import FOUND, attempt, fuzz, limits
from tests.fuzz.targets import TARGETS

BY_NAME = {kind.name: kind for kind in TARGETS}


def test_damaged_input_is_refused_in_one_line(tmp_path):
    assert fuzz(1500, 1, tmp_path) == []


@pytest.mark.parametrize("path", sorted(FOUND.glob("*-*")), ids=lambda path: path.name)
def test_what_once_failed_is_refused(path, tmp_path):
    target = BY_NAME[path.name.rpartition("-")[0]](tmp_path)
    target.seeds()
    with limits():
        assert attempt(target, path.read_bytes()) is None
