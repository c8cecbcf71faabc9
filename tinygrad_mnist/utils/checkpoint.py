"""`torch.utils.checkpoint`: plain calls. The tape keeps what the gradients need, and no memory is
spared.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["checkpoint", "checkpoint_sequential"]


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
    context_fn: Any = None,
    determinism_check: str = "default",
    debug: bool = False,
    **kwargs: Any,
) -> Any:
    """A function called as it is: the results and gradients are those of a second computation.

    Args:
        function: called with `args` and `kwargs`.
        args: its arguments.
        use_reentrant: accepted, without effect, as are the next four.
        preserve_rng_state: accepted.
        context_fn: accepted.
        determinism_check: accepted.
        debug: accepted.
        kwargs: its keyword arguments.

    Returns:
        What the function returns.

    Example:
        >>> torch.utils.checkpoint.checkpoint(torch.exp, torch.zeros(1), use_reentrant=False)
        tensor([1.])
    """
    return function(*args, **kwargs)


def checkpoint_sequential(functions: Any, segments: int, input: Any, **kwargs: Any) -> Any:
    """Functions, or a Sequential's modules, one after the other.

    Args:
        functions: a Sequential, or functions of one argument.
        segments: accepted, without effect.
        input: what the first one gets.
        kwargs: accepted, without effect.

    Returns:
        What the last one returns.
    """
    steps = functions.children() if hasattr(functions, "children") else functions
    for step in steps:
        input = step(input)
    return input
