"""Datasets: collections of examples that can be counted and indexed, or just walked through."""

from __future__ import annotations

import bisect
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate
from typing import Any, Generic, TypeVar

from tinygrad_mnist import random
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor

__all__ = ["ConcatDataset", "Dataset", "IterableDataset", "Subset", "TensorDataset", "random_split"]

T = TypeVar("T", covariant=True)
refuse = partial(check, error=ValueError)


class Dataset(Generic[T]):
    """Examples by number: a subclass defines `__getitem__` and `__len__`, and maybe `__getitems__` for a list."""

    def __getitem__(self, index: Any) -> T:
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")

    def __add__(self, other: Dataset[Any]) -> Any:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T]):
    """Examples one after the other: a subclass defines `__iter__`."""

    def __iter__(self) -> Iterator[T]:
        raise NotImplementedError("Subclasses of IterableDataset should implement __iter__.")


def examples(dataset: Any, indices: list[int]) -> list[Any]:
    """The examples at some indices, in one call where the dataset has one for it."""
    if callable(getattr(dataset, "__getitems__", None)):
        return dataset.__getitems__(indices)
    return [dataset[i] for i in indices]


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Tensors with the same first dimension: example i is the tuple of their rows i."""

    def __init__(self, *tensors: Tensor) -> None:
        rows = [len(x) for x in tensors]
        check(len(set(rows)) == 1, "Size mismatch between tensors: got {} rows", rows, error=AssertionError)
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(x[index] for x in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0])


class ConcatDataset(Dataset[Any]):
    """Datasets one after the other."""

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        check(self.datasets, "datasets should not be an empty iterable", error=AssertionError)
        counted = not any(isinstance(each, IterableDataset) for each in self.datasets)
        check(counted, "ConcatDataset does not support IterableDataset", error=AssertionError)
        self.cumulative_sizes = list(accumulate(map(len, self.datasets)))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, index: int) -> Any:
        refuse(index >= -len(self), "absolute value of index should not exceed dataset length")
        index += len(self) if index < 0 else 0
        which = bisect.bisect_right(self.cumulative_sizes, index)
        return self.datasets[which][index - (self.cumulative_sizes[which - 1] if which else 0)]


class Subset(Dataset[Any]):
    """The examples of a dataset at the indices listed."""

    def __init__(self, dataset: Any, indices: Sequence[int]) -> None:
        self.dataset, self.indices = dataset, indices

    def __getitem__(self, index: Any) -> Any:
        return self.dataset[[self.indices[i] for i in index] if isinstance(index, list) else self.indices[index]]

    def __getitems__(self, indices: list[int]) -> list[Any]:
        if type(self).__getitem__ is not Subset.__getitem__:
            return [self[i] for i in indices]
        return examples(self.dataset, [self.indices[i] for i in indices])

    def __len__(self) -> int:
        return len(self.indices)


def random_split(dataset: Any, lengths: Sequence[float], generator: random.Generator | None = None) -> list[Subset]:
    """A dataset cut at random into parts of these lengths, or of these shares, which sum to 1."""
    total, counts = len(dataset), list(lengths)
    if math.isclose(sum(counts), 1) and sum(counts) <= 1:
        refuse(all(0 <= share <= 1 for share in counts), "random_split: each share must be between 0 and 1: {}", counts)
        counts = [math.floor(total * share) for share in counts]
        for i in range(total - int(sum(counts))):
            counts[i % len(counts)] += 1
        if 0 in counts:
            warnings.warn(f"Length of split at index {counts.index(0)} is 0: an empty dataset", stacklevel=2)
    message = "Sum of input lengths does not equal the length of the input dataset! {} against {}"
    refuse(sum(counts) == total, message, sum(counts), total)
    order = random.source(generator).permutation(total).tolist()
    return [Subset(dataset, order[end - n : end]) for n, end in zip(counts, accumulate(counts), strict=True)]
