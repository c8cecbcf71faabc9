"""Initial values for parameters, written in place, without history."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_mnist.core.dtypes import refuse_overflow
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import assign
from tinygrad_mnist.core.modes import no_grad
from tinygrad_mnist.core.record import record_draw
from tinygrad_mnist.core.tensor import Array, Tensor, wrap
from tinygrad_mnist.ops import random

__all__ = [
    "calculate_gain",
    "constant",
    "constant_",
    "dirac",
    "dirac_",
    "eye",
    "eye_",
    "kaiming_normal",
    "kaiming_normal_",
    "kaiming_uniform",
    "kaiming_uniform_",
    "normal",
    "normal_",
    "ones_",
    "orthogonal",
    "orthogonal_",
    "sparse",
    "sparse_",
    "trunc_normal_",
    "uniform",
    "uniform_",
    "xavier_normal",
    "xavier_normal_",
    "xavier_uniform",
    "xavier_uniform_",
    "zeros_",
]

GAINS = {
    "linear": 1.0,
    "conv1d": 1.0,
    "conv2d": 1.0,
    "conv3d": 1.0,
    "conv_transpose1d": 1.0,
    "conv_transpose2d": 1.0,
    "conv_transpose3d": 1.0,
    "sigmoid": 1.0,
    "tanh": 5 / 3,
    "relu": math.sqrt(2.0),
    "selu": 3 / 4,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor on the standard deviation that makes up for what a nonlinearity takes away.

    Args:
        nonlinearity: "linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu" or a convolution's
            name.
        param: of "leaky_relu" the slope of its negative part. Default: 0.01.

    Returns:
        The factor.

    Raises:
        ValueError: if the nonlinearity is unknown, or the slope no number.

    Example:
        >>> nn.init.calculate_gain("tanh")
        1.6666666666666667
    """
    if nonlinearity == "leaky_relu":
        slope: Any = 0.01 if param is None else param
        ok = isinstance(slope, int | float) and not isinstance(slope, bool)
        check(ok, "calculate_gain: negative_slope {} not a valid number", slope, error=ValueError)
        return math.sqrt(2.0 / (1 + slope**2))
    check(nonlinearity in GAINS, "Unsupported nonlinearity {}", nonlinearity, error=ValueError)
    return GAINS[nonlinearity]


def _write(tensor: Tensor, value: Tensor, name: str) -> Tensor:
    """Write a value of the tensor's shape into it, without history."""
    with no_grad():
        return assign(tensor, value, name)


def _check_ndim(ok: bool, name: str, wanted: str, tensor: Tensor) -> None:
    message = "{}: Only tensors with {} dimensions are supported, got {}"
    check(ok, message, name, wanted, tensor.ndim, error=ValueError)


# random numbers ------------------------------------------------------------------------------


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Tensor:
    """Fill a tensor with uniform numbers in [a, b).

    Args:
        tensor: of any shape; it is written.
        a: the lower bound.
        b: the upper bound.
        generator: the source of random numbers. Default: the default generator.

    Returns:
        The tensor.

    Example:
        >>> w = nn.init.uniform_(torch.empty(3, 5), -1.0, 1.0)
        >>> bool((w.abs() <= 1).all())
        True
    """
    shape = tensor.array.shape
    values = record_draw(
        "uniform",
        _draw_uniform,
        shape=shape,
        dtype=tensor.dtype,
        low=a,
        high=b,
        generator=generator,
    )
    return _write(tensor, values, "uniform")


uniform = uniform_


def _draw_uniform(
    shape: tuple[int, ...], dtype: Any, low: float, high: float, generator: Any
) -> Array:
    return np.asarray(random.draw_uniform(shape, dtype, generator) * (high - low) + low)


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Tensor:
    """Fill a tensor with normal numbers.

    Args:
        tensor: of any shape; it is written.
        mean: of the distribution.
        std: its standard deviation.
        generator: the source of random numbers. Default: the default generator.

    Returns:
        The tensor.

    Raises:
        RuntimeError: if `std` is negative.

    Example:
        >>> nn.init.normal_(torch.empty(3, 5), std=0.01).shape
        torch.Size([3, 5])
    """
    check(std >= 0, "normal_ expects std >= 0.0, but found std {}", std)
    shape = tensor.array.shape
    values = record_draw(
        "normal",
        _draw_normal,
        shape=shape,
        dtype=tensor.dtype,
        mean=mean,
        std=std,
        generator=generator,
    )
    return _write(tensor, values, "normal")


normal = normal_


def _draw_normal(
    shape: tuple[int, ...], dtype: Any, mean: float, std: float, generator: Any
) -> Array:
    return np.asarray(random.draw_normal(shape, dtype, generator) * std + mean)


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Any = None,
) -> Tensor:
    """Fill a tensor with normal numbers that lie in [a, b].

    Args:
        tensor: of any shape; it is written.
        mean: of the normal distribution before it is cut.
        std: its standard deviation.
        a: the lower bound.
        b: the upper bound.
        generator: the source of random numbers. Default: the default generator.

    Returns:
        The tensor.

    Example:
        >>> w = nn.init.trunc_normal_(torch.empty(3, 5))
        >>> bool((w.abs() <= 2).all())
        True
    """
    shape = tensor.array.shape
    values = record_draw(
        "trunc_normal",
        _draw_truncated,
        shape=shape,
        mean=mean,
        std=std,
        low=a,
        high=b,
        generator=generator,
    )
    return _write(tensor, values, "trunc_normal")


def _draw_truncated(
    shape: tuple[int, ...], mean: float, std: float, low: float, high: float, generator: Any
) -> Array:
    """Uniform numbers, each kept with a chance as the normal density has it, else drawn again."""
    values = np.empty(shape)
    pending = np.ones(shape, bool)
    mode = max(low, min(mean, high))  # where the density is largest
    while pending.any():
        draw = random.draw_uniform(shape, np.float64, generator)
        chance = random.draw_uniform(shape, np.float64, generator)
        values = np.where(pending, draw * (high - low) + low, values)
        log_density = (((mode - mean) / std) ** 2 - ((values - mean) / std) ** 2) / 2
        pending &= chance > np.exp(log_density)
    return values


# constants -----------------------------------------------------------------------------------


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill a tensor with one number.

    Args:
        tensor: of any shape; it is written.
        val: the number.

    Returns:
        The tensor.

    Example:
        >>> nn.init.constant_(torch.empty(2), 0.3)
        tensor([0.3000, 0.3000])
    """
    refuse_overflow(val, tensor.array.dtype)
    array = np.full(tensor.array.shape, np.asarray(val).astype(tensor.array.dtype))
    return _write(tensor, wrap(array), "fill")


constant = constant_


def zeros_(tensor: Tensor) -> Tensor:
    """Fill a tensor with zeros.

    Args:
        tensor: of any shape; it is written.

    Returns:
        The tensor.

    Example:
        >>> nn.init.zeros_(torch.empty(2))
        tensor([0., 0.])
    """
    return constant_(tensor, 0)


def ones_(tensor: Tensor) -> Tensor:
    """Fill a tensor with ones.

    Args:
        tensor: of any shape; it is written.

    Returns:
        The tensor.

    Example:
        >>> nn.init.ones_(torch.empty(2))
        tensor([1., 1.])
    """
    return constant_(tensor, 1)


def eye_(tensor: Tensor) -> Tensor:
    """Let a matrix be the identity: ones on its diagonal, zeros elsewhere.

    Args:
        tensor: (rows, columns); it is written.

    Returns:
        The tensor.

    Raises:
        ValueError: if it is no matrix.

    Example:
        >>> nn.init.eye_(torch.empty(2, 3)).tolist()
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    _check_ndim(tensor.ndim == 2, "eye_", "2", tensor)
    return _write(tensor, wrap(np.eye(*tensor.array.shape)), "eye")


eye = eye_


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Let a convolution's weight pass as many channels through as it can.

    Args:
        tensor: (out_channels, in_channels / groups, *kernel_size), of 3 to 5 dimensions; it is
            written.
        groups: of the convolution.

    Returns:
        The tensor.

    Raises:
        ValueError: if it has another number of dimensions, or `groups` does not divide the
            channels.

    Example:
        >>> nn.init.dirac_(torch.empty(1, 1, 3))
        tensor([[[0., 1., 0.]]])
    """
    _check_ndim(tensor.ndim in (3, 4, 5), "dirac_", "3, 4, or 5", tensor)
    out_channels, in_channels, *size = tensor.array.shape
    message = "dirac_: dim 0 must be divisible by groups, got {} and {}"
    check(out_channels % groups == 0, message, out_channels, groups, error=ValueError)
    middle = tuple(n // 2 for n in size)
    values = np.zeros((groups, out_channels // groups, in_channels, *size))
    for d in range(min(out_channels // groups, in_channels)):
        values[(slice(None), d, d, *middle)] = 1
    return _write(tensor, wrap(values.reshape(tensor.array.shape)), "dirac")


dirac = dirac_


# by the sizes of a layer ---------------------------------------------------------------------


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """How many inputs feed one output of a weight, and how many outputs one input feeds."""
    check(
        tensor.ndim >= 2,
        "Fan in and fan out can not be computed for fewer than 2 dimensions",
        error=ValueError,
    )
    receptive_field = math.prod(tensor.array.shape[2:])
    fan_in = tensor.array.shape[1] * receptive_field
    fan_out = tensor.array.shape[0] * receptive_field
    return fan_in, fan_out


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Fill a weight with uniform numbers of variance gain^2 2 / (fan_in + fan_out).

    Glorot and Bengio, AISTATS 2010.

    Args:
        tensor: (out, in, ...); it is written.
        gain: a factor on the standard deviation, see `calculate_gain`.
        generator: the source of random numbers. Default: the default generator.

    Returns:
        The tensor.

    Raises:
        ValueError: if it has fewer than two dimensions.

    Example:
        >>> w = nn.init.xavier_uniform_(torch.empty(3, 5))
        >>> bool((w.abs() <= (6 / 8) ** 0.5).all())
        True
    """
    bound = gain * math.sqrt(6.0 / sum(_calculate_fan_in_and_fan_out(tensor)))
    return uniform_(tensor, -bound, bound, generator)


xavier_uniform = xavier_uniform_


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Fill a weight with normal numbers of variance gain^2 2 / (fan_in + fan_out).

    Glorot and Bengio, AISTATS 2010.

    Args:
        tensor: (out, in, ...); it is written.
        gain: a factor on the standard deviation, see `calculate_gain`.
        generator: the source of random numbers. Default: the default generator.

    Returns:
        The tensor.

    Raises:
        ValueError: if it has fewer than two dimensions.

    Example:
        >>> nn.init.xavier_normal_(torch.empty(3, 5)).shape
        torch.Size([3, 5])
    """
    std = gain * math.sqrt(2.0 / sum(_calculate_fan_in_and_fan_out(tensor)))
    return normal_(tensor, 0.0, std, generator)


xavier_normal = xavier_normal_


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if not tensor.array.size:
        return 0.0
    known = mode.lower() in ("fan_in", "fan_out")
    check(known, "Mode {} not supported, not fan_in or fan_out", mode, error=ValueError)
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    fan = fan_in if mode.lower() == "fan_in" else fan_out
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Any = None,
) -> Tensor:
    """Fill a weight with uniform numbers of variance gain^2 / fan.

    He et al. (2015), arXiv:1502.01852.

    Args:
        tensor: (out, in, ...); it is written.
        a: the slope of a leaky ReLU's negative part.
        mode: "fan_in" keeps the variance on the way forward, "fan_out" on the way back.
        nonlinearity: what follows, see `calculate_gain`.
        generator: the source of random numbers. Default: the default generator.

    Returns:
        The tensor.

    Raises:
        ValueError: if it has fewer than two dimensions, or the mode or nonlinearity is unknown.

    Example:
        >>> w = nn.init.kaiming_uniform_(torch.empty(3, 6), nonlinearity="relu")
        >>> bool((w.abs() <= 1).all())
        True
    """
    bound = math.sqrt(3.0) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


kaiming_uniform = kaiming_uniform_


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Any = None,
) -> Tensor:
    """Fill a weight with normal numbers of variance gain^2 / fan.

    He et al. (2015), arXiv:1502.01852.

    Args:
        tensor: (out, in, ...); it is written.
        a: the slope of a leaky ReLU's negative part.
        mode: "fan_in" keeps the variance on the way forward, "fan_out" on the way back.
        nonlinearity: what follows, see `calculate_gain`.
        generator: the source of random numbers. Default: the default generator.

    Returns:
        The tensor.

    Raises:
        ValueError: if it has fewer than two dimensions, or the mode or nonlinearity is unknown.

    Example:
        >>> nn.init.kaiming_normal_(torch.empty(3, 5), nonlinearity="relu").shape
        torch.Size([3, 5])
    """
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


kaiming_normal = kaiming_normal_


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Any = None) -> Tensor:
    """Let the rows (or columns, if there are fewer) be orthonormal, times gain.

    Saxe et al. (2013), arXiv:1312.6120.

    Args:
        tensor: (rows, ...), seen as a matrix; it is written.
        gain: a factor, see `calculate_gain`.
        generator: the source of random numbers. Default: the default generator.

    Returns:
        The tensor.

    Raises:
        ValueError: if it has fewer than two dimensions.

    Example:
        >>> w = nn.init.orthogonal_(torch.empty(2, 5))
        >>> torch.allclose(w @ w.T, torch.eye(2), atol=1e-6)
        True
    """
    _check_ndim(tensor.ndim >= 2, "orthogonal_", "2 or more", tensor)
    if not tensor.array.size:
        return tensor
    shape = tensor.array.shape
    values = record_draw(
        "orthogonal", _draw_orthogonal, shape=shape, gain=gain, generator=generator
    )
    return _write(tensor, values, "orthogonal")


orthogonal = orthogonal_


def _draw_orthogonal(shape: tuple[int, ...], gain: float, generator: Any) -> Array:
    rows = shape[0]
    columns = math.prod(shape[1:])
    tall = random.draw_normal((max(rows, columns), min(rows, columns)), np.float64, generator)
    q, r = np.linalg.qr(tall)
    q = q * np.sign(np.diagonal(r))  # makes the distribution uniform
    if rows < columns:
        q = q.T
    return np.asarray(gain * q.reshape(shape))


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Any = None) -> Tensor:
    """Fill a matrix with normal numbers and a share of zeros in every column. Martens, ICML 2010.

    Args:
        tensor: (rows, columns); it is written.
        sparsity: the share of zeros in each column, rounded up.
        std: the standard deviation of the others.
        generator: the source of random numbers. Default: the default generator.

    Returns:
        The tensor.

    Raises:
        ValueError: if it is no matrix.

    Example:
        >>> w = nn.init.sparse_(torch.empty(10, 2), sparsity=0.3)
        >>> (w == 0).sum(0)
        tensor([3, 3])
    """
    _check_ndim(tensor.ndim == 2, "sparse_", "2", tensor)
    shape = tensor.array.shape
    values = record_draw(
        "sparse", _draw_sparse, shape=shape, sparsity=sparsity, std=std, generator=generator
    )
    return _write(tensor, values, "sparse")


sparse = sparse_


def _draw_sparse(shape: tuple[int, int], sparsity: float, std: float, generator: Any) -> Array:
    rows, columns = shape
    values = random.draw_normal(shape, np.float64, generator) * std
    count = math.ceil(sparsity * rows)
    for column in range(columns):
        zeros = random.source(generator).permutation(rows)[:count]
        values[zeros, column] = 0
    return values


def uniform_bias_(bias: Tensor | None, weight: Tensor) -> None:
    """PyTorch's start of a layer's bias: uniform in +-1 / sqrt(fan_in) of its weight."""
    if bias is None:
        return
    fan_in, _ = _calculate_fan_in_and_fan_out(weight)
    bound = 1 / math.sqrt(fan_in) if fan_in else 0.0
    uniform_(bias, -bound, bound)
