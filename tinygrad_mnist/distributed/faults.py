"""How a job ends when one of its ranks cannot go on: all of it, soon, and with one message.

A rank that raises says so and aborts the job. A rank that waits for longer than the group's time
limit looks which ranks are behind, and the first of those who wait speaks for all. A rank that is
killed takes the job with it: MPI's launcher sees to that, and a process that looks on names it.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from array import array
from collections.abc import Callable
from typing import Any

from tinygrad_mnist.distributed.mpi import library
from tinygrad_mnist.distributed.watcher import ABORTED, ALIVE

__all__ = ["Arrivals", "abort", "watch_exceptions"]

GRACE = 5.0  # seconds that another rank has to speak first
ANSWERS = 1.5  # seconds in which the other ranks that wait say so
HEARD = 0.2  # seconds until the launcher has passed a message on
LEFT = -1  # what a rank says that has come to its end


BEFORE_ABORT: list[Callable[[], None]] = []  # what a rank does before it ends the job


class Arrivals:
    """How many communications this rank has begun, and what the others say of theirs.

    Ranks say nothing while all goes well. One that has waited too long tells all others how far it
    has come; one that ends tells them that it will not come any more.

    Args:
        comm: MPI's communicator, for these notices alone.
    """

    def __init__(self, comm: Any) -> None:
        self._comm = comm
        self._begun = 0
        self._said: dict[int, int] = {}
        self._sent: list[Any] = []

    def note(self) -> None:
        """This rank begins another one."""
        self._begun += 1

    def left(self) -> list[int]:
        """The ranks that have come to their end."""
        self._listen()
        return [rank for rank, begun in self._said.items() if begun == LEFT]

    def behind(self) -> list[int]:
        """The ranks that have begun fewer than this one, or do not answer."""
        self._tell(self._begun)
        deadline = time.monotonic() + ANSWERS
        while time.monotonic() < deadline and len(self._said) < self._comm.size - 1:
            self._listen()
            time.sleep(0.001)
        others = set(range(self._comm.size)) - {self._comm.rank}
        return sorted(rank for rank in others if self._said.get(rank, LEFT) < self._begun)

    def leave(self) -> None:
        """Tell the others that this rank will not come any more."""
        self._tell(LEFT)

    def free(self) -> None:
        """Give the communicator back; all ranks must call it."""
        self._comm.Free()

    def _tell(self, begun: int) -> None:
        notice = array("q", [begun])
        for rank in range(self._comm.size):
            if rank != self._comm.rank:
                self._sent.append((notice, self._comm.Isend(notice, rank)))

    def _listen(self) -> None:
        status = library().Status()
        while self._comm.Iprobe(status=status):
            notice = array("q", [0])
            self._comm.Recv(notice, status.Get_source())
            self._said[status.Get_source()] = notice[0]


def abort(comm: Any, message: str, code: int = 1) -> None:
    """Print one message and end all ranks.

    Args:
        comm: MPI's communicator.
        message: with the rank in it.
        code: the job's exit code.
    """
    for tell in BEFORE_ABORT:
        tell()
    print(message, file=sys.stderr, flush=True)
    time.sleep(HEARD)
    comm.Abort(code)


class Watcher:
    """The process beside the ranks of a machine that names the one that is killed.

    Args:
        comm: MPI's communicator of the whole job; every rank must make one.
    """

    def __init__(self, comm: Any) -> None:
        here = comm.Split_type(library().COMM_TYPE_SHARED)
        folder = tempfile.mkdtemp(prefix="ranks-") if here.rank == 0 else ""
        folder = here.bcast(folder)
        self._folder = folder
        self._rank = comm.rank
        processes = here.allgather(f"{comm.rank}:{os.getpid()}")
        if here.rank == 0:
            _start_watching(folder, comm.size, processes)
        here.Barrier()
        here.Free()
        alive = os.path.join(folder, f"{ALIVE}{comm.rank}")
        if os.path.exists(alive):
            self._alive = os.open(alive, os.O_WRONLY)  # held until this process is gone

    def leave(self) -> None:
        """This rank ends in order."""
        self._mark(str(self._rank))

    def abort(self) -> None:
        """This rank ends the job, and says why itself."""
        self._mark(ABORTED)

    def _mark(self, name: str) -> None:
        with contextlib.suppress(OSError):
            open(os.path.join(self._folder, name), "wb").close()


def _start_watching(folder: str, size: int, processes: list[str]) -> None:
    """Start the process, and wait until it watches; where it cannot run, nobody is named."""
    if not hasattr(os, "pidfd_open"):
        return
    for each in processes:
        os.mkfifo(os.path.join(folder, f"{ALIVE}{each.partition(':')[0]}"))
    program = os.path.join(os.path.dirname(__file__), "watcher.py")
    command = [sys.executable, "-I", "-S", program, folder, str(size), *processes]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    process.returncode = 0  # it outlives this rank, and ends by itself


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
