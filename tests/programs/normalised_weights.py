"""A causal convolution with weight_norm, a critic with spectral_norm."""

import torch
import torch.nn as nn
from torch.nn.utils import remove_weight_norm, spectral_norm, weight_norm

conv = nn.Conv1d(1, 4, 3, padding=4, dilation=2)
conv.weight.data.copy_(torch.arange(12.0).view(4, 1, 3) / 10 + 0.1)
conv.bias.data.zero_()
conv = weight_norm(conv)
print([(name, p.shape) for name, p in conv.named_parameters()], sorted(conv.state_dict()))
x = torch.sin(torch.arange(16.0)).view(2, 1, 8)
optimizer = torch.optim.Adam(conv.parameters(), lr=0.1)
for _ in range(5):
    loss = (conv(x)[:, :, :-4] - x).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"{loss.item():.5f}")
before = conv(x)
remove_weight_norm(conv)
print([name for name, _ in conv.named_parameters()], torch.allclose(before, conv(x), atol=1e-6))
critic = spectral_norm(nn.Linear(3, 2))
critic.weight_orig.data.copy_(torch.arange(6.0).view(2, 3))
critic.weight_u.copy_(torch.ones(2) / 2**0.5)
for _ in range(10):
    out = critic(torch.eye(3))
out.pow(2).sum().backward()
print(
    sorted(critic.state_dict()),
    torch.linalg.matrix_norm(critic.weight.detach(), 2),
    critic.weight_orig.grad.shape,
)
