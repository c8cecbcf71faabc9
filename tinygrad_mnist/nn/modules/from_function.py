"""Modules that are made of the functions they call."""

import inspect
import sys
from collections.abc import Callable
from typing import Any

from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.core.tensor import Tensor

REQUIRED: Any = inspect.Parameter.empty


class FunctionModule(Module):
    """A module whose `forward` is a function and whose attributes are that function's options."""

    function: Callable[..., Any]
    learned = ""
    options: dict[str, Any] = {}
    passed: tuple[str, ...] = ()

    def check(self, *args: Any, **options: Any) -> None:
        """Refuses options that the function would refuse later, and makes parameters.

        The options that it names come to it instead of becoming attributes; `device` and `dtype` are among
        them although no table lists them.
        """

    def forward(self, *inputs: Any, **named: Any) -> Any:
        return type(self).function(*inputs, **named, **{name: getattr(self, name) for name in self.passed})

    def extra_repr(self) -> str:
        parts = []
        for option, default in self.options.items():
            name, mark = option.rstrip("?=-"), option[-1]
            value = getattr(self, name, None)
            value = value is not None if name == "bias" else value
            if mark != "-" and (mark != "?" or value != default):
                parts.append(repr(value) if mark == "=" else f"{name}={value!r}")
        return ", ".join(parts)


def from_function(
    name: str, function: Callable[..., Any], listed: str = "", *, base: Any = FunctionModule, keyword: str = "",
    **defaults: Any,
) -> Any:  # fmt: skip
    """A module class named `name` that calls `function(*inputs, **options)`.

    The function gets the options that it knows, the parameters that the base names as `learned`, and `training`.

    Args:
        listed: the options in the constructor's order. How the repr shows one stands behind its name: "=" its value
            without the name, "?" only if it is not the default, "-" never.
        keyword: options that can only be given by name.
        defaults: of options, where they are not those of the function.
    """
    taken, checked = inspect.signature(function).parameters, list(inspect.signature(base.check).parameters)[1:]
    names = {each.rstrip("?=-"): each for each in listed.split()}
    names |= {each: each + "-" for each in ("device", "dtype") if each in checked}
    usual = {each: taken[each].default if each in taken else REQUIRED for each in names}
    usual |= {"device": None, "dtype": None} | defaults
    kinds = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    given = [inspect.Parameter(each, kinds[each in keyword.split()], default=usual[each]) for each in names]
    signature = inspect.Signature(sorted(given, key=lambda each: each.kind))

    def __init__(self: FunctionModule, *args: Any, **kwargs: Any) -> None:
        Module.__init__(self)
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{type(self).__name__}(): {error}") from None
        bound.apply_defaults()
        rest = {each: bound.arguments.pop(each) for each in checked if each in bound.arguments}
        for key, value in bound.arguments.items():
            (self.register_buffer if isinstance(value, Tensor) else self.__setattr__)(key, value)
        self.check(**rest)

    myself = inspect.Parameter("self", kinds[0])
    __init__.__signature__ = signature.replace(parameters=[myself, *signature.parameters.values()])  # type: ignore[attr-defined]
    known = [*(each for each in names if each not in checked), *base.learned.split(), "training"]
    doc = (function.__doc__ or "").split("\n\n")[0]
    members = {
        "__init__": __init__, "__doc__": f"{doc}\n\nA module that calls `{function.__name__}`.",
        "__module__": sys._getframe(1).f_globals["__name__"], "function": staticmethod(function),
        "options": {mark: usual[each] for each, mark in names.items()},
        "passed": tuple(each for each in known if each in taken),
    }  # fmt: skip
    return type(name, (base,), members)
