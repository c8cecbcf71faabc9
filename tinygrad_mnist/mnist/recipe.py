"""The recipe: every hyperparameter in one place, and the network that it describes."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from tinygrad_mnist import nn
from tinygrad_mnist.formats.checksums import check_json, seal_json
from tinygrad_mnist.formats.files import write_file
from tinygrad_mnist.mnist.settings import (
    NOT_NEGATIVE,
    POSITIVE,
    PROBABILITY,
    RATE,
    Limit,
    check_settings,
    one_of,
    read_values,
    setting,
)

__all__ = [
    "AUGMENTED",
    "CLASSES",
    "PIXELS",
    "RECIPES",
    "SCHEDULES",
    "Recipe",
    "classifier",
    "initialise",
]

PIXELS = 28 * 28
CLASSES = 10
SCHEDULES = ("decay", "one-cycle")
COMPRESSIONS = ("none", "float16")
RANKS = "Several ranks (mpiexec)"


@dataclass(frozen=True)
class Recipe:
    """How the network is shaped and trained; the defaults are the original project's.

    Each field says beside its default what it is and what values it may have. The check of the
    values and the options of `tinygrad-mnist train` follow from that.

    Raises:
        ValueError: if a value is beyond its limit, or two do not fit together.
    """

    hidden: tuple[int, ...] = setting(
        (400, 100),
        help="Units of the hidden layers, such as 400,100.",
        limit=Limit("positive sizes", lambda sizes: min(sizes, default=1) > 0),
        metavar="N,N",
    )
    keep: tuple[float, ...] = setting(
        (0.4, 0.5),
        help="Dropout's keep probabilities, such as 0.4,0.5.",
        limit=Limit("probabilities above 0, up to 1", lambda keep: all(0 < p <= 1 for p in keep)),
        metavar="P,P",
    )
    # It is a part of the training, not of the network.
    keep_input: float = setting(
        1.0, help="Dropout's keep probability of pixels.", limit=PROBABILITY
    )
    batch_size: int = setting(256, help="Digits per step, of all ranks together.", limit=POSITIVE)
    accumulate: int = setting(
        1,
        help="Add up the gradients of this many batches for one step: the step's batch is so many"
        " times as large, and ranks communicate once for all of them.",
        limit=POSITIVE,
        metavar="N",
        panel=RANKS,
    )
    # Local SGD: Stich 2019, arXiv:1805.09767
    average_every: int = setting(
        1,
        help="With several ranks: average their gradients at each step (1), or let each rank make"
        " this many steps with its own share of the batches and then average the weights.",
        limit=POSITIVE,
        metavar="N",
        panel=RANKS,
    )
    compress: str = setting(
        "none",
        help=f"With several ranks: how gradients travel: {', '.join(COMPRESSIONS)}.",
        limit=one_of(COMPRESSIONS),
        panel=RANKS,
    )
    epochs: int = setting(50, help="Passes over the training digits.", limit=POSITIVE)
    lr: float = setting(
        0.005, help="Adam's learning rate; of one-cycle, the highest.", limit=POSITIVE
    )
    beta1: float = setting(0.8, help="Adam's averaging rate of gradients.", limit=RATE)
    beta2: float = setting(0.999, help="Adam's averaging rate of squared gradients.", limit=RATE)
    schedule: str = setting(
        "decay", help=f"How the rate goes: {', '.join(SCHEDULES)}.", limit=one_of(SCHEDULES)
    )
    decay: float = setting(
        0.00001,
        help="With schedule decay: after epoch e the rate is divided by (1 + decay * e).",
        limit=NOT_NEGATIVE,
    )
    # Then the rate falls, along cosines, to almost nothing (Smith 2018, arXiv:1708.07120).
    warm_up: float = setting(
        0.2,
        help="With schedule one-cycle: the share of steps in which it rises.",
        limit=Limit("a number between 0 and 1", lambda share: 0 < share < 1),
    )
    # Loshchilov & Hutter 2019, arXiv:1711.05101
    weight_decay: float = setting(
        0.0, help="What AdamW takes from each weight at a step, times the rate.", limit=NOT_NEGATIVE
    )
    # Szegedy et al. 2016, arXiv:1512.00567
    label_smoothing: float = setting(
        0.0, help="The share of a target that is spread over all classes.", limit=RATE
    )
    averaging: float = setting(
        0.0,
        help="Measure and keep a running mean of the weights: the share that a step leaves as it"
        " was, such as 0.999.",
        limit=RATE,
    )
    augment: bool = setting(
        False,
        help="Shift, turn, scale and bend the images anew in each epoch. The modern recipe then"
        " takes less weight decay and dropout, and more epochs.",
        panel=None,
    )
    validation: float = setting(
        0.0,
        help="Hold out this share of the training digits, of each class, and keep the weights of"
        " the epoch that is best on them. Without it, the last epoch's are kept.",
        limit=Limit("a share from 0 to 0.5", lambda share: 0 <= share <= 0.5),
        metavar="SHARE",
        panel=None,
    )
    patience: int = setting(
        0,
        help="End after this many epochs without a better one by validation.",
        limit=NOT_NEGATIVE,
        metavar="N",
        panel=None,
    )
    seed: int = setting(0, help="Where the random numbers start.", panel=None)

    def __post_init__(self) -> None:
        layers = len(self.hidden)
        if layers != len(self.keep):
            message = f"recipe: {layers} hidden layers but {len(self.keep)} keep probabilities"
            raise ValueError(message)
        check_settings(self, "recipe: {name} is {value}, wanted {wanted}")
        if self.average_every > 1 and self.compress != "none":
            message = f"recipe: compress is {self.compress}, wanted none where weights are averaged"
            raise ValueError(f"{message} (average_every {self.average_every}): no gradients travel")
        if self.patience and not self.validation:
            message = f"recipe: patience is {self.patience}, wanted a validation share with it"
            raise ValueError(message)

    def save(self, path: Path) -> None:
        """Write the recipe as JSON, with a checksum.

        Args:
            path: the file to write.
        """
        write_file(path, seal_json(dataclasses.asdict(self)))

    @classmethod
    def load(cls, path: Path) -> Recipe:
        """Read a recipe that `save` wrote.

        Args:
            path: the file to read.

        Returns:
            The recipe. A file of an earlier version, without a checksum, may leave out what that
            version did not know: it has its default.

        Raises:
            ValueError: with the file and what is wrong in it.
        """
        try:
            content = path.read_bytes()
            check_json(content, path.name)
            values = json.loads(content)
            if isinstance(values, dict):
                values.pop("checksum", None)
            return cls(**read_values(cls, values))
        except (ValueError, TypeError, RecursionError, OSError) as error:
            reason = " ".join(str(error).split())
            raise ValueError(f"{path}: not a recipe: {reason}") from None


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
"""What a recipe becomes with augmentation: new images in each epoch need little else against
overfitting."""


def classifier(recipe: Recipe) -> nn.Sequential:
    """The network of a recipe, with He et al.'s (2015) initial weights.

    Args:
        recipe: its hidden layers and their dropout are read.

    Returns:
        A network of images (n, 28, 28) to logits (n, 10).
    """
    layers: list[nn.Module] = [nn.Flatten()]
    width = PIXELS
    for units, keep in zip(recipe.hidden, recipe.keep, strict=True):
        layers += [nn.Linear(width, units), nn.ReLU(), nn.Dropout(1 - keep)]
        width = units
    layers.append(nn.Linear(width, CLASSES))
    initialise(layers)
    return nn.Sequential(*layers)


def initialise(layers: list[nn.Module]) -> None:
    """Draw He et al.'s (2015) initial weights, and set biases to 0.

    Args:
        layers: of which the linear ones are initialised.
    """
    for layer in layers:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
