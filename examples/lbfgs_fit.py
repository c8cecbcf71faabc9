"""A damped oscillation fitted with L-BFGS: four numbers found from noisy samples.

python examples/lbfgs_fit.py
"""

import argparse

import tinygrad_mnist as torch
from tinygrad_mnist import Tensor

TRUTH = {"amplitude": 2.0, "decay": 0.35, "frequency": 3.0, "phase": 0.5}

Number = float | Tensor


def wave(t: Tensor, amplitude: Number, decay: Number, frequency: Number, phase: Number) -> Tensor:
    """A cosine at the times t that dies away."""
    return amplitude * torch.exp(-decay * t) * torch.cos(frequency * t + phase)


def main(noise: float = 0.02) -> dict[str, float]:
    torch.manual_seed(0)
    t = torch.linspace(0, 6, 200, dtype=torch.float64)
    samples = wave(t, **TRUTH) + noise * torch.randn(200, dtype=torch.float64)
    start = [1.0, 0.1, 2.8, 0.0]
    parameters = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([parameters], max_iter=50, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = ((wave(t, *parameters) - samples) ** 2).mean()
        loss.backward()
        return loss

    optimizer.step(closure)
    found = dict(zip(TRUTH, parameters.tolist(), strict=True))
    for name, value in found.items():
        print(f"{name:>10}: {value:.4f}, in truth {TRUTH[name]}")
    evaluations = optimizer.state[parameters]["func_evals"]
    print(f"after {evaluations} evaluations the mean square is {closure().item():.6f}")
    assert all(abs(found[name] - TRUTH[name]) < 0.02 for name in TRUTH)
    return found


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()
