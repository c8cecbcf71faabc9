"""What the examples in docstrings find under their names."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_mnist


@pytest.fixture(autouse=True, scope="session")
def names_of_examples(doctest_namespace: dict[str, Any]) -> Iterator[None]:
    """`torch`, `nn`, `F`, `optim` and `np`."""
    doctest_namespace["torch"] = tinygrad_mnist
    doctest_namespace["nn"] = tinygrad_mnist.nn
    doctest_namespace["F"] = tinygrad_mnist.nn.functional
    doctest_namespace["optim"] = tinygrad_mnist.optim
    doctest_namespace["np"] = np
    yield
