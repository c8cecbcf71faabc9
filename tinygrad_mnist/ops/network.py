"""Operations that networks are made of and that are more than a composition: dropout and losses."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_mnist import random
from tinygrad_mnist.kernels.softmax import exponentials
from tinygrad_mnist.ops.arguments import index_array
from tinygrad_mnist.ops.movement import gather, getitem, movedim, reshape, squeeze, unsqueeze
from tinygrad_mnist.ops.reduction import log_softmax, mean, softmax, sum
from tinygrad_mnist.tape import mode, record, touch
from tinygrad_mnist.tensor import Array, Tensor, wrap

__all__ = [
    "dropout",
]  # fmt: skip

REDUCTIONS = ("none", "mean", "sum")


def reduced(loss: Tensor, reduction: str, name: str) -> Tensor:
    """A loss per element as it is, or its mean or sum."""
    if reduction not in REDUCTIONS:
        raise ValueError(f"{name}: {reduction} is not a valid value for reduction, wanted one of {REDUCTIONS}")
    return loss if reduction == "none" else mean(loss) if reduction == "mean" else sum(loss)


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each element zeroed with probability p, the rest divided by 1 - p (inverted dropout).

    The mask is a constant of the record. Srivastava et al., JMLR 15 (2014) 1929-1958.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0:
        return input
    mask = wrap(random.keep_mask(input.array.shape, 1 - p, input.array.dtype))
    return record("dropout", input.array * mask.array, (input, lambda g: g * mask))


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """The negative log-likelihood of the target classes.

    Args:
        input: log-probabilities, (n, classes) or (classes,) or (n, classes, d1, ...).
        target: class numbers, (n,) or () or (n, d1, ...).
        weight: one weight per class; the mean is then the weighted mean.
        ignore_index: targets of this class count nothing.
    """
    dim = 0 if input.ndim == 1 else 1
    safe, kept = _classes(input, target, dim, ignore_index, "nll_loss")
    picked = squeeze(gather(input, dim, unsqueeze(safe, dim)), dim)
    weights = wrap(kept.astype(input.array.dtype))
    if weight is not None:
        weights = getitem(weight, safe) * weights
    elif reduction == "mean" and kept.all():
        return -mean(picked)
    losses = -picked * weights
    return sum(losses) / sum(weights) if reduction == "mean" else reduced(losses, reduction, "nll_loss")


def _classes(input: Tensor, target: Tensor, dim: int, ignore_index: int, name: str) -> tuple[Tensor, Array]:
    """Class numbers with 0 for the ignored ones, and which are kept; IndexError for unknown classes."""
    classes = index_array(target, name)
    if input.array.shape[:dim] + input.array.shape[dim + 1 :] != classes.shape:
        raise (ValueError if input.ndim and classes.ndim and len(input.array) != len(classes) else RuntimeError)(
            f"{name}: Expected input batch_size to match target, got {tuple(input.shape)} and {classes.shape}"
        )
    width = input.array.shape[dim]
    ordinary = classes.size and classes.dtype == np.int64 and not 0 <= ignore_index < width
    if ordinary and classes.min() >= 0 and classes.max() < width:
        return target, np.ones(classes.shape, bool)
    kept = classes != ignore_index
    safe = np.where(kept, classes, 0).astype(np.int64)
    if safe.size and not 0 <= safe.min() <= safe.max() < width:
        bad = safe.min() if safe.min() < 0 else safe.max()
        raise IndexError(f"{name}: Target {bad} is out of bounds for {width} classes.")
    return wrap(safe), kept


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """-log(softmax(input)[target]): the loss of a classifier whose last layer gives logits.

    Args:
        input: logits, (n, classes), (classes,) or (n, classes, d1, ...).
        target: class numbers, or probabilities in the input's shape.
        weight, ignore_index: as in `nll_loss`.
        label_smoothing: the share of each target that is spread over all classes.
    """
    if reduction not in REDUCTIONS:
        raise ValueError(f"cross_entropy: {reduction} is not a valid value for reduction")
    dim, classes = (0 if input.ndim == 1 else 1), input.array.shape[-1 if input.ndim == 1 else 1]
    shape = [classes if d == dim else 1 for d in range(input.ndim)]
    scale = None if weight is None else reshape(weight, shape)
    if target.array.dtype.kind == "f":
        if target.array.shape != input.array.shape:
            raise RuntimeError(
                f"cross_entropy: probabilities of shape {tuple(target.shape)} for logits of shape {tuple(input.shape)}"
            )
        share = target if not label_smoothing else target * (1 - label_smoothing) + label_smoothing / classes
        total: Any = input.numel() // classes
    else:
        safe, kept = _classes(input, target, dim, ignore_index, "cross_entropy")
        if not label_smoothing:
            return _class_loss(input, safe, kept, weight, reduction, dim)
        hot = np.expand_dims(safe.array, dim) == np.arange(classes).reshape(shape)
        smooth = hot * (1 - label_smoothing) + label_smoothing / classes
        share = wrap((smooth * np.expand_dims(kept, dim)).astype(input.array.dtype))
        total = sum(wrap(kept.astype(input.array.dtype)) if weight is None else getitem(weight, safe) * wrap(kept))
    losses = -sum(log_softmax(input, dim) * (share if scale is None else share * scale), dim)
    return sum(losses) / total if reduction == "mean" else reduced(losses, reduction, "cross_entropy")


def _class_loss(input: Tensor, classes: Tensor, kept: Array, weight: Tensor | None, reduction: str, dim: int) -> Tensor:
    """The cross-entropy of class numbers; its gradient by the logits is softmax less one-hot."""
    x = reshape(input, (1, -1)) if input.ndim == 1 else input if input.ndim == 2 else movedim(input, 1, -1)
    n = x.array.shape[-1]
    rows, picks = x if x.ndim == 2 else reshape(x, (-1, n)), classes.array.reshape(-1)
    shifted, powers, totals = exponentials(rows.array, 1)
    weights = kept.reshape(-1).astype(rows.array.dtype)
    if weight is not None:
        weights *= weight.array[picks]
    if reduction == "mean":
        weights /= weights.sum()
    places = np.arange(len(picks)), picks
    hot = np.zeros_like(powers)
    hot[places] = 1
    chances, goal, shares = wrap(powers / totals), wrap(hot), wrap(weights)

    def rule(g: Tensor) -> Tensor:
        return ((softmax(rows, 1) if mode.recording else chances) - goal) * unsqueeze(g * shares, 1)

    losses = record("cross_entropy", (np.log(totals[:, 0]) - shifted[places]) * weights, (rows, rule))
    return reshape(losses, classes.array.shape) if reduction == "none" else sum(losses)


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    weight: Any = None,
) -> Tensor:
    """The squared difference, averaged over all elements, or by `reduction`."""
    difference = input - target
    losses = difference * difference
    return reduced(losses if weight is None else losses * weight, reduction, "mse_loss")


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
