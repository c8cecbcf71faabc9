"""DataLoader: batches of a dataset's examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from tinygrad_mnist.creation import as_tensor_, tensor
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops.movement import stack
from tinygrad_mnist.core.tensor import Tensor, wrap
from tinygrad_mnist.utils.data.dataset import IterableDataset, Subset, TensorDataset, examples
from tinygrad_mnist.utils.data.sampler import BatchSampler, RandomSampler, SequentialSampler

refuse = partial(check, error=ValueError)


def _filled(like: Any, items: Any) -> Any:
    """A container of this kind with these items; a plain one where its kind cannot be made so."""
    try:
        return type(like)(items)
    except TypeError:
        return items


def _within(batch: Any, leaf: Callable[[Any], Any]) -> Any:
    """One example in the form of the batch's examples, with `leaf` of the parts at each of its places."""
    first = batch[0]
    if isinstance(first, Mapping):
        return _filled(first, {key: _within([each[key] for each in batch], leaf) for key in first})
    if not isinstance(first, Sequence) or isinstance(first, str | bytes):
        return leaf(batch)
    named = isinstance(first, tuple) and hasattr(first, "_fields")
    same = named or all(len(each) == len(first) for each in batch)
    check(same, "each element in list of batch should be of equal size")
    columns = [_within(column, leaf) for column in zip(*batch, strict=False)]
    if named:
        return type(first)(*columns)
    return columns if isinstance(first, tuple) else _filled(first, columns)


def _stacked(batch: Any) -> Any:
    first = batch[0]
    text = isinstance(first, np.ndarray | np.generic) and first.dtype.kind in "SUO"
    if isinstance(first, Tensor):
        return stack(batch)
    if isinstance(first, np.ndarray | np.generic) and not text:
        return tensor(np.stack(batch))
    if isinstance(first, float):
        return tensor(np.array(batch, np.float64))
    if isinstance(first, int):
        return tensor(batch)
    message = "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {}"
    check(isinstance(first, str | bytes), message, type(first), error=TypeError)
    return batch


def default_collate(batch: Any) -> Any:
    """Examples as one batch: tensors and numbers stacked, in the tuples or dicts that hold them."""
    return _within(batch, _stacked)


def default_convert(data: Any) -> Any:
    """An example as it is, arrays within it as tensors."""

    def leaf(parts: Any) -> Any:
        array = isinstance(parts[0], np.ndarray | np.generic) and parts[0].dtype.kind not in "SUO"
        return as_tensor_(parts[0]) if array else parts[0]

    return _within([data], leaf)


class DataLoader:
    """Batches of a dataset, in order or shuffled, anew for each pass.

    Tensors that lie in memory (a TensorDataset, or a Subset of one) are gathered with one index for
    the whole batch. Arguments about worker processes are accepted; loading happens in this one.
    """

    def __init__(
        self, dataset: Any, batch_size: int | None = 1, shuffle: bool | None = None, sampler: Any = None,
        batch_sampler: Any = None, num_workers: int = 0, collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False, drop_last: bool = False, timeout: float = 0, worker_init_fn: Any = None,
        multiprocessing_context: Any = None, generator: Any = None, *, prefetch_factor: int | None = None,
        persistent_workers: bool = False, pin_memory_device: str = "", in_order: bool = True,
    ) -> None:  # fmt: skip
        iterable, chosen = isinstance(dataset, IterableDataset), bool(shuffle) or sampler is not None
        for good, message in (
            (num_workers >= 0, "num_workers option should be non-negative"),
            (not iterable or not (chosen or batch_sampler is not None),
             "DataLoader with IterableDataset: expected unspecified shuffle, sampler and batch_sampler options"),
            (sampler is None or not shuffle, "sampler option is mutually exclusive with shuffle"),
            (batch_sampler is None or not (chosen or drop_last or batch_size != 1),
             "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"),
            (batch_size is not None or not drop_last, "batch_size=None option is mutually exclusive with drop_last"),
        ):  # fmt: skip
            refuse(good, message)
        if sampler is None and not iterable:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_sampler is not None:
            batch_size, drop_last = None, False
        elif batch_size is not None:  # of an iterable dataset, of the examples themselves
            batch_sampler = BatchSampler(dataset if iterable else sampler, batch_size, drop_last)
        self.dataset, self.batch_size, self.drop_last, self.generator = dataset, batch_size, drop_last, generator
        self.num_workers, self.pin_memory, self.persistent_workers = num_workers, pin_memory, persistent_workers
        self.sampler, self.batch_sampler = sampler, batch_sampler
        self.collate_fn = collate_fn or (default_convert if batch_sampler is None else default_collate)
        self._made = True

    def __setattr__(self, name: str, value: Any) -> None:
        fixed = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")
        made = hasattr(self, "_made") and name in fixed
        refuse(not made, "{} attribute should not be set after DataLoader is initialized", name)
        super().__setattr__(name, value)

    def __iter__(self) -> Iterator[Any]:
        if isinstance(self.dataset, IterableDataset):
            return map(self.collate_fn, self.dataset if self.batch_sampler is None else self.batch_sampler)
        if self.batch_sampler is None:
            return (self.collate_fn(self.dataset[index]) for index in self.sampler)
        return map(self._fetch, self.batch_sampler)

    def _fetch(self, indices: list[int]) -> Any:
        if self.collate_fn is default_collate:
            dataset, rows = self.dataset, np.asarray(indices)
            while type(dataset) is Subset:
                dataset, rows = dataset.dataset, np.asarray(dataset.indices)[rows]
            if type(dataset) is TensorDataset:
                return [wrap(x.array.take(rows, 0)) for x in dataset.tensors]
        return self.collate_fn(examples(self.dataset, indices))

    def __len__(self) -> int:
        """The number of batches."""
        if self.batch_sampler is not None:
            return len(self.batch_sampler)
        held: Any = self.dataset if isinstance(self.dataset, IterableDataset) else self.sampler
        return len(held)


def get_worker_info() -> None:
    """None: loading happens in the main process."""
