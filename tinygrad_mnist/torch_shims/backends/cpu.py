"""`torch.backends.cpu`: what the processor can do."""

from __future__ import annotations

__all__ = ["get_cpu_capability"]


def get_cpu_capability() -> str:
    """The instructions that PyTorch would use.

    Returns:
        "DEFAULT": NumPy chooses its own.
    """
    return "DEFAULT"
