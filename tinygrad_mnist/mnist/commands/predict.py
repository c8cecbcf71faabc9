"""`tinygrad-mnist predict`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import typer
from rich.markup import escape
from rich.text import Text

from tinygrad_mnist.mnist.blocks import has_colours, picture
from tinygrad_mnist.mnist.measures import predictions
from tinygrad_mnist.mnist.photos import find_digits
from tinygrad_mnist.mnist.pictures import Picture
from tinygrad_mnist.mnist.runs import opened
from tinygrad_mnist.mnist.scene import Found
from tinygrad_mnist.mnist.terminal import (
    JsonOption,
    RunArgument,
    console,
    errors,
    print_json,
    share,
)

__all__ = ["bars", "beside", "predict"]

BAR = 24  # characters of a probability of 1
EIGHTHS = " ▏▎▍▌▋▊▉"


def predict(
    run: RunArgument,
    images: Annotated[
        list[Path], typer.Argument(help="Photographs or drawings of digits: PNG, JPEG, ...")
    ],
    every: Annotated[
        bool, typer.Option("--all", help="Read all digits of a picture, from left to right.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Say which digit an image shows: dark on light or light on dark, anywhere in the picture.

    The digit is told from lines, shadows, specks and the picture's edge, cut out, scaled and
    centred as MNIST's were; what the network saw is shown beside the ten probabilities. Where
    several things are comparable, that is said, and the probabilities are the mean of theirs;
    --all reads each. A file that cannot be read is listed at the end, and the exit code is 2.
    """
    network, _ = opened(run)
    rows: list[dict[str, object]] = []
    failed = []
    for image in images:
        try:
            found = find_digits(image)
        except ValueError as error:
            failed.append(str(error))
            rows.append({"image": str(image), "error": str(error)})
            continue
        read = predictions(network, np.stack([each.picture for each in found]))
        answers = [_answer(each, p) for each, p in zip(found, read.probabilities, strict=True)]
        if every:
            told = answers
        else:
            told = [_one_answer(found, answers)]
        for number, answer in enumerate(told):
            name = f"{image} ({number + 1} of {len(told)})" if len(told) > 1 else str(image)
            rows.append({"image": str(image), **answer.as_json()})
            if not json:
                _show(name, answer)
    if json:
        print_json(rows)
    for message in failed:
        errors.print(f"[bold red]error:[/] {escape(message)}", soft_wrap=True)
    if failed:
        raise typer.Exit(2)


@dataclass
class _Answer:
    """What is said of one thing in a picture."""

    picture: Picture
    box: tuple[float, float, float, float]
    probabilities: npt.NDArray[np.float64]
    doubt: str = ""

    @property
    def digit(self) -> int:
        return int(self.probabilities.argmax())

    def as_json(self) -> dict[str, object]:
        return {
            "digit": self.digit,
            "confidence": float(self.probabilities.max()),
            "probabilities": self.probabilities.tolist(),
            "box": [round(share, 4) for share in self.box],
            "doubt": self.doubt or None,
        }


def _answer(found: Found, probabilities: npt.NDArray[np.float64]) -> _Answer:
    """The network's answer; flattened where the thing is not like a digit."""
    if not found.doubt:
        return _Answer(found.picture, found.box, probabilities)
    return _Answer(found.picture, found.box, 0.5 * probabilities + 0.05, found.doubt)


def _one_answer(found: list[Found], answers: list[_Answer]) -> _Answer:
    """One answer for a picture: its largest thing's, in doubt if there are others like it."""
    largest = answers[max(range(len(found)), key=lambda i: found[i].weight)]
    if len(answers) == 1:
        return largest
    mean = np.mean([each.probabilities for each in answers], 0)
    digits = ", ".join(str(each.digit) for each in answers)
    doubt = f"{len(answers)} things in the picture could be digits ({digits}); --all reads each"
    return _Answer(largest.picture, largest.box, mean, doubt)


def _show(name: str, answer: _Answer) -> None:
    """Print the answer, what the network saw, and the probabilities."""
    digit = (str(answer.digit), "bold")
    sure = f", {share(float(answer.probabilities.max()))} sure"
    top, left, bottom, right = answer.box
    place = f" (rows {top:.0%} to {bottom:.0%}, columns {left:.0%} to {right:.0%})"
    console.print(Text.assemble((name, "bold"), ": ", digit, sure, place), soft_wrap=True)
    if answer.doubt:
        console.print(Text(f"in doubt: {answer.doubt}", "yellow"), soft_wrap=True)
    seen = picture(answer.picture, has_colours(console))
    for line in beside(seen, bars(answer.probabilities)):
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
