"""Layers that hold nothing but the options of a function, and call it."""

from typing import Any

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.exports import export
from tinygrad_mnist.nn.functional.loss import _reduction_of
from tinygrad_mnist.nn.modules.from_function import FunctionModule, from_function
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.ops.movement import flatten, unflatten
from tinygrad_mnist.core.tensor import Tensor


def _ranked(name: str, base: type, **members: Any) -> list[Any]:
    """The classes `name` 1d, 2d and 3d, with their `rank`."""
    return [type(f"{name}{n}d", (base,), {"__module__": __name__, **members, "rank": n}) for n in (1, 2, 3)]


# activations -------------------------------------------------------------------------------


def _softmax2d(input: Tensor) -> Tensor:
    """`softmax` over the channels of (c, h, w) or (n, c, h, w)."""
    check(input.ndim in (3, 4), "Softmax2d: expected a 3D or 4D input, got {}D instead", input.ndim, error=ValueError)
    return F.softmax(input, -3)


ReLU = from_function("ReLU", F.relu, "inplace?")
ReLU6 = from_function("ReLU6", F.relu6, "inplace?")
LeakyReLU = from_function("LeakyReLU", F.leaky_relu, "negative_slope inplace?")
RReLU = from_function("RReLU", F.rrelu, "lower upper inplace?")
ELU = from_function("ELU", F.elu, "alpha inplace?")
CELU = from_function("CELU", F.celu, "alpha inplace?")
SELU = from_function("SELU", F.selu, "inplace?")
GELU = from_function("GELU", F.gelu, "approximate")
SiLU = from_function("SiLU", F.silu, "inplace?")
Mish = from_function("Mish", F.mish, "inplace?")
Sigmoid = from_function("Sigmoid", F.sigmoid)
LogSigmoid = from_function("LogSigmoid", F.logsigmoid)
Hardsigmoid = from_function("Hardsigmoid", F.hardsigmoid, "inplace-")
Hardswish = from_function("Hardswish", F.hardswish, "inplace-")
Tanh = from_function("Tanh", F.tanh)
Tanhshrink = from_function("Tanhshrink", F.tanhshrink)
Hardtanh = from_function("Hardtanh", F.hardtanh, "min_val max_val inplace?")
Hardshrink = from_function("Hardshrink", F.hardshrink, "lambd=")
Softshrink = from_function("Softshrink", F.softshrink, "lambd=")
Softsign = from_function("Softsign", F.softsign)
Softplus = from_function("Softplus", F.softplus, "beta threshold")
Threshold = from_function("Threshold", F.threshold, "threshold value inplace?")
GLU = from_function("GLU", F.glu, "dim")
Softmax = from_function("Softmax", F.softmax, "dim")
Softmin = from_function("Softmin", F.softmin, "dim")
LogSoftmax = from_function("LogSoftmax", F.log_softmax, "dim")
Softmax2d = from_function("Softmax2d", _softmax2d)


# dropout -----------------------------------------------------------------------------------


class _DropoutNd(FunctionModule):
    """Active in training mode, the identity in evaluation mode."""

    p: float

    def check(self) -> None:
        check(0 <= self.p <= 1, "dropout probability has to be between 0 and 1, but got {}", self.p, error=ValueError)

    def forward(self, input: Tensor) -> Tensor:
        out: Tensor = type(self).function(input, self.p, self.training, self.inplace)
        return out


Dropout = from_function("Dropout", F.dropout, "p inplace", base=_DropoutNd)
Dropout1d = from_function("Dropout1d", F.dropout1d, "p inplace", base=_DropoutNd)
Dropout2d = from_function("Dropout2d", F.dropout2d, "p inplace", base=_DropoutNd)
Dropout3d = from_function("Dropout3d", F.dropout3d, "p inplace", base=_DropoutNd)
AlphaDropout = from_function("AlphaDropout", F.alpha_dropout, "p inplace", base=_DropoutNd)
FeatureAlphaDropout = from_function("FeatureAlphaDropout", F.feature_alpha_dropout, "p inplace", base=_DropoutNd)


# pooling -----------------------------------------------------------------------------------


class _Pool(FunctionModule):
    """A pooling whose stride is its kernel size unless named; those `tupled` show tuples."""

    rank: int
    stride: Any
    tupled = False

    def check(self) -> None:
        self.stride = self.kernel_size if self.stride is None else self.stride
        for name in ("kernel_size", "stride", "padding") if self.tupled else ():
            value = getattr(self, name)
            setattr(self, name, (value,) * self.rank if isinstance(value, int) else tuple(value))


def _pools(name: str, function: str, listed: str, base: type[FunctionModule] = _Pool) -> list[Any]:
    bases = _ranked(name, base)
    return [from_function(each.__name__, getattr(F, f"{function}{each.rank}d"), listed, base=each) for each in bases]


_WINDOWS = "kernel_size stride padding"
MaxPool1d, MaxPool2d, MaxPool3d = _pools("MaxPool", "max_pool", f"{_WINDOWS} dilation return_indices- ceil_mode")
_AVERAGED = f"{_WINDOWS} ceil_mode- count_include_pad-"
AvgPool1d, AvgPool2d, AvgPool3d = _pools("AvgPool", "avg_pool", f"{_AVERAGED} divisor_override-")
AvgPool1d.tupled = True
LPPool1d, LPPool2d, LPPool3d = _pools("LPPool", "lp_pool", "norm_type kernel_size stride ceil_mode", FunctionModule)
AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d = _pools(
    "AdaptiveAvgPool", "adaptive_avg_pool", "output_size", FunctionModule
)
AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d = _pools(
    "AdaptiveMaxPool", "adaptive_max_pool", "output_size return_indices-", FunctionModule
)


# shape and size ----------------------------------------------------------------------------


class _Pad(Module):
    """Pads the last `rank` dimensions by one number on every side, or by (left, right, top, bottom, ...)."""

    rank: int
    mode = "constant"

    def __init__(self, padding: Any, value: float | None = None) -> None:
        super().__init__()
        self.padding, self.value = (padding,) * (2 * self.rank) if isinstance(padding, int) else tuple(padding), value

    def forward(self, input: Tensor) -> Tensor:
        ok = self.mode != "circular" or input.ndim in (self.rank + 1, self.rank + 2)
        check(ok, "{}: {}D input", type(self).__name__, input.ndim, error=ValueError)
        return F.pad(input, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        return f"{self.padding}" if self.value is None else f"padding={self.padding}, value={self.value}"


ConstantPad1d, ConstantPad2d, ConstantPad3d = _ranked("ConstantPad", _Pad)
ZeroPad1d, ZeroPad2d, ZeroPad3d = _ranked("ZeroPad", _Pad)
ReflectionPad1d, ReflectionPad2d, ReflectionPad3d = _ranked("ReflectionPad", _Pad, mode="reflect")
ReplicationPad1d, ReplicationPad2d, ReplicationPad3d = _ranked("ReplicationPad", _Pad, mode="replicate")
CircularPad1d, CircularPad2d, CircularPad3d = _ranked("CircularPad", _Pad, mode="circular")


class _Upsample(FunctionModule):
    def check(self) -> None:
        factor = self.scale_factor
        self.scale_factor: Any = tuple(map(float, factor)) if isinstance(factor, tuple) else factor and float(factor)


def _unflatten(input: Tensor, dim: int, unflattened_size: Any) -> Tensor:
    """Dimension `dim` taken apart into several."""
    return unflatten(input, dim, unflattened_size)


Flatten = from_function("Flatten", flatten, "start_dim end_dim", start_dim=1)
Unflatten = from_function("Unflatten", _unflatten, "dim unflattened_size")
_SIZED = "size? scale_factor? mode align_corners-"
Upsample = from_function("Upsample", F.interpolate, f"{_SIZED} recompute_scale_factor-", base=_Upsample)
UpsamplingNearest2d = from_function("UpsamplingNearest2d", F.interpolate, _SIZED, base=_Upsample)
UpsamplingBilinear2d = from_function("UpsamplingBilinear2d", F.interpolate, _SIZED, base=_Upsample, mode="bilinear",
                                     align_corners=True)  # fmt: skip
PixelShuffle = from_function("PixelShuffle", F.pixel_shuffle, "upscale_factor")
PixelUnshuffle = from_function("PixelUnshuffle", F.pixel_unshuffle, "downscale_factor")
ChannelShuffle = from_function("ChannelShuffle", F.channel_shuffle, "groups")
Unfold = from_function("Unfold", F.unfold, "kernel_size dilation padding stride")
Fold = from_function("Fold", F.fold, "output_size kernel_size dilation padding stride")


# distances and losses ----------------------------------------------------------------------


class _Loss(FunctionModule):
    """Turns the two old arguments of losses into `reduction`."""

    def check(self, size_average: Any = None, reduce: Any = None) -> None:
        if size_average is not None or reduce is not None:
            self.reduction = _reduction_of("reduction", size_average, reduce)

    def extra_repr(self) -> str:
        return ""


def _loss(name: str, function: Any, listed: str = "size_average reduce reduction", **defaults: Any) -> Any:
    return from_function(name, function, listed, base=_Loss, **defaults)


PairwiseDistance = from_function("PairwiseDistance", F.pairwise_distance, "p- eps- keepdim-")
CosineSimilarity = from_function("CosineSimilarity", F.cosine_similarity, "dim- eps-")
_OLD = "size_average reduce reduction"
_CLASSES = "weight size_average ignore_index reduce reduction"
L1Loss = _loss("L1Loss", F.l1_loss)
MSELoss = _loss("MSELoss", F.mse_loss)
SmoothL1Loss = _loss("SmoothL1Loss", F.smooth_l1_loss, f"{_OLD} beta")
HuberLoss = _loss("HuberLoss", F.huber_loss, "reduction delta")
NLLLoss = _loss("NLLLoss", F.nll_loss, _CLASSES)
CrossEntropyLoss = _loss("CrossEntropyLoss", F.cross_entropy, f"{_CLASSES} label_smoothing")
BCELoss = _loss("BCELoss", F.binary_cross_entropy, f"weight {_OLD}")
BCEWithLogitsLoss = _loss("BCEWithLogitsLoss", F.binary_cross_entropy_with_logits, f"weight {_OLD} pos_weight")
KLDivLoss = _loss("KLDivLoss", F.kl_div, f"{_OLD} log_target")
PoissonNLLLoss = _loss("PoissonNLLLoss", F.poisson_nll_loss, "log_input full size_average eps reduce reduction")
GaussianNLLLoss = _loss("GaussianNLLLoss", F.gaussian_nll_loss, "full eps reduction",
                        keyword="full eps reduction")  # fmt: skip
SoftMarginLoss = _loss("SoftMarginLoss", F.soft_margin_loss)
HingeEmbeddingLoss = _loss("HingeEmbeddingLoss", F.hinge_embedding_loss, f"margin {_OLD}")
MarginRankingLoss = _loss("MarginRankingLoss", F.margin_ranking_loss, f"margin {_OLD}", margin=0.0)
CosineEmbeddingLoss = _loss("CosineEmbeddingLoss", F.cosine_embedding_loss, f"margin {_OLD}", margin=0.0)
MultiMarginLoss = _loss("MultiMarginLoss", F.multi_margin_loss, f"p margin weight {_OLD}")
MultiLabelMarginLoss = _loss("MultiLabelMarginLoss", F.multilabel_margin_loss)
MultiLabelSoftMarginLoss = _loss("MultiLabelSoftMarginLoss", F.multilabel_soft_margin_loss, f"weight {_OLD}")
TripletMarginLoss = _loss("TripletMarginLoss", F.triplet_margin_loss, f"margin p eps swap {_OLD}", p=2.0)
TripletMarginWithDistanceLoss = _loss(
    "TripletMarginWithDistanceLoss", F.triplet_margin_with_distance_loss, "distance_function margin swap reduction",
    keyword="distance_function margin swap reduction",
)  # fmt: skip


export(globals())
