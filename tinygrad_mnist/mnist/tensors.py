"""From digits as they are stored, bytes, to what a network takes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import tinygrad_mnist as tg
from tinygrad_mnist.utils.data import TensorDataset

__all__ = ["as_dataset", "as_labels", "as_pixels"]


def as_pixels(images: NDArray[np.uint8]) -> tg.Tensor:
    """Images as a network takes them.

    Args:
        images: uint8 of any shape, 0 for paper up to 255 for ink.

    Returns:
        float32 of the same shape, from 0 to 1.
    """
    pixels = images.astype(np.float32)
    pixels /= 255
    return tg.from_numpy(pixels)


def as_labels(labels: NDArray[np.uint8]) -> tg.Tensor:
    """Labels as a loss takes them.

    Args:
        labels: (n,), 0 to 9.

    Returns:
        int64 (n,).
    """
    return tg.from_numpy(labels.astype(np.int64))


def as_dataset(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> TensorDataset:
    """Digits ready to be batched.

    Args:
        images: uint8 (n, 28, 28), 0 for paper up to 255 for ink.
        labels: (n,), 0 to 9.

    Returns:
        A dataset of pixels, float32 from 0 to 1, and labels, int64.
    """
    return TensorDataset(as_pixels(images), as_labels(labels))
