"""DistributedSampler: the part of a dataset that one of several processes takes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.distributed.process_group import get_rank, get_world_size, is_initialized
from tinygrad_mnist.ops.random import Generator
from tinygrad_mnist.ops.random import source as draws_of
from tinygrad_mnist.utils.data.sampler import Sampler

__all__ = ["DistributedSampler"]


class DistributedSampler(Sampler[int]):
    """Every n-th index, so that n processes share a dataset; all take equally many.

    Where the numbers are not given and there is no process group, one process takes it all.

    Args:
        dataset: the dataset.
        num_replicas: how many processes there are. Default: the process group's; 1 without one.
        rank: which of them this is, from 0. Default: the process group's; 0 without one.
        shuffle: whether the order is random: the same in every process, another for each
            `set_epoch`.
        seed: of the random order.
        drop_last: leave out indices at the end so that all processes take equally many, instead of
            taking some twice.

    Raises:
        ValueError: if there is no process of that rank.

    Example:
        >>> sampler = torch.utils.data.distributed.DistributedSampler(range(5), 2, 1, shuffle=False)
        >>> list(sampler)
        [1, 3, 0]
    """

    def __init__(
        self,
        dataset: Any,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        replicas = num_replicas
        if replicas is None:
            replicas = get_world_size() if is_initialized() else 1
        own = rank
        if own is None:
            own = get_rank() if is_initialized() else 0
        message = "Invalid rank {}, rank should be in the interval [0, {}]"
        check(0 <= own < replicas, message, own, replicas - 1, error=ValueError)
        self.dataset = dataset
        self.num_replicas = replicas
        self.rank = own
        self.epoch = 0
        self.drop_last = drop_last
        self.shuffle = shuffle
        self.seed = seed
        count = len(dataset)
        if drop_last and count % replicas:
            self.num_samples = math.ceil((count - replicas) / replicas)
        else:
            self.num_samples = math.ceil(count / replicas)
        self.total_size = self.num_samples * replicas

    def __iter__(self) -> Iterator[int]:
        """The indices of this process."""
        count = len(self.dataset)
        indices = list(range(count))
        if self.shuffle:
            generator = Generator().manual_seed(self.seed + self.epoch)
            indices = draws_of(generator).permutation(count).tolist()
        if not self.drop_last:
            missing = self.total_size - len(indices)
            indices += (indices * math.ceil(missing / max(len(indices), 1)))[:missing]
        return iter(indices[self.rank : self.total_size : self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Say which pass comes, so that each has an order of its own.

        Args:
            epoch: the number of the pass.
        """
        self.epoch = epoch
