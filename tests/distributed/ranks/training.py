"""Data-parallel training comes to what one process with the whole batch comes to."""

import numpy as np

import tinygrad_mnist as torch
import tinygrad_mnist.distributed as dist
from tinygrad_mnist import nn
from tinygrad_mnist.distributed.algorithms.ddp_comm_hooks import default_hooks
from tinygrad_mnist.distributed.algorithms.model_averaging.averagers import PeriodicModelAverager
from tinygrad_mnist.nn.parallel import DistributedDataParallel as DDP
from tinygrad_mnist.utils.data import DataLoader, TensorDataset
from tinygrad_mnist.utils.data.distributed import DistributedSampler

dist.init_process_group("mpi")
rank, size = dist.get_rank(), dist.get_world_size()
EACH = 8
rng = np.random.default_rng(0)
images = torch.from_numpy(rng.normal(size=(EACH * size * 3, 20)).astype(np.float32))
labels = torch.from_numpy(rng.integers(0, 4, len(images)))


def network(seed, norm=None):
    torch.manual_seed(seed)
    layers = [
        nn.Linear(20, 16, bias=norm is None),
        *([norm(16)] if norm else []),
        nn.ReLU(),
        nn.Linear(16, 4),
    ]
    return nn.Sequential(*layers)


def batches(part):
    for start in range(0, len(images), EACH * size):
        rows = (
            slice(start + part * EACH, start + (part + 1) * EACH)
            if part is not None
            else slice(start, start + EACH * size)
        )
        yield images[rows], labels[rows]


def train(model, part, epochs=3, accumulate=False):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(epochs):
        for x, y in batches(part):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()
    return model


def near(first, second, tolerance=2e-5):
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), atol=tolerance)


def agree(model, what):
    dist.check_agreement(what, dist.checksum(model.parameters()))


# the same as one process; each rank begins with other numbers, and gets rank 0's
alone = train(network(0), None)
for cap in (25, 1e-4):  # one bucket, and one for each parameter
    together = train(DDP(network(rank), bucket_cap_mb=cap), rank)
    near(alone, together)
    agree(together, "after training")
assert len(together._buckets) >= 2
assert next(iter(together.state_dict())) == "module.0.weight"

# compiled inside
compiled = DDP(torch.compile(network(rank)))
near(alone, train(compiled, rank))

# a bucket travels before the pass has come to the first layer
seen = []
model = DDP(network(0), bucket_cap_mb=1e-4)
model.register_comm_hook(
    None,
    lambda state, bucket: seen.append(bucket.index()) or default_hooks.allreduce_hook(None, bucket),
)
at_first = []
loss = model(images[:4]).sum()
model.module[0].weight.register_hook(lambda g: at_first.append(len(seen)))
loss.backward()
assert at_first == [1] and seen == sorted(seen), (at_first, seen)

# batch normalisation over all ranks, with batches of different sizes too
alone = train(network(0, nn.BatchNorm1d), None)
together = DDP(nn.SyncBatchNorm.convert_sync_batchnorm(network(rank, nn.BatchNorm1d)))
near(alone, train(together, rank), 1e-4)
np.testing.assert_allclose(
    alone[1].running_var.numpy(), together.module[1].running_var.numpy(), rtol=1e-4
)
dist.check_agreement("statistics", dist.checksum(together.buffers()))
uneven = nn.SyncBatchNorm(20)
start = sum(range(rank + 1)) + rank
mine = images[start : start + rank + 2].clone().requires_grad_()
whole = images[: sum(i + 2 for i in range(size))].clone().requires_grad_()
reference = nn.BatchNorm1d(20)
(uneven(mine) ** 3).sum().backward()
(reference(whole) ** 3).sum().backward()
np.testing.assert_allclose(
    mine.grad.numpy(), whole.grad[start : start + rank + 2].numpy(), atol=2e-4
)

# accumulation without the others
alone, together = network(0), DDP(network(0))
x, y = next(batches(None))
nn.functional.cross_entropy(alone(x), y).backward()
mine = next(batches(rank))
half = EACH // 2
with together.no_sync():
    (nn.functional.cross_entropy(together(mine[0][:half]), mine[1][:half]) / 2).backward()
local = together.module[0].weight.grad.clone()
(nn.functional.cross_entropy(together(mine[0][half:]), mine[1][half:]) / 2).backward()
np.testing.assert_allclose(
    alone[0].weight.grad.numpy(), together.module[0].weight.grad.numpy(), atol=1e-6
)

# two forward passes before one backward pass
together.zero_grad()
(together(mine[0][:half]).sum() + together(mine[0][half:]).sum()).backward()
agree_grad = dist.checksum([p.grad for p in together.parameters()])
dist.check_agreement("gradients of two passes", agree_grad)


# parameters that are not used: by some ranks, by none
class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.a, self.b, self.c = nn.Linear(20, 1), nn.Linear(20, 1), nn.Linear(20, 1)

    def forward(self, x):
        return self.a(x) + (self.b(x) if rank == 0 else 0)


model = DDP(Branches(), find_unused_parameters=True)
for _ in range(2):
    model.zero_grad()
    model(images[:4]).sum().backward()
    assert model.module.c.weight.grad is None
    expected = images[:4].sum(0) / size
    np.testing.assert_allclose(model.module.b.weight.grad[0].numpy(), expected.numpy(), atol=1e-6)
try:
    DDP(Branches())(images[:4])
except RuntimeError as error:
    assert "did not take part in the forward pass" in str(error) and "find_unused" in str(error)
else:
    raise AssertionError

# ranks with different numbers of batches
model = DDP(network(0))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
with model.join():
    for _ in range(rank + 1):
        optimizer.zero_grad()
        model(images[:4]).sum().backward()
        optimizer.step()
agree(model, "after join")

# float16 buckets, local SGD
model = DDP(network(0))
model.register_comm_hook(None, default_hooks.fp16_compress_hook)
near(train(network(0), None), train(model, rank), 5e-3)
agree(model, "after float16")
model = network(0)
averager = PeriodicModelAverager(period=2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in [*batches(rank)] * 2:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
    averager.average_parameters(model.parameters())
averager.average(model.parameters())
agree(model, "after averaging")

# a sampler that knows its rank
sampler = DistributedSampler(range(10 * size), shuffle=True, seed=3)
loader = DataLoader(TensorDataset(images[: 10 * size]), batch_size=5, sampler=sampler)
parts = [None] * size
dist.all_gather_object(parts, list(sampler))
drawn = [index for part in parts for index in part]
assert sorted(drawn) == list(range(10 * size)) and len(list(loader)) == 2

# modules that differ
try:
    DDP(nn.Linear(3, 2 + (rank == size - 1)))
except dist.DisagreementError as error:
    assert "the modules" in str(error), error
else:
    assert size == 1
dist.barrier()
print(f"rank {rank} of {size}: all right", flush=True)
dist.destroy_process_group()
