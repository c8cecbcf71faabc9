"""Dropout as layers: active in training mode, the identity in evaluation mode."""

from __future__ import annotations

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.modules.utils import _check_number

__all__ = ["AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout"]


class _DropoutNd(Module):
    """The options of all kinds of dropout."""

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        _check_number(self, "p", p)
        message = "dropout probability has to be between 0 and 1, but got {}"
        check(0 <= p <= 1, message, p, error=ValueError)
        self.p = p
        self.inplace = inplace

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_DropoutNd):
    """Each element zeroed with probability p, the rest divided by 1 - p.

    Srivastava et al., JMLR 15 (2014).

    Args:
        p: the probability.
        inplace: whether the result is written into the input.

    Shape:
        Input of any shape; output of the same.

    Raises:
        ValueError: if p is no probability.

    Example:
        >>> y = nn.Dropout(0.5)(torch.ones(100))
        >>> bool(((y == 0) | (y == 2)).all())
        True
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_DropoutNd):
    """Whole channels zeroed with probability p, the rest divided by 1 - p.

    Tompson et al. (2014), arXiv:1411.4280.

    Args:
        p: the probability.
        inplace: whether the result is written into the input.

    Shape:
        Input (n, c, l) or (c, l); output of the same.

    Raises:
        ValueError: if p is no probability.

    Example:
        >>> nn.Dropout1d(0.5)(torch.ones(2, 3, 4)).shape
        torch.Size([2, 3, 4])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_DropoutNd):
    """Whole channels zeroed with probability p, the rest divided by 1 - p.

    Tompson et al. (2014), arXiv:1411.4280.

    Args:
        p: the probability.
        inplace: whether the result is written into the input.

    Shape:
        Input (n, c, h, w); output of the same.

    Raises:
        ValueError: if p is no probability.

    Example:
        >>> nn.Dropout2d(0.5)(torch.ones(2, 3, 4, 4)).shape
        torch.Size([2, 3, 4, 4])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_DropoutNd):
    """Whole channels zeroed with probability p, the rest divided by 1 - p.

    Tompson et al. (2014), arXiv:1411.4280.

    Args:
        p: the probability.
        inplace: whether the result is written into the input.

    Shape:
        Input (n, c, d, h, w) or (c, d, h, w); output of the same.

    Raises:
        ValueError: if p is no probability.

    Example:
        >>> nn.Dropout3d(0.5)(torch.ones(2, 3, 4, 4, 4)).shape
        torch.Size([2, 3, 4, 4, 4])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_DropoutNd):
    """Dropout that keeps the mean and variance of self-normalising networks.

    Klambauer et al. (2017), arXiv:1706.02515.

    Args:
        p: the probability.
        inplace: whether the result is written into the input.

    Shape:
        Input of any shape; output of the same.

    Raises:
        ValueError: if p is no probability.

    Example:
        >>> nn.AlphaDropout(0.5).eval()(torch.ones(2))
        tensor([1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.alpha_dropout(input, self.p, self.training, self.inplace)


class FeatureAlphaDropout(_DropoutNd):
    """`AlphaDropout` of whole channels, dimension 1.

    Args:
        p: the probability.
        inplace: whether the result is written into the input.

    Shape:
        Input (n, c, ...); output of the same.

    Raises:
        ValueError: if p is no probability.

    Example:
        >>> nn.FeatureAlphaDropout(0.5).eval()(torch.ones(1, 2))
        tensor([[1., 1.]])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.feature_alpha_dropout(input, self.p, self.training, self.inplace)
