"""Models called with other models' parameters; gradients example by example."""

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd.functional import jacobian
from torch.func import functional_call

models = [nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)) for _ in range(3)]
for k, model in enumerate(models):
    for p in model.parameters():
        p.data.copy_(torch.sin(torch.arange(float(p.numel())) + k).view_as(p))
base = copy.deepcopy(models[0])
x = torch.cos(torch.arange(18.0)).view(6, 3)
out = torch.stack([functional_call(base, dict(model.named_parameters()), (x,)) for model in models])
print(
    out.shape, torch.allclose(out[1], models[1](x), atol=1e-6), torch.equal(base(x), models[0](x))
)

weights = {name: p.detach().requires_grad_() for name, p in base.named_parameters()}
each = []
for sample, target in zip(x, torch.arange(6) % 2):
    loss = F.cross_entropy(
        functional_call(base, weights, (sample.unsqueeze(0),)), target.unsqueeze(0)
    )
    each.append(
        dict(zip(weights, torch.autograd.grad(loss, list(weights.values()), create_graph=True)))
    )
print({name: g.shape for name, g in each[0].items()}, [g["2.bias"].detach() for g in each[:2]])
fast = {name: p - 0.1 * each[0][name] for name, p in weights.items()}
F.cross_entropy(functional_call(base, fast, (x,)), torch.arange(6) % 2).backward()
print(weights["0.weight"].grad, jacobian(torch.tanh, x[0]).shape)
