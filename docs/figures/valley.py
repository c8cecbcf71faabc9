"""Four optimizers in a long valley: `python -m docs.figures.valley`."""

import numpy as np

import tinygrad_mnist as torch
from docs.figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, figure, save
from tinygrad_mnist import optim

WAYS = {
    "plain descent": (lambda p: optim.SGD(p, lr=0.06), BLUE),
    "momentum": (lambda p: optim.SGD(p, lr=0.02, momentum=0.8), ORANGE),
    "RMSprop": (lambda p: optim.RMSprop(p, lr=0.12, alpha=0.9), GREEN),
    "Adam": (lambda p: optim.Adam(p, lr=0.25, betas=(0.8, 0.999)), PURPLE),
}
STEPS = 40


def path(make):
    x = torch.tensor([-4.0, 1.0], requires_grad=True)
    optimizer = make([x])
    places = [x.tolist()]
    for _ in range(STEPS):
        optimizer.zero_grad()
        (0.5 * (x[0] ** 2 + 30 * x[1] ** 2)).backward()
        optimizer.step()
        places.append(x.tolist())
    return np.array(places)


def main() -> None:
    _, axes = figure(7.6, 3.4)
    u, v = np.meshgrid(np.linspace(-4.6, 1.6, 200), np.linspace(-1.3, 1.3, 120))
    levels = [0.05, 0.3, 1, 2.5, 5, 9, 15, 23]
    axes.contour(u, v, 0.5 * (u**2 + 30 * v**2), levels, colors=GREY, linewidths=0.6, alpha=0.6)
    for name, (make, colour) in WAYS.items():
        places = path(make)
        axes.plot(*places.T, ".-", color=colour, label=name, linewidth=1.3, markersize=4)
    axes.plot([0], [0], "*", color=GREY, markersize=12)
    axes.legend(fontsize=9, loc="upper right")
    axes.set_xlabel("along the valley")
    axes.set_ylabel("across it")
    save("valley")


if __name__ == "__main__":
    main()
