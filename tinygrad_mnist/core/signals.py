"""Ctrl-C that waits: what must happen whole or not at all runs with the signals held back."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` wraps each call in enums, at many times the cost
import threading
from collections.abc import Callable
from signal import SIGINT, SIGTERM
from typing import Any

HELD = (int(SIGINT), int(SIGTERM))


def run_whole(function: Callable[..., Any], *args: Any) -> Any:
    """`function(*args)`, with SIGINT and SIGTERM held back until it has returned.

    Only signals with a handler in Python are held, as only these can raise an exception in the
    middle, and only in the main thread, where handlers run. The handlers are back afterwards, and
    are called then if their signal came.

    Args:
        function: what is called.
        args: its arguments.

    Returns:
        What the function returned.
    """
    if threading.get_ident() != threading.main_thread().ident:
        return function(*args)
    return _hold(HELD, function, args)


def _hold(numbers: tuple[int, ...], function: Callable[..., Any], args: Any) -> Any:
    if not numbers:
        return function(*args)
    number = numbers[0]
    others = numbers[1:]
    handler = _signal.getsignal(number)
    if not callable(handler):
        return _hold(others, function, args)
    came: list[Any] = []
    try:
        _signal.signal(number, lambda _, frame: came.append(frame))
        return _hold(others, function, args)
    finally:
        _signal.signal(number, handler)
        if came:
            handler(number, came[0])
