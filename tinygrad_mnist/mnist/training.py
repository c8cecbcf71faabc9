"""The training loop, and the measuring of what it has learned."""

from __future__ import annotations

import copy
import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

import tinygrad_mnist as tg
from tinygrad_mnist import nn, optim
from tinygrad_mnist.mnist.augmentation import augment
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
        loss: the mean cross-entropy in nats over the pass, with dropout (and what else the recipe
            makes harder: augmentation, smoothed labels) on.
        rate: the learning rate of the pass.
        train_accuracy, test_accuracy: the share of digits answered right, with dropout off.
        test_loss: the mean cross-entropy on the test images, with dropout off.
        seconds: the time of the pass alone, without the measuring after it.
        images_per_second: images of the pass over `seconds`.
        validation_accuracy, validation_loss: as for the test images, on those held out of the training
            set; None where none are.
    """

    number: int
    loss: float
    rate: float
    train_accuracy: float
    test_accuracy: float
    test_loss: float
    seconds: float
    images_per_second: float
    validation_accuracy: float | None = None
    validation_loss: float | None = None


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


def split(labels: npt.NDArray[np.integer], share: float, generator: np.random.Generator) -> tuple[Labels, Labels]:
    """Indices of what to train on, and of what to hold out: `share` of each class, at least one.

    Both in rising order. labels: (n,). Empty lists of indices to hold out where share is 0.
    """
    held = [
        generator.permutation(np.flatnonzero(labels == digit))[: max(1, round(share * np.sum(labels == digit)))]
        for digit in np.unique(labels)
        if share
    ]
    out = np.sort(np.concatenate([np.empty(0, np.int64), *held]))
    return np.setdiff1d(np.arange(len(labels)), out), out


def train_epoch(
    network: nn.Module,
    loader: DataLoader,
    optimizer: optim.Optimizer,
    watch: Watch | None = None,
    *,
    label_smoothing: float = 0.0,
    change: Callable[[tg.Tensor], tg.Tensor] | None = None,
    after_step: Callable[[], None] | None = None,
) -> float:
    """One pass over the loader's images; the mean loss.

    change: what is done to each batch of images. after_step: called after each step, before `watch`.
    """
    network.train()
    total, seen = 0.0, 0
    for images, labels in loader:
        optimizer.zero_grad()
        logits = network(change(images) if change else images)
        loss = F.cross_entropy(logits, labels, label_smoothing=label_smoothing)
        loss.backward()
        optimizer.step()
        if after_step:
            after_step()
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
        averaged: a network with the running mean of its weights, where the recipe averages; else the
            network itself. This one is measured.
        optimizer: Adam, or AdamW where the recipe decays weights.
        history: the epochs so far.
        best: the best epoch so far by validation accuracy, and of equals by validation loss; without
            validation the last one. None before the first.
    """

    def __init__(self, recipe: Recipe, digits: Digits, watch: Watch | None = None) -> None:
        self.generator = tg.manual_seed(recipe.seed)
        self.recipe, self.watch = recipe, watch
        self.network = classifier(recipe)
        self.averaged = copy.deepcopy(self.network) if recipe.averaging else self.network
        parameters, betas = self.network.parameters(), (recipe.beta1, recipe.beta2)
        self.optimizer: optim.Optimizer = (
            optim.AdamW(parameters, recipe.lr, betas, weight_decay=recipe.weight_decay)
            if recipe.weight_decay
            else optim.Adam(parameters, recipe.lr, betas)
        )
        kept, held_out = split(digits.train_labels, recipe.validation, np.random.default_rng(recipe.seed))
        self.train_set = as_dataset(digits.train_images[kept], digits.train_labels[kept])
        self.validation_set = (
            as_dataset(digits.train_images[held_out], digits.train_labels[held_out]) if len(held_out) else None
        )
        self.test_set = as_dataset(digits.test_images, digits.test_labels)
        self.loader = DataLoader(self.train_set, recipe.batch_size, shuffle=True, generator=self.generator)
        self.schedule: Any = (
            optim.lr_scheduler.MultiplicativeLR(self.optimizer, lambda e: 1 / (1 + recipe.decay * e))
            if recipe.schedule == "decay"
            else optim.lr_scheduler.OneCycleLR(
                self.optimizer,
                recipe.lr,
                total_steps=recipe.epochs * len(self.loader),
                pct_start=recipe.warm_up,
                cycle_momentum=False,
            )
        )
        self.history: list[Epoch] = []

    def __iter__(self) -> Iterator[Epoch]:
        while not self.finished:
            yield self.step()

    @property
    def finished(self) -> bool:
        """Whether all epochs are done, or patience is at its end."""
        done, patience = len(self.history), self.recipe.patience
        return done >= self.recipe.epochs or bool(patience and self.best and done - self.best.number >= patience)

    @property
    def best(self) -> Epoch | None:
        if not self.history or self.validation_set is None:
            return self.history[-1] if self.history else None
        return max(self.history, key=lambda e: (e.validation_accuracy, -(e.validation_loss or 0)))

    def step(self) -> Epoch:
        """Train for one epoch and measure."""
        rate: float = self.optimizer.param_groups[0]["lr"]
        start = time.perf_counter()
        loss = train_epoch(
            self.network,
            self.loader,
            self.optimizer,
            self.watch,
            label_smoothing=self.recipe.label_smoothing,
            change=self._change(),
            after_step=self._after_step,
        )
        seconds = time.perf_counter() - start
        if self.recipe.schedule == "decay":
            self.schedule.step()
        train, test = (evaluate(self.averaged, each) for each in (self.train_set, self.test_set))
        held_out = evaluate(self.averaged, self.validation_set) if self.validation_set else None
        self.network.eval()
        epoch = Epoch(
            number=len(self.history) + 1,
            loss=loss,
            rate=rate,
            train_accuracy=train.accuracy,
            test_accuracy=test.accuracy,
            test_loss=test.loss,
            seconds=seconds,
            images_per_second=len(self.train_set) / seconds,
            validation_accuracy=held_out.accuracy if held_out else None,
            validation_loss=held_out.loss if held_out else None,
        )
        self.history.append(epoch)
        return epoch

    def _change(self) -> Callable[[tg.Tensor], tg.Tensor]:
        """What an epoch does to its images: augmentation, and dropout of pixels."""
        # Each epoch draws from its own seed: a resumed run needs no state of this generator.
        generator = np.random.default_rng([self.recipe.seed, len(self.history)])

        def change(images: tg.Tensor) -> tg.Tensor:
            if self.recipe.augment:
                images = tg.from_numpy(augment(images.numpy(), generator))
            return F.dropout(images, 1 - self.recipe.keep_input)

        return change

    def _after_step(self) -> None:
        if self.recipe.schedule != "decay":
            self.schedule.step()
        if self.averaged is not self.network:
            with tg.no_grad():
                for mean, each in zip(self.averaged.parameters(), self.network.parameters(), strict=True):
                    mean.lerp_(each, 1 - self.recipe.averaging)

    def state(self) -> dict[str, Any]:
        """All that a training goes on from: containers of tensors and of what JSON has."""
        return {
            "network": self.network.state_dict(),
            "averaged": self.averaged.state_dict() if self.recipe.averaging else None,
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "generator": self.generator.get_state(),
            "history": [dataclasses.asdict(epoch) for epoch in self.history],
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from a `state`, of the same recipe and digits, bit for bit."""
        self.network.load_state_dict(state["network"])
        if self.recipe.averaging:
            self.averaged.load_state_dict(state["averaged"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.generator.set_state(state["generator"])
        self.history = [Epoch(**epoch) for epoch in state["history"]]
        self.network.eval()
