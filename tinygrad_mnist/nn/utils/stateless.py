"""A module as a function of its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinygrad_mnist.errors import check
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.tensor import Tensor


def functional_call(
    module: Module, parameters_and_buffers: Any, args: Any = None, kwargs: dict[str, Any] | None = None, *,
    tie_weights: bool = True, strict: bool = False,
) -> Any:  # fmt: skip
    """module(*args, **kwargs) with other tensors in place of its parameters and buffers, named by their paths.

    Args:
        parameters_and_buffers: a dict, or several of them.
        args: the arguments; one that is no tuple is the only one.
        tie_weights: whether a tensor takes all the places of the one that it stands for.
        strict: whether a name too many or too few is an error.
    """
    dicts = [parameters_and_buffers] if isinstance(parameters_and_buffers, Mapping) else parameters_and_buffers
    given: dict[str, Tensor] = {name: x for each in dicts for name, x in each.items()}
    places = {
        f"{path}.{name}".lstrip("."): (room, name)
        for path, inner in module.named_modules(remove_duplicate=False)
        for room in (inner._parameters, inner._buffers)
        for name, x in room.items()
        if x is not None
    }
    wrong = [[name for name in given if name not in places], [name for name in places if name not in given]]
    check(not strict or not any(wrong), "functional_call: Unexpected key(s): {}; Missing key(s): {}", *wrong)
    own = {id(room[name]): given[path] for path, (room, name) in places.items() if path in given}
    before = [(room, name, room[name]) for room, name in places.values()]
    try:
        for path, (room, name) in places.items():
            room[name] = given.get(path, own.get(id(room[name]), room[name]) if tie_weights else room[name])
        return module(*(() if args is None else args if isinstance(args, tuple) else (args,)), **(kwargs or {}))
    finally:
        for room, name, x in before:
            room[name] = x
