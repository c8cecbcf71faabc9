"""The recipe: every hyperparameter in one place, and the network that it describes."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinygrad_mnist import nn

PIXELS, CLASSES = 28 * 28, 10


@dataclass(frozen=True)
class Recipe:
    """How the network is shaped and trained; the defaults are the original project's.

    Attributes:
        hidden: units of each hidden layer.
        keep: the probability that dropout keeps a unit, for each hidden layer.
        batch_size: images per step.
        epochs: passes over the training images.
        lr, beta1, beta2: Adam's learning rate and averaging rates.
        decay: after epoch e the rate is divided by (1 + decay * e).
        seed: where the random numbers start.
    """

    hidden: tuple[int, ...] = (400, 100)
    keep: tuple[float, ...] = (0.4, 0.5)
    batch_size: int = 256
    epochs: int = 50
    lr: float = 0.005
    beta1: float = 0.8
    beta2: float = 0.999
    decay: float = 0.00001
    seed: int = 0

    def __post_init__(self) -> None:
        if len(self.hidden) != len(self.keep):
            raise ValueError(f"recipe: {len(self.hidden)} hidden layers but {len(self.keep)} keep probabilities")
        wanted: list[tuple[str, Any, bool, str]] = [
            ("hidden", self.hidden, min(self.hidden, default=1) > 0, "positive sizes"),
            ("keep", self.keep, all(0 < p <= 1 for p in self.keep), "probabilities above 0, up to 1"),
            ("batch_size", self.batch_size, self.batch_size > 0, "a positive number"),
            ("epochs", self.epochs, self.epochs > 0, "a positive number"),
            ("lr", self.lr, self.lr > 0, "a positive number"),
            ("beta1", self.beta1, 0 <= self.beta1 < 1, "a number from 0 up to, without, 1"),
            ("beta2", self.beta2, 0 <= self.beta2 < 1, "a number from 0 up to, without, 1"),
            ("decay", self.decay, self.decay >= 0, "a number not below 0"),
        ]
        for name, value, fits, want in wanted:
            if not fits:
                raise ValueError(f"recipe: {name} is {value}, wanted {want}")

    def save(self, path: Path) -> None:
        """Write the recipe as JSON."""
        path.write_text(json.dumps(dataclasses.asdict(self), indent=2) + "\n")

    @classmethod
    def load(cls, path: Path) -> Recipe:
        """Read a recipe that `save` wrote; ValueError names the file and what is wrong in it."""
        try:
            values: Any = json.loads(path.read_text())
            settings: Any = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
            return cls(**settings)
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"{path}: not a recipe: {error}") from None


RECIPES = {"original": Recipe()}


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
