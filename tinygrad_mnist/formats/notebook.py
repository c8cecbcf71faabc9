"""How tensors and modules look in a notebook: `_repr_html_`, attached to them at import.

A tensor is a line of facts, and its values as a table or, of two dimensions and the size of an
image, as a picture. A module is a tree that folds, with the number of parameters of every part.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterable
from html import escape
from typing import Any

import numpy as np

from tinygrad_mnist.core.surface import attach
from tinygrad_mnist.core.tensor import Array, Tensor
from tinygrad_mnist.nn.modules.module import Module

__all__ = ["module_html", "png", "tensor_html"]

ROWS = 8  # of a table, before it is cut
COLUMNS = 10
SMALL = 8  # the shorter side of a picture, in elements: fewer is a table
LARGE = 256  # its longer side: more are thinned out
DRAWN = 224  # pixels of the longer side on the screen, about
RED = (220, 40, 40)  # a value that is not finite
_CELL = "padding:0 .5em;text-align:right;border:none"
_HEAD = f"{_CELL};opacity:.5;font-weight:normal"


def tensor_html(tensor: Tensor) -> str:
    """A tensor as HTML; nothing in it comes from outside but numbers and escaped names.

    Args:
        tensor: of any shape and dtype.

    Returns:
        One <div>: a line of facts, and a picture, a table or the text of the tensor.

    Example:
        >>> from tinygrad_mnist.formats.notebook import tensor_html
        >>> tensor_html(torch.ones(2))[:50]
        '<div><b>Tensor</b> 2 · float32<table style="border'
    """
    array = tensor.array
    shape = "×".join(map(str, array.shape)) or "scalar"
    facts = [shape, array.dtype.name, *tensor._suffixes()]
    line = f"<b>{escape(type(tensor).__name__)}</b> {escape(' · '.join(facts))}"
    if array.ndim == 2 and min(array.shape) >= SMALL and array.dtype.kind in "fiub":
        return f"<div>{line}<br>{_picture(array)}</div>"
    if array.ndim > 2 or array.size == 0:
        return f"<div>{line}<pre>{escape(repr(tensor))}</pre></div>"
    return f"<div>{line}{_table(array)}</div>"


def _number(value: Any) -> str:
    if np.asarray(value).dtype.kind == "f":
        return f"{float(value):.4g}"
    return str(value)


def _shown_places(size: int, most: int) -> list[int | None]:
    """The places that are shown of `size`, None for the dots."""
    if size <= most:
        return list(range(size))
    first = range(most // 2)
    last = range(size - most // 2, size)
    return [*first, None, *last]


def _table(array: Array) -> str:
    """A scalar, a row of numbers under their places, or rows with their places on the left."""
    table = np.atleast_2d(array)
    rows = _shown_places(table.shape[0], ROWS)
    columns = _shown_places(table.shape[1], COLUMNS)
    has_row_heads = array.ndim == 2
    lines = []
    if array.ndim:
        cells = [_head_cell(column) for column in columns]
        if has_row_heads:
            cells.insert(0, _head_cell(None))
        lines.append(f"<tr>{''.join(cells)}</tr>")
    for row in rows:
        cells = [_value_cell(table, row, column) for column in columns]
        if has_row_heads:
            cells.insert(0, _head_cell(row))
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table style="border:none">{"".join(lines)}</table>'


def _head_cell(place: int | None) -> str:
    text = "" if place is None else place
    return f'<th style="{_HEAD}">{text}</th>'


def _value_cell(table: Array, row: int | None, column: int | None) -> str:
    text = "&#8943;"
    if row is not None and column is not None:
        text = _number(table[row, column])
    return f'<td style="{_CELL}">{text}</td>'


def _picture(array: Array) -> str:
    """Dark is the lowest value and bright the highest; values that are not finite are red."""
    step = max(-(-max(array.shape) // LARGE), 1)
    shown = array[::step, ::step].astype(np.float64)
    finite = np.isfinite(shown)
    low = high = 0.0
    if finite.any():
        low = shown[finite].min()
        high = shown[finite].max()
    with np.errstate(all="ignore"):
        brightness = (shown - low) / ((high - low) or 1.0) * 255
        grey = np.where(finite, brightness, 0).astype(np.uint8)
    colours = np.repeat(grey[:, :, None], 3, axis=2)
    colours[~finite] = RED
    scale = max(DRAWN // max(shown.shape), 2)
    height = shown.shape[0] * scale
    width = shown.shape[1] * scale
    data = base64.b64encode(png(colours)).decode()
    note = f"{_number(np.float64(low))} (dark) to {_number(np.float64(high))} (bright)"
    if step > 1:
        note += f", every {step}th row and column"
    if not finite.all():
        note += f", {int((~finite).sum())} not finite (red)"
    return (
        f'<img src="data:image/png;base64,{data}" width="{width}" height="{height}" alt="{note}"'
        ' style="image-rendering:pixelated;margin:.3em 0"><br>'
        f'<small style="opacity:.7">{note}</small>'
    )


def png(pixels: Array) -> bytes:
    """A PNG file of colours, without filters (W3C, PNG Specification, 2003).

    Args:
        pixels: uint8 (height, width, 3): red, green and blue.

    Returns:
        The content of the file.
    """
    height, width, _ = pixels.shape
    no_filter = np.zeros((height, 1), np.uint8)
    rows = np.concatenate([no_filter, pixels.reshape(height, -1)], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [
        _png_chunk(b"IHDR", header),
        _png_chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
        _png_chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def module_html(module: Module) -> str:
    """A module as a tree of HTML's <details>.

    Args:
        module: of any kind. A parameter that several parts share counts once in their sum.

    Returns:
        One <div>.
    """
    return f'<div style="font-family:monospace">{_branch(module, "", unfolded=True)}</div>'


def _count(parameters: Iterable[Tensor]) -> str:
    """How many numbers are learned, and how many of them are held fast; "" for none."""
    held = list(parameters)
    total = sum(each.numel() for each in held)
    frozen = sum(each.numel() for each in held if not each.requires_grad)
    text = ""
    if total:
        text = f"{total:,} parameter{'s' if total != 1 else ''}"
    if frozen:
        text += f", {frozen:,} frozen"
    return text


def _branch(module: Module, name: str, unfolded: bool) -> str:
    """A module with all below it, under the name that it has in the one above."""
    inner = ""
    for key, child in module._modules.items():  # a module that is there twice is shown twice
        if child is not None:
            inner += _branch(child, key, unfolded=False)
    options = " ".join(module.extra_repr().split())
    title = f"<b>{escape(module._get_name())}</b>"
    if name:
        title = f"<span style='opacity:.6'>{escape(name)}</span> {title}"
    if options or not inner:
        title += f"({escape(options)})"
    count = _count(module.parameters())
    if count:
        title += f" <span style='opacity:.6;white-space:nowrap'>{count}</span>"
    style = "style='margin-left:1.2em'"
    if not inner:
        return f"<div {style}>{title}</div>"
    opened = " open" if unfolded else ""
    return f"<details {style}{opened}><summary>{title}</summary>{inner}</details>"


attach("_repr_html_", tensor_html, "method", tensor_html)
Module._repr_html_ = module_html  # type: ignore[attr-defined]
