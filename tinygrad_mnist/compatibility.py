"""PyTorch's switches for what this engine has no choice in: threads, compilers, precision."""

from __future__ import annotations

import os
from typing import Any

__all__ = [
    "are_deterministic_algorithms_enabled", "compile", "get_float32_matmul_precision", "get_num_interop_threads",
    "get_num_threads", "set_float32_matmul_precision", "set_num_interop_threads", "set_num_threads",
    "use_deterministic_algorithms",
]  # fmt: skip


class _Limits:
    held: Any = None  # the limits stay as long as this object does


def set_num_threads(threads: int) -> None:
    """Let NumPy's BLAS use this many threads."""
    if threads <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")
    from threadpoolctl import threadpool_limits

    _Limits.held = threadpool_limits(threads, "blas")


def get_num_threads() -> int:
    """The threads that NumPy's BLAS uses."""
    from threadpoolctl import threadpool_info

    return max(
        (pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"), default=os.cpu_count() or 1
    )


def set_num_interop_threads(threads: int) -> None:
    """Accepted: operations run one after the other."""


def get_num_interop_threads() -> int:
    """1."""
    return 1


def compile(model: Any = None, **options: Any) -> Any:
    """The model or function as it is; as a decorator too."""
    return model if model is not None else lambda function: function


def set_float32_matmul_precision(precision: str) -> None:
    """Accepted: float32 products are always computed in float32."""


def get_float32_matmul_precision() -> str:
    """ "highest"."""
    return "highest"


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Accepted: every operation gives the same bits for the same input."""


def are_deterministic_algorithms_enabled() -> bool:
    """True."""
    return True
