"""What a kind of device answers that is not there: nothing available, clear errors in use.

`cuda`, `mps`, `xpu` and `accelerator` are made of these.
"""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.device import require_cpu

__all__ = [
    "Event", "Stream", "current_device", "device_count", "empty_cache", "get_device_capability", "get_device_name",
    "get_device_properties", "ipc_collect", "is_available", "is_initialized", "manual_seed", "manual_seed_all",
    "max_memory_allocated", "max_memory_reserved", "memory_allocated", "memory_reserved", "reset_peak_memory_stats",
    "set_device", "synchronize",
]  # fmt: skip


def is_available() -> bool:
    """False: tensors live on the CPU."""
    return False


def is_initialized() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def nothing_to_do(*args: Any, **kwargs: Any) -> None:
    """Accepted: where no device is, there is nothing to wait for, to free or to seed."""


def nothing_held(*args: Any, **kwargs: Any) -> int:
    """0 bytes."""
    return 0


def refuse(*args: Any, **kwargs: Any) -> Any:
    """An error: there is no such device."""
    require_cpu("cuda")


synchronize = empty_cache = manual_seed = manual_seed_all = ipc_collect = reset_peak_memory_stats = nothing_to_do
memory_allocated = max_memory_allocated = memory_reserved = max_memory_reserved = nothing_held
current_device = set_device = get_device_name = get_device_properties = get_device_capability = Stream = Event = refuse
