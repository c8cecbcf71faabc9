"""Ten runs of the original recipe: `python -m docs.figures.seeds`."""

import json

from docs.experiments.recipes import RESULTS
from docs.figures.style import BLUE, ORANGE, figure, save


def main() -> None:
    runs = json.loads(RESULTS.read_text("utf-8"))["original"]
    _, (left, right) = figure(8.4, 3, columns=2)
    for run in runs.values():
        epochs = range(1, len(run["epochs"]) + 1)
        left.semilogy(epochs, [epoch[0] for epoch in run["epochs"]], color=BLUE, alpha=0.5)
        right.plot(epochs, [100 * epoch[2] for epoch in run["epochs"]], color=ORANGE, alpha=0.5)
    left.set_ylabel("training loss, with dropout")
    right.set_ylabel("test accuracy in percent")
    right.set_ylim(95, 98.4)
    for axes in (left, right):
        axes.set_xlabel("epoch")
    save("seeds")


if __name__ == "__main__":
    main()
