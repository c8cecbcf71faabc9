"""`torch.compiler`: there is none; functions and modules stay as they are."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.torch_shims.switches import compile

__all__ = ["compile", "disable", "is_compiling", "reset"]


def disable(fn: Any = None, recursive: bool = True) -> Any:
    """Keep a function from being compiled: nothing is. A decorator, with arguments or without.

    Args:
        fn: the function.
        recursive: accepted without effect.

    Returns:
        The function as it is, or without one the decorator.
    """
    return fn if callable(fn) else disable


def is_compiling() -> bool:
    """Whether the code is being compiled.

    Returns:
        False.
    """
    return False


def reset() -> None:
    """Accept: there is nothing compiled to forget."""
