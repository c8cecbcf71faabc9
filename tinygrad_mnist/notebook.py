"""TRANSITION."""

from tinygrad_mnist.formats.notebook import module_html, png, tensor_html

__all__ = ["module_html", "png", "tensor_html"]
