"""Arguments and results: tensors in tuples, lists and dicts, taken apart and put together again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_mnist.core.tensor import Tensor


class Unsupported(Exception):
    """What a program cannot do; the message says what, in the user's words."""


class Place:
    """Stands where a tensor stood.

    Attributes:
        index: which of the tensors.
    """

    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index


PLAIN = (bool, int, float, complex, str, bytes, type(None), type(Ellipsis), type, slice, range)


def take_apart(value: Any, tensors: list[Tensor], *, is_result: bool = False) -> Any:
    """The structure of a value, with a `Place` for each tensor, which goes to the list.

    A tensor that comes twice has one place.

    Raises:
        Unsupported: for a result that is neither a tensor, nor a plain value, nor one of both in
            tuples, lists or dicts.
    """
    if isinstance(value, Tensor):
        for index, each in enumerate(tensors):
            if each is value:
                return Place(index)
        tensors.append(value)
        return Place(len(tensors) - 1)
    kind = type(value)
    if kind is tuple or kind is list:
        return kind(take_apart(each, tensors, is_result=is_result) for each in value)
    if kind is dict:
        return {k: take_apart(each, tensors, is_result=is_result) for k, each in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return kind(*(take_apart(each, tensors, is_result=is_result) for each in value))
    if is_result and not isinstance(value, PLAIN):
        raise Unsupported(f"it returns {kind.__name__}, which is neither a tensor nor plain data")
    return value


def put_together(structure: Any, tensors: Sequence[Tensor]) -> Any:
    """The value again, with these tensors in their places."""
    kind = type(structure)
    if kind is Place:
        return tensors[structure.index]
    if kind is tuple or kind is list:
        return kind(put_together(each, tensors) for each in structure)
    if kind is dict:
        return {k: put_together(each, tensors) for k, each in structure.items()}
    if isinstance(structure, tuple) and hasattr(structure, "_fields"):
        return kind(*(put_together(each, tensors) for each in structure))
    return structure


def key_of(structure: Any) -> Any:
    """What two calls must have in common of their arguments that are no tensors.

    Raises:
        Unsupported: for an object that cannot be compared with what it was: an array, an iterator.
    """
    kind = type(structure)
    if kind is Place:
        return (Place, structure.index)
    if kind in (tuple, list) or (isinstance(structure, tuple) and hasattr(structure, "_fields")):
        return (kind, *(key_of(each) for each in structure))
    if kind is dict:
        return (kind, *((k, key_of(each)) for k, each in structure.items()))
    if kind is float:
        return (kind, repr(structure))  # 0.0 and -0.0 are equal, NaN is not equal to itself
    if isinstance(structure, PLAIN):
        return (kind, repr(structure) if kind is slice else structure)
    if callable(structure) or hasattr(structure, "__dict__") or isinstance(structure, np.dtype):
        return (kind, _ById(structure))
    raise Unsupported(f"an argument is a {kind.__name__}, whose contents may change")


class _ById:
    """An object that is compared by identity, and kept alive so that it stays its own."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def calls_for(structure: Any) -> Callable[[Sequence[Tensor]], Any]:
    """`put_together` of one structure, quick for the usual ones."""
    if type(structure) is Place and structure.index == 0:
        return _first
    return lambda tensors: put_together(structure, tensors)


def _first(tensors: Sequence[Tensor]) -> Tensor:
    return tensors[0]
