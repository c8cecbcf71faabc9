"""What an installed package must do with NumPy alone. `python -m tests.wheels` runs this file from
outside the project, with each interpreter that it finds.
"""

import sys
import tempfile
import threading
from pathlib import Path

import numpy as np

import tinygrad_mnist as torch
from tinygrad_mnist import nn, optim

FOLDER = Path(torch.__file__).parent


def train(seed):
    """The last loss of a small network on noise."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.rand(64, 20, generator=generator)
    y = torch.randint(3, (64,), generator=generator)
    model = nn.Sequential(nn.Linear(20, 16), nn.GELU(), nn.Linear(16, 3))
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.rand(p.shape, generator=generator) - 0.5)
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    for _ in range(60):
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(model(x), y)
        loss.backward()
        optimizer.step()
    return model, loss.item()


model, loss = train(0)
assert loss < 0.5, loss

# second derivatives, special functions, and a compiled step
z = torch.tensor([0.3, 2.0], dtype=torch.float64, requires_grad=True)
(slope,) = torch.autograd.grad(torch.erf(z).sum(), z, create_graph=True)
slope.sum().backward()
assert np.allclose(z.grad.numpy(), -2 * z.detach().numpy() * slope.detach().numpy())
step = torch.compile(lambda x: model(x).square().mean())
assert abs(step(torch.ones(2, 20)).item() - model(torch.ones(2, 20)).square().mean().item()) < 1e-6

with tempfile.TemporaryDirectory() as folder:
    torch.save(model.state_dict(), Path(folder) / "w.pt")
    loaded = torch.load(Path(folder) / "w.pt")
    assert all(torch.equal(loaded[name], value) for name, value in model.state_dict().items())

# threads that train at the same time give what each gives alone
alone = [train(seed)[1] for seed in range(4)]
together = {}
threads = [
    threading.Thread(target=lambda seed=seed: together.update({seed: train(seed)[1]}))
    for seed in range(4)
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert [together[seed] for seed in range(4)] == alone, (together, alone)

assert (FOLDER / "py.typed").exists() and (FOLDER / "mnist" / "weights").is_dir()
try:
    torch.lgamma(torch.ones(1))
except ImportError as error:
    assert "tinygrad-mnist[special]" in str(error)
else:
    assert "scipy" in sys.modules

free = not getattr(sys, "_is_gil_enabled", lambda: True)()
print(f"{sys.version.split()[0]}{' free-threaded' if free else ''}, NumPy {np.__version__}: works")
