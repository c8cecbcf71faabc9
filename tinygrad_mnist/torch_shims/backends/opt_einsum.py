"""`torch.backends.opt_einsum`: a package that orders products, which is not used."""

from __future__ import annotations

__all__ = ["enabled", "is_available"]

enabled = False


def is_available() -> bool:
    """Whether it is there.

    Returns:
        False.
    """
    return False
