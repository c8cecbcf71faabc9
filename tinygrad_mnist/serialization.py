"""save and load: PyTorch's own files without running a line of pickled code, and safetensors.

A .pt file is a zip archive: `data.pkl` describes nested containers in pickle's language and names,
where a tensor stands, the record in `data/` with its elements. `load` reads that language with a
reader that knows tensors and plain containers and refuses every other name; `save` writes what
`torch.load(weights_only=True)` reads. Tensors that share memory share it again when they are loaded.
Format: https://docs.pytorch.org/docs/stable/notes/serialization.html.
"""

from __future__ import annotations

import codecs
import io
import os
import pickle
import sys
import zipfile
from collections import Counter, OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.device import device, require_cpu
from tinygrad_mnist.errors import check
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.tensor import Array, Size, Tensor, shared_memory, wrap

STORAGES = {
    "FloatStorage": np.float32, "DoubleStorage": np.float64, "HalfStorage": np.float16, "LongStorage": np.int64,
    "IntStorage": np.int32, "ShortStorage": np.int16, "CharStorage": np.int8, "ByteStorage": np.uint8,
    "BoolStorage": np.bool_,
}  # fmt: skip
_NAMES = {np.dtype(kind): name for name, kind in STORAGES.items()}


class SerializationError(RuntimeError, pickle.UnpicklingError):
    """A file that cannot be read: one line with the file, what is in it and what was wanted."""


# reading -----------------------------------------------------------------------------------


def load(
    f: Any, map_location: Any = None, pickle_module: Any = None, *, weights_only: bool | None = None, mmap: Any = None,
    **ignored: Any,
) -> Any:  # fmt: skip
    """What `save`, or PyTorch's `save`, wrote: state dicts and other containers of tensors.

    Args:
        f: a path, or an open binary file. A path that ends in .safetensors is read as that.
        map_location: a place to move tensors to; anything but the CPU is an error.
        weights_only: accepted; no other object is ever read.
    """
    if isinstance(map_location, str | device):
        require_cpu(map_location)
    name = str(getattr(f, "name", f))
    if isinstance(f, str | os.PathLike) and name.endswith(".safetensors"):
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            return {key: wrap(array) for key, array in load_file(f).items()}
        except SafetensorError as error:
            raise SerializationError(f"load: {name} is not a safetensors file: {error}") from None
    try:
        with zipfile.ZipFile(f) as archive:
            return _Reader(archive, name).load()
    except (zipfile.BadZipFile, KeyError, EOFError, ValueError, TypeError, IndexError) as error:
        raise SerializationError(f"load: {name} is not a .pt file in PyTorch's zip format: {error}") from None


def _tensor(storage: Tensor, offset: int, size: Any, stride: Any, requires_grad: bool, *rest: Any) -> Tensor:
    flat, shape = storage.array, tuple(size)
    reach = offset + sum((n - 1) * step for n, step in zip(shape, stride, strict=True)) if 0 not in shape else 0
    fine = offset >= 0 and min((*shape, *stride), default=0) >= 0 and reach < max(flat.size, 1)
    message = "load: a tensor of shape {} reaches beyond its {} elements"
    check(fine, message, shape, flat.size, error=SerializationError)
    steps = [step * flat.itemsize for step in stride]
    out = wrap(np.ndarray(shape, flat.dtype, flat, offset * flat.itemsize, steps) if flat.size else flat.reshape(shape))
    out.memory = shared_memory(storage)
    out.tracked = bool(requires_grad) and flat.dtype.kind == "f"
    return out


def _bytes(text: str, encoding: str) -> bytes:
    return text.encode("latin1")


_KNOWN: dict[str, Any] = {
    "collections.OrderedDict": OrderedDict, "collections.Counter": Counter, "_codecs.encode": _bytes,
    "torch.Size": Size, "torch.device": device, "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_parameter": lambda data, grad, hooks: Parameter(data, grad),
    "torch._utils._rebuild_parameter_with_state": lambda data, grad, hooks, state: Parameter(data, grad),
    **{f"{room}.{kind.__name__}": kind for room in ("builtins", "__builtin__") for kind in (set, bytearray, complex)},
    **{f"torch.{name}": np.dtype(kind) for name, kind in STORAGES.items()},
    **{f"torch.{each.name}": each for each in (*dtypes.DTYPES, dtypes.bfloat16)},
}  # fmt: skip


class _Reader(pickle.Unpickler):
    """Pickle's language, with the names of `_KNOWN` alone."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        names = archive.namelist()
        (entry,) = [each for each in names if each.endswith("/data.pkl") or each == "data.pkl"] or [""]
        check(entry, "load: {} holds no data.pkl, so PyTorch did not write it", name, error=SerializationError)
        self.archive, self.file, self.root = archive, name, entry[: -len("data.pkl")]
        order = self.root + "byteorder"
        self.order = "<" if order not in names or archive.read(order) == b"little" else ">"
        self.storages: dict[str, Tensor] = {}
        super().__init__(io.BytesIO(archive.read(entry)))

    def find_class(self, module: str, name: str) -> Any:
        wanted = "load: {} wants {}.{}, which is refused: only tensors and plain containers are read"
        check(f"{module}.{name}" in _KNOWN, wanted, self.file, module, name, error=SerializationError)
        return _KNOWN[f"{module}.{name}"]

    def persistent_load(self, pid: Any) -> Any:
        kind, dtype, key, *_ = pid
        wanted = "load: {} holds a {!r}, wanted only storages of tensors"
        check(kind == "storage" and isinstance(dtype, np.dtype), wanted, self.file, kind, error=SerializationError)
        if key not in self.storages:
            elements = np.frombuffer(self.archive.read(f"{self.root}data/{key}"), dtype.newbyteorder(self.order))
            self.storages[key] = wrap(elements.astype(dtype))
        return self.storages[key]


# writing -----------------------------------------------------------------------------------


def save(obj: Any, f: Any, pickle_module: Any = None, pickle_protocol: int = 2, **ignored: Any) -> None:
    """Write containers of tensors and numbers to a path or an open binary file.

    A path that ends in .safetensors is written as that, from a dict of tensors; any other as
    PyTorch's zip format. A file at that path is replaced as a whole, or not at all.
    """
    if not isinstance(f, str | os.PathLike):
        _write(obj, f)
        return
    path = Path(f)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        if path.suffix == ".safetensors":
            from safetensors.numpy import save as encode

            partial.write_bytes(encode({key: np.asarray(value.array, order="C") for key, value in obj.items()}))
        else:
            with partial.open("wb") as file:
                _write(obj, file)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _write(obj: Any, file: Any) -> None:
    out = io.BytesIO()
    writer = _Writer(out, 2)
    writer.dump(obj)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", out.getvalue())
        archive.writestr("archive/byteorder", sys.byteorder)
        for key, flat, _ in writer.storages.values():
            archive.writestr(f"archive/data/{key}", flat.tobytes())
        archive.writestr("archive/version", "3\n")


class _Name:
    """A name that the file mentions and that need not exist here."""

    def __init__(self, module: str, name: str) -> None:
        self.code = pickle.GLOBAL + f"{module}\n{name}\n".encode()

    def __call__(self) -> None: ...


class _Storage:
    """A piece of memory as a vector, and its number in the file."""

    def __init__(self, flat: Array, key: int) -> None:
        self.flat, self.key = flat, key


def _whole(array: Array) -> tuple[Array, Array]:
    """The array, copied if need be, and all the memory that it lies in, as a vector."""
    root = array
    while isinstance(root.base, np.ndarray) and root.base.dtype == array.dtype:
        root = root.base
    if min(array.strides, default=0) < 0 or not (root.flags.c_contiguous or root.flags.f_contiguous):
        array = root = array.copy(order="C")
    return array, root.ravel(order="K")


_Pickler: Any = pickle._Pickler  # in Python, so that it can be taught types


class _Writer(_Pickler):  # type: ignore[misc]
    """Pickle's language, for plain containers, numbers, strings and tensors."""

    dispatch: dict[Any, Any] = dict(_Pickler.dispatch)

    def __init__(self, file: Any, protocol: int) -> None:
        super().__init__(file, protocol)
        self.storages: dict[Any, tuple[int, Array, Array]] = {}  # by address, with what keeps it alive

    def persistent_id(self, obj: Any) -> Any:
        if not isinstance(obj, _Storage):
            return None
        return "storage", _Name("torch", _NAMES[obj.flat.dtype]), str(obj.key), "cpu", obj.flat.size

    def save_name(self, obj: _Name) -> None:
        self.write(obj.code)

    def save_dtype(self, obj: dtypes.dtype) -> None:
        self.write(_Name("torch", obj.name).code)

    def reducer_override(self, obj: Any) -> Any:
        """How the types that pickle does not know are written, and an error for all that nobody reads."""
        kind = type(obj)
        if kind is Parameter:
            return _Name("torch._utils", "_rebuild_parameter"), (obj.detach(), obj.tracked, OrderedDict())
        if isinstance(obj, Tensor):
            array, flat = _whole(obj.array)
            start, step = flat.__array_interface__["data"][0], array.itemsize
            key, flat, _ = self.storages.setdefault((start, flat.size, flat.dtype), (len(self.storages), flat, array))
            offset = (array.__array_interface__["data"][0] - start) // step if array.size else 0
            steps = tuple(each // step for each in array.strides)
            arguments: Any = (_Storage(flat, key), offset, tuple(array.shape), steps, obj.tracked, OrderedDict())
            return _Name("torch._utils", "_rebuild_tensor_v2"), arguments
        if kind in (Size, device):
            return _Name("torch", kind.__name__), (tuple(obj) if kind is Size else str(obj),)
        named = any(obj is each for each in (OrderedDict, Counter, set, bytearray, complex, codecs.encode))
        plain = kind in self.dispatch and not callable(obj) and kind is not frozenset
        fine = named or plain or isinstance(obj, OrderedDict | Counter | complex | _Name)
        wanted = "save: cannot write a {}, only tensors, numbers, strings and plain containers"
        check(fine, wanted, kind.__name__, error=TypeError)
        return NotImplemented

    dispatch.update({_Name: save_name, dtypes.dtype: save_dtype})
