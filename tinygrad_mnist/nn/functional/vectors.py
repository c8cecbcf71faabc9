"""Vectors: rows of a table looked up by number, class numbers as zeros with a one, lengths, distances, similarities."""

from typing import Any

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.nn.exports import export
from tinygrad_mnist.ops.arguments import index_array, promoted
from tinygrad_mnist.ops.movement import broadcast_tensors, cat, getitem, reshape
from tinygrad_mnist.ops.pointwise import clamp, where
from tinygrad_mnist.ops.reduction import norm, sum
from tinygrad_mnist.tape import record, touch
from tinygrad_mnist.core.tensor import Tensor, wrap


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
    fits = input.ndim == 2 if offsets is None else input.ndim == offsets.ndim == 1
    fits &= weight.ndim == 2 and (per_sample_weights is None or per_sample_weights.shape == input.shape)
    fits &= mode in ("sum", "mean") or (mode == "max" and not scale_grad_by_freq and not sparse)
    check(fits, "embedding_bag: wanted a 2D input or a 1D input and 1D offsets, a 2D weight, per_sample_weights of the"
          " input's shape, mode sum, mean or (without scale_grad_by_freq) max, got input {}, weight {}, mode {}",
          input.shape, weight.shape, mode, error=ValueError)  # fmt: skip
    check(per_sample_weights is None or mode == "sum", "embedding_bag: per_sample_weights with mode {}", mode,
          error=NotImplementedError)  # fmt: skip
    flat, total, padding = reshape(input, -1), input.numel(), -1 if padding_idx is None else padding_idx % len(weight)
    bounds = np.arange(len(input) + 1) * input.array.shape[-1] if offsets is None else offsets.array
    if offsets is not None and not include_last_offset:
        bounds = np.append(bounds, total)
    spots = np.minimum(bounds[:-1, None] + np.arange(np.diff(bounds).max(initial=1)), total)
    kept = (spots < bounds[1:, None]) & (np.append(flat.array, -1)[spots] != padding)
    rows = embedding(flat, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq)
    rows = rows if per_sample_weights is None else rows * reshape(per_sample_weights, (-1, 1))
    nothing = wrap(np.zeros((1, weight.array.shape[1]), weight.array.dtype))
    rows, counts = getitem(cat([rows, nothing]), wrap(np.where(kept, spots, total))), kept.sum(1, keepdims=True)
    if mode == "max":
        return where(wrap(counts > 0), where(wrap(kept[..., None]), rows, -np.inf).max(1).values, 0.0)
    return sum(rows, 1) / wrap(np.maximum(counts, 1)) if mode == "mean" else sum(rows, 1)


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


def normalize(input: Tensor, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Tensor | None = None) -> Tensor:
    """Divided by the p-norm along dim, or by eps where that is smaller."""
    result = input / clamp(norm(input, p, dim, True), eps)
    return result if out is None else out.copy_(result)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along dim; a length below eps counts as eps."""
    a, b = broadcast_tensors(*promoted(x1, x2, name="cosine_similarity"))
    return sum(a / clamp(norm(a, 2, dim, True), eps) * (b / clamp(norm(b, 2, dim, True), eps)), dim)


def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The p-norm of x1 - x2 + eps over the last dimension."""
    return norm(x1 - x2 + eps, p, -1, keepdim)


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: Any = None) -> Tensor:
    """The p-norm distances of all rows of x1 (..., n, d) to all of x2 (..., m, d): (..., n, m)."""
    return norm(x1.unsqueeze(-2) - x2.unsqueeze(-3), p, -1)


def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The distances of all pairs of rows, (n (n - 1) / 2,)."""
    first, second = np.triu_indices(len(input), 1)
    return norm(input[first] - input[second], p, -1)


export(globals())
