"""save and load: PyTorch's own files without running a line of pickled code, and safetensors.

A .pt file is a zip archive: `data.pkl` describes nested containers in pickle's language and names,
where a tensor stands, the record in `data/` with its elements. `load` reads that language with a
reader that knows tensors and plain containers and refuses every other name; `save` writes what
`torch.load(weights_only=True)` reads. Format: https://docs.pytorch.org/docs/stable/notes/serialization.html.
"""

from __future__ import annotations

import io
import os
import pickle
import sys
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.device import require_cpu
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.tensor import Size, Tensor, wrap

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
    f: Any,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: Any = None,
    **ignored: Any,
) -> Any:
    """What `save`, or PyTorch's `save`, wrote: state dicts and other containers of tensors.

    Args:
        f: a path, or an open binary file. A path that ends in .safetensors is read as that.
        map_location: a place to move tensors to; anything but the CPU is an error.
        weights_only: accepted; no other object is ever read.
    """
    if isinstance(map_location, str):
        require_cpu(map_location)
    name = str(getattr(f, "name", f))
    if isinstance(f, str | os.PathLike) and name.endswith(".safetensors"):
        return _load_safetensors(Path(f))
    try:
        with zipfile.ZipFile(f) as archive:
            return _Reader(archive, name).load()
    except (zipfile.BadZipFile, KeyError, EOFError, ValueError) as error:
        raise SerializationError(f"load: {name} is not a .pt file in PyTorch's zip format: {error}") from None


def _load_safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return {key: wrap(array) for key, array in load_file(path).items()}
    except SafetensorError as error:
        raise SerializationError(f"load: {path} is not a safetensors file: {error}") from None


class _Reader(pickle.Unpickler):
    """Pickle's language, with these names alone: tensors, parameters, sizes, dtypes, ordered dicts."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        (entry,) = [each for each in archive.namelist() if each.endswith("/data.pkl") or each == "data.pkl"] or [""]
        if not entry:
            raise SerializationError(f"load: {name} holds no data.pkl, so PyTorch did not write it")
        self.archive, self.file, self.root = archive, name, entry[: -len("data.pkl")]
        order = self.root + "byteorder"
        self.order = archive.read(order).decode() if order in archive.namelist() else "little"
        self.storages: dict[str, Any] = {}
        super().__init__(io.BytesIO(archive.read(entry)))

    def find_class(self, module: str, name: str) -> Any:
        known: dict[tuple[str, str], Any] = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch", "Size"): Size,
            ("torch._utils", "_rebuild_tensor_v2"): _tensor,
            ("torch._utils", "_rebuild_parameter"): lambda data, grad, hooks: Parameter(data, grad),
        }
        if (module, name) in known:
            return known[module, name]
        if module == "torch" and name in STORAGES:
            return np.dtype(STORAGES[name])
        if module == "torch" and isinstance(getattr(dtypes, name, None), dtypes.dtype):
            return getattr(dtypes, name)
        raise SerializationError(
            f"load: {self.file} wants {module}.{name}, which is refused: only tensors and plain containers are read"
        )

    def persistent_load(self, pid: Any) -> Any:
        kind, dtype, key, *_ = pid
        if kind != "storage" or not isinstance(dtype, np.dtype):
            raise SerializationError(f"load: {self.file} holds a {kind!r}, wanted only storages of tensors")
        if key not in self.storages:
            wire = dtype.newbyteorder("<" if self.order == "little" else ">")
            self.storages[key] = np.frombuffer(self.archive.read(f"{self.root}data/{key}"), wire).astype(dtype)
        return self.storages[key]


def _tensor(storage: Any, offset: int, size: Any, stride: Any, requires_grad: bool, *rest: Any) -> Tensor:
    reach = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True)) if 0 not in size else 0
    if offset < 0 or min((*size, *stride), default=0) < 0 or reach >= max(storage.size, 1):
        raise SerializationError(f"load: a tensor of shape {tuple(size)} reaches beyond its {storage.size} elements")
    steps = [step * storage.itemsize for step in stride]
    out = wrap(np.lib.stride_tricks.as_strided(storage[offset:], tuple(size), steps).copy())
    out.tracked = bool(requires_grad) and out.array.dtype.kind == "f"
    return out


_Pickler: Any = pickle._Pickler  # in Python, so that it can be taught types

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

    def write(partial: Path) -> None:
        if path.suffix == ".safetensors":
            from safetensors.numpy import save as encode

            partial.write_bytes(encode({key: np.asarray(value.array, order="C") for key, value in obj.items()}))
        else:
            with partial.open("wb") as file:
                _write(obj, file)

    replace_whole(path, write)


def replace_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a file beside `path`, and put it in the place of `path` when it is complete."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        write(partial)
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
        for key, array in enumerate(writer.arrays):
            archive.writestr(f"archive/data/{key}", array.tobytes())
        archive.writestr("archive/version", "3\n")


class _Name:
    """A name that the file mentions and that need not exist here."""

    def __init__(self, module: str, name: str) -> None:
        self.code = pickle.GLOBAL + f"{module}\n{name}\n".encode()


class _Writer(_Pickler):  # type: ignore[misc]
    """Pickle's language, for plain containers, numbers, strings and tensors."""

    dispatch: dict[Any, Any] = dict(_Pickler.dispatch)

    def __init__(self, file: Any, protocol: int) -> None:
        super().__init__(file, protocol)
        self.arrays: list[Any] = []

    def persistent_id(self, obj: Any) -> Any:
        if not isinstance(obj, np.ndarray):
            return None
        self.arrays.append(obj)
        return "storage", _Name("torch", _NAMES[obj.dtype]), str(len(self.arrays) - 1), "cpu", obj.size

    def save_name(self, obj: _Name) -> None:
        self.write(obj.code)

    def save_tensor(self, obj: Tensor) -> None:
        array = np.ascontiguousarray(obj.array)
        steps = tuple(step // array.itemsize for step in array.strides)
        arguments: Any = (array.reshape(-1), 0, tuple(obj.array.shape), steps[: obj.ndim], obj.tracked, OrderedDict())
        self.write(_Name("torch._utils", "_rebuild_tensor_v2").code)
        self.save(arguments)
        self.write(pickle.REDUCE)
        self.memoize(obj)

    def save_dtype(self, obj: dtypes.dtype) -> None:
        self.write(_Name("torch", obj.name).code)

    def reducer_override(self, obj: Any) -> Any:
        plain = type(obj) in self.dispatch and not isinstance(obj, type)
        if plain or obj is OrderedDict or isinstance(obj, OrderedDict):
            return NotImplemented
        raise TypeError(
            f"save: cannot write a {type(obj).__name__}, only tensors, numbers, strings and plain containers"
        )

    dispatch.update({_Name: save_name, Tensor: save_tensor, Parameter: save_tensor, dtypes.dtype: save_dtype})
