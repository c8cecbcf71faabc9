"""What all ranks of a group do together. Every rank calls the same functions in the same order."""

from __future__ import annotations

import enum
import functools
import pickle
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import mark_written
from tinygrad_mnist.core.tensor import Array, Tensor, wrap
from tinygrad_mnist.distributed.mpi import library
from tinygrad_mnist.distributed.process_group import ProcessGroup, group_of
from tinygrad_mnist.distributed.work import Work

__all__ = [
    "ReduceOp",
    "all_gather",
    "all_gather_into_tensor",
    "all_gather_object",
    "all_reduce",
    "all_to_all",
    "barrier",
    "begin_all_reduce",
    "begun",
    "broadcast",
    "broadcast_object_list",
    "gather",
    "gather_object",
    "memory_of",
    "monitored_barrier",
    "mpi_buffer",
    "reduce",
    "reduce_scatter",
    "reduce_scatter_tensor",
    "scatter",
    "scatter_object_list",
]

Finish = Callable[[], None]


class ReduceOp(enum.Enum):
    """How the ranks' tensors become one, element by element."""

    SUM = 1
    AVG = 2
    PRODUCT = 3
    MIN = 4
    MAX = 5
    BAND = 6
    BOR = 7
    BXOR = 8


# memory that MPI reads and writes ------------------------------------------------------------


def memory_of(tensor: Any, name: str) -> tuple[Array, Finish | None]:
    """An array for MPI with a tensor's elements, and what takes them back into the tensor.

    Args:
        tensor: of any shape and strides.
        name: of the function, for the error.

    Returns:
        The tensor's own array where its elements lie side by side, else a copy, and then a
        function that writes the copy back.

    Raises:
        TypeError: if it is no tensor.
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"{name}: got {type(tensor).__name__}, wanted a tensor")
    array = tensor.array
    if array.flags.c_contiguous and array.flags.writeable:
        return array, lambda: mark_written(tensor)
    copy = np.ascontiguousarray(array)

    def write_back() -> None:
        array[...] = copy
        mark_written(tensor)

    return copy, write_back


def mpi_buffer(array: Array) -> Any:
    """How MPI is told of an array: it has no name for floats of 16 bits and for bool.

    Args:
        array: contiguous.

    Returns:
        What mpi4py takes for a buffer.
    """
    MPI = library()
    if array.dtype == np.float16:
        return [array.view(np.uint16), MPI.UINT16_T]
    if array.dtype == np.bool_:
        return [array.view(np.uint8), MPI.UINT8_T]
    return array


def _operation(op: Any, dtype: np.dtype[Any], name: str) -> Any:
    """MPI's operation for a ReduceOp."""
    MPI = library()
    if not isinstance(op, ReduceOp):
        raise ValueError(f"{name}: got op {op!r}, wanted one of distributed.ReduceOp")
    if op is ReduceOp.AVG:
        check(dtype.kind == "f", "{}: AVG of {} is no {}", name, dtype, dtype)
        op = ReduceOp.SUM
    if op in (ReduceOp.BAND, ReduceOp.BOR, ReduceOp.BXOR):
        check(dtype.kind != "f", "{}: {} of {} has no meaning", name, op.name, dtype)
    if dtype == np.float16:
        return _half(op)
    if dtype == np.bool_:
        logical = {
            ReduceOp.SUM: MPI.LOR,
            ReduceOp.MAX: MPI.LOR,
            ReduceOp.BOR: MPI.LOR,
            ReduceOp.PRODUCT: MPI.LAND,
            ReduceOp.MIN: MPI.LAND,
            ReduceOp.BAND: MPI.LAND,
            ReduceOp.BXOR: MPI.LXOR,
        }
        return logical[op]
    names = {ReduceOp.PRODUCT: "PROD"}
    return getattr(MPI, names.get(op, op.name))


@functools.cache
def _half(op: ReduceOp) -> Any:
    """An operation on float16, which travels as 16 bits."""
    MPI = library()
    functions = {
        ReduceOp.SUM: np.add,
        ReduceOp.PRODUCT: np.multiply,
        ReduceOp.MIN: np.minimum,
        ReduceOp.MAX: np.maximum,
    }
    function = functions[op]

    def combine(theirs: Any, ours: Any, _datatype: Any) -> None:
        a = np.frombuffer(theirs, np.float16)
        b = np.frombuffer(ours, np.float16)
        function(a.astype(np.float32), b, out=b, casting="same_kind")

    return MPI.Op.Create(combine, commute=True)


def begun(
    group: ProcessGroup, name: str, requests: Sequence[Any], finish: Finish | None, async_op: bool
) -> Work | None:
    """The work of requests, or None once it is done.

    Args:
        group: whose ranks communicate.
        name: of the function.
        requests: MPI's.
        finish: what is to be done with the results.
        async_op: whether to return at once.

    Returns:
        The work, with `async_op`; else None, once the results are there.
    """
    work = Work(group, name, list(requests), finish)
    if async_op:
        return work
    work.wait()
    return None


# reductions ----------------------------------------------------------------------------------


def begin_all_reduce(group: ProcessGroup, array: Array, op: ReduceOp, name: str) -> Any:
    """MPI's request of a reduction in place.

    Args:
        group: whose ranks take part.
        array: contiguous; the result comes into it (of AVG the sum).
        op: how the arrays become one.
        name: of the function, for errors.

    Returns:
        The request.
    """
    MPI = library()
    operation = _operation(op, array.dtype, name)
    group.arrivals.note()
    return group.comm.Iallreduce(MPI.IN_PLACE, mpi_buffer(array), op=operation)


def all_reduce(
    tensor: Tensor, op: ReduceOp = ReduceOp.SUM, group: Any = None, async_op: bool = False
) -> Work | None:
    """Replace each rank's tensor by what all of them become together.

    Args:
        tensor: of the same shape and dtype in every rank; it is written.
        op: how the tensors become one.
        group: whose ranks take part. Default: all.
        async_op: return a `Work` at once, whose `wait` ends it.

    Returns:
        None, or the work.

    Raises:
        ValueError: before `init_process_group`.
        RuntimeError: after the group's timeout, with the ranks that did not come.
    """
    chosen = group_of(group)
    array, write_back = memory_of(tensor, "all_reduce")
    request = begin_all_reduce(chosen, array, op, "all_reduce")

    def finish() -> None:
        if op is ReduceOp.AVG:
            np.divide(array, chosen.size(), out=array)
        if write_back is not None:
            write_back()

    return begun(chosen, "all_reduce", [request], finish, async_op)


def reduce(
    tensor: Tensor,
    dst: int | None = None,
    op: ReduceOp = ReduceOp.SUM,
    group: Any = None,
    async_op: bool = False,
    group_dst: int | None = None,
) -> Work | None:
    """Replace one rank's tensor by what all of them become together.

    Args:
        tensor: of the same shape and dtype in every rank; dst's is written.
        dst: that rank, by its number in the job.
        op: how the tensors become one.
        group: whose ranks take part. Default: all.
        async_op: return a `Work` at once.
        group_dst: that rank, by its number in the group.

    Returns:
        None, or the work.

    Raises:
        ValueError: if dst is not in the group.
        RuntimeError: after the group's timeout.
    """
    MPI = library()
    chosen = group_of(group)
    root = _root(chosen, dst, group_dst, "reduce")
    array, write_back = memory_of(tensor, "reduce")
    operation = _operation(op, array.dtype, "reduce")
    chosen.arrivals.note()
    if chosen.rank() != root:
        request = chosen.comm.Ireduce(mpi_buffer(array), None, op=operation, root=root)
        return begun(chosen, "reduce", [request], None, async_op)
    request = chosen.comm.Ireduce(MPI.IN_PLACE, mpi_buffer(array), op=operation, root=root)

    def finish() -> None:
        if op is ReduceOp.AVG:
            np.divide(array, chosen.size(), out=array)
        if write_back is not None:
            write_back()

    return begun(chosen, "reduce", [request], finish, async_op)


def reduce_scatter(
    output: Tensor,
    input_list: Sequence[Tensor],
    op: ReduceOp = ReduceOp.SUM,
    group: Any = None,
    async_op: bool = False,
) -> Work | None:
    """Give each rank its part of what all tensors become together.

    Args:
        output: where this rank's part comes to.
        input_list: a tensor of output's shape for each rank.
        op: how the tensors become one.
        group: whose ranks take part. Default: all.
        async_op: return a `Work` at once.

    Returns:
        None, or the work.

    Raises:
        ValueError: if there are not as many tensors as ranks.
        RuntimeError: after the group's timeout.
    """
    chosen = group_of(group)
    parts = _as_many(input_list, chosen, "reduce_scatter", "input_list")
    whole = wrap(np.stack([np.ascontiguousarray(part.array) for part in parts]))
    return reduce_scatter_tensor(output, whole, op, chosen, async_op)


def reduce_scatter_tensor(
    output: Tensor,
    input: Tensor,
    op: ReduceOp = ReduceOp.SUM,
    group: Any = None,
    async_op: bool = False,
) -> Work | None:
    """Give each rank its part of what all tensors become together.

    Args:
        output: where this rank's part comes to.
        input: the parts of all ranks, one after the other.
        op: how the tensors become one.
        group: whose ranks take part. Default: all.
        async_op: return a `Work` at once.

    Returns:
        None, or the work.

    Raises:
        ValueError: if input has not output's elements times the number of ranks.
        RuntimeError: after the group's timeout.
    """
    chosen = group_of(group)
    array, write_back = memory_of(output, "reduce_scatter")
    given, _ = memory_of(input, "reduce_scatter")
    wanted = array.size * chosen.size()
    message = "reduce_scatter: got {} elements, wanted {}: output's for each rank"
    check(given.size == wanted, message, given.size, wanted, error=ValueError)
    operation = _operation(op, array.dtype, "reduce_scatter")
    chosen.arrivals.note()
    request = chosen.comm.Ireduce_scatter_block(mpi_buffer(given), mpi_buffer(array), op=operation)

    def finish() -> None:
        if op is ReduceOp.AVG:
            np.divide(array, chosen.size(), out=array)
        if write_back is not None:
            write_back()

    return begun(chosen, "reduce_scatter", [request], finish, async_op)


# from one to all, and from all to one --------------------------------------------------------


def broadcast(
    tensor: Tensor,
    src: int | None = None,
    group: Any = None,
    async_op: bool = False,
    group_src: int | None = None,
) -> Work | None:
    """Give all ranks one rank's tensor.

    Args:
        tensor: of the same shape and dtype in every rank; all but src's are written.
        src: that rank, by its number in the job.
        group: whose ranks take part. Default: all.
        async_op: return a `Work` at once.
        group_src: that rank, by its number in the group.

    Returns:
        None, or the work.

    Raises:
        ValueError: if src is not in the group.
        RuntimeError: after the group's timeout.
    """
    chosen = group_of(group)
    root = _root(chosen, src, group_src, "broadcast")
    array, write_back = memory_of(tensor, "broadcast")
    chosen.arrivals.note()
    request = chosen.comm.Ibcast(mpi_buffer(array), root=root)
    finish = None if chosen.rank() == root else write_back
    return begun(chosen, "broadcast", [request], finish, async_op)


def all_gather(
    tensor_list: Sequence[Tensor], tensor: Tensor, group: Any = None, async_op: bool = False
) -> Work | None:
    """Give all ranks the tensors of all.

    Args:
        tensor_list: where they come to: a tensor for each rank.
        tensor: this rank's; all have one shape and dtype.
        group: whose ranks take part. Default: all.
        async_op: return a `Work` at once.

    Returns:
        None, or the work.

    Raises:
        ValueError: if there are not as many tensors as ranks.
        RuntimeError: after the group's timeout.
    """
    chosen = group_of(group)
    targets = _as_many(tensor_list, chosen, "all_gather", "tensor_list")
    array, _ = memory_of(tensor, "all_gather")
    gathered = np.empty((chosen.size(), *array.shape), array.dtype)
    chosen.arrivals.note()
    request = chosen.comm.Iallgather(mpi_buffer(array), mpi_buffer(gathered))

    def finish() -> None:
        for target, part in zip(targets, gathered, strict=True):
            _write(target, part, "all_gather")

    return begun(chosen, "all_gather", [request], finish, async_op)


def all_gather_into_tensor(
    output_tensor: Tensor, input_tensor: Tensor, group: Any = None, async_op: bool = False
) -> Work | None:
    """Give all ranks the tensors of all, in one tensor.

    Args:
        output_tensor: where they come to, one after the other or stacked.
        input_tensor: this rank's; all have one shape and dtype.
        group: whose ranks take part. Default: all.
        async_op: return a `Work` at once.

    Returns:
        None, or the work.

    Raises:
        ValueError: if the output has not input's elements times the number of ranks.
        RuntimeError: after the group's timeout.
    """
    chosen = group_of(group)
    array, _ = memory_of(input_tensor, "all_gather_into_tensor")
    gathered, write_back = memory_of(output_tensor, "all_gather_into_tensor")
    wanted = array.size * chosen.size()
    message = "all_gather_into_tensor: got an output of {} elements, wanted {}"
    check(gathered.size == wanted, message, gathered.size, wanted, error=ValueError)
    chosen.arrivals.note()
    request = chosen.comm.Iallgather(mpi_buffer(array), mpi_buffer(gathered))
    return begun(chosen, "all_gather_into_tensor", [request], write_back, async_op)


def gather(
    tensor: Tensor,
    gather_list: Sequence[Tensor] | None = None,
    dst: int | None = None,
    group: Any = None,
    async_op: bool = False,
    group_dst: int | None = None,
) -> Work | None:
    """Give one rank the tensors of all.

    Args:
        tensor: this rank's; all have one shape and dtype.
        gather_list: where they come to, in rank dst; None in the others.
        dst: that rank, by its number in the job. Default: 0.
        group: whose ranks take part. Default: all.
        async_op: return a `Work` at once.
        group_dst: that rank, by its number in the group.

    Returns:
        None, or the work.

    Raises:
        ValueError: if there are not as many tensors as ranks, or some where there should be none.
        RuntimeError: after the group's timeout.
    """
    chosen = group_of(group)
    root = _root(chosen, 0 if dst is None and group_dst is None else dst, group_dst, "gather")
    array, _ = memory_of(tensor, "gather")
    if chosen.rank() != root:
        message = "gather: got a gather_list in rank {}, wanted one in rank {} only"
        check(not gather_list, message, chosen.rank(), root, error=ValueError)
        chosen.arrivals.note()
        request = chosen.comm.Igather(mpi_buffer(array), None, root=root)
        return begun(chosen, "gather", [request], None, async_op)
    targets = _as_many(gather_list or (), chosen, "gather", "gather_list")
    gathered = np.empty((chosen.size(), *array.shape), array.dtype)
    chosen.arrivals.note()
    request = chosen.comm.Igather(mpi_buffer(array), mpi_buffer(gathered), root=root)

    def finish() -> None:
        for target, part in zip(targets, gathered, strict=True):
            _write(target, part, "gather")

    return begun(chosen, "gather", [request], finish, async_op)


def scatter(
    tensor: Tensor,
    scatter_list: Sequence[Tensor] | None = None,
    src: int | None = None,
    group: Any = None,
    async_op: bool = False,
    group_src: int | None = None,
) -> Work | None:
    """Give each rank its own of one rank's tensors.

    Args:
        tensor: where this rank's comes to.
        scatter_list: a tensor for each rank, in rank src; None in the others.
        src: that rank, by its number in the job. Default: 0.
        group: whose ranks take part. Default: all.
        async_op: return a `Work` at once.
        group_src: that rank, by its number in the group.

    Returns:
        None, or the work.

    Raises:
        ValueError: if there are not as many tensors as ranks, or some where there should be none.
        RuntimeError: after the group's timeout.
    """
    chosen = group_of(group)
    root = _root(chosen, 0 if src is None and group_src is None else src, group_src, "scatter")
    array, write_back = memory_of(tensor, "scatter")
    spread: Any = None
    if chosen.rank() == root:
        parts = _as_many(scatter_list or (), chosen, "scatter", "scatter_list")
        spread = mpi_buffer(np.stack([np.ascontiguousarray(part.array) for part in parts]))
    else:
        message = "scatter: got a scatter_list in rank {}, wanted one in rank {} only"
        check(not scatter_list, message, chosen.rank(), root, error=ValueError)
    chosen.arrivals.note()
    request = chosen.comm.Iscatter(spread, mpi_buffer(array), root=root)
    return begun(chosen, "scatter", [request], write_back, async_op)


def all_to_all(
    output_tensor_list: Sequence[Tensor],
    input_tensor_list: Sequence[Tensor],
    group: Any = None,
    async_op: bool = False,
) -> Work | None:
    """Give each rank its own of every rank's tensors.

    Args:
        output_tensor_list: where they come to: a tensor for each rank.
        input_tensor_list: a tensor for each rank.
        group: whose ranks take part. Default: all.
        async_op: return a `Work` at once.

    Returns:
        None, or the work.

    Raises:
        ValueError: if there are not as many tensors as ranks.
        RuntimeError: after the group's timeout.
    """
    chosen = group_of(group)
    targets = _as_many(output_tensor_list, chosen, "all_to_all", "output_tensor_list")
    parts = _as_many(input_tensor_list, chosen, "all_to_all", "input_tensor_list")
    requests = []
    writers = []
    chosen.arrivals.note()
    for rank, target in enumerate(targets):
        array, write_back = memory_of(target, "all_to_all")
        requests.append(chosen.comm.Irecv(mpi_buffer(array), rank))
        writers.append(write_back)
    for rank, part in enumerate(parts):
        requests.append(chosen.comm.Isend(mpi_buffer(np.ascontiguousarray(part.array)), rank))

    def finish() -> None:
        for write_back in writers:
            if write_back is not None:
                write_back()

    return begun(chosen, "all_to_all", requests, finish, async_op)


def _root(group: ProcessGroup, rank: int | None, place: int | None, name: str) -> int:
    """The rank in the group that is meant by its number in the job or in the group."""
    if place is not None:
        message = "{}: got group rank {}, wanted one from 0 to {}"
        fits = rank is None and 0 <= place < group.size()
        check(fits, message, name, place, group.size() - 1, error=ValueError)
        return place
    if rank is None:
        raise ValueError(f"{name}: got no rank, wanted one of the group's {group.ranks}")
    return group.place(rank, name)


def _as_many(tensors: Sequence[Tensor], group: ProcessGroup, name: str, what: str) -> list[Tensor]:
    """The tensors, of which there must be as many as ranks."""
    found = list(tensors)
    message = "{}: got {} tensors in {}, wanted {}, one for each rank"
    count = group.size()
    check(len(found) == count, message, name, len(found), what, count, error=ValueError)
    return found


def _write(target: Tensor, array: Array, name: str) -> None:
    """Write an array into a tensor of its shape and dtype."""
    message = "{}: got a tensor of {} {}, wanted {} {} as in the other ranks"
    fits = target.array.shape == array.shape and target.array.dtype == array.dtype
    theirs = (array.shape, array.dtype)
    check(fits, message, name, target.array.shape, target.array.dtype, *theirs, error=ValueError)
    target.array[...] = array
    mark_written(target)


# waiting for each other ----------------------------------------------------------------------


def barrier(group: Any = None, async_op: bool = False, device_ids: Any = None) -> Work | None:
    """Wait until all ranks have come here.

    Args:
        group: whose ranks. Default: all.
        async_op: return a `Work` at once.
        device_ids: accepted without effect.

    Returns:
        None, or the work.

    Raises:
        RuntimeError: after the group's timeout, with the ranks that did not come.
    """
    chosen = group_of(group)
    chosen.arrivals.note()
    return begun(chosen, "barrier", [chosen.comm.Ibarrier()], None, async_op)


def monitored_barrier(
    group: Any = None, timeout: timedelta | None = None, wait_all_ranks: bool = False
) -> None:
    """Wait until all ranks have come here, for some time.

    Args:
        group: whose ranks. Default: all.
        timeout: for how long. Default: the group's.
        wait_all_ranks: accepted: all ranks that did not come are named in any case.

    Raises:
        RuntimeError: after that time, with the ranks that did not come.
    """
    chosen = group_of(group)
    chosen.arrivals.note()
    Work(chosen, "monitored_barrier", [chosen.comm.Ibarrier()]).wait(timeout)


# objects: pickled, between the ranks of one job, which run one program -----------------------


def broadcast_object_list(
    object_list: list[Any],
    src: int | None = None,
    group: Any = None,
    device: Any = None,
    group_src: int | None = None,
) -> None:
    """Give all ranks one rank's objects. They travel as pickles, from this job's own ranks only.

    Args:
        object_list: the objects; in the other ranks a list as long, which is filled.
        src: that rank, by its number in the job. Default: 0.
        group: whose ranks take part. Default: all.
        device: accepted without effect.
        group_src: that rank, by its number in the group.

    Raises:
        RuntimeError: after the group's timeout.
    """
    chosen = group_of(group)
    place = None if group_src is None else group_src
    root = _root(
        chosen, 0 if src is None and place is None else src, place, "broadcast_object_list"
    )
    is_root = chosen.rank() == root
    packed = np.frombuffer(pickle.dumps(object_list), np.uint8).copy() if is_root else None
    size = wrap(np.array([0 if packed is None else packed.size]))
    broadcast(size, None, chosen, group_src=root)
    if packed is None:
        packed = np.empty(int(size.array[0]), np.uint8)
    broadcast(wrap(packed), None, chosen, group_src=root)
    if not is_root:
        object_list[:] = pickle.loads(packed.tobytes())


def all_gather_object(object_list: list[Any], obj: Any, group: Any = None) -> None:
    """Give all ranks the objects of all. They travel as pickles, within this job only.

    Args:
        object_list: where they come to: a list with a place for each rank.
        obj: this rank's.
        group: whose ranks take part. Default: all.

    Raises:
        ValueError: if there are not as many places as ranks.
        RuntimeError: after the group's timeout.
    """
    chosen = group_of(group)
    count = chosen.size()
    message = "all_gather_object: got {} places in object_list, wanted {}, one for each rank"
    check(len(object_list) == count, message, len(object_list), count, error=ValueError)
    packed = np.frombuffer(pickle.dumps(obj), np.uint8)
    sizes = wrap(np.empty(count, np.int64))
    all_gather_into_tensor(sizes, wrap(np.array([packed.size])), chosen)
    most = int(sizes.array.max())
    padded = np.zeros(most, np.uint8)
    padded[: packed.size] = packed
    everything = wrap(np.empty((count, most), np.uint8))
    all_gather_into_tensor(everything, wrap(padded), chosen)
    rows = zip(everything.array, sizes.array, strict=True)
    object_list[:] = [pickle.loads(row[:size].tobytes()) for row, size in rows]


def gather_object(
    obj: Any,
    object_gather_list: list[Any] | None = None,
    dst: int | None = None,
    group: Any = None,
    group_dst: int | None = None,
) -> None:
    """Give one rank the objects of all. They travel as pickles, within this job only.

    Args:
        obj: this rank's.
        object_gather_list: where they come to, in rank dst; None in the others.
        dst: that rank, by its number in the job. Default: 0.
        group: whose ranks take part. Default: all.
        group_dst: that rank, by its number in the group.

    Raises:
        ValueError: if dst has not as many places as there are ranks.
        RuntimeError: after the group's timeout.
    """
    chosen = group_of(group)
    default = 0 if dst is None and group_dst is None else dst
    root = _root(chosen, default, group_dst, "gather_object")
    everything = [None] * chosen.size()
    all_gather_object(everything, obj, chosen)
    if chosen.rank() == root:
        places = object_gather_list or []
        message = "gather_object: got {} places in object_gather_list, wanted {}"
        check(len(places) == chosen.size(), message, len(places), chosen.size(), error=ValueError)
        places[:] = everything


def scatter_object_list(
    scatter_object_output_list: list[Any],
    scatter_object_input_list: list[Any] | None = None,
    src: int | None = None,
    group: Any = None,
    group_src: int | None = None,
) -> None:
    """Give each rank its own of one rank's objects. They travel as pickles, within this job only.

    Args:
        scatter_object_output_list: this rank's comes to its first place.
        scatter_object_input_list: an object for each rank, in rank src.
        src: that rank, by its number in the job. Default: 0.
        group: whose ranks take part. Default: all.
        group_src: that rank, by its number in the group.

    Raises:
        ValueError: if there are not as many objects as ranks.
        RuntimeError: after the group's timeout.
    """
    chosen = group_of(group)
    default = 0 if src is None and group_src is None else src
    root = _root(chosen, default, group_src, "scatter_object_list")
    objects: list[Any] = [None]
    if chosen.rank() == root:
        objects = [list(scatter_object_input_list or [])]
        message = "scatter_object_list: got {} objects, wanted {}, one for each rank"
        count = chosen.size()
        check(len(objects[0]) == count, message, len(objects[0]), count, error=ValueError)
    broadcast_object_list(objects, None, chosen, group_src=root)
    scatter_object_output_list[0] = objects[0][chosen.rank()]
