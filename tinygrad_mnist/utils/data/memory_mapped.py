"""Datasets larger than memory: arrays in files, of which only the rows of a batch are read."""

from __future__ import annotations

import json
import math
import mmap
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor, wrap
from tinygrad_mnist.utils.data.dataset import Dataset

__all__ = ["MemoryMappedArray", "MemoryMappedDataset"]

Array = NDArray[Any]
Header = tuple[np.dtype[Any], tuple[int, ...], int]  # dtype, shape, where the elements begin
check_value = partial(check, error=ValueError)

RESIDENT = 128 * 2**20  # bytes that may be read before their pages are given back
CHUNK = 2**20  # bytes that are read ahead at once
REMEMBERED = 256  # chunks
DENSE = 2  # rows of a batch in a chunk that make that worth it
LONGEST_HEADER = 100_000_000  # bytes; safetensors' own limit

# LeCun's types of elements (http://yann.lecun.com/exdb/mnist), big-endian.
IDX_DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
SAFETENSORS_DTYPES = {
    "BOOL": "?",
    "U8": "u1",
    "I8": "i1",
    "I16": "<i2",
    "I32": "<i4",
    "I64": "<i8",
    "F16": "<f2",
    "F32": "<f4",
    "F64": "<f8",
}


class MemoryMappedArray:
    """An array in a file: the operating system reads the pages of it that are looked at.

    The pages stay in the system's cache of files while there is room. They count as this process's
    memory until they are given back, which happens behind every `resident` bytes that were read.
    The file must not become shorter while it is in use: the system ends a program that looks at a
    page that is gone.

    Args:
        path: an uncompressed file: IDX, npy (in C order), or safetensors. Its first bytes say
            which, not its name.
        name: of a tensor in a safetensors file; may be left out if there is only one.
        resident: bytes that may be read before their pages are given back. Default: 128 MiB.

    Attributes:
        path: the file.
        array: all elements, read-only, of the file's shape and byte order.
        shape: of the array.
        dtype: NumPy's, in this machine's byte order: what rows have.

    Raises:
        ValueError: for a file of another kind, a damaged one, or a shape that is not the file's
            size; with the file, what it has and what was wanted.
        OSError: if the file cannot be read.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "rows.npy"
        >>> np.save(path, np.arange(6).reshape(3, 2))
        >>> torch.utils.data.MemoryMappedArray(path).take([2, 0])
        array([[4, 5],
               [0, 1]])
    """

    def __init__(self, path: str | Path, name: str | None = None, resident: int = RESIDENT) -> None:
        check_value(resident > 0, "MemoryMappedArray: resident is {}, wanted bytes", resident)
        self.path = Path(path)
        with self.path.open("rb") as file:
            size = self.path.stat().st_size
            dtype, self.shape, start = _header(file, size, self.path, name)
            count = math.prod(self.shape)
            wanted = start + count * dtype.itemsize
            exact = wanted <= size if name is not None else wanted == size
            fits = exact and count > 0 and len(self.shape) > 0
            message = "{}: got {:,} bytes, wanted {:,} for rows of shape {}"
            check_value(fits, message, self.path, size, wanted, self.shape)
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        elements = np.frombuffer(self._map, dtype, count, start)
        self.array: Array = elements.reshape(self.shape)
        self.dtype = dtype.newbyteorder("=")
        self.resident = resident
        self._row_bytes = dtype.itemsize * math.prod(self.shape[1:])
        self._start = start
        self._read = 0  # bytes since pages were given back
        self._ahead: set[int] = set()  # chunks that were read ahead lately

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        return f"MemoryMappedArray({str(self.path)!r}, shape={self.shape}, dtype={self.dtype})"

    def take(self, rows: Sequence[int] | Array) -> Array:
        """Read some rows into memory.

        Args:
            rows: (n,), their numbers; negative ones count from the end.

        Returns:
            (n, ...), a copy in this machine's byte order.

        Raises:
            IndexError: if there is no such row.
        """
        numbers = np.asarray(rows, np.int64)
        self._read_ahead(numbers)
        taken = self.array.take(numbers, 0).astype(self.dtype, copy=False)
        # A page is touched for every row, however short that is.
        self._read += len(taken) * max(self._row_bytes, mmap.PAGESIZE)
        if self._read >= self.resident:
            self.release()
        return taken

    def _read_ahead(self, rows: NDArray[np.int64]) -> None:
        """Let the system read whole chunks of which many rows are wanted, as of a window of blocks.

        Of single rows at random places it reads single pages, one after the other.
        """
        if not hasattr(mmap, "MADV_WILLNEED"):
            return
        places = self._start + rows % self.shape[0] * self._row_bytes
        chunks = (places // CHUNK).tolist()
        for chunk in set(chunks) - self._ahead:
            if chunks.count(chunk) >= DENSE:
                begin = chunk * CHUNK
                self._map.madvise(mmap.MADV_WILLNEED, begin, min(CHUNK, len(self._map) - begin))
                self._ahead.add(chunk)
        if len(self._ahead) > REMEMBERED:
            self._ahead.clear()

    def release(self) -> None:
        """Give the pages that were read back to the system, which keeps them in its cache."""
        self._read = 0
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)


class MemoryMappedDataset(Dataset[tuple[Tensor, ...]]):
    """Arrays in files with the same number of rows: example i is the tuple of their rows i.

    A TensorDataset of what does not fit into memory. A loader reads the rows of each batch, all at
    once; with a `BlockRandomSampler` they lie near one another, and with `num_workers=1` they are
    read while the batch before is trained on.

    Args:
        arrays: paths of files, or `MemoryMappedArray`s for tensors in safetensors files.
        transform: is given the rows of each array as a tensor (n, ...), and returns what they are
            to become, a tuple of tensors (n, ...). Default: they stay as they are.

    Raises:
        ValueError: if a file cannot be read as an array, or the numbers of rows differ.

    Example:
        >>> import pathlib, tempfile
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> np.save(folder / "images.npy", np.full((3, 2), 255, np.uint8))
        >>> np.save(folder / "labels.npy", np.arange(3))
        >>> data = torch.utils.data.MemoryMappedDataset(
        ...     folder / "images.npy", folder / "labels.npy", transform=lambda x, y: (x / 255, y)
        ... )
        >>> data[1]
        (tensor([1., 1.]), tensor(1))
    """

    def __init__(
        self,
        *arrays: str | Path | MemoryMappedArray,
        transform: Callable[..., tuple[Tensor, ...]] | None = None,
    ) -> None:
        check_value(arrays, "MemoryMappedDataset: got no array, wanted one or more")
        self.arrays = [
            each if isinstance(each, MemoryMappedArray) else MemoryMappedArray(each)
            for each in arrays
        ]
        counts = ", ".join(f"{each.path} has {len(each):,}" for each in self.arrays)
        same = len({len(each) for each in self.arrays}) == 1
        check_value(same, "MemoryMappedDataset: {} rows, wanted the same number", counts)
        self.transform = transform

    def __len__(self) -> int:
        return len(self.arrays[0])

    def batch(self, rows: Sequence[int] | Array) -> tuple[Tensor, ...]:
        """Several examples at once.

        Args:
            rows: (n,), their numbers.

        Returns:
            A tensor (n, ...) of each array, or what `transform` makes of them.

        Raises:
            IndexError: if there is no such row.
        """
        read = tuple(wrap(each.take(rows)) for each in self.arrays)
        return read if self.transform is None else self.transform(*read)

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        if isinstance(index, slice):
            return self.batch(np.arange(*index.indices(len(self))))
        if isinstance(index, list):
            return self.batch(index)
        return tuple(each[0] for each in self.batch([index]))

    def __getitems__(self, indices: list[int]) -> list[tuple[Tensor, ...]]:
        return list(zip(*self.batch(indices), strict=True))


# the headers of the three kinds of files -----------------------------------------------------


def _header(file: BinaryIO, size: int, path: Path, name: str | None) -> Header:
    """Where and how the elements lie in a file."""
    first = file.read(8)
    if first[:6] == b"\x93NUMPY":
        _refuse_name(path, name, "npy")
        return _npy_header(file, path)
    if len(first) == 8 and first[:2] == b"\0\0" and first[2] in IDX_DTYPES and first[3]:
        _refuse_name(path, name, "IDX")
        return _idx_header(file, first, path)
    length = int.from_bytes(first, "little")
    if 2 <= length <= min(size - 8, LONGEST_HEADER):
        return _safetensors_header(file, length, path, name)
    packed = " (it is compressed: unpack it)" if first[:2] in (b"\x1f\x8b", b"PK") else ""
    message = "{}: got first bytes {}, wanted those of IDX, npy or safetensors{}"
    raise ValueError(message.format(path, first[:4].hex() or "none", packed))


def _refuse_name(path: Path, name: str | None, kind: str) -> None:
    check_value(name is None, "{}: got name {!r}, but {} holds one array", path, name, kind)


def _idx_header(file: BinaryIO, first: bytes, path: Path) -> Header:
    dimensions = first[3]
    start = 4 + 4 * dimensions
    file.seek(4)
    sizes = file.read(start - 4)
    message = "{}: got {} bytes, wanted a header of {}"
    check_value(len(sizes) == start - 4, message, path, 4 + len(sizes), start)
    shape = tuple(int(each) for each in np.frombuffer(sizes, ">u4"))
    return np.dtype(IDX_DTYPES[first[2]]), shape, start


def _npy_header(file: BinaryIO, path: Path) -> Header:
    file.seek(0)
    try:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_2_0
        if version == (1, 0):
            read = np.lib.format.read_array_header_1_0
        shape, in_fortran_order, dtype = read(file)
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{path}: not a whole npy file: {reason}") from None
    check_value(not in_fortran_order, "{}: got Fortran's order, wanted C order", path)
    _check_dtype(dtype, path)
    return dtype, shape, file.tell()


def _check_dtype(dtype: np.dtype[Any], path: Path) -> None:
    """Refuse Python objects, which only unpickling would make, and all else that is no number."""
    fits = dtype.kind in "biuf" and dtype.itemsize <= 8
    check_value(fits, "{}: got elements of {}, wanted numbers or bool", path, dtype)


def _safetensors_header(file: BinaryIO, length: int, path: Path, name: str | None) -> Header:
    try:
        described = json.loads(file.read(length))
        described.pop("__metadata__", None)
        names = list(described)
        chosen = names[0] if name is None and len(names) == 1 else name
        if chosen not in described:
            got = "no name" if name is None else f"name {name!r}"
            raise ValueError(f"got {got}, wanted one of {', '.join(names[:20])}")
        entry = described[chosen]
        kind = entry["dtype"]
        if kind not in SAFETENSORS_DTYPES:
            raise ValueError(f"got elements of {kind}, wanted {', '.join(SAFETENSORS_DTYPES)}")
        dtype = np.dtype(SAFETENSORS_DTYPES[kind])
        shape = tuple(int(size) for size in entry["shape"])
        begin, end = (int(place) for place in entry["data_offsets"])
        if min(shape, default=0) < 0 or end - begin != math.prod(shape) * dtype.itemsize:
            raise ValueError(f"{chosen} has {end - begin} bytes, which is not its shape {shape}")
    except (KeyError, TypeError, AttributeError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: not a whole safetensors file: {error!r}"[:300]) from None
    except ValueError as error:
        raise ValueError(f"{path}: {' '.join(str(error).split())}") from None
    return dtype, shape, 8 + length + begin
