"""How many photographs of digits `predict` reads: with a desk beside the sheet, ruled paper, dust.

    python -m benchmarks photos [--count 200] [--data auto] [--split report] [--only ruled,desk]

The photographs are made here, from the strokes of MNIST's test digits, written to files and read as
the command line reads them. All of it is drawn anew for each seed: sizes, places, angles, colours,
widths of lines. The reader was tuned on the first half of the test digits (`--split tune`); the
table in docs/photographs.md is of the second.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.measures import predictions
from tinygrad_mnist.mnist.photos import find_digits
from tinygrad_mnist.mnist.runs import opened

__all__ = ["CONDITIONS", "Photo", "main", "measure", "photograph"]

Plane = npt.NDArray[np.float64]
Random = np.random.Generator
INKS = [(25, 25, 30), (20, 40, 120), (60, 60, 65), (120, 20, 25), (15, 70, 50)]
LINES = [(150, 180, 215), (170, 170, 175), (120, 150, 200), (190, 160, 160), (150, 195, 170)]
DESKS = [(70, 45, 30), (40, 40, 45), (120, 85, 55), (20, 20, 22), (90, 100, 95)]


class Photo:
    """A sheet of paper that things are drawn on, one after the other.

    Args:
        random: what everything is drawn with.
        sheet: height and width in pixels; drawn if None.
        size: of the digit's longer side, of the shorter side of the sheet: the least and the most.
    """

    def __init__(
        self,
        random: Random,
        sheet: tuple[int, int] | None = None,
        size: tuple[float, float] = (0.35, 0.65),
    ) -> None:
        if sheet is None:
            sheet = (int(random.integers(240, 700)), int(random.integers(240, 700)))
        self.random = random
        self.height, self.width = sheet
        self.size = round(min(sheet) * random.uniform(*size))
        tone = random.uniform(205, 250) + random.uniform(-6, 6, 3)
        self.paper = np.broadcast_to(np.clip(tone, 0, 255), (*sheet, 3)).copy()
        self.ink = np.array(INKS[random.integers(len(INKS))], float)
        self.light: Plane = np.ones(sheet)

    def cover(self, amount: Plane, colour: npt.ArrayLike) -> None:
        """Lay a colour over the sheet, as much as `amount` says of each pixel, 0 to 1."""
        colour = np.asarray(colour, float)
        self.paper += amount[..., None] * (colour - self.paper)

    def digit(
        self, image: npt.NDArray[np.uint8], top: float = 0.5, left: float = 0.5, size: int = 0
    ) -> tuple[int, int, int, int]:
        """Write a digit. `top` and `left` from 0 to 1 are between the margins; beyond, it is cut.

        Returns:
            Its box: top, left, bottom and right.
        """
        pen = strokes(image, size or self.size)
        height, width = pen.shape
        margin = 0.06 * min(self.height, self.width)
        y = round(margin + top * (self.height - height - 2 * margin))
        x = round(margin + left * (self.width - width - 2 * margin))
        layer = np.zeros((self.height, self.width))
        rows = slice(max(0, y), min(self.height, y + height))
        columns = slice(max(0, x), min(self.width, x + width))
        layer[rows, columns] = pen[
            rows.start - y : rows.stop - y, columns.start - x : columns.stop - x
        ]
        self.cover(layer * self.random.uniform(0.8, 1), self.ink)
        return y, x, y + height, x + width

    def anywhere(self, image: npt.NDArray[np.uint8]) -> tuple[int, int, int, int]:
        """Write a digit at a random place that leaves it whole."""
        return self.digit(image, self.random.uniform(0, 1), self.random.uniform(0, 1))

    def line(self, degrees: float, offset: float, width: float, colour: npt.ArrayLike) -> None:
        """A straight line across the sheet.

        Args:
            degrees: 0 for a horizontal line.
            offset: of the line from the sheet's middle, in pixels.
            width: in pixels.
            colour: of the line.
        """
        self.cover(np.clip(width / 2 + 0.5 - abs(self._off(degrees) - offset), 0, 1), colour)

    def _off(self, degrees: float) -> Plane:
        """How far each pixel is from a line through the middle, signed."""
        y, x = np.mgrid[: self.height, : self.width].astype(float)
        turn = np.deg2rad(degrees)
        off: Plane = (y - self.height / 2) * np.cos(turn) - (x - self.width / 2) * np.sin(turn)
        return off

    def beyond(self, side: int, share: float, degrees: float) -> Plane:
        """What lies beyond a slanted line near one of four sides: 1 there, 0 elsewhere."""
        length = self.width if side % 2 else self.height
        distance = (0.5 - share) * length
        return np.clip(self._off(90 * side + degrees) - distance + 0.5, 0, 1)

    def rules(self, gap: float, degrees: float, width: float, colour: npt.ArrayLike) -> None:
        """Parallel lines over all of the sheet."""
        reach = (self.height + self.width) / 2
        start = -reach + self.random.uniform(0, gap)
        for offset in np.arange(start, reach, gap):
            self.line(degrees, float(offset), width, colour)

    def lamp(self, strength: float) -> None:
        """Light that falls off from a place near the sheet, smoothly."""
        y, x = np.mgrid[-1 : 1 : self.height * 1j, -1 : 1 : self.width * 1j]
        v, u = self.random.uniform(-1.2, 1.2, 2)
        self.light *= 1 - strength * np.clip(np.hypot(y - v, x - u) / 2.4, 0, 1) ** 1.3

    def shot(self, grain: float = 1.5) -> npt.NDArray[np.uint8]:
        """The picture that a camera takes of it, (h, w, 3)."""
        seen = self.paper * self.light[..., None]
        seen += self.random.normal(0, grain, (self.height, self.width, 1))
        return np.clip(np.rint(seen), 0, 255).astype(np.uint8)


def strokes(image: npt.NDArray[np.uint8], size: int) -> Plane:
    """A digit's ink, cut out, its longer side `size` pixels, with the sharp edge of a pen."""
    rows, columns = np.flatnonzero(image.max(1) > 60), np.flatnonzero(image.max(0) > 60)
    cut = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = size / max(cut.shape)
    shape = (max(2, round(cut.shape[1] * scale)), max(2, round(cut.shape[0] * scale)))
    large = np.asarray(Image.fromarray(cut).resize(shape, Image.Resampling.BICUBIC), float) / 255
    return np.clip((large - 0.5) * max(1.0, scale / 1.6) + 0.5, 0, 1)


Saver = Callable[[Random, npt.NDArray[np.uint8], npt.NDArray[np.uint8], Path], Path]


def _save(pixels: npt.NDArray[Any], file: Path, kind: str = ".png") -> Path:
    file = file.with_suffix(kind)
    Image.fromarray(pixels).save(file)
    return file


def _clean(random: Random, image: Any, other: Any, file: Path) -> Path:
    photo = Photo(random)
    photo.anywhere(image)
    return _save(photo.shot(), file, [".png", ".jpg"][random.integers(2)])


def _as_it_is(random: Random, image: Any, other: Any, file: Path) -> Path:
    return _save(image, file)


def _drawn(random: Random, image: Any, other: Any, file: Path) -> Path:
    """Light on dark."""
    photo = Photo(random)
    photo.anywhere(image)
    return _save(255 - photo.shot(), file)


def _lit(random: Random, image: Any, other: Any, file: Path) -> Path:
    photo = Photo(random)
    photo.anywhere(image)
    photo.lamp(random.uniform(0.3, 0.75))
    return _save(photo.shot(2.0), file, ".jpg")


def _clear(random: Random, image: Any, other: Any, file: Path) -> Path:
    photo = Photo(random)
    blank = photo.paper.copy()
    photo.anywhere(image)
    opacity = abs(photo.paper - blank).max(2)
    opacity = opacity / opacity.max() * 255
    ink = [0, 0, 0] if random.integers(2) else [255, 255, 255]
    colours = np.broadcast_to(np.array(ink, float), blank.shape)
    return _save(np.dstack([colours, opacity]).astype(np.uint8), file)


def _large(random: Random, image: Any, other: Any, file: Path) -> Path:
    photo = Photo(random, (750, 1000))
    photo.anywhere(image)
    photo.lamp(random.uniform(0, 0.4))
    whole = Image.fromarray(photo.shot()).resize((4000, 3000), Image.Resampling.BICUBIC)
    whole.save(file.with_suffix(".jpg"))
    return file.with_suffix(".jpg")


def _desk(random: Random, image: Any, other: Any, file: Path) -> Path:
    photo = Photo(random, size=(0.3, 0.5))
    photo.digit(image, random.uniform(0.35, 0.65), random.uniform(0.35, 0.65))
    desk = photo.beyond(int(random.integers(4)), random.uniform(0.06, 0.2), random.uniform(-6, 6))
    colour = np.array(DESKS[random.integers(len(DESKS))], float)
    photo.cover(desk, colour)
    wood = ndimage.gaussian_filter(random.normal(0, 1, desk.shape), (0.8, 12)) * 30
    photo.paper += desk[..., None] * wood[..., None]
    return _save(photo.shot(2.0), file, ".jpg")


def _scanner(random: Random, image: Any, other: Any, file: Path) -> Path:
    """A black or grey margin, on one side or on some."""
    photo = Photo(random, size=(0.3, 0.5))
    photo.digit(image, random.uniform(0.3, 0.7), random.uniform(0.3, 0.7))
    tone = random.uniform(0, 60)
    for side in random.permutation(4)[: random.integers(1, 5)]:
        margin = photo.beyond(int(side), random.uniform(0.01, 0.08), random.uniform(-1.5, 1.5))
        photo.cover(margin, [tone, tone, tone])
    return _save(photo.shot(), file)


def _neighbour(random: Random, image: Any, other: Any, file: Path) -> Path:
    photo = Photo(random, size=(0.35, 0.5))
    height = photo.size
    margin = 0.06 * min(photo.height, photo.width)
    left = random.uniform(0.45, 0.6)
    photo.digit(image, random.uniform(0.3, 0.7), left if random.integers(2) else 1 - left)
    pen = strokes(other, height).shape
    side = random.integers(2)
    cut = random.uniform(0.3, 0.7)
    x = -cut * pen[1] if side else photo.width - (1 - cut) * pen[1]
    written = (x - margin) / max(1.0, photo.width - pen[1] - 2 * margin)
    box = photo.digit(other, random.uniform(0.3, 0.7), written, height)
    del box
    return _save(photo.shot(), file)


def _two(random: Random, image: Any, other: Any, file: Path) -> Path:
    """Two whole digits side by side: `image` and then `other`, left to right."""
    height = int(random.integers(240, 500))
    photo = Photo(random, (height, round(height * random.uniform(1.5, 2.2))), (0.45, 0.7))
    first = strokes(image, photo.size).shape[1]
    second = round(photo.size * random.uniform(0.85, 1.15))
    width = first + strokes(other, second).shape[1]
    room = photo.width - 0.12 * photo.height - width
    gap = random.uniform(0.15, 0.6) * photo.size
    gap = min(gap, max(room, 0.1 * photo.size))
    start = random.uniform(0, max(0.0, room - gap))
    down = random.uniform(0.3, 0.7)

    def left(x: float, own: int) -> float:
        return x / max(1.0, photo.width - own - 0.12 * photo.height)

    photo.digit(image, down, left(start, first))
    offset = start + first + gap
    photo.digit(other, down + random.uniform(-0.1, 0.1), left(offset, width - first), second)
    return _save(photo.shot(), file)


def _line_of(random: Random, photo: Photo) -> tuple[float, tuple[int, int, int]]:
    """Width and colour of printed lines."""
    width = max(1.0, random.uniform(0.003, 0.009) * min(photo.height, photo.width))
    return width, LINES[random.integers(len(LINES))]


def _ruled(random: Random, image: Any, other: Any, file: Path) -> Path:
    photo = Photo(random)
    width, colour = _line_of(random, photo)
    photo.rules(photo.size * random.uniform(0.4, 1.3), random.uniform(-4, 4), width, colour)
    photo.anywhere(image)
    return _save(photo.shot(), file)


def _graph(random: Random, image: Any, other: Any, file: Path) -> Path:
    photo = Photo(random)
    width, colour = _line_of(random, photo)
    gap, degrees = photo.size * random.uniform(0.12, 0.5), random.uniform(-4, 4)
    photo.rules(gap, degrees, width, colour)
    photo.rules(gap, degrees + 90, width, colour)
    photo.anywhere(image)
    return _save(photo.shot(), file)


def _specks(random: Random, photo: Photo, count: int, largest: float) -> None:
    y, x = np.mgrid[: photo.height, : photo.width]
    for _ in range(count):
        v, u = random.uniform(0, photo.height), random.uniform(0, photo.width)
        radius = photo.size * random.uniform(largest / 4, largest)
        long = random.uniform(1, 1.8)
        off = np.hypot((y - v) * long, x - u)
        tone = random.uniform(20, 110)
        photo.cover(np.clip(radius + 0.5 - off, 0, 1), [tone, tone, tone])


def _dust(random: Random, image: Any, other: Any, file: Path) -> Path:
    photo = Photo(random)
    photo.anywhere(image)
    _specks(random, photo, int(random.integers(15, 60)), 0.025)
    return _save(photo.shot(), file)


def _speck(random: Random, image: Any, other: Any, file: Path) -> Path:
    photo = Photo(random)
    photo.anywhere(image)
    _specks(random, photo, 1, 0.07)
    return _save(photo.shot(), file)


def _margin_line(random: Random, image: Any, other: Any, file: Path) -> Path:
    photo = Photo(random, size=(0.3, 0.55))
    photo.digit(image, random.uniform(0.2, 0.8), random.uniform(0.35, 0.8))
    width = max(1.0, random.uniform(0.003, 0.012) * min(photo.height, photo.width))
    offset = random.uniform(0.28, 0.45) * photo.width
    colour = [(205, 60, 60), (200, 90, 100), (90, 90, 160), (60, 60, 60)][random.integers(4)]
    photo.line(90 + random.uniform(-3, 3), offset, width, colour)
    return _save(photo.shot(), file)


def _frame(random: Random, image: Any, other: Any, file: Path) -> Path:
    """A box around the digit, as forms have."""
    photo = Photo(random, size=(0.35, 0.55))
    top, left, bottom, right = photo.digit(
        image, random.uniform(0.4, 0.6), random.uniform(0.4, 0.6)
    )
    pad = photo.size * random.uniform(0.1, 0.3)
    y, x = np.mgrid[: photo.height, : photo.width].astype(float)
    v, u = (top + bottom) / 2, (left + right) / 2
    half = np.array([(bottom - top) / 2 + pad, max((right - left) / 2, photo.size / 4) + pad])
    turn = np.deg2rad(random.uniform(-2.5, 2.5))
    down = abs((y - v) * np.cos(turn) - (x - u) * np.sin(turn)) - half[0]
    across = abs((y - v) * np.sin(turn) + (x - u) * np.cos(turn)) - half[1]
    width = max(1.0, random.uniform(0.004, 0.014) * min(photo.height, photo.width))
    edge = np.clip(width / 2 + 0.5 - abs(np.maximum(down, across)), 0, 1)
    tone = random.uniform(20, 120)
    photo.cover(edge, [tone, tone, tone + 20])
    return _save(photo.shot(), file)


def _shadow(random: Random, image: Any, other: Any, file: Path) -> Path:
    """A hard shadow whose edge may cross the digit."""
    photo = Photo(random)
    photo.anywhere(image)
    offset = random.uniform(-0.3, 0.3) * min(photo.height, photo.width)
    edge = np.clip((photo._off(random.uniform(0, 360)) - offset) / random.uniform(1, 6), 0, 1)
    photo.light *= 1 - random.uniform(0.3, 0.6) * edge
    return _save(photo.shot(2.0), file, ".jpg")


def _touching(random: Random, image: Any, other: Any, file: Path) -> Path:
    """The digit's ink reaches one edge of the picture."""
    photo = Photo(random)
    top, left, bottom, right = photo.anywhere(image)
    seen = photo.shot()
    side = random.integers(4)
    cuts = [seen[top:], seen[:bottom], seen[:, left:], seen[:, :right]]
    return _save(np.ascontiguousarray(cuts[side]), file)


def _cut(random: Random, image: Any, other: Any, file: Path) -> Path:
    """The picture is the digit's box and nothing more."""
    photo = Photo(random)
    top, left, bottom, right = photo.anywhere(image)
    return _save(np.ascontiguousarray(photo.shot()[top:bottom, left:right]), file)


def _noise(random: Random, image: Any, other: Any, file: Path) -> Path:
    photo = Photo(random)
    photo.anywhere(image)
    return _save(photo.shot(random.uniform(25, 60)), file)


def _lamplight(random: Random, image: Any, other: Any, file: Path) -> Path:
    """A notebook under a lamp: ruled, aslant, unevenly lit, grainy, out of focus."""
    photo = Photo(random)
    width, colour = _line_of(random, photo)
    degrees = random.uniform(-6, 6)
    photo.rules(photo.size * random.uniform(0.4, 1.1), degrees, width, colour)
    if random.integers(2):
        photo.line(degrees + 90, -random.uniform(0.3, 0.45) * photo.width, width, (205, 70, 70))
    photo.anywhere(image)
    photo.lamp(random.uniform(0.4, 0.7))
    photo.paper = photo.paper * np.array([1, random.uniform(0.82, 0.95), random.uniform(0.6, 0.85)])
    blur = random.uniform(0, 0.004) * min(photo.height, photo.width)
    photo.paper = ndimage.gaussian_filter(photo.paper, (blur, blur, 0))
    return _save(photo.shot(random.uniform(2, 7)), file, ".jpg")


def _twelve_bits(random: Random, image: Any, other: Any, file: Path) -> Path:
    photo = Photo(random)
    photo.anywhere(image)
    grey = photo.shot().mean(2) / 255 * random.uniform(0.5, 1)
    return _save((grey * 4095).astype(np.uint16), file)


def _dithered(random: Random, image: Any, other: Any, file: Path) -> Path:
    photo = Photo(random)
    photo.anywhere(image)
    Image.fromarray(photo.shot()).convert("L").convert("1").save(file.with_suffix(".png"))
    return file.with_suffix(".png")


CONDITIONS: dict[str, tuple[str, Saver]] = {
    "clean": ("a sheet, some pen", _clean),
    "mnist": ("MNIST's own 28x28 as PNG", _as_it_is),
    "inverted": ("light on dark", _drawn),
    "lit": ("light from one side", _lit),
    "clear": ("transparent, black or white ink", _clear),
    "large": ("4000x3000", _large),
    "desk": ("desk at one edge", _desk),
    "scanner": ("scanner's margin", _scanner),
    "neighbour": ("neighbour cut off", _neighbour),
    "two": ("two digits, both read (`--all`)", _two),
    "ruled": ("ruled paper", _ruled),
    "graph": ("graph paper", _graph),
    "dust": ("dust", _dust),
    "speck": ("one speck", _speck),
    "margin": ("margin line", _margin_line),
    "frame": ("frame", _frame),
    "shadow": ("hard shadow", _shadow),
    "touching": ("digit touches the border", _touching),
    "cut": ("sheet cut at the ink", _cut),
    "noise": ("strong noise", _noise),
    "lamplight": ("notebook by lamplight", _lamplight),
    "12bit": ("12-bit greys in a 16-bit file", _twelve_bits),
    "dithered": ("dithered scan", _dithered),
}


def photograph(
    condition: str,
    seed: int,
    image: npt.NDArray[np.uint8],
    other: npt.NDArray[np.uint8],
    file: Path,
) -> Path:
    """Write one photograph.

    Args:
        condition: of CONDITIONS.
        seed: the same seed, the same photograph.
        image: (28, 28), the digit.
        other: (28, 28), the second one where there are two.
        file: where it is written; the suffix is set here.

    Returns:
        The file.
    """
    random = np.random.default_rng([seed, zlib.crc32(condition.encode())])
    return CONDITIONS[condition][1](random, image, other, file)


def measure(
    condition: str,
    network: Any,
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.integer],
    folder: Path,
    seed: int = 0,
) -> npt.NDArray[np.bool_]:
    """Which photographs are read right, one of each digit.

    Args:
        condition: of CONDITIONS.
        network: that answers.
        images: (n, 28, 28).
        labels: (n,).
        folder: where the files are written.
        seed: of the first; the others count on from it.

    Returns:
        (n,). Of two digits, both must be found and read right, from left to right.
    """
    right = np.zeros(len(labels), bool)
    for i in range(len(labels)):
        following = (i + 1) % len(labels)
        file = photograph(
            condition, seed + i, images[i], images[following], folder / f"{condition}-{i}"
        )
        wanted = [labels[i], labels[following]] if condition == "two" else [labels[i]]
        try:
            found = find_digits(file)
        except ValueError:
            continue
        if condition != "two":
            found = [max(found, key=lambda each: each.weight)]
        answer = predictions(network, np.stack([each.picture for each in found])).answer
        right[i] = answer.tolist() == wanted
    return right


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks photos",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--count", type=int, default=200, help="photographs of each condition")
    parser.add_argument("--data", default=None, help="where MNIST comes from, as for `train`")
    parser.add_argument("--run", default="modern", help="the network that answers")
    parser.add_argument("--split", choices=["tune", "report"], default="report")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default=",".join(CONDITIONS), help="conditions, by comma")
    parser.add_argument("--keep", type=Path, help="write the photographs into this folder")
    asked = parser.parse_args()
    digits = datasets.load(asked.data)
    network = opened(asked.run)[0]
    half = len(digits.test_labels) // 2
    chosen = np.random.default_rng(asked.seed).permutation(half)[: asked.count]
    if asked.split == "report":
        chosen = chosen + half
    images, labels = digits.test_images[chosen], digits.test_labels[chosen]
    plain = (predictions(network, images).answer == labels).mean()
    print(f"{asked.run}, {len(labels)} digits of {digits.source}, seed {asked.seed}\n")
    print("| what is in the picture | right |  of plain | ms each |")
    print("|---|---|---|---|")
    print(f"| the digits themselves | {plain:.1%} | 100.0% | |")
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for condition in asked.only.split(","):
            began = time.perf_counter()
            right = measure(condition, network, images, labels, folder, asked.seed)
            each = (time.perf_counter() - began) / len(labels) * 1000
            name = CONDITIONS[condition][0]
            print(f"| {name} | {right.mean():.1%} | {right.mean() / plain:.1%} | {each:.0f} |")
            if asked.keep:
                print(f"  wrong: {condition}", *np.flatnonzero(~right), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
