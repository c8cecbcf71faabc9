"""The tape behind a tensor as a drawing: SVG, for notebooks and files, made here.

Every record is a box: its operation, its shape and bytes, and its value and gradient where they can
be had. Leaves stand on the left, the result on the right, and gradients flow along the lines from
right to left.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from tinygrad_mnist.core.backward import grad, tensors_read
from tinygrad_mnist.core.record import JointNode, Node, OutputNode
from tinygrad_mnist.core.tensor import Array, Tensor
from tinygrad_mnist.formats.files import write_file
from tinygrad_mnist.formats.notebook import png
from tinygrad_mnist.nn.modules.module import Module

__all__ = ["Drawing", "show"]

MOST = 60  # boxes; a larger tape is folded, module by module
WIDTH = 168  # of a box
GAP = 56  # between columns
LINE = 15  # from one line of text to the next
ROW_GAP = 16  # between boxes of one column
NUMBERS = 4  # an array of at most so many elements is written out
PICTURE = 60  # the longer side of an array's picture, in pixels
THUMBNAIL = 64  # its longer side, in elements: of more each second, third, ... is shown
BLUE = np.array([37, 99, 171])  # positive
ORANGE = np.array([217, 96, 26])  # negative
PAPER = np.array([244, 245, 247])  # 0
STYLE = """
.tape { font-family: system-ui, sans-serif; font-size: 12px; fill: #1d2126; }
.tape rect { fill: #ffffff; stroke: #8a929c; rx: 7px; }
.tape .leaf rect { fill: #eef3fa; stroke: #2563ab; stroke-dasharray: 4 3; }
.tape .result rect { stroke: #1d2126; stroke-width: 2px; }
.tape .quiet { fill: #565e69; font-size: 10.5px; }
.tape .name { font-weight: 650; }
.tape path { fill: none; stroke: #8a929c; stroke-width: 1.4px; }
@media (prefers-color-scheme: dark) {
  .tape { fill: #e6e8eb; }
  .tape rect { fill: #1c2025; stroke: #737c87; }
  .tape .leaf rect { fill: #22303f; stroke: #7fb2ee; }
  .tape .result rect { stroke: #e6e8eb; }
  .tape .quiet { fill: #a8b0ba; }
}
"""


class Drawing:
    """A drawing that notebooks show by themselves.

    Args:
        svg: its text.
    """

    def __init__(self, svg: str) -> None:
        self.svg = svg

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"Drawing of {self.svg.count('<g ')} boxes; .save('tape.svg') writes it to a file"

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file.

        Args:
            path: the file, which should end in .svg.

        Raises:
            OSError: if it cannot be written.
        """
        write_file(path, self.svg)


def show(
    tensor: Tensor,
    module: Module | None = None,
    gradients: bool = True,
    most: int = MOST,
    tensors: Mapping[str, Tensor] | None = None,
) -> Drawing:
    """Draw the tape behind a tensor, with values and gradients.

    The values are those of leaves, of the tensor itself, of what rules will read, and of `tensors`:
    the tape keeps no others. The gradients of a tensor of one element are computed for the drawing,
    without touching `.grad`; hooks of the program are called. Blue is positive, orange negative.

    Args:
        tensor: the result of recorded operations.
        module: whose parameters are named; a tape of more than `most` records is folded into a box
            for each of its parts.
        gradients: whether to compute them.
        most: how many boxes there may be before the tape is folded.
        tensors: leaves and results by the names that they bear in the program.

    Returns:
        The drawing; `save` writes it to a file.

    Raises:
        ValueError: if the tensor has no tape, or its tape was freed by a backward pass, or one of
            `tensors` is not on it.
        TypeError: if one of `tensors` is no tensor.

    Example:
        >>> w = torch.tensor([2.0], requires_grad=True)
        >>> u = w * 3.0
        >>> drawing = torch.show(u.sum(), tensors={"w": w, "u": u})
        >>> [name in drawing.svg for name in (">w<", ">u = mul<", ">sum<")]
        [True, True, True]
    """
    if tensor._grad_fn is None:
        message = "show: got a tensor without history, wanted the result of recorded operations"
        raise ValueError(message)
    boxes = _boxes(tensor, {} if module is None else _names(module))
    _name(boxes, tensors or {})
    if any(box.is_freed for box in boxes):
        message = "show: got a tape that a backward pass has freed, wanted one that is whole"
        raise ValueError(f"{message}; draw it before, or give backward retain_graph=True")
    if gradients and tensor.array.size == 1:
        _find_gradients(tensor, boxes)
    if len(boxes) > most:
        boxes = _folded(boxes)
    return Drawing(_svg(boxes))


# what there is to draw -----------------------------------------------------------------------


@dataclass
class _Box:
    """A record or a leaf.

    Attributes:
        title: the operation, or the leaf's name.
        shape: of the result.
        dtype: as NumPy names it.
        sources: the boxes that a gradient goes on to.
        kind: "record", "leaf" or "result".
        source: the record, or the leaf's tensor.
        value: where it is known.
        gradient: where it is known.
        part: the part of the module that it belongs to; "" for none.
        count: how many records it stands for.
        is_freed: whether a backward pass has used it up.
    """

    title: str
    shape: tuple[int, ...]
    dtype: str
    sources: list[_Box]
    kind: str
    source: Any = None
    value: Array | None = None
    gradient: Array | None = None
    part: str = ""
    count: int = 1
    is_freed: bool = False
    column: int = 0
    x: float = 0.0
    y: float = 0.0
    height: float = 0.0


def _names(module: Module) -> dict[int, str]:
    named = (*module.named_parameters(), *module.named_buffers())
    return {id(parameter): name for name, parameter in named}


def _boxes(root: Tensor, names: dict[int, str]) -> list[_Box]:
    """A box for every record and leaf, each after those that it reads."""
    made: dict[int, _Box] = {}
    order: list[_Box] = []
    first = _joint(root._grad_fn)
    stack: list[tuple[Any, bool]] = [(first, False)]
    while stack:
        source, is_ready = stack.pop()
        if id(source) in made:
            continue
        sources = [_joint(each) for each in source.sources()] if isinstance(source, Node) else []
        if not is_ready:
            stack.append((source, True))
            stack += [(each, False) for each in reversed(sources)]
            continue
        box = _box(source, [made[id(each)] for each in sources], names)
        made[id(source)] = box
        order.append(box)
    order[-1].kind = "result"
    order[-1].value = root.array
    _find_values(made)
    return order


def _name(boxes: list[_Box], tensors: Mapping[str, Tensor]) -> None:
    """Call boxes as the program calls their tensors, and show those tensors' values."""
    found = {id(box.source): box for box in boxes}
    given: dict[int, list[str]] = {}
    for name, tensor in tensors.items():
        if not isinstance(tensor, Tensor):
            kind = type(tensor).__name__
            raise TypeError(f"show: got {kind} for {name!r} in tensors, wanted a Tensor")
        box = found.get(id(tensor if tensor._grad_fn is None else _joint(tensor._grad_fn)))
        if box is None:
            raise ValueError(f"show: {name!r} in tensors is not on the tape that is drawn")
        names = given.setdefault(id(box), [])
        names.append(name)
        title = ", ".join(names)
        box.title = title if box.kind == "leaf" else f"{title} = {box.source.operation}"
        box.value = tensor.array


def _joint(source: Any) -> Any:
    """The record itself, for one of its several results."""
    return source.joint if isinstance(source, OutputNode) else source


def _box(source: Any, sources: list[_Box], names: dict[int, str]) -> _Box:
    if isinstance(source, Node):
        shape = tuple(getattr(source, "shape", ()))
        dtype = np.dtype(getattr(source, "dtype", np.float32)).name
        box = _Box(source.operation, shape, dtype, sources, "record", source)
        box.is_freed = source.edges is None
        by_parameters = [each.part for each in sources if each.part and each.kind == "leaf"]
        parts = by_parameters or [each.part for each in sources if each.part]
        box.part = parts[0] if parts else ""
        return box
    name = names.get(id(source), "leaf")
    box = _Box(name, source.array.shape, source.array.dtype.name, sources, "leaf", source)
    box.value = source.array
    box.part = name.rpartition(".")[0] if id(source) in names else ""
    return box


def _find_values(made: dict[int, _Box]) -> None:
    """The values of records that some rule will read."""
    for box in list(made.values()):
        if not isinstance(box.source, Node) or box.is_freed:
            continue
        if isinstance(box.source, JointNode):
            readers: Iterable[Any] = (box.source.rule,)
        else:
            readers = [rule for _, rule in box.source.edges or ()]
            if box.source.result is not None:
                box.value = box.source.result.array
        for tensor in tensors_read(readers):
            made_by = made.get(id(_joint(tensor._grad_fn)))
            if made_by is not None and made_by.value is None and tensor._grad_fn is made_by.source:
                made_by.value = tensor.array


def _find_gradients(root: Tensor, boxes: list[_Box]) -> None:
    """Play the tape, keep it, and note what arrives everywhere."""
    handles = []
    for box in boxes:
        if isinstance(box.source, Node) and not isinstance(box.source, JointNode):
            handles.append(box.source.register_hook(_noting(box)))
    leaves = [box for box in boxes if box.kind == "leaf" and box.source.requires_grad]
    try:
        wanted = [box.source for box in leaves]
        found = grad(root, wanted, retain_graph=True, allow_unused=True) if wanted else ()
    finally:
        for handle in handles:
            handle.remove()
    for box, gradient in zip(leaves, found, strict=True):
        box.gradient = None if gradient is None else gradient.array


def _noting(box: _Box) -> Any:
    def note(gradient: Tensor) -> None:
        box.gradient = gradient.array.copy()

    return note


def _folded(boxes: list[_Box]) -> list[_Box]:
    """One box for the records of each part, and for what belongs to none of them side by side."""
    groups: list[_Box] = []
    inside: dict[int, _Box] = {}
    current: _Box | None = None
    for box in boxes:
        if box.kind == "leaf":
            continue
        if current is None or current.part != box.part:
            current = _Box(box.part or box.title, box.shape, box.dtype, [], "record", part=box.part)
            current.count = 0
            groups.append(current)
        current.count += 1
        current.shape = box.shape
        current.value = box.value
        current.gradient = box.gradient
        inside[id(box)] = current
    for box in boxes:
        for source in box.sources if box.kind != "leaf" else ():
            own = inside[id(box)]
            other = inside.get(id(source))
            if other is not None and other is not own and other not in own.sources:
                own.sources.append(other)
    groups[-1].kind = "result"
    return groups


# where it is drawn ---------------------------------------------------------------------------


def _svg(boxes: list[_Box]) -> str:
    pictures = {id(box): _content(box) for box in boxes}
    _find_columns(boxes)
    wires = [_Wire(box, source) for box in boxes for source in box.sources]
    width, height = _place([*boxes, *(way for wire in wires for way in wire.ways)])
    lines = [wire.path() for wire in wires]
    drawn = [_drawn(box, pictures[id(box)]) for box in boxes]
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    label = f"A tape of {sum(box.count for box in boxes)} records and leaves"
    return "\n".join((
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tape" role="img" {size}>',
        f"<title>{label}</title>",
        f"<style>{STYLE}</style>",
        *lines,
        *drawn,
        "</svg>",
        "",
    ))  # fmt: skip


class _Wire:
    """A line from a source to a box that reads it.

    Attributes:
        ways: places that it goes through in the columns between, so that it crosses no box.
    """

    def __init__(self, box: _Box, source: _Box) -> None:
        self.box = box
        self.source = source
        self.ways: list[_Box] = []
        before = source
        for column in range(source.column + 1, box.column):
            way = _Box("", (), "", [before], "way", column=column, height=6)
            self.ways.append(way)
            before = way

    def path(self) -> str:
        """The line as SVG."""
        x = self.source.x + WIDTH
        y = self.source.y + self.source.height / 2
        parts = [f"M{x:.0f} {y:.0f}"]
        for stop in (*self.ways, self.box):
            to = stop.y + stop.height / 2
            middle = (x + stop.x) / 2
            parts.append(f"C{middle:.0f} {y:.0f} {middle:.0f} {to:.0f} {stop.x:.0f} {to:.0f}")
            if stop.kind == "way":
                parts.append(f"H{stop.x + WIDTH:.0f}")
            x = stop.x + WIDTH
            y = to
        return f'<path d="{" ".join(parts)}"/>'


def _find_columns(boxes: list[_Box]) -> None:
    """The longest way from a leaf; leaves stand beside the first that reads them."""
    for box in boxes:
        box.column = 1 + max((source.column for source in box.sources), default=-1)
    first_reader: dict[int, int] = {}
    for box in boxes:
        for source in box.sources:
            before = first_reader.get(id(source), box.column)
            first_reader[id(source)] = min(before, box.column)
    for box in boxes:
        if box.kind == "leaf" and id(box) in first_reader:
            box.column = first_reader[id(box)] - 1


def _place(boxes: list[_Box]) -> tuple[float, float]:
    """Give each box its place, near what it reads and over no other; the size of the drawing."""
    columns: dict[int, list[_Box]] = {}
    for box in boxes:
        columns.setdefault(box.column, []).append(box)
    bottom = 0.0
    for number in sorted(columns):
        y = float(ROW_GAP)
        for box in sorted(columns[number], key=_wished):
            box.x = ROW_GAP + number * (WIDTH + GAP)
            box.y = max(y, _wished(box))
            y = box.y + box.height + ROW_GAP
        bottom = max(bottom, y)
    return 2 * ROW_GAP + (max(columns) + 1) * (WIDTH + GAP) - GAP, bottom


def _wished(box: _Box) -> float:
    """The height at which a box stands best: that of the middle of what it reads."""
    if not box.sources:
        return 0.0
    middle = sum(source.y + source.height / 2 for source in box.sources) / len(box.sources)
    return middle - box.height / 2


# a box ---------------------------------------------------------------------------------------


def _content(box: _Box) -> list[tuple[str, Array]]:
    """The arrays that a box shows; its height follows from them."""
    found = [("value", box.value), ("gradient", box.gradient)]
    arrays = [(name, array) for name, array in found if array is not None]
    tallest = max((_array_height(array) for _, array in arrays), default=0)
    box.height = 2 * LINE + 14 + (tallest + LINE if arrays else 0)
    return arrays


def _array_height(array: Array) -> float:
    if array.size <= NUMBERS:
        return max(array.size, 1) * 13
    return _picture_size(array)[1]


def _drawn(box: _Box, arrays: list[tuple[str, Array]]) -> str:
    title = box.title if box.count == 1 else f"{box.title}: {box.count} records"
    shape = "×".join(map(str, box.shape)) or "scalar"
    size = int(np.prod(box.shape, dtype=np.int64)) * np.dtype(box.dtype).itemsize
    parts = [
        f'<g class="{box.kind}">',
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{WIDTH}" height="{box.height:.0f}" rx="7"/>',
        _text(box.x + 10, box.y + 18, title, "name"),
        _text(box.x + 10, box.y + 18 + LINE, f"{shape} {box.dtype}, {size:,} B", "quiet"),
    ]
    for place, (name, array) in enumerate(arrays):
        x = box.x + 10 + place * (WIDTH - 20) / 2
        y = box.y + 2 * LINE + 12
        parts.append(_array(x, y, array))
        parts.append(_text(x, y + _array_height(array) + 11, name, "quiet"))
    parts.append("</g>")
    return "\n".join(parts)


def _text(x: float, y: float, words: str, kind: str = "") -> str:
    shown = words if len(words) <= 30 else f"{words[:29]}…"
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{kind}">{escape(shown)}</text>'


def _array(x: float, y: float, array: Array) -> str:
    if array.size <= NUMBERS:
        flat = array.reshape(-1)
        return "\n".join(_text(x, y + 11 + 13 * i, f"{each:.4g}") for i, each in enumerate(flat))
    width, height = _picture_size(array)
    data = base64.b64encode(png(_colours(array))).decode()
    return (
        f'<image x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}"'
        f' preserveAspectRatio="none" style="image-rendering: pixelated"'
        f' href="data:image/png;base64,{data}"/>'
    )


def _as_table(array: Array) -> Array:
    """An array of any number of dimensions as rows and columns, thinned out."""
    table = array.reshape(1, -1) if array.ndim < 2 else array.reshape(-1, array.shape[-1])
    rows = -(-table.shape[0] // THUMBNAIL)
    columns = -(-table.shape[1] // THUMBNAIL)
    return table[::rows, ::columns]


def _picture_size(array: Array) -> tuple[float, float]:
    rows, columns = _as_table(array).shape
    scale = PICTURE / max(rows, columns)
    return max(columns * scale, 8), max(rows * scale, 8)


def _colours(array: Array) -> Array:
    """Blue for positive, orange for negative elements, the fuller the larger; NaN is black."""
    table = _as_table(array).astype(np.float64)
    finite = np.where(np.isfinite(table), table, 0.0)
    largest = np.abs(finite).max() or 1.0
    share = np.sqrt(np.abs(finite) / largest)[:, :, None]
    full = np.where((finite < 0)[:, :, None], ORANGE, BLUE)
    colours = PAPER + (full - PAPER) * share
    colours[np.isnan(table)] = 0
    return colours.astype(np.uint8)
