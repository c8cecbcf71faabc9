"""Loss functions. `reduction` is "mean" (the default), "sum" or "none", a loss for each element."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_mnist.kernels.softmax import exponentials
from tinygrad_mnist.nn.functional.distance import cosine_similarity, pairwise_distance
from tinygrad_mnist.ops.arguments import index_array
from tinygrad_mnist.ops.movement import gather, getitem, movedim, reshape, squeeze, unsqueeze
from tinygrad_mnist.ops.pointwise import clamp, exp, log, log_sigmoid, relu, where, xlogy
from tinygrad_mnist.ops.reduction import log_softmax, mean, softmax, sum
from tinygrad_mnist.tape import mode, record
from tinygrad_mnist.tensor import Array, Tensor, wrap

__all__ = [
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cosine_embedding_loss", "cross_entropy",
    "gaussian_nll_loss", "hinge_embedding_loss", "huber_loss", "kl_div", "l1_loss", "margin_ranking_loss",
    "mse_loss", "multi_margin_loss", "nll_loss", "poisson_nll_loss", "smooth_l1_loss", "soft_margin_loss",
    "triplet_margin_loss", "triplet_margin_with_distance_loss",
]  # fmt: skip


REDUCTIONS = ("none", "mean", "sum")


def reduced(loss: Tensor, reduction: str, name: str) -> Tensor:
    """A loss per element as it is, or its mean or sum."""
    if reduction not in REDUCTIONS:
        raise ValueError(f"{name}: {reduction} is not a valid value for reduction, wanted one of {REDUCTIONS}")
    return loss if reduction == "none" else mean(loss) if reduction == "mean" else sum(loss)


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


def l1_loss(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Tensor:
    """The absolute difference."""
    return reduced((input - target).abs(), reduction, "l1_loss")


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """d^2 / (2 beta) for differences below beta, |d| - beta / 2 above. Girshick (2015), arXiv:1504.08083."""
    if beta < 0:
        raise RuntimeError(f"smooth_l1_loss: beta must not be negative, got {beta}")
    if beta == 0:
        return l1_loss(input, target, reduction=reduction)
    return huber_loss(input, target, reduction, beta) / beta


def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Any = None
) -> Tensor:
    """d^2 / 2 for differences below delta, delta (|d| - delta / 2) above. Huber (1964)."""
    if delta <= 0:
        raise RuntimeError(f"huber_loss: delta must be positive, got {delta}")
    d = (input - target).abs()
    return reduced(where(d < delta, d * d * 0.5, (d - delta / 2) * delta), reduction, "huber_loss")


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """-(t log x + (1 - t) log(1 - x)) of probabilities x; each logarithm is held above -100."""
    if input.array.shape != target.array.shape:
        raise ValueError(
            f"binary_cross_entropy: Using a target size ({target.shape}) that is different to the input"
            f" size ({input.shape}) is deprecated. Please ensure they have the same size."
        )
    if input.array.size and not ((input.array >= 0) & (input.array <= 1)).all():
        raise RuntimeError("binary_cross_entropy: all elements of input should be between 0 and 1")
    losses = (target - 1) * clamp(log(1 - input), -100) - target * clamp(log(input), -100)
    return reduced(losses if weight is None else losses * weight, reduction, "binary_cross_entropy")


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """`binary_cross_entropy` of sigmoid(input), without overflow; positives may weigh more."""
    if input.array.shape != target.array.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    positive = target if pos_weight is None else target * pos_weight
    losses = (target - 1) * log_sigmoid(-input) - positive * log_sigmoid(input)
    return reduced(losses if weight is None else losses * weight, reduction, "binary_cross_entropy_with_logits")


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """target (log target - input) of log-probabilities `input`; "batchmean" divides by the batch."""
    losses = exp(target) * (target - input) if log_target else xlogy(target, target) - target * input
    if reduction == "batchmean":
        return sum(losses) / input.array.shape[0]
    return reduced(losses, reduction, "kl_div")


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: Any = None,
    eps: float = 1e-8,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """The negative log-likelihood of counts under a Poisson rate (or its logarithm)."""
    losses = exp(input) - target * input if log_input else input - target * log(input + eps)
    if full:
        stirling = target * log(target) - target + log(target * (2 * math.pi)) * 0.5
        losses = losses + where(target > 1, stirling, 0.0)
    return reduced(losses, reduction, "poisson_nll_loss")


def gaussian_nll_loss(
    input: Tensor, target: Tensor, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Tensor:
    """The negative log-likelihood under a normal distribution of mean `input` and variance `var`."""
    spread = var if isinstance(var, Tensor) else input.detach() * 0 + var
    if (spread.array < 0).any():
        raise ValueError("var has negative entry/entries")
    spread = spread + (clamp(spread.detach(), eps) - spread.detach())
    losses = (log(spread) + (input - target) ** 2 / spread) * 0.5
    return reduced(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction, "gaussian_nll_loss")


def soft_margin_loss(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Tensor:
    """log(1 + exp(-target * input)) for targets of 1 and -1."""
    return reduced(-log_sigmoid(target * input), reduction, "soft_margin_loss")


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """input where the target is 1, max(0, margin - input) where it is -1."""
    losses = where(target == 1, input, 0.0) + where(target == -1, relu(margin - input), 0.0)
    return reduced(losses, reduction, "hinge_embedding_loss")


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, margin - target (input1 - input2)): target 1 wants input1 the larger, -1 the smaller."""
    losses = clamp(-target * (input1 - input2) + margin, 0)
    return reduced(losses, reduction, "margin_ranking_loss")


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """1 - cos for targets of 1, max(0, cos - margin) for targets of -1, of pairs of rows."""
    similarity = cosine_similarity(input1, input2, -1, 1e-8)
    losses = where(target == 1, 1 - similarity, 0.0) + where(target == -1, relu(similarity - margin), 0.0)
    return reduced(losses, reduction, "cosine_embedding_loss")


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, d(anchor, positive) - d(anchor, negative) + margin), d the p-norm distance of rows.

    With `swap` the nearer of anchor and positive to the negative counts. Balntas et al. (2016).
    """

    def distance(a: Tensor, b: Tensor) -> Tensor:
        return pairwise_distance(a, b, p, eps)

    return triplet_margin_with_distance_loss(
        anchor, positive, negative, distance_function=distance, margin=margin, swap=swap, reduction=reduction
    )


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Any = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """`triplet_margin_loss` with a distance function of one's own."""
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    distance = distance_function or pairwise_distance
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = far.minimum(distance(positive, negative))
    return reduced(clamp(near - far + margin, 0), reduction, "triplet_margin_loss")


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:
    """The multi-class hinge: the mean over classes of max(0, margin - x[target] + x[class])^p."""
    rows = input if input.ndim == 2 else input.reshape(1, -1)
    classes = target.reshape(-1, 1)
    gaps = clamp(rows - rows.gather(1, classes) + margin, 0) ** p
    gaps = gaps if weight is None else gaps * weight[classes]
    losses = gaps.scatter(1, classes, 0.0).sum(1) / rows.array.shape[1]
    return reduced(losses if input.ndim == 2 else losses[0], reduction, "multi_margin_loss")
