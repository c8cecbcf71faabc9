"""`tinygrad-mnist evaluate`."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import typer
from rich.table import Table

from tinygrad_mnist.mnist.blocks import side_by_side
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.measures import Answers, answers
from tinygrad_mnist.mnist.runs import opened
from tinygrad_mnist.mnist.terminal import DataOption, JsonOption, RunArgument, console, print_json, run_digits, share

MARGIN = 3  # of an MNIST picture, left out in the terminal


def evaluate(
    run: RunArgument,
    data: DataOption = None,
    mistakes: Annotated[int, typer.Option(help="How many of the surest mistakes to show.", min=0)] = 6,
    json: JsonOption = False,
) -> None:
    """Measure a trained network: accuracy, loss, each digit, calibration, and its surest mistakes.

    Precision: of the answers "7", how many were sevens. Recall: of the sevens, how many were answered so.
    F1: their harmonic mean. Calibration error: how far confidence and accuracy lie apart, on average,
    in 15 bins (Guo et al. 2017). Brier score: squared distance of the probabilities to the truth, 0 to 2.
    """
    network, about = opened(run)
    digits = run_digits(about, data, quiet=json)
    train = answers(network, digits.train_images, digits.train_labels)
    test = answers(network, digits.test_images, digits.test_labels)
    if json:
        print_json({
            "run": run,
            "data": digits.source,
            "train": {"digits": len(train.labels), "accuracy": train.accuracy, "loss": train.loss},
            "test": test.as_json() | {"mistakes": _mistakes(test, mistakes)},
        })  # fmt: skip
        return
    console.print(f"train accuracy [bold]{train.accuracy:.2%}[/]  loss {train.loss:.4f}")
    console.print(f"test accuracy  [bold]{test.accuracy:.2%}[/]  loss {test.loss:.4f}")
    calibration = test.calibration().error
    console.print(f"calibration    error {calibration:.2%} in 15 bins, Brier score {test.brier:.4f}\n")
    console.print(_per_class(test))
    console.print(_confusion(test))
    _show_mistakes(test, digits, mistakes)


def _per_class(test: Answers) -> Table:
    table = Table(title="The test digits", title_justify="left")
    for name in ("digit", "shown", "precision", "recall", "F1", "most often taken for"):
        table.add_column(name, justify="left" if name.startswith("most") else "right")
    for row, counts in zip(test.per_class, test.confusion, strict=True):
        wrong = np.where(np.arange(len(counts)) == row["digit"], 0, counts)
        worst = int(wrong.argmax())
        table.add_row(
            str(row["digit"]), f"{row['shown']:,}", *(f"{row[name]:.2%}" for name in ("precision", "recall", "f1")),
            f"{worst} ({_times(wrong[worst])})" if wrong[worst] else "",
        )  # fmt: skip
    return table


def _times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(int(n), f"{n} times")


def _confusion(test: Answers) -> Table:
    table = Table(title="Who was taken for whom (rows: the truth, columns: the answer)", title_justify="left")
    table.add_column("", style="bold")
    for digit in range(10):
        table.add_column(str(digit), justify="right")
    worst = max(1, int((test.confusion - np.diag(test.confusion.diagonal())).max()))
    for truth, row in enumerate(test.confusion):
        cells = []
        for answer, n in enumerate(row):
            style = "green" if answer == truth else "bold red" if n > worst / 2 else "" if n else "dim"
            cells.append(f"[{style}]{n or '·'}[/]" if style else str(n))
        table.add_row(str(truth), *cells)
    return table


def _mistakes(test: Answers, most: int) -> list[dict[str, Any]]:
    return [
        {
            "index": int(i),
            "answer": int(test.answer[i]),
            "confidence": float(test.confidence[i]),
            "truth": int(test.labels[i]),
        }
        for i in test.mistakes()[:most]
    ]


def _show_mistakes(test: Answers, digits: Digits, most: int) -> None:
    total = int((~test.right).sum())
    shown = _mistakes(test, most)
    if not shown:
        return
    console.print(f"\nThe surest {len(shown)} of {total:,} mistakes" if total > 1 else "\nThe only mistake")
    inner = slice(MARGIN, -MARGIN)
    images = [digits.test_images[m["index"]][inner, inner] for m in shown]
    titles = [f"{m['answer']}, {share(m['confidence'])} sure;\nit is {m['truth']} (#{m['index']})" for m in shown]
    for line in side_by_side(console, images, titles):
        console.print(line)
