"""A run's folder: weights, recipe, metrics and figures, written so that a crash loses nothing."""

from __future__ import annotations

import csv
import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.mnist.recipe import Recipe, classifier
from tinygrad_mnist.mnist.training import Epoch
from tinygrad_mnist.mnist.weights import SHIPPED, shipped


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


def trained(run: str | Path) -> nn.Sequential:
    """A trained network, in evaluation mode: that of a run's folder, or the shipped one of that name.

    Where there is both, the folder is taken. RunError says in one line what is missing or wrong.
    """
    folder = Path(run)
    return shipped(str(run)) if str(run) in SHIPPED and not folder.exists() else Run(folder).network()
