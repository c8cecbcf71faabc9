"""Cells of an LSTM fitted to sines in double precision by LBFGS, and run on into the future."""

import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim


class Sequence(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.linear = nn.LSTMCell(1, 6), nn.Linear(6, 1)

    def forward(self, input, future=0):
        outputs = []
        h, c = (torch.zeros(input.size(0), 6, dtype=torch.double) for _ in range(2))
        for step in input.split(1, dim=1):
            h, c = self.cell(step, (h, c))
            outputs += [self.linear(h)]
        for _ in range(future):
            h, c = self.cell(outputs[-1], (h, c))
            outputs += [self.linear(h)]
        return torch.cat(outputs, dim=1)


data = torch.from_numpy(np.sin(np.arange(20)[None] / 3 + np.arange(4)[:, None]))
net = Sequence().double()
for i, p in enumerate(net.parameters()):
    p.data = torch.sin(torch.arange(p.numel(), dtype=torch.double) * (i + 1)).view_as(p) * 0.3
optimizer = optim.LBFGS(net.parameters(), lr=0.8, max_iter=6)


def closure():
    optimizer.zero_grad()
    loss = nn.MSELoss()(net(data[:, :-1]), data[:, 1:])
    print("loss: %.5f" % loss.item())
    loss.backward()
    return loss


optimizer.step(closure)
with torch.no_grad():
    print(net(data, future=5).detach().numpy().shape)
