"""Rooms of PyTorch that hold nothing here: their questions are answered, their work is refused or not needed.

A row of the table makes a module, so that `import tinygrad_mnist.cuda.amp` finds it: each answer, with the names that
it goes by.
"""

import contextlib
import enum
import functools
import multiprocessing as _processes
import sys
from types import ModuleType
from typing import Any

from tinygrad_mnist import amp, dtypes
from tinygrad_mnist.core.device import device
from tinygrad_mnist.nn import Module
from tinygrad_mnist.core.tensor import Size, Tensor


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


class profile(contextlib.nullcontext[Any]):
    """A with-block in which nothing is measured, as its table says."""

    step = staticmethod(none)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(self)

    def key_averages(self, *args: Any, **kwargs: Any) -> Any:
        """What has a table."""
        return self

    def table(self, *args: Any, **kwargs: Any) -> str:
        """In place of the measurements, that there are none."""
        return "profiler: nothing is measured here; use cProfile"


def _scaling(kind: str) -> dict[Any, str]:
    """The older names of `amp`, for one kind of device."""
    autocast, scaler = functools.partial(amp.autocast, kind), functools.partial(amp.GradScaler, kind)
    return {autocast: "autocast", scaler: "GradScaler", amp.custom_fwd: "custom_fwd custom_bwd"}


_ASKED = "is_available is_initialized is_bf16_supported is_built"
_REFUSED = """synchronize current_device get_device_name get_device_properties set_device current_stream Stream Event
    get_device_capability get_rng_state set_rng_state mem_get_info"""
_GPU: dict[Any, str] = {
    false: _ASKED, zero: "device_count memory_allocated max_memory_allocated memory_reserved max_memory_reserved",
    none: "empty_cache manual_seed manual_seed_all reset_peak_memory_stats", idle: "device stream",
    type("OutOfMemoryError", (RuntimeError,), {}): "OutOfMemoryError",
}  # fmt: skip
_BACKEND: dict[Any, str] = {
    false: "is_available is_built", True: "enabled", False: "deterministic benchmark allow_tf32",
    none: "version enable_flash_sdp enable_mem_efficient_sdp enable_math_sdp", idle: "flags sdp_kernel",
    type("matmul", (), {"allow_tf32": False}): "matmul",
}  # fmt: skip
_PROFILER: dict[Any, str] = {
    idle: "record_function", profile: "profile", none: "schedule tensorboard_trace_handler",
    enum.Enum("ProfilerActivity", "CPU CUDA XPU"): "ProfilerActivity",
}  # fmt: skip
_PROCESSES = "Process Queue SimpleQueue Pool Manager Value Array Lock Event get_context set_start_method cpu_count"
_BACKENDS = ("cudnn", "mps", "cuda", "mkl", "mkldnn", "openmp", "cpu", "opt_einsum")

ROOMS: dict[str, dict[Any, str]] = {
    "cuda": {**_GPU, refusing("Torch not compiled with CUDA enabled", AssertionError): _REFUSED},
    "xpu": {**_GPU, refusing("Torch not compiled with XPU enabled", AssertionError): _REFUSED},
    "mps": {
        false: _ASKED, zero: "device_count", none: "manual_seed",
        refusing("mps: there is no MPS backend"): "synchronize empty_cache current_allocated_memory",
    },
    "accelerator": {
        false: _ASKED, zero: "device_count", none: "current_accelerator",
        refusing("Cannot access accelerator device when none is available."):
            "synchronize current_device_index set_device_index current_stream empty_cache",
    },
    "cpu": {none: "synchronize set_device", true: "is_available device_count"},
    "cuda.amp": _scaling("cuda"), "cpu.amp": _scaling("cpu"),
    "backends": {}, **{f"backends.{name}": _BACKEND for name in _BACKENDS},
    "distributed": {
        false: "is_available is_initialized is_nccl_available is_gloo_available is_mpi_available",
        refusing("Default process group has not been initialized, please make sure to call init_process_group.",
                 ValueError): "get_rank get_world_size get_backend barrier broadcast reduce all_reduce all_gather",
        refusing("distributed: process groups are not available; run in one process"):
            "init_process_group new_group destroy_process_group",
        enum.Enum("ReduceOp", "SUM AVG PRODUCT MIN MAX"): "ReduceOp",
    },
    "jit": {
        same: "script trace ignore unused export script_method freeze", false: "is_scripting is_tracing",
        refusing("jit: there is no compiler; save a module's state_dict() instead"): "save load",
        Module: "ScriptModule",
    },
    "compiler": {same: "compile disable", false: "is_compiling", none: "reset"},
    **dict.fromkeys(("profiler", "autograd.profiler"), _PROFILER),
    "hub": {refusing("hub: nothing is downloaded; load() reads a file that you have"):
            "load list help load_state_dict_from_url download_url_to_file"},
    "version": {None: "cuda hip"},
    "sparse": {
        sys.modules[__package__]: "torch",  # programs write torch.sparse.torch.eye(n)
        refusing("sparse: there are no sparse tensors", NotImplementedError): "mm sum addmm softmax log_softmax",
    },
    "types": {
        Tensor: "Tensor", int | float | bool: "Number", device | str | int | None: "Device", device: "_device",
        dtypes.dtype: "_dtype", Size | list[int] | tuple[int, ...]: "_size",
    },
    "multiprocessing": {
        none: "set_sharing_strategy",
        **{getattr(_processes, name): name for name in _PROCESSES.split()},
    },
}  # fmt: skip
__all__ = [name for name in ROOMS if "." not in name]

for _name, _rows in ROOMS.items():
    _module = ModuleType(f"{__package__}.{_name}", f"`torch.{_name}`: answers, and what is refused.")
    for _value, _names in _rows.items():
        _module.__dict__.update(dict.fromkeys(_names.split(), _value))
    _parent, _, _child = _name.rpartition(".")
    sys.modules[_module.__name__] = _module
    (sys.modules[f"{__package__}.{_parent}"].__dict__ if _parent else globals())[_child] = _module
sys.modules.update({f"{__package__}.amp.{name}": amp for name in ("autocast_mode", "grad_scaler")})
