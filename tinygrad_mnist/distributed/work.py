"""What is under way between ranks, and how a rank waits for it without waiting for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tinygrad_mnist.distributed.process_group import ProcessGroup

__all__ = ["Work", "wait_for"]

EAGER = 0.005  # seconds of looks without sleep: what is under way moves on with every look
NAP = 50e-6  # seconds
LOOK_AROUND = 0.1  # seconds between looks for ranks that have ended


class Work:
    """A communication under way: what the functions return with `async_op=True`.

    Args:
        group: whose ranks communicate.
        name: of the function.
        requests: MPI's.
        finish: what is to be done with the results, once.
    """

    def __init__(
        self,
        group: ProcessGroup,
        name: str,
        requests: list[Any],
        finish: Callable[[], None] | None = None,
    ) -> None:
        self._group = group
        self._name = name
        self._requests = requests
        self._finish = finish

    def is_completed(self) -> bool:
        """Whether the results are there.

        Returns:
            True once they are; the communication moves on with every look.
        """
        while self._requests and self._requests[-1].Test():
            self._requests.pop()
        if not self._requests:
            self._end()
        return not self._requests

    def is_success(self) -> bool:
        """Whether it ended well.

        Returns:
            The same as `is_completed`: a failure ends the job.
        """
        return self.is_completed()

    def wait(self, timeout: timedelta | None = None) -> bool:
        """Wait until the results are there.

        Args:
            timeout: for how long. Default: the group's.

        Returns:
            True.

        Raises:
            RuntimeError: after that time, with the ranks that did not come.
        """
        wait_for(self.is_completed, self._group, self._name, timeout)
        return True

    def _end(self) -> None:
        if self._finish is not None:
            finish = self._finish
            self._finish = None
            finish()


def wait_for(
    done: Callable[[], bool], group: ProcessGroup, name: str, timeout: timedelta | None = None
) -> None:
    """Look until something is done.

    Args:
        done: whether it is.
        group: whose ranks are waited for.
        name: what is waited for.
        timeout: for how long. Default: the group's.

    Raises:
        RuntimeError: after that time, or as soon as a rank has ended; it names the ranks.
    """
    seconds = (timeout or group.timeout).total_seconds()
    begun = time.monotonic()
    deadline = begun + seconds
    next_look_around = 0.0
    while not done():
        now = time.monotonic()
        if now - begun < EAGER:
            time.sleep(0)  # another rank may want this core
            continue
        time.sleep(NAP)
        if now > next_look_around:
            next_look_around = now + LOOK_AROUND
            error = group.abandoned(name)
            if error is not None and not done():
                raise error
        if now > deadline:
            raise group.overdue(name, seconds)
