"""Rooms of PyTorch that hold nothing here: their questions are answered, their work is refused or not needed.

Each is a module made from a table, so that `import tinygrad_mnist.cuda.amp` finds it.
"""

import contextlib
import enum
import functools
import multiprocessing as _processes
import sys
import typing
from types import ModuleType, SimpleNamespace
from typing import Any

from tinygrad_mnist import amp, dtypes
from tinygrad_mnist.device import device
from tinygrad_mnist.nn import Module
from tinygrad_mnist.tensor import Size, Tensor

__all__ = [
    "accelerator", "backends", "compiler", "cpu", "cuda", "distributed", "hub", "jit", "mps", "multiprocessing",
    "overrides", "profiler", "types", "version", "xpu",
]  # fmt: skip


def _module(name: str, doc: str, rows: dict[Any, str] | None = None, **members: Any) -> ModuleType:
    """A module of the package: `rows` maps a value or function to the names that it goes by."""
    module = ModuleType(f"{__package__}.{name}", doc)
    for value, names in (rows or {}).items():
        members.update(dict.fromkeys(names.split(), value))
    module.__dict__.update(members)
    sys.modules[module.__name__] = module
    parent, _, child = module.__name__.rpartition(".")
    if parent != __package__:
        setattr(sys.modules[parent], child, module)
    return module


def false(*args: Any, **kwargs: Any) -> bool:
    """False."""
    return False


def zero(*args: Any, **kwargs: Any) -> int:
    """0: no devices, no bytes."""
    return 0


def none(*args: Any, **kwargs: Any) -> None:
    """Accepted: there is nothing to wait for, to free, to seed or to switch."""


def same(function: Any = None, *args: Any, **kwargs: Any) -> Any:
    """The function or module as it is; as a decorator too, with arguments or without."""
    return function if callable(function) else same


def refusing(message: str, error: type[Exception] = RuntimeError) -> Any:
    """A function that raises."""

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise error(message)

    return refuse


# devices -------------------------------------------------------------------------------------

_WAITING = "current_device get_device_name get_device_properties synchronize current_stream set_device"


def _device(name: str, doc: str, refuse: Any, refused: str, rows: dict[Any, str], **members: Any) -> ModuleType:
    answers = {false: "is_available is_initialized is_bf16_supported", refuse: refused, **rows}
    return _module(name, doc, answers, device_count=zero, **members)


cuda = _device(
    "cuda", "`torch.cuda`: not available.", refusing("Torch not compiled with CUDA enabled", AssertionError),
    _WAITING + " get_device_capability ipc_collect init initial_seed get_rng_state set_rng_state default_stream"
    " mem_get_info can_device_access_peer Stream Event CUDAGraph",
    {
        none: """empty_cache manual_seed manual_seed_all seed seed_all set_rng_state_all reset_peak_memory_stats
            reset_max_memory_allocated set_per_process_memory_fraction""",
        zero: "memory_allocated max_memory_allocated memory_reserved max_memory_reserved memory_cached",
        list: "get_rng_state_all get_arch_list", dict: "memory_stats memory_stats_as_nested_dict",
        contextlib.nullcontext: "device device_of stream",
    },
    OutOfMemoryError=type("OutOfMemoryError", (RuntimeError,), {}),
)  # fmt: skip
xpu = _device(
    "xpu", "`torch.xpu`: not available.", refusing("Torch not compiled with XPU enabled", AssertionError),
    _WAITING + " Stream Event", {none: "empty_cache manual_seed manual_seed_all", zero: "memory_allocated"},
)  # fmt: skip
mps = _device(
    "mps", "`torch.mps`: not available.", refusing("mps: there is no MPS backend"),
    """synchronize empty_cache current_allocated_memory driver_allocated_memory get_rng_state set_rng_state seed
    set_per_process_memory_fraction""", {none: "manual_seed"},
)  # fmt: skip
accelerator = _device(
    "accelerator", "`torch.accelerator`: there is none.",
    refusing("Cannot access accelerator device when none is available."),
    """synchronize current_device_index current_device_idx set_device_index set_device_idx current_stream
    set_stream memory_allocated empty_cache""", {none: "current_accelerator"},
)  # fmt: skip
cpu = _module(
    "cpu", "`torch.cpu`: the one device.", {none: "synchronize set_device"}, is_available=lambda: True,
    device_count=lambda: 1, current_device=lambda: "cpu",
)  # fmt: skip


class _OlderAutocast(amp.autocast):
    """`autocast` of one kind of device, named by its module."""

    kind = "cuda"

    def __init__(self, enabled: bool = True, dtype: Any = None, cache_enabled: bool = True) -> None:
        super().__init__(self.kind, dtype, enabled, cache_enabled)


for _kind in ("cuda", "cpu"):
    _module(
        f"{_kind}.amp", f"`torch.{_kind}.amp`: the older names of `amp`.", None,
        autocast=type("autocast", (_OlderAutocast,), {"kind": _kind}),
        GradScaler=type(
            "GradScaler", (amp.GradScaler,), {"__init__": functools.partialmethod(amp.GradScaler.__init__, _kind)}
        ),
        custom_fwd=amp.custom_fwd, custom_bwd=amp.custom_bwd,
    )  # fmt: skip
for _name in ("autocast_mode", "grad_scaler"):
    sys.modules[f"{__package__}.amp.{_name}"] = amp


class _Flags(ModuleType):
    """A backend's switches: any can be set, and none changes anything."""

    def flags(self, **switches: bool) -> Any:
        """A with-block in which the switches are accepted."""
        return contextlib.nullcontext()


backends = _module("backends", "`torch.backends`: none of the accelerated libraries is there.", __path__=[])
for _name in ("cudnn", "mps", "cuda", "mkl", "mkldnn", "openmp", "cpu", "opt_einsum"):
    _backend = _Flags(f"{__package__}.backends.{_name}", "Switches that are accepted.")
    _backend.__dict__.update(enabled=True, deterministic=False, benchmark=False, allow_tf32=False, version=none,
                             is_available=false, is_built=false)  # fmt: skip
    sys.modules[_backend.__name__] = backends.__dict__[_name] = _backend
backends.cuda.matmul = SimpleNamespace(allow_tf32=False, fp32_precision="none")
for _name in ("flash", "mem_efficient", "math", "cudnn"):
    backends.cuda.__dict__.update({f"enable_{_name}_sdp": none, f"{_name}_sdp_enabled": false})

distributed = _module(
    "distributed", "`torch.distributed`: this is the only process.",
    {
        false: """is_available is_initialized is_nccl_available is_gloo_available is_mpi_available
            is_torchelastic_launched""",
        refusing(
            "Default process group has not been initialized, please make sure to call init_process_group.", ValueError
        ): """get_rank get_world_size get_backend barrier broadcast reduce all_reduce all_gather gather scatter
            send recv""",
        refusing("distributed: process groups are not available; run in one process"): """init_process_group
            new_group destroy_process_group""",
    },
    ReduceOp=enum.Enum("ReduceOp", "SUM AVG PRODUCT MIN MAX"),
)  # fmt: skip

# compiling, measuring, fetching ----------------------------------------------------------------

jit = _module(
    "jit", "`torch.jit`: functions and modules run as they are.",
    {
        same: "script trace ignore unused export script_method freeze optimize_for_inference interface",
        false: "is_scripting is_tracing",
        refusing("jit: there is no compiler; save a module's state_dict() instead"): "save load",
    },
    ScriptModule=Module, annotate=lambda the_type, value: value, Final=typing.Final, isinstance=isinstance,
)  # fmt: skip
compiler = _module(
    "compiler", "`torch.compiler`: functions and modules run as they are.",
    {same: "compile disable allow_in_graph assume_constant_result", false: "is_compiling is_dynamo_compiling",
     none: "reset cudagraph_mark_step_begin"},
)  # fmt: skip


class profile(contextlib.ContextDecorator):
    """Accepted: nothing is measured. Python's cProfile sees where the time goes."""

    def __init__(self, *args: Any, **options: Any) -> None:
        pass

    def __enter__(self) -> "profile":
        return self

    def __exit__(self, *error: object) -> None:
        pass

    start = stop = step = none

    def key_averages(self, *args: Any, **options: Any) -> "profile":
        """No events."""
        return self

    def table(self, *args: Any, **options: Any) -> str:
        """Says that there are no events."""
        return "(nothing is measured here; use cProfile)"

    export_chrome_trace = refusing("profiler: nothing is measured here; use cProfile")


profiler = _module(
    "profiler", profile.__doc__ or "", {profile: "profile record_function", none: "schedule tensorboard_trace_handler"},
    ProfilerActivity=enum.Enum("ProfilerActivity", "CPU CUDA XPU"),
)  # fmt: skip
sys.modules[f"{__package__}.autograd.profiler"] = profiler
sys.modules[f"{__package__}.autograd"].__dict__["profiler"] = profiler
hub = _module(
    "hub", "`torch.hub`: nothing is downloaded.",
    {refusing("hub: no code or weights are downloaded; load() reads a file that you have"): """load list help
        load_state_dict_from_url download_url_to_file"""},
)  # fmt: skip

# names ---------------------------------------------------------------------------------------

version = _module("version", "`torch.version`: built for no accelerator.", cuda=None, hip=None, xpu=None, debug=False)
types = _module(
    "types", "`torch.types`: names for annotations.", Tensor=Tensor, Number=int | float | bool,
    Device=device | str | int | None, _device=device, _dtype=dtypes.dtype, _size=Size | list[int] | tuple[int, ...],
    _int=int, _float=float, _bool=bool, FileLike=typing.Any,
)  # fmt: skip
overrides = _module(
    "overrides", "`torch.overrides`: no other classes take part.", {false: "has_torch_function"},
    is_tensor_like=lambda obj: isinstance(obj, Tensor),
    handle_torch_function=refusing("overrides: __torch_function__ is not used"),
)  # fmt: skip
multiprocessing = _module(
    "multiprocessing", "Python's `multiprocessing`; tensors are sent as copies.",
    **{name: getattr(_processes, name) for name in dir(_processes) if not name.startswith("__")},
    set_sharing_strategy=none, get_sharing_strategy=lambda: "file_descriptor",
    get_all_sharing_strategies=lambda: {"file_descriptor"},
)  # fmt: skip
