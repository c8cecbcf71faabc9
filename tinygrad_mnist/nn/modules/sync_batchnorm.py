"""Batch normalisation over the parts of a batch that all ranks of a job have."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.modes import no_grad
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.distributed.nn.functional import all_reduce
from tinygrad_mnist.distributed.process_group import (
    ProcessGroup,
    get_world_size,
    group_of,
    is_initialized,
)
from tinygrad_mnist.nn.modules.batchnorm import _BatchNorm
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.ops.creation import tensor

__all__ = ["SyncBatchNorm"]


class SyncBatchNorm(_BatchNorm):
    """Channels standardised over the batches of all ranks together.

    In evaluation, or with one rank, it is `BatchNorm`. Ranks may have batches of different sizes.

    Args:
        num_features: the channels, dimension 1.
        eps: added to the variance.
        momentum: the share of the new value in a running statistic; None for the mean of all
            batches.
        affine: whether a learned scale and shift follow.
        track_running_stats: whether running statistics are kept, for the evaluation mode.
        process_group: whose ranks. Default: all.
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
        Input (n, num_features, ...) of at least two dimensions; output of the same.

    Raises:
        ValueError: if the input has fewer dimensions, or there is one element for each channel.

    Example:
        >>> nn.SyncBatchNorm(3)(torch.ones(5, 3, 4)).shape
        torch.Size([5, 3, 4])
    """

    ranks = ()

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        process_group: ProcessGroup | None = None,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        options = (eps, momentum, affine, track_running_stats, device, dtype)
        super().__init__(num_features, *options, bias=bias)
        self.process_group = process_group

    def _check_input_dim(self, input: Tensor) -> None:
        message = "expected at least 2D input (got {}D input)"
        check(input.ndim >= 2, message, input.ndim, error=ValueError)
        message = "SyncBatchNorm: got {} channels, wanted {}"
        fits = input.shape[1] == self.num_features
        check(fits, message, input.shape[1], self.num_features, error=ValueError)

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        by_batch = self.training or self.running_mean is None
        if not by_batch or not is_initialized() or get_world_size(self.process_group) == 1:
            return super().forward(input)
        return self._over_all_ranks(input)

    def _over_all_ranks(self, input: Tensor) -> Tensor:
        group = group_of(self.process_group)
        others = [dim for dim in range(input.ndim) if dim != 1]
        shape = [1, self.num_features] + [1] * (input.ndim - 2)
        own = tensor(input.numel() / self.num_features, dtype=input.dtype)
        count = all_reduce(own, group=group)
        message = "Expected more than 1 value per channel when training, got input size {}"
        check(count.item() > 1, message, input.shape, error=ValueError)
        mean = all_reduce(input.sum(others), group=group) / count
        centred = input - mean.reshape(shape)
        variance = all_reduce((centred * centred).sum(others), group=group) / count
        if self.track_running_stats:
            self._track(mean.detach(), variance.detach(), count.item())
        result = centred / (variance + self.eps).sqrt().reshape(shape)
        if self.weight is not None:
            result = result * self.weight.reshape(shape)
        if self.bias is not None:
            result = result + self.bias.reshape(shape)
        return result

    def _track(self, mean: Tensor, variance: Tensor, count: float) -> None:
        """Move the running statistics."""
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        self.num_batches_tracked.add_(1)
        share = self.momentum
        if share is None:
            share = 1.0 / self.num_batches_tracked.item()
        with no_grad():
            self.running_mean.lerp_(mean.to(self.running_mean.dtype), share)
            unbiased = variance * (count / (count - 1))
            self.running_var.lerp_(unbiased.to(self.running_var.dtype), share)

    @classmethod
    def convert_sync_batchnorm(
        cls, module: Module, process_group: ProcessGroup | None = None
    ) -> Module:
        """Replace the batch normalisations in a module by ones over all ranks.

        Args:
            module: a module; what is in it is replaced in place.
            process_group: whose ranks. Default: all.

        Returns:
            The module; a new one if it is a batch normalisation itself.

        Example:
            >>> model = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3))
            >>> type(nn.SyncBatchNorm.convert_sync_batchnorm(model)[1]).__name__
            'SyncBatchNorm'
        """
        converted: Module = module
        if isinstance(module, _BatchNorm) and not isinstance(module, cls):
            options = (module.eps, module.momentum, module.affine, module.track_running_stats)
            made = cls(module.num_features, *options, process_group)
            made.weight = module.weight
            made.bias = module.bias
            for name in ("running_mean", "running_var", "num_batches_tracked"):
                setattr(made, name, getattr(module, name))
            made.training = module.training
            converted = made
        for name, child in module.named_children():
            converted.add_module(name, cls.convert_sync_batchnorm(child, process_group))
        return converted
