"""save and load: PyTorch's own files without running a line of pickled code, and safetensors.

A .pt file is a zip archive: `data.pkl` describes nested containers in pickle's language and names,
where a tensor stands, the record in `data/` with its elements. `load` reads that language with a
reader that knows tensors and plain containers and refuses every other name; `save` writes what
`torch.load(weights_only=True)` reads. Tensors that share memory share it again when they are
loaded.

With `weights_only=False` the reader knows some more: NumPy's arrays of numbers and text,
`argparse.Namespace`, and modules of the classes that the running program has already. Modules get
their attributes back without a call of their constructors; what the file can have called are the
makers of tensors, arrays and containers in the tables below.
Format: https://docs.pytorch.org/docs/stable/notes/serialization.html.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import pickle
import sys
import zipfile
from argparse import Namespace
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, BinaryIO, ClassVar

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.device import device, require_cpu
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Array, Size, Tensor, wrap
from tinygrad_mnist.formats.checksums import (
    NOTHING,
    ChecksumError,
    check_archive,
    check_safetensors,
    seal_archive,
    seal_safetensors,
)
from tinygrad_mnist.formats.files import replacing
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter

__all__ = ["STORAGES", "SerializationError", "load", "save"]

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


class SerializationError(RuntimeError, pickle.UnpicklingError):
    """A file that cannot be read: one line with the file, what is in it and what was wanted."""


# reading -----------------------------------------------------------------------------------


def load(
    f: str | os.PathLike[str] | BinaryIO,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """Read what `save`, or PyTorch's `save`, wrote: state dicts and other containers of tensors.

    Args:
        f: a path, or an open binary file. A path that ends in .safetensors is read as that.
        map_location: a place to move tensors to; anything but the CPU is an error. A function or
            a dict, which PyTorch takes too, has no effect.
        pickle_module: has no effect: no module runs the pickled code.
        weights_only: False reads modules, NumPy's arrays and what else `save` writes, too.
            Default: only tensors and plain containers.
        mmap: has no effect; the file is read as a whole.
        **pickle_load_args: have no effect.

    Returns:
        The object that was saved; of a .safetensors file a dict of tensors.

    Raises:
        SerializationError: if the file is of another format, is damaged (files that `save` wrote
            carry a checksum), or names what is not read.
        OSError: if there is no such file.

    Example:
        >>> import io
        >>> file = io.BytesIO()
        >>> torch.save({"weight": torch.ones(2)}, file)
        >>> position = file.seek(0)
        >>> torch.load(file)
        {'weight': tensor([1., 1.])}
    """
    if isinstance(map_location, str | device):
        require_cpu(map_location)
    name = str(getattr(f, "name", f))
    if isinstance(f, str | os.PathLike) and name.endswith(".safetensors"):
        return _load_safetensors(f, name)
    try:
        with contextlib.ExitStack() as opened:
            file: Any = f
            if isinstance(f, str | os.PathLike):
                file = opened.enter_context(open(f, "rb"))
            sealed = check_archive(file, name)
            archive = opened.enter_context(zipfile.ZipFile(file))
            cut = archive.comment.startswith(b"sha256 ") and not sealed
            check(not cut, "load: {}: cut short", name, error=SerializationError)
            return _Reader(archive, name, weights_only is False).load()
    except ChecksumError as error:
        raise SerializationError(f"load: {error}") from None
    except (zipfile.BadZipFile, KeyError, EOFError, ValueError, TypeError, IndexError) as error:
        message = f"load: {name} is not a .pt file in PyTorch's zip format: {error}"
        raise SerializationError(message) from None


def _load_safetensors(path: str | os.PathLike[str], name: str) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        check_safetensors(path, name)
        arrays = load_file(path)
    except ChecksumError as error:
        raise SerializationError(f"load: {error}") from None
    except SafetensorError as error:
        raise SerializationError(f"load: {name} is not a safetensors file: {error}") from None
    return {key: wrap(array) for key, array in arrays.items()}


def _rebuild_tensor(
    storage: Tensor,
    offset: int,
    size: Sequence[int],
    stride: Sequence[int],
    requires_grad: bool,
    *rest: Any,
) -> Tensor:
    """A tensor over a part of a storage's memory; it shares the storage's version counter."""
    memory = storage.array
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
    if requires_grad and out.is_floating_point():
        out.requires_grad_()
    return out


def _rebuild_parameter(data: Tensor, requires_grad: bool, hooks: Any, state: Any = None) -> Tensor:
    return Parameter(data, requires_grad)


def _encode(text: str, encoding: str) -> bytes:
    """How pickle's protocol 2 has bytes: as text, a character for each."""
    return text.encode("latin1")


_PLAIN_KINDS = "biufcSU"  # of NumPy's elements: numbers and text, no objects


def _empty_array(*how: Any) -> Array:
    """An array to be filled by its state."""
    return np.zeros(0)


def _rebuild_dtype(name: Any, *how: Any) -> np.dtype[Any]:
    """NumPy's dtype of a name; its state is not read, as its flags could make pointers of bytes."""
    found = np.dtype(name) if isinstance(name, str) else None
    if found is None or found.kind not in _PLAIN_KINDS:
        message = f"load: an array's elements must be numbers or text, got {name}"
        raise SerializationError(message)
    return found


def _builtins(*kinds: type) -> dict[str, Any]:
    """Python's own types, under the names that Python 3 and Python 2 have for their module."""
    names = {}
    for module in ("builtins", "__builtin__"):
        for kind in kinds:
            names[f"{module}.{kind.__name__}"] = kind
    return names


_READ_ALWAYS: dict[str, Any] = {
    "collections.OrderedDict": OrderedDict,
    "collections.Counter": Counter,
    "_codecs.encode": _encode,
    "torch.Size": Size,
    "torch.device": device,
    "torch._utils._rebuild_tensor_v2": _rebuild_tensor,
    "torch._utils._rebuild_parameter": _rebuild_parameter,
    "torch._utils._rebuild_parameter_with_state": _rebuild_parameter,
    **_builtins(set, bytearray, complex),
    **{f"torch.{name}": np.dtype(kind) for name, kind in STORAGES.items()},
    **{f"torch.{each.name}": each for each in (*dtypes.DTYPES, dtypes.bfloat16)},
}
"""The names that a file may mention, and what they stand for."""

_READ_WITH_MODULES: dict[str, Any] = {
    **_READ_ALWAYS,
    "numpy.core.multiarray._reconstruct": _empty_array,
    "numpy._core.multiarray._reconstruct": _empty_array,
    "numpy.ndarray": _empty_array,
    "numpy.dtype": _rebuild_dtype,
    "argparse.Namespace": Namespace,
    "collections.defaultdict": defaultdict,
    **_builtins(list, dict, int, float),
}
"""The same for `weights_only=False`, beside the program's own modules."""

_COMPUTING = ("tinygrad_mnist.nn.functional.", "tinygrad_mnist.ops.")
"""Where the functions are that a module may hold as an attribute."""


def _is_of_the_program(obj: Any) -> bool:
    """Whether it is a class of modules or a function of tensors: files may name those, too."""
    if isinstance(obj, FunctionType):
        return obj.__module__.startswith(_COMPUTING)
    return isinstance(obj, type) and issubclass(obj, Module)


def _found_in_program(module: str, name: str) -> Any:
    """What the running program has under a dotted name, of what `_is_of_the_program`; or None."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, "__dict__", {}).get(part)
    return found if _is_of_the_program(found) else None


_Unpickler: Any = pickle._Unpickler  # in Python, so that it can be told what to call


class _Reader(_Unpickler):  # type: ignore[misc]
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
        self.stateful: Any = OrderedDict
        if modules:
            self.known = _READ_WITH_MODULES
            self.stateful = (OrderedDict, Module, Namespace, np.ndarray, np.dtype)
        self.storages: dict[str, Tensor] = {}
        names = archive.namelist()
        entry = self._entry(names)
        self.folder = entry.removesuffix("data.pkl")
        self.byte_order = "<"
        if self.folder + "byteorder" in names:
            little = archive.read(self.folder + "byteorder") == b"little"
            self.byte_order = "<" if little else ">"
        super().__init__(io.BytesIO(archive.read(entry)))

    def _entry(self, names: list[str]) -> str:
        """The record with the pickled containers."""
        entries = [each for each in names if each.endswith("/data.pkl") or each == "data.pkl"]
        message = "load: {} holds no data.pkl, so PyTorch did not write it"
        check(entries, message, self.file, error=SerializationError)
        (entry,) = entries
        return entry

    def find_class(self, module: str, name: str) -> Any:
        found = self.known.get(f"{module}.{name}")
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

    def _check_call(self, function: Any) -> None:
        """Only what stands in the tables may be called."""
        allowed = any(function is each for each in self.known.values())
        message = "load: {} wants to call {}, which is refused"
        name = getattr(function, "__name__", function)
        check(allowed, message, self.file, name, error=SerializationError)

    def _instantiate(self, klass: Any, args: Any) -> None:
        self._check_call(klass)
        super()._instantiate(klass, args)

    def load_reduce(self) -> None:
        self._check_call(self.stack[-2])
        super().load_reduce()

    def load_build(self) -> None:
        """Give an object its state, where it is of a kind that has one."""
        owner, state = self.stack[-2:]
        allowed = isinstance(owner, self.stateful)
        message = "load: {} wants to change a {}, which is refused"
        check(allowed, message, self.file, type(owner).__name__, error=SerializationError)
        if not isinstance(owner, np.dtype):
            super().load_build()
            return
        native = "<" if sys.byteorder == "little" else ">"
        message = "load: {} holds an array in another order of bytes"
        check(state[1] in ("|", "=", native), message, self.file, error=SerializationError)
        self.stack.pop()

    dispatch[pickle.REDUCE[0]] = load_reduce
    dispatch[pickle.BUILD[0]] = load_build

    def persistent_load(self, pid: Any) -> Any:
        """A storage: the elements of a record of the archive, read once."""
        kind, dtype, key, *_ = pid
        allowed = kind == "storage" and isinstance(dtype, np.dtype)
        message = "load: {} holds a {!r}, wanted only storages of tensors"
        check(allowed, message, self.file, kind, error=SerializationError)
        if key not in self.storages:
            content = self.archive.read(f"{self.folder}data/{key}")
            elements = np.frombuffer(content, dtype.newbyteorder(self.byte_order))
            self.storages[key] = wrap(elements.astype(dtype))
        return self.storages[key]


# writing -----------------------------------------------------------------------------------


def save(
    obj: Any,
    f: str | os.PathLike[str] | BinaryIO,
    pickle_module: Any = None,
    pickle_protocol: int = 2,
    _use_new_zipfile_serialization: bool = True,
    _disable_byteorder_record: bool = False,
) -> None:
    """Write containers of tensors and numbers, and modules as a whole.

    Args:
        obj: tensors, numbers, text, dicts, lists and the like, or a module.
        f: a path, or an open binary file. A path that ends in .safetensors is written as that, from
            a dict of tensors; any other as PyTorch's zip format. A file at that path is replaced as
            a whole, or not at all, and is on the disk when the call returns.
        pickle_module: has no effect, as all that follows.
        pickle_protocol: the file is in protocol 2.
        _use_new_zipfile_serialization: the file is a zip archive.
        _disable_byteorder_record: the order of bytes is recorded.

    Raises:
        TypeError: if there is something in `obj` that nobody could read.
        OSError: if the folder does not exist or cannot be written.

    Example:
        >>> import io
        >>> file = io.BytesIO()
        >>> torch.save(nn.Linear(2, 1).state_dict(), file)
    """
    if not isinstance(f, str | os.PathLike):
        _write_archive(obj, f)
        return
    with replacing(f) as file:
        if os.fspath(f).endswith(".safetensors"):
            from safetensors.numpy import save as encode

            arrays = {key: np.asarray(value.array, order="C") for key, value in obj.items()}
            content = encode(arrays, {"sha256": NOTHING.decode()})
            file.write(seal_safetensors(content))
        else:
            _write_archive(obj, file)


def _write_archive(obj: Any, file: BinaryIO) -> None:
    content = io.BytesIO()
    writer = _Writer(content, 2)
    writer.dump(obj)
    if not (file.readable() and file.seekable()):  # the checksum is of what was written
        sealed = io.BytesIO()
        _write_records(content.getvalue(), writer, sealed)
        file.write(sealed.getvalue())
        return
    _write_records(content.getvalue(), writer, file)


def _write_records(pickled: bytes, writer: _Writer, file: BinaryIO) -> None:
    """The archive: the containers, and the elements of each storage."""
    start = file.tell()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", pickled)
        archive.writestr("archive/byteorder", sys.byteorder)
        for storage in writer.storages.values():
            archive.writestr(f"archive/data/{storage.key}", storage.elements.tobytes())
        archive.writestr("archive/version", "3\n")
    seal_archive(file, start)


class _Name:
    """A name that the file mentions and that need not exist here."""

    def __init__(self, module: str, name: str) -> None:
        self.code = pickle.GLOBAL + f"{module}\n{name}\n".encode()

    def __call__(self) -> None: ...


class _Storage:
    """A piece of memory that tensors lie in.

    Attributes:
        key: its number in the file.
        elements: all of it, a vector.
        owner: an array in it, which keeps it alive.
    """

    def __init__(self, key: int, elements: Array, owner: Array) -> None:
        self.key = key
        self.elements = elements
        self.owner = owner


def _address(array: Array) -> int:
    address: int = array.__array_interface__["data"][0]
    return address


def _with_memory(array: Array) -> tuple[Array, Array]:
    """The array, copied where its memory is no vector, and that memory as a vector."""
    root = array
    while isinstance(root.base, np.ndarray) and root.base.dtype == array.dtype:
        root = root.base
    contiguous = root.flags.c_contiguous or root.flags.f_contiguous
    if min(array.strides, default=0) < 0 or not contiguous:
        array = array.copy(order="C")
        root = array
    return array, root.ravel(order="K")


_STORAGE_NAMES = {np.dtype(kind): name for name, kind in STORAGES.items()}
_RECONSTRUCT: Any = np.zeros(0).__reduce__()[0]  # what NumPy's pickled arrays begin with
_WRITTEN_BY_NAME: tuple[Any, ...] = (
    OrderedDict,
    Counter,
    set,
    bytearray,
    complex,
    codecs.encode,
    Namespace,
    defaultdict,
    list,
    dict,
    int,
    float,
    np.ndarray,
    np.dtype,
    _RECONSTRUCT,
)
_WRITTEN_BY_PICKLE = (
    OrderedDict,
    Counter,
    defaultdict,
    complex,
    Namespace,
    Module,
    np.dtype,
    _Name,
)
_Pickler: Any = pickle._Pickler  # in Python, so that it can be taught types


class _Writer(_Pickler):  # type: ignore[misc]
    """Pickle's language, for plain containers, numbers, strings and tensors.

    Attributes:
        storages: what the tensors lie in, by address, length and type of elements.
    """

    dispatch: ClassVar[dict[Any, Any]] = dict(_Pickler.dispatch)

    def __init__(self, file: BinaryIO, protocol: int) -> None:
        super().__init__(file, protocol)
        self.storages: dict[Any, _Storage] = {}

    def save(self, obj: Any, *args: Any, **options: Any) -> None:
        """NumPy's scalars are written as numbers, which everybody reads."""
        plain = obj.item() if isinstance(obj, np.generic) else obj
        super().save(plain, *args, **options)

    def persistent_id(self, obj: Any) -> Any:
        if not isinstance(obj, _Storage):
            return None
        name = _Name("torch", _STORAGE_NAMES[obj.elements.dtype])
        return "storage", name, str(obj.key), "cpu", obj.elements.size

    def save_name(self, obj: _Name) -> None:
        self.write(obj.code)

    def save_dtype(self, obj: dtypes.dtype) -> None:
        self.write(_Name("torch", obj.name).code)

    dispatch[_Name] = save_name
    dispatch[dtypes.dtype] = save_dtype

    def reducer_override(self, obj: Any) -> Any:
        """How the types that pickle does not know are written.

        Raises:
            TypeError: for all that nobody reads.
        """
        kind = type(obj)
        if kind is Parameter:
            arguments: Any = (obj.detach(), obj.requires_grad, OrderedDict())
            return _Name("torch._utils", "_rebuild_parameter"), arguments
        if isinstance(obj, Tensor):
            return self._reduce_tensor(obj)
        if kind is Size:
            return _Name("torch", "Size"), (tuple(obj),)
        if kind is device:
            return _Name("torch", "device"), (str(obj),)
        if kind is np.ndarray and obj.dtype.kind in _PLAIN_KINDS:
            native = obj.dtype.newbyteorder("=")
            return obj.astype(native, copy=False).__reduce_ex__(2)
        named = any(obj is each for each in _WRITTEN_BY_NAME) or _is_of_the_program(obj)
        plain = kind in self.dispatch and not callable(obj) and kind is not frozenset
        allowed = named or plain or isinstance(obj, _WRITTEN_BY_PICKLE)
        message = (
            "save: cannot write a {}, only tensors, numbers, strings, plain containers and modules"
        )
        check(allowed, message, kind.__name__, error=TypeError)
        return NotImplemented

    def _reduce_tensor(self, tensor: Tensor) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        array, elements = _with_memory(tensor.array)
        place = (_address(elements), elements.size, elements.dtype)
        if place not in self.storages:
            self.storages[place] = _Storage(len(self.storages), elements, array)
        storage = self.storages[place]
        offset = 0
        if array.size:
            offset = (_address(array) - _address(elements)) // array.itemsize
        stride = tuple(step // array.itemsize for step in array.strides)
        size = tuple(array.shape)
        hooks: OrderedDict[Any, Any] = OrderedDict()
        arguments = (storage, offset, size, stride, tensor.requires_grad, hooks)
        return _Name("torch._utils", "_rebuild_tensor_v2"), arguments
