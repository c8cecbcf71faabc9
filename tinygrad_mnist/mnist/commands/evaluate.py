"""`tinygrad-mnist evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from tinygrad_mnist.mnist.runs import Run, trained
from tinygrad_mnist.mnist.terminal import DataOption, console, errors, load_digits
from tinygrad_mnist.mnist.training import Evaluation, as_dataset
from tinygrad_mnist.mnist.training import evaluate as measure


def evaluate(
    run: Annotated[
        str, typer.Argument(help="The folder that `train` wrote, or one of the shipped networks: original, modern.")
    ],
    data: DataOption = None,
) -> None:
    """Measure saved weights: accuracy, loss, and a table of every digit."""
    network = trained(run)
    folder = Run(Path(run))
    trained_on = folder.asked_data() if folder.folder.exists() else None
    digits = load_digits(data if data is not None or trained_on is None else trained_on["asked"])
    if trained_on is not None and digits.source != trained_on["source"]:
        errors.print(f"[yellow]This run was trained on other digits: {trained_on['source']}[/]")
    train = measure(network, as_dataset(digits.train_images, digits.train_labels))
    test = measure(network, as_dataset(digits.test_images, digits.test_labels))
    console.print(f"train accuracy [bold]{train.accuracy:.2%}[/]  loss {train.loss:.4f}")
    console.print(f"test accuracy  [bold]{test.accuracy:.2%}[/]  loss {test.loss:.4f}")
    console.print(_per_class(test))


def _per_class(result: Evaluation) -> Table:
    table = Table(title="The test digits", title_justify="left")
    for name in ("digit", "shown", "right", "recall", "precision", "most often taken for"):
        table.add_column(name, justify="left" if name.startswith("most") else "right")
    confusion = result.confusion
    for digit, row in enumerate(confusion):
        right, shown, answered = row[digit], row.sum(), confusion[:, digit].sum()
        wrong = row.copy()
        wrong[digit] = 0
        worst = int(wrong.argmax())
        table.add_row(
            str(digit), f"{shown:,}", f"{right:,}", f"{right / max(shown, 1):.2%}", f"{right / max(answered, 1):.2%}",
            f"{worst} ({wrong[worst]} times)" if wrong[worst] else "",
        )  # fmt: skip
    return table
