"""Normalisation over the features of each example, and over the batch with running statistics."""

from typing import Any

from tinygrad_mnist.creation import empty, ones, tensor, zeros
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.exports import export
from tinygrad_mnist.nn.modules.from_function import FunctionModule, from_function
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.core.tensor import Tensor


class _Affine(FunctionModule):
    """Followed by a learned scale (weight) and shift (bias), unless its option `switch` is False."""

    learned, sized, switch = "weight bias", "normalized_shape", "elementwise_affine"

    def check(self, device: Any, dtype: Any, bias: bool = False) -> None:
        shape, affine = getattr(self, self.sized), getattr(self, self.switch)
        for name, wanted in (("weight", affine), ("bias", affine and bias)):
            self.register_parameter(name, Parameter(empty(shape, dtype=dtype, device=device)) if wanted else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Scale 1 and shift 0."""
        for parameter, start in ((self.weight, 1), (self.bias, 0)):
            if parameter is not None:
                init.constant_(parameter, start)


class _LayerNorm(_Affine):
    normalized_shape: Any

    def check(self, device: Any, dtype: Any, bias: bool = False) -> None:
        shape: Any = self.normalized_shape
        self.normalized_shape = (shape,) if isinstance(shape, int) else tuple(shape)
        super().check(device, dtype, bias)


class _GroupNorm(_Affine):
    sized, switch = "num_channels", "affine"

    def check(self, device: Any, dtype: Any, bias: bool = True) -> None:
        check(self.num_channels % self.num_groups == 0, "num_channels ({}) must be divisible by num_groups ({})",
              self.num_channels, self.num_groups, error=ValueError)  # fmt: skip
        super().check(device, dtype, bias)


class _NormBase(_Affine):
    """Parameters and running statistics of a normalisation over channels."""

    sized, switch = "num_features", "affine"
    ranks: tuple[int, ...] = ()

    def check(self, device: Any, dtype: Any, bias: bool = True) -> None:
        n, tracked = self.num_features, self.track_running_stats
        self.register_buffer("running_mean", zeros(n, dtype=dtype, device=device) if tracked else None)
        self.register_buffer("running_var", ones(n, dtype=dtype, device=device) if tracked else None)
        self.register_buffer("num_batches_tracked", tensor(0) if tracked else None)
        super().check(device, dtype, bias)

    def reset_running_stats(self) -> None:
        """Forget the running statistics."""
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Scale 1 and shift 0, and no statistics."""
        self.reset_running_stats()
        super().reset_parameters()

    def _check_input_dim(self, input: Tensor) -> None:
        wanted = "D or ".join(map(str, self.ranks))
        check(input.ndim in self.ranks, "expected {}D input (got {}D input)", wanted, input.ndim, error=ValueError)


class _BatchNorm(_NormBase):
    """Channels standardised over the batch. Ioffe and Szegedy (2015), arXiv:1502.03167."""

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        momentum = self.momentum or 0.0
        if self.training and self.track_running_stats:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:
                momentum = 1.0 / self.num_batches_tracked.item()
        used = self.track_running_stats or not self.training
        average, variance = (self.running_mean, self.running_var) if used else (None, None)
        now = self.training or self.running_mean is None
        return F.batch_norm(input, average, variance, self.weight, self.bias, now, momentum, self.eps)


class _InstanceNorm(_NormBase):
    """Channels of each example standardised. Ulyanov et al. (2016), arXiv:1607.08022."""

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        x = input if input.ndim == self.ranks[-1] else input.unsqueeze(0)
        fits = not self.affine or x.size(1) == self.num_features
        check(fits, "expected num_features={} channels, got {}", self.num_features, x.size(1), error=ValueError)
        now = self.training or not self.track_running_stats
        statistics, momentum = (self.running_mean, self.running_var), self.momentum or 0.0
        out = F.instance_norm(x, *statistics, self.weight, self.bias, now, momentum, self.eps)
        return out if x is input else out.squeeze(0)


def _norm(name: str, base: Any, affine: bool, *ranks: int) -> Any:
    made = from_function(
        name, F.batch_norm, "num_features= eps momentum affine bias track_running_stats", base=base, keyword="bias",
        affine=affine, bias=True, track_running_stats=affine,
    )  # fmt: skip
    made.ranks, made.__doc__ = ranks, base.__doc__
    return made


LayerNorm = from_function("LayerNorm", F.layer_norm, "normalized_shape= eps elementwise_affine bias", base=_LayerNorm,
                          elementwise_affine=True, bias=True)  # fmt: skip
RMSNorm = from_function("RMSNorm", F.rms_norm, "normalized_shape= eps elementwise_affine", base=_LayerNorm,
                        elementwise_affine=True)  # fmt: skip
GroupNorm = from_function("GroupNorm", F.group_norm, "num_groups= num_channels= eps affine bias", base=_GroupNorm,
                          keyword="bias", affine=True, bias=True)  # fmt: skip
LocalResponseNorm = from_function("LocalResponseNorm", F.local_response_norm, "size= alpha beta k")
BatchNorm1d = _norm("BatchNorm1d", _BatchNorm, True, 2, 3)
BatchNorm2d = _norm("BatchNorm2d", _BatchNorm, True, 4)
BatchNorm3d = _norm("BatchNorm3d", _BatchNorm, True, 5)
InstanceNorm1d = _norm("InstanceNorm1d", _InstanceNorm, False, 2, 3)
InstanceNorm2d = _norm("InstanceNorm2d", _InstanceNorm, False, 3, 4)
InstanceNorm3d = _norm("InstanceNorm3d", _InstanceNorm, False, 4, 5)

export(globals())
