"""Tensors from numbers, shapes and random sources."""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes, random
from tinygrad_mnist.core.device import require_cpu
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops.arguments import as_tensor, cast, size
from tinygrad_mnist.random import Generator
from tinygrad_mnist.tape import record
from tinygrad_mnist.core.tensor import Array, Tensor, as_array, wrap

__all__ = [
    "arange", "bernoulli", "empty", "empty_like", "eye", "from_numpy", "full", "full_like",
    "linspace", "logspace", "multinomial", "normal", "ones", "ones_like", "rand",
    "rand_like", "randint", "randint_like", "randn", "randn_like", "randperm", "tensor",
    "tril_indices", "triu_indices", "zeros", "zeros_like",
]  # fmt: skip


def _made(function: Callable[..., Array]) -> Callable[..., Tensor]:
    """The array that a function makes as a tensor, with the options that all functions of this room take."""

    @functools.wraps(function)
    def make(*args: Any, dtype: Any = None, device: Any = None, layout: Any = None, requires_grad: bool = False,
             pin_memory: bool = False, memory_format: Any = None, **options: Any) -> Tensor:  # fmt: skip
        require_cpu(device)
        made = wrap(function(*args, dtype=None if dtype is None else dtypes.resolve(dtype), **options))
        if requires_grad:
            made.requires_grad = True
        return made

    return make


@_made
def tensor(data: Any, dtype: Any) -> Array:
    """A new tensor of the numbers in `data`: nested sequences, an array or a number, copied."""
    return np.array(_read(data, dtype))


def _read(data: Any, dtype: Any) -> Array:
    array = as_array(data, dtype)
    dtypes.of(array.dtype)
    return array


def as_tensor_(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """A tensor of the data, which shares its memory where dtype and type allow."""
    require_cpu(device)
    if isinstance(data, Tensor):
        return data if dtype is None else cast(data, dtype)
    return wrap(_read(data, None if dtype is None else dtypes.resolve(dtype)))


def from_numpy(ndarray: Array) -> Tensor:
    """A tensor over the memory of a NumPy array: writes to one are seen in the other."""
    check(isinstance(ndarray, np.ndarray), "from_numpy: expected np.ndarray (got {})", type(ndarray), error=TypeError)
    dtypes.of(ndarray.dtype)
    return wrap(ndarray)


def _filled(name: str, fill: Callable[..., Array], doc: str) -> Any:
    def op(*sizes: Any, dtype: Any, size: Any = None, generator: Generator | None = None) -> Array:
        shape = _size(sizes if size is None else (size,))
        check(min(shape, default=0) >= 0, "{}: Dimension size must be non-negative, got {}", name, shape)
        return fill(shape, dtype or dtypes.default(), generator)

    def like(input: Tensor, *, dtype: Any, generator: Generator | None = None) -> Array:
        return fill(input.array.shape, dtype or input.array.dtype, generator)

    op.__name__, op.__doc__ = name, f"{doc} in a shape given as `{name}(2, 3)` or `{name}((2, 3))`."
    like.__name__, like.__doc__ = f"{name}_like", f"{doc} in the shape and dtype of another tensor."
    return _made(op), _made(like)


_size = size


def _random(draw: Any, name: str) -> Callable[..., Array]:
    def fill(shape: Any, dtype: Any, generator: Any) -> Array:
        check(dtype.kind == "f", "{}: not implemented for {}", name, dtype, error=NotImplementedError)
        out: Array = draw(shape, dtype, generator)
        return out

    return fill


zeros, zeros_like = _filled("zeros", lambda s, d, g: np.zeros(s, d), "Zeros")
ones, ones_like = _filled("ones", lambda s, d, g: np.ones(s, d), "Ones")
empty, empty_like = _filled("empty", lambda s, d, g: np.zeros(s, d), "Numbers yet to be set")
rand, rand_like = _filled("rand", _random(random.uniform, "rand"), "Uniform numbers in [0, 1)")
randn, randn_like = _filled("randn", _random(random.normal, "randn"), "Standard normal numbers")


@_made
def full(size: Any, fill_value: Any, dtype: Any) -> Array:
    """A tensor of one number throughout; the number's type gives the dtype unless it is named."""
    value = _read(fill_value.item() if isinstance(fill_value, Tensor) else fill_value, dtype)
    return np.full(_size((size,)), value, value.dtype)


def full_like(input: Tensor, fill_value: Any, *, dtype: Any = None, **options: Any) -> Tensor:
    """One number throughout, in the shape and dtype of another tensor."""
    return full(input.array.shape, fill_value, dtype=dtype or input.dtype, **options)


# ranges ------------------------------------------------------------------------------------


def _numbers(name: str, *values: Any) -> list[Any]:
    scalar = all(not isinstance(each, Tensor) or not each.ndim for each in values)
    check(scalar, "{} only supports 0-dimensional start and end tensors, got {}", name, values)
    return [each.item() if isinstance(each, Tensor) else each for each in values]


@_made
def arange(start: Any, end: Any = None, step: Any = 1, *, dtype: Any) -> Array:
    """The numbers from start (0 where only an end is given) up to, without, end, `step` apart."""
    begin, stop, step = _numbers("arange", *((0, start) if end is None else (start, end)), step)
    wanted = dtype or (dtypes.default() if any(isinstance(each, float) for each in (begin, stop, step)) else np.int64)
    if wanted == np.int64 and all(map(math.isfinite, (begin, stop))):
        begin, stop, step = int(begin), int(stop), int(step)
    return _spaced(begin, stop, step, wanted, math.ceil)


def _spaced(begin: Any, stop: Any, step: Any, wanted: Any, count: Callable[[float], int]) -> Array:
    check(step, "arange: step must be nonzero")
    check(math.isfinite(begin) and math.isfinite(stop), "arange: unsupported range: {} -> {}", begin, stop)
    check((stop - begin) / step >= 0, "arange: upper bound and lower bound inconsistent with step sign: {}, {}, {}",
          begin, stop, step)  # fmt: skip
    whole = np.dtype(wanted).kind != "f"
    first, by = (int(begin), int(step)) if whole else (begin, step)
    return (first + by * np.arange(count((stop - begin) / step))).astype(wanted)


@_made
def range_(start: Any, end: Any, step: Any = 1, *, dtype: Any) -> Array:
    """The numbers from start to end, both included, `step` apart: floats."""
    return _spaced(start, end, step, dtype or dtypes.default(), lambda steps: int(steps) + 1)


@_made
def linspace(start: Any, end: Any, steps: int, *, dtype: Any) -> Array:
    """`steps` numbers, evenly spaced, from start to end, both included."""
    wanted = dtype or dtypes.default()
    return _even("linspace", start, end, steps, wanted).astype(wanted)


def _even(name: str, start: Any, end: Any, steps: Any, wanted: Any) -> Array:
    check(isinstance(steps, int | np.integer), "{}: steps must be an int, got {}", name, steps, error=TypeError)
    check(steps >= 0, "{}: number of steps must be non-negative", name)
    first, last = map(int if wanted.kind != "f" else float, _numbers(name, start, end))
    places, step = np.arange(steps), (last - first) / max(steps - 1, 1)
    return np.where(places < steps // 2 + (steps == 1), first + step * places, last - step * (steps - 1 - places))


@_made
def logspace(start: Any, end: Any, steps: int, base: float = 10.0, *, dtype: Any) -> Array:
    """base to the powers that `linspace` gives."""
    wanted = dtype or dtypes.default()
    return np.power(float(base), _even("logspace", start, end, steps, wanted)).astype(wanted)


@_made
def eye(n: int, m: int | None = None, *, dtype: Any) -> Array:
    """The n by m (or n by n) matrix with ones on its diagonal."""
    check(n >= 0 and (m is None or m >= 0), "eye: n and m must be greater or equal to 0, got {} and {}", n, m)
    return np.eye(n, m, dtype=dtype or dtypes.default())


@_made
def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any) -> Array:
    """The indices of the lower triangle of a matrix, (2, n)."""
    return np.stack(np.tril_indices(row, offset, col)).astype(dtype or np.int64)


@_made
def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any) -> Array:
    """The indices of the upper triangle of a matrix, (2, n)."""
    return np.stack(np.triu_indices(row, offset, col)).astype(dtype or np.int64)


# random ------------------------------------------------------------------------------------


@_made
def randint(low: Any, high: Any = None, size: Any = None, *, generator: Generator | None = None, dtype: Any) -> Array:
    """Integers from low (0 where only a high is given) up to, without, high: `randint(high, size)`."""
    if size is None:
        low, high, size = 0, low, high
    elif high is None:
        low, high = 0, low
    check(low < high, "random_ expects 'from' to be less than 'to', but got from={} >= to={}", low, high)
    return random.source(generator).integers(int(low), int(high), _size((size,))).astype(dtype or np.int64)


def randint_like(input: Tensor, low: Any, high: Any = None, *, dtype: Any = None, **options: Any) -> Tensor:
    """Random integers in the shape and dtype of another tensor."""
    low, high = (0, low) if high is None else (low, high)
    return randint(low, high, input.array.shape, dtype=dtype or input.dtype, **options)


@_made
def randperm(n: int, *, generator: Generator | None = None, dtype: Any) -> Array:
    """The integers from 0 to n - 1 in random order."""
    check(n >= 0, "randperm: Trying to create tensor with negative dimension {}", n)
    return random.source(generator).permutation(int(n)).astype(dtype or np.int64)


def normal(
    mean: Any, std: Any = 1.0, size: Any = None, *, generator: Generator | None = None, requires_grad: bool = False,
    **options: Any,
) -> Tensor:  # fmt: skip
    """Normal numbers of the given mean and standard deviation, each a number or a tensor."""
    spread = as_tensor(std)
    check((spread.array >= 0).all(), "normal expects all elements of std >= 0.0")
    if size is not None:
        drawn: Tensor = randn(size, generator=generator, **options) * std + mean
        return drawn.requires_grad_(requires_grad)
    shape = np.broadcast_shapes(as_tensor(mean).shape, spread.shape)
    like = mean if isinstance(mean, Tensor) else std
    return randn(shape, dtype=like.dtype, generator=generator) * std + mean


def bernoulli(input: Tensor, p: Any = None, *, generator: Generator | None = None) -> Tensor:
    """1 with the probability that each element gives, else 0."""
    chance = np.full(input.array.shape, p) if p is not None else input.array
    check(input.array.dtype.kind == "f" or p is not None, "bernoulli: expected a floating dtype, got {}", input.dtype)
    check(((chance >= 0) & (chance <= 1)).all(), "Expected p_in >= 0 && p_in <= 1 to be true, but got false.")
    out = random.uniform(chance.shape, np.float64, generator) < chance
    return record("bernoulli", out.astype(input.array.dtype), (input, lambda g: g * 0))


def multinomial(input: Tensor, num_samples: int, replacement: bool = False, *,
                generator: Generator | None = None) -> Tensor:  # fmt: skip
    """Indices drawn with the (unnormalised) probabilities in a vector, or in each row of a matrix.

    Without replacement the draws are the largest of log p plus Gumbel noise (Yellott 1977).
    """
    check(input.ndim in (1, 2), "multinomial: prob_dist must be 1 or 2 dim, got {}", input.ndim)
    check(input.array.dtype.kind == "f", "multinomial only supports floating-point dtypes, got: {}", input.dtype)
    check(num_samples >= 0, "cannot sample n_sample < 0 samples")
    weights = np.atleast_2d(input.array).astype(np.float64)
    check((weights >= 0).all() and np.isfinite(weights).all() and (weights.sum(1) > 0).all(),
          "probability tensor contains either `inf`, `nan` or element < 0, or sums to 0")  # fmt: skip
    rows, n = weights.shape
    draw = random.source(generator)
    if replacement:
        edges = np.cumsum(weights, 1)
        points = draw.random((rows, num_samples))
        out = np.stack([np.searchsorted(e / e[-1], u, side="right") for e, u in zip(edges, points, strict=True)])
        out = np.minimum(out, n - 1)
    else:
        check(((weights > 0).sum(1) >= num_samples).all(),
              "cannot sample n_sample > prob_dist.size(-1) samples without replacement: {} of {}",
              num_samples, n)  # fmt: skip
        keys = np.log(weights) - np.log(draw.exponential(size=weights.shape))
        out = np.argsort(-keys, 1)[:, :num_samples]
    return wrap(out.astype(np.int64).reshape((*input.array.shape[:-1], num_samples)))


# methods -----------------------------------------------------------------------------------


def _new(make: Any) -> Any:
    def method(self: Tensor, *args: Any, dtype: Any = None, **options: Any) -> Tensor:
        out: Tensor = make(*args, dtype=dtype or self.dtype, **options)
        return out

    method.__name__, method.__doc__ = f"new_{make.__name__}", f"`{make.__name__}` in this tensor's dtype."
    return method


for _make in (tensor, zeros, ones, empty, full):
    setattr(Tensor, "new_" + _make.__name__, _new(_make))
for _function in (bernoulli, multinomial):
    setattr(Tensor, _function.__name__, _function)
