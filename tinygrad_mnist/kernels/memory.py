"""Freed memory kept for the next array, where the C library can be told so."""

from __future__ import annotations

import ctypes
import os

M_TRIM_THRESHOLD = -1  # from glibc's malloc.h, as the next
M_MMAP_THRESHOLD = -3
LARGEST = 32 * 2**20  # glibc's own upper limit for M_MMAP_THRESHOLD


def keep_freed_memory() -> bool:
    """Let malloc reuse the memory of freed arrays instead of giving it back to the system.

    A training step frees and makes the same arrays again and again. Each time glibc's malloc
    returns those over 128 KiB to the system, which then has to clear every page of the next one:
    a third of a step's time. Done once for the process, when the package is imported; not done
    where the C library is not glibc, or where the environment sets TINYGRAD_MNIST_KEEP_MEMORY=0
    or any of glibc's own MALLOC_ variables. Returns whether it was done.
    """
    if os.environ.get("TINYGRAD_MNIST_KEEP_MEMORY") == "0" or any(
        name.startswith("MALLOC_") for name in os.environ
    ):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(mallopt(M_MMAP_THRESHOLD, LARGEST) and mallopt(M_TRIM_THRESHOLD, 16 * LARGEST))
