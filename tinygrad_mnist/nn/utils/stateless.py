"""Networks as functions of their parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn.modules.module import Module

__all__ = ["functional_call"]


class _Place(NamedTuple):
    """Where a module holds a tensor: in which dict, under which name, and the path to it."""

    path: str
    held: dict[str, Any]
    name: str
    tensor: Tensor | None


def functional_call(
    module: Module,
    parameter_and_buffer_dicts: Mapping[str, Tensor] | Sequence[Mapping[str, Tensor]],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Call a module with other tensors in place of its parameters and buffers.

    Args:
        module: the module; it is as before afterwards.
        parameter_and_buffer_dicts: the tensors by path, in a dict or several of them.
        args: the arguments; one that is no tuple is the only one.
        kwargs: the arguments by name.
        tie_weights: whether a tensor takes all the places of the one that it stands for.
        strict: whether a name too many or too few is an error.

    Returns:
        What the module gives.

    Raises:
        RuntimeError: if names do not fit and `strict` is set.

    Example:
        >>> layer = nn.Linear(1, 1)
        >>> state = {"weight": torch.tensor([[2.0]]), "bias": torch.tensor([3.0])}
        >>> torch.func.functional_call(layer, state, torch.ones(1))
        tensor([5.])
    """
    given: dict[str, Tensor] = {}
    if isinstance(parameter_and_buffer_dicts, Mapping):
        given.update(parameter_and_buffer_dicts)
    else:
        for each in parameter_and_buffer_dicts:
            given.update(each)
    places = _places(module)
    if strict:
        own = {place.path for place in places if place.tensor is not None}
        wrong = given.keys() ^ own
        check(not wrong, "functional_call: missing or unexpected key(s): {}", wrong)
    tied = {}
    if tie_weights:
        tied = {id(place.tensor): given[place.path] for place in places if place.path in given}
    if args is None:
        args = ()
    elif not isinstance(args, tuple):
        args = (args,)
    try:
        for place in places:
            replacement = tied.get(id(place.tensor), place.tensor)
            place.held[place.name] = given.get(place.path, replacement)
        return module(*args, **(kwargs or {}))
    finally:
        for place in places:
            place.held[place.name] = place.tensor


def _places(module: Module) -> list[_Place]:
    """All places of parameters and buffers in a module and those inside it."""
    places = []
    for prefix, inner in module.named_modules(remove_duplicate=False):
        held: Any
        for held in (inner._parameters, inner._buffers):
            for name, tensor in held.items():
                path = f"{prefix}.{name}" if prefix else name
                places.append(_Place(path, held, name, tensor))
    return places
