"""What is measured of a network's answers: accuracy, loss, classes, calibration, mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.mnist.recipe import CLASSES
from tinygrad_mnist.mnist.tensors import as_pixels
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.utils.data import TensorDataset

__all__ = [
    "BINS",
    "Answers",
    "Calibration",
    "Predictions",
    "answers",
    "evaluate",
    "predictions",
    "saliency",
]

BINS = 15  # Guo et al. (2017)
BATCH = 1000  # images that are answered at once

Images = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Calibration:
    """How sure the answers were against how often they were right, in bins of equal width.

    Attributes:
        edges: (bins + 1,), from 0 to 1; a bin holds the confidences above its left edge up to its
            right.
        count: (bins,), answers in each bin.
        confidence: (bins,), their mean confidence in each bin; 0 where it is empty.
        accuracy: (bins,), the share of them that is right; 0 where the bin is empty.
    """

    edges: Floats
    count: Counts
    confidence: Floats
    accuracy: Floats

    @property
    def error(self) -> float:
        """Expected calibration error: the mean gap of accuracy and confidence, by answers.

        Guo et al. 2017, equation 3.
        """
        gaps = abs(self.accuracy - self.confidence)
        return float(self.count @ gaps / self.count.sum())


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a network makes of n images.

    Attributes:
        log_probabilities: (n, 10), in nats.
    """

    log_probabilities: Floats

    @cached_property
    def probabilities(self) -> Floats:
        """(n, 10), each row sums to 1."""
        probabilities: Floats = np.exp(self.log_probabilities)
        return probabilities

    @cached_property
    def answer(self) -> Counts:
        """(n,), the likeliest digits."""
        likeliest: Counts = self.log_probabilities.argmax(1)
        return likeliest

    @cached_property
    def confidence(self) -> Floats:
        """(n,), the probabilities of the answers."""
        largest: Floats = self.probabilities.max(1)
        return largest


@dataclass(frozen=True, eq=False)
class Answers(Predictions):
    """A network's answers to n digits, and the truth.

    Attributes:
        log_probabilities: (n, 10), in nats.
        labels: (n,), the truth.
    """

    labels: Counts

    @cached_property
    def right(self) -> npt.NDArray[np.bool_]:
        """(n,), whether each answer is the truth."""
        right: npt.NDArray[np.bool_] = self.answer == self.labels
        return right

    @property
    def accuracy(self) -> float:
        """The share of digits answered right."""
        return float(self.right.mean())

    @property
    def loss(self) -> float:
        """The mean cross-entropy in nats."""
        places = np.arange(len(self.labels))
        return float(-self.log_probabilities[places, self.labels].mean())

    @property
    def brier(self) -> float:
        """Brier's (1950) score: the squared distance to the one-hot truth, summed over classes.

        It is between 0 and 2.
        """
        truth = np.eye(CLASSES)[self.labels]
        return float(((self.probabilities - truth) ** 2).sum(1).mean())

    @cached_property
    def confusion(self) -> Counts:
        """(10, 10): `confusion[truth, answer]` counts digits."""
        pairs = self.labels * CLASSES + self.answer
        return np.bincount(pairs, minlength=CLASSES**2).reshape(CLASSES, CLASSES)

    @cached_property
    def confused(self) -> Counts:
        """(10, 10): as `confusion`, of the wrong answers alone."""
        return self.confusion - np.diag(self.confusion.diagonal())

    @property
    def per_class(self) -> list[dict[str, Any]]:
        """For each digit: how often it was shown, precision, recall, and F1, their harmonic mean.

        0 stands for 0 / 0.
        """
        rows = []
        for digit in range(CLASSES):
            hit = self.confusion[digit, digit]
            shown = self.confusion[digit].sum()
            answered = self.confusion[:, digit].sum()
            row = {
                "digit": digit,
                "shown": int(shown),
                "precision": float(hit / max(answered, 1)),
                "recall": float(hit / max(shown, 1)),
                "f1": float(2 * hit / max(shown + answered, 1)),
            }
            rows.append(row)
        return rows

    def calibration(self, bins: int = BINS) -> Calibration:
        """Confidence against accuracy.

        Args:
            bins: how many of equal width there are from 0 to 1.

        Returns:
            Counts and means of each bin.
        """
        place = np.ceil(self.confidence * bins).astype(int) - 1
        place = np.clip(place, 0, bins - 1)
        count = np.bincount(place, minlength=bins)
        nonzero = np.maximum(count, 1)
        return Calibration(
            edges=np.linspace(0, 1, bins + 1),
            count=count,
            confidence=np.bincount(place, self.confidence, bins) / nonzero,
            accuracy=np.bincount(place, self.right, bins) / nonzero,
        )

    def mistakes(self) -> Counts:
        """Where the answers are wrong, the surest first."""
        wrong = np.flatnonzero(~self.right)
        order = np.argsort(-self.confidence[wrong], kind="stable")
        return wrong[order]

    def as_json(self) -> dict[str, Any]:
        """All measures as plain numbers."""
        return {
            "digits": len(self.labels),
            "accuracy": self.accuracy,
            "loss": self.loss,
            "expected_calibration_error": self.calibration().error,
            "brier": self.brier,
            "confusion": self.confusion.tolist(),
            "per_class": self.per_class,
        }


@tg.inference_mode()
def predictions(
    network: nn.Module, images: Images | tg.Tensor, batch_size: int = BATCH
) -> Predictions:
    """What a network makes of images, with dropout off: all measuring goes through here.

    Args:
        network: images (n, 28, 28) to logits (n, 10). It is left in evaluation mode.
        images: (n, 28, 28), uint8, or a tensor of pixels from 0 to 1.
        batch_size: how many are answered at once.

    Returns:
        The predictions of all images.
    """
    network.eval()
    parts = []
    for start in range(0, len(images), batch_size):
        batch = images[start : start + batch_size]
        pixels = batch if isinstance(batch, tg.Tensor) else as_pixels(batch)
        parts.append(F.log_softmax(network(pixels), 1).numpy())
    return Predictions(np.concatenate(parts).astype(np.float64))


def answers(
    network: nn.Module,
    images: Images | tg.Tensor,
    labels: npt.NDArray[np.integer],
    batch_size: int = BATCH,
) -> Answers:
    """A network's answers to labelled images, with dropout off.

    Args:
        network: images (n, 28, 28) to logits (n, 10). It is left in evaluation mode.
        images: (n, 28, 28), uint8, or a tensor of pixels from 0 to 1.
        labels: (n,), the truth.
        batch_size: how many are answered at once.

    Returns:
        The answers with all that is measured of them.
    """
    found = predictions(network, images, batch_size)
    return Answers(found.log_probabilities, labels.astype(np.int64))


def evaluate(network: nn.Module, dataset: TensorDataset, batch_size: int = BATCH) -> Answers:
    """A network's answers to a whole dataset, with dropout off.

    Args:
        network: images (n, 28, 28) to logits (n, 10). It is left in evaluation mode.
        dataset: as `tensors.as_dataset` makes it.
        batch_size: how many are answered at once.

    Returns:
        The answers with all that is measured of them.
    """
    images, labels = dataset.tensors
    return answers(network, images, labels.numpy(), batch_size)


def saliency(network: nn.Module, images: Images) -> npt.NDArray[np.float32]:
    """What more ink on a pixel would do to the answer (Simonyan et al. 2014).

    Args:
        network: images (n, 28, 28) to logits (n, 10). It is left in evaluation mode.
        images: uint8 (n, 28, 28).

    Returns:
        (n, 28, 28): the gradient of each winning logit with respect to its image's pixels.
    """
    network.eval()
    pixels = as_pixels(images).requires_grad_()
    winners = network(pixels).max(1).values.sum()
    (slope,) = tg.autograd.grad(winners, pixels)
    return slope.numpy()
