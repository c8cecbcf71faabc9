"""The recipe: every hyperparameter in one place, and the network that it describes."""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinygrad_mnist import nn

PIXELS, CLASSES = 28 * 28, 10
SCHEDULES = ("decay", "one-cycle")


@dataclass(frozen=True)
class Recipe:
    """How the network is shaped and trained; the defaults are the original project's.

    Attributes:
        hidden: units of each hidden layer.
        keep: the probability that dropout keeps a unit, for each hidden layer.
        keep_input: the probability that dropout keeps a pixel; part of the training, not of the network.
        batch_size: images per step.
        epochs: passes over the training images.
        lr, beta1, beta2: Adam's learning rate and averaging rates.
        schedule: "decay" or "one-cycle".
        decay: with "decay", after epoch e the rate is divided by (1 + decay * e).
        warm_up: with "one-cycle", the share of the steps in which the rate rises to lr; then it falls,
            along cosines, to almost nothing (Smith 2018, arXiv:1708.07120).
        weight_decay: what AdamW takes from a weight at each step, times the rate (Loshchilov &
            Hutter 2019, arXiv:1711.05101).
        label_smoothing: the share of the target that is spread over all classes (Szegedy et al.
            2016, arXiv:1512.00567).
        averaging: the share of the averaged weights that a step leaves as they were; the averaged
            ones are what is measured and kept. 0: no averaging.
        augment: whether each epoch sees the images shifted, turned, scaled and bent anew.
        validation: the share of the training images, of each class, that is held out of it to choose
            the epoch whose weights are kept.
        patience: epochs without a better one by validation after which training ends; 0: never.
        seed: where the random numbers start.
    """

    hidden: tuple[int, ...] = (400, 100)
    keep: tuple[float, ...] = (0.4, 0.5)
    keep_input: float = 1.0
    batch_size: int = 256
    epochs: int = 50
    lr: float = 0.005
    beta1: float = 0.8
    beta2: float = 0.999
    schedule: str = "decay"
    decay: float = 0.00001
    warm_up: float = 0.2
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    averaging: float = 0.0
    augment: bool = False
    validation: float = 0.0
    patience: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        if len(self.hidden) != len(self.keep):
            raise ValueError(f"recipe: {len(self.hidden)} hidden layers but {len(self.keep)} keep probabilities")
        wanted: list[tuple[str, Any, bool, str]] = [
            ("hidden", self.hidden, min(self.hidden, default=1) > 0, "positive sizes"),
            ("keep", self.keep, all(0 < p <= 1 for p in self.keep), "probabilities above 0, up to 1"),
            ("keep_input", self.keep_input, 0 < self.keep_input <= 1, "a probability above 0, up to 1"),
            ("batch_size", self.batch_size, self.batch_size > 0, "a positive number"),
            ("epochs", self.epochs, self.epochs > 0, "a positive number"),
            ("lr", self.lr, self.lr > 0, "a positive number"),
            ("beta1", self.beta1, 0 <= self.beta1 < 1, "a number from 0 up to, without, 1"),
            ("beta2", self.beta2, 0 <= self.beta2 < 1, "a number from 0 up to, without, 1"),
            ("schedule", self.schedule, self.schedule in SCHEDULES, f"one of {', '.join(SCHEDULES)}"),
            ("decay", self.decay, self.decay >= 0, "a number not below 0"),
            ("warm_up", self.warm_up, 0 < self.warm_up < 1, "a number between 0 and 1"),
            ("weight_decay", self.weight_decay, self.weight_decay >= 0, "a number not below 0"),
            (
                "label_smoothing",
                self.label_smoothing,
                0 <= self.label_smoothing < 1,
                "a number from 0 up to, without, 1",
            ),
            ("averaging", self.averaging, 0 <= self.averaging < 1, "a number from 0 up to, without, 1"),
            ("validation", self.validation, 0 <= self.validation <= 0.5, "a share from 0 to 0.5"),
            ("patience", self.patience, self.patience >= 0, "a number not below 0"),
            ("patience", self.patience, self.validation > 0 or not self.patience, "a validation share with it"),
        ]
        for name, value, fits, want in wanted:
            if not fits:
                raise ValueError(f"recipe: {name} is {value}, wanted {want}")

    def save(self, path: Path) -> None:
        """Write the recipe as JSON."""
        write_whole(path, json.dumps(dataclasses.asdict(self), indent=2) + "\n")

    @classmethod
    def load(cls, path: Path) -> Recipe:
        """Read a recipe that `save` wrote; ValueError names the file and what is wrong in it."""
        try:
            values: Any = json.loads(path.read_text())
            settings: Any = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
            return cls(**settings)
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"{path}: not a recipe: {error}") from None


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file that is there as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


RECIPES = {
    "original": Recipe(),
    "modern": Recipe(
        keep=(0.7, 0.9),
        keep_input=0.9,
        batch_size=128,
        epochs=40,
        lr=0.002,
        beta1=0.9,
        schedule="one-cycle",
        warm_up=0.1,
        weight_decay=0.3,
        label_smoothing=0.1,
    ),
}
AUGMENTED = {
    "modern": dataclasses.replace(
        RECIPES["modern"],
        augment=True,
        keep=(0.8, 0.9),
        keep_input=1.0,
        epochs=50,
        lr=0.003,
        warm_up=0.2,
        weight_decay=0.02,
        label_smoothing=0.05,
    )
}
"""What a recipe becomes with augmentation: images that are new in each epoch need little else against overfitting."""


def classifier(recipe: Recipe) -> nn.Sequential:
    """The network: images (n, 28, 28) to logits (n, 10), with He et al.'s (2015) initial weights."""
    layers: list[nn.Module] = [nn.Flatten()]
    width = PIXELS
    for units, keep in zip(recipe.hidden, recipe.keep, strict=True):
        layers += [nn.Linear(width, units), nn.ReLU(), nn.Dropout(1 - keep)]
        width = units
    network = nn.Sequential(*layers, nn.Linear(width, CLASSES))
    for layer in network:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            layer.bias.data.zero_()
    return network
