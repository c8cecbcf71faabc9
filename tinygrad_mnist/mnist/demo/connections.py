"""Connections that cannot hold others off: slow ones, and too many."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from tinygrad_mnist.mnist.demo.descriptors import descriptors

__all__ = ["BACKLOG", "Impatient"]

HEADER_SECONDS = 10.0  # for the head of a request to arrive, from its connection or the last answer
MOST_WAITING = 300  # connections whose request has not arrived; beyond it the oldest is closed
SPARED = 100  # descriptors that are left for files and for those who are being accepted
BACKLOG = 64  # connections that are accepted at once

_waiting: dict[Impatient, None] = {}  # the oldest first


class Impatient(H11Protocol):  # type: ignore[misc]
    """A connection that is closed where its request takes too long to arrive.

    Where too many wait for a request, or descriptors come to their end, the one that has waited
    longest goes: whoever sends a request at once is never held off by those who do not.
    """

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()
        most = min(MOST_WAITING, descriptors() - SPARED - len(self.connections) + len(_waiting))
        while len(_waiting) > max(most, 1):
            next(iter(_waiting)).give_up()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        asked = self.cycle is not None and not self.cycle.response_complete
        if asked:
            self._stop_waiting()
        elif self._late is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def give_up(self) -> None:
        """Close the connection."""
        self._stop_waiting()
        self.transport.abort()

    def _wait(self) -> None:
        _waiting[self] = None
        self._late = self.loop.call_later(HEADER_SECONDS, self.give_up)

    def _stop_waiting(self) -> None:
        _waiting.pop(self, None)
        if self._late is not None:
            self._late.cancel()
            self._late = None
