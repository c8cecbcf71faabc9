"""`torch.backends.mkldnn`: Intel's library; its switches can be set and change nothing."""

from __future__ import annotations

import contextlib

__all__ = ["allow_tf32", "deterministic", "enabled", "flags", "is_available"]

enabled = True
deterministic = False
allow_tf32 = False


def is_available() -> bool:
    """Whether it is there.

    Returns:
        False.
    """
    return False


def flags(
    enabled: bool = False,
    deterministic: bool = False,
    allow_tf32: bool = True,
    fp32_precision: str = "none",
) -> contextlib.nullcontext[None]:
    """A with-block in which nothing is different.

    Args:
        enabled: accepted without effect.
        deterministic: accepted without effect.
        allow_tf32: accepted without effect.
        fp32_precision: accepted without effect.

    Returns:
        The context.
    """
    return contextlib.nullcontext()
