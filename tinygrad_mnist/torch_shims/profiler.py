"""`torch.profiler`: nothing is measured; Python's `cProfile` measures."""

from __future__ import annotations

import contextlib
import enum
from typing import Any

__all__ = [
    "ProfilerActivity",
    "profile",
    "record_function",
    "schedule",
    "tensorboard_trace_handler",
]


class ProfilerActivity(enum.Enum):
    """What could be measured."""

    CPU = 1
    CUDA = 2
    XPU = 3


class profile(contextlib.nullcontext["profile"]):
    """A with-block in which nothing is measured, as its table says.

    Args:
        args: accepted without effect.
        kwargs: accepted without effect.

    Example:
        >>> with torch.profiler.profile() as measured:
        ...     measured.step()
        >>> measured.key_averages().table()
        'profiler: nothing is measured here; use cProfile'
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(self)

    def step(self) -> None:
        """Accept: there is no schedule."""

    def start(self) -> None:
        """Accept: nothing is measured."""

    def stop(self) -> None:
        """Accept: nothing is measured."""

    def key_averages(self, *args: Any, **kwargs: Any) -> profile:
        """What has a table.

        Args:
            args: accepted without effect.
            kwargs: accepted without effect.

        Returns:
            This object.
        """
        return self

    def table(self, *args: Any, **kwargs: Any) -> str:
        """In place of the measurements, that there are none.

        Args:
            args: accepted without effect.
            kwargs: accepted without effect.

        Returns:
            A line of text.
        """
        return "profiler: nothing is measured here; use cProfile"


def record_function(name: str, args: str | None = None) -> contextlib.nullcontext[None]:
    """A with-block in which nothing is different.

    Args:
        name: of the block.
        args: accepted without effect.

    Returns:
        The context.
    """
    return contextlib.nullcontext()


def schedule(*, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0) -> None:
    """Accept: nothing is measured at any time.

    Args:
        wait: steps to leave out.
        warmup: steps to measure and forget.
        active: steps to measure.
        repeat: how often.
        skip_first: steps to leave out at first.

    Returns:
        None.
    """


def tensorboard_trace_handler(
    dir_name: str, worker_name: str | None = None, use_gzip: bool = False
) -> None:
    """Accept: there is nothing to write.

    Args:
        dir_name: the folder.
        worker_name: accepted.
        use_gzip: accepted.

    Returns:
        None.
    """
