"""Checkpoints of users' own loops: bit for bit, one at a time, the damaged ones passed over."""

import errno
import os
import random
import shutil

import numpy as np
import pytest

import tinygrad_mnist as torch
from tinygrad_mnist import checkpoint, nn, optim
from tinygrad_mnist.checkpoint import BusyError, Checkpointer
from tinygrad_mnist.formats import files
from tinygrad_mnist.formats.serialization import SerializationError
from tinygrad_mnist.utils.data import DataLoader, TensorDataset, WeightedRandomSampler


class Loop:
    """A training with everything in it that has a state."""

    def __init__(self, seed=0):
        torch.manual_seed(seed)
        np.random.seed(seed)  # noqa: NPY002
        random.seed(seed)
        x = torch.randn(50, 4, generator=torch.Generator().manual_seed(3))
        data = TensorDataset(x, torch.arange(50) % 3)
        self.model = nn.Sequential(
            nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 3)
        )
        self.optimizer = optim.Adam(self.model.parameters(), lr=0.01)
        self.scheduler = optim.lr_scheduler.StepLR(self.optimizer, 1, 0.5)
        self.generator = torch.Generator().manual_seed(seed)
        self.own = np.random.Generator(np.random.SFC64(seed))
        self.loader = DataLoader(data, 8, shuffle=True, generator=self.generator)
        self.seen = []

    @property
    def parts(self):
        names = ("model", "optimizer", "scheduler", "loader", "generator", "own")
        return {name: getattr(self, name) for name in names}

    def run(self, steps, epoch=0):
        """So many steps; the epoch then."""
        while steps:
            for x, y in self.loader:
                noise = float(np.random.rand()) + random.random() + self.own.random()  # noqa: NPY002
                loss = nn.functional.cross_entropy(self.model(x + noise), y)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
                self.seen.append(loss.item())
                steps -= 1
                if not steps:
                    return epoch
            self.scheduler.step()
            epoch += 1
        return epoch


def weights(loop):
    return [value.tolist() for value in loop.model.state_dict().values()]


@pytest.mark.parametrize("stop", [1, 6, 7, 8, 13])
def test_a_loop_goes_on_bit_for_bit_from_the_middle_of_an_epoch(stop, tmp_path):
    whole = Loop()
    whole.run(20)
    first = Loop()
    epoch = first.run(stop)
    checkpoint.save(first.parts, tmp_path / "a.pt", epoch=epoch)
    second = Loop(seed=9)
    found = checkpoint.load(second.parts, tmp_path / "a.pt")
    second.run(20 - stop, found["epoch"])
    assert first.seen + second.seen == whole.seen
    assert weights(second) == weights(whole)


def test_a_loader_of_another_sampler_and_of_the_default_generator_goes_on():
    def loader():
        return DataLoader(range(20), 3, sampler=WeightedRandomSampler([1.0] * 20, 20))

    torch.manual_seed(1)
    first = loader()
    batches = iter(first)
    begin = [next(batches).tolist() for _ in range(2)]
    state, random_state = first.state_dict(), torch.get_rng_state()
    rest = [batch.tolist() for batch in batches]
    after = torch.rand(2).tolist()
    torch.manual_seed(5)
    second = loader()
    second.load_state_dict(state)
    torch.set_rng_state(random_state)
    assert [batch.tolist() for batch in second] == rest and len(begin + rest) == 7
    assert torch.rand(2).tolist() == after
    assert first.state_dict() == second.state_dict() == {"batches": 0, "generator": None}


def test_the_last_ones_and_the_best_are_kept(tmp_path):
    model = nn.Linear(2, 1)
    checkpoints = Checkpointer(tmp_path, keep_last=2)
    for epoch, score in enumerate([0.1, 0.9, float("nan"), 0.5]):
        with torch.no_grad():
            model.bias.fill_(epoch)
        checkpoints.save({"model": model}, epoch=epoch, score=score)
    assert sorted(os.listdir(tmp_path)) == [
        "best.pt",
        "checkpoint-000003.pt",
        "checkpoint-000004.pt",
    ]
    other = nn.Linear(2, 1)
    assert Checkpointer(tmp_path).restore({"model": other}) == {"epoch": 3}
    assert other.bias.item() == 3
    assert checkpoint.load({"model": other}, checkpoints.best)["epoch"] == 1
    assert other.bias.item() == 1
    # a new process knows the best one's score
    Checkpointer(tmp_path).save({"model": model}, epoch=9, score=0.8)
    assert checkpoint.read(checkpoints.best)["values"]["epoch"] == 1


def test_steps_and_seconds(tmp_path, monkeypatch):
    checkpoints = Checkpointer(tmp_path)
    assert [checkpoints.due(steps=3) for _ in range(3)] == [False, False, True]
    checkpoints.save({})
    assert not checkpoints.due(steps=3, seconds=60)
    now = checkpoint.time.monotonic()
    monkeypatch.setattr(checkpoint.time, "monotonic", lambda: now + 61)
    assert checkpoints.due(seconds=60)


def test_a_checkpoint_cut_or_flipped_anywhere_is_passed_over(tmp_path):
    model = nn.Linear(2, 2)
    checkpoints = Checkpointer(tmp_path)
    for epoch in (1, 2):
        checkpoints.save({"model": model}, epoch=epoch)
    before, last = checkpoints.all()
    good = last.read_bytes()
    draw = np.random.default_rng(0)
    for trial in range(300):
        damaged = bytearray(good)
        if trial % 3:
            damaged[draw.integers(len(good))] ^= 1 << int(draw.integers(8))
        else:
            del damaged[draw.integers(len(good)) :]
        last.write_bytes(damaged)
        with pytest.warns(UserWarning, match="checkpoint-000002.pt.*the one before it is taken"):
            assert checkpoints.restore({"model": model}) == {"epoch": 1}
        aside = tmp_path / f"{last.name}.damaged"
        assert aside.read_bytes() == damaged  # nothing is overwritten
        aside.unlink()
    before.write_bytes(good[:-5])
    held = weights_of(model)
    with (
        pytest.raises(SerializationError, match="all 1 checkpoints are damaged"),
        pytest.warns(UserWarning),
    ):
        checkpoints.restore({"model": model})
    assert weights_of(model) == held and before.exists()


def weights_of(model):
    return [value.tolist() for value in model.state_dict().values()]


@pytest.mark.parametrize("where", ["write", "fsync", "replace", "read back"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_leaves_the_one_before(where, code, tmp_path, monkeypatch):
    model = nn.Linear(2, 2)
    checkpoints = Checkpointer(tmp_path)
    path = checkpoints.save({"model": model}, epoch=1)
    before = path.read_bytes()

    def fail(*args, **kwargs):
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        if where == "write":
            patch.setattr(checkpoint, "save_archive", fail)
        elif where == "fsync":
            patch.setattr(files.os, "fsync", fail)
        elif where == "replace":
            patch.setattr(files.os, "replace", fail)
        else:
            patch.setattr(checkpoint, "check_archive", fail)
        with pytest.raises(OSError, match="checkpoint-000002.pt"):
            checkpoints.save({"model": model}, epoch=2)
    assert path.read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == [path.name]
    assert checkpoints.restore({"model": model}) == {"epoch": 1}


def test_two_writers_of_one_folder_exclude_each_other(tmp_path):
    checkpoints = Checkpointer(tmp_path)
    with files.locked(tmp_path / ".lock", "x"), pytest.raises(BusyError, match="in use"):
        checkpoints.save({})
    checkpoints.save({})
    assert sorted(os.listdir(tmp_path)) == ["checkpoint-000001.pt"]


def test_mistakes_are_said(tmp_path):
    path = tmp_path / "a.pt"
    checkpoint.save({"model": nn.Linear(1, 1)}, path)
    with pytest.raises(ValueError, match="holds the states of model, asked for net"):
        checkpoint.load({"net": nn.Linear(1, 1)}, path)
    with pytest.raises(TypeError, match="checkpoint: lr is a float, which has no state_dict"):
        checkpoint.save({"lr": 0.1}, path)
    torch.save({"weight": torch.ones(1)}, path)
    with pytest.raises(SerializationError, match="no checkpoint"):
        checkpoint.load({}, path)
    with pytest.raises(ValueError, match="keep_last"):
        Checkpointer(tmp_path, keep_last=1)
    with pytest.raises(ValueError, match="best"):
        Checkpointer(tmp_path, best="most")
    shutil.rmtree(tmp_path)
    with pytest.raises(OSError, match="a.pt"):
        checkpoint.save({}, path)


def test_threads_draw_from_generators_of_their_own():
    from concurrent.futures import ThreadPoolExecutor

    def draws(seed):
        with torch.random.use_generator(torch.Generator().manual_seed(seed)):
            return [torch.nn.functional.dropout(torch.ones(5)).tolist() for _ in range(200)]

    alone = [draws(seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(draws, range(4))) == alone
    torch.manual_seed(3)
    first = torch.rand(2).tolist()
    torch.manual_seed(3)
    draws(1)
    assert torch.rand(2).tolist() == first
