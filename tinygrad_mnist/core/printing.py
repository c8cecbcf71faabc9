"""How a tensor prints: by PyTorch's rules, as `torch/_tensor_str.py` is documented."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_mnist.core import dtypes

__all__ = ["set_printoptions"]

Array = npt.NDArray[Any]


@dataclass
class _Options:
    """How tensors print.

    Attributes:
        precision: digits after the point.
        threshold: elements beyond which only the edges are shown.
        edgeitems: how many elements an edge has.
        linewidth: columns of a line.
        sci_mode: whether numbers have exponents; None decides by their sizes.
    """

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES = {
    "default": _Options(),
    "short": _Options(edgeitems=2),
    "full": _Options(threshold=math.inf),
}


class _Current:
    options = _Options()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors print.

    Args:
        precision: digits after the point.
        threshold: elements beyond which only the edges are shown.
        edgeitems: how many elements an edge has.
        linewidth: columns of a line.
        profile: "default", "short" or "full", which the other arguments change.
        sci_mode: whether numbers have exponents; None decides by their sizes.

    Example:
        >>> torch.set_printoptions(precision=2)
        >>> torch.tensor(1 / 3)
        tensor(0.33)
        >>> torch.set_printoptions(profile="default")
    """
    options = replace(_PROFILES[profile]) if profile else _Current.options
    if precision is not None:
        options.precision = precision
    if threshold is not None:
        options.threshold = threshold
    if edgeitems is not None:
        options.edgeitems = edgeitems
    if linewidth is not None:
        options.linewidth = linewidth
    options.sci_mode = sci_mode
    _Current.options = options


def text(array: Array, suffixes: list[str], name: str = "tensor") -> str:
    """The array as `tensor([...], suffixes)`."""
    usual: tuple[Any, ...] = (dtypes.default(),)
    if array.size:
        usual = (dtypes.default(), np.int64, np.bool_)
    if array.dtype not in usual:
        suffixes = [f"dtype=torch.{array.dtype.name}", *suffixes]
    if array.size == 0 and array.ndim != 1:
        suffixes = [f"size=({', '.join(map(str, array.shape))})", *suffixes]
    indent = len(name) + 1
    body = _Writer(array).body(array, indent) if array.size else "[]"
    out = f"{name}({body}"
    length = len(out) - out.rfind("\n") + 1
    for each in suffixes:
        if length + len(each) + 2 <= _Current.options.linewidth:
            out += f", {each}"
            length += len(each) + 2
        else:
            out += f",\n{' ' * indent}{each}"
            length = indent + len(each)
    return out + ")"


class _Writer:
    """How the elements of one tensor are written, all in the same way.

    Attributes:
        all_shown: whether every element is shown.
        width: of a column.
    """

    def __init__(self, array: Array) -> None:
        self.options = _Current.options
        self.all_shown = array.size <= self.options.threshold
        self.floating = array.dtype.kind == "f"
        self.integral = False  # whether all numbers are integers
        self.scientific = False
        shown = array.ravel() if self.all_shown else np.concatenate(self._shown_rows(array))
        if self.floating:
            numbers = shown[np.isfinite(shown) & (shown != 0)].astype(np.float64)
            self._choose_form(np.abs(numbers))
            shown = numbers
        self.width = max((len(self.element(each)) for each in shown), default=1)

    def _choose_form(self, sizes: Array) -> None:
        """With exponents where the sizes differ much, without a fraction where none has one."""
        if not sizes.size:
            self.integral = True
            return
        self.integral = bool((sizes == np.floor(sizes)).all())
        if self.options.sci_mode is not None:
            self.scientific = self.options.sci_mode
            return
        high = sizes.max()
        low = sizes.min()
        self.scientific = bool(
            high / low > 1000 or high > 1e8 or (not self.integral and low < 1e-4)
        )

    def element(self, each: Any) -> str:
        """One element."""
        if not self.floating:
            return str(each)
        if self.scientific:
            return f"{float(each):.{self.options.precision}e}"
        if not self.integral:
            return f"{float(each):.{self.options.precision}f}"
        return f"{float(each):.0f}" + "." * bool(np.isfinite(each))

    def _edges(self, array: Array, all_shown: bool) -> tuple[Any, Any]:
        """What is shown of the first dimension, before and after the dots."""
        edge = self.options.edgeitems
        if all_shown or len(array) <= 2 * edge:
            return array, ()
        return array[:edge], array[len(array) - edge :]

    def _shown_rows(self, array: Array) -> list[Array]:
        """The rows that a summary shows, as vectors."""
        if array.ndim == 0:
            return [array.reshape(1)]
        parts = self._edges(array, False)
        if array.ndim == 1:
            return [np.asarray(part, array.dtype) for part in parts]
        rows = []
        for part in parts:
            for each in part:
                rows += self._shown_rows(each)
        return rows

    def body(self, array: Array, indent: int) -> str:
        """The elements in brackets, lines indented."""
        if array.ndim == 0:
            return self.element(array[()])
        before, after = self._edges(array, self.all_shown)
        if array.ndim == 1:
            shown = [self.element(each).rjust(self.width) for each in before]
            if len(after):
                shown.append(" ...")
                shown += [self.element(each).rjust(self.width) for each in after]
            count = max((self.options.linewidth - indent) // (self.width + 2), 1)
            parts = [", ".join(shown[i : i + count]) for i in range(0, len(shown), count)]
            gap = "\n"
        else:
            parts = [self.body(each, indent + 1) for each in before]
            if len(after):
                parts.append("...")
                parts += [self.body(each, indent + 1) for each in after]
            gap = "\n" * (array.ndim - 1)
        return "[" + f",{gap}{' ' * (indent + 1)}".join(parts) + "]"
