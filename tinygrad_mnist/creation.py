"""Tensors from numbers, shapes and random sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes, random
from tinygrad_mnist.device import require_cpu
from tinygrad_mnist.ops.arguments import as_tensor, cast, size
from tinygrad_mnist.random import Generator
from tinygrad_mnist.tape import record
from tinygrad_mnist.tensor import Array, Tensor, as_array, wrap

__all__ = [
    "arange", "bernoulli", "empty", "empty_like", "eye", "from_numpy", "full", "full_like",
    "linspace", "logspace", "multinomial", "normal", "ones", "ones_like", "poisson", "rand",
    "rand_like", "randint", "randint_like", "randn", "randn_like", "randperm", "tensor",
    "tril_indices", "triu_indices", "zeros", "zeros_like",
]  # fmt: skip


def _made(array: Array, device: Any, requires_grad: bool) -> Tensor:
    require_cpu(device)
    out = wrap(array)
    if requires_grad:
        out.requires_grad = True
    return out


def tensor(
    data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False
) -> Tensor:
    """A new tensor of the numbers in `data`: nested sequences, an array or a number, copied."""
    return _made(np.array(_read(data, dtype)), device, requires_grad)


def _read(data: Any, dtype: Any) -> Array:
    array = as_array(data, None if dtype is None else dtypes.resolve(dtype))
    dtypes.of(array.dtype)
    return array


def as_tensor_(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """A tensor of the data, which shares its memory where dtype and type allow."""
    require_cpu(device)
    if isinstance(data, Tensor):
        return data if dtype is None else cast(data, dtype)
    return wrap(_read(data, dtype))


def from_numpy(ndarray: Array) -> Tensor:
    """A tensor over the memory of a NumPy array: writes to one are seen in the other."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"from_numpy: expected np.ndarray (got {type(ndarray).__name__})")
    dtypes.of(ndarray.dtype)
    return wrap(ndarray)


def _filled(name: str, fill: Callable[..., Array], doc: str) -> Any:
    def op(
        *size_: Any,
        size: Any = None,
        out: Any = None,
        dtype: Any = None,
        layout: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        pin_memory: bool = False,
        generator: Generator | None = None,
        memory_format: Any = None,
    ) -> Tensor:
        shape = _size(size_ if size is None else (size,))
        if any(n < 0 for n in shape):
            raise RuntimeError(f"{name}: Trying to create tensor with negative dimension: {list(shape)}")
        wanted = dtypes.default() if dtype is None else dtypes.resolve(dtype)
        return _made(fill(shape, wanted, generator), device, requires_grad)

    def like(
        input: Tensor,
        *,
        dtype: Any = None,
        layout: Any = None,
        device: Any = None,
        requires_grad: bool = False,
        memory_format: Any = None,
        generator: Generator | None = None,
    ) -> Tensor:
        wanted = input.array.dtype if dtype is None else dtypes.resolve(dtype)
        return _made(fill(input.array.shape, wanted, generator), device, requires_grad)

    op.__name__, op.__doc__ = name, f"{doc} in a shape given as `{name}(2, 3)` or `{name}((2, 3))`."
    like.__name__, like.__doc__ = f"{name}_like", f"{doc} in the shape and dtype of another tensor."
    return op, like


_size = size


def _random(draw: Any, name: str) -> Callable[..., Array]:
    def fill(shape: Any, dtype: Any, generator: Any) -> Array:
        if dtype.kind != "f":
            raise RuntimeError(f"{name}: wanted a floating dtype, got {dtype}")
        out: Array = draw(shape, dtype, generator)
        return out

    return fill


zeros, zeros_like = _filled("zeros", lambda s, d, g: np.zeros(s, d), "Zeros")
ones, ones_like = _filled("ones", lambda s, d, g: np.ones(s, d), "Ones")
empty, empty_like = _filled("empty", lambda s, d, g: np.zeros(s, d), "Numbers yet to be set")
rand, rand_like = _filled("rand", _random(random.uniform, "rand"), "Uniform numbers in [0, 1)")
randn, randn_like = _filled("randn", _random(random.normal, "randn"), "Standard normal numbers")


def full(
    size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **ignored: Any
) -> Tensor:
    """A tensor of one number throughout; the number's type gives the dtype unless it is named."""
    value = _read(fill_value, dtype)
    return _made(np.full(_size((size,)), value, value.dtype), device, requires_grad)


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **ignored: Any,
) -> Tensor:
    """One number throughout, in the shape and dtype of another tensor."""
    return full(input.array.shape, fill_value, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


def arange(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **ignored: Any,
) -> Tensor:
    """The numbers from start (0 where only an end is given) up to, without, end, `step` apart."""
    begin, stop = (0, start) if end is None else (start, end)
    begin, stop, step = (each.item() if isinstance(each, Tensor) else each for each in (begin, stop, step))
    if not step or (stop - begin) / step < 0:
        raise RuntimeError(f"arange: upper bound and lower bound inconsistent with step sign: {begin}, {stop}, {step}")
    real = any(isinstance(each, float) for each in (begin, stop, step))
    wanted = dtypes.resolve(dtype) if dtype is not None else dtypes.default() if real else np.dtype(np.int64)
    return _made(np.arange(begin, stop, step).astype(wanted), device, requires_grad)


def range_(start: Any, end: Any, step: Any = 1, *, dtype: Any = None) -> Tensor:
    """The numbers from start to end, both included, `step` apart: floats."""
    count = int((end - start) / step) + 1
    return wrap((start + step * np.arange(count)).astype(dtypes.default() if dtype is None else dtypes.resolve(dtype)))


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **ignored: Any,
) -> Tensor:
    """`steps` numbers, evenly spaced, from start to end, both included."""
    wanted = dtypes.default() if dtype is None else dtypes.resolve(dtype)
    return _made(np.linspace(float(start), float(end), int(steps)).astype(wanted), device, requires_grad)


def logspace(
    start: float,
    end: float,
    steps: int,
    base: float = 10.0,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """base to the powers that `linspace` gives."""
    wanted = dtypes.default() if dtype is None else dtypes.resolve(dtype)
    return _made(np.logspace(start, end, steps, base=base).astype(wanted), device, requires_grad)


def eye(
    n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **ignored: Any
) -> Tensor:
    """The n by m (or n by n) matrix with ones on its diagonal."""
    return _made(
        np.eye(n, m, dtype=dtypes.default() if dtype is None else dtypes.resolve(dtype)), device, requires_grad
    )


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """The indices of the lower triangle of a matrix, (2, n)."""
    return wrap(np.stack(np.tril_indices(row, offset, col)).astype(np.int64))


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """The indices of the upper triangle of a matrix, (2, n)."""
    return wrap(np.stack(np.triu_indices(row, offset, col)).astype(np.int64))


# random ------------------------------------------------------------------------------------


def randint(
    low: Any,
    high: Any = None,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **ignored: Any,
) -> Tensor:
    """Integers from low (0 where only a high is given) up to, without, high: `randint(high, size)`."""
    if size is None:
        low, high, size = 0, low, high
    elif high is None:
        low, high = 0, low
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    out = random.source(generator).integers(int(low), int(high), _size((size,)))
    return _made(out.astype(np.int64 if dtype is None else dtypes.resolve(dtype)), device, requires_grad)


def randint_like(
    input: Tensor, low: Any, high: Any = None, *, dtype: Any = None, generator: Generator | None = None
) -> Tensor:
    """Random integers in the shape and dtype of another tensor."""
    low, high = (0, low) if high is None else (low, high)
    return randint(low, high, input.array.shape, dtype=dtype or input.dtype, generator=generator)


def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **ignored: Any,
) -> Tensor:
    """The integers from 0 to n - 1 in random order."""
    order = random.source(generator).permutation(int(n))
    return _made(order.astype(np.int64 if dtype is None else dtypes.resolve(dtype)), device, requires_grad)


def normal(
    mean: Any, std: Any = 1.0, size: Any = None, *, generator: Generator | None = None, requires_grad: bool = False,
    **options: Any,
) -> Tensor:  # fmt: skip
    """Normal numbers of the given mean and standard deviation, each a number or a tensor."""
    if size is not None:
        drawn: Tensor = randn(size, generator=generator, **options) * std + mean
        return drawn.requires_grad_(requires_grad)
    shape = np.broadcast_shapes(np.shape(as_tensor(mean).array), np.shape(as_tensor(std).array))
    if np.any(as_tensor(std).array < 0):
        raise RuntimeError("normal expects all elements of std >= 0.0")
    like = mean if isinstance(mean, Tensor) else std
    return wrap(random.normal(shape, like.dtype, generator)) * std + mean


def bernoulli(input: Tensor, p: Any = None, *, generator: Generator | None = None) -> Tensor:
    """1 with the probability that each element gives, else 0."""
    chance = np.full(input.array.shape, p) if p is not None else input.array
    if input.array.dtype.kind != "f" and p is None:
        raise RuntimeError(f"bernoulli: expected a floating dtype, got {input.dtype}")
    if chance.size and not ((chance >= 0) & (chance <= 1)).all():
        raise RuntimeError("Expected p_in >= 0 && p_in <= 1 to be true, but got false.")
    out = random.uniform(chance.shape, np.float64, generator) < chance
    return record("bernoulli", out.astype(input.array.dtype), (input, lambda g: g * 0))


def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Tensor:
    """Indices drawn with the (unnormalised) probabilities in a vector, or in each row of a matrix.

    Without replacement the draws are the largest of log p plus Gumbel noise (Yellott 1977).
    """
    weights = np.atleast_2d(input.array).astype(np.float64)
    if (weights < 0).any() or not np.isfinite(weights).all() or not (weights.sum(1) > 0).all():
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0, or sums to 0")
    rows, n = weights.shape
    draw = random.source(generator)
    if replacement:
        edges = np.cumsum(weights / weights.sum(1, keepdims=True), 1)
        points = draw.random((rows, num_samples))
        out = np.stack([np.searchsorted(e / e[-1], u, side="right") for e, u in zip(edges, points, strict=True)])
        out = np.minimum(out, n - 1)
    else:
        if num_samples > n or ((weights > 0).sum(1) < num_samples).any():
            raise RuntimeError(
                f"cannot sample n_sample > prob_dist.size(-1) samples without replacement: {num_samples} of {n}"
            )
        keys = np.log(weights) - np.log(draw.exponential(size=weights.shape))
        out = np.argsort(-keys, 1)[:, :num_samples]
    return wrap(out.astype(np.int64).reshape((*input.array.shape[:-1], num_samples)))


def poisson(input: Tensor, generator: Generator | None = None) -> Tensor:
    """Poisson counts with the rate that each element gives."""
    return wrap(random.source(generator).poisson(input.array).astype(input.array.dtype))


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
