"""TRANSITION."""

from tinygrad_mnist.core.inplace import in_place_method as inplace
