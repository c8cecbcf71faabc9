"""`torch.multiprocessing`: Python's own; tensors are copied between processes."""

from __future__ import annotations

from multiprocessing import (
    Array,
    Event,
    Lock,
    Manager,
    Pool,
    Process,
    Queue,
    SimpleQueue,
    Value,
    cpu_count,
    get_context,
    set_start_method,
)

__all__ = [
    "Array",
    "Event",
    "Lock",
    "Manager",
    "Pool",
    "Process",
    "Queue",
    "SimpleQueue",
    "Value",
    "cpu_count",
    "get_context",
    "set_sharing_strategy",
    "set_start_method",
]


def set_sharing_strategy(new_strategy: str) -> None:
    """Accept: tensors are copied in any case.

    Args:
        new_strategy: how PyTorch would share their memory.
    """
