"""Losses that contain gradients: the penalty of a critic, an equation with second derivatives, a learned start."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import autograd


def fill(net):
    for i, p in enumerate(net.parameters()):
        p.data.copy_(torch.sin(torch.arange(float(p.numel())) * (i + 1)).view_as(p) * 0.5)
    return net


critic = fill(nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1)))
between = autograd.Variable(torch.cos(torch.arange(12.0)).view(6, 2), requires_grad=True)
scores = critic(between)
slopes = autograd.grad(outputs=scores, inputs=between, grad_outputs=torch.ones(scores.size()), create_graph=True,
                       retain_graph=True, only_inputs=True)[0]  # fmt: skip
penalty = ((slopes.norm(2, dim=1) - 1) ** 2).mean() * 10
penalty.backward()
print(f"{penalty.item():.5f}", critic[0].weight.grad[:2], critic[2].bias.grad)

net = fill(nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1)))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
t = torch.linspace(0, 1, 10).view(-1, 1).requires_grad_(True)
for _ in range(20):
    u = net(t)
    du = autograd.grad(u, t, torch.ones_like(u), create_graph=True)[0]
    d2u = autograd.grad(du, t, torch.ones_like(du), create_graph=True)[0]
    loss = ((d2u + u) ** 2).mean() + torch.squeeze(u[0] - 1) ** 2
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"{loss.item():.4f}")

start = [torch.full((1,), 0.5, requires_grad=True), torch.zeros(1, requires_grad=True)]
fast, x = [p.clone() for p in start], torch.linspace(-1, 1, 5)
for _ in range(3):
    inner = F.mse_loss(torch.tanh(fast[0] * x + fast[1]), torch.sin(x))
    fast = [p - 0.1 * g for p, g in zip(fast, autograd.grad(inner, fast, create_graph=True))]
F.mse_loss(torch.tanh(fast[0] * x + fast[1]), torch.sin(x)).backward()
print([p.grad for p in start])
