"""The curve of -log p: `python -m docs.figures.minus_log_p`."""

import numpy as np

from docs.figures.style import BLUE, GREY, figure, save

NAMED = {1.0: "sure and right: 0", 0.5: "one half: 0.69", 0.1: "one in ten: 2.30"}


def main() -> None:
    p = np.linspace(0.004, 1, 400)
    _, axes = figure(5.2, 3)
    axes.plot(p, -np.log(p), color=BLUE, linewidth=2)
    for at, words in NAMED.items():
        axes.plot([at], [-np.log(at)], "o", color=BLUE)
        side = "right" if at == 1 else "left"
        move = (-4 if at == 1 else 8, 8)
        place = (at, -np.log(at))
        axes.annotate(words, place, move, textcoords="offset points", color=GREY, ha=side)
    axes.set_xlabel("probability that was given to the truth")
    axes.set_ylabel("cost in nats")
    axes.set_xlim(0, 1.03)
    axes.set_ylim(0, 5.5)
    save("minus-log-p")


if __name__ == "__main__":
    main()
