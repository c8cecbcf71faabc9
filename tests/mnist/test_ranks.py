"""`mpiexec -n N tinygrad-mnist train`: what ranks come to together, and how a job ends."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import tinygrad_mnist as tg
from tests.distributed.launch import environment, mpiexec
from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.commands.train import Every
from tinygrad_mnist.mnist.ranks import Ranks, ShareOfBatches, Steps
from tinygrad_mnist.mnist.recipe import Recipe, classifier
from tinygrad_mnist.mnist.training import Training

SMALL = ["--hidden", "20", "--keep", "1", "--epochs", "2"]
ENDS_WITHIN = 10  # seconds, of a job in which something went wrong


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """300 digits to train on, in a file that is read in no time; and other ones."""
    folder = tmp_path_factory.mktemp("digits")
    digits = datasets.embedded()
    for name, start in (("digits", 0), ("others", 300)):
        np.savez(
            folder / f"{name}.npz",
            x_train=digits.train_images[start : start + 300],
            y_train=digits.train_labels[start : start + 300],
            x_test=digits.test_images[:101],
            y_test=digits.test_labels[:101],
        )
    return folder


def command(*arguments):
    return [sys.executable, "-m", "tinygrad_mnist", "train", *map(str, arguments)]


def start(*programs):
    """A job of so many ranks of each program: (count, arguments)."""
    line = [mpiexec()]
    for count, arguments in programs:
        line += [":"] * (len(line) > 1) + ["-n", str(count), *command(*arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(line, env=environment(COLUMNS="200"), start_new_session=True, **pipes)


def ended(job, timeout=100):
    """What a job said, and its exit code."""
    try:
        out, error = job.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(job.pid, signal.SIGKILL)
        raise
    return job.returncode, out, error


def train(ranks, *arguments):
    code, out, error = ended(start((ranks, arguments)))
    assert code == 0, out + error
    return out


def weights(folder):
    return {name: x.numpy() for name, x in tg.load(folder / "weights.safetensors").items()}


def alone(data, **settings):
    """The weights that one process comes to."""
    recipe = Recipe(hidden=(20,), keep=(1.0,), epochs=2, **settings)
    training = Training(recipe, datasets.load(data / "digits.npz"))
    history = list(training)
    return {name: x.numpy() for name, x in training.network.state_dict().items()}, history


def largest_difference(a, b):
    return max(abs(a[name] - b[name]).max() for name in b)


# in one process ------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("accumulate", [1, 2, 3])
def test_shares_of_a_step_add_up(size, accumulate):
    """Every image once; weights of the ranks' mean losses that give the step's mean loss."""
    images, recipe = 53, Recipe(batch_size=10, accumulate=accumulate)
    order = []
    weight_of_steps = {}
    for rank in range(size):
        ranks = Ranks()
        steps = Steps(classifier(recipe), recipe, images, ranks)  # before it has others to ask
        ranks.size, ranks.rank = size, rank
        shares = ShareOfBatches(range(images), 10, ranks, tg.Generator().manual_seed(1))
        seen = 0
        step = 0
        for share in shares:
            part = steps.part(seen, len(share))
            assert part.is_first == (seen % (10 * accumulate) == 0)
            order += share.tolist()
            seen += part.count
            done = images if step == images // (10 * accumulate) else 10 * accumulate * (step + 1)
            assert part.is_last == (seen == done) == part.meets
            weight_of_steps[step] = weight_of_steps.get(step, 0) + part.weight / size
            step += part.is_last
        assert seen == images
    assert sorted(order) == list(range(images))
    assert all(np.isclose(each, 1) for each in weight_of_steps.values())


def test_accumulated_batches_are_one_step_of_them_all(data):
    ours, history = alone(data, batch_size=32, accumulate=3)
    theirs, expected = alone(data, batch_size=96)
    assert largest_difference(ours, theirs) < 1e-4
    assert np.isclose(history[-1].loss, expected[-1].loss, rtol=1e-4)
    assert history[-1].train_accuracy == pytest.approx(expected[-1].train_accuracy, abs=0.01)


def test_options_that_do_not_fit_together():
    for settings in ({"accumulate": 0}, {"average_every": 0}, {"compress": "float8"}):
        with pytest.raises(ValueError, match=next(iter(settings))):
            Recipe(**settings)
    with pytest.raises(ValueError, match="no gradients travel"):
        Recipe(average_every=2, compress="float16")
    with pytest.raises(ValueError, match="wanted seconds"):
        Ranks().wait_at_most(0)


# in several ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("ranks", "batch"), [(1, 64), (2, 64), (4, 99)])
def test_ranks_come_to_what_one_process_does(data, tmp_path, ranks, batch):
    """Also where the last batch has fewer images than there are ranks: 300 = 3 * 99 + 3."""
    options = [
        *SMALL,
        "--batch-size",
        batch,
        "--data",
        data / "digits.npz",
        "--out",
        tmp_path / "run",
    ]
    out = train(ranks, *options, "--json")
    found = json.loads(out)
    theirs, history = alone(data, batch_size=batch)
    assert largest_difference(weights(tmp_path / "run"), theirs) < 1e-4
    assert found["ranks"] == ranks and found["train_digits"] == 300
    for name in ("train_accuracy", "test_accuracy", "test_loss"):
        assert found[name] == pytest.approx(getattr(history[-1], name), abs=1e-4)
    rows = (tmp_path / "run" / "metrics.csv").read_text("utf-8").splitlines()
    assert float(rows[1].split(",")[1]) == pytest.approx(history[0].loss, rel=1e-4)
    assert (found["parameters_sha256"] is None) == (ranks == 1)


@pytest.mark.parametrize("option", [
    ["--accumulate", "2"], ["--average-every", "2", "--averaging", "0.9"], ["--compress", "float16"],
    ["--augment", "--recipe", "modern", "--keep-input", "0.9", "--validation", "0.2"],
], ids=lambda option: option[0])  # fmt: skip
def test_options_train_and_ranks_agree(data, tmp_path, option):
    """Twice the same, bit for bit; rank 0 alone prints; the network has learned."""
    both = []
    for name in ("a", "b"):
        options = [*SMALL, *option, "--batch-size", 20, "--lr", "0.01", "--epochs", 4]
        out = train(2, *options, "--data", data / "digits.npz", "--out", tmp_path / name)
        assert out.count("epoch   4/4") == 1 and out.count("rank 1: process") == 1
        assert "2, with the same weights after each epoch" in out
        both.append(weights(tmp_path / name))
        if option[0] == "--augment":
            break
    assert largest_difference(both[0], both[-1]) == 0
    found = float(re.search(r"test accuracy\s*│ ([\d.]+)%", out)[1])
    assert found > 50


# what goes wrong -----------------------------------------------------------------------------


def refused(*programs):
    begun = time.monotonic()
    code, out, error = ended(start(*programs))
    assert code != 0 and time.monotonic() - begun < 60
    return out, error


def test_ranks_that_do_not_fit_together(data, tmp_path):
    """One message, which names the rank; nothing is left in the folder."""
    same = [*SMALL, "--out", tmp_path / "run", "--data", data / "digits.npz"]
    cases = [
        ([*same, "--lr", "0.1"], r"the recipes: rank 2 "),
        ([*same[:-1], data / "others.npz"], r"the training digits: rank 2 "),
        ([*same[:-1], data / "none.npz"], r"rank 2 of 3: error: .*none\.npz: got no such folder"),
        ([*same, "--lr", "x"], r"rank 2 of 3: .*|.*Invalid value for .*--lr"),
    ]
    for other, message in cases:
        out, error = refused((2, same), (1, other))
        assert re.search(message, error), error
        assert len(re.findall("error:|Error", error)) == 1, error
        assert "Traceback" not in error
        assert not (tmp_path / "run").exists()


def test_a_wrong_option_is_said_once(tmp_path):
    out, error = refused((2, ["--lr", "x"]))
    assert (out + error).count("Invalid value") == 1
    out, error = refused((2, ["--lr", "-1"]))
    assert error.count("lr is -1.0, wanted a positive number") == 1


def test_a_training_that_diverges(data, tmp_path):
    options = [*SMALL, "--data", data / "digits.npz", "--out", tmp_path / "run", "--lr", "1e30"]
    out, error = refused((2, options))
    assert len(re.findall(r"rank \d of 2: error: epoch 1, ", error)) == 1, error


def endless(data, folder, *more):
    """A job that has written a checkpoint, and the process ids of its ranks."""
    options = [*SMALL[:4], "--epochs", "100000", "--batch-size", "50", "--checkpoint-every", "20"]
    job = start((2, [*options, "--data", data / "digits.npz", "--out", folder, *more]))
    deadline = time.monotonic() + 60
    while not (folder / "previous.pt").exists() and job.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    lines = [job.stdout.readline() for _ in range(2)]
    return job, [int(re.search(r"process (\d+)", line)[1]) for line in lines]


def assert_gone(pids):
    """No process is left but perhaps, for a moment, as an entry of the table."""
    deadline = time.monotonic() + 5
    while any(map(is_running, pids)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_running(pid):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
@pytest.mark.parametrize("fault", ["killed", "stopped", "interrupted", "terminated"])
def test_a_fault_ends_the_job_and_it_goes_on_with_other_ranks(data, tmp_path, fault):
    folder = tmp_path / "run"
    job, pids = endless(data, folder, "--timeout", "3")
    begun = time.monotonic()
    if fault == "killed":
        os.kill(pids[1], signal.SIGKILL)
    elif fault == "stopped":
        os.kill(pids[1], signal.SIGSTOP)
    else:
        job.send_signal(signal.SIGINT if fault == "interrupted" else signal.SIGTERM)
    code, out, error = ended(job)
    assert time.monotonic() - begun < ENDS_WITHIN
    assert_gone(pids)
    if fault == "killed":
        assert code != 0 and error.count(f"killed: rank 1 (process {pids[1]})") == 1, error
    elif fault == "stopped":
        assert code != 0 and error.count("rank 1 did not come within 3 s") == 1, error
    else:
        number = signal.SIGINT if fault == "interrupted" else signal.SIGTERM
        assert code == 128 + number and "Stopped" in out
        assert re.search(r"Go on: +mpiexec -n 2 .*train --resume", out)
    goes_on(folder, ranks={"killed": 1, "stopped": 3}.get(fault, 4))


def goes_on(folder, ranks):
    """Resumed for one epoch more than it has."""
    text = (folder / "metrics.csv").read_text("utf-8") if (folder / "metrics.csv").exists() else ""
    epochs = max(text.count("\n"), 1) + 1
    train(ranks, "--resume", folder, "--epochs", epochs)
    rows = (folder / "metrics.csv").read_text("utf-8").splitlines()
    numbers = [int(row.split(",")[0]) for row in rows[1:]]
    assert numbers == list(range(1, epochs + 1))
    assert float(rows[-1].split(",")[1]) < float(rows[1].split(",")[1])


def test_resumed_by_others_is_as_never_stopped(data, tmp_path):
    """Without dropout: two epochs of two ranks and two of three are four of one."""
    options = ["--hidden", "20", "--keep", "1", "--batch-size", "50", "--data", data / "digits.npz"]
    train(2, *options, "--epochs", 2, "--out", tmp_path / "run")
    train(3, "--resume", tmp_path / "run", "--epochs", 4)
    recipe = Recipe(hidden=(20,), keep=(1.0,), epochs=4, batch_size=50)
    training = Training(recipe, datasets.load(data / "digits.npz"))
    list(training)
    theirs = {name: x.numpy() for name, x in training.network.state_dict().items()}
    assert largest_difference(weights(tmp_path / "run"), theirs) < 3e-4


def test_checkpoints_are_due_when_ranks_meet():
    every = Every.read("5")
    assert [every.is_passed(*each) for each in [(4, 5), (5, 6), (3, 6), (0, 4), (9, 12)]] == [
        True, False, True, False, True,
    ]  # fmt: skip
    assert not Every.read("5s").is_passed(0, 100)
