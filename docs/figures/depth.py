"""Values and gradients through fifty layers: `python -m docs.figures.depth`."""

import json

from docs.experiments.depth import RESULTS
from docs.figures.style import BLUE, GREEN, ORANGE, PURPLE, figure, save


def main() -> None:
    measured = json.loads(RESULTS.read_text("utf-8"))
    _, (left, right) = figure(8.4, 3.2, columns=2)
    for (name, found), colour in zip(measured.items(), (BLUE, GREEN, ORANGE, PURPLE), strict=True):
        layers = range(1, len(found["values"]) + 1)
        left.semilogy(layers, [max(v, 1e-30) for v in found["values"]], color=colour, label=name)
        right.semilogy(layers, [max(v, 1e-30) for v in found["gradients"]], color=colour)
    left.set_title("values, on the way there", fontsize=10)
    right.set_title("gradients, on the way back", fontsize=10)
    for axes in (left, right):
        axes.set_xlabel("layer")
        axes.set_ylim(1e-20, 1e20)
    left.legend(fontsize=8, loc="lower left")
    left.set_ylabel("deviation")
    save("depth")


if __name__ == "__main__":
    main()
