"""Normalisation: activations brought to mean 0 and variance 1 over some of their dimensions."""

import math
from typing import Any

import numpy as np

from tinygrad_mnist.composed.statistics import var
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.nn.functional.convolution import avg_pool2d, pad
from tinygrad_mnist.ops.movement import reshape
from tinygrad_mnist.ops.pointwise import rsqrt
from tinygrad_mnist.ops.reduction import mean
from tinygrad_mnist.tape import mode, no_grad, record
from tinygrad_mnist.core.tensor import Tensor, wrap

__all__ = ["batch_norm", "group_norm", "instance_norm", "layer_norm", "local_response_norm", "rms_norm"]


def _standardized(input: Tensor, dims: Any, eps: float) -> Tensor:
    """(x - mean) / sqrt(variance + eps) over dimensions, the variance biased."""
    axes = tuple(dims) if isinstance(dims, list) else dims
    out = input.array - input.array.mean(axes, keepdims=True)
    held = wrap(1 / np.sqrt((out * out).mean(axes, keepdims=True) + eps))
    out *= held.array

    def rule(g: Tensor, y: Tensor) -> Tensor:
        scale = held
        if mode.recording:
            centered = input - mean(input, dims, True)
            scale = rsqrt(mean(centered * centered, dims, True) + eps)
        return (g - mean(g, dims, True) - y * mean(g * y, dims, True)) * scale

    return record("standardized", out, (input, rule), output=True)


def _affine(x: Tensor, weight: Tensor | None, bias: Tensor | None, shape: Any = None) -> Tensor:
    """x times weight plus bias: one of each for each channel, or of the given shape."""
    shape = (1, -1) + (1,) * (x.ndim - 2) if shape is None else shape
    x = x if weight is None else x * reshape(weight, shape)
    return x if bias is None else x + reshape(bias, shape)


def _follow(running: Any, now: Any, momentum: float) -> None:
    """Move the running statistics, where there are some, towards those of a batch."""
    for tensor, value in zip(running, now, strict=True):
        if tensor is not None:
            tensor.mul_(1 - momentum).add_(value * momentum)


def _more_than_one(count: int, what: str, input: Tensor) -> None:
    wanted = "Expected more than 1 {} when training, got input size {}"
    check(count != 1, wanted, what, input.shape, error=ValueError)


def batch_norm(
    input: Tensor, running_mean: Tensor | None, running_var: Tensor | None, weight: Tensor | None = None,
    bias: Tensor | None = None, training: bool = False, momentum: float = 0.1, eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """Each channel (dimension 1) standardised over the batch in training, by its running statistics otherwise.

    Training moves the running statistics towards the batch's by `momentum`, the variance unbiased.
    Ioffe and Szegedy (2015), arXiv:1502.03167.
    """
    _more_than_one(
        math.prod(input.array.shape[:1] + input.array.shape[2:]) if training else 0, "value per channel", input
    )
    check(eps > 0 or (eps == 0 and not training), "batch_norm eps must be {}, but got {}",
          "positive during training" if training else "non-negative", eps, error=ValueError)  # fmt: skip
    if not input.array.size:
        return _affine(input.clone(), weight, bias)
    if not training:
        check(running_mean is not None and running_var is not None, "batch_norm: evaluation needs running statistics")
        centered = _affine(input, None, -running_mean)  # type: ignore[operator]
        return _affine(_affine(centered, rsqrt(running_var + eps), None), weight, bias)  # type: ignore[operator]
    dims = [d for d in range(input.ndim) if d != 1]
    with no_grad():
        _follow((running_mean, running_var), (mean(input, dims), var(input, dims)), momentum)
    return _affine(_standardized(input, dims, eps), weight, bias)


def layer_norm(
    input: Tensor, normalized_shape: Any, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Standardised over the last dimensions, those of `normalized_shape`. Ba et al. (2016), arXiv:1607.06450."""
    shape, dims = _tail(input, normalized_shape, "layer_norm")
    return _affine(_standardized(input, dims, eps), weight, bias, shape)


def rms_norm(input: Tensor, normalized_shape: Any, weight: Tensor | None = None, eps: float | None = None) -> Tensor:
    """Divided by the root of the mean square over the last dimensions. Zhang and Sennrich (2019), arXiv:1910.07467."""
    shape, dims = _tail(input, normalized_shape, "rms_norm")
    small = np.finfo(input.array.dtype).eps.item() if eps is None else eps
    return _affine(input * rsqrt(mean(input * input, dims, True) + small), weight, None, shape)


def _tail(input: Tensor, normalized_shape: Any, name: str) -> tuple[tuple[int, ...], list[int]]:
    """The shape of the dimensions to normalise over, and their numbers."""
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    fits = shape and input.array.shape[input.ndim - len(shape) :] == shape
    check(fits, "{}: Given normalized_shape={}, expected input with shape [*, {}], but got input of size{}", name,
          list(shape), ", ".join(map(str, shape)), list(input.shape))  # fmt: skip
    return shape, list(range(-len(shape), 0))


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Standardised over groups of channels (dimension 1). Wu and He (2018), arXiv:1803.08494."""
    check(input.ndim >= 2, "Expected at least 2 dimensions for input tensor but received {}", input.ndim)
    n, c, *size = input.shape
    _more_than_one(n * c // num_groups * math.prod(size), "value per channel", input)
    check(c % num_groups == 0, "group_norm: Expected number of channels in input to be divisible by num_groups, but got"
          " input of shape {} and num_groups={}", list(input.shape), num_groups)  # fmt: skip
    grouped = reshape(input, (n, num_groups, c // num_groups * math.prod(size)))
    return _affine(reshape(_standardized(grouped, -1, eps), input.shape), weight, bias)


def instance_norm(
    input: Tensor, running_mean: Tensor | None = None, running_var: Tensor | None = None, weight: Tensor | None = None,
    bias: Tensor | None = None, use_input_stats: bool = True, momentum: float = 0.1, eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """Each channel of each example standardised by itself. Ulyanov et al. (2016), arXiv:1607.08022."""
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    _more_than_one(math.prod(input.array.shape[2:]), "spatial element", input)
    dims = list(range(2, input.ndim))
    with no_grad():
        now = mean(input, [0, *dims]), mean(var(input, dims), 0)
        _follow((running_mean, running_var), now, momentum)
    return _affine(_standardized(input, dims, eps), weight, bias)


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """Divided by (k + alpha * mean square over `size` neighbouring channels) ** beta."""
    check(input.ndim > 2, "Expected 3D or higher dimensionality input (got {})", input.shape, error=ValueError)
    if not input.array.size:
        return input
    columns = reshape(input * input, (len(input), 1, input.array.shape[1], -1))
    square = avg_pool2d(pad(columns, (0, 0, size // 2, (size - 1) // 2)), (size, 1), 1)
    return input / (reshape(square, input.shape) * alpha + k) ** beta
