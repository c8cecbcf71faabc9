"""Tensors in another dtype, shape or memory, and without their history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

import numpy as np

from tinygrad_mnist.core import device as devices
from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.arithmetic import copy_tensor
from tinygrad_mnist.core.device import require_cpu
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import assign
from tinygrad_mnist.core.record import record, set_history
from tinygrad_mnist.core.surface import method, tensor_property
from tinygrad_mnist.core.tensor import Array, Tensor, note_read, shared_version
from tinygrad_mnist.ops.arguments import cast
from tinygrad_mnist.ops.arguments import size as shape_of
from tinygrad_mnist.ops.creation import DeviceLike, DtypeLike, zeros_like

__all__ = [
    "conj",
    "detach",
    "detach_",
    "real",
    "resize_as_",
    "resolve_conj",
    "resolve_neg",
    "zero_",
]


# another dtype -------------------------------------------------------------------------------


@overload
def to(
    self: Tensor,
    dtype: DtypeLike,
    non_blocking: bool = False,
    copy: bool = False,
    *,
    memory_format: Any = None,
) -> Tensor: ...
@overload
def to(
    self: Tensor,
    device: DeviceLike | None = None,
    dtype: DtypeLike | None = None,
    non_blocking: bool = False,
    copy: bool = False,
    *,
    memory_format: Any = None,
) -> Tensor: ...
@overload
def to(
    self: Tensor,
    other: Tensor,
    non_blocking: bool = False,
    copy: bool = False,
    *,
    memory_format: Any = None,
) -> Tensor: ...
@method
def to(
    self: Tensor,
    *args: Any,
    dtype: DtypeLike | None = None,
    device: DeviceLike | None = None,
    other: Tensor | None = None,
    non_blocking: bool = False,
    copy: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Give this tensor another dtype: `to(dtype)`, `to(other)`, `to(device)`, `to(device, dtype)`.

    Args:
        self: the tensor.
        args: a dtype, a device or another tensor, and then `non_blocking` and `copy`.
        dtype: of the result. Default: this tensor's.
        device: the CPU, or None for it.
        other: whose dtype the result has.
        non_blocking: accepted without effect.
        copy: whether the result is a copy even where nothing changes.
        memory_format: accepted without effect.

    Returns:
        A tensor of this one's shape; itself where nothing changes.

    Raises:
        AssertionError: if the device is not the CPU.

    Example:
        >>> torch.ones(2).to(torch.int64)
        tensor([1, 1])
    """
    wanted: Any = dtype
    if other is not None:
        wanted = other.dtype
    require_cpu(device)
    flags = []
    for each in args:
        if isinstance(each, bool):
            flags.append(each)
        elif isinstance(each, str | devices.device | int):
            require_cpu(each)
        elif isinstance(each, Tensor):
            wanted = each.dtype
        elif each is not None:
            wanted = each
    result = self if wanted is None else cast(self, wanted)
    copy = copy or (len(flags) == 2 and flags[1])
    if copy and result is self:
        return copy_tensor(self)
    return result


TYPE_NAMES = {
    "float32": "torch.FloatTensor",
    "float64": "torch.DoubleTensor",
    "float16": "torch.HalfTensor",
    "int64": "torch.LongTensor",
    "int32": "torch.IntTensor",
    "int16": "torch.ShortTensor",
    "int8": "torch.CharTensor",
    "uint8": "torch.ByteTensor",
    "bool": "torch.BoolTensor",
}
"""The old name of the tensors of each dtype."""


@overload
def type_of(self: Tensor, dtype: None = None, non_blocking: bool = False) -> str: ...
@overload
def type_of(self: Tensor, dtype: str | DtypeLike, non_blocking: bool = False) -> Tensor: ...
@method(name="type")
def type_of(
    self: Tensor, dtype: str | DtypeLike | None = None, non_blocking: bool = False
) -> Tensor | str:
    """Name the tensor's type, or give the tensor another.

    Args:
        self: the tensor.
        dtype: a dtype, or an old name of its tensors: `torch.FloatTensor`, with or without quotes.
        non_blocking: accepted without effect.

    Returns:
        The old name of the type, if no dtype is given; else a tensor of that dtype and this one's
        shape.

    Raises:
        ValueError: if the name is unknown.

    Example:
        >>> torch.ones(2).type()
        'torch.FloatTensor'
        >>> torch.ones(2).type(torch.int64)
        tensor([1, 1])
    """
    if dtype is None:
        return TYPE_NAMES[self.array.dtype.name]
    if isinstance(dtype, str):
        names = [name for name, old in TYPE_NAMES.items() if old == dtype]
        check(names, "type: invalid type: {!r}", dtype, error=ValueError)
        return cast(self, names[0])
    return cast(self, getattr(dtype, "dtype", dtype))


@method
def type_as(self: Tensor, other: Tensor) -> Tensor:
    """Give this tensor the dtype of another.

    Args:
        self: the tensor.
        other: whose dtype is taken.

    Returns:
        A tensor of this one's shape; itself where it has the dtype.

    Example:
        >>> torch.ones(2).type_as(torch.tensor([1]))
        tensor([1, 1])
    """
    return cast(self, other.array.dtype)


@method(name="float")
def to_float(self: Tensor, memory_format: Any = None) -> Tensor:
    """Give this tensor elements of float32.

    Args:
        self: the tensor.
        memory_format: accepted without effect.

    Returns:
        A tensor of this one's shape; itself where it has the dtype.

    Example:
        >>> torch.tensor([1, 2]).float()
        tensor([1., 2.])
    """
    return cast(self, dtypes.float32)


@method(name="double")
def to_double(self: Tensor, memory_format: Any = None) -> Tensor:
    """Give this tensor elements of float64.

    Args:
        self: the tensor.
        memory_format: accepted without effect.

    Returns:
        A tensor of this one's shape; itself where it has the dtype.

    Example:
        >>> torch.ones(2).double()
        tensor([1., 1.], dtype=torch.float64)
    """
    return cast(self, dtypes.float64)


@method(name="half")
def to_half(self: Tensor, memory_format: Any = None) -> Tensor:
    """Give this tensor elements of float16.

    Args:
        self: the tensor.
        memory_format: accepted without effect.

    Returns:
        A tensor of this one's shape; itself where it has the dtype.
    """
    return cast(self, dtypes.float16)


@method(name="bfloat16")
def to_bfloat16(self: Tensor, memory_format: Any = None) -> Tensor:
    """Give this tensor elements of bfloat16.

    Args:
        self: the tensor.
        memory_format: accepted without effect.

    Returns:
        A tensor of this one's shape; itself where it has the dtype.

    Raises:
        TypeError: always: NumPy has no such elements.
    """
    return cast(self, dtypes.bfloat16)


@method(name="long")
def to_long(self: Tensor, memory_format: Any = None) -> Tensor:
    """Give this tensor elements of int64.

    Args:
        self: the tensor.
        memory_format: accepted without effect.

    Returns:
        A tensor of this one's shape; itself where it has the dtype.

    Example:
        >>> torch.tensor([1.0, -2.5]).long()
        tensor([ 1, -2])
    """
    return cast(self, dtypes.int64)


@method(name="int")
def to_int(self: Tensor, memory_format: Any = None) -> Tensor:
    """Give this tensor elements of int32.

    Args:
        self: the tensor.
        memory_format: accepted without effect.

    Returns:
        A tensor of this one's shape; itself where it has the dtype.

    Example:
        >>> torch.ones(2).int()
        tensor([1, 1], dtype=torch.int32)
    """
    return cast(self, dtypes.int32)


@method(name="short")
def to_short(self: Tensor, memory_format: Any = None) -> Tensor:
    """Give this tensor elements of int16.

    Args:
        self: the tensor.
        memory_format: accepted without effect.

    Returns:
        A tensor of this one's shape; itself where it has the dtype.
    """
    return cast(self, dtypes.int16)


@method(name="char")
def to_char(self: Tensor, memory_format: Any = None) -> Tensor:
    """Give this tensor elements of int8.

    Args:
        self: the tensor.
        memory_format: accepted without effect.

    Returns:
        A tensor of this one's shape; itself where it has the dtype.
    """
    return cast(self, dtypes.int8)


@method(name="byte")
def to_byte(self: Tensor, memory_format: Any = None) -> Tensor:
    """Give this tensor elements of uint8.

    Args:
        self: the tensor.
        memory_format: accepted without effect.

    Returns:
        A tensor of this one's shape; itself where it has the dtype.
    """
    return cast(self, dtypes.uint8)


@method(name="bool")
def to_bool(self: Tensor, memory_format: Any = None) -> Tensor:
    """Give this tensor elements of bool.

    Args:
        self: the tensor.
        memory_format: accepted without effect.

    Returns:
        A tensor of this one's shape; itself where it has the dtype.

    Example:
        >>> torch.tensor([0.0, 2.0]).bool()
        tensor([False,  True])
    """
    return cast(self, dtypes.bool_)


# another place -------------------------------------------------------------------------------


@method
def cpu(self: Tensor, memory_format: Any = None) -> Tensor:
    """Give this tensor, which is on the CPU.

    Args:
        self: the tensor.
        memory_format: accepted without effect.

    Returns:
        This tensor.
    """
    return self


@method
def cuda(
    self: Tensor,
    device: DeviceLike | None = None,
    non_blocking: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Refuse: there is no CUDA here.

    Args:
        self: the tensor.
        device: which GPU.
        non_blocking: accepted.
        memory_format: accepted.

    Returns:
        Nothing.

    Raises:
        AssertionError: always.
    """
    require_cpu("cuda")
    return self


@method
def pin_memory(self: Tensor, device: Any = None) -> Tensor:
    """Give this tensor: there is no GPU to lock its memory for.

    Args:
        self: the tensor.
        device: accepted without effect.

    Returns:
        This tensor.
    """
    return self


@method
def share_memory_(self: Tensor) -> Tensor:
    """Give this tensor: its memory is not shared between processes.

    Args:
        self: the tensor.

    Returns:
        This tensor.
    """
    return self


@method
def coalesce(self: Tensor) -> Tensor:
    """Give this tensor: there are no sparse ones to sum up.

    Args:
        self: the tensor.

    Returns:
        This tensor.
    """
    return self


@method
def conj(input: Tensor) -> Tensor:
    """Conjugate: of real numbers, they themselves.

    Args:
        input: any tensor.

    Returns:
        The input.
    """
    return input


@method
def resolve_conj(input: Tensor) -> Tensor:
    """Compute a conjugate that is yet to be computed: there is none.

    Args:
        input: any tensor.

    Returns:
        The input.
    """
    return input


@method
def resolve_neg(input: Tensor) -> Tensor:
    """Compute a negative that is yet to be computed: there is none.

    Args:
        input: any tensor.

    Returns:
        The input.
    """
    return input


@tensor_property("real")
def real(input: Tensor) -> Tensor:
    """The real part: of real numbers, they themselves.

    Args:
        input: any tensor.

    Returns:
        The input.
    """
    return input


# history -------------------------------------------------------------------------------------


def detach(input: Tensor) -> Tensor:
    """The same memory without history: operations on it are not recorded.

    Args:
        input: any tensor.

    Returns:
        A tensor of the input's shape, which shares its memory.

    Example:
        >>> x = torch.ones(2, requires_grad=True)
        >>> torch.detach(x * 2)
        tensor([2., 2.])
    """
    return input.detach()


@method
def detach_(input: Tensor) -> Tensor:
    """Forget the history of this tensor.

    Args:
        input: any tensor.

    Returns:
        The input, which requires no gradient now.

    Raises:
        RuntimeError: if it is a view of another tensor.
    """
    view = input._view
    if view is not None and not view.replaces:
        raise RuntimeError("detach_: a view can't be detached in place; use detach() instead")
    set_history(input, None)
    input._view = None
    return input


# written in place ----------------------------------------------------------------------------


@method
def zero_(input: Tensor) -> Tensor:
    """Write zeros into this tensor.

    Args:
        input: the tensor to write.

    Returns:
        The input.

    Example:
        >>> x = torch.ones(2)
        >>> torch.zero_(x)
        tensor([0., 0.])
    """
    return assign(input, record("zero", np.zeros_like, (input, zeros_like)), "zero")


@method
def resize_(self: Tensor, size: Any = (), *more: int, memory_format: Any = None) -> Tensor:
    """Give this tensor another shape in memory of its own; new elements repeat the old ones.

    Args:
        self: the tensor.
        size: the shape as a sequence, or its first size.
        more: the other sizes.
        memory_format: accepted without effect.

    Returns:
        This tensor.

    Example:
        >>> torch.tensor([1, 2, 3, 4]).resize_(3)
        tensor([1, 2, 3])
    """
    return _resized(self, shape_of((size, *more)))


@method
def resize_as_(input: Tensor, the_template: Tensor, *, memory_format: Any = None) -> Tensor:
    """Give this tensor the shape of another, in memory of its own.

    Args:
        input: the tensor.
        the_template: whose shape is taken.
        memory_format: accepted without effect.

    Returns:
        The input.
    """
    return _resized(input, the_template.array.shape)


def _resized(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """The tensor itself, over other memory: a trace cannot follow it there."""
    note_read("resize_", x)
    if x.array.size:
        x.array = np.resize(x.array, shape)
    else:
        x.array = np.zeros(shape, x.array.dtype)
    return x


@method
def set_(self: Tensor, source: Tensor) -> Tensor:
    """Share the memory of another tensor from here on.

    Args:
        self: the tensor.
        source: whose memory, shape and dtype this tensor takes.

    Returns:
        This tensor.
    """
    note_read("set_", source)
    self.array = source.array
    self._version_counter = shared_version(source)
    return self


@method
def apply_(self: Tensor, callable: Callable[..., Any]) -> Tensor:
    """Replace each element by what a Python function makes of it.

    Args:
        self: the tensor to write.
        callable: takes a number and returns one.

    Returns:
        This tensor.

    Example:
        >>> torch.tensor([1.0, 2.0]).apply_(lambda x: x + 10)
        tensor([11., 12.])
    """
    dtype = self.array.dtype
    value = record("apply", apply_to_each, (self, None), each=callable, dtype=dtype)
    return assign(self, value, "apply")


@method
def map_(self: Tensor, other: Tensor, callable: Callable[..., Any]) -> Tensor:
    """Replace each element by what a Python function makes of it and of another tensor's.

    Args:
        self: the tensor to write.
        other: the other, of a shape that broadcasts to this one's.
        callable: takes two numbers and returns one.

    Returns:
        This tensor.

    Example:
        >>> torch.tensor([1.0, 2.0]).map_(torch.tensor([10.0, 20.0]), lambda x, y: x + y)
        tensor([11., 22.])
    """
    edges = (self, None), (other, None)
    value = record("map", apply_to_each, *edges, each=callable, dtype=self.array.dtype)
    return assign(self, value, "map")


def apply_to_each(*arrays: Array, each: Callable[..., Any], dtype: np.dtype[Any]) -> Array:
    """A Python function of the elements, one by one."""
    found: Array = np.vectorize(each, [dtype])(*arrays)
    return found
