"""Digits in the forms that other people keep them in: CSV, Parquet, folders of pictures.

Each reader gives pictures and labels, or raises a `DataError` that names the file.
"""

from __future__ import annotations

import gzip
import importlib.util
import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinygrad_mnist.extras import MissingPackageError

__all__ = [
    "LARGEST",
    "DataError",
    "held_out",
    "read_bytes",
    "read_csv",
    "read_parquet",
    "read_pictures",
]

SIDE = 28
PIXELS = SIDE * SIDE
LABELS = ("label", "class", "digit", "target", "y")  # what a column of labels is called
LARGEST = 400_000_000  # bytes of digits, unpacked: MNIST has 47 million, its CSV 110 million
GZIP = b"\x1f\x8b"  # how such a file begins
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff")
HELD_OUT = 7  # of so many digits one is held out, as of MNIST's 70,000

Array = NDArray[np.uint8]
Pairs = tuple[Array, Array]


class DataError(ValueError):
    """Digits that cannot be had: one line with the file, what it holds and what was wanted."""


def read_bytes(path: Path) -> bytes:
    """The content of a file, unpacked where it is gzipped.

    Args:
        path: the file.

    Returns:
        The bytes.

    Raises:
        DataError: if there are more than digits can need; no more are unpacked.
        OSError, EOFError, zlib.error: if it cannot be read, or is damaged.
    """
    too_large = DataError(
        f"{path}: got more than {LARGEST:,} bytes, wanted fewer; a program reads more with"
        " utils.data.MemoryMappedDataset"
    )
    if path.stat().st_size > LARGEST:
        raise too_large
    content = path.read_bytes()
    if content.startswith(GZIP):
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            content = packed.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise too_large
    return content


def read_csv(path: Path) -> Pairs:
    """Read a table with a row for each digit: its label and its 784 pixels.

    Kaggle's train.csv is such a file, and mnist_train.csv, which has no line of names.

    Args:
        path: the file; it may be gzipped.

    Returns:
        uint8 (n, 28, 28) and (n,).

    Raises:
        DataError: if the file is something else.
    """
    try:
        content = read_bytes(path)
        lines = content.decode("utf-8-sig").splitlines()
        first = lines[0] if lines else ""
        names = [name.strip().strip('"').lower() for name in first.split(",")]
        if len(names) == PIXELS:
            raise DataError(f"{path}: got {PIXELS} columns, wanted a column of labels too")
        if len(names) != PIXELS + 1:
            raise DataError(f"{path}: got {len(names)} columns, wanted {PIXELS + 1}")
        has_names = not names[0].isdigit()
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # of an empty table, of numbers that do not fit
            table = np.loadtxt(lines, np.uint8, delimiter=",", skiprows=int(has_names), ndmin=2)
    except DataError:
        raise
    except Exception as error:  # damaged text, gzip or numbers
        reason = " ".join(str(error).split()).partition(";")[0]
        raise DataError(f"{path}: {reason or type(error).__name__}") from error
    if table.shape[1] != PIXELS + 1:
        raise DataError(f"{path}: got rows of {table.shape[1]} numbers, wanted {PIXELS + 1}")
    column = 0
    if has_names:
        found = [names.index(name) for name in LABELS if name in names]
        if not found:
            wanted = ", ".join(LABELS)
            raise DataError(f"{path}: got no column of labels, wanted one called {wanted}")
        column = found[0]
    pixels = np.delete(table, column, 1)
    return pixels.reshape(-1, SIDE, SIDE), table[:, column].copy()


def read_parquet(paths: Sequence[Path]) -> Pairs:
    """Read Parquet files with a column of pictures and one of labels, as Hugging Face has them.

    Args:
        paths: the files, in order.

    Returns:
        uint8 (n, 28, 28) and (n,).

    Raises:
        DataError: if neither pyarrow nor pandas is installed, or a file is something else.
    """
    images = []
    labels = []
    for path in paths:
        pictures, classes = _columns(path)
        for number, picture in enumerate(pictures):
            content = picture.get("bytes") if isinstance(picture, dict) else picture
            images.append(_picture(content, f"{path}: row {number}"))
        labels += [int(each) for each in classes]
    if not images:
        raise DataError(f"{paths[0]}: got no digits, wanted some")
    if min(labels) < 0 or max(labels) > 9:
        raise DataError(f"{paths[0]}: got labels {min(labels)} to {max(labels)}, wanted 0 to 9")
    return np.stack(images), np.array(labels, np.uint8)


def _columns(path: Path) -> tuple[list[Any], list[Any]]:
    """The columns of pictures and of labels."""
    try:
        if importlib.util.find_spec("pyarrow") is not None:
            from pyarrow import parquet

            table: Any = parquet.read_table(path).to_pydict()
        else:
            from pandas import read_parquet as read

            table = read(path).to_dict("list")
    except ImportError:
        raise DataError(str(MissingPackageError(f"{path}: Parquet", "pyarrow"))) from None
    except Exception as error:
        reason = " ".join(str(error).split())
        raise DataError(f"{path}: {reason or type(error).__name__}") from error
    names = {str(name).lower(): name for name in table}
    pictures = [names[name] for name in ("image", "img", "picture") if name in names]
    labels = [names[name] for name in LABELS if name in names]
    if not pictures or not labels:
        raise DataError(f"{path}: got columns {', '.join(names)}, wanted image and label")
    return table[pictures[0]], table[labels[0]]


def read_pictures(folder: Path) -> Pairs:
    """Read a folder whose folders 0 to 9 hold pictures of these digits.

    Args:
        folder: where they are.

    Returns:
        uint8 (n, 28, 28) and (n,), in the order of the names.

    Raises:
        DataError: if a picture is of another size, or cannot be read, or there is none.
    """
    images = []
    labels = []
    for digit in range(10):
        for file in sorted((folder / str(digit)).glob("*")):
            if file.suffix.lower() in PICTURES:
                images.append(_picture(file, str(file)))
                labels.append(digit)
    if not images:
        raise DataError(f"{folder}: got no pictures in its folders 0 to 9, wanted some")
    return np.stack(images), np.array(labels, np.uint8)


def _picture(source: Any, name: str) -> Array:
    """The grey values of a picture of 28 x 28, in a file or in bytes."""
    from PIL import Image

    if isinstance(source, bytes):
        source = io.BytesIO(source)
    try:
        with Image.open(source) as image:
            size = image.size
            pixels = np.asarray(image.convert("L")) if size == (SIDE, SIDE) else None
    except Exception as error:  # a damaged picture can fail in any way
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DataError(f"{name}: cannot be read as a picture: {reason}") from error
    if pixels is None:
        wide, high = size
        raise DataError(f"{name}: got a picture of {wide} x {high}, wanted {SIDE} x {SIDE}")
    return pixels


def held_out(images: Array, labels: Array) -> tuple[Pairs, Pairs]:
    """Divide digits into those to train on and a stratified hold-out, the same each time.

    Args:
        images: (n, 28, 28).
        labels: (n,).

    Returns:
        Pictures and labels to train on, and a seventh of each class to test on.
    """
    random = np.random.RandomState(0)  # whose stream stays as it is (NEP 19)
    drawn = random.permutation(len(labels))
    parts = [np.empty(0, drawn.dtype)]
    for digit in range(10):
        places = drawn[labels[drawn] == digit]
        count = max(1, round(len(places) / HELD_OUT)) if len(places) > 1 else 0
        parts.append(places[:count])
    test = random.permutation(np.concatenate(parts))
    train = random.permutation(np.setdiff1d(drawn, test))
    return (images[train], labels[train]), (images[test], labels[test])
