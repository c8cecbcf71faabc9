"""DataParallel: on one CPU a module runs as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_mnist.nn.modules.module import Module

__all__ = ["DataParallel", "data_parallel"]


def data_parallel(
    module: Module,
    inputs: Any,
    device_ids: Sequence[Any] | None = None,
    output_device: Any = None,
    dim: int = 0,
    module_kwargs: dict[str, Any] | None = None,
) -> Any:
    """Call a module on one CPU, as it is.

    Args:
        module: the module.
        inputs: what it is called with: a tuple of arguments, or a single one.
        device_ids: accepted and ignored.
        output_device: accepted and ignored.
        dim: accepted and ignored.
        module_kwargs: what the module is called with by name.

    Returns:
        What the module computes.

    Example:
        >>> nn.parallel.data_parallel(nn.Linear(3, 2), torch.ones(5, 3)).shape
        torch.Size([5, 2])
    """
    arguments = inputs if isinstance(inputs, tuple) else (inputs,)
    return module(*arguments, **module_kwargs or {})


class DataParallel(Module):
    """A module, called as it is.

    Args:
        module: the module.
        device_ids: accepted and ignored.
        output_device: accepted and ignored.
        dim: accepted and ignored.

    Shape:
        Input and output as the module's.

    Example:
        >>> nn.DataParallel(nn.Linear(3, 2))(torch.ones(5, 3)).shape
        torch.Size([5, 2])
    """

    def __init__(
        self,
        module: Module,
        device_ids: Sequence[Any] | None = None,
        output_device: Any = None,
        dim: int = 0,
    ) -> None:
        super().__init__()
        self.module = module

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """What the module computes.

        Args:
            inputs: what it is called with.
            kwargs: what it is called with by name.
        """
        return self.module(*inputs, **kwargs)
