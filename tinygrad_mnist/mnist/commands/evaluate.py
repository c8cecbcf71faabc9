"""`tinygrad-mnist evaluate`."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer
from rich.table import Table

from tinygrad_mnist.mnist.blocks import side_by_side
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.measures import Answers, answers
from tinygrad_mnist.mnist.runs import opened
from tinygrad_mnist.mnist.terminal import (
    DataOption,
    JsonOption,
    RunArgument,
    console,
    print_json,
    run_digits,
    share,
)

__all__ = ["evaluate"]

MARGIN = 3  # of an MNIST picture, left out in the terminal


def evaluate(
    run: RunArgument,
    data: DataOption = None,
    mistakes: Annotated[
        int, typer.Option(help="How many of the surest mistakes to show.", min=0)
    ] = 6,
    json: JsonOption = False,
) -> None:
    """Measure a trained network: accuracy, loss, each digit, calibration, and its surest mistakes.

    Precision: of the answers "7", how many were sevens. Recall: of the sevens, how many were
    answered so. F1: their harmonic mean. Calibration error: how far confidence and accuracy lie
    apart, on average, in 15 bins (Guo et al. 2017). Brier score: squared distance of the
    probabilities to the truth, 0 to 2.
    """
    network, about = opened(run)
    digits = run_digits(about, data, quiet=json)
    train = answers(network, digits.train_images, digits.train_labels)
    test = answers(network, digits.test_images, digits.test_labels)
    seen = about.seen(digits.test_images, digits)
    if json:
        seen_train = about.seen(digits.train_images, digits)
        found = {
            "run": run,
            "data": digits.source,
            "train": {
                "digits": len(train.labels),
                "accuracy": train.accuracy,
                "loss": train.loss,
                "trained_on": _count(seen_train),
            },
            "test": test.as_json()
            | {"trained_on": _count(seen), "mistakes": _mistakes(test, mistakes)},
        }
        print_json(found)
        return
    calibration = test.calibration().error
    console.print(f"train accuracy [bold]{train.accuracy:.2%}[/]  loss {train.loss:.4f}")
    console.print(_test_accuracy(test, seen))
    console.print(
        f"calibration    error {calibration:.2%} in 15 bins, Brier score {test.brier:.4f}\n"
    )
    console.print(_per_class(test))
    console.print(_confusion(test))
    _show_mistakes(test, digits, mistakes)


def _count(seen: npt.NDArray[np.bool_] | None) -> int | None:
    return None if seen is None else int(seen.sum())


def _test_accuracy(test: Answers, seen: npt.NDArray[np.bool_] | None) -> str:
    """The line with the accuracy, which is no test's where these digits were trained on."""
    figures = f"[bold]{test.accuracy:.2%}[/]  loss {test.loss:.4f}"
    if seen is None or not seen.any():
        return f"test accuracy  {figures}"
    if seen.all():
        return f"[yellow]no test:[/]       {figures}  [yellow]of digits that it was trained on[/]"
    new = test.right[~seen]
    note = f"{new.mean():.2%} of the {len(new):,} that it was not trained on"
    return f"test accuracy  {figures}\n               [yellow]{note}[/]"


def _per_class(test: Answers) -> Table:
    table = Table(title="The test digits", title_justify="left")
    for name in ("digit", "shown", "precision", "recall", "F1"):
        table.add_column(name, justify="right")
    table.add_column("most often taken for", justify="left")
    for row, wrong in zip(test.per_class, test.confused, strict=True):
        worst = int(wrong.argmax())
        count = int(wrong[worst])
        table.add_row(
            str(row["digit"]),
            f"{row['shown']:,}",
            f"{row['precision']:.2%}",
            f"{row['recall']:.2%}",
            f"{row['f1']:.2%}",
            f"{worst} ({_times(count)})" if count else "",
        )
    return table


def _times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{n} times")


def _confusion(test: Answers) -> Table:
    title = "Who was taken for whom (rows: the truth, columns: the answer)"
    table = Table(title=title, title_justify="left")
    table.add_column("", style="bold")
    for digit in range(10):
        table.add_column(str(digit), justify="right")
    worst = max(1, int(test.confused.max()))
    for truth, row in enumerate(test.confusion):
        cells = []
        for answer, count in enumerate(row):
            cells.append(_cell(int(count), answer == truth, worst))
        table.add_row(str(truth), *cells)
    return table


def _cell(count: int, is_right: bool, worst: int) -> str:
    """A count; green for right answers, red for the more frequent mistakes, a point for none."""
    text = str(count) if count else "·"
    if is_right:
        return f"[green]{text}[/]"
    if count > worst / 2:
        return f"[bold red]{text}[/]"
    if not count:
        return f"[dim]{text}[/]"
    return text


def _mistakes(test: Answers, most: int) -> list[dict[str, Any]]:
    """The surest mistakes, as JSON has them."""
    found = []
    for index in test.mistakes()[:most]:
        mistake = {
            "index": int(index),
            "answer": int(test.answer[index]),
            "confidence": float(test.confidence[index]),
            "truth": int(test.labels[index]),
        }
        found.append(mistake)
    return found


def _show_mistakes(test: Answers, digits: Digits, most: int) -> None:
    total = int((~test.right).sum())
    shown = _mistakes(test, most)
    if not shown:
        return
    heading = "The only mistake"
    if total > 1:
        heading = f"The surest {len(shown)} of {total:,} mistakes"
    console.print(f"\n{heading}")
    inner = slice(MARGIN, -MARGIN)
    images = []
    titles = []
    for mistake in shown:
        images.append(digits.test_images[mistake["index"]][inner, inner])
        answer = f"{mistake['answer']}, {share(mistake['confidence'])} sure;"
        titles.append(f"{answer}\nit is {mistake['truth']} (#{mistake['index']})")
    for line in side_by_side(console, images, titles):
        console.print(line)
