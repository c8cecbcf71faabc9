"""The recipe, the loop, and the folder that a run leaves behind."""

import csv
import dataclasses

import numpy as np
import pytest
from typer.testing import CliRunner

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.cli import app, main
from tinygrad_mnist.mnist.measures import evaluate
from tinygrad_mnist.mnist.recipe import RECIPES, Recipe, classifier
from tinygrad_mnist.mnist.runs import Run, RunError
from tinygrad_mnist.mnist.tensors import as_dataset
from tinygrad_mnist.mnist.training import Training


@pytest.fixture(scope="module")
def few():
    """300 training and 100 test digits, of the embedded ones."""
    digits = datasets.embedded()
    return dataclasses.replace(
        digits, train_images=digits.train_images[:300], train_labels=digits.train_labels[:300],
        test_images=digits.test_images[:100], test_labels=digits.test_labels[:100],
    )  # fmt: skip


@pytest.fixture(scope="module")
def idx_folder(few, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "digits"
    folder.mkdir()
    for part, images, labels in (
        ("train", few.train_images, few.train_labels),
        ("t10k", few.test_images, few.test_labels),
    ):
        n = len(labels)
        header = b"".join(k.to_bytes(4, "big") for k in (2051, n, 28, 28))
        (folder / f"{part}-images-idx3-ubyte").write_bytes(header + images.tobytes())
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(
            (2049).to_bytes(4, "big") + n.to_bytes(4, "big") + labels.tobytes()
        )
    return folder


def test_the_original_recipe_is_the_original_projects():
    network = classifier(RECIPES["original"])
    linear = [layer for layer in network if isinstance(layer, nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in linear] == [
        (784, 400),
        (400, 100),
        (100, 10),
    ]
    assert sum(p.numel() for p in network.parameters()) == 355_110
    assert [layer.p for layer in network if isinstance(layer, nn.Dropout)] == pytest.approx(
        [0.6, 0.5]
    )
    # He et al. (2015): variance 2 / fan_in, biases 0
    assert all(
        abs(layer.weight.detach().numpy().std() / np.sqrt(2 / layer.in_features) - 1) < 0.1
        for layer in linear
    )
    assert all((layer.bias == 0).all() for layer in linear)


def test_rate_decays_as_the_original_did(few):
    training = Training(Recipe(epochs=4, decay=0.1), few)
    rates = [epoch.rate for epoch in training]
    expected = [0.005, 0.005 / 1.1, 0.005 / 1.1 / 1.2, 0.005 / 1.1 / 1.2 / 1.3]
    assert rates == pytest.approx(expected)


def test_overfits_300_digits(few):
    training = Training(Recipe(keep=(1.0, 1.0), epochs=30, batch_size=64), few)
    last = list(training)[-1]
    assert last.train_accuracy == 1.0
    assert last.loss < 0.01
    assert last.test_accuracy > 0.7


def test_same_seed_same_run_bit_for_bit(few):
    def weights(seed):
        training = Training(Recipe(epochs=2, seed=seed), few)
        list(training)
        return [p.detach().numpy() for p in training.network.parameters()]

    first, again, other = weights(3), weights(3), weights(4)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_evaluation_counts_every_digit_once_with_dropout_off(few):
    network = classifier(Recipe())
    data = as_dataset(few.test_images, few.test_labels)
    a, b = evaluate(network, data), evaluate(network, data, batch_size=7)
    assert a.confusion.sum() == 100 and np.array_equal(a.confusion, b.confusion)
    assert np.array_equal(a.confusion.sum(1), np.bincount(few.test_labels, minlength=10))
    with tg.no_grad():
        answers = network(tg.from_numpy(few.test_images / np.float32(255))).argmax(1).numpy()
    assert a.accuracy == (answers == few.test_labels).mean()


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_train_then_evaluate_prints_the_same_numbers(idx_folder, tmp_path):
    out = tmp_path / "run"
    done = run(
        "train", "--data", idx_folder, "--out", out, "--epochs", 3, "--batch-size", 50, "--seed", 7
    )
    assert done.exit_code == 0, done.output
    assert sorted(p.name for p in out.iterdir()) == [
        "data.json", "last.pt", "learning-curves.png", "metrics.csv", "previous.pt", "recipe.json",
        "trained-on.bin", "weights.safetensors",
    ]  # fmt: skip
    assert (out / "learning-curves.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    recipe = Recipe.load(out / "recipe.json")
    assert recipe == Recipe(epochs=3, batch_size=50, seed=7)
    rows = list(csv.DictReader((out / "metrics.csv").open()))
    assert [row["number"] for row in rows] == ["1", "2", "3"]
    last = rows[-1]
    checked = run("evaluate", out)
    assert checked.exit_code == 0, checked.output
    assert (
        f"test accuracy  {float(last['test_accuracy']):.2%}  loss {float(last['test_loss']):.4f}"
        in checked.output
    )
    assert f"train accuracy {float(last['train_accuracy']):.2%}" in checked.output
    assert f"{float(last['test_accuracy']):.2%} of 100" in done.output


def test_ctrl_c_keeps_the_finished_epochs(idx_folder, tmp_path, monkeypatch):
    from tinygrad_mnist.mnist import training

    original, calls = training.train_epoch, []

    def interrupted(*args, **kwargs):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return original(*args, **kwargs)

    monkeypatch.setattr(training, "train_epoch", interrupted)
    out = tmp_path / "run"
    done = run("train", "--data", idx_folder, "--out", out, "--epochs", 9)
    assert done.exit_code == 130
    assert "Stopped in epoch 3; the 2 before it are kept." in done.output
    assert len(Run(out).history()) == 2
    assert run("evaluate", out).exit_code == 0


def test_ctrl_c_in_the_first_epoch_leaves_nothing_behind(idx_folder, tmp_path, monkeypatch):
    from tinygrad_mnist.mnist import training

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "train_epoch", interrupted)
    done = run("train", "--data", idx_folder, "--out", tmp_path / "run")
    assert done.exit_code == 130 and "nothing is kept" in done.output
    assert not (tmp_path / "run").exists()


def test_a_run_is_never_overwritten(idx_folder, tmp_path):
    out = tmp_path / "run"
    assert run("train", "--data", idx_folder, "--out", out, "--epochs", 1).exit_code == 0
    before = (out / "weights.safetensors").read_bytes()
    again = run("train", "--data", idx_folder, "--out", out, "--epochs", 1)
    assert isinstance(again.exception, RunError) and "holds a run already" in str(again.exception)
    assert (out / "weights.safetensors").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "--recipe", "secret"], "--recipe: got secret, wanted one of original"),
        (["train", "--hidden", "4OO,100"], "--hidden: got 4OO,100, wanted numbers"),
        (["train", "--keep", "0.4"], "2 hidden layers but 1 keep probabilities"),
        (["train", "--lr", "-1"], "lr is -1.0, wanted a positive number"),
        (["train", "--data", "/no/such/folder"], "/no/such/folder"),
        (["evaluate", "/no/such/run"], "/no/such/run: no such run"),
    ],
)
def test_mistakes_get_one_line_and_exit_code_2(arguments, message, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["tinygrad-mnist", *arguments])
    with pytest.raises(SystemExit) as exit:
        main()
    assert exit.value.code == 2
    error = capsys.readouterr().err
    assert message in error and len(error.strip().splitlines()) == 1
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("damage", ["truncated", "other shape", "text"])
def test_damaged_weights_are_refused_by_name(damage, idx_folder, tmp_path):
    out = tmp_path / "run"
    assert run("train", "--data", idx_folder, "--out", out, "--epochs", 1).exit_code == 0
    weights = out / "weights.safetensors"
    if damage == "truncated":
        weights.write_bytes(weights.read_bytes()[:-100])
    elif damage == "text":
        weights.write_text("not weights")
    else:
        Recipe(hidden=(300, 100)).save(out / "recipe.json")
    with pytest.raises(RunError, match="weights.safetensors: cannot be read") as error:
        Run(out).network()
    assert "\n" not in str(error.value)
