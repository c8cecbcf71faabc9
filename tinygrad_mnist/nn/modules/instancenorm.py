"""Normalisation of channels within each example."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.batchnorm import _NormBase
from tinygrad_mnist.nn.modules.lazy import LazyModuleMixin

__all__ = [
    "InstanceNorm1d",
    "InstanceNorm2d",
    "InstanceNorm3d",
    "LazyInstanceNorm1d",
    "LazyInstanceNorm2d",
    "LazyInstanceNorm3d",
]


class _InstanceNorm(_NormBase):
    """Channels of each example standardised."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(
            num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias
        )

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        batched = input.ndim == self.ranks[-1]
        x = input if batched else input.unsqueeze(0)
        fits = not self.affine or x.size(1) == self.num_features
        message = "expected num_features={} channels, got {}"
        check(fits, message, self.num_features, x.size(1), error=ValueError)
        by_example = self.training or not self.track_running_stats
        out = F.instance_norm(
            x,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            by_example,
            self.momentum or 0.0,
            self.eps,
        )
        return out if batched else out.squeeze(0)


class InstanceNorm1d(_InstanceNorm):
    """Channels of each example standardised. Ulyanov et al. (2016), arXiv:1607.08022.

    Args:
        num_features: the channels, dimension 1.
        eps: added to the variance.
        momentum: the share of the new value in a running statistic.
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
        Input (n, num_features, l) or (num_features, l); output of the same.

    Raises:
        ValueError: if the input has another number of dimensions.

    Example:
        >>> nn.InstanceNorm1d(3)(torch.ones(5, 3, 4)).shape
        torch.Size([5, 3, 4])
    """

    ranks = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Channels of each example standardised. Ulyanov et al. (2016), arXiv:1607.08022.

    Args:
        num_features: the channels, dimension 1.
        eps: added to the variance.
        momentum: the share of the new value in a running statistic.
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
        Input (n, num_features, h, w) or (num_features, h, w); output of the same.

    Raises:
        ValueError: if the input has another number of dimensions.

    Example:
        >>> nn.InstanceNorm2d(3)(torch.ones(5, 3, 4, 4)).shape
        torch.Size([5, 3, 4, 4])
    """

    ranks = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Channels of each example standardised. Ulyanov et al. (2016), arXiv:1607.08022.

    Args:
        num_features: the channels, dimension 1.
        eps: added to the variance.
        momentum: the share of the new value in a running statistic.
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
        Input (n, num_features, d, h, w) or (num_features, d, h, w); output of the same.

    Raises:
        ValueError: if the input has another number of dimensions.

    Example:
        >>> nn.InstanceNorm3d(3)(torch.ones(5, 3, 4, 4, 4)).shape
        torch.Size([5, 3, 4, 4, 4])
    """

    ranks = (4, 5)


# of an input yet unknown ---------------------------------------------------------------------


class LazyInstanceNorm1d(LazyModuleMixin, InstanceNorm1d):
    """`InstanceNorm1d` whose `num_features` is that of its first input.

    Args:
        eps: added to the variance.
        momentum: the share of the new value in a running statistic.
        affine: whether a learned scale and shift follow.
        track_running_stats: whether running statistics are kept, for the evaluation mode.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.
        bias: whether there is a shift.

    Shape:
        As of `InstanceNorm1d`.

    Example:
        >>> nn.LazyInstanceNorm1d()(torch.ones(5, 3, 4)).shape
        torch.Size([5, 3, 4])
    """

    cls_to_become = InstanceNorm1d

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


class LazyInstanceNorm2d(LazyModuleMixin, InstanceNorm2d):
    """`InstanceNorm2d` whose `num_features` is that of its first input.

    Args:
        eps: added to the variance.
        momentum: the share of the new value in a running statistic.
        affine: whether a learned scale and shift follow.
        track_running_stats: whether running statistics are kept, for the evaluation mode.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.
        bias: whether there is a shift.

    Shape:
        As of `InstanceNorm2d`.

    Example:
        >>> nn.LazyInstanceNorm2d()(torch.ones(5, 3, 4, 4)).shape
        torch.Size([5, 3, 4, 4])
    """

    cls_to_become = InstanceNorm2d

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


class LazyInstanceNorm3d(LazyModuleMixin, InstanceNorm3d):
    """`InstanceNorm3d` whose `num_features` is that of its first input.

    Args:
        eps: added to the variance.
        momentum: the share of the new value in a running statistic.
        affine: whether a learned scale and shift follow.
        track_running_stats: whether running statistics are kept, for the evaluation mode.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.
        bias: whether there is a shift.

    Shape:
        As of `InstanceNorm3d`.

    Example:
        >>> nn.LazyInstanceNorm3d()(torch.ones(5, 3, 4, 4, 4)).shape
        torch.Size([5, 3, 4, 4, 4])
    """

    cls_to_become = InstanceNorm3d

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
