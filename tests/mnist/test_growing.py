"""Validation, early stopping, going on where a run was left, event files, the summary for scripts."""

import csv
import dataclasses
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import tinygrad_mnist as tg
from tinygrad_mnist.mnist import datasets, training
from tinygrad_mnist.mnist.cli import app
from tinygrad_mnist.mnist.measures import Answers, evaluate
from tinygrad_mnist.mnist.recipe import AUGMENTED, RECIPES, Recipe
from tinygrad_mnist.mnist.runs import Run, RunError
from tinygrad_mnist.mnist.training import Epoch, Training, split

SMALL = Recipe(hidden=(12, 8), keep=(0.9, 0.9), batch_size=50, epochs=4, seed=3)
EVERYTHING = dataclasses.replace(
    SMALL, schedule="one-cycle", weight_decay=0.1, label_smoothing=0.1, averaging=0.9, augment=True, keep_input=0.9,
    validation=0.2,
)  # fmt: skip


@pytest.fixture(scope="module")
def few():
    digits = datasets.embedded()
    return dataclasses.replace(
        digits, train_images=digits.train_images[:300], train_labels=digits.train_labels[:300],
        test_images=digits.test_images[:100], test_labels=digits.test_labels[:100],
    )  # fmt: skip


@pytest.fixture(scope="module")
def data(few, tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "few.npz"
    images = {"x_train": few.train_images, "x_test": few.test_images}
    np.savez(path, **images, y_train=few.train_labels, y_test=few.test_labels)
    return path


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_split_takes_the_share_of_every_class_and_nothing_twice():
    labels = np.random.default_rng(0).choice(10, 1000, p=[0.19, *[0.09] * 9]).astype(np.uint8)
    kept, held = split(labels, 0.2, np.random.default_rng(1))
    assert sorted([*kept, *held]) == list(range(1000))
    wanted = np.rint(np.bincount(labels) * 0.2)
    assert np.array_equal(np.bincount(labels[held]), wanted)
    again, other = (split(labels, 0.2, np.random.default_rng(seed))[1] for seed in (1, 2))
    assert np.array_equal(held, again) and not np.array_equal(held, other)
    everything, nothing = split(labels, 0.0, np.random.default_rng(1))
    assert len(everything) == 1000 and len(nothing) == 0


def test_held_out_digits_are_not_trained_on(few):
    training = Training(EVERYTHING, few)
    assert (len(training.train_set), len(training.validation_set)) == (
        241,
        59,
    )  # each class is rounded
    seen = {image.tobytes() for image in training.train_set.tensors[0].numpy()}
    assert not any(image.tobytes() in seen for image in training.validation_set.tensors[0].numpy())


def plain(value):
    """A training's state without tensors, which compares."""
    if isinstance(value, tg.Tensor):
        return value.dtype, value.tolist()
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def as_it_was_written(value, tensors):
    """A training's state in the form of last.safetensors, before there was last.pt."""
    if isinstance(value, tg.Tensor):
        name = f"tensor-{len(tensors)}"
        tensors[name] = value.detach()
        return {"tensor": name}
    if isinstance(value, dict):
        return {"pairs": [[key, as_it_was_written(each, tensors)] for key, each in value.items()]}
    return (
        [as_it_was_written(each, tensors) for each in value]
        if isinstance(value, list | tuple)
        else value
    )


def test_a_run_of_an_earlier_version_goes_on(few, tmp_path):
    folder, whole = Run(tmp_path / "run"), Training(EVERYTHING, few)
    folder.create(EVERYTHING, None, few)
    whole.step()
    folder.keep(whole)
    tensors = {}
    progress = json.dumps(as_it_was_written(whole.state(), tensors)).encode()
    tg.save(
        tensors | {"progress": tg.tensor(list(progress), dtype=tg.uint8)},
        folder.folder / "last.safetensors",
    )
    folder.last.unlink()
    resumed = Training(EVERYTHING, few)
    folder.resume(resumed, few)
    assert plain(resumed.state()) == plain(whole.state())
    folder.keep(resumed)
    assert folder.last.exists() and not (folder.folder / "last.safetensors").exists()


@pytest.mark.parametrize("recipe", [SMALL, EVERYTHING], ids=["plain", "everything"])
def test_interrupted_and_resumed_is_bit_for_bit_uninterrupted(recipe, few, tmp_path):
    def go(training, folder, stop=None):
        def watch(seen, loss):
            if len(training.history) == stop and seen > 100:
                raise KeyboardInterrupt

        training.watch = watch
        for _ in training:
            folder.keep(training)

    whole, parts = Run(tmp_path / "whole"), Run(tmp_path / "parts")
    for folder in (whole, parts):
        folder.create(recipe, None, few)
    go(Training(recipe, few), whole)
    with pytest.raises(KeyboardInterrupt):
        go(Training(recipe, few), parts, stop=2)
    assert len(parts.history()) == 2
    tg.manual_seed(99)
    resumed = Training(parts.read_recipe(), few)
    parts.resume(resumed, few)
    go(resumed, parts)
    assert parts.weights.read_bytes() == whole.weights.read_bytes()
    a, b = tg.load(whole.last), tg.load(parts.last)
    del a["history"], b["history"]  # with times in it
    assert plain(a) == plain(b)

    def timeless(folder):
        return [
            dataclasses.replace(epoch, seconds=0, images_per_second=0) for epoch in folder.history()
        ]

    assert len(timeless(whole)) == 4 and timeless(whole) == timeless(parts)


def test_the_command_resumes_what_ctrl_c_stopped(data, tmp_path, monkeypatch):
    options = ["--data", data, "--hidden", "12,8", "--batch-size", 50, "--epochs", 3]
    assert run("train", *options, "--out", tmp_path / "whole").exit_code == 0
    original, calls = training.train_epoch, []

    def interrupted(*args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return original(*args, **kwargs)

    monkeypatch.setattr(training, "train_epoch", interrupted)
    stopped = run("train", *options, "--out", tmp_path / "parts")
    assert stopped.exit_code == 130 and "train --resume" in stopped.output
    done = run("train", "--resume", tmp_path / "parts")
    assert done.exit_code == 0, done.output
    assert "epoch   2/3" in done.output and "epoch   1/3" not in done.output
    whole, parts = Run(tmp_path / "whole"), Run(tmp_path / "parts")
    assert parts.weights.read_bytes() == whole.weights.read_bytes()
    finished = run("train", "--resume", tmp_path / "parts")
    assert finished.exit_code == 0 and "has its 3 epochs already" in " ".join(
        finished.output.split()
    )
    longer = run("train", "--resume", tmp_path / "parts", "--epochs", 5)
    assert longer.exit_code == 0 and len(parts.history()) == 5 and parts.read_recipe().epochs == 5


def test_a_crash_between_the_files_of_an_epoch_is_mended_by_resuming(few, tmp_path, monkeypatch):
    """The weights and the metrics of an epoch are there, its state is not: it is trained again."""
    folder, whole = Run(tmp_path / "run"), Training(EVERYTHING, few)
    folder.create(EVERYTHING, None, few)
    whole.step()
    folder.keep(whole)
    before = folder.last.read_bytes()
    whole.step()
    folder.keep(whole)
    weights, history = folder.weights.read_bytes(), folder.history()
    folder.last.write_bytes(before)
    resumed = Training(EVERYTHING, few)
    folder.resume(resumed, few)
    assert len(resumed.history) == 1
    resumed.step()
    folder.keep(resumed)
    assert folder.weights.read_bytes() == weights
    assert [e.loss for e in folder.history()] == [e.loss for e in history]
    assert not [file for file in folder.folder.iterdir() if "partial" in file.name]


def test_resuming_refuses(data, few, tmp_path):
    out = tmp_path / "run"
    assert (
        run("train", "--data", data, "--out", out, "--hidden", "12,8", "--epochs", 1).exit_code == 0
    )
    refused = {
        ("--lr", 0.1): "--lr cannot be given with it",
        ("--recipe", "modern"): "--recipe cannot be given with it",
        ("--label-smoothing", 0.1): "--label-smoothing cannot be given with it",
        ("--epochs", 3, "--data", "embedded"): "these are other digits",
    }
    for arguments, message in refused.items():
        assert message in str(run("train", "--resume", out, *arguments).exception)
    assert "no such run" in str(run("train", "--resume", tmp_path / "none").exception)
    last = out / "last.pt"
    whole = last.read_bytes()
    for content in (whole[:-10], b"", b"text"):
        last.write_bytes(content)
        error = run("train", "--resume", out, "--epochs", 2).exception
        assert isinstance(error, RunError) and str(error).startswith(f"{last}: cannot be read"), (
            error
        )
        assert "\n" not in str(error)
    last.unlink()
    assert "missing" in str(run("train", "--resume", out, "--epochs", 2).exception)
    assert Run(out).read_recipe().epochs == 1
    cycle = tmp_path / "cycle"
    options = [
        "--data",
        data,
        "--out",
        cycle,
        "--hidden",
        "12,8",
        "--epochs",
        1,
        "--schedule",
        "one-cycle",
    ]
    assert run("train", *options).exit_code == 0
    assert "is made for 1" in str(run("train", "--resume", cycle, "--epochs", 2).exception)


def test_patience_ends_and_the_best_epochs_weights_are_kept(few, tmp_path, monkeypatch):
    recipe = dataclasses.replace(SMALL, epochs=9, validation=0.2, patience=2)
    given = iter(
        [0.5, 0.7, 0.6, 0.7, 0.9]
    )  # the fourth has the second's accuracy, and a higher loss

    def measured(network, dataset, batch_size=1000):
        result = evaluate(network, dataset, batch_size)
        if len(dataset) != 59:
            return result
        right = round(next(given) * 59)
        loss = 5.0 if right == 41 and len(train.history) else 6.0
        scores = np.full((59, 10), -loss)
        labels = result.labels.copy()
        scores[np.arange(59), labels] = -loss + 1e-9
        scores[np.arange(right, 59), (labels[right:] + 1) % 10] = -loss + 2e-9
        return Answers(scores, labels)

    monkeypatch.setattr(training, "evaluate", measured)
    train, folder = Training(recipe, few), Run(tmp_path / "run")
    folder.create(recipe, None, few)
    weights = []
    for _ in train:
        folder.keep(train)
        weights.append(train.network[1].weight.detach().numpy().copy())
    assert [round(e.validation_accuracy, 1) for e in train.history] == [0.5, 0.7, 0.6, 0.7]
    assert train.best.number == 2
    assert np.array_equal(folder.network()[1].weight.detach().numpy(), weights[1])
    assert [e.number for e in folder.history()] == [1, 2, 3, 4]
    resumed = Training(recipe, few)
    folder.resume(resumed, few)
    assert resumed.finished
    lower = dataclasses.replace(train.history[3], number=5, validation_loss=0.1)
    train.history.append(lower)
    assert train.best is lower  # of equal accuracies, the lower loss


def test_json_is_one_object_on_standard_output(data, tmp_path):
    options = ["--data", data, "--hidden", "12,8", "--epochs", 2, "--validation", 0.2, "--json"]
    done = run("train", *options, "--out", tmp_path / "run")
    assert done.exit_code == 0, done.output
    summary = json.loads(done.stdout)
    kept = Run(tmp_path / "run").history()[summary["kept_epoch"] - 1]
    assert summary["validation_accuracy"] == kept.validation_accuracy is not None
    assert (
        summary["test_accuracy"] == kept.test_accuracy
        and summary["parameters"] == 784 * 12 + 12 + 12 * 8 + 8 + 90
    )
    assert (summary["train_digits"], summary["validation_digits"], summary["test_digits"]) == (
        241,
        59,
        100,
    )
    assert "author reported 99.13%" in done.stderr and "validation" in done.stderr
    rows = list(csv.DictReader((tmp_path / "run" / "metrics.csv").open()))
    assert all(0 < float(row["validation_accuracy"]) < 1 for row in rows)
    assert json.loads((tmp_path / "run" / "recipe.json").read_text())["validation"] == 0.2


def test_event_files_say_what_the_run_did(data, tmp_path):
    events = pytest.importorskip("tensorboardX.proto.event_pb2")
    pytest.importorskip("tensorboardX")
    out = tmp_path / "run"
    done = run(
        "train", "--data", data, "--hidden", "12,8", "--epochs", 2, "--out", out, "--tensorboard"
    )
    assert done.exit_code == 0, done.output
    (file,) = out.glob("events.out.tfevents.*")
    content, values = file.read_bytes(), {}
    while content:  # TFRecord: length, its checksum, the record, its checksum
        length = int.from_bytes(content[:8], "little")
        event, content = events.Event.FromString(content[12 : 12 + length]), content[16 + length :]
        values |= {(value.tag, event.step): value for value in event.summary.value}
    for epoch in Run(out).history():
        assert values["accuracy/test", epoch.number].simple_value == pytest.approx(
            epoch.test_accuracy
        )
        assert values["loss/train", epoch.number].simple_value == pytest.approx(epoch.loss)
        picture = values["filters/first_layer", epoch.number].image
        assert (picture.width, picture.height) == (4 * 29, 3 * 29)
        assert values["1.weight", epoch.number].histo.num == 784 * 12


def test_without_tensorboardx_one_line_says_what_to_install(data, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    done = run("train", "--data", data, "--epochs", 1, "--out", tmp_path / "run", "--tensorboard")
    assert isinstance(done.exception, ImportError) and "tinygrad-mnist[tensorboard]" in str(
        done.exception
    )
    assert not (tmp_path / "run").exists()


def test_options_reach_the_recipe():
    from tinygrad_mnist.mnist.commands.train import chosen_recipe

    assert chosen_recipe("modern", {}) == RECIPES["modern"]
    assert chosen_recipe("modern", {"augment": True}) == AUGMENTED["modern"]
    assert chosen_recipe("original", {"augment": True}) == dataclasses.replace(
        RECIPES["original"], augment=True
    )
    assert chosen_recipe("modern", {"augment": True, "epochs": 3}).epochs == 3
    with pytest.raises(ValueError, match="wanted a validation share with it"):
        chosen_recipe("original", {"patience": 3})


def test_averaged_weights_are_the_running_mean(few):
    recipe = dataclasses.replace(SMALL, averaging=0.9, epochs=1)
    training = Training(recipe, few)
    mean, weights = training.network[1].weight.detach().numpy().copy(), []
    training.watch = lambda seen, loss: weights.append(
        training.network[1].weight.detach().numpy().copy()
    )
    training.step()
    for each in weights:
        mean = 0.9 * mean + 0.1 * each
    np.testing.assert_allclose(
        training.averaged[1].weight.detach().numpy(), mean, rtol=1e-5, atol=1e-7
    )
    assert (
        len(weights) == 6
        and training.history[0].test_accuracy
        == evaluate(training.averaged, training.test_set).accuracy
    )


def test_old_metrics_without_validation_are_read(tmp_path):
    names = [field.name for field in dataclasses.fields(Epoch)][:8]
    (tmp_path / "metrics.csv").write_text(
        ",".join(names) + "\n1,0.5,0.005,0.9,0.8,0.6,2.0,30000.0\n"
    )
    (epoch,) = Run(Path(tmp_path)).history()
    assert epoch.validation_accuracy is None and epoch.images_per_second == 30000
