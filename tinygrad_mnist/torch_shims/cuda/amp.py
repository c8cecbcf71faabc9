"""`torch.cuda.amp`: the older names of `torch.amp`, for one kind of device."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.torch_shims import amp
from tinygrad_mnist.torch_shims.amp import custom_bwd, custom_fwd

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd"]


class autocast(amp.autocast):
    """A with-block or decorator; operations inside keep the dtypes that they have outside.

    Args:
        enabled: whether it is to do something.
        dtype: accepted without effect.
        cache_enabled: accepted without effect.
    """

    def __init__(self, enabled: bool = True, dtype: Any = None, cache_enabled: bool = True) -> None:
        super().__init__("cuda", dtype, enabled, cache_enabled)


class GradScaler(amp.GradScaler):
    """A scaler by 1: losses and gradients stay as they are.

    Args:
        init_scale: accepted without effect.
        growth_factor: accepted without effect.
        backoff_factor: accepted without effect.
        growth_interval: accepted without effect.
        enabled: whether it is to do something.
    """

    def __init__(
        self,
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        super().__init__(
            "cuda", init_scale, growth_factor, backoff_factor, growth_interval, enabled
        )
