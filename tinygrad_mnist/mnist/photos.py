"""Image files as the network takes them.

They are read with Pillow, their light is made even, and `pictures.prepare` does the rest.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_mnist.mnist.pictures import DEVIATION, Picture, prepare

__all__ = ["even_light", "read_digit"]

LARGEST_FILE = 64_000_000  # bytes
LONGEST = 800  # pixels of a side: more tells nothing about a digit
SAMPLES = 80  # pixels of a side that the paper's light is estimated from
FITS = 8  # of the surface, each without what the one before found to be ink

Plane = npt.NDArray[np.float64]


def read_digit(file: Path) -> Picture:
    """The digit in an image file, as MNIST was made; see `pictures.prepare`.

    Args:
        file: a photograph or drawing of one digit.

    Returns:
        uint8 (28, 28): 0 is paper, 255 the darkest ink.

    Raises:
        ValueError: one line that begins with the file, if there is no image or no digit in it.
    """
    grey = _grey(file)
    try:
        return prepare(even_light(grey))
    except ValueError as error:
        raise ValueError(f"{file}: {str(error).removeprefix('prepare: ')}") from None


def _grey(file: Path) -> Plane:
    """Brightness from 0 to 1, (h, w), upright.

    What is transparent lies on what it stands out from.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if not file.is_file():
        raise ValueError(f"{file}: got no such file, wanted an image")
    try:
        size = file.stat().st_size
        if size > LARGEST_FILE:
            raise ValueError(f"got {size:,} bytes, wanted at most {LARGEST_FILE:,}")
        content = io.BytesIO(file.read_bytes())  # a file's reader would make room for any length
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(content) as opened:
                return _brightness(ImageOps.exif_transpose(opened))
    except UnidentifiedImageError:
        message = f"{file}: got no image that Pillow can read, wanted PNG, JPEG or the like"
        raise ValueError(message) from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise ValueError(f"{file}: got too many pixels: {error}") from None
    except Exception as error:  # Pillow's readers raise any, struct.error and SyntaxError too
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(f"{file}: cannot be read: {reason}") from None


def _brightness(image: Any) -> Plane:
    from PIL import Image

    if image.mode.startswith(("I", "F")):
        values = np.asarray(image)
        step = max(1, max(values.shape) // LONGEST)
        return _unit(values[::step, ::step].astype(np.float64))
    image = image.convert("RGBA")
    image.thumbnail((LONGEST, LONGEST))
    opaque = np.asarray(image.getchannel("A")) > 127
    light = np.asarray(image.convert("L"))[opaque]
    is_light = light.size and light.mean() > 127
    paper = Image.new("RGBA", image.size, "black" if is_light else "white")
    flat = Image.alpha_composite(paper, image).convert("L")
    return np.asarray(flat, np.float64) / 255


def _unit(values: Plane) -> Plane:
    """Values of any range as 0 to 1; of whole bytes, as bytes."""
    top = values.max()
    if top > 255:
        return values / 65535
    if top > 1:
        return values / 255
    return values


def even_light(grey: Plane) -> Plane:
    """The picture as if its paper were lit evenly.

    A surface of second degree is fitted to the picture by least squares; what lies far from it (the
    ink) is left out, and the surface fitted again, until it is the paper's. What the paper's light
    does beyond a constant is then taken off.

    Args:
        grey: (h, w), brightness from 0 to 1.

    Returns:
        The same.
    """
    height, width = grey.shape
    if min(height, width) < 8:
        return grey
    step = max(1, max(height, width) // SAMPLES)
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    terms = np.stack([np.ones_like(y), y, x, y * y, y * x, x * x], -1)
    sampled = terms[::step, ::step].reshape(-1, 6)
    values = grey[::step, ::step].ravel()
    # It begins at the edge, which is paper where anything is.
    is_edge = np.maximum(abs(y), abs(x)) > 0.8
    is_paper = is_edge[::step, ::step].ravel()
    surface: Plane = np.zeros(6)
    for _ in range(FITS):
        fit = np.linalg.lstsq(sampled[is_paper], values[is_paper], rcond=None)
        surface = fit[0].astype(np.float64)
        off = abs(values - sampled @ surface)
        deviation = DEVIATION * float(np.median(off[is_paper]))
        is_paper = off <= max(3 * deviation, 0.02)
    light = terms @ surface
    even: Plane = np.clip(grey - light + light.mean(), 0, 1)
    return even
