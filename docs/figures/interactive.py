"""The figures that a reader can move: `python -m docs.figures.interactive`.

Runs the programs, draws the still figures, and writes the numbers that docs/_static/figures.js
moves through. Nothing is computed in the browser: every number that it shows was on the tape here.
"""

import json

import numpy as np

import tinygrad_mnist as torch
from docs.figures.style import BLUE, FOLDER, GREY, ORANGE, figure, save
from tinygrad_mnist import nn
from tinygrad_mnist.mnist import datasets

DATA = FOLDER.parent.parent / "_static" / "figures-data.js"
SEED = 0
TRAINED = 100  # steps of 64 digits at a rate of 0.2, before the weights are moved
DIGITS = 256  # the loss is their mean
PLACES = 121  # of each weight
REACH = 3.0  # how far from its trained value a weight is moved, to both sides


def square():
    """The program (w x + b)² of chapter 4: its tensors by name, and its loss."""
    w, x, b = (torch.tensor(number, requires_grad=True) for number in (2.0, 3.0, 1.0))
    u = w * x
    v = u + b
    L = v * v
    return {"w": w, "x": x, "b": b, "u": u, "v": v, "L": L}


def steps_of_the_square():
    """Its tape drawn, and the steps in which it is written and played."""
    named = square()
    drawing = torch.show(named["L"], tensors=named)
    slopes = torch.autograd.grad(named["L"], list(named.values()), retain_graph=True)
    value = {name: f"{tensor.item():g}" for name, tensor in named.items()}
    slope = {name: f"{each.item():g}" for name, each in zip(named, slopes, strict=True)}

    def step(words, values=(), gradients=()):
        return {"words": words, "values": list(values), "gradients": list(gradients)}

    steps = [
        step("The three leaves have their numbers. The tape is empty.", "wxb"),
        step(f"u = w · x = {value['w']} · {value['x']} = {value['u']} is written down.", "u"),
        step(f"v = u + b = {value['u']} + {value['b']} = {value['v']} is written down.", "v"),
        step(f"L = v · v = {value['L']} is written down. The way forward is done.", "L"),
        step(f"Now back. The slope of L by itself is {slope['L']}.", "", "L"),
        step(
            f"L = v · v has v twice: {value['v']} · {slope['L']} + {value['v']} · {slope['L']}"
            f" = {slope['v']} for v.",
            "",
            "v",
        ),
        step(f"v = u + b has slope 1 by both: {slope['u']} for u, {slope['b']} for b.", "", "ub"),
        step(
            f"u = w · x: x times {slope['u']} = {slope['w']} for w, and w times {slope['u']}"
            f" = {slope['x']} for x. The gradient is there.",
            "",
            "wx",
        ),
    ]
    return drawing, steps


def trained():
    """A network of 32 hidden units that has seen 6,400 digits, and digits to ask it about."""
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    digits = datasets.embedded()
    images = digits.train_images.reshape(-1, 784).astype(np.float32) / 255
    labels = digits.train_labels.astype(np.int64)
    network = nn.Sequential(nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))
    for _ in range(TRAINED):
        rows = rng.integers(0, len(images), 64)
        network.zero_grad()
        loss_of(network, images[rows], labels[rows]).backward()
        with torch.no_grad():
            for parameter in network.parameters():
                parameter -= 0.2 * parameter.grad
    return network, images[:DIGITS], labels[:DIGITS]


def loss_of(network, images, labels):
    scores = network(torch.from_numpy(images))
    return nn.functional.cross_entropy(scores, torch.from_numpy(labels))


def curve(network, parameter, place, images, labels):
    """The loss and its slope at many values of one weight; the slope is the tape's."""
    before = parameter.detach()[place].item()
    rows = []
    for value in np.linspace(before - REACH, before + REACH, PLACES):
        with torch.no_grad():
            parameter[place] = float(value)
        network.zero_grad()
        loss = loss_of(network, images, labels)
        loss.backward()
        rows.append([float(value), loss.item(), parameter.grad[place].item()])
    with torch.no_grad():
        parameter[place] = before
    return rows


def curves():
    """Of three kinds of weights, the one on which the loss depends most."""
    network, images, labels = trained()
    network.double()
    images = images.astype(np.float64)
    loss_of(network, images, labels).backward()
    gradients = {name: parameter.grad.numpy() for name, parameter in network.named_parameters()}
    kinds = (
        ("2.weight", "a weight from hidden unit {1} to the score of digit {0}"),
        ("0.weight", "a weight from pixel {1} to hidden unit {0}"),
        ("2.bias", "the bias of the score of digit {0}"),
    )
    found = []
    for name, words in kinds:
        gradient = np.abs(gradients[name])
        place = tuple(int(i) for i in np.unravel_index(gradient.argmax(), gradient.shape))
        parameter = dict(network.named_parameters())[name]
        rows = curve(network, parameter, place, images, labels)
        rows = [[float(f"{number:.6g}") for number in row] for row in rows]
        found.append({"name": words.format(*place), "rows": rows})
    return found


def draw(found):
    """The still figure: the first curve, and three of its slopes."""
    rows = np.array(found[0]["rows"])
    _, axes = figure(5.6, 3.2)
    axes.plot(rows[:, 0], rows[:, 1], color=BLUE, linewidth=2)
    labels = ((12, "center", (0, 10)), (int(rows[:, 1].argmin()), "center", (0, -18)))
    for i, side, move in (*labels, (108, "right", (-14, 2))):
        w, loss, slope = rows[i]
        near = np.array([-0.7, 0.7])
        axes.plot(w + near, loss + slope * near, color=ORANGE, linewidth=2)
        axes.plot([w], [loss], "o", color=ORANGE)
        words = f"slope {slope:.2f}".replace("-0.00", "0.00")
        axes.annotate(words, (w, loss), move, textcoords="offset points", color=GREY, ha=side)
    axes.set_ylim(0, None)
    axes.set_xlabel(found[0]["name"])
    axes.set_ylabel(f"loss of {DIGITS} digits")
    save("weight-and-loss")


def main() -> None:
    drawing, steps = steps_of_the_square()
    drawing.save(FOLDER / "tape-of-a-square.svg")
    found = curves()
    draw(found)
    svg = drawing.svg[: drawing.svg.index("<style>")] + drawing.svg.partition("</style>")[2]
    data = {"tape": {"svg": svg, "steps": steps}, "weights": found}
    words = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    DATA.write_text(
        f"// written by python -m docs.figures.interactive\nwindow.FIGURES = {words};\n", "utf-8"
    )


if __name__ == "__main__":
    main()
