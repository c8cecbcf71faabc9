"""Class numbers as vectors: rows of a table, or zeros with a one."""

import numpy as np

from tinygrad_mnist.errors import check
from tinygrad_mnist.ops.arguments import index_array
from tinygrad_mnist.ops.movement import getitem, reshape, unsqueeze
from tinygrad_mnist.ops.pointwise import where
from tinygrad_mnist.ops.reduction import sum
from tinygrad_mnist.tape import record, touch
from tinygrad_mnist.tensor import Tensor, wrap

__all__ = ["embedding", "embedding_bag", "one_hot"]


def embedding(
    input: Tensor, weight: Tensor, padding_idx: int | None = None, max_norm: float | None = None,
    norm_type: float = 2.0, scale_grad_by_freq: bool = False, sparse: bool = False,
) -> Tensor:  # fmt: skip
    """The rows of weight, (n, width), at the indices: (...) gives (..., width).

    The row at `padding_idx` gets no gradient. Rows that are looked up and longer than `max_norm`, in
    the `norm_type` norm, are first shortened to it, in place. With `scale_grad_by_freq` a row's
    gradient is divided by how often it is looked up.
    """
    rows = index_array(input, "embedding")
    check(weight.ndim == 2, "embedding: 'weight' must be 2-D, got {}", tuple(weight.shape))
    n = len(weight)
    fits = not rows.size or (rows.min() >= 0 and rows.max() < n)
    check(fits, "embedding: index out of range in self, wanted 0 to {}", n - 1, error=IndexError)
    fits = padding_idx is None or -n <= padding_idx < n
    check(fits, "embedding: Padding_idx must be within num_embeddings", error=AssertionError)
    if max_norm is not None:
        used = np.unique(rows)
        lengths = np.linalg.norm(weight.array[used], norm_type, 1, keepdims=True)
        weight.array[used] *= np.where(lengths > max_norm, max_norm / (lengths + 1e-7), 1).astype(weight.array.dtype)
        touch(weight)
    if padding_idx is not None or scale_grad_by_freq:
        shares = np.ones((n, 1), weight.array.dtype)
        if scale_grad_by_freq:
            shares[:, 0] /= np.maximum(np.bincount(rows.ravel(), minlength=n), 1)
        if padding_idx is not None:
            shares[padding_idx] = 0
        held = wrap(shares)
        weight = record("embedding", weight.array, (weight, lambda g: g * held))
    return getitem(weight, input)


def embedding_bag(
    input: Tensor, weight: Tensor, offsets: Tensor | None = None, max_norm: float | None = None, norm_type: float = 2,
    scale_grad_by_freq: bool = False, mode: str = "mean", sparse: bool = False,
    per_sample_weights: Tensor | None = None, include_last_offset: bool = False, padding_idx: int | None = None,
) -> Tensor:  # fmt: skip
    """The sum, mean or largest of the `embedding`s in each bag: (bags, width).

    Args:
        input: a bag in each row, or all bags one after the other, beginning at the `offsets`.
        per_sample_weights: factors of the input's shape, for mode="sum".
        include_last_offset: the last offset is the end of the last bag.
        padding_idx: an index that counts for nothing.
    """
    shape, n = input.shape, len(weight)
    fits = input.ndim == 2 if offsets is None else input.ndim == offsets.ndim == 1
    fits &= weight.ndim == 2 and (per_sample_weights is None or per_sample_weights.shape == shape)
    check(fits, "embedding_bag: wanted a 2D weight, a 2D input or a 1D input and 1D offsets, and per_sample_weights of"
          " the input's shape, got weight {} and input {}", weight.shape, shape, error=ValueError)  # fmt: skip
    fits = mode in ("sum", "mean") or (mode == "max" and not scale_grad_by_freq and not sparse)
    check(fits, "embedding_bag: mode has to be one of sum, mean or max (without scale_grad_by_freq), got {}", mode,
          error=ValueError)  # fmt: skip
    fits = per_sample_weights is None or mode == "sum"
    check(fits, "embedding_bag: per_sample_weights with mode '{}', wanted 'sum'", mode, error=NotImplementedError)
    flat, total = reshape(input, -1), input.numel()
    bounds = np.arange(shape[0]) * shape[1] if offsets is None else offsets.array
    if offsets is None or not include_last_offset:
        bounds = np.append(bounds, total)
    spots = bounds[:-1, None] + np.arange(np.diff(bounds).max(initial=1))
    kept = spots < bounds[1:, None]
    if not kept.any():
        return wrap(np.zeros((len(bounds) - 1, weight.array.shape[1]), weight.array.dtype))
    spots = np.where(kept, spots, 0)
    if padding_idx is not None:
        kept &= flat.array[spots] != padding_idx % n
    rows = getitem(embedding(flat, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq), wrap(spots))
    held = wrap(kept[..., None])
    if mode == "max":
        return where(held.any(1), where(held, rows, -np.inf).max(1).values, 0.0)
    if per_sample_weights is not None:
        rows = rows * unsqueeze(getitem(reshape(per_sample_weights, -1), wrap(spots)), 2)
    out = sum(where(held, rows, 0.0), 1)
    return out / wrap(np.maximum(kept.sum(1, keepdims=True), 1)) if mode == "mean" else out


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Class numbers as rows of zeros with a one: (...) gives (..., num_classes), int64."""
    classes = tensor.array
    fits = classes.dtype == np.int64
    check(fits, "one_hot is only applicable to index tensor of type LongTensor, got {}", tensor.dtype)
    check(classes.size or num_classes > 0, "one_hot: Can not infer total number of classes from empty tensor.")
    top = classes.max(initial=0) + 1 if num_classes == -1 else num_classes
    fits = classes.min(initial=0) >= 0 and classes.max(initial=0) < top
    check(fits, "one_hot: Class values must be non-negative and smaller than num_classes ({}).", top)
    return wrap((classes[..., None] == np.arange(top)).astype(np.int64))
