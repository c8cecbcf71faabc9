"""What is given where a tensor belongs: one TypeError that names the operation and the argument.

Operations do not look at the kind of their arguments beforehand, which would cost time in each
call. They read `x.array`, and where that fails the search for the culprit begins here.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from types import FrameType
from typing import Any, ParamSpec, TypeVar, get_overloads

import numpy as np

from tinygrad_mnist.core.tensor import Tensor

P = ParamSpec("P")
R = TypeVar("R")

Call = tuple[Callable[..., Any], Mapping[str, Any]]  # a function and its arguments

PACKAGE = __name__.partition(".")[0]
NUMBERS = (bool, int, float, np.generic)
KINDS: dict[str, tuple[type, ...]] = {  # what annotations beside tensors allow
    "Tensor": (),
    "None": (),
    "Array": (np.ndarray,),
    "Number": NUMBERS,
    "TensorLike": (np.ndarray, *NUMBERS),
    "bool": NUMBERS,
    "float": NUMBERS,
    "int": NUMBERS,
}


def kind_of(value: Any) -> str:
    """The name of a value's class as errors give it: `list`, `numpy.ndarray`."""
    kind = type(value)
    if kind.__module__ == "builtins":
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def complaint(function: Callable[..., Any], arguments: Mapping[str, Any]) -> str:
    """What is wrong with the kind of the arguments, by the function's annotations; or nothing."""
    forms = [inspect.signature(each).parameters for each in get_overloads(inspect.unwrap(function))]
    for name, parameter in inspect.signature(function).parameters.items():
        annotations = [str(parameter.annotation)]
        if annotations == ["Any"] and forms:
            annotations = [str(form[name].annotation) for form in forms if name in form]
        if name not in arguments:
            continue
        wrong = _wrong_kind(parameter, annotations, arguments[name])
        if wrong:
            return f"{function.__name__}(): argument '{name}' must be {wrong}"
    return ""


def _wrong_kind(parameter: inspect.Parameter, annotations: list[str], value: Any) -> str:
    """The wanted kind and the given one; nothing where the parameter takes the value, or other
    things than tensors.
    """
    if isinstance(value, Tensor) or (value is None and annotations != ["Tensor"]):
        return ""
    if parameter.kind is parameter.VAR_POSITIONAL:
        if parameter.name != "tensors":
            return ""
        alone = len(value) == 1 and isinstance(value[0], tuple | list)
        return _wrong_element(value[0] if alone else value)
    annotation = " | ".join(annotations)
    if "[Tensor" in annotation:
        return _wrong_element(value)
    parts = annotation.split(" | ")
    if "Tensor" not in annotation or not set(parts) <= set(KINDS):
        return ""
    if any(isinstance(value, KINDS[part]) for part in parts):
        return ""
    return f"Tensor, not {kind_of(value)}"


def _wrong_element(values: Any) -> str:
    """What is wrong with a sequence of tensors."""
    if not isinstance(values, tuple | list):
        return f"tuple of Tensors, not {kind_of(values)}"
    for place, each in enumerate(values):
        if each is not None and not isinstance(each, Tensor):
            return f"tuple of Tensors, but element {place} is {kind_of(each)}"
    return ""


def _public_calls(
    frame: FrameType | None,
) -> Iterator[tuple[Callable[..., Any], Mapping[str, Any]]]:
    """The public functions of this package that are under way, the innermost first, with what they
    were called with.
    """
    while frame is not None:
        module = frame.f_globals
        if str(module.get("__name__")).partition(".")[0] != PACKAGE:
            return
        name = frame.f_code.co_name
        if name in module.get("__all__", ()):
            function = module[name]
            if inspect.unwrap(function).__code__ is frame.f_code:
                yield function, frame.f_locals
        frame = frame.f_back


def other_type(*first: Call) -> str:
    """The complaint about the call that the user made: the outermost one that has any.

    Args:
        first: calls that are looked at before those under way.

    Returns:
        The message; empty where all arguments are what they should be.
    """
    message = ""
    frame = inspect.currentframe()
    for function, arguments in (*first, *_public_calls(frame)):
        message = complaint(function, arguments) or message
    return message


def complain(function: Callable[..., Any], args: Any, options: Any) -> str:
    """The complaint about a call of this function, or about a public one that called it."""
    try:
        given = inspect.signature(function).bind(*args, **options)
    except TypeError:  # not the kind of the arguments is wrong, but their number
        return ""
    return other_type((function, given.arguments))


def refuse_other_types(name: str, *inputs: Any) -> None:
    """TypeError if an input of the operation is no tensor."""
    for place, x in enumerate(inputs, 1):
        if not isinstance(x, Tensor):
            message = other_type()
            if not message:
                message = f"{name}(): argument {place} must be Tensor, not {kind_of(x)}"
            raise TypeError(message) from None


def tensors_only(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function's error, where an argument is no tensor, be the TypeError about it.

    Beneath `method`; not for operations of a microsecond, as the call around theirs takes 5% of it:
    those let `record` find the culprit, or call `refuse_other_types` themselves.
    """

    @functools.wraps(function)
    def call(*args: P.args, **options: P.kwargs) -> R:
        try:
            return function(*args, **options)
        except (AttributeError, TypeError):
            message = complain(function, args, options)
            if not message:
                raise
        raise TypeError(message)

    return call
