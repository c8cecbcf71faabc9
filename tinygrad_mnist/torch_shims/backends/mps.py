"""`torch.backends.mps`: Apple's library, which is not here."""

from __future__ import annotations

__all__ = ["is_available", "is_built"]


def is_available() -> bool:
    """Whether it is there.

    Returns:
        False.
    """
    return False


def is_built() -> bool:
    """Whether it was compiled in.

    Returns:
        False.
    """
    return False
