"""`torch.version`: what PyTorch was built with; nothing here."""

from __future__ import annotations

__all__ = ["cuda", "hip"]

cuda: str | None = None
hip: str | None = None
