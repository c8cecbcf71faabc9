"""`torch.cpu`: the one device that there is."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.torch_shims.cpu import amp

__all__ = ["amp", "device_count", "is_available", "set_device", "synchronize"]


def is_available() -> bool:
    """Whether there is a CPU.

    Returns:
        True.
    """
    return True


def device_count() -> int:
    """Count the CPUs, as devices.

    Returns:
        1.
    """
    return 1


def synchronize(device: Any = None) -> None:
    """Accept: an operation is done when it returns.

    Args:
        device: the CPU.
    """


def set_device(device: Any) -> None:
    """Accept: the CPU is the device.

    Args:
        device: the CPU.
    """
