"""PyTorch's answers, recorded: where it is not installed the tests compare with what it gave.

    python -m tests.recorded        runs the tests that use them, with PyTorch, and records anew

`answer` gives what PyTorch computes, or what it computed when the answers were recorded. Where it
is installed the two are compared, so that a stale record fails.
"""

from __future__ import annotations

import atexit
import hashlib
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

try:
    import torch as reference
except ImportError:
    reference = None

Arrays = list[np.ndarray]
PATH = Path(__file__).with_name("answers.npz")
RECORDING = bool(os.environ.get("RECORD_PYTORCH"))
PACKAGES = [] if reference is None else [reference]
_asked: Counter[str] = Counter()
_made: dict[str, np.ndarray] = {}
_known: dict[str, np.ndarray] = {}


def answer(compute: Callable[[Any], Any]) -> Arrays:
    """What `compute(torch)` gives, as arrays: an array, a text, or several of both."""
    test = os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0]
    _asked[test] += 1
    name = hashlib.sha256(f"{test} {_asked[test]}".encode()).hexdigest()[:20]
    if reference is None:
        return _recorded(name)
    found = compute(reference)
    several = list(found) if isinstance(found, tuple | list) else [found]
    arrays = [np.asarray(each) for each in several]
    if RECORDING:
        _made.update({f"{name}-{place}": each for place, each in enumerate(arrays)})
        return arrays
    for ours, before in zip(arrays, _recorded(name), strict=True):
        assert ours.dtype.kind == before.dtype.kind, "stale: python -m tests.recorded"
        if ours.dtype.kind == "f":
            np.testing.assert_allclose(ours, before, rtol=1e-3, atol=1e-5)
        else:
            np.testing.assert_array_equal(ours, before)
    return arrays


def _recorded(name: str) -> Arrays:
    if not _known:
        with np.load(PATH) as file:
            _known.update(file)
    found = []
    while f"{name}-{len(found)}" in _known:
        found.append(_known[f"{name}-{len(found)}"])
    assert found, "not recorded: python -m tests.recorded"
    return found


def _write() -> None:
    np.savez_compressed(PATH, **_made)  # type: ignore[arg-type]


if RECORDING:
    atexit.register(_write)
