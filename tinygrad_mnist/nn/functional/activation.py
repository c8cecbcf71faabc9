"""Activation functions, each a composition of operations. Those of one formula are rows of a table."""

import functools
import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_mnist import methods, random
from tinygrad_mnist.composed.scattering import scatter
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.kernels import network
from tinygrad_mnist.nn.exports import export
from tinygrad_mnist.ops import pointwise
from tinygrad_mnist.ops.movement import chunk
from tinygrad_mnist.ops.pointwise import clamp, erf, exp, expm1, sigmoid, tanh, where
from tinygrad_mnist.ops.reduction import softmax
from tinygrad_mnist.tape import mode, record
from tinygrad_mnist.core.tensor import Tensor, wrap


def _activation(name: str, formula: Callable[..., Tensor], doc: str) -> Any:
    """A function from its formula; its last argument, if it is `inplace`, writes the result into the input."""
    formula.__name__ = formula.__qualname__ = name
    formula.__doc__ = doc
    names = list(inspect.signature(formula).parameters)
    if names[-1] != "inplace":
        return formula
    writing = methods.inplace(formula, name)

    @functools.wraps(formula)
    def function(*args: Any, **options: Any) -> Tensor:
        wanted = options.get("inplace", len(args) == len(names) and args[-1])
        return (writing if wanted else formula)(*args, **options)

    return function


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0)."""
    return input.relu_() if inplace else pointwise.relu(input)


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """log(1 + exp(beta x)) / beta, and x itself where beta x is above the threshold."""
    scaled = input * beta
    return where(scaled > threshold, input, pointwise.softplus_(scaled) / beta)


def _expm1(x: Tensor) -> Tensor:
    return expm1(clamp(x, max=0.0))


def _hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    check(min_val <= max_val, "hardtanh: min_val {} cannot be greater than {}", min_val, max_val, error=ValueError)
    held = clamp(input.detach(), *(wrap(np.asarray(bound).astype(input.array.dtype)) for bound in (min_val, max_val)))
    return where((input > min_val) & (input < max_val), input, held)


hardtanh = _activation("hardtanh", _hardtanh, "x held between min_val and max_val, with no gradient at the bounds.")
leaky_relu = _activation(
    "leaky_relu", lambda input, negative_slope=0.01, inplace=False: where(input > 0, input, input * negative_slope),
    "x where positive, negative_slope * x elsewhere.")  # fmt: skip
elu = _activation(
    "elu", lambda input, alpha=1.0, inplace=False: where(input > 0, input, _expm1(input) * alpha),
    "x where positive, alpha (exp(x) - 1) elsewhere. Clevert et al. (2015), arXiv:1511.07289.")  # fmt: skip
celu = _activation(
    "celu", lambda input, alpha=1.0, inplace=False: where(input > 0, input, _expm1(input / alpha) * alpha),
    "x where positive, alpha (exp(x / alpha) - 1) elsewhere. Barron (2017), arXiv:1704.07483.")  # fmt: skip
selu = _activation(
    "selu", lambda input, inplace=False: elu(input, 1.6732632423543772848) * 1.0507009873554804934,
    "The self-normalising scaled `elu`. Klambauer et al. (2017), arXiv:1706.02515.")  # fmt: skip
silu = _activation("silu", lambda input, inplace=False: input * sigmoid(input), "x sigmoid(x), also called swish.")
mish = _activation("mish", lambda input, inplace=False: input * tanh(softplus(input)),
                  "x tanh(softplus(x)). Misra (2019), arXiv:1908.08681.")  # fmt: skip
relu6 = _activation("relu6", lambda input, inplace=False: hardtanh(input, 0.0, 6.0), "x held between 0 and 6.")
hardsigmoid = _activation("hardsigmoid", lambda input, inplace=False: relu6(input + 3) / 6,
                         "`sigmoid` of straight lines: relu6(x + 3) / 6.")  # fmt: skip
hardswish = _activation("hardswish", lambda input, inplace=False: input * relu6(input + 3) / 6,
                       "x relu6(x + 3) / 6. Howard et al. (2019), arXiv:1905.02244.")  # fmt: skip
threshold = _activation(
    "threshold", lambda input, threshold, value, inplace=False: where(input > threshold, input, value),
    "x where above the threshold, `value` elsewhere.")  # fmt: skip
logsigmoid = _activation(
    "logsigmoid", lambda input: pointwise.log_sigmoid(input), "log(sigmoid(x)), without underflow."
)
softsign = _activation("softsign", lambda input: input / (input.abs() + 1), "x / (1 + |x|).")
tanhshrink = _activation("tanhshrink", lambda input: input - tanh(input), "x - tanh(x).")
hardshrink = _activation("hardshrink", lambda input, lambd=0.5: where(input.abs() > lambd, input, 0.0),
                        "x outside of [-lambd, lambd], 0 inside.")  # fmt: skip


def _rrelu(
    input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, inplace: bool = False
) -> Tensor:
    check(lower <= upper, "rrelu: Lower bound {} should be less than or equal to the upper bound {}", lower, upper)
    slopes: Any = (lower + upper) / 2
    if training:
        slopes = wrap(random.uniform(input.array.shape, input.dtype, None)) * (upper - lower) + lower
    return where(input > 0, input, input * slopes)


rrelu = _activation("rrelu", _rrelu, "`leaky_relu` with a random slope in training, the middle one otherwise.")
relu_, leaky_relu_, rrelu_, elu_, celu_, selu_, hardtanh_, threshold_ = (
    methods.inplace(each, each.__name__) for each in (relu, leaky_relu, rrelu, elu, celu, selu, hardtanh, threshold)
)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """`leaky_relu` with learned slopes: one, or one for each channel (dimension 1)."""
    fits = weight.ndim < 2 and weight.numel() in (1, input.array.shape[1] if input.ndim > 1 else 1)
    check(fits, "prelu: weight of shape {} for an input of shape {}", weight.shape, input.shape)
    shape = (1, -1) + (1,) * (input.ndim - 2) if input.ndim > 1 else (1,) * input.ndim
    return where(input > 0, input, input * weight.reshape(shape))


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """x times the normal distribution function at x. Hendrycks and Gimpel (2016), arXiv:1606.08415.

    `approximate="tanh"` is the paper's approximation of it.
    """
    check(approximate in ("none", "tanh"), "gelu: approximate must be either none or tanh, got {}", approximate)
    if approximate == "tanh":
        return input * (tanh((input + input**3 * 0.044715) * math.sqrt(2 / math.pi)) + 1) * 0.5
    if input.array.dtype != np.float32:
        return input * _normal(input)
    out, slopes = network.gelu(input.array, mode.recording and input.requires_grad)
    held = None if slopes is None else wrap(slopes)

    def rule(g: Tensor) -> Tensor:
        if held is not None and not mode.recording:
            return g * held
        return g * (_normal(input) + input * exp(input * input * -0.5) * (1 / math.sqrt(2 * math.pi)))

    return record("gelu", out, (input, rule))


def _normal(x: Tensor) -> Tensor:
    """The normal distribution function."""
    return (erf(x * math.sqrt(0.5)) + 1) * 0.5


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x moved by lambd towards 0, and 0 where it would cross it."""
    check(lambd >= 0, "softshrink: lambda must be greater or equal to 0, but found to be {}.", lambd)
    return where(input.abs() > lambd, input - input.detach().sign() * lambd, 0.0)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The first half along dim times the sigmoid of the second. Dauphin et al. (2016), arXiv:1612.08083."""
    fits = input.ndim and input.size(dim) % 2 == 0
    check(fits, "glu: Halving dimension must be even, got shape {} and dim {}", input.shape, dim)
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
    return scatter(wrap(np.zeros_like(soft.array)), dim, soft.argmax(dim, True), 1.0) - soft.detach() + soft


export(globals())
