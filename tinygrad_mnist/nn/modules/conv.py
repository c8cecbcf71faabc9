"""Convolution layers."""

from typing import Any

from tinygrad_mnist.creation import empty
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.core.tensor import Tensor

Ints = int | tuple[int, ...]


class _ConvNd(Module):
    """Parameters and options of a convolution over `rank` dimensions."""

    rank: int
    modes: tuple[str, ...] = ("zeros", "reflect", "replicate", "circular")
    transposed = False

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Ints, stride: Ints = 1, padding: Any = 0,
        dilation: Ints = 1, groups: int = 1, bias: bool = True, padding_mode: str = "zeros", device: Any = None,
        dtype: Any = None, output_padding: Ints = 0,
    ) -> None:  # fmt: skip
        super().__init__()
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        sizes = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
        for name, value in (sizes | {"output_padding": output_padding}).items():
            each = (value,) * self.rank if isinstance(value, int) else value
            setattr(self, name, each if isinstance(each, str) else tuple(each))
        self.padding_mode = padding_mode
        channels, modes, padded = (in_channels, out_channels), self.modes, isinstance(padding, str)
        for ok, message, wrong in (
            (groups > 0, "groups must be a positive integer, but got {}", groups),
            (not any(n % max(groups, 1) for n in channels), "channels {} must be divisible by groups", channels),
            (padding_mode in modes, f"padding_mode must be one of {modes}, but got {{!r}}", padding_mode),
            (not padded or padding in ("same", "valid"), "Invalid padding string {!r}, not valid or same", padding),
            (padding != "same" or max(self.stride) == 1, "padding='same' is not supported for stride {}", stride),
        ):
            check(ok, message, wrong, error=ValueError)
        first, second = channels if self.transposed else channels[::-1]
        self.weight = Parameter(empty(first, second // groups, *self.kernel_size, dtype=dtype, device=device))
        self.register_parameter("bias", Parameter(empty(out_channels, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters anew, uniform in +-1 / sqrt(fan_in)."""
        init.kaiming_uniform_(self.weight, a=5**0.5)
        init.uniform_bias_(self.bias, self.weight)

    def forward(self, input: Tensor) -> Tensor:
        padding: Any = self.padding
        if self.padding_mode != "zeros":
            sides = zip(self.dilation, self.kernel_size, strict=True)
            same = [d * (k - 1) if padding == "same" else 0 for d, k in sides]
            totals = same if isinstance(padding, str) else [2 * p for p in padding]
            around = [n for total in reversed(totals) for n in (total // 2, total - total // 2)]
            input, padding = F.pad(input, around, self.padding_mode), 0
        function = getattr(F, f"conv{self.rank}d")
        out: Tensor = function(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)
        return out

    def extra_repr(self) -> str:
        usual = {"padding": 0, "dilation": 1, "output_padding": 0, "groups": 1, "bias": True, "padding_mode": "zeros"}
        found = {name: getattr(self, name) for name in usual} | {"bias": self.bias is not None}
        odd = [name for name, value in found.items() if value not in (usual[name], (usual[name],) * self.rank)]
        shown = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        return ", ".join([shown, *(f"{name}={found[name]}" for name in odd)])


class _ConvTransposeNd(_ConvNd):
    transposed = True
    modes = ("zeros",)

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Ints, stride: Ints = 1, padding: Ints = 0,
        output_padding: Ints = 0, groups: int = 1, bias: bool = True, dilation: Ints = 1, padding_mode: str = "zeros",
        device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        options = dilation, groups, bias, padding_mode, device, dtype, output_padding
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, *options)

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        extra = self.output_padding if output_size is None else self._extra(input, output_size)
        options = self.stride, self.padding, extra, self.groups, self.dilation
        out: Tensor = getattr(F, f"conv_transpose{self.rank}d")(input, self.weight, self.bias, *options)
        return out

    def _extra(self, input: Tensor, output_size: Any) -> tuple[int, ...]:
        sizes = zip(input.array.shape[-self.rank :], tuple(output_size)[-self.rank :], self.stride, self.padding,
                    self.dilation, self.kernel_size, strict=True)  # fmt: skip
        extra = tuple(int(goal) - (n - 1) * s + 2 * int(p) - d * (k - 1) - 1 for n, goal, s, p, d, k in sizes)
        ok = all(0 <= e < s for e, s in zip(extra, self.stride, strict=True))
        message = "requested an output size of {}, which input {} cannot give"
        check(ok, message, output_size, list(input.shape), error=ValueError)
        return extra


class Conv1d(_ConvNd):
    """(n, in_channels, l) to (n, out_channels, l'), by a weight of (out_channels, in_channels / groups, k)."""

    rank = 1


class Conv2d(_ConvNd):
    """(n, in_channels, h, w) to (n, out_channels, h', w')."""

    rank = 2


class Conv3d(_ConvNd):
    """(n, in_channels, d, h, w) to (n, out_channels, d', h', w')."""

    rank = 3


class ConvTranspose1d(_ConvTransposeNd):
    """The gradient of a Conv1d by its input, as a layer: (n, in_channels, l) to (n, out_channels, l')."""

    rank = 1


class ConvTranspose2d(_ConvTransposeNd):
    """The gradient of a Conv2d by its input, as a layer."""

    rank = 2


class ConvTranspose3d(_ConvTransposeNd):
    """The gradient of a Conv3d by its input, as a layer."""

    rank = 3
