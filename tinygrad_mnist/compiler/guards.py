"""Guards: what a traced function read besides its arguments, and whether it is still the same.

A trace bakes in what Python decided: the numbers in a module's attributes, a closure's or the
globals' values, which layers a list holds. `collect` finds what the function can reach by names,
and `Guard.holds` says whether a program made then still does what the function would do now.
Tensors are not baked in but read at each call; which tensor a name means is.
"""

from __future__ import annotations

import contextlib
import functools
import random
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from tinygrad_mnist.compiler.structure import Unsupported
from tinygrad_mnist.core.state import Changes
from tinygrad_mnist.core.tensor import Tensor

DEPTH = 3  # of containers and objects inside one another that are looked into
LONG = 1000  # members of a container, beyond which only their number is compared
OWN = __name__.partition(".")[0]  # this package, whose code does not change
# Code with one of these may read attributes whose names it does not show.
BY_ANY_NAME = {
    *("__dict__", "__getattribute__", "__getstate__", "asdict", "astuple", "attrgetter", "copy"),
    *("deepcopy", "dir", "fields", "getattr", "getmembers", "hasattr", "replace", "vars"),
}
ALL = "*"  # among the names that are read: any may be
HELD_APART = ("_parameters", "_buffers", "_modules")  # a module's tensors and inner modules


class Guard:
    """What a program depends on.

    Attributes:
        names: triples of a container of names, a name and what it meant.
        objects: other objects that it can reach, each with what its attributes were, by name.
        read: the names of attributes that the traced call may have read; None for all.
        modules: the modules that the function can reach, each with what its attributes were.
        changes: how often any module's attributes had been set when all was last compared.
    """

    def __init__(self) -> None:
        self.names: list[tuple[Any, Any, Any]] = []
        self.modules: list[tuple[Any, Any]] = []
        self.objects: list[tuple[Any, dict[str, Any]]] = []
        self.read: set[str] | None = None
        self.changes = -1
        self._seen: set[int] = set()
        self._kept: list[Any] = []

    def holds(self) -> bool:
        """Whether everything still is what it was."""
        for container, name, before in self.names:
            if snapshot(_look_up(container, name)) != before:
                return False
        for value, before in self.objects:
            if self._attributes(value) != before:
                return False
        if self.changes == Changes.count:
            return True
        now = Changes.count
        for module, before in self.modules:
            if _module_snapshot(module) != before:
                return False
        self.changes = now
        return True

    def keep_only(self, read: set[str] | None) -> None:
        """From now on compare only what the traced call may have read of objects.

        Args:
            read: the names of attributes; None for all.
        """
        self.read = read
        if read is not None:
            self.objects = [
                (value, {name: each for name, each in before.items() if name in read})
                for value, before in self.objects
            ]

    def _attributes(self, value: Any) -> dict[str, Any]:
        """What an object's attributes are now."""
        return {
            name: snapshot(each, 1)
            for name, each in value.__dict__.items()
            if self.read is None or name in self.read
        }

    # collecting

    def add_function(self, function: Any) -> None:
        """What a function reads by the names in its code."""
        function = _plain_function(function, self)
        if function is None or id(function) in self._seen:
            return
        self._seen.add(id(function))
        self._kept.append(function)
        code = function.__code__
        for cell, name in zip(function.__closure__ or (), code.co_freevars, strict=True):
            self._add_name(cell, name)
        for default in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
            self.add_value(default)
        attributes = set(_names_in(code))
        for name in attributes:
            if name in function.__globals__:
                self._add_name(function.__globals__, name, attributes)

    def _add_name(self, container: Any, name: str, attributes: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        value = _look_up(container, name)
        if _is_library(value):
            return
        self.names.append((container, name, snapshot(value)))
        if isinstance(value, types.ModuleType):
            for attribute in attributes:
                if attribute in value.__dict__:
                    self._add_name(value.__dict__, attribute)
            return
        self.add_value(value)

    def add_value(self, value: Any, depth: int = 0) -> None:
        """What a value that the function can reach leads to: functions and modules."""
        if depth > DEPTH or id(value) in self._seen:
            return
        if is_module(value):
            self._add_module(value)
        elif isinstance(value, types.FunctionType | types.MethodType | type):
            self.add_function(value)
        elif isinstance(value, list | tuple | set | frozenset):
            for each in value:
                self.add_value(each, depth + 1)
        elif isinstance(value, dict):
            for each in value.values():
                self.add_value(each, depth + 1)
        elif _is_users_object(value):
            self._seen.add(id(value))
            self._kept.append(value)
            self.objects.append((value, self._attributes(value)))
            self._add_methods(type(value))
            for each in value.__dict__.values():
                self.add_value(each, depth + 1)

    def _add_module(self, module: Any) -> None:
        if id(module) in self._seen:
            return
        self._seen.add(id(module))
        self._kept.append(module)
        self.modules.append((module, _module_snapshot(module)))
        for inner in module._modules.values():
            if inner is not None:
                self._add_module(inner)
        if not _is_library(type(module)):
            self._add_methods(type(module))
        for value in module.__dict__.values():
            self.add_value(value, 1)

    def _add_methods(self, cls: type) -> None:
        for base in cls.__mro__:
            if _is_library(base):
                continue
            for name, value in vars(base).items():
                if isinstance(value, bool | int | float | str | tuple) and name[:2] != "__":
                    self.names.append((vars(base), name, snapshot(value)))
                elif isinstance(value, types.FunctionType) and value.__name__ != "__init__":
                    self.add_function(value)
                elif isinstance(value, property) and value.fget is not None:
                    self.add_function(value.fget)


def collect(function: Callable[..., Any], arguments: Any) -> Guard:
    """The guard of a function and of the arguments of one call."""
    guard = Guard()
    try:
        guard.add_value(function)
        guard.add_value(arguments)
    except RecursionError:
        raise Unsupported("what it can reach by names has no end") from None
    guard.changes = Changes.count
    return guard


def is_module(value: Any) -> bool:
    """Whether it is a network's module: it holds parameters and other modules."""
    held = getattr(value, "__dict__", None)
    return isinstance(held, dict) and "_parameters" in held and "_modules" in held


def held_tensors(guard: Guard) -> Iterator[tuple[dict[str, Any], str, Tensor]]:
    """The parameters and buffers of the modules that a function can reach, with their places."""
    for module, _ in guard.modules:
        for held in (module._parameters, module._buffers):
            for name, tensor in held.items():
                if tensor is not None:
                    yield held, name, tensor


def named_tensors(guard: Guard) -> Iterator[tuple[str, Tensor]]:
    """The parameters and buffers, each with its path from the outermost module that holds it."""
    paths: dict[int, str] = {}
    for module, _ in guard.modules:
        before = paths.setdefault(id(module), "")
        for name, inner in module._modules.items():
            paths.setdefault(id(inner), f"{before}{name}.")
    for module, _ in guard.modules:
        for held in (module._parameters, module._buffers):
            for name, tensor in held.items():
                if tensor is not None:
                    yield f"{paths[id(module)]}{name}", tensor


def snapshot(value: Any, depth: int = 0) -> Any:
    """What is compared of a value: plain values by type and value, containers by their contents,
    functions, tensors, arrays and other objects by identity: a guard has these objects' attributes
    apart.
    """
    kind = type(value)
    if kind is int or kind is bool or kind is str or value is None:
        return (kind, value)
    if kind is float:
        return (kind, repr(value))
    if isinstance(value, np.ndarray) and value.size <= LONG:
        return (id(value), value.shape, value.tobytes())
    if isinstance(value, np.random.Generator | np.random.RandomState):
        return (id(value), str(value.bit_generator.state if hasattr(value, "bit_generator") else 0))
    if isinstance(value, random.Random):
        return (id(value), hash(value.getstate()))
    if isinstance(value, Tensor | np.ndarray | types.FunctionType | type | types.ModuleType):
        return id(value)
    if depth > DEPTH:
        return id(value)
    if kind in (tuple, list, dict, set, frozenset) and len(value) > LONG:
        return (kind, id(value), len(value))
    if kind is tuple or kind is list:
        return (kind, *(snapshot(each, depth + 1) for each in value))
    if kind is dict:
        return (kind, *((k, snapshot(each, depth + 1)) for k, each in value.items()))
    if kind is set or kind is frozenset:
        return (kind, frozenset(value))
    if is_module(value) or isinstance(value, types.MethodType | types.BuiltinFunctionType):
        return id(value)
    if isinstance(value, np.generic):
        return (kind, value.tobytes())
    return id(value)


def _is_users_object(value: Any) -> bool:
    """Whether it is an object of a class of the user's, with attributes."""
    plain = isinstance(value, Tensor | np.ndarray | types.ModuleType)
    return not plain and hasattr(value, "__dict__") and not _is_library(type(value))


def _module_snapshot(module: Any) -> Any:
    attributes = module.__dict__
    plain = tuple(
        (name, snapshot(value, 1)) for name, value in attributes.items() if name not in HELD_APART
    )
    inner = tuple((name, id(each)) for name, each in module._modules.items())
    held = tuple(
        (name, each is None)
        for where in (module._parameters, module._buffers)
        for name, each in where.items()
    )
    return plain, inner, held, module._hooked


def _look_up(container: Any, name: Any) -> Any:
    """What a name means in a dict of names or in a class, or what a closure's cell holds."""
    if isinstance(container, types.CellType):
        try:
            return container.cell_contents
        except ValueError:
            return None
    return container.get(name)


def _plain_function(function: Any, guard: Guard) -> types.FunctionType | None:
    """The Python function in a method, a class or a decorated function."""
    if isinstance(function, types.MethodType):
        guard.add_value(function.__self__, 1)
        function = function.__func__
    if isinstance(function, type):
        guard._add_methods(function)
        return None
    if not isinstance(function, types.FunctionType) or _is_library(function):
        return None
    return function


@contextlib.contextmanager
def names_read() -> Iterator[set[str]]:
    """In the block: the names of attributes that code outside of this package may read.

    They are the names in the code of every function that is called, and the texts, for `getattr`
    and its like. `ALL` is among them where code reads attributes by names that it computes, or
    where a profiler is at work, which cannot be listened beside.
    """
    found: set[str] = set()
    if sys.getprofile() is not None:
        found.add(ALL)
        yield found
        return
    codes: set[types.CodeType] = set()

    def listen(frame: types.FrameType, event: str, _argument: Any) -> None:
        if event == "call" and frame.f_globals.get("__name__", "").partition(".")[0] != OWN:
            codes.add(frame.f_code)

    sys.setprofile(listen)
    try:
        yield found
    finally:
        sys.setprofile(None)
        for code in codes:
            found.update(code.co_names)
            found.update(_texts(code.co_consts))
        if found & BY_ANY_NAME:
            found.add(ALL)


def _texts(values: Iterable[Any]) -> Iterator[str]:
    """The texts among constants, and in tuples among them."""
    for each in values:
        if isinstance(each, str):
            yield each
        elif isinstance(each, tuple):
            yield from _texts(each)


def _names_in(code: types.CodeType) -> Iterator[str]:
    """The names that a function and the functions inside it use."""
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield from _names_in(each)


def _is_library(value: Any) -> bool:
    """Whether a function, class or module belongs to Python or to an installed package, whose code
    does not change while a program runs.
    """
    if isinstance(value, types.ModuleType):
        return _is_installed(value.__name__)
    if not isinstance(value, types.FunctionType | types.BuiltinFunctionType | type):
        return False
    return _is_installed(getattr(value, "__module__", None) or "")


@functools.cache
def _is_installed(module: str) -> bool:
    """Whether a module is this package's, Python's own, or lies where packages are installed."""
    root = module.partition(".")[0]
    if root == OWN or root in sys.stdlib_module_names:
        return True
    file = getattr(sys.modules.get(module), "__file__", None) or ""
    return "site-packages" in file or "dist-packages" in file
