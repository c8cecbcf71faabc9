"""What PyTorch programs ask of the package itself: kinds of tensors, and switches without a choice here."""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.creation import tensor, zeros
from tinygrad_mnist.device import CPU, require_cpu
from tinygrad_mnist.errors import check
from tinygrad_mnist.ops.arguments import promoted
from tinygrad_mnist.ops.movement import reshape
from tinygrad_mnist.tensor import Size, Tensor, wrap

__all__ = [
    "BoolTensor", "ByteTensor", "CharTensor", "DoubleTensor", "FloatTensor", "HalfTensor", "IntTensor", "LongTensor",
    "ShortTensor", "channels_last", "channels_last_3d", "contiguous_format", "e", "inf", "is_complex", "is_conj",
    "is_distributed", "is_floating_point", "is_inference", "is_neg", "is_nonzero", "is_same_size", "is_signed",
    "is_storage", "is_tensor", "is_vulkan_available", "isin", "memory_format", "nan", "newaxis", "numel", "pi",
    "preserve_format", "ravel", "result_type", "scalar_tensor", "strided", "typename",
    "are_deterministic_algorithms_enabled", "compile", "get_autocast_dtype", "get_default_device",
    "get_deterministic_debug_mode", "get_float32_matmul_precision", "get_num_interop_threads", "get_num_threads",
    "is_autocast_cpu_enabled", "is_autocast_enabled", "is_deterministic_algorithms_warn_only_enabled",
    "is_warn_always_enabled", "set_default_device", "set_default_tensor_type", "set_deterministic_debug_mode",
    "set_float32_matmul_precision", "set_flush_denormal", "set_num_interop_threads", "set_num_threads",
    "set_warn_always", "use_deterministic_algorithms",
]  # fmt: skip

inf, nan, pi, e, newaxis = math.inf, math.nan, math.pi, math.e, None


class memory_format:
    """A hint about layout: accepted, and without effect."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"


contiguous_format, preserve_format, channels_last, channels_last_3d = map(
    memory_format, ("contiguous_format", "preserve_format", "channels_last", "channels_last_3d")
)
strided = Tensor.layout


def _old(dtype: Any, *data: Any) -> Tensor:
    """What the old constructors make: of a size, given as numbers or a `Size`, or of data."""
    if len(data) == 1 and not isinstance(data[0], int | np.integer | Size):
        return tensor(data[0], dtype=dtype)
    out: Tensor = zeros(*(data or (0,)), dtype=dtype)
    return out


def _new(self: Tensor, *data: Any, device: Any = None) -> Tensor:
    """`x.new(2, 3)` or `x.new([1, 2])`: the old way to a tensor of x's dtype."""
    return _old(self.dtype, *data)


Tensor.new = _new  # type: ignore[attr-defined]


class _Typed(type):
    """A class of tensors of one dtype: `FloatTensor([1, 2])`, `FloatTensor(2, 3)`, isinstance(x, FloatTensor)."""

    dtype: dtypes.dtype

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype

    def __call__(cls, *data: Any) -> Tensor:
        return _old(cls.dtype, *data)


_TYPED = dict(
    Float=dtypes.float32, Double=dtypes.float64, Half=dtypes.float16, Long=dtypes.int64, Int=dtypes.int32,
    Short=dtypes.int16, Char=dtypes.int8, Byte=dtypes.uint8, Bool=dtypes.bool_,
)  # fmt: skip
FloatTensor, DoubleTensor, HalfTensor, LongTensor, IntTensor, ShortTensor, CharTensor, ByteTensor, BoolTensor = (
    _Typed(f"{name}Tensor", (), {"dtype": dtype}) for name, dtype in _TYPED.items()
)


def is_tensor(obj: Any) -> bool:
    """Whether it is a tensor."""
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Whether the elements are floats."""
    return input.is_floating_point()


def is_signed(input: Tensor) -> bool:
    """Whether the elements can be negative."""
    return input.dtype.is_signed


def is_nonzero(input: Tensor) -> bool:
    """Whether the one element is not 0."""
    return bool(input)


def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether the shapes are the same."""
    return input.shape == other.shape


def no(*args: Any) -> bool:
    """False: there are no complex tensors, storages, other devices, or automatic casts."""
    return False


is_complex = is_conj = is_neg = is_distributed = is_inference = is_storage = is_vulkan_available = no
is_autocast_enabled = is_autocast_cpu_enabled = no


def typename(obj: Any) -> str:
    """The name of a tensor's type, or of a class or of an object's class, with its module."""
    if isinstance(obj, Tensor):
        return str(obj.type())
    kind = obj if hasattr(obj, "__qualname__") else type(obj)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{module}{kind.__qualname__}"


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


# switches -------------------------------------------------------------------------------------


class _Set:
    """What was switched, to be answered when asked for."""

    held: Any = None  # the limits stay as long as this object does
    precision, deterministic, warn_always = "highest", 0, False


def set_num_threads(threads: int) -> None:
    """Let NumPy's BLAS use this many threads."""
    check(isinstance(threads, int), "set_num_threads expects an int, but got {}", type(threads).__name__)
    check(threads > 0, "set_num_threads expects a positive integer")
    from threadpoolctl import threadpool_limits

    _Set.held = threadpool_limits(threads, "blas")


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
    """Accepted: float32 products are always computed in float32. "highest", "high" or "medium"."""
    wanted = "set_float32_matmul_precision: got {!r}, wanted 'highest', 'high' or 'medium'"
    check(precision in ("highest", "high", "medium"), wanted, precision)
    _Set.precision = precision


def get_float32_matmul_precision() -> str:
    """What was set last, "highest" at first."""
    return _Set.precision


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Accepted: every operation gives the same bits for the same input, switched on or not."""
    _Set.deterministic = (1 if warn_only else 2) if mode else 0


def set_deterministic_debug_mode(debug_mode: int | str) -> None:
    """Accepted: "default", "warn" or "error", or 0, 1, 2."""
    modes = ("default", "warn", "error")
    message = "invalid value of debug_mode, expected one of `default`, `warn`, `error`, but got {}"
    check(debug_mode in modes or debug_mode in (0, 1, 2), message, debug_mode)
    _Set.deterministic = modes.index(debug_mode) if isinstance(debug_mode, str) else debug_mode


def get_deterministic_debug_mode() -> int:
    """What was set last: 0, 1 or 2."""
    return _Set.deterministic


def are_deterministic_algorithms_enabled() -> bool:
    """Whether they were asked for; the operations are deterministic anyway."""
    return _Set.deterministic > 0


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """Whether they were asked for with `warn_only`."""
    return _Set.deterministic == 1


def set_warn_always(b: bool) -> None:
    """Accepted: Python's warning filters decide."""
    _Set.warn_always = b


def is_warn_always_enabled() -> bool:
    """What was set last."""
    return _Set.warn_always


def set_flush_denormal(mode: bool) -> bool:
    """False: NumPy's arithmetic keeps denormal numbers."""
    return False


def set_default_device(device: Any) -> None:
    """Accept the CPU, or None."""
    require_cpu(device)


def get_default_device() -> Any:
    """The CPU."""
    return CPU


def set_default_tensor_type(t: Any) -> None:
    """Let Python floats become the dtype of a kind of tensors: `FloatTensor` or "torch.FloatTensor"."""
    name = str(t).removeprefix("torch.").removesuffix("Tensor")
    check(
        name in _TYPED or isinstance(t, _Typed), "set_default_tensor_type: invalid type object: {}", t, error=TypeError
    )
    dtypes.set_default_dtype(t.dtype if isinstance(t, _Typed) else _TYPED[name])


def get_autocast_dtype(device_type: str) -> dtypes.dtype:
    """The dtype that PyTorch would cast to; here nothing is cast."""
    return dtypes.bfloat16 if device_type == "cpu" else dtypes.float16
