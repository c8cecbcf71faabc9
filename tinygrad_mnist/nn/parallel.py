"""`torch.nn.parallel`: on one CPU a module runs as it is."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.nn.modules.module import Module


class DataParallel(Module):
    """The module, called as it is."""

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module = module

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)


class DistributedDataParallel(Module):
    """Needs an initialised process group, which there is not."""

    def __init__(self, module: Module, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError("DistributedDataParallel: the default process group has not been initialized")
