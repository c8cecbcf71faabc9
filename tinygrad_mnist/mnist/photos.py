"""Image files as the network takes them.

They are read and shrunk with Pillow; `scene.find` finds the digits in them.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_mnist.mnist.pictures import Picture
from tinygrad_mnist.mnist.scene import Found, find

__all__ = ["find_digits", "read_digit"]

LARGEST_FILE = 64_000_000  # bytes
LONGEST = 256  # pixels of a side that the digit is looked for in
MOST = 64_000_000  # pixels of a file; a larger one is refused before it is decoded

Plane = npt.NDArray[np.float64]


def read_digit(file: Path) -> Picture:
    """The digit in an image file, as MNIST was made; of several, the one with the most ink.

    Args:
        file: a photograph or drawing of a digit.

    Returns:
        uint8 (28, 28): 0 is paper, 255 the darkest ink.

    Raises:
        ValueError: one line that begins with the file, if there is no image or no digit in it.
    """
    return max(find_digits(file), key=lambda found: found.weight).picture


def find_digits(file: Path) -> list[Found]:
    """The things in an image file that may be digits; see `scene.find`.

    Args:
        file: a photograph or drawing of digits.

    Returns:
        From left to right: the one with the most ink, and those comparable to it.

    Raises:
        ValueError: one line that begins with the file, if there is no image or no ink in it.
    """
    grey = _grey(file)
    try:
        return find(grey)
    except ValueError as error:
        raise ValueError(f"{file}: {str(error).removeprefix('find: ')}") from None


def _grey(file: Path) -> Plane:
    """Brightness from 0 to 1, (h, w), upright.

    What is transparent lies on what it stands out from.
    """
    from PIL import Image, UnidentifiedImageError

    if not file.is_file():
        raise ValueError(f"{file}: got no such file, wanted an image")
    try:
        size = file.stat().st_size
        if size > LARGEST_FILE:
            raise ValueError(f"got {size:,} bytes, wanted at most {LARGEST_FILE:,}")
        content = io.BytesIO(file.read_bytes())  # a file's reader would make room for any length
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # MOST says it
            with Image.open(content) as opened:
                return _brightness(_opened_small(opened))
    except UnidentifiedImageError:
        message = f"{file}: got no image that Pillow can read, wanted PNG, JPEG or the like"
        raise ValueError(message) from None
    except (Image.DecompressionBombError, MemoryError) as error:
        raise ValueError(f"{file}: got too many pixels: {error}") from None
    except Exception as error:  # Pillow's readers raise any, struct.error and SyntaxError too
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(f"{file}: cannot be read: {reason}") from None


def _opened_small(image: Any) -> Any:
    """The picture, upright, shrunk as far as may be before anything is computed of it."""
    from PIL import ImageOps

    pixels = image.width * image.height
    if pixels > MOST:
        size = f"{image.width}x{image.height}"
        raise ValueError(f"got {size} pixels, wanted at most {MOST // 10**6} million in all")
    image.draft(None, (2 * LONGEST, 2 * LONGEST))  # JPEG is decoded at a fraction of its size
    if image.mode in ("P", "PA", "1"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif "transparency" in image.info:
        image = image.convert("RGBA")
    factor = max(image.size) // (2 * LONGEST)
    if factor > 1 and not image.mode.startswith("I;"):
        exif = image.getexif()
        image = image.reduce(factor)
        image.info["exif"] = exif.tobytes()
    return ImageOps.exif_transpose(image)


def _brightness(image: Any) -> Plane:
    from PIL import Image

    if image.mode.startswith(("I", "F")):
        values = np.asarray(image)
        step = max(1, max(values.shape) // (2 * LONGEST))
        values = _averaged(values, step)
        return _shrunk(Image.fromarray(_unit(values)))
    image = image.convert("RGBA")
    opaque = np.asarray(image.getchannel("A")) > 127
    light = np.asarray(image.convert("L"))[opaque]
    is_light = light.size and light.mean() > 127
    paper = Image.new("RGBA", image.size, "black" if is_light else "white")
    flat = Image.alpha_composite(paper, image).convert("L")
    return _shrunk(flat) / 255


def _averaged(values: Any, step: int) -> Any:
    """Means of squares of a plane, float32, a strip at a time: no float copy of all of it."""
    rows = max(1, values.shape[0] // step)
    columns = max(1, values.shape[1] // step)
    if step == 1:
        return values.astype(np.float32)
    strips = []
    for row in range(rows):
        strip = values[row * step : (row + 1) * step, : columns * step]
        strips.append(strip.mean(0, dtype=np.float32).reshape(columns, step).mean(1))
    return np.stack(strips)


def _shrunk(image: Any) -> Plane:
    """A picture of one channel, by averages over areas."""
    from PIL import Image

    scale = max(image.size) / LONGEST
    if scale > 1:
        size = (max(1, round(image.width / scale)), max(1, round(image.height / scale)))
        image = image.resize(size, Image.Resampling.BOX)
    return np.asarray(image, np.float64)


def _unit(values: Any) -> Any:
    """Greys of any range as 0 to 1, by the fewest bits (at least 8) that hold them."""
    if not np.isfinite(values).all():
        raise ValueError("got values that are not finite, wanted brightnesses")
    values = values - min(0.0, float(values.min()))
    top = float(values.max())
    if top <= 1:
        return values
    bits = max(8, int(np.ceil(np.log2(top + 1))))
    return values / np.float32(2**bits - 1)
