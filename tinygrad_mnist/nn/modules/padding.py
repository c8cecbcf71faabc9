"""Padding layers: `XPadNd(padding)` widens the last N dimensions."""

from typing import Any

from tinygrad_mnist.errors import check
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.tensor import Tensor


class _Pad(Module):
    """Pads by one number on every side, or by (left, right, top, bottom, ...)."""

    mode, rank = "constant", 1
    value: float | None = None

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = (padding,) * (2 * self.rank) if isinstance(padding, int) else tuple(padding)

    def forward(self, input: Tensor) -> Tensor:
        ranks = self.rank + 1, self.rank + 2
        ok = self.mode != "circular" or input.ndim in ranks
        check(ok, "expected {}D or {}D input (got {}D input)", *ranks, input.ndim, error=ValueError)
        out: Tensor = F.pad(input, self.padding, self.mode, self.value)
        return out

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ConstantPad(_Pad):
    """Pads with a number."""

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


def _pads(name: str, mode: str, what: str, base: type[_Pad] = _Pad, **members: Any) -> list[Any]:
    def case(rank: int) -> Any:
        doc = f"The last {rank} dimensions padded with {what}."
        return type(f"{name}{rank}d", (base,), members | dict(mode=mode, rank=rank, __module__=__name__, __doc__=doc))

    return [case(rank) for rank in (1, 2, 3)]


ConstantPad1d, ConstantPad2d, ConstantPad3d = _pads("ConstantPad", "constant", "a number", _ConstantPad)
ZeroPad1d, ZeroPad2d, ZeroPad3d = _pads("ZeroPad", "constant", "zeros", value=0.0)
ReflectionPad1d, ReflectionPad2d, ReflectionPad3d = _pads("ReflectionPad", "reflect", "the reflection")
ReplicationPad1d, ReplicationPad2d, ReplicationPad3d = _pads("ReplicationPad", "replicate", "the edge")
CircularPad1d, CircularPad2d, CircularPad3d = _pads("CircularPad", "circular", "the other end")
