"""The reader of what a .pt file holds: pickle's language without the power to run code.

Pickle lets a file name any function and have it called. This reader knows the names in its tables
and no other, looks at the arguments before it calls one of them, and gives objects their state
itself, so that nothing that the file planted is ever called. What a file says about sizes is
compared with what it holds before memory is taken.
"""

from __future__ import annotations

import io
import math
import pathlib
import pickle
import re
import struct
import sys
import zipfile
from argparse import Namespace
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone
from types import FunctionType
from typing import Any, ClassVar

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.device import device
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Array, Size, Tensor, wrap
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter

__all__ = [
    "PLAIN_KINDS",
    "STORAGES",
    "Reader",
    "SerializationError",
    "is_of_the_program",
    "widened",
]

STORAGES: dict[str, Any] = {
    "FloatStorage": np.float32,
    "DoubleStorage": np.float64,
    "HalfStorage": np.float16,
    "LongStorage": np.int64,
    "IntStorage": np.int32,
    "ShortStorage": np.int16,
    "CharStorage": np.int8,
    "ByteStorage": np.uint8,
    "BoolStorage": np.bool_,
}
"""PyTorch's name of a vector of elements in memory, and NumPy's type of the elements."""

PLAIN_KINDS = "biufcSU"
"""Of NumPy's elements: numbers and text, no objects."""


class SerializationError(RuntimeError, pickle.UnpicklingError):
    """A file that cannot be read: one line with the file, what is in it and what was wanted."""


# makers: what a file may have called ---------------------------------------------------------


def widened(bits: Array) -> Array:
    """The numbers in the bits of bfloat16: exactly those float32 whose lower half is zero.

    Args:
        bits: uint16.

    Returns:
        float32, of the same shape.
    """
    wide: Array = (bits.astype(np.uint32) << 16).view(np.float32)
    return wide


def _rebuild_tensor(
    storage: Tensor,
    offset: int,
    size: Sequence[int],
    stride: Sequence[int],
    requires_grad: bool,
    *rest: Any,
) -> Tensor:
    """A tensor over a part of a storage's memory; it shares the storage's version counter."""
    _check_tensor(storage)
    memory = storage.array
    sizes_are_plain = isinstance(size, list | tuple) and isinstance(stride, list | tuple)
    plain = sizes_are_plain and all(type(each) is int for each in (offset, *size, *stride))
    check(plain, "load: a tensor's place and shape must be whole numbers", error=SerializationError)
    shape = tuple(size)
    last = 0  # the place of the last element
    if 0 not in shape:
        last = offset + sum((n - 1) * step for n, step in zip(shape, stride, strict=True))
    inside = offset >= 0 and min((*shape, *stride), default=0) >= 0 and last < max(memory.size, 1)
    message = "load: a tensor of shape {} reaches beyond its {} elements"
    check(inside, message, shape, memory.size, error=SerializationError)
    out = storage.detach()
    if memory.size:
        strides = [step * memory.itemsize for step in stride]
        out.array = np.ndarray(shape, memory.dtype, memory, offset * memory.itemsize, strides)
    else:
        out.array = memory.reshape(shape)
    if requires_grad is True and out.is_floating_point():
        out.requires_grad_()
    return out


def _rebuild_tensor_of_dtype(*how: Any) -> Tensor:
    """What PyTorch writes for elements that have no storage of their own: none that NumPy has."""
    raise TypeError("elements of another type")


def _rebuild_parameter(data: Tensor, requires_grad: bool, hooks: Any, state: Any = None) -> Tensor:
    _check_tensor(data)
    return Parameter(data, bool(requires_grad))


def _check_tensor(data: Any) -> None:
    message = "load: a tensor is made of a {}, wanted elements in memory"
    check(isinstance(data, Tensor), message, type(data).__name__, error=SerializationError)


def _encode(text: str, encoding: str = "latin1") -> bytes:
    """How pickle's protocol 2 has bytes: as text, a character for each."""
    return text.encode("latin1")


def _bytes(*content: Any) -> bytes:
    """Bytes, of bytes, of text and its encoding, or of a list; never of a number of zeros."""
    if content and isinstance(content[0], str):
        return content[0].encode("latin1")
    return bytes(*content)


def _bytearray(*content: Any) -> bytearray:
    return bytearray(_bytes(*content))


def _empty_array(*how: Any) -> Array:
    """An array to be filled by its state."""
    return np.zeros(0)


_DTYPE_NAME = re.compile(rf"[<>=|]?(\?|[{PLAIN_KINDS}]\d{{0,9}})")


def _rebuild_dtype(name: Any, *how: Any) -> np.dtype[Any]:
    """NumPy's dtype of a name, an object of its own.

    Of its state only the order of bytes is read, as its flags could make pointers of bytes.
    """
    plain = isinstance(name, str) and _DTYPE_NAME.fullmatch(name)
    message = "load: an array's elements must be numbers or text, got {}"
    check(plain, message, name, error=SerializationError)
    return np.dtype(name, copy=True)


def _elements(content: Any, kind: Any, count: int | None = None) -> Array:
    """The elements in bytes, of which there must be so many.

    Args:
        content: bytes, all of them.
        kind: the dtype.
        count: how many. Default: as many as the bytes make.
    """
    plain = isinstance(kind, np.dtype) and kind.kind in PLAIN_KINDS
    message = "load: an array's elements must be numbers or text, got {}"
    check(plain, message, kind, error=SerializationError)
    fits = isinstance(content, bytes | bytearray)
    if count is not None:
        fits = fits and len(content) == count * kind.itemsize
    check(fits, "load: an array has too few or too many bytes", error=SerializationError)
    if not kind.itemsize:
        return np.zeros(count or 0, kind)
    return np.frombuffer(content, kind)


def _rebuild_scalar(kind: Any, content: Any) -> Any:
    return _elements(content, kind, 1)[0]


def _rebuild_from_buffer(content: Any, kind: Any, shape: Any, order: Any) -> Array:
    """How pickle's protocol 5 has arrays."""
    count = _count(shape)
    return _elements(content, kind, count).reshape(shape, order=order).copy(order="K")


def _count(shape: Any) -> int:
    plain = isinstance(shape, tuple) and all(type(n) is int and n >= 0 for n in shape)
    message = "load: an array's shape must be whole numbers, got {}"
    check(plain, message, shape, error=SerializationError)
    return math.prod(shape)


def _path(*parts: str) -> pathlib.PurePath:
    """A path of this system, whichever system wrote it."""
    return pathlib.Path(*parts)


_PATHS: dict[str, Any] = {
    "Path": _path,
    "PosixPath": _path,
    "WindowsPath": _path,
    "PurePath": pathlib.PurePath,
    "PurePosixPath": pathlib.PurePosixPath,
    "PureWindowsPath": pathlib.PureWindowsPath,
}
if sys.platform != "win32":
    _PATHS["WindowsPath"] = pathlib.PureWindowsPath

# tables: the names that a file may mention ---------------------------------------------------


def _builtins(*kinds: Any) -> dict[str, Any]:
    """Python's own types, under the names that Python 3 and Python 2 have for their module."""
    names = {}
    for module in ("builtins", "__builtin__"):
        for kind in kinds:
            names[f"{module}.{kind.__name__}"] = kind
    return names


def _of_numpy() -> dict[str, Any]:
    """What NumPy's pickled arrays and numbers begin with, in version 1 and 2."""
    names: dict[str, Any] = {"numpy.ndarray": _empty_array, "numpy.dtype": _rebuild_dtype}
    for core in ("numpy.core", "numpy._core"):
        names[f"{core}.multiarray._reconstruct"] = _empty_array
        names[f"{core}.multiarray.scalar"] = _rebuild_scalar
        names[f"{core}.numeric._frombuffer"] = _rebuild_from_buffer
    for code in "?bhilqBHILQefdFD":
        kind = np.dtype(code).type
        names[f"numpy.{kind.__name__}"] = kind
    names["numpy.bool_"] = np.bool_  # its name before version 2
    return names


class _Elsewhere:
    """A type of elements that only PyTorch has.

    Args:
        name: as PyTorch calls it.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"


_BFLOAT16_STORAGE = _Elsewhere("BFloat16Storage")
_CONTAINERS = (list, tuple, dict, set, frozenset, deque)
_READ_ALWAYS: dict[str, Any] = {
    "collections.OrderedDict": OrderedDict,
    "collections.Counter": Counter,
    "collections.deque": deque,
    "_codecs.encode": _encode,
    "torch.Size": Size,
    "torch.device": device,
    "torch._utils._rebuild_tensor_v2": _rebuild_tensor,
    "torch._utils._rebuild_tensor_v3": _rebuild_tensor_of_dtype,
    "torch._utils._rebuild_parameter": _rebuild_parameter,
    "torch._utils._rebuild_parameter_with_state": _rebuild_parameter,
    **_builtins(set, frozenset, complex, slice, range, int, float, bool, str),
    "builtins.bytearray": _bytearray,
    "__builtin__.bytearray": _bytearray,
    "builtins.bytes": _bytes,
    "__builtin__.bytes": _bytes,
    "__builtin__.xrange": range,
    "__builtin__.long": int,
    "__builtin__.unicode": str,
    "builtins.Ellipsis": ...,
    "__builtin__.Ellipsis": ...,
    "datetime.date": date,
    "datetime.datetime": datetime,
    "datetime.time": time,
    "datetime.timedelta": timedelta,
    "datetime.timezone": timezone,
    **{f"pathlib.{name}": path for name, path in _PATHS.items()},
    **{f"pathlib._local.{name}": path for name, path in _PATHS.items()},  # Python 3.13's name
    **_of_numpy(),
    **{f"torch.{name}": np.dtype(kind) for name, kind in STORAGES.items()},
    "torch.BFloat16Storage": _BFLOAT16_STORAGE,
    **{f"torch.{each.name}": each for each in (*dtypes.DTYPES, dtypes.bfloat16)},
}
"""The names that a file may mention, and what they stand for."""

_READ_WITH_MODULES: dict[str, Any] = {
    **_READ_ALWAYS,
    "argparse.Namespace": Namespace,
    "collections.defaultdict": defaultdict,
    **_builtins(list, dict),
}
"""The same for `weights_only=False`, beside the program's own modules."""

_ANYTHING = (object,)
_CALLABLE: dict[Any, tuple[Any, ...]] = {
    **dict.fromkeys((OrderedDict, Counter, set, frozenset, list, dict), _CONTAINERS),
    deque: (*_CONTAINERS, int),
    defaultdict: (*_CONTAINERS, type, type(None)),
    Size: (list, tuple),
    device: (str, int),
    complex: (int, float),
    int: (int, float, str),
    float: (int, float, str),
    range: (int,),
    slice: _ANYTHING,
    Namespace: (),
    **dict.fromkeys((date, datetime, time), (int, bytes, str, timezone)),
    timedelta: (int, float),
    timezone: (timedelta, str),
    **dict.fromkeys(_PATHS.values(), (str,)),
    _encode: (str,),
    **dict.fromkeys((_bytes, _bytearray), (bytes, bytearray, list, str)),
    _rebuild_parameter: _ANYTHING,
    _rebuild_tensor: _ANYTHING,
    _rebuild_tensor_of_dtype: _ANYTHING,
    _empty_array: _ANYTHING,
    _rebuild_dtype: _ANYTHING,
    _rebuild_scalar: _ANYTHING,
    _rebuild_from_buffer: _ANYTHING,
}
"""Of those, what may be called, and of which types its arguments must be."""

_FACTORIES = (list, dict, int, float, set, str, OrderedDict, Counter, None)
"""What a defaultdict may have for a default."""

_ONLY_IN_TORCH = re.compile(
    r"(Complex\w*|QU?Int\w*|UInt\d+|BFloat16|Float8\w*|Untyped)Storage"
    r"|(float[48]_?\w*|complex\d+|uint\d+|int\d+|q\w*int\w*|bits\w+)"
)
_COMPUTING = ("tinygrad_mnist.nn.functional.", "tinygrad_mnist.ops.")
"""Where the functions are that a module may hold as an attribute."""


def is_of_the_program(obj: Any) -> bool:
    """Whether it is a class of modules or a function of tensors: files may name those, too.

    Args:
        obj: any object.
    """
    if isinstance(obj, FunctionType):
        return obj.__module__.startswith(_COMPUTING)
    return isinstance(obj, type) and issubclass(obj, Module)


def _found_in_program(module: str, name: str) -> Any:
    """What the running program has under a dotted name, of what `is_of_the_program`; or None."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, "__dict__", {}).get(part)
    return found if is_of_the_program(found) else None


# the reader ----------------------------------------------------------------------------------

_Unpickler: Any = pickle._Unpickler  # in Python, so that it can be told what to call
_DICTS = (dict, OrderedDict, Counter, defaultdict)
_LARGE = 2**28  # bytes of a record, beyond which it may not be squeezed much
_SQUEEZED = 50  # times smaller
_KEY_PARTS = 10_000  # of a tuple that is hashed: each is visited, as often as it occurs


class Reader(_Unpickler):  # type: ignore[misc]
    """Pickle's language, with no other names than those in the tables.

    Args:
        archive: the .pt file.
        file: its name, for messages.
        modules: whether the program's modules, and what is in them, are read too.
    """

    dispatch: ClassVar[dict[Any, Any]] = dict(_Unpickler.dispatch)

    def __init__(self, archive: zipfile.ZipFile, file: str, modules: bool) -> None:
        self.archive = archive
        self.file = file
        self.modules = modules
        self.known = _READ_ALWAYS
        self.stateful: Any = (OrderedDict, np.ndarray, np.dtype)
        if modules:
            self.known = _READ_WITH_MODULES
            self.stateful = (*self.stateful, Module, Namespace)
        self.storages: dict[str, Tensor] = {}
        names = archive.namelist()
        entry = self._entry(names)
        self.folder = entry.removesuffix("data.pkl")
        self.byte_order: Any = "<"
        if self.folder + "byteorder" in names:
            little = self._record("byteorder") == b"little"
            self.byte_order = "<" if little else ">"
        super().__init__(io.BytesIO(self._record("data.pkl")))

    def _entry(self, names: list[str]) -> str:
        """The record with the pickled containers."""
        scripted = any(each.endswith("constants.pkl") for each in names)
        message = "load: {} is a TorchScript archive, a program for PyTorch's own interpreter"
        check(not scripted, message, self.file, error=SerializationError)
        entries = [each for each in names if each.endswith("/data.pkl") or each == "data.pkl"]
        message = "load: {} holds no data.pkl, so PyTorch did not write it"
        check(entries, message, self.file, error=SerializationError)
        (entry,) = entries
        return entry

    def _record(self, name: str, most: int | None = None) -> bytes:
        """The content of a record, which is as long as the archive says, and not beyond `most`."""
        info = self.archive.getinfo(self.folder + name)
        message = "load: {}: the record {} has {} bytes, wanted {}"
        fits = most is None or info.file_size <= most
        check(fits, message, self.file, name, info.file_size, most, error=SerializationError)
        squeezed = info.file_size > _LARGE and info.file_size > _SQUEEZED * info.compress_size
        message = "load: {}: the record {} says that it grows from {} to {} bytes, which is refused"
        sizes = (info.compress_size, info.file_size)
        check(not squeezed, message, self.file, name, *sizes, error=SerializationError)
        with self.archive.open(info) as record:
            return record.read(info.file_size)  # a number keeps zlib from unpacking more

    def _refuse_unless(self, allowed: Any, verb: str, what: Any) -> None:
        message = "load: {} wants to {} {}, which is refused"
        check(allowed, message, self.file, verb, what, error=SerializationError)

    # names and calls

    def find_class(self, module: str, name: str) -> Any:
        """What a name that the file mentions stands for.

        Args:
            module: where it is defined.
            name: dotted where it is inside a class.

        Raises:
            SerializationError: if it is in no table.
        """
        found = self.known.get(f"{module}.{name}")
        in_torch = module in ("torch", "torch.storage")
        if found is None and in_torch and _ONLY_IN_TORCH.fullmatch(name):
            return _Elsewhere(name)
        if found is None and self.modules:
            found = _found_in_program(module, name)
        message = (
            "load: {} wants {}.{}, which is refused: only tensors and plain containers are read{}"
        )
        more = "; weights_only=False reads modules, too"
        if self.modules:
            more = ", and the program's own modules"
        check(found is not None, message, self.file, module, name, more, error=SerializationError)
        return found

    def _refuse_elements(self, kind: Any) -> None:
        """Refuse a tensor of elements that only PyTorch has, by its key where that can be seen."""
        where = "a tensor"
        for stack in (*self.metastack, self.stack):
            for each in stack:
                if isinstance(each, str):
                    where = f"the tensor {each!r}"
        message = f"load: {self.file} holds {where} with elements of {kind}, which are not read"
        raise SerializationError(message)

    def _check_call(self, function: Any, arguments: Any) -> None:
        """Only what stands in the tables may be called, and only with what it is made for."""
        allowed = any(function is each for each in self.known.values())
        name = getattr(function, "__name__", function)
        kinds = _CALLABLE.get(function) if allowed and callable(function) else None
        self._refuse_unless(kinds is not None, "call", name)
        fits = isinstance(arguments, tuple) and all(isinstance(x, kinds or ()) for x in arguments)
        self._refuse_unless(fits, f"call {name} with", "other arguments")
        if function is defaultdict and arguments:
            known = any(arguments[0] is each for each in _FACTORIES)
            self._refuse_unless(known, "make a defaultdict of", "another type")
        if function in (set, frozenset, Counter, OrderedDict, dict):
            for container in arguments:
                self._check_keys(container)

    def _check_keys(self, keys: Any) -> None:
        """No key may be a tuple of tuples of tuples that would take for ever to hash."""
        for key in keys:
            parts = [key] if isinstance(key, tuple | frozenset) else []
            seen = 0
            while parts:
                inner = parts.pop()
                seen += len(inner)
                self._refuse_unless(seen < _KEY_PARTS, "use as a key", "a very large tuple")
                parts += [each for each in inner if isinstance(each, tuple | frozenset)]

    def _instantiate(self, klass: Any, args: Any) -> None:
        self._check_call(klass, tuple(args))
        super()._instantiate(klass, args)

    def load_reduce(self) -> None:
        function, arguments = self.stack[-2:]
        if function is _rebuild_tensor_of_dtype:
            self._refuse_elements(arguments[6])
        self._check_call(function, arguments)
        super().load_reduce()

    def load_newobj(self) -> None:
        """Make an object that its state will fill, of modules and the like, without arguments."""
        kind, arguments = self.stack[-2:]
        del self.stack[-2:]
        self.append(self._new(kind, arguments))

    def load_newobj_ex(self) -> None:
        kind, arguments, named = self.stack[-3:]
        self._refuse_unless(not named, "make an object with", "named arguments")
        del self.stack[-3:]
        self.append(self._new(kind, arguments))

    # what fills containers

    def load_build(self) -> None:
        """Give an object its state, where it is of a kind that has one."""
        owner, state = self.stack[-2:]
        self._refuse_unless(isinstance(owner, self.stateful), "change a", type(owner).__name__)
        self.stack.pop()
        if isinstance(owner, np.dtype):
            self._order_bytes(owner, state)
        elif isinstance(owner, np.ndarray):
            _version, shape, kind, in_columns, content = state
            _elements(content, kind, _count(shape))
            checked: Any = (1, shape, kind, bool(in_columns), bytes(content))
            owner.__setstate__(checked)
        else:
            plain = isinstance(state, dict) and all(type(key) is str for key in state)
            self._refuse_unless(plain, f"give a {type(owner).__name__}", "a state that is no dict")
            for key in state:
                special = key.startswith("__") and key.endswith("__")
                self._refuse_unless(not special, f"set {key} of a", type(owner).__name__)
            vars(owner).update(state)

    def _order_bytes(self, kind: np.dtype[Any], state: Any) -> None:
        """Put a dtype of the other order of bytes in the place of one that was just made."""
        own = all(kind is not each for each in self.known.values())
        self._refuse_unless(own, "change a", type(kind).__name__)
        order = state[1]
        self._refuse_unless(order in ("|", "=", "<", ">"), "order bytes by", order)
        native = "<" if sys.byteorder == "little" else ">"
        if order in ("|", "=", native):
            return
        ordered = kind.newbyteorder(order)
        self.stack[-1] = ordered
        for key, each in self.memo.items():
            if each is kind:
                self.memo[key] = ordered

    def _new(self, kind: Any, arguments: Any) -> Any:
        plain = isinstance(kind, type) and arguments == ()
        known = plain and self.modules and (kind is Namespace or issubclass(kind, Module))
        self._refuse_unless(known, "make a", getattr(kind, "__name__", kind))
        return object.__new__(kind)

    def load_append(self) -> None:
        value = self.stack.pop()
        self._refuse_unless(type(self.stack[-1]) in (list, deque), "append to what is", "no list")
        self.stack[-1].append(value)

    def load_appends(self) -> None:
        values = self.pop_mark()
        self._refuse_unless(type(self.stack[-1]) in (list, deque), "append to what is", "no list")
        self.stack[-1].extend(values)

    def load_setitem(self) -> None:
        self._set_items(self.stack[-3], self.stack[-2:])
        del self.stack[-2:]

    def load_setitems(self) -> None:
        values = self.pop_mark()
        self._set_items(self.stack[-1], values)

    def _set_items(self, target: Any, values: list[Any]) -> None:
        self._refuse_unless(type(target) in _DICTS, "set items of what is", "no dict")
        self._check_keys(values[::2])
        for key, value in zip(values[::2], values[1::2], strict=True):
            target[key] = value

    def load_dict(self) -> None:
        values = self.pop_mark()
        found: dict[Any, Any] = {}
        self._set_items(found, values)
        self.append(found)

    def load_additems(self) -> None:
        values = self.pop_mark()
        self._refuse_unless(type(self.stack[-1]) is set, "add items to what is", "no set")
        self._check_keys(values)
        self.stack[-1].update(values)

    def load_frozenset(self) -> None:
        values = self.pop_mark()
        self._check_keys(values)
        self.append(frozenset(values))

    def load_bytearray8(self) -> None:
        """As pickle's, which takes memory before it looks how much there is to read."""
        (length,) = struct.unpack("<Q", self.read(8))
        content = self.read(min(length, sys.maxsize))
        self._refuse_unless(len(content) == length, "read more bytes than", "there are")
        self.append(bytearray(content))

    dispatch[pickle.REDUCE[0]] = load_reduce
    dispatch[pickle.BUILD[0]] = load_build
    dispatch[pickle.NEWOBJ[0]] = load_newobj
    dispatch[pickle.NEWOBJ_EX[0]] = load_newobj_ex
    dispatch[pickle.APPEND[0]] = load_append
    dispatch[pickle.APPENDS[0]] = load_appends
    dispatch[pickle.SETITEM[0]] = load_setitem
    dispatch[pickle.SETITEMS[0]] = load_setitems
    dispatch[pickle.DICT[0]] = load_dict
    dispatch[pickle.ADDITEMS[0]] = load_additems
    dispatch[pickle.FROZENSET[0]] = load_frozenset
    dispatch[pickle.BYTEARRAY8[0]] = load_bytearray8

    # tensors

    def persistent_load(self, pid: Any) -> Any:
        """A storage: the elements of a record of the archive, read once.

        Args:
            pid: "storage", the type of the elements, the record's name, a place and their number.

        Raises:
            SerializationError: if it is something else, or the record has another size.
        """
        kind, elements_kind, key, _place, count = pid[:5]
        is_bfloat16 = elements_kind is _BFLOAT16_STORAGE
        storages = [self.known[f"torch.{name}"] for name in STORAGES]
        plain = is_bfloat16 or any(elements_kind is each for each in storages)
        if kind == "storage" and isinstance(elements_kind, _Elsewhere) and not is_bfloat16:
            if elements_kind.name != "UntypedStorage":
                self._refuse_elements(elements_kind)
            return elements_kind  # the tensor that is made of it names its elements
        message = "load: {} holds a {!r}, wanted only storages of tensors"
        check(kind == "storage" and plain, message, self.file, kind, error=SerializationError)
        counted = type(count) is int and count >= 0 and isinstance(key, str)
        check(counted, "load: {} has a storage of no size", self.file, error=SerializationError)
        if key not in self.storages:
            dtype = np.dtype(np.uint16) if is_bfloat16 else elements_kind
            content = self._record(f"data/{key}", count * dtype.itemsize)
            elements = np.frombuffer(content, dtype.newbyteorder(self.byte_order)).astype(dtype)
            self.storages[key] = wrap(widened(elements) if is_bfloat16 else elements)
        return self.storages[key]
