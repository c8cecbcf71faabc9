"""`torch.testing`: whether tensors are as near to each other as their dtypes allow."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor, wrap

_NEAR = {"float16": (1e-3, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7)}


def assert_close(
    actual: Any, expected: Any, *, allow_subclasses: bool = True, rtol: float | None = None, atol: float | None = None,
    equal_nan: bool = False, check_device: bool = True, check_dtype: bool = True, check_layout: bool = True,
    check_stride: bool = False, msg: str | Callable[[str], str] | None = None,
) -> None:  # fmt: skip
    """AssertionError unless |actual - expected| <= atol + rtol * |expected| everywhere, and shapes and dtypes agree.

    The two are tensors, arrays or numbers, or sequences or mappings of them. The tolerances default to
    the dtype's: 1.3e-6 and 1e-5 for float32, 1e-7 and 1e-7 for float64, 0 for integers.
    """
    check((rtol is None) == (atol is None), "Give both 'rtol' and 'atol', or none of them.", error=ValueError)
    message = _difference(actual, expected, rtol, atol, equal_nan, check_dtype, check_stride)
    if message:
        raise AssertionError(message if msg is None else msg(message) if callable(msg) else msg)


def _difference(a: Any, b: Any, rtol: Any, atol: Any, equal_nan: bool, dtype: bool, stride: bool) -> str:
    """What is different, or nothing."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        if a.keys() != b.keys():
            return f"The keys of the mappings do not match: {list(a)} and {list(b)}"
        a, b = [a[key] for key in b], list(b.values())
    if isinstance(a, Sequence) and isinstance(b, Sequence) and not isinstance(a, str):
        if len(a) != len(b):
            return f"The length of the sequences mismatch: {len(a)} != {len(b)}"
        found = (_difference(*pair, rtol, atol, equal_nan, dtype, stride) for pair in zip(a, b, strict=True))
        return next(filter(None, found), "")
    if a is None and b is None:
        return ""
    pairs = (Tensor | np.ndarray, int | float | np.number)
    fine = any(isinstance(a, kind) and isinstance(b, kind) for kind in pairs)
    check(fine, "No comparison pair was able to handle inputs of type {} and {}.", type(a), type(b), error=TypeError)
    x, y = (each if isinstance(each, Tensor) else wrap(np.asarray(each)) for each in (a, b))
    for name, asked, p, q in (("shape", True, x.shape, y.shape), ("dtype", dtype, x.dtype, y.dtype),
                              ("stride()", stride, x.stride(), y.stride())):  # fmt: skip
        if asked and p != q:
            return f"The values for attribute '{name}' do not match: {p} != {q}."
    if rtol is None:
        near = [_NEAR.get(each.dtype.name, (0.0, 0.0)) for each in (x, y)]
        rtol, atol = (max(pair) for pair in zip(*near, strict=True))
    p, q = x.array.astype(np.float64), y.array.astype(np.float64)
    wrong = ~np.isclose(p, q, rtol, atol, equal_nan)
    if not wrong.any():
        return ""
    off = np.where(wrong, np.abs(p - q), 0)
    kind = f"{'Tensor-likes' if x.ndim else 'Scalars'} are not {'close' if rtol or atol else 'equal'}!\n\n"
    count = f"Mismatched elements: {wrong.sum()} / {wrong.size} ({wrong.mean():.1%})\n"
    return f"{kind}{count}Greatest absolute difference: {off.max()} (up to {atol} + {rtol} * |expected| allowed)"
