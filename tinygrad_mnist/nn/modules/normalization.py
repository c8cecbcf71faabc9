"""Normalisation over the features of each example."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.modules.utils import _check_integers, _single
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.ops.creation import empty

__all__ = ["GroupNorm", "LayerNorm", "LocalResponseNorm", "RMSNorm"]


class LayerNorm(Module):
    """The last dimensions standardised, each example by its own mean and variance.

    Ba et al. (2016), arXiv:1607.06450.

    Args:
        normalized_shape: the sizes of those dimensions; one number for the last.
        eps: added to the variance.
        elementwise_affine: whether a learned scale and shift follow.
        bias: whether there is a shift.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Attributes:
        weight: the scale, of the normalized shape, 1 at the start; or None.
        bias: the shift, of the normalized shape, 0 at the start; or None.

    Shape:
        Input (..., *normalized_shape); output of the same.

    Example:
        >>> nn.LayerNorm(2, elementwise_affine=False)(torch.tensor([[1.0, 3.0]]))
        tensor([[-1.0000,  1.0000]])
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape: tuple[int, ...] = _single(normalized_shape)
        _check_integers(self, normalized_shape=self.normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        if elementwise_affine:
            self.weight = Parameter(empty(self.normalized_shape, dtype=dtype, device=device))
        else:
            self.register_parameter("weight", None)
        if elementwise_affine and bias:
            self.bias = Parameter(empty(self.normalized_shape, dtype=dtype, device=device))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Scale 1 and shift 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps},"
            f" elementwise_affine={self.elementwise_affine}, bias={self.bias is not None}"
        )


class RMSNorm(Module):
    """The last dimensions divided by their root mean square.

    Zhang and Sennrich (2019), arXiv:1910.07467.

    Args:
        normalized_shape: the sizes of those dimensions; one number for the last.
        eps: added to the mean square. Default: the dtype's epsilon.
        elementwise_affine: whether a learned scale follows.
        device: "cpu".
        dtype: of the scale. Default: the default dtype.

    Attributes:
        weight: the scale, of the normalized shape, 1 at the start; or None.

    Shape:
        Input (..., *normalized_shape); output of the same.

    Example:
        >>> nn.RMSNorm(2, elementwise_affine=False)(torch.tensor([[3.0, 3.0]]))
        tensor([[1., 1.]])
    """

    weight: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape: tuple[int, ...] = _single(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        if elementwise_affine:
            self.weight = Parameter(empty(self.normalized_shape, dtype=dtype, device=device))
        else:
            self.register_parameter("weight", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Scale 1."""
        if self.weight is not None:
            init.ones_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
        )


class GroupNorm(Module):
    """Groups of channels standardised, each example by its own mean and variance.

    Wu and He (2018), arXiv:1803.08494.

    Args:
        num_groups: how many groups.
        num_channels: the channels, dimension 1.
        eps: added to the variance.
        affine: whether a learned scale and shift follow.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.
        bias: whether there is a shift.

    Attributes:
        weight: the scale, (num_channels,), 1 at the start; or None.
        bias: the shift, (num_channels,), 0 at the start; or None.

    Shape:
        Input (n, num_channels, ...); output of the same.

    Raises:
        ValueError: if the groups do not divide the channels.

    Example:
        >>> nn.GroupNorm(2, 4)(torch.ones(5, 4, 3)).shape
        torch.Size([5, 4, 3])
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        _check_integers(self, num_channels=num_channels)
        _check_integers(self, 1, num_groups=num_groups)
        message = "num_channels ({}) must be divisible by num_groups ({})"
        check(num_channels % num_groups == 0, message, num_channels, num_groups, error=ValueError)
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        if affine:
            self.weight = Parameter(empty(num_channels, dtype=dtype, device=device))
        else:
            self.register_parameter("weight", None)
        if affine and bias:
            self.bias = Parameter(empty(num_channels, dtype=dtype, device=device))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Scale 1 and shift 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine},"
            f" bias={self.bias is not None}"
        )


class LocalResponseNorm(Module):
    """Each element divided by (k + alpha * mean of its neighbours' squares in other channels)^beta.

    Krizhevsky et al., NeurIPS 2012.

    Args:
        size: how many channels are neighbours.
        alpha: the factor.
        beta: the power.
        k: what is added.

    Shape:
        Input (n, c, ...), of at least three dimensions; output of the same.

    Example:
        >>> nn.LocalResponseNorm(2)(torch.ones(1, 3, 4)).shape
        torch.Size([1, 3, 4])
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Tensor) -> Tensor:
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
