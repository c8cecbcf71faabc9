"""`torch.distributed`: several processes that work on one thing, over MPI.

A job is started with `mpiexec -n 4 python train.py`; each of its processes, a rank, runs the same
program. MPI does all that travels between them: there is no server and no protocol of our own.
"""

from tinygrad_mnist.distributed import algorithms
from tinygrad_mnist.distributed.agreement import DisagreementError, check_agreement, checksum
from tinygrad_mnist.distributed.collectives import (
    ReduceOp,
    all_gather,
    all_gather_into_tensor,
    all_gather_object,
    all_reduce,
    all_to_all,
    barrier,
    broadcast,
    broadcast_object_list,
    gather,
    gather_object,
    monitored_barrier,
    reduce,
    reduce_scatter,
    reduce_scatter_tensor,
    scatter,
    scatter_object_list,
)
from tinygrad_mnist.distributed.environment import name_ranks as _name_ranks
from tinygrad_mnist.distributed.point_to_point import irecv, isend, recv, send
from tinygrad_mnist.distributed.process_group import (
    Backend,
    GroupMember,
    ProcessGroup,
    destroy_process_group,
    get_backend,
    get_global_rank,
    get_group_rank,
    get_process_group_ranks,
    get_rank,
    get_world_size,
    group,
    init_process_group,
    is_available,
    is_gloo_available,
    is_initialized,
    is_mpi_available,
    is_nccl_available,
    is_torchelastic_launched,
    new_group,
)
from tinygrad_mnist.distributed.work import Work

__all__ = [
    "Backend",
    "DisagreementError",
    "GroupMember",
    "ProcessGroup",
    "ReduceOp",
    "Work",
    "algorithms",
    "all_gather",
    "all_gather_into_tensor",
    "all_gather_object",
    "all_reduce",
    "all_to_all",
    "barrier",
    "broadcast",
    "broadcast_object_list",
    "check_agreement",
    "checksum",
    "destroy_process_group",
    "gather",
    "gather_object",
    "get_backend",
    "get_global_rank",
    "get_group_rank",
    "get_process_group_ranks",
    "get_rank",
    "get_world_size",
    "group",
    "init_process_group",
    "irecv",
    "is_available",
    "is_gloo_available",
    "is_initialized",
    "is_mpi_available",
    "is_nccl_available",
    "is_torchelastic_launched",
    "isend",
    "monitored_barrier",
    "new_group",
    "recv",
    "reduce",
    "reduce_scatter",
    "reduce_scatter_tensor",
    "scatter",
    "scatter_object_list",
    "send",
]

_name_ranks()
