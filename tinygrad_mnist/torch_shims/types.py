"""`torch.types`: names of kinds of arguments, for annotations and `isinstance`."""

from __future__ import annotations

from tinygrad_mnist.core.device import device as _device
from tinygrad_mnist.core.dtypes import dtype as _dtype
from tinygrad_mnist.core.tensor import Size, Tensor

__all__ = ["Device", "Number", "Tensor", "_device", "_dtype", "_size"]

Number = int | float | bool
Device = _device | str | int | None
_size = Size | list[int] | tuple[int, ...]
