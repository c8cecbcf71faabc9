"""Sequences of different lengths in one batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Self

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor, note_read, wrap
from tinygrad_mnist.ops.joining import cat, stack

__all__ = [
    "PackedSequence",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
]


class _Packed(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None = None
    unsorted_indices: Tensor | None = None


class PackedSequence(_Packed):
    """The steps of sequences, longest first, one time after the other, without padding.

    Attributes:
        data: the elements of all steps, (sum of the lengths, ...).
        batch_sizes: `batch_sizes[t]` sequences have a step t.
        sorted_indices: sequence `sorted_indices[i]` of the batch is here the i-th; None if they are
            in order.
        unsorted_indices: the opposite: where the i-th of the batch is here.

    Example:
        >>> packed = nn.utils.rnn.pack_sequence([torch.tensor([1, 2, 3]), torch.tensor([4, 5])])
        >>> packed.data, packed.batch_sizes
        (tensor([1, 4, 2, 5, 3]), tensor([2, 2, 1]))
    """

    __slots__ = ()

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """The same sequences with the data in another dtype.

        Args:
            args: what `Tensor.to` takes.
            kwargs: the same by name.
        """
        return self._replace(data=self.data.to(*args, **kwargs))


def pad_sequence(
    sequences: Iterable[Tensor],
    batch_first: bool = False,
    padding_value: float = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """Sequences as one batch, the shorter ones filled up on one side.

    Args:
        sequences: tensors of (length, ...).
        batch_first: whether the batch comes before the time.
        padding_value: what they are filled up with.
        padding_side: "right" or "left".

    Returns:
        (longest, n, ...), or with `batch_first` (n, longest, ...).

    Raises:
        RuntimeError: if there are no sequences, or the side is unknown.

    Example:
        >>> nn.utils.rnn.pad_sequence([torch.tensor([1, 2]), torch.tensor([3])], batch_first=True)
        tensor([[1, 2],
                [3, 0]])
    """
    message = "pad_sequence: Expected iterable of sequences, got {}"
    check(isinstance(sequences, Iterable), message, type(sequences))
    message = "padding_side should be 'right' or 'left', but got {}"
    check(padding_side in ("left", "right"), message, padding_side)
    given = list(sequences)
    check(given, "pad_sequence: received an empty list of sequences")
    longest = max(len(x) for x in given)
    padded = []
    for x in given:
        padding = x.new_full((longest - len(x), *x.array.shape[1:]), padding_value)
        padded.append(cat([x, padding] if padding_side == "right" else [padding, x]))
    return stack(padded, 0 if batch_first else 1)


def pack_padded_sequence(
    input: Tensor,
    lengths: Tensor | Sequence[int],
    batch_first: bool = False,
    enforce_sorted: bool = True,
) -> PackedSequence:
    """A padded batch without its padding.

    Args:
        input: (time, n, ...), or with `batch_first` (n, time, ...).
        lengths: of the n sequences, each at least 1.
        batch_first: whether the batch comes before the time.
        enforce_sorted: whether the lengths must fall; False sorts the sequences.

    Returns:
        The steps, packed.

    Raises:
        RuntimeError: if the lengths do not fit the batch, or are not sorted and must be.

    Example:
        >>> batch = torch.tensor([[1, 2, 3], [4, 5, 0]])
        >>> nn.utils.rnn.pack_padded_sequence(batch, [3, 2], batch_first=True).data
        tensor([1, 4, 2, 5, 3])
    """
    x = input.transpose(0, 1) if batch_first else input
    if isinstance(lengths, Tensor):
        note_read("pack_padded_sequence", lengths)
        counts = np.asarray(lengths.array, np.int64)
    else:
        counts = np.asarray(lengths, np.int64)
    order = None
    inverse = None
    if not enforce_sorted:
        order = wrap(np.argsort(-counts, kind="stable"))
        inverse = wrap(np.argsort(order.array))
        x = x.index_select(1, order)
        counts = counts[order.array]
    message = "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True."
    check((np.diff(counts) <= 0).all(), message)
    message = "Length of all samples has to be greater than 0, but found an element that is <= 0"
    check(counts[-1] > 0, message)
    batch = x.array.shape[1]
    message = "Expected `len(lengths)` to be equal to batch_size, but got {} (batch_size={})"
    check(len(counts) == batch, message, len(counts), batch)
    check(counts[0] <= len(x), "Expected lengths of at most {}, got {}", len(x), counts[0])
    sizes = (counts[:, None] > np.arange(counts[0])).sum(0)
    data = cat([x[t, :n] for t, n in enumerate(sizes)])
    return PackedSequence(data, wrap(sizes), order, inverse)


def pad_packed_sequence(
    sequence: PackedSequence,
    batch_first: bool = False,
    padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Tensor, Tensor]:
    """A packed batch with its padding.

    Args:
        sequence: the packed steps.
        batch_first: whether the batch comes before the time in the result.
        padding_value: what the shorter sequences are filled up with.
        total_length: the length of the result. Default: that of the longest sequence.

    Returns:
        The batch, (time, n, ...), and the lengths, (n,).

    Raises:
        ValueError: if `total_length` is less than the longest sequence.

    Example:
        >>> packed = nn.utils.rnn.pack_sequence([torch.tensor([1, 2, 3]), torch.tensor([4, 5])])
        >>> nn.utils.rnn.pad_packed_sequence(packed, batch_first=True)
        (tensor([[1, 2, 3],
                [4, 5, 0]]), tensor([3, 2]))
    """
    note_read("pad_packed_sequence", sequence.batch_sizes)
    sizes = sequence.batch_sizes.array
    length = len(sizes) if total_length is None else total_length
    message = (
        "Expected total_length to be at least the length of the longest sequence, got {} and {}"
    )
    check(length >= len(sizes), message, length, len(sizes), error=ValueError)
    there = np.arange(sizes[0]) < np.pad(sizes, (0, length - len(sizes)))[:, None]
    out = sequence.data.new_full((*there.shape, *sequence.data.array.shape[1:]), padding_value)
    out[wrap(there)] = sequence.data
    lengths = wrap(there.sum(0))
    if sequence.unsorted_indices is not None:
        out = out.index_select(1, sequence.unsorted_indices)
        lengths = lengths[sequence.unsorted_indices]
    if batch_first:
        out = out.transpose(0, 1)
    return out, lengths


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences, packed.

    Args:
        sequences: tensors of (length, ...).
        enforce_sorted: whether the lengths must fall; False sorts the sequences.

    Returns:
        The steps, packed.

    Raises:
        RuntimeError: if there are no sequences, or the lengths are not sorted and must be.

    Example:
        >>> nn.utils.rnn.pack_sequence([torch.tensor([1, 2]), torch.tensor([3])]).data
        tensor([1, 3, 2])
    """
    lengths = [len(x) for x in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, False, enforce_sorted)
