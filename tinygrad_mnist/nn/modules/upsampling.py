"""Layers that enlarge images, and that trade channels for size."""

from typing import Any

from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.from_function import REQUIRED, FunctionModule, from_function

_WINDOWS: dict[str, Any] = {"kernel_size": REQUIRED, "dilation": 1, "padding": 0, "stride": 1}


class _Upsample(FunctionModule):
    scale_factor: Any

    def check(self) -> None:
        factor = self.scale_factor
        self.scale_factor = tuple(map(float, factor)) if isinstance(factor, tuple) else factor and float(factor)


def _upsampling(name: str, **options: Any) -> Any:
    made = from_function(name, F.interpolate, "size? scale_factor? mode", size=None, scale_factor=None, **options)
    return type(name, (_Upsample, made), {"__module__": __name__, "__doc__": made.__doc__})


Upsample = _upsampling("Upsample", mode="nearest", align_corners=None, recompute_scale_factor=None)
UpsamplingNearest2d = _upsampling("UpsamplingNearest2d", mode="nearest")
UpsamplingBilinear2d = _upsampling("UpsamplingBilinear2d", mode="bilinear", align_corners=True)
PixelShuffle = from_function("PixelShuffle", F.pixel_shuffle, "upscale_factor", upscale_factor=REQUIRED)
PixelUnshuffle = from_function("PixelUnshuffle", F.pixel_unshuffle, "downscale_factor", downscale_factor=REQUIRED)
ChannelShuffle = from_function("ChannelShuffle", F.channel_shuffle, "groups", groups=REQUIRED)
Unfold = from_function("Unfold", F.unfold, "kernel_size dilation padding stride", **_WINDOWS)
Fold = from_function(
    "Fold", F.fold, "output_size kernel_size dilation padding stride", output_size=REQUIRED, **_WINDOWS
)
