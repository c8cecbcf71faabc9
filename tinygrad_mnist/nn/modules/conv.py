"""Convolution layers."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.creation import empty
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.tensor import Tensor

Ints = int | tuple[int, ...]


def tuple_of(value: Any, rank: int) -> tuple[int, ...]:
    """One number for every dimension, or the numbers themselves."""
    return (value,) * rank if isinstance(value, int) else tuple(value)


class _Conv(Module):
    """Parameters and options of a convolution over `rank` dimensions."""

    rank: int
    transposed = False

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Ints,
        stride: Ints = 1,
        padding: Any = 0,
        dilation: Ints = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
        output_padding: Ints = 0,
    ) -> None:
        super().__init__()
        if groups <= 0 or in_channels % groups or out_channels % groups:
            raise ValueError(
                f"in_channels {in_channels} and out_channels {out_channels} must be divisible by groups {groups}"
            )
        if padding_mode not in ("zeros", "reflect", "replicate", "circular"):
            raise ValueError(f"padding_mode must be zeros, reflect, replicate or circular, but got {padding_mode!r}")
        if isinstance(padding, str) and padding not in ("same", "valid"):
            raise ValueError(f"Invalid padding string {padding!r}, should be one of valid, same")
        self.in_channels, self.out_channels, self.groups, self.padding_mode = (
            in_channels,
            out_channels,
            groups,
            padding_mode,
        )
        self.kernel_size, self.stride, self.dilation = (tuple_of(v, self.rank) for v in (kernel_size, stride, dilation))
        self.padding = padding if isinstance(padding, str) else tuple_of(padding, self.rank)
        self.output_padding = tuple_of(output_padding, self.rank)
        if padding == "same" and any(s != 1 for s in self.stride):
            raise ValueError("padding='same' is not supported for strided convolutions")
        first, second = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        self.weight = Parameter(empty(first, second // groups, *self.kernel_size, dtype=dtype, device=device))
        self.register_parameter("bias", Parameter(empty(out_channels, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters anew, uniform in +-1 / sqrt(fan_in)."""
        init.kaiming_uniform_(self.weight, a=5**0.5)
        init.bias_for(self.weight, self.bias)

    def forward(self, input: Tensor) -> Tensor:
        padding: Any = self.padding
        if self.padding_mode != "zeros":
            around = [(0, 0)] * self.rank if padding == "valid" else self._around()
            input = F.pad(input, [n for pair in reversed(around) for n in pair], mode=self.padding_mode)
            padding = 0
        function = getattr(F, f"conv{self.rank}d")
        out: Tensor = function(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)
        return out

    def _around(self) -> list[tuple[int, int]]:
        if self.padding != "same":
            return [(int(p), int(p)) for p in self.padding]
        totals = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True)]
        return [(total // 2, total - total // 2) for total in totals]

    def extra_repr(self) -> str:
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        usual = {
            "padding": (0,) * self.rank,
            "dilation": (1,) * self.rank,
            "output_padding": (0,) * self.rank,
            "groups": 1,
        }
        parts += [f"{name}={getattr(self, name)}" for name, value in usual.items() if getattr(self, name) != value]
        parts += ["bias=False"] if self.bias is None else []
        parts += [f"padding_mode={self.padding_mode}"] if self.padding_mode != "zeros" else []
        return ", ".join(parts)


class Conv1d(_Conv):
    """(n, in_channels, l) to (n, out_channels, l'), by a weight of (out_channels, in_channels / groups, k)."""

    rank = 1


class Conv2d(_Conv):
    """(n, in_channels, h, w) to (n, out_channels, h', w')."""

    rank = 2


class Conv3d(_Conv):
    """(n, in_channels, d, h, w) to (n, out_channels, d', h', w')."""

    rank = 3


class _ConvTranspose(_Conv):
    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Ints,
        stride: Ints = 1,
        padding: Ints = 0,
        output_padding: Ints = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Ints = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
            output_padding,
        )

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        extra = self.output_padding if output_size is None else self._extra(input, output_size)
        function = getattr(F, f"conv_transpose{self.rank}d")
        out: Tensor = function(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )
        return out

    def _extra(self, input: Tensor, output_size: Any) -> tuple[int, ...]:
        extra = []
        for i in range(self.rank):
            least = (
                (input.array.shape[i - self.rank] - 1) * self.stride[i] - 2 * int(self.padding[i])
                + self.dilation[i] * (self.kernel_size[i] - 1) + 1
            )  # fmt: skip
            extra.append(int(tuple(output_size)[i - self.rank]) - least)
        if any(not 0 <= e < s for e, s in zip(extra, self.stride, strict=True)):
            raise ValueError(f"requested an output size of {output_size}, which input {list(input.shape)} cannot give")
        return tuple(extra)


class ConvTranspose1d(_ConvTranspose):
    """The gradient of a Conv1d by its input, as a layer: (n, in_channels, l) to (n, out_channels, l')."""

    rank = 1


class ConvTranspose2d(_ConvTranspose):
    """The gradient of a Conv2d by its input, as a layer."""

    rank = 2


class ConvTranspose3d(_ConvTranspose):
    """The gradient of a Conv3d by its input, as a layer."""

    rank = 3
