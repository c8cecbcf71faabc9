"""Pictures in a terminal: two pixels in each character, colours where the terminal has them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

__all__ = ["has_colours", "picture", "side_by_side"]

Picture = npt.NDArray[np.uint8]
INK = 100  # from here on, a pixel is ink where there are no colours
HALVES = " ▄▀█"  # nothing, the lower half, the upper half, both


def picture(image: Picture, colours: bool) -> list[Text]:
    """An image as lines of characters.

    Args:
        image: (height, width), 0 paper, 255 ink.
        colours: whether the upper half of each block is one pixel and the lower half the next one
            down, in their greys; without, only what is ink is drawn.

    Returns:
        height / 2 lines of width characters.
    """
    rows = image
    if len(image) % 2:
        rows = np.vstack([image, np.zeros_like(image[:1])])
    lines = []
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        line = Text()
        for above, below in zip(upper.tolist(), lower.tolist(), strict=True):
            if colours:
                line.append("▀", Style.from_color(_grey(above), _grey(below)))
            else:
                line.append(HALVES[2 * (above >= INK) + (below >= INK)])
        lines.append(line)
    return lines


def _grey(value: int) -> Color:
    return Color.from_rgb(value, value, value)


def has_colours(console: Console) -> bool:
    """Whether greys would be seen.

    Args:
        console: that is printed to.

    Returns:
        True for a terminal with many colours, and no NO_COLOR.
    """
    return console.color_system in ("256", "truecolor", "windows") and not console.no_color


def side_by_side(
    console: Console, images: Sequence[Picture], titles: Sequence[str], gap: int = 3
) -> list[Text]:
    """Pictures under their titles, as many in a row as the console is wide.

    Args:
        console: that is printed to.
        images: of one size.
        titles: for each image, with as many lines.
        gap: characters between two pictures.

    Returns:
        The lines, with an empty one after each row of pictures.
    """
    colours = has_colours(console)
    width = images[0].shape[1]
    cells = []
    for image, title in zip(images, titles, strict=True):
        heading = title.split("\n")
        width = max(width, *map(len, heading))
        cells.append([Text(line) for line in heading] + picture(image, colours))
    columns = max(1, (console.width + gap) // (width + gap))
    lines: list[Text] = []
    for start in range(0, len(cells), columns):
        rows = zip(*cells[start : start + columns], strict=True)
        lines += [_joined(row, width + gap) for row in rows]
        lines.append(Text())
    return lines


def _joined(parts: Sequence[Text], width: int) -> Text:
    """Parts of a line, each but the last filled up to a width."""
    line = Text()
    for part in parts[:-1]:
        line.append_text(part)
        line.append(" " * (width - part.cell_len))
    line.append_text(parts[-1])
    return line
