"""How activations and gradients change with depth, by the size of the initial weights.

    python -m docs.experiments.depth

Fifty layers of 200 units with ReLU, a batch of 256 random inputs, seed 0; results/depth.json.
"""

import json
from pathlib import Path

import tinygrad_mnist as torch

RESULTS = Path(__file__).parent / "results" / "depth.json"
DEPTH, WIDTH, BATCH = 50, 200, 256
SIZES = {
    "He: the variance 2 / inputs": (2 / WIDTH) ** 0.5,
    "Xavier: 1 / inputs": (1 / WIDTH) ** 0.5,
    "twice He's variance": (4 / WIDTH) ** 0.5,
    "deviation 0.01": 0.01,
}


def measured(deviation: float, seed: int = 0) -> dict[str, list[float]]:
    """The deviation of each layer's values, and of the gradients that arrive there."""
    torch.manual_seed(seed)
    x = torch.randn(BATCH, WIDTH)
    layers = []
    for _ in range(DEPTH):
        weight = torch.randn(WIDTH, WIDTH, requires_grad=True) * deviation
        x = (x @ weight.T).relu()
        x.retain_grad()
        layers.append(x)
    (x * torch.randn(BATCH, WIDTH)).sum().backward()
    return {
        "values": [layer.detach().double().std().item() for layer in layers],
        "gradients": [layer.grad.double().std().item() for layer in layers],
    }


def main() -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    found = {name: measured(deviation) for name, deviation in SIZES.items()}
    RESULTS.write_text(json.dumps(found, indent=0) + "\n", "utf-8")


if __name__ == "__main__":
    main()
