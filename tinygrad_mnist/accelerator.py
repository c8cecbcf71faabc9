"""`torch.accelerator`: there is none."""

from __future__ import annotations

from tinygrad_mnist.absent import *


def current_accelerator(check_available: bool = False) -> None:
    """None."""
