"""What in a picture is a digit's ink, and what is paper, line, shadow, margin, speck or neighbour.

Ink is thin: it goes away where a picture is closed by a square that is wider than a pen's stroke
(grey closing, Serra 1982), and shadows, desks and margins stay. Printed lines are thinner and
longer than strokes and are taken out first. Of the connected pieces that are left, those at the
picture's border count less, small ones not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from tinygrad_mnist.mnist.pictures import DEVIATION, Picture, cast, resampling

__all__ = ["Found", "find"]

Plane = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

BRUSHES = (0.1, 0.18, 0.35)  # wider than a stroke, of the picture's longer side
LEAST = 0.06  # of what paper reflects: less contrast is no ink
QUIET = 0.03  # the noise that is left after smoothing
THIN = 0.028  # the widest line, of the picture's longer side
LONG = 0.36  # the shortest line
COVERED = 0.75  # of a line's length must be dark
SLANT = 8.0  # degrees: of lines from the horizontal or vertical
AT_BORDER = 0.15  # what ink counts in a piece that touches the border
ALONG_BORDER = 0.01  # in one that goes along half of one side
VOTING = 32  # pixels of a side that tell paper from ink
NEAR = 0.15  # of a digit's size: pieces nearer than this belong to it
SMALL = 0.12  # of a digit's size: smaller pieces are specks


@dataclass
class Found:
    """One thing that may be a digit.

    Attributes:
        picture: (28, 28), as MNIST's are.
        box: top, left, bottom and right, as shares of the picture's height and width.
        weight: how much ink it has, of the heaviest thing's.
        doubt: why it is hardly a digit, in words; or "".
    """

    picture: Picture
    box: tuple[float, float, float, float]
    weight: float
    doubt: str = ""


@dataclass
class _Piece:
    """A connected piece of ink."""

    rows: slice
    columns: slice
    mask: Mask
    mass: float
    touch: float  # the largest share of one side of the picture that it touches

    @property
    def size(self) -> int:
        return max(self.mask.shape)

    @property
    def score(self) -> float:
        if not self.at_border:
            return self.mass
        return self.mass * (AT_BORDER if self.touch < 0.5 else ALONG_BORDER)

    @property
    def at_border(self) -> bool:
        return self.touch > 0


def find(grey: Plane) -> list[Found]:
    """The things in a picture that may be digits.

    Args:
        grey: (h, w), brightness from 0 to 1; at most some hundred pixels a side.

    Returns:
        From left to right: the one that has the most ink, and those comparable to it.

    Raises:
        ValueError: if there is no ink in it.
    """
    light, noise = _smoothed(grey)
    if not _is_dark_ink(light):
        light = 1 - light
    if max(light.shape) >= 64:
        light = _without_lines(light, noise)
        light = _without_lines(light.T, noise).T
    ink, pieces = _best_brush(light, noise)
    if not pieces:
        raise ValueError("find: got an empty sheet, wanted a digit on it")
    things = _things(pieces)
    heaviest = max(_mass(thing) for thing in things)
    found = [_found(ink, thing, heaviest) for thing in things]
    return sorted(found, key=lambda each: each.box[1] + each.box[3])


def _smoothed(grey: Plane) -> tuple[Plane, float]:
    """A picture without most of its noise, and the deviation of what is left of it."""
    noise = _noise(grey)
    sigma = noise / (2 * np.sqrt(np.pi) * QUIET)
    if _is_dithered(grey):
        sigma = max(sigma, 1.2)
    sigma = min(sigma, max(grey.shape) / 80)
    if sigma < 0.4:
        return grey, noise
    smooth: Plane = ndimage.gaussian_filter(grey, sigma)
    return smooth, min(noise, noise / (2 * np.sqrt(np.pi) * sigma))


def _noise(grey: Plane) -> float:
    """The standard deviation of white noise (Immerkær 1996, with a median for his mean)."""
    if min(grey.shape) < 5:
        return 0.0
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], float)
    rough = ndimage.convolve(grey, kernel)[1:-1, 1:-1]
    return float(np.median(abs(rough))) * DEVIATION / 6


def _is_dithered(grey: Plane) -> bool:
    """Whether a picture has two tones that change from pixel to pixel."""
    if min(grey.shape) < 64:
        return False
    low = grey.min()
    high = grey.max()
    is_dark = grey < (low + high) / 2
    if not np.isin(grey, (low, high)).all():
        return False
    alone = is_dark[:, 1:-1] & ~is_dark[:, :-2] & ~is_dark[:, 2:]
    return bool(alone.sum() > 0.1 * is_dark.sum())


def _brush(light: Plane, share: float) -> int:
    """An odd number of pixels."""
    return 2 * int(max(light.shape) * share / 2) + 1


def _closed(light: Plane, side: int) -> Plane:
    closed: Plane = ndimage.grey_closing(light, size=(side, side))
    return closed


def _is_dark_ink(light: Plane) -> bool:
    """Whether the ink is darker than the paper, by what speaks for it.

    Ink departs from what is around it, paper is at the border, more and wider.
    """
    scale = max(1.0, max(light.shape) / VOTING)
    rows, columns = (max(1, round(length / scale)) for length in light.shape)
    small = resampling(light.shape[0], rows) @ light @ resampling(light.shape[1], columns).T
    middle = (np.quantile(small, 0.01) + np.quantile(small, 0.99)) / 2
    is_bright = small > middle
    edge = np.concatenate([is_bright[0], is_bright[-1], is_bright[:, 0], is_bright[:, -1]])
    wide_bright = ndimage.distance_transform_edt(is_bright).max() + 0.5
    wide_dark = ndimage.distance_transform_edt(~is_bright).max() + 0.5
    votes = [
        _darkness(small, 0.4),
        0.5 * _darkness(small, 0.75),
        1.5 * (2 * edge.mean() - 1),
        2 * is_bright.mean() - 1,
        0.5 * float(np.log(wide_bright / wide_dark)),
    ]
    return sum(votes) > 0


def _darkness(small: Plane, share: float) -> float:
    """From 1 to -1: whether what departs from the median around it is darker or brighter."""
    around = 2 * int(max(small.shape) * share / 2) + 1
    off = (ndimage.median_filter(small, size=around) - small) ** 3
    return float(off.sum() / (abs(off).sum() + 1e-9))


def _without_lines(light: Plane, noise: float) -> Plane:
    """A picture without what is thin and long and about horizontal."""
    length = int(LONG * max(light.shape))
    if light.shape[1] < length:
        return light
    thick = max(3, _brush(light, THIN))
    thin = ndimage.grey_closing(light, size=(thick, 1)) - light
    dark = thin > max(2.5 * noise, 0.02)
    if dark.sum() < COVERED * length:
        return light
    lines = _lines(dark, length)
    if not lines.any():
        return light
    depth = _closed(light, _brush(light, BRUSHES[-1])) - light
    level = float(np.median(depth[lines & dark]))
    lines = ndimage.binary_dilation(lines, np.ones((3, 1)))
    return _bridged(light, lines & (depth < 1.6 * level + 3 * noise))


def _lines(dark: Mask, length: int) -> Mask:
    """Where a line at any slant of at least a length is mostly dark."""
    height, width = dark.shape
    near = ndimage.binary_dilation(dark, np.ones((3, 1)))
    columns = np.arange(width)
    lines = np.zeros_like(dark)
    for degrees in np.arange(-SLANT, SLANT + 0.1, 0.5):
        drop = np.rint((columns - width / 2) * np.tan(np.deg2rad(degrees))).astype(int)
        reach = int(abs(drop).max())
        padded = np.pad(near, ((reach, reach), (0, 0)))
        rows = np.arange(height + 2 * reach)[:, None] + drop
        inside = (rows >= 0) & (rows < len(padded))
        rows = np.clip(rows, 0, len(padded) - 1)
        straight = (padded[rows, columns] & inside).astype(np.float32)
        full = ndimage.uniform_filter1d(straight, length, axis=1, mode="constant") > COVERED
        if not full.any():
            continue
        along = ndimage.maximum_filter1d(full, length, axis=1, mode="constant")
        back = np.clip(np.arange(height)[:, None] + reach - drop, 0, len(along) - 1)
        lines |= along[back, columns]
    return lines & near


def _bridged(light: Plane, gone: Mask) -> Plane:
    """A picture with some pixels filled in, in each column, from what is above and below them."""
    rows = np.arange(len(light))[:, None]
    above = np.maximum.accumulate(np.where(gone, -1, rows), 0)
    below = np.minimum.accumulate(np.where(gone, len(light), rows)[::-1], 0)[::-1]
    no_above = above < 0
    no_below = below == len(light)
    first = np.where(no_above, below, above)
    below = np.where(no_below, above, below)
    above = first
    above = np.clip(above, 0, len(light) - 1)
    below = np.clip(below, 0, len(light) - 1)
    upper = np.take_along_axis(light, above, 0)
    lower = np.take_along_axis(light, below, 0)
    share = (rows - above) / np.maximum(below - above, 1)
    filled: Plane = np.where(gone, upper + share * (lower - upper), light)
    return filled


def _best_brush(light: Plane, noise: float) -> tuple[Plane, list[_Piece]]:
    """Ink, and the pieces of it, by the brush that finds the most, the narrowest first."""
    best = 0.0
    chosen: tuple[Plane, list[_Piece]] = (light, [])
    for share in BRUSHES:
        paper = _closed(light, max(3, _brush(light, share)))
        ink = (paper - light) / np.maximum(paper, 0.1)
        pieces = _pieces(ink, noise / max(0.1, float(np.median(paper))))
        if not pieces:
            continue
        main = max(pieces, key=lambda piece: piece.score)
        score = main.mass
        if main.at_border:
            score *= 0.6 if main.touch < 0.5 else 0.1
        if score > 1.1 * best:
            best = score
            chosen = ink, pieces
    return chosen


def _pieces(ink: Plane, noise: float) -> list[_Piece]:
    """Connected pieces of ink, without what is much lighter or smaller than the rest."""
    faint = max(LEAST, 3.5 * noise)
    mask = ink > faint
    pieces = _labelled(ink, mask)
    if not pieces:
        return []
    best = max(pieces, key=lambda piece: piece.score)
    own = ink[best.rows, best.columns][best.mask]
    strong = float(np.quantile(own, 0.9))
    return _labelled(ink, ink > max(faint, 0.3 * strong))


def _labelled(ink: Plane, mask: Mask) -> list[_Piece]:
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    if not count:
        return []
    masses = ndimage.sum_labels(ink, labels, np.arange(1, count + 1))
    pieces = []
    for i, place in enumerate(ndimage.find_objects(labels)):
        if masses[i] < 0.01 * masses.max():
            continue
        own = labels[place] == i + 1
        touch = _touch(place, own, ink.shape)
        pieces.append(_Piece(place[0], place[1], own, float(masses[i]), touch))
    return pieces


def _touch(place: tuple[slice, slice], own: Mask, shape: tuple[int, int]) -> float:
    """The largest share of one side of the picture that a piece touches."""
    rows, columns = place
    touches = [0.0]
    if rows.start == 0:
        touches.append(own[0].sum() / shape[1])
    if rows.stop == shape[0]:
        touches.append(own[-1].sum() / shape[1])
    if columns.start == 0:
        touches.append(own[:, 0].sum() / shape[0])
    if columns.stop == shape[1]:
        touches.append(own[:, -1].sum() / shape[0])
    return float(max(touches))


def _things(pieces: list[_Piece]) -> list[list[_Piece]]:
    """Pieces that belong together: the main thing, and those comparable to it."""
    left = sorted(pieces, key=lambda piece: -piece.score)
    left = [piece for piece in left if not any(_frames(piece, each) for each in pieces)]
    if not left:
        left = pieces
    main = left[0]
    things: list[list[_Piece]] = []
    while left:
        first, left = left[0], left[1:]
        if things and not _is_comparable(first, main):
            continue
        thing = [first]
        grown = True
        while grown:
            near = [piece for piece in left if _belongs(piece, thing)]
            thing += near
            left = [piece for piece in left if piece not in near]
            grown = bool(near)
        things.append(thing)
    return things


def _is_comparable(piece: _Piece, main: _Piece) -> bool:
    return (
        piece.size > 0.5 * main.size
        and piece.mass > 0.3 * main.mass
        and (not piece.at_border or main.at_border)
    )


def _frames(outer: _Piece, inner: _Piece) -> bool:
    """Whether one piece goes all round another that is not much smaller."""
    if outer is inner or inner.size < 0.3 * outer.size:
        return False
    return (
        outer.rows.start < inner.rows.start
        and outer.rows.stop > inner.rows.stop
        and outer.columns.start < inner.columns.start
        and outer.columns.stop > inner.columns.stop
        and inner.mass > 0.2 * outer.mass
    )


def _belongs(piece: _Piece, thing: Sequence[_Piece]) -> bool:
    """Whether a piece is a part of a digit."""
    main = thing[0]
    if piece.size < SMALL * main.size or (piece.at_border and not main.at_border):
        return False
    beside = min(_gap(piece.columns, each.columns) for each in thing) > 0
    tall = piece.rows.stop - piece.rows.start > 0.6 * main.mask.shape[0]
    if beside and tall and piece.mass > 0.3 * main.mass:
        return False
    gaps = [
        np.hypot(_gap(piece.rows, each.rows), _gap(piece.columns, each.columns)) for each in thing
    ]
    return bool(min(gaps) < NEAR * main.size)


def _gap(one: slice, other: slice) -> int:
    return max(0, one.start - other.stop, other.start - one.stop)


def _mass(thing: Sequence[_Piece]) -> float:
    return sum(piece.mass for piece in thing)


def _found(ink: Plane, thing: Sequence[_Piece], heaviest: float) -> Found:
    mask = np.zeros(ink.shape, bool)
    for piece in thing:
        mask[piece.rows, piece.columns] |= piece.mask
    size = max(piece.size for piece in thing)
    soft = ndimage.binary_dilation(mask, np.ones((3, 3)), max(1, size // 40))
    own = np.where(soft, np.clip(ink, 0, None), 0)
    strong = float(np.quantile(own[mask], 0.9))
    rows = np.flatnonzero(mask.any(1))
    columns = np.flatnonzero(mask.any(0))
    height, width = ink.shape
    top = float(rows[0] / height)
    left = float(columns[0] / width)
    bottom = float((rows[-1] + 1) / height)
    right = float((columns[-1] + 1) / width)
    picture = cast(np.clip(own / strong, 0, 1), 0.1)
    doubt = _doubt(own > 0.3 * strong, thing)
    return Found(picture, (top, left, bottom, right), _mass(thing) / heaviest, doubt)


def _doubt(mask: Mask, thing: Sequence[_Piece]) -> str:
    """Why ink is not like a digit's, if it is not: it has no strokes, or too many parts."""
    rows = np.flatnonzero(mask.any(1))
    columns = np.flatnonzero(mask.any(0))
    box = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    size = max(box.shape)
    thickest = 2 * float(ndimage.distance_transform_edt(np.pad(box, 1)).max())
    if size < 6:
        return "it is too small to be read"
    if thickest > 0.62 * size:
        return "it is a blot and has no strokes"
    if box.shape[1] > 2.2 * box.shape[0]:
        return "it is much wider than high"
    _, holes = ndimage.label(~np.pad(ndimage.binary_closing(np.pad(box, 2)), 1))
    if holes > 6 or len(thing) > 6:
        return "it has more loops or parts than a digit"
    return ""
