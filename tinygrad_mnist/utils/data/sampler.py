"""Samplers: the order in which a loader takes examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, Generic, TypeVar

import numpy as np

from tinygrad_mnist import random
from tinygrad_mnist.creation import as_tensor_, multinomial
from tinygrad_mnist.core.dtypes import float64
from tinygrad_mnist.core.errors import check

__all__ = [
    "BatchSampler", "RandomSampler", "Sampler", "SequentialSampler", "SubsetRandomSampler", "WeightedRandomSampler",
]  # fmt: skip

T = TypeVar("T", covariant=True)
refuse = partial(check, error=ValueError)


def _want(kind: type, name: str, value: Any, error: type[Exception] = ValueError) -> None:
    words, good = ("a boolean value", True) if kind is bool else ("a positive integer value", value > 0)
    check(type(value) is kind and good, "{} should be {}, but got {}={}", name, words, name, value, error=error)


class Sampler(Generic[T]):
    """An iterable of indices; a subclass defines `__iter__`, and `__len__` where it is known."""

    num_samples: int

    def __init__(self, data_source: Any = None) -> None:
        pass

    def __iter__(self) -> Iterator[T]:
        raise NotImplementedError("Subclasses of Sampler should implement __iter__.")


class SequentialSampler(Sampler[int]):
    """From the first to the last."""

    def __init__(self, data_source: Any) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self)))

    def __len__(self) -> int:
        return len(self.data_source)


class _Counted(Sampler[int]):
    def __len__(self) -> int:
        return self.num_samples


class RandomSampler(_Counted):
    """In random order, again and again up to `num_samples`; or `num_samples` draws with replacement."""

    def __init__(
        self, data_source: Any, replacement: bool = False, num_samples: int | None = None, generator: Any = None
    ) -> None:
        self.data_source, self.replacement, self.generator = data_source, replacement, generator
        self._num_samples = num_samples
        _want(bool, "replacement", replacement, TypeError)
        _want(int, "num_samples", self.num_samples)

    @property
    def num_samples(self) -> int:  # type: ignore[override]
        """How many indices a pass draws: the size of the data unless given."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        draw, n = random.source(self.generator), len(self.data_source)
        if self.replacement:
            return iter(draw.integers(0, n, self.num_samples).tolist())
        rounds = -(-self.num_samples // n)
        return iter(np.concatenate([draw.permutation(n) for _ in range(rounds)])[: self.num_samples].tolist())


class SubsetRandomSampler(Sampler[int]):
    """The indices listed, in random order."""

    def __init__(self, indices: Sequence[int], generator: random.Generator | None = None) -> None:
        self.indices, self.generator = indices, generator

    def __iter__(self) -> Iterator[int]:
        return (self.indices[i] for i in random.source(self.generator).permutation(len(self.indices)))

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(_Counted):
    """Draws in proportion to weights."""

    def __init__(self, weights: Any, num_samples: int, replacement: bool = True, generator: Any = None) -> None:
        _want(int, "num_samples", num_samples)
        _want(bool, "replacement", replacement)
        self.weights, self.num_samples = as_tensor_(weights, dtype=float64), num_samples
        refuse(self.weights.ndim == 1, "weights should be a 1d sequence but have shape {}", self.weights.shape)
        self.replacement, self.generator = replacement, generator

    def __iter__(self) -> Iterator[int]:
        return iter(multinomial(self.weights, self.num_samples, self.replacement, generator=self.generator).tolist())


class BatchSampler(Sampler[list[int]]):
    """Another sampler's indices in lists of `batch_size`."""

    def __init__(self, sampler: Iterable[Any], batch_size: int, drop_last: bool) -> None:
        _want(int, "batch_size", batch_size)
        _want(bool, "drop_last", drop_last)
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self) -> Iterator[list[Any]]:
        indices = iter(self.sampler)
        while batch := list(islice(indices, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self) -> int:
        n = len(self.sampler)  # type: ignore[arg-type]
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)
