"""The tape of a small network's loss: `python -m docs.figures.tape`."""

import tinygrad_mnist as torch
from docs.figures.style import FOLDER


def main() -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(20, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))
    scores = model(torch.randn(5, 20))
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor([0, 1, 2, 0, 1]))
    torch.show(loss, model).save(FOLDER / "tape.svg")


if __name__ == "__main__":
    main()
