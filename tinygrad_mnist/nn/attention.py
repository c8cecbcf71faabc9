"""`torch.nn.attention`: the choice of a kernel for attention, of which there is one here."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from tinygrad_mnist.core.errors import check


class SDPBackend(Enum):
    """Kernels for `scaled_dot_product_attention`; MATH is the one that runs."""

    ERROR, MATH, FLASH_ATTENTION, EFFICIENT_ATTENTION, CUDNN_ATTENTION, OVERRIDEABLE = range(-1, 5)


@contextmanager
def sdpa_kernel(backends: Any, set_priority: bool = False) -> Iterator[None]:
    """Accepted, without effect; an error if what is chosen is not a backend."""
    for each in backends if isinstance(backends, list | tuple) else [backends]:
        check(isinstance(each, SDPBackend), "sdpa_kernel: {!r} is not an SDPBackend", each, error=AssertionError)
    yield
