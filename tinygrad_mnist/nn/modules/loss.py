"""Losses as modules. `reduction` is "mean" (the default), "sum" or "none", a loss for each element.

The two arguments that it replaced still count: `reduce=False` is "none", `size_average=False` is
"sum".
"""

from __future__ import annotations

from collections.abc import Callable

from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.distance import PairwiseDistance
from tinygrad_mnist.nn.modules.module import Module

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "GaussianNLLLoss",
    "HingeEmbeddingLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "MSELoss",
    "MarginRankingLoss",
    "MultiLabelMarginLoss",
    "MultiLabelSoftMarginLoss",
    "MultiMarginLoss",
    "NLLLoss",
    "PoissonNLLLoss",
    "SmoothL1Loss",
    "SoftMarginLoss",
    "TripletMarginLoss",
    "TripletMarginWithDistanceLoss",
]


def _reduction(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """`reduction`, or what the two arguments that it replaced stand for."""
    if size_average is None and reduce is None:
        return reduction
    if reduce is not None and not reduce:
        return "none"
    if size_average is None or size_average:
        return "mean"
    return "sum"


class _Loss(Module):
    """A loss with a reduction."""

    def __init__(
        self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
    ) -> None:
        super().__init__()
        for name, value in (("size_average", size_average), ("reduce", reduce)):
            if isinstance(value, Tensor):
                kind = type(self).__name__
                raise TypeError(
                    f"{kind}: argument '{name}' must be bool, not Tensor; the layer is made first"
                    f" and called then: {kind}()(input, target)"
                )
        self.reduction = _reduction(size_average, reduce, reduction)


class _WeightedLoss(_Loss):
    """A loss with a reduction, and weights that are a buffer."""

    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


# of classes ----------------------------------------------------------------------------------


class CrossEntropyLoss(_WeightedLoss):
    """-log(softmax(input)[target]): the loss of a classifier whose last layer gives logits.

    Args:
        weight: one weight for each class, (classes,); the mean is then the weighted mean.
        size_average: older, see `reduction`.
        ignore_index: targets of this class count nothing.
        reduce: older, see `reduction`.
        reduction: "mean", "sum" or "none".
        label_smoothing: the share of each target that is spread over all classes. Szegedy et al.
            (2015),
            arXiv:1512.00567.

    Shape:
        Input (n, classes), (classes,) or (n, classes, d1, ...), logits; target class numbers, (n,),
        () or
        (n, d1, ...), or probabilities in the input's shape. Output a scalar, or of the class
        numbers' shape with
        "none".

    Example:
        >>> nn.CrossEntropyLoss()(torch.zeros(5, 10), torch.tensor([1, 0, 4, 9, 3]))
        tensor(2.3026)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(
            input,
            target,
            weight=self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


class NLLLoss(_WeightedLoss):
    """The negative log-likelihood of the target classes.

    Args:
        weight: one weight for each class, (classes,); the mean is then the weighted mean.
        size_average: older, see `reduction`.
        ignore_index: targets of this class count nothing.
        reduce: older, see `reduction`.
        reduction: "mean", "sum" or "none".

    Shape:
        Input (n, classes), (classes,) or (n, classes, d1, ...), log-probabilities; target class
        numbers, (n,), ()
        or (n, d1, ...). Output a scalar, or of the target's shape with "none".

    Example:
        >>> nn.NLLLoss()(torch.log(torch.tensor([[0.25, 0.75]])), torch.tensor([1]))
        tensor(0.2877)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.nll_loss(
            input,
            target,
            weight=self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
        )


class BCELoss(_WeightedLoss):
    """-(t log(p) + (1 - t) log(1 - p)): the loss of a probability p for a target t.

    Args:
        weight: a factor for each element, broadcast to the input's shape.
        size_average: older, see `reduction`.
        reduce: older, see `reduction`.
        reduction: "mean", "sum" or "none".

    Shape:
        Input of any shape, probabilities; target of the same. Output a scalar, or of that shape
        with "none".

    Example:
        >>> nn.BCELoss()(torch.tensor([0.5]), torch.tensor([1.0]))
        tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy(input, target, weight=self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_Loss):
    """`BCELoss` of sigmoid(input), without underflow.

    Args:
        weight: a factor for each element, broadcast to the input's shape.
        size_average: older, see `reduction`.
        reduce: older, see `reduction`.
        reduction: "mean", "sum" or "none".
        pos_weight: a factor for the share of targets of 1, broadcast to the input's shape.

    Shape:
        Input of any shape, logits; target of the same. Output a scalar, or of that shape with
        "none".

    Example:
        >>> nn.BCEWithLogitsLoss()(torch.tensor([0.0]), torch.tensor([1.0]))
        tensor(0.6931)
    """

    weight: Tensor | None
    pos_weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(
            input, target, weight=self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )


class MultiMarginLoss(_WeightedLoss):
    """The multi-class hinge: the mean over classes of max(0, margin - x[target] + x[class])^p.

    Args:
        p: the power, 1 or 2.
        margin: by how much the target is to lead.
        weight: one weight for each class, (classes,).
        size_average: older, see `reduction`.
        reduce: older, see `reduction`.
        reduction: "mean", "sum" or "none".

    Shape:
        Input (n, classes) or (classes,); target class numbers, (n,) or (). Output a scalar, or of
        the target's
        shape with "none".

    Example:
        >>> nn.MultiMarginLoss()(torch.tensor([[0.0, 0.5]]), torch.tensor([1]))
        tensor(0.2500)
    """

    def __init__(
        self,
        p: int = 1,
        margin: float = 1.0,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.p = p
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multi_margin_loss(
            input,
            target,
            p=self.p,
            margin=self.margin,
            weight=self.weight,
            reduction=self.reduction,
        )


class MultiLabelMarginLoss(_Loss):
    """The hinge of every class that a row names against every one that it does not.

    Args:
        size_average: older, see `reduction`.
        reduce: older, see `reduction`.
        reduction: "mean", "sum" or "none".

    Shape:
        Input (n, classes) or (classes,); target of the same: class numbers, of which -1 ends a row.
        Output a
        scalar, or (n,) or () with "none".

    Example:
        >>> nn.MultiLabelMarginLoss()(torch.zeros(1, 2), torch.tensor([[0, -1]]))
        tensor(0.5000)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """`BCEWithLogitsLoss` averaged over the classes.

    Args:
        weight: a factor for each class, (classes,).
        size_average: older, see `reduction`.
        reduce: older, see `reduction`.
        reduction: "mean", "sum" or "none".

    Shape:
        Input (n, classes) or (classes,); target of the same, 0 or 1. Output a scalar, or (n,) or ()
        with "none".

    Example:
        >>> nn.MultiLabelSoftMarginLoss()(torch.zeros(1, 2), torch.tensor([[0.0, 1.0]]))
        tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_soft_margin_loss(
            input, target, weight=self.weight, reduction=self.reduction
        )


# of numbers ----------------------------------------------------------------------------------


class MSELoss(_Loss):
    """The squared difference.

    Args:
        size_average: older, see `reduction`.
        reduce: older, see `reduction`.
        reduction: "mean", "sum" or "none".

    Shape:
        Input of any shape; target of the same. Output a scalar, or of that shape with "none".

    Example:
        >>> nn.MSELoss()(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
        tensor(2.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


class L1Loss(_Loss):
    """The absolute difference.

    Args:
        size_average: older, see `reduction`.
        reduce: older, see `reduction`.
        reduction: "mean", "sum" or "none".

    Shape:
        Input of any shape; target of the same. Output a scalar, or of that shape with "none".

    Example:
        >>> nn.L1Loss()(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
        tensor(1.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(_Loss):
    """d^2 / (2 beta) for differences below beta, |d| - beta / 2 above.

    Girshick (2015), arXiv:1504.08083.

    Args:
        size_average: older, see `reduction`.
        reduce: older, see `reduction`.
        reduction: "mean", "sum" or "none".
        beta: where the parabola ends, not negative.

    Shape:
        Input of any shape; target of the same. Output a scalar, or of that shape with "none".

    Example:
        >>> nn.SmoothL1Loss()(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
        tensor(0.7500)
    """

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        beta: float = 1.0,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(_Loss):
    """d^2 / 2 for differences below delta, delta (|d| - delta / 2) above. Huber (1964).

    Args:
        reduction: "mean", "sum" or "none".
        delta: where the parabola ends, positive.

    Shape:
        Input of any shape; target of the same. Output a scalar, or of that shape with "none".

    Example:
        >>> nn.HuberLoss()(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
        tensor(0.7500)
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)


class SoftMarginLoss(_Loss):
    """log(1 + exp(-target * input)), for targets of 1 and -1.

    Args:
        size_average: older, see `reduction`.
        reduce: older, see `reduction`.
        reduction: "mean", "sum" or "none".

    Shape:
        Input of any shape; target of the same. Output a scalar, or of that shape with "none".

    Example:
        >>> nn.SoftMarginLoss()(torch.tensor([0.0]), torch.tensor([1.0]))
        tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.soft_margin_loss(input, target, reduction=self.reduction)


# of distributions ----------------------------------------------------------------------------


class KLDivLoss(_Loss):
    """The Kullback-Leibler divergence, target (log(target) - input). Kullback and Leibler (1951).

    Args:
        size_average: older, see `reduction`.
        reduce: older, see `reduction`.
        reduction: "mean", "sum", "none", or "batchmean", the sum over the length of the first
            dimension.
        log_target: whether the target holds log-probabilities too.

    Shape:
        Input of any shape, log-probabilities; target of the same, probabilities. Output a scalar,
        or of that shape
        with "none".

    Example:
        >>> p = torch.tensor([0.5, 0.5])
        >>> nn.KLDivLoss(reduction="sum")(torch.log(p), p)
        tensor(0.)
    """

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        log_target: bool = False,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class PoissonNLLLoss(_Loss):
    """The negative log-likelihood of counts under a Poisson rate (or its logarithm).

    Args:
        log_input: whether the input is the logarithm of the rate.
        full: whether Stirling's approximation of log(target!) is added.
        size_average: older, see `reduction`.
        eps: added to a rate before its logarithm is taken.
        reduce: older, see `reduction`.
        reduction: "mean", "sum" or "none".

    Shape:
        Input of any shape; target of the same, counts. Output a scalar, or of that shape with
        "none".

    Example:
        >>> nn.PoissonNLLLoss()(torch.tensor([0.0]), torch.tensor([3.0]))
        tensor(1.)
    """

    def __init__(
        self,
        log_input: bool = True,
        full: bool = False,
        size_average: bool | None = None,
        eps: float = 1e-8,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_input = log_input
        self.full = full
        self.eps = eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        return F.poisson_nll_loss(
            log_input,
            target,
            log_input=self.log_input,
            full=self.full,
            eps=self.eps,
            reduction=self.reduction,
        )


class GaussianNLLLoss(_Loss):
    """The negative log-likelihood of numbers under normal distributions. Nix and Weigend (1994).

    Args:
        full: whether the constant log(2 pi) / 2 is added.
        eps: the least variance.
        reduction: "mean", "sum" or "none".

    Shape:
        Input of any shape, the means; target of the same; variances of the same, or of 1 in the
        last dimension, or
        without it. Output a scalar, or of the input's shape with "none".

    Example:
        >>> nn.GaussianNLLLoss()(torch.tensor([0.0]), torch.tensor([2.0]), torch.tensor([1.0]))
        tensor(2.)
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.full = full
        self.eps = eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        return F.gaussian_nll_loss(
            input, target, var, full=self.full, eps=self.eps, reduction=self.reduction
        )


# of vectors ----------------------------------------------------------------------------------


class HingeEmbeddingLoss(_Loss):
    """x where the target is 1, max(0, margin - x) where it is -1.

    Args:
        margin: from where on a distance counts nothing.
        size_average: older, see `reduction`.
        reduce: older, see `reduction`.
        reduction: "mean", "sum" or "none".

    Shape:
        Input of any shape, distances; target of the same, 1 or -1. Output a scalar, or of that
        shape with "none".

    Example:
        >>> nn.HingeEmbeddingLoss()(torch.tensor([0.25, 0.25]), torch.tensor([1.0, -1.0]))
        tensor(0.5000)
    """

    def __init__(
        self,
        margin: float = 1.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.hinge_embedding_loss(input, target, margin=self.margin, reduction=self.reduction)


class MarginRankingLoss(_Loss):
    """max(0, margin - target (input1 - input2)): the target says which is to be the larger.

    Args:
        margin: by how much it is to be larger.
        size_average: older, see `reduction`.
        reduce: older, see `reduction`.
        reduction: "mean", "sum" or "none".

    Shape:
        Inputs and target of one shape, (n,) or (); the target 1 or -1. Output a scalar, or of that
        shape with
        "none".

    Example:
        >>> nn.MarginRankingLoss()(torch.tensor([1.0]), torch.tensor([3.0]), torch.tensor([1.0]))
        tensor(2.)
    """

    def __init__(
        self,
        margin: float = 0.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.margin_ranking_loss(
            input1, input2, target, margin=self.margin, reduction=self.reduction
        )


class CosineEmbeddingLoss(_Loss):
    """1 - cos(x1, x2) where the target is 1, max(0, cos(x1, x2) - margin) where it is -1.

    Args:
        margin: up to where a cosine counts nothing.
        size_average: older, see `reduction`.
        reduce: older, see `reduction`.
        reduction: "mean", "sum" or "none".

    Shape:
        Inputs (n, d) or (d,); target (n,) or (), 1 or -1. Output a scalar, or of the target's shape
        with "none".

    Example:
        >>> x = torch.tensor([[1.0, 0.0]])
        >>> nn.CosineEmbeddingLoss()(x, torch.tensor([[0.0, 1.0]]), torch.tensor([1.0]))
        tensor(1.)
    """

    def __init__(
        self,
        margin: float = 0.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.cosine_embedding_loss(
            input1, input2, target, margin=self.margin, reduction=self.reduction
        )


class TripletMarginLoss(_Loss):
    """max(0, d(anchor, positive) - d(anchor, negative) + margin). Balntas et al., BMVC 2016.

    Args:
        margin: by how much the negative is to be farther away.
        p: of the norm that is the distance.
        eps: added to differences, so that the gradient is finite.
        swap: whether the distance of positive and negative counts where it is less.
        size_average: older, see `reduction`.
        reduce: older, see `reduction`.
        reduction: "mean", "sum" or "none".

    Shape:
        Three inputs (n, d) or (d,). Output a scalar, or (n,) or () with "none".

    Example:
        >>> x = torch.zeros(1, 2)
        >>> nn.TripletMarginLoss()(x, x, x)
        tensor(1.)
    """

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin
        self.p = p
        self.eps = eps
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_loss(
            anchor,
            positive,
            negative,
            margin=self.margin,
            p=self.p,
            eps=self.eps,
            swap=self.swap,
            reduction=self.reduction,
        )


class TripletMarginWithDistanceLoss(_Loss):
    """`TripletMarginLoss` with any distance.

    Args:
        distance_function: gives the distances, (n,), of two inputs. Default:
            `functional.pairwise_distance`.
        margin: by how much the negative is to be farther away.
        swap: whether the distance of positive and negative counts where it is less.
        reduction: "mean", "sum" or "none".

    Shape:
        Three inputs of one shape, such as (n, d). Output a scalar, or of the distances' shape with
        "none".

    Example:
        >>> x = torch.zeros(1, 2)
        >>> nn.TripletMarginWithDistanceLoss(margin=0.5)(x, x, x)
        tensor(0.5000)
    """

    def __init__(
        self,
        *,
        distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(reduction=reduction)
        self.distance_function = distance_function or PairwiseDistance()
        self.margin = margin
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_with_distance_loss(
            anchor,
            positive,
            negative,
            distance_function=self.distance_function,
            margin=self.margin,
            swap=self.swap,
            reduction=self.reduction,
        )
