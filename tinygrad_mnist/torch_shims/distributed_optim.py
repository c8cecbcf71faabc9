"""`torch.distributed.optim`: optimizers whose state is shared by processes: there are none."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.distributed.process_group import get_world_size
from tinygrad_mnist.optim.optimizer import Optimizer

__all__ = ["ZeroRedundancyOptimizer"]


class ZeroRedundancyOptimizer(Optimizer):
    """Refused: every rank keeps the state of its optimizer whole. No optimizer is one.

    Args:
        params: parameters.
        optimizer_class: the class of the optimizer that is shared.
        kwargs: accepted.

    Raises:
        ValueError: before `init_process_group`.
        NotImplementedError: after it.
    """

    def __init__(self, params: Any, optimizer_class: Any = None, **kwargs: Any) -> None:
        get_world_size()
        raise NotImplementedError(
            "ZeroRedundancyOptimizer: states are not shared among ranks; use the optimizer itself"
        )
