"""`torch.testing`: whether tensors are as near to each other as their dtypes allow."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes, random
from tinygrad_mnist.errors import check
from tinygrad_mnist.tensor import Tensor, wrap

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
    wanted = "Both 'rtol' and 'atol' must be either specified or omitted, but got no {}."
    check((rtol is None) == (atol is None), wanted, "rtol" if rtol is None else "atol", error=ValueError)
    message = _difference(actual, expected, (rtol, atol), equal_nan, check_dtype, check_stride, ())
    if message:
        raise AssertionError(message if msg is None else msg(message) if callable(msg) else msg)


def _difference(a: Any, b: Any, tolerances: Any, equal_nan: bool, dtype: bool, stride: bool, place: Any) -> str:
    """What is different, or nothing."""
    rest = (tolerances, equal_nan, dtype, stride)
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        if a.keys() != b.keys():
            missing, more = [k for k in b if k not in a], [k for k in a if k not in b]
            return (
                "The keys of the mappings do not match:\n"
                f"Missing keys in the actual mapping: {missing}\nAdditional keys in the actual mapping: {more}"
            )
        return next(filter(None, (_difference(a[k], b[k], *rest, (*place, k)) for k in b)), "")
    if isinstance(a, Sequence) and isinstance(b, Sequence) and not isinstance(a, str):
        if len(a) != len(b):
            return f"The length of the sequences mismatch: {len(a)} != {len(b)}"
        pairs = enumerate(zip(a, b, strict=True))
        return next(filter(None, (_difference(x, y, *rest, (*place, k)) for k, (x, y) in pairs)), "")
    where = f"\n\nThe failure occurred for item {''.join(f'[{k!r}]' for k in place)}" if place else ""
    found = _of_numbers(a, b, *rest)
    return found and found + where


def _of_numbers(a: Any, b: Any, tolerances: Any, equal_nan: bool, dtype: bool, stride: bool) -> str:
    tensors = isinstance(a, Tensor | np.ndarray) and isinstance(b, Tensor | np.ndarray)
    if a is None and b is None:
        return ""
    if not tensors and not (isinstance(a, int | float | np.number) and isinstance(b, int | float | np.number)):
        raise TypeError(f"No comparison pair was able to handle inputs of type {type(a)} and {type(b)}.")
    if isinstance(a, bool) and isinstance(b, bool):
        return "" if a is b else f"Booleans mismatch: {a} is not {b}"
    if not tensors and dtype and type(a) is not type(b):
        return f"The (d)types do not match: {type(a)} != {type(b)}."
    x, y = (wrap(np.asarray(each)) if not isinstance(each, Tensor) else each for each in (a, b))
    for name, asked in (("shape", True), ("dtype", dtype), ("stride()", stride)):
        p, q = (each.stride() if name == "stride()" else getattr(each, name) for each in (x, y))
        if asked and p != q:
            return f"The values for attribute '{name}' do not match: {p} != {q}."
    rtol, atol = tolerances
    if rtol is None:
        near = [_NEAR.get(each.dtype.name, (0.0, 0.0)) for each in (x, y)]
        rtol, atol = (max(pair) for pair in zip(*near, strict=True))
    common = np.promote_types(x.array.dtype, y.array.dtype)
    p, q = (each.array.astype(np.int64 if common.kind in "biu" else common) for each in (x, y))
    same = np.isclose(p, q, rtol, atol, equal_nan)
    if same.all():
        return ""
    near_text = [f" (up to {limit} allowed)" if rtol or atol else "" for limit in (atol, rtol)]
    head = f"{'Tensor-likes' if x.ndim else 'Scalars'} are not {'close' if rtol or atol else 'equal'}!\n\n"
    if not x.ndim:
        one, other = x.item(), y.item()
        off = abs(one - other)
        return head + (
            f"Expected {other} but got {one}.\nAbsolute difference: {off}{near_text[0]}\n"
            f"Relative difference: {off / abs(other) if other else float('inf')}{near_text[1]}"
        )
    absolute = np.where(same, 0, np.abs(p - q))
    relative = np.where(same, 0, absolute / np.abs(q)).astype(dtypes.default() if common.kind in "biu" else common)
    bad = int((~same).sum())
    head += f"Mismatched elements: {bad} / {same.size} ({bad / same.size:.1%})"
    for name, each, text in zip(("absolute", "relative"), (absolute, relative), near_text, strict=True):
        index = np.unravel_index(int(each.argmax()), each.shape)
        head += f"\nGreatest {name} difference: {each[index].item()} at index {tuple(map(int, index))}{text}"
    return head


def make_tensor(
    *shape: Any, dtype: dtypes.dtype, device: Any = None, low: float | None = None, high: float | None = None,
    requires_grad: bool = False, noncontiguous: bool = False, exclude_zero: bool = False, memory_format: Any = None,
) -> Tensor:  # fmt: skip
    """Uniform numbers in [low, high): -9 to 9, of integers -9 to 10, of uint8 0 to 10, unless given."""
    size = tuple(shape[0]) if len(shape) == 1 and not isinstance(shape[0], int) else shape
    kind = dtype.dtype.kind
    least: float
    most: float
    least, most = {"b": (0, 2), "u": (0, 10), "i": (-9, 10), "f": (-9, 9)}[kind]
    least, most = least if low is None else low, most if high is None else high
    numbers = random.source(None).uniform(least, most, (*size, 2) if noncontiguous else size)
    array = np.asarray(numbers if kind == "f" else np.floor(numbers)).astype(dtype.dtype)
    if exclude_zero:
        array[array == 0] = 1 if kind != "f" else np.finfo(array.dtype).tiny
    return wrap(array[..., 0] if noncontiguous else array).requires_grad_(requires_grad)
