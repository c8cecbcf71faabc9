"""Packages that a test needs and that are not installed everywhere: who calls into one skips, and says so."""

from __future__ import annotations

import importlib
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
        "erfinv",
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
