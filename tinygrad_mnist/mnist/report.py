"""A gallery of a trained network: figures as PNG, and one HTML page that holds them all."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_mnist import nn
from tinygrad_mnist.mnist import figures
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.figures import DARK, LIGHT, Figure, Theme
from tinygrad_mnist.mnist.measures import Answers, answers, saliency
from tinygrad_mnist.mnist.recipe import CLASSES
from tinygrad_mnist.mnist.runs import Description

SHOWN = 40  # digits in a figure


@dataclass(frozen=True, eq=False)
class Plate:
    """One figure of the gallery: the PNG's name, a heading, what it shows, how to read it, its drawing."""

    name: str
    heading: str
    alt: str
    reading: str
    draw: Callable[[Theme], Figure]


def plates(
    network: nn.Sequential, digits: Digits, about: Description
) -> tuple[list[Plate], Answers]:
    """The figures of a network that there is something to draw of, and its answers to the test digits."""
    images = digits.test_images
    found = answers(network, images, digits.test_labels)
    right, wrong = _some_right(found), found.mistakes()[:SHOWN].tolist()
    last, made = about.history[-1] if about.history else None, []
    if last:
        made.append(Plate(
            "learning-curves", "How it learned",
            f"Two line charts over {last.number} epochs. The cost falls to {last.loss:.3f} in training and"
            f" {last.test_loss:.3f} on test digits; {1 - last.train_accuracy:.2%} of the training digits and"
            f" {1 - last.test_accuracy:.2%} of the test digits are wrong at the end.",
            "Both lines should fall and then lie flat; a test line that rises while the training line still falls is"
            " overfitting. The training cost is measured while dropout switches units off, which is why it can lie"
            " above the cost on digits never seen.",
            lambda theme: figures.curves(about.history, theme),
        ))  # fmt: skip
    made.append(Plate(
        "correct-digits", "What it gets right",
        f"{len(right)} test digits that were answered right, each with answer and confidence.",
        "Above each digit stands the answer and how probable the network finds it; each column is one digit, from the"
        " surest at the top to the least sure below. The lowest row shows where its doubts begin: open loops, missing"
        " strokes, unusual slants.",
        lambda theme: figures.digits(images, found, right, theme),
    ))  # fmt: skip
    if wrong:
        made.append(Plate(
            "wrong-digits", "What it gets wrong",
            f"The {len(wrong)} surest of {int((~found.right).sum())} mistakes, each with answer, confidence and truth.",
            "These are the mistakes that it is surest of: first the answer and its confidence, below it the truth."
            " Some would puzzle people too; the others show what the network has not learned to look at.",
            lambda theme: figures.digits(images, found, wrong, theme),
        ))  # fmt: skip
    made.append(Plate(
        "confusion", "Which digits it mixes up",
        f"A table of truth against answer, ten by ten. {_worst(found)}",
        "A row is what was shown, a column what was answered: the diagonal counts right answers, and everything beside"
        " it is a mistake. The deeper the orange, the more often that pair was mixed up.",
        lambda theme: figures.confusion(found, theme),
    ))  # fmt: skip
    made.append(Plate(
        "reliability", "Whether its confidence can be trusted",
        f"Bars of accuracy for each of 15 ranges of confidence. The expected calibration error is"
        f" {found.calibration().error:.2%}; {found.confidence.mean():.1%} is the mean confidence,"
        f" {found.accuracy:.1%} the accuracy.",
        "Where a bar ends below the orange mark, the network was surer than it was right; above it, it was too modest."
        " Bars over few answers (the lower chart, whose scale is logarithmic) are mostly chance.",
        lambda theme: figures.reliability(found, theme),
    ))  # fmt: skip
    linear = next((layer for layer in network if isinstance(layer, nn.Linear)), None)
    if linear is not None and linear.in_features == images[0].size:
        weight = linear.weight.detach().numpy()
        made.append(Plate(
            "first-layer", "What the first layer looks for",
            f"The weights of {min(72, len(weight))} of the first layer's {len(weight)} units as small images, blue and"
            " orange.",
            "Each square is one unit: ink on blue makes it fire, ink on orange keeps it silent, and both together find"
            " a stroke or an edge at one place. The corners are faint, for no digit reaches them.",
            lambda theme: figures.first_layer(weight, theme),
        ))  # fmt: skip
    each = [
        int(np.flatnonzero(digits.test_labels == d)[0])
        for d in range(10)
        if (digits.test_labels == d).any()
    ]
    slope = saliency(network, images[each])
    names = [
        f"{found.answer[i]}" + ("" if found.right[i] else f", but it is {found.labels[i]}")
        for i in each
    ]
    made.append(Plate(
        "saliency", "What an answer hangs on",
        f"{len(each)} test digits, and below each a map of blue and orange pixels around its outline.",
        "Below each digit is the gradient of the winning answer's logit with respect to every pixel, which the same"
        " engine computes that trained the network. More ink on blue would strengthen the answer and more ink on orange"
        " would weaken it; the line is the digit's outline.",
        lambda theme: figures.slopes(images[each], slope, names, theme),
    ))  # fmt: skip
    return made, found


def drawn(plate: Plate, theme: Theme) -> bytes:
    """The plate's PNG in the theme's colours."""
    with figures.dressed(theme):
        return figures.png(plate.draw(theme))


def _some_right(found: Answers) -> list[int]:
    """Four right answers for each digit, in columns: from the surest to the least sure."""
    columns = []
    for digit in range(10):
        places = np.flatnonzero(found.right & (found.labels == digit))
        order = places[np.argsort(-found.confidence[places], kind="stable")]
        columns.append(
            [order[round(at * (len(order) - 1))] for at in (0, 0.9, 0.99, 1)] if len(order) else []
        )
    return [int(column[row]) for row in range(4) for column in columns if column]


def _worst(found: Answers) -> str:
    wrong = found.confusion - np.diag(found.confusion.diagonal())
    truth, answer = np.unravel_index(wrong.argmax(), wrong.shape)
    n = int(wrong.max())
    return (
        f"Most often, {n} times, a {truth} was taken for a {answer}."
        if n
        else "Nothing was mixed up."
    )


# the page ----------------------------------------------------------------------------------

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2127; --soft: #5c6570; --line: #e4e6ea; --blue: #2563ab; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16191e; --ink: #e8eaed; --soft: #a3abb6; --line: #343a43; --blue: #74acf5; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.6 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.3rem; margin: 3rem 0 .25rem; }
p { max-width: 44rem; margin: .25rem 0 1rem; }
.soft { color: var(--soft); }
nav a { color: var(--blue); margin-right: 1rem; white-space: nowrap; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1px; background: var(--line);
  border: 1px solid var(--line); border-radius: .5rem; overflow: hidden; margin: 1.5rem 0; }
dl div { background: var(--paper); padding: .6rem 1rem; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
figure { margin: 0; overflow-x: auto; }
figure img { display: block; min-width: 36rem; max-width: 100%; height: auto; margin: 0 auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .3rem 1rem; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; }
@media print { h2 { break-after: avoid; } figure { break-inside: avoid; } }
"""


def page(
    name: str, network: str, plates: list[Plate], found: Answers, source: str, light: list[bytes]
) -> str:
    """The report as one HTML file: its images are inside, in light (given) and dark, and nothing is fetched.

    Args:
        name: the heading.
        network: its layers in a few words.
        source: where the test digits came from.
        light: the plates' PNGs in the light theme, in their order.
    """
    facts = {
        "test accuracy": f"{found.accuracy:.2%}",
        "answered wrong": f"{int((~found.right).sum()):,} of {len(found.labels):,}",
        "cross-entropy": f"{found.loss:.4f} nats",
        "calibration error": f"{found.calibration().error:.2%}",
        "Brier score": f"{found.brier:.4f}",
        "network": network,
    }
    sections = "\n".join(_section(plate, image) for plate, image in zip(plates, light, strict=True))
    rows = "".join(
        f"<tr><td>{row['digit']}</td><td>{row['shown']:,}</td>"
        + "".join(f"<td>{row[name]:.2%}</td>" for name in ("precision", "recall", "f1"))
        + "</tr>"
        for row in found.per_class
    )
    title = html.escape(name)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="soft">A classifier of hand-written digits, measured on digits that it never saw: {html.escape(source)}.</p>
<dl>{"".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts.items())}</dl>
<nav aria-label="Figures">{" ".join(f'<a href="#{p.name}">{p.heading}</a>' for p in plates)}
<a href="#digits">Digit by digit</a></nav>
{sections}
<section id="digits">
<h2>Digit by digit</h2>
<p>Precision asks how many of the answers "7" were sevens, recall how many of the sevens were answered so.
F1 is their harmonic mean, and is low where either is.</p>
<div class="wide"><table>
<thead><tr><th scope="col">digit</th><th scope="col">shown</th><th scope="col">precision</th>
<th scope="col">recall</th><th scope="col">F1</th></tr></thead>
<tbody>{rows}</tbody>
</table></div>
</section>
</main>
</body>
</html>
"""


def _section(plate: Plate, light: bytes) -> str:
    width, height = (int.from_bytes(light[at : at + 4]) for at in (16, 20))  # where a PNG has them
    return f"""<section id="{plate.name}">
<h2>{plate.heading}</h2>
<p>{html.escape(plate.reading, quote=False)}</p>
<figure><picture>
<source media="(prefers-color-scheme: dark)" srcset="{_inside(drawn(plate, DARK))}">
<img src="{_inside(light)}" alt="{html.escape(plate.alt)}" width="{width * 3 // 5}" height="{height * 3 // 5}">
</picture></figure>
</section>"""


def _inside(image: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(image).decode()}"


def gallery(network: nn.Sequential, digits: Digits, about: Description) -> dict[str, Any]:
    """Every file of the gallery by its name: a PNG for each figure, and report.html."""
    made, found = plates(network, digits, about)
    light = [drawn(plate, LIGHT) for plate in made]
    files: dict[str, Any] = {
        f"{plate.name}.png": image for plate, image in zip(made, light, strict=True)
    }
    linear = [layer for layer in network if isinstance(layer, nn.Linear)]
    layers = "-".join(str(width) for width in [layer.in_features for layer in linear] + [CLASSES])
    name = f"Gallery of {Path(about.name).resolve().name}"
    return files | {"report.html": page(name, layers, made, found, digits.source, light)}
