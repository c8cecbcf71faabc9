"""Random numbers: one seedable generator by default, `Generator` objects where a caller has one.

The same seed gives the same numbers, bit for bit, on one machine. The `draw_` functions make
arrays; the functions of tensors hand them to `record_draw`, so that a trace can draw anew.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.device import CPU, require_cpu
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import assign, write_out
from tinygrad_mnist.core.record import record, record_draw
from tinygrad_mnist.core.surface import method
from tinygrad_mnist.core.tensor import Array, Tensor, note_read, wrap
from tinygrad_mnist.ops.arguments import as_tensor, supported, type_name
from tinygrad_mnist.ops.arguments import size as shape_of
from tinygrad_mnist.ops.creation import (
    DeviceLike,
    DtypeLike,
    finish,
    wanted_dtype,
    wanted_shape,
    zeros_like,
)
from tinygrad_mnist.ops.pointwise import add, mul

__all__ = [
    "Generator",
    "bernoulli",
    "default_generator",
    "fork_rng",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "multinomial",
    "normal",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "randperm",
    "seed",
    "set_rng_state",
    "use_generator",
]


class Generator:
    """A source of random numbers with a state of its own: SFC64, by Chris Doty-Humphrey.

    Args:
        device: the CPU.

    Attributes:
        device: the CPU.
        numpy: the NumPy generator that draws.
        alive: all generators that there are.

    Example:
        >>> generator = torch.Generator().manual_seed(3)
        >>> first = torch.rand(2, generator=generator)
        >>> again = torch.rand(2, generator=generator.manual_seed(3))
        >>> torch.equal(first, again)
        True
    """

    numpy: np.random.Generator

    alive: ClassVar[weakref.WeakSet[Generator]] = weakref.WeakSet()

    def __init__(self, device: DeviceLike = "cpu") -> None:
        require_cpu(device)
        self.device = CPU
        Generator.alive.add(self)
        self.manual_seed(67280421310721)

    def manual_seed(self, seed: int) -> Generator:
        """Start again from a seed; the same seed gives the same numbers.

        Args:
            seed: from -2**63 to 2**64 - 1; a negative one counts from 2**64 downwards.

        Returns:
            This generator.

        Raises:
            ValueError: if the seed has more than 64 bits.
        """
        message = "manual_seed: Overflow when unpacking long long, got {}"
        check(-(2**63) <= seed < 2**64, message, seed, error=ValueError)
        self._seed = seed % 2**64
        self.numpy = np.random.Generator(np.random.SFC64(self._seed))
        return self

    def initial_seed(self) -> int:
        """The seed that this generator was last started from.

        Returns:
            A number from 0 to 2**64 - 1.
        """
        return self._seed

    def seed(self) -> int:
        """Start again from a seed that the operating system draws.

        Returns:
            The seed.
        """
        entropy: Any = np.random.SeedSequence().entropy
        self.manual_seed(int(entropy % 2**63))
        return self._seed

    def get_state(self) -> Tensor:
        """The state, to go on from later.

        Returns:
            A tensor of 48 bytes.
        """
        state: Any = self.numpy.bit_generator.state
        words = [*state["state"]["state"].tolist(), state["has_uint32"], state["uinteger"]]
        return wrap(np.array(words, np.uint64).view(np.uint8))

    def set_state(self, new_state: Tensor) -> Generator:
        """Go on from a state.

        Args:
            new_state: what `get_state` returned.

        Returns:
            This generator.
        """
        note_read("set_state", new_state)
        words = new_state.array.view(np.uint64)
        self.numpy.bit_generator.state = {
            "bit_generator": "SFC64",
            "state": {"state": words[:4].copy()},
            "has_uint32": int(words[4]),
            "uinteger": int(words[5]),
        }
        return self


class _OfThread(threading.local):
    """The generator that stands for the default one in this thread, or None."""

    generator: Generator | None = None


_of_thread = _OfThread()


class _DefaultGenerator(Generator):
    """The default generator: one for all threads, but where `use_generator` names another."""

    _shared: np.random.Generator

    @property
    def numpy(self) -> np.random.Generator:
        own = _of_thread.generator
        return self._shared if own is None else own.numpy

    @numpy.setter
    def numpy(self, value: np.random.Generator) -> None:
        own = _of_thread.generator
        if own is None:
            self._shared = value
        else:
            own.numpy = value


default_generator: Generator = _DefaultGenerator()


@contextlib.contextmanager
def use_generator(generator: Generator) -> Iterator[None]:
    """A with-block in which a generator stands for the default one, in this thread alone.

    Dropout, initial weights and all else that draws from the default generator draw from this one:
    two threads that train do not draw from each other's numbers.

    Args:
        generator: that is drawn from.

    Example:
        >>> generator = torch.Generator().manual_seed(3)
        >>> with torch.random.use_generator(generator):
        ...     first = torch.rand(2)
        >>> torch.equal(first, torch.rand(2, generator=generator.manual_seed(3)))
        True
    """
    before = _of_thread.generator
    _of_thread.generator = None if generator is default_generator else generator
    try:
        yield
    finally:
        _of_thread.generator = before


def manual_seed(seed: int) -> Generator:
    """Start the default generator again from a seed; the same seed gives the same numbers.

    Args:
        seed: from -2**63 to 2**64 - 1; a negative one counts from 2**64 downwards.

    Returns:
        The default generator.

    Raises:
        ValueError: if the seed has more than 64 bits.

    Example:
        >>> generator = torch.manual_seed(0)
        >>> first = torch.rand(3)
        >>> generator = torch.manual_seed(0)
        >>> torch.equal(torch.rand(3), first)
        True
    """
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Start the default generator again from a seed that the operating system draws.

    Returns:
        The seed.
    """
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that the default generator was last started from.

    Returns:
        A number from 0 to 2**64 - 1.
    """
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """The state of the default generator, to go on from later.

    Returns:
        A tensor of 48 bytes.

    Example:
        >>> state = torch.get_rng_state()
        >>> first = torch.rand(3)
        >>> torch.set_rng_state(state)
        >>> torch.equal(torch.rand(3), first)
        True
    """
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Let the default generator go on from a state.

    Args:
        new_state: what `get_rng_state` returned.
    """
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(
    devices: Any = None, enabled: bool = True, device_type: str = "cuda"
) -> Iterator[None]:
    """A with-block after which the default generator goes on where it was before.

    Args:
        devices: accepted; there is the CPU's generator only.
        enabled: False makes the block do nothing.
        device_type: accepted; there is the CPU only.

    Example:
        >>> with torch.random.fork_rng():
        ...     first = torch.rand(3)
        >>> torch.equal(torch.rand(3), first)
        True
    """
    state = get_rng_state()
    try:
        yield
    finally:
        if enabled:
            set_rng_state(state)


# arrays of random numbers --------------------------------------------------------------------


def source(generator: Generator | None) -> np.random.Generator:
    """The NumPy generator behind `generator`, or behind the default one."""
    return (generator or default_generator).numpy


def _float_for(dtype: np.dtype[Any]) -> Any:
    """The dtype to draw in: NumPy draws float32 and float64."""
    return np.float64 if dtype == np.float64 else np.float32


def draw_uniform(
    shape: int | Sequence[int], dtype: DtypeLike, generator: Generator | None = None
) -> Array:
    """Uniform numbers in [0, 1)."""
    wanted = dtypes.resolve(dtype)
    drawn = source(generator).random(shape, _float_for(wanted))
    return np.asarray(drawn).astype(wanted, copy=False)


def draw_normal(
    shape: int | Sequence[int], dtype: DtypeLike, generator: Generator | None = None
) -> Array:
    """Standard normal numbers."""
    wanted = dtypes.resolve(dtype)
    drawn = source(generator).standard_normal(shape, _float_for(wanted))
    return np.asarray(drawn).astype(wanted, copy=False)


def draw_integers(
    low: int,
    high: int,
    shape: int | Sequence[int],
    dtype: DtypeLike,
    generator: Generator | None = None,
) -> Array:
    """Integers from low up to, without, high."""
    drawn = source(generator).integers(low, high, shape)
    return np.asarray(drawn).astype(dtypes.resolve(dtype))


def draw_permutation(n: int, dtype: DtypeLike, generator: Generator | None = None) -> Array:
    """The integers from 0 to n - 1 in random order."""
    return source(generator).permutation(n).astype(dtypes.resolve(dtype))


def bits16(count: int, generator: Generator | None = None) -> Array:
    """Numbers of 16 random bits, (count,): a quarter of the time that floats would take."""
    words: Any = source(generator).bit_generator.random_raw((count + 3) // 4)
    numbers: Array = words.view(np.uint16)
    return numbers[:count]


# tensors of random numbers -------------------------------------------------------------------


def _drawn(
    name: str,
    draw: Callable[..., Array],
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    generator: Generator | None,
    device: DeviceLike | None,
    requires_grad: bool,
    out: Tensor | None = None,
) -> Tensor:
    """Floats that `draw` makes, as a tensor as the caller wants it."""
    require_cpu(device)
    message = "{}: not implemented for {}"
    check(dtype.kind == "f", message, name, dtype, error=NotImplementedError)
    options = {"shape": shape, "dtype": dtype, "generator": generator or default_generator}
    return finish(name, record_draw(name, draw, **options), None, requires_grad, out)


def rand(
    *sizes: int | Sequence[int],
    size: Sequence[int] | None = None,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Draw uniform numbers in [0, 1).

    Args:
        sizes: the shape, as numbers or as one sequence.
        size: the shape, as a keyword.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.
        out: the tensor to write the result to.
        dtype: of the elements. Default: `get_default_dtype()`.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of that shape.

    Raises:
        NotImplementedError: if the dtype is not a floating-point one.

    Example:
        >>> x = torch.rand(2, 3)
        >>> bool(((x >= 0) & (x < 1)).all())
        True
    """
    shape = wanted_shape("rand", sizes, size)
    wanted = wanted_dtype(dtype, out, dtypes.default())
    return _drawn("rand", draw_uniform, shape, wanted, generator, device, requires_grad, out)


def randn(
    *sizes: int | Sequence[int],
    size: Sequence[int] | None = None,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Draw standard normal numbers.

    Args:
        sizes: the shape, as numbers or as one sequence.
        size: the shape, as a keyword.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.
        out: the tensor to write the result to.
        dtype: of the elements. Default: `get_default_dtype()`.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of that shape.

    Raises:
        NotImplementedError: if the dtype is not a floating-point one.

    Example:
        >>> torch.randn(2, 3).shape
        torch.Size([2, 3])
    """
    shape = wanted_shape("randn", sizes, size)
    wanted = wanted_dtype(dtype, out, dtypes.default())
    return _drawn("randn", draw_normal, shape, wanted, generator, device, requires_grad, out)


def rand_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Draw uniform numbers in [0, 1), in the shape of another tensor.

    Args:
        input: whose shape and dtype are taken.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.
        dtype: of the elements. Default: the input's.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.
        memory_format: accepted without effect.

    Returns:
        A tensor of the input's shape.

    Raises:
        NotImplementedError: if the dtype is not a floating-point one.
    """
    shape = input.array.shape
    wanted = wanted_dtype(dtype, None, input.array.dtype)
    return _drawn("rand", draw_uniform, shape, wanted, generator, device, requires_grad)


def randn_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Draw standard normal numbers, in the shape of another tensor.

    Args:
        input: whose shape and dtype are taken.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.
        dtype: of the elements. Default: the input's.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.
        memory_format: accepted without effect.

    Returns:
        A tensor of the input's shape.

    Raises:
        NotImplementedError: if the dtype is not a floating-point one.
    """
    shape = input.array.shape
    wanted = wanted_dtype(dtype, None, input.array.dtype)
    return _drawn("randn", draw_normal, shape, wanted, generator, device, requires_grad)


def randint(
    low: int | None = None,
    high: int | Sequence[int] | None = None,
    size: Sequence[int] | None = None,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Draw integers from `low` up to, without, `high`; also `randint(high, size)`.

    Args:
        low: the least integer. Default: 0.
        high: the integers are below it.
        size: the shape.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.
        out: the tensor to write the result to.
        dtype: of the elements. Default: int64.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of that shape.

    Raises:
        RuntimeError: unless low < high.

    Example:
        >>> x = torch.randint(1, 7, (100,))
        >>> bool(((x >= 1) & (x < 7)).all())
        True
    """
    if size is None:  # randint(high, size)
        size = high  # type: ignore[assignment]
        high = low
        low = None
    elif high is None:  # randint(high, size=size)
        high = low
        low = None
    if low is None:
        low = 0
    check(high is not None and size is not None, "randint: wanted (high, size)", error=TypeError)
    first = int(low)
    last = int(high)  # type: ignore[arg-type]
    message = "random_ expects 'from' to be less than 'to', but got from={} >= to={}"
    check(low < high, message, low, high)  # type: ignore[operator]
    elements = wanted_dtype(dtype, out, dtypes.int64.dtype)
    check(first >= -(2**63) and last < 2**63, dtypes.TOO_LONG, error=ValueError)
    _within(elements, first, last - 1)
    require_cpu(device)
    drawn = record_draw(
        "randint",
        draw_integers,
        low=first,
        high=last,
        shape=shape_of((size,)),
        dtype=elements,
        generator=generator or default_generator,
    )
    return finish("randint", drawn, None, requires_grad, out)


def randint_like(
    input: Tensor,
    low: int,
    high: int | None = None,
    *,
    generator: Generator | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Draw integers from `low` up to, without, `high`, in the shape of another tensor.

    Args:
        input: whose shape and dtype are taken.
        low: the least integer; given alone, it is `high`, and the least is 0.
        high: the integers are below it.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.
        dtype: of the elements. Default: the input's.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.
        memory_format: accepted without effect.

    Returns:
        A tensor of the input's shape.

    Raises:
        RuntimeError: unless low < high.
    """
    if high is None:
        high = low
        low = 0
    return randint(
        low,
        high,
        input.array.shape,
        generator=generator,
        dtype=dtype or input.dtype,
        device=device,
        requires_grad=requires_grad,
    )


def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Draw a permutation: the integers from 0 to n - 1 in random order.

    Args:
        n: how many there are.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.
        out: the tensor to write the result to.
        dtype: of the elements. Default: int64.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of shape (n,).

    Raises:
        RuntimeError: if n is negative.

    Example:
        >>> torch.randperm(4).sort().values
        tensor([0, 1, 2, 3])
    """
    check(n >= 0, "randperm: Trying to create tensor with negative dimension {}", n)
    require_cpu(device)
    drawn = record_draw(
        "randperm",
        draw_permutation,
        n=int(n),
        dtype=wanted_dtype(dtype, out, dtypes.int64.dtype),
        generator=generator or default_generator,
    )
    return finish("randperm", drawn, None, requires_grad, out)


def normal(
    mean: float | Tensor,
    std: float | Tensor = 1.0,
    size: Sequence[int] | None = None,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: DtypeLike | None = None,
    layout: Any = None,
    device: DeviceLike | None = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Draw normal numbers of a mean and a standard deviation, each a number or a tensor.

    Args:
        mean: of each number.
        std: their standard deviation, not negative.
        size: the shape, where mean and std are numbers.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.
        out: the tensor to write the result to.
        dtype: of the elements, where `size` is given. Default: `get_default_dtype()`.
        layout: accepted; every tensor is strided.
        device: where the tensor is to be: the CPU, or None for it.
        pin_memory: accepted without effect.
        requires_grad: whether operations on the tensor are recorded.

    Returns:
        A tensor of that shape, or of the shape that mean and std are broadcast to.

    Raises:
        RuntimeError: if a standard deviation is negative.

    Example:
        >>> torch.normal(0.0, 1.0, (2, 3)).shape
        torch.Size([2, 3])
    """
    deviation = as_tensor(std)
    check((deviation.array >= 0).all(), "normal expects all elements of std >= 0.0")
    if size is None:
        size = np.broadcast_shapes(as_tensor(mean).array.shape, deviation.array.shape)
        like = mean if isinstance(mean, Tensor) else std
        dtype = like.dtype if isinstance(like, Tensor) else dtype
    elif dtype is None and out is not None:
        dtype = out.dtype
    standard = randn(size, dtype=dtype, device=device, generator=generator)
    result = add(mul(standard, std), mean)
    if requires_grad:
        result.requires_grad = True
    return result if out is None else write_out("normal", result, out)


# drawn with given probabilities --------------------------------------------------------------


@method
def bernoulli(
    input: Tensor,
    p: float | None = None,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Draw 1 with the probability that each element gives, else 0.

    Args:
        input: the probabilities, of any shape.
        p: one probability for all elements, instead.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.
        out: the tensor to write the result to.

    Returns:
        A tensor of the input's shape and dtype. The gradient of the input is 0.

    Raises:
        RuntimeError: if a probability is not in [0, 1], or the input is not floating-point.

    Example:
        >>> torch.bernoulli(torch.tensor([0.0, 1.0]))
        tensor([0., 1.])
    """
    fine = input.array.dtype.kind == "f" or p is not None
    check(fine, "bernoulli: expected a floating dtype, got {}", input.dtype)
    chance = input
    if p is not None:
        chance = wrap(np.full(input.array.shape, p))
    uniform = record_draw(
        "rand",
        draw_uniform,
        shape=input.array.shape,
        dtype=dtypes.float64.dtype,
        generator=generator or default_generator,
    )
    edges = (chance, zeros_like), (uniform, None)
    result = record("bernoulli", below, *edges, dtype=input.array.dtype)
    return result if out is None else write_out("bernoulli", result, out)


def below(chance: Array, uniform: Array, dtype: np.dtype[Any]) -> Array:
    """1 where the uniform number is below the probability, else 0."""
    fine = ((chance >= 0) & (chance <= 1)).all()
    check(fine, "Expected p_in >= 0 && p_in <= 1 to be true, but got false.")
    return np.asarray(uniform < chance).astype(dtype)


@method
def multinomial(
    input: Tensor,
    num_samples: int,
    replacement: bool = False,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Draw indices with the probabilities in a vector, or in each row of a matrix.

    Without replacement the draws are the largest of log p plus Gumbel noise (Yellott 1977).

    Args:
        input: the probabilities, (n,) or (rows, n); they need not sum to 1.
        num_samples: how many indices are drawn from each row.
        replacement: whether an index can be drawn again.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.
        out: the tensor to write the result to.

    Returns:
        A tensor of int64, (num_samples,) or (rows, num_samples).

    Raises:
        RuntimeError: if a probability is negative, infinite or NaN, if they sum to 0, if
            `num_samples` is negative, or if fewer probabilities than that are positive and
            there is no replacement.

    Example:
        >>> torch.multinomial(torch.tensor([0.0, 1.0]), 3, replacement=True)
        tensor([1, 1, 1])
    """
    check(input.ndim in (1, 2), "multinomial: prob_dist must be 1 or 2 dim, got {}", input.ndim)
    floating = input.array.dtype.kind == "f"
    check(floating, "multinomial only supports floating-point dtypes, got: {}", input.dtype)
    check(num_samples >= 0, "cannot sample n_sample < 0 samples")
    check_probabilities(input.array)
    rows, n = np.atleast_2d(input.array).shape
    generator = generator or default_generator
    if replacement:
        shape = rows, num_samples
        points = record_draw(
            "rand", draw_uniform, shape=shape, dtype=dtypes.float64.dtype, generator=generator
        )
        result = record("multinomial", choose_at_points, (input, None), (points, None))
    else:
        check_enough(input.array, num_samples)
        noise = record_draw(
            "exponential", draw_exponential, lambd=1.0, shape=(rows, n), generator=generator
        )
        edges = (input, None), (noise, None)
        result = record("multinomial", choose_largest, *edges, num_samples=num_samples)
    return result if out is None else write_out("multinomial", result, out)


def check_probabilities(weights: Array) -> None:
    """RuntimeError unless weights are finite and not negative, with a positive one in each row."""
    fine = (weights >= 0).all() and np.isfinite(weights).all()
    check(fine, "probability tensor contains either `inf`, `nan` or element < 0")
    message = "invalid multinomial distribution (sum of probabilities <= 0)"
    check((weights.sum(-1) > 0).all(), message)


def check_enough(weights: Array, num_samples: int) -> None:
    """RuntimeError unless each row has as many positive weights as there are samples."""
    message = "cannot sample n_sample > prob_dist.size(-1) samples without replacement"
    check(num_samples <= weights.shape[-1], message)
    least = (weights > 0).sum(-1).min()
    message = (
        "invalid multinomial distribution (with replacement=False, not enough positive categories"
        " to sample): {} samples of {}"
    )
    check(least >= num_samples, message, num_samples, least)


def choose_at_points(weights: Array, points: Array) -> Array:
    """The index whose share of the summed weights holds each point of [0, 1), row by row."""
    check_probabilities(weights)
    rows = np.atleast_2d(weights).astype(np.float64)
    sums = np.cumsum(rows, 1)
    chosen = np.empty(points.shape, np.int64)
    for row, (edges, places) in enumerate(zip(sums, points, strict=True)):
        chosen[row] = np.searchsorted(edges / edges[-1], places, side="right")
    np.minimum(chosen, rows.shape[1] - 1, out=chosen)
    return chosen.reshape((*weights.shape[:-1], points.shape[1]))


def choose_largest(weights: Array, noise: Array, num_samples: int) -> Array:
    """The indices of the largest weights divided by exponential noise, row by row."""
    check_probabilities(weights)
    check_enough(weights, num_samples)
    keys = np.log(np.atleast_2d(weights).astype(np.float64)) - np.log(noise)
    chosen = np.argsort(-keys, 1)[:, :num_samples].astype(np.int64)
    return chosen.reshape((*weights.shape[:-1], num_samples))


# methods that draw into a tensor -------------------------------------------------------------


CONTINUOUS = (
    "{} distribution is a continuous probability distribution. "
    "dtype must be a floating point but you specified {}"
)
WHOLE = {  # as PyTorch's errors about ranges of random numbers name the dtypes
    "uint8": "unsigned char",
    "int8": "signed char",
    "int16": "short",
    "int32": "int",
    "int64": "long",
    "bool": "bool",
    "float16": "c10::Half",
    "float32": "float",
    "float64": "double",
}


def _within(dtype: np.dtype[Any], low: float, high: float, last: str = "to - 1") -> None:
    """RuntimeError unless a dtype holds the least and the largest number to be drawn."""
    for each, name in ((low, "from"), (high, last)):
        if isinstance(each, int):
            check(-(2**63) <= each < 2**63, dtypes.TOO_LONG, error=ValueError)
        if dtype.kind == "b":
            held = 0 <= each <= 1
        else:
            held = dtypes.fits(each, dtype) and not (dtype.kind == "u" and each < 0)
        check(held, "{} is out of bounds for {}", name, WHOLE[dtype.name])


def _floats_only(name: str, x: Tensor) -> None:
    """NotImplementedError, as in PyTorch, for a tensor of integers or bools."""
    supported(name, "f", x)


def _fill_drawn(
    target: Tensor,
    name: str,
    draw: Callable[..., Array],
    generator: Generator | None,
    **parameters: Any,
) -> Tensor:
    """Write numbers that `draw` makes, of the target's shape, into the target."""
    drawn = record_draw(
        name,
        draw,
        shape=target.array.shape,
        dtype=target.array.dtype,
        generator=generator or default_generator,
        **parameters,
    )
    return assign(target, drawn, name)


@method
def uniform_(
    self: Tensor,
    from_: float = 0.0,
    to: float = 1.0,
    *,
    generator: Generator | None = None,
    **options: float,
) -> Tensor:
    """Draw uniform numbers in [from_, to) into this tensor.

    Args:
        self: the tensor to write.
        from_: the least number.
        to: the numbers are below it.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.
        options: `from`, PyTorch's name of from_.

    Returns:
        This tensor.

    Raises:
        RuntimeError: if from_ > to.

    Example:
        >>> x = torch.empty(100).uniform_(-1, 1)
        >>> bool((x.abs() <= 1).all())
        True
    """
    from_ = _named_from("uniform_", from_, options)
    message = "uniform_ expects to return a [from, to) range, but found from={} > to={}"
    check(from_ <= to, message, from_, to)
    _floats_only("uniform_", self)
    _within(self.array.dtype, from_, to, last="to")
    return _fill_drawn(self, "uniform", draw_uniform_between, generator, low=from_, high=to)


def _named_from(name: str, given: Any, options: dict[str, Any]) -> Any:
    """What is given under PyTorch's name `from`, which Python has no parameter of."""
    least = options.pop("from", given)
    unexpected = next(iter(options), None)
    message = "{}() got an unexpected keyword argument '{}'"
    check(unexpected is None, message, name, unexpected, error=TypeError)
    return least


def draw_uniform_between(
    low: float,
    high: float,
    shape: Sequence[int],
    dtype: DtypeLike = np.float64,
    generator: Generator | None = None,
) -> Array:
    """Uniform numbers in [low, high)."""
    drawn = source(generator).uniform(low, high, shape)
    return np.asarray(drawn).astype(dtypes.resolve(dtype))


@method
def normal_(
    self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None
) -> Tensor:
    """Draw normal numbers into this tensor.

    Args:
        self: the tensor to write.
        mean: of the numbers.
        std: their standard deviation.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.

    Returns:
        This tensor.

    Raises:
        RuntimeError: if `std` is negative.

    Example:
        >>> torch.empty(2, 3).normal_(0, 0.01).shape
        torch.Size([2, 3])
    """
    check(std >= 0, "normal expects std >= 0.0, but found std {}", std)
    _floats_only("normal_kernel_cpu", self)
    return _fill_drawn(self, "normal", draw_normal_about, generator, mean=mean, std=std)


def draw_normal_about(
    mean: float,
    std: float,
    shape: Sequence[int],
    dtype: DtypeLike = np.float64,
    generator: Generator | None = None,
) -> Array:
    """Normal numbers of a mean and a standard deviation."""
    drawn = source(generator).normal(mean, std, shape)
    return np.asarray(drawn).astype(dtypes.resolve(dtype))


@method
def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Draw exponential numbers into this tensor: of density lambd * exp(-lambd * x).

    Args:
        self: the tensor to write.
        lambd: the rate, 1 / mean.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.

    Returns:
        This tensor.

    Raises:
        RuntimeError: unless the rate is positive.
    """
    check(self.array.dtype.kind == "f", CONTINUOUS, "Exponential", type_name(self))
    check(lambd > 0, "exponential_ expects lambda > 0.0, but found lambda={}", lambd)
    return _fill_drawn(self, "exponential", draw_exponential, generator, lambd=lambd)


def draw_exponential(
    lambd: float,
    shape: Sequence[int],
    dtype: DtypeLike = np.float64,
    generator: Generator | None = None,
) -> Array:
    """Exponential numbers of a rate."""
    drawn = source(generator).exponential(1 / lambd, shape)
    return np.asarray(drawn).astype(dtypes.resolve(dtype))


@method
def bernoulli_(
    self: Tensor, p: float | Tensor = 0.5, *, generator: Generator | None = None
) -> Tensor:
    """Draw 1 with probability p, else 0, into this tensor.

    Args:
        self: the tensor to write.
        p: the probability, or a tensor of probabilities that is broadcast to this tensor's shape.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.

    Returns:
        This tensor.

    Raises:
        RuntimeError: if a probability is not in [0, 1].
    """
    chance = as_tensor(p)
    note_read("bernoulli_", chance)
    fine = ((chance.array >= 0) & (chance.array <= 1)).all()
    check(fine, "bernoulli_ expects p to be in [0, 1], but got p={}", p)
    message = "bernoulli_: shape {} is not broadcastable to {}"
    check(_fits(chance.array.shape, self.array.shape), message, chance.shape, self.shape)
    return _fill_drawn(self, "bernoulli", draw_bernoulli, generator, p=chance.array.copy())


def _fits(shape: tuple[int, ...], goal: tuple[int, ...]) -> bool:
    """Whether an array of `shape` can be broadcast to `goal`."""
    pairs = zip(reversed(shape), reversed(goal), strict=False)
    return len(shape) <= len(goal) and all(n in (1, m) for n, m in pairs)


def draw_bernoulli(
    p: Array,
    shape: Sequence[int],
    dtype: DtypeLike = np.float64,
    generator: Generator | None = None,
) -> Array:
    """1 with probability p, else 0."""
    drawn = source(generator).binomial(1, p, shape)
    return np.asarray(drawn).astype(dtypes.resolve(dtype))


@method
def geometric_(self: Tensor, p: float, *, generator: Generator | None = None) -> Tensor:
    """Draw the number of trials until the first success into this tensor.

    Args:
        self: the tensor to write.
        p: the probability of success in one trial.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.

    Returns:
        This tensor.

    Raises:
        RuntimeError: unless 0 < p <= 1.
    """
    check(0 < p <= 1, "geometric_ expects p to be in (0, 1), but got p={}", p)
    return _fill_drawn(self, "geometric", draw_geometric, generator, p=p)


def draw_geometric(
    p: float,
    shape: Sequence[int],
    dtype: DtypeLike = np.float64,
    generator: Generator | None = None,
) -> Array:
    """Numbers of trials until the first success."""
    drawn = source(generator).geometric(p, shape)
    return np.asarray(drawn).astype(dtypes.resolve(dtype))


@method
def cauchy_(
    self: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None
) -> Tensor:
    """Draw Cauchy numbers into this tensor.

    Args:
        self: the tensor to write.
        median: of the numbers.
        sigma: half the distance between their quartiles.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.

    Returns:
        This tensor.
    """
    check(self.array.dtype.kind == "f", CONTINUOUS, "Cauchy", type_name(self))
    return _fill_drawn(self, "cauchy", draw_cauchy, generator, median=median, sigma=sigma)


def draw_cauchy(
    median: float,
    sigma: float,
    shape: Sequence[int],
    dtype: DtypeLike = np.float64,
    generator: Generator | None = None,
) -> Array:
    """Cauchy numbers of a median and a half-width."""
    drawn = median + sigma * source(generator).standard_cauchy(shape)
    return np.asarray(drawn).astype(dtypes.resolve(dtype))


@method
def log_normal_(
    self: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None
) -> Tensor:
    """Draw numbers whose logarithms are normal into this tensor.

    Args:
        self: the tensor to write.
        mean: of the logarithms.
        std: their standard deviation.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.

    Returns:
        This tensor.

    Raises:
        RuntimeError: if `std` is negative.
    """
    _floats_only("log_normal_cpu", self)
    check(std >= 0, "log_normal_ expects std > 0.0, but found std={}", std)
    return _fill_drawn(self, "log_normal", draw_log_normal, generator, mean=mean, std=std)


def draw_log_normal(
    mean: float,
    std: float,
    shape: Sequence[int],
    dtype: DtypeLike = np.float64,
    generator: Generator | None = None,
) -> Array:
    """Numbers whose logarithms are normal."""
    drawn = source(generator).lognormal(mean, std, shape)
    return np.asarray(drawn).astype(dtypes.resolve(dtype))


@method
def random_(
    self: Tensor,
    from_: int = 0,
    to: int | None = None,
    *,
    generator: Generator | None = None,
    **options: int,
) -> Tensor:
    """Draw integers into this tensor: from [from_, to), or with one number given from [0, from_).

    Args:
        self: the tensor to write.
        from_: the least integer; given alone, it is `to`, and the least is 0.
        to: the integers are below it. Default: what the dtype can hold; 2**24 for floats.
        generator: the source of the random numbers. Default: the one that `manual_seed` seeds.
        options: `from`, PyTorch's name of from_.

    Returns:
        This tensor.

    Raises:
        RuntimeError: unless from_ < to.
    """
    from_ = _named_from("random_", from_, options)
    low = from_
    high = to
    if high is None:
        low = 0
        high = from_ or _top(self.array.dtype)
    message = "random_ expects 'from' to be less than 'to', but got from={} >= to={}"
    check(low < high, message, low, high)
    _within(self.array.dtype, low, high - 1)
    return _fill_drawn(self, "random", draw_integers, generator, low=low, high=high)


def _top(dtype: np.dtype[Any]) -> int:
    """What `random_` draws below, where the caller does not say."""
    if dtype.kind == "f":
        return 2**24
    if dtype.kind == "b":
        return 2
    return int(np.iinfo(dtype).max)
