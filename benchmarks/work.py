"""The work that every rival is given: the same numbers, data and shapes for all."""

from __future__ import annotations

from typing import Any

import numpy as np

SIZES = (784, 400, 100, 10)
KEEP = (0.4, 0.5)
BATCH = 256
LR, BETA1, BETA2, EPS, DECAY = 0.005, 0.8, 0.999, 1e-8, 0.00001
BAND = (
    0.95,
    0.99,
)  # of test accuracy, which every program of an epoch must reach; else its row is void
CHAIN = 1000  # operations


def images(data: str) -> tuple[Any, Any, Any, Any]:
    """Training images (n, 784) as float32 in [0, 1], labels as int64; the same of the test set."""
    with np.load(data) as arrays:
        return tuple(
            (arrays[k].reshape(-1, 784) / np.float32(255))
            if k[0] == "x"
            else arrays[k].astype(np.int64)
            for k in ("x_train", "y_train", "x_test", "y_test")
        )


def batches(rng: np.random.Generator, count: int) -> Any:
    """Indices of one epoch's batches, in random order, the last one smaller."""
    order = rng.permutation(count)
    return [order[i : i + BATCH] for i in range(0, count, BATCH)]


def he(rng: np.random.Generator, fan_in: int, *shape: int) -> Any:
    """Weights by He et al. (2015), float32."""
    return rng.standard_normal(shape, np.float32) * np.float32((2 / fan_in) ** 0.5)


def rate(epoch: int) -> float:
    """The learning rate of an epoch, from 1: after epoch e it is divided by (1 + DECAY e)."""
    value = LR
    for e in range(1, epoch):
        value /= 1 + DECAY * e
    return value


def moons(count: int = 100) -> tuple[Any, Any]:
    """Two half circles: points (count, 2) and labels -1 or 1."""
    rng = np.random.default_rng(0)
    angle = rng.random(count) * np.pi
    side = rng.integers(0, 2, count)
    x = np.stack(
        [np.cos(angle) * (1 - 2 * side) + side, np.sin(angle) * (1 - 2 * side) + side / 2], 1
    )
    return (x + rng.standard_normal(x.shape) * 0.1).astype(np.float32), (2 * side - 1).astype(
        np.float32
    )


def text(length: int = 20_000, letters: int = 64) -> Any:
    """Random characters as numbers."""
    return np.random.default_rng(0).integers(0, letters, length)
