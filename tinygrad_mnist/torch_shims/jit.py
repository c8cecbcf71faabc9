"""`torch.jit`: there is no compiler; functions and modules stay as they are."""

from __future__ import annotations

from typing import Any, NoReturn

from tinygrad_mnist.nn.modules.module import Module

__all__ = [
    "ScriptFunction",
    "ScriptModule",
    "export",
    "freeze",
    "ignore",
    "is_scripting",
    "is_tracing",
    "load",
    "save",
    "script",
    "script_method",
    "trace",
    "unused",
]


class ScriptModule(Module):
    """A base for modules that PyTorch would compile; no other module is one.

    Example:
        >>> isinstance(nn.Linear(1, 1), torch.jit.ScriptModule)
        False
    """


class ScriptFunction:
    """What PyTorch's compiled functions are; there are none."""


def script(obj: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Give the function or module as it is; as a decorator too, with arguments or without.

    Args:
        obj: the function or module.
        args: accepted without effect.
        kwargs: accepted without effect.

    Returns:
        The function or module, or without one the decorator.

    Example:
        >>> @torch.jit.script
        ... def double(x):
        ...     return x * 2
        >>> double(torch.ones(1))
        tensor([2.])
    """
    return obj if callable(obj) else script


def trace(func: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Give the function or module as it is; as a decorator too, with arguments or without.

    Args:
        func: the function or module.
        args: accepted without effect.
        kwargs: accepted without effect.

    Returns:
        The function or module, or without one the decorator.
    """
    return func if callable(func) else trace


def freeze(mod: Any, *args: Any, **kwargs: Any) -> Any:
    """Give the module as it is.

    Args:
        mod: the module.
        args: accepted without effect.
        kwargs: accepted without effect.

    Returns:
        The module.
    """
    return mod


def ignore(drop: Any = False, **kwargs: Any) -> Any:
    """Mark a function that is not compiled: nothing is. A decorator, with arguments or without.

    Args:
        drop: the function, where there are no arguments.
        kwargs: accepted without effect.

    Returns:
        The function as it is, or without one the decorator.
    """
    return drop if callable(drop) else ignore


def unused(fn: Any) -> Any:
    """Mark a function that is not compiled: nothing is.

    Args:
        fn: the function.

    Returns:
        The function as it is.
    """
    return fn


def export(fn: Any) -> Any:
    """Mark a function that is compiled too: nothing is.

    Args:
        fn: the function.

    Returns:
        The function as it is.
    """
    return fn


def script_method(fn: Any) -> Any:
    """Mark a method that is compiled: nothing is.

    Args:
        fn: the method.

    Returns:
        The method as it is.
    """
    return fn


def is_scripting() -> bool:
    """Whether the code is being compiled.

    Returns:
        False.
    """
    return False


def is_tracing() -> bool:
    """Whether the code is being traced by `torch.jit`.

    Returns:
        False.
    """
    return False


def save(m: Any, f: Any = None) -> NoReturn:
    """Refuse: there are no compiled modules.

    Args:
        m: the module.
        f: the file.

    Raises:
        RuntimeError: always.
    """
    _refuse()


def load(f: Any, map_location: Any = None) -> NoReturn:
    """Refuse: there are no compiled modules.

    Args:
        f: the file.
        map_location: the device.

    Raises:
        RuntimeError: always.
    """
    _refuse()


def _refuse() -> NoReturn:
    raise RuntimeError("jit: there is no compiler; save a module's state_dict() instead")
