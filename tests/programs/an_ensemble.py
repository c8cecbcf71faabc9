"""Models stacked and called at once; gradients example by example."""

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.func import functional_call, grad, jacrev, stack_module_state, vmap

models = [nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)) for _ in range(3)]
for k, model in enumerate(models):
    for p in model.parameters():
        p.data.copy_(torch.sin(torch.arange(float(p.numel())) + k).view_as(p))
params, buffers = stack_module_state(models)
print({name: (p.shape, p.requires_grad, p.is_leaf) for name, p in params.items()}, buffers)
base = copy.deepcopy(models[0])
x = torch.cos(torch.arange(18.0)).view(6, 3)
out = vmap(lambda p, b, x: functional_call(base, (p, b), (x,)), in_dims=(0, 0, None))(params, buffers, x)
print(out.shape, torch.allclose(out[1], models[1](x), atol=1e-6))


def loss(p, sample, target):
    return F.cross_entropy(functional_call(base, p, (sample.unsqueeze(0),)), target.unsqueeze(0))


own = {name: p.detach() for name, p in base.named_parameters()}
each = vmap(grad(loss), in_dims=(None, 0, 0))(own, x, torch.arange(6) % 2)
print({name: g.shape for name, g in each.items()}, each["2.bias"][:2])
print(torch.vmap(torch.dot)(x, x), vmap(jacrev(torch.tanh))(x).shape)
