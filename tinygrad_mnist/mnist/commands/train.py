"""`tinygrad-mnist train`."""

from __future__ import annotations

import dataclasses
import json
import time
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.recipe import AUGMENTED, RECIPES, SCHEDULES, Recipe
from tinygrad_mnist.mnist.runs import Run
from tinygrad_mnist.mnist.terminal import DataOption, console, errors, load_digits
from tinygrad_mnist.mnist.training import Epoch, Training

ORIGINAL = {"train_accuracy": 0.9913, "test_accuracy": 0.97}  # what the original project reports
_PANEL = "Hyperparameters"


def train(
    recipe: Annotated[
        str | None, typer.Option(help=f"The recipe to start from: {', '.join(RECIPES)}.", show_default="original")
    ] = None,
    data: DataOption = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder to write the run to.", show_default="runs/RECIPE-DATE-TIME")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with the run in this folder, as if it had never stopped.", metavar="RUN")
    ] = None,
    validation: Annotated[
        float | None,
        typer.Option(
            help="Hold out this share of the training digits, and keep the weights of the epoch that is best on them."
            " Without it, the last epoch's are kept.",
            metavar="SHARE",
        ),
    ] = None,
    patience: Annotated[
        int | None, typer.Option(help="End after this many epochs without a better one by validation.", metavar="N")
    ] = None,
    augment: Annotated[
        bool | None,
        typer.Option(
            "--augment",
            help="Shift, turn, scale and bend the images anew in each epoch. The modern recipe then takes less weight"
            " decay and dropout, and more epochs.",
        ),
    ] = None,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Write TensorBoard's event files into the run's folder as well.")
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print the summary as one JSON object on standard output, all else on the other."),
    ] = False,
    seed: Annotated[int | None, typer.Option(help="Where the random numbers start.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training digits.", rich_help_panel=_PANEL)] = None,
    batch_size: Annotated[int | None, typer.Option(help="Digits per step.", rich_help_panel=_PANEL)] = None,
    lr: Annotated[
        float | None, typer.Option(help="Adam's learning rate; of one-cycle, the highest.", rich_help_panel=_PANEL)
    ] = None,
    beta1: Annotated[
        float | None, typer.Option(help="Adam's averaging rate of gradients.", rich_help_panel=_PANEL)
    ] = None,
    beta2: Annotated[
        float | None, typer.Option(help="Adam's averaging rate of squared gradients.", rich_help_panel=_PANEL)
    ] = None,
    schedule: Annotated[
        str | None, typer.Option(help=f"How the rate goes: {', '.join(SCHEDULES)}.", rich_help_panel=_PANEL)
    ] = None,
    decay: Annotated[
        float | None,
        typer.Option(
            help="With schedule decay: after epoch e the rate is divided by (1 + decay * e).", rich_help_panel=_PANEL
        ),
    ] = None,
    warm_up: Annotated[
        float | None,
        typer.Option(help="With schedule one-cycle: the share of steps in which it rises.", rich_help_panel=_PANEL),
    ] = None,
    weight_decay: Annotated[
        float | None,
        typer.Option(help="What AdamW takes from each weight at a step, times the rate.", rich_help_panel=_PANEL),
    ] = None,
    label_smoothing: Annotated[
        float | None,
        typer.Option(help="The share of a target that is spread over all classes.", rich_help_panel=_PANEL),
    ] = None,
    averaging: Annotated[
        float | None,
        typer.Option(
            help="Measure and keep a running mean of the weights: the share that a step leaves as it was, such as"
            " 0.999.",
            rich_help_panel=_PANEL,
        ),
    ] = None,
    hidden: Annotated[
        str | None,
        typer.Option(help="Units of the hidden layers, such as 400,100.", metavar="N,N", rich_help_panel=_PANEL),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(help="Dropout's keep probabilities, such as 0.4,0.5.", metavar="P,P", rich_help_panel=_PANEL),
    ] = None,
    keep_input: Annotated[
        float | None, typer.Option(help="Dropout's keep probability of pixels.", rich_help_panel=_PANEL)
    ] = None,
) -> None:
    """Train the classifier, and write weights, recipe, metrics and learning curves to a folder.

    Options that are left out have the recipe's values; the original recipe is 784-400-100-10, keep
    probabilities 0.4 and 0.5, batches of 256, Adam (0.005, 0.8, 0.999), 50 epochs.

    Every finished epoch is kept. After a crash or Ctrl-C, --resume goes on behind the last one, and
    comes to what a run that was never stopped comes to, bit for bit.
    """
    asked: dict[str, Any] = {
        "epochs": epochs, "batch_size": batch_size, "lr": lr, "beta1": beta1, "beta2": beta2,
        "schedule": schedule, "decay": decay, "warm_up": warm_up, "weight_decay": weight_decay,
        "label_smoothing": label_smoothing, "averaging": averaging, "augment": augment, "validation": validation,
        "patience": patience, "seed": seed, "hidden": _numbers("--hidden", hidden, int),
        "keep": _numbers("--keep", keep, float), "keep_input": keep_input,
    }  # fmt: skip
    asked = {name: value for name, value in asked.items() if value is not None}
    say = errors if as_json else console
    if tensorboard:
        from tinygrad_mnist.mnist.events import require

        require()
    if resume is None:
        chosen = _chosen(recipe or "original", asked)
        run = Run(out or Path("runs") / f"{recipe or 'original'}-{time.strftime('%Y%m%d-%H%M%S')}")
        digits = load_digits(data, say)
        run.create(chosen, data, digits)
        training = Training(chosen, digits)
    else:
        for name, value in {"recipe": recipe, "out": out, **asked}.items():
            if value is not None and name != "epochs":
                raise ValueError(
                    f"--resume: goes on as {resume} began; --{name.replace('_', '-')} cannot be given with it"
                )
        run = Run(resume)
        chosen = _longer(run.read_recipe(), epochs)
        digits = load_digits(data if data is not None else run.asked_data()["asked"], say)
        training = Training(chosen, digits)
        run.resume(training, digits)
        if training.finished:
            raise ValueError(f"--resume: {resume} has its {len(training.history)} epochs already; {_HOW_TO_LENGTHEN}")
        chosen.save(run.recipe)
    interrupted = _train(training, digits, run, say, tensorboard)
    if as_json and training.history:
        print(json.dumps({"run": str(run.folder), "interrupted": interrupted, **_numbers_of(training, digits)}))
    if interrupted:
        raise typer.Exit(130)


_HOW_TO_LENGTHEN = "with --epochs, a run whose schedule is decay goes on for longer"


def _chosen(recipe: str, asked: dict[str, Any]) -> Recipe:
    if recipe not in RECIPES:
        raise ValueError(f"--recipe: got {recipe}, wanted one of {', '.join(RECIPES)}")
    start = AUGMENTED.get(recipe, RECIPES[recipe]) if asked.get("augment") else RECIPES[recipe]
    return dataclasses.replace(start, **asked)


def _longer(recipe: Recipe, epochs: int | None) -> Recipe:
    """The recipe with another number of epochs, where that leaves those already done as they are."""
    if epochs is not None and recipe.schedule != "decay":
        raise ValueError(f"--epochs: the schedule {recipe.schedule} is made for {recipe.epochs}; {_HOW_TO_LENGTHEN}")
    return recipe if epochs is None else dataclasses.replace(recipe, epochs=epochs)


def _numbers(option: str, text: str | None, kind: type) -> tuple[Any, ...] | None:
    try:
        return None if text is None else tuple(kind(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError(f"{option}: got {text}, wanted numbers with commas between them") from None


def _train(training: Training, digits: Digits, run: Run, say: Console, tensorboard: bool) -> bool:
    """Train and keep every finished epoch; whether Ctrl-C ended it."""
    interrupted = False
    recipe, history = training.recipe, training.history
    events = None
    if tensorboard:
        from tinygrad_mnist.mnist.events import Events

        events = Events(run.folder, len(history))
    columns = (
        TextColumn("epoch {task.fields[epoch]:>3}/{task.fields[epochs]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.4f}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=say, transient=True, refresh_per_second=5) as progress:
        total, epoch = len(training.train_set), len(history) + 1
        task = progress.add_task("", total=total, epoch=epoch, epochs=recipe.epochs, loss=0.0)
        training.watch = lambda seen, loss: progress.update(task, completed=seen, loss=loss)
        try:
            for each in training:
                run.keep(training)
                if events:
                    events.add(each, training.averaged)
                progress.console.print(_line(each, recipe.epochs))
                progress.reset(task, epoch=each.number + 1, epochs=recipe.epochs, loss=each.loss)
        except KeyboardInterrupt:
            interrupted = True
    if events:
        events.close()
    if interrupted and history:
        say.print(f"[yellow]Stopped in epoch {len(history) + 1}; the {len(history)} before it are kept.[/]")
    elif interrupted:
        run.discard()
        say.print("[yellow]Stopped in the first epoch; nothing is kept.[/]")
    if history:
        from tinygrad_mnist.mnist.figures import learning_curves

        learning_curves(history, run.curves)
        say.print(_summary(training, digits))
        say.print(_comparison(training), soft_wrap=True)
        say.print(f"Written to [bold]{run.folder}[/]: weights, recipe, metrics, learning curves.")
        say.print(f"Measure again:  tinygrad-mnist evaluate {run.folder}", style="dim")
        if interrupted:
            say.print(f"Go on:          tinygrad-mnist train --resume {run.folder}", style="dim")
    return interrupted


def _line(epoch: Epoch, epochs: int) -> str:
    """An epoch in 80 columns: with validation there is no room for the speed."""
    held_out = epoch.validation_accuracy
    return (
        f"epoch {epoch.number:>3}/{epochs}  loss [bold]{epoch.loss:.4f}[/]  rate {epoch.rate:.5f}"
        f"  train [bold]{epoch.train_accuracy:6.2%}[/]"
        + ("" if held_out is None else f"  val [bold]{held_out:6.2%}[/]")
        + f"  test [bold]{epoch.test_accuracy:6.2%}[/]"
        + (f"  {epoch.images_per_second:>6,.0f} img/s" if held_out is None else "")
    )


def _numbers_of(training: Training, digits: Digits) -> dict[str, Any]:
    """The summary, of the kept epoch: accuracies as shares, losses in nats, times in seconds."""
    history, kept, recipe = training.history, training.best, training.recipe
    assert kept is not None
    sizes = (784, *recipe.hidden, 10)
    return {
        "network": "-".join(map(str, sizes)),
        "parameters": sum((a + 1) * b for a, b in pairwise(sizes)),
        "epochs": len(history),
        "epochs_asked": recipe.epochs,
        "kept_epoch": kept.number,
        "train_digits": len(training.train_set),
        "validation_digits": len(training.validation_set or ()),
        "test_digits": len(digits.test_labels),
        "train_accuracy": kept.train_accuracy,
        "validation_accuracy": kept.validation_accuracy,
        "test_accuracy": kept.test_accuracy,
        "test_loss": kept.test_loss,
        "seconds": sum(epoch.seconds for epoch in history),
        "data": digits.source,
        "recipe": dataclasses.asdict(recipe),
        "original_project": ORIGINAL,
    }


def _summary(training: Training, digits: Digits) -> Table:
    n, recipe = _numbers_of(training, digits), training.recipe
    stopped = training.finished and n["epochs"] < recipe.epochs
    table = Table(title="What it came to", show_header=False, title_justify="left")
    rows = {
        "network": f"{n['network']}, {n['parameters']:,} parameters",
        "epochs": f"{n['epochs']} of {recipe.epochs}"
        + (f": none better by validation for {recipe.patience}" if stopped else ""),
        "weights kept": f"of epoch {n['kept_epoch']}, the {'best by validation' if n['validation_digits'] else 'last'}",
        "training accuracy": f"{n['train_accuracy']:.2%} of {n['train_digits']:,}",
        "validation accuracy": f"{n['validation_accuracy'] or 0:.2%} of {n['validation_digits']:,}",
        "test accuracy": f"{n['test_accuracy']:.2%} of {n['test_digits']:,}",
        "test loss": f"{n['test_loss']:.4f}",
        "time": f"{n['seconds']:.1f} s of training, {n['seconds'] / n['epochs']:.2f} s an epoch",
    }
    for name, value in rows.items():
        if name != "validation accuracy" or n["validation_digits"]:
            table.add_row(name, value)
    return table


def _comparison(training: Training) -> str:
    kept = training.best
    assert kept is not None
    train, test = kept.train_accuracy - ORIGINAL["train_accuracy"], kept.test_accuracy - ORIGINAL["test_accuracy"]
    full = len(training.train_set) + len(training.validation_set or ()) == 60_000
    return f"The original project: 99.13% training, 97% test. Here: {100 * train:+.2f} and {100 * test:+.2f} points" + (
        "." if full else ", on other digits."
    )
