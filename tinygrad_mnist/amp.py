"""`torch.amp`: mixed precision, declined. Operations keep their dtypes, and nothing is scaled."""

from __future__ import annotations

import warnings
from contextlib import ContextDecorator
from typing import Any

from tinygrad_mnist.core.device import device


class autocast(ContextDecorator):
    """Accepted; operations inside keep the dtypes that they have outside."""

    def __init__(
        self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None
    ) -> None:
        if device(device_type).type == "cuda" and enabled:
            message = "User provided device_type of 'cuda', but CUDA is not available. Disabling"
            warnings.warn(message, UserWarning, stacklevel=2)

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *error: object) -> None:
        pass


def custom_fwd(fwd: Any = None, *, device_type: str = "cuda", cast_inputs: Any = None) -> Any:
    """A decorator for the `forward` of an `autograd.Function`: the function as it is."""
    return fwd if fwd is not None else custom_fwd


custom_bwd = custom_fwd


class GradScaler:
    """A scaler by 1: losses and gradients stay as they are, and a step is the optimizer's."""

    def __init__(self, device: str = "cuda", *args: Any, enabled: bool = True, **options: Any) -> None:
        if enabled and device != "cpu":
            message = f"torch.{device}.amp.GradScaler is enabled, but {device.upper()} is not available.  Disabling."
            warnings.warn(message, stacklevel=2)

    def scale(self, outputs: Any) -> Any:
        """The outputs as they are."""
        return outputs

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """`optimizer.step()`."""
        return optimizer.step(*args, **kwargs)

    def update(self, new_scale: Any = None) -> None:
        """Accepted: there is no scale to change."""

    unscale_ = load_state_dict = update

    def get_scale(self) -> float:
        """1."""
        return 1.0

    def is_enabled(self) -> bool:
        """False."""
        return False

    def state_dict(self) -> dict[str, Any]:
        """Empty."""
        return {}
