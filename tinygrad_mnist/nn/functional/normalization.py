"""Normalisation: activations brought to mean 0 and variance 1 over some of their dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_mnist.ops.movement import cat
from tinygrad_mnist.ops.pointwise import rsqrt
from tinygrad_mnist.ops.reduction import mean
from tinygrad_mnist.tape import no_grad
from tinygrad_mnist.tensor import Tensor

__all__ = ["batch_norm", "group_norm", "instance_norm", "layer_norm", "local_response_norm", "rms_norm"]


def standardized(input: Tensor, dims: Any, eps: float) -> Tensor:
    """(x - mean) / sqrt(variance + eps) over dimensions, the variance biased."""
    centered = input - mean(input, dims, True)
    return centered * rsqrt(mean(centered * centered, dims, True) + eps)


def _affine(x: Tensor, weight: Tensor | None, bias: Tensor | None, shape: Any) -> Tensor:
    if weight is not None:
        x = x * weight.reshape(shape)
    return x if bias is None else x + bias.reshape(shape)


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel (dimension 1) standardised over the batch in training, by its running statistics otherwise.

    Training moves the running statistics towards the batch's by `momentum`, the variance unbiased.
    Ioffe and Szegedy (2015), arXiv:1502.03167.
    """
    shape = (1, -1) + (1,) * (input.ndim - 2)
    if not training:
        assert running_mean is not None and running_var is not None
        scale = rsqrt(running_var + eps)
        return _affine((input - running_mean.reshape(shape)) * scale.reshape(shape), weight, bias, shape)
    dims = [d for d in range(input.ndim) if d != 1]
    count = input.numel() // max(input.array.shape[1], 1)
    if count <= 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {input.shape}")
    if running_mean is not None and running_var is not None:
        with no_grad():
            now = input.detach()
            running_mean.mul_(1 - momentum).add_(mean(now, dims) * momentum)
            running_var.mul_(1 - momentum).add_(now.var(dims) * momentum)
    return _affine(standardized(input, dims, eps), weight, bias, shape)


def layer_norm(
    input: Tensor, normalized_shape: Any, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Standardised over the last dimensions, those of `normalized_shape`. Ba et al. (2016), arXiv:1607.06450."""
    shape = _tail(input, normalized_shape, "layer_norm")
    return _affine(standardized(input, [-d - 1 for d in range(len(shape))], eps), weight, bias, shape)


def rms_norm(input: Tensor, normalized_shape: Any, weight: Tensor | None = None, eps: float | None = None) -> Tensor:
    """Divided by the root of the mean square over the last dimensions. Zhang and Sennrich (2019), arXiv:1910.07467."""
    shape = _tail(input, normalized_shape, "rms_norm")
    small = np.finfo(input.array.dtype).eps.item() if eps is None else eps
    square = mean(input * input, [-d - 1 for d in range(len(shape))], True)
    return _affine(input * rsqrt(square + small), weight, None, shape)


def _tail(input: Tensor, normalized_shape: Any, name: str) -> tuple[int, ...]:
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if input.array.shape[input.ndim - len(shape) :] != shape:
        raise RuntimeError(
            f"{name}: Given normalized_shape={list(shape)}, expected input with shape [*, "
            f"{', '.join(map(str, shape))}], but got input of size{list(input.shape)}"
        )
    return shape


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Standardised over groups of channels (dimension 1). Wu and He (2018), arXiv:1803.08494."""
    if input.array.shape[1] % num_groups:
        raise RuntimeError(
            f"Expected number of channels in input to be divisible by num_groups, but got input of shape"
            f" {list(input.shape)} and num_groups={num_groups}"
        )
    grouped = input.reshape(input.array.shape[0], num_groups, -1)
    shape = (1, -1) + (1,) * (input.ndim - 2)
    return _affine(standardized(grouped, -1, eps).reshape(input.shape), weight, bias, shape)


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel of each example standardised by itself. Ulyanov et al. (2016), arXiv:1607.08022."""
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    dims = list(range(2, input.ndim))
    if running_mean is not None and running_var is not None:
        with no_grad():
            now = input.detach()
            running_mean.mul_(1 - momentum).add_(mean(now, [0, *dims]) * momentum)
            running_var.mul_(1 - momentum).add_(now.var(dims).mean(0) * momentum)
    return _affine(standardized(input, dims, eps), weight, bias, (1, -1) + (1,) * len(dims))


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """Divided by (k + alpha * mean square over `size` neighbouring channels) ** beta."""
    square = input * input
    zeros = (square[:, :1] * 0).detach()
    padded = cat([zeros] * (size // 2) + [square] + [zeros] * ((size - 1) // 2), 1)
    n = input.array.shape[1]
    total = sum((padded[:, i : i + n] for i in range(1, size)), padded[:, :n])
    return input / (total * (alpha / size) + k) ** beta
