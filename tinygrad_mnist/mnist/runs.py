"""A run's folder: weights, recipe, metrics and figures, written so that a crash loses nothing."""

from __future__ import annotations

import csv
import dataclasses
import importlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.mnist.recipe import RECIPES, Recipe, classifier
from tinygrad_mnist.mnist.training import Epoch


class RunError(ValueError):
    """A run's folder that cannot be read: one line with the file and what is wrong."""


class Run:
    """The folder of one training run.

    `weights.safetensors` and `metrics.csv` are those of the last finished epoch at any time:
    each is replaced as a whole.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.weights = folder / "weights.safetensors"
        self.recipe = folder / "recipe.json"
        self.data = folder / "data.json"
        self.metrics = folder / "metrics.csv"
        self.curves = folder / "learning-curves.png"

    def create(self, recipe: Recipe, data: str | None, source: str) -> None:
        """Make the folder, with the recipe and where the digits came from."""
        if self.recipe.exists():
            raise RunError(f"{self.folder}: holds a run already; name another folder with --out")
        self.folder.mkdir(parents=True, exist_ok=True)
        recipe.save(self.recipe)
        self.data.write_text(json.dumps({"asked": data, "source": source}, indent=2) + "\n")

    def discard(self) -> None:
        """Take away what `create` made, of a run in which no epoch was finished."""
        self.recipe.unlink()
        self.data.unlink()
        if not any(self.folder.iterdir()):
            self.folder.rmdir()

    def keep(self, network: nn.Module, history: list[Epoch]) -> None:
        """Write the weights and metrics of a finished epoch."""
        tg.save(network.state_dict(), self.weights)
        table = self.metrics.with_suffix(".partial")
        with table.open("w", newline="") as file:
            writer = csv.DictWriter(file, [field.name for field in dataclasses.fields(Epoch)])
            writer.writeheader()
            writer.writerows(dataclasses.asdict(epoch) for epoch in history)
        os.replace(table, self.metrics)

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
        """What `--data` was, and the source it led to."""
        try:
            found: dict[str, Any] = json.loads(self.data.read_text())
            return {"asked": found["asked"], "source": found["source"]}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(f"{self.data}: cannot be read: {error}") from None

    def history(self) -> list[Epoch]:
        """The epochs in `metrics.csv`."""
        try:
            with self.metrics.open(newline="") as file:
                rows = list(csv.DictReader(file))
            return [Epoch(int(row.pop("number")), **{k: float(v) for k, v in row.items()}) for row in rows]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise RunError(f"{self.metrics}: cannot be read: {error}") from None


SHIPPED = ("original", "modern")  # names of trained networks that an installation may carry


@dataclass(frozen=True)
class Description:
    """What is known of a trained network besides its weights.

    Attributes:
        name: the run's folder, or the name of the network that the installation carries.
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
    """The trained network in evaluation mode, of a run's folder or of `original` or `modern`, if carried.

    Raises RunError, one line with what is missing or wrong.
    """
    name = str(run)
    if name in SHIPPED and not Path(name).is_dir():
        return _carried(name), Description(name, RECIPES.get(name))
    folder = Run(Path(name))
    network = folder.network()
    data = folder.asked_data()
    history = folder.history() if folder.metrics.exists() else []
    return network, Description(name, Recipe.load(folder.recipe), data["asked"], data["source"], history)


def _carried(name: str) -> nn.Sequential:
    wish = "wanted a run's folder, as `tinygrad-mnist train` writes it"
    try:
        network: Any = importlib.import_module("tinygrad_mnist.mnist.weights").shipped(name)
    except (ImportError, AttributeError, OSError, LookupError) as error:
        reason = " ".join(str(error).split())
        raise RunError(f"{name}: got no trained weights with this installation ({reason}), {wish}") from None
    network.eval()
    return network


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file so that it holds all of `content` or what it held before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.partial")
    aside.write_bytes(content.encode() if isinstance(content, str) else content)
    os.replace(aside, path)
