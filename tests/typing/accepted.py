"""A user's program, as mypy --strict and pyright read it. Checked by `make lint`, never run."""

from typing import assert_type

import tinygrad_mnist as torch
import tinygrad_mnist.backends.cudnn
import tinygrad_mnist.special
from tinygrad_mnist import Tensor, nn, optim
from tinygrad_mnist.cuda.amp import GradScaler
from tinygrad_mnist.linalg import inv
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(784, 400)
        self.second = nn.Linear(400, 10)
        self.scale = nn.Parameter(torch.ones(10))

    def forward(self, x: Tensor) -> Tensor:
        hidden = F.dropout(F.relu(self.first(x)), 0.5, self.training)
        out: Tensor = self.second(hidden) * self.scale
        return out


x = torch.randn(8, 784)
w = torch.zeros(784, 3, requires_grad=True)
assert_type(x, Tensor)
assert_type(x.sum(), Tensor)
assert_type(x.mean(dim=0, keepdim=True), Tensor)
assert_type(x @ w, Tensor)
assert_type(2 * x + 1, Tensor)
assert_type(-x, Tensor)
assert_type(x[0], Tensor)
assert_type(x > 0, Tensor)
assert_type(x.exp().clamp(min=0.0), Tensor)
assert_type(x.add_(1), Tensor)
assert_type(x.shape, torch.Size)
assert_type(x.size(0), int)
assert_type(x.grad, Tensor | None)
assert_type(x.T, Tensor)
assert_type(inv(x.T @ x), Tensor)
assert_type(torch.linalg.inv(x.T @ x), Tensor)
assert_type(tinygrad_mnist.special.erf(x), Tensor)
assert_type(torch.cuda.is_available(), bool)
assert_type(tinygrad_mnist.backends.cudnn.benchmark, bool)
assert_type(GradScaler().is_enabled(), bool)
assert_type(x.requires_grad, bool)
assert_type(torch.cat([x, x]), Tensor)
assert_type(torch.where(x > 0, x, 0.0), Tensor)
assert_type(x.max(), Tensor)
assert_type(x.max(1).indices, Tensor)
assert_type(x.to(torch.float64), Tensor)
assert_type(torch.linalg.inv(x), Tensor)

net = Net()
optimizer = optim.Adam(net.parameters(), lr=0.005, betas=(0.8, 0.999))
assert_type(optimizer, optim.Adam)
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=1)
loader = DataLoader(TensorDataset(x, torch.zeros(8, dtype=torch.long)), batch_size=4, shuffle=True)
loss_of = nn.CrossEntropyLoss()
for images, labels in loader:
    assert_type(images, Tensor)
    optimizer.zero_grad()
    loss = F.cross_entropy(net(images), labels)
    assert_type(loss, Tensor)
    loss.backward()
    optimizer.step()
with torch.no_grad():
    net.eval()
    print(f"{loss_of(net(x), torch.zeros(8, dtype=torch.long)).item():.3f}")
torch.save(net.state_dict(), "net.pt")
net.load_state_dict(torch.load("net.pt"))
(slope,) = torch.autograd.grad(w.sum(), w)
assert_type(slope, Tensor)
