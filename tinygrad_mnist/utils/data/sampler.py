"""Samplers: the order in which a loader takes examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from tinygrad_mnist.core.dtypes import float64
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops import random
from tinygrad_mnist.ops.creation import as_tensor
from tinygrad_mnist.ops.random import Generator, multinomial

__all__ = [
    "BatchSampler",
    "BlockRandomSampler",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "SubsetRandomSampler",
    "WeightedRandomSampler",
]

T = TypeVar("T", covariant=True)
PIECE = 1 << 16  # indices that are drawn at once
check_value = partial(check, error=ValueError)


def _require_bool(name: str, value: Any, error: type[Exception] = ValueError) -> None:
    message = "{} should be a boolean value, but got {}={}"
    check(type(value) is bool, message, name, name, value, error=error)


def _require_count(name: str, value: Any) -> None:
    fine = type(value) is int and value > 0
    check_value(fine, "{} should be a positive integer value, but got {}={}", name, name, value)


class Sampler(Generic[T]):
    """An iterable of indices; a subclass defines `__iter__`, and `__len__` where it is known.

    Args:
        data_source: accepted, as in older versions of PyTorch.

    Example:
        >>> class Backwards(torch.utils.data.Sampler):
        ...     def __iter__(self):
        ...         return iter([2, 1, 0])
        >>> list(torch.utils.data.DataLoader(range(3), sampler=Backwards(), batch_size=3))
        [tensor([2, 1, 0])]
    """

    num_samples: int

    def __init__(self, data_source: Any = None) -> None:
        pass

    def __iter__(self) -> Iterator[T]:
        raise NotImplementedError("Subclasses of Sampler should implement __iter__.")


class SequentialSampler(Sampler[int]):
    """From the first to the last.

    Args:
        data_source: the dataset.

    Example:
        >>> list(torch.utils.data.SequentialSampler("abc"))
        [0, 1, 2]
    """

    def __init__(self, data_source: Any) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """In random order.

    Args:
        data_source: the dataset.
        replacement: draw each index by itself, so that one may come twice.
        num_samples: how many indices a pass draws; by default as many as there are examples.
            Without replacement, orders follow one another until there are enough.
        generator: draws; by default the default one.

    Raises:
        TypeError: if `replacement` is no bool.
        ValueError: if `num_samples` is no positive integer.

    Example:
        >>> sorted(torch.utils.data.RandomSampler("abc"))
        [0, 1, 2]
    """

    def __init__(
        self,
        data_source: Any,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Generator | None = None,
    ) -> None:
        self.data_source = data_source
        self.replacement = replacement
        self.generator = generator
        self._num_samples = num_samples
        _require_bool("replacement", replacement, TypeError)
        _require_count("num_samples", self.num_samples)

    @property
    def num_samples(self) -> int:  # type: ignore[override]
        """How many indices a pass draws."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        """The indices, drawn in pieces: a pass may be longer than memory."""
        draw = random.source(self.generator)
        n = len(self.data_source)
        left = self.num_samples
        while left > 0:
            if self.replacement:
                piece = draw.integers(0, n, min(left, PIECE))
            else:
                piece = draw.permutation(n)[:left]
            yield from piece.tolist()
            left -= len(piece)

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """The indices listed, in random order.

    Args:
        indices: what is drawn.
        generator: draws; by default the default one.

    Example:
        >>> sorted(torch.utils.data.SubsetRandomSampler([5, 7]))
        [5, 7]
    """

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        self.indices = indices
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        order = random.source(self.generator).permutation(len(self.indices))
        return (self.indices[i] for i in order)

    def __len__(self) -> int:
        return len(self.indices)


class BlockRandomSampler(Sampler[int]):
    """In random order, but near one another: for data that is read from a disk.

    The examples are cut into blocks of neighbours. The blocks come in random order; `window` of
    them at a time are shuffled together. So a stretch of the order reads `window` places of the
    file, and the order takes the memory of one window, however many examples there are.

    Of several processes each takes every n-th index of the same order, as with DistributedSampler:
    the batches of all of them together are those that one process with an n times larger batch has.

    Args:
        data_source: the dataset.
        block_size: examples in a block. Default: 1,024.
        window: blocks that are shuffled together. Default: 8.
        num_replicas: how many processes share the dataset. Default: 1.
        rank: which of them this is, from 0. Default: 0.
        seed: of the order, the same in every process.
        drop_last: leave out examples at the end so that all processes take equally many, instead of
            taking some of the first twice.

    Raises:
        ValueError: if a size is no positive integer, or there is no process of that rank.

    Example:
        >>> sampler = torch.utils.data.BlockRandomSampler(range(8), block_size=2, window=2, seed=1)
        >>> list(sampler)
        [3, 7, 2, 6, 0, 4, 1, 5]
        >>> sampler.set_epoch(1)
        >>> sorted(sampler)
        [0, 1, 2, 3, 4, 5, 6, 7]
    """

    def __init__(
        self,
        data_source: Any,
        block_size: int = 1024,
        window: int = 8,
        num_replicas: int = 1,
        rank: int = 0,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        _require_count("block_size", block_size)
        _require_count("window", window)
        _require_count("num_replicas", num_replicas)
        message = "Invalid rank {}, rank should be in the interval [0, {}]"
        check_value(0 <= rank < num_replicas, message, rank, num_replicas - 1)
        self.data_source = data_source
        self.block_size = block_size
        self.window = window
        self.num_replicas = num_replicas
        self.rank = rank
        self.seed = seed
        self.drop_last = drop_last
        self.epoch = 0

    def __len__(self) -> int:
        n = len(self.data_source)
        if self.drop_last:
            return n // self.num_replicas
        return -(-n // self.num_replicas)

    def set_epoch(self, epoch: int) -> None:
        """Say which pass comes, so that each has an order of its own.

        Args:
            epoch: the number of the pass.
        """
        self.epoch = epoch

    def __iter__(self) -> Iterator[int]:
        """The indices of this process, drawn window by window."""
        total = len(self) * self.num_replicas
        place = 0  # in the order of all processes
        for indices in self._padded(total):
            taken = indices[: total - place]
            first = (self.rank - place) % self.num_replicas
            yield from taken[first :: self.num_replicas].tolist()
            place += len(taken)

    def _padded(self, total: int) -> Iterator[NDArray[np.int64]]:
        """The windows, and the first ones again while there are fewer indices than that."""
        given = 0
        while given < total:
            for indices in self._windows():
                yield indices
                given += len(indices)
                if given >= total:
                    return

    def _windows(self) -> Iterator[NDArray[np.int64]]:
        """All indices in the order of this seed and epoch, a window at a time."""
        draw = random.source(Generator().manual_seed(self.seed + self.epoch))
        n = len(self.data_source)
        blocks = draw.permutation(-(-n // self.block_size))
        for start in range(0, len(blocks), self.window):
            chosen = blocks[start : start + self.window]
            rows = (chosen[:, None] * self.block_size + np.arange(self.block_size)).ravel()
            yield draw.permutation(rows[rows < n])


class WeightedRandomSampler(Sampler[int]):
    """Draws in proportion to weights.

    Args:
        weights: one for each example; they need not sum to 1.
        num_samples: how many indices a pass draws.
        replacement: whether an index may come twice.
        generator: draws; by default the default one.

    Raises:
        ValueError: if `num_samples` is no positive integer, or the weights are no vector.

    Example:
        >>> list(torch.utils.data.WeightedRandomSampler([0.0, 1.0], 2))
        [1, 1]
    """

    def __init__(
        self,
        weights: Any,
        num_samples: int,
        replacement: bool = True,
        generator: Generator | None = None,
    ) -> None:
        _require_count("num_samples", num_samples)
        _require_bool("replacement", replacement)
        self.weights = as_tensor(weights, dtype=float64)
        shape = self.weights.shape
        check_value(len(shape) == 1, "weights should be a 1d sequence but have shape {}", shape)
        self.num_samples = num_samples
        self.replacement = replacement
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        drawn = multinomial(
            self.weights, self.num_samples, self.replacement, generator=self.generator
        )
        return iter(drawn.tolist())

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[int]]):
    """Another sampler's indices in lists.

    Args:
        sampler: gives the indices.
        batch_size: of a list.
        drop_last: leave out a last list that would be shorter.

    Raises:
        ValueError: if `batch_size` is no positive integer, or `drop_last` no bool.

    Example:
        >>> list(torch.utils.data.BatchSampler(range(3), 2, drop_last=False))
        [[0, 1], [2]]
    """

    def __init__(self, sampler: Iterable[Any], batch_size: int, drop_last: bool) -> None:
        _require_count("batch_size", batch_size)
        _require_bool("drop_last", drop_last)
        self.sampler = sampler
        self.batch_size = batch_size
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[Any]]:
        indices = iter(self.sampler)
        while batch := list(islice(indices, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self) -> int:
        n = len(self.sampler)  # type: ignore[arg-type]
        if self.drop_last:
            return n // self.batch_size
        return -(-n // self.batch_size)
