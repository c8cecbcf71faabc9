"""Numbers and names that stand at the top of PyTorch."""

from __future__ import annotations

import enum
import math

from tinygrad_mnist.core.tensor import Tensor

__all__ = [
    "channels_last",
    "channels_last_3d",
    "contiguous_format",
    "e",
    "inf",
    "memory_format",
    "nan",
    "newaxis",
    "pi",
    "preserve_format",
    "strided",
]

e = math.e
inf = math.inf
nan = math.nan
newaxis = None
pi = math.pi
strided = Tensor.layout


class memory_format(enum.Enum):
    """Orders of elements in memory: hints, which change nothing here."""

    contiguous_format = 1
    preserve_format = 2
    channels_last = 3
    channels_last_3d = 4


contiguous_format = memory_format.contiguous_format
preserve_format = memory_format.preserve_format
channels_last = memory_format.channels_last
channels_last_3d = memory_format.channels_last_3d
