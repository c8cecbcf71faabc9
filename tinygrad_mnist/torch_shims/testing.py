"""`torch.testing`: whether tensors are as near to each other as their dtypes allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor, note_read, wrap

__all__ = ["assert_close"]

TOLERANCES = {"float16": (1e-3, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7)}
"""Of each dtype: the relative and the absolute difference allowed."""


class _Wanted(NamedTuple):
    """What is compared, and how closely."""

    rtol: float | None
    atol: float | None
    equal_nan: bool
    dtype: bool
    stride: bool


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """Raise unless |actual - expected| <= atol + rtol * |expected| and shapes and dtypes agree.

    Args:
        actual: a tensor, an array or a number, or a sequence or mapping of them.
        expected: the same.
        allow_subclasses: accepted without effect.
        rtol: the relative difference allowed. Default: 1.3e-6 for float32, 1e-7 for float64, 1e-3
            for float16,
            0 for integers; of two dtypes the larger.
        atol: the absolute difference allowed. Default: 1e-5 for float32 and float16, 1e-7 for
            float64, 0 for integers.
        equal_nan: whether NaN is as NaN.
        check_device: accepted: there is one device.
        check_dtype: whether the dtypes must agree.
        check_layout: accepted: there is one layout.
        check_stride: whether the strides must agree.
        msg: in place of the message, or a function of it.

    Raises:
        AssertionError: if there is a difference.
        ValueError: if only one of `rtol` and `atol` is given.
        TypeError: if the two cannot be compared.

    Example:
        >>> torch.testing.assert_close(torch.tensor([0.1 + 0.2]), torch.tensor([0.3]))
    """
    both = (rtol is None) == (atol is None)
    check(both, "Give both 'rtol' and 'atol', or none of them.", error=ValueError)
    wanted = _Wanted(rtol, atol, equal_nan, check_dtype, check_stride)
    message = _difference(actual, expected, wanted)
    if not message:
        return
    if callable(msg):
        raise AssertionError(msg(message))
    raise AssertionError(message if msg is None else msg)


def _difference(a: Any, b: Any, wanted: _Wanted) -> str:
    """What is different, or nothing."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        if a.keys() != b.keys():
            return f"The keys of the mappings do not match: {list(a)} and {list(b)}"
        a = [a[key] for key in b]
        b = list(b.values())
    if isinstance(a, Sequence) and isinstance(b, Sequence) and not isinstance(a, str):
        return _difference_of_sequences(a, b, wanted)
    if a is None and b is None:
        return ""
    pairs = (Tensor | np.ndarray, int | float | np.number)
    fine = any(isinstance(a, kind) and isinstance(b, kind) for kind in pairs)
    message = "No comparison pair was able to handle inputs of type {} and {}."
    check(fine, message, type(a), type(b), error=TypeError)
    return _difference_of_tensors(_as_tensor(a), _as_tensor(b), wanted)


def _as_tensor(x: Any) -> Tensor:
    return x if isinstance(x, Tensor) else wrap(np.asarray(x))


def _difference_of_sequences(a: Sequence[Any], b: Sequence[Any], wanted: _Wanted) -> str:
    """The first difference of two elements, or nothing."""
    if len(a) != len(b):
        return f"The length of the sequences mismatch: {len(a)} != {len(b)}"
    for x, y in zip(a, b, strict=True):
        message = _difference(x, y, wanted)
        if message:
            return message
    return ""


def _difference_of_tensors(x: Tensor, y: Tensor, wanted: _Wanted) -> str:
    """Another shape, dtype or stride, or values that are too far apart, or nothing."""
    note_read("assert_close", x, y)
    message = "The values for attribute '{}' do not match: {} != {}."
    if x.shape != y.shape:
        return message.format("shape", x.shape, y.shape)
    if wanted.dtype and x.dtype != y.dtype:
        return message.format("dtype", x.dtype, y.dtype)
    if wanted.stride and x.stride() != y.stride():
        return message.format("stride()", x.stride(), y.stride())
    rtol = wanted.rtol
    atol = wanted.atol
    if rtol is None or atol is None:
        rtol_x, atol_x = TOLERANCES.get(x.dtype.name, (0.0, 0.0))
        rtol_y, atol_y = TOLERANCES.get(y.dtype.name, (0.0, 0.0))
        rtol = max(rtol_x, rtol_y)
        atol = max(atol_x, atol_y)
    p = x.array.astype(np.float64)
    q = y.array.astype(np.float64)
    wrong = ~np.isclose(p, q, rtol, atol, wanted.equal_nan)
    if not wrong.any():
        return ""
    largest = np.where(wrong, np.abs(p - q), 0).max()
    what = "Tensor-likes" if x.ndim else "Scalars"
    how = "close" if rtol or atol else "equal"
    return (
        f"{what} are not {how}!\n\n"
        f"Mismatched elements: {wrong.sum()} / {wrong.size} ({wrong.mean():.1%})\n"
        f"Greatest absolute difference: {largest} (up to {atol} + {rtol} * |expected| allowed)"
    )
