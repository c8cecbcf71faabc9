"""TensorBoard's event files of a training: scalars, weight histograms, the first layer's filters."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tinygrad_mnist import nn
from tinygrad_mnist.mnist.training import Epoch
from tinygrad_mnist.utils.tensorboard import SummaryWriter


def require() -> None:
    """ValueError that says what to install, where tensorboardX is not."""
    try:
        import tensorboardX  # noqa: F401
    except ImportError:
        raise ValueError(
            "--tensorboard: needs the package tensorboardX: pip install 'tinygrad-mnist[tensorboard]'"
        ) from None


class Events:
    """A writer of event files into a run's folder; each epoch is on the disk when `add` returns.

    `after`: epochs that are there already; what an earlier writer wrote beyond them, TensorBoard
    leaves out. Call `require` first.
    """

    def __init__(self, folder: Path, after: int = 0) -> None:
        self.writer = SummaryWriter(str(folder), purge_step=after + 1 if after else None)

    def add(self, epoch: Epoch, network: nn.Module) -> None:
        """Write an epoch's numbers, and the weights as they are now."""
        scalars = {
            "loss/train": epoch.loss, "loss/validation": epoch.validation_loss, "loss/test": epoch.test_loss,
            "accuracy/train": epoch.train_accuracy, "accuracy/validation": epoch.validation_accuracy,
            "accuracy/test": epoch.test_accuracy, "rate": epoch.rate, "images_per_second": epoch.images_per_second,
        }  # fmt: skip
        for name, value in scalars.items():
            if value is not None:
                self.writer.add_scalar(name, value, epoch.number)
        for name, parameter in network.named_parameters():
            self.writer.add_histogram(name, parameter.detach().numpy(), epoch.number)
        first = next(parameter for parameter in network.parameters() if parameter.ndim == 2)
        self.writer.add_image("filters/first_layer", filters(first.detach().numpy()), epoch.number)
        self.writer.flush()

    def close(self) -> None:
        """End the event file."""
        self.writer.close()


def filters(weight: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Each unit's weights (units, 784) as a picture, in one: uint8 (3, height, width).

    Blue is below 0, red above, white 0; all to the same scale, that of the 99.5th percentile.
    """
    units = len(weight)
    across = math.ceil(math.sqrt(units))
    down = math.ceil(units / across)
    scaled = np.clip(weight / max(np.percentile(np.abs(weight), 99.5), 1e-12), -1, 1)
    tiles = np.zeros((down * across, 29, 29), np.float32)  # a white line after each
    tiles[:units, :28, :28] = scaled.reshape(units, 28, 28)
    sheet = tiles.reshape(down, across, 29, 29).swapaxes(1, 2).reshape(down * 29, across * 29)
    colours = np.stack([1 + np.minimum(sheet, 0), 1 - np.abs(sheet), 1 - np.maximum(sheet, 0)])
    return np.asarray(np.rint(255 * colours), np.uint8)
