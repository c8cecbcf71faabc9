"""Packages that a test needs and that are not installed everywhere: who calls into one skips, and says so."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tinygrad_mnist.extras import PACKAGES


class Missing:
    """What stands for a module that is not installed, and for all that it would hold."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Missing:
        if name.startswith("__"):
            raise AttributeError(name)
        return Missing(f"{self._name}.{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        root = self._name.partition(".")[0]
        extra = PACKAGES[root][1]
        pytest.skip(f"{self._name}: needs the package of the extra '{extra}'")


def optional(module: str) -> Any:
    """The module, or a stand-in that skips the test that calls into it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        return Missing(module)


special = optional("scipy.special")
HAS_SCIPY = not isinstance(special, Missing)

NEEDS_SCIPY = frozenset(
    [
        "airy_ai",
        "bessel_j0",
        "bessel_j1",
        "bessel_y0",
        "bessel_y1",
        "chebyshev_polynomial_t",
        "chebyshev_polynomial_u",
        "chebyshev_polynomial_v",
        "chebyshev_polynomial_w",
        "digamma",
        "gammainc",
        "gammaincc",
        "gammaln",
        "hermite_polynomial_h",
        "hermite_polynomial_he",
        "i0",
        "i0e",
        "i1",
        "i1e",
        "igamma",
        "igammac",
        "laguerre_polynomial_l",
        "legendre_polynomial_p",
        "lgamma",
        "modified_bessel_i0",
        "modified_bessel_i1",
        "modified_bessel_k0",
        "modified_bessel_k1",
        "multigammaln",
        "mvlgamma",
        "ndtri",
        "polygamma",
        "psi",
        "scaled_modified_bessel_k0",
        "scaled_modified_bessel_k1",
        "shifted_chebyshev_polynomial_t",
        "shifted_chebyshev_polynomial_u",
        "shifted_chebyshev_polynomial_v",
        "shifted_chebyshev_polynomial_w",
        "zeta",
    ]
)
"""The public functions that SciPy computes; test_extras.py holds that these are all."""


def needs(*modules: str) -> Any:
    """A mark: the test skips where one of these is not installed, and names the extra."""
    missing = [each for each in modules if importlib.util.find_spec(each) is None]
    extras = sorted({PACKAGES[each][1] for each in missing})
    return pytest.mark.skipif(bool(missing), reason=f"needs the extra {' and '.join(extras)}")


def marked(programs: Iterable[Path]) -> list[Any]:
    """Files of programs; those that take digits from the application skip where it is not there."""
    found = []
    for path in programs:
        digits = "tinygrad_mnist.mnist" in path.read_text(encoding="utf-8")
        found.append(pytest.param(path, marks=needs("typer", "pooch") if digits else ()))
    return found


def peak() -> int:
    """The most memory that this process has held, in KiB; the test skips on Windows."""
    resource = pytest.importorskip("resource")
    found: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found // 1024 if sys.platform == "darwin" else found
