"""`torch.utils.checkpoint`: plain calls. The tape keeps what the gradients need, and no memory is saved."""

from collections.abc import Callable
from typing import Any


def checkpoint(
    function: Callable[..., Any], *args: Any, use_reentrant: bool | None = None, preserve_rng_state: bool = True,
    context_fn: Any = None, determinism_check: str = "default", debug: bool = False, **kwargs: Any,
) -> Any:  # fmt: skip
    """`function(*args, **kwargs)`: the results and gradients are those of a second computation."""
    return function(*args, **kwargs)


def checkpoint_sequential(functions: Any, segments: int, input: Any, **kwargs: Any) -> Any:
    """Functions, or a Sequential's modules, one after the other."""
    for step in functions.children() if hasattr(functions, "children") else functions:
        input = step(input)
    return input
