"""Optimizers written as subclasses, beside those of the library."""

import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import StepLR


class Momentum(Optimizer):
    def __init__(self, params, lr=1e-2, momentum=0.0):
        if lr < 0.0:
            raise ValueError(f"Invalid learning rate: {lr}")
        super().__init__(params, dict(lr=lr, momentum=momentum))

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if "momentum_buffer" not in state:
                    state["momentum_buffer"] = torch.clone(p.grad).detach()
                else:
                    state["momentum_buffer"].mul_(group["momentum"]).add_(p.grad)
                p.add_(state["momentum_buffer"], alpha=-group["lr"])
        return loss


def net():
    net = nn.Linear(3, 2)
    nn.init.constant_(net.weight, 0.5)
    nn.init.zeros_(net.bias)
    return net


a, b = net(), net()
mine, theirs = (
    Momentum(a.parameters(), 0.1, 0.9),
    torch.optim.SGD(b.parameters(), 0.1, momentum=0.9),
)
rates = [StepLR(each, 2, 0.5) for each in (mine, theirs)]
x = torch.sin(torch.arange(12.0)).view(4, 3)
for _ in range(5):
    for model, optimizer, rate in zip((a, b), (mine, theirs), rates):

        def closure():
            optimizer.zero_grad()
            loss = (model(x) - x[:, :2]).pow(2).mean()
            loss.backward()
            return loss

        loss = optimizer.step(closure)
        rate.step()
    print(f"{loss.item():.5f}", torch.allclose(a.weight, b.weight), rates[0].get_last_lr())
print(mine, mine.state_dict()["state"].keys(), sorted(mine.state_dict()["param_groups"][0])[-2:])
mine.add_param_group({"params": nn.Linear(1, 1).parameters(), "lr": 1.0})
try:
    Momentum(a.parameters(), -1)
except ValueError as error:
    print(error, len(mine.param_groups))
