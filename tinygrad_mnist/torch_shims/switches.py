"""Switches of PyTorch; most have nothing to switch here, and only remember their values."""

from __future__ import annotations

import os
from typing import Any

from tinygrad_mnist import extras
from tinygrad_mnist.core.device import CPU, device, require_cpu
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops.creation import DeviceLike

__all__ = [
    "are_deterministic_algorithms_enabled",
    "get_default_device",
    "get_float32_matmul_precision",
    "get_num_interop_threads",
    "get_num_threads",
    "is_autocast_cpu_enabled",
    "is_autocast_enabled",
    "is_warn_always_enabled",
    "set_default_device",
    "set_float32_matmul_precision",
    "set_flush_denormal",
    "set_num_interop_threads",
    "set_num_threads",
    "set_warn_always",
    "use_deterministic_algorithms",
]


class _Settings:
    """What the switches were set to."""

    matmul_precision = "highest"
    deterministic = False
    warn_always = False
    interop_threads = 1
    thread_limit: Any = None  # the limit lasts as long as this object


def set_float32_matmul_precision(precision: str) -> None:
    """Accept how exact products of float32 are to be: they are as exact as NumPy's.

    Args:
        precision: "highest", "high" or "medium".
    """
    _Settings.matmul_precision = precision


def get_float32_matmul_precision() -> str:
    """What `set_float32_matmul_precision` was called with.

    Returns:
        "highest" unless it was called.
    """
    return _Settings.matmul_precision


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Accept: a program with one seed gives one result in any case.

    Args:
        mode: whether to be deterministic.
        warn_only: accepted without effect.
    """
    _Settings.deterministic = mode


def are_deterministic_algorithms_enabled() -> bool:
    """What `use_deterministic_algorithms` was called with.

    Returns:
        False unless it was called.
    """
    return _Settings.deterministic


def set_warn_always(b: bool, /) -> None:
    """Accept: warnings are Python's.

    Args:
        b: whether a warning is to appear each time.
    """
    _Settings.warn_always = b


def is_warn_always_enabled() -> bool:
    """What `set_warn_always` was called with.

    Returns:
        False unless it was called.
    """
    return _Settings.warn_always


def set_num_interop_threads(num: int, /) -> None:
    """Accept: operations run one after the other.

    Args:
        num: how many operations may run at the same time.
    """
    _Settings.interop_threads = num


def get_num_interop_threads() -> int:
    """What `set_num_interop_threads` was called with.

    Returns:
        1 unless it was called.
    """
    return _Settings.interop_threads


def set_num_threads(num: int, /) -> None:
    """Let NumPy's BLAS use this many threads. Needs the package threadpoolctl.

    Args:
        num: how many threads.

    Raises:
        RuntimeError: if it is not a positive integer.
    """
    kind = type(num).__name__
    check(isinstance(num, int), "set_num_threads expects an int, but got {}", kind)
    check(num > 0, "set_num_threads expects a positive integer")
    threads = extras.load("threadpoolctl", "set_num_threads")
    _Settings.thread_limit = threads.threadpool_limits(num, "blas")


def get_num_threads() -> int:
    """Count the threads that NumPy's BLAS uses. Needs the package threadpoolctl.

    Returns:
        How many there are.
    """
    threads = extras.load("threadpoolctl", "get_num_threads")
    pools = [pool for pool in threads.threadpool_info() if pool["user_api"] == "blas"]
    counts = [pool["num_threads"] for pool in pools]
    return max(counts, default=os.cpu_count() or 1)


def set_flush_denormal(mode: bool, /) -> bool:
    """Decline to take the smallest numbers for 0.

    Args:
        mode: whether to.

    Returns:
        False: it is not supported.
    """
    return False


def is_autocast_enabled(device_type: str | None = None, /) -> bool:
    """Whether operations are given lower precision by themselves.

    Args:
        device_type: on which device.

    Returns:
        False.
    """
    return False


def is_autocast_cpu_enabled() -> bool:
    """Whether operations are given lower precision by themselves.

    Returns:
        False.
    """
    return False


def set_default_device(device: DeviceLike | None) -> None:
    """Accept the CPU, or None.

    Args:
        device: where new tensors are to be.

    Raises:
        AssertionError: if it is not the CPU.
    """
    require_cpu(device)


def get_default_device() -> device:
    """Where new tensors are.

    Returns:
        The CPU.
    """
    return CPU
