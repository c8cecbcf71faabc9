"""Loss functions. `reduction` is "mean" (the default), "sum" or "none", a loss for each element.

The two arguments that it replaced still count: `reduce=False` is "none", `size_average=False` is "sum".
"""

import functools
import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_mnist.composed.scattering import scatter
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.kernels.softmax import exponentials
from tinygrad_mnist.nn.exports import export
from tinygrad_mnist.nn.functional.vectors import pairwise_distance
from tinygrad_mnist.ops import movement as mv
from tinygrad_mnist.ops.arguments import index_array
from tinygrad_mnist.ops.linear_algebra import linear
from tinygrad_mnist.ops.movement import gather, getitem, reshape, unsqueeze
from tinygrad_mnist.ops.pointwise import clamp, exp, log, log_sigmoid, sqrt, where, xlogy
from tinygrad_mnist.ops.reduction import log_softmax, mean, softmax, sum
from tinygrad_mnist.tape import mode, record
from tinygrad_mnist.core.tensor import Array, Tensor, wrap

_SIZES = "{}: Target size ({}) must be the same as input size ({})"
OLD: dict[str, Any] = {"size_average": None, "reduce": None, "reduction": "mean"}


def _reduction_of(name: str, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> str:
    """`reduction`, or what the two arguments that it replaced stand for; ValueError for an unknown one."""
    if size_average is not None or reduce is not None:
        reduction = "none" if reduce is not None and not reduce else "mean" if size_average in (None, True) else "sum"
    if reduction not in ("mean", "sum", "none") and not (name == "kl_div" and reduction == "batchmean"):
        raise ValueError(f"{name}: {reduction} is not a valid value for reduction, wanted one of none, mean, sum")
    return reduction


def _loss(order: str = "") -> Callable[[Callable[..., Any]], Callable[..., Tensor]]:
    """Makes a formula of the losses by element into a loss function.

    Args:
        order: all parameters of the loss, as PyTorch orders them; by default the formula's own, then
            size_average, reduce and reduction.

    A formula may return a pair: the losses, and what "mean" divides their sum by.
    """

    def made(formula: Callable[..., Any]) -> Callable[..., Tensor]:
        own = inspect.signature(formula).parameters
        kind = [*own.values()][-1].kind
        names = order.split() or [*own, *OLD]
        signature = inspect.Signature([own.get(n) or inspect.Parameter(n, kind, default=OLD[n]) for n in names])

        @functools.wraps(formula)
        def function(*args: Any, **options: Any) -> Tensor:
            check(len(args) <= len(names), "{}() got {} arguments", formula.__name__, len(args), error=TypeError)
            given = dict(zip(names, args, strict=False), **options)  # binding to the signature would take longer
            how = _reduction_of(formula.__name__, **{name: given.pop(name) for name in OLD if name in given})
            found = formula(**given)
            losses, count = found if isinstance(found, tuple) else (found, None)
            if how == "mean":
                return mean(losses) if count is None else sum(losses) / count
            if how == "batchmean":
                return sum(losses) / (len(losses) if losses.ndim else 1)
            return losses if how == "none" else sum(losses)

        function.__signature__ = signature  # type: ignore[attr-defined]
        return function

    return made


# of classes --------------------------------------------------------------------------------


@_loss("input target weight size_average ignore_index reduce reduction")
def nll_loss(input: Tensor, target: Tensor, weight: Tensor | None = None, ignore_index: int = -100) -> Any:
    """The negative log-likelihood of the target classes.

    Args:
        input: log-probabilities, (n, classes) or (classes,) or (n, classes, d1, ...).
        target: class numbers, (n,) or () or (n, d1, ...).
        weight: one weight per class; the mean is then the weighted mean.
        ignore_index: targets of this class count nothing.
    """
    dim = 0 if input.ndim == 1 else 1
    safe, kept = _classes(input, target, dim, ignore_index, "nll_loss")
    weights = wrap(kept.astype(input.array.dtype))
    if weight is not None:
        fits = weight.dtype is input.dtype
        check(fits, "nll_loss: expected a weight of {} as the input, but found {}", input.dtype, weight.dtype)
        weights = getitem(weight, safe) * weights
    return -mv.squeeze(gather(input, dim, unsqueeze(safe, dim)), dim) * weights, sum(weights)


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
    low, high = safe.min(initial=0), safe.max(initial=0)
    bad = low if low < 0 else high if high >= width and safe.size else None
    check(bad is None, "{}: Target {} is out of bounds for {} classes.", name, bad, width, error=IndexError)
    return wrap(safe), kept


def cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: Any = None, ignore_index: int = -100,
    reduce: Any = None, reduction: str = "mean", label_smoothing: float = 0.0,
) -> Tensor:  # fmt: skip
    """-log(softmax(input)[target]): the loss of a classifier whose last layer gives logits.

    Args:
        input: logits, (n, classes), (classes,) or (n, classes, d1, ...).
        target: class numbers, or probabilities in the input's shape.
        weight, ignore_index: as in `nll_loss`.
        label_smoothing: the share of each target that is spread over all classes.
    """
    how = _reduction_of("cross_entropy", size_average, reduce, reduction)
    dim = 0 if input.ndim == 1 else 1
    if weight is not None:
        fits = weight.shape == input.shape[dim : dim + 1]
        check(fits, "cross_entropy: weight should be defined for all classes of {}, got {}", input.shape, weight.shape)
    if target.array.dtype.kind != "f":
        safe, kept = _classes(input, target, dim, ignore_index, "cross_entropy")
        if not label_smoothing:
            return _class_loss(input, safe, kept, weight, how, dim)
    check(0 <= label_smoothing <= 1, "cross_entropy: label_smoothing must be between 0 and 1, got {}", label_smoothing)
    classes, column = input.array.shape[dim], (-1,) + (1,) * (input.ndim - dim - 1)
    if target.array.dtype.kind == "f":
        error: Any = RuntimeError if target.shape[:1] == input.shape[:1] else ValueError
        check(target.shape == input.shape, _SIZES, "cross_entropy", target.shape, input.shape, error=error)
        check(ignore_index < 0, "cross_entropy: ignore_index is not supported for floating point target")
        share, total = target * (1 - label_smoothing) + label_smoothing / classes, input.numel() // classes
    else:
        hot = np.expand_dims(safe.array, dim) == np.arange(classes).reshape(column)
        smooth = (hot * (1 - label_smoothing) + label_smoothing / classes) * np.expand_dims(kept, dim)
        share = wrap(smooth.astype(input.array.dtype))
        total = kept.sum() if weight is None else sum(getitem(weight, safe) * wrap(kept))
    share = share if weight is None else share * reshape(weight, column)
    losses = -sum(log_softmax(input, dim) * share, dim)
    return losses if how == "none" else sum(losses) / (total if how == "mean" else 1)


def _class_loss(input: Tensor, classes: Tensor, kept: Array, weight: Tensor | None, reduction: str, dim: int) -> Tensor:
    """The cross-entropy of class numbers; its gradient by the logits is softmax less one-hot."""
    x = reshape(input, (1, -1)) if input.ndim == 1 else input if input.ndim == 2 else mv.movedim(input, 1, -1)
    n = x.array.shape[-1]
    rows, picks = x if x.ndim == 2 else reshape(x, (-1, n)), classes.array.reshape(-1)
    shifted, powers, totals = exponentials(rows.array, 1)
    weights = kept.reshape(-1).astype(rows.array.dtype)
    if weight is not None:
        weights *= weight.array[picks]
    if reduction == "mean":
        weights /= weights.sum()
    places = np.arange(len(picks)), picks
    losses = (np.log(totals[:, 0]) - shifted[places]) * weights
    powers /= totals
    powers[places] -= 1
    powers *= weights[:, None]
    slope, each = wrap(powers), reduction == "none"  # softmax less one-hot, weighted

    def rule(g: Tensor) -> Tensor:
        g = unsqueeze(g, 1) if each else g
        if not mode.recording:
            return slope * g
        goal = wrap((picks[:, None] == np.arange(n)).astype(slope.array.dtype))
        return (softmax(rows, 1) - goal) * (wrap(weights[:, None]) * g)

    if each:
        return reshape(record("cross_entropy", losses, (rows, rule)), classes.array.shape)
    return record("cross_entropy", np.add.reduce(losses), (rows, rule))


def linear_cross_entropy(
    input: Tensor, linear_weight: Tensor, target: Tensor, *, linear_bias: Tensor | None = None,
    weight: Tensor | None = None, reduction: str = "mean", ignore_index: int | None = None,
    label_smoothing: float = 0.0, options: Any = None,
) -> Tensor:  # fmt: skip
    """`cross_entropy` of linear(input): (n, in) with a linear_weight of (classes, d1, ..., in).

    `options` (how to compute it in chunks) is accepted and changes nothing.
    """
    (classes, *more), width = linear_weight.shape[:-1] or (0,), linear_weight.size(-1)
    fits = input.ndim in ((2,) if more else (1, 2)) and (linear_bias is None or linear_bias.shape == (classes, *more))
    fits = fits and (ignore_index is None or target.array.dtype.kind != "f")
    check(fits, "linear_cross_entropy: input {} does not fit weight {}", input.shape, linear_weight.shape)
    bias = None if linear_bias is None else reshape(linear_bias, -1)
    logits = linear(input, reshape(linear_weight, (-1, width)), bias)
    return cross_entropy(logits.unflatten(-1, (classes, *more)), target, weight, None,
                         -100 if ignore_index is None else ignore_index, None, reduction, label_smoothing)  # fmt: skip


@_loss()
def multi_margin_loss(
    input: Tensor, target: Tensor, p: int = 1, margin: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """The multi-class hinge: the mean over classes of max(0, margin - x[target] + x[class])^p."""
    check(p in (1, 2), "multi_margin_loss: only p == 1 and p == 2 supported, got {}", p, error=ValueError)
    check(weight is None or weight.ndim == 1, "multi_margin_loss: weight must be one-dimensional", error=ValueError)
    x = input if input.ndim else reshape(input, 1)
    classes = unsqueeze(target, -1) if target.ndim == x.ndim - 1 else target
    gaps = (x - gather(x, -1, classes) + margin).relu() ** p
    gaps = gaps if weight is None else gaps * getitem(weight, classes)
    return mean(scatter(gaps, -1, classes, 0.0), -1)


@_loss()
def multilabel_margin_loss(input: Tensor, target: Tensor) -> Tensor:
    """The hinge of every class that a row names against every one that it does not; -1 ends a row of targets."""
    check(input.shape == target.shape, _SIZES, "multilabel_margin_loss", target.shape, input.shape)
    x, classes = (reshape(each, -1) if not each.ndim else each for each in (input, target))
    named = np.logical_and.accumulate(classes.array >= 0, -1)
    width = classes.array.shape[-1]
    hot = (named[..., None] & (classes.array[..., None] == np.arange(width))).any(-2, keepdims=True)
    chosen = gather(x, -1, wrap(np.where(named, classes.array, 0)))
    gaps = (1 - unsqueeze(chosen, -1) + unsqueeze(x, -2)).relu()
    return sum(gaps * wrap(named[..., None] & ~hot), (-2, -1)) / width


@_loss()
def multilabel_soft_margin_loss(input: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """`binary_cross_entropy_with_logits` averaged over the classes, the last dimension."""
    return mean(binary_cross_entropy_with_logits(input, target, weight, reduction="none"), -1)


# of numbers --------------------------------------------------------------------------------


def _weighted(losses: Tensor, weight: Tensor | None, name: str) -> tuple[Tensor, Tensor | None]:
    """Losses times weights of their shape, and the sum of the weights."""
    if weight is None:
        return losses, None
    check(weight.shape == losses.shape, "{}: Weights and input must have the same size.", name, error=ValueError)
    return losses * weight, sum(weight)


@_loss("input target size_average reduce reduction weight")
def mse_loss(input: Tensor, target: Tensor, weight: Tensor | None = None) -> Any:
    """The squared difference; with weights of its shape, the weighted mean."""
    difference = input - target
    return _weighted(difference * difference, weight, "mse_loss")


@_loss("input target size_average reduce reduction weight")
def l1_loss(input: Tensor, target: Tensor, weight: Tensor | None = None) -> Any:
    """The absolute difference; with weights of its shape, the weighted mean."""
    return _weighted((input - target).abs(), weight, "l1_loss")


@_loss("input target size_average reduce reduction beta")
def smooth_l1_loss(input: Tensor, target: Tensor, beta: float = 1.0) -> Tensor:
    """d^2 / (2 beta) for differences below beta, |d| - beta / 2 above. Girshick (2015), arXiv:1504.08083."""
    check(beta >= 0, "smooth_l1_loss: beta must not be negative, got {}", beta)
    d = (input - target).abs()
    return where(d < beta, d * d * (0.5 / beta), d - beta / 2) if beta else d


@_loss("input target reduction delta weight")
def huber_loss(input: Tensor, target: Tensor, delta: float = 1.0, weight: Tensor | None = None) -> Tensor:
    """d^2 / 2 for differences below delta, delta (|d| - delta / 2) above. Huber (1964)."""
    check(delta > 0, "huber_loss: delta must be positive, got {}", delta)
    d = (input - target).abs()
    return _weighted(where(d < delta, d * d * 0.5, (d - delta / 2) * delta), weight, "huber_loss")[0]


@_loss("input target log_input full size_average eps reduce reduction")
def poisson_nll_loss(
    input: Tensor, target: Tensor, log_input: bool = True, full: bool = False, eps: float = 1e-8
) -> Tensor:
    """The negative log-likelihood of counts under a Poisson rate (or its logarithm)."""
    losses = exp(input) - target * input if log_input else input - target * log(input + eps)
    if not full:
        return losses
    return losses + where(target > 1, target * log(target) - target + log(target * (2 * math.pi)) * 0.5, 0.0)


@_loss("input target var full eps reduction")
def gaussian_nll_loss(input: Tensor, target: Tensor, var: Any, full: bool = False, eps: float = 1e-6) -> Tensor:
    """The negative log-likelihood under a normal distribution of mean `input` and variance `var`.

    A variance below eps counts as eps. `var` is a number, or has the input's shape, or that shape
    with the last dimension missing or one dimension 1.
    """
    spread = var if isinstance(var, Tensor) else input.detach() * 0 + var
    check(not (spread.array < 0).any(), "gaussian_nll_loss: var has negative entry/entries", error=ValueError)
    if spread.shape == input.shape[:-1] and input.ndim:
        spread = unsqueeze(spread, -1)
    odd = [n for m, n in zip(input.shape, spread.shape, strict=False) if m != n]
    fits = spread.ndim == input.ndim and odd in ([], [1])
    check(fits, "gaussian_nll_loss: var is of incorrect size {}", spread.shape, error=ValueError)
    spread = spread + (clamp(spread.detach(), eps) - spread.detach())
    return (log(spread) + (input - target) ** 2 / spread) * 0.5 + (0.5 * math.log(2 * math.pi) if full else 0)


@_loss("input target size_average reduce reduction log_target")
def kl_div(input: Tensor, target: Tensor, log_target: bool = False) -> Tensor:
    """target (log target - input) of log-probabilities `input`; "batchmean" divides by the batch."""
    return exp(target) * (target - input) if log_target else xlogy(target, target) - target * input


# of two classes ----------------------------------------------------------------------------


@_loss()
def binary_cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """-(t log x + (1 - t) log(1 - x)) of probabilities x; each logarithm is held above -100."""
    check(input.shape == target.shape, _SIZES, "binary_cross_entropy", target.shape, input.shape, error=ValueError)
    inside = (input.array >= 0) & (input.array <= 1)
    check(inside.all(), "binary_cross_entropy: all elements of input should be between 0 and 1")
    losses = (target - 1) * clamp(log(1 - input), -100) - target * clamp(log(input), -100)
    return losses if weight is None else losses * weight


@_loss("input target weight size_average reduce reduction pos_weight")
def binary_cross_entropy_with_logits(
    input: Tensor, target: Tensor, weight: Tensor | None = None, pos_weight: Tensor | None = None
) -> Tensor:
    """`binary_cross_entropy` of sigmoid(input), without overflow; positives may weigh more."""
    name = "binary_cross_entropy_with_logits"
    check(input.shape == target.shape, _SIZES, name, target.shape, input.shape, error=ValueError)
    positive = target if pos_weight is None else target * pos_weight
    losses = (target - 1) * log_sigmoid(-input) - positive * log_sigmoid(input)
    return losses if weight is None else losses * weight


@_loss()
def soft_margin_loss(input: Tensor, target: Tensor) -> Tensor:
    """log(1 + exp(-target * input)) for targets of 1 and -1."""
    return -log_sigmoid(target * input)


@_loss()
def hinge_embedding_loss(input: Tensor, target: Tensor, margin: float = 1.0) -> Tensor:
    """input where the target is 1, max(0, margin - input) where it is -1; their sum for other targets."""
    return where(target != 1, clamp(margin - input, 0), 0.0) + where(target != -1, input, 0.0)


# of pairs and triples ----------------------------------------------------------------------


@_loss()
def margin_ranking_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0) -> Tensor:
    """max(0, margin - target (input1 - input2)): target 1 wants input1 the larger, -1 the smaller."""
    _same_ndim("margin_ranking_loss", input1, input2, target)
    return clamp(-target * (input1 - input2) + margin, 0)


def _same_ndim(name: str, *tensors: Tensor) -> None:
    same = len({x.ndim for x in tensors}) == 1
    check(same, "{}: All input tensors should have same dimension but got {}", name, [x.shape for x in tensors])


@_loss()
def cosine_embedding_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0) -> Tensor:
    """1 - cos for targets of 1, max(0, cos - margin) for targets of -1, of pairs of rows."""
    dim = target.ndim
    check(dim < 2 and input1.ndim == input2.ndim == dim + 1, "cosine_embedding_loss: target {} does not fit {} and {}",
          target.shape, input1.shape, input2.shape)  # fmt: skip
    lengths = (sum(input1 * input1, dim) + 1e-12) * (sum(input2 * input2, dim) + 1e-12)
    similarity = sum(input1 * input2, dim) / sqrt(lengths)
    return where(target == 1, 1 - similarity, 0.0) + where(target == -1, clamp(similarity - margin, 0), 0.0)


@_loss()
def triplet_margin_loss(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0, p: float = 2, eps: float = 1e-6,
    swap: bool = False,
) -> Tensor:  # fmt: skip
    """max(0, d(anchor, positive) - d(anchor, negative) + margin), d the p-norm distance of rows.

    With `swap` the nearer of anchor and positive to the negative counts. Balntas et al. (2016).
    """
    distance = functools.partial(pairwise_distance, p=p, eps=eps)
    return triplet_margin_with_distance_loss(anchor, positive, negative, distance_function=distance, margin=margin,
                                             swap=swap, reduction="none")  # fmt: skip


@_loss("anchor positive negative distance_function margin swap reduction")
def triplet_margin_with_distance_loss(
    anchor: Tensor, positive: Tensor, negative: Tensor, *, distance_function: Any = None, margin: float = 1.0,
    swap: bool = False,
) -> Tensor:  # fmt: skip
    """`triplet_margin_loss` with a distance function of one's own."""
    check(margin > 0, "triplet_margin_loss: margin must be greater than 0, got {}", margin, error=ValueError)
    _same_ndim("triplet_margin_loss", anchor, positive, negative)
    distance = distance_function or pairwise_distance
    near, far = distance(anchor, positive), distance(anchor, negative)
    return clamp(near - (far.minimum(distance(positive, negative)) if swap else far) + margin, 0)


export(globals())
