"""Pictures in a terminal: two pixels in each character, colours where the terminal has them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

Picture = npt.NDArray[np.uint8]
INK = 100  # from here on, a pixel is ink where there are no colours


def picture(image: Picture, colours: bool) -> list[Text]:
    """An image (h, w), 0 paper, 255 ink, as h / 2 lines of w characters.

    With colours the upper half of each block is one pixel and the lower half the next one down, in
    their greys; without, only what is ink is drawn.
    """
    rows = np.vstack([image, np.zeros_like(image[:1])]) if len(image) % 2 else image
    lines = []
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        line = Text()
        for above, below in zip(upper.tolist(), lower.tolist(), strict=True):
            if colours:
                grey = (Color.from_rgb(value, value, value) for value in (above, below))
                line.append("▀", Style.from_color(*grey))
            else:
                line.append(" ▄▀█"[(above >= INK) * 2 + (below >= INK)])
        lines.append(line)
    return lines


def has_colours(console: Console) -> bool:
    """Whether greys would be seen: a terminal with many colours, and no NO_COLOR."""
    return console.color_system in ("256", "truecolor", "windows") and not console.no_color


def side_by_side(
    console: Console, images: Sequence[Picture], titles: Sequence[str], gap: int = 3
) -> list[Text]:
    """Pictures of one size under their titles, as many in a row as the console is wide."""
    colours = has_colours(console)
    width = max(images[0].shape[1], *(max(map(len, title.split("\n"))) for title in titles))
    columns = max(1, (console.width + gap) // (width + gap))
    lines: list[Text] = []
    for start in range(0, len(images), columns):
        cells = [
            [Text(line) for line in title.split("\n")] + picture(image, colours)
            for image, title in zip(
                images[start : start + columns], titles[start : start + columns], strict=True
            )
        ]
        for row in zip(*cells, strict=True):
            line = Text()
            for i, cell in enumerate(row):
                line.append_text(cell)
                if i + 1 < len(row):
                    line.append(" " * (width - cell.cell_len + gap))
            lines.append(line)
        lines.append(Text())
    return lines
