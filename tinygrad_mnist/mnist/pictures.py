"""Any picture of one digit, made into what MNIST's digits are.

That is 28x28, ink on black, centred by mass.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["DEVIATION", "SIDE", "Picture", "cast", "prepare", "resampling"]

SIDE = 28  # of an MNIST picture
BOX = 20  # the longer side of the digit in it
CENTRE = 14  # row and column of the ink's centre of mass
FAINT = 0.06  # of the range from black to white: less contrast is an empty sheet
LIGHT_OF_COLOURS = np.array([0.299, 0.587, 0.114])  # red, green and blue (ITU-R BT.601)
DEVIATION = 1.4826  # of a normal distribution, in medians of the absolute deviation

Picture = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.float64]


def prepare(array: npt.ArrayLike) -> Picture:
    """A picture of one digit as MNIST was made (LeCun et al. 1998, section III.A).

    Paper and ink are told apart by the picture's edge, so that black on white and white on black
    both do. The digit is cut out, scaled without distortion until its longer side is 20 pixels, and
    placed so that its centre of mass is at row and column 14 of a field of 28x28.

    Args:
        array: (h, w) of grey, (h, w, 1), (h, w, 3) of colours or (h, w, 4) with opacity over white;
            bool, integers up to their type's largest, or floats from 0 to 1 (or to 255).

    Returns:
        uint8 (28, 28): 0 is paper, 255 the darkest ink.

    Raises:
        ValueError: for another shape or dtype, values that are no finite numbers, or an empty
            sheet.
    """
    ink, faint = _ink(_grey(np.asarray(array)))
    return cast(ink, faint)


def cast(ink: Plane, faint: float) -> Picture:
    """Ink as MNIST was made: cut out, scaled to 20 pixels, centred by mass.

    Args:
        ink: (h, w), 0 to 1, with some above `faint`.
        faint: what is no more than this does not count for the digit's box.

    Returns:
        uint8 (28, 28): 0 is paper, 255 the darkest ink.
    """
    dark = ink > faint
    rows = np.flatnonzero(dark.any(1))
    columns = np.flatnonzero(dark.any(0))
    digit = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = max(digit.shape) / BOX
    height = max(1, round(digit.shape[0] / scale))
    width = max(1, round(digit.shape[1] / scale))
    vertical = resampling(digit.shape[0], height)
    horizontal = resampling(digit.shape[1], width)
    small = vertical @ digit @ horizontal.T
    top = _place(small.sum(1), height)
    left = _place(small.sum(0), width)
    field = np.zeros((SIDE, SIDE))
    field[top : top + height, left : left + width] = small / small.max()
    return np.rint(field * 255).astype(np.uint8)


def _grey(array: npt.NDArray[Any]) -> Plane:
    """Brightness from 0 to 1, (h, w)."""
    kind = array.dtype.kind
    is_plane = array.ndim == 2
    has_colours = array.ndim == 3 and array.shape[2] in (1, 3, 4)
    if kind not in "buif" or not (is_plane or has_colours):
        got = f"{array.dtype} {array.shape}"
        raise ValueError(f"prepare: got {got}, wanted numbers (h, w), (h, w, 3) or (h, w, 4)")
    if not array.size:
        raise ValueError(f"prepare: got an empty picture, {array.shape}")
    values = _unit(array)
    if is_plane:
        return values
    channels = array.shape[2]
    if channels == 1:
        return values[..., 0]
    grey: Plane = values[..., :3] @ LIGHT_OF_COLOURS
    if channels == 4:
        opacity = values[..., 3]
        grey = grey * opacity + 1 - opacity
    return grey


def _unit(array: npt.NDArray[Any]) -> Plane:
    """Numbers of any dtype as 0 to 1."""
    values = array.astype(np.float64)
    if not np.isfinite(values).all():
        raise ValueError("prepare: got values that are not finite, wanted brightnesses")
    largest = float(values.max())
    if array.dtype.kind not in "ui":
        return values / 255 if largest > 1 else values
    if array.dtype.itemsize < 4:
        return values / np.iinfo(array.dtype).max
    return values / max(255.0, largest)


def _ink(grey: Plane) -> tuple[Plane, float]:
    """How much of the darkest ink lies on each point, 0 to 1, and how much of it could be grain.

    Paper is what the picture's edge is.
    """
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = float(np.median(edge))
    sign = 1 if grey.max() - paper > paper - grey.min() else -1
    ink = sign * (grey - paper)
    # What the paper's own grain could be is not ink: three robust standard deviations of the edge.
    grain = 3 * DEVIATION * float(np.median(np.abs(edge - paper)))
    ink -= grain
    if ink.max() < FAINT:
        raise ValueError("prepare: got an empty sheet, wanted a digit on it")
    darkest = float(np.quantile(ink[ink > ink.max() / 2], 0.99))
    if grain >= darkest:
        raise ValueError("prepare: got an edge as dark as the ink, wanted a digit on even paper")
    return np.clip(ink / darkest, 0, 1), max(0.1, grain / darkest)


def resampling(before: int, after: int) -> Plane:
    """Averages over areas to shrink, linear interpolation to grow.

    Args:
        before: how many pixels there are.
        after: how many there are to be.

    Returns:
        (after, before).
    """
    scale = before / after
    reach = max(scale, 1.0)
    centres = (np.arange(after) + 0.5) * scale - 0.5
    distance = np.abs(centres[:, None] - np.arange(before))
    overlap: Plane = np.clip((reach + 1) / 2 - distance, 0, 1)
    shares: Plane = overlap / overlap.sum(1, keepdims=True)
    return shares


def _place(mass: Plane, size: int) -> int:
    """Where the box begins, so that the centre of mass is in the middle.

    The box stays in the field.
    """
    centre = float(mass @ np.arange(size) / mass.sum())
    return min(max(round(CENTRE - centre), 0), SIDE - size)
