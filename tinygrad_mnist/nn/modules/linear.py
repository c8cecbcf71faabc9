"""Linear layers."""

from __future__ import annotations

import math
from typing import Any

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.lazy import LazyModuleMixin
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.modules.utils import _check_integers
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.ops.creation import empty

__all__ = ["Bilinear", "Identity", "LazyLinear", "Linear"]


class Identity(Module):
    """The input as it is.

    Args:
        args: accepted and ignored.
        kwargs: accepted and ignored.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.Identity(54, unused=True)(torch.ones(2))
        tensor([1., 1.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        return input


class Linear(Module):
    """x @ weight.T + bias.

    Args:
        in_features: the width of the input.
        out_features: the width of the output.
        bias: whether a bias is added.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Attributes:
        weight: (out_features, in_features); both start uniform in +-1 / sqrt(in_features).
        bias: (out_features,), or None.

    Shape:
        Input (..., in_features); output (..., out_features).

    Example:
        >>> nn.Linear(3, 2)(torch.ones(5, 3)).shape
        torch.Size([5, 2])
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        _check_integers(self, in_features=in_features, out_features=out_features)
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(empty(out_features, in_features, dtype=dtype, device=device))
        if bias:
            self.bias = Parameter(empty(out_features, dtype=dtype, device=device))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters anew, uniform in +-1 / sqrt(in_features)."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        init.uniform_bias_(self.bias, self.weight)

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        has_bias = self.bias is not None
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={has_bias}"


class NonDynamicallyQuantizableLinear(Linear):
    """`Linear`, by the name that PyTorch gives the last projection of `MultiheadAttention`."""


class Bilinear(Module):
    """x1 @ weight @ x2 + bias, with a matrix of the weight for each output.

    Args:
        in1_features: the width of the first input.
        in2_features: the width of the second input.
        out_features: the width of the output.
        bias: whether a bias is added.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Attributes:
        weight: (out_features, in1_features, in2_features); both start uniform in +-1 /
            sqrt(in1_features).
        bias: (out_features,), or None.

    Shape:
        Inputs (..., in1_features) and (..., in2_features); output (..., out_features).

    Raises:
        ValueError: if `in1_features` is not positive.

    Example:
        >>> nn.Bilinear(3, 4, 2)(torch.ones(5, 3), torch.ones(5, 4)).shape
        torch.Size([5, 2])
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        sizes = {"in1_features": in1_features, "in2_features": in2_features}
        _check_integers(self, **sizes, out_features=out_features)
        self.in1_features = in1_features
        self.in2_features = in2_features
        self.out_features = out_features
        shape = (out_features, in1_features, in2_features)
        self.weight = Parameter(empty(shape, dtype=dtype, device=device))
        if bias:
            self.bias = Parameter(empty(out_features, dtype=dtype, device=device))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters anew, uniform in +-1 / sqrt(in1_features)."""
        message = "in1_features must be > 0, but got {}"
        check(self.in1_features > 0, message, self.in1_features, error=ValueError)
        bound = self.in1_features**-0.5
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features},"
            f" out_features={self.out_features}, bias={self.bias is not None}"
        )


class LazyLinear(LazyModuleMixin, Linear):
    """`Linear` whose `in_features` is that of its first input.

    Args:
        out_features: the width of the output.
        bias: whether a bias is added.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Shape:
        Input (..., in_features); output (..., out_features).

    Example:
        >>> layer = nn.LazyLinear(2)
        >>> layer(torch.ones(5, 3)).shape
        torch.Size([5, 2])
        >>> layer
        Linear(in_features=3, out_features=2, bias=True)
    """

    cls_to_become = Linear

    def __init__(
        self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(0, out_features, bias, device, dtype)
        self._wait_for_input(
            "in_features", -1, out_features=out_features, bias=bias, device=device, dtype=dtype
        )
