"""Loss functions. `reduction` is "mean" (the default), "sum" or "none", a loss for each element."""

from __future__ import annotations

import math
from typing import Any

from tinygrad_mnist.nn.functional.distance import cosine_similarity, pairwise_distance
from tinygrad_mnist.ops.network import cross_entropy, mse_loss, nll_loss, reduced
from tinygrad_mnist.ops.pointwise import clamp, exp, log, log_sigmoid, relu, where, xlogy
from tinygrad_mnist.ops.reduction import sum
from tinygrad_mnist.tensor import Tensor

__all__ = [
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cosine_embedding_loss", "cross_entropy",
    "gaussian_nll_loss", "hinge_embedding_loss", "huber_loss", "kl_div", "l1_loss", "margin_ranking_loss",
    "mse_loss", "multi_margin_loss", "nll_loss", "poisson_nll_loss", "smooth_l1_loss", "soft_margin_loss",
    "triplet_margin_loss", "triplet_margin_with_distance_loss",
]  # fmt: skip


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
