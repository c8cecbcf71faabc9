"""LeNet whose layers learn the sizes of their inputs from the first batch."""

import torch
from torch import nn

net = nn.Sequential(
    nn.LazyConv2d(6, kernel_size=5, padding=2), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2),
    nn.LazyConv2d(4, kernel_size=3, bias=False), nn.LazyBatchNorm2d(), nn.ReLU(), nn.Flatten(), nn.LazyLinear(3),
)  # fmt: skip
print(net[0], net[3], net[4], net[-1])
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
net[-1].bias.data.fill_(0)
X = torch.cos(torch.arange(4 * 64.0)).view(4, 1, 8, 8)
for layer in net:
    X = layer(X)
    print(type(layer).__name__, "output shape:\t", X.shape)
print(net)
with torch.no_grad():
    for i, p in enumerate(net.parameters()):
        p.copy_(torch.cos(torch.arange(float(p.numel())) * (i + 1)).view_as(p) / 3)
X = torch.cos(torch.arange(4 * 64.0)).view(4, 1, 8, 8)
for _ in range(3):
    loss = nn.CrossEntropyLoss()(net(X), torch.tensor([0, 1, 2, 0]))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"{loss.item():.5f}")
print(list(net.state_dict())[:3], sum(p.numel() for p in net.parameters()))
