"""Losses as modules, each with the options of its function."""

import math
from typing import Any

from tinygrad_mnist.errors import check
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.functional.loss import reduction_of
from tinygrad_mnist.nn.modules.from_function import FunctionModule, from_function
from tinygrad_mnist.nn.modules.linear import Linear
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.tensor import Tensor


class _Loss(FunctionModule):
    """Turns the two old arguments of losses into `reduction`."""

    def check(self, size_average: Any = None, reduce: Any = None) -> None:
        if size_average is not None or reduce is not None:
            self.reduction = reduction_of("reduction", size_average, reduce)


def _loss(name: str, function: Any, **options: Any) -> Any:
    old = " ".join(key for key in ("size_average", "reduce") if key in options)
    return from_function(name, function, base=_Loss, unused=old, **options)


_OLD: dict[str, Any] = {"size_average": None, "reduce": None, "reduction": "mean"}
_FIRST: dict[str, Any] = {"weight": None, **_OLD}
_CLASSES: dict[str, Any] = dict(weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean")

L1Loss = _loss("L1Loss", F.l1_loss, **_OLD)
MSELoss = _loss("MSELoss", F.mse_loss, **_OLD)
SmoothL1Loss = _loss("SmoothL1Loss", F.smooth_l1_loss, **_OLD, beta=1.0)
HuberLoss = _loss("HuberLoss", F.huber_loss, reduction="mean", delta=1.0)
NLLLoss = _loss("NLLLoss", F.nll_loss, **_CLASSES)
CrossEntropyLoss = _loss("CrossEntropyLoss", F.cross_entropy, **_CLASSES, label_smoothing=0.0)
BCELoss = _loss("BCELoss", F.binary_cross_entropy, **_FIRST)
BCEWithLogitsLoss = _loss("BCEWithLogitsLoss", F.binary_cross_entropy_with_logits, **_FIRST, pos_weight=None)
KLDivLoss = _loss("KLDivLoss", F.kl_div, **_OLD, log_target=False)
PoissonNLLLoss = _loss("PoissonNLLLoss", F.poisson_nll_loss, log_input=True, full=False, size_average=None, eps=1e-8,
                       reduce=None, reduction="mean")  # fmt: skip
GaussianNLLLoss = _loss("GaussianNLLLoss", F.gaussian_nll_loss, keyword="full eps reduction", full=False, eps=1e-6,
                        reduction="mean")  # fmt: skip
SoftMarginLoss = _loss("SoftMarginLoss", F.soft_margin_loss, **_OLD)
HingeEmbeddingLoss = _loss("HingeEmbeddingLoss", F.hinge_embedding_loss, margin=1.0, **_OLD)
MarginRankingLoss = _loss("MarginRankingLoss", F.margin_ranking_loss, margin=0.0, **_OLD)
CosineEmbeddingLoss = _loss("CosineEmbeddingLoss", F.cosine_embedding_loss, margin=0.0, **_OLD)
MultiMarginLoss = _loss("MultiMarginLoss", F.multi_margin_loss, p=1, margin=1.0, **_FIRST)
MultiLabelMarginLoss = _loss("MultiLabelMarginLoss", F.multilabel_margin_loss, **_OLD)
MultiLabelSoftMarginLoss = _loss("MultiLabelSoftMarginLoss", F.multilabel_soft_margin_loss, **_FIRST)
TripletMarginLoss = _loss("TripletMarginLoss", F.triplet_margin_loss, margin=1.0, p=2.0, eps=1e-6, swap=False, **_OLD)
TripletMarginWithDistanceLoss = _loss(
    "TripletMarginWithDistanceLoss", F.triplet_margin_with_distance_loss,
    keyword="distance_function margin swap reduction", distance_function=None, margin=1.0, swap=False, reduction="mean",
)  # fmt: skip
CTCLoss = _loss("CTCLoss", F.ctc_loss, blank=0, reduction="mean", zero_infinity=False)


class LinearCrossEntropyLoss(Module):
    """A linear layer of `num_classes` times `out_features` outputs, and the cross-entropy of what it gives."""

    def __init__(
        self, in_features: int, num_classes: int, *, out_features: tuple[int, ...] = (), bias: bool = False,
        device: Any = None, dtype: Any = None, weight: Tensor | None = None, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__()
        check(weight is None or weight.shape == (num_classes,), "expected weight shape to be {}", (num_classes,))
        self.options = {"reduction": "mean", "ignore_index": None, "label_smoothing": 0.0, "options": None} | options
        self.shape = (num_classes, *out_features)
        self.linear = Linear(in_features, math.prod(self.shape), bias, device, dtype)
        self.register_buffer("weight", weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        matrix, bias = self.linear.weight.reshape(*self.shape, -1), self.linear.bias
        bias = None if bias is None else bias.reshape(self.shape)
        return F.linear_cross_entropy(input, matrix, target, linear_bias=bias, weight=self.weight, **self.options)

    def extra_repr(self) -> str:
        shown = {"in_features": self.linear.in_features, "num_classes": self.shape[0], "out_features": self.shape[1:],
                 "bias": self.linear.bias is not None, **self.options}  # fmt: skip
        return ", ".join(f"{name}={value}" for name, value in shown.items())


__all__ = [name for name in dir() if name.endswith("Loss") and not name.startswith("_")]
