"""Pooling layers."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.from_function import REQUIRED, FunctionModule, from_function


class _Pool(FunctionModule):
    """A pooling whose stride is its kernel size unless named."""

    kernel_size: Any
    stride: Any

    def check(self) -> None:
        if self.stride is None:
            self.stride = self.kernel_size


def _pool(function: Any, name: str, shown: str, **options: Any) -> Any:
    made = from_function(name, function, shown, kernel_size=REQUIRED, stride=None, padding=0, **options)
    return type(name, (_Pool, made), {"__module__": __name__, "__doc__": made.__doc__})


_MAX: dict[str, Any] = {"dilation": 1, "return_indices": False, "ceil_mode": False}
_MAX_SHOWN = "kernel_size stride padding dilation ceil_mode"
MaxPool1d = _pool(F.max_pool1d, "MaxPool1d", _MAX_SHOWN, **_MAX)
MaxPool2d = _pool(F.max_pool2d, "MaxPool2d", _MAX_SHOWN, **_MAX)
MaxPool3d = _pool(F.max_pool3d, "MaxPool3d", _MAX_SHOWN, **_MAX)
_AVERAGE: dict[str, Any] = {"ceil_mode": False, "count_include_pad": True}
_AVERAGE_SHOWN = "kernel_size stride padding"
AvgPool1d = _pool(F.avg_pool1d, "AvgPool1d", _AVERAGE_SHOWN, **_AVERAGE)
AvgPool2d = _pool(F.avg_pool2d, "AvgPool2d", _AVERAGE_SHOWN, **_AVERAGE, divisor_override=None)
AvgPool3d = _pool(F.avg_pool3d, "AvgPool3d", _AVERAGE_SHOWN, **_AVERAGE, divisor_override=None)
AdaptiveAvgPool1d = from_function("AdaptiveAvgPool1d", F.adaptive_avg_pool1d, "output_size", output_size=REQUIRED)
AdaptiveAvgPool2d = from_function("AdaptiveAvgPool2d", F.adaptive_avg_pool2d, "output_size", output_size=REQUIRED)
AdaptiveMaxPool1d = from_function(
    "AdaptiveMaxPool1d", F.adaptive_max_pool1d, "output_size", output_size=REQUIRED, return_indices=False
)
AdaptiveMaxPool2d = from_function(
    "AdaptiveMaxPool2d", F.adaptive_max_pool2d, "output_size", output_size=REQUIRED, return_indices=False
)
