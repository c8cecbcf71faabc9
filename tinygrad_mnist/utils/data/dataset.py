"""Datasets: collections of examples that can be counted and indexed, or just walked through."""

from __future__ import annotations

import bisect
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate
from typing import Any, Generic, TypeVar

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.ops import random

__all__ = ["ConcatDataset", "Dataset", "IterableDataset", "Subset", "TensorDataset", "random_split"]

T = TypeVar("T", covariant=True)
check_value = partial(check, error=ValueError)
_assert = partial(check, error=AssertionError)


class Dataset(Generic[T]):
    """Examples by number.

    A subclass defines `__getitem__` and `__len__`, and maybe `__getitems__` for a list of numbers.

    Example:
        >>> class Squares(torch.utils.data.Dataset):
        ...     def __getitem__(self, index):
        ...         return index**2
        ...     def __len__(self):
        ...         return 4
        >>> next(iter(torch.utils.data.DataLoader(Squares(), batch_size=4)))
        tensor([0, 1, 4, 9])
    """

    def __getitem__(self, index: Any) -> T:
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")

    def __add__(self, other: Dataset[Any]) -> ConcatDataset:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T]):
    """Examples one after the other: a subclass defines `__iter__`.

    Example:
        >>> class Count(torch.utils.data.IterableDataset):
        ...     def __iter__(self):
        ...         return iter(range(3))
        >>> list(torch.utils.data.DataLoader(Count(), batch_size=2))
        [tensor([0, 1]), tensor([2])]
    """

    def __iter__(self) -> Iterator[T]:
        raise NotImplementedError("Subclasses of IterableDataset should implement __iter__.")


def examples(dataset: Any, indices: list[int]) -> list[Any]:
    """The examples at some indices, in one call where the dataset has one for it."""
    if callable(getattr(dataset, "__getitems__", None)):
        found: list[Any] = dataset.__getitems__(indices)
        return found
    return [dataset[i] for i in indices]


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Tensors with the same first dimension: example i is the tuple of their rows i.

    Args:
        tensors: (n, ...) each.

    Raises:
        AssertionError: if their first dimensions differ.

    Example:
        >>> torch.utils.data.TensorDataset(torch.arange(3), torch.arange(3) * 10)[1]
        (tensor(1), tensor(10))
    """

    def __init__(self, *tensors: Tensor) -> None:
        rows = [len(x) for x in tensors]
        _assert(len(set(rows)) == 1, "Size mismatch between tensors: got {} rows", rows)
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(x[index] for x in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0])


class ConcatDataset(Dataset[Any]):
    """Datasets one after the other.

    Args:
        datasets: those that can be counted.

    Raises:
        AssertionError: if there are none, or one cannot be counted.

    Example:
        >>> len(torch.utils.data.ConcatDataset([range(2), range(3)]))
        5
    """

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        _assert(self.datasets, "datasets should not be an empty iterable")
        counted = not any(isinstance(each, IterableDataset) for each in self.datasets)
        _assert(counted, "ConcatDataset does not support IterableDataset")
        self.cumulative_sizes = list(accumulate(map(len, self.datasets)))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, index: int) -> Any:
        fine = index >= -len(self)
        check_value(fine, "absolute value of index should not exceed dataset length")
        if index < 0:
            index += len(self)
        which = bisect.bisect_right(self.cumulative_sizes, index)
        before = self.cumulative_sizes[which - 1] if which else 0
        return self.datasets[which][index - before]


class Subset(Dataset[Any]):
    """The examples of a dataset at the indices listed.

    Args:
        dataset: where they are from.
        indices: their numbers there.

    Example:
        >>> torch.utils.data.Subset(range(10), [7, 8])[0]
        7
    """

    def __init__(self, dataset: Any, indices: Sequence[int]) -> None:
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]
        return self.dataset[self.indices[index]]

    def __getitems__(self, indices: list[int]) -> list[Any]:
        if type(self).__getitem__ is not Subset.__getitem__:
            return [self[i] for i in indices]
        return examples(self.dataset, [self.indices[i] for i in indices])

    def __len__(self) -> int:
        return len(self.indices)


def random_split(
    dataset: Any, lengths: Sequence[float], generator: random.Generator | None = None
) -> list[Subset]:
    """A dataset cut at random into parts.

    Args:
        dataset: one that can be counted.
        lengths: of the parts; or their shares, which sum to 1.
        generator: draws the order; by default the default one.

    Returns:
        A Subset for each part.

    Raises:
        ValueError: if the lengths do not sum to the dataset's.

    Example:
        >>> [len(part) for part in torch.utils.data.random_split(range(10), [0.7, 0.3])]
        [7, 3]
    """
    total = len(dataset)
    counts = list(lengths)
    if math.isclose(sum(counts), 1) and sum(counts) <= 1:
        fine = all(0 <= share <= 1 for share in counts)
        check_value(fine, "random_split: each share must be between 0 and 1: {}", counts)
        counts = [math.floor(total * share) for share in counts]
        for i in range(total - int(sum(counts))):
            counts[i % len(counts)] += 1
        if 0 in counts:
            place = counts.index(0)
            warnings.warn(f"Length of split at index {place} is 0: an empty dataset", stacklevel=2)
    message = "Sum of input lengths does not equal the length of the input dataset! {} against {}"
    check_value(sum(counts) == total, message, sum(counts), total)
    order = random.source(generator).permutation(total).tolist()
    parts = []
    for n, end in zip(counts, accumulate(counts), strict=True):
        parts.append(Subset(dataset, order[int(end - n) : int(end)]))
    return parts
