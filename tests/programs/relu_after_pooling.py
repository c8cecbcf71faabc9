"""A small network of convolutions whose nonlinearity writes over what the pooling gave."""

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 3, 3), nn.MaxPool2d(2), nn.ReLU(inplace=True),
            nn.Conv2d(3, 4, 3, padding=1), nn.MaxPool2d(3, stride=2, padding=1), nn.ReLU(True),
        )  # fmt: skip
        self.classifier = nn.Linear(4 * 2 * 2, 3)

    def forward(self, x):
        return F.log_softmax(self.classifier(self.features(x).view(-1, 16)), dim=1)


net = Net().double()
with torch.no_grad():
    for i, p in enumerate(net.parameters()):
        p.copy_(torch.cos(torch.arange(p.numel(), dtype=p.dtype) * (i + 1)).view_as(p) / 3)
x = torch.sin(torch.arange(6 * 64, dtype=torch.double)).view(6, 1, 8, 8)
y = torch.tensor([0, 1, 2, 0, 1, 2])
optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9, nesterov=True)
for epoch in range(8):
    optimizer.zero_grad()
    loss = F.nll_loss(net(x), target=y)
    loss.backward()
    optimizer.step()
    print("%d %.6f" % (epoch, loss.item()))
print(nn.CosineEmbeddingLoss()(x[0, 0], x[1, 0], target=torch.ones(8)))
kept = F.max_pool2d(x.requires_grad_(), 2)
kept.mul_(0.5).sum().backward()
print(x.grad.sum())
written = x * 1
kept = F.max_pool2d(written, 2)
written.zero_()
try:
    kept.sum().backward()
except RuntimeError as error:
    print("modified by an inplace operation" in str(error))
