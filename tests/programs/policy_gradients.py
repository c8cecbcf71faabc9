"""The losses of policy gradients on a written-down episode, and a policy whose actions pass through tanh."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.distributions import Categorical, Normal, kl_divergence

policy, value = nn.Linear(4, 2), nn.Linear(4, 1)
for i, p in enumerate([*policy.parameters(), *value.parameters()]):
    p.data.copy_(torch.cos(torch.arange(p.numel()).float() + i).view_as(p))
states = np.sin(np.arange(24)).reshape(6, 4)
actions, rewards = [0, 1, 1, 0, 1, 0], [1.0] * 6
optimizer = optim.Adam([*policy.parameters(), *value.parameters()], lr=0.1)
for _ in range(4):
    log_probs, values, returns, R = [], [], [], 0
    for state, action in zip(states, actions):
        s = torch.from_numpy(state).float().unsqueeze(0)
        log_probs.append(Categorical(F.softmax(policy(s), dim=1)).log_prob(torch.tensor([action])))
        values.append(value(s))
    for r in rewards[::-1]:
        R = r + 0.9 * R
        returns.insert(0, R)
    returns = torch.tensor(returns)
    returns = (returns - returns.mean()) / (returns.std() + np.finfo(np.float32).eps.item())
    losses = [-lp * (R - v.item()) for lp, v, R in zip(log_probs, values, returns)]
    losses += [F.smooth_l1_loss(v.view(-1), torch.tensor([R])) for v, R in zip(values, returns)]
    optimizer.zero_grad()
    loss = torch.stack([each.squeeze() for each in losses]).sum()
    loss.backward()
    optimizer.step()
    print(f"{loss.item():.4f}")
old = torch.stack(log_probs).detach()
ratio = torch.exp(torch.stack(log_probs) - old * 1.1)
clipped = torch.clamp(ratio, 0.8, 1.2)
print(
    -torch.min(ratio * returns[:, None], clipped * returns[:, None]).mean(),
    ratio.gt(1.2) | ratio.lt(0.8),
)
d = Normal(torch.zeros(2, 3), torch.exp(torch.as_tensor(-0.5 * np.ones(3, dtype=np.float32))))
a = torch.full((2, 3), 0.3)
print(
    d.log_prob(a).sum(axis=-1) - (2 * (np.log(2) - a - F.softplus(-2 * a))).sum(axis=1),
    d.entropy()[0],
)
print(kl_divergence(d, Normal(torch.ones(3), 1.0)).shape, Categorical(logits=torch.zeros(3)))
