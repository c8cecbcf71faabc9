"""Initial values for parameters, written in place, without history."""

import math
from typing import Any

import numpy as np

from tinygrad_mnist import random
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.tape import touch
from tinygrad_mnist.core.tensor import Array, Tensor

GAINS = {"tanh": 5 / 3, "relu": math.sqrt(2.0), "selu": 3 / 4} | dict.fromkeys((
    "linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "sigmoid"), 1.0,
)  # fmt: skip


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor on the standard deviation that makes up for what a nonlinearity takes away."""
    if nonlinearity == "leaky_relu":
        slope: Any = 0.01 if param is None else param
        ok = isinstance(slope, int | float) and not isinstance(slope, bool)
        check(ok, "calculate_gain: negative_slope {} not a valid number", slope, error=ValueError)
        return math.sqrt(2.0 / (1 + slope**2))
    check(nonlinearity in GAINS, "Unsupported nonlinearity {}", nonlinearity, error=ValueError)
    return GAINS[nonlinearity]


def _write(tensor: Tensor, values: Any) -> Tensor:
    tensor.array[...] = values
    touch(tensor)
    return tensor


def _check_ndim(ok: bool, name: str, wanted: str, tensor: Tensor) -> None:
    check(ok, "{}: Only tensors with {} dimensions are supported, got {}", name, wanted, tensor.ndim, error=ValueError)


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Tensor:
    """Uniform numbers in [a, b)."""
    return _write(tensor, random.uniform(tensor.array.shape, tensor.dtype, generator) * (b - a) + a)


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Tensor:
    """Normal numbers."""
    check(std >= 0, "normal_ expects std >= 0.0, but found std {}", std)
    return _write(tensor, random.normal(tensor.array.shape, tensor.dtype, generator) * std + mean)


def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None
) -> Tensor:
    """Normal numbers that lie in [a, b]: uniform ones, kept with a chance as the normal density has it."""
    values, pending = np.empty(tensor.array.shape), np.ones(tensor.array.shape, bool)
    top = max(a, min(mean, b))
    while pending.any():
        draw, luck = (random.uniform(tensor.array.shape, np.float64, generator) for _ in range(2))
        values = np.where(pending, draw * (b - a) + a, values)
        pending &= luck > np.exp((((top - mean) / std) ** 2 - ((values - mean) / std) ** 2) / 2)
    return _write(tensor, values)


def constant_(tensor: Tensor, val: float) -> Tensor:
    """One number throughout."""
    return _write(tensor, val)


def zeros_(tensor: Tensor) -> Tensor:
    """Zeros."""
    return _write(tensor, 0)


def ones_(tensor: Tensor) -> Tensor:
    """Ones."""
    return _write(tensor, 1)


def eye_(tensor: Tensor) -> Tensor:
    """The identity matrix."""
    _check_ndim(tensor.ndim == 2, "eye_", "2", tensor)
    return _write(tensor, np.eye(*tensor.array.shape))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """A convolution's weight that passes as many channels through as it can."""
    _check_ndim(tensor.ndim in (3, 4, 5), "dirac_", "3, 4, or 5", tensor)
    out, inner, *size = tensor.array.shape
    check(out % groups == 0, "dirac_: dim 0 must be divisible by groups, got {} and {}", out, groups, error=ValueError)
    middle = tuple(n // 2 for n in size)
    values = np.zeros((groups, out // groups, inner, *size))
    for d in range(min(out // groups, inner)):
        values[(slice(None), d, d, *middle)] = 1
    return _write(tensor, values.reshape(tensor.array.shape))


def fans(tensor: Tensor) -> tuple[int, int]:
    """How many inputs feed one output of a weight, and how many outputs one input feeds."""
    check(tensor.ndim >= 2, "Fan in and fan out can not be computed for fewer than 2 dimensions", error=ValueError)
    field = math.prod(tensor.array.shape[2:])
    return tensor.array.shape[1] * field, tensor.array.shape[0] * field


_calculate_fan_in_and_fan_out = fans


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Uniform with variance gain^2 2 / (fan_in + fan_out). Glorot and Bengio, AISTATS 2010."""
    bound = gain * math.sqrt(6.0 / sum(fans(tensor)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Normal with variance gain^2 2 / (fan_in + fan_out). Glorot and Bengio, AISTATS 2010."""
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / sum(fans(tensor))), generator)


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if not tensor.array.size:
        return 0.0
    check(mode.lower() in ("fan_in", "fan_out"), "Mode {} not supported, not fan_in or fan_out", mode, error=ValueError)
    return calculate_gain(nonlinearity, a) / math.sqrt(fans(tensor)[mode.lower() == "fan_out"])


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """Uniform with variance gain^2 / fan, `a` the leaky ReLU's slope. He et al. (2015), arXiv:1502.01852."""
    bound = math.sqrt(3.0) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """Normal with variance gain^2 / fan, `a` the leaky ReLU's slope. He et al. (2015), arXiv:1502.01852."""
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Any = None) -> Tensor:
    """Rows (or columns) orthonormal, times gain. Saxe et al. (2013), arXiv:1312.6120."""
    _check_ndim(tensor.ndim >= 2, "orthogonal_", "2 or more", tensor)
    if not tensor.array.size:
        return tensor
    rows, columns = len(tensor), tensor.numel() // len(tensor)
    q, r = np.linalg.qr(random.normal((max(rows, columns), min(rows, columns)), np.float64, generator))
    q = q * np.sign(np.diagonal(r))
    return _write(tensor, gain * (q if rows >= columns else q.T).reshape(tensor.array.shape))


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Any = None) -> Tensor:
    """Normal numbers with a share of zeros in every column. Martens, ICML 2010."""
    _check_ndim(tensor.ndim == 2, "sparse_", "2", tensor)
    rows, columns = tensor.array.shape
    values: Array = random.normal((rows, columns), np.float64, generator) * std
    for column in range(columns):
        values[random.source(generator).permutation(rows)[: math.ceil(sparsity * rows)], column] = 0
    return _write(tensor, values)


def bias_for(weight: Tensor, bias: Tensor | None) -> None:
    """PyTorch's start of a layer's bias: uniform in +-1 / sqrt(fan_in) of its weight."""
    if bias is not None:
        bound = 1 / math.sqrt(fans(weight)[0] or math.inf)
        uniform_(bias, -bound, bound)


# PyTorch's older names
uniform, normal, constant, eye, dirac, sparse = uniform_, normal_, constant_, eye_, dirac_, sparse_
orthogonal, xavier_uniform, xavier_normal = orthogonal_, xavier_uniform_, xavier_normal_
kaiming_uniform, kaiming_normal = kaiming_uniform_, kaiming_normal_
