"""A PyTorch program for torchrun, as tutorials have it: only the import is another."""

import os

import tinygrad_mnist as torch
import tinygrad_mnist.distributed as dist
import tinygrad_mnist.nn as nn
import tinygrad_mnist.optim as optim
from tinygrad_mnist.nn.parallel import DistributedDataParallel as DDP
from tinygrad_mnist.utils.data import DataLoader, Dataset
from tinygrad_mnist.utils.data.distributed import DistributedSampler


class Line(Dataset):
    def __init__(self, size):
        torch.manual_seed(0)
        self.x = torch.rand(size, 10)
        self.y = self.x.sum(dim=1, keepdim=True)

    def __getitem__(self, index):
        return self.x[index], self.y[index]

    def __len__(self):
        return len(self.x)


def main():
    rank = int(os.environ["RANK"])
    local_rank = int(os.environ["LOCAL_RANK"])
    world_size = int(os.environ["WORLD_SIZE"])
    dist.init_process_group(backend="gloo", rank=rank, world_size=world_size)
    device = torch.device("cuda", local_rank) if torch.cuda.is_available() else torch.device("cpu")
    model = nn.Sequential(nn.Linear(10, 10), nn.ReLU(), nn.Linear(10, 1)).to(device)
    ddp_model = DDP(model, device_ids=[local_rank] if device.type == "cuda" else None)
    optimizer = optim.Adam(ddp_model.parameters(), lr=0.02)
    loss_fn = nn.MSELoss()
    dataset = Line(256)
    sampler = DistributedSampler(dataset, num_replicas=world_size, rank=rank)
    loader = DataLoader(dataset, batch_size=16, sampler=sampler, shuffle=False)
    for epoch in range(30):
        sampler.set_epoch(epoch)
        total = torch.zeros(1, device=device)
        for x, y in loader:
            optimizer.zero_grad(set_to_none=True)
            loss = loss_fn(ddp_model(x.to(device)), y.to(device))
            loss.backward()
            optimizer.step()
            total += loss.detach()
        dist.all_reduce(total, op=dist.ReduceOp.SUM)
        mean = total.item() / (len(loader) * world_size)
    assert mean < 0.1, mean
    path = os.environ["CHECKPOINT"]
    if rank == 0:
        torch.save(ddp_model.state_dict(), path)
    dist.barrier()
    ddp_model.load_state_dict(torch.load(path, map_location=device))
    print(f"rank {rank} of {world_size}: all right", flush=True)
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
