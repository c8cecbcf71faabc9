"""`tinygrad-mnist predict`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import typer
from rich.text import Text

from tinygrad_mnist.mnist.blocks import has_colours, picture
from tinygrad_mnist.mnist.measures import predictions
from tinygrad_mnist.mnist.photos import read_digit
from tinygrad_mnist.mnist.runs import opened
from tinygrad_mnist.mnist.terminal import JsonOption, RunArgument, console, print_json, share

__all__ = ["bars", "beside", "predict"]

BAR = 24  # characters of a probability of 1
EIGHTHS = " ▏▎▍▌▋▊▉"


def predict(
    run: RunArgument,
    images: Annotated[
        list[Path], typer.Argument(help="Photographs or drawings of one digit each: PNG, JPEG, ...")
    ],
    json: JsonOption = False,
) -> None:
    """Say which digit an image shows: dark on light or light on dark, anywhere in the picture.

    The digit is found, cut out, scaled and centred as MNIST's were; what the network saw is shown
    beside the ten probabilities. One digit in a picture, on paper without lines or other things.
    """
    network, _ = opened(run)
    digits = np.stack([read_digit(image) for image in images])
    found = predictions(network, digits)
    if json:
        rows = []
        for i, image in enumerate(images):
            row = {
                "image": str(image),
                "digit": int(found.answer[i]),
                "confidence": float(found.confidence[i]),
                "probabilities": found.probabilities[i].tolist(),
            }
            rows.append(row)
        print_json(rows)
        return
    for i, image in enumerate(images):
        answer = (str(found.answer[i]), "bold")
        sure = f", {share(found.confidence[i])} sure"
        console.print(Text.assemble((str(image), "bold"), ": ", answer, sure), soft_wrap=True)
        seen = picture(digits[i], has_colours(console))
        for line in beside(seen, bars(found.probabilities[i])):
            console.print(line, no_wrap=True)


def bars(probabilities: npt.NDArray[np.float64]) -> list[Text]:
    """Ten lines: digit, bar, share; the likeliest in bold.

    Args:
        probabilities: (10,).

    Returns:
        The lines, of equal width.
    """
    lines = []
    largest = probabilities.max()
    for digit, p in enumerate(probabilities.tolist()):
        full, eighths = divmod(round(p * BAR * 8), 8)
        bar = "█" * full
        if eighths:
            bar += EIGHTHS[eighths]
        style = "bold cyan" if p == largest else ""
        lines.append(Text(f"{digit} {bar:<{BAR}} {p:7.2%}", style))
    return lines


def beside(left: list[Text], right: list[Text], gap: int = 4) -> list[Text]:
    """Two blocks of lines in one, the shorter one in the middle.

    Args:
        left: lines of equal width.
        right: lines of any width.
        gap: characters between the two.

    Returns:
        The lines.
    """
    height = max(len(left), len(right))
    width = left[0].cell_len + gap
    lines = []
    for left_line, right_line in zip(_centred(left, height), _centred(right, height), strict=True):
        line = Text()
        line.append_text(left_line)
        line.append(" " * max(0, width - left_line.cell_len))
        line.append_text(right_line)
        lines.append(line)
    return lines


def _centred(block: list[Text], height: int) -> list[Text]:
    """Lines with empty ones above and below them."""
    above = (height - len(block)) // 2
    below = height - len(block) - above
    return [Text()] * above + block + [Text()] * below
