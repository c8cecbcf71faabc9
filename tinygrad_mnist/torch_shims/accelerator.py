"""`torch.accelerator`: there is none."""

from __future__ import annotations

from typing import Any, NoReturn

__all__ = [
    "current_accelerator",
    "current_device_index",
    "current_stream",
    "device_count",
    "empty_cache",
    "is_available",
    "set_device_index",
    "synchronize",
]


def is_available() -> bool:
    """Whether there is an accelerator.

    Returns:
        False.
    """
    return False


def device_count() -> int:
    """Count the accelerators.

    Returns:
        0.
    """
    return 0


def current_accelerator(check_available: bool = False) -> None:
    """The accelerator in use.

    Args:
        check_available: accepted.

    Returns:
        None: there is none.
    """


def current_device_index() -> NoReturn:
    """Refuse: there is no accelerator.

    Raises:
        RuntimeError: always.
    """
    _refuse()


def set_device_index(device: Any, /) -> NoReturn:
    """Refuse: there is no accelerator.

    Args:
        device: which one.

    Raises:
        RuntimeError: always.
    """
    _refuse()


def current_stream(device: Any = None, /) -> NoReturn:
    """Refuse: there is no accelerator.

    Args:
        device: which one.

    Raises:
        RuntimeError: always.
    """
    _refuse()


def synchronize(device: Any = None, /) -> NoReturn:
    """Refuse: there is no accelerator to wait for.

    Args:
        device: which one.

    Raises:
        RuntimeError: always.
    """
    _refuse()


def empty_cache() -> NoReturn:
    """Refuse: there is no accelerator.

    Raises:
        RuntimeError: always.
    """
    _refuse()


def _refuse() -> NoReturn:
    raise RuntimeError("Cannot access accelerator device when none is available.")
