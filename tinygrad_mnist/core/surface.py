"""How a function says, beside its definition, what else it is: a method of Tensor, an operator,
written in place.

    @method(in_place=True, operators=["__abs__"], aliases=["absolute"])
    def abs(input: Tensor) -> Tensor:
        ...

gives Tensor the methods `abs`, `absolute`, `abs_`, `absolute_` and `__abs__`. A decorator of this
module notes
the facts, attaches the method and returns the function itself: a call passes through nothing that
was not there before. From the facts in `ATTACHED` the type stubs of the methods are generated
(`core/attached.pyi`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, ParamSpec, TypeVar, overload

from tinygrad_mnist.core.inplace import in_place_method
from tinygrad_mnist.core.refusals import complain
from tinygrad_mnist.core.tensor import Tensor

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])


class Attached(NamedTuple):
    """A fact: under this name Tensor has this function, in one of several ways.

    Attributes:
        kind: "method", "in place" (the result is written into the tensor), "reflected" (the
            operands exchanged), or "property".
    """

    name: str
    function: Callable[..., Any]
    kind: str


ATTACHED: list[Attached] = []


def attach(name: str, function: Callable[..., Any], kind: str, attribute: Any) -> None:
    """Give Tensor an attribute, and note the fact."""
    ATTACHED.append(Attached(name, function, kind))
    setattr(Tensor, name, attribute)


@overload
def method(function: F, /) -> F: ...
@overload
def method(
    *,
    name: str = "",
    aliases: Sequence[str] = (),
    operators: Sequence[str] = (),
    reflected: Sequence[str] = (),
    in_place: bool = False,
    in_place_operators: Sequence[str] = (),
) -> Callable[[F], F]: ...
def method(
    function: Any = None,
    /,
    *,
    name: str = "",
    aliases: Sequence[str] = (),
    operators: Sequence[str] = (),
    reflected: Sequence[str] = (),
    in_place: bool = False,
    in_place_operators: Sequence[str] = (),
) -> Any:
    """Make a function, whose first parameter is a tensor, a method of Tensor too.

    Args:
        name: the method's name, if it is not the function's.
        aliases: further names of the method, and with `in_place` of the method that writes.
        operators: Python's names of the operators that it is, such as `__add__`.
        reflected: operators with the operands exchanged, such as `__radd__`.
        in_place: whether there is a method `name_` too, which writes the result into the tensor.
        in_place_operators: operators that write, such as `__iadd__`.
    """

    def note(function: F) -> F:
        own = name or function.__name__
        if name and not isinstance(function, type):
            function.__qualname__ = f"Tensor.{name}"  # Python's TypeErrors name a function so
        for each in (own, *aliases, *operators):
            attach(each, function, "method", function)
        for each in reflected:
            attach(each, function, "reflected", _reflected(function, each))
        if in_place or in_place_operators:
            writing = in_place_method(function, own)
            names = [f"{each}_" for each in (own, *aliases)] if in_place else []
            for each in (*names, *in_place_operators):
                attach(each, function, "in place", writing)
        return function

    return note if function is None else note(function)


def _reflected(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The method of `other op self`."""

    def method(self: Tensor, other: Any) -> Any:
        return function(other, self)

    method.__name__ = name
    method.__qualname__ = f"Tensor.{name}"
    return method


def tensor_property(*names: str) -> Callable[[F], F]:
    """Make a function of one tensor a property of Tensor, under these names."""

    def note(function: F) -> F:
        for name in names:
            attach(name, function, "property", property(function))
        return function

    return note


NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim"}


def numpy_names(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function take NumPy's keywords `axis` and `keepdims` for `dim` and `keepdim`, as
    PyTorch does, and tensors only, as with `tensors_only`.
    """

    @functools.wraps(function)
    def call(*args: P.args, **options: P.kwargs) -> R:
        given: Any = options
        if "axis" in options or "keepdims" in options:
            given = {NUMPY_NAMES.get(name, name): value for name, value in options.items()}
        try:
            return function(*args, **given)
        except (AttributeError, TypeError):
            message = complain(function, args, given)
            if not message:
                raise
        raise TypeError(message)

    return call
