"""Modules that hold modules, and lists and dicts of parameters."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Iterable, Iterator, KeysView, Mapping, MutableMapping
from itertools import groupby
from typing import Any, Self, overload

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.state import Changes
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter

__all__ = ["ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential"]


def _check_iterable(values: Any) -> None:
    ok = isinstance(values, Iterable) and not isinstance(values, Tensor)
    message = "extend should be called with an iterable, but got {}"
    check(ok, message, type(values).__name__, error=TypeError)


def _name_at(names: list[str], index: Any) -> str:
    """The name at a position, counted from the end if it is negative."""
    place = operator.index(index)
    check(-len(names) <= place < len(names), "index {} is out of range", index, error=IndexError)
    return names[place]


# lists of modules ----------------------------------------------------------------------------


class _ModuleSequence(Module):
    """What a list of modules can do, whose names are their positions."""

    def __setitem__(self, index: int, value: Module) -> None:
        setattr(self, _name_at(list(self._modules), index), value)

    def __delitem__(self, index: int | slice) -> None:
        names = list(self._modules)
        unwanted = names[index] if isinstance(index, slice) else [_name_at(names, index)]
        for name in unwanted:
            del self._modules[name]
            Changes.count += 1
        self._renumber(self._modules.values())

    def _renumber(self, modules: Iterable[Any]) -> None:
        self.__dict__["_modules"] = {str(i): module for i, module in enumerate(modules)}

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._modules.values()))

    def append(self, module: Module) -> Self:
        """Add a module at the end.

        Args:
            module: the module.

        Returns:
            This list.
        """
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add modules at the end.

        Args:
            modules: the modules.

        Returns:
            This list.

        Raises:
            TypeError: if they are not iterable.
        """
        _check_iterable(modules)
        for module in list(modules):
            self.append(module)
        return self

    def __iadd__(self, modules: Iterable[Module]) -> Self:
        return self.extend(modules)

    def _insert(self, index: int, module: Module) -> None:
        within = -len(self) <= index <= len(self)
        check(within, "Index out of range: {}", index, error=IndexError)
        modules = list(self)
        modules.insert(index, module)
        self._renumber(modules)


class Sequential(_ModuleSequence):
    """Modules called one after the other.

    Args:
        args: the modules, or an OrderedDict that names them.

    Shape:
        Input as of the first module; output as of the last.

    Example:
        >>> net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
        >>> net(torch.ones(5, 3)).shape
        torch.Size([5, 2])
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        named: Iterable[tuple[Any, Any]] = enumerate(args)
        if len(args) == 1 and isinstance(args[0], Mapping):
            named = args[0].items()
        for name, module in named:
            self.add_module(str(name), module)

    @overload
    def __getitem__(self, index: slice) -> Self: ...
    @overload
    def __getitem__(self, index: int) -> Module: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return self._modules[_name_at(list(self._modules), index)]

    def forward(self, input: Any) -> Any:
        """What the last module gives.

        Args:
            input: what the first module is called with.
        """
        for module in self._modules.values():
            input = module(input)  # type: ignore[misc]
        return input

    def insert(self, index: int, module: Module) -> Self:
        """Put a module before a position.

        Args:
            index: the position.
            module: the module.

        Returns:
            This Sequential.

        Raises:
            IndexError: if there is no such position.
            AssertionError: if it is no module.
        """
        fine = isinstance(module, Module)
        check(fine, "module should be of type: {}", Module, error=AssertionError)
        self._insert(index, module)
        return self

    def extend(self, sequential: Iterable[Module]) -> Self:
        """Add modules at the end.

        Args:
            sequential: the modules.

        Returns:
            This Sequential.

        Raises:
            TypeError: if they are not iterable.
        """
        return super().extend(sequential)

    def pop(self, key: int | slice = -1) -> Any:
        """Take a module out.

        Args:
            key: its position, or a slice of them.

        Returns:
            What was taken out.
        """
        found = self[key]
        del self[key]
        return found

    def __add__(self, other: Sequential) -> Sequential:
        message = "add operator supports only objects of Sequential class, but {} is given."
        check(isinstance(other, Sequential), message, type(other), error=ValueError)
        return Sequential(*self, *other)

    def __mul__(self, other: int) -> Sequential:
        message = "unsupported operand for *: {}"
        check(isinstance(other, int), message, type(other), error=TypeError)
        message = "Non-positive multiplication factor {} for {}"
        check(other > 0, message, other, type(self), error=ValueError)
        return Sequential(*list(self) * other)

    __rmul__ = __mul__


class ModuleList(_ModuleSequence):
    """A list of modules whose parameters count as the owner's.

    Args:
        modules: the modules.

    Example:
        >>> layers = nn.ModuleList([nn.Linear(3, 3) for _ in range(2)])
        >>> layers.append(nn.ReLU())
        ModuleList(
          (0-1): 2 x Linear(in_features=3, out_features=3, bias=True)
          (2): ReLU()
        )
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    @overload
    def __getitem__(self, index: slice) -> Self: ...
    @overload
    def __getitem__(self, index: int) -> Module: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(list(self._modules.values())[index])  # type: ignore[arg-type]
        return self._modules[_name_at(list(self._modules), index)]

    def pop(self, key: int | slice = -1) -> Any:
        """Take a module out.

        Args:
            key: its position, or a slice of them.

        Returns:
            What was taken out.
        """
        found = self[key]
        del self[key]
        return found

    def insert(self, index: int, module: Module) -> None:
        """Put a module before a position.

        Args:
            index: the position.
            module: the module.

        Raises:
            IndexError: if there is no such position.
        """
        self._insert(index, module)

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList([*self, *other])

    def _inner_reprs(self) -> list[str]:
        """The modules, those that print alike together."""
        lines = []
        start = 0
        for shown, same in groupby(repr(module) for module in self):
            count = len(list(same))
            if count == 1:
                lines.append(f"({start}): {shown}")
            else:
                lines.append(f"({start}-{start + count - 1}): {count} x {shown}")
            start += count
        return lines


# lists of parameters -------------------------------------------------------------------------


def _as_parameter(value: Any) -> Any:
    """A tensor as a parameter, anything else as it is."""
    if isinstance(value, Tensor) and not isinstance(value, Parameter):
        return Parameter(value)
    return value


def _shown_value(value: Any, dtype: Any) -> str:
    """How the repr of a list or dict of parameters shows a value."""
    if not isinstance(value, Tensor):
        return f"Object of type: {type(value).__name__}"
    kind = "Parameter" if isinstance(value, Parameter) else "Tensor"
    size = "x".join(str(n) for n in value.shape)
    return f"{kind} containing: [{dtype} of size {size}]"


class ParameterList(Module):
    """A list of parameters and other values; tensors put in become parameters.

    Args:
        values: the values.

    Example:
        >>> weights = nn.ParameterList([torch.ones(2), torch.ones(3)])
        >>> [name for name, _ in weights.named_parameters()]
        ['0', '1']
    """

    _size = 0

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        if values is not None:
            self.extend(values)

    def _names(self) -> list[str]:
        return [str(i) for i in range(self._size)]

    @overload
    def __getitem__(self, index: slice) -> Self: ...
    @overload
    def __getitem__(self, index: int) -> Any: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)([getattr(self, name) for name in self._names()[index]])
        return getattr(self, _name_at(self._names(), index))

    def __setitem__(self, index: int, value: Any) -> None:
        setattr(self, _name_at(self._names(), index), _as_parameter(value))

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Any]:
        return iter([getattr(self, name) for name in self._names()])

    def append(self, value: Any) -> Self:
        """Add a value at the end.

        Args:
            value: the value.

        Returns:
            This list.
        """
        self._size += 1
        self[self._size - 1] = value
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """Add values at the end.

        Args:
            values: the values.

        Returns:
            This list.

        Raises:
            TypeError: if they are not iterable, or a tensor.
        """
        _check_iterable(values)
        for value in list(values):
            self.append(value)
        return self

    def __iadd__(self, values: Iterable[Any]) -> Self:
        return self.extend(values)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f"{type(self).__name__} should not be called.")

    def extra_repr(self) -> str:
        """The values, one on a line.

        Returns:
            The lines as text.
        """
        lines = []
        for i, value in enumerate(self):
            dtype = getattr(value, "dtype", None)
            lines.append(f"  ({i}): {_shown_value(value, dtype)}")
        return "\n".join(lines)


# dicts ---------------------------------------------------------------------------------------


class ModuleDict(Module, MutableMapping[str, Any]):
    """A dict of modules whose parameters count as the owner's.

    Args:
        modules: a mapping of names to modules, or pairs of both.

    Example:
        >>> layers = nn.ModuleDict({"up": nn.Linear(2, 4), "down": nn.Linear(4, 2)})
        >>> list(layers), layers["up"].out_features
        (['up', 'down'], 4)
    """

    __eq__ = Module.__eq__  # not those of a mapping: a module is equal to itself alone
    __hash__ = Module.__hash__

    def __init__(self, modules: Any = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key: str) -> Any:
        return self._modules[key]

    def __setitem__(self, key: str, value: Module | None) -> None:
        self.add_module(key, value)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]
        Changes.count += 1

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: object) -> bool:
        return key in self._modules

    def update(self, modules: Any) -> None:  # type: ignore[override]
        """Add entries.

        Args:
            modules: a mapping of names to modules, or pairs of both.
        """
        super().update(modules)

    def keys(self) -> KeysView[str]:
        """The names.

        Returns:
            A view of them.
        """
        return self._modules.keys()


class ParameterDict(Module, MutableMapping[str, Any]):
    """A dict of parameters and other values; tensors put in become parameters.

    Args:
        parameters: a mapping of names to values, or pairs of both.

    Example:
        >>> weights = nn.ParameterDict({"scale": torch.ones(2)})
        >>> weights["scale"]
        Parameter containing:
        tensor([1., 1.], requires_grad=True)
    """

    __eq__ = Module.__eq__  # not those of a mapping: a module is equal to itself alone
    __hash__ = Module.__hash__
    _keys: dict[str, None]  # the names, in order

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        self._keys = {}
        if parameters is not None:
            self.update(parameters)

    def update(self, parameters: Any) -> None:  # type: ignore[override]
        """Add entries.

        Args:
            parameters: a mapping, or pairs; those of a plain dict are added in the order of their
                names.
        """
        if type(parameters) is dict:
            parameters = sorted(parameters.items())
        super().update(parameters)

    def __getitem__(self, key: str) -> Any:
        check(key in self._keys, "{!r} is not in this ParameterDict", key, error=KeyError)
        return getattr(self, key)

    def __setitem__(self, key: str, value: Any) -> None:
        setattr(self, key, _as_parameter(value))
        self._keys[key] = None

    def __delitem__(self, key: str) -> None:
        del self._keys[key]
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def keys(self) -> KeysView[str]:
        """The names.

        Returns:
            A view of them.
        """
        return self._keys.keys()

    def copy(self) -> ParameterDict:
        """Another ParameterDict with the same values.

        Returns:
            The ParameterDict.
        """
        return ParameterDict(OrderedDict(self.items()))

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """Another ParameterDict with one value under several names.

        Args:
            keys: the names.
            default: the value.

        Returns:
            The ParameterDict.
        """
        return ParameterDict(OrderedDict((key, default) for key in keys))

    def __or__(self, other: Mapping[str, Any]) -> ParameterDict:
        made = self.copy()
        made.update(other)
        return made

    def __ror__(self, other: Mapping[str, Any]) -> ParameterDict:
        made = ParameterDict(other)
        made.update(self)
        return made

    def __ior__(self, other: Mapping[str, Any]) -> Self:
        self.update(other)
        return self

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._keys)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """An entry, put in if it is not there.

        Args:
            key: its name.
            default: the value that is put in.

        Returns:
            The value.
        """
        if key not in self:
            self[key] = default
        return self[key]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f"{type(self).__name__} should not be called.")

    def extra_repr(self) -> str:
        """The values, one on a line.

        Returns:
            The lines as text.
        """
        lines = []
        for key, value in self.items():
            dtype = value.type() if isinstance(value, Tensor) else None
            lines.append(f"  ({key}): {_shown_value(value, dtype)}")
        return "\n".join(lines)
