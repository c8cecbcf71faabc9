"""What the commands share: the consoles they print to, and the option that names the digits."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.runs import Description

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


RunArgument = Annotated[
    str,
    typer.Argument(help="The folder that `train` wrote, or a shipped network: original, modern."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object and nothing else, for scripts.")
]


def share(p: float) -> str:
    """A probability in percent; what is not certain is not printed as 100.0%."""
    return ">99.9%" if p >= 0.9995 else f"{p:.1%}"


def print_json(value: object) -> None:
    """One JSON value on standard output, without colours."""
    print(json.dumps(value, indent=2))


def run_digits(about: Description, data: str | None, quiet: bool = False) -> Digits:
    """The digits to measure a run with: what `--data` asks for, or those that it was trained on."""
    digits = load_digits(about.asked if data is None else data, errors if quiet else console)
    if about.source not in (None, digits.source):
        errors.print(
            f"[yellow]This run was trained on other digits: {escape(about.source or '')}[/]",
            soft_wrap=True,
        )
    return digits


def load_digits(data: str | None, to: Console = console) -> Digits:
    """The digits that `--data` asks for, announced on `to`."""
    digits = datasets.load(data, report=lambda line: errors.print(f"[yellow]{escape(line)}[/]"))
    to.print(
        f"[bold]{len(digits.train_labels):,}[/] training and [bold]{len(digits.test_labels):,}[/] test"
        f" digits from {escape(digits.source)}",
        soft_wrap=True,
    )
    return digits
