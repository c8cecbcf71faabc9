"""`torch.cuda`: there is no CUDA; questions are answered, and work is refused."""

from __future__ import annotations

import contextlib
from typing import Any, NoReturn

from tinygrad_mnist.torch_shims.cuda import amp

__all__ = [
    "Event",
    "OutOfMemoryError",
    "Stream",
    "amp",
    "current_device",
    "current_stream",
    "device",
    "device_count",
    "empty_cache",
    "get_device_capability",
    "get_device_name",
    "get_device_properties",
    "get_rng_state",
    "is_available",
    "is_bf16_supported",
    "is_built",
    "is_initialized",
    "manual_seed",
    "manual_seed_all",
    "max_memory_allocated",
    "max_memory_reserved",
    "mem_get_info",
    "memory_allocated",
    "memory_reserved",
    "reset_peak_memory_stats",
    "set_device",
    "set_rng_state",
    "stream",
    "synchronize",
]


class OutOfMemoryError(RuntimeError):
    """What PyTorch raises where a GPU has no memory left; nothing here does."""


def is_available() -> bool:
    """Whether there is CUDA.

    Returns:
        False.
    """
    return False


def is_initialized() -> bool:
    """Whether CUDA is in use.

    Returns:
        False.
    """
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """Whether a GPU computes with bfloat16.

    Args:
        including_emulation: accepted.


    Returns:
        False.
    """
    return False


def is_built() -> bool:
    """Whether CUDA was compiled in.

    Returns:
        False.
    """
    return False


def device_count() -> int:
    """Count the GPUs.

    Returns:
        0.
    """
    return 0


def memory_allocated(device: Any = None) -> int:
    """The bytes that tensors take on a GPU.

    Args:
        device: which GPU.


    Returns:
        0.
    """
    return 0


def max_memory_allocated(device: Any = None) -> int:
    """The bytes that tensors took at most on a GPU.

    Args:
        device: which GPU.


    Returns:
        0.
    """
    return 0


def memory_reserved(device: Any = None) -> int:
    """The bytes that are reserved on a GPU.

    Args:
        device: which GPU.


    Returns:
        0.
    """
    return 0


def max_memory_reserved(device: Any = None) -> int:
    """The bytes that were reserved at most on a GPU.

    Args:
        device: which GPU.


    Returns:
        0.
    """
    return 0


def reset_peak_memory_stats(device: Any = None) -> None:
    """Accept: there is nothing to count anew.

    Args:
        device: which GPU.

    """


def empty_cache() -> None:
    """Accept: there is nothing to free."""


def manual_seed(seed: int) -> None:
    """Accept: there is no GPU's generator to seed.

    Args:
        seed: the seed.

    """


def manual_seed_all(seed: int) -> None:
    """Accept: there are no GPUs' generators to seed.

    Args:
        seed: the seed.

    """


def device(device: Any) -> contextlib.nullcontext[None]:
    """A with-block in which nothing is different.

    Args:
        device: which GPU.


    Returns:
        The context.
    """
    return contextlib.nullcontext()


def stream(stream: Any) -> contextlib.nullcontext[None]:
    """A with-block in which nothing is different.

    Args:
        stream: which stream.


    Returns:
        The context.
    """
    return contextlib.nullcontext()


def synchronize(device: Any = None) -> NoReturn:
    """Refuse: there is no CUDA.

    Args:
        device: which GPU.

    Raises:
        AssertionError: always.
    """
    _refuse()


def current_device() -> NoReturn:
    """Refuse: there is no CUDA.

    Raises:
        AssertionError: always.
    """
    _refuse()


def get_device_name(device: Any = None) -> NoReturn:
    """Refuse: there is no CUDA.

    Args:
        device: which GPU.

    Raises:
        AssertionError: always.
    """
    _refuse()


def get_device_properties(device: Any = None) -> NoReturn:
    """Refuse: there is no CUDA.

    Args:
        device: which GPU.

    Raises:
        AssertionError: always.
    """
    _refuse()


def get_device_capability(device: Any = None) -> NoReturn:
    """Refuse: there is no CUDA.

    Args:
        device: which GPU.

    Raises:
        AssertionError: always.
    """
    _refuse()


def set_device(device: Any) -> NoReturn:
    """Refuse: there is no CUDA.

    Args:
        device: which GPU.

    Raises:
        AssertionError: always.
    """
    _refuse()


def current_stream(device: Any = None) -> NoReturn:
    """Refuse: there is no CUDA.

    Args:
        device: which GPU.

    Raises:
        AssertionError: always.
    """
    _refuse()


def mem_get_info(device: Any = None) -> NoReturn:
    """Refuse: there is no CUDA.

    Args:
        device: which GPU.

    Raises:
        AssertionError: always.
    """
    _refuse()


def get_rng_state(device: Any = "cuda") -> NoReturn:
    """Refuse: there is no CUDA.

    Args:
        device: which GPU.

    Raises:
        AssertionError: always.
    """
    _refuse()


def set_rng_state(new_state: Any, device: Any = "cuda") -> NoReturn:
    """Refuse: there is no CUDA.

    Args:
        new_state: the state.
        device: which GPU.

    Raises:
        AssertionError: always.
    """
    _refuse()


def Stream(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse: there is no CUDA.

    Args:
        args: accepted.
        kwargs: accepted.

    Raises:
        AssertionError: always.
    """
    _refuse()


def Event(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse: there is no CUDA.

    Args:
        args: accepted.
        kwargs: accepted.

    Raises:
        AssertionError: always.
    """
    _refuse()


def _refuse() -> NoReturn:
    raise AssertionError("Torch not compiled with CUDA enabled")
