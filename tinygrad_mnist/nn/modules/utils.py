"""How layers take one number for several dimensions, as PyTorch's `nn.modules.utils` has it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["consume_prefix_in_state_dict_if_present"]


def _repeat(value: Any, count: int) -> tuple[Any, ...]:
    """Several numbers as a tuple, one number as often as it is wanted."""
    if isinstance(value, Iterable):
        return tuple(value)
    return (value,) * count


def _single(x: Any) -> tuple[Any, ...]:
    return _repeat(x, 1)


def _pair(x: Any) -> tuple[Any, ...]:
    return _repeat(x, 2)


def _triple(x: Any) -> tuple[Any, ...]:
    return _repeat(x, 3)


def _quadruple(x: Any) -> tuple[Any, ...]:
    return _repeat(x, 4)


def consume_prefix_in_state_dict_if_present(state_dict: dict[str, Any], prefix: str) -> None:
    """Take a prefix off the keys of a state dict, in place, where they have it.

    Args:
        state_dict: tensors by path; it is changed.
        prefix: such as "module.".

    Example:
        >>> state = {"module.weight": 1, "bias": 2}
        >>> torch.nn.modules.utils.consume_prefix_in_state_dict_if_present(state, "module.")
        >>> state
        {'bias': 2, 'weight': 1}
    """
    for key in list(state_dict):
        if key.startswith(prefix):
            state_dict[key.removeprefix(prefix)] = state_dict.pop(key)
