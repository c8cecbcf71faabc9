"""Data in files: what is read of them, in which order, and by which thread."""

import json
import threading
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("safetensors", reason="needs the extra safetensors")
import safetensors.numpy

import tinygrad_mnist as torch
from benchmarks import streaming
from tinygrad_mnist.utils.data import (
    BlockRandomSampler,
    DataLoader,
    Dataset,
    DistributedSampler,
    IterableDataset,
    MemoryMappedArray,
    MemoryMappedDataset,
    TensorDataset,
)

ROWS = np.arange(24, dtype=np.float32).reshape(6, 2, 2)


def idx_bytes(array, code):
    header = bytes([0, 0, code, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def write(folder, kind):
    path = folder / f"rows-{kind}"
    if kind == "idx":
        path.write_bytes(idx_bytes(ROWS, 0x0D))
    elif kind == "npy":
        with path.open("wb") as file:
            np.save(file, ROWS)
    else:
        safetensors.numpy.save_file({"rows": ROWS}, path)
    return path


@pytest.mark.parametrize("kind", ["idx", "npy", "safetensors"])
def test_the_three_kinds_of_files(tmp_path, kind):
    rows = MemoryMappedArray(write(tmp_path, kind))
    taken = rows.take([4, 0, -1])
    assert np.array_equal(taken, ROWS[[4, 0, -1]])
    assert taken.dtype == np.float32 and taken.dtype.isnative
    assert len(rows) == 6 and rows.shape == (6, 2, 2)
    with pytest.raises(IndexError):
        rows.take([6])


def test_one_of_several_tensors(tmp_path):
    path = tmp_path / "d.safetensors"
    tensors = {"x": ROWS, "y": np.arange(6), "half": ROWS.astype(np.float16)}
    safetensors.numpy.save_file(tensors, path)
    for name, array in tensors.items():
        found = MemoryMappedArray(path, name)
        assert np.array_equal(found.array, array) and found.dtype == array.dtype
    with pytest.raises(ValueError, match=r"got no name, wanted one of .*x"):
        MemoryMappedArray(path)
    with pytest.raises(ValueError, match="got name 'z', wanted one of"):
        MemoryMappedArray(path, "z")


def test_idx_types(tmp_path):
    for code, kind in [(8, "u1"), (9, "i1"), (11, "i2"), (12, "i4"), (13, "f4"), (14, "f8")]:
        array = np.arange(5).astype(kind)
        path = tmp_path / kind
        path.write_bytes(idx_bytes(array, code))
        assert MemoryMappedArray(path).take([3, 1]).tolist() == [3, 1]
        assert MemoryMappedArray(path).dtype == array.dtype


def npy(array, **options):
    import io

    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def damaged_safetensors(**entry):
    described = {"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], **entry}}
    header = json.dumps(described).encode()
    return len(header).to_bytes(8, "little") + header + bytes(8)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "got first bytes none"),
        (b"\x1f\x8b" + bytes(30), "it is compressed"),
        (b"hello world", "wanted those of IDX, npy or safetensors"),
        (idx_bytes(ROWS, 0x0D)[:-1], "got 111 bytes, wanted 112"),
        (idx_bytes(ROWS, 0x0D) + b"\0", "got 113 bytes, wanted 112"),
        (idx_bytes(ROWS, 0x0D)[:10], "got 10 bytes, wanted a header of 16"),
        (idx_bytes(ROWS[:0], 0x0D), "for rows of shape"),
        (npy(ROWS)[:-8], "wanted"),
        (npy(ROWS)[:20], "not a whole npy file"),
        (npy(np.asfortranarray(ROWS)), "Fortran"),
        (npy(np.array([{}, 1], object), allow_pickle=True), "got elements of object"),
        (npy(np.array(1.0)), "for rows of shape"),
        (damaged_safetensors(dtype="BF16"), "got elements of BF16"),
        (damaged_safetensors(shape=[3]), "which is not its shape"),
        (damaged_safetensors(data_offsets=[0, "a"]), "invalid literal"),
        (damaged_safetensors(data_offsets=[8, 16]), "wanted"),
        (damaged_safetensors(shape=None), "not a whole safetensors file"),
        ((20).to_bytes(8, "little") + b"[" * 30, "Expecting|not a whole"),
    ],
    ids=range(18),
)
def test_what_is_no_such_file(tmp_path, content, message):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        MemoryMappedArray(path)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)


def test_a_dataset_of_files(tmp_path):
    np.save(tmp_path / "x.npy", ROWS)
    np.save(tmp_path / "y.npy", np.arange(6))
    data = MemoryMappedDataset(
        tmp_path / "x.npy", tmp_path / "y.npy", transform=lambda x, y: (x * 2, y)
    )
    held = TensorDataset(torch.tensor(ROWS) * 2, torch.arange(6))
    assert len(data) == 6
    for index in (2, -1, [0, 3], slice(1, 5, 2)):
        for ours, theirs in zip(data[index], held[index], strict=True):
            assert torch.equal(ours, theirs)
    ours = list(DataLoader(data, 4))
    theirs = list(DataLoader(held, 4))
    for a, b in zip(ours, theirs, strict=True):
        assert all(torch.equal(x, y) for x, y in zip(a, b, strict=True))
    by_hand = DataLoader(data, 4, collate_fn=lambda examples: len(examples))
    assert list(by_hand) == [4, 2]
    np.save(tmp_path / "y.npy", np.arange(5))
    with pytest.raises(ValueError, match=r"x\.npy has 6, .*y\.npy has 5 rows"):
        MemoryMappedDataset(tmp_path / "x.npy", tmp_path / "y.npy")


def test_what_was_read_is_given_back(tmp_path):
    """Resident pages of the file stay few, however much is read."""
    smaps = "/proc/self/smaps"
    np.save(tmp_path / "x.npy", np.zeros((4000, 4096), np.uint8))
    data = MemoryMappedArray(tmp_path / "x.npy", resident=1 << 20)
    try:
        Path(smaps).read_bytes()
    except OSError:
        pytest.skip("no /proc/self/smaps")
    for start in range(0, 4000, 100):
        data.take(np.arange(start, start + 100))
        text = Path(smaps).read_text("utf-8").partition(str(tmp_path / "x.npy"))[2]
        resident = int(text.partition("Rss:")[2].split()[0]) * 1024
        assert resident <= 4 << 20  # of 16; the system maps a few pages around those that are read


# order ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("ranks", [1, 2, 3, 5, 13])
def test_ranks_share_one_order(ranks, drop_last):
    """As DistributedSampler splits: rank r has every n-th index from the r-th on."""
    n = 11
    whole = list(BlockRandomSampler(range(n), 3, 2, seed=5))
    assert sorted(whole) == list(range(n))
    reference = DistributedSampler(range(n), ranks, 0, shuffle=False, drop_last=drop_last)
    total = reference.total_size
    expected = (whole * (total // n + 1))[:total]
    for rank in range(ranks):
        sampler = BlockRandomSampler(range(n), 3, 2, ranks, rank, 5, drop_last)
        own = list(sampler)
        assert own == expected[rank::ranks] and len(own) == len(sampler)
        torch_like = DistributedSampler(range(n), ranks, rank, shuffle=False, drop_last=drop_last)
        assert len(torch_like) == len(sampler)


def test_an_order_of_its_own_for_each_epoch():
    sampler = BlockRandomSampler(range(1000), 10, 4, seed=1)
    first = list(sampler)
    assert first == list(sampler) == list(BlockRandomSampler(range(1000), 10, 4, seed=1))
    sampler.set_epoch(1)
    assert first != list(sampler)
    assert first != list(BlockRandomSampler(range(1000), 10, 4, seed=2))


def test_a_window_is_of_few_blocks():
    """Forty indices in a row come from four blocks, and the blocks come in no order."""
    order = list(BlockRandomSampler(range(1000), 10, 4, seed=1))
    windows = [{i // 10 for i in order[start : start + 40]} for start in range(0, 1000, 40)]
    assert all(len(blocks) == 4 for blocks in windows)
    assert any(max(blocks) - min(blocks) > 4 for blocks in windows)
    assert order[:10] != sorted(order[:10])


@pytest.mark.parametrize("arguments", [
    {"block_size": 0}, {"window": 0}, {"window": 1.5}, {"num_replicas": 0}, {"num_replicas": 2, "rank": 2},
])  # fmt: skip
def test_wrong_blocks(arguments):
    with pytest.raises(ValueError):
        BlockRandomSampler(range(3), **arguments)


# a thread that makes batches ahead -----------------------------------------------------------


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "DataLoader"]


class Noted(Dataset):
    """Example i is i; notes which thread read what."""

    def __init__(self, n=20, fails_at=None, slow=0.0):
        self.n = n
        self.fails_at = fails_at
        self.slow = slow
        self.read = []

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        if index == self.fails_at:
            raise LookupError(f"no example {index}")
        time.sleep(self.slow)
        self.read.append((index, threading.current_thread().name))
        return index


@pytest.mark.parametrize("batch_size", [None, 1, 7])
def test_the_same_batches_in_the_same_order(batch_size):
    def batches(workers):
        generator = torch.Generator().manual_seed(3)
        loader = DataLoader(
            Noted(), batch_size, shuffle=True, generator=generator, num_workers=workers
        )
        found = [np.asarray(batch).tolist() for _ in range(3) for batch in loader]
        return found, generator.get_state().tolist()

    assert batches(0) == batches(1) == batches(3)
    assert not threads()


def test_training_is_the_same_bit_for_bit():
    """Dropout draws from the generator that shuffled: the thread takes none of its numbers."""

    def weights(workers):
        torch.manual_seed(0)
        x = torch.randn(50, 4)
        model = torch.nn.Sequential(
            torch.nn.Linear(4, 3), torch.nn.Dropout(0.5), torch.nn.Linear(3, 1)
        )
        optimizer = torch.optim.Adam(model.parameters())
        changed = DataLoader(
            TensorDataset(x), 8, shuffle=True, num_workers=workers, collate_fn=lambda rows: torch.stack([r[0] for r in rows]),
        )  # fmt: skip
        for _ in range(2):
            for batch in changed:
                optimizer.zero_grad()
                model(batch).square().mean().backward()
                optimizer.step()
        return [parameter.detach().numpy().tobytes() for parameter in model.parameters()]

    assert weights(0) == weights(2)


def test_random_changes_are_the_threads_own():
    """The same seed, the same noise; another in each pass; and none of the caller's numbers."""

    def noisy(rows):
        return torch.rand(len(rows))

    def run():
        generator = torch.Generator().manual_seed(7)
        torch.manual_seed(1)
        loader = DataLoader(Noted(), 5, generator=generator, num_workers=1, collate_fn=noisy)
        passes = [[batch.tolist() for batch in loader] for _ in range(2)]
        return passes, torch.rand(1).item()

    passes, after = run()
    assert (passes, after) == run()
    assert passes[0] != passes[1]
    torch.manual_seed(1)
    assert torch.rand(1).item() == after


def test_read_by_the_thread_and_not_too_far_ahead():
    data = Noted(40, slow=0.001)
    batches = iter(DataLoader(data, 2, num_workers=1, prefetch_factor=3))
    next(batches)
    time.sleep(0.1)
    assert {name for _, name in data.read} == {"DataLoader"}
    assert len(data.read) <= 2 * 4
    assert len(threads()) == 1
    del batches
    assert not threads()


def test_what_it_raises_comes_in_its_place():
    loader = DataLoader(Noted(fails_at=7), 2, num_workers=2)
    seen = []
    with pytest.raises(LookupError, match="no example 7"):
        for batch in loader:
            seen.append(batch.tolist())
    assert seen == [[0, 1], [2, 3], [4, 5]] and not threads()


def test_ctrl_c_and_break_leave_no_thread():
    for error in (KeyboardInterrupt, None):
        try:
            for _ in DataLoader(Noted(slow=0.001), 2, num_workers=1):
                if error:
                    raise error
                break
        except KeyboardInterrupt:
            pass
        assert not threads()


def test_an_iterable_dataset_is_read_by_the_thread():
    names = []

    class Count(IterableDataset):
        def __iter__(self):
            for i in range(5):
                names.append(threading.current_thread().name)
                yield i

    found = [batch.tolist() for batch in DataLoader(Count(), 2, num_workers=1)]
    assert found == [[0, 1], [2, 3], [4]] and set(names) == {"DataLoader"}
    assert not threads()


def test_going_on_in_the_middle_of_a_pass():
    generator = torch.Generator().manual_seed(3)
    loader = DataLoader(Noted(), 3, shuffle=True, generator=generator, num_workers=1)
    batches = iter(loader)
    next(batches)
    state = loader.state_dict()
    rest = [batch.tolist() for batch in batches]
    again = DataLoader(Noted(), 3, shuffle=True, generator=torch.Generator(), num_workers=1)
    again.load_state_dict(state)
    assert [batch.tolist() for batch in again] == rest


def test_a_batch_that_does_not_come():
    with pytest.raises(RuntimeError, match=r"timed out after 0\.05 seconds"):
        next(iter(DataLoader(Noted(slow=0.5), 1, num_workers=1, timeout=0.05)))
    deadline = time.monotonic() + 5
    while threads() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not threads()


@pytest.mark.parametrize("options", [
    {"prefetch_factor": 2}, {"prefetch_factor": 0, "num_workers": 1}, {"timeout": -1}, {"persistent_workers": True},
])  # fmt: skip
def test_options_that_torch_refuses(options):
    with pytest.raises(ValueError):
        DataLoader([1], **options)


def test_no_grad_holds_in_the_thread():
    weight = torch.ones(1, requires_grad=True)
    loader = DataLoader(Noted(2), 1, num_workers=1, collate_fn=lambda rows: weight * rows[0])
    assert all(batch.requires_grad for batch in loader)
    with torch.no_grad():
        assert not any(batch.requires_grad for batch in loader)


# the measurement -----------------------------------------------------------------------------


def test_the_benchmark_streams_every_digit(tmp_path, capsys):
    images, labels = streaming.write_digits(tmp_path, 1500)
    found = streaming.stream(images, labels)
    assert found["images"] == 1500 and found["turns"] > 1
    assert found["share_of_in_memory"] > 0 and found["peak_mb"] > 0
    assert MemoryMappedArray(images).array.reshape(1500, -1).any(1).all()
    assert set(MemoryMappedArray(labels).array) == set(range(10))
