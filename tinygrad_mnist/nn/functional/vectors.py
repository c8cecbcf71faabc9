"""Vectors: rows of a table looked up by number, classes as zeros with a one, lengths, distances."""

from __future__ import annotations

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import assign, write_out
from tinygrad_mnist.core.modes import no_grad
from tinygrad_mnist.core.record import record, record_view
from tinygrad_mnist.core.refusals import tensors_only
from tinygrad_mnist.core.state import state
from tinygrad_mnist.core.tensor import Array, Tensor, note_read, same_array, wrap
from tinygrad_mnist.ops.arguments import index_array, promoted
from tinygrad_mnist.ops.indexing import getitem
from tinygrad_mnist.ops.joining import cat
from tinygrad_mnist.ops.norms import norm
from tinygrad_mnist.ops.pointwise import clamp, where
from tinygrad_mnist.ops.reduction import sum
from tinygrad_mnist.ops.shape import broadcast_tensors, reshape

__all__ = [
    "cdist",
    "cosine_similarity",
    "embedding",
    "embedding_bag",
    "normalize",
    "one_hot",
    "pairwise_distance",
    "pdist",
]


# rows of a table ---------------------------------------------------------------------------


@tensors_only
def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The rows of a table at the indices.

    Args:
        input: the indices, integers from 0 to n - 1, of any shape (...).
        weight: the table, (n, width).
        padding_idx: the row that gets no gradient.
        max_norm: rows that are looked up and longer than this are first shortened to it, in place.
        norm_type: the p of that norm.
        scale_grad_by_freq: divide a row's gradient by how often it is looked up.
        sparse: accepted; gradients are dense.

    Returns:
        (..., width).

    Raises:
        IndexError: if an index is out of range.
        RuntimeError: if the indices are no integers, or the weight is no matrix.
        AssertionError: if `padding_idx` is out of range.

    Example:
        >>> F.embedding(torch.tensor([1, 0, 1]), torch.tensor([[0.0, 1.0], [2.0, 3.0]]))
        tensor([[2., 3.],
                [0., 1.],
                [2., 3.]])
    """
    indices = index_array(input, "embedding")
    check(weight.ndim == 2, "embedding: 'weight' must be 2-D, got {}", tuple(weight.shape))
    n = len(weight)
    fits = not indices.size or (indices.min() >= 0 and indices.max() < n)
    message = "embedding: index out of range in self, wanted 0 to {}"
    check(fits, message, n - 1, error=IndexError)
    fits = padding_idx is None or -n <= padding_idx < n
    message = "embedding: Padding_idx must be within num_embeddings"
    check(fits, message, error=AssertionError)
    if max_norm is not None:
        _shorten_rows(weight, input, max_norm, norm_type)
    if padding_idx is not None or scale_grad_by_freq:
        weight = _scale_gradient(weight, input, padding_idx, scale_grad_by_freq)
    return getitem(weight, input)


def _shorten_rows(weight: Tensor, input: Tensor, max_norm: float, norm_type: float) -> None:
    """Shorten the rows at the indices, in place, to `max_norm` where they are longer."""
    with no_grad():
        shortened = record(
            "embedding_renorm",
            shorten_rows,
            (weight, None),
            (input, None),
            max_norm=max_norm,
            norm_type=norm_type,
        )
        assign(weight, shortened, "embedding_renorm")


def shorten_rows(weight: Array, indices: Array, *, max_norm: float, norm_type: float) -> Array:
    """The table with its rows at the indices shortened to `max_norm` where they are longer."""
    used = np.unique(indices)
    lengths = np.linalg.norm(weight[used], norm_type, 1, keepdims=True)
    factors = np.where(lengths > max_norm, max_norm / (lengths + 1e-7), 1)
    out = weight.copy()
    out[used] *= factors.astype(weight.dtype)
    return out


def _scale_gradient(
    weight: Tensor, input: Tensor, padding_idx: int | None, by_frequency: bool
) -> Tensor:
    """The table itself; the gradients of its rows are scaled."""
    if not (state.recording and weight.requires_grad):
        return weight
    factors = record(
        "embedding_gradient_factors",
        gradient_factors,
        (input, None),
        rows=len(weight),
        dtype=weight.array.dtype,
        padding_idx=padding_idx,
        by_frequency=by_frequency,
    )
    return record_view("embedding", same_array, weight, lambda g: g * factors)


def gradient_factors(
    indices: Array,
    *,
    rows: int,
    dtype: np.dtype[np.floating],
    padding_idx: int | None,
    by_frequency: bool,
) -> Array:
    """What the gradients of a table's rows are multiplied by: (rows, 1)."""
    factors = np.ones((rows, 1), dtype)
    if by_frequency:
        counts = np.bincount(indices.ravel(), minlength=rows)
        factors[:, 0] /= np.maximum(counts, 1)
    if padding_idx is not None:
        factors[padding_idx] = 0
    return factors


@tensors_only
def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """The sum, mean or largest of the embeddings in each bag of indices.

    Args:
        input: the indices, integers from 0 to n - 1: (bags, length), or with `offsets` all bags one
            after the other, (total,).
        weight: the table, (n, width).
        offsets: where in the input each bag begins, (bags,).
        max_norm: rows that are looked up and longer than this are first shortened to it, in place.
        norm_type: the p of that norm.
        scale_grad_by_freq: divide a row's gradient by how often it is looked up.
        mode: "sum", "mean" or "max"; an empty bag gives 0.
        sparse: accepted, but not with "max"; gradients are dense.
        per_sample_weights: factors of the input's shape, for "sum".
        include_last_offset: whether the last offset is the end of the last bag.
        padding_idx: an index that counts for nothing.

    Returns:
        (bags, width).

    Raises:
        ValueError: if shapes or the mode do not fit.
        NotImplementedError: if there are `per_sample_weights` with another mode than "sum".
        IndexError: if an index is out of range.

    Example:
        >>> table = torch.tensor([[0.0, 1.0], [2.0, 3.0]])
        >>> F.embedding_bag(torch.tensor([1, 0, 1]), table, torch.tensor([0, 2]), mode="sum")
        tensor([[2., 4.],
                [2., 3.]])
    """
    _check_bags(input, weight, offsets, scale_grad_by_freq, mode, sparse, per_sample_weights)
    flat = reshape(input, -1)
    total = flat.array.size
    padding = None if padding_idx is None else padding_idx % len(weight)
    if offsets is None:
        bags, length = input.array.shape
        bounds = wrap(np.arange(bags + 1) * length)
        longest: int | None = max(length, 1)
    else:
        note_read("embedding_bag", offsets)
        bounds = offsets
        if not include_last_offset:
            bounds = cat([offsets, wrap(np.array([total], offsets.array.dtype))])
        longest = None
    places = record(
        "embedding_bag_places",
        bag_places,
        (flat, None),
        (bounds, None),
        longest=longest,
        padding=padding,
    )
    rows = embedding(flat, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq)
    if per_sample_weights is not None:
        rows = rows * reshape(per_sample_weights, (-1, 1))
    nothing = wrap(np.zeros((1, weight.array.shape[1]), weight.array.dtype))
    rows = getitem(cat([rows, nothing]), places)
    counted = places != total
    if mode == "max":
        largest = where(counted.unsqueeze(-1), rows, -np.inf).max(1).values
        return where(counted.any(1, True), largest, 0.0)
    if mode == "mean":
        return sum(rows, 1) / clamp(sum(counted, 1, True), 1)
    return sum(rows, 1)


def _check_bags(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None,
    scale_grad_by_freq: bool,
    mode: str,
    sparse: bool,
    per_sample_weights: Tensor | None,
) -> None:
    """ValueError where `embedding_bag`'s arguments do not fit."""
    fits = input.ndim == 2 if offsets is None else input.ndim == offsets.ndim == 1
    fits &= weight.ndim == 2
    fits &= per_sample_weights is None or per_sample_weights.shape == input.shape
    fits &= mode in ("sum", "mean") or (mode == "max" and not scale_grad_by_freq and not sparse)
    message = (
        "embedding_bag: wanted a 2D input or a 1D input and 1D offsets, a 2D weight,"
        " per_sample_weights of the input's shape, mode sum, mean or (without scale_grad_by_freq)"
        " max, got input {}, weight {}, mode {}"
    )
    check(fits, message, input.shape, weight.shape, mode, error=ValueError)
    fits = per_sample_weights is None or mode == "sum"
    message = "embedding_bag: per_sample_weights with mode {}"
    check(fits, message, mode, error=NotImplementedError)


def bag_places(indices: Array, bounds: Array, *, longest: int | None, padding: int | None) -> Array:
    """The places in `indices` of each bag's elements, (bags, the longest bag's length).

    Shorter bags are filled up with the place behind the last; so are those of the padding.

    Args:
        bounds: where the bags begin, and the last one ends.
    """
    if longest is None:
        longest = np.diff(bounds).max(initial=1)
    total = indices.size
    places = np.minimum(bounds[:-1, None] + np.arange(longest), total)
    counted = places < bounds[1:, None]
    if padding is not None:
        counted &= np.append(indices, -1)[places] != padding
    return np.where(counted, places, total)


@tensors_only
def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Classes as rows of zeros with a one.

    Args:
        tensor: the classes' numbers, int64, of any shape (...).
        num_classes: the length of the rows. Default: the largest number and one more.

    Returns:
        (..., num_classes), int64.

    Raises:
        RuntimeError: if the numbers are not int64, or negative or too large, or if there are none
            to tell the length of the rows from.

    Example:
        >>> F.one_hot(torch.tensor([0, 2]), 4)
        tensor([[1, 0, 0, 0],
                [0, 0, 1, 0]])
    """
    classes = tensor.array
    message = "one_hot is only applicable to index tensor of type LongTensor, got {}"
    check(classes.dtype == np.int64, message, tensor.dtype)
    message = "one_hot: Can not infer total number of classes from empty tensor."
    check(classes.size or num_classes > 0, message)
    if num_classes == -1:
        note_read("one_hot", tensor)
        num_classes = int(classes.max(initial=0)) + 1
    fits = classes.min(initial=0) >= 0 and classes.max(initial=0) < num_classes
    message = "one_hot: Class values must be non-negative and smaller than num_classes ({})."
    check(fits, message, num_classes)
    return record("one_hot", one_hot_rows, (tensor, None), num_classes=num_classes)


def one_hot_rows(classes: Array, *, num_classes: int) -> Array:
    """(...) as (..., num_classes), int64."""
    rows: Array = classes[..., None] == np.arange(num_classes)
    return rows.astype(np.int64)


# lengths and distances ---------------------------------------------------------------------


def normalize(
    input: Tensor,
    p: float = 2.0,
    dim: int | tuple[int, ...] = 1,
    eps: float = 1e-12,
    out: Tensor | None = None,
) -> Tensor:
    """Vectors divided by their p-norm, or by eps where that is smaller.

    Args:
        input: of any shape.
        p: the exponent of the norm.
        dim: the dimension, or dimensions, that the vectors lie along.
        eps: the least number to divide by.
        out: the tensor to write the result to.

    Returns:
        input's shape.

    Raises:
        IndexError: if the dimension is out of range.
        RuntimeError: if `out` is given and the input requires a gradient.

    Example:
        >>> F.normalize(torch.tensor([[3.0, 4.0]]))
        tensor([[0.6000, 0.8000]])
    """
    result = input / clamp(norm(input, p, dim, True), eps)
    return result if out is None else write_out("div", result, out)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors; a length below eps counts as eps.

    Args:
        x1: vectors along `dim`.
        x2: others, of a shape that broadcasts with x1's.
        dim: the dimension that the vectors lie along.
        eps: the least length.

    Returns:
        The shape that both broadcast to, without `dim`.

    Raises:
        RuntimeError: if the shapes do not broadcast.

    Example:
        >>> F.cosine_similarity(torch.tensor([[1.0, 0.0]]), torch.tensor([[3.0, 4.0]]))
        tensor([0.6000])
    """
    a, b = broadcast_tensors(*promoted(x1, x2, name="cosine_similarity"))
    a = a / clamp(norm(a, 2, dim, True), eps)
    b = b / clamp(norm(b, 2, dim, True), eps)
    return sum(a * b, dim)


def pairwise_distance(
    x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Tensor:
    """The p-norm of x1 - x2 + eps over the last dimension.

    Args:
        x1: vectors, (..., d).
        x2: others, of a shape that broadcasts with x1's.
        p: the exponent of the norm.
        eps: added to each difference, so that there is a gradient where vectors are equal.
        keepdim: keep the last dimension, as 1.

    Returns:
        (...), or with `keepdim` (..., 1).

    Raises:
        RuntimeError: if the shapes do not broadcast.

    Example:
        >>> F.pairwise_distance(torch.tensor([[0.0, 0.0]]), torch.tensor([[3.0, 4.0]]))
        tensor([5.0000])
    """
    return norm(x1 - x2 + eps, p, -1, keepdim)


@tensors_only
def cdist(
    x1: Tensor,
    x2: Tensor,
    p: float = 2.0,
    compute_mode: str | None = "use_mm_for_euclid_dist_if_necessary",
) -> Tensor:
    """The p-norm distances of all rows of one matrix to all of another.

    Args:
        x1: (..., n, d).
        x2: (..., m, d).
        p: the exponent of the norm.
        compute_mode: accepted; the differences themselves are always taken.

    Returns:
        (..., n, m).

    Raises:
        RuntimeError: if the shapes do not fit.

    Example:
        >>> torch.cdist(torch.tensor([[0.0, 0.0]]), torch.tensor([[3.0, 4.0], [0.0, 1.0]]))
        tensor([[5., 1.]])
    """
    return norm(x1.unsqueeze(-2) - x2.unsqueeze(-3), p, -1)


@tensors_only
def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The distances of all pairs of rows: the upper triangle of `cdist(input, input)`, by rows.

    Args:
        input: (n, d).
        p: the exponent of the norm.

    Returns:
        (n (n - 1) / 2,).

    Raises:
        RuntimeError: if the input is no matrix of floating-point numbers.

    Example:
        >>> F.pdist(torch.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]))
        tensor([5.0000, 1.0000, 4.2426])
    """
    first, second = np.triu_indices(len(input), 1)
    return norm(getitem(input, wrap(first)) - getitem(input, wrap(second)), p, -1)
