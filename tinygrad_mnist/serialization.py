"""PyTorch's path to what `tinygrad_mnist.formats.serialization` holds."""

from tinygrad_mnist.formats.serialization import STORAGES, SerializationError, load, save

__all__ = ["STORAGES", "SerializationError", "load", "save"]
