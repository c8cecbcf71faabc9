"""Layers that enlarge images, and that trade channels for size."""

from __future__ import annotations

from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.from_function import REQUIRED, from_function

Upsample = from_function(
    "Upsample",
    F.interpolate,
    "size? scale_factor? mode",
    size=None,
    scale_factor=None,
    mode="nearest",
    align_corners=None,
    recompute_scale_factor=None,
)
UpsamplingNearest2d = from_function(
    "UpsamplingNearest2d", F.interpolate, "size? scale_factor?", size=None, scale_factor=None
)
PixelShuffle = from_function("PixelShuffle", F.pixel_shuffle, "upscale_factor", upscale_factor=REQUIRED)
PixelUnshuffle = from_function("PixelUnshuffle", F.pixel_unshuffle, "downscale_factor", downscale_factor=REQUIRED)
Unfold = from_function(
    "Unfold", F.unfold, "kernel_size dilation padding stride", kernel_size=REQUIRED, dilation=1, padding=0, stride=1
)
Fold = from_function(
    "Fold",
    F.fold,
    "output_size kernel_size dilation padding stride",
    output_size=REQUIRED,
    kernel_size=REQUIRED,
    dilation=1,
    padding=0,
    stride=1,
)
