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

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.recipe import RECIPES, Recipe, classifier, write_whole
from tinygrad_mnist.mnist.training import Epoch, Training
from tinygrad_mnist.mnist.weights import SHIPPED, shipped


class RunError(ValueError):
    """A run's folder that cannot be read: one line with the file and what is wrong."""


class Run:
    """The folder of one training run.

    At any time `weights.safetensors` has the best finished epoch's weights (by validation; without it
    the last one's), `metrics.csv` all finished epochs and `last.safetensors` what training goes on
    from: each is replaced as a whole, the last one last.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.weights = folder / "weights.safetensors"
        self.last = folder / "last.safetensors"
        self.recipe = folder / "recipe.json"
        self.data = folder / "data.json"
        self.metrics = folder / "metrics.csv"
        self.curves = folder / "learning-curves.png"

    def create(self, recipe: Recipe, data: str | None, digits: Digits) -> None:
        """Make the folder, with the recipe and where the digits came from."""
        if self.recipe.exists():
            raise RunError(f"{self.folder}: holds a run already; name another folder with --out")
        self.folder.mkdir(parents=True, exist_ok=True)
        recipe.save(self.recipe)
        record = {"asked": data, "source": digits.source, "sha256": fingerprint(digits)}
        write_whole(self.data, json.dumps(record, indent=2) + "\n")

    def discard(self) -> None:
        """Take away what `create` made, of a run in which no epoch was finished."""
        self.recipe.unlink()
        self.data.unlink()
        if not any(self.folder.iterdir()):
            self.folder.rmdir()

    def keep(self, training: Training) -> None:
        """Write the weights, the metrics and the state after a finished epoch."""
        if training.best is training.history[-1]:
            tg.save(training.averaged.state_dict(), self.weights)
        text = io.StringIO()
        writer = csv.DictWriter(text, [field.name for field in dataclasses.fields(Epoch)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(dataclasses.asdict(epoch) for epoch in training.history)
        write_whole(self.metrics, text.getvalue())
        tensors: dict[str, tg.Tensor] = {}
        progress = json.dumps(_without_tensors(training.state(), tensors)).encode()
        tensors["progress"] = tg.tensor(list(progress), dtype=tg.uint8)
        tg.save(tensors, self.last)

    def resume(self, training: Training, digits: Digits) -> None:
        """Put a new `Training`, of this run's recipe and of its digits, where the run was left."""
        asked = self.asked_data()
        if asked["sha256"] != fingerprint(digits):
            raise RunError(f"{self.data}: the run was trained on {asked['source']}; these are other digits")
        if not self.last.exists():
            raise RunError(f"{self.last}: missing, so there is nothing to go on from")
        try:
            tensors = tg.load(self.last)
            training.load_state(_with_tensors(json.loads(tensors["progress"].numpy().tobytes()), tensors))
        except (RuntimeError, ValueError, KeyError, TypeError, IndexError) as error:
            reason = " ".join(str(error).split())
            raise RunError(f"{self.last}: cannot be read as this run's state: {reason}") from None

    def read_recipe(self) -> Recipe:
        """The recipe that `create` wrote."""
        if not self.folder.is_dir():
            raise RunError(f"{self.folder}: no such run")
        if not self.recipe.exists():
            raise RunError(f"{self.recipe}: missing, so {self.folder} is not a run")
        return Recipe.load(self.recipe)

    def network(self) -> nn.Sequential:
        """The classifier with the saved weights, in evaluation mode."""
        if not self.folder.is_dir():
            raise RunError(f"{self.folder}: no such run")
        for file in (self.recipe, self.weights):
            if not file.exists():
                raise RunError(f"{file}: missing, so {self.folder} is not a finished run")
        try:
            network = classifier(Recipe.load(self.recipe))
            network.load_state_dict(tg.load(self.weights))
        except RuntimeError as error:
            reason = " ".join(str(error).split())
            raise RunError(f"{self.weights}: cannot be read as this recipe's weights: {reason}") from None
        network.eval()
        return network

    def asked_data(self) -> dict[str, Any]:
        """What `--data` was, the source it led to, and the digits' fingerprint."""
        try:
            found: dict[str, Any] = json.loads(self.data.read_text())
            return {"asked": found["asked"], "source": found["source"], "sha256": found.get("sha256")}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(f"{self.data}: cannot be read: {error}") from None

    def history(self) -> list[Epoch]:
        """The epochs in `metrics.csv`."""
        try:
            with self.metrics.open(newline="") as file:
                rows = list(csv.DictReader(file))
            return [Epoch(int(row.pop("number")), **{k: float(v) for k, v in row.items() if v}) for row in rows]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise RunError(f"{self.metrics}: cannot be read: {error}") from None


def fingerprint(digits: Digits) -> str:
    """SHA-256 of the training digits: the same for the same digits, wherever they are from."""
    return hashlib.sha256(digits.train_images.tobytes() + digits.train_labels.tobytes()).hexdigest()


def _without_tensors(value: Any, tensors: dict[str, tg.Tensor]) -> Any:
    """`value` as JSON has it; its tensors go to `tensors`, and their names there take their places."""
    if isinstance(value, tg.Tensor):
        name = f"tensor-{len(tensors)}"
        tensors[name] = value.detach()
        return {_TENSOR: name}
    if isinstance(value, dict):
        return {_PAIRS: [[key, _without_tensors(each, tensors)] for key, each in value.items()]}
    return [_without_tensors(each, tensors) for each in value] if isinstance(value, list | tuple) else value


def _with_tensors(value: Any, tensors: dict[str, tg.Tensor]) -> Any:
    if isinstance(value, dict) and _TENSOR in value:
        return tensors[value[_TENSOR]]
    if isinstance(value, dict):
        return {key: _with_tensors(each, tensors) for key, each in value[_PAIRS]}
    return [_with_tensors(each, tensors) for each in value] if isinstance(value, list) else value


_TENSOR, _PAIRS = "tensor", "pairs"  # keys of dicts need not be strings: they are written as pairs


@dataclass(frozen=True)
class Description:
    """What is known of a trained network besides its weights.

    Attributes:
        name: the run's folder, or the name of a shipped network.
        recipe: how it was trained.
        asked, source: what `--data` was, and the digits that it led to; None where nobody wrote it down.
        history: its epochs; empty where they are not kept.
    """

    name: str
    recipe: Recipe | None = None
    asked: str | None = None
    source: str | None = None
    history: list[Epoch] = dataclasses.field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.name}, trained on {self.source}" if self.source else self.name


def opened(run: str | Path) -> tuple[nn.Sequential, Description]:
    """A trained network in evaluation mode: that of a run's folder, or the shipped one of that name.

    Where there is both, the folder is taken. RunError says in one line what is missing or wrong.
    """
    name = str(run)
    if name in SHIPPED and not Path(name).exists():
        return shipped(name), Description(name, RECIPES[name])
    folder = Run(Path(name))
    network = folder.network()
    data = folder.asked_data()
    history = folder.history() if folder.metrics.exists() else []
    return network, Description(name, Recipe.load(folder.recipe), data["asked"], data["source"], history)
