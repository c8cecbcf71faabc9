"""`torch.distributed`: not initialised."""

from __future__ import annotations

from typing import Any


def is_available() -> bool:
    """False."""
    return False


def is_initialized() -> bool:
    """False."""
    return False


def get_rank(group: Any = None) -> int:
    """0: this is the only process."""
    return 0


def get_world_size(group: Any = None) -> int:
    """1: this is the only process."""
    return 1


def init_process_group(*args: Any, **kwargs: Any) -> None:
    """An error: process groups are not available."""
    raise RuntimeError("distributed: process groups are not available; run in one process")
