"""Two moons: a small network bends a line until it parts two interleaved half circles.

python examples/moons.py
"""

import argparse
import math

import tinygrad_mnist as torch
from tinygrad_mnist import Tensor, nn


def moons(n: int, noise: float = 0.1) -> tuple[Tensor, Tensor]:
    """n points, (n, 2), and to which of two half circles each belongs, (n,)."""
    angle = torch.rand(n) * math.pi
    which = torch.arange(n) % 2
    upper = torch.stack([torch.cos(angle), torch.sin(angle)], dim=1)
    lower = torch.stack([1 - torch.cos(angle), 0.5 - torch.sin(angle)], dim=1)
    points = torch.where((which == 0).unsqueeze(1), upper, lower)
    return points + noise * torch.randn(n, 2), which


def main(steps: int = 300) -> float:
    torch.manual_seed(0)
    x, y = moons(400)
    x_test, y_test = moons(400)
    model = nn.Sequential(
        nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    criterion = nn.BCEWithLogitsLoss()
    for step in range(steps):
        optimizer.zero_grad()
        loss = criterion(model(x).squeeze(1), y.float())
        loss.backward()
        optimizer.step()
        if step % 100 == 0:
            print(f"step {step:4}  loss {loss.item():.4f}")
    with torch.no_grad():
        answers = model(x_test).squeeze(1) > 0
        accuracy: float = (answers == (y_test == 1)).float().mean().item()
    print(f"points on the right side: {accuracy:.1%}")
    assert accuracy > 0.97
    return accuracy


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()
