"""Many runs: `sweep` trains them, `compare` holds them against each other; `data` says on what."""

import csv
import json
import sys

import numpy as np
import pytest

pytest.importorskip("tinygrad_mnist.mnist", exc_type=ImportError, reason="needs the extra mnist")

from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.cli import main
from tinygrad_mnist.mnist.runs import Run


def run(capsys, *arguments):
    """Call the command line in this process; its exit code and what it said."""
    before = sys.argv
    sys.argv = ["tinygrad-mnist", *map(str, arguments)]
    try:
        main()
        code = 0
    except SystemExit as exit:
        code = exit.code or 0
    finally:
        sys.argv = before
    out, error = capsys.readouterr()
    return code, " ".join(out.split()), " ".join(error.split())


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """A few digits in a file, so that a training takes no time."""
    found = datasets.embedded()
    path = tmp_path_factory.mktemp("digits") / "few.npz"
    np.savez(
        path,
        x_train=found.train_images[:600],
        y_train=found.train_labels[:600],
        x_test=found.test_images[:200],
        y_test=found.test_labels[:200],
    )
    return path


SWEEP = (
    "sweep",
    "--vary",
    "hidden=20,10;30,10",
    "--vary",
    "lr=0.005",
    "--seeds",
    "0,1",
    "--epochs",
    2,
)


@pytest.fixture(scope="module")
def swept(digits, tmp_path_factory):
    return tmp_path_factory.mktemp("sweep")


def test_a_sweep_trains_every_combination_and_goes_on_where_it_stopped(digits, swept, capsys):
    code, out, error = run(capsys, *SWEEP, "--data", digits, "--out", swept)
    assert code == 0, error
    assert out.startswith("4 runs, ") and "finished before" not in out
    folders = sorted(path for path in swept.iterdir() if path.is_dir())
    assert [path.name for path in folders] == [
        f"hidden={sizes}_lr=0.005_seed={seed}" for sizes in ("20,10", "30,10") for seed in (0, 1)
    ]
    assert Run(folders[0]).read_recipe().hidden == (20, 10)
    assert [len(Run(folder).history()) for folder in folders] == [2] * 4
    rows = list(csv.DictReader((swept / "sweep.csv").open(encoding="utf-8")))
    last = [Run(folder).history()[-1].test_accuracy for folder in folders]
    assert [float(row["test_accuracy"]) for row in rows] == last
    assert (swept / "sweep.png").read_bytes().startswith(b"\x89PNG")
    metrics = folders[0] / "metrics.csv"  # as if it had been stopped after the first epoch
    lines = metrics.read_text("utf-8").splitlines(keepends=True)
    metrics.write_text("".join(lines[:2]), "utf-8")
    code, out, error = run(capsys, *SWEEP, "--data", digits, "--out", swept)
    assert code == 0 and out.count("finished before") == 3, error
    assert Run(folders[0]).history()[-1].test_accuracy == last[0]


def test_compare_names_what_differs_and_what_came_of_it(swept, capsys, tmp_path):
    folders = sorted(path for path in swept.iterdir() if path.is_dir())[1:3]
    code, out, _ = run(capsys, "compare", *folders, "--out", tmp_path / "curves.png")
    assert (
        code == 0
        and "Where the recipes differ" in out
        and "lr" not in out.partition("came to")[0].split()
    )
    assert (
        "20,10" in out
        and "30,10" in out
        and f"{Run(folders[0]).history()[-1].test_accuracy:.2%}" in out
    )
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    code, _, _ = run(capsys, "compare", folders[0], folders[0])
    assert code == 0
    main_output = run_json(capsys, "compare", *folders, "--json")
    assert [each["differs"] for each in main_output] == [
        {"hidden": [20, 10], "seed": 1},
        {"hidden": [30, 10], "seed": 0},
    ]


def run_json(capsys, *arguments):
    before = sys.argv
    sys.argv = ["tinygrad-mnist", *map(str, arguments)]
    try:
        main()
    except SystemExit:
        pass
    finally:
        sys.argv = before
    return json.loads(capsys.readouterr().out)


def test_data_lists_sources_and_looks_into_one(digits, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("TINYGRAD_MNIST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(datasets, "unreachable", lambda url: "no network here")
    code, out, _ = run(capsys, "data")
    assert code == 0 and "not there yet" in out and "no network here" in out and "embedded" in out
    code, out, _ = run(capsys, "data", digits, "--show", 3)
    assert code == 0 and "600" in out and "200" in out and "not MNIST's 60,000" in out
    assert len(set(out) & set("▀▄█")) > 1  # digits
    code, _, error = run(capsys, "data", tmp_path / "nothing.npz")
    assert code == 2 and "nothing.npz" in error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["sweep", "--vary", "rate=1"],
            "--vary: got rate=1, wanted NAME=V,V with a NAME of hidden",
        ),
        (["sweep", "--vary", "lr=fast"], "--vary: got lr=fast, wanted numbers"),
        (["sweep", "--vary", "lr=-1"], "recipe: lr is -1.0, wanted"),
        (["sweep", "--vary", "augment=maybe"], "--vary: got augment=maybe, wanted true or false"),
        (["sweep", "--seeds", "1,1"], "--seeds: got 1,1, wanted different whole numbers"),
        (["sweep", "--recipe", "newest"], "got newest, wanted one of original, modern"),
        (["compare", "one"], "compare: got 1 run, wanted two or more"),
        (["compare", "one", "two"], "one: no such run"),
        (
            ["compare", "one", "two", "--out", "x.pdf"],
            "--out: got x.pdf, wanted a file that ends in .png",
        ),
    ],
)
def test_mistakes_get_one_line_and_train_nothing(arguments, message, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    code, out, error = run(capsys, *arguments)
    assert code == 2 and message in error and not out
    assert not list(tmp_path.iterdir())
