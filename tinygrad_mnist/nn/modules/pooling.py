"""Pooling layers."""

from typing import Any

from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.from_function import REQUIRED, FunctionModule, from_function
from tinygrad_mnist.tensor import Tensor


class _Pool(FunctionModule):
    """A pooling whose stride is its kernel size unless named; `listed` names what is shown as a tuple."""

    kernel_size: Any
    stride: Any
    listed = ""
    rank = 1

    def check(self) -> None:
        if self.stride is None:
            self.stride = self.kernel_size
        for name in self.listed.split():
            value = getattr(self, name)
            setattr(self, name, (value,) * self.rank if isinstance(value, int) else tuple(value))


class _MaxUnpool(_Pool):
    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        options = self.kernel_size, self.stride, self.padding, output_size
        out: Tensor = type(self).function(input, indices, *options)
        return out


def _pools(name: str, function: str, shown: str, bases: Any = (_Pool,), listed: str = "", **options: Any) -> list[Any]:
    """The layers of one, two and three dimensions."""

    def case(rank: int) -> Any:
        made = from_function(f"{name}{rank}d", getattr(F, f"{function}{rank}d"), shown, **options)
        members = {"__module__": __name__, "__doc__": made.__doc__, "rank": rank, "listed": listed}
        return type(f"{name}{rank}d", (*bases, made), members)

    return [case(rank) for rank in (1, 2, 3)]


_WINDOWS: dict[str, Any] = {"kernel_size": REQUIRED, "stride": None, "padding": 0}
_MAX: dict[str, Any] = {**_WINDOWS, "dilation": 1, "return_indices": False, "ceil_mode": False}
_AVERAGE: dict[str, Any] = {**_WINDOWS, "ceil_mode": False, "count_include_pad": True}
_OUT: dict[str, Any] = {"output_size": REQUIRED}
MaxPool1d, MaxPool2d, MaxPool3d = _pools("MaxPool", "max_pool", "kernel_size stride padding dilation ceil_mode", **_MAX)
MaxUnpool1d, MaxUnpool2d, MaxUnpool3d = _pools(
    "MaxUnpool", "max_unpool", "kernel_size stride padding", (_MaxUnpool,), "kernel_size stride padding", **_WINDOWS
)
AvgPool1d = _pools(
    "AvgPool", "avg_pool", "kernel_size stride padding", (_Pool,), "kernel_size stride padding", **_AVERAGE
)[0]
_, AvgPool2d, AvgPool3d = _pools("AvgPool", "avg_pool", "kernel_size stride padding", **_AVERAGE, divisor_override=None)
LPPool1d, LPPool2d, LPPool3d = _pools(
    "LPPool", "lp_pool", "norm_type kernel_size stride ceil_mode", (),
    norm_type=REQUIRED, kernel_size=REQUIRED, stride=None, ceil_mode=False,
)  # fmt: skip
AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d = _pools(
    "AdaptiveAvgPool", "adaptive_avg_pool", "output_size", (), **_OUT
)
AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d = _pools(
    "AdaptiveMaxPool", "adaptive_max_pool", "output_size", (), **_OUT, return_indices=False
)
