"""Training saved halfway with optimizer and schedule, and gone on with as if nothing had been."""

import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset, random_split


class Squares(Dataset):
    def __len__(self):
        return 12

    def __getitem__(self, index):
        return {
            "x": torch.tensor([index / 12.0]),
            "y": torch.tensor([(index / 12.0) ** 2]),
            "name": f"n{index}",
        }


def build():
    net = nn.Sequential(nn.Linear(1, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 1))
    for p in net.parameters():
        p.data.copy_(torch.linspace(-1, 1, p.numel()).view_as(p))
    optimizer = torch.optim.RMSprop(net.parameters(), lr=0.01, momentum=0.9)
    return (
        net,
        optimizer,
        torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[2, 4], gamma=0.1),
    )


def train(net, optimizer, scheduler, epochs):
    for _ in range(epochs):
        for batch in DataLoader(Squares(), batch_size=4):
            optimizer.zero_grad()
            loss = nn.functional.smooth_l1_loss(net(batch["x"]), batch["y"])
            loss.backward()
            optimizer.step()
        scheduler.step()
        print(f"{loss.item():.5f}", scheduler.get_last_lr(), batch["name"])


whole, halves = build(), build()
train(*whole, 5)
train(*halves, 3)
torch.save({"parts": [each.state_dict() for each in halves], "epoch": 3}, "checkpoint.pth")
found = torch.load("checkpoint.pth", map_location=torch.device("cpu"), weights_only=True)
again = build()
print(*(each.load_state_dict(state) for each, state in zip(again, found["parts"])))
train(*again, 5 - found["epoch"])
print(
    all(
        torch.equal(a, b)
        for a, b in zip(whole[0].state_dict().values(), again[0].state_dict().values())
    )
)
state = again[0].state_dict()
state["extra"] = state.pop("3.bias")
print(
    again[0].load_state_dict(state, strict=False),
    [len(part) for part in random_split(Squares(), [0.5, 0.25, 0.25])],
)
