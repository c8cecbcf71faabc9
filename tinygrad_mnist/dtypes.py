"""TRANSITION."""
import sys
from tinygrad_mnist.core import dtypes
sys.modules[__name__] = dtypes
