"""Images that nobody wrote but somebody might have: shifted, turned, scaled, bent.

Simard, Steinkraus & Platt (2003), "Best practices for convolutional neural networks applied to
visual document analysis": a digit stays that digit under small affine maps and under a smooth
random displacement of its pixels. Here both are one matrix product for a whole batch: where each
pixel of the new image is read from in the old one is a sum of fixed functions of the pixel's place
(1, x, y, and Gaussian bumps on a coarse grid), and each image draws the coefficients.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

__all__ = ["SIDE", "augment"]

Images = NDArray[np.float32]
SIDE = 28
BUMPS = 7  # in each direction
SIGMA = 4.0  # of a bump, in pixels: Simard's elasticity


@functools.cache
def _basis() -> Images:
    """The functions on the pixels, (3 + BUMPS ** 2, 784): 1, x, y from the centre, and bumps.

    The bumps' squares sum to 1 at each pixel: standard normal coefficients displace each by 1 pixel
    RMS.
    """
    place = np.arange(SIDE) - (SIDE - 1) / 2
    centres = np.linspace(place[0], place[-1], BUMPS)
    bumps = np.exp(-((place - centres[:, None]) ** 2) / (2 * SIGMA**2))
    bumps /= np.sqrt((bumps**2).sum(0))
    one = np.ones(SIDE)
    rows = [np.outer(one, one), np.outer(one, place), np.outer(place, one)]
    rows += [np.outer(a, b) for a in bumps for b in bumps]
    return np.array(rows, np.float32).reshape(len(rows), -1)


def augment(
    images: Images,
    generator: np.random.Generator,
    *,
    shift: float = 1.5,
    rotate: float = 12.0,
    scale: float = 0.12,
    shear: float = 0.15,
    elastic: float = 1.0,
) -> Images:
    """A changed copy of each image.

    Each image draws its own change; pixels from outside are paper, values between pixels are
    interpolated bilinearly. With every strength at 0 the images come back as they are.

    Args:
        images: float32 (n, 28, 28), 0 for paper.
        generator: where the draws come from.
        shift: the largest shift, in pixels, uniform in each direction.
        rotate: the largest turn, in degrees, uniform either way.
        scale: the largest change of size, of width and height each; 0.1 is from 1/1.1 to 1.1 times.
        shear: the largest slant, in pixels across per pixel up.
        elastic: the root mean square of the smooth displacement of a pixel, in pixels.

    Returns:
        float32 (n, 28, 28).

    Raises:
        ValueError: for images of another shape or dtype.
    """
    if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE) or images.dtype != np.float32:
        got = f"{images.dtype} {images.shape}"
        raise ValueError(f"augment: got {got}, wanted float32 (n, {SIDE}, {SIDE})")
    n = len(images)
    draws = generator.uniform(-1, 1, (6, n)).astype(np.float32)
    dx = draws[0] * shift
    dy = draws[1] * shift
    angle = draws[2] * np.float32(np.deg2rad(rotate))
    wide = np.float32(1 + scale) ** draws[3]
    high = np.float32(1 + scale) ** draws[4]
    slant = draws[5] * np.float32(shear)
    cosine = np.cos(angle)
    sine = np.sin(angle)
    basis = _basis()
    bumps = len(basis) - 3
    weights = np.empty((2, n, len(basis)), np.float32)  # of x and of y
    weights[:, :, 3:] = generator.standard_normal((2, n, bumps), np.float32)
    weights[:, :, 3:] *= elastic
    weights[0, :, :3] = np.stack([dx, wide * cosine, wide * (slant * cosine - sine)], 1)
    weights[1, :, :3] = np.stack([dy, high * sine, high * (slant * sine + cosine)], 1)
    x, y = weights @ basis
    return _sample(images, x, y)


def _sample(images: Images, x: Images, y: Images) -> Images:
    """The images read at pixel coordinates x and y (n, 784) from the centre.

    Both coordinates are overwritten.
    """
    n = len(images)
    width = SIDE + 2
    # A frame of paper: whoever reads outside, reads it.
    framed = np.zeros((n, width, width), np.float32)
    framed[:, 1:-1, 1:-1] = images
    flat = framed.ravel()
    for coordinate in (x, y):
        coordinate += (width - 1) / 2
        np.clip(coordinate, 0, np.float32(width - 1.001), out=coordinate)
    column = x.astype(np.int32)
    row = y.astype(np.int32)
    x -= column
    y -= row
    corner = row  # the place of the upper left one of the four pixels around
    corner *= width
    corner += column
    corner += np.arange(0, n * width * width, width * width, dtype=np.int32)[:, None]
    above = _between(flat.take(corner), flat[1:].take(corner), x)
    below = _between(flat[width:].take(corner), flat[width + 1 :].take(corner), x)
    return _between(above, below, y).reshape(images.shape)


def _between(first: Images, second: Images, share: Images) -> Images:
    """The value at a share of the way from the first to the second, which is overwritten."""
    second -= first
    second *= share
    second += first
    return second
