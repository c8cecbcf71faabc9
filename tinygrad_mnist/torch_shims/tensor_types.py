"""The old classes of tensors, one for each dtype."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.device import require_cpu
from tinygrad_mnist.core.surface import method
from tinygrad_mnist.core.tensor import Size, Tensor
from tinygrad_mnist.ops.creation import DeviceLike, tensor, zeros

__all__ = [
    "BoolTensor",
    "ByteTensor",
    "CharTensor",
    "DoubleTensor",
    "FloatTensor",
    "HalfTensor",
    "IntTensor",
    "LongTensor",
    "ShortTensor",
    "set_default_tensor_type",
]


class TensorType(type):
    """The class of the old classes: isinstance asks for the dtype, a call makes a Tensor."""

    dtype: dtypes.dtype

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype

    def __call__(cls, *data: Any) -> Tensor:
        return tensor_of(cls.dtype, *data)


def tensor_of(dtype: dtypes.dtype, *data: Any) -> Tensor:
    """What the old constructors make: zeros of a shape, or a tensor of data."""
    if len(data) == 1 and not isinstance(data[0], int | np.integer | Size):
        return tensor(data[0], dtype=dtype)
    return zeros(*(data or (0,)), dtype=dtype)


class FloatTensor(metaclass=TensorType):
    """Tensors of float32: `FloatTensor([1, 2])` of data, `FloatTensor(2, 3)` of a shape.

    Example:
        >>> torch.FloatTensor([1, 2])
        tensor([1., 2.])
        >>> isinstance(torch.ones(2), torch.FloatTensor)
        True
    """

    dtype = dtypes.float32


class DoubleTensor(metaclass=TensorType):
    """Tensors of float64: `DoubleTensor([1, 2])` of data, `DoubleTensor(2, 3)` of a shape."""

    dtype = dtypes.float64


class HalfTensor(metaclass=TensorType):
    """Tensors of float16: `HalfTensor([1, 2])` of data, `HalfTensor(2, 3)` of a shape."""

    dtype = dtypes.float16


class LongTensor(metaclass=TensorType):
    """Tensors of int64: `LongTensor([1, 2])` of data, `LongTensor(2, 3)` of a shape.

    Example:
        >>> torch.LongTensor([1, 2])
        tensor([1, 2])
    """

    dtype = dtypes.int64


class IntTensor(metaclass=TensorType):
    """Tensors of int32: `IntTensor([1, 2])` of data, `IntTensor(2, 3)` of a shape."""

    dtype = dtypes.int32


class ShortTensor(metaclass=TensorType):
    """Tensors of int16: `ShortTensor([1, 2])` of data, `ShortTensor(2, 3)` of a shape."""

    dtype = dtypes.int16


class CharTensor(metaclass=TensorType):
    """Tensors of int8: `CharTensor([1, 2])` of data, `CharTensor(2, 3)` of a shape."""

    dtype = dtypes.int8


class ByteTensor(metaclass=TensorType):
    """Tensors of uint8: `ByteTensor([1, 2])` of data, `ByteTensor(2, 3)` of a shape."""

    dtype = dtypes.uint8


class BoolTensor(metaclass=TensorType):
    """Tensors of bool: `BoolTensor([True, False])` of data, `BoolTensor(2, 3)` of a shape."""

    dtype = dtypes.bool_


TENSOR_TYPES = {
    "FloatTensor": FloatTensor,
    "DoubleTensor": DoubleTensor,
    "HalfTensor": HalfTensor,
    "LongTensor": LongTensor,
    "IntTensor": IntTensor,
    "ShortTensor": ShortTensor,
    "CharTensor": CharTensor,
    "ByteTensor": ByteTensor,
    "BoolTensor": BoolTensor,
}


def set_default_tensor_type(t: Any) -> None:
    """Let Python floats become the dtype of an old class of tensors.

    Args:
        t: the class, or its name: `torch.DoubleTensor`, with or without quotes.

    Raises:
        TypeError: if there is no such class, or it is not a floating-point one.

    Example:
        >>> torch.set_default_tensor_type(torch.DoubleTensor)
        >>> torch.tensor(1.0).dtype
        torch.float64
        >>> torch.set_default_tensor_type("torch.FloatTensor")
    """
    kind = t if isinstance(t, TensorType) else TENSOR_TYPES.get(str(t).removeprefix("torch."))
    if kind is None:
        raise TypeError(f"set_default_tensor_type: invalid type object: {t}")
    dtypes.set_default_dtype(kind.dtype)


@method
def new(self: Tensor, *data: Any, device: DeviceLike | None = None) -> Tensor:
    """Make a tensor of this one's dtype, of a shape (`x.new(2, 3)`) or of data (`x.new([1])`).

    Args:
        self: whose dtype is taken.
        data: the shape, as numbers or as a `Size`, or data as for `tensor`.
        device: the CPU, or None for it.

    Returns:
        A new tensor.
    """
    require_cpu(device)
    return tensor_of(self.dtype, *data)
