"""Class numbers as vectors: rows of a table, or zeros with a one."""

from __future__ import annotations

import numpy as np

from tinygrad_mnist.ops.arguments import index_array
from tinygrad_mnist.ops.movement import getitem
from tinygrad_mnist.tape import record, touch
from tinygrad_mnist.tensor import Tensor, wrap

__all__ = ["embedding", "one_hot"]


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The rows of weight, (n, width), at the indices: (...) gives (..., width).

    The row at `padding_idx` gets no gradient. Rows that are looked up and longer than `max_norm`, in
    the `norm_type` norm, are first shortened to it, in place.
    """
    if scale_grad_by_freq:
        raise ValueError("embedding: scale_grad_by_freq is not supported")
    rows = index_array(input, "embedding")
    if rows.size and (rows.min() < 0 or rows.max() >= len(weight)):
        raise IndexError(f"embedding: index out of range in self: {rows.min()} to {rows.max()} of {len(weight)} rows")
    if max_norm is not None:
        used = np.unique(rows)
        lengths = np.linalg.norm(weight.array[used], norm_type, 1, keepdims=True)
        weight.array[used] *= np.where(lengths > max_norm, max_norm / (lengths + 1e-7), 1).astype(weight.array.dtype)
        touch(weight)
    if padding_idx is not None:
        mask = np.ones((len(weight), 1), weight.array.dtype)
        mask[padding_idx] = 0
        held = wrap(mask)
        weight = record("padding", weight.array, (weight, lambda g: g * held))
    return getitem(weight, input)


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Class numbers as rows of zeros with a one: (...) gives (..., num_classes), int64."""
    if tensor.array.dtype != np.int64:
        raise RuntimeError(f"one_hot is only applicable to index tensor of type LongTensor, got {tensor.dtype}")
    classes = tensor.array
    if num_classes == -1:
        if not classes.size:
            raise RuntimeError("Can not infer total number of classes from empty tensor.")
        num_classes = int(classes.max()) + 1
    if classes.size and not 0 <= classes.min() <= classes.max() < num_classes:
        raise RuntimeError(f"one_hot: Class values must be non-negative and smaller than num_classes ({num_classes}).")
    return wrap((classes[..., None] == np.arange(num_classes)).astype(np.int64))
