"""Descriptors of files and connections: more of them, and few words where they run out."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import sys
import time
from collections.abc import Callable
from typing import Any

__all__ = ["descriptors", "quiet_about_descriptors", "raise_descriptors"]

WANTED = 4096  # descriptors
SILENT_SECONDS = 10.0  # between two lines about the same trouble


def raise_descriptors() -> None:
    """Let the process open as many files as the system lets it, up to some thousands."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def descriptors() -> int:
    """How many files and connections the process may have open."""
    if sys.platform == "win32":
        return 512  # what `select` takes there
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return WANTED if soft == resource.RLIM_INFINITY else soft


def quiet_about_descriptors(say: Callable[[str], None]) -> None:
    """Have the running event loop say in a line, now and then, that descriptors ran out.

    asyncio would print a traceback for each connection that it cannot accept.

    Args:
        say: called with the line.
    """
    last = [-SILENT_SECONDS]

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        numbers = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
        if not isinstance(error, OSError) or error.errno not in numbers:
            loop.default_exception_handler(context)
            return
        now = time.monotonic()
        if now - last[0] >= SILENT_SECONDS:
            last[0] = now
            say(f"connections cannot be accepted at the moment: {error.strerror}")

    asyncio.get_running_loop().set_exception_handler(handle)
