"""Process groups: the ranks of a job, and parts of them."""

from __future__ import annotations

import atexit
import importlib.util
import os
import sys
import warnings
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.distributed.environment import check_launcher
from tinygrad_mnist.distributed.faults import BEFORE_ABORT, Arrivals, Watcher, watch_exceptions
from tinygrad_mnist.distributed.mpi import library

__all__ = [
    "Backend",
    "GroupMember",
    "ProcessGroup",
    "destroy_process_group",
    "get_backend",
    "get_global_rank",
    "get_group_rank",
    "get_process_group_ranks",
    "get_rank",
    "get_world_size",
    "group",
    "group_of",
    "init_process_group",
    "is_available",
    "is_gloo_available",
    "is_initialized",
    "is_mpi_available",
    "is_nccl_available",
    "is_torchelastic_launched",
    "new_group",
]

OTHER_BACKENDS = ("gloo", "nccl", "ucc", "cpu:gloo,cuda:nccl")
TIMEOUT = timedelta(minutes=30)  # PyTorch's
UNINITIALIZED = (
    "Default process group has not been initialized, please make sure to call init_process_group."
)


class ProcessGroup:
    """Ranks that communicate with each other.

    Args:
        comm: MPI's communicator.
        ranks: of the job's ranks, those in this group, in order.
        timeout: how long a rank waits for the others.
    """

    def __init__(self, comm: Any, ranks: Sequence[int], timeout: timedelta) -> None:
        self.comm = comm
        self.ranks = list(ranks)
        self.timeout = timeout
        self.arrivals = Arrivals(comm.Dup())

    def rank(self) -> int:
        """This process's number in the group.

        Returns:
            From 0.
        """
        return int(self.comm.rank)

    def size(self) -> int:
        """How many ranks there are.

        Returns:
            Their number.
        """
        return int(self.comm.size)

    def place(self, rank: int, name: str) -> int:
        """Where one of the job's ranks is in this group.

        Args:
            rank: its number in the job.
            name: of the function that asks.

        Returns:
            Its number in the group.

        Raises:
            ValueError: if it is not in the group.
        """
        if rank not in self.ranks:
            raise ValueError(f"{name}: got rank {rank}, wanted one of the group's {self.ranks}")
        return self.ranks.index(rank)

    def overdue(self, name: str, seconds: float) -> RuntimeError:
        """The error of a wait that took too long.

        Args:
            name: what was waited for.
            seconds: for how long.

        Returns:
            It names the ranks that did not come; its `speaker` is the rank that is to print it.
        """
        behind = self.arrivals.behind()
        come = [rank for rank in range(self.size()) if rank not in behind]
        who = ", ".join(str(self.ranks[rank]) for rank in behind)
        if behind:
            message = f"{name}: rank {who} did not come within {seconds:g} s"
        else:
            message = f"{name}: not done within {seconds:g} s, though all ranks have come"
        error = RuntimeError(f"{message}; the limit is init_process_group's timeout")
        error.speaker = self.ranks[min(come, default=0)]  # type: ignore[attr-defined]
        return error

    def abandoned(self, name: str) -> RuntimeError | None:
        """The error of a wait for ranks that have ended, if there are such.

        Args:
            name: what is waited for.

        Returns:
            It names them; None where all may still come.
        """
        left = self.arrivals.left()
        if not left:
            return None
        who = ", ".join(str(self.ranks[rank]) for rank in left)
        error = RuntimeError(f"{name}: rank {who} has ended, and will not come")
        first = min(rank for rank in range(self.size()) if rank not in left)
        error.speaker = self.ranks[first]  # type: ignore[attr-defined]
        return error

    def free(self) -> None:
        """Give back what MPI holds for the group; all its ranks must call it."""
        self.arrivals.free()
        self.comm.Free()


class Backend(str):
    """The name of what communicates, in lower case.

    Args:
        name: of the backend.

    Example:
        >>> torch.distributed.Backend("MPI") == torch.distributed.Backend.MPI
        True
    """

    GLOO = "gloo"
    MPI = "mpi"
    NCCL = "nccl"
    UCC = "ucc"
    UNDEFINED = "undefined"

    def __new__(cls, name: str) -> Backend:
        return super().__new__(cls, name.lower())


class GroupMember:
    """PyTorch's names for the default group and for none.

    Attributes:
        WORLD: the default group, or None before `init_process_group`.
        NON_GROUP_MEMBER: what `new_group` gives a rank that is not in it.
    """

    WORLD: ProcessGroup | None = None
    NON_GROUP_MEMBER = -100


class group(GroupMember):
    """PyTorch's other name for `GroupMember`."""


class _Job:
    """What is known of the job.

    Attributes:
        backend: as it was named.
        made: the groups besides the default one.
    """

    backend = "mpi"
    made: list[ProcessGroup] = []  # noqa: RUF012 - the process's own


def is_available() -> bool:
    """Whether there are process groups.

    Returns:
        True; a group of more than one rank needs mpi4py.
    """
    return True


def is_mpi_available() -> bool:
    """Whether MPI can be used.

    Returns:
        Whether mpi4py is installed.
    """
    return importlib.util.find_spec("mpi4py") is not None


def is_nccl_available() -> bool:
    """Whether NCCL is there.

    Returns:
        False.
    """
    return False


def is_gloo_available() -> bool:
    """Whether Gloo is there.

    Returns:
        False: programs that ask for it get MPI.
    """
    return False


def is_torchelastic_launched() -> bool:
    """Whether torchrun started this process.

    Returns:
        Whether the variable that it sets is there.
    """
    return "TORCHELASTIC_RUN_ID" in os.environ


def is_initialized() -> bool:
    """Whether the default process group was made.

    Returns:
        True between `init_process_group` and `destroy_process_group`.
    """
    return GroupMember.WORLD is not None


def init_process_group(
    backend: str | None = None,
    init_method: str | None = None,
    timeout: timedelta | None = None,
    world_size: int = -1,
    rank: int = -1,
    store: Any = None,
    group_name: str = "",
    pg_options: Any = None,
    device_id: Any = None,
) -> None:
    """Make the default process group of all ranks that mpiexec started; each must call it.

    A program that was started without mpiexec is the one rank of its job. From now on an exception
    that nobody catches ends the whole job.

    Args:
        backend: "mpi"; for "gloo" and "nccl" MPI is used, and rank 0 says so.
        init_method: accepted without effect: the ranks know each other.
        timeout: how long a rank waits for the others before it ends the job. Default: 30 minutes.
        world_size: how many ranks there are, to be compared with MPI's number; -1 for unknown.
        rank: this one's number, to be compared; -1 for unknown.
        store: accepted without effect.
        group_name: accepted without effect.
        pg_options: accepted without effect.
        device_id: accepted without effect.

    Raises:
        ImportError: without mpi4py.
        RuntimeError: if torchrun's variables or the arguments say otherwise than MPI.
        ValueError: for another backend, or if there is a group already.

    Example:
        >>> torch.distributed.init_process_group("mpi")  # doctest: +SKIP
    """
    check(
        GroupMember.WORLD is None,
        "trying to initialize the default process group twice!",
        error=ValueError,
    )
    name = (backend or "mpi").lower()
    wanted = (
        "init_process_group: got backend {}, wanted mpi (or gloo or nccl, for which MPI serves)"
    )
    check(name == "mpi" or name in OTHER_BACKENDS, wanted, backend, error=ValueError)
    comm = _world()
    if comm.size > 1 and not BEFORE_ABORT:
        watcher = Watcher(comm)
        BEFORE_ABORT.append(watcher.abort)
        atexit.register(watcher.leave)
        watch_exceptions(comm)
    check_launcher(comm.rank, comm.size)
    for said, found, what in ((world_size, comm.size, "world_size"), (rank, comm.rank, "rank")):
        message = "init_process_group: got {} {}, but MPI says {}"
        check(said in (-1, found), message, what, said, found)
    limit = TIMEOUT if timeout is None else timeout
    GroupMember.WORLD = ProcessGroup(comm.Dup(), range(comm.size), limit)
    atexit.register(_leave)
    _Job.backend = name
    if name != "mpi" and comm.rank == 0:
        print(f"distributed: MPI serves in place of {name}", file=sys.stderr, flush=True)


def _world() -> Any:
    """MPI's communicator of all ranks."""
    return library().COMM_WORLD


def _leave() -> None:
    """At the end of the program: a rank that others still wait for must not let them wait."""
    if GroupMember.WORLD is not None:
        for each in (GroupMember.WORLD, *_Job.made):
            each.arrivals.leave()


def destroy_process_group(group: ProcessGroup | None = None) -> None:
    """Give a process group back; each of its ranks must call it.

    Args:
        group: the group. Default: all of them.

    Raises:
        ValueError: if there is none.
    """
    check(GroupMember.WORLD is not None, UNINITIALIZED, error=ValueError)
    if group is not None and group is not GroupMember.WORLD:
        _Job.made.remove(group)
        group.free()
        return
    for each in reversed(_Job.made):
        each.free()
    _Job.made.clear()
    assert GroupMember.WORLD is not None
    GroupMember.WORLD.free()
    GroupMember.WORLD = None
    atexit.unregister(_leave)


def group_of(group: Any) -> ProcessGroup:
    """The group that an argument means.

    Args:
        group: a group, or None for the default one.

    Returns:
        It.

    Raises:
        ValueError: before `init_process_group`, or if this rank is not in it.
    """
    if group is None:
        check(GroupMember.WORLD is not None, UNINITIALIZED, error=ValueError)
        group = GroupMember.WORLD
    check(isinstance(group, ProcessGroup), "this rank is not in the group", error=ValueError)
    return group


def get_rank(group: Any = None) -> int:
    """This process's number.

    Args:
        group: in which group. Default: in the job.

    Returns:
        From 0; -1 where this process is not in the group.

    Raises:
        ValueError: before `init_process_group`.
    """
    if group == GroupMember.NON_GROUP_MEMBER:
        return -1
    return group_of(group).rank()


def get_world_size(group: Any = None) -> int:
    """How many ranks there are.

    Args:
        group: in which group. Default: in the job.

    Returns:
        Their number; -1 where this process is not in the group.

    Raises:
        ValueError: before `init_process_group`.
    """
    if group == GroupMember.NON_GROUP_MEMBER:
        return -1
    return group_of(group).size()


def get_backend(group: Any = None) -> str:
    """What communicates.

    Args:
        group: of which group.

    Returns:
        The backend as `init_process_group` was given it.

    Raises:
        ValueError: before `init_process_group`.
    """
    group_of(group)
    return _Job.backend


def get_process_group_ranks(group: Any = None) -> list[int]:
    """The job's ranks that are in a group.

    Args:
        group: the group. Default: all.

    Returns:
        Their numbers in the job, by their numbers in the group.
    """
    return list(group_of(group).ranks)


def get_global_rank(group: ProcessGroup, group_rank: int) -> int:
    """A rank's number in the job.

    Args:
        group: the group.
        group_rank: its number there.

    Returns:
        Its number in the job.

    Raises:
        ValueError: if there is none.
    """
    ranks = group_of(group).ranks
    message = "get_global_rank: got {}, wanted a rank from 0 to {}"
    check(0 <= group_rank < len(ranks), message, group_rank, len(ranks) - 1, error=ValueError)
    return ranks[group_rank]


def get_group_rank(group: ProcessGroup, global_rank: int) -> int:
    """A rank's number in a group.

    Args:
        group: the group.
        global_rank: its number in the job.

    Returns:
        Its number in the group.

    Raises:
        ValueError: if it is not in the group.
    """
    return group_of(group).place(global_rank, "get_group_rank")


def new_group(
    ranks: Sequence[int] | None = None,
    timeout: timedelta | None = None,
    backend: str | None = None,
    pg_options: Any = None,
    use_local_synchronization: bool = False,
    group_desc: str | None = None,
    device_id: Any = None,
) -> Any:
    """Make a group of some of the ranks. All ranks of the job must call it, in the same order.

    Args:
        ranks: their numbers in the job. Default: all.
        timeout: as for `init_process_group`. Default: the default group's.
        backend: accepted without effect.
        pg_options: accepted without effect.
        use_local_synchronization: must be False.
        group_desc: accepted without effect.
        device_id: accepted without effect.

    Returns:
        The group; `GroupMember.NON_GROUP_MEMBER` for a rank that is not in it.

    Raises:
        ValueError: before `init_process_group`, or for a rank that is not there or there twice.
    """
    MPI = library()
    world = group_of(None)
    if use_local_synchronization:
        warnings.warn("new_group: all ranks synchronise", stacklevel=2)
    chosen = list(range(world.size())) if ranks is None else sorted(ranks)
    message = "new_group: got ranks {}, wanted different ones from 0 to {}"
    allowed = set(range(world.size()))
    fits = set(chosen) <= allowed and len(set(chosen)) == len(chosen)
    check(fits, message, ranks, world.size() - 1, error=ValueError)
    is_in = world.rank() in chosen
    comm = world.comm.Split(0 if is_in else MPI.UNDEFINED, world.rank())
    if not is_in:
        return GroupMember.NON_GROUP_MEMBER
    made = ProcessGroup(comm, chosen, world.timeout if timeout is None else timeout)
    _Job.made.append(made)
    return made
