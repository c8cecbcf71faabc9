"""Channels in another order."""

from __future__ import annotations

from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.module import Module

__all__ = ["ChannelShuffle"]


class ChannelShuffle(Module):
    """The channels of equal parts taken in turn. Zhang et al. (2018), arXiv:1707.01083.

    Args:
        groups: how many parts.

    Shape:
        Input (n, c, ...), c divisible by `groups`; output of the same.

    Example:
        >>> nn.ChannelShuffle(2)(torch.arange(4.0).reshape(1, 4, 1)).flatten()
        tensor([0., 2., 1., 3.])
    """

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, input: Tensor) -> Tensor:
        return F.channel_shuffle(input, self.groups)

    def extra_repr(self) -> str:
        return f"groups={self.groups}"
