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
    """A changed copy of each image: float32 (n, 28, 28), 0 for paper, the shape and type that it has.

    Each image draws its own change; pixels from outside are paper, values between pixels are
    interpolated bilinearly. With every strength at 0 the images come back as they are.

    Args:
        images: float32 (n, 28, 28).
        generator: where the draws come from.
        shift: the largest shift, in pixels, uniform in each direction.
        rotate: the largest turn, in degrees, uniform either way.
        scale: the largest change of size, of width and height each; 0.1 is from 1/1.1 to 1.1 times.
        shear: the largest slant, in pixels across per pixel up.
        elastic: the root mean square of the smooth displacement of a pixel, in pixels.
    """
    if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE) or images.dtype != np.float32:
        raise ValueError(
            f"augment: got {images.dtype} {images.shape}, wanted float32 (n, {SIDE}, {SIDE})"
        )
    n = len(images)
    dx, dy, angle, wide, high, slant = generator.uniform(-1, 1, (6, n)).astype(np.float32)
    angle, slant = angle * np.float32(np.deg2rad(rotate)), slant * np.float32(shear)
    wide, high = (np.float32(1 + scale) ** each for each in (wide, high))
    cosine, sine = np.cos(angle), np.sin(angle)
    basis = _basis()
    weights = np.empty((2, n, len(basis)), np.float32)  # of x and of y
    weights[:, :, 3:] = generator.standard_normal((2, n, len(basis) - 3), np.float32)
    weights[:, :, 3:] *= elastic
    weights[0, :, :3] = np.stack([dx * shift, wide * cosine, wide * (slant * cosine - sine)], 1)
    weights[1, :, :3] = np.stack([dy * shift, high * sine, high * (slant * sine + cosine)], 1)
    return _sample(images, *weights @ basis)


def _sample(images: Images, x: Images, y: Images) -> Images:
    """The images read at pixel coordinates x and y (n, 784) from the centre; both are overwritten."""
    n, width = len(images), SIDE + 2
    framed = np.zeros(
        (n, width, width), np.float32
    )  # a frame of paper: whoever reads outside, reads it
    framed[:, 1:-1, 1:-1] = images
    flat = framed.ravel()
    for coordinate in (x, y):
        coordinate += (width - 1) / 2
        np.clip(coordinate, 0, np.float32(width - 1.001), out=coordinate)
    column, row = x.astype(np.int32), y.astype(np.int32)
    x -= column
    y -= row
    corner = row
    corner *= width
    corner += column
    corner += np.arange(0, n * width * width, width * width, dtype=np.int32)[:, None]

    def between(left: Images, right: Images, share: Images) -> Images:
        right -= left
        right *= share
        right += left
        return right

    above, below = (
        between(flat[first:].take(corner), flat[first + 1 :].take(corner), x)
        for first in (0, width)
    )
    return between(above, below, y).reshape(images.shape)
