"""Padding: an input widened at its ends."""

from __future__ import annotations

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.modules.utils import _repeat

__all__ = [
    "CircularPad1d",
    "CircularPad2d",
    "CircularPad3d",
    "ConstantPad1d",
    "ConstantPad2d",
    "ConstantPad3d",
    "ReflectionPad1d",
    "ReflectionPad2d",
    "ReflectionPad3d",
    "ReplicationPad1d",
    "ReplicationPad2d",
    "ReplicationPad3d",
    "ZeroPad1d",
    "ZeroPad2d",
    "ZeroPad3d",
]

Widths = int | tuple[int, ...]


class _ConstantPadNd(Module):
    """Padding of the last `rank` dimensions with a number."""

    rank: int

    def __init__(self, padding: Widths, value: float) -> None:
        super().__init__()
        self.padding = _repeat(padding, 2 * self.rank)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPadNd):
    """The input with a number around it.

    Args:
        padding: how much is added at each end, one number or (left, right); negative numbers cut
            off.
        value: the number.

    Shape:
        Input (n, c, l) or (c, l); output (n, c, l') or (c, l').

    Example:
        >>> nn.ConstantPad1d(1, 9.0)(torch.tensor([[1.0, 2.0]]))
        tensor([[9., 1., 2., 9.]])
    """

    rank = 1


class ConstantPad2d(_ConstantPadNd):
    """The input with a number around it.

    Args:
        padding: how much is added at each edge, one number or (left, right, top, bottom); negative
            numbers cut off.
        value: the number.

    Shape:
        Input (n, c, h, w) or (c, h, w); output (n, c, h', w') or (c, h', w').

    Example:
        >>> nn.ConstantPad2d(1, 0.5)(torch.ones(1, 2, 3, 3)).shape
        torch.Size([1, 2, 5, 5])
    """

    rank = 2


class ConstantPad3d(_ConstantPadNd):
    """The input with a number around it.

    Args:
        padding: how much is added at each side, one number or (left, right, top, bottom, front,
            back); negative numbers cut off.
        value: the number.

    Shape:
        Input (n, c, d, h, w) or (c, d, h, w); output (n, c, d', h', w') or (c, d', h', w').

    Example:
        >>> nn.ConstantPad3d(1, 0.5)(torch.ones(1, 2, 3, 3, 3)).shape
        torch.Size([1, 2, 5, 5, 5])
    """

    rank = 3


class _ZeroPadNd(Module):
    """Padding of the last `rank` dimensions with zeros."""

    rank: int

    def __init__(self, padding: Widths) -> None:
        super().__init__()
        self.padding = _repeat(padding, 2 * self.rank)
        self.value = 0.0

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ZeroPad1d(_ZeroPadNd):
    """The input with zeros around it.

    Args:
        padding: how much is added at each end, one number or (left, right); negative numbers cut
            off.

    Shape:
        Input (n, c, l) or (c, l); output (n, c, l') or (c, l').

    Example:
        >>> nn.ZeroPad1d((1, 0))(torch.tensor([[1.0, 2.0]]))
        tensor([[0., 1., 2.]])
    """

    rank = 1


class ZeroPad2d(_ZeroPadNd):
    """The input with zeros around it.

    Args:
        padding: how much is added at each edge, one number or (left, right, top, bottom); negative
            numbers cut off.

    Shape:
        Input (n, c, h, w) or (c, h, w); output (n, c, h', w') or (c, h', w').

    Example:
        >>> nn.ZeroPad2d(1)(torch.ones(1, 2, 3, 3)).shape
        torch.Size([1, 2, 5, 5])
    """

    rank = 2


class ZeroPad3d(_ZeroPadNd):
    """The input with zeros around it.

    Args:
        padding: how much is added at each side, one number or (left, right, top, bottom, front,
            back); negative numbers cut off.

    Shape:
        Input (n, c, d, h, w) or (c, d, h, w); output (n, c, d', h', w') or (c, d', h', w').

    Example:
        >>> nn.ZeroPad3d(1)(torch.ones(1, 2, 3, 3, 3)).shape
        torch.Size([1, 2, 5, 5, 5])
    """

    rank = 3


class _ReflectionPadNd(Module):
    """Padding of the last `rank` dimensions by its mirror image."""

    rank: int

    def __init__(self, padding: Widths) -> None:
        super().__init__()
        self.padding = _repeat(padding, 2 * self.rank)

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "reflect")

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ReflectionPad1d(_ReflectionPadNd):
    """The input continued as in a mirror, the edge itself not repeated.

    Args:
        padding: how much is added at each end, one number or (left, right); negative numbers cut
            off.

    Shape:
        Input (n, c, l) or (c, l); output (n, c, l') or (c, l').

    Example:
        >>> nn.ReflectionPad1d(1)(torch.tensor([[1.0, 2.0, 3.0]]))
        tensor([[2., 1., 2., 3., 2.]])
    """

    rank = 1


class ReflectionPad2d(_ReflectionPadNd):
    """The input continued as in a mirror, the edge itself not repeated.

    Args:
        padding: how much is added at each edge, one number or (left, right, top, bottom); negative
            numbers cut off.

    Shape:
        Input (n, c, h, w) or (c, h, w); output (n, c, h', w') or (c, h', w').

    Example:
        >>> nn.ReflectionPad2d(1)(torch.ones(1, 2, 3, 3)).shape
        torch.Size([1, 2, 5, 5])
    """

    rank = 2


class ReflectionPad3d(_ReflectionPadNd):
    """The input continued as in a mirror, the edge itself not repeated.

    Args:
        padding: how much is added at each side, one number or (left, right, top, bottom, front,
            back); negative numbers cut off.

    Shape:
        Input (n, c, d, h, w) or (c, d, h, w); output (n, c, d', h', w') or (c, d', h', w').

    Example:
        >>> nn.ReflectionPad3d(1)(torch.ones(1, 2, 3, 3, 3)).shape
        torch.Size([1, 2, 5, 5, 5])
    """

    rank = 3


class _ReplicationPadNd(Module):
    """Padding of the last `rank` dimensions by its edges."""

    rank: int

    def __init__(self, padding: Widths) -> None:
        super().__init__()
        self.padding = _repeat(padding, 2 * self.rank)

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "replicate")

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ReplicationPad1d(_ReplicationPadNd):
    """The input continued by its edges.

    Args:
        padding: how much is added at each end, one number or (left, right); negative numbers cut
            off.

    Shape:
        Input (n, c, l) or (c, l); output (n, c, l') or (c, l').

    Example:
        >>> nn.ReplicationPad1d(1)(torch.tensor([[1.0, 2.0]]))
        tensor([[1., 1., 2., 2.]])
    """

    rank = 1


class ReplicationPad2d(_ReplicationPadNd):
    """The input continued by its edges.

    Args:
        padding: how much is added at each edge, one number or (left, right, top, bottom); negative
            numbers cut off.

    Shape:
        Input (n, c, h, w) or (c, h, w); output (n, c, h', w') or (c, h', w').

    Example:
        >>> nn.ReplicationPad2d(1)(torch.ones(1, 2, 3, 3)).shape
        torch.Size([1, 2, 5, 5])
    """

    rank = 2


class ReplicationPad3d(_ReplicationPadNd):
    """The input continued by its edges.

    Args:
        padding: how much is added at each side, one number or (left, right, top, bottom, front,
            back); negative numbers cut off.

    Shape:
        Input (n, c, d, h, w) or (c, d, h, w); output (n, c, d', h', w') or (c, d', h', w').

    Example:
        >>> nn.ReplicationPad3d(1)(torch.ones(1, 2, 3, 3, 3)).shape
        torch.Size([1, 2, 5, 5, 5])
    """

    rank = 3


class _CircularPadNd(Module):
    """Padding of the last `rank` dimensions by its other end."""

    rank: int

    def __init__(self, padding: Widths) -> None:
        super().__init__()
        self.padding = _repeat(padding, 2 * self.rank)

    def forward(self, input: Tensor) -> Tensor:
        ok = input.ndim in (self.rank + 1, self.rank + 2)
        check(ok, "{}: {}D input", type(self).__name__, input.ndim, error=ValueError)
        return F.pad(input, self.padding, "circular")

    def extra_repr(self) -> str:
        return f"{self.padding}"


class CircularPad1d(_CircularPadNd):
    """The input continued at its other end.

    Args:
        padding: how much is added at each end, one number or (left, right); negative numbers cut
            off.

    Shape:
        Input (n, c, l) or (c, l); output (n, c, l') or (c, l').

    Raises:
        ValueError: if the input has another number of dimensions.

    Example:
        >>> nn.CircularPad1d(1)(torch.tensor([[1.0, 2.0, 3.0]]))
        tensor([[3., 1., 2., 3., 1.]])
    """

    rank = 1


class CircularPad2d(_CircularPadNd):
    """The input continued at its other end.

    Args:
        padding: how much is added at each edge, one number or (left, right, top, bottom); negative
            numbers cut off.

    Shape:
        Input (n, c, h, w) or (c, h, w); output (n, c, h', w') or (c, h', w').

    Raises:
        ValueError: if the input has another number of dimensions.

    Example:
        >>> nn.CircularPad2d(1)(torch.ones(1, 2, 3, 3)).shape
        torch.Size([1, 2, 5, 5])
    """

    rank = 2


class CircularPad3d(_CircularPadNd):
    """The input continued at its other end.

    Args:
        padding: how much is added at each side, one number or (left, right, top, bottom, front,
            back); negative numbers cut off.

    Shape:
        Input (n, c, d, h, w) or (c, d, h, w); output (n, c, d', h', w') or (c, d', h', w').

    Raises:
        ValueError: if the input has another number of dimensions.

    Example:
        >>> nn.CircularPad3d(1)(torch.ones(1, 2, 3, 3, 3)).shape
        torch.Size([1, 2, 5, 5, 5])
    """

    rank = 3
