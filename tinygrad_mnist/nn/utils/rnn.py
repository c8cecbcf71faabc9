"""Sequences of different lengths in one batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygrad_mnist.creation import full
from tinygrad_mnist.ops.movement import cat, stack
from tinygrad_mnist.tensor import Tensor, wrap


class PackedSequence(NamedTuple):
    """The steps of sequences, longest first, one time after the other, without padding.

    `batch_sizes[t]` sequences have a step t.
    """

    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None = None
    unsorted_indices: Tensor | None = None


def pad_sequence(
    sequences: Sequence[Tensor], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Sequences (length, ...) as one batch (longest, n, ...), the shorter ones filled up."""
    longest = max(len(x) for x in sequences)

    def filled(x: Tensor) -> Tensor:
        rest = full((longest - len(x), *x.shape[1:]), padding_value, dtype=x.dtype)
        return cat([x, rest] if padding_side == "right" else [rest, x])

    return stack([filled(x) for x in sequences], 0 if batch_first else 1)


def pack_padded_sequence(
    input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """A padded batch (t, n, ...) without its padding."""
    x = input.transpose(0, 1) if batch_first else input
    counts = np.asarray(lengths.array if isinstance(lengths, Tensor) else lengths, np.int64)
    order = np.arange(len(counts)) if enforce_sorted else np.argsort(-counts, kind="stable")
    if (np.diff(counts[order]) > 0).any():
        raise RuntimeError("`lengths` array must be sorted in decreasing order when `enforce_sorted` is True.")
    if counts.min() <= 0:
        raise RuntimeError("Length of all samples has to be greater than 0")
    sizes = (counts[:, None] > np.arange(counts.max())).sum(0)
    columns = x if enforce_sorted else x[:, wrap(order)]
    data = cat([columns[t, :n] for t, n in enumerate(sizes)])
    indices = (None, None) if enforce_sorted else (wrap(order), wrap(np.argsort(order)))
    return PackedSequence(data, wrap(sizes.astype(np.int64)), *indices)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """A packed batch with its padding, (t, n, ...), and the lengths."""
    sizes = sequence.batch_sizes.array
    lengths = (sizes[:, None] > np.arange(sizes[0])).sum(0)
    ends = np.cumsum(sizes)
    rows = [sequence.data[[int(ends[t] - sizes[t] + i) for t in range(n)]] for i, n in enumerate(lengths)]
    out = pad_sequence(rows, False, padding_value)
    if total_length is not None:
        rest = full((total_length - len(out), *out.shape[1:]), padding_value, dtype=out.dtype)
        out = cat([out, rest])
    if sequence.unsorted_indices is not None:
        out, lengths = out[:, sequence.unsorted_indices], lengths[sequence.unsorted_indices.array]
    return (out.transpose(0, 1) if batch_first else out), wrap(lengths.astype(np.int64))


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences (length, ...), packed."""
    return pack_padded_sequence(pad_sequence(sequences), [len(x) for x in sequences], False, enforce_sorted)
