"""A run's folder: weights, recipe, metrics and figures, written so that a crash loses nothing."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import hashlib
import io
import itertools
import json
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.formats.checkpoint import read, write
from tinygrad_mnist.formats.checksums import check_json, check_safetensors, seal_json, sha256_of
from tinygrad_mnist.formats.files import (
    BusyError,
    keep_as,
    locked,
    remove_partials,
    rename,
    write_file,
)
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.recipe import CLASSES, PIXELS, RECIPES, Recipe, classifier
from tinygrad_mnist.mnist.seen import (
    MNIST_TRAINING,
    Checksums,
    checksums,
    mnist_training,
    pack,
    unpack,
)
from tinygrad_mnist.mnist.training import Epoch, Training
from tinygrad_mnist.mnist.weights import SHIPPED, shipped

__all__ = ["Description", "Run", "RunError", "fingerprint", "fingerprint_of_test", "opened"]


class RunError(ValueError):
    """A run's folder that cannot be read: one line with the file and what is wrong."""


class Run:
    """The folder of one training run.

    `last.pt` is the training's checkpoint, and `previous.pt` the one before it: all that training
    goes on from, the best epoch's weights included. `weights.safetensors` has these weights for
    whoever wants no more (best by validation; without it, the last finished epoch's), and
    `metrics.csv` the finished epochs; resuming mends them. Each file is replaced as a whole, is on
    the disk before the next one is written, and carries a checksum (but metrics and figures).

    Args:
        folder: where the run is, or will be.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.weights = folder / "weights.safetensors"
        self.last = folder / "last.pt"
        self.previous = folder / "previous.pt"
        self.older_last = folder / "last.safetensors"  # what earlier versions wrote
        self.recipe = folder / "recipe.json"
        self.data = folder / "data.json"
        self.trained_on = folder / "trained-on.bin"  # but for MNIST, which is known anyway
        self.metrics = folder / "metrics.csv"
        self.curves = folder / "learning-curves.png"
        self._damaged: list[Path] = []

    @classmethod
    def fresh(cls, folder: Path) -> Run:
        """The folder of a new run under a name that nobody has yet.

        Args:
            folder: its name; where it is taken, a number is put behind it.

        Returns:
            The run; its folder is made, and empty.
        """
        folder.parent.mkdir(parents=True, exist_ok=True)
        for number in itertools.count(2):
            try:
                folder.mkdir()
                break
            except FileExistsError:
                folder = folder.with_name(f"{folder.name.partition('_')[0]}_{number}")
        return cls(folder)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder: no other training can begin or go on in it until the block ends.

        Raises:
            RunError: if another one holds it.
            OSError: if the folder does not exist or cannot be written.
        """
        lock = locked(self.folder / ".lock", str(self.folder))
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(lock)
            except BusyError as error:
                raise RunError(str(error)) from None
            remove_partials(self.folder)
            yield

    def create(self, recipe: Recipe, data: str | None, digits: Digits) -> None:
        """Make the folder, with the recipe and where the digits came from.

        Args:
            recipe: of the training.
            data: what `--data` was.
            digits: that it led to.

        Raises:
            RunError: if the folder holds a run already.
        """
        self.refuse_second()
        self.folder.mkdir(parents=True, exist_ok=True)
        record = {
            "asked": data,
            "source": digits.source,
            "sha256": fingerprint(digits),
            "test_sha256": fingerprint_of_test(digits),
        }
        if record["sha256"] != MNIST_TRAINING:
            packed = pack(checksums(digits.train_images))
            record["trained_on"] = sha256_of(packed)
            write_file(self.trained_on, packed)
        write_file(self.data, seal_json(record))
        recipe.save(self.recipe)  # the last one: a folder with a recipe is a run

    def refuse_second(self) -> None:
        """RunError if the folder holds a run already."""
        if self.recipe.exists():
            message = f"{self.folder}: holds a run already; name another folder with --out"
            raise RunError(f"{message}, or go on with it: --resume {self.folder}")

    def refuse_others(self) -> None:
        """RunError if the folder holds what no training wrote there: a run needs its own."""
        if not self.folder.is_dir():
            return
        own = {self.recipe, self.data, self.trained_on, self.last, self.previous, self.weights}
        names = sorted(path.name for path in self.folder.iterdir() if path not in own)
        others = [name for name in names if not name.startswith(".")]
        if others:
            shown = ", ".join(others[:3]) + (", ..." if len(others) > 3 else "")
            message = f"{self.folder}: holds other things ({shown}), wanted a new or empty folder"
            raise RunError(f"{message}; name a new one with --out, such as {self.folder / 'run'}")

    def discard(self) -> None:
        """Take away what `create` made, of a run that kept nothing."""
        for file in (self.recipe, self.data, self.trained_on):
            file.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            (self.folder / ".lock").unlink(missing_ok=True)
            self.folder.rmdir()  # where nothing else is in it

    def keep(self, training: Training) -> None:
        """Write the checkpoint, the weights and the metrics after a finished epoch.

        Args:
            training: the one that finished it.

        Raises:
            OSError: if a file cannot be written; those before it stay.
        """
        self.checkpoint(training)
        if training.best is training.history[-1]:
            tg.save(training.best_weights or training.averaged.state_dict(), self.weights)
        write_file(self.metrics, _as_csv(training.history))
        self.older_last.unlink(missing_ok=True)

    def checkpoint(self, training: Training) -> None:
        """Write all that the training goes on from, also in the middle of an epoch.

        The file is read back before it takes its place, and the one before it is kept.

        Args:
            training: between two steps, or two epochs.

        Raises:
            OSError: if it cannot be written; the last one stays.
            DivergedError: if a weight is not finite; the last one stays.
        """
        training.check_finite()
        content = training.state() | {
            "recipe": dataclasses.asdict(training.recipe),
            "threads": tg.get_num_threads(),
        }
        new = self.folder / "next.pt"
        write(content, new)
        for file in self._damaged:
            rename(file, _unused(file.with_name(f"{file.name}.damaged")))
        self._damaged.clear()
        if self.last.exists():
            keep_as(self.last, self.previous)
        rename(new, self.last)

    def resume(self, training: Training, digits: Digits) -> list[str]:
        """Put a new training where the run was left; mend what a crash left out.

        Where the last checkpoint is damaged, the one before it is taken; where none was written
        yet, the training begins.

        Args:
            training: of this run's recipe and of its digits.
            digits: the same digits.

        Returns:
            What the user should know, a line each.

        Raises:
            RunError: if the digits are others, or the state is missing or damaged.
        """
        asked = self.asked_data()
        if asked["sha256"] != fingerprint(digits):
            source = asked["source"]
            message = f"{self.data}: the run was trained on {source}; these are other digits"
            raise RunError(message)
        notes: list[str] = []
        state = self._restore(training, notes)
        if state is None:
            notes.append(f"{self.folder}: no checkpoint was written; it begins from the start")
            return notes
        threads = state.get("threads")
        if threads not in (None, tg.get_num_threads()):
            now = tg.get_num_threads()
            message = f"the run computed with {threads} threads, now it is {now}"
            notes.append(f"{message}: what comes may differ in the last digits")
        self._mend(training, notes)
        if not _sealed_json(self.recipe):
            self._seal(training)
        return notes

    def _seal(self, training: Training) -> None:
        """Give the files of an earlier version's run checksums, the recipe's last."""
        if self.weights.exists():
            tg.save(tg.load(self.weights), self.weights)
        self.checkpoint(training)
        known = {name: value for name, value in self.asked_data().items() if value is not None}
        write_file(self.data, seal_json({"asked": None, **known}))
        self.read_recipe().save(self.recipe)

    def _restore(self, training: Training, notes: list[str]) -> Any:
        """The state that was taken over, of the newest checkpoint that can be read; or None."""
        files = [file for file in (self.last, self.previous, self.older_last) if file.exists()]
        if not files and (self.weights.exists() or self.metrics.exists()):
            raise RunError(f"{self.last}: missing, so there is nothing to go on from")
        problems = []
        self._damaged.clear()
        for file in files:
            try:
                state = self._read_state(file)
                training.load_state(state)
            except (*_CANNOT_READ, OSError) as error:
                reason = " ".join(str(error).split())
                problems.append(f"{file}: cannot be read as this run's state: {reason}")
                if file != self.older_last:
                    self._damaged.append(file)
                continue
            notes.extend(f"{problem}; {file.name} is taken" for problem in problems)
            return state
        if problems:
            self._damaged.clear()
            raise RunError(problems[0])
        return None

    def _read_state(self, file: Path) -> Any:
        if file == self.older_last:
            return _older_state(tg.load(file))
        if not _sealed_json(self.recipe):  # an earlier version's run
            return tg.load(file)
        state = read(file)
        written = state.get("recipe")
        same = dataclasses.asdict(self.read_recipe()) | {"epochs": None}
        earlier = dataclasses.asdict(Recipe())  # for what its version did not know
        if written is not None and earlier | written | {"epochs": None} != same:
            raise ValueError("it was written with another recipe")
        return state

    def _mend(self, training: Training, notes: list[str]) -> None:
        """Write weights and metrics again where they are not those of the checkpoint."""
        best = training.best_weights
        if best is None:
            if training.history and not self.weights.exists():
                raise RunError(f"{self.weights}: missing, and the checkpoint does not hold them")
            return
        try:
            found = tg.load(self.weights)
            same = set(found) == set(best) and all(
                np.array_equal(found[name].numpy(), value.numpy()) for name, value in best.items()
            )
            problem = "" if same else "not those of the checkpoint"
        except (*_CANNOT_READ, OSError) as error:
            problem = "missing" if not self.weights.exists() else " ".join(str(error).split())
        if problem:
            tg.save(best, self.weights)
            notes.append(f"{self.weights}: {problem}; written again from the checkpoint")
        text = _as_csv(training.history)
        if not self.metrics.exists() or self.metrics.read_bytes() != text.encode():
            write_file(self.metrics, text)

    def read_recipe(self) -> Recipe:
        """Read the recipe that `create` wrote.

        Returns:
            The recipe.

        Raises:
            RunError: if there is no run in the folder.
            ValueError: if the file is damaged.
        """
        if not self.folder.is_dir():
            raise RunError(f"{self.folder}: no such run")
        if not self.recipe.exists():
            raise RunError(f"{self.recipe}: missing, so {self.folder} is not a run")
        return Recipe.load(self.recipe)

    def network(self) -> nn.Sequential:
        """The classifier with the saved weights, in evaluation mode.

        Returns:
            A network of images (n, 28, 28) to logits (n, 10).

        Raises:
            RunError: if a file of the run is missing or damaged, or its weights are not finite.
        """
        if not self.folder.is_dir():
            raise RunError(f"{self.folder}: no such run")
        for file in (self.recipe, self.weights):
            if not file.exists():
                message = f"{file}: missing, so {self.folder} is not a finished run"
                raise RunError(message)
        recipe = Recipe.load(self.recipe)
        try:
            sealed = check_safetensors(self.weights, self.weights.name)
            if sealed != _sealed_json(self.recipe):
                without = "the recipe" if sealed else "it"
                raise ValueError(f"damaged: {without} carries no checksum")
            weights = tg.load(self.weights)
            _check_weights(weights, recipe)
            network = classifier(recipe)
            network.load_state_dict(weights)
        except _CANNOT_READ as error:
            reason = " ".join(str(error).split())
            message = f"{self.weights}: cannot be read as this recipe's weights: {reason}"
            raise RunError(message) from None
        network.eval()
        return network

    def asked_data(self) -> dict[str, Any]:
        """Read what `--data` was, and what it led to.

        Returns:
            "asked", the option; "source", where the digits came from; "sha256" and "test_sha256",
            their fingerprints; "trained_on", the checksum of the file with theirs. None where
            something was not written down.

        Raises:
            RunError: if the file is missing or damaged.
        """
        try:
            content = self.data.read_bytes()
            sealed = check_json(content, self.data.name)
            if _sealed_json(self.recipe) and not sealed:
                raise ValueError("damaged: it carries no checksum")
            values: dict[str, Any] = json.loads(content)
            found = {"asked": values["asked"], "source": values["source"]}
            for name in ("sha256", "test_sha256", "trained_on"):
                found[name] = values.get(name)
            for name, value in found.items():
                if not isinstance(value, str) and (value is not None or name == "source"):
                    raise TypeError(f"{name} is {repr(value)[:40]}, wanted text")
            return found
        except KeyError as error:
            raise RunError(f"{self.data}: cannot be read: {error} is missing") from None
        except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
            reason = " ".join(str(error).split())
            raise RunError(f"{self.data}: cannot be read: {reason}") from None

    def checksums(self) -> Checksums | None:
        """The checksums of the digits that the run was given to train on.

        Returns:
            (n,); None where nobody wrote them down, as in runs of earlier versions.

        Raises:
            RunError: if a file is damaged.
        """
        data = self.asked_data()
        if data["sha256"] == MNIST_TRAINING:
            return mnist_training()
        if not self.trained_on.exists():
            return None
        try:
            packed = self.trained_on.read_bytes()
            if data["trained_on"] not in (None, sha256_of(packed)):
                raise ValueError("damaged: its checksum is another one")
            return unpack(packed)
        except (OSError, ValueError) as error:
            raise RunError(f"{self.trained_on}: cannot be read: {error}") from None

    def history(self) -> list[Epoch]:
        """Read the epochs in `metrics.csv`.

        Returns:
            The epochs, in order.

        Raises:
            RunError: if the file is missing or damaged.
        """
        epochs: list[Epoch] = []
        try:
            with self.metrics.open(newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    number = int(row.pop("number"))
                    values = {name: float(value) for name, value in row.items() if value}
                    if number != len(epochs) + 1 or not all(map(math.isfinite, values.values())):
                        raise ValueError(f"row {len(epochs) + 1} is no finished epoch")
                    epochs.append(Epoch(number, **values))
        except (*_CANNOT_READ, OSError, csv.Error) as error:
            reason = " ".join(str(error).split())
            raise RunError(f"{self.metrics}: cannot be read: {reason}") from None
        return epochs


_CANNOT_READ = (
    RuntimeError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    OverflowError,
    MemoryError,
    NotImplementedError,
    struct.error,
)
"""What a file that is not as it was written can make its reader raise."""


def _sealed_json(path: Path) -> bool:
    """Whether a file of JSON carries a checksum, whatever that is."""
    return path.exists() and b'"checksum": ' in path.read_bytes()


def _check_weights(weights: dict[str, tg.Tensor], recipe: Recipe) -> None:
    """ValueError for weights of another size than the recipe's, or that are not finite."""
    sizes = (PIXELS, *recipe.hidden, CLASSES)
    wanted = sum((before + 1) * after for before, after in itertools.pairwise(sizes))
    got = sum(value.numel() for value in weights.values())
    if got != wanted:
        raise ValueError(f"got {got:,} numbers, wanted {wanted:,}")
    wrong = sum(int((~np.isfinite(value.numpy())).sum()) for value in weights.values())
    if wrong:
        raise ValueError(f"{wrong:,} numbers are infinite or none: the training diverged")


def _unused(path: Path) -> Path:
    """A path that leads to nothing yet: this one, or one with a number behind it."""
    for number in itertools.count(2):
        if not path.exists():
            return path
        path = path.with_name(f"{path.name.rpartition('.damaged')[0]}.damaged{number}")
    raise AssertionError


def fingerprint(digits: Digits) -> str:
    """What digits are recognised by: the same for the same digits, wherever they are from.

    Args:
        digits: of which the training digits are read.

    Returns:
        SHA-256 in hexadecimal.
    """
    content = digits.train_images.tobytes() + digits.train_labels.tobytes()
    return hashlib.sha256(content).hexdigest()


def fingerprint_of_test(digits: Digits) -> str:
    """What the test digits are recognised by.

    Args:
        digits: of which the test digits are read.

    Returns:
        SHA-256 in hexadecimal.
    """
    content = digits.test_images.tobytes() + digits.test_labels.tobytes()
    return hashlib.sha256(content).hexdigest()


def _as_csv(history: list[Epoch]) -> str:
    text = io.StringIO()
    names = [field.name for field in dataclasses.fields(Epoch)]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(dataclasses.asdict(epoch) for epoch in history)
    return text.getvalue()


def _older_state(tensors: dict[str, tg.Tensor]) -> Any:
    """A training's state as versions before `last.pt` wrote it.

    The tensors have numbers for names; "progress" is JSON in bytes that says where each of them
    stands. A dict is written there as {"pairs": [[key, value], ...]}.
    """
    progress = json.loads(tensors["progress"].numpy().tobytes())
    return _with_tensors(progress, tensors)


def _with_tensors(value: Any, tensors: dict[str, tg.Tensor]) -> Any:
    if isinstance(value, dict) and "tensor" in value:
        return tensors[value["tensor"]]
    if isinstance(value, dict):
        return {key: _with_tensors(each, tensors) for key, each in value["pairs"]}
    if isinstance(value, list):
        return [_with_tensors(each, tensors) for each in value]
    return value


@dataclass(frozen=True)
class Description:
    """What is known of a trained network besides its weights.

    Attributes:
        name: the run's folder, or the name of a shipped network.
        recipe: how it was trained.
        asked: what `--data` was; None where nobody wrote it down.
        source: the digits that it led to; None where nobody wrote it down.
        history: its epochs; empty where they are not kept.
        fingerprint: of the digits that it was trained on; None where nobody wrote it down.
        trained_on: their checksums, or None.
        test_fingerprint: of the test digits beside them; None where nobody wrote it down.
    """

    name: str
    recipe: Recipe | None = None
    asked: str | None = None
    source: str | None = None
    history: list[Epoch] = dataclasses.field(default_factory=list)
    fingerprint: str | None = None
    trained_on: Checksums | None = dataclasses.field(default=None, repr=False)
    test_fingerprint: str | None = None

    def seen(self, images: npt.NDArray[np.uint8], digits: Digits) -> npt.NDArray[np.bool_] | None:
        """Which pictures are among those that the network was trained on.

        Args:
            images: (n, 28, 28).
            digits: that they are from; where the run wrote nothing down but their fingerprint, the
                digits to train on are compared with themselves.

        Returns:
            (n,); None where that is not known.
        """
        trained_on = self.trained_on
        if trained_on is None and self.fingerprint == fingerprint(digits):
            trained_on = checksums(digits.train_images)
        if trained_on is None:
            return None
        return np.isin(checksums(images), trained_on)

    def __str__(self) -> str:
        return f"{self.name}, trained on {self.source}" if self.source else self.name


def opened(run: str | Path) -> tuple[nn.Sequential, Description]:
    """A trained network in evaluation mode, and what is known of it.

    Args:
        run: a run's folder, or the name of a shipped network. Where there is both, the folder is
            taken.

    Returns:
        The network, and its description.

    Raises:
        RunError: in one line, what is missing or wrong.
    """
    name = str(run)
    if name in SHIPPED and not Path(name).exists():
        about = Description(
            name, RECIPES[name], fingerprint=MNIST_TRAINING, trained_on=mnist_training()
        )
        return shipped(name), about
    folder = Run(Path(name))
    network = folder.network()
    recipe = Recipe.load(folder.recipe)
    data = folder.asked_data()
    history = folder.history() if folder.metrics.exists() else []
    about = Description(
        name,
        recipe,
        data["asked"],
        data["source"],
        history,
        data["sha256"],
        folder.checksums(),
        data["test_sha256"],
    )
    return network, about
