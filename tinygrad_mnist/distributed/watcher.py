"""Names the rank that was killed: `python watcher.py FOLDER SIZE RANK:PROCESS ...`.

MPI's launcher ends all ranks when one is killed, too fast for them to say a word, and its own
message may name another process. So on each machine a small process of its own looks on, and ends
what the launcher cannot: a rank that hangs or is stopped. A rank that ends in order leaves a file
of its number in the folder first. Linux only: it needs pidfd.
"""

import contextlib
import os
import select
import shutil
import signal
import sys
import time

GRACE = 2.0  # seconds in which the launcher ends the other ranks
ALIVE = "alive-"  # how the name of a rank's pipe begins
ABORTED = "aborted"  # the file that a rank leaves which ends the job, and says why itself


def main(folder: str, size: str, *ranks: str) -> None:
    """Wait for ranks to end; name one that did not end in order.

    Args:
        folder: where ranks leave their files; it is removed.
        size: how many ranks the job has.
        ranks: this machine's, each with its process: "2:4711".
    """
    try:
        _watch(folder, size, ranks)
    except OSError:
        pass  # nobody reads any more
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _watch(folder: str, size: str, ranks: tuple[str, ...]) -> None:
    # A rank that is killed lets go of its pipe before the launcher can know of it, and so before
    # the others that the launcher ends; as a process it may be gone after them.
    pipes = {}
    watched = {}
    poll = select.poll()
    for each in ranks:
        rank, _, process = each.partition(":")
        pipe = os.open(os.path.join(folder, f"{ALIVE}{rank}"), os.O_RDONLY | os.O_NONBLOCK)
        pipes[pipe] = (rank, process)
        poll.register(pipe, select.POLLHUP)
        watched[os.pidfd_open(int(process))] = (rank, process)
    print("watching", flush=True)
    while pipes:
        killed = []
        for pipe, _ in poll.poll():
            poll.unregister(pipe)
            rank, process = pipes.pop(pipe)
            if not os.path.exists(os.path.join(folder, rank)):
                killed.append(f"rank {rank} (process {process})")
        if os.path.exists(os.path.join(folder, ABORTED)):
            _end(watched)
            return
        if killed:
            # Of several that are found together, the launcher has ended all but one.
            one = " one of" if len(killed) > 1 else ""
            message = f"killed:{one} {', '.join(killed)}; the job of {size} ranks ends"
            print(message, file=sys.stderr, flush=True)
            _end(watched)
            return


def _end(watched: dict[int, tuple[str, str]]) -> None:
    """End the ranks that are still there after a while: the launcher asks them to end, which one
    that hangs or is stopped does not hear.
    """
    poll = select.poll()
    for descriptor in watched:
        poll.register(descriptor, select.POLLIN)
    deadline = time.monotonic() + GRACE
    while watched and time.monotonic() < deadline:
        for descriptor, _ in poll.poll(100):
            poll.unregister(descriptor)
            del watched[descriptor]
    for descriptor in watched:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
