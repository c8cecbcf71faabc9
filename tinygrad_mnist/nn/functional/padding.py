"""Padding: tensors widened at the ends of their last dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_mnist.core.dtypes import refuse_overflow
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.record import record
from tinygrad_mnist.core.tensor import Array, Tensor, wrap
from tinygrad_mnist.ops.indexing import getitem
from tinygrad_mnist.ops.shape import contiguous

__all__ = ["pad"]

Widths = Sequence[tuple[int, int]]  # (before, after), for each dimension

# as NumPy names them
MODES: dict[str, Any] = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def pad(
    input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None
) -> Tensor:
    """The tensor widened at both ends of its last dimensions; negative widths cut off.

    Args:
        input: of any shape; for other modes than "constant" (n, c, *size) or (c, *size).
        pad: elements (before, after) in the last dimension, then in the one before it, and so on.
        mode: "constant" fills in `value`, "reflect" mirrors without repeating the edge, "replicate"
            repeats the edge, "circular" continues at the other end of what is left.
        value: what "constant" fills in. Default: 0.

    Returns:
        input's shape, with before + after added to each padded dimension.

    Raises:
        RuntimeError: if `pad` is of odd length or too long, if a size would become negative, or if
            the dimension is too small to reflect or to go round so far.
        NotImplementedError: if the mode is unknown, or not for so many dimensions.

    Example:
        >>> F.pad(torch.tensor([[1, 2, 3]]), (1, 2), value=7)
        tensor([[7, 1, 2, 3, 7, 7]])
        >>> F.pad(torch.tensor([[1, 2, 3]]), (1, 2), mode="reflect")
        tensor([[2, 1, 2, 3, 2, 1]])
    """
    shape = input.array.shape
    numbers = tuple(int(n) for n in pad)
    ok = len(numbers) % 2 == 0 and len(numbers) <= 2 * len(shape)
    message = "pad: Padding length must be even and at most twice {} dimensions, got {}"
    check(ok, message, len(shape), numbers)
    widths = list(zip(numbers[::2], numbers[1::2], strict=True))[::-1]
    if mode == "constant":
        return pad_constant(input, widths, 0 if value is None else value)
    lead = len(shape) - len(widths)
    ok = mode in MODES and lead in (1, 2) and len(widths) in (1, 2, 3)
    message = "pad: mode {!r} of the last {} of {} dimensions"
    check(ok, message, mode, len(widths), len(shape), error=NotImplementedError)
    for d, (width, n) in enumerate(zip(widths, shape[lead:], strict=True), lead):
        fits = mode == "replicate" or max(width) <= n - (mode == "reflect")
        message = "pad: {} padding {} is too large for dimension {} of {}"
        check(fits, message, mode, width, d, shape)
        if any(width):
            places = wrap(_places(n, width, mode))
            input = getitem(input, (*(slice(None),) * d, places))
    return contiguous(input)


def _places(size: int, width: tuple[int, int], mode: str) -> Array:
    """The indices of the elements that stand in a dimension of `size` after padding it."""
    grown = [max(n, 0) for n in width]
    first, last = (max(-n, 0) for n in width)
    if mode == "circular":
        return np.pad(np.arange(first, size - last), grown, "wrap")
    kept: Array = np.pad(np.arange(size), grown, MODES[mode])
    return kept[first : size + sum(grown) - last]


def pad_zeros(x: Tensor, widths: Widths) -> Tensor:
    """The last dimensions with zeros before and after; x itself where all widths are 0."""
    if not any(map(any, widths)):
        return x
    return pad_constant(x, widths)


def pad_constant(x: Tensor, widths: Widths, value: float = 0) -> Tensor:
    """The last dimensions with `value` before and after: as many elements as `widths` say.

    The gradient is padded by the opposite.
    """
    shape = x.array.shape
    every = ((0, 0),) * (len(shape) - len(widths)) + tuple(widths)
    sizes = zip(shape, every, strict=True)
    fits = all(n + min(before, 0) + min(after, 0) >= 0 for n, (before, after) in sizes)
    message = "pad: padding {} of {} resulted in a negative output size"
    check(fits, message, list(widths), shape)
    refuse_overflow(float(value), x.array.dtype)
    opposite = [(-before, -after) for before, after in every]
    return record(
        "constant_pad_nd",
        pad_array,
        (x, lambda g: pad_constant(g, opposite)),
        widths=every,
        value=value,
    )


def pad_array(array: Array, *, widths: Widths, value: float) -> Array:
    """The array with `value` before and after, negative widths cut off."""
    shape = []
    source = []
    target = []
    for n, (before, after) in zip(array.shape, widths, strict=True):
        shape.append(n + before + after)
        source.append(slice(max(-before, 0), n - max(-after, 0)))
        target.append(slice(max(before, 0), n + before + min(after, 0)))
    out = np.full(shape, value, array.dtype)
    out[tuple(target)] = array[tuple(source)]
    return out
