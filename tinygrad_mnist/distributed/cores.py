"""Each rank on a core of its own, with one thread for its products."""

from __future__ import annotations

import os
from typing import Any

from tinygrad_mnist.distributed.collectives import all_gather_object
from tinygrad_mnist.distributed.process_group import get_rank, group_of
from tinygrad_mnist.extras import load

__all__ = ["bind_to_cores"]


def bind_to_cores(group: Any = None) -> str:
    """Give every rank one thread for NumPy's products, and a core that no other rank has.

    Ranks that are more than their machine's cores stay unbound, with one thread each; so do all
    where the system cannot bind (macOS), or where the launcher did so already.

    Args:
        group: whose ranks. All of them must call this.

    Returns:
        What was done in each rank, with its process and machine, for rank 0 to say aloud.
    """
    chosen = group_of(group)
    _one_thread()
    machine = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    machines: list[Any] = [None] * chosen.size()
    all_gather_object(machines, machine, chosen)
    neighbours = [rank for rank, each in enumerate(machines) if each == machine]
    core = _bind(neighbours.index(chosen.rank()), len(neighbours))
    where = "unbound" if core is None else f"core {core}"
    told: list[Any] = [None] * chosen.size()
    own = f"rank {get_rank(chosen)}: process {os.getpid()} on {machine}, {where}, 1 thread"
    all_gather_object(told, own, chosen)
    return "\n".join(told)


def _one_thread() -> None:
    load("threadpoolctl", "bind_to_cores").threadpool_limits(1, "blas")


def _bind(place: int, count: int) -> int | None:
    """Take the core of a place among the processes of one machine; which one, or None."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) == 1:  # the launcher has bound it
        return cores[0]
    if count > len(cores):
        return None
    os.sched_setaffinity(0, {cores[place]})
    return cores[place]
