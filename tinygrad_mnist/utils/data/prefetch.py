"""Batches that a thread makes ahead, while those before them are used."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tinygrad_mnist.core.state import state
from tinygrad_mnist.ops.random import Generator, use_generator

__all__ = ["made_ahead"]

STOP = object()  # in place of a part: make no more


class _Failed:
    """In place of a batch: what making it raised."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


def made_ahead(
    parts: Iterable[Any], make: Callable[[Any], Any], depth: int, seed: int, timeout: float = 0
) -> Iterator[Any]:
    """What `map(make, parts)` gives, made by a thread that is some batches ahead.

    `parts` is read by the thread that iterates, so that what a sampler draws comes in the same
    order every time. What `make` draws from the default generator comes from one of the thread's
    own. The thread ends with the iteration, however that ends: by its last batch, by an error, by
    Ctrl-C, or because the iterator is given up.

    Args:
        parts: what batches are made of.
        make: makes one; what it raises is raised here, in the place of its batch.
        depth: how many batches there are ahead at most.
        seed: of the thread's generator.
        timeout: seconds to wait for a batch; 0 for as long as it takes.

    Raises:
        RuntimeError: if a batch is not there in that time.
    """
    asked: queue.SimpleQueue[Any] = queue.SimpleQueue()
    made: queue.SimpleQueue[Any] = queue.SimpleQueue()
    stopped = threading.Event()
    recording = state.recording

    def work() -> None:
        state.set_recording(recording)
        with use_generator(Generator().manual_seed(seed)):
            while (part := asked.get()) is not STOP and not stopped.is_set():
                try:
                    made.put(make(part))
                except BaseException as error:
                    made.put(_Failed(error))
                    return

    thread = threading.Thread(target=work, name="DataLoader", daemon=True)
    remaining = iter(parts)
    waiting = 0
    ended = False
    patient = True
    thread.start()
    try:
        while True:
            while waiting < depth and not ended:
                try:
                    part = next(remaining)
                except StopIteration:
                    ended = True
                    break
                asked.put(part)
                waiting += 1
            if not waiting:
                return
            try:
                batch = made.get(timeout=timeout or None)
            except queue.Empty:
                patient = False
                raise RuntimeError(f"DataLoader timed out after {timeout:g} seconds") from None
            waiting -= 1
            if isinstance(batch, _Failed):
                error = batch.error
                del batch
                try:
                    raise error
                finally:
                    del error  # its traceback leads to this frame: no cycle
            yield batch
            del batch
    finally:
        stopped.set()
        asked.put(STOP)
        if patient:  # a thread that hangs cannot be ended; it is left to itself
            thread.join()
