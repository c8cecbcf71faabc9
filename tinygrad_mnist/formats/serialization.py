"""save and load: PyTorch's own files without running a line of pickled code, and safetensors.

A .pt file is a zip archive: `data.pkl` describes nested containers in pickle's language and names,
where a tensor stands, the record in `data/` with its elements. `load` reads that language with the
reader in `unpickling`, which knows tensors, arrays and plain values and refuses every other name;
`save` writes what `torch.load(weights_only=True)` reads. Tensors that share memory share it again
when they are loaded.

With `weights_only=False` the reader knows some more: `argparse.Namespace`, and modules of the
classes that the running program has already. Modules get their attributes back without a call of
their constructors; what the file can have called are the makers of tensors, arrays and plain values
in the reader's tables.
Format: https://docs.pytorch.org/docs/stable/notes/serialization.html.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import pickle
import sys
import warnings
import zipfile
from argparse import Namespace
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, BinaryIO, ClassVar

import numpy as np

from tinygrad_mnist import extras
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
from tinygrad_mnist.formats.unpickling import (
    PLAIN_KINDS,
    STORAGES,
    Reader,
    SerializationError,
    is_of_the_program,
    widened,
)
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter

__all__ = ["STORAGES", "SerializationError", "load", "save"]

# reading -----------------------------------------------------------------------------------

_TRUE = ("1", "y", "yes", "true")
_LEGACY = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # the magic number that such a file begins with


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

    Elements of bfloat16, which NumPy does not have, come back as float32 of the same values.

    Args:
        f: a path, or an open binary file. A path that ends in .safetensors is read as that.
        map_location: a place to move tensors to; anything but the CPU is an error. A function or
            a dict, which PyTorch takes too, has no effect.
        pickle_module: has no effect: no module runs the pickled code.
        weights_only: False reads modules and what else `save` writes, too. Default: only tensors,
            NumPy's arrays and numbers, and plain values; False where the environment has
            TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1.
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
    modules = _reads_modules(weights_only)
    if not isinstance(f, str | os.PathLike):
        return _load_archive(f, str(getattr(f, "name", f)), modules)
    name = os.fspath(f)
    with open(f, "rb") as file:
        if name.endswith(".safetensors"):
            return _load_safetensors(file.read(), name)
        return _load_archive(file, name, modules)


def _reads_modules(weights_only: bool | None) -> bool:
    """Whether more than tensors and plain values is read; the environment has a say, as in PyTorch.

    Raises:
        RuntimeError: if the environment asks for both.
    """
    forced = os.environ.get("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "").lower() in _TRUE
    freed = os.environ.get("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "").lower() in _TRUE
    message = (
        "Only one of `TORCH_FORCE_WEIGHTS_ONLY_LOAD` or `TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD` should "
        "be set, but both were set."
    )
    check(not (forced and freed), message)
    if forced:
        return False
    if freed and weights_only is None:
        message = (
            "Environment variable TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD detected, since the "
            "`weights_only` argument was not explicitly passed to `torch.load`, forcing "
            "weights_only=False."
        )
        warnings.warn(message, UserWarning, stacklevel=3)
        return True
    return weights_only is False


_LONGEST = 500  # characters of a message; what a damaged file wants can be long


def _one_line(error: Exception) -> str:
    line = " ".join(str(error).split()) or type(error).__name__
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def _load_archive(file: BinaryIO, name: str, modules: bool) -> Any:
    try:
        sealed = check_archive(file, name)
        with zipfile.ZipFile(file) as archive:
            cut = archive.comment.startswith(b"sha256 ") and not sealed
            check(not cut, "load: {}: cut short", name, error=SerializationError)
            return Reader(archive, name, modules).load()
    except ChecksumError as error:
        raise SerializationError(f"load: {error}") from None
    except SerializationError as error:
        message = _one_line(error)
        if name not in message:
            message = f"load: {name}: {message.removeprefix('load: ')}"
        raise SerializationError(message) from None
    except Exception as error:  # a damaged file can fail in any layer: zip, zlib, pickle, NumPy
        found = _other_format(file)
        message = f"load: {name} is not a .pt file in PyTorch's zip format: {_one_line(error)}"
        if found:
            message = f"load: {name} is {found}"
        raise SerializationError(message) from None


def _other_format(file: BinaryIO) -> str | None:
    """What a file that is no zip archive is, of what one may well take for a .pt file."""
    start = b""
    with contextlib.suppress(Exception):
        if not zipfile.is_zipfile(file):
            file.seek(0)
            start = file.read(512)
    if _LEGACY in start[:64] or start[257:262] == b"ustar":
        return (
            "in PyTorch's format from before version 1.6, which is not read here: load it with "
            "PyTorch and save it again"
        )
    if start[:1] == b"\x80" and b"." in start:
        return "a plain pickle and not a .pt file in PyTorch's zip format; pickles are not read"
    return None


_SAFETENSORS_KINDS: dict[str, Any] = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",  # its bits
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U8": "u1",
    "BOOL": "?",
}


def _load_safetensors(content: bytes, name: str) -> dict[str, Tensor]:
    safetensors = extras.load("safetensors", "load of .safetensors")
    parse: Any = safetensors.deserialize
    try:
        check_safetensors(content, name)
        entries = parse(content)
    except ChecksumError as error:
        raise SerializationError(f"load: {error}") from None
    except (safetensors.SafetensorError, ValueError, RecursionError, OverflowError) as error:
        message = f"load: {name} is not a safetensors file: {_one_line(error)}"
        raise SerializationError(message) from None
    tensors = {}
    for key, entry in entries:
        kind = entry["dtype"]
        message = "load: {} holds the tensor {!r} of {}; read are only {}"
        known = ", ".join(_SAFETENSORS_KINDS)
        check(kind in _SAFETENSORS_KINDS, message, name, key, kind, known, error=SerializationError)
        elements = np.frombuffer(entry["data"], _SAFETENSORS_KINDS[kind])
        if kind == "BF16":
            elements = widened(elements)
        native = elements.dtype.newbyteorder("=")
        tensors[key] = wrap(elements.astype(native, copy=True).reshape(entry["shape"]))
    return tensors


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
            a whole, or not at all, and is on the disk when the call returns. Both carry a checksum.
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
            _write_safetensors(obj, file)
        else:
            _write_archive(obj, file)


def _write_safetensors(obj: Any, file: BinaryIO) -> None:
    encode = extras.load("safetensors.numpy", "save to .safetensors").save
    wanted = "save: a .safetensors file holds a dict of names and tensors"
    message = wanted + ", got {}; use another ending, or a module's state_dict()"
    check(isinstance(obj, Mapping), message, type(obj).__name__, error=TypeError)
    arrays = {}
    for key, value in obj.items():
        check(isinstance(key, str), wanted + ", got the name {!r}", key, error=TypeError)
        message = wanted + ", got {!r}: {}"
        check(isinstance(value, Tensor), message, key, type(value).__name__, error=TypeError)
        arrays[key] = np.asarray(value.array, order="C")
    file.write(seal_safetensors(encode(arrays, {"sha256": NOTHING.decode()})))


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
_PLAIN_TYPES: tuple[Any, ...] = (
    OrderedDict,
    Counter,
    deque,
    slice,
    range,
    date,
    datetime,
    time,
    timedelta,
    timezone,
    PurePosixPath,
    PureWindowsPath,
    type(Path()),
)
_WRITTEN_BY_NAME: tuple[Any, ...] = (
    *_PLAIN_TYPES,
    set,
    frozenset,
    bytes,
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
_WRITTEN_BY_PICKLE = (*_PLAIN_TYPES, defaultdict, complex, Namespace, Module, np.dtype, _Name)
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
        if kind is np.ndarray and obj.dtype.kind in PLAIN_KINDS:
            native = obj.dtype.newbyteorder("=")
            return obj.astype(native, copy=False).__reduce_ex__(2)
        named = any(obj is each for each in _WRITTEN_BY_NAME) or is_of_the_program(obj)
        plain = kind in self.dispatch and not callable(obj)
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
