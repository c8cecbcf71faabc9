"""What is measured of a network's answers: accuracy and loss, classes, calibration, its mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.mnist.recipe import CLASSES
from tinygrad_mnist.nn import functional as F

BINS = 15  # Guo et al. (2017)

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Calibration:
    """How sure the answers were against how often they were right, in bins of equal width.

    Attributes:
        edges: (bins + 1,), from 0 to 1; a bin holds the confidences above its left edge up to its right.
        count: (bins,), answers in each bin.
        confidence, accuracy: (bins,), their means in each bin; 0 where it is empty.
    """

    edges: Floats
    count: Counts
    confidence: Floats
    accuracy: Floats

    @property
    def error(self) -> float:
        """Expected calibration error: the mean gap of accuracy and confidence, by answers (Guo et al. 2017, eq. 3)."""
        return float(self.count @ abs(self.accuracy - self.confidence) / self.count.sum())


@dataclass(frozen=True, eq=False)
class Answers:
    """A network's answers to n labelled digits.

    Attributes:
        log_probabilities: (n, 10), in nats.
        labels: (n,), the truth.
    """

    log_probabilities: Floats
    labels: Counts

    @cached_property
    def probabilities(self) -> Floats:
        """(n, 10), each row sums to 1."""
        return np.exp(self.log_probabilities)

    @cached_property
    def answer(self) -> Counts:
        """(n,), the likeliest digits."""
        return self.log_probabilities.argmax(1)

    @cached_property
    def confidence(self) -> Floats:
        """(n,), the probabilities of the answers."""
        return self.probabilities.max(1)

    @cached_property
    def right(self) -> npt.NDArray[np.bool_]:
        """(n,), whether each answer is the truth."""
        return self.answer == self.labels

    @property
    def accuracy(self) -> float:
        """The share of digits answered right."""
        return float(self.right.mean())

    @property
    def loss(self) -> float:
        """The mean cross-entropy in nats."""
        return float(-self.log_probabilities[np.arange(len(self.labels)), self.labels].mean())

    @property
    def brier(self) -> float:
        """Brier's (1950) score: the squared distance to the one-hot truth, summed over classes; 0 to 2."""
        return float(((self.probabilities - np.eye(CLASSES)[self.labels]) ** 2).sum(1).mean())

    @cached_property
    def confusion(self) -> Counts:
        """(10, 10): `confusion[truth, answer]` counts digits."""
        flat = np.bincount(self.labels * CLASSES + self.answer, minlength=CLASSES**2)
        return flat.reshape(CLASSES, CLASSES)

    @property
    def per_class(self) -> list[dict[str, Any]]:
        """For each digit: how often it was shown, precision, recall, and F1, their harmonic mean; 0 for 0 / 0."""
        hit = self.confusion.diagonal()
        shown, answered = self.confusion.sum(1), self.confusion.sum(0)
        rows = zip(hit / np.maximum(answered, 1), hit / np.maximum(shown, 1),
                   2 * hit / np.maximum(shown + answered, 1), shown, strict=True)  # fmt: skip
        return [
            {"digit": digit, "shown": int(n), "precision": float(p), "recall": float(r), "f1": float(f)}
            for digit, (p, r, f, n) in enumerate(rows)
        ]

    def calibration(self, bins: int = BINS) -> Calibration:
        """Confidence against accuracy in `bins` bins of equal width."""
        edges = np.linspace(0, 1, bins + 1)
        place = np.clip(np.ceil(self.confidence * bins).astype(int) - 1, 0, bins - 1)
        count = np.bincount(place, minlength=bins)
        sums = (np.bincount(place, weights, bins) for weights in (self.confidence, self.right))
        confidence, accuracy = (total / np.maximum(count, 1) for total in sums)
        return Calibration(edges, count, confidence, accuracy)

    def mistakes(self) -> Counts:
        """Where the answers are wrong, the surest first."""
        wrong = np.flatnonzero(~self.right)
        return wrong[np.argsort(-self.confidence[wrong], kind="stable")]

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
def answers(
    network: nn.Module, images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8], batch_size: int = 1000
) -> Answers:
    """The network's answers to images (n, 28, 28) with the truth `labels` (n,), dropout off."""
    network.eval()
    parts = [
        F.log_softmax(network(pixels(images[start : start + batch_size])), 1).numpy()
        for start in range(0, len(images), batch_size)
    ]
    return Answers(np.concatenate(parts).astype(np.float64), labels.astype(np.int64))


def pixels(images: npt.NDArray[np.uint8]) -> tg.Tensor:
    """Images as floats from 0 to 1, as the network takes them."""
    return tg.from_numpy(images.astype(np.float32) / np.float32(255))


def saliency(network: nn.Module, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """(n, 28, 28): the gradient of each winning logit with respect to its image's pixels (Simonyan et al. 2014)."""
    network.eval()
    x = pixels(images).requires_grad_()
    winners = network(x).max(1).values.sum()
    (slope,) = tg.autograd.grad(winners, x)
    return slope.numpy()
