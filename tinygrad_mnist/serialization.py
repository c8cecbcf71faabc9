"""save and load: PyTorch's own files without running a line of pickled code, and safetensors.

A .pt file is a zip archive: `data.pkl` describes nested containers in pickle's language and names,
where a tensor stands, the record in `data/` with its elements. `load` reads that language with a
reader that knows tensors and plain containers and refuses every other name; `save` writes what
`torch.load(weights_only=True)` reads. Tensors that share memory share it again when they are loaded.

With `weights_only=False` the reader knows some more: NumPy's arrays of numbers and text, `argparse.Namespace`, and
modules of the classes that the running program has already. Modules get their attributes back without a call of their
constructors; what the file can have called are the makers of tensors, arrays and containers in the tables below.
Format: https://docs.pytorch.org/docs/stable/notes/serialization.html.
"""

from __future__ import annotations

import codecs
import io
import os
import pickle
import sys
import zipfile
from argparse import Namespace
from collections import Counter, OrderedDict, defaultdict
from functools import reduce
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.core.device import device, require_cpu
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.core.tensor import Array, Size, Tensor, shared_version, wrap

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
        weights_only: False reads modules, NumPy's arrays and what else `save` writes, too.
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
            return _Reader(archive, name, weights_only is False).load()
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
    out._version_counter = shared_version(storage)
    out._requires_grad = bool(requires_grad) and flat.dtype.kind == "f"
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


_PLAIN_KINDS = "biufcSU"  # of NumPy's elements: numbers and text, no objects


def _array(*how: Any) -> Array:
    """An array to be filled by its state."""
    return np.zeros(0)


def _dtype(name: Any, *how: Any) -> np.dtype[Any]:
    """NumPy's dtype of a name; what its state adds is not read, as its flags could make pointers of bytes."""
    found = np.dtype(name) if isinstance(name, str) else None
    wanted = "load: an array's elements must be numbers or text, got {}"
    check(found is not None and found.kind in _PLAIN_KINDS, wanted, name, error=SerializationError)
    return found  # type: ignore[return-value]


_MORE: dict[str, Any] = {  # beside _KNOWN, with weights_only=False
    **{f"numpy.{room}.multiarray._reconstruct": _array for room in ("core", "_core")},
    "numpy.ndarray": _array, "numpy.dtype": _dtype, "argparse.Namespace": Namespace,
    "collections.defaultdict": defaultdict,
    **{f"{room}.{kind.__name__}": kind for room in ("builtins", "__builtin__") for kind in (list, dict, int, float)},
}  # fmt: skip
_COMPUTING = tuple(f"{__package__}.{room}." for room in ("nn.functional", "ops", "composed"))


def _in_program(obj: Any) -> bool:
    """Whether a file may name it beside the tables: a class of modules, or a function that computes on tensors."""
    computes = isinstance(obj, FunctionType) and obj.__module__.startswith(_COMPUTING)
    return computes or (isinstance(obj, type) and issubclass(obj, Module))


_Unpickler: Any = pickle._Unpickler  # in Python, so that it can be told what to call


class _Reader(_Unpickler):  # type: ignore[misc]
    """Pickle's language, with the names of `_KNOWN`; with `more`, those of modules and of what is in them, too."""

    dispatch = dict(_Unpickler.dispatch)

    def __init__(self, archive: zipfile.ZipFile, name: str, more: bool) -> None:
        names = archive.namelist()
        (entry,) = [each for each in names if each.endswith("/data.pkl") or each == "data.pkl"] or [""]
        check(entry, "load: {} holds no data.pkl, so PyTorch did not write it", name, error=SerializationError)
        self.archive, self.file, self.root = archive, name, entry[: -len("data.pkl")]
        order = self.root + "byteorder"
        self.order = "<" if order not in names or archive.read(order) == b"little" else ">"
        self.storages: dict[str, Tensor] = {}
        self.more, self.known = more, _KNOWN | _MORE if more else _KNOWN
        self.stateful: Any = (OrderedDict, Module, Namespace, np.ndarray, np.dtype) if more else OrderedDict
        super().__init__(io.BytesIO(archive.read(entry)))

    def find_class(self, module: str, name: str) -> Any:
        found = self.known.get(f"{module}.{name}")
        if found is None and self.more and module in sys.modules:
            room: Any = sys.modules[module]
            found = reduce(lambda each, part: getattr(each, "__dict__", {}).get(part), name.split("."), room)
            found = found if _in_program(found) else None
        wanted = "load: {} wants {}.{}, which is refused: only tensors and plain containers are read{}"
        more = ", and the program's own modules" if self.more else "; weights_only=False reads modules, too"
        check(found is not None, wanted, self.file, module, name, more, error=SerializationError)
        return found

    def _refuse_call(self, function: Any) -> None:
        wanted = "load: {} wants to call {}, which is refused"
        allowed = any(function is each for each in self.known.values())
        check(allowed, wanted, self.file, getattr(function, "__name__", function), error=SerializationError)

    def _instantiate(self, klass: Any, args: Any) -> None:
        self._refuse_call(klass)
        super()._instantiate(klass, args)

    def call(self) -> None:
        self._refuse_call(self.stack[-2])
        super().load_reduce()

    def build(self) -> None:
        owner, state = self.stack[-2:]
        wanted = "load: {} wants to change a {}, which is refused"
        allowed = isinstance(owner, self.stateful)
        check(allowed, wanted, self.file, type(owner).__name__, error=SerializationError)
        if not isinstance(owner, np.dtype):
            super().load_build()
            return
        native = state[1] in ("|", "=", "<" if sys.byteorder == "little" else ">")
        check(native, "load: {} holds an array in another order of bytes", self.file, error=SerializationError)
        self.stack.pop()

    dispatch.update({pickle.REDUCE[0]: call, pickle.BUILD[0]: build})

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
    """Write containers of tensors and numbers, and modules as a whole, to a path or an open binary file.

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


_RECONSTRUCT = np.zeros(0).__reduce__()[0]  # what NumPy's pickled arrays begin with
_NAMED = (
    OrderedDict, Counter, set, bytearray, complex, codecs.encode, Namespace, defaultdict, list, dict, int, float,
    np.ndarray, np.dtype, _RECONSTRUCT,
)  # fmt: skip
_Pickler: Any = pickle._Pickler  # in Python, so that it can be taught types


class _Writer(_Pickler):  # type: ignore[misc]
    """Pickle's language, for plain containers, numbers, strings and tensors."""

    dispatch: dict[Any, Any] = dict(_Pickler.dispatch)

    def __init__(self, file: Any, protocol: int) -> None:
        super().__init__(file, protocol)
        self.storages: dict[Any, tuple[int, Array, Array]] = {}  # by address, with what keeps it alive

    def save(self, obj: Any, *args: Any, **options: Any) -> None:
        """NumPy's scalars are written as numbers, which everybody reads."""
        super().save(obj.item() if isinstance(obj, np.generic) else obj, *args, **options)

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
            return _Name("torch._utils", "_rebuild_parameter"), (obj.detach(), obj.requires_grad, OrderedDict())
        if isinstance(obj, Tensor):
            array, flat = _whole(obj.array)
            start, step = flat.__array_interface__["data"][0], array.itemsize
            key, flat, _ = self.storages.setdefault((start, flat.size, flat.dtype), (len(self.storages), flat, array))
            offset = (array.__array_interface__["data"][0] - start) // step if array.size else 0
            steps = tuple(each // step for each in array.strides)
            arguments: Any = (_Storage(flat, key), offset, tuple(array.shape), steps, obj.requires_grad, OrderedDict())
            return _Name("torch._utils", "_rebuild_tensor_v2"), arguments
        if kind in (Size, device):
            return _Name("torch", kind.__name__), (tuple(obj) if kind is Size else str(obj),)
        if kind is np.ndarray and obj.dtype.kind in _PLAIN_KINDS:
            return obj.astype(obj.dtype.newbyteorder("="), copy=False).__reduce_ex__(2)
        named = any(obj is each for each in _NAMED) or _in_program(obj)
        plain = kind in self.dispatch and not callable(obj) and kind is not frozenset
        known = (OrderedDict, Counter, defaultdict, complex, Namespace, Module, np.dtype, _Name)
        wanted = "save: cannot write a {}, only tensors, numbers, strings, plain containers and modules"
        check(named or plain or isinstance(obj, known), wanted, kind.__name__, error=TypeError)
        return NotImplemented

    dispatch.update({_Name: save_name, dtypes.dtype: save_dtype})
