"""A run's folder: weights, recipe, metrics and figures, written so that a crash loses nothing."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.formats.files import write_file
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.recipe import RECIPES, Recipe, classifier
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

__all__ = ["Description", "Run", "RunError", "fingerprint", "opened"]


class RunError(ValueError):
    """A run's folder that cannot be read: one line with the file and what is wrong."""


class Run:
    """The folder of one training run.

    At any time `weights.safetensors` has the best finished epoch's weights (by validation; without
    it the last one's), `metrics.csv` all finished epochs and `last.pt` what training goes on from:
    each is replaced as a whole, the last one last.

    Args:
        folder: where the run is, or will be.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.weights = folder / "weights.safetensors"
        self.last = folder / "last.pt"
        self.older_last = folder / "last.safetensors"  # what earlier versions wrote
        self.recipe = folder / "recipe.json"
        self.data = folder / "data.json"
        self.trained_on = folder / "trained-on.bin"  # but for MNIST, which is known anyway
        self.metrics = folder / "metrics.csv"
        self.curves = folder / "learning-curves.png"

    def create(self, recipe: Recipe, data: str | None, digits: Digits) -> None:
        """Make the folder, with the recipe and where the digits came from.

        Args:
            recipe: of the training.
            data: what `--data` was.
            digits: that it led to.

        Raises:
            RunError: if the folder holds a run already.
        """
        if self.recipe.exists():
            raise RunError(f"{self.folder}: holds a run already; name another folder with --out")
        self.folder.mkdir(parents=True, exist_ok=True)
        recipe.save(self.recipe)
        record = {"asked": data, "source": digits.source, "sha256": fingerprint(digits)}
        if record["sha256"] != MNIST_TRAINING:
            write_file(self.trained_on, pack(checksums(digits.train_images)))
        write_file(self.data, json.dumps(record, indent=2) + "\n")

    def discard(self) -> None:
        """Take away what `create` made, of a run in which no epoch was finished."""
        self.recipe.unlink()
        self.data.unlink()
        self.trained_on.unlink(missing_ok=True)
        if not any(self.folder.iterdir()):
            self.folder.rmdir()

    def keep(self, training: Training) -> None:
        """Write the weights, the metrics and the state after a finished epoch.

        Args:
            training: the one that finished it.
        """
        if training.best is training.history[-1]:
            tg.save(training.averaged.state_dict(), self.weights)
        write_file(self.metrics, _as_csv(training.history))
        tg.save(training.state(), self.last)
        self.older_last.unlink(missing_ok=True)

    def resume(self, training: Training, digits: Digits) -> None:
        """Put a new training where the run was left.

        Args:
            training: of this run's recipe and of its digits.
            digits: the same digits.

        Raises:
            RunError: if the digits are others, or the state is missing or damaged.
        """
        asked = self.asked_data()
        if asked["sha256"] != fingerprint(digits):
            source = asked["source"]
            message = f"{self.data}: the run was trained on {source}; these are other digits"
            raise RunError(message)
        file = self.last
        if not file.exists() and self.older_last.exists():
            file = self.older_last
        if not file.exists():
            raise RunError(f"{file}: missing, so there is nothing to go on from")
        try:
            state = tg.load(file)
            if file == self.older_last:
                state = _older_state(state)
            training.load_state(state)
        except (RuntimeError, ValueError, KeyError, TypeError, IndexError) as error:
            reason = " ".join(str(error).split())
            raise RunError(f"{file}: cannot be read as this run's state: {reason}") from None

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
            RunError: if a file of the run is missing or damaged.
        """
        if not self.folder.is_dir():
            raise RunError(f"{self.folder}: no such run")
        for file in (self.recipe, self.weights):
            if not file.exists():
                message = f"{file}: missing, so {self.folder} is not a finished run"
                raise RunError(message)
        network = classifier(Recipe.load(self.recipe))
        try:
            network.load_state_dict(tg.load(self.weights))
        except RuntimeError as error:
            reason = " ".join(str(error).split())
            message = f"{self.weights}: cannot be read as this recipe's weights: {reason}"
            raise RunError(message) from None
        network.eval()
        return network

    def asked_data(self) -> dict[str, Any]:
        """Read what `--data` was, and what it led to.

        Returns:
            "asked", the option; "source", where the digits came from; "sha256", their fingerprint,
            or None where it was not written down.

        Raises:
            RunError: if the file is missing or damaged.
        """
        try:
            found: dict[str, Any] = json.loads(self.data.read_text())
            return {
                "asked": found["asked"],
                "source": found["source"],
                "sha256": found.get("sha256"),
            }
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(f"{self.data}: cannot be read: {error}") from None

    def checksums(self) -> Checksums | None:
        """The checksums of the digits that the run was given to train on.

        Returns:
            (n,); None where nobody wrote them down, as in runs of earlier versions.

        Raises:
            RunError: if a file is damaged.
        """
        if self.asked_data()["sha256"] == MNIST_TRAINING:
            return mnist_training()
        if not self.trained_on.exists():
            return None
        try:
            return unpack(self.trained_on.read_bytes())
        except (OSError, ValueError) as error:
            raise RunError(f"{self.trained_on}: cannot be read: {error}") from None

    def history(self) -> list[Epoch]:
        """Read the epochs in `metrics.csv`.

        Returns:
            The epochs, in order.

        Raises:
            RunError: if the file is missing or damaged.
        """
        epochs = []
        try:
            with self.metrics.open(newline="") as file:
                for row in csv.DictReader(file):
                    number = int(row.pop("number"))
                    values = {name: float(value) for name, value in row.items() if value}
                    epochs.append(Epoch(number, **values))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise RunError(f"{self.metrics}: cannot be read: {error}") from None
        return epochs


def fingerprint(digits: Digits) -> str:
    """What digits are recognised by: the same for the same digits, wherever they are from.

    Args:
        digits: of which the training digits are read.

    Returns:
        SHA-256 in hexadecimal.
    """
    content = digits.train_images.tobytes() + digits.train_labels.tobytes()
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
    """

    name: str
    recipe: Recipe | None = None
    asked: str | None = None
    source: str | None = None
    history: list[Epoch] = dataclasses.field(default_factory=list)
    fingerprint: str | None = None
    trained_on: Checksums | None = dataclasses.field(default=None, repr=False)

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
        name, recipe, data["asked"], data["source"], history, data["sha256"], folder.checksums()
    )
    return network, about
