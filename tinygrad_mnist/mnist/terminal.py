"""What the commands share: the consoles they print to, and the option that names the digits."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.datasets import Digits

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

DataOption = Annotated[
    str | None,
    typer.Option(
        "--data",
        help="Where the digits come from: auto, tensorflow, download, embedded, or a folder with the"
        " four IDX files (gz or not). auto takes the best that it can reach.",
        show_default="auto",
    ),
]


def load_digits(data: str | None, to: Console = console) -> Digits:
    """The digits that `--data` asks for, announced on `to`."""
    digits = datasets.load(data, report=lambda line: errors.print(f"[yellow]{line}[/]"))
    to.print(
        f"[bold]{len(digits.train_labels):,}[/] training and [bold]{len(digits.test_labels):,}[/] test"
        f" digits from {digits.source}"
    )
    return digits
