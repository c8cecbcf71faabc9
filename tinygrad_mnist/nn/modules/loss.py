"""Losses as modules, each with the options of its function."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.from_function import FunctionModule, from_function


class _Loss(FunctionModule):
    """Turns the two old arguments of losses into `reduction`."""

    def check(self) -> None:
        average, reduce = self.__dict__.pop("size_average", None), self.__dict__.pop("reduce", None)
        if average is not None or reduce is not None:
            kept = reduce is None or reduce
            self.reduction = ("mean" if average is None or average else "sum") if kept else "none"


def _loss(function: Any, name: str, **options: Any) -> Any:
    """A loss class; the options after `size_average` and `reduce` as PyTorch orders them."""
    made = from_function(name, function, unused="size_average reduce", **options)
    return type(name, (_Loss, made), {"__module__": __name__, "__doc__": made.__doc__})


_OLD: dict[str, Any] = {"size_average": None, "reduce": None, "reduction": "mean"}
_FIRST: dict[str, Any] = {"weight": None, **_OLD}

L1Loss = _loss(F.l1_loss, "L1Loss", **_OLD)
MSELoss = _loss(F.mse_loss, "MSELoss", **_OLD)
SmoothL1Loss = _loss(F.smooth_l1_loss, "SmoothL1Loss", **_OLD, beta=1.0)
HuberLoss = _loss(F.huber_loss, "HuberLoss", reduction="mean", delta=1.0)
NLLLoss = _loss(F.nll_loss, "NLLLoss", weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean")
CrossEntropyLoss = _loss(
    F.cross_entropy, "CrossEntropyLoss", weight=None, size_average=None, ignore_index=-100, reduce=None,
    reduction="mean", label_smoothing=0.0,
)  # fmt: skip
BCELoss = _loss(F.binary_cross_entropy, "BCELoss", **_FIRST)
BCEWithLogitsLoss = _loss(F.binary_cross_entropy_with_logits, "BCEWithLogitsLoss", **_FIRST, pos_weight=None)
KLDivLoss = _loss(F.kl_div, "KLDivLoss", **_OLD, log_target=False)
PoissonNLLLoss = _loss(
    F.poisson_nll_loss,
    "PoissonNLLLoss",
    log_input=True,
    full=False,
    size_average=None,
    eps=1e-8,
    reduce=None,
    reduction="mean",
)
GaussianNLLLoss = _loss(F.gaussian_nll_loss, "GaussianNLLLoss", full=False, eps=1e-6, reduction="mean")
SoftMarginLoss = _loss(F.soft_margin_loss, "SoftMarginLoss", **_OLD)
HingeEmbeddingLoss = _loss(F.hinge_embedding_loss, "HingeEmbeddingLoss", margin=1.0, **_OLD)
MarginRankingLoss = _loss(F.margin_ranking_loss, "MarginRankingLoss", margin=0.0, **_OLD)
CosineEmbeddingLoss = _loss(F.cosine_embedding_loss, "CosineEmbeddingLoss", margin=0.0, **_OLD)
MultiMarginLoss = _loss(F.multi_margin_loss, "MultiMarginLoss", p=1, margin=1.0, **_FIRST)
TripletMarginLoss = _loss(F.triplet_margin_loss, "TripletMarginLoss", margin=1.0, p=2.0, eps=1e-6, swap=False, **_OLD)
TripletMarginWithDistanceLoss = _loss(
    F.triplet_margin_with_distance_loss, "TripletMarginWithDistanceLoss", distance_function=None, margin=1.0,
    swap=False, reduction="mean",
)  # fmt: skip
__all__ = [name for name in dir() if name.endswith("Loss") and not name.startswith("_")]
