"""TensorBoard's event files of a training.

They hold scalars, histograms of the weights, and the first layer's filters.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tinygrad_mnist import extras, nn
from tinygrad_mnist.mnist.training import Epoch
from tinygrad_mnist.utils.tensorboard import SummaryWriter

__all__ = ["Events", "filters", "require"]


def require() -> None:
    """Check that there is tensorboardX.

    Raises:
        MissingPackageError: with what to install.
    """
    extras.require("--tensorboard", ("tensorboardX",), "tensorboard")


class Events:
    """A writer of event files; each epoch is on the disk when `add` returns.

    Call `require` first.

    Args:
        folder: the run's.
        after: epochs that are there already; what an earlier writer wrote beyond them, TensorBoard
            leaves out.
    """

    def __init__(self, folder: Path, after: int = 0) -> None:
        self.writer = SummaryWriter(str(folder), purge_step=after + 1 if after else None)

    def add(self, epoch: Epoch, network: nn.Module) -> None:
        """Write an epoch's numbers, and the weights as they are now.

        Args:
            epoch: what it came to.
            network: that was measured.
        """
        scalars = {
            "loss/train": epoch.loss,
            "loss/validation": epoch.validation_loss,
            "loss/test": epoch.test_loss,
            "accuracy/train": epoch.train_accuracy,
            "accuracy/validation": epoch.validation_accuracy,
            "accuracy/test": epoch.test_accuracy,
            "rate": epoch.rate,
            "images_per_second": epoch.images_per_second,
        }
        for name, value in scalars.items():
            if value is not None:
                self.writer.add_scalar(name, value, epoch.number)
        for name, parameter in network.named_parameters():
            self.writer.add_histogram(name, parameter.detach().numpy(), epoch.number)
        first = next(parameter for parameter in network.parameters() if parameter.ndim == 2)
        sheet = filters(first.detach().numpy())
        self.writer.add_image("filters/first_layer", sheet, epoch.number)
        self.writer.flush()

    def close(self) -> None:
        """End the event file."""
        self.writer.close()


def filters(weight: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Each unit's weights as a picture, in one.

    Blue is below 0, red above, white 0; all to the same scale, that of the 99.5th percentile.

    Args:
        weight: (units, 784).

    Returns:
        uint8 (3, height, width).
    """
    units = len(weight)
    across = math.ceil(math.sqrt(units))
    down = math.ceil(units / across)
    scale = max(np.percentile(np.abs(weight), 99.5), 1e-12)
    scaled = np.clip(weight / scale, -1, 1)
    tiles = np.zeros((down * across, 29, 29), np.float32)  # a white line after each
    tiles[:units, :28, :28] = scaled.reshape(units, 28, 28)
    in_rows = tiles.reshape(down, across, 29, 29).swapaxes(1, 2)
    sheet = in_rows.reshape(down * 29, across * 29)
    red = 1 + np.minimum(sheet, 0)
    green = 1 - np.abs(sheet)
    blue = 1 - np.maximum(sheet, 0)
    return np.asarray(np.rint(255 * np.stack([red, green, blue])), np.uint8)
