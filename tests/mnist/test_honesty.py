"""No accuracy on digits that were trained on is called a test, whatever their source is called."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from tinygrad_mnist.formats.checksums import seal_json
from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.cli import app
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.report import gallery
from tinygrad_mnist.mnist.runs import Run, RunError, fingerprint, opened
from tinygrad_mnist.mnist.seen import MNIST_TRAINING, checksums, mnist_training, pack, unpack

RNG = np.random.default_rng(3)


def cli(*arguments: object, code: int = 0) -> Any:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == code, result.output
    return result


def write(folder: Path, digits: Digits) -> Path:
    folder.mkdir()
    np.savez(
        folder / "digits.npz",
        x_train=digits.train_images,
        y_train=digits.train_labels,
        x_test=digits.test_images,
        y_test=digits.test_labels,
    )
    return folder / "digits.npz"


@pytest.fixture(scope="module")
def embedded() -> Digits:
    return datasets.embedded()


@pytest.fixture(scope="module")
def new() -> Digits:
    """Digits that nobody was trained on: the embedded ones, each with a speck in a corner."""
    found = datasets.embedded()
    train = found.train_images[:300].copy()
    test = found.test_images[:100].copy()
    train[:, 0, 0] = 77
    test[:, 0, 0] = 78
    return Digits(train, found.train_labels[:300], test, found.test_labels[:100], "new digits")


@pytest.fixture(scope="module")
def run(new: Digits, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was trained on the new digits."""
    folder = tmp_path_factory.mktemp("honest")
    data = write(folder / "data", new)
    cli("train", "--data", data, "--epochs", 1, "--out", folder / "run")
    return folder / "run"


def test_checksums_are_of_the_pictures() -> None:
    images = RNG.integers(0, 256, (50, 28, 28), np.uint8)
    found = checksums(images)
    assert len(np.unique(found)) == 50
    assert found.max() < 2**40
    np.testing.assert_array_equal(checksums(images[::-1]), found[::-1])
    np.testing.assert_array_equal(unpack(pack(found)), np.sort(found))
    np.testing.assert_array_equal(unpack(pack(np.concatenate([found, found]))), np.sort(found))
    assert len(unpack(b"")) == len(checksums(images[:0])) == 0
    with pytest.raises(ValueError, match="reshape"):
        unpack(b"abc")


def test_the_embedded_digits_are_mnists_training_digits(embedded: Digits) -> None:
    assert len(mnist_training()) == 60_000
    for images in (embedded.train_images, embedded.test_images):
        assert np.isin(checksums(images), mnist_training()).all()
    assert not np.isin(checksums(embedded.test_images), checksums(embedded.train_images)).any()


def test_mnists_own_sets_are_known_and_apart() -> None:
    named = os.environ.get("TINYGRAD_MNIST_TEST_DATA")
    folder = Path(named) if named else Path(__file__).parents[2].parent / "shared" / "mnist"
    if not folder.is_dir():
        pytest.skip("no full MNIST here")
    digits = datasets.from_folder(folder)
    assert fingerprint(digits) == MNIST_TRAINING
    np.testing.assert_array_equal(np.unique(checksums(digits.train_images)), mnist_training())
    assert not np.isin(checksums(digits.test_images), mnist_training()).any()


@pytest.mark.parametrize("name", ["original", "modern"])
def test_a_shipped_network_on_the_embedded_digits(name: str) -> None:
    result = cli("evaluate", name, "--data", "embedded", "--mistakes", 0)
    assert "test accuracy" not in result.output
    assert "no test:" in result.stdout
    assert "All 1,000 test digits are among those that the network was trained on" in (
        result.stderr
    )
    found = json.loads(cli("evaluate", name, "--data", "embedded", "--json").stdout)
    assert found["test"]["trained_on"] == found["test"]["digits"] == 1000
    assert found["train"]["trained_on"] == 4000


def test_a_shipped_network_on_new_digits(new: Digits, tmp_path: Path) -> None:
    data = write(tmp_path / "data", new)
    result = cli("evaluate", "original", "--data", data)
    assert "test accuracy" in result.stdout
    assert "trained on other digits" in result.stderr
    assert (
        json.loads(cli("evaluate", "original", "--data", data, "--json").stdout)["test"][
            "trained_on"
        ]
        == 0
    )


def test_a_mixture_tells_both_figures(new: Digits, embedded: Digits, tmp_path: Path) -> None:
    images = np.concatenate([new.test_images, embedded.test_images[:300]])
    labels = np.concatenate([new.test_labels, embedded.test_labels[:300]])
    mixed = Digits(new.train_images, new.train_labels, images, labels, "")
    data = write(tmp_path / "data", mixed)
    result = cli("evaluate", "original", "--data", data)
    assert "300 of 400 test digits are among those" in result.stderr
    assert "% of the 100 that it was not trained on" in result.stdout
    assert (
        json.loads(cli("evaluate", "original", "--data", data, "--json").stdout)["test"][
            "trained_on"
        ]
        == 300
    )
    report = gallery(*reversed_pair("original", mixed))["report.html"]
    assert "300 of 400 were among those that it was trained on" in str(report)
    assert "of those never seen" in str(report)


def reversed_pair(name: str, digits: Digits) -> tuple[Any, Digits, Any]:
    network, about = opened(name)
    return network, digits, about


def test_a_run_keeps_the_checksums_of_its_digits(run: Path, new: Digits) -> None:
    kept = Run(run).checksums()
    assert kept is not None
    np.testing.assert_array_equal(kept, np.unique(checksums(new.train_images)))
    result = cli("evaluate", run)
    assert "test accuracy" in result.stdout
    assert result.stderr == ""
    assert json.loads(cli("evaluate", run, "--json").stdout)["test"]["trained_on"] == 0


def test_a_run_on_its_own_digits_under_another_name(run: Path, new: Digits, tmp_path: Path) -> None:
    """The digits are the same, the source is not: nothing to be said."""
    data = write(tmp_path / "elsewhere", new)
    assert cli("evaluate", run, "--data", data).stderr == ""
    swapped = Digits(
        new.test_images, new.test_labels, new.train_images, new.train_labels, new.source
    )
    data = write(tmp_path / "swapped", swapped)
    result = cli("evaluate", run, "--data", data)
    assert "All 300 test digits are among those that the network was trained on" in result.stderr
    assert "test accuracy" not in result.output


def test_an_older_run_knows_its_digits_by_their_fingerprint(run: Path, tmp_path: Path) -> None:
    folder = Run(run)
    content = folder.trained_on.read_bytes()
    record = folder.data.read_text()
    folder.trained_on.unlink()
    try:
        assert json.loads(cli("evaluate", run, "--json").stdout)["test"]["trained_on"] == 0
        found = cli("evaluate", run, "--data", "embedded", "--json")
        assert json.loads(found.stdout)["test"]["trained_on"] is None
        assert "whether these are among them is not known" in found.stderr
        without = ("sha256", "checksum")
        older = {key: value for key, value in json.loads(record).items() if key not in without}
        folder.data.write_text(seal_json(older))
        assert json.loads(cli("evaluate", run, "--json").stdout)["test"]["trained_on"] is None
        report = str(gallery(*reversed_pair(str(run), datasets.embedded()))["report.html"])
        assert "nobody wrote down" in report
        assert "never saw" not in report
    finally:
        folder.trained_on.write_bytes(content)
        folder.data.write_text(record)


def test_damaged_checksums_are_named(run: Path) -> None:
    folder = Run(run)
    content = folder.trained_on.read_bytes()
    folder.trained_on.write_bytes(content[:-1])
    try:
        with pytest.raises(RunError, match=r"trained-on\.bin: cannot be read"):
            opened(run)
    finally:
        folder.trained_on.write_bytes(content)


def test_the_report_says_what_it_measured_on(run: Path, new: Digits, embedded: Digits) -> None:
    report = str(gallery(*reversed_pair("original", embedded))["report.html"])
    assert "never saw" not in report
    assert "digits that it was trained on" in report
    assert "<dt>test accuracy</dt>" not in report
    report = str(gallery(*reversed_pair(str(run), new))["report.html"])
    assert "measured on digits that it never saw" in report
    assert "<dt>test accuracy</dt>" in report


def test_training_says_when_its_test_digits_are_training_digits(
    new: Digits, tmp_path: Path
) -> None:
    both = Digits(
        new.train_images, new.train_labels, new.train_images[:40], new.train_labels[:40], ""
    )
    data = write(tmp_path / "data", both)
    result = cli("train", "--data", data, "--epochs", 1, "--out", tmp_path / "run")
    assert "40 test digits that are among the training digits too" in result.stdout
    result = cli("train", "--data", data, "--epochs", 1, "--out", tmp_path / "run2", "--json")
    assert json.loads(result.stdout.splitlines()[-1])["test_digits_trained_on"] == 40


def test_the_comparison_knows_a_part_of_mnist(
    new: Digits, embedded: Digits, tmp_path: Path
) -> None:
    part = Digits(
        embedded.train_images[:50],
        embedded.train_labels[:50],
        embedded.test_images[:50],
        embedded.test_labels[:50],
        "",
    )
    for name, digits, words in (
        ("part", part, "on 50 of its 60,000 training digits."),
        ("new", new, "points, on other digits."),
    ):
        data = write(tmp_path / name, digits)
        result = cli("train", "--data", data, "--epochs", 1, "--out", tmp_path / f"run-{name}")
        assert words in result.stdout


def test_the_page_is_told(new: Digits, embedded: Digits) -> None:
    pytest.importorskip("starlette")
    from starlette.testclient import TestClient

    from tinygrad_mnist.mnist.commands.demo import _run_state
    from tinygrad_mnist.mnist.demo.server import application

    with TestClient(application(_run_state("original", "embedded"), ["testserver"])) as client:
        assert client.get("/api/about").json()["network"]["trained_on"] == 1000
