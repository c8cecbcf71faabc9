"""`tinygrad-mnist train`."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tinygrad_mnist.mnist.advice import command_line
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.ranks import Ranks, Told, Wish, fingerprint_of
from tinygrad_mnist.mnist.recipe import AUGMENTED, CLASSES, PIXELS, RECIPES, Recipe
from tinygrad_mnist.mnist.runs import Run, RunError, fingerprint, fingerprint_of_test
from tinygrad_mnist.mnist.seen import MNIST_TRAINING, checksums, mnist_training
from tinygrad_mnist.mnist.settings import command_with_settings, read_settings
from tinygrad_mnist.mnist.terminal import DataOption, Terminal, console, errors, load_digits
from tinygrad_mnist.mnist.training import DivergedError, Epoch, Training

if TYPE_CHECKING:
    from tinygrad_mnist.mnist.events import Events

__all__ = ["train"]

ORIGINAL = {"train_accuracy": 0.9913, "test_accuracy": 0.97}  # what the recipe's author reports
CheckpointOption = Annotated[
    str | None,
    typer.Option(
        help="Write checkpoints within epochs too: after so many steps (500) or seconds (30s).",
        metavar="STEPS|SECONDSs",
        show_default="at the end of each epoch",
    ),
]
ResumeOption = Annotated[
    Path | None,
    typer.Option(
        help="Go on with the run in this folder, as if it had never stopped.", metavar="RUN"
    ),
]
TimeoutOption = Annotated[
    float,
    typer.Option(
        help="With several ranks: seconds that a rank waits for the others before it ends the job.",
        metavar="SECONDS",
    ),
]
SummaryOption = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Print the summary as one JSON object on standard output, all else on the other.",
    ),
]
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
    resume: ResumeOption = None,
    tensorboard: Annotated[
        bool,
        typer.Option(
            "--tensorboard", help="Write TensorBoard's event files into the run's folder as well."
        ),
    ] = False,
    checkpoint_every: CheckpointOption = None,
    timeout: TimeoutOption = 300.0,
    as_json: SummaryOption = False,
    **settings: Any,
) -> None:
    """Train the classifier, and write weights, recipe, metrics and learning curves to a folder.

    Options that are left out have the recipe's values; the original recipe is 784-400-100-10, keep
    probabilities 0.4 and 0.5, batches of 256, Adam (0.005, 0.8, 0.999), 50 epochs.

    Every finished epoch is kept. After a crash, a power cut or Ctrl-C, --resume goes on behind the
    last checkpoint, and comes to what a run that was never stopped comes to, bit for bit. Ctrl-C
    and SIGTERM finish the step and write one; a second Ctrl-C stops at once.

    With the extra mpi, mpiexec -n 4 tinygrad-mnist train takes four processes for one training,
    each with its share of every batch; --resume goes on with any number of them.
    """
    asked = read_settings(Recipe, settings)
    every = Every.read(checkpoint_every)
    say = errors if as_json else console
    say.goes_on = True
    ranks = Ranks()
    ranks.wait_at_most(timeout)
    _say_where(ranks, say)
    if tensorboard:
        from tinygrad_mnist.mnist.events import require

        require()
    with contextlib.ExitStack() as held:
        if resume is None:
            chosen = chosen_recipe(recipe or "original", asked)
            training, run, digits = _begun(
                chosen, recipe or "original", data, out, say, held, ranks
            )
        else:
            _refuse_changes(resume, {"recipe": recipe, "out": out, **asked})
            training, run, digits = _resumed(resume, asked.get("epochs"), data, say, held, ranks)
        stopped = _train(training, run, say, tensorboard, every)
        if ranks.writes and (training.history or stopped):
            _report(training, digits, run, say, bool(stopped))
        if as_json and ranks.writes and training.history:
            summary = {"run": str(run.folder), "interrupted": bool(stopped)}
            print(json.dumps(summary | _measured(training, digits)))
    if stopped:
        raise typer.Exit(128 + stopped)


# what is trained -----------------------------------------------------------------------------


def _say_where(ranks: Ranks, say: Terminal) -> None:
    """Bind ranks to cores, and say so."""
    if not ranks.is_alone:
        say.print(escape(ranks.bind()), soft_wrap=True)


def _begun(
    recipe: Recipe,
    name: str,
    data: str | None,
    out: Path | None,
    say: Terminal,
    held: contextlib.ExitStack,
    ranks: Ranks,
) -> tuple[Training, Run, Digits]:
    """A new training, and its folder, which is held from now on; rank 0 alone makes that."""
    ranks.agree("the recipes", fingerprint_of(recipe))
    if out is not None and ranks.writes:
        Run(out).refuse_second()
        Run(out).refuse_others()
    digits = load_digits(data, say)
    _agree_on_digits(ranks, digits)
    run = Run(out or Path("runs"))
    if ranks.writes:
        if out is None:
            run = Run.fresh(Path("runs") / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}")
        run.folder.mkdir(parents=True, exist_ok=True)
        held.enter_context(run.held())
        run.create(recipe, data, digits)
    run = Run(Path(ranks.from_first(str(run.folder))))
    return Training(recipe, digits, ranks=ranks), run, digits


def _agree_on_digits(ranks: Ranks, digits: Digits) -> None:
    """Refuse a rank that has other digits than the others."""
    if not ranks.is_alone:
        ranks.agree("the training digits", fingerprint(digits))
        ranks.agree("the test digits", fingerprint_of_test(digits))


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
    folder: Path,
    epochs: int | None,
    data: str | None,
    say: Terminal,
    held: contextlib.ExitStack,
    ranks: Ranks,
) -> tuple[Training, Run, Digits]:
    """The training of a run's folder, where it was left; the folder is held from now on.

    Rank 0 alone reads it; the others get from it what they need.
    """
    run = Run(folder)
    written = None
    asked = None
    if ranks.writes:
        written = run.read_recipe()
        held.enter_context(run.held())
        asked = run.asked_data()["asked"]
    ranks.agree("the options", f"{folder} {epochs}")
    recipe = ranks.recipe_from_first(written)
    asked = ranks.from_first(asked)
    if epochs is not None:
        recipe = _longer(recipe, epochs)
    digits = load_digits(asked if data is None else data, say)
    _agree_on_digits(ranks, digits)
    training = Training(recipe, digits, ranks=ranks)
    if ranks.writes:
        for note in run.resume(training, digits):
            errors.print(f"[yellow]{escape(note)}[/]", soft_wrap=True)
    if not ranks.is_alone:
        training.load_state(ranks.state_from_first(training.state()))
    if training.finished:
        done = len(training.history)
        message = f"{folder} has its {done} epochs already; {HOW_TO_LENGTHEN}"
        say.print(escape(message), soft_wrap=True)
    if ranks.writes and recipe != written:
        recipe.save(run.recipe)
    return training, run, digits


def _longer(recipe: Recipe, epochs: int) -> Recipe:
    """The recipe with more epochs, where that leaves those already done as they are."""
    if recipe.schedule != "decay":
        made_for = f"the schedule {recipe.schedule} is made for {recipe.epochs}"
        raise ValueError(f"--epochs: {made_for}; {HOW_TO_LENGTHEN}")
    return dataclasses.replace(recipe, epochs=epochs)


# while it is trained -------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Every:
    """When checkpoints are written within an epoch: after steps or seconds; None for never."""

    steps: int | None = None
    seconds: float | None = None

    @classmethod
    def read(cls, text: str | None) -> Every:
        """What `--checkpoint-every` says.

        Args:
            text: a number of steps, or of seconds with an s behind it.

        Returns:
            The same.

        Raises:
            ValueError: for anything else.
        """
        if text is None:
            return cls()
        found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?) ?(s?)", text.strip(), re.ASCII)
        if found is None or float(found[1]) <= 0 or not (found[2] or found[1].isdecimal()):
            message = f"--checkpoint-every: got {text}, wanted steps (500) or seconds (30s)"
            raise ValueError(message)
        return cls(seconds=float(found[1])) if found[2] else cls(steps=int(found[1]))

    def is_passed(self, before: int, steps: int) -> bool:
        """Whether a checkpoint is due by the number of steps.

        Args:
            before: steps of the pass when that was asked before.
            steps: that are done now; several ranks ask only when they meet.

        Returns:
            Whether a multiple of `steps` lies between.
        """
        return self.steps is not None and steps // self.steps > before // self.steps


class StopError(Exception):
    """A signal asked the training to end, and a step is finished."""

    def __init__(self, signal: int) -> None:
        super().__init__(signal)
        self.signal = signal


class _Signals:
    """In its block the first SIGINT or SIGTERM is noted; a second one acts as it always does.

    Attributes:
        got: the signal's number, or 0.
    """

    def __init__(self) -> None:
        self.got = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> _Signals:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *error: object) -> None:
        self._restore()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.got = number
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()


def _train(training: Training, run: Run, say: Terminal, tensorboard: bool, every: Every) -> int:
    """Train, and keep every finished epoch.

    Returns:
        The signal that ended it, or 0.
    """
    last = time.monotonic()
    before = training.progress.steps if training.progress else 0

    def wish() -> Wish:
        late = every.seconds is not None and time.monotonic() - last >= every.seconds
        return Wish(signals.got, late)

    def after_step(told: Told) -> None:
        nonlocal last, before
        if told.stop:
            raise StopError(told.stop)
        steps = training.progress.steps if training.progress else 0
        enough = every.is_passed(before if before < steps else 0, steps)
        before = steps
        if enough or told.checkpoint:
            _checkpoint(run, training)
            last = time.monotonic()

    training.after_step = after_step
    training.ranks.wish = wish
    with contextlib.ExitStack() as stack:
        wanted = tensorboard and training.ranks.writes
        events = stack.enter_context(_events(run, len(training.history), wanted))
        progress = stack.enter_context(_progress(say))
        epochs = training.recipe.epochs
        task = progress.add_task(
            "",
            total=len(training.train_set),
            epoch=len(training.history) + 1,
            epochs=epochs,
            loss=0.0,
        )
        training.watch = _watch(progress, task)
        signals = stack.enter_context(_Signals())
        try:
            for epoch in training:
                _keep(run, training)
                if events:
                    events.add(epoch, training.averaged)
                progress.console.print(_line(epoch, epochs))
                following = min(epoch.number + 1, epochs)
                progress.reset(task, epoch=following, epochs=epochs, loss=epoch.loss)
                stop = training.ranks.agreed_stop(signals.got)
                if stop:
                    return stop
        except StopError as error:
            _checkpoint(run, training)
            return error.signal
        except KeyboardInterrupt:  # a second one
            if not training.ranks.is_alone:
                raise
            return signals.got or signal.SIGINT
        except DivergedError as error:
            if training.ranks.writes and not _has_checkpoint(run):
                run.discard()
            message = f"{error}. {_what_is_kept(run)} A lower --lr may help."
            raise DivergedError(message) from None
    return 0


def _keep(run: Run, training: Training) -> None:
    """Keep a finished epoch; of several ranks the first one writes."""
    if training.ranks.writes:
        with _writing(run, training):
            run.keep(training)


def _checkpoint(run: Run, training: Training) -> None:
    """Keep where the training stands; of several ranks the first one writes."""
    if training.ranks.writes:
        with _writing(run, training):
            run.checkpoint(training)


def _has_checkpoint(run: Run) -> bool:
    return run.last.exists() or run.previous.exists() or run.older_last.exists()


def _what_is_kept(run: Run) -> str:
    """In a sentence."""
    if not _has_checkpoint(run):
        return "Nothing is kept."
    return f"{run.folder} keeps the last checkpoint before it."


@contextlib.contextmanager
def _writing(run: Run, training: Training) -> Iterator[None]:
    """RunError for a file that cannot be written: with its name, and what is kept."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or " ".join(str(error).split())
        message = f"{error.filename or run.folder}: cannot be written: {reason}."
        kept = _what_is_kept(run)
        if _has_checkpoint(run):
            kept += f" When that is mended: {command_line('train', '--resume', run.folder)}"
        raise RunError(f"{message} {kept}") from None


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


def _progress(say: Terminal) -> Progress:
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


def _report(training: Training, digits: Digits, run: Run, say: Terminal, interrupted: bool) -> None:
    """Draw the learning curves, and say what was reached and where it lies."""
    from tinygrad_mnist.mnist.figures import learning_curves

    history = training.history
    folder = escape(str(run.folder))
    can_go_on = _has_checkpoint(run)
    if interrupted:
        say.print(f"[yellow]{_where_it_stopped(training, can_go_on)}[/]", soft_wrap=True)
    if history:
        with _writing(run, training):
            learning_curves(history, run.curves)
        say.print(_summary(training, digits))
        say.print(_comparison(training, digits), soft_wrap=not say.is_terminal)
        written = "weights, recipe, metrics, curves"
        say.print(f"Written to [bold]{folder}[/]: {written}.", soft_wrap=True)
        say.print(
            f"Measure again:  {escape(command_line('evaluate', run.folder))}",
            style="dim",
            soft_wrap=True,
        )
    if interrupted and can_go_on:
        say.print(
            f"Go on:          {escape(training.ranks.command('train', '--resume', run.folder))}",
            style="dim",
            soft_wrap=True,
        )
    if not can_go_on:
        run.discard()


def _where_it_stopped(training: Training, can_go_on: bool) -> str:
    done = len(training.history)
    if not can_go_on:
        return "Stopped in the first epoch; nothing is kept."
    kept = f"the {done} before it are kept" if done else "no epoch is finished"
    if training.progress is None:
        return f"Stopped behind epoch {done}; it is kept."
    return f"Stopped in epoch {done + 1}; {kept}."


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
        "ranks": training.ranks.size,
        "parameters_sha256": training.agreed or None,
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
    if training.agreed:
        rows["ranks"] = (
            f"{training.ranks.size}, with the same weights after each epoch ({training.agreed[:8]})"
        )
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
        "The recipe's author reported 99.13% on training and 97% on test digits."
        f" Here: {train:+.2f} and {test:+.2f} points{end}"
    )
