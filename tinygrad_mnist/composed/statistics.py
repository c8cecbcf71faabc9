"""TRANSITION."""

from tinygrad_mnist.ops import norms, statistics
from tinygrad_mnist.ops.norms import *
from tinygrad_mnist.ops.statistics import *

__all__ = [*statistics.__all__, *norms.__all__]
