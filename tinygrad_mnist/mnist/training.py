"""The training loop: a network on its way through the epochs of a recipe."""

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
from tinygrad_mnist.mnist.measures import evaluate
from tinygrad_mnist.mnist.recipe import Recipe, classifier
from tinygrad_mnist.mnist.tensors import as_dataset
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.utils.data import DataLoader

__all__ = ["Epoch", "Training", "Watch", "split", "train_epoch"]

Indices = npt.NDArray[np.int64]
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
        train_accuracy: the share of training digits answered right, with dropout off.
        test_accuracy: the share of test digits answered right, with dropout off.
        test_loss: the mean cross-entropy on the test images, with dropout off.
        seconds: the time of the pass alone, without the measuring after it.
        images_per_second: images of the pass over `seconds`.
        validation_accuracy: as for the test images, on those held out of the training set; None
            where none are.
        validation_loss: the same for the loss.
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


def split(
    labels: npt.NDArray[np.integer], share: float, generator: np.random.Generator
) -> tuple[Indices, Indices]:
    """Divide digits into those to train on and those to hold out.

    Args:
        labels: (n,).
        share: of each class that is held out; at least one digit, unless it is 0.
        generator: where the draws come from.

    Returns:
        Indices of what to train on, and of what to hold out, both in rising order.
    """
    held_out = [np.empty(0, np.int64)]
    if share:
        for digit in np.unique(labels):
            places = np.flatnonzero(labels == digit)
            count = max(1, round(share * len(places)))
            held_out.append(generator.permutation(places)[:count])
    out = np.sort(np.concatenate(held_out))
    kept = np.setdiff1d(np.arange(len(labels)), out)
    return kept, out


def train_epoch(
    network: nn.Module,
    loader: DataLoader[tuple[tg.Tensor, ...]],
    optimizer: optim.Optimizer,
    watch: Watch | None = None,
    *,
    label_smoothing: float = 0.0,
    change: Callable[[tg.Tensor], tg.Tensor] | None = None,
    after_step: Callable[[], None] | None = None,
) -> float:
    """Make one pass over the loader's images.

    Args:
        network: images to logits. It is left in training mode.
        loader: batches of images and labels.
        optimizer: of the network's parameters.
        watch: called after each step.
        label_smoothing: the share of a target that is spread over all classes.
        change: what is done to each batch of images first.
        after_step: called after each step, before `watch`.

    Returns:
        The mean loss in nats.
    """
    network.train()
    total = 0.0
    seen = 0
    for images, labels in loader:
        if change:
            images = change(images)
        optimizer.zero_grad()
        loss = F.cross_entropy(network(images), labels, label_smoothing=label_smoothing)
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


class Training:
    """A network on its way: iterate over it for one `Epoch` after another.

    Args:
        recipe: how the network is shaped and trained.
        digits: to train and to test on.
        watch: called after each step.

    Attributes:
        network: the classifier, in evaluation mode between epochs.
        averaged: a network with the running mean of its weights, where the recipe averages; else
            the network itself. This one is measured.
        optimizer: Adam, or AdamW where the recipe decays weights.
        history: the epochs so far.
    """

    def __init__(self, recipe: Recipe, digits: Digits, watch: Watch | None = None) -> None:
        self.generator = tg.manual_seed(recipe.seed)
        self.recipe = recipe
        self.watch = watch
        self.network = classifier(recipe)
        self.averaged = copy.deepcopy(self.network) if recipe.averaging else self.network
        self.optimizer = _optimizer(recipe, self.network)
        random = np.random.default_rng(recipe.seed)
        kept, held_out = split(digits.train_labels, recipe.validation, random)
        self.train_set = as_dataset(digits.train_images[kept], digits.train_labels[kept])
        self.validation_set = None
        if len(held_out):
            self.validation_set = as_dataset(
                digits.train_images[held_out], digits.train_labels[held_out]
            )
        self.test_set = as_dataset(digits.test_images, digits.test_labels)
        self.loader: DataLoader[tuple[tg.Tensor, ...]] = DataLoader(
            self.train_set, recipe.batch_size, shuffle=True, generator=self.generator
        )
        self.schedule = _schedule(recipe, self.optimizer, len(self.loader))
        self.history: list[Epoch] = []

    def __iter__(self) -> Iterator[Epoch]:
        while not self.finished:
            yield self.step()

    @property
    def finished(self) -> bool:
        """Whether all epochs are done, or patience is at its end."""
        done = len(self.history)
        if done >= self.recipe.epochs:
            return True
        if not self.recipe.patience or self.best is None:
            return False
        return done - self.best.number >= self.recipe.patience

    @property
    def best(self) -> Epoch | None:
        """The best epoch so far by validation accuracy, and of equals by validation loss.

        Without validation it is the last one; None before the first.
        """
        if not self.history:
            return None
        if self.validation_set is None:
            return self.history[-1]
        return max(self.history, key=_quality)

    def step(self) -> Epoch:
        """Train for one epoch and measure.

        Returns:
            What it came to; it stands in `history` as well.
        """
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
        train = evaluate(self.averaged, self.train_set)
        test = evaluate(self.averaged, self.test_set)
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
        if self.validation_set is not None:
            held_out = evaluate(self.averaged, self.validation_set)
            epoch = dataclasses.replace(
                epoch, validation_accuracy=held_out.accuracy, validation_loss=held_out.loss
            )
        self.network.eval()
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
        if self.recipe.schedule == "one-cycle":
            self.schedule.step()
        if self.averaged is self.network:
            return
        pairs = zip(self.averaged.parameters(), self.network.parameters(), strict=True)
        with tg.no_grad():
            for mean, parameter in pairs:
                mean.lerp_(parameter, 1 - self.recipe.averaging)

    def state(self) -> dict[str, Any]:
        """All that a training goes on from, as `tg.save` writes it."""
        return {
            "network": self.network.state_dict(),
            "averaged": self.averaged.state_dict() if self.recipe.averaging else None,
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "generator": self.generator.get_state(),
            "history": [dataclasses.asdict(epoch) for epoch in self.history],
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from a state, bit for bit.

        Args:
            state: what `state` gave, of a training with the same recipe and digits.
        """
        self.network.load_state_dict(state["network"])
        if self.recipe.averaging:
            self.averaged.load_state_dict(state["averaged"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.generator.set_state(state["generator"])
        self.history = [Epoch(**epoch) for epoch in state["history"]]
        self.network.eval()


def _optimizer(recipe: Recipe, network: nn.Module) -> optim.Optimizer:
    parameters = network.parameters()
    betas = (recipe.beta1, recipe.beta2)
    if recipe.weight_decay:
        return optim.AdamW(parameters, recipe.lr, betas, weight_decay=recipe.weight_decay)
    return optim.Adam(parameters, recipe.lr, betas)


def _schedule(recipe: Recipe, optimizer: optim.Optimizer, steps_an_epoch: int) -> Any:
    """How the learning rate goes: "decay" is stepped after each epoch, "one-cycle" each step."""
    if recipe.schedule == "decay":
        return optim.lr_scheduler.MultiplicativeLR(
            optimizer, lambda epoch: 1 / (1 + recipe.decay * epoch)
        )
    return optim.lr_scheduler.OneCycleLR(
        optimizer,
        recipe.lr,
        total_steps=recipe.epochs * steps_an_epoch,
        pct_start=recipe.warm_up,
        cycle_momentum=False,
    )


def _quality(epoch: Epoch) -> tuple[float, float]:
    """What epochs are compared by, of those with validation: the larger, the better."""
    accuracy = epoch.validation_accuracy or 0.0
    loss = epoch.validation_loss or 0.0
    return accuracy, -loss
