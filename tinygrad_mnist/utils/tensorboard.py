"""`torch.utils.tensorboard`: the writer of the optional package tensorboardX."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist import extras

__all__ = ["SummaryWriter"]


def SummaryWriter(*args: Any, **kwargs: Any) -> Any:
    """A writer of TensorBoard's event files.

    Args:
        args: those of tensorboardX's writer, the folder first.
        kwargs: likewise.

    Raises:
        ImportError: if tensorboardX is not installed; it says how.
    """
    return extras.load("tensorboardX", "SummaryWriter").SummaryWriter(*args, **kwargs)
