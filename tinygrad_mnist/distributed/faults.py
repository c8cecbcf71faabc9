"""How a job ends when one of its ranks cannot go on: all of it, soon, and with one message.

A rank that raises says so and aborts the job. A rank that waits for longer than the group's time
limit looks which ranks are behind, and the first of those who wait speaks for all. A rank that is
killed takes the job with it: MPI's launcher sees to that, and names the process.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from typing import Any

from tinygrad_mnist.distributed.mpi import library

__all__ = ["Arrivals", "abort", "watch_exceptions"]

GRACE = 5.0  # seconds that another rank has to speak first
ANSWER = 1.0  # seconds in which a rank's counter can be read, if its machine is still there


class Arrivals:
    """How many communications each rank has begun, where the others can read it.

    Args:
        comm: MPI's communicator.
    """

    def __init__(self, comm: Any) -> None:
        MPI = library()
        self._comm = comm
        self._window = MPI.Win.Allocate(8, 8, comm=comm)
        self._own = memoryview(self._window.tomemory()).cast("q")
        self._own[0] = 0
        comm.Barrier()

    def note(self) -> None:
        """This rank begins another one."""
        self._own[0] += 1

    def behind(self) -> list[int]:
        """The ranks that have begun fewer than this one, or whose machine does not answer."""
        return [rank for rank in range(self._comm.size) if not self._has_come(rank)]

    def _has_come(self, rank: int) -> bool:
        from array import array

        theirs = array("q", [-1])
        self._window.Lock(rank, lock_type=_shared())
        request = self._window.Rget(theirs, rank)
        deadline = time.monotonic() + ANSWER
        while not request.Test():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.001)
        self._window.Unlock(rank)
        return theirs[0] >= self._own[0]

    def free(self) -> None:
        """Give the memory back; all ranks must call it."""
        self._own.release()
        self._window.Free()


def _shared() -> int:
    MPI = library()
    return int(MPI.LOCK_SHARED)


def abort(comm: Any, message: str, code: int = 1) -> None:
    """Print one message and end all ranks.

    Args:
        comm: MPI's communicator.
        message: with the rank in it.
        code: the job's exit code.
    """
    print(message, file=sys.stderr, flush=True)
    comm.Abort(code)


def watch_exceptions(comm: Any) -> None:
    """Let an exception that nobody catches end the job: the other ranks would wait for this one.

    Args:
        comm: MPI's communicator.
    """
    if comm.size == 1:
        return
    before = sys.excepthook
    in_threads = threading.excepthook

    def ended(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        MPI = library()
        if MPI.Is_finalized():
            before(kind, error, trace)
            return
        if getattr(error, "speaker", comm.rank) != comm.rank:
            time.sleep(GRACE)  # that rank says it, and ends the job
        lines = "".join(traceback.format_exception(kind, error, trace))
        code = 130 if issubclass(kind, KeyboardInterrupt) else 1
        abort(comm, f"rank {comm.rank} of {comm.size} ended the job:\n{lines}", code)

    def ended_in_thread(arguments: Any) -> None:
        in_threads(arguments)
        abort(comm, f"rank {comm.rank} of {comm.size}: a thread failed, the job ends")

    sys.excepthook = ended
    threading.excepthook = ended_in_thread
