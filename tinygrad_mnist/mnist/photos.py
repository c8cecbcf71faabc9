"""Image files as the network takes them: read with Pillow, the light made even, then `pictures.prepare`."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_mnist.mnist.pictures import Picture, prepare

LONGEST = 800  # pixels of a side: more tells nothing about a digit
SAMPLES = 80  # pixels of a side that the paper's light is estimated from

Plane = npt.NDArray[np.float64]


def read_digit(file: Path) -> Picture:
    """The digit in an image file, uint8 (28, 28), as MNIST was made; see `pictures.prepare`.

    Raises ValueError, one line that begins with the file, where there is no image or no digit in it.
    """
    grey = _grey(file)
    try:
        return prepare(even_light(grey))
    except ValueError as error:
        raise ValueError(f"{file}: {str(error).removeprefix('prepare: ')}") from None


def _grey(file: Path) -> Plane:
    """Brightness from 0 to 1, (h, w), upright; what is transparent lies on what it stands out from."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if not file.is_file():
        raise ValueError(f"{file}: got no such file, wanted an image")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file) as opened:
                image: Any = ImageOps.exif_transpose(opened)
                if image.mode.startswith(("I", "F")):
                    return _unit(np.asarray(image, np.float64))
                image = image.convert("RGBA")
                image.thumbnail((LONGEST, LONGEST))
                light = np.asarray(image.convert("L"))[np.asarray(image.getchannel("A")) > 127]
                paper = Image.new(
                    "RGBA", image.size, "black" if light.size and light.mean() > 127 else "white"
                )
                return (
                    np.asarray(Image.alpha_composite(paper, image).convert("L"), np.float64) / 255
                )
    except UnidentifiedImageError:
        raise ValueError(
            f"{file}: got no image that Pillow can read, wanted PNG, JPEG or the like"
        ) from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise ValueError(f"{file}: got too many pixels: {error}") from None
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
    ) as error:  # Pillow's readers raise any of these
        raise ValueError(f"{file}: cannot be read: {' '.join(str(error).split())}") from None


def _unit(values: Plane) -> Plane:
    """Values of any range as 0 to 1; of whole bytes, as bytes."""
    top = 255.0 if values.max() > 1 else 1.0
    return values / (65535.0 if values.max() > 255 else top)


def even_light(grey: Plane) -> Plane:
    """The picture as if its paper were lit evenly: what the paper's light does beyond a constant is taken off.

    A surface of second degree is fitted to the picture by least squares; what lies far from it (the
    ink) is left out, and the surface fitted again, until it is the paper's.
    """
    height, width = grey.shape
    if min(height, width) < 8:
        return grey
    step = max(1, max(height, width) // SAMPLES)
    y, x = (np.linspace(-1, 1, side) for side in (height, width))
    yy, xx = (plane.ravel() for plane in np.meshgrid(y[::step], x[::step], indexing="ij"))
    values = grey[::step, ::step].ravel()
    # It begins at the edge, which is paper where anything is.
    paper = np.maximum(abs(yy), abs(xx)) > 0.8
    surface: Plane = np.zeros(6)
    for _ in range(8):
        surface = np.linalg.lstsq(_terms(yy, xx)[paper], values[paper], rcond=None)[0].astype(
            np.float64
        )
        off = abs(values - _terms(yy, xx) @ surface)
        paper = off <= max(3 * 1.4826 * float(np.median(off[paper])), 0.02)
    flat = (_terms(*(p.ravel() for p in np.meshgrid(y, x, indexing="ij"))) @ surface).reshape(
        grey.shape
    )
    return np.clip(grey - flat + flat.mean(), 0, 1)


def _terms(y: Plane, x: Plane) -> Plane:
    return np.stack([np.ones_like(y), y, x, y * y, y * x, x * x], -1)
