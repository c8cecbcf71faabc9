"""`torch.amp`: mixed precision, declined. Operations keep their dtypes, and nothing is scaled."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import ContextDecorator
from typing import Any

from tinygrad_mnist.core.device import device

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd"]


class autocast(ContextDecorator):
    """A with-block or decorator; operations inside keep the dtypes that they have outside.

    Args:
        device_type: "cpu", or a device that is not there, of which a warning tells.
        dtype: accepted without effect.
        enabled: whether it is to do something.
        cache_enabled: accepted without effect.

    Example:
        >>> with torch.autocast("cpu", dtype=torch.bfloat16):
        ...     y = torch.ones(2) * 2
        >>> y.dtype
        torch.float32
    """

    def __init__(
        self,
        device_type: str,
        dtype: Any = None,
        enabled: bool = True,
        cache_enabled: bool | None = None,
    ) -> None:
        if device(device_type).type == "cuda" and enabled:
            message = "User provided device_type of 'cuda', but CUDA is not available. Disabling"
            warnings.warn(message, UserWarning, stacklevel=2)

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *error: object) -> None:
        pass


def custom_fwd(
    fwd: Callable[..., Any] | None = None, *, device_type: str = "cuda", cast_inputs: Any = None
) -> Any:
    """Decorate the `forward` of an `autograd.Function`: it stays as it is.

    Args:
        fwd: the method.
        device_type: accepted without effect.
        cast_inputs: accepted without effect.

    Returns:
        The method, or without one the decorator.
    """
    return custom_fwd if fwd is None else fwd


def custom_bwd(bwd: Callable[..., Any] | None = None, *, device_type: str = "cuda") -> Any:
    """Decorate the `backward` of an `autograd.Function`: it stays as it is.

    Args:
        bwd: the method.
        device_type: accepted without effect.

    Returns:
        The method, or without one the decorator.
    """
    return custom_bwd if bwd is None else bwd


class GradScaler:
    """A scaler by 1: losses and gradients stay as they are, and a step is the optimizer's.

    Args:
        device: "cpu", or a device that is not there, of which a warning tells.
        init_scale: accepted without effect.
        growth_factor: accepted without effect.
        backoff_factor: accepted without effect.
        growth_interval: accepted without effect.
        enabled: whether it is to do something.

    Example:
        >>> w = torch.ones(1, requires_grad=True)
        >>> optimizer = torch.optim.SGD([w], lr=0.5)
        >>> scaler = torch.amp.GradScaler("cpu")
        >>> scaler.scale((w * w).sum()).backward()
        >>> scaler.step(optimizer)
        >>> scaler.update()
        >>> w.item()
        0.0
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        if enabled and device != "cpu":
            name = f"torch.{device}.amp.GradScaler"
            message = f"{name} is enabled, but {device.upper()} is not available.  Disabling."
            warnings.warn(message, stacklevel=2)

    def scale(self, outputs: Any) -> Any:
        """Give the outputs as they are.

        Args:
            outputs: the loss, or several.

        Returns:
            The outputs.
        """
        return outputs

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """Call `optimizer.step()`.

        Args:
            optimizer: the optimizer.
            args: of its `step`.
            kwargs: of its `step`.

        Returns:
            What it returns.
        """
        return optimizer.step(*args, **kwargs)

    def update(self, new_scale: Any = None) -> None:
        """Accept: there is no scale to change.

        Args:
            new_scale: accepted without effect.
        """

    def unscale_(self, optimizer: Any) -> None:
        """Accept: the gradients are not scaled.

        Args:
            optimizer: whose gradients they are.
        """

    def get_scale(self) -> float:
        """The factor of the losses.

        Returns:
            1.
        """
        return 1.0

    def is_enabled(self) -> bool:
        """Whether losses are scaled.

        Returns:
            False.
        """
        return False

    def state_dict(self) -> dict[str, Any]:
        """What there is to save.

        Returns:
            Nothing: an empty dict.
        """
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Accept: there is no state.

        Args:
            state_dict: what `state_dict` returned.
        """
