"""`torch._C`: the few of PyTorch's compiled functions that packages call; they change nothing."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.ops.random import Generator

__all__ = ["Generator", "_get_tracing_state", "_log_api_usage_once"]


def _log_api_usage_once(*args: Any) -> None:
    """Nothing is logged.

    Args:
        args: what would be.
    """


def _get_tracing_state() -> None:
    """None: nothing is traced by `torch.jit`.

    Returns:
        None.
    """
