"""What PyTorch programs ask of the package itself: kinds of tensors, and switches without a choice here."""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.creation import tensor, zeros
from tinygrad_mnist.ops.arguments import promoted
from tinygrad_mnist.ops.movement import reshape
from tinygrad_mnist.tensor import Tensor, wrap

__all__ = [
    "BoolTensor", "ByteTensor", "CharTensor", "DoubleTensor", "FloatTensor", "HalfTensor", "IntTensor", "LongTensor",
    "ShortTensor", "channels_last", "contiguous_format", "inf", "is_complex", "is_floating_point", "is_tensor", "isin",
    "memory_format", "nan", "newaxis", "numel", "pi", "preserve_format", "ravel", "result_type", "scalar_tensor",
    "strided",
    "are_deterministic_algorithms_enabled", "compile", "get_float32_matmul_precision", "get_num_interop_threads",
    "get_num_threads", "set_float32_matmul_precision", "set_num_interop_threads", "set_num_threads",
    "use_deterministic_algorithms",
]  # fmt: skip


inf, nan, pi, newaxis = math.inf, math.nan, math.pi, None


class memory_format:
    """A hint about layout: accepted, and without effect."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"


contiguous_format, preserve_format, channels_last, strided = map(
    memory_format, ("contiguous_format", "preserve_format", "channels_last", "strided")
)


class _Typed(type):
    """A class of tensors of one dtype: `FloatTensor([1, 2])`, `FloatTensor(2, 3)`, isinstance(x, FloatTensor)."""

    dtype: dtypes.dtype

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype

    def __call__(cls, *data: Any) -> Tensor:
        if len(data) == 1 and not isinstance(data[0], int):
            return tensor(data[0], dtype=cls.dtype)
        out: Tensor = zeros(*(data or (0,)), dtype=cls.dtype)
        return out


FloatTensor, DoubleTensor, HalfTensor, LongTensor, IntTensor, ShortTensor, CharTensor, ByteTensor, BoolTensor = (
    _Typed(f"{name}Tensor", (), {"dtype": dtype})
    for name, dtype in (
        ("Float", dtypes.float32), ("Double", dtypes.float64), ("Half", dtypes.float16), ("Long", dtypes.int64),
        ("Int", dtypes.int32), ("Short", dtypes.int16), ("Char", dtypes.int8), ("Byte", dtypes.uint8),
        ("Bool", dtypes.bool_),
    )
)  # fmt: skip


def is_tensor(obj: Any) -> bool:
    """Whether it is a tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Whether the elements are floats."""
    return input.is_floating_point()


def is_complex(input: Tensor) -> bool:
    """False: there are no complex tensors."""
    return False


def numel(input: Tensor) -> int:
    """The number of elements."""
    return input.numel()


def ravel(input: Tensor) -> Tensor:
    """The elements as a vector."""
    return reshape(input, -1)


def scalar_tensor(s: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A 0-d tensor of a number, of the default dtype unless one is named."""
    wanted = dtypes.get_default_dtype() if dtype is None else dtype
    return tensor(s, dtype=wanted, device=device, requires_grad=requires_grad)


def result_type(tensor1: Any, tensor2: Any) -> dtypes.dtype:
    """The dtype that arithmetic on the two would give."""
    return promoted(tensor1, tensor2, name="result_type")[0].dtype


def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Which elements are among the test elements."""
    a, b = (x.array if isinstance(x, Tensor) else x for x in (elements, test_elements))
    return wrap(np.asarray(np.isin(a, b, assume_unique, invert)))


class _Limits:
    held: Any = None  # the limits stay as long as this object does


def set_num_threads(threads: int) -> None:
    """Let NumPy's BLAS use this many threads."""
    if threads <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")
    from threadpoolctl import threadpool_limits

    _Limits.held = threadpool_limits(threads, "blas")


def get_num_threads() -> int:
    """The threads that NumPy's BLAS uses."""
    from threadpoolctl import threadpool_info

    return max(
        (pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"), default=os.cpu_count() or 1
    )


def set_num_interop_threads(threads: int) -> None:
    """Accepted: operations run one after the other."""


def get_num_interop_threads() -> int:
    """1."""
    return 1


def compile(model: Any = None, **options: Any) -> Any:
    """The model or function as it is; as a decorator too."""
    return model if model is not None else lambda function: function


def set_float32_matmul_precision(precision: str) -> None:
    """Accepted: float32 products are always computed in float32."""


def get_float32_matmul_precision() -> str:
    """ "highest"."""
    return "highest"


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Accepted: every operation gives the same bits for the same input."""


def are_deterministic_algorithms_enabled() -> bool:
    """True."""
    return True
