"""Arrays as JSON that a page can draw: a byte a number, and the scale beside them."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["picture", "signed"]

FEW = 60  # numbers, up to which the numbers themselves are sent too


def signed(array: npt.NDArray[Any]) -> dict[str, Any]:
    """Values of both signs, a byte each.

    Args:
        array: floats of any shape.

    Returns:
        `shape`; `data`, int8 from -127 to 127 in base64; and `max`, the magnitude that 127 stands
        for. Up to 60 values come as `numbers` too, rounded to six significant digits.
    """
    largest = float(np.abs(array).max(initial=0))
    scaled = array * (127 / largest) if largest else array * 0
    content = np.rint(scaled).astype(np.int8).tobytes()
    result: dict[str, Any] = {
        "shape": list(array.shape),
        "max": largest,
        "data": base64.b64encode(content).decode(),
    }
    if array.size <= FEW:
        result["numbers"] = [float(f"{value:.6g}") for value in array.ravel()]
    return result


def picture(array: npt.NDArray[np.uint8]) -> str:
    """Bytes in base64.

    Args:
        array: uint8 (height, width).

    Returns:
        Its bytes, row by row.
    """
    return base64.b64encode(array.tobytes()).decode()
