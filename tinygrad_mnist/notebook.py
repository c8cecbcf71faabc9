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

from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.core.tensor import Array, Tensor

ROWS, COLUMNS = 8, 10  # of a table, before it is cut
SMALL, LARGE = 8, 256  # a picture's sides, in elements: fewer is a table, more are thinned out
_CELL = "padding:0 .5em;text-align:right;border:none"


def tensor_html(tensor: Tensor) -> str:
    """A tensor as HTML; nothing in it comes from outside but numbers and escaped names."""
    array = tensor.array
    facts = ["×".join(map(str, array.shape)) or "scalar", array.dtype.name, *tensor._suffixes()]
    line = f"<b>{escape(type(tensor).__name__)}</b> {escape(' · '.join(facts))}"
    if array.ndim == 2 and min(array.shape) >= SMALL and array.dtype.kind in "fiub":
        return f"<div>{line}<br>{_picture(array)}</div>"
    if array.ndim > 2 or array.size == 0:
        return f"<div>{line}<pre>{escape(repr(tensor))}</pre></div>"
    return f"<div>{line}{_table(np.atleast_2d(array), array.shape)}</div>"


def _number(value: Any) -> str:
    return f"{float(value):.4g}" if np.asarray(value).dtype.kind == "f" else str(value)


def _cut(size: int, most: int) -> list[int | None]:
    """The places that are shown of `size`, None for the dots."""
    return list(range(size)) if size <= most else [*range(most // 2), None, *range(size - most // 2, size)]


def _table(array: Array, shape: tuple[int, ...]) -> str:
    rows, columns = _cut(array.shape[0], ROWS), _cut(array.shape[1], COLUMNS)

    def cell(i: int | None, j: int | None) -> str:
        text = "&#8943;" if i is None or j is None else _number(array[i, j])
        return f'<td style="{_CELL}">{text}</td>'

    def head(k: int | None) -> str:
        return f'<th style="{_CELL};opacity:.5;font-weight:normal">{"" if k is None else k}</th>'

    heads = f"<tr>{head(None) if len(shape) == 2 else ''}{''.join(map(head, columns))}</tr>" if shape else ""
    body = (f"<tr>{head(i) if len(shape) == 2 else ''}{''.join(cell(i, j) for j in columns)}</tr>" for i in rows)
    return f'<table style="border:none">{heads}{"".join(body)}</table>'


def _picture(array: Array) -> str:
    """Dark is the lowest value and bright the highest; values that are not finite are red."""
    step = max(-(-max(array.shape) // LARGE), 1)
    shown = array[::step, ::step].astype(np.float64)
    finite = np.isfinite(shown)
    low, high = (shown[finite].min(), shown[finite].max()) if finite.any() else (0.0, 0.0)
    with np.errstate(all="ignore"):
        grey = np.where(finite, (shown - low) / ((high - low) or 1.0) * 255, 0).astype(np.uint8)
    colours = np.repeat(grey[:, :, None], 3, axis=2)
    colours[~finite] = 220, 40, 40
    scale = max(224 // max(shown.shape), 2)
    height, width = (side * scale for side in shown.shape)
    data = base64.b64encode(png(colours)).decode()
    note = f"{_number(np.float64(low))} (dark) to {_number(np.float64(high))} (bright)"
    note += f", every {step}th row and column" if step > 1 else ""
    note += f", {int((~finite).sum())} not finite (red)" if not finite.all() else ""
    return (
        f'<img src="data:image/png;base64,{data}" width="{width}" height="{height}" alt="{note}"'
        f' style="image-rendering:pixelated;margin:.3em 0"><br><small style="opacity:.7">{note}</small>'
    )


def png(pixels: Array) -> bytes:
    """A PNG file of uint8 pixels (height, width, 3), without filters (W3C, PNG Specification, 2003)."""
    height, width, _ = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def module_html(module: Module) -> str:
    """A module as a tree of HTML's <details>; a parameter that several parts share counts once in their sum."""
    return f'<div style="font-family:monospace">{_branch(module, "", True)}</div>'


def _count(parameters: Iterable[Tensor]) -> str:
    held = list(parameters)
    total = sum(each.numel() for each in held)
    frozen = sum(each.numel() for each in held if not each.requires_grad)
    text = f"{total:,} parameter{'s' if total != 1 else ''}" if total else ""
    return text + (f", {frozen:,} frozen" if frozen else "")


def _branch(module: Module, name: str, unfolded: bool) -> str:
    inner = "".join(_branch(child, key, False) for key, child in module._modules.items() if child is not None)
    extra = " ".join(module.extra_repr().split())
    title = f"<span style='opacity:.6'>{escape(name)}</span> " if name else ""
    title += (
        f"<b>{escape(module._get_name())}</b>({escape(extra)})"
        if extra or not inner
        else f"<b>{escape(module._get_name())}</b>"
    )
    count = _count(module.parameters())
    title += f" <span style='opacity:.6;white-space:nowrap'>{count}</span>" if count else ""
    if not inner:
        return f"<div style='margin-left:1.2em'>{title}</div>"
    return (
        f"<details style='margin-left:1.2em'{' open' if unfolded else ''}><summary>{title}</summary>{inner}</details>"
    )


Tensor._repr_html_ = tensor_html  # type: ignore[attr-defined]
Module._repr_html_ = module_html  # type: ignore[attr-defined]
