"""Activation functions, each a composition of operations."""

from __future__ import annotations

import math

import numpy as np

from tinygrad_mnist import random
from tinygrad_mnist.ops import pointwise
from tinygrad_mnist.ops.movement import chunk, scatter
from tinygrad_mnist.ops.pointwise import clamp, erf, expm1, relu, sigmoid, tanh, where
from tinygrad_mnist.ops.reduction import log_softmax, softmax, softmin
from tinygrad_mnist.tensor import Tensor, wrap

__all__ = [
    "celu", "elu", "gelu", "glu", "gumbel_softmax", "hardshrink", "hardsigmoid", "hardswish", "hardtanh",
    "leaky_relu", "log_softmax", "logsigmoid", "mish", "prelu", "relu", "relu6", "rrelu", "selu",
    "sigmoid", "silu", "softmax", "softmin", "softplus", "softshrink", "softsign", "tanh", "tanhshrink",
    "threshold",
]  # fmt: skip


def written(result: Tensor, input: Tensor, inplace: bool) -> Tensor:
    """The result, written into the input first where a caller asked for it in place."""
    return input.copy_(result) if inplace else result


def relu_inplace(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0)."""
    return input.relu_() if inplace else relu(input)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """x where positive, negative_slope * x elsewhere."""
    return written(where(input > 0, input, input * negative_slope), input, inplace)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """`leaky_relu` with learned slopes: one, or one for each channel (dimension 1)."""
    if weight.numel() not in (1, input.array.shape[1] if input.ndim > 1 else 1):
        raise RuntimeError(f"prelu: {weight.numel()} parameters for an input of shape {tuple(input.shape)}")
    slopes = weight.reshape((1, -1) + (1,) * (input.ndim - 2)) if input.ndim > 1 else weight
    return where(input > 0, input, input * slopes)


def rrelu(
    input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, inplace: bool = False
) -> Tensor:
    """`leaky_relu` with a random slope in training, the middle one otherwise."""
    if not training:
        return leaky_relu(input, (lower + upper) / 2, inplace)
    slopes = wrap(random.uniform(input.array.shape, input.dtype, None)) * (upper - lower) + lower
    return written(where(input > 0, input, input * slopes), input, inplace)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where positive, alpha (exp(x) - 1) elsewhere. Clevert et al. (2015), arXiv:1511.07289."""
    return written(where(input > 0, input, expm1(clamp(input, max=0.0)) * alpha), input, inplace)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where positive, alpha (exp(x / alpha) - 1) elsewhere. Barron (2017), arXiv:1704.07483."""
    return written(where(input > 0, input, expm1(clamp(input, max=0.0) / alpha) * alpha), input, inplace)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """The self-normalising scaled `elu`. Klambauer et al. (2017), arXiv:1706.02515."""
    return written(elu(input, 1.6732632423543772848) * 1.0507009873554804934, input, inplace)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """x times the normal distribution function at x. Hendrycks and Gimpel (2016), arXiv:1606.08415.

    `approximate="tanh"` is the paper's approximation of it.
    """
    if approximate == "tanh":
        inner = (input + input**3 * 0.044715) * math.sqrt(2 / math.pi)
        return input * (tanh(inner) + 1) * 0.5
    if approximate != "none":
        raise RuntimeError(f"gelu: approximate argument must be either none or tanh, got {approximate}.")
    return input * (erf(input * math.sqrt(0.5)) + 1) * 0.5


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x sigmoid(x), also called swish."""
    return written(input * sigmoid(input), input, inplace)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """x tanh(softplus(x)). Misra (2019), arXiv:1908.08681."""
    return written(input * tanh(softplus(input)), input, inplace)


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """log(1 + exp(beta x)) / beta, and x itself where beta x is above the threshold."""
    scaled = input * beta
    return where(scaled > threshold, input, pointwise.softplus_(scaled) / beta)


def logsigmoid(input: Tensor) -> Tensor:
    """log(sigmoid(x)), without underflow."""
    return pointwise.log_sigmoid(input)


def softsign(input: Tensor) -> Tensor:
    """x / (1 + |x|)."""
    return input / (input.abs() + 1)


def tanhshrink(input: Tensor) -> Tensor:
    """x - tanh(x)."""
    return input - tanh(input)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """x held between min_val and max_val, with no gradient at the bounds."""
    inside = (input > min_val) & (input < max_val)
    return written(where(inside, input, clamp(input.detach(), min_val, max_val)), input, inplace)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """x held between 0 and 6."""
    return hardtanh(input, 0.0, 6.0, inplace)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """`sigmoid` of straight lines: relu6(x + 3) / 6."""
    return written(relu6(input + 3) / 6, input, inplace)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """x relu6(x + 3) / 6. Howard et al. (2019), arXiv:1905.02244."""
    return written(input * relu6(input + 3) / 6, input, inplace)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """x where above the threshold, `value` elsewhere."""
    return written(where(input > threshold, input, value), input, inplace)


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x outside of [-lambd, lambd], 0 inside."""
    return where(input.abs() > lambd, input, 0.0)


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x moved by lambd towards 0, and 0 where it would cross it."""
    if lambd < 0:
        raise RuntimeError(f"lambda must be greater or equal to 0, but found to be {lambd}.")
    return where(input.abs() > lambd, input - input.detach().sign() * lambd, 0.0)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The first half along dim times the sigmoid of the second. Dauphin et al. (2016), arXiv:1612.08083."""
    if input.ndim == 0 or input.array.shape[dim] % 2:
        raise RuntimeError(f"glu: Halving dimension must be even, got shape {tuple(input.shape)} and dim {dim}")
    a, b = chunk(input, 2, dim)
    return a * sigmoid(b)


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """A relaxed sample of a categorical distribution; `hard` is one-hot with the soft gradient.

    Jang et al. (2016), arXiv:1611.01144.
    """
    noise = random.source(None).gumbel(size=logits.array.shape).astype(logits.array.dtype)
    soft = softmax((logits + wrap(noise)) / tau, dim)
    if not hard:
        return soft
    zeros = wrap(np.zeros_like(soft.array))
    return scatter(zeros, dim, soft.argmax(dim, True), 1.0) - soft.detach() + soft
