"""A gallery of a trained network: figures as PNG, and one HTML page that holds them all."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tinygrad_mnist import nn
from tinygrad_mnist.mnist import figures
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.figures import DARK, LIGHT, Figure, Theme
from tinygrad_mnist.mnist.measures import Answers, answers, saliency
from tinygrad_mnist.mnist.recipe import CLASSES
from tinygrad_mnist.mnist.runs import Description
from tinygrad_mnist.mnist.training import Epoch

__all__ = ["Plate", "drawn", "gallery", "page", "plates"]

SHOWN = 40  # digits in a figure


@dataclass(frozen=True, eq=False)
class Plate:
    """One figure of the gallery.

    Attributes:
        name: the PNG's, without its ending.
        heading: above the figure.
        alt: what it shows, for those who cannot see it.
        reading: how to read it, in two sentences.
        draw: makes the figure in a theme's colours.
    """

    name: str
    heading: str
    alt: str
    reading: str
    draw: Callable[[Theme], Figure]


def plates(
    network: nn.Sequential, digits: Digits, about: Description
) -> tuple[list[Plate], Answers]:
    """The figures of a network that there is something to draw of.

    Args:
        network: images (n, 28, 28) to logits (n, 10).
        digits: of which the test digits are answered.
        about: what is known of the network.

    Returns:
        The figures, and the answers to the test digits.
    """
    found = answers(network, digits.test_images, digits.test_labels)
    made = []
    if about.history:
        made.append(_learning_curves(about.history))
    made.append(_correct_digits(digits, found))
    wrong = found.mistakes()[:SHOWN].tolist()
    if wrong:
        made.append(_wrong_digits(digits, found, wrong))
    made.append(_confusion(found))
    made.append(_reliability(found))
    linear = next((layer for layer in network if isinstance(layer, nn.Linear)), None)
    if linear is not None and linear.in_features == digits.test_images[0].size:
        made.append(_first_layer(linear))
    made.append(_saliency(network, digits, found))
    return made, found


def _learning_curves(history: list[Epoch]) -> Plate:
    last = history[-1]
    return Plate(
        name="learning-curves",
        heading="How it learned",
        alt=f"Two line charts over {last.number} epochs. The cost falls to {last.loss:.3f} in"
        f" training and {last.test_loss:.3f} on test digits; {1 - last.train_accuracy:.2%} of the"
        f" training digits and {1 - last.test_accuracy:.2%} of the test digits are wrong at the"
        " end.",
        reading="Both lines should fall and then lie flat; a test line that rises while the"
        " training line still falls is overfitting. The training cost is measured while dropout"
        " switches units off, which is why it can lie above the cost on digits never seen.",
        draw=lambda theme: figures.curves(history, theme),
    )


def _correct_digits(digits: Digits, found: Answers) -> Plate:
    right = _some_right(found)
    return Plate(
        name="correct-digits",
        heading="What it gets right",
        alt=f"{len(right)} test digits that were answered right, each with answer and confidence.",
        reading="Above each digit stands the answer and how probable the network finds it; each"
        " column is one digit, from the surest at the top to the least sure below. The lowest row"
        " shows where its doubts begin: open loops, missing strokes, unusual slants.",
        draw=lambda theme: figures.digits(digits.test_images, found, right, theme),
    )


def _wrong_digits(digits: Digits, found: Answers, wrong: list[int]) -> Plate:
    total = int((~found.right).sum())
    return Plate(
        name="wrong-digits",
        heading="What it gets wrong",
        alt=f"The {len(wrong)} surest of {total} mistakes, each with answer, confidence and truth.",
        reading="These are the mistakes that it is surest of: first the answer and its confidence,"
        " below it the truth. Some would puzzle people too; the others show what the network has"
        " not learned to look at.",
        draw=lambda theme: figures.digits(digits.test_images, found, wrong, theme),
    )


def _confusion(found: Answers) -> Plate:
    return Plate(
        name="confusion",
        heading="Which digits it mixes up",
        alt=f"A table of truth against answer, ten by ten. {_worst(found)}",
        reading="A row is what was shown, a column what was answered: the diagonal counts right"
        " answers, and everything beside it is a mistake. The deeper the orange, the more often"
        " that pair was mixed up.",
        draw=lambda theme: figures.confusion(found, theme),
    )


def _reliability(found: Answers) -> Plate:
    return Plate(
        name="reliability",
        heading="Whether its confidence can be trusted",
        alt="Bars of accuracy for each of 15 ranges of confidence. The expected calibration error"
        f" is {found.calibration().error:.2%}; {found.confidence.mean():.1%} is the mean"
        f" confidence, {found.accuracy:.1%} the accuracy.",
        reading="Where a bar ends below the orange mark, the network was surer than it was right;"
        " above it, it was too modest. Bars over few answers (the lower chart, whose scale is"
        " logarithmic) are mostly chance.",
        draw=lambda theme: figures.reliability(found, theme),
    )


def _first_layer(linear: nn.Linear) -> Plate:
    weight = linear.weight.detach().numpy()
    return Plate(
        name="first-layer",
        heading="What the first layer looks for",
        alt=f"The weights of {min(72, len(weight))} of the first layer's {len(weight)} units as"
        " small images, blue and orange.",
        reading="Each square is one unit: ink on blue makes it fire, ink on orange keeps it"
        " silent, and both together find a stroke or an edge at one place. The corners are faint,"
        " for no digit reaches them.",
        draw=lambda theme: figures.first_layer(weight, theme),
    )


def _saliency(network: nn.Sequential, digits: Digits, found: Answers) -> Plate:
    first_of_each = []
    names = []
    for digit in range(CLASSES):
        places = np.flatnonzero(digits.test_labels == digit)
        if not len(places):
            continue
        index = int(places[0])
        name = str(found.answer[index])
        if not found.right[index]:
            name += f", but it is {found.labels[index]}"
        first_of_each.append(index)
        names.append(name)
    images = digits.test_images[first_of_each]
    slope = saliency(network, images)
    return Plate(
        name="saliency",
        heading="What an answer hangs on",
        alt=f"{len(images)} test digits, and below each a map of blue and orange pixels around its"
        " outline.",
        reading="Below each digit is the gradient of the winning answer's logit with respect to"
        " every pixel, which the same engine computes that trained the network. More ink on blue"
        " would strengthen the answer and more ink on orange would weaken it; the line is the"
        " digit's outline.",
        draw=lambda theme: figures.slopes(images, slope, names, theme),
    )


def drawn(plate: Plate, theme: Theme) -> bytes:
    """Draw a plate.

    Args:
        plate: the figure.
        theme: light or dark.

    Returns:
        The content of its PNG.
    """
    with figures.dressed(theme):
        return figures.png(plate.draw(theme))


def _some_right(found: Answers) -> list[int]:
    """Four right answers for each digit, in columns: from the surest to the least sure."""
    columns = []
    for digit in range(CLASSES):
        places = np.flatnonzero(found.right & (found.labels == digit))
        if len(places):
            order = np.argsort(-found.confidence[places], kind="stable")
            shares = (0, 0.9, 0.99, 1)
            chosen = [order[round(share * (len(order) - 1))] for share in shares]
            columns.append(places[chosen])
    return [int(index) for row in zip(*columns, strict=True) for index in row]


def _worst(found: Answers) -> str:
    """The mistake that was made most often, in a sentence."""
    count = int(found.confused.max())
    if not count:
        return "Nothing was mixed up."
    truth, answer = np.unravel_index(found.confused.argmax(), found.confused.shape)
    return f"Most often, {count} times, a {truth} was taken for a {answer}."


# the page ----------------------------------------------------------------------------------

STYLE = """
:root { color-scheme: light dark;
  --paper: #fff; --ink: #1c2127; --soft: #5c6570; --line: #e4e6ea; --blue: #2563ab; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16191e; --ink: #e8eaed; --soft: #a3abb6; --line: #343a43; --blue: #74acf5; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 17px/1.6 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.3rem; margin: 3rem 0 .25rem; }
p { max-width: 44rem; margin: .25rem 0 1rem; }
.soft { color: var(--soft); }
nav a { color: var(--blue); margin-right: 1rem; white-space: nowrap; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1px;
  background: var(--line); border: 1px solid var(--line); border-radius: .5rem; overflow: hidden;
  margin: 1.5rem 0; }
dl div { background: var(--paper); padding: .6rem 1rem; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
figure { margin: 0; overflow-x: auto; }
figure img { display: block; min-width: 36rem; max-width: 100%; height: auto; margin: 0 auto; }
.wide { overflow-x: auto; }
@media (max-width: 42rem) {
  figure::after, .wide::after { content: "Scroll sideways for the rest \2192"; display: block;
    position: sticky; left: 0; width: max-content; color: var(--soft); font-size: .85rem;
    padding: .4rem 0; }
}
@media (min-width: 30rem) { .wide::after { content: none; } }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .3rem 1rem; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; }
@media print { h2 { break-after: avoid; } figure { break-inside: avoid; } }
"""
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="soft">A classifier of hand-written digits, measured on {measured}:
{source}.</p>
<dl>{facts}</dl>
<nav aria-label="Figures">{links}
<a href="#digits">Digit by digit</a></nav>
{sections}
<section id="digits">
<h2>Digit by digit</h2>
<p>Precision asks how many of the answers "7" were sevens, recall how many of the sevens were
answered so. F1 is their harmonic mean, and is low where either is.</p>
<div class="wide" role="region" aria-label="The table" tabindex="0"><table>
<thead><tr><th scope="col">digit</th><th scope="col">shown</th><th scope="col">precision</th>
<th scope="col">recall</th><th scope="col">F1</th></tr></thead>
<tbody>{rows}</tbody>
</table></div>
</section>
</main>
</body>
</html>
"""
SECTION = """<section id="{name}">
<h2>{heading}</h2>
<p>{reading}</p>
<figure tabindex="0"><picture>
<source media="(prefers-color-scheme: dark)" srcset="{dark}">
<img src="{light}" alt="{alt}" width="{width}" height="{height}">
</picture></figure>
</section>"""
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page(
    name: str,
    network: str,
    plates: list[Plate],
    found: Answers,
    source: str,
    light: list[bytes],
    seen: npt.NDArray[np.bool_] | None,
) -> str:
    """The report as one HTML file: its images are inside, in light and dark; nothing is fetched.

    Args:
        name: the heading.
        network: its layers in a few words.
        plates: the figures.
        found: the answers to the test digits.
        source: where the test digits came from.
        light: the plates' PNGs in the light theme, in their order.
        seen: whether each test digit was trained on; None where that is not known.

    Returns:
        The file's content.
    """
    sections = [_section(plate, image) for plate, image in zip(plates, light, strict=True)]
    links = [f'<a href="#{plate.name}">{plate.heading}</a>' for plate in plates]
    return PAGE.format(
        policy=POLICY,
        title=html.escape(name),
        style=STYLE,
        measured=_measured_on(seen),
        source=html.escape(source),
        facts=_facts(network, found, seen),
        links=" ".join(links),
        sections="\n".join(sections),
        rows=_rows(found),
    )


def _measured_on(seen: npt.NDArray[np.bool_] | None) -> str:
    """What kind of digits the network was measured on."""
    if seen is None:
        return "digits of which nobody wrote down whether it was trained on them"
    if seen.all():
        return (
            "<strong>digits that it was trained on</strong>, which tells what it remembers and not"
            " how it reads new ones"
        )
    if seen.any():
        count = f"{int(seen.sum()):,} of {len(seen):,}"
        return f"digits of which <strong>{count} were among those that it was trained on</strong>"
    return "digits that it never saw"


def _facts(network: str, found: Answers, seen: npt.NDArray[np.bool_] | None) -> str:
    accuracy = {"test accuracy": f"{found.accuracy:.2%}"}
    if seen is not None and seen.all():
        accuracy = {"accuracy on training digits": f"{found.accuracy:.2%}"}
    elif seen is not None and seen.any():
        accuracy["of those never seen"] = f"{found.right[~seen].mean():.2%}"
    facts = accuracy | {
        "answered wrong": f"{int((~found.right).sum()):,} of {len(found.labels):,}",
        "cross-entropy": f"{found.loss:.4f} nats",
        "calibration error": f"{found.calibration().error:.2%}",
        "Brier score": f"{found.brier:.4f}",
        "network": network,
    }
    return "".join(f"<div><dt>{key}</dt><dd>{value}</dd></div>" for key, value in facts.items())


def _rows(found: Answers) -> str:
    """The table of digits: how often each was shown, precision, recall, F1."""
    rows = []
    for row in found.per_class:
        cells = [str(row["digit"]), f"{row['shown']:,}"]
        cells += [f"{row[name]:.2%}" for name in ("precision", "recall", "f1")]
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return "".join(rows)


def _section(plate: Plate, light: bytes) -> str:
    width = int.from_bytes(light[16:20])  # where a PNG has it
    height = int.from_bytes(light[20:24])
    return SECTION.format(
        name=plate.name,
        heading=plate.heading,
        reading=html.escape(plate.reading, quote=False),
        dark=_inside(drawn(plate, DARK)),
        light=_inside(light),
        alt=html.escape(plate.alt),
        width=width * 3 // 5,
        height=height * 3 // 5,
    )


def _inside(image: bytes) -> str:
    """An image as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(image).decode()}"


def gallery(network: nn.Sequential, digits: Digits, about: Description) -> dict[str, str | bytes]:
    """Draw the gallery of a network.

    Args:
        network: images (n, 28, 28) to logits (n, 10).
        digits: of which the test digits are answered.
        about: what is known of the network.

    Returns:
        Every file of it by its name: a PNG for each figure, and report.html.
    """
    made, found = plates(network, digits, about)
    light = [drawn(plate, LIGHT) for plate in made]
    files: dict[str, str | bytes] = {}
    for plate, image in zip(made, light, strict=True):
        files[f"{plate.name}.png"] = image
    widths = [layer.in_features for layer in network if isinstance(layer, nn.Linear)]
    layers = "-".join(map(str, [*widths, CLASSES]))
    name = f"Gallery of {Path(about.name).resolve().name}"
    seen = about.seen(digits.test_images, digits)
    files["report.html"] = page(name, layers, made, found, digits.source, light, seen)
    return files
