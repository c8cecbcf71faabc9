"""From one rank to another."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.distributed.collectives import memory_of, mpi_buffer
from tinygrad_mnist.distributed.mpi import library
from tinygrad_mnist.distributed.process_group import ProcessGroup, group_of
from tinygrad_mnist.distributed.work import Work

__all__ = ["irecv", "isend", "recv", "send"]


def isend(
    tensor: Tensor,
    dst: int | None = None,
    group: Any = None,
    tag: int = 0,
    group_dst: int | None = None,
) -> Work:
    """Send a tensor to another rank, and return at once.

    Args:
        tensor: it must not be written before the work is done.
        dst: that rank, by its number in the job.
        group: in which group. Default: in the job.
        tag: a number that the receiver must name too.
        group_dst: that rank, by its number in the group.

    Returns:
        The work.

    Raises:
        ValueError: if the rank is not in the group, or is this one.
    """
    chosen, other = _peer(group, dst, group_dst, "isend")
    array, _ = memory_of(tensor, "isend")
    return Work(chosen, "isend", [chosen.comm.Isend(mpi_buffer(array), other, tag)])


def irecv(
    tensor: Tensor,
    src: int | None = None,
    group: Any = None,
    tag: int = 0,
    group_src: int | None = None,
) -> Work:
    """Receive a tensor from another rank, and return at once.

    Args:
        tensor: where it comes to: of the sent one's shape and dtype.
        src: that rank, by its number in the job. Default: whichever sends.
        group: in which group. Default: in the job.
        tag: the number that the sender named.
        group_src: that rank, by its number in the group.

    Returns:
        The work.

    Raises:
        ValueError: if the rank is not in the group, or is this one.
    """
    MPI = library()
    if src is None and group_src is None:
        chosen = group_of(group)
        other = int(MPI.ANY_SOURCE)
    else:
        chosen, other = _peer(group, src, group_src, "irecv")
    array, write_back = memory_of(tensor, "irecv")
    request = chosen.comm.Irecv(mpi_buffer(array), other, tag)
    return Work(chosen, "irecv", [request], write_back)


def send(
    tensor: Tensor,
    dst: int | None = None,
    group: Any = None,
    tag: int = 0,
    group_dst: int | None = None,
) -> None:
    """Send a tensor to another rank.

    Args:
        tensor: what is sent.
        dst: that rank, by its number in the job.
        group: in which group. Default: in the job.
        tag: a number that the receiver must name too.
        group_dst: that rank, by its number in the group.

    Raises:
        ValueError: if the rank is not in the group, or is this one.
        RuntimeError: after the group's timeout.
    """
    isend(tensor, dst, group, tag, group_dst).wait()


def recv(
    tensor: Tensor,
    src: int | None = None,
    group: Any = None,
    tag: int = 0,
    group_src: int | None = None,
) -> int:
    """Receive a tensor from another rank.

    Args:
        tensor: where it comes to: of the sent one's shape and dtype.
        src: that rank, by its number in the job. Default: whichever sends.
        group: in which group. Default: in the job.
        tag: the number that the sender named.
        group_src: that rank, by its number in the group.

    Returns:
        The rank that sent it, by its number in the job.

    Raises:
        ValueError: if the rank is not in the group, or is this one.
        RuntimeError: after the group's timeout.
    """
    MPI = library()
    chosen = group_of(group)
    if src is None and group_src is None:
        status = MPI.Status()
        waiting = Work(chosen, "recv", [_Probe(chosen.comm, tag, status)])
        waiting.wait()
        group_src = status.Get_source()
    irecv(tensor, src, group, tag, group_src).wait()
    return chosen.ranks[group_src] if src is None and group_src is not None else int(src or 0)


class _Probe:
    """A message that has come, looked for as a request is."""

    def __init__(self, comm: Any, tag: int, status: Any) -> None:
        self._comm = comm
        self._tag = tag
        self._status = status

    def Test(self) -> bool:
        """Whether one is there."""
        return bool(self._comm.Iprobe(tag=self._tag, status=self._status))


def _peer(group: Any, rank: int | None, place: int | None, name: str) -> tuple[ProcessGroup, int]:
    """The group, and the other rank's number in it."""
    chosen = group_of(group)
    if place is None:
        if rank is None:
            raise ValueError(f"{name}: got no rank, wanted one of the group's {chosen.ranks}")
        place = chosen.place(rank, name)
    if place == chosen.rank():
        raise ValueError(f"{name}: got rank {chosen.ranks[place]}, this one, wanted another")
    return chosen, place
