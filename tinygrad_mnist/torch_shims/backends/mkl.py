"""`torch.backends.mkl`: Intel's library; products are NumPy's."""

from __future__ import annotations

__all__ = ["is_available"]


def is_available() -> bool:
    """Whether it is there.

    Returns:
        False.
    """
    return False
