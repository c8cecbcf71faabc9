"""Loss functions. `reduction` is "mean" (the default), "sum" or "none", a loss for each element.

The two arguments that it replaced still count: `reduce=False` is "none", and `size_average=False`
is "sum".
"""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.arithmetic import pass_on
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.record import attach_history, record, record_joint
from tinygrad_mnist.core.record import mismatch as shapes_differ
from tinygrad_mnist.core.refusals import refuse_other_types, tensors_only
from tinygrad_mnist.core.state import state
from tinygrad_mnist.core.tensor import Array, Tensor, wrap
from tinygrad_mnist.kernels.softmax import class_losses, class_weights, valid_classes
from tinygrad_mnist.nn.functional.vectors import pairwise_distance
from tinygrad_mnist.ops.arguments import cast, index_array, kind_of_elements, supported, widened
from tinygrad_mnist.ops.indexing import gather, getitem, scatter
from tinygrad_mnist.ops.pointwise import (
    abs,
    clamp,
    exp,
    log,
    log1p,
    log_sigmoid,
    minimum,
    relu,
    sqrt,
    where,
    xlogy,
)
from tinygrad_mnist.ops.products import linear
from tinygrad_mnist.ops.reduction import log_softmax, mean, softmax, sum
from tinygrad_mnist.ops.shape import movedim, reshape, squeeze, unflatten, unsqueeze

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cosine_embedding_loss",
    "cross_entropy",
    "gaussian_nll_loss",
    "hinge_embedding_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "linear_cross_entropy",
    "margin_ranking_loss",
    "mse_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "nll_loss",
    "poisson_nll_loss",
    "smooth_l1_loss",
    "soft_margin_loss",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
]

SCALAR_TYPES = {
    "f": "Float",
    "d": "Double",
    "e": "Half",
    "l": "Long",
    "q": "Long",
    "i": "Int",
    "h": "Short",
    "b": "Char",
    "B": "Byte",
    "?": "Bool",
}  # what PyTorch's errors call the dtypes, by NumPy's characters

FLOATS = ("Float", "Double", "Half")


def _scalar_type(x: Tensor) -> str:
    """What PyTorch's errors call the dtype of a tensor."""
    return SCALAR_TYPES.get(x.array.dtype.char) or x.array.dtype.name


SIZES_DIFFER = "{}: Target size ({}) must be the same as input size ({})"


def reduction_of(
    name: str, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> str:
    """`reduction`, or what the two arguments that it replaced stand for.

    Args:
        name: the loss, for the error.
        size_average: if given, False stands for "sum".
        reduce: if given, False stands for "none", whatever `size_average` says.
        reduction: "mean", "sum" or "none", and for `kl_div` "batchmean".

    Raises:
        ValueError: if the reduction is unknown.
    """
    if size_average is not None or reduce is not None:
        if reduce is not None and not reduce:
            return "none"
        return "mean" if size_average in (None, True) else "sum"
    known = reduction in ("mean", "sum", "none") or (name == "kl_div" and reduction == "batchmean")
    message = "{}: {} is not a valid value for reduction, wanted one of none, mean, sum"
    check(known, message, name, reduction, error=ValueError)
    return reduction


def reduced(losses: Tensor, reduction: str, total: Tensor | None = None) -> Tensor:
    """The losses by element as the loss that is wanted.

    Args:
        losses: of any shape.
        reduction: as `reduction_of` gives it.
        total: what "mean" divides the sum by. Default: the number of losses.
    """
    if reduction == "none":
        return losses
    if reduction == "sum":
        return sum(losses)
    if reduction == "batchmean":
        return sum(losses) / (len(losses) if losses.ndim else 1)
    if total is None:
        return mean(losses)
    return sum(losses) / total


def _check_same_dtype(name: str, input: Tensor, other: Tensor) -> None:
    """RuntimeError, as PyTorch words it, unless the other tensor has the input's dtype."""
    if other.array.dtype == input.array.dtype:
        return
    found = _scalar_type(other)
    raise RuntimeError(f"{name}: Found dtype {found} but expected {_scalar_type(input)}")


# of classes --------------------------------------------------------------------------------


@tensors_only
def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The negative log-likelihood of the target classes.

    Args:
        input: log-probabilities, (n, classes), (classes,) or (n, classes, d1, ...).
        target: class numbers, (n,), () or (n, d1, ...).
        weight: one for each class, (classes,); the mean is then the weighted mean.
        size_average: replaced by `reduction`; False is "sum".
        ignore_index: targets of this class count nothing.
        reduce: replaced by `reduction`; False is "none".
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the shape of the target.

    Raises:
        IndexError: if a target is neither a class number nor `ignore_index`.
        ValueError: if the batch sizes differ, or the reduction is unknown.
        RuntimeError: if other sizes or the dtypes do not fit.

    Example:
        >>> logs = torch.log(torch.tensor([[0.5, 0.5], [0.25, 0.75]]))
        >>> F.nll_loss(logs, torch.tensor([0, 1]), reduction="none")
        tensor([0.6931, 0.2877])
    """
    supported("nll_loss_out_frame", "f", input)
    how = reduction_of("nll_loss", size_average, reduce, reduction)
    dim = 0 if input.ndim == 1 else 1
    _check_class_shapes("nll_loss", input, target, dim)
    if weight is not None:
        fits = weight.array.dtype == input.array.dtype
        message = "nll_loss: expected a weight of {} as the input, but found {}"
        check(fits, message, input.dtype, weight.dtype)
    likelihood = widened(input)
    safe = _safe_classes("nll_loss", input, target, dim, ignore_index)
    gains = squeeze(gather(likelihood, dim, unsqueeze(safe, dim)), dim)
    if weight is not None:
        gains = gains * getitem(weight, safe)
    kept = _kept_classes(target, ignore_index)
    total = _total_weight(kept, weight, safe, gains.array.dtype) if how == "mean" else None
    return _rounded(reduced(_negative_where(kept, gains), how, total), input)


def _rounded(loss: Tensor, input: Tensor) -> Tensor:
    """A loss of what `widened` made of the input, in the input's dtype."""
    return cast(loss, dtypes.float16) if input.array.dtype == np.float16 else loss


def _total_weight(
    kept: Tensor, weight: Tensor | None, safe: Tensor, dtype: np.dtype[Any]
) -> Tensor:
    """What the mean over targets divides by: NaN where nothing counts, as a mean of nothing is."""
    if weight is None:
        return record("sum", _count_array, (kept, None), dtype=dtype)
    total = sum(where(kept, getitem(widened(weight), safe), 0.0))
    return where(total == 0, math.nan, total)


def _count_array(kept: Array, dtype: np.dtype[Any]) -> Array:
    """How many are true, NaN for none."""
    return np.asarray(np.count_nonzero(kept) or math.nan, dtype)


def _negative_where(kept: Tensor, x: Tensor) -> Tensor:
    """-x where it counts, 0 elsewhere; so is the gradient, whatever it would be."""
    rule = functools.partial(_negative_where, kept)
    return record("nll_loss", _negative_where_array, (x, rule), (kept, None))


def _negative_where_array(x: Array, kept: Array) -> Array:
    out = np.zeros(x.shape, x.dtype)
    np.negative(x, out=out, where=kept)
    return out


def _check_classes(name: str, target: Tensor, kinds: Sequence[str]) -> None:
    """RuntimeError, as PyTorch words it, unless the target's dtype is one that holds classes."""
    found = _scalar_type(target)
    if found not in kinds:
        wanted = " or ".join(kinds)
        cure = "; class numbers are integers: target.long()" if found in FLOATS else ""
        raise RuntimeError(f"{name}: expected target dtype to be {wanted}, but got {found}{cure}")


def _check_class_dtype(name: str, input: Tensor, target: Tensor) -> None:
    """RuntimeError unless the target's dtype holds class numbers for the input."""
    _check_classes(name, target, ("Long",) if input.ndim > 2 else ("Long", "Byte"))


def _check_class_shapes(name: str, input: Tensor, target: Tensor, dim: int) -> None:
    """An error unless the target holds an integer for each vector along the input's dimension."""
    _check_class_dtype(name, input, target)
    shape = input.array.shape
    classes = index_array(target, name)
    if shape[:dim] + shape[dim + 1 :] == classes.shape:
        return
    wanted = shape[:dim] + shape[dim + 1 :]
    message = (
        f"{name}: 0D or 1D target tensor expected, multi-target not supported: "
        f"a target of class numbers has shape {wanted}, but got {classes.shape}; "
    )
    if len(shape) == 2 and classes.shape == shape and shape[1] > 1:
        raise RuntimeError(
            f"{message}of one-hot rows take target.argmax(1), of probabilities target.float()"
        )
    if len(shape) == 2 and classes.shape == (*wanted, 1):
        raise RuntimeError(f"{message}take target.squeeze(1)")
    batches_differ = input.ndim and classes.ndim and len(input.array) != len(classes)
    raise (ValueError if batches_differ else RuntimeError)(
        f"{name}: Expected input batch_size to match target,"
        f" got {tuple(input.shape)} and {classes.shape}"
    )


def _safe_classes(name: str, input: Tensor, target: Tensor, dim: int, ignore_index: int) -> Tensor:
    """The class numbers, checked, with 0 for the ignored ones."""
    return record(
        name,
        _safe_classes_array,
        (target, None),
        count=input.array.shape[dim],
        ignore_index=ignore_index,
        operation=name,
    )


def _safe_classes_array(classes: Array, count: int, ignore_index: int, operation: str) -> Array:
    safe, _ = valid_classes(classes, count=count, ignore_index=ignore_index, name=operation)
    return safe.astype(np.int64)


def _kept_classes(target: Tensor, ignore_index: int) -> Tensor:
    """True for each target that counts, false for the ignored ones."""
    return record("ne", _kept_array, (target, None), ignore_index=ignore_index)


def _kept_array(classes: Array, ignore_index: int) -> Array:
    return classes != ignore_index


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """-log(softmax(input)[target]): the loss of a classifier whose last layer gives logits.

    Args:
        input: logits, (n, classes), (classes,) or (n, classes, d1, ...).
        target: class numbers, (n,), () or (n, d1, ...); or probabilities in the input's shape.
        weight: one for each class, (classes,); the mean is then the weighted mean.
        size_average: replaced by `reduction`; False is "sum".
        ignore_index: targets of this class count nothing; class numbers only.
        reduce: replaced by `reduction`; False is "none".
        reduction: "mean", "sum" or "none".
        label_smoothing: the share of each target, from 0 to 1, that is spread over all classes.

    Returns:
        A scalar; with "none" the shape of the class numbers.

    Raises:
        IndexError: if a target is neither a class number nor `ignore_index`.
        ValueError: if the batch sizes differ, or the reduction is unknown.
        RuntimeError: if other sizes or the dtypes do not fit, or `label_smoothing` is out of range.

    Example:
        >>> logits = torch.tensor([[2.0, 0.0], [0.0, 2.0]])
        >>> F.cross_entropy(logits, torch.tensor([0, 0]), reduction="none")
        tensor([0.1269, 2.1269])
    """
    how = reduction_of("cross_entropy", size_average, reduce, reduction)
    try:
        dim = 0 if input.array.ndim == 1 else 1
        of_numbers = target.array.dtype.kind != "f"
    except AttributeError:
        refuse_other_types("cross_entropy", input, target)
        raise
    supported("log_softmax_lastdim_kernel_impl", "f", input)
    if weight is not None:
        refuse_other_types("cross_entropy", weight)
        fits = weight.array.shape == input.array.shape[dim : dim + 1]
        message = "cross_entropy: weight should be defined for all classes of {}, got {}"
        check(fits, message, input.shape, weight.shape)
        _check_same_dtype("cross_entropy", input, weight)
    if of_numbers:
        _check_class_shapes("cross_entropy", input, target, dim)
        if not label_smoothing:
            return _class_loss(input, target, weight, how, ignore_index)
    message = "cross_entropy: label_smoothing must be between 0 and 1, got {}"
    check(0 <= label_smoothing <= 1, message, label_smoothing)
    if of_numbers:
        losses = _smooth_losses(input, target, weight, ignore_index, label_smoothing)
        total = None
        if how == "mean":
            safe = _safe_classes("cross_entropy", input, target, dim, ignore_index)
            kept = _kept_classes(target, ignore_index)
            total = _total_weight(kept, weight, safe, losses.array.dtype)
        loss = reduced(losses, how, total)
    else:
        fits = target.array.shape == input.array.shape
        if not fits and target.array.ndim == input.array.ndim - 1:
            _check_class_dtype("cross_entropy", input, target)
        error = RuntimeError if target.shape[:1] == input.shape[:1] else ValueError
        check(fits, SIZES_DIFFER, "cross_entropy", target.shape, input.shape, error=error)
        message = "cross_entropy: ignore_index is not supported for floating point target"
        check(ignore_index < 0, message)
        count = input.array.shape[dim]
        shares = target * (1 - label_smoothing) + label_smoothing / count
        loss = reduced(-_gains_of_shares(input, shares, weight), how)
    return _rounded(loss, input)


def _gains_of_shares(input: Tensor, shares: Tensor, weight: Tensor | None) -> Tensor:
    """The cross-entropy, negative, of each vector of probabilities, in the input's shape."""
    dim = 0 if input.ndim == 1 else 1
    if weight is not None:
        shares = shares * reshape(weight, (-1,) + (1,) * (input.ndim - dim - 1))
    return sum(log_softmax(widened(input), dim) * shares, dim)


def _smooth_losses(
    input: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int, label_smoothing: float
) -> Tensor:
    """The cross-entropy of each class number as smoothed probabilities, 0 for the ignored ones."""
    dim = 0 if input.ndim == 1 else 1
    shares = record(
        "one_hot",
        _smooth_array,
        (target, None),
        count=input.array.shape[dim],
        axis=dim,
        smoothing=label_smoothing,
        ignore_index=ignore_index,
        dtype=input.array.dtype,
    )
    gains = _gains_of_shares(input, shares, weight)
    return _negative_where(_kept_classes(target, ignore_index), gains)


def _smooth_array(
    classes: Array, count: int, axis: int, smoothing: float, ignore_index: int, dtype: np.dtype[Any]
) -> Array:
    safe, kept = valid_classes(
        classes, count=count, ignore_index=ignore_index, name="cross_entropy"
    )
    column = np.arange(count).reshape((-1,) + (1,) * (classes.ndim - axis))
    hot = np.expand_dims(safe, axis) == column
    shares = hot * (1 - smoothing) + smoothing / count
    if kept is not None:
        shares *= np.expand_dims(kept, axis)
    return shares.astype(dtype)


def _class_loss(
    input: Tensor, target: Tensor, weight: Tensor | None, reduction: str, ignore_index: int
) -> Tensor:
    """The cross-entropy of class numbers; its gradient by the logits is softmax less one-hot."""
    x = input
    if x.array.ndim == 1:
        x = reshape(x, (1, -1))
    elif x.array.ndim > 2:
        x = movedim(x, 1, -1)
        x = reshape(x, (-1, x.array.shape[-1]))
    loss, slope = record_joint(
        "cross_entropy",
        class_losses,
        (x, target) if weight is None else (x, target, weight),
        _no_gradients,
        constant=(0, 1),
        reduction=reduction,
        ignore_index=ignore_index,
    )

    def rule(g: Tensor) -> Tensor:
        if reduction == "none":
            g = reshape(g, (-1, 1))
        if not state.recording:
            return slope * g
        goal = _one_hot_rows(target, x)
        constants = [(each, None) for each in (target, weight) if each is not None]
        weights = record(
            "class_weights",
            class_weights,
            *constants,
            count=x.array.shape[1],
            reduction=reduction,
            ignore_index=ignore_index,
            dtype=x.array.dtype,
        )
        return (softmax(x, 1) - goal) * (reshape(weights, (-1, 1)) * g)

    attach_history(loss, "cross_entropy", (x, rule))  # cheaper than a joint record
    return loss


def _no_gradients(gradients: Sequence[Tensor | None]) -> tuple[()]:
    """The rule of a joint record none of whose results has a gradient: never called."""
    return ()


def _one_hot_rows(target: Tensor, logits: Tensor) -> Tensor:
    """A row for each class number, with 1 in its place."""
    return record(
        "one_hot",
        _one_hot_array,
        (target, None),
        count=logits.array.shape[1],
        dtype=logits.array.dtype,
    )


def _one_hot_array(classes: Array, count: int, dtype: np.dtype[Any]) -> Array:
    return (classes.reshape(-1, 1) == np.arange(count)).astype(dtype)


@tensors_only
def linear_cross_entropy(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    *,
    linear_bias: Tensor | None = None,
    weight: Tensor | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: Any = None,
) -> Tensor:
    """`cross_entropy` of linear(input).

    Args:
        input: (n, in), or (in,).
        linear_weight: (classes, in), or (classes, d1, ..., in).
        target: as `cross_entropy` takes it, of logits (n, classes, d1, ...).
        linear_bias: (classes, d1, ...).
        weight: one for each class, (classes,).
        reduction: "mean", "sum" or "none".
        ignore_index: targets of this class count nothing. Default: -100.
        label_smoothing: the share of each target, from 0 to 1, that is spread over all classes.
        options: how to compute it in chunks; accepted, and changes nothing.

    Returns:
        A scalar; with "none" the shape of the class numbers.

    Raises:
        RuntimeError: if the shapes do not fit, and as `cross_entropy` does.

    Example:
        >>> F.linear_cross_entropy(torch.ones(1, 2), torch.zeros(4, 2), torch.tensor([3]))
        tensor(1.3863)
    """
    classes, *more = linear_weight.shape[:-1] or (0,)
    width = linear_weight.size(-1)
    fits = input.ndim in ((2,) if more else (1, 2))
    if linear_bias is not None:
        fits &= linear_bias.shape == (classes, *more)
    if ignore_index is not None:
        fits &= target.array.dtype.kind != "f"
    message = "linear_cross_entropy: input {} does not fit weight {}"
    check(fits, message, input.shape, linear_weight.shape)
    bias = None if linear_bias is None else reshape(linear_bias, -1)
    logits = linear(input, reshape(linear_weight, (-1, width)), bias)
    return cross_entropy(
        unflatten(logits, -1, (classes, *more)),
        target,
        weight,
        ignore_index=-100 if ignore_index is None else ignore_index,
        reduction=reduction,
        label_smoothing=label_smoothing,
    )


@tensors_only
def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The multi-class hinge: the mean over classes of max(0, margin - x[target] + x[class])^p.

    Args:
        input: scores, (n, classes) or (classes,).
        target: class numbers, (n,) or ().
        p: 1 or 2.
        margin: by how much the target's score should be the largest.
        weight: one for each class, (classes,).
        size_average: replaced by `reduction`; False is "sum".
        reduce: replaced by `reduction`; False is "none".
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the shape of the target.

    Raises:
        ValueError: if p is neither, the weight no vector, or the reduction unknown.

    Example:
        >>> F.multi_margin_loss(torch.tensor([[0.5, 0.0, 2.0]]), torch.tensor([2]))
        tensor(0.)
    """
    supported("multi_margin_loss_cpu_kernel", "f", input)
    how = reduction_of("multi_margin_loss", size_average, reduce, reduction)
    message = "multi_margin_loss: only p == 1 and p == 2 supported, got {}"
    check(p in (1, 2), message, p, error=ValueError)
    message = "multi_margin_loss: weight must be one-dimensional"
    check(weight is None or weight.ndim == 1, message, error=ValueError)
    _check_classes("multi_margin_loss", target, ("Long",))
    x = widened(input if input.ndim else reshape(input, 1))
    classes = unsqueeze(target, -1) if target.ndim == x.ndim - 1 else target
    gaps = relu(x - gather(x, -1, classes) + margin) ** p
    if weight is not None:
        gaps = gaps * getitem(weight, classes)
    return _rounded(reduced(mean(scatter(gaps, -1, classes, 0.0), -1), how), input)


@tensors_only
def multilabel_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The hinge of every class that a row names against every one that it does not.

    Args:
        input: scores, (n, classes) or (classes,).
        target: class numbers in the input's shape; -1 ends a row of them.
        size_average: replaced by `reduction`; False is "sum".
        reduce: replaced by `reduction`; False is "none".
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" (n,) or ().

    Raises:
        RuntimeError: if the shapes differ.
        ValueError: if the reduction is unknown.

    Example:
        >>> F.multilabel_margin_loss(torch.tensor([0.0, 1.0]), torch.tensor([1, -1]))
        tensor(0.)
    """
    supported("multilabel_margin_loss_forward_out_frame", "f", input)
    how = reduction_of("multilabel_margin_loss", size_average, reduce, reduction)
    same = input.shape == target.shape
    check(same, SIZES_DIFFER, "multilabel_margin_loss", target.shape, input.shape)
    _check_classes("multilabel_margin_loss", target, ("Long",))
    x = widened(input if input.ndim else reshape(input, -1))
    classes = target if target.ndim else reshape(target, -1)
    chosen = gather(x, -1, record("multilabel_margin_loss", _named_classes, (classes, None)))
    pairs = record("multilabel_margin_loss", _rival_pairs, (classes, None))
    gaps = relu(1 - unsqueeze(chosen, -1) + unsqueeze(x, -2))
    losses = sum(where(pairs, gaps, 0.0), (-2, -1)) / x.array.shape[-1]
    return _rounded(reduced(losses, how), input)


def _named_classes(classes: Array) -> Array:
    """The class numbers of each row up to the first negative one, 0 from there on."""
    return np.where(_are_named(classes), classes, 0)


def _are_named(classes: Array) -> Array:
    return np.logical_and.accumulate(classes >= 0, -1)


def _rival_pairs(classes: Array) -> Array:
    """For each place of a row, if it names a class, which classes no place names: (..., c, c)."""
    named = _are_named(classes)[..., None]
    hot = (named & (classes[..., None] == np.arange(classes.shape[-1]))).any(-2, keepdims=True)
    return named & ~hot


@tensors_only
def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """`binary_cross_entropy_with_logits` averaged over the classes, the last dimension.

    Args:
        input: logits, (..., classes).
        target: 0 or 1, or between, in the input's shape.
        weight: of a shape that broadcasts with the input's.
        size_average: replaced by `reduction`; False is "sum".
        reduce: replaced by `reduction`; False is "none".
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the input's shape without its last dimension.

    Raises:
        ValueError: if the shapes differ, or the reduction is unknown.

    Example:
        >>> F.multilabel_soft_margin_loss(torch.zeros(1, 3), torch.tensor([[1.0, 0.0, 1.0]]))
        tensor(0.6931)
    """
    supported("log_sigmoid_cpu", "f", input)
    how = reduction_of("multilabel_soft_margin_loss", size_average, reduce, reduction)
    name = "multilabel_soft_margin_loss"
    same = input.shape == target.shape
    check(same, SIZES_DIFFER, name, target.shape, input.shape, error=ValueError)
    losses = (target - 1) * log_sigmoid(-input) - target * log_sigmoid(input)
    if weight is not None:
        losses = losses * weight
    return reduced(mean(losses, -1), how)


# of numbers --------------------------------------------------------------------------------


def _weighted(name: str, losses: Tensor, weight: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Losses times weights of their shape, and the sum of the weights."""
    if weight is None:
        return losses, None
    same = weight.shape == losses.shape
    check(same, "{}: Weights and input must have the same size.", name, error=ValueError)
    return losses * weight, sum(weight)


def _warn_of_broadcast(name: str, input: Tensor, target: Tensor) -> None:
    """Warn, as PyTorch does, of a target whose shape is not the input's; RuntimeError if the shapes
    do not broadcast.
    """
    if not isinstance(input, Tensor) or not isinstance(target, Tensor):
        return
    if input.array.shape != target.array.shape:
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size"
            f" ({input.shape}). This will likely lead to incorrect results due to broadcasting."
            " Please ensure they have the same size.",
            stacklevel=3,
        )
        try:
            np.broadcast_shapes(input.array.shape, target.array.shape)
        except ValueError as error:
            raise shapes_differ(name, [input.array, target.array], error) from None


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """The squared difference.

    Args:
        input: of any shape.
        target: of a shape that broadcasts with the input's.
        size_average: replaced by `reduction`; False is "sum".
        reduce: replaced by `reduction`; False is "none".
        reduction: "mean", "sum" or "none".
        weight: one for each loss, in their shape; the mean is then the weighted mean.

    Returns:
        A scalar; with "none" the common shape.

    Raises:
        RuntimeError: if the shapes do not fit.
        ValueError: if the weight has another shape, or the reduction is unknown.

    Example:
        >>> F.mse_loss(torch.tensor([1.0, 3.0]), torch.tensor([0.0, 0.0]))
        tensor(5.)
    """
    if kind_of_elements("mse_loss", target) != "f":
        supported("mse_cpu", "f", input)
    how = reduction_of("mse_loss", size_average, reduce, reduction)
    _warn_of_broadcast("mse_loss", input, target)
    if kind_of_elements("mse_loss", input) == "b":
        input = cast(input, target.array.dtype)
    difference = input - target
    losses, total = _weighted("mse_loss", difference * difference, weight)
    return reduced(losses, how, total)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """The absolute difference.

    Args:
        input: of any shape.
        target: of a shape that broadcasts with the input's.
        size_average: replaced by `reduction`; False is "sum".
        reduce: replaced by `reduction`; False is "none".
        reduction: "mean", "sum" or "none".
        weight: one for each loss, in their shape; the mean is then the weighted mean.

    Returns:
        A scalar; with "none" the common shape.

    Raises:
        RuntimeError: if the shapes do not fit.
        ValueError: if the weight has another shape, or the reduction is unknown.

    Example:
        >>> F.l1_loss(torch.tensor([1.0, 3.0]), torch.tensor([0.0, 0.0]))
        tensor(2.)
    """
    how = reduction_of("l1_loss", size_average, reduce, reduction)
    _warn_of_broadcast("l1_loss", input, target)
    losses, total = _weighted("l1_loss", abs(input - target), weight)
    return reduced(losses, how, total)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """d^2 / (2 beta) for differences d below beta, |d| - beta / 2 above.

    Girshick, "Fast R-CNN" (2015), arXiv:1504.08083.

    Args:
        input: of any shape.
        target: of a shape that broadcasts with the input's.
        size_average: replaced by `reduction`; False is "sum".
        reduce: replaced by `reduction`; False is "none".
        reduction: "mean", "sum" or "none".
        beta: where the square ends; 0 is `l1_loss`.

    Returns:
        A scalar; with "none" the common shape.

    Raises:
        RuntimeError: if the shapes do not fit, or beta is negative.
        ValueError: if the reduction is unknown.

    Example:
        >>> F.smooth_l1_loss(torch.tensor([0.5, 3.0]), torch.zeros(2), reduction="none")
        tensor([0.1250, 2.5000])
    """
    if kind_of_elements("smooth_l1_loss", target) != "f":
        supported("smooth_l1_cpu", "f", input)
    how = reduction_of("smooth_l1_loss", size_average, reduce, reduction)
    check(beta >= 0, "smooth_l1_loss: beta must not be negative, got {}", beta)
    _warn_of_broadcast("smooth_l1_loss", input, target)
    difference = input - target
    if not beta:
        return reduced(abs(difference), how)

    def rule(g: Tensor) -> Tensor:
        return g * clamp(difference / beta, -1.0, 1.0)

    return reduced(record("smooth_l1_loss", _smooth_l1, (difference, rule), beta=beta), how)


def _smooth_l1(difference: Array, beta: float) -> Array:
    d = np.abs(difference)
    return np.where(d < beta, d * d * (0.5 / beta), d - beta / 2)


def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:
    """d^2 / 2 for differences d below delta, delta (|d| - delta / 2) above.

    Huber, "Robust Estimation of a Location Parameter" (1964).

    Args:
        input: of any shape.
        target: of a shape that broadcasts with the input's.
        reduction: "mean", "sum" or "none".
        delta: where the square ends.
        weight: factors of the losses, in their shape; the mean is over their number.

    Returns:
        A scalar; with "none" the common shape.

    Raises:
        RuntimeError: if the shapes do not fit, if delta is not positive, or if input needs a
            gradient and target has another dtype.
        ValueError: if the weight has another shape, or the reduction is unknown.

    Example:
        >>> F.huber_loss(torch.tensor([0.5, 3.0]), torch.zeros(2), reduction="none", delta=2.0)
        tensor([0.1250, 4.0000])
    """
    if kind_of_elements("huber_loss", target) != "f":
        supported("huber_cpu", "f", input)
    how = reduction_of("huber_loss", reduction=reduction)
    check(delta > 0, "huber_loss: delta must be positive, got {}", delta)
    refuse_other_types("huber_loss", input, target)
    if input.requires_grad:
        _check_same_dtype("huber_loss", input, target)
    elif input.is_floating_point():
        target = cast(target, input.dtype)
    _warn_of_broadcast("huber_loss", input, target)
    difference = input - target

    def rule(g: Tensor) -> Tensor:
        return g * clamp(difference, -delta, delta)

    losses = record("huber_loss", _huber, (difference, rule), delta=delta)
    return reduced(_weighted("huber_loss", losses, weight)[0], how)


def _huber(difference: Array, delta: float) -> Array:
    d = np.abs(difference)
    return np.where(d < delta, d * d * 0.5, (d - delta / 2) * delta)


@tensors_only
def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The negative log-likelihood of counts under a Poisson rate.

    Args:
        input: the rate, or its logarithm, of any shape.
        target: the counts, of a shape that broadcasts with the input's.
        log_input: the input is the rate's logarithm.
        full: add Stirling's approximation of log(target!), for targets above 1.
        size_average: replaced by `reduction`; False is "sum".
        eps: added to the rate before its logarithm is taken.
        reduce: replaced by `reduction`; False is "none".
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the common shape.

    Raises:
        RuntimeError: if the shapes do not fit.
        ValueError: if the reduction is unknown.

    Example:
        >>> F.poisson_nll_loss(torch.zeros(2), torch.tensor([1.0, 2.0]))
        tensor(1.)
    """
    how = reduction_of("poisson_nll_loss", size_average, reduce, reduction)
    rate = exp(input) if log_input else input
    logarithm = input if log_input else log(input + eps)
    losses = rate - target * logarithm
    if full:
        stirling = target * log(target) - target + log(target * (2 * math.pi)) * 0.5
        losses = losses + where(target > 1, stirling, 0.0)
    return reduced(losses, how)


@tensors_only
def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """The negative log-likelihood under a normal distribution.

    Args:
        input: the means, of any shape.
        target: of a shape that broadcasts with the input's.
        var: the variances: a number, or of the input's shape, or of that shape with the last
            dimension missing or one dimension 1.
        full: add the constant log(2 pi) / 2.
        eps: a variance below it counts as it, with the gradient unchanged.
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the common shape.

    Raises:
        ValueError: if a variance is negative or `var` has another shape, or the reduction is
            unknown.

    Example:
        >>> F.gaussian_nll_loss(torch.zeros(2), torch.ones(2), 1.0)
        tensor(0.5000)
    """
    how = reduction_of("gaussian_nll_loss", reduction=reduction)
    if isinstance(var, Tensor):
        variance = var
    else:
        variance = wrap(np.full(input.array.shape, var, input.array.dtype))
    negative = (variance.array < 0).any()
    message = "gaussian_nll_loss: var has negative entry/entries"
    check(not negative, message, error=ValueError)
    if variance.shape == input.shape[:-1] and input.ndim:
        variance = unsqueeze(variance, -1)
    pairs = zip(input.shape, variance.shape, strict=False)
    odd = [n for m, n in pairs if m != n]
    fits = variance.ndim == input.ndim and odd in ([], [1])
    message = "gaussian_nll_loss: var is of incorrect size {}"
    check(fits, message, variance.shape, error=ValueError)
    variance = record("clamp", _at_least, (variance, pass_on), least=eps)
    losses = (log(variance) + (input - target) ** 2 / variance) * 0.5
    if full:
        losses = losses + 0.5 * math.log(2 * math.pi)
    return reduced(losses, how)


def _at_least(array: Array, least: float) -> Array:
    return np.maximum(array, array.dtype.type(least))


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """target (log target - input): the Kullback-Leibler divergence, by element.

    Args:
        input: log-probabilities, of any shape.
        target: probabilities, of a shape that broadcasts with the input's.
        size_average: replaced by `reduction`; False is "sum".
        reduce: replaced by `reduction`; False is "none".
        reduction: "mean", "sum", "none", or "batchmean", the sum divided by the first dimension.
        log_target: the target holds the probabilities' logarithms.

    Returns:
        A scalar; with "none" the common shape.

    Raises:
        RuntimeError: if the shapes do not fit.
        ValueError: if the reduction is unknown.

    Example:
        >>> p = torch.tensor([[0.5, 0.5]])
        >>> F.kl_div(torch.log(torch.tensor([[0.25, 0.75]])), p, reduction="batchmean")
        tensor(0.1438)
    """
    refuse_other_types("kl_div", input, target)
    floats = input.array.dtype.kind == target.array.dtype.kind == "f"
    check(floats, "kl_div: Integral inputs not supported.")
    how = reduction_of("kl_div", size_average, reduce, reduction)
    if log_target:
        return reduced(exp(target) * (target - input), how)
    return reduced(xlogy(target, target) - target * input, how)


# of two classes ----------------------------------------------------------------------------


@tensors_only
def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """-(t log x + (1 - t) log(1 - x)) of probabilities x; each logarithm is held above -100.

    The gradient divides by x (1 - x), held above 1e-12: a sure and right x has the gradient 0.

    Args:
        input: probabilities, of any shape.
        target: 0 or 1, or between, in the input's shape.
        weight: factors of a shape that broadcasts with the input's.
        size_average: replaced by `reduction`; False is "sum".
        reduce: replaced by `reduction`; False is "none".
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the input's shape.

    Raises:
        ValueError: if the shapes differ, or the reduction is unknown.
        RuntimeError: if an element of the input or the target is not between 0 and 1, or their
            dtypes differ.

    Example:
        >>> F.binary_cross_entropy(torch.tensor([0.5, 1.0]), torch.tensor([1.0, 1.0]))
        tensor(0.3466)
    """
    supported("binary_cross_entropy", "f", input)
    how = reduction_of("binary_cross_entropy", size_average, reduce, reduction)
    same = input.shape == target.shape
    name = "binary_cross_entropy"
    check(same, SIZES_DIFFER, name, target.shape, input.shape, error=ValueError)
    _check_same_dtype(name, input, target)

    def by_input(g: Tensor) -> Tensor:
        if not state.recording:
            return record(
                "binary_cross_entropy_backward",
                _binary_gradient,
                (g, None),
                (input, None),
                (target, None),
            )
        return g * (input - target) / clamp(input * (1 - input), 1e-12)

    def by_target(g: Tensor) -> Tensor:
        return g * (clamp(log1p(-input), -100) - clamp(log(input), -100))

    losses = record(name, _binary_losses, (input, by_input), (target, by_target))
    if weight is not None:
        losses = losses * cast(weight, losses.dtype)
    return reduced(losses, how)


def _binary_losses(x: Array, t: Array) -> Array:
    for what, array in (("input", x), ("target", t)):
        inside = ((array >= 0) & (array <= 1)).all()
        check(inside, "binary_cross_entropy: all elements of {} should be between 0 and 1", what)
    likely = np.maximum(np.log(x), -100)
    unlikely = np.maximum(np.log1p(-x), -100)
    return (t - 1) * unlikely - t * likely


def _binary_gradient(g: Array, x: Array, t: Array) -> Array:
    """The denominator held above 1e-12, so that a confident right answer has the gradient 0."""
    wide = x.astype(np.float32) if x.dtype == np.float16 else x
    slope = (wide - t) / np.maximum(wide * (1 - wide), 1e-12)
    return (g * slope).astype(x.dtype, copy=False)


@tensors_only
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """`binary_cross_entropy` of sigmoid(input), without overflow.

    Args:
        input: logits, of any shape.
        target: 0 or 1, or between, in the input's shape.
        weight: factors of a shape that broadcasts with the input's.
        size_average: replaced by `reduction`; False is "sum".
        reduce: replaced by `reduction`; False is "none".
        reduction: "mean", "sum" or "none".
        pos_weight: factors of the loss of positives, of a shape that broadcasts.

    Returns:
        A scalar; with "none" the input's shape.

    Raises:
        ValueError: if the shapes differ, or the reduction is unknown.
        RuntimeError: if the target's elements are not floating-point.

    Example:
        >>> logits = torch.tensor([0.0, 1000.0])
        >>> F.binary_cross_entropy_with_logits(logits, torch.ones(2), reduction="none")
        tensor([0.6931, 0.0000])
    """
    supported("log_sigmoid_cpu", "f", input)
    name = "binary_cross_entropy_with_logits"
    how = reduction_of(name, size_average, reduce, reduction)
    same = input.shape == target.shape
    check(same, SIZES_DIFFER, name, target.shape, input.shape, error=ValueError)
    kind = _scalar_type(target)
    message = "{}: result type Float can't be cast to the desired output type {}"
    check(target.array.dtype.kind == "f", message, name, kind)
    positive = target if pos_weight is None else target * pos_weight
    losses = (target - 1) * log_sigmoid(-input) - positive * log_sigmoid(input)
    return reduced(losses if weight is None else losses * weight, how)


def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """log(1 + exp(-target * input)).

    Args:
        input: scores, of any shape.
        target: 1 or -1, of a shape that broadcasts with the input's.
        size_average: replaced by `reduction`; False is "sum".
        reduce: replaced by `reduction`; False is "none".
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the common shape.

    Raises:
        RuntimeError: if the shapes do not fit.
        ValueError: if the reduction is unknown.

    Example:
        >>> F.soft_margin_loss(torch.zeros(2), torch.tensor([1.0, -1.0]))
        tensor(0.6931)
    """
    how = reduction_of("soft_margin_loss", size_average, reduce, reduction)
    return reduced(-log_sigmoid(target * input), how)


@tensors_only
def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """x where the target is 1, max(0, margin - x) where it is -1; their sum for other targets.

    Args:
        input: distances, of any shape.
        target: 1 or -1, of a shape that broadcasts with the input's.
        margin: the least distance that is wanted where the target is -1.
        size_average: replaced by `reduction`; False is "sum".
        reduce: replaced by `reduction`; False is "none".
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the common shape.

    Raises:
        RuntimeError: if the shapes do not fit.
        ValueError: if the reduction is unknown.

    Example:
        >>> F.hinge_embedding_loss(torch.tensor([0.5, 0.25]), torch.tensor([1.0, -1.0]))
        tensor(0.6250)
    """
    how = reduction_of("hinge_embedding_loss", size_average, reduce, reduction)
    far = where(target != 1, clamp(margin - input, 0), 0.0)
    near = where(target != -1, input, 0.0)
    return reduced(far + near, how)


# of pairs and triples ----------------------------------------------------------------------


@tensors_only
def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, margin - target (input1 - input2)).

    Args:
        input1: scores, of any shape.
        input2: scores, of a shape that broadcasts with it.
        target: 1 where input1 should be the larger one, -1 where input2 should.
        margin: by how much.
        size_average: replaced by `reduction`; False is "sum".
        reduce: replaced by `reduction`; False is "none".
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the common shape.

    Raises:
        RuntimeError: if the numbers of dimensions differ.
        ValueError: if the reduction is unknown.

    Example:
        >>> ones = torch.ones(2)
        >>> F.margin_ranking_loss(torch.tensor([2.0, 0.0]), ones, ones)
        tensor(0.5000)
    """
    how = reduction_of("margin_ranking_loss", size_average, reduce, reduction)
    _same_ndim("margin_ranking_loss", input1, input2, target)
    return reduced(clamp(-target * (input1 - input2) + margin, 0), how)


def _same_ndim(name: str, *tensors: Tensor) -> None:
    """RuntimeError unless all tensors have as many dimensions."""
    same = len({x.ndim for x in tensors}) == 1
    shapes = [x.shape for x in tensors]
    check(same, "{}: All input tensors should have same dimension but got {}", name, shapes)


@tensors_only
def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """1 - cos for targets of 1, max(0, cos - margin) for targets of -1, of pairs of rows.

    Args:
        input1: (n, d), or (d,).
        input2: of a shape that broadcasts with it.
        target: 1 or -1, (n,), or ().
        margin: the largest cosine that is wanted where the target is -1.
        size_average: replaced by `reduction`; False is "sum".
        reduce: replaced by `reduction`; False is "none".
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the target's shape.

    Raises:
        RuntimeError: if the shapes do not fit.
        ValueError: if the reduction is unknown.

    Example:
        >>> x, y = torch.tensor([[3.0, 4.0]]), torch.tensor([[4.0, 3.0]])
        >>> F.cosine_embedding_loss(x, y, torch.ones(1))
        tensor(0.0400)
    """
    how = reduction_of("cosine_embedding_loss", size_average, reduce, reduction)
    dim = target.ndim
    fits = dim < 2 and input1.ndim == input2.ndim == dim + 1
    message = "cosine_embedding_loss: target {} does not fit {} and {}"
    check(fits, message, target.shape, input1.shape, input2.shape)
    lengths = (sum(input1 * input1, dim) + 1e-12) * (sum(input2 * input2, dim) + 1e-12)
    similarity = sum(input1 * input2, dim) / sqrt(lengths)
    alike = where(target == 1, 1 - similarity, 0.0)
    unlike = where(target == -1, clamp(similarity - margin, 0), 0.0)
    return reduced(alike + unlike, how)


@tensors_only
def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, d(anchor, positive) - d(anchor, negative) + margin), d the p-norm distance of rows.

    Balntas et al., "Learning local feature descriptors with triplets and shallow convolutional
    neural networks" (2016).

    Args:
        anchor: (..., d).
        positive: what should be near it, of the same number of dimensions.
        negative: what should be far from it, of the same number of dimensions.
        margin: by how much the negative should be farther away.
        p: of the norm.
        eps: added to the differences.
        swap: let the nearer of anchor and positive to the negative count.
        size_average: replaced by `reduction`; False is "sum".
        reduce: replaced by `reduction`; False is "none".
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the common shape without its last dimension.

    Raises:
        RuntimeError: if the numbers of dimensions differ.
        ValueError: if the margin is not positive, or the reduction is unknown.

    Example:
        >>> anchor, near = torch.zeros(1, 2), torch.tensor([[3.0, 4.0]])
        >>> F.triplet_margin_loss(anchor, near, near)
        tensor(1.)
    """
    how = reduction_of("triplet_margin_loss", size_average, reduce, reduction)
    _check_triplet(anchor, positive, negative, margin)
    near = pairwise_distance(anchor, positive, p, eps)
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = minimum(far, pairwise_distance(positive, negative, p, eps))
    return reduced(clamp(near - far + margin, 0), how)


@tensors_only
def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """`triplet_margin_loss` with a distance function of one's own.

    Args:
        anchor: (..., d).
        positive: what should be near it, of the same number of dimensions.
        negative: what should be far from it, of the same number of dimensions.
        distance_function: takes two of them and returns a tensor. Default: `pairwise_distance`.
        margin: by how much the negative should be farther away.
        swap: let the nearer of anchor and positive to the negative count.
        reduction: "mean", "sum" or "none".

    Returns:
        A scalar; with "none" the shape that the distance function returns.

    Raises:
        RuntimeError: if the numbers of dimensions differ.
        ValueError: if the margin is not positive, or the reduction is unknown.

    Example:
        >>> anchor, near = torch.zeros(1, 2), torch.tensor([[3.0, 4.0]])
        >>> def largest(a, b):
        ...     return (a - b).abs().amax(-1)
        >>> F.triplet_margin_with_distance_loss(anchor, near, near, distance_function=largest)
        tensor(1.)
    """
    how = reduction_of("triplet_margin_with_distance_loss", reduction=reduction)
    _check_triplet(anchor, positive, negative, margin)
    distance = distance_function or pairwise_distance
    near = distance(anchor, positive)
    far = distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return reduced(clamp(near - far + margin, 0), how)


def _check_triplet(anchor: Tensor, positive: Tensor, negative: Tensor, margin: float) -> None:
    """An error unless the margin is positive and the tensors have as many dimensions."""
    message = "triplet_margin_loss: margin must be greater than 0, got {}"
    check(margin > 0, message, margin, error=ValueError)
    _same_ndim("triplet_margin_loss", anchor, positive, negative)
