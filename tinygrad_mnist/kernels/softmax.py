"""Softmax, its logarithm, and the cross-entropy of class numbers: stable, and written in place."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_mnist.kernels import compiled

Array = npt.NDArray[Any]
LEAST_LOGITS = 512  # elements, from which on a compiled loop pays


def exponentials(x: Array, axis: int) -> tuple[Array, Array, Array]:
    """x less its largest along an axis, the exponentials of that, and their sum (the axis kept)."""
    shifted = x - np.maximum.reduce(x, axis, keepdims=True) if x.shape[axis] else x
    powers = np.exp(shifted)
    return shifted, powers, np.add.reduce(powers, axis, keepdims=True)


def softmax_array(x: Array, axis: int) -> Array:
    """exp(x) over its sum along an axis; a scalar counts as a vector of one."""
    if x.dtype == np.float16:
        return softmax_array(x.astype(np.float32), axis).astype(x.dtype)
    rows = x if x.ndim else x.reshape(1)
    _, powers, totals = exponentials(rows, axis)
    powers /= totals
    return powers.reshape(x.shape)


def log_softmax_array(x: Array, axis: int) -> Array:
    """The logarithm of `softmax_array`, without underflow."""
    if x.dtype == np.float16:
        return log_softmax_array(x.astype(np.float32), axis).astype(x.dtype)
    rows = x if x.ndim else x.reshape(1)
    shifted, _, totals = exponentials(rows, axis)
    return (shifted - np.log(totals)).reshape(x.shape)


def valid_classes(
    classes: Array, *, count: int, ignore_index: int, name: str
) -> tuple[Array, Array | None]:
    """Class numbers, checked.

    Args:
        classes: integers of any shape.
        count: how many classes there are.
        ignore_index: a number that counts nothing, and may be out of range.
        name: the operation, for the error.

    Returns:
        The numbers, with 0 for the ignored ones; and which are kept, None if all are.

    Raises:
        IndexError: if a number is neither from 0 to `count` - 1 nor the ignored one.
    """
    in_range = not classes.size or (classes.min() >= 0 and classes.max() < count)
    if in_range and not 0 <= ignore_index < count:
        return classes, None
    kept = classes != ignore_index
    safe = np.where(kept, classes, 0).astype(np.int64)
    low = safe.min(initial=0)
    high = safe.max(initial=0)
    if safe.size and (low < 0 or high >= count):
        bad = low if low < 0 else high
        raise IndexError(f"{name}: Target {bad} is out of bounds for {count} classes.")
    return safe, kept


def class_weights(
    classes: Array,
    weight: Array | None = None,
    *,
    count: int,
    reduction: str,
    ignore_index: int,
    dtype: np.dtype[Any],
) -> Array:
    """What each class number counts in `class_losses`: (m,), for "mean" adding up to 1."""
    picks, kept = valid_classes(
        classes.reshape(-1), count=count, ignore_index=ignore_index, name="cross_entropy"
    )
    weights, _ = _weights_of(picks, kept, weight, reduction, dtype)
    return weights


def _weights_of(
    picks: Array, kept: Array | None, weight: Array | None, reduction: str, dtype: np.dtype[Any]
) -> tuple[Array, Any]:
    """What each class number counts, 0 for the ignored ones, and what their sum was before it was
    divided by: a mean of no weight is NaN, but nothing flows to what is ignored.
    """
    weights = np.ones(len(picks), dtype)
    if kept is not None:
        weights *= kept
    if weight is not None:
        weights *= weight[picks]
    if reduction != "mean":
        return weights, 1
    total = np.add.reduce(weights)
    weights /= total
    if kept is not None and not total:
        weights[~kept] = 0
    return weights, total


def class_losses(
    logits: Array, classes: Array, weight: Array | None = None, *, reduction: str, ignore_index: int
) -> tuple[Any, Array]:
    """The cross-entropy of class numbers, and its gradient.

    Args:
        logits: (m, n).
        classes: m numbers in any shape, each from 0 to n - 1 or `ignore_index`.
        weight: (n,), one for each class.
        reduction: "mean", "sum" or "none".
        ignore_index: this class counts nothing.

    Returns:
        The loss, a scalar or in the shape of `classes`; and its gradient by the logits, softmax
        less one-hot times the weights, (m, n).

    Raises:
        IndexError: if a class number is out of range.
    """
    picks, kept = valid_classes(
        classes.reshape(-1), count=logits.shape[1], ignore_index=ignore_index, name="cross_entropy"
    )
    if logits.dtype == np.float16:
        loss, slope = class_losses(
            logits.astype(np.float32),
            classes,
            weight,
            reduction=reduction,
            ignore_index=ignore_index,
        )
        return loss.astype(logits.dtype), slope.astype(logits.dtype)
    if weight is None and kept is None and reduction != "none" and picks.size:
        return _plain_class_losses(logits, picks, reduction)
    weights, total = _weights_of(picks, kept, weight, reduction, logits.dtype)
    shifted, powers, totals = exponentials(logits, 1)
    places = np.arange(len(picks)), picks
    losses = (np.log(totals[:, 0]) - shifted[places]) * weights
    if kept is not None:
        losses[~kept] = 0
    powers /= totals
    powers[places] -= 1
    powers *= weights[:, None]
    if reduction == "none":
        return losses.reshape(classes.shape), powers
    if not total:
        return np.full((), np.nan, losses.dtype), powers
    return np.add.reduce(losses), powers


FEW = 16  # classes: a compiled loop, with one exp at a time, is quicker than NumPy for no more


def _plain_class_losses(logits: Array, picks: Array, reduction: str) -> tuple[Any, Array]:
    """`class_losses` where every class number counts the same."""
    count = len(picks)
    share = logits.dtype.type(1 / count if reduction == "mean" else 1)
    losses, slope = _class_losses_by_loop(logits, picks, share)
    if losses is None:
        losses, slope = _class_losses_by_numpy(logits, picks, share)
    total = np.add.reduce(losses)
    return (total / logits.dtype.type(count) if reduction == "mean" else total), slope


def _class_losses_by_numpy(logits: Array, picks: Array, share: Any) -> tuple[Array, Array]:
    """The losses and slopes; few classes in rows, as NumPy is slow to add up many short rows."""
    few = logits.shape[1] <= FEW
    axis = 0 if few else 1
    shifted, slope, totals = exponentials(logits.T.copy() if few else logits, axis)
    numbers = np.arange(len(picks))
    places = (picks, numbers) if few else (numbers, picks)
    losses = np.log(totals.reshape(-1)) - shifted[places]
    slope *= share / totals
    slope[places] -= share
    return losses, slope.T.copy() if few else slope


def _class_losses_by_loop(logits: Array, picks: Array, share: Any) -> tuple[Any, Array]:
    """The losses and slopes by a compiled loop; no losses where there is none, or it is slower."""
    fits = logits.size >= LEAST_LOGITS and logits.shape[1] <= FEW and logits.flags.c_contiguous
    loop = compiled.loop(compiled.class_losses) if fits else None
    if loop is None:
        return None, logits
    losses = np.empty(len(picks), logits.dtype)
    slope = np.empty(logits.shape, logits.dtype)
    loop(logits, picks, share, losses, slope)
    return losses, slope
