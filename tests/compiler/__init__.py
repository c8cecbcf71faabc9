"""Tests of `torch.compile`."""

from importlib.util import find_spec

import pytest

WITH_NUMBA = pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed")
BACKENDS = ["numpy", pytest.param("numba", marks=WITH_NUMBA)]
