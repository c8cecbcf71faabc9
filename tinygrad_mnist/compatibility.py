"""What PyTorch programs ask of the package itself: kinds of tensors, and switches without a choice here."""

from __future__ import annotations

import enum
import functools
import math
import os
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.composed.elementwise import addcdiv, addcmul
from tinygrad_mnist.composed.products import addbmm, addmm, addmv, addr, baddbmm
from tinygrad_mnist.creation import tensor, zeros
from tinygrad_mnist.core.device import CPU, require_cpu
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops.arguments import promoted
from tinygrad_mnist.ops.movement import storage_of
from tinygrad_mnist.ops.pointwise import add, sub
from tinygrad_mnist.core.tensor import Size, Tensor, wrap

__all__ = [
    "BoolTensor", "ByteTensor", "CharTensor", "DoubleTensor", "FloatTensor", "HalfTensor", "IntTensor", "LongTensor",
    "ShortTensor", "are_deterministic_algorithms_enabled", "channels_last", "channels_last_3d", "compile",
    "contiguous_format", "e", "get_default_device", "get_float32_matmul_precision", "get_num_interop_threads",
    "get_num_threads", "inf", "is_autocast_cpu_enabled", "is_autocast_enabled", "is_complex", "is_floating_point",
    "is_signed", "is_tensor", "is_warn_always_enabled", "isin", "memory_format", "nan", "newaxis", "numel", "pi",
    "preserve_format", "ravel", "result_type", "scalar_tensor", "set_default_device",
    "set_default_tensor_type", "set_float32_matmul_precision", "set_flush_denormal", "set_num_interop_threads",
    "set_num_threads", "set_warn_always", "strided", "use_deterministic_algorithms",
]  # fmt: skip

inf, nan, pi, e, newaxis = math.inf, math.nan, math.pi, math.e, None
strided = Tensor.layout
memory_format = enum.Enum("memory_format", "contiguous_format preserve_format channels_last channels_last_3d")
contiguous_format, preserve_format, channels_last, channels_last_3d = memory_format  # hints without effect


def _old(dtype: Any, *data: Any) -> Tensor:
    """What the old constructors make: of a size, given as numbers or a `Size`, or of data."""
    if len(data) == 1 and not isinstance(data[0], int | np.integer | Size):
        return tensor(data[0], dtype=dtype)
    out: Tensor = zeros(*(data or (0,)), dtype=dtype)
    return out


def _new(self: Tensor, *data: Any, device: Any = None) -> Tensor:
    """`x.new(2, 3)` or `x.new([1, 2])`: the old way to a tensor of x's dtype."""
    return _old(self.dtype, *data)


class Storage:
    """The memory behind a tensor and its views: one row of elements."""

    def __init__(self, array: Any) -> None:
        self.array, self.dtype, self.tolist = array, dtypes.of(array.dtype), array.tolist

    def __len__(self) -> int:
        return self.array.size

    def __getitem__(self, index: Any) -> Any:
        found = self.array[index]
        return Storage(found) if isinstance(index, slice) else found.item()

    def __setitem__(self, index: Any, value: Any) -> None:
        self.array[index] = value

    size = __len__

    def nbytes(self) -> int:
        """Bytes in all."""
        return self.array.nbytes

    def data_ptr(self) -> int:
        """The address of the first element."""
        return self.array.ctypes.data

    def __repr__(self) -> str:
        rows = "".join(f" {element}\n" for element in self.tolist())
        return f"{rows}[torch.storage.TypedStorage(dtype={self.dtype}, device=cpu) of size {len(self)}]"


_methods: Any = Tensor
_methods.new = _new
_methods.storage = lambda self: Storage(storage_of(self.array))
_methods.untyped_storage = lambda self: Storage(storage_of(self.array).view(np.uint8))


def _in_old_order(method: Any, function: Any) -> Any:
    """A function, or the method made of it, which also takes numbers before the tensors that they multiply."""
    tensors = function.__code__.co_argcount
    factors = [name for name in ("beta", "alpha", "value") if name in (function.__kwdefaults__ or ())]

    @functools.wraps(method)
    def op(*args: Any, **options: Any) -> Any:
        if len(args) > tensors:
            numbers = [each for each in args if not isinstance(each, Tensor)]
            args = tuple(each for each in args if isinstance(each, Tensor))
            options.update(zip(factors, numbers, strict=False))
        return method(*args, **options)

    return op


_FACTORED: Any = (add, sub, addcmul, addcdiv, addmm, addmv, addr, baddbmm, addbmm)
OLD_ORDER = {each.__name__: _in_old_order(each, each) for each in _FACTORED}  # `add(x, alpha, y)`, as it once was
for _function in _FACTORED:
    for _name in (_function.__name__, f"{_function.__name__}_"):
        setattr(Tensor, _name, _in_old_order(getattr(Tensor, _name), _function))


class _Typed(type):
    """A class of tensors of one dtype: `FloatTensor([1, 2])`, `FloatTensor(2, 3)`, isinstance(x, FloatTensor)."""

    dtype: dtypes.dtype

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype

    def __call__(cls, *data: Any) -> Tensor:
        return _old(cls.dtype, *data)


_TYPED = {name: _Typed(f"{name}Tensor", (), {"dtype": dtype}) for name, dtype in dict(
    Float=dtypes.float32, Double=dtypes.float64, Half=dtypes.float16, Long=dtypes.int64, Int=dtypes.int32,
    Short=dtypes.int16, Char=dtypes.int8, Byte=dtypes.uint8, Bool=dtypes.bool_,
).items()}  # fmt: skip
(
    FloatTensor, DoubleTensor, HalfTensor, LongTensor, IntTensor, ShortTensor, CharTensor, ByteTensor, BoolTensor
) = _TYPED.values()  # fmt: skip


def is_tensor(obj: Any) -> bool:
    """Whether it is a tensor."""
    return isinstance(obj, Tensor)


is_floating_point, is_signed, numel, ravel = (
    getattr(Tensor, name) for name in ("is_floating_point", "is_signed", "numel", "ravel")
)


def no(*args: Any) -> bool:
    """False: there are no complex tensors, and no automatic casts."""
    return False


is_complex = is_autocast_enabled = is_autocast_cpu_enabled = set_flush_denormal = no


def result_type(tensor1: Any, tensor2: Any) -> dtypes.dtype:
    """The dtype that arithmetic on the two would give."""
    return promoted(tensor1, tensor2, name="result_type")[0].dtype


def scalar_tensor(s: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A 0-d tensor of a number, of the default dtype unless one is named."""
    return tensor(s, dtype=dtype or dtypes.get_default_dtype(), device=device, requires_grad=requires_grad)


def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Which elements are among the test elements."""
    a, b = (x.array if isinstance(x, Tensor) else x for x in (elements, test_elements))
    return wrap(np.asarray(np.isin(a, b, assume_unique, invert)))


# switches -------------------------------------------------------------------------------------


def _switch(value: Any) -> Any:
    """A function that takes note of a value, and one that tells it: nothing else depends on it."""
    held = [value]

    def put(value: Any, **options: Any) -> None:
        held[0] = value

    return put, lambda: held[0]


set_float32_matmul_precision, get_float32_matmul_precision = _switch("highest")
use_deterministic_algorithms, are_deterministic_algorithms_enabled = _switch(False)
set_warn_always, is_warn_always_enabled = _switch(False)
set_num_interop_threads, get_num_interop_threads = _switch(1)
_LIMITS: list[Any] = []  # they stay as long as the object does


def set_num_threads(threads: int) -> None:
    """Let NumPy's BLAS use this many threads."""
    check(isinstance(threads, int), "set_num_threads expects an int, but got {}", type(threads).__name__)
    check(threads > 0, "set_num_threads expects a positive integer")
    from threadpoolctl import threadpool_limits

    _LIMITS[:] = [threadpool_limits(threads, "blas")]


def get_num_threads() -> int:
    """The threads that NumPy's BLAS uses."""
    from threadpoolctl import threadpool_info

    counts = (pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")
    return max(counts, default=os.cpu_count() or 1)


def compile(model: Any = None, **options: Any) -> Any:
    """The model or function as it is; as a decorator too."""
    return model if model is not None else lambda function: function


def set_default_device(device: Any) -> None:
    """Accept the CPU, or None."""
    require_cpu(device)


def get_default_device() -> Any:
    """The CPU."""
    return CPU


def set_default_tensor_type(t: Any) -> None:
    """Let Python floats become the dtype of a kind of tensors: `FloatTensor` or "torch.FloatTensor"."""
    kind = t if isinstance(t, _Typed) else _TYPED.get(str(t).removeprefix("torch.").removesuffix("Tensor"))
    check(kind is not None, "set_default_tensor_type: invalid type object: {}", t, error=TypeError)
    dtypes.set_default_dtype(kind.dtype)  # type: ignore[union-attr]
