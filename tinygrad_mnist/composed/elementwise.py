"""TRANSITION."""

from tinygrad_mnist.ops.pointwise import (
    addcdiv,
    addcmul,
    allclose,
    clamp_max,
    clamp_min,
    equal,
    float_power,
    frac,
    heaviside,
    isclose,
    ldexp,
    lerp,
    logaddexp2,
)

__all__ = [
    "addcdiv",
    "addcmul",
    "allclose",
    "clamp_max",
    "clamp_min",
    "equal",
    "float_power",
    "frac",
    "heaviside",
    "isclose",
    "ldexp",
    "lerp",
    "logaddexp2",
]
