"""`tinygrad-mnist train`."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.recipe import AUGMENTED, CLASSES, PIXELS, RECIPES, Recipe
from tinygrad_mnist.mnist.runs import Run, fingerprint
from tinygrad_mnist.mnist.seen import MNIST_TRAINING, checksums, mnist_training
from tinygrad_mnist.mnist.settings import command_with_settings, read_settings
from tinygrad_mnist.mnist.terminal import DataOption, console, errors, load_digits
from tinygrad_mnist.mnist.training import Epoch, Training

if TYPE_CHECKING:
    from tinygrad_mnist.mnist.events import Events

__all__ = ["train"]

ORIGINAL = {"train_accuracy": 0.9913, "test_accuracy": 0.97}  # what the original project reports
HOW_TO_LENGTHEN = "with --epochs, a run whose schedule is decay goes on for longer"


@command_with_settings(Recipe)
def train(
    recipe: Annotated[
        str | None,
        typer.Option(
            help=f"The recipe to start from: {', '.join(RECIPES)}.", show_default="original"
        ),
    ] = None,
    data: DataOption = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The folder to write the run to.", show_default="runs/RECIPE-DATE-TIME"),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            help="Go on with the run in this folder, as if it had never stopped.", metavar="RUN"
        ),
    ] = None,
    tensorboard: Annotated[
        bool,
        typer.Option(
            "--tensorboard", help="Write TensorBoard's event files into the run's folder as well."
        ),
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print the summary as one JSON object on standard output, all else on the other.",
        ),
    ] = False,
    **settings: Any,
) -> None:
    """Train the classifier, and write weights, recipe, metrics and learning curves to a folder.

    Options that are left out have the recipe's values; the original recipe is 784-400-100-10, keep
    probabilities 0.4 and 0.5, batches of 256, Adam (0.005, 0.8, 0.999), 50 epochs.

    Every finished epoch is kept. After a crash or Ctrl-C, --resume goes on behind the last one, and
    comes to what a run that was never stopped comes to, bit for bit.
    """
    asked = read_settings(Recipe, settings)
    say = errors if as_json else console
    if tensorboard:
        from tinygrad_mnist.mnist.events import require

        require()
    if resume is None:
        training, run, digits = _begun(recipe or "original", asked, data, out, say)
    else:
        _refuse_changes(resume, {"recipe": recipe, "out": out, **asked})
        training, run, digits = _resumed(resume, asked.get("epochs"), data, say)
    interrupted = _train(training, run, say, tensorboard)
    if training.history:
        _report(training, digits, run, say, interrupted)
    elif interrupted:
        run.discard()
        say.print("[yellow]Stopped in the first epoch; nothing is kept.[/]")
    if as_json and training.history:
        summary = {"run": str(run.folder), "interrupted": interrupted}
        print(json.dumps(summary | _measured(training, digits)))
    if interrupted:
        raise typer.Exit(130)


# what is trained -----------------------------------------------------------------------------


def _begun(
    name: str, asked: dict[str, Any], data: str | None, out: Path | None, say: Console
) -> tuple[Training, Run, Digits]:
    """A new training, and its folder."""
    recipe = chosen_recipe(name, asked)
    folder = out or Path("runs") / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    run = Run(folder)
    digits = load_digits(data, say)
    run.create(recipe, data, digits)
    return Training(recipe, digits), run, digits


def chosen_recipe(name: str, asked: dict[str, Any]) -> Recipe:
    """The recipe of a name, with other values where the options say so.

    Args:
        name: of one of `RECIPES`.
        asked: values by the names of Recipe's fields.

    Returns:
        The recipe.

    Raises:
        ValueError: if there is no recipe of that name, or a value is beyond its limit.
    """
    if name not in RECIPES:
        raise ValueError(f"--recipe: got {name}, wanted one of {', '.join(RECIPES)}")
    start = RECIPES[name]
    if asked.get("augment"):
        start = AUGMENTED.get(name, start)
    return dataclasses.replace(start, **asked)


def _refuse_changes(folder: Path, given: dict[str, Any]) -> None:
    """ValueError if an option was given that a run cannot take while it goes on."""
    for name, value in given.items():
        if value is not None and name != "epochs":
            option = name.replace("_", "-")
            message = f"--resume: goes on as {folder} began; --{option} cannot be given with it"
            raise ValueError(message)


def _resumed(
    folder: Path, epochs: int | None, data: str | None, say: Console
) -> tuple[Training, Run, Digits]:
    """The training of a run's folder, where it was left."""
    run = Run(folder)
    recipe = run.read_recipe()
    if epochs is not None:
        recipe = _longer(recipe, epochs)
    if data is None:
        data = run.asked_data()["asked"]
    digits = load_digits(data, say)
    training = Training(recipe, digits)
    run.resume(training, digits)
    if training.finished:
        done = len(training.history)
        raise ValueError(f"--resume: {folder} has its {done} epochs already; {HOW_TO_LENGTHEN}")
    recipe.save(run.recipe)
    return training, run, digits


def _longer(recipe: Recipe, epochs: int) -> Recipe:
    """The recipe with more epochs, where that leaves those already done as they are."""
    if recipe.schedule != "decay":
        made_for = f"the schedule {recipe.schedule} is made for {recipe.epochs}"
        raise ValueError(f"--epochs: {made_for}; {HOW_TO_LENGTHEN}")
    return dataclasses.replace(recipe, epochs=epochs)


# while it is trained -------------------------------------------------------------------------


def _train(training: Training, run: Run, say: Console, tensorboard: bool) -> bool:
    """Train and keep every finished epoch; whether Ctrl-C ended it."""
    with _events(run, len(training.history), tensorboard) as events, _progress(say) as progress:
        epochs = training.recipe.epochs
        task = progress.add_task(
            "",
            total=len(training.train_set),
            epoch=len(training.history) + 1,
            epochs=epochs,
            loss=0.0,
        )
        training.watch = _watch(progress, task)
        try:
            for epoch in training:
                run.keep(training)
                if events:
                    events.add(epoch, training.averaged)
                progress.console.print(_line(epoch, epochs))
                progress.reset(task, epoch=epoch.number + 1, epochs=epochs, loss=epoch.loss)
        except KeyboardInterrupt:
            return True
    return False


@contextlib.contextmanager
def _events(run: Run, after: int, wanted: bool) -> Iterator[Events | None]:
    """The writer of TensorBoard's files, closed at the end; None where it is not wanted."""
    if not wanted:
        yield None
        return
    from tinygrad_mnist.mnist.events import Events

    events = Events(run.folder, after)
    try:
        yield events
    finally:
        events.close()


def _progress(say: Console) -> Progress:
    return Progress(
        TextColumn("epoch {task.fields[epoch]:>3}/{task.fields[epochs]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.4f}"),
        TimeRemainingColumn(),
        console=say,
        transient=True,
        refresh_per_second=5,
    )


def _watch(progress: Progress, task: Any) -> Callable[[int, float], None]:
    def watch(seen: int, loss: float) -> None:
        progress.update(task, completed=seen, loss=loss)

    return watch


def _line(epoch: Epoch, epochs: int) -> str:
    """An epoch in 80 columns: with validation there is no room for the speed."""
    parts = [
        f"epoch {epoch.number:>3}/{epochs}",
        f"loss [bold]{epoch.loss:.4f}[/]",
        f"rate {epoch.rate:.5f}",
        f"train [bold]{epoch.train_accuracy:6.2%}[/]",
    ]
    if epoch.validation_accuracy is not None:
        parts.append(f"val [bold]{epoch.validation_accuracy:6.2%}[/]")
    parts.append(f"test [bold]{epoch.test_accuracy:6.2%}[/]")
    if epoch.validation_accuracy is None:
        parts.append(f"{epoch.images_per_second:>6,.0f} img/s")
    return "  ".join(parts)


# what it came to -----------------------------------------------------------------------------


def _report(training: Training, digits: Digits, run: Run, say: Console, interrupted: bool) -> None:
    """Draw the learning curves, and say what was reached and where it lies."""
    from tinygrad_mnist.mnist.figures import learning_curves

    history = training.history
    if interrupted:
        done = len(history)
        say.print(f"[yellow]Stopped in epoch {done + 1}; the {done} before it are kept.[/]")
    learning_curves(history, run.curves)
    say.print(_summary(training, digits))
    say.print(_comparison(training, digits), soft_wrap=True)
    say.print(f"Written to [bold]{run.folder}[/]: weights, recipe, metrics, learning curves.")
    say.print(f"Measure again:  tinygrad-mnist evaluate {run.folder}", style="dim")
    if interrupted:
        say.print(f"Go on:          tinygrad-mnist train --resume {run.folder}", style="dim")


def _kept(training: Training) -> Epoch:
    """The epoch whose weights are kept."""
    kept = training.best
    assert kept is not None
    return kept


def _measured(training: Training, digits: Digits) -> dict[str, Any]:
    """The summary, of the kept epoch: accuracies as shares, losses in nats, times in seconds."""
    history = training.history
    recipe = training.recipe
    kept = _kept(training)
    sizes = (PIXELS, *recipe.hidden, CLASSES)
    return {
        "network": "-".join(map(str, sizes)),
        "parameters": sum((before + 1) * after for before, after in pairwise(sizes)),
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
        "test_digits_trained_on": _trained_on(digits),
        "seconds": sum(epoch.seconds for epoch in history),
        "data": digits.source,
        "recipe": dataclasses.asdict(recipe),
        "original_project": ORIGINAL,
    }


def _trained_on(digits: Digits) -> int:
    """How many of the test digits are among those to train on, by their checksums."""
    train = checksums(digits.train_images)
    return int(np.isin(checksums(digits.test_images), train).sum())


def _summary(training: Training, digits: Digits) -> Table:
    found = _measured(training, digits)
    recipe = training.recipe
    epochs = f"{found['epochs']} of {recipe.epochs}"
    if training.finished and found["epochs"] < recipe.epochs:
        epochs += f": none better by validation for {recipe.patience}"
    held_out = found["validation_digits"]
    chosen = "best by validation" if held_out else "last"
    an_epoch = found["seconds"] / found["epochs"]
    rows = {
        "network": f"{found['network']}, {found['parameters']:,} parameters",
        "epochs": epochs,
        "weights kept": f"of epoch {found['kept_epoch']}, the {chosen}",
        "training accuracy": f"{found['train_accuracy']:.2%} of {found['train_digits']:,}",
    }
    if held_out:
        rows["validation accuracy"] = f"{found['validation_accuracy']:.2%} of {held_out:,}"
    rows |= {
        "test accuracy": f"{found['test_accuracy']:.2%} of {found['test_digits']:,}",
        "test loss": f"{found['test_loss']:.4f}",
        "time": f"{found['seconds']:.1f} s of training, {an_epoch:.2f} s an epoch",
    }
    if found["test_digits_trained_on"]:
        count = f"{found['test_digits_trained_on']:,}"
        rows["no test of"] = f"{count} test digits that are among the training digits too"
    table = Table(title="What it came to", show_header=False, title_justify="left")
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def _comparison(training: Training, digits: Digits) -> str:
    """The kept epoch beside the original project's numbers."""
    kept = _kept(training)
    train = 100 * (kept.train_accuracy - ORIGINAL["train_accuracy"])
    test = 100 * (kept.test_accuracy - ORIGINAL["test_accuracy"])
    end = ", on other digits."
    if fingerprint(digits) == MNIST_TRAINING:
        end = "."
    elif np.isin(checksums(digits.train_images), mnist_training()).all():
        end = f", on {len(digits.train_labels):,} of its 60,000 training digits."
    return (
        "The original project: 99.13% training, 97% test."
        f" Here: {train:+.2f} and {test:+.2f} points{end}"
    )
