"""`torch.backends.cudnn`: NVIDIA's library, which is not here; its switches change nothing."""

from __future__ import annotations

import contextlib

__all__ = [
    "allow_tf32",
    "benchmark",
    "benchmark_limit",
    "deterministic",
    "enabled",
    "flags",
    "is_available",
    "version",
]

enabled = True
benchmark = False
benchmark_limit = 10
deterministic = False
allow_tf32 = False


def is_available() -> bool:
    """Whether it is there.

    Returns:
        False.
    """
    return False


def version() -> None:
    """The version of the library.

    Returns:
        None.
    """


def flags(
    enabled: bool = False,
    benchmark: bool = False,
    benchmark_limit: int = 10,
    deterministic: bool = False,
    allow_tf32: bool = True,
    fp32_precision: str = "none",
) -> contextlib.nullcontext[None]:
    """A with-block in which nothing is different.

    Args:
        enabled: accepted without effect.
        benchmark: accepted without effect.
        benchmark_limit: accepted without effect.
        deterministic: accepted without effect.
        allow_tf32: accepted without effect.
        fp32_precision: accepted without effect.

    Returns:
        The context.
    """
    return contextlib.nullcontext()
