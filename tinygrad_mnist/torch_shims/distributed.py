"""`torch.distributed`: a program runs in one process here; process groups are refused."""

from __future__ import annotations

import enum
from typing import Any, NoReturn

__all__ = [
    "ReduceOp",
    "all_gather",
    "all_reduce",
    "barrier",
    "broadcast",
    "destroy_process_group",
    "get_backend",
    "get_rank",
    "get_world_size",
    "init_process_group",
    "is_available",
    "is_gloo_available",
    "is_initialized",
    "is_mpi_available",
    "is_nccl_available",
    "new_group",
    "reduce",
]


class ReduceOp(enum.Enum):
    """How the processes' tensors become one."""

    SUM = 1
    AVG = 2
    PRODUCT = 3
    MIN = 4
    MAX = 5


def is_available() -> bool:
    """Whether there are process groups.

    Returns:
        False.
    """
    return False


def is_initialized() -> bool:
    """Whether the default process group was made.

    Returns:
        False.
    """
    return False


def is_nccl_available() -> bool:
    """Whether NCCL is there.

    Returns:
        False.
    """
    return False


def is_gloo_available() -> bool:
    """Whether Gloo is there.

    Returns:
        False.
    """
    return False


def is_mpi_available() -> bool:
    """Whether PyTorch's MPI is there.

    Returns:
        False.
    """
    return False


def get_rank(group: Any = None) -> NoReturn:
    """Refuse: no process group was made.

    Args:
        group: the processes.

    Raises:
        ValueError: always.
    """
    _refuse_uninitialized()


def get_world_size(group: Any = None) -> NoReturn:
    """Refuse: no process group was made.

    Args:
        group: the processes.

    Raises:
        ValueError: always.
    """
    _refuse_uninitialized()


def get_backend(group: Any = None) -> NoReturn:
    """Refuse: no process group was made.

    Args:
        group: the processes.

    Raises:
        ValueError: always.
    """
    _refuse_uninitialized()


def barrier(group: Any = None, async_op: bool = False, device_ids: Any = None) -> NoReturn:
    """Refuse: no process group was made.

    Args:
        group: the processes.
        async_op: whether to return at once.
        device_ids: which GPUs.

    Raises:
        ValueError: always.
    """
    _refuse_uninitialized()


def broadcast(
    tensor: Any, src: int | None = None, group: Any = None, async_op: bool = False
) -> NoReturn:
    """Refuse: no process group was made.

    Args:
        tensor: this process's tensor.
        src: the rank of the process that sends.
        group: the processes.
        async_op: whether to return at once.

    Raises:
        ValueError: always.
    """
    _refuse_uninitialized()


def reduce(
    tensor: Any,
    dst: int | None = None,
    op: ReduceOp = ReduceOp.SUM,
    group: Any = None,
    async_op: bool = False,
) -> NoReturn:
    """Refuse: no process group was made.

    Args:
        tensor: this process's tensor.
        dst: the rank of the process that receives.
        op: how the tensors become one.
        group: the processes.
        async_op: whether to return at once.

    Raises:
        ValueError: always.
    """
    _refuse_uninitialized()


def all_reduce(
    tensor: Any, op: ReduceOp = ReduceOp.SUM, group: Any = None, async_op: bool = False
) -> NoReturn:
    """Refuse: no process group was made.

    Args:
        tensor: this process's tensor.
        op: how the tensors become one.
        group: the processes.
        async_op: whether to return at once.

    Raises:
        ValueError: always.
    """
    _refuse_uninitialized()


def all_gather(
    tensor_list: Any, tensor: Any, group: Any = None, async_op: bool = False
) -> NoReturn:
    """Refuse: no process group was made.

    Args:
        tensor_list: where the tensors are gathered.
        tensor: this process's tensor.
        group: the processes.
        async_op: whether to return at once.

    Raises:
        ValueError: always.
    """
    _refuse_uninitialized()


def init_process_group(backend: str | None = None, *args: Any, **kwargs: Any) -> NoReturn:
    """Refuse: there are no process groups.

    Args:
        backend: the way to communicate.
        args: accepted.
        kwargs: accepted.

    Raises:
        RuntimeError: always.
    """
    _refuse_groups()


def new_group(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse: there are no process groups.

    Args:
        args: accepted.
        kwargs: accepted.

    Raises:
        RuntimeError: always.
    """
    _refuse_groups()


def destroy_process_group(group: Any = None) -> NoReturn:
    """Refuse: there are no process groups.

    Args:
        group: the processes.

    Raises:
        RuntimeError: always.
    """
    _refuse_groups()


def _refuse_uninitialized() -> NoReturn:
    raise ValueError(
        "Default process group has not been initialized, "
        "please make sure to call init_process_group."
    )


def _refuse_groups() -> NoReturn:
    raise RuntimeError("distributed: process groups are not available; run in one process")
