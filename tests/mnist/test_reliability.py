"""Promises of docs/reliability.md about runs, each with the fault really injected."""

import contextlib
import dataclasses
import errno
import io
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.formats import checkpoint, files
from tinygrad_mnist.mnist import datasets, runs, training
from tinygrad_mnist.mnist.recipe import Recipe
from tinygrad_mnist.mnist.runs import Run, RunError
from tinygrad_mnist.mnist.training import DivergedError, Training

resource = pytest.importorskip("resource")  # not on Windows
KILLS = int(os.environ.get("TINYGRAD_MNIST_KILLS", "25"))
SMALL = Recipe(hidden=(12, 8), keep=(0.9, 0.9), batch_size=50, epochs=4, seed=3)
EVERYTHING = dataclasses.replace(
    SMALL,
    schedule="one-cycle",
    weight_decay=0.1,
    label_smoothing=0.1,
    averaging=0.9,
    augment=True,
    keep_input=0.9,
    validation=0.2,
)
OPTIONS = ["--hidden", "12,8", "--batch-size", "50", "--epochs", "3", "--seed", "3"]


@pytest.fixture(scope="module")
def few():
    digits = datasets.embedded()
    return dataclasses.replace(
        digits,
        train_images=digits.train_images[:300],
        train_labels=digits.train_labels[:300],
        test_images=digits.test_images[:100],
        test_labels=digits.test_labels[:100],
    )


@pytest.fixture(scope="module")
def data(few, tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "few.npz"
    images = {"x_train": few.train_images, "x_test": few.test_images}
    np.savez(path, **images, y_train=few.train_labels, y_test=few.test_labels)
    return path


# processes that can be killed ----------------------------------------------------------------


def command(arguments, output):
    """In a process of its own: the command line, all that it prints in a file."""
    from tinygrad_mnist.mnist.cli import main

    where = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(where, 1)
    os.dup2(where, 2)
    sys.stdout = io.TextIOWrapper(
        os.fdopen(1, "wb", closefd=False), encoding="utf-8", line_buffering=True
    )
    sys.stderr = io.TextIOWrapper(
        os.fdopen(2, "wb", closefd=False), encoding="utf-8", line_buffering=True
    )
    sys.argv = ["tinygrad-mnist", *map(str, arguments)]
    main()


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """Starts the command line in a process that has imported everything already."""
    if sys.platform == "win32":
        pytest.skip("there is no fork")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tinygrad_mnist.mnist.cli", "tests.mnist.test_reliability"])
    output = tmp_path_factory.mktemp("output") / "output"

    def started(*arguments):
        process = context.Process(target=command, args=(arguments, output))
        process.start()
        process.output = output
        return process

    return started


def ended(process, seconds=60):
    process.join(seconds)
    assert process.exitcode is not None
    return process.exitcode


@pytest.mark.parametrize(
    ("options", "most"),
    [([], KILLS // 3), (["--validation", "0.2", "--augment"], KILLS)],
    ids=["plain", "validation"],
)
def test_killed_at_random_moments_and_resumed_is_bit_for_bit_uninterrupted(
    options, most, start, data, tmp_path
):
    every = ["--checkpoint-every", "1"]  # so that many kills come while one is written
    whole, parts = Run(tmp_path / "whole"), Run(tmp_path / "parts")
    begun = ["train", "--data", data, *OPTIONS, "--epochs", "8", *options]
    assert ended(start(*begun, "--out", whole.folder)) == 0
    draw = random.Random(1)
    kills = 0
    positions = set()
    for _ in range(40 * most):
        if kills >= most:
            break
        again = ["train", "--resume", parts.folder]
        process = start(
            *(again if parts.recipe.exists() else [*begun, "--out", parts.folder]), *every
        )
        until = time.monotonic() + 20
        # a moment after it has got going: the checkpoint changes, or the process ends
        before = stamp(parts.last)
        while stamp(parts.last) == before and process.is_alive() and time.monotonic() < until:
            time.sleep(0.001)
        time.sleep(draw.uniform(0, 0.05))
        if process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.join()
        if process.exitcode == 0:  # it came to its end before it was killed
            break
        assert process.exitcode == -signal.SIGKILL, process.output.read_text()[-2000:]
        if parts.last.exists():
            state = checkpoint.read(parts.last)
            positions.add((len(state["history"]), (state["pass"] or {"steps": 0})["steps"]))
    assert ended(start("train", "--resume", parts.folder)) == 0
    assert kills >= min(most, 10) and any(step for _, step in positions), (kills, positions)
    assert parts.weights.read_bytes() == whole.weights.read_bytes()
    assert plain(parts) == plain(whole)
    left = [name for name in os.listdir(parts.folder) if "partial" in name or name == ".lock"]
    assert not left
    assert parts.curves.exists()


def stamp(path):
    with contextlib.suppress(FileNotFoundError):
        found = path.stat()
        return found.st_ino, found.st_mtime_ns
    return None


def plain(run):
    """What a run's checkpoint holds, without times."""

    def bare(value):
        if isinstance(value, tg.Tensor):
            return value.dtype, value.tolist()
        if isinstance(value, dict):
            times = ("seconds", "images_per_second")
            return {key: bare(each) for key, each in value.items() if key not in times}
        return [bare(each) for each in value] if isinstance(value, list | tuple) else value

    return bare(checkpoint.read(run.last))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_finishes_the_step_and_writes_a_checkpoint(number, code, start, data, tmp_path):
    run = Run(tmp_path / "run")
    process = start("train", "--data", data, *OPTIONS, "--epochs", "2000", "--out", run.folder)
    wait_for(run.last)
    os.kill(process.pid, number)
    assert ended(process) == code
    state = checkpoint.read(run.last)
    assert sum(1 for _ in state["history"]) < 2000
    text = process.output.read_text()
    assert "Go on:" in text and ("Stopped in epoch" in text or "Stopped behind epoch" in text)
    assert "Traceback" not in text
    if state["pass"]:
        assert state["pass"]["loader"]["batches"] == state["pass"]["steps"]
    # and it goes on
    process = start("train", "--resume", run.folder)
    first = stamp(run.last)
    while stamp(run.last) == first:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert len(checkpoint.read(run.last)["history"]) > len(state["history"])


def wait_for(path, seconds=30):
    until = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_second_signal_stops_at_once(start, data, tmp_path, few):
    run = Run(tmp_path / "run")
    process = start("train", "--data", data, *OPTIONS, "--epochs", "9", "--out", run.folder)
    wait_for(run.last)
    os.kill(process.pid, signal.SIGTERM)
    os.kill(process.pid, signal.SIGTERM)
    assert ended(process, 5) in (143, -signal.SIGTERM, 0)
    checkpoint.read(run.last)


def test_two_processes_on_one_folder_and_many_starts_in_one_second(
    start, data, tmp_path, monkeypatch
):
    run = Run(tmp_path / "run")
    process = start("train", "--data", data, *OPTIONS, "--epochs", "2000", "--out", run.folder)
    wait_for(run.last)
    second = start("train", "--resume", run.folder)
    assert ended(second) == 2
    assert f"is in use by another training (process {process.pid})" in " ".join(
        process.output.read_text().split()
    )
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    with run.held():  # whoever is killed holds nothing
        pass
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(
                lambda _: Run.fresh(files.Path("runs") / "original-20260101-000000"), range(24)
            )
        )
    assert len({run.folder for run in made}) == 24


def test_two_starts_with_one_name_make_one_run(start, data, tmp_path):
    processes = [
        start("train", "--data", data, *OPTIONS, "--out", tmp_path / "run") for _ in range(6)
    ]
    codes = sorted(ended(process) for process in processes)
    assert codes[0] == 0 and set(codes[1:]) == {2}
    assert len(Run(tmp_path / "run").history()) == 3


def test_two_trainings_on_two_threads_are_what_each_is_alone(few):
    def trained(recipe):
        training = Training(recipe, few)
        list(training)
        return [value.tolist() for value in training.averaged.state_dict().values()]

    recipes = [SMALL, dataclasses.replace(EVERYTHING, seed=5)]
    alone = [trained(recipe) for recipe in recipes]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(trained, recipes)) == alone


# what is damaged -----------------------------------------------------------------------------


@pytest.fixture
def finished(few, tmp_path):
    """A run with two epochs done, of four."""
    run = Run(tmp_path / "run")
    run.create(EVERYTHING, None, few)
    train = Training(EVERYTHING, few)
    for _ in range(2):
        train.step()
        run.keep(train)
    return run


def files_of(run):
    return {path.name: path.read_bytes() for path in run.folder.iterdir()}


def test_a_checkpoint_cut_or_flipped_at_any_byte_falls_back_to_the_one_before(finished, few):
    good = finished.last.read_bytes()
    draw = np.random.default_rng(0)
    for trial in range(40):
        damaged = bytearray(good)
        if trial % 2:
            damaged[draw.integers(len(good))] ^= 1 << int(draw.integers(8))
        else:
            del damaged[draw.integers(len(good)) :]
        finished.last.write_bytes(damaged)
        before = files_of(finished)
        train = Training(EVERYTHING, few)
        notes = finished.resume(train, few)
        assert len(train.history) == 1
        assert any("cannot be read" in note and "previous.pt is taken" in note for note in notes)
        after = files_of(finished)
        del before["metrics.csv"], after["metrics.csv"]  # of one epoch now
        del before["weights.safetensors"], after["weights.safetensors"]
        assert before == after
    train.step()
    finished.keep(train)
    assert (finished.folder / "last.pt.damaged").read_bytes() == damaged  # set aside
    assert len(checkpoint.read(finished.last)["history"]) == 2
    assert len(checkpoint.read(finished.previous)["history"]) == 1


def test_both_checkpoints_damaged_is_an_error_and_overwrites_nothing(finished, few):
    for file in (finished.last, finished.previous):
        file.write_bytes(file.read_bytes()[:-9])
    before = files_of(finished)
    with pytest.raises(RunError, match="last.pt: cannot be read"):
        finished.resume(Training(EVERYTHING, few), few)
    assert files_of(finished) == before


@pytest.mark.parametrize("name", ["weights.safetensors", "recipe.json", "data.json"])
def test_one_flipped_bit_is_refused(name, finished):
    path = finished.folder / name
    good = path.read_bytes()
    draw = np.random.default_rng(0)
    for _ in range(150):
        damaged = bytearray(good)
        damaged[draw.integers(len(good))] ^= 1 << int(draw.integers(8))
        path.write_bytes(damaged)
        with pytest.raises((RunError, ValueError), match=name):
            runs.opened(finished.folder)
    path.write_bytes(good)
    runs.opened(finished.folder)


def test_a_recipe_with_a_line_missing_is_refused(finished, few):
    lines = finished.recipe.read_text().splitlines(keepends=True)
    for number in range(1, len(lines) - 1):
        finished.recipe.write_text("".join(lines[:number] + lines[number + 1 :]))
        with pytest.raises(ValueError, match="recipe.json|no checksum"):
            finished.network()
        with pytest.raises(ValueError, match="recipe"):
            finished.resume(Training(finished.read_recipe(), few), few)


def test_digits_that_were_edited_in_place_are_noticed(start, few, data, tmp_path):
    mine = tmp_path / "mine.npz"
    shutil.copy(data, mine)
    run = Run(tmp_path / "run")
    assert ended(start("train", "--data", mine, *OPTIONS, "--out", run.folder)) == 0
    for part in ("test", "train"):
        arrays = dict(np.load(data))
        arrays[f"y_{part}"] = (arrays[f"y_{part}"] + 1) % 10
        np.savez(mine, **arrays)
        process = start("evaluate", run.folder)
        assert ended(process) == 2
        text = " ".join(process.output.read_text().split())
        assert "digits of npz file" in text and "were changed since" in text
        assert ended(start("evaluate", run.folder, "--data", mine)) == 0


@pytest.mark.parametrize("damage", ["deleted", "flipped", "of another run"])
def test_the_best_epochs_weights_are_missed_and_written_again(damage, finished, few):
    good = finished.weights.read_bytes()
    if damage == "deleted":
        finished.weights.unlink()
    elif damage == "flipped":
        damaged = bytearray(good)
        damaged[-9] ^= 1
        finished.weights.write_bytes(damaged)
    else:
        tg.save(Training(EVERYTHING, few).averaged.state_dict(), finished.weights)
    notes = finished.resume(Training(EVERYTHING, few), few)
    assert any("weights.safetensors" in note and "written again" in note for note in notes)
    assert finished.weights.read_bytes() == good


def test_shipped_weights_have_checksums(tmp_path, monkeypatch):
    from tinygrad_mnist.mnist import weights

    for name in weights.SHIPPED:
        weights.shipped(name)
        damaged = bytearray(weights.path(name).read_bytes())
        damaged[-1000] ^= 4
        (tmp_path / f"{name}.safetensors").write_bytes(damaged)
        monkeypatch.setattr(weights, "FOLDER", tmp_path)
        with pytest.raises(ValueError, match=f"{name}.safetensors.*damaged"):
            weights.shipped(name)
        monkeypatch.undo()


def test_an_earlier_versions_run_gets_checksums_when_it_is_resumed(few, data, start, tmp_path):
    from safetensors.numpy import load_file, save_file

    run = Run(tmp_path / "run")
    recipe = dataclasses.replace(SMALL, epochs=1)
    run.create(recipe, str(data), few)
    train = Training(recipe, few)
    train.step()
    run.keep(train)
    arrays = load_file(run.weights)
    save_file(arrays, run.weights)
    for file in (run.recipe, run.data):
        values = json.loads(file.read_text())
        del values["checksum"]
        file.write_text(json.dumps(values))
    content = bytearray(run.last.read_bytes())
    place = content.rindex(b"PK\x05\x06")
    content[place + 20 :] = b"\0\0"
    run.last.write_bytes(content)
    runs.opened(run.folder)
    assert ended(start("train", "--resume", run.folder)) == 0
    assert checkpoint.read(run.last)["history"]
    for file in (run.recipe, run.data):
        assert "checksum" in json.loads(file.read_text())
    runs.opened(run.folder)
    assert ended(start("train", "--resume", run.folder, "--epochs", "2")) == 0
    assert len(run.history()) == 2


# a training that diverges --------------------------------------------------------------------


def test_a_diverged_training_stops_and_says_where(few, tmp_path):
    recipe = dataclasses.replace(SMALL, lr=1e30)
    with pytest.raises(
        DivergedError, match=r"epoch 1, step \d: the loss is (nan|inf): .*in (linear|addmm)"
    ):
        Training(recipe, few).step()
    train = Training(SMALL, few)
    train.step()
    with tg.no_grad():
        train.network[4].weight[0, 0] = float("nan")
    with pytest.raises(
        DivergedError, match="epoch 2, step 1: the loss is nan: 4.weight was not finite before"
    ):
        train.step()


class RootOfRelu(nn.Module):
    """Its value at 0 is 0, its slope infinite: 0 times infinity in the backward pass."""

    def forward(self, x):
        return x.relu().sqrt()


def test_a_gradient_that_is_no_number_stops_before_the_step(few):
    train = Training(SMALL, few)
    train.network[2] = RootOfRelu()
    before = [value.tolist() for value in train.network.state_dict().values()]
    with pytest.raises(
        DivergedError,
        match=r"epoch 1, step 1: 1.bias and those before it .* backward pass of (relu|sqrt)",
    ):
        train.step()
    assert [value.tolist() for value in train.network.state_dict().values()] == before


def test_a_diverged_training_overwrites_nothing(start, data, few, tmp_path):
    run = Run(tmp_path / "new")
    process = start("train", "--data", data, *OPTIONS, "--lr", "1e30", "--out", run.folder)
    assert ended(process) == 2
    text = " ".join(process.output.read_text().split())
    assert "the loss is" in text and "layer" in text and "Nothing is kept." in text
    assert not run.folder.exists()
    run = Run(tmp_path / "run")
    run.create(SMALL, str(data), few)
    train = Training(SMALL, few)
    train.step()
    run.keep(train)
    before = files_of(run)
    train.optimizer.param_groups[0]["lr"] = 1e30
    with pytest.raises(DivergedError):
        train.step()
    with pytest.raises(DivergedError):
        with tg.no_grad():
            train.network[1].weight[0, 0] = float("inf")
        run.checkpoint(train)
    assert files_of(run) == before


def test_weights_that_are_not_finite_are_refused(finished, start):
    weights = tg.load(finished.weights)
    weights["1.bias"][0] = float("nan")
    tg.save(weights, finished.weights)
    process = start("evaluate", finished.folder, "--json")
    assert ended(process) == 2
    assert "1 numbers are infinite or none" in " ".join(process.output.read_text().split())


# a disk that fails ---------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["write", "fsync", "replace"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_a_disk_that_is_full_or_fails_leaves_the_last_checkpoint(
    where, code, finished, few, monkeypatch
):
    train = Training(EVERYTHING, few)
    finished.resume(train, few)
    before = files_of(finished)
    train.step()

    def fail(*args, **kwargs):
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        if where == "write":
            patch.setattr(checkpoint, "save_archive", fail)
        else:
            patch.setattr(files.os, where, fail)
        with pytest.raises(OSError, match="next.pt"):
            finished.keep(train)
    assert files_of(finished) == before
    again = Training(EVERYTHING, few)
    finished.resume(again, few)
    assert len(again.history) == 2


def limited(arguments, output, size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    command(arguments, output)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits of this kind")
@pytest.mark.parametrize("size", [5_000, 60_000, 130_000, 200_000])
def test_a_write_that_stops_short_says_which_file_and_what_is_kept(
    size, start, data, few, tmp_path
):
    run = Run(tmp_path / "run")
    arguments = ["train", "--data", data, *OPTIONS, "--out", run.folder]
    context = multiprocessing.get_context("forkserver")
    output = tmp_path / "output"
    process = context.Process(target=limited, args=(arguments, output, size))
    process.start()
    code = ended(process)
    text = " ".join(output.read_text().split())
    assert "Traceback" not in text
    if code:
        assert code == 2 and "File too large" in text, text
        assert str(run.folder) in text
    if run.recipe.exists():
        assert ended(start("train", "--resume", run.folder)) == 0
        assert len(run.history()) == 3


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_read_only_folder_is_one_line(start, data, tmp_path):
    (tmp_path / "shut").mkdir(mode=0o500)
    process = start("train", "--data", data, *OPTIONS, "--out", tmp_path / "shut" / "run")
    assert ended(process) == 2


def test_a_folder_that_is_gone_is_one_line(start, data, tmp_path):
    run = Run(tmp_path / "run")
    process = start("train", "--data", data, *OPTIONS, "--epochs", "3000", "--out", run.folder)
    wait_for(run.last)
    os.rename(run.folder, tmp_path / "away")
    assert ended(process) == 2
    text = process.output.read_text()
    assert "cannot be written: No such file" in " ".join(text.split()) and "Traceback" not in text


@contextlib.contextmanager
def mounted(folder, options):
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    try:
        subprocess.run(mounting, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no file system can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("options", ["size=64k", "nr_inodes=5"])
def test_a_small_file_system_that_fills_up(options, start, data, tmp_path):
    mount = tmp_path / "mount"
    with mounted(mount, options):
        process = start("train", "--data", data, *OPTIONS, "--out", mount / "run")
        assert ended(process) == 2
        text = " ".join(process.output.read_text().split())
        assert "No space left on device" in text and "Traceback" not in text
        more = "remount,size=4m,nr_inodes=1000"
        subprocess.run(["mount", "-o", more, str(mount)], check=True)
        again = ["train", "--resume", mount / "run"]
        if not Run(mount / "run").recipe.exists():
            again = ["train", "--data", data, *OPTIONS, "--out", mount / "run"]
        assert ended(start(*again)) == 0
        assert len(Run(mount / "run").history()) == 3


# what users do -------------------------------------------------------------------------------


def test_a_run_that_died_before_its_first_checkpoint_begins_again(few, data, start, tmp_path):
    run = Run(tmp_path / "run")
    run.create(dataclasses.replace(SMALL, epochs=1), str(data), few)
    (run.folder / ".last.pt.123-abc.partial").write_bytes(b"half")
    process = start("train", "--resume", run.folder)
    assert ended(process) == 0
    assert "no checkpoint was written" in " ".join(process.output.read_text().split())
    assert len(run.history()) == 1 and not list(run.folder.glob(".*"))


def test_a_run_killed_behind_its_last_epoch_gets_its_figure(few, data, start, tmp_path):
    run = Run(tmp_path / "run")
    recipe = dataclasses.replace(SMALL, epochs=1)
    run.create(recipe, str(data), few)
    train = Training(recipe, few)
    train.step()
    run.checkpoint(train)
    process = start("train", "--resume", run.folder)
    assert ended(process) == 0
    assert run.curves.exists() and run.weights.exists() and len(run.history()) == 1


def test_a_folder_with_markup_in_its_name(start, data, tmp_path):
    process = start("train", "--data", data, *OPTIONS, "--out", tmp_path / "run[/x]")
    assert ended(process) == 0
    assert "run[/x]" in process.output.read_text()


def test_a_closed_pipe_does_not_end_the_training(data, tmp_path):
    run = Run(tmp_path / "run")
    line = [
        sys.executable,
        "-m",
        "tinygrad_mnist",
        "train",
        "--data",
        data,
        *OPTIONS,
        "--out",
        run.folder,
    ]
    reading, writing = os.pipe()
    process = subprocess.Popen(
        list(map(str, line)), stdout=writing, stderr=subprocess.PIPE, text=True
    )
    os.close(writing)
    os.close(reading)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert said.count("the training goes on without it") == 1
    assert len(run.history()) == 3


def test_another_number_of_threads_is_said(finished, few, monkeypatch):
    now = tg.get_num_threads()
    monkeypatch.setattr(runs.tg, "get_num_threads", lambda: now + 1)
    notes = finished.resume(Training(EVERYTHING, few), few)
    assert any(f"with {now} threads, now it is {now + 1}" in note for note in notes)


def test_what_checkpoint_every_takes():
    from tinygrad_mnist.mnist.commands.train import Every

    assert Every.read(None) == Every()
    assert Every.read("500") == Every(steps=500)
    assert Every.read("1.5s") == Every(seconds=1.5)
    for text in ("", "0", "-1", "1.5", "s", "1m", "nan", "0s", "٣"):
        with pytest.raises(ValueError, match="--checkpoint-every: got"):
            Every.read(text)


def test_no_epoch_with_nan_is_the_best(few):
    train = Training(dataclasses.replace(SMALL, validation=0.2), few)
    train.step()
    first = train.history[0]
    train.history.append(dataclasses.replace(first, number=2, validation_loss=float("nan")))
    assert train.best is first


def test_json_has_no_nan(capsys):
    from tinygrad_mnist.mnist.terminal import print_json

    print_json({"loss": float("nan"), "list": [1.5, float("inf")], "text": "nan"})
    assert json.loads(capsys.readouterr().out) == {"loss": None, "list": [1.5, None], "text": "nan"}


def test_signals_are_left_alone_outside_the_main_thread():
    from tinygrad_mnist.mnist.commands.train import _Signals

    before = signal.getsignal(signal.SIGINT)
    held = []

    def other():
        with _Signals() as signals:
            held.append((signals.got, signal.getsignal(signal.SIGINT)))

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert held == [(0, before)]


def test_exact_steps_are_counted_on_after_a_resume(few, tmp_path):
    """Stopped after each step of an epoch, in a fresh training every time."""
    whole = Training(EVERYTHING, few)
    whole.step()
    state = None

    class Stop(Exception):
        pass

    def stop(_told):
        raise Stop

    for _ in range(len(whole.loader)):
        part = Training(EVERYTHING, few)
        if state:
            part.load_state(state)
        part.after_step = stop
        with pytest.raises(Stop):
            part.step()
        held = io.BytesIO()
        tg.save(part.state(), held)
        held.seek(0)
        state = tg.load(held)
    part = Training(EVERYTHING, few)
    part.load_state(state)
    epoch = part.step()
    assert dataclasses.replace(epoch, seconds=0, images_per_second=0) == dataclasses.replace(
        whole.history[0], seconds=0, images_per_second=0
    )
    assert training.numpy_state(part._augmentation) == training.numpy_state(whole._augmentation)


def test_the_tests_that_the_promises_name_are_there():
    root = Path(__file__).parents[2]
    text = (root / "docs" / "reliability.md").read_text()
    written = "".join(path.read_text() for path in (root / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", text))
    assert len(named) > 20
    assert [name for name in named if f"def {name}(" not in written] == []
    for path in re.findall(r"`(tests/[\w/]+\.py)`", text):
        assert (root / path).exists()
