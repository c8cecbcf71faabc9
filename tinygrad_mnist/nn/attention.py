"""`torch.nn.attention`: the choice of a kernel for attention, of which there is one here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum

from tinygrad_mnist.core.errors import check

__all__ = ["SDPBackend", "sdpa_kernel"]


class SDPBackend(Enum):
    """Kernels for `scaled_dot_product_attention`; MATH is the one that runs."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4


@contextmanager
def sdpa_kernel(
    backends: SDPBackend | Sequence[SDPBackend], set_priority: bool = False
) -> Iterator[None]:
    """A with-block that wants certain kernels: accepted, without effect.

    Args:
        backends: a backend, or several.
        set_priority: accepted and ignored.

    Raises:
        AssertionError: if what is chosen is not a backend.

    Example:
        >>> with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        ...     pass
    """
    chosen = backends if isinstance(backends, list | tuple) else [backends]
    for each in chosen:
        check(
            isinstance(each, SDPBackend),
            "sdpa_kernel: {!r} is not an SDPBackend",
            each,
            error=AssertionError,
        )
    yield
