"""Modules that hold modules, and lists and dicts of parameters."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Self

from tinygrad_mnist.errors import check
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.tensor import Tensor


class _Listed(Module):
    """What a list can do whose entries are attributes named by their positions."""

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

    def extend(self, values: Iterable[Any]) -> Self:
        """Add entries at the end."""
        message = "{}.extend should be called with an iterable, but got {}"
        given: Any = values
        ok = isinstance(given, Iterable) and not isinstance(given, Tensor)
        check(ok, message, type(self).__name__, type(given).__name__, error=TypeError)
        for value in list(given):
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
        named = args[0].items() if len(args) == 1 and isinstance(args[0], Mapping) else enumerate(args)
        for name, module in named:
            self.add_module(str(name), module)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return super().__getitem__(index)

    def forward(self, input: Any) -> Any:
        for module in self._modules.values():
            input = module(input)
        return input

    def __iadd__(self, other: Any) -> Self:
        message = "add operator supports only objects of Sequential class, but {} is given."
        check(isinstance(other, Sequential), message, type(other), error=ValueError)
        return self.extend(other)

    def __add__(self, other: Any) -> Sequential:
        out = Sequential(*self)
        out += other
        return out

    def __imul__(self, other: Any) -> Self:
        ok = isinstance(other, int)
        check(ok, "unsupported operand type(s) for *: {} and {}", type(self), type(other), error=TypeError)
        check(other > 0, "Non-positive multiplication factor {} for {}", other, type(self), error=ValueError)
        return self.extend(list(self) * (other - 1))

    def __mul__(self, other: Any) -> Sequential:
        out = Sequential(*self)
        out *= other
        return out

    __rmul__ = __mul__


class ModuleList(_Modules):
    """A list of modules whose parameters count as the owner's."""

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList([*self, *other])

    def _inner_reprs(self) -> list[str]:
        lines, start = [], 0
        for shown, same in groupby(map(repr, self)):
            n = len(list(same))
            lines.append(f"({start}): {shown}" if n == 1 else f"({start}-{start + n - 1}): {n} x {shown}")
            start += n
        return lines


class ParameterList(_Listed):
    """A list of parameters and other values; tensors put in become parameters."""

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def _names(self) -> list[str]:
        return [str(i) for i in range(self._size)]

    def append(self, value: Any) -> Self:
        """Add a value at the end."""
        self._size += 1
        self[self._size - 1] = value
        return self

    def __setitem__(self, index: int, value: Any) -> None:
        super().__setitem__(index, _parameter(value))

    def extra_repr(self) -> str:
        return "\n".join(_shown(k, p, getattr(p, "dtype", None)) for k, p in enumerate(self))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("ParameterList should not be called.")


def _parameter(value: Any) -> Any:
    return Parameter(value) if isinstance(value, Tensor) and not isinstance(value, Parameter) else value


def _shown(name: Any, value: Any, kind: Any) -> str:
    if not isinstance(value, Tensor):
        return f"  ({name}): Object of type: {type(value).__name__}"
    what = "Parameter" if isinstance(value, Parameter) else "Tensor"
    return f"  ({name}): {what} containing: [{kind} of size {'x'.join(map(str, value.shape))}]"


class _Keyed(Module):
    """What a dict can do whose entries are attributes; `_keys` holds their names."""

    _keys: dict[str, Any]

    def __init__(self, content: Any = None) -> None:
        super().__init__()
        if content is not None:
            self.update(content)

    def update(self, content: Any) -> None:
        """Add the entries of a mapping, or of pairs."""
        name = type(self).__name__
        message = "{}.update should be called with an iterable of key/value pairs, but got {}"
        check(isinstance(content, Iterable), message, name, type(content).__name__, error=TypeError)
        for i, pair in enumerate(self._pairs(content)):
            message = "{} update sequence element #{} should be Iterable; is {}"
            check(isinstance(pair, Iterable), message, name, i, type(pair).__name__, error=TypeError)
            n = len(pair)
            check(n == 2, "{} update sequence element #{} has length {}; 2 is required", name, i, n, error=ValueError)
            self[pair[0]] = pair[1]

    def _pairs(self, content: Any) -> Any:
        return content.items() if isinstance(content, Mapping | _Keyed) else content

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

    def values(self) -> Any:
        """What is held."""
        return [self[key] for key in self._keys]

    def items(self) -> Any:
        """Names with what is held."""
        return [(key, self[key]) for key in self._keys]

    def pop(self, key: str) -> Any:
        """Take an entry out."""
        found = self[key]
        del self[key]
        return found

    def clear(self) -> None:
        """Take all entries out."""
        for key in list(self._keys):
            del self[key]


class ModuleDict(_Keyed):
    """A dict of modules whose parameters count as the owner's."""

    @property
    def _keys(self) -> dict[str, Any]:  # type: ignore[override]
        return self._modules

    def __setitem__(self, key: str, value: Any) -> None:
        self.add_module(key, value)


class ParameterDict(_Keyed):
    """A dict of parameters and other values; tensors put in become parameters."""

    def __init__(self, parameters: Any = None) -> None:
        self.__dict__["_keys"] = {}
        super().__init__(parameters)

    def _pairs(self, content: Any) -> Any:
        plain = isinstance(content, Mapping) and not isinstance(content, OrderedDict)
        return sorted(content.items()) if plain else super()._pairs(content)

    def __getitem__(self, key: str) -> Any:
        check(isinstance(key, str), "ParameterDict: {!r} cannot be used as a key: not a string", key, error=TypeError)
        return getattr(self, key)

    def __setitem__(self, key: str, value: Any) -> None:
        check(isinstance(key, str), "ParameterDict: {!r} cannot be used as a key: not a string", key, error=TypeError)
        self._keys[key] = None
        setattr(self, key, _parameter(value))

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        delattr(self, key)

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._keys)

    def copy(self) -> ParameterDict:
        """Another dict of the same parameters."""
        return ParameterDict(OrderedDict(self.items()))

    def get(self, key: str, default: Any = None) -> Any:
        """An entry, or the default."""
        return self[key] if key in self._keys else default

    def setdefault(self, key: str, default: Any = None) -> Any:
        """An entry, put in with the default if it is not there."""
        if key not in self:
            self[key] = default
        return self[key]

    def popitem(self) -> tuple[str, Any]:
        """Take the last entry out, with its name."""
        key = next(reversed(self))
        return key, self.pop(key)

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """A new dict with the default under each key."""
        return ParameterDict([(key, default) for key in keys])

    def __ior__(self, other: Any) -> Self:
        self.update(other)
        return self

    def __or__(self, other: Any) -> ParameterDict:
        out = self.copy()
        out |= other
        return out

    def __ror__(self, other: Any) -> ParameterDict:
        out: ParameterDict = other.copy()
        out.update(self)
        return out

    def extra_repr(self) -> str:
        return "\n".join(_shown(k, p, p.type() if isinstance(p, Tensor) else None) for k, p in self.items())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("ParameterDict should not be called.")
