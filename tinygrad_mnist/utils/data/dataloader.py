"""DataLoader: batches of a dataset's examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice, takewhile
from typing import Any, Generic, TypeVar

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.state import state
from tinygrad_mnist.core.tensor import Tensor, wrap
from tinygrad_mnist.ops.creation import as_tensor, tensor
from tinygrad_mnist.ops.joining import stack
from tinygrad_mnist.ops.random import Generator, default_generator
from tinygrad_mnist.utils.data.dataset import (
    Dataset,
    IterableDataset,
    Subset,
    TensorDataset,
    examples,
)
from tinygrad_mnist.utils.data.memory_mapped import MemoryMappedDataset
from tinygrad_mnist.utils.data.prefetch import made_ahead
from tinygrad_mnist.utils.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
)

__all__ = ["DataLoader", "default_collate", "default_convert", "get_worker_info"]

T = TypeVar("T", covariant=True)
check_value = partial(check, error=ValueError)
END = object()  # in place of a batch: there are no more


def _of_kind(like: Any, items: Any) -> Any:
    """A container of a kind with these items; a plain one where its kind cannot be made so."""
    try:
        return type(like)(items)
    except TypeError:
        return items


def _at_leaves(batch: Any, leaf: Callable[[Any], Any]) -> Any:
    """One example in the form of the batch's, with `leaf` of the parts at each of its places."""
    first = batch[0]
    if isinstance(first, Mapping):
        columns = {key: _at_leaves([each[key] for each in batch], leaf) for key in first}
        return _of_kind(first, columns)
    if not isinstance(first, Sequence) or isinstance(first, str | bytes):
        return leaf(batch)
    named = isinstance(first, tuple) and hasattr(first, "_fields")
    same = named or all(len(each) == len(first) for each in batch)
    check(same, "each element in list of batch should be of equal size")
    parts = [_at_leaves(column, leaf) for column in zip(*batch, strict=False)]
    if named:
        return type(first)(*parts)
    if isinstance(first, tuple):
        return parts
    return _of_kind(first, parts)


def _is_text(x: Any) -> bool:
    return isinstance(x, np.ndarray | np.generic) and x.dtype.kind in "SUO"


def _stacked(batch: Any) -> Any:
    """The parts at one place of all examples, as a tensor where they are numbers."""
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(batch)
    if isinstance(first, np.ndarray | np.generic) and not _is_text(first):
        return tensor(np.stack(batch))
    if isinstance(first, float):
        return tensor(np.array(batch, np.float64))
    if isinstance(first, int):
        return tensor(batch)
    check(
        isinstance(first, str | bytes),
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists;"
        " found {}",
        type(first),
        error=TypeError,
    )
    return batch


def default_collate(batch: Any) -> Any:
    """Examples as one batch: tensors and numbers stacked, in the tuples or dicts that hold them.

    Args:
        batch: a list of examples.

    Raises:
        TypeError: if there is something else in them.
        RuntimeError: if they differ in size.

    Example:
        >>> torch.utils.data.default_collate([{"x": 1}, {"x": 2}])
        {'x': tensor([1, 2])}
    """
    return _at_leaves(batch, _stacked)


def default_convert(data: Any) -> Any:
    """An example as it is, arrays within it as tensors.

    Args:
        data: the example.

    Example:
        >>> torch.utils.data.default_convert((np.ones(1), "one"))
        [tensor([1.], dtype=torch.float64), 'one']
    """
    return _at_leaves([data], _converted)


def _converted(parts: Any) -> Any:
    only = parts[0]
    if isinstance(only, np.ndarray | np.generic) and not _is_text(only):
        return as_tensor(only)
    return only


class _Pass:
    """How far a pass over a dataset is.

    Attributes:
        begun: the generator's state from which its order was drawn; None for no pass.
        done: batches given out.
        ended: whether it is over, or never began.
    """

    def __init__(self, begun: Tensor | None, done: int = 0) -> None:
        self.begun = begun
        self.done = done
        self.ended = begun is None


def _counted(batches: Iterator[Any], progress: _Pass) -> Iterator[Any]:
    """The batches, each counted before it is given out."""
    for batch in batches:
        progress.done += 1
        yield batch
    progress.ended = True


class DataLoader(Generic[T]):
    """Batches of a dataset, in order or shuffled, anew for each pass.

    Tensors that lie in memory (a TensorDataset, or a Subset of one) are gathered with one index for
    the whole batch; so are rows of a MemoryMappedDataset.

    With `num_workers` batches are made ahead by one thread, in the same order as without. It is
    worth its cost where data is read from a disk or changed by NumPy. Of what it draws from the
    default generator it has a generator of its own, as PyTorch's worker processes have.

    Args:
        dataset: examples by number, or one after the other.
        batch_size: examples in a batch; None for single examples.
        shuffle: whether their order is random.
        sampler: gives their order instead.
        batch_sampler: gives lists of numbers, a batch each.
        num_workers: 0 makes each batch when it is asked for. With more, a thread makes batches
            ahead; there is one, however large the number.
        collate_fn: makes a batch of a list of examples; by default `default_collate`.
        pin_memory: accepted.
        drop_last: leave out a last batch that would be smaller.
        timeout: seconds to wait for a batch of the thread; 0 for as long as it takes.
        worker_init_fn: accepted; there are no worker processes.
        multiprocessing_context: accepted.
        generator: draws the order; by default the default one.
        prefetch_factor: batches that are made ahead for each of `num_workers`. Default: 2.
        persistent_workers: accepted.
        pin_memory_device: accepted.
        in_order: accepted.

    Raises:
        ValueError: if two options exclude each other.
        RuntimeError: in a pass, if a batch is not there in `timeout` seconds.

    Example:
        >>> data = torch.utils.data.TensorDataset(torch.arange(4), torch.arange(4) * 10)
        >>> for x, y in torch.utils.data.DataLoader(data, batch_size=3):
        ...     print(x, y)
        tensor([0, 1, 2]) tensor([ 0, 10, 20])
        tensor([3]) tensor([30])
    """

    def __init__(
        self,
        dataset: Dataset[T] | Sequence[T] | Tensor,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Sampler[Any] | Iterable[Any] | None = None,
        batch_sampler: Sampler[list[Any]] | Iterable[list[Any]] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        iterable = isinstance(dataset, IterableDataset)
        ordered = bool(shuffle) or sampler is not None
        _check_workers(num_workers, prefetch_factor, timeout, persistent_workers)
        check_value(
            sampler is None or not shuffle, "sampler option is mutually exclusive with shuffle"
        )
        _check_batching(iterable, ordered, batch_size, batch_sampler, drop_last)
        if sampler is None and not iterable:
            sampler = SequentialSampler(dataset)
            if shuffle:
                sampler = RandomSampler(dataset, generator=generator)
        if batch_sampler is not None:
            batch_size = None
            drop_last = False
        elif batch_size is not None:  # of an iterable dataset, of the examples themselves
            source: Any = dataset if iterable else sampler
            batch_sampler = BatchSampler(source, batch_size, drop_last)
        if collate_fn is None:
            collate_fn = default_convert if batch_sampler is None else default_collate
        self.dataset: Any = dataset
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.generator = generator
        self.num_workers = num_workers
        self.prefetch_factor = prefetch_factor
        if num_workers and prefetch_factor is None:
            self.prefetch_factor = 2
        self.timeout = timeout
        self.pin_memory = pin_memory
        self.persistent_workers = persistent_workers
        self.sampler: Any = sampler
        self.batch_sampler: Any = batch_sampler
        self.collate_fn = collate_fn
        self._pass = _Pass(None)
        self._passes = 0  # begun, by this loader
        self._resumed: dict[str, Any] | None = None
        self._made = True

    def __setattr__(self, name: str, value: Any) -> None:
        fixed = (
            "batch_size",
            "batch_sampler",
            "sampler",
            "drop_last",
            "dataset",
            "persistent_workers",
        )
        made = hasattr(self, "_made") and name in fixed
        check_value(
            not made, "{} attribute should not be set after DataLoader is initialized", name
        )
        super().__setattr__(name, value)

    def __iter__(self) -> Iterator[T]:
        resumed = self._resumed
        self._resumed = None
        generator = self._generator()
        now = generator.get_state()
        begun = now
        done = 0
        if resumed is not None:
            begun = resumed["generator"]
            done = resumed["batches"]
        self._pass = _Pass(begun, done)
        self._passes += 1
        parts = self._parts()
        if done:
            # The order is drawn again from where it was drawn before; then what was given out is
            # passed over, unread, and the generator is put back to where it stands.
            generator.set_state(begun)
            parts = iter(parts)
            for _ in islice(parts, done):
                pass
            generator.set_state(now)
        return _counted(self._batches(parts, generator), self._pass)

    def _batches(self, parts: Iterable[Any], generator: Generator) -> Iterator[Any]:
        """What is made of the parts, ahead where a thread is asked for."""
        if not self.num_workers:
            return map(self._maker(), parts)
        depth = self.num_workers * (self.prefetch_factor or 1)
        seed = (generator.initial_seed() + self._passes) % 2**64
        if not isinstance(self.dataset, IterableDataset):
            return made_ahead(parts, self._maker(), depth, seed, self.timeout)
        # Its examples are read where they are made into batches: a part is a turn of the thread's.
        whole = map(self._maker(), parts)
        turns = iter(lambda: None, 0)  # without end
        made = made_ahead(turns, lambda _: next(whole, END), depth, seed, self.timeout)
        return takewhile(lambda batch: batch is not END, made)

    def _generator(self) -> Generator:
        """What the order is drawn from."""
        drawing = getattr(self.sampler, "generator", None) or self.generator
        return drawing if isinstance(drawing, Generator) else default_generator

    def _parts(self) -> Iterable[Any]:
        """What batches are made of, one after the other: numbers of examples, or examples."""
        if self.batch_sampler is not None:
            return self.batch_sampler
        return self.dataset if isinstance(self.dataset, IterableDataset) else self.sampler

    def _maker(self) -> Callable[[Any], Any]:
        """How a batch is made of one of the `_parts`."""
        if isinstance(self.dataset, IterableDataset):
            return self.collate_fn
        return self._fetch_one if self.batch_sampler is None else self._fetch

    def state_dict(self) -> dict[str, Any]:
        """Where the latest pass stands, so that a new loader of the same dataset can go on there.

        The order of a pass is what its generator drew at its start: samplers that draw elsewhere,
        or later in the pass, cannot be followed.

        Returns:
            A dict of "batches", how many of them were given out, and "generator", the state from
            which their order was drawn; None for that before the first pass and after each.

        Example:
            >>> loader = torch.utils.data.DataLoader(range(6), batch_size=2)
            >>> batches = iter(loader)
            >>> first = next(batches)
            >>> again = torch.utils.data.DataLoader(range(6), batch_size=2)
            >>> again.load_state_dict(loader.state_dict())
            >>> list(again)
            [tensor([2, 3]), tensor([4, 5])]
        """
        if self._resumed is not None:
            return dict(self._resumed)
        if self._pass.ended:
            return {"batches": 0, "generator": None}
        return {"batches": self._pass.done, "generator": self._pass.begun}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Let the next pass go on behind the batches that were given out.

        Args:
            state_dict: what `state_dict` gave, of a loader of the same dataset and options.
        """
        self._pass = _Pass(None)
        self._resumed = dict(state_dict) if state_dict["batches"] else None

    def _fetch_one(self, index: Any) -> Any:
        """One example by itself."""
        return self.collate_fn(self.dataset[index])

    def _fetch(self, indices: list[int]) -> Any:
        """One batch."""
        if self.collate_fn is default_collate:
            dataset = self.dataset
            rows = np.asarray(indices)
            while type(dataset) is Subset and rows.dtype.kind in "iu":
                rows = np.asarray(dataset.indices)[rows]
                dataset = dataset.dataset
            numbers = rows.dtype.kind in "iu"  # True is no row: as an index it is a mask
            if type(dataset) is MemoryMappedDataset and numbers:
                return list(dataset.batch(rows))
            if type(dataset) is TensorDataset and numbers and not _recorded(dataset.tensors):
                return [wrap(x.array.take(rows, 0)) for x in dataset.tensors]
        return self.collate_fn(examples(self.dataset, indices))

    def __len__(self) -> int:
        if self.batch_sampler is not None:
            return len(self.batch_sampler)
        held: Any = self.dataset if isinstance(self.dataset, IterableDataset) else self.sampler
        return len(held)


def _recorded(tensors: Sequence[Tensor]) -> bool:
    """Whether a batch of these has a history."""
    return state.recording and any(x.requires_grad for x in tensors)


def _check_workers(
    num_workers: int, prefetch_factor: int | None, timeout: float, persistent_workers: bool
) -> None:
    """ValueError for options about workers that exclude each other, in PyTorch's words."""
    check_value(num_workers >= 0, "num_workers option should be non-negative")
    check_value(timeout >= 0, "timeout option should be non-negative")
    check_value(
        num_workers > 0 or prefetch_factor is None,
        "prefetch_factor option could only be specified in multiprocessing."
        "let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None.",
    )
    check_value(
        prefetch_factor is None or prefetch_factor > 0,
        "prefetch_factor option should be positive, got {}",
        prefetch_factor,
    )
    check_value(
        num_workers > 0 or not persistent_workers, "persistent_workers option needs num_workers > 0"
    )


def _check_batching(
    iterable: bool, ordered: bool, batch_size: int | None, batch_sampler: Any, drop_last: bool
) -> None:
    """ValueError for options that exclude each other."""
    check_value(
        not iterable or not (ordered or batch_sampler is not None),
        "DataLoader with IterableDataset: expected unspecified shuffle, sampler and"
        " batch_sampler options",
    )
    check_value(
        batch_sampler is None or not (ordered or drop_last or batch_size != 1),
        "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and"
        " drop_last",
    )
    check_value(
        batch_size is not None or not drop_last,
        "batch_size=None option is mutually exclusive with drop_last",
    )


def get_worker_info() -> None:
    """None: loading happens in the main process.

    Example:
        >>> print(torch.utils.data.get_worker_info())
        None
    """
