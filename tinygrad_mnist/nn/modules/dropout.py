"""Dropout layers: active in training mode, the identity in evaluation mode."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.tensor import Tensor


class Dropout(Module):
    """Each element zeroed with probability p and the rest divided by 1 - p, in training.

    Srivastava et al., JMLR 15 (2014) 1929-1958.
    """

    function: Any = staticmethod(F.dropout)

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def forward(self, input: Tensor) -> Tensor:
        out: Tensor = self.function(input, self.p, self.training)
        return input.copy_(out) if self.inplace and out is not input else out

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout1d(Dropout):
    """Whole channels dropped, of (n, c, l)."""

    function = staticmethod(F.dropout1d)


class Dropout2d(Dropout):
    """Whole channels dropped, of (n, c, h, w)."""

    function = staticmethod(F.dropout2d)


class Dropout3d(Dropout):
    """Whole channels dropped, of (n, c, d, h, w)."""

    function = staticmethod(F.dropout3d)


class AlphaDropout(Dropout):
    """Dropout that keeps the mean and variance of self-normalising networks."""

    function = staticmethod(F.alpha_dropout)
