"""Modules without parameters, made of the functions they call."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.tensor import Tensor


class FunctionModule(Module):
    """A module whose `forward` is a function and whose attributes are that function's options."""

    function: Callable[..., Any]
    options: dict[str, Any] = {}
    required: tuple[str, ...] = ()
    shown = ""
    passed = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        values = dict(self.options)
        names = list(values)
        if len(args) > len(names):
            raise TypeError(f"{type(self).__name__}() takes at most {len(names)} arguments, got {len(args)}")
        for name, value in (*zip(names, args, strict=False), *kwargs.items()):
            if name not in values:
                raise TypeError(f"{type(self).__name__}() got an unexpected keyword argument '{name}'")
            values[name] = value
        missing = [name for name in self.required if values[name] is REQUIRED]
        if missing:
            raise TypeError(f"{type(self).__name__}() missing the argument '{missing[0]}'")
        for name, value in values.items():
            if isinstance(value, Tensor):
                self.register_buffer(name, value)
            else:
                setattr(self, name, value)
        self.check()

    def check(self) -> None:
        """Refuse options that the function would refuse later."""

    def forward(self, *inputs: Any) -> Any:
        return type(self).function(*inputs, **{name: getattr(self, name) for name in self.passed.split()})

    def extra_repr(self) -> str:
        # a name marked with "?" is shown only where it is set, one with "=" without its name
        parts = []
        for name in self.shown.split():
            bare = name.rstrip("?=")
            value = getattr(self, bare)
            if not (name.endswith("?") and not value):
                parts.append(repr(value) if name.endswith("=") else f"{bare}={value!r}")
        return ", ".join(parts)


REQUIRED = object()


def from_function(name: str, function: Callable[..., Any], shown: str = "", *, unused: str = "", **options: Any) -> Any:
    """A module class named `name` that calls `function(*inputs, **options)`.

    Args:
        shown: the options that its repr shows.
        unused: options that are accepted and not passed on.
    """
    doc = (function.__doc__ or "").split("\n\n")[0]
    members = {
        "__doc__": f"{doc}\n\nA module that calls `{function.__name__}`.",
        "__module__": sys._getframe(1).f_globals["__name__"],
        "function": staticmethod(function),
        "options": options,
        "required": tuple(key for key, value in options.items() if value is REQUIRED),
        "shown": shown,
        "passed": " ".join(key for key in options if key not in unused.split()),
    }
    return type(name, (FunctionModule,), members)
