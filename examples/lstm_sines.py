"""An LSTM learns to tell the next sample of a sine wave, from hearing its beginning.

python examples/lstm_sines.py
"""

import argparse
import math

import tinygrad_mnist as torch
from tinygrad_mnist import Tensor, nn

State = tuple[Tensor, Tensor]


class Listener(nn.Module):
    """Predicts the next sample at every step."""

    def __init__(self, hidden: int = 32) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 1)

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        out, state_after = self.lstm(x, state)
        return self.head(out), state_after


def sines(batch: int, length: int) -> Tensor:
    """Waves of any frequency from 0.2 to 0.5 a step, and of any phase, (batch, length, 1)."""
    frequency = 0.2 + 0.3 * torch.rand(batch, 1)
    phase = 2 * math.pi * torch.rand(batch, 1)
    return torch.sin(frequency * torch.arange(length) + phase).unsqueeze(-1)


def main(steps: int = 300) -> float:
    torch.manual_seed(0)
    model = Listener()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for step in range(steps):
        wave = sines(32, 41)
        heard = wave[:, :-1]
        following = wave[:, 1:]
        prediction, _ = model(heard)
        loss = nn.functional.mse_loss(prediction, following)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            print(f"step {step:4}  loss {loss.item():.5f}")
    with torch.no_grad():
        wave = sines(100, 61)
        heard = wave[:, :-1]
        following = wave[:, 1:]
        prediction, _ = model(heard)
        error: float = (prediction - following)[:, 20:].abs().mean().item()
        standing: float = (heard - following)[:, 20:].abs().mean().item()
    print(f"mean error of the next sample, once 20 are heard: {error:.4f}")
    print(f"of one who repeats the last sample: {standing:.4f}")
    assert error < standing / 10
    return error


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()
