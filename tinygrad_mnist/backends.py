"""`torch.backends`: flags that programs set, and what is there: none of the accelerated libraries."""

from __future__ import annotations

import sys
import types
from typing import Any


class _Backend(types.ModuleType):
    """A backend's flags: any can be set; it is not available."""

    enabled = deterministic = benchmark = allow_tf32 = False

    def is_available(self) -> bool:
        """False."""
        return False

    is_built = is_available

    def version(self) -> Any:
        """None: it is not there."""
        return None


cudnn, mps, cuda, mkl, mkldnn, openmp = (
    _Backend(f"{__name__}.{name}") for name in ("cudnn", "mps", "cuda", "mkl", "mkldnn", "openmp")
)
cuda.__dict__["matmul"] = types.SimpleNamespace(allow_tf32=False)
__path__: list[str] = []
sys.modules.update({module.__name__: module for module in (cudnn, mps, cuda, mkl, mkldnn, openmp)})
