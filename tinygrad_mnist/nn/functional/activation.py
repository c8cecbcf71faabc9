"""Activation functions, each a composition of operations."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_mnist.core.dtypes import refuse_overflow
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import in_place_method
from tinygrad_mnist.core.record import record, record_draw, record_joint
from tinygrad_mnist.core.state import state
from tinygrad_mnist.core.tensor import Array, Tensor, wrap
from tinygrad_mnist.kernels import elementary, network
from tinygrad_mnist.ops import pointwise, random
from tinygrad_mnist.ops.arguments import floating, supported, type_name
from tinygrad_mnist.ops.indexing import scatter
from tinygrad_mnist.ops.pointwise import (
    abs,
    clamp,
    expm1,
    gaussian,
    sigmoid,
    sign,
    square,
    tanh,
    where,
)
from tinygrad_mnist.ops.reduction import argmax, softmax
from tinygrad_mnist.ops.shape import chunk, reshape

__all__ = [
    "celu",
    "celu_",
    "elu",
    "elu_",
    "gelu",
    "glu",
    "gumbel_softmax",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hardtanh_",
    "leaky_relu",
    "leaky_relu_",
    "logsigmoid",
    "mish",
    "prelu",
    "relu",
    "relu6",
    "relu_",
    "rrelu",
    "rrelu_",
    "selu",
    "selu_",
    "silu",
    "softplus",
    "softshrink",
    "softsign",
    "tanhshrink",
    "threshold",
    "threshold_",
]


def _write_in_place(function: Callable[..., Tensor], input: Tensor, *arguments: Any) -> Tensor:
    """Write what an activation function computes into its input, and return that."""
    return in_place_method(function, function.__name__)(input, *arguments)


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0) of each element x; its gradient at 0 is 0.

    Args:
        input: of any shape.
        inplace: whether to write the result into the input.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> F.relu(torch.tensor([-2.0, 0.5, 3.0]))
        tensor([0.0000, 0.5000, 3.0000])
    """
    if inplace:
        return relu_(input)
    return pointwise.relu(input)


def relu_(input: Tensor) -> Tensor:
    """`relu`, written into the input.

    Args:
        input: of any shape.

    Returns:
        The input.
    """
    return _write_in_place(relu, input)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """Each element held between 0 and 6.

    Args:
        input: of any shape.
        inplace: whether to write the result into the input.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> F.relu6(torch.tensor([-2.0, 0.5, 7.0]))
        tensor([0.0000, 0.5000, 6.0000])
    """
    if inplace:
        return _write_in_place(relu6, input)
    return hardtanh(input, 0.0, 6.0)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """x where positive, negative_slope * x elsewhere.

    Args:
        input: of any shape.
        negative_slope: the slope below 0.
        inplace: whether to write the result into the input.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> F.leaky_relu(torch.tensor([-2.0, 0.5, 3.0]))
        tensor([-0.0200,  0.5000,  3.0000])
    """
    supported("leaky_relu_cpu", "f", input)
    if inplace:
        return leaky_relu_(input, negative_slope)
    return where(input > 0, input, input * negative_slope)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """`leaky_relu`, written into the input.

    Args:
        input: of any shape.
        negative_slope: the slope below 0.

    Returns:
        The input.
    """
    return _write_in_place(leaky_relu, input, negative_slope)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """`leaky_relu` with learned slopes: one, or one for each channel.

    He et al. (2015), arXiv:1502.01852.

    Args:
        input: of any shape; dimension 1 counts the channels.
        weight: of one element, or of shape (channels,).

    Returns:
        A tensor of the input's shape.

    Raises:
        RuntimeError: if the weight is of another shape.

    Example:
        >>> F.prelu(torch.tensor([-2.0, 3.0]), torch.tensor([0.25]))
        tensor([-0.5000,  3.0000])
    """
    same = input.array.dtype == weight.array.dtype
    message = "prelu: Type promoting not supported. Got {} and {}"
    check(same, message, type_name(input), type_name(weight))
    several = input.ndim > 1
    channels = input.array.shape[1] if several else 1
    fits = weight.ndim < 2 and weight.array.size in (1, channels)
    message = "prelu: weight of shape {} for an input of shape {}"
    check(fits, message, weight.shape, input.shape)
    shape = [1] * input.ndim
    if several:
        shape[1] = -1
    below = where(input > 0, 0.0, input)  # for infinity times the 0 of `where` is NaN
    return where(input > 0, input, below * reshape(weight, shape))


def rrelu(
    input: Tensor,
    lower: float = 1 / 8,
    upper: float = 1 / 3,
    training: bool = False,
    inplace: bool = False,
) -> Tensor:
    """`leaky_relu` with a random slope for each element in training, the middle one otherwise.

    Xu et al. (2015), arXiv:1505.00853.

    Args:
        input: of any shape.
        lower: the least slope.
        upper: the largest slope.
        training: whether to draw the slopes, between the two.
        inplace: whether to write the result into the input.

    Returns:
        A tensor of the input's shape.

    Raises:
        RuntimeError: if lower is above upper.

    Example:
        >>> F.rrelu(torch.tensor([-2.0, 3.0]), 0.1, 0.3)
        tensor([-0.4000,  3.0000])
    """
    supported("leaky_relu_cpu", "f", input)
    if inplace:
        return rrelu_(input, lower, upper, training)
    message = "rrelu: Lower bound {} should be less than or equal to the upper bound {}"
    check(lower <= upper, message, lower, upper)
    slopes: Any = (lower + upper) / 2
    if training:
        drawn = record_draw(
            "uniform",
            random.draw_uniform,
            shape=input.array.shape,
            dtype=input.dtype,
            generator=None,
        )
        slopes = drawn * (upper - lower) + lower
    return where(input > 0, input, input * slopes)


def rrelu_(
    input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False
) -> Tensor:
    """`rrelu`, written into the input.

    Args:
        input: of any shape.
        lower: the least slope.
        upper: the largest slope.
        training: whether to draw the slopes, between the two.

    Returns:
        The input.

    Raises:
        RuntimeError: if lower is above upper.
    """
    return _write_in_place(rrelu, input, lower, upper, training)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where positive, alpha (exp(x) - 1) elsewhere.

    Clevert et al. (2015), arXiv:1511.07289.

    Args:
        input: of any shape.
        alpha: the value that it tends to below, negated.
        inplace: whether to write the result into the input.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> F.elu(torch.tensor([-2.0, 0.5, 3.0]))
        tensor([-0.8647,  0.5000,  3.0000])
    """
    supported("elu_cpu", "f", input)
    if inplace:
        return elu_(input, alpha)
    return where(input > 0, input, _expm1_below_0(input) * alpha)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`elu`, written into the input.

    Args:
        input: of any shape.
        alpha: the value that it tends to below, negated.

    Returns:
        The input.
    """
    return _write_in_place(elu, input, alpha)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where positive, alpha (exp(x / alpha) - 1) elsewhere.

    Barron (2017), arXiv:1704.07483.

    Args:
        input: of any shape.
        alpha: the value that it tends to below, negated.
        inplace: whether to write the result into the input.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> F.celu(torch.tensor([-2.0, 0.5, 3.0]))
        tensor([-0.8647,  0.5000,  3.0000])
    """
    supported("elu_cpu", "f", input)
    if inplace:
        return celu_(input, alpha)
    return where(input > 0, input, _expm1_below_0(input / alpha) * alpha)


def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`celu`, written into the input.

    Args:
        input: of any shape.
        alpha: the value that it tends to below, negated.

    Returns:
        The input.
    """
    return _write_in_place(celu, input, alpha)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """The self-normalising scaled `elu`.

    Klambauer et al. (2017), arXiv:1706.02515.

    Args:
        input: of any shape.
        inplace: whether to write the result into the input.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> F.selu(torch.tensor([-2.0, 0.5, 3.0]))
        tensor([-1.5202,  0.5254,  3.1521])
    """
    supported("elu_cpu", "f", input)
    if inplace:
        return selu_(input)
    return elu(input, SELU_ALPHA) * SELU_SCALE


def selu_(input: Tensor) -> Tensor:
    """`selu`, written into the input.

    Args:
        input: of any shape.

    Returns:
        The input.
    """
    return _write_in_place(selu, input)


SELU_ALPHA = 1.6732632423543772848
SELU_SCALE = 1.0507009873554804934


def _expm1_below_0(x: Tensor) -> Tensor:
    return expm1(clamp(x, max=0.0))


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """x times the normal distribution function at x.

    Hendrycks and Gimpel (2016), arXiv:1606.08415.

    Args:
        input: of any shape.
        approximate: "tanh" is the paper's approximation of it.

    Returns:
        A tensor of the input's shape.

    Raises:
        RuntimeError: if approximate is something else.

    Example:
        >>> F.gelu(torch.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.1587,  0.0000,  0.8413])
    """
    supported("GeluKernelImpl", "f", input)
    known = approximate in ("none", "tanh")
    check(known, "gelu: approximate must be either none or tanh, got {}", approximate)
    x = floating(input)
    if approximate == "tanh":
        return record("gelu", elementary.gelu_tanh, (x, lambda g: g * _gelu_tanh_slope(x)))
    if not (state.recording and x.requires_grad):
        return record("gelu", network.gelu, (x, None))

    def rule(gradients: pointwise.Gradients, results: tuple[Tensor, Tensor]) -> tuple[Tensor]:
        by_value, by_slope = gradients
        if by_slope is None:
            assert by_value is not None
            return (by_value * results[1],)
        held = clamp(x, -100.0, 100.0)  # beyond, the density is 0
        second = gaussian(held, 0.5) * (2 - held * held) * (1 / math.sqrt(2 * math.pi))
        by_slope = by_slope * second
        return (by_slope if by_value is None else by_value * results[1] + by_slope,)

    return record_joint("gelu", network.gelu_with_slope, [x], rule, output=True)[0]


def _gelu_tanh_slope(x: Tensor) -> Tensor:
    """The derivative of gelu's approximation x sigmoid(u), u = scale (x + cube x^3)."""

    def rule(g: Tensor) -> Tensor:
        held = clamp(x, -100.0, 100.0)  # beyond, the sigmoid's slope is 0
        square_of = held * held
        u = held * (1 + square_of * elementary.GELU_CUBE) * elementary.GELU_SCALE
        first = (1 + square_of * (3 * elementary.GELU_CUBE)) * elementary.GELU_SCALE
        second = held * (6 * elementary.GELU_CUBE * elementary.GELU_SCALE)
        s = sigmoid(u)
        bend = held * (second - first * first * (s * 2 - 1))
        return g * (s * sigmoid(-u) * (first * 2 + bend))

    return record("gelu_tanh_slope", elementary.gelu_tanh_slope, (x, rule))


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x sigmoid(x), also called swish.

    Elfwing et al. (2017), arXiv:1702.03118.

    Args:
        input: of any shape.
        inplace: whether to write the result into the input.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> F.silu(torch.tensor([-2.0, 0.5, 3.0]))
        tensor([-0.2384,  0.3112,  2.8577])
    """
    supported("silu_cpu", "f", input)
    if inplace:
        return _write_in_place(silu, input)
    x = floating(input)
    if not (state.recording and x.requires_grad):
        return record("silu", elementary.silu, (x, None))

    def rule(gradients: pointwise.Gradients, results: tuple[Tensor, Tensor]) -> tuple[Tensor]:
        by_value, by_slope = gradients
        if by_slope is None:
            assert by_value is not None
            return (by_value * results[1],)
        slope = sigmoid(x) * sigmoid(-x)
        by_slope = by_slope * (slope * (2 - x * tanh(x * 0.5)))
        return (by_slope if by_value is None else by_value * results[1] + by_slope,)

    return record_joint("silu", elementary.silu_with_slope, [x], rule, output=True)[0]


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """x tanh(softplus(x)).

    Misra (2019), arXiv:1908.08681.

    Args:
        input: of any shape.
        inplace: whether to write the result into the input.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> F.mish(torch.tensor([-2.0, 0.5, 3.0]))
        tensor([-0.2525,  0.3752,  2.9865])
    """
    supported("mish_cpu", "f", input)
    if inplace:
        return _write_in_place(mish, input)
    x = floating(input)
    return record("mish", elementary.mish, (x, lambda g: g * _mish_slope(x)))


def _mish_slope(x: Tensor) -> Tensor:
    """The derivative of mish."""

    def rule(g: Tensor) -> Tensor:
        y = tanh(pointwise.softplus(x))
        s = sigmoid(x)
        first = (1 - y * y) * s  # of y by x
        second = first * (1 - s) - y * first * s * 2
        return g * (first * 2 + x * second)

    return record("mish_slope", elementary.mish_slope, (x, rule))


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """log(1 + exp(beta x)) / beta, and x itself where beta x is above the threshold.

    Args:
        input: of any shape.
        beta: the steepness.
        threshold: above it beta x counts as the result, times beta.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> F.softplus(torch.tensor([-2.0, 0.5, 3.0]))
        tensor([0.1269, 0.9741, 3.0486])
    """
    supported("softplus_cpu", "f", input)
    scaled = input * beta
    return where(scaled > threshold, input, pointwise.softplus(scaled) / beta)


def logsigmoid(input: Tensor) -> Tensor:
    """log(sigmoid(x)), without underflow.

    Args:
        input: of any shape.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> F.logsigmoid(torch.tensor([-2.0, 0.5, 3.0]))
        tensor([-2.1269, -0.4741, -0.0486])
    """
    supported("log_sigmoid_cpu", "f", input)
    return pointwise.log_sigmoid(input)


def hardtanh(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """Each element held between two bounds; unlike `clamp` it has no gradient at them.

    Args:
        input: of any shape.
        min_val: the lower bound.
        max_val: the upper bound.
        inplace: whether to write the result into the input.

    Returns:
        A tensor of the input's shape.

    Raises:
        ValueError: if min_val is above max_val.

    Example:
        >>> F.hardtanh(torch.tensor([-2.0, 0.5, 3.0]))
        tensor([-1.0000,  0.5000,  1.0000])
    """
    if inplace:
        return hardtanh_(input, min_val, max_val)
    message = "hardtanh: min_val {} cannot be greater than {}"
    check(min_val <= max_val, message, min_val, max_val, error=ValueError)
    dtype = input.array.dtype
    message = "hardtanh: Bool inputs not supported for hardtanh"
    check(dtype.kind != "b", message)
    message = "cannot do hardtanh on an unsigned type with negative limits"
    check(dtype.kind != "u" or (min_val >= 0 and max_val >= 0), message)
    refuse_overflow(min_val, dtype)
    refuse_overflow(max_val, dtype)
    low = wrap(np.asarray(min_val).astype(dtype))
    high = wrap(np.asarray(max_val).astype(dtype))
    held = clamp(input.detach(), low, high)
    return where((input > min_val) & (input < max_val), input, held)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """`hardtanh`, written into the input.

    Args:
        input: of any shape.
        min_val: the lower bound.
        max_val: the upper bound.

    Returns:
        The input.

    Raises:
        ValueError: if min_val is above max_val.
    """
    return _write_in_place(hardtanh, input, min_val, max_val)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """`sigmoid` of straight lines: relu6(x + 3) / 6.

    Args:
        input: of any shape.
        inplace: whether to write the result into the input.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> F.hardsigmoid(torch.tensor([-2.0, 0.5, 3.0]))
        tensor([0.1667, 0.5833, 1.0000])
    """
    supported("hardsigmoid_cpu", "f", input)
    if inplace:
        return _write_in_place(hardsigmoid, input)
    return relu6(input + 3) / 6


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """x relu6(x + 3) / 6.

    Howard et al. (2019), arXiv:1905.02244.

    Args:
        input: of any shape.
        inplace: whether to write the result into the input.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> F.hardswish(torch.tensor([-2.0, 0.5, 3.0]))
        tensor([-0.3333,  0.2917,  3.0000])
    """
    supported("hardswish_cpu", "f", input)
    if inplace:
        return _write_in_place(hardswish, input)
    return input * (relu6(input + 3) / 6)  # the product first would overflow


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """x where above the threshold, `value` elsewhere.

    Args:
        input: of any shape.
        threshold: the threshold.
        value: what the others become.
        inplace: whether to write the result into the input.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> F.threshold(torch.tensor([-2.0, 0.5, 3.0]), 1.0, 0.0)
        tensor([0., 0., 3.])
    """
    supported("threshold_cpu", "iuf", input)
    if inplace:
        return threshold_(input, threshold, value)
    refuse_overflow(threshold, input.array.dtype)
    refuse_overflow(value, input.array.dtype)
    return where(input <= threshold, value, input)  # a NaN stays


_threshold = threshold  # by this name where a parameter has the function's


def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """`threshold`, written into the input.

    Args:
        input: of any shape.
        threshold: the threshold.
        value: what the others become.

    Returns:
        The input.
    """
    return _write_in_place(_threshold, input, threshold, value)


def softsign(input: Tensor) -> Tensor:
    """x / (1 + |x|), of each element x.

    Args:
        input: of any shape.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> F.softsign(torch.tensor([-2.0, 0.5, 3.0]))
        tensor([-0.6667,  0.3333,  0.7500])
    """
    x = floating(input)
    return record("softsign", elementary.softsign, (x, _softsign_rule(x)))


def _softsign_rule(x: Tensor) -> Callable[[Tensor], Tensor]:
    def rule(g: Tensor) -> Tensor:
        divisor = abs(x) + 1
        return g / divisor / divisor

    return rule


def tanhshrink(input: Tensor) -> Tensor:
    """x - tanh(x), of each element x.

    Args:
        input: of any shape.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> F.tanhshrink(torch.tensor([-2.0, 0.5, 3.0]))
        tensor([-1.0360,  0.0379,  2.0049])
    """
    x = floating(input)
    return record("tanhshrink", elementary.tanhshrink, (x, lambda g: g * square(tanh(x))))


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x outside of [-lambd, lambd], 0 inside.

    Args:
        input: of any shape.
        lambd: half the width of what becomes 0.

    Returns:
        A tensor of the input's shape.

    Example:
        >>> F.hardshrink(torch.tensor([-2.0, 0.5, 3.0]))
        tensor([-2.,  0.,  3.])
    """
    supported("hardshrink_cpu", "f", input)
    return where(abs(input) <= lambd, 0.0, input)  # a NaN stays


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x moved by lambd towards 0, and 0 where it would cross it.

    Args:
        input: of any shape.
        lambd: how far; not negative.

    Returns:
        A tensor of the input's shape.

    Raises:
        RuntimeError: of a negative lambd.

    Example:
        >>> F.softshrink(torch.tensor([-2.0, 0.5, 3.0]))
        tensor([-1.5000,  0.0000,  2.5000])
    """
    supported("softshrink_check", "f", input)
    message = "softshrink: lambda must be greater or equal to 0, but found to be {}."
    check(lambd >= 0, message, lambd)
    return where(abs(input) <= lambd, 0.0, input - sign(input.detach()) * lambd)  # a NaN stays


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The gated linear unit: the first half along a dimension times the sigmoid of the second.

    Dauphin et al. (2016), arXiv:1612.08083.

    Args:
        input: of any shape with an even size along the dimension.
        dim: the dimension. Default: the last.

    Returns:
        A tensor of half the size along the dimension.

    Raises:
        RuntimeError: if the size is odd.

    Example:
        >>> F.glu(torch.tensor([1.0, 2.0, 0.0, 3.0]))
        tensor([0.5000, 1.9051])
    """
    supported("glu_cpu", "f", input)
    even = input.ndim and input.size(dim) % 2 == 0
    message = "glu: Halving dimension must be even, got shape {} and dim {}"
    check(even, message, input.shape, dim)
    a, b = chunk(input, 2, dim)
    return a * sigmoid(b)


def gumbel_softmax(
    logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """A relaxed sample of a categorical distribution.

    Jang et al. (2016), arXiv:1611.01144.

    Args:
        logits: unnormalised log-probabilities, of any shape.
        tau: the temperature, positive: the lower, the nearer to one-hot.
        hard: whether the result is one-hot, with the gradient of the soft sample.
        eps: without effect; PyTorch has it.
        dim: the dimension of the classes. Default: the last.

    Returns:
        A tensor of the logits' shape, which sums to 1 along the dimension.

    Example:
        >>> F.gumbel_softmax(torch.zeros(2, 3), hard=True).sum(1)
        tensor([1., 1.])
    """
    noise = record_draw(
        "gumbel", _gumbel, shape=logits.array.shape, dtype=logits.array.dtype, generator=None
    )
    soft = softmax((logits + noise) / tau, dim)
    if not hard:
        return soft
    zeros = wrap(np.zeros_like(soft.array))
    one_hot = scatter(zeros, dim, argmax(soft, dim, True), 1.0)
    return one_hot - soft.detach() + soft


def _gumbel(shape: tuple[int, ...], dtype: Any, generator: random.Generator | None) -> Array:
    return random.source(generator).gumbel(size=shape).astype(dtype)
