"""Normalisation of channels over the batch, with running statistics."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.lazy import LazyModuleMixin
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.modules.utils import _check_integers
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.ops.creation import empty, ones, tensor, zeros

__all__ = [
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "LazyBatchNorm1d",
    "LazyBatchNorm2d",
    "LazyBatchNorm3d",
]


class _NormBase(Module):
    """Parameters and running statistics of a normalisation of channels.

    Attributes:
        ranks: how many dimensions an input may have.
    """

    ranks: tuple[int, ...]
    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        _check_integers(self, num_features=num_features)
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        if track_running_stats:
            self.register_buffer("running_mean", zeros(num_features, dtype=dtype, device=device))
            self.register_buffer("running_var", ones(num_features, dtype=dtype, device=device))
            self.register_buffer("num_batches_tracked", tensor(0))
        else:
            self.register_buffer("running_mean", None)
            self.register_buffer("running_var", None)
            self.register_buffer("num_batches_tracked", None)
        if affine:
            self.weight = Parameter(empty(num_features, dtype=dtype, device=device))
        else:
            self.register_parameter("weight", None)
        if affine and bias:
            self.bias = Parameter(empty(num_features, dtype=dtype, device=device))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Forget the running statistics."""
        if not self.track_running_stats:
            return
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        self.running_mean.zero_()
        self.running_var.fill_(1)
        self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Scale 1 and shift 0, and no statistics."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def _check_input_dim(self, input: Tensor) -> None:
        wanted = "D or ".join(str(rank) for rank in self.ranks)
        message = "expected {}D input (got {}D input)"
        check(input.ndim in self.ranks, message, wanted, input.ndim, error=ValueError)

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine},"
            f" bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(_NormBase):
    """Channels standardised over the batch."""

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        momentum = self.momentum or 0.0
        if self.training and self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:
                momentum = 1.0 / self.num_batches_tracked.item()
        by_batch = self.training or self.running_mean is None
        mean = None
        variance = None
        if self.track_running_stats or not self.training:
            mean = self.running_mean
            variance = self.running_var
        return F.batch_norm(
            input, mean, variance, self.weight, self.bias, by_batch, momentum, self.eps
        )


class BatchNorm1d(_BatchNorm):
    """Channels standardised over the batch. Ioffe and Szegedy (2015), arXiv:1502.03167.

    Args:
        num_features: the channels, dimension 1.
        eps: added to the variance.
        momentum: the share of the new value in a running statistic; None for the mean of all
            batches.
        affine: whether a learned scale and shift follow.
        track_running_stats: whether running statistics are kept, for the evaluation mode.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.
        bias: whether there is a shift.

    Attributes:
        weight: the scale, (num_features,), 1 at the start; or None.
        bias: the shift, (num_features,), 0 at the start; or None.
        running_mean: (num_features,), or None.
        running_var: (num_features,), or None.
        num_batches_tracked: how many batches there were, or None.

    Shape:
        Input (n, num_features) or (n, num_features, l); output of the same.

    Raises:
        ValueError: if the input has another number of dimensions.

    Example:
        >>> nn.BatchNorm1d(3)(torch.ones(5, 3, 4)).shape
        torch.Size([5, 3, 4])
    """

    ranks = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Channels standardised over the batch. Ioffe and Szegedy (2015), arXiv:1502.03167.

    Args:
        num_features: the channels, dimension 1.
        eps: added to the variance.
        momentum: the share of the new value in a running statistic; None for the mean of all
            batches.
        affine: whether a learned scale and shift follow.
        track_running_stats: whether running statistics are kept, for the evaluation mode.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.
        bias: whether there is a shift.

    Attributes:
        weight: the scale, (num_features,), 1 at the start; or None.
        bias: the shift, (num_features,), 0 at the start; or None.
        running_mean: (num_features,), or None.
        running_var: (num_features,), or None.
        num_batches_tracked: how many batches there were, or None.

    Shape:
        Input (n, num_features, h, w); output of the same.

    Raises:
        ValueError: if the input has another number of dimensions.

    Example:
        >>> nn.BatchNorm2d(3)(torch.ones(5, 3, 4, 4)).shape
        torch.Size([5, 3, 4, 4])
    """

    ranks = (4,)


class BatchNorm3d(_BatchNorm):
    """Channels standardised over the batch. Ioffe and Szegedy (2015), arXiv:1502.03167.

    Args:
        num_features: the channels, dimension 1.
        eps: added to the variance.
        momentum: the share of the new value in a running statistic; None for the mean of all
            batches.
        affine: whether a learned scale and shift follow.
        track_running_stats: whether running statistics are kept, for the evaluation mode.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.
        bias: whether there is a shift.

    Attributes:
        weight: the scale, (num_features,), 1 at the start; or None.
        bias: the shift, (num_features,), 0 at the start; or None.
        running_mean: (num_features,), or None.
        running_var: (num_features,), or None.
        num_batches_tracked: how many batches there were, or None.

    Shape:
        Input (n, num_features, d, h, w); output of the same.

    Raises:
        ValueError: if the input has another number of dimensions.

    Example:
        >>> nn.BatchNorm3d(3)(torch.ones(5, 3, 4, 4, 4)).shape
        torch.Size([5, 3, 4, 4, 4])
    """

    ranks = (5,)


# of an input yet unknown ---------------------------------------------------------------------


class LazyBatchNorm1d(LazyModuleMixin, BatchNorm1d):
    """`BatchNorm1d` whose `num_features` is that of its first input.

    Args:
        eps: added to the variance.
        momentum: the share of the new value in a running statistic; None for the mean of all
            batches.
        affine: whether a learned scale and shift follow.
        track_running_stats: whether running statistics are kept, for the evaluation mode.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.
        bias: whether there is a shift.

    Shape:
        As of `BatchNorm1d`.

    Example:
        >>> nn.LazyBatchNorm1d()(torch.ones(5, 3, 4)).shape
        torch.Size([5, 3, 4])
    """

    cls_to_become = BatchNorm1d

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        self._wait_for_input(
            "num_features",
            1,
            eps=eps,
            momentum=momentum,
            affine=affine,
            track_running_stats=track_running_stats,
            device=device,
            dtype=dtype,
            bias=bias,
        )


class LazyBatchNorm2d(LazyModuleMixin, BatchNorm2d):
    """`BatchNorm2d` whose `num_features` is that of its first input.

    Args:
        eps: added to the variance.
        momentum: the share of the new value in a running statistic; None for the mean of all
            batches.
        affine: whether a learned scale and shift follow.
        track_running_stats: whether running statistics are kept, for the evaluation mode.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.
        bias: whether there is a shift.

    Shape:
        As of `BatchNorm2d`.

    Example:
        >>> nn.LazyBatchNorm2d()(torch.ones(5, 3, 4, 4)).shape
        torch.Size([5, 3, 4, 4])
    """

    cls_to_become = BatchNorm2d

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        self._wait_for_input(
            "num_features",
            1,
            eps=eps,
            momentum=momentum,
            affine=affine,
            track_running_stats=track_running_stats,
            device=device,
            dtype=dtype,
            bias=bias,
        )


class LazyBatchNorm3d(LazyModuleMixin, BatchNorm3d):
    """`BatchNorm3d` whose `num_features` is that of its first input.

    Args:
        eps: added to the variance.
        momentum: the share of the new value in a running statistic; None for the mean of all
            batches.
        affine: whether a learned scale and shift follow.
        track_running_stats: whether running statistics are kept, for the evaluation mode.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.
        bias: whether there is a shift.

    Shape:
        As of `BatchNorm3d`.

    Example:
        >>> nn.LazyBatchNorm3d()(torch.ones(5, 3, 4, 4, 4)).shape
        torch.Size([5, 3, 4, 4, 4])
    """

    cls_to_become = BatchNorm3d

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        self._wait_for_input(
            "num_features",
            1,
            eps=eps,
            momentum=momentum,
            affine=affine,
            track_running_stats=track_running_stats,
            device=device,
            dtype=dtype,
            bias=bias,
        )
