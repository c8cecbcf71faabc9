"""`torch.backends.cuda`: NVIDIA's library, which is not here; its switches change nothing."""

from __future__ import annotations

import contextlib

__all__ = [
    "MatmulSwitches",
    "enable_flash_sdp",
    "enable_math_sdp",
    "enable_mem_efficient_sdp",
    "is_built",
    "matmul",
    "sdp_kernel",
]


class MatmulSwitches:
    """Switches of matrix products on a GPU.

    Attributes:
        allow_tf32: whether products may have 10 bits only.
        allow_fp16_reduced_precision_reduction: whether sums of float16 may be rounded on the way.
        allow_bf16_reduced_precision_reduction: whether sums of bfloat16 may be rounded on the way.
    """

    allow_tf32 = False
    allow_fp16_reduced_precision_reduction = True
    allow_bf16_reduced_precision_reduction = True


matmul = MatmulSwitches()


def is_built() -> bool:
    """Whether CUDA was compiled in.

    Returns:
        False.
    """
    return False


def enable_flash_sdp(enabled: bool) -> None:
    """Accept: attention has one way to be computed.

    Args:
        enabled: whether to use this way.
    """


def enable_mem_efficient_sdp(enabled: bool) -> None:
    """Accept: attention has one way to be computed.

    Args:
        enabled: whether to use this way.
    """


def enable_math_sdp(enabled: bool) -> None:
    """Accept: attention has one way to be computed.

    Args:
        enabled: whether to use this way.
    """


def sdp_kernel(
    enable_flash: bool = True,
    enable_math: bool = True,
    enable_mem_efficient: bool = True,
    enable_cudnn: bool = True,
) -> contextlib.nullcontext[None]:
    """A with-block in which nothing is different: attention has one way to be computed.

    Args:
        enable_flash: accepted without effect.
        enable_math: accepted without effect.
        enable_mem_efficient: accepted without effect.
        enable_cudnn: accepted without effect.

    Returns:
        The context.
    """
    return contextlib.nullcontext()
