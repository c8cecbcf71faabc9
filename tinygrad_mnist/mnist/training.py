"""The training loop: a network on its way through the epochs of a recipe."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import math
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

import tinygrad_mnist as tg
from tinygrad_mnist import distributed, nn, optim
from tinygrad_mnist.formats.checkpoint import numpy_state, set_numpy_state
from tinygrad_mnist.mnist.augmentation import augment
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.measures import evaluate
from tinygrad_mnist.mnist.ranks import Part, Ranks, ShareOfBatches, Steps, Told
from tinygrad_mnist.mnist.recipe import Recipe, classifier
from tinygrad_mnist.mnist.tensors import as_dataset
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.utils.data import DataLoader, TensorDataset

__all__ = ["DivergedError", "Epoch", "Pass", "Training", "Watch", "split", "train_epoch"]

Indices = npt.NDArray[np.int64]
Watch = Callable[[int, float], None]
"""Called after each step with the number of images done and the step's loss."""


class DivergedError(ArithmeticError):
    """A training whose numbers are no longer finite: where that began, in one line."""


@dataclass
class Pass:
    """How far a pass over the training images is.

    Attributes:
        steps: that are done.
        seen: images in them.
        total: the sum of their losses, in nats.
        seconds: that they took.
        rate: the learning rate at the beginning.
    """

    steps: int = 0
    seen: int = 0
    total: float = 0.0
    seconds: float = 0.0
    rate: float = 0.0


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
    loader: Iterable[tuple[tg.Tensor, ...]],
    optimizer: optim.Optimizer,
    watch: Watch | None = None,
    *,
    label_smoothing: float = 0.0,
    change: Callable[[tg.Tensor], tg.Tensor] | None = None,
    after_step: Callable[[Told | None], None] | None = None,
    progress: Pass | None = None,
    steps: Steps | None = None,
    drawing: Callable[[int], AbstractContextManager[None]] | None = None,
) -> float:
    """Make one pass over the loader's images.

    Args:
        network: images to logits. It is left in training mode.
        loader: batches of images and labels.
        optimizer: of the network's parameters.
        watch: called after each step.
        label_smoothing: the share of a target that is spread over all classes.
        change: what is done to each batch of images first.
        after_step: called after each step, before `watch`, with what all ranks know then; with
            None after a step in which they do not meet.
        progress: of a pass that was begun; it is kept up to date. Default: a new one.
        steps: how batches become steps, of one process or several. Default: each batch is one.
        drawing: the block of a batch, by its first image's number, in which its random numbers are
            drawn. Default: none of its own.

    Returns:
        The mean loss in nats.

    Raises:
        DivergedError: if a loss or a gradient is not finite; that step changes no parameter.
    """
    network.train()
    done = Pass() if progress is None else progress
    before = done.seconds
    start = time.perf_counter()
    own = _Step(network, optimizer, label_smoothing, steps)
    for images, labels in loader:
        with drawing(done.seen) if drawing else contextlib.nullcontext():
            part = own.take(change(images) if change else images, labels, done)
        done.seen += part.count
        if not part.is_last:
            continue
        told = own.finish(part, done)
        done.steps += 1
        done.seconds = before + time.perf_counter() - start
        if after_step:
            after_step(told)
        if watch:
            watch(done.seen, own.loss)
    return done.total / done.seen


class _Step:
    """One step after another of a pass.

    Args:
        network: images to logits.
        optimizer: of its parameters.
        label_smoothing: the share of a target that is spread over all classes.
        steps: how batches become steps; None for a step of each.

    Attributes:
        loss: the mean loss of this rank's images of the latest batch.
    """

    def __init__(
        self,
        network: nn.Module,
        optimizer: optim.Optimizer,
        label_smoothing: float,
        steps: Steps | None,
    ) -> None:
        self.loss = 0.0
        self._network = network
        self._optimizer = optimizer
        self._smoothing = label_smoothing
        self._steps = steps
        self._ranks = Ranks() if steps is None else steps.ranks
        # What is not finite in a backward pass reaches the biases, which are few, of the layers
        # before.
        self._biases = [each for each in network.parameters() if each.ndim == 1]

    def take(self, images: tg.Tensor, labels: tg.Tensor, done: Pass) -> Part:
        """Add a batch's gradients; of the last one of a step, they are the whole step's."""
        steps = self._steps
        part = Part(len(labels)) if steps is None else steps.part(done.seen, len(labels))
        draws = tg.get_rng_state()
        if part.is_first:
            self._optimizer.zero_grad()
        logits = self._network(images) if steps is None else steps.logits(images, part)
        if len(labels):
            loss = F.cross_entropy(logits, labels, label_smoothing=self._smoothing)
            self.loss = loss.item()
            self._ranks.add_loss(self.loss * len(labels))
        else:  # a last batch with fewer images than ranks
            loss = logits.sum()
        if not math.isfinite(self.loss):
            tg.set_rng_state(draws)
            where = _first_not_finite(self._network, images)
            raise DivergedError(f"step {done.steps + 1}: the loss is {self.loss}: {where}")
        if part.meets:
            self._ranks.begin_meeting()
        if part.weight != 1:
            loss = loss * part.weight
        loss.backward()
        gradients = [bias.grad for bias in self._biases if bias.grad is not None]
        if part.is_last and not all(map(_is_finite, gradients)):
            tg.set_rng_state(draws)
            where = _backward_not_finite(self._network, images, labels, self._smoothing)
            raise DivergedError(f"step {done.steps + 1}: {where}")
        return part

    def finish(self, part: Part, done: Pass) -> Told | None:
        """Make the step; what all ranks know behind it, or None where they do not meet in it."""
        self._optimizer.step()
        if not part.meets:
            return None
        if self._steps is not None:
            self._steps.average(self._network)
        told = self._ranks.end_meeting()
        done.total += told.loss
        return told


def _first_not_finite(network: nn.Module, images: tg.Tensor) -> str:
    """Where the first number that is not finite comes from, in words; the step is played again."""
    for name, parameter in network.named_parameters():
        if not _is_finite(parameter):
            return f"{name} was not finite before it: the gradient or the update before made it so"
    if not _is_finite(images):
        return "the images are not finite"
    found: list[str] = []

    def look(layer: nn.Module, inputs: Any, output: tg.Tensor) -> None:
        if not found and not _is_finite(output):
            operation = type(layer).__name__
            if output.grad_fn is not None:
                operation = output.grad_fn.name().removesuffix("Backward0")
            operation = operation.lower()
            name = next(name for name, each in network.named_modules() if each is layer)
            found.append(f"layer {name} ({layer}) gave the first such number, in {operation}")

    layers = [layer for layer in network.modules() if not list(layer.children())]
    hooks = [layer.register_forward_hook(look) for layer in layers]
    try:
        with tg.autograd.detect_anomaly():
            network(images)
    finally:
        for hook in hooks:
            hook.remove()
    return found[0] if found else "cross_entropy made it of finite logits"


def _backward_not_finite(
    network: nn.Module, images: tg.Tensor, labels: tg.Tensor, label_smoothing: float
) -> str:
    """The same of a gradient, in words; the step is played again, with anomaly detection."""
    wrong = []
    for name, parameter in network.named_parameters():
        if parameter.grad is not None and not _is_finite(parameter.grad):
            wrong.append(name)
        parameter.grad = None
    operation = ""
    try:
        with tg.autograd.detect_anomaly():
            loss = F.cross_entropy(network(images), labels, label_smoothing=label_smoothing)
            loss.backward()
    except RuntimeError as error:
        found = re.search(r"Function '(\w+?)(?:Backward0)?' returned nan", str(error))
        operation = f" the first in the backward pass of {found[1].lower()}" if found else ""
    behind = f"{wrong[-1]} and those before it have gradients that are no finite numbers"
    return f"{behind},{operation}" if operation else behind


def _is_finite(tensor: tg.Tensor) -> bool:
    return bool(np.isfinite(tensor.detach().numpy()).all())


class Training:
    """A network on its way: iterate over it for one `Epoch` after another.

    Args:
        recipe: how the network is shaped and trained.
        digits: to train and to test on.
        watch: called after each step.
        ranks: of the job that trains it, each of which makes a Training of its own. Default: this
            process alone.

    Attributes:
        after_step: called after each step in which all ranks meet, when all of its state stands:
            `state` may be taken, and what it raises ends the pass there. It is given what they
            told each other.
        agreed: of several ranks, the checksum of the parameters that all had after the last epoch.
        progress: of the pass that was begun; None between epochs.
        best_weights: the averaged network's, of the best epoch; None before the first.
        generator: what all random numbers but augmentation's come from: the training's own.
        network: the classifier, in evaluation mode between epochs.
        averaged: a network with the running mean of its weights, where the recipe averages; else
            the network itself. This one is measured.
        optimizer: Adam, or AdamW where the recipe decays weights.
        history: the epochs so far.
    """

    def __init__(
        self, recipe: Recipe, digits: Digits, watch: Watch | None = None, ranks: Ranks | None = None
    ) -> None:
        self.generator = tg.Generator().manual_seed(recipe.seed)
        self.recipe = recipe
        self.watch = watch
        self.ranks = Ranks() if ranks is None else ranks
        self.after_step: Callable[[Told], None] | None = None
        self.agreed = ""
        with tg.random.use_generator(self.generator):
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
            self.train_set,
            batch_sampler=ShareOfBatches(
                self.train_set, recipe.batch_size, self.ranks, self.generator
            ),
            generator=self.generator,
        )
        steps_an_epoch = -(-len(self.loader) // recipe.accumulate)
        self.schedule = _schedule(recipe, self.optimizer, steps_an_epoch)
        self.steps = Steps(self.network, recipe, len(self.train_set), self.ranks)
        self.history: list[Epoch] = []
        self.progress: Pass | None = None
        self.best_weights: dict[str, tg.Tensor] | None = None
        self._augmentation = self._of_this_epoch()

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
        """Train for one epoch, or for what is left of it, and measure.

        Returns:
            What it came to; it stands in `history` as well.

        Raises:
            DivergedError: if a loss or a weight is not finite; the epoch is not in the history.
        """
        if self.progress is None:
            self.progress = Pass(rate=self.optimizer.param_groups[0]["lr"])
            self._augmentation = self._of_this_epoch()
        number = len(self.history) + 1
        try:
            with tg.random.use_generator(self.generator):
                loss = train_epoch(
                    self.network,
                    self.loader,
                    self.optimizer,
                    self.watch,
                    label_smoothing=self.recipe.label_smoothing,
                    change=self._change,
                    after_step=self._after_step,
                    progress=self.progress,
                    steps=self.steps,
                    drawing=self._drawing,
                )
        except DivergedError as error:
            raise DivergedError(f"epoch {number}, {error}") from None
        seconds = self.progress.seconds
        self._agree(number)
        epoch = self._measured(number, loss, self.progress.rate, seconds)
        if self.recipe.schedule == "decay":
            self.schedule.step()
        self.network.eval()
        self.history.append(epoch)
        self.progress = None
        if self.best is epoch:
            self.best_weights = _copied(self.averaged)
        return epoch

    def _measured(self, number: int, loss: float, rate: float, seconds: float) -> Epoch:
        """What an epoch came to."""
        self.check_finite()
        train_accuracy, _ = self._accuracy_and_loss(self.train_set)
        test_accuracy, test_loss = self._accuracy_and_loss(self.test_set)
        epoch = Epoch(
            number=number,
            loss=loss,
            rate=rate,
            train_accuracy=train_accuracy,
            test_accuracy=test_accuracy,
            test_loss=test_loss,
            seconds=seconds,
            images_per_second=len(self.train_set) / max(seconds, 1e-9),
        )
        if self.validation_set is not None:
            accuracy, held_out_loss = self._accuracy_and_loss(self.validation_set)
            epoch = dataclasses.replace(
                epoch, validation_accuracy=accuracy, validation_loss=held_out_loss
            )
        for value in (epoch.test_loss, epoch.validation_loss):
            if value is not None and not math.isfinite(value):
                where = _first_not_finite(self.averaged.eval(), self.test_set.tensors[0][:1000])
                raise DivergedError(f"epoch {number}, when it is measured: {where}")
        return epoch

    def _accuracy_and_loss(self, dataset: TensorDataset) -> tuple[float, float]:
        """Of the measured network, with dropout off; each rank answers its share of the images."""
        own = self.ranks.share(dataset)
        if self.ranks.is_alone:
            found = evaluate(self.averaged, own)
            return found.accuracy, found.loss
        right = 0.0
        loss = 0.0
        if len(own):
            found = evaluate(self.averaged, own)
            right = float(found.right.sum())
            loss = found.loss * len(own)
        right, loss = self.ranks.sum(right, loss)
        return right / len(dataset), loss / len(dataset)

    def _agree(self, number: int) -> None:
        """Let ranks that made steps of their own meet, and prove that all have the same weights."""
        if self.ranks.is_alone:
            return
        if self.averaged is not self.network:
            self.steps.average(self.averaged)
        self.steps.average(self.network, self.optimizer)
        self.agreed = distributed.checksum(self.network.parameters())
        self.ranks.agree(f"epoch {number}: the checksums of the parameters", self.agreed)

    def _drawing(self, seen: int) -> AbstractContextManager[None]:
        """The block of a batch in which a rank's random numbers are drawn."""
        place = [self.recipe.seed % 2**64, len(self.history), seen // self.recipe.batch_size]
        if not self.ranks.is_alone:
            self._augmentation = np.random.default_rng([*place, self.ranks.rank])
        return self.steps.drawing(*place)

    def check_finite(self) -> None:
        """Refuse weights that are not finite, which are not worth keeping.

        Raises:
            DivergedError: with the first of them.
        """
        for network in (self.network, self.averaged):
            for name, parameter in network.named_parameters():
                if not _is_finite(parameter):
                    step = f", step {self.progress.steps}" if self.progress else ""
                    message = f"epoch {len(self.history) + 1}{step}: its update made {name}"
                    raise DivergedError(f"{message} infinite or no number")

    def _of_this_epoch(self) -> np.random.Generator:
        """What augmentation draws from: each epoch has its own seed."""
        return np.random.default_rng([self.recipe.seed, len(self.history)])

    def _change(self, images: tg.Tensor) -> tg.Tensor:
        """What an epoch does to its images: augmentation, and dropout of pixels."""
        if self.recipe.augment and len(images):
            images = tg.from_numpy(augment(images.numpy(), self._augmentation))
        return F.dropout(images, 1 - self.recipe.keep_input)

    def _after_step(self, told: Told | None) -> None:
        if self.recipe.schedule == "one-cycle":
            self.schedule.step()
        if self.averaged is not self.network:
            pairs = zip(self.averaged.parameters(), self.network.parameters(), strict=True)
            with tg.no_grad():
                for mean, parameter in pairs:
                    mean.lerp_(parameter, 1 - self.recipe.averaging)
        if self.after_step and told is not None:
            self.after_step(told)

    def state(self) -> dict[str, Any]:
        """All that a training goes on from, between epochs or within one, for `tg.save`."""
        between = self.progress is None and bool(self.history)
        stands_here = between and self.best is self.history[-1]
        return {
            "network": self.network.state_dict(),
            "averaged": self.averaged.state_dict() if self.recipe.averaging else None,
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "generator": self.generator.get_state(),
            "history": [dataclasses.asdict(epoch) for epoch in self.history],
            "pass": self._pass_state(),
            "best": None if stands_here else self.best_weights,
        }

    def _pass_state(self) -> dict[str, Any] | None:
        """Where the pass stands that was begun."""
        if self.progress is None:
            return None
        return {
            **dataclasses.asdict(self.progress),
            "loader": self.loader.state_dict(),
            "augmentation": numpy_state(self._augmentation),
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
        self._augmentation = self._of_this_epoch()
        begun = state.get("pass")
        self.progress = None
        self.loader.load_state_dict({"batches": 0, "generator": None})
        if begun:
            names = [field.name for field in dataclasses.fields(Pass)]
            self.progress = Pass(**{name: begun[name] for name in names})
            self.loader.load_state_dict(begun["loader"])
            set_numpy_state(self._augmentation, begun["augmentation"])
        self.best_weights = state.get("best")
        at_end = not begun and self.history and self.best is self.history[-1]
        if self.best_weights is None and at_end:
            self.best_weights = _copied(self.averaged)
        self.network.eval()


def _copied(network: nn.Module) -> dict[str, tg.Tensor]:
    """The weights as they are now."""
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


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
    if math.isnan(loss):
        return -1.0, 0.0
    return accuracy, -loss
