"""Every communication, each with the answer that it must give in any number of ranks."""

import os

import numpy as np

import tinygrad_mnist as torch
import tinygrad_mnist.distributed as dist

assert os.environ["RANK"] == os.environ.get("PMI_RANK", "0")
dist.init_process_group("mpi")
rank, size = dist.get_rank(), dist.get_world_size()
assert (str(rank), str(size)) == (os.environ["RANK"], os.environ["WORLD_SIZE"])
assert dist.is_initialized() and dist.get_backend() == "mpi"
every = np.arange(size)


def own(dtype=torch.float32):
    return torch.full((2, 3), rank + 1, dtype=dtype)


for dtype in (torch.float16, torch.float32, torch.float64, torch.int8, torch.int64, torch.uint8):
    for op, expected in (
        (dist.ReduceOp.SUM, (every + 1).sum()),
        (dist.ReduceOp.PRODUCT, (every + 1).prod()),
        (dist.ReduceOp.MIN, 1),
        (dist.ReduceOp.MAX, size),
    ):
        x = own(dtype)
        version = x._version
        dist.all_reduce(x, op)
        assert x.dtype is dtype and (x == int(expected)).all() and x._version > version, (dtype, op)
x = own()
dist.all_reduce(x, dist.ReduceOp.AVG)
assert torch.allclose(x, torch.full((2, 3), (size + 1) / 2))
flag = torch.tensor([rank == 0, True, False])
dist.all_reduce(flag, dist.ReduceOp.MAX)
assert flag.tolist() == [True, True, False]
bits = torch.tensor([1 << rank])
dist.all_reduce(bits, dist.ReduceOp.BOR)
assert bits.item() == 2**size - 1

columns = torch.zeros(4, 4)[:, ::2]  # not contiguous
columns += rank
dist.all_reduce(columns)
assert (columns == every.sum()).all()
work = dist.all_reduce(x := own(), async_op=True)
assert work.wait() and work.is_completed() and (x == (every + 1).sum()).all()

dist.broadcast(x := own(), src=size - 1)
assert (x == size).all()
dist.reduce(x := own(), dst=0)
assert (x == ((every + 1).sum() if rank == 0 else rank + 1)).all()
gathered = [torch.zeros(2, 3) for _ in every]
dist.all_gather(gathered, own())
assert [each[0, 0].item() for each in gathered] == [i + 1 for i in every]
stacked = torch.zeros(size * 2, 3)
dist.all_gather_into_tensor(stacked, own())
assert stacked[::2, 0].tolist() == [i + 1 for i in every]
to_first = [torch.zeros(2, 3) for _ in every] if rank == 0 else None
dist.gather(own(), to_first)
assert rank or [each[1, 1].item() for each in to_first] == [i + 1 for i in every]
x = torch.zeros(2)
dist.scatter(x, [torch.full((2,), i * 10.0) for i in every] if rank == 0 else None)
assert (x == rank * 10).all()
x = torch.zeros(2)
dist.reduce_scatter(x, [torch.full((2,), float(i)) for i in every])
assert (x == rank * size).all()
outs = [torch.zeros(1) for _ in every]
dist.all_to_all(outs, [torch.tensor([rank * 100.0 + int(i)]) for i in every])
assert [o.item() for o in outs] == [i * 100 + rank for i in every]

objects = [{"rank": rank}, None]
dist.broadcast_object_list(objects, src=size - 1)
assert objects[0] == {"rank": size - 1}
objects = [None] * size
dist.all_gather_object(objects, "x" * rank)
assert objects == ["x" * i for i in every]
gathered = [None] * size if rank == 0 else None
dist.gather_object(rank, gathered)
assert rank or gathered == list(every)
given = [None]
dist.scatter_object_list(given, [f"for {i}" for i in every] if rank == 0 else None)
assert given == [f"for {rank}"]

if size > 1:
    following, before = (rank + 1) % size, (rank - 1) % size
    sent = dist.isend(torch.tensor([float(rank)]), following, tag=3)
    x = torch.zeros(1)
    assert dist.recv(x, before, tag=3) == before and x.item() == before
    sent.wait()
    if rank == 0:
        dist.send(torch.tensor([7.0]), 1)
    if rank == 1:
        x = torch.zeros(1)
        assert dist.recv(x) == 0 and x.item() == 7

evens = dist.new_group(range(0, size, 2))
if rank % 2 == 0:
    x = torch.ones(1)
    dist.all_reduce(x, group=evens)
    assert x.item() == (size + 1) // 2 and dist.get_group_rank(evens, rank) == rank // 2
    dist.destroy_process_group(evens)
else:
    assert evens == dist.GroupMember.NON_GROUP_MEMBER and dist.get_rank(evens) == -1
dist.monitored_barrier()
dist.barrier()
dist.check_agreement("the same", "text")
if size > 1:
    try:
        dist.check_agreement("the text", "other" if rank == 1 else "text")
    except dist.DisagreementError as error:
        assert str(error) == "the text: rank 1 differs from the other ranks" or size == 2, error
    else:
        raise AssertionError
for wrong in (
    lambda: dist.broadcast(torch.ones(1), src=size),
    lambda: dist.all_gather([], torch.ones(1)),
    lambda: dist.init_process_group("mpi"),
    lambda: dist.all_reduce(torch.ones(1), "sum"),
    lambda: dist.new_group([size]),
):
    try:
        wrong()
    except ValueError:
        continue
    raise AssertionError
dist.destroy_process_group()
assert not dist.is_initialized()
print(f"rank {rank} of {size}: all right", flush=True)
