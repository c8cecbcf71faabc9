"""Normalisation over the batch and over single examples, with running statistics."""

from typing import Any

from tinygrad_mnist.creation import ones, tensor, zeros
from tinygrad_mnist.errors import check
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.from_function import REQUIRED, from_function
from tinygrad_mnist.nn.modules.normalization import _Affine
from tinygrad_mnist.tensor import Tensor

__all__ = ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"]


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
        check(input.ndim in self.ranks, "expected {} input (got {}D input)",
              " or ".join(f"{rank}D" for rank in self.ranks), input.ndim, error=ValueError)  # fmt: skip


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
        check(not self.affine or x.size(1) == self.num_features, "expected input's size at dim=1 to match num_features"
              " ({}), but got: {}.", self.num_features, x.size(1), error=ValueError)  # fmt: skip
        now = self.training or not self.track_running_stats
        out = F.instance_norm(
            x, self.running_mean, self.running_var, self.weight, self.bias, now, self.momentum or 0.0, self.eps
        )
        return out if x is input else out.squeeze(0)


def _norm(name: str, function: Any, base: Any, normal: bool, *ranks: int) -> Any:
    made = from_function(
        name, function, "num_features= eps momentum affine bias track_running_stats", base=base, keyword="bias",
        unused="device dtype bias", num_features=REQUIRED, eps=1e-5, momentum=0.1, affine=normal,
        track_running_stats=normal, device=None, dtype=None, bias=True,
    )  # fmt: skip
    made.ranks = ranks
    return made


BatchNorm1d = _norm("BatchNorm1d", F.batch_norm, _BatchNorm, True, 2, 3)
BatchNorm2d = _norm("BatchNorm2d", F.batch_norm, _BatchNorm, True, 4)
BatchNorm3d = _norm("BatchNorm3d", F.batch_norm, _BatchNorm, True, 5)
InstanceNorm1d = _norm("InstanceNorm1d", F.instance_norm, _InstanceNorm, False, 2, 3)
InstanceNorm2d = _norm("InstanceNorm2d", F.instance_norm, _InstanceNorm, False, 3, 4)
InstanceNorm3d = _norm("InstanceNorm3d", F.instance_norm, _InstanceNorm, False, 4, 5)
