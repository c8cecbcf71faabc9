"""`torch.mps`: there are no Metal Performance Shaders; work is refused."""

from __future__ import annotations

from typing import NoReturn

__all__ = [
    "current_allocated_memory",
    "device_count",
    "empty_cache",
    "is_available",
    "manual_seed",
    "synchronize",
]


def is_available() -> bool:
    """Whether there is MPS.

    Returns:
        False.
    """
    return False


def device_count() -> int:
    """Count the MPS devices.

    Returns:
        0.
    """
    return 0


def manual_seed(seed: int) -> None:
    """Accept: there is no generator of MPS to seed.

    Args:
        seed: the seed.
    """


def synchronize() -> NoReturn:
    """Refuse: there is no MPS.

    Raises:
        RuntimeError: always.
    """
    _refuse()


def empty_cache() -> NoReturn:
    """Refuse: there is no MPS.

    Raises:
        RuntimeError: always.
    """
    _refuse()


def current_allocated_memory() -> NoReturn:
    """Refuse: there is no MPS.

    Raises:
        RuntimeError: always.
    """
    _refuse()


def _refuse() -> NoReturn:
    raise RuntimeError("mps: there is no MPS backend")
