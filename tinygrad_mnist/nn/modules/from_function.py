"""Modules that are made of the functions they call."""

import inspect
import sys
from collections.abc import Callable
from typing import Any

from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.tensor import Tensor

REQUIRED: Any = inspect.Parameter.empty


class FunctionModule(Module):
    """A module whose `forward` is a function and whose attributes are that function's options."""

    function: Callable[..., Any]
    options: dict[str, Any] = {}
    learned = ""
    passed: tuple[str, ...] = ()
    shown = ""

    check: Any = lambda self, **unused: None
    """Refuses options that the function would refuse later, and makes parameters of those that it does not take."""

    def forward(self, *inputs: Any, **named: Any) -> Any:
        return type(self).function(*inputs, **named, **{name: getattr(self, name) for name in self.passed})

    def extra_repr(self) -> str:
        # a name marked with "?" is shown only where it is not the default, one with "=" without its name
        parts = []
        for name in self.shown.split():
            bare = name.rstrip("?=")
            value = getattr(self, bare)
            value = value is not None if bare == "bias" else value
            if not name.endswith("?") or value != self.options[bare]:
                parts.append(repr(value) if name.endswith("=") else f"{bare}={value!r}")
        return ", ".join(parts)


def from_function(
    name: str, function: Callable[..., Any], shown: str = "", *, base: type[FunctionModule] = FunctionModule,
    unused: str = "", keyword: str = "", **options: Any,
) -> Any:  # fmt: skip
    """A module class named `name` that calls `function(*inputs, **options)`.

    The function gets the options that it knows, the parameters that the base names as `learned`, and `training`.

    Args:
        shown: the options that its repr shows.
        unused: options that become arguments of the base's `check` instead of attributes.
        keyword: options that can only be given by name.
    """
    taken = inspect.signature(function).parameters
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    signature = inspect.Signature(
        [inspect.Parameter(key, kinds[key in keyword.split()], default=value) for key, value in options.items()]
    )

    def __init__(self: FunctionModule, *args: Any, **kwargs: Any) -> None:
        Module.__init__(self)
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{type(self).__name__}(): {error}") from None
        bound.apply_defaults()
        rest = {key: bound.arguments.pop(key) for key in unused.split()}
        for key, value in bound.arguments.items():
            if isinstance(value, Tensor):
                self.register_buffer(key, value)
            else:
                setattr(self, key, value)
        self.check(**rest)

    myself = inspect.Parameter("self", kinds[0])
    __init__.__signature__ = signature.replace(parameters=[myself, *signature.parameters.values()])  # type: ignore[attr-defined]
    known = [*(key for key in options if key not in unused.split()), *base.learned.split(), "training"]
    doc = (function.__doc__ or "").split("\n\n")[0]
    members = {
        "__init__": __init__, "__doc__": f"{doc}\n\nA module that calls `{function.__name__}`.",
        "__module__": sys._getframe(1).f_globals["__name__"], "function": staticmethod(function), "options": options,
        "passed": tuple(key for key in known if key in taken), "shown": shown,
    }  # fmt: skip
    return type(name, (base,), members)
