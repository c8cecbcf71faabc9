"""Random numbers: one seedable generator by default, `Generator` objects where a caller has one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.core.device import CPU, require_cpu
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Array, Tensor, wrap

__all__ = [
    "Generator", "default_generator", "get_rng_state", "initial_seed", "manual_seed", "seed", "set_rng_state",
]  # fmt: skip


class Generator:
    """A source of random numbers with a state of its own: SFC64, by Chris Doty-Humphrey."""

    def __init__(self, device: Any = "cpu") -> None:
        require_cpu(device)
        self.device = CPU
        self.manual_seed(67280421310721)

    def manual_seed(self, seed: int) -> Generator:
        """Start again from a seed; the same seed gives the same numbers."""
        check(
            -(2**63) <= seed < 2**64, "manual_seed: Overflow when unpacking long long, got {}", seed, error=ValueError
        )
        self._seed = seed % 2**64
        self.numpy = np.random.Generator(np.random.SFC64(self._seed))
        return self

    def initial_seed(self) -> int:
        """The seed that this generator was last started from."""
        return self._seed

    def seed(self) -> int:
        """Start again from a seed that the operating system draws, and return it."""
        self.manual_seed(int(np.random.SeedSequence().entropy % 2**63))  # type: ignore[operator]
        return self._seed

    def get_state(self) -> Tensor:
        """The state as a tensor of bytes."""
        state: Any = self.numpy.bit_generator.state
        words = [*state["state"]["state"].tolist(), state["has_uint32"], state["uinteger"]]
        return wrap(np.array(words, np.uint64).view(np.uint8))

    def set_state(self, new_state: Tensor) -> Generator:
        """Go on from a state that `get_state` returned."""
        words = new_state.array.view(np.uint64)
        self.numpy.bit_generator.state = {
            "bit_generator": "SFC64", "state": {"state": words[:4].copy()},
            "has_uint32": int(words[4]), "uinteger": int(words[5]),
        }  # fmt: skip
        return self


default_generator = Generator()


manual_seed = default_generator.manual_seed
seed, initial_seed = default_generator.seed, default_generator.initial_seed
get_rng_state, set_rng_state = default_generator.get_state, default_generator.set_state


@contextlib.contextmanager
def fork_rng(devices: Any = None, enabled: bool = True, **ignored: Any) -> Iterator[None]:
    """A with-block after which the default generator goes on where it was before."""
    state = get_rng_state()
    try:
        yield
    finally:
        if enabled:
            set_rng_state(state)


def source(generator: Generator | None) -> np.random.Generator:
    """The NumPy generator behind `generator`, or behind the default one."""
    return (generator or default_generator).numpy


def _drawn(shape: Any, dtype: Any, draw: Any) -> Array:
    wanted = dtypes.resolve(dtype)
    return np.asarray(draw(shape, np.float64 if wanted == np.float64 else np.float32)).astype(wanted, copy=False)


def uniform(shape: Any, dtype: Any, generator: Generator | None) -> Array:
    """Uniform numbers in [0, 1)."""
    return _drawn(shape, dtype, source(generator).random)


def normal(shape: Any, dtype: Any, generator: Generator | None) -> Array:
    """Standard normal numbers."""
    return _drawn(shape, dtype, source(generator).standard_normal)


def bits16(count: int) -> Array:
    """Numbers of 16 random bits, from the default generator: a quarter of the time that floats would take."""
    return default_generator.numpy.bit_generator.random_raw((count + 3) // 4).view(np.uint16)[:count]
