"""The training loop, and the measuring of what it has learned."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

import tinygrad_mnist as tg
from tinygrad_mnist import nn, optim
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.recipe import CLASSES, Recipe, classifier
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.utils.data import DataLoader, TensorDataset

Labels = npt.NDArray[np.int64]
Watch = Callable[[int, float], None]
"""Called after each step with the number of images done and the step's loss."""


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training images came to.

    Attributes:
        number: from 1.
        loss: the mean cross-entropy in nats over the pass, with dropout on.
        rate: the learning rate of the pass.
        train_accuracy, test_accuracy: the share of digits answered right, with dropout off.
        test_loss: the mean cross-entropy on the test images, with dropout off.
        seconds: the time of the pass alone, without the measuring after it.
        images_per_second: images of the pass over `seconds`.
    """

    number: int
    loss: float
    rate: float
    train_accuracy: float
    test_accuracy: float
    test_loss: float
    seconds: float
    images_per_second: float


@dataclass(frozen=True)
class Evaluation:
    """A network's answers to labelled digits: the mean loss in nats, and who was taken for whom.

    `confusion[truth, answer]` counts digits.
    """

    loss: float
    confusion: npt.NDArray[np.int64]

    @property
    def accuracy(self) -> float:
        """The share of digits answered right."""
        return float(np.trace(self.confusion) / self.confusion.sum())


def as_dataset(images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]) -> TensorDataset:
    """Images as floats from 0 to 1 and labels as int64, ready to be batched."""
    pixels = images.astype(np.float32)
    pixels /= 255
    return TensorDataset(tg.from_numpy(pixels), tg.from_numpy(labels.astype(np.int64)))


def train_epoch(
    network: nn.Module, loader: DataLoader, optimizer: optim.Optimizer, watch: Watch | None = None
) -> float:
    """One pass over the loader's images; the mean loss."""
    network.train()
    total, seen = 0.0, 0
    for images, labels in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(network(images), labels)
        loss.backward()
        optimizer.step()
        value = loss.item()
        total += value * len(labels)
        seen += len(labels)
        if watch:
            watch(seen, value)
    return total / seen


@tg.inference_mode()
def evaluate(network: nn.Module, dataset: TensorDataset, batch_size: int = 1000) -> Evaluation:
    """The network's answers to a whole dataset, with dropout off."""
    network.eval()
    total = 0.0
    confusion = np.zeros((CLASSES, CLASSES), np.int64)
    for images, labels in DataLoader(dataset, batch_size):
        logits = network(images)
        total += F.cross_entropy(logits, labels, reduction="sum").item()
        np.add.at(confusion, (labels.numpy(), logits.argmax(1).numpy()), 1)
    return Evaluation(total / len(dataset), confusion)


class Training:
    """A network on its way: iterate over it for one `Epoch` after another.

    Attributes:
        network: the classifier, in evaluation mode between epochs.
        optimizer: Adam with the recipe's rates.
        history: the epochs so far.
    """

    def __init__(self, recipe: Recipe, digits: Digits, watch: Watch | None = None) -> None:
        generator = tg.manual_seed(recipe.seed)
        self.recipe, self.watch = recipe, watch
        self.network = classifier(recipe)
        self.optimizer = optim.Adam(self.network.parameters(), recipe.lr, (recipe.beta1, recipe.beta2))
        self.schedule = optim.lr_scheduler.MultiplicativeLR(self.optimizer, lambda e: 1 / (1 + recipe.decay * e))
        self.train_set = as_dataset(digits.train_images, digits.train_labels)
        self.test_set = as_dataset(digits.test_images, digits.test_labels)
        self.loader = DataLoader(self.train_set, recipe.batch_size, shuffle=True, generator=generator)
        self.history: list[Epoch] = []

    def __iter__(self) -> Iterator[Epoch]:
        while len(self.history) < self.recipe.epochs:
            yield self.step()

    def step(self) -> Epoch:
        """Train for one epoch and measure."""
        rate: float = self.optimizer.param_groups[0]["lr"]
        start = time.perf_counter()
        loss = train_epoch(self.network, self.loader, self.optimizer, self.watch)
        seconds = time.perf_counter() - start
        self.schedule.step()
        train, test = (evaluate(self.network, each) for each in (self.train_set, self.test_set))
        epoch = Epoch(
            number=len(self.history) + 1,
            loss=loss,
            rate=rate,
            train_accuracy=train.accuracy,
            test_accuracy=test.accuracy,
            test_loss=test.loss,
            seconds=seconds,
            images_per_second=len(self.train_set) / seconds,
        )
        self.history.append(epoch)
        return epoch
