"""Ctrl-C that waits: what must happen whole or not at all is not interrupted in the middle.

To exchange the handler of SIGINT around every step would cost a step of small parameters a tenth of
its time. So a handler of this module takes its place once: while nothing runs that must be whole,
it only calls the handler that it found. Whether it is still in place is looked at again after
`LOOK_AFTER` seconds, as notebooks set a handler for every cell.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from threading import get_ident, main_thread
from time import monotonic
from types import FrameType
from typing import Any

LOOK_AFTER = 0.05
MAIN = main_thread().ident


class Interrupt:
    """A handler of SIGINT that waits until what must be whole has ended.

    Args:
        previous: the handler before, which is called then.
    """

    def __init__(self, previous: Callable[..., Any]) -> None:
        self.previous = previous

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if hold.depth:
            hold.waiting = self
        else:
            self.previous(number, frame)


class Hold:
    """What the handler looks at; only the main thread, in which handlers run, writes it.

    Attributes:
        depth: how many functions that must be whole are under way, one in the other.
        waiting: the handler whose signal has come meanwhile.
        looked: when the handler was last seen in its place.
    """

    depth = 0
    waiting: Interrupt | None = None
    looked = float("-inf")


hold = Hold()


def _take_place() -> None:
    """Make the handler of SIGINT one that waits, if there is one in Python."""
    hold.looked = monotonic()
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler) and not isinstance(handler, Interrupt):
        signal.signal(signal.SIGINT, Interrupt(handler))


def run_whole(function: Callable[..., Any], *args: Any) -> Any:
    """`function(*args)`; Ctrl-C waits until it has returned.

    In the main thread, as handlers run nowhere else. A SIGINT that the program does not handle in
    Python ends the process at once, as ever.

    Args:
        function: what is called.
        args: its arguments.

    Returns:
        What the function returned.
    """
    if get_ident() != MAIN:
        return function(*args)
    if monotonic() - hold.looked > LOOK_AFTER:
        _take_place()
    hold.depth += 1
    try:
        return function(*args)
    finally:
        hold.depth -= 1
        if hold.waiting is not None and not hold.depth:
            _deliver()


def _deliver() -> None:
    """Call the handler of the signal that has come."""
    handler = hold.waiting
    hold.waiting = None
    if handler is not None:
        handler.previous(signal.SIGINT, None)
