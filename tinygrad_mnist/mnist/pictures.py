"""Any picture of one digit, made into what MNIST's digits are: 28x28, ink on black, centred by mass."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

SIDE = 28  # of an MNIST picture
BOX = 20  # the longer side of the digit in it
CENTRE = 14  # row and column of the ink's centre of mass
FAINT = 0.06  # of the range from black to white: less contrast is an empty sheet

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

    Raises ValueError for another shape or dtype, values that are no finite numbers, or an empty sheet.
    """
    ink, faint = _ink(_grey(np.asarray(array)))
    rows, columns = (np.flatnonzero((ink > faint).any(axis)) for axis in (1, 0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = max(ink.shape) / BOX
    height, width = (max(1, round(side / scale)) for side in ink.shape)
    small = _resampling(ink.shape[0], height) @ ink @ _resampling(ink.shape[1], width).T
    field = np.zeros((SIDE, SIDE))
    top, left = (_place(small.sum(1 - axis), small.shape[axis]) for axis in (0, 1))
    field[top : top + height, left : left + width] = small / small.max()
    return np.rint(field * 255).astype(np.uint8)


def _grey(array: npt.NDArray[Any]) -> Plane:
    """Brightness from 0 to 1, (h, w)."""
    kind = array.dtype.kind
    if (
        kind not in "buif"
        or array.ndim not in (2, 3)
        or (array.ndim == 3 and array.shape[2] not in (1, 3, 4))
    ):
        raise ValueError(
            f"prepare: got {array.dtype} {array.shape}, wanted numbers (h, w), (h, w, 3) or (h, w, 4)"
        )
    if not array.size:
        raise ValueError(f"prepare: got an empty picture, {array.shape}")
    values = array.astype(np.float64)
    if not np.isfinite(values).all():
        raise ValueError("prepare: got values that are not finite, wanted brightnesses")
    if kind in "ui":
        values /= (
            np.iinfo(array.dtype).max if array.dtype.itemsize < 4 else max(255.0, values.max())
        )
    elif values.max() > 1:
        values /= 255
    if array.ndim == 2:
        return values
    grey = values[..., :3] @ (np.array([0.299, 0.587, 0.114]) if array.shape[2] > 1 else np.ones(1))
    return grey * values[..., 3] + 1 - values[..., 3] if array.shape[2] == 4 else grey


def _ink(grey: Plane) -> tuple[Plane, float]:
    """How much of the darkest ink lies on each point, 0 to 1, and how much of it could be grain.

    Paper is what the picture's edge is.
    """
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = float(np.median(edge))
    sign = 1 if grey.max() - paper > paper - grey.min() else -1
    ink = sign * (grey - paper)
    # What the paper's own grain could be is not ink: three robust standard deviations of the edge.
    grain = 3 * 1.4826 * float(np.median(np.abs(edge - paper)))
    ink -= grain
    if ink.max() < FAINT:
        raise ValueError("prepare: got an empty sheet, wanted a digit on it")
    darkest = float(np.quantile(ink[ink > ink.max() / 2], 0.99))
    if grain >= darkest:
        raise ValueError("prepare: got an edge as dark as the ink, wanted a digit on even paper")
    return np.clip(ink / darkest, 0, 1), max(0.1, grain / darkest)


def _resampling(before: int, after: int) -> Plane:
    """(after, before): averages over areas where it shrinks, linear interpolation where it grows."""
    scale = before / after
    reach = max(scale, 1.0)
    centres = (np.arange(after) + 0.5) * scale - 0.5
    overlap: Plane = np.clip((reach + 1) / 2 - np.abs(centres[:, None] - np.arange(before)), 0, 1)
    return overlap / overlap.sum(1, keepdims=True)


def _place(mass: Plane, size: int) -> int:
    """Where the box begins, so that the centre of mass is in the middle; the box stays in the field."""
    centre = float(mass @ np.arange(size) / mass.sum())
    return min(max(round(CENTRE - centre), 0), SIDE - size)
