"""How layers take one number for several dimensions, as PyTorch's `nn.modules.utils` has it."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any, SupportsFloat, SupportsIndex

from tinygrad_mnist.core.refusals import kind_of

__all__ = ["consume_prefix_in_state_dict_if_present"]


def _repeat(value: Any, count: int) -> tuple[Any, ...]:
    """Several numbers as a tuple, one number as often as it is wanted."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return tuple(value)
    return (value,) * count


def _check_integers(layer: Any, least: int | None = None, **values: Any) -> None:
    """TypeError if one of a layer's arguments is no integer, nor a tuple of them; ValueError if it
    is less than `least`.
    """
    for name, value in values.items():
        about = f"{type(layer).__name__}: {name} must be"
        for each in value if isinstance(value, tuple | list) else (value,):
            if not isinstance(each, SupportsIndex):
                raise TypeError(f"{about} an int, not {kind_of(each)}")
            if least is not None and operator.index(each) < least:
                raise ValueError(f"{about} at least {least}, but got {value}")


def _check_number(layer: Any, name: str, value: Any) -> None:
    """TypeError if a layer's argument is no number."""
    if not isinstance(value, SupportsFloat):
        raise TypeError(f"{type(layer).__name__}: {name} must be a number, not {kind_of(value)}")


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
