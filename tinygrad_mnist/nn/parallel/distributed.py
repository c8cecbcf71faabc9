"""DistributedDataParallel, which needs processes."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.nn.modules.module import Module

__all__ = ["DistributedDataParallel"]


class DistributedDataParallel(Module):
    """Needs an initialised process group, which there is not.

    Args:
        module: the module.
        device_ids: accepted and ignored.
        output_device: accepted and ignored.
        kwargs: accepted and ignored.

    Raises:
        RuntimeError: always.
    """

    def __init__(
        self,
        module: Module,
        device_ids: Any = None,
        output_device: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        raise RuntimeError(
            "DistributedDataParallel: the default process group has not been initialized"
        )
