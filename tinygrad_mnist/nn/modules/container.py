"""Modules that hold modules, and lists and dicts of parameters."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from itertools import groupby
from typing import Any, Self

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.core.tensor import Tensor


class _Listed(Module):
    """What a list can do whose entries are attributes named by their positions."""

    def __init__(self, modules: Iterable[Any] | None = None) -> None:
        super().__init__()
        self.extend(() if modules is None else modules)

    def _names(self) -> list[str]:
        return list(self._modules)

    def _key(self, index: Any) -> str:
        names = self._names()
        check(-len(names) <= operator.index(index) < len(names), "index {} is out of range", index, error=IndexError)
        return names[index]

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)([getattr(self, name) for name in self._names()[index]])
        return getattr(self, self._key(index))

    def __setitem__(self, index: int, value: Any) -> None:
        setattr(self, self._key(index), value)

    def __len__(self) -> int:
        return len(self._names())

    def __iter__(self) -> Iterator[Any]:
        return iter([getattr(self, name) for name in self._names()])

    def append(self, value: Any) -> Self:
        """Add an entry at the end."""
        self.add_module(str(len(self)), value)
        return self

    def extend(self, values: Any) -> Self:
        """Add entries at the end."""
        ok = isinstance(values, Iterable) and not isinstance(values, Tensor)
        check(ok, "extend should be called with an iterable, but got {}", type(values).__name__, error=TypeError)
        for value in list(values):
            self.append(value)
        return self

    def __iadd__(self, values: Iterable[Any]) -> Self:
        return self.extend(values)


class _Modules(_Listed):
    """A list of modules, from which they can be taken out."""

    def _renumber(self, modules: Iterable[Module]) -> None:
        self.__dict__["_modules"] = {str(i): module for i, module in enumerate(modules)}

    def __delitem__(self, index: Any) -> None:
        for name in self._names()[index] if isinstance(index, slice) else [self._key(index)]:
            del self._modules[name]
        self._renumber(self._modules.values())

    def insert(self, index: int, module: Module) -> Any:
        """Put a module before a position."""
        check(isinstance(module, Module), "module should be of type: {}", Module, error=AssertionError)
        check(-len(self) <= index <= len(self), "Index out of range: {}", index, error=IndexError)
        modules = list(self)
        modules.insert(index, module)
        self._renumber(modules)
        return self

    def pop(self, key: Any = -1) -> Any:
        """Take a module out, or a slice of them."""
        found = self[key]
        del self[key]
        return found


class Sequential(_Modules):
    """Modules called one after the other: `Sequential(a, b)`, or an OrderedDict with names."""

    def __init__(self, *args: Any) -> None:
        super().__init__()
        for name, module in args[0].items() if len(args) == 1 and isinstance(args[0], Mapping) else enumerate(args):
            self.add_module(str(name), module)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return super().__getitem__(index)

    def forward(self, input: Any) -> Any:
        for module in self._modules.values():
            input = module(input)
        return input

    def __add__(self, other: Any) -> Sequential:
        message = "add operator supports only objects of Sequential class, but {} is given."
        check(isinstance(other, Sequential), message, type(other), error=ValueError)
        return Sequential(*self, *other)

    def __mul__(self, other: Any) -> Sequential:
        check(isinstance(other, int), "unsupported operand for *: {}", type(other), error=TypeError)
        check(other > 0, "Non-positive multiplication factor {} for {}", other, type(self), error=ValueError)
        return Sequential(*list(self) * other)

    __rmul__ = __mul__


class ModuleList(_Modules):
    """A list of modules whose parameters count as the owner's."""

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList([*self, *other])

    def _inner_reprs(self) -> list[str]:
        lines, start = [], 0
        for shown, same in groupby(map(repr, self)):
            n = len(list(same))
            lines.append(f"({start}): {shown}" if n == 1 else f"({start}-{start + n - 1}): {n} x {shown}")
            start += n
        return lines


class _Held(Module):
    """What lists and dicts of parameters and other values share: how they print, and that nobody calls them."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f"{type(self).__name__} should not be called.")

    def extra_repr(self) -> str:
        lines, keyed = [], isinstance(self, ParameterDict)
        for key, value in self.items() if keyed else enumerate(self):
            shown = f"Object of type: {type(value).__name__}"
            if isinstance(value, Tensor):
                what = "Parameter" if isinstance(value, Parameter) else "Tensor"
                kind, size = value.type() if keyed else value.dtype, "x".join(map(str, value.shape))
                shown = f"{what} containing: [{kind} of size {size}]"
            lines.append(f"  ({key}): {shown}")
        return "\n".join(lines)


def _parameter(value: Any) -> Any:
    return Parameter(value) if isinstance(value, Tensor) and not isinstance(value, Parameter) else value


class ParameterList(_Held, _Listed):
    """A list of parameters and other values; tensors put in become parameters."""

    _size = 0

    def _names(self) -> list[str]:
        return [str(i) for i in range(self._size)]

    def append(self, value: Any) -> Self:
        """Add a value at the end."""
        self._size += 1
        self[self._size - 1] = value
        return self

    def __setitem__(self, index: int, value: Any) -> None:
        super().__setitem__(index, _parameter(value))


class _Keyed(Module, MutableMapping[str, Any]):
    """What a dict can do whose entries are attributes; `_keys` holds their names."""

    __eq__, __hash__ = Module.__eq__, Module.__hash__  # not those of a mapping: a module is equal to itself alone
    _keys: dict[str, Any]

    def __init__(self, content: Any = None) -> None:
        super().__init__()
        self.update(() if content is None else content)

    def __getitem__(self, key: str) -> Any:
        return self._keys[key]

    def __delitem__(self, key: str) -> None:
        del self._keys[key]

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def keys(self) -> Any:
        """The names."""
        return self._keys.keys()


class ModuleDict(_Keyed):
    """A dict of modules whose parameters count as the owner's."""

    @property
    def _keys(self) -> dict[str, Any]:  # type: ignore[override]
        return self._modules

    def __setitem__(self, key: str, value: Any) -> None:
        self.add_module(key, value)


class ParameterDict(_Held, _Keyed):
    """A dict of parameters and other values; tensors put in become parameters."""

    def __init__(self, parameters: Any = None) -> None:
        self.__dict__["_keys"] = {}
        super().__init__(parameters)

    def update(self, content: Any) -> None:  # type: ignore[override]
        """Add the entries of a mapping, or of pairs; those of a plain dict in the order of their names."""
        super().update(sorted(content.items()) if type(content) is dict else content)

    def __getitem__(self, key: str) -> Any:
        check(key in self._keys, "{!r} is not in this ParameterDict", key, error=KeyError)
        return getattr(self, key)

    def __setitem__(self, key: str, value: Any) -> None:
        setattr(self, key, _parameter(value))
        self._keys[key] = None

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        delattr(self, key)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """An entry, put in with the default if it is not there."""
        super().setdefault(key, default)
        return self[key]
