"""Normalisation: activations brought to mean 0 and variance 1 over some of their dimensions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tinygrad_mnist.core.arithmetic import HALF, copy_tensor
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.modes import no_grad
from tinygrad_mnist.core.record import record, record_joint
from tinygrad_mnist.core.refusals import tensors_only
from tinygrad_mnist.core.state import state
from tinygrad_mnist.core.tensor import Array, Tensor
from tinygrad_mnist.nn.functional.padding import pad
from tinygrad_mnist.nn.functional.pooling import avg_pool2d
from tinygrad_mnist.ops.arguments import cast, supported, widened
from tinygrad_mnist.ops.pointwise import rsqrt
from tinygrad_mnist.ops.reduction import mean
from tinygrad_mnist.ops.shape import reshape
from tinygrad_mnist.ops.statistics import var

__all__ = [
    "batch_norm",
    "group_norm",
    "instance_norm",
    "layer_norm",
    "local_response_norm",
    "rms_norm",
]

Ints = tuple[int, ...]


@tensors_only
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
    """Each channel standardised over the batch in training, by its running statistics otherwise.

    (x - mean) / sqrt(variance + eps) * weight + bias. Ioffe and Szegedy (2015), arXiv:1502.03167.

    Args:
        input: (n, c, *size).
        running_mean: (c,); in training it is moved towards the batch's mean.
        running_var: (c,); in training it is moved towards the batch's unbiased variance.
        weight: a factor for each channel, (c,).
        bias: added to each channel, (c,).
        training: whether the batch's own statistics are used, and the running ones updated.
        momentum: how far the running statistics move towards the batch's.
        eps: added to the variance.

    Returns:
        input's shape.

    Raises:
        ValueError: in training, if there is but one value for each channel; if eps is not positive.
        RuntimeError: if running statistics are missing where they are needed.

    Example:
        >>> x = torch.tensor([[1.0, 10.0], [3.0, 30.0]])
        >>> F.batch_norm(x, None, None, training=True)
        tensor([[-1.0000, -1.0000],
                [ 1.0000,  1.0000]])
    """
    supported("batch_norm", "f", input)
    shape = input.array.shape
    if training:
        _require_many(math.prod(shape[:1] + shape[2:]), "value per channel", input)
    wanted = "positive during training" if training else "non-negative"
    _check_channels(input, running_mean, running_var, weight, bias)
    ok = eps > 0 or (eps == 0 and not training)
    check(ok, "batch_norm eps must be {}, but got {}", wanted, eps, error=ValueError)
    _refuse_mixed(input, weight, bias)
    if not input.array.size:
        return _affine(input.clone(), weight, bias)
    x = widened(input)
    if not training:
        if running_mean is None or running_var is None:
            raise RuntimeError("batch_norm: evaluation needs running statistics")
        centered = _affine(x, None, -running_mean)
        standardized = _affine(centered, rsqrt(widened(running_var) + eps), None)
        return _rounded(_affine(standardized, weight, bias), input)
    dims = (0, *range(2, input.ndim))
    with no_grad():
        if running_mean is not None:
            _update(running_mean, mean(x, dims), momentum)
        if running_var is not None:
            _update(running_var, var(x, dims), momentum)
    standardized = _standardize(x, dims, eps, weight is None and bias is None)
    return _rounded(_affine(standardized, weight, bias), input)


@tensors_only
def layer_norm(
    input: Tensor,
    normalized_shape: int | Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Each example standardised over its last dimensions. Ba et al. (2016), arXiv:1607.06450.

    Args:
        input: (..., *normalized_shape).
        normalized_shape: the last dimensions of the input, those to standardise over.
        weight: a factor for each element, (*normalized_shape).
        bias: added to each element, (*normalized_shape).
        eps: added to the variance.

    Returns:
        input's shape.

    Raises:
        RuntimeError: if the input does not end with `normalized_shape`.

    Example:
        >>> F.layer_norm(torch.tensor([[1.0, 2.0, 3.0]]), (3,))
        tensor([[-1.2247,  0.0000,  1.2247]])
    """
    supported("LayerNormKernelImpl", "f", input)
    _refuse_mixed(input, weight, bias)
    shape = _normalized_shape(input, normalized_shape, "layer_norm")
    dims = tuple(range(-len(shape), 0))
    standardized = _standardize(widened(input), dims, eps, weight is None and bias is None)
    return _rounded(_affine(standardized, weight, bias, shape), input)


@tensors_only
def rms_norm(
    input: Tensor,
    normalized_shape: int | Sequence[int],
    weight: Tensor | None = None,
    eps: float | None = None,
) -> Tensor:
    """Each example divided by the root of its mean square over its last dimensions.

    Zhang and Sennrich (2019), arXiv:1910.07467.

    Args:
        input: (..., *normalized_shape).
        normalized_shape: the last dimensions of the input, those to take the mean over.
        weight: a factor for each element, (*normalized_shape).
        eps: added to the mean square. Default: the distance from 1 to the next number of the dtype.

    Returns:
        input's shape.

    Raises:
        RuntimeError: if the input does not end with `normalized_shape`.

    Example:
        >>> F.rms_norm(torch.tensor([[1.0, 7.0]]), (2,))
        tensor([[0.2000, 1.4000]])
    """
    supported("rms_norm", "f", input)
    shape = _normalized_shape(input, normalized_shape, "rms_norm")
    dims = tuple(range(-len(shape), 0))
    if eps is None:
        eps = np.finfo(input.array.dtype).eps.item()
    x = widened(input)
    scale = rsqrt(mean(x * x, dims, True) + eps)
    return _rounded(_affine(x * scale, weight, None, shape), input)


@tensors_only
def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Each example standardised over groups of its channels. Wu and He (2018), arXiv:1803.08494.

    Args:
        input: (n, c, *size).
        num_groups: the number of groups that the channels are divided into.
        weight: a factor for each channel, (c,).
        bias: added to each channel, (c,).
        eps: added to the variance.

    Returns:
        input's shape.

    Raises:
        RuntimeError: if the input has less than two dimensions, or if the channels cannot be
            divided into so many groups.
        ValueError: if there is but one value for each group.

    Example:
        >>> F.group_norm(torch.tensor([[1.0, 3.0, 10.0, 30.0]]), 2)
        tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    supported("GroupNormKernelImpl", "f", input)
    _refuse_mixed(input, weight, bias)
    message = "Expected at least 2 dimensions for input tensor but received {}"
    check(input.ndim >= 2, message, input.ndim)
    shape = input.array.shape
    n, c = shape[:2]
    positions = math.prod(shape[2:])
    _require_many(n * c // num_groups * positions, "value per channel", input)
    message = (
        "group_norm: Expected number of channels in input to be divisible by num_groups, but got"
        " input of shape {} and num_groups={}"
    )
    check(c % num_groups == 0, message, list(shape), num_groups)
    _check_affine(input, weight, bias)
    grouped = reshape(widened(input), (n, num_groups, c // num_groups * positions))
    standardized = _standardize(grouped, (-1,), eps, weight is None and bias is None)
    return _rounded(_affine(reshape(standardized, shape), weight, bias), input)


@tensors_only
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
    """Each channel of each example standardised by itself. Ulyanov et al. (2016), arXiv:1607.08022.

    Args:
        input: (n, c, *size).
        running_mean: (c,); with `use_input_stats` it is moved towards the batch's mean.
        running_var: (c,); with `use_input_stats` it is moved towards the mean of the examples'
            unbiased variances.
        weight: a factor for each channel, (c,).
        bias: added to each channel, (c,).
        use_input_stats: whether the input's own statistics are used, and the running ones updated;
            else it is `batch_norm` by the running ones.
        momentum: how far the running statistics move towards the input's.
        eps: added to the variance.

    Returns:
        input's shape.

    Raises:
        ValueError: if a channel has but one element.

    Example:
        >>> F.instance_norm(torch.tensor([[[1.0, 3.0], [10.0, 30.0]]]))
        tensor([[[-1.0000,  1.0000],
                 [-1.0000,  1.0000]]])
    """
    supported("batch_norm", "f", input)
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    _require_many(math.prod(input.array.shape[2:]), "spatial element", input)
    _check_channels(input, running_mean, running_var, weight, bias)
    dims = tuple(range(2, input.ndim))
    x = widened(input)
    with no_grad():
        if running_mean is not None:
            _update(running_mean, mean(x, (0, *dims)), momentum)
        if running_var is not None:
            _update(running_var, mean(var(x, dims), 0), momentum)
    standardized = _standardize(x, dims, eps, weight is None and bias is None)
    return _rounded(_affine(standardized, weight, bias), input)


@tensors_only
def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """Each element divided by (k + alpha * mean square of the channels beside it) ** beta.

    Krizhevsky et al. (2012), ImageNet classification with deep convolutional neural networks.

    Args:
        input: (n, c, *size).
        size: the number of neighbouring channels, the element's own among them.
        alpha: the factor of the mean square.
        beta: the exponent.
        k: added to the mean square.

    Returns:
        input's shape.

    Raises:
        ValueError: if the input has less than three dimensions.

    Example:
        >>> F.local_response_norm(torch.ones(1, 3, 1), 3, alpha=3.0, beta=1.0).flatten()
        tensor([0.3333, 0.2500, 0.3333])
    """
    message = "Expected 3D or higher dimensionality input (got {})"
    check(input.ndim > 2, message, input.shape, error=ValueError)
    shape = input.array.shape
    if not input.array.size:
        return input
    x = widened(input)
    columns = reshape(x * x, (shape[0], 1, shape[1], -1))
    around = (0, 0, size // 2, (size - 1) // 2)
    square = avg_pool2d(pad(columns, around), (size, 1), 1)
    return _rounded(x / (reshape(square, shape) * alpha + k) ** beta, input)


# what they share ---------------------------------------------------------------------------


def _check_channels(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
) -> None:
    """RuntimeError for statistics or parameters of another number of channels than the input's."""
    given = (
        ("running_mean", running_mean),
        ("running_var", running_var),
        ("weight", weight),
        ("bias", bias),
    )
    channels = input.array.shape[1]
    for name, each in given:
        if each is not None and each.array.size != channels:
            raise RuntimeError(f"{name} should contain {channels} elements not {each.array.size}")


def _check_affine(input: Tensor, weight: Tensor | None, bias: Tensor | None) -> None:
    """RuntimeError unless weight and bias are vectors with an element for each channel."""
    shape = input.array.shape
    for name, each in (("weight", weight), ("bias", bias)):
        if each is not None and each.array.shape != shape[1:2]:
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input,"
                f" but got {name} of shape {list(each.array.shape)} and input of shape"
                f" {list(shape)}"
            )


def _standardize(input: Tensor, dims: Ints, eps: float, exposed: bool) -> Tensor:
    """(x - mean) / sqrt(variance + eps) over dimensions, the variance biased.

    Args:
        input: of any shape.
        dims: the dimensions.
        eps: added to the variance.
        exposed: whether the caller of the layer gets the result, and so may write it in place: then
            it is a copy of what the rule reads.
    """
    count = math.prod(input.array.shape[d] for d in dims)

    def rule(gradients: tuple[Tensor | None, ...], results: tuple[Tensor, Tensor]) -> tuple[Tensor]:
        g, g_scale = gradients
        y, scale = results
        if g is not None and g_scale is None and not state.recording:
            edges = (g, None), (y, None), (scale, None)
            return (record("standardized_gradient", standardized_gradient, *edges, dims=dims),)
        total = None
        if g is not None:
            total = (g - mean(g, dims, True) - y * mean(g * y, dims, True)) * scale
        if g_scale is not None:  # of a backward pass that is recorded: the scale depends on x too
            through_scale = y * (scale * scale * g_scale * (-1 / max(count, 1)))
            total = through_scale if total is None else total + through_scale
        return (total,)  # type: ignore[return-value]

    result, _ = record_joint(
        "standardized", standardize, (input,), rule, output=True, dims=dims, eps=eps
    )
    return copy_tensor(result) if exposed and result.requires_grad else result


def standardize(x: Array, *, dims: Ints, eps: float) -> tuple[Array, Array]:
    """(x - mean) / sqrt(variance + eps) over dimensions, and 1 / sqrt(variance + eps)."""
    out = x - _average(x, dims)
    scale = 1 / np.sqrt(_average(out * out, dims) + eps)
    out *= scale
    return out, scale


def standardized_gradient(g: Array, y: Array, scale: Array, *, dims: Ints) -> Array:
    """The gradient of `standardize` by x, from its results y and scale and the gradient g of y."""
    out = g - _average(g, dims)
    out -= y * _average(g * y, dims)
    out *= scale
    return out


def _average(x: Array, dims: Ints) -> Array:
    """`x.mean(dims, keepdims=True)`, in less time for small arrays."""
    total = np.add.reduce(x, dims, x.dtype, keepdims=True)
    total /= math.prod(x.shape[d] for d in dims)
    return total


def _affine(
    x: Tensor, weight: Tensor | None, bias: Tensor | None, shape: Ints | None = None
) -> Tensor:
    """x times weight plus bias: one of each for each channel, or of the given shape."""
    if shape is None:
        shape = (1, -1) + (1,) * (x.ndim - 2)
    if weight is not None:
        x = x * reshape(weight, shape)
    if bias is not None:
        x = x + reshape(bias, shape)
    return x


def _refuse_mixed(input: Tensor, *parameters: Tensor | None) -> None:
    """RuntimeError for a weight or bias of another dtype; float32's serve float16 too."""
    for each in parameters:
        if each is None or each.array.dtype == input.array.dtype:
            continue
        mixed = input.array.dtype.char == HALF and each.array.dtype == np.float32
        message = "mixed dtype (CPU): expect parameter to have scalar type of Float"
        check(mixed, message)


def _rounded(x: Tensor, input: Tensor) -> Tensor:
    """A result of what `widened` made of the input, as float16 if the input is."""
    return cast(x, input.dtype) if input.array.dtype.char == HALF else x


def _update(running: Tensor, now: Tensor, momentum: float) -> None:
    """Move a running statistic towards that of a batch."""
    running.mul_(1 - momentum).add_(now * momentum)


def _require_many(count: int, what: str, input: Tensor) -> None:
    """ValueError where there is but one value to take a variance of."""
    message = "Expected more than 1 {} when training, got input size {}"
    check(count != 1, message, what, input.shape, error=ValueError)


def _normalized_shape(input: Tensor, normalized_shape: int | Sequence[int], name: str) -> Ints:
    """The shape of the dimensions to normalise over; RuntimeError unless the input ends with it."""
    if isinstance(normalized_shape, int):
        shape: Ints = (normalized_shape,)
    else:
        shape = tuple(normalized_shape)
    fits = shape and input.array.shape[input.ndim - len(shape) :] == shape
    message = (
        "{}: Given normalized_shape={}, expected input with shape [*, {}], but got input of size{}"
    )
    wanted = ", ".join(map(str, shape))
    check(fits, message, name, list(shape), wanted, list(input.shape))
    return shape
