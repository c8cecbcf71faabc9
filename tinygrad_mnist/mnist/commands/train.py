"""`tinygrad-mnist train`."""

from __future__ import annotations

import dataclasses
import time
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.recipe import RECIPES, Recipe
from tinygrad_mnist.mnist.runs import Run
from tinygrad_mnist.mnist.terminal import DataOption, console, load_digits
from tinygrad_mnist.mnist.training import Epoch, Training


def train(
    recipe: Annotated[str, typer.Option(help=f"The recipe to start from: {', '.join(RECIPES)}.")] = "original",
    data: DataOption = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder to write the run to.", show_default="runs/RECIPE-DATE-TIME")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training digits.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Digits per step.")] = None,
    lr: Annotated[float | None, typer.Option(help="Adam's learning rate.")] = None,
    beta1: Annotated[float | None, typer.Option(help="Adam's averaging rate of gradients.")] = None,
    beta2: Annotated[float | None, typer.Option(help="Adam's averaging rate of squared gradients.")] = None,
    decay: Annotated[float | None, typer.Option(help="After epoch e the rate is divided by (1 + decay * e).")] = None,
    hidden: Annotated[
        str | None, typer.Option(help="Units of the hidden layers, such as 400,100.", metavar="N,N")
    ] = None,
    keep: Annotated[
        str | None, typer.Option(help="Dropout's keep probabilities, such as 0.4,0.5.", metavar="P,P")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Where the random numbers start.")] = None,
) -> None:
    """Train the classifier, and write weights, recipe, metrics and learning curves to a folder.

    Options that are left out have the recipe's values; the original recipe is 784-400-100-10, keep
    probabilities 0.4 and 0.5, batches of 256, Adam (0.005, 0.8, 0.999), 50 epochs.
    """
    if recipe not in RECIPES:
        raise ValueError(f"--recipe: got {recipe}, wanted one of {', '.join(RECIPES)}")
    asked: dict[str, Any] = {
        "epochs": epochs, "batch_size": batch_size, "lr": lr, "beta1": beta1, "beta2": beta2,
        "decay": decay, "seed": seed, "hidden": _numbers("--hidden", hidden, int),
        "keep": _numbers("--keep", keep, float),
    }  # fmt: skip
    chosen = dataclasses.replace(RECIPES[recipe], **{k: v for k, v in asked.items() if v is not None})
    run = Run(out or Path("runs") / f"{recipe}-{time.strftime('%Y%m%d-%H%M%S')}")
    digits = load_digits(data)
    run.create(chosen, data, digits.source)
    interrupted = _train(chosen, digits, run)
    if interrupted:
        raise typer.Exit(130)


def _numbers(option: str, text: str | None, kind: type) -> tuple[Any, ...] | None:
    try:
        return None if text is None else tuple(kind(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError(f"{option}: got {text}, wanted numbers with commas between them") from None


def _train(recipe: Recipe, digits: Digits, run: Run) -> bool:
    """Train and keep every finished epoch; whether Ctrl-C ended it."""
    interrupted = False
    columns = (
        TextColumn("epoch {task.fields[epoch]:>3}/{task.fields[epochs]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.4f}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, refresh_per_second=5) as progress:
        task = progress.add_task("", total=len(digits.train_labels), epoch=1, epochs=recipe.epochs, loss=0.0)
        training = Training(recipe, digits, lambda seen, loss: progress.update(task, completed=seen, loss=loss))
        try:
            for epoch in training:
                run.keep(training.network, training.history)
                progress.console.print(_line(epoch, recipe.epochs))
                progress.reset(task, epoch=epoch.number + 1, epochs=recipe.epochs, loss=epoch.loss)
        except KeyboardInterrupt:
            interrupted = True
    history = training.history
    if interrupted and history:
        console.print(f"[yellow]Stopped in epoch {len(history) + 1}; the {len(history)} before it are kept.[/]")
    elif interrupted:
        run.discard()
        console.print("[yellow]Stopped in the first epoch; nothing is kept.[/]")
    if history:
        from tinygrad_mnist.mnist.figures import learning_curves

        learning_curves(history, run.curves)
        console.print(_summary(history, recipe, digits))
        console.print(f"Written to [bold]{run.folder}[/]: weights, recipe, metrics, learning curves.")
        console.print(f"Measure again:  tinygrad-mnist evaluate {run.folder}", style="dim")
    return interrupted


def _line(epoch: Epoch, epochs: int) -> str:
    return (
        f"epoch {epoch.number:>3}/{epochs}  loss [bold]{epoch.loss:.4f}[/]  rate {epoch.rate:.5f}"
        f"  train [bold]{epoch.train_accuracy:6.2%}[/]  test [bold]{epoch.test_accuracy:6.2%}[/]"
        f"  {epoch.images_per_second:>6,.0f} img/s"
    )


def _summary(history: list[Epoch], recipe: Recipe, digits: Digits) -> Table:
    last = history[-1]
    sizes = (784, *recipe.hidden, 10)
    parameters = sum((a + 1) * b for a, b in pairwise(sizes))
    seconds = sum(epoch.seconds for epoch in history)
    table = Table(title="What it came to", show_header=False, title_justify="left")
    rows = {
        "network": f"{'-'.join(map(str, sizes))}, {parameters:,} parameters",
        "epochs": f"{len(history)} of {recipe.epochs}",
        "training accuracy": f"{last.train_accuracy:.2%} of {len(digits.train_labels):,}",
        "test accuracy": f"{last.test_accuracy:.2%} of {len(digits.test_labels):,}",
        "test loss": f"{last.test_loss:.4f}",
        "time": f"{seconds:.1f} s of training, {seconds / len(history):.2f} s an epoch",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table
