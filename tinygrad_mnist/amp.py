"""`torch.amp`: mixed precision. Operations keep their dtypes; losses can be scaled."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from contextlib import ContextDecorator
from typing import Any

import numpy as np

from tinygrad_mnist.device import device
from tinygrad_mnist.tensor import Tensor


class autocast(ContextDecorator):
    """Accepted; operations inside keep the dtypes that they have outside."""

    def __init__(
        self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None
    ) -> None:
        if device(device_type).type == "cuda" and enabled:
            warnings.warn(
                "User provided device_type of 'cuda', but CUDA is not available. Disabling", UserWarning, stacklevel=2
            )

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *error: object) -> None:
        pass


def custom_fwd(fwd: Any = None, *, device_type: str = "cuda", cast_inputs: Any = None) -> Any:
    """A decorator for the `forward` of an `autograd.Function`: the function as it is."""
    return fwd if fwd is not None else custom_fwd


custom_bwd = custom_fwd


class GradScaler:
    """Scales a loss up, and the gradients down again; a step whose gradients overflowed is left out.

    Without the device that it is for, which is any but the CPU, nothing is scaled.
    """

    def __init__(
        self, device: str = "cuda", init_scale: float = 2.0**16, growth_factor: float = 2.0,
        backoff_factor: float = 0.5, growth_interval: int = 2000, enabled: bool = True,
    ) -> None:  # fmt: skip
        if enabled and device != "cpu":
            message = f"torch.{device}.amp.GradScaler is enabled, but {device.upper()} is not available.  Disabling."
            warnings.warn(message, stacklevel=2)
        self._enabled = enabled and device == "cpu"
        self._state: dict[str, Any] = dict(
            scale=float(init_scale), growth_factor=growth_factor, backoff_factor=backoff_factor,
            growth_interval=growth_interval, _growth_tracker=0,
        )  # fmt: skip
        self._overflows: dict[int, bool] = {}  # by optimizer, since the last update

    def scale(self, outputs: Any) -> Any:
        """A tensor, or each tensor of an iterable, times the scale."""
        if not self._enabled:
            return outputs
        if isinstance(outputs, Tensor):
            return outputs * self._state["scale"]
        if isinstance(outputs, Iterable):
            return type(outputs)(map(self.scale, outputs))  # type: ignore[call-arg]
        raise ValueError("outputs must be a Tensor or an iterable of Tensors")

    def unscale_(self, optimizer: Any) -> None:
        """Divide the gradients of the optimizer's parameters by the scale; once between two updates."""
        if not self._enabled:
            return
        if id(optimizer) in self._overflows:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        arrays = [p.grad.array for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        for array in arrays:
            array /= self._state["scale"]
        self._overflows[id(optimizer)] = not all(np.isfinite(array).all() for array in arrays)

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """`optimizer.step()`, unless a gradient is infinite or NaN."""
        if self._enabled and id(optimizer) not in self._overflows:
            self.unscale_(optimizer)
        return None if self._overflows.get(id(optimizer)) else optimizer.step(*args, **kwargs)

    def update(self, new_scale: Any = None) -> None:
        """A smaller scale after an overflow, a larger one after `growth_interval` steps without."""
        state, overflow = self._state, any(self._overflows.values())
        state["_growth_tracker"] = 0 if overflow else state["_growth_tracker"] + 1
        if new_scale is not None:
            state["scale"] = float(new_scale)
        elif overflow:
            state["scale"] *= state["backoff_factor"]
        elif state["_growth_tracker"] == state["growth_interval"]:
            state["scale"], state["_growth_tracker"] = state["scale"] * state["growth_factor"], 0
        self._overflows = {}

    def get_scale(self) -> float:
        """The scale; 1 where nothing is scaled."""
        return float(self._state["scale"]) if self._enabled else 1.0

    def is_enabled(self) -> bool:
        """Whether losses are scaled."""
        return self._enabled

    def state_dict(self) -> dict[str, Any]:
        """The scale and how it changes; empty where nothing is scaled."""
        return dict(self._state) if self._enabled else {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from another scaler's state."""
        if self._enabled and not state_dict:
            raise RuntimeError(
                "The source state dict is empty, possibly because it was saved from a disabled GradScaler."
            )
        self._state.update(state_dict)


def is_autocast_available(device_type: str) -> bool:
    """Whether PyTorch has autocast for such a device."""
    return device(device_type).type in ("cpu", "cuda", "mps", "xpu", "xla")
