"""How a tensor prints: PyTorch's rules, from `torch/_tensor_str.py`'s documented behaviour."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_mnist import dtypes

_USUAL: dict[str, Any] = dict(precision=4, threshold=1000, edgeitems=3, linewidth=80, sci_mode=None)
_PROFILES: dict[str, Any] = {
    "default": {},
    "short": {"edgeitems": 2},
    "full": {"threshold": math.inf},
}
_options = SimpleNamespace(**_USUAL)


def set_printoptions(
    precision: int | None = None, threshold: float | None = None, edgeitems: int | None = None,
    linewidth: int | None = None, profile: str | None = None, sci_mode: bool | None = None,
) -> None:  # fmt: skip
    """Set how tensors print; `profile` is "default", "short" or "full"."""
    given = dict(precision=precision, threshold=threshold, edgeitems=edgeitems, linewidth=linewidth)
    preset = {**_USUAL, **_PROFILES[profile]} if profile else {}
    _options.__dict__.update(
        preset, **{name: value for name, value in given.items() if value is not None}
    )
    _options.sci_mode = sci_mode


def text(array: npt.NDArray[Any], suffixes: list[str], name: str = "tensor") -> str:
    """The array as `tensor([...], suffixes)`."""
    usual = (dtypes.default(), np.int64, np.bool_) if array.size else (dtypes.default(),)
    if array.dtype not in usual:
        suffixes = [f"dtype=torch.{array.dtype.name}", *suffixes]
    if array.size == 0 and array.ndim != 1:
        suffixes = [f"size=({', '.join(map(str, array.shape))})", *suffixes]
    indent = len(name) + 1
    out = f"{name}({_body(array, indent, *_writer(array)) if array.size else '[]'}"
    length = len(out) - out.rfind("\n") + 1
    for each in suffixes:
        fits = length + len(each) + 2 <= _options.linewidth
        out += f", {each}" if fits else f",\n{' ' * indent}{each}"
        length = length + len(each) + 2 if fits else indent + len(each)
    return out + ")"


def _edges(array: npt.NDArray[Any], every: bool) -> tuple[Any, Any]:
    """What is shown of the first dimension, before and after the dots."""
    edge = _options.edgeitems
    return (
        (array, ())
        if every or len(array) <= 2 * edge
        else (array[:edge], array[len(array) - edge :])
    )


def _body(
    array: npt.NDArray[Any], indent: int, write: Callable[[Any], str], width: int, every: bool
) -> str:
    if array.ndim == 0:
        return write(array[()])
    before, after = _edges(array, every)
    if array.ndim == 1:
        shown = [write(each).rjust(width) for each in before]
        shown += [" ...", *(write(each).rjust(width) for each in after)] if len(after) else []
        room = max((_options.linewidth - indent) // (width + 2), 1)
        parts, gap = [", ".join(shown[i : i + room]) for i in range(0, len(shown), room)], "\n"
    else:
        parts = [_body(each, indent + 1, write, width, every) for each in before]
        parts += (
            ["...", *(_body(each, indent + 1, write, width, every) for each in after)]
            if len(after)
            else []
        )
        gap = "\n" * (array.ndim - 1)
    return "[" + f",{gap}{' ' * (indent + 1)}".join(parts) + "]"


def _shown(array: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
    """The rows that a summary shows, as vectors."""
    if array.ndim == 0:
        return [array.reshape(1)]
    parts = _edges(array, False)
    if array.ndim == 1:
        return [np.asarray(part, array.dtype) for part in parts]
    return [row for part in parts for each in part for row in _shown(each)]


def _writer(array: npt.NDArray[Any]) -> tuple[Callable[[Any], str], int, bool]:
    """How to write an element, the width of a column, and whether all elements are shown."""
    every = array.size <= _options.threshold
    shown = array.ravel() if every else np.concatenate(_shown(array))
    if array.dtype.kind != "f":
        return str, max(len(str(each)) for each in shown), every
    counted = shown[np.isfinite(shown) & (shown != 0)].astype(np.float64)
    size = np.abs(counted)
    whole = bool((size == np.floor(size)).all())
    scientific = _options.sci_mode
    if scientific is None:
        high, low = (size.max(), size.min()) if size.size else (1.0, 1.0)
        scientific = bool(high / low > 1000 or high > 1e8 or (not whole and low < 1e-4))
    scientific = scientific and size.size > 0

    def write(each: Any) -> str:
        if scientific:
            return f"{float(each):.{_options.precision}e}"
        if whole:
            return f"{float(each):.0f}" + "." * bool(np.isfinite(each))
        return f"{float(each):.{_options.precision}f}"

    return write, max((len(write(each)) for each in counted), default=1), every
