"""`torch.distributed.optim`: an optimizer shared by processes, of which there are none."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.optim.optimizer import Optimizer
from tinygrad_mnist.torch_shims.distributed import get_world_size

__all__ = ["ZeroRedundancyOptimizer"]


class ZeroRedundancyOptimizer(Optimizer):
    """Refused: it needs an initialised process group. No optimizer is one.

    Args:
        params: parameters.
        optimizer_class: the class of the optimizer that is shared.
        kwargs: accepted.

    Raises:
        ValueError: always.
    """

    def __init__(self, params: Any, optimizer_class: Any = None, **kwargs: Any) -> None:
        get_world_size()
