"""Rooms of PyTorch that hold nothing here: their questions are answered, their work is refused or not needed.

Each is a module made from a row of a table, which gives an answer, and the names of the functions that
give it, so that `import tinygrad_mnist.cuda.amp` finds it.
"""

import contextlib
import enum
import functools
import multiprocessing as _processes
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

from tinygrad_mnist import amp, dtypes
from tinygrad_mnist.device import device
from tinygrad_mnist.nn import Module
from tinygrad_mnist.tensor import Size, Tensor

__all__ = [
    "accelerator", "backends", "compiler", "cpu", "cuda", "distributed", "hub", "jit", "mps", "multiprocessing",
    "profiler", "types", "version", "xpu",
]  # fmt: skip


def false(*args: Any, **kwargs: Any) -> bool:
    """False."""
    return False


def true(*args: Any, **kwargs: Any) -> bool:
    """True."""
    return True


def zero(*args: Any, **kwargs: Any) -> int:
    """0: no devices, no bytes."""
    return 0


def none(*args: Any, **kwargs: Any) -> None:
    """Accepted: there is nothing to wait for, to free, to seed or to switch."""


def same(function: Any = None, *args: Any, **kwargs: Any) -> Any:
    """The function or module as it is; as a decorator too, with arguments or without."""
    return function if callable(function) else same


def idle(*args: Any, **kwargs: Any) -> Any:
    """A with-block in which nothing is different."""
    return contextlib.nullcontext()


def refusing(message: str, error: type[Exception] = RuntimeError) -> Any:
    """A function that raises."""

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise error(message)

    return refuse


def _room(name: str, doc: str, rows: dict[Any, str], **members: Any) -> ModuleType:
    """A module of the package: `rows` maps a value or function to the names that it goes by."""
    module = ModuleType(f"{__package__}.{name}", doc)
    for value, names in rows.items():
        members.update(dict.fromkeys(names.split(), value))
    module.__dict__.update(members)
    sys.modules[module.__name__] = module
    parent, _, child = module.__name__.rpartition(".")
    if parent != __package__:
        setattr(sys.modules[parent], child, module)
    return module


_ASKED = "is_available is_initialized is_bf16_supported is_built"
_WORKING = "synchronize current_device get_device_name get_device_properties set_device current_stream Stream Event"
cuda, xpu = (
    _room(
        name, f"`torch.{name}`: not available.",
        {
            false: _ASKED,
            zero: "device_count memory_allocated max_memory_allocated memory_reserved max_memory_reserved",
            none: "empty_cache manual_seed manual_seed_all reset_peak_memory_stats",
            refusing(f"Torch not compiled with {name.upper()} enabled", AssertionError):
                f"{_WORKING} get_device_capability get_rng_state set_rng_state mem_get_info",
            idle: "device stream",
        },
        OutOfMemoryError=type("OutOfMemoryError", (RuntimeError,), {}),
    )
    for name in ("cuda", "xpu")
)  # fmt: skip
mps = _room("mps", "`torch.mps`: not available.", {
    false: _ASKED, zero: "device_count", none: "manual_seed",
    refusing("mps: there is no MPS backend"): "synchronize empty_cache current_allocated_memory",
})  # fmt: skip
accelerator = _room("accelerator", "`torch.accelerator`: there is none.", {
    false: _ASKED, zero: "device_count", none: "current_accelerator",
    refusing("Cannot access accelerator device when none is available."):
        "synchronize current_device_index set_device_index current_stream empty_cache",
})  # fmt: skip
cpu = _room("cpu", "`torch.cpu`: the one device.", {none: "synchronize set_device", true: "is_available device_count"})
for _kind in ("cuda", "cpu"):
    _room(
        f"{_kind}.amp", f"`torch.{_kind}.amp`: the older names of `amp`.",
        {functools.partial(amp.autocast, _kind): "autocast", functools.partial(amp.GradScaler, _kind): "GradScaler"},
        custom_fwd=amp.custom_fwd, custom_bwd=amp.custom_bwd,
    )  # fmt: skip
sys.modules.update({f"{__package__}.amp.{name}": amp for name in ("autocast_mode", "grad_scaler")})

backends = _room("backends", "`torch.backends`: none of the accelerated libraries is there.", {})
for _name in ("cudnn", "mps", "cuda", "mkl", "mkldnn", "openmp", "cpu", "opt_einsum"):
    _room(
        f"backends.{_name}", "Switches: any can be set, and none changes anything.",
        {false: "is_available is_built", idle: "flags sdp_kernel",
         none: "version enable_flash_sdp enable_mem_efficient_sdp enable_math_sdp"},
        enabled=True, deterministic=False, benchmark=False, allow_tf32=False, matmul=SimpleNamespace(allow_tf32=False),
    )  # fmt: skip

distributed = _room(
    "distributed", "`torch.distributed`: this is the only process.",
    {
        false: "is_available is_initialized is_nccl_available is_gloo_available is_mpi_available",
        refusing("Default process group has not been initialized, please make sure to call init_process_group.",
                 ValueError): "get_rank get_world_size get_backend barrier broadcast reduce all_reduce all_gather",
        refusing("distributed: process groups are not available; run in one process"):
            "init_process_group new_group destroy_process_group",
    },
    ReduceOp=enum.Enum("ReduceOp", "SUM AVG PRODUCT MIN MAX"),
)  # fmt: skip
jit = _room("jit", "`torch.jit`: functions and modules run as they are.", {
    same: "script trace ignore unused export script_method freeze", false: "is_scripting is_tracing",
    refusing("jit: there is no compiler; save a module's state_dict() instead"): "save load", Module: "ScriptModule",
})  # fmt: skip
compiler = _room("compiler", "`torch.compiler`: functions and modules run as they are.", {
    same: "compile disable", false: "is_compiling", none: "reset",
})  # fmt: skip
profiler = _room(
    "profiler", "`torch.profiler`: nothing is measured.",
    {idle: "record_function", refusing("profiler: nothing is measured here; use cProfile"): "profile"},
    ProfilerActivity=enum.Enum("ProfilerActivity", "CPU CUDA XPU"),
)  # fmt: skip
sys.modules[f"{__package__}.autograd.profiler"] = sys.modules[f"{__package__}.autograd"].__dict__["profiler"] = profiler
hub = _room("hub", "`torch.hub`: nothing is downloaded.", {
    refusing("hub: no code or weights are downloaded; load() reads a file that you have"):
        "load list help load_state_dict_from_url download_url_to_file",
})  # fmt: skip
version = _room("version", "`torch.version`: built for no accelerator.", {}, cuda=None, hip=None)
types = _room(
    "types", "`torch.types`: names for annotations.", {}, Tensor=Tensor, Number=int | float | bool,
    Device=device | str | int | None, _device=device, _dtype=dtypes.dtype, _size=Size | list[int] | tuple[int, ...],
)  # fmt: skip
multiprocessing = _room(
    "multiprocessing", "Python's `multiprocessing`; tensors are sent as copies.", {none: "set_sharing_strategy"},
    **{name: getattr(_processes, name) for name in dir(_processes) if not name.startswith("__")},
)  # fmt: skip
