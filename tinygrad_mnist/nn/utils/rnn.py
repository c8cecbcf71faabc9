"""Sequences of different lengths in one batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Self

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops.movement import cat, stack
from tinygrad_mnist.core.tensor import Tensor, wrap


class _Packed(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None = None
    unsorted_indices: Tensor | None = None


class PackedSequence(_Packed):
    """The steps of sequences, longest first, one time after the other, without padding.

    `batch_sizes[t]` sequences have a step t. Sequence `sorted_indices[i]` of the batch is here the i-th.
    """

    __slots__ = ()

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """The same sequences with the data in another dtype."""
        return self._replace(data=self.data.to(*args, **kwargs))


def pad_sequence(
    sequences: Iterable[Tensor], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Sequences (length, ...) as one batch (longest, n, ...), the shorter ones filled up on one side."""
    check(isinstance(sequences, Iterable), "pad_sequence: Expected iterable of sequences, got {}", type(sequences))
    check(padding_side in ("left", "right"), "padding_side should be 'right' or 'left', but got {}", padding_side)
    listed = list(sequences)
    check(listed, "pad_sequence: received an empty list of sequences")
    longest = max(map(len, listed))

    def filled(x: Tensor) -> Tensor:
        rest = x.new_full((longest - len(x), *x.array.shape[1:]), padding_value)
        return cat([x, rest] if padding_side == "right" else [rest, x])

    return stack([filled(x) for x in listed], 0 if batch_first else 1)


def pack_padded_sequence(
    input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """A padded batch (t, n, ...) without its padding."""
    x = input.transpose(0, 1) if batch_first else input
    counts = np.asarray(lengths.array if isinstance(lengths, Tensor) else lengths, np.int64)
    order = back = None
    if not enforce_sorted:
        order = wrap(np.argsort(-counts, kind="stable"))
        back = wrap(np.argsort(order.array))
        x, counts = x.index_select(1, order), counts[order.array]
    message = "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True."
    check((np.diff(counts) <= 0).all(), message)
    check(counts[-1] > 0, "Length of all samples has to be greater than 0, but found an element that is <= 0")
    n, size = len(counts), x.array.shape[1]
    check(n == size, "Expected `len(lengths)` to be equal to batch_size, but got {} (batch_size={})", n, size)
    check(counts[0] <= len(x), "Expected lengths of at most {}, got {}", len(x), counts[0])
    sizes = (counts[:, None] > np.arange(counts[0])).sum(0)
    return PackedSequence(cat([x[t, :n] for t, n in enumerate(sizes)]), wrap(sizes), order, back)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """A packed batch with its padding, (t, n, ...), and the lengths."""
    sizes = sequence.batch_sizes.array
    length = len(sizes) if total_length is None else total_length
    message = "Expected total_length to be at least the length of the longest sequence, got {} and {}"
    check(length >= len(sizes), message, length, len(sizes), error=ValueError)
    there = np.arange(sizes[0]) < np.pad(sizes, (0, length - len(sizes)))[:, None]
    out = sequence.data.new_full((*there.shape, *sequence.data.array.shape[1:]), padding_value)
    out[wrap(there)] = sequence.data
    lengths = wrap(there.sum(0))
    if sequence.unsorted_indices is not None:
        out, lengths = out.index_select(1, sequence.unsorted_indices), lengths[sequence.unsorted_indices]
    return out.transpose(0, 1) if batch_first else out, lengths


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences (length, ...), packed."""
    return pack_padded_sequence(pad_sequence(sequences), [len(x) for x in sequences], False, enforce_sorted)
