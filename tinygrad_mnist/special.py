"""TRANSITION."""

from tinygrad_mnist.ops.special import *  # noqa: F403
from tinygrad_mnist.ops.special import __all__  # noqa: F401
