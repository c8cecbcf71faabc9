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

BAR = 24  # characters of a probability of 1


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
        print_json([
            {"image": str(image), "digit": int(found.answer[i]), "confidence": float(found.confidence[i]),
             "probabilities": found.probabilities[i].tolist()}
            for i, image in enumerate(images)
        ])  # fmt: skip
        return
    for i, image in enumerate(images):
        answer, sure = str(found.answer[i]), share(found.confidence[i])
        console.print(
            Text.assemble((str(image), "bold"), ": ", (answer, "bold"), f", {sure} sure"),
            soft_wrap=True,
        )
        for line in beside(picture(digits[i], has_colours(console)), bars(found.probabilities[i])):
            console.print(line, no_wrap=True)


def bars(probabilities: npt.NDArray[np.float64]) -> list[Text]:
    """Ten lines: digit, bar, share; the likeliest in bold."""
    lines = []
    for digit, p in enumerate(probabilities.tolist()):
        eighths = round(p * BAR * 8)
        bar = "█" * (eighths // 8) + (" ▏▎▍▌▋▊▉"[eighths % 8] if eighths % 8 else "")
        style = "bold cyan" if p == probabilities.max() else ""
        lines.append(Text(f"{digit} {bar:<{BAR}} {p:7.2%}", style))
    return lines


def beside(left: list[Text], right: list[Text], gap: int = 4) -> list[Text]:
    """Two blocks of lines in one, the shorter one in the middle; the left one's lines are equally wide."""
    height, width = max(len(left), len(right)), left[0].cell_len
    above = [(height - len(block)) // 2 for block in (left, right)]
    lines = []
    for row in range(height):
        line = Text()
        for block, start, pad in ((left, above[0], width + gap), (right, above[1], 0)):
            cell = block[row - start] if 0 <= row - start < len(block) else Text()
            line.append_text(cell)
            line.append(" " * max(0, pad - cell.cell_len))
        lines.append(line)
    return lines
