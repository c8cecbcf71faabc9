"""Datasets, samplers and loaders."""

from collections import OrderedDict, namedtuple

import numpy as np
import pytest

import tinygrad_mnist as tg
from tinygrad_mnist.utils.data import (
    BatchSampler,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    Subset,
    TensorDataset,
    WeightedRandomSampler,
    default_collate,
    default_convert,
    random_split,
)


def numbered(n):
    x = tg.arange(n).float().reshape(n, 1) * tg.ones(1, 3)
    return TensorDataset(x, tg.arange(n))


def test_batches_cover_the_dataset_in_order():
    batches = list(DataLoader(numbered(10), batch_size=4))
    assert [len(y) for _, y in batches] == [4, 4, 2]
    assert tg.cat([y for _, y in batches]).tolist() == list(range(10))
    assert all((x[:, 0] == y).all() for x, y in batches)


def test_drop_last_and_length():
    loader = DataLoader(numbered(10), batch_size=4, drop_last=True)
    assert len(loader) == len(list(loader)) == 2
    assert len(DataLoader(numbered(10), batch_size=4)) == 3


def test_shuffle_is_a_permutation_new_each_epoch_and_repeatable():
    def epochs(seed):
        loader = DataLoader(
            numbered(100), batch_size=7, shuffle=True, generator=tg.Generator().manual_seed(seed)
        )
        return [tg.cat([y for _, y in loader]).tolist() for _ in range(2)]

    first, second = epochs(3)
    assert sorted(first) == sorted(second) == list(range(100))
    assert first != second and first != list(range(100))
    assert epochs(3) == [first, second] and epochs(4) != [first, second]


def test_a_batch_in_memory_is_gathered_at_once():
    class Counting(TensorDataset):
        calls = 0

    dataset = numbered(50)
    loader = DataLoader(dataset, batch_size=10)
    original = TensorDataset.__getitem__
    try:
        TensorDataset.__getitem__ = lambda self, i: pytest.fail("went item by item")
        assert len(list(loader)) == 5
    finally:
        TensorDataset.__getitem__ = original


def test_subset_of_tensors_gives_the_right_rows():
    part = Subset(numbered(20), [3, 5, 7, 11])
    (batch,) = DataLoader(part, batch_size=4)
    assert batch[1].tolist() == [3, 5, 7, 11]


def test_python_datasets_are_collated():
    class Words(Dataset):
        def __len__(self):
            return 4

        def __getitem__(self, i):
            return {"x": np.full(2, i, np.float32), "y": i, "p": i / 2, "name": f"n{i}"}

    batch = next(iter(DataLoader(Words(), batch_size=3)))
    assert batch["x"].dtype == tg.float32 and batch["x"].shape == (3, 2)
    assert batch["y"].dtype == tg.int64 and batch["p"].dtype == tg.float64
    assert batch["name"] == ["n0", "n1", "n2"]


def test_iterable_dataset_and_custom_collate():
    class Stream(IterableDataset):
        def __iter__(self):
            return iter(range(7))

    assert [b.tolist() for b in DataLoader(Stream(), batch_size=3)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(DataLoader(Stream(), batch_size=3, collate_fn=sum)) == [3, 12, 6]
    with pytest.raises(ValueError, match="IterableDataset"):
        DataLoader(Stream(), shuffle=True)


def test_split_and_concat():
    parts = random_split(numbered(10), [0.75, 0.25], generator=tg.Generator().manual_seed(0))
    assert [len(p) for p in parts] == [8, 2]
    whole = ConcatDataset(parts)
    assert sorted(int(whole[i][1]) for i in range(10)) == list(range(10))
    with pytest.raises(ValueError, match="Sum of input lengths"):
        random_split(numbered(10), [4, 4])


def test_samplers():
    tg.manual_seed(0)
    drawn = list(WeightedRandomSampler([0.0, 1.0, 3.0], 4000))
    counts = np.bincount(drawn, minlength=3)
    assert counts[0] == 0 and abs(counts[2] / counts[1] - 3) < 0.4
    assert list(BatchSampler(range(5), 2, True)) == [[0, 1], [2, 3]]
    assert len(list(RandomSampler(range(5), replacement=True, num_samples=12))) == 12


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="mutually exclusive"):
        DataLoader(numbered(4), shuffle=True, sampler=[0, 1])
    with pytest.raises(ValueError, match="batch_size should be a positive integer"):
        DataLoader(numbered(4), batch_size=0)
    with pytest.raises(AssertionError, match="Size mismatch"):
        TensorDataset(tg.zeros(3), tg.zeros(4))


Pair = namedtuple("Pair", "x y")
EXAMPLES = [
    (1, "a"), [2.5, b"b"], {"x": np.float32(1), "y": [True, (1, 2)]}, Pair(1, {"z": 2.0}), np.arange(3),
    np.float64(2), OrderedDict(a=1), "text", 7, np.zeros((2, 2), np.int16),
]  # fmt: skip


def plain(value):
    """Types and values without the library's own tensors."""
    if hasattr(value, "dtype") and not isinstance(value, np.ndarray | np.generic):
        return str(value.dtype), value.tolist()
    if isinstance(value, dict):
        return type(value), {key: plain(each) for key, each in value.items()}
    return (
        (type(value), [plain(each) for each in value]) if isinstance(value, list | tuple) else value
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=repr)
def test_collated_and_converted_as_by_torch(example):
    theirs = pytest.importorskip("torch.utils.data")
    for ours, other in (
        (default_collate, theirs.default_collate),
        (default_convert, theirs.default_convert),
    ):
        argument = [example] * 3 if ours is default_collate else example
        assert plain(ours(argument)) == plain(other(argument))


def test_what_cannot_be_collated_is_refused():
    with pytest.raises(TypeError, match="found <class 'NoneType'>"):
        default_collate([None])
    with pytest.raises(TypeError, match="default_collate"):
        default_collate([np.array(["a"])])
    with pytest.raises(RuntimeError, match="equal size"):
        default_collate([[1], [1, 2]])


class Range(IterableDataset):
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter(range(self.n))

    def __len__(self):
        return self.n


@pytest.mark.parametrize("options", [
    dict(batch_size=3), dict(batch_size=3, drop_last=True), dict(batch_size=None), dict(batch_size=4),
    dict(batch_size=2, collate_fn=list),
])  # fmt: skip
def test_lengths_and_batches_of_iterable_and_counted(options):
    for dataset in (Range(8), list(range(8))):
        loader = DataLoader(dataset, **options)
        batches = [each.tolist() if hasattr(each, "tolist") else each for each in loader]
        assert len(batches) == len(loader)
        size = options["batch_size"]
        kept = list(range(8))
        whole = [kept[i : i + size] for i in range(0, 8, size)] if size else kept
        assert batches == [
            each for each in whole if not options.get("drop_last") or len(each) == size
        ]


def test_examples_are_fetched_in_lists_where_a_dataset_can():
    calls = []

    class Listed(Dataset):
        def __len__(self):
            return 6

        def __getitems__(self, indices):
            calls.append(indices)
            return [10 * i for i in indices]

    (batch,) = DataLoader(Subset(Listed(), [1, 3]), batch_size=2)
    assert batch.tolist() == [10, 30] and calls == [[1, 3]]


@pytest.mark.parametrize("call", [
    lambda: DataLoader([1], num_workers=-1),
    lambda: DataLoader([1], batch_size=None, drop_last=True), lambda: DataLoader([1], batch_sampler=[[0]], shuffle=True),
    lambda: DataLoader([], shuffle=True), lambda: setattr(DataLoader([1]), "batch_size", 3),
    lambda: RandomSampler([1], num_samples=0), lambda: WeightedRandomSampler([1.0], True),
    lambda: WeightedRandomSampler([[1.0]], 1), lambda: WeightedRandomSampler([1.0], 1, replacement=2),
    lambda: BatchSampler([1], 2, drop_last=1), lambda: BatchSampler([1], True, False),
    lambda: random_split([1, 2], [1.5, -0.5]), lambda: ConcatDataset([[1, 2]])[-3],
])  # fmt: skip
def test_what_torch_refuses_with_value_error(call):
    with pytest.raises(ValueError):
        call()


def test_refusals_of_other_kinds():
    with pytest.raises(TypeError, match="replacement"):
        RandomSampler([1], replacement=1)
    for call in (lambda: ConcatDataset([Range(2)]), lambda: TensorDataset()):
        with pytest.raises(AssertionError):
            call()
    with pytest.warns(UserWarning, match="index 1 is 0"):
        random_split([1], [0.9, 0.1])
