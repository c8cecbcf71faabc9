"""TRANSITION."""

from typing import Any

from tinygrad_mnist.ops import decompositions
from tinygrad_mnist.ops.decompositions import logdet  # noqa: F401
from tinygrad_mnist.ops.linalg import *  # noqa: F403
from tinygrad_mnist.ops.linalg import __all__  # noqa: F401

TOP_LEVEL: dict[str, Any] = {name: getattr(decompositions, name) for name in decompositions.__all__}
