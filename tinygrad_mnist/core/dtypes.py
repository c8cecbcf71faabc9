"""The element types, and PyTorch's rules for which type a mixed operation has.

A `dtype` may be given to NumPy wherever NumPy wants one, and prints as PyTorch's does. The aliases
that shadow Python's own names (`float`, `int`, `bool`) are made in the package's `__init__`.
"""

import math
from functools import reduce
from typing import Any, Final

import numpy as np

from tinygrad_mnist.core.errors import check

__all__ = [
    "bfloat16",
    "can_cast",
    "dtype",
    "finfo",
    "float16",
    "float32",
    "float64",
    "get_default_dtype",
    "iinfo",
    "int8",
    "int16",
    "int32",
    "int64",
    "promote_types",
    "set_default_dtype",
    "uint8",
]

NumpyDtype = np.dtype[Any]


class dtype:
    """An element type: `float32`, `int64` and so on. There is one object for each.

    Args:
        name: as it prints after `torch.`.
        numpy: NumPy's type; None for one that NumPy does not have, which is only a name.

    Attributes:
        itemsize: bytes of an element.
        is_floating_point: whether the elements have fractions.
        is_signed: whether there are negative ones.
        is_complex: False.

    Example:
        >>> torch.float32.itemsize, torch.int64.is_floating_point
        (4, False)
    """

    is_complex = False

    def __init__(self, name: str, numpy: type | None) -> None:
        self.name = name
        kind = "f"
        self.itemsize = 2
        if numpy is not None:
            self.dtype: NumpyDtype = np.dtype(numpy)
            kind = self.dtype.kind
            self.itemsize = self.dtype.itemsize
        self.is_floating_point = kind == "f"
        self.is_signed = kind in "if"

    def __repr__(self) -> str:
        return f"torch.{self.name}"


float16 = dtype("float16", np.float16)
float32 = dtype("float32", np.float32)
float64 = dtype("float64", np.float64)
uint8 = dtype("uint8", np.uint8)
int8 = dtype("int8", np.int8)
int16 = dtype("int16", np.int16)
int32 = dtype("int32", np.int32)
int64 = dtype("int64", np.int64)
bool_ = dtype("bool", np.bool_)
bfloat16 = dtype("bfloat16", None)  # a name only, so that programs that mention it can be read

DTYPES: Final = (float16, float32, float64, uint8, int8, int16, int32, int64, bool_)
_OF: Final = {each.dtype: each for each in DTYPES}
_PYTHON: Final[dict[Any, dtype]] = {float: float64, int: int64, bool: bool_}
BOOL = 0
INTEGER = 1
FLOAT = 2
_KIND: Final = {"b": BOOL, "u": INTEGER, "i": INTEGER, "f": FLOAT}


def of(numpy: NumpyDtype) -> dtype:
    """The `dtype` of a NumPy dtype; TypeError where there is none (complex, strings, objects)."""
    try:
        return _OF[numpy]
    except KeyError:
        wanted = ", ".join(each.name for each in DTYPES)
        raise TypeError(f"tensor: {numpy} elements are not supported, only {wanted}") from None


def resolve(wanted: Any) -> NumpyDtype:
    """What a caller gave as `dtype=` (ours, NumPy's, a Python type or a name) as NumPy's."""
    if isinstance(wanted, dtype) and wanted is not bfloat16:
        return wanted.dtype
    check(
        wanted is not bfloat16,
        "bfloat16: NumPy has no such elements; use float32 or float16",
        error=TypeError,
    )
    return _PYTHON[wanted].dtype if wanted in _PYTHON else of(np.dtype(wanted)).dtype


class _Default:
    floating: NumpyDtype = float32.dtype


def default() -> NumpyDtype:
    """`get_default_dtype()` as NumPy's dtype."""
    return _Default.floating


def get_default_dtype() -> dtype:
    """The dtype that Python floats become: float32 unless `set_default_dtype` was called.

    Example:
        >>> torch.get_default_dtype()
        torch.float32
    """
    return of(_Default.floating)


def set_default_dtype(d: dtype) -> None:
    """Let Python floats become another dtype from here on.

    Args:
        d: a floating-point dtype.

    Raises:
        TypeError: if it is none.
    """
    numpy = resolve(d)
    wanted = "set_default_dtype: only floating-point types are supported, got {}"
    check(numpy.kind == "f", wanted, d, error=TypeError)
    _Default.floating = numpy


def kind(numpy: NumpyDtype) -> int:
    """0 for bool, 1 for integers, 2 for floating point: in a mixture the higher one wins."""
    return _KIND[numpy.kind]


def of_number(x: Any, name: str) -> NumpyDtype:
    """The dtype that a Python or NumPy number counts as in a mixture; TypeError for anything
    else.
    """
    known = {"b": bool_.dtype, "i": int64.dtype, "u": int64.dtype, "f": _Default.floating}
    if x.__class__ is int:
        refuse_long(x)
        return int64.dtype
    array = np.asarray(x)
    wanted = "{}: wanted a Tensor or a number, got {}"
    check(
        array.dtype.kind in known and not array.ndim,
        wanted,
        name,
        type(x).__name__,
        error=TypeError,
    )
    return known[array.dtype.kind]


TOO_LONG: Final = "Overflow when unpacking long long"  # PyTorch's words for a Python integer
C_NAMES: Final = {  # as PyTorch's errors about a single number have them
    "uint8": "uint8_t",
    "int8": "int8_t",
    "int16": "int16_t",
    "int32": "int",
    "int64": "int64_t",
    "float16": "c10::Half",
    "float32": "float",
}
SMALL: Final = 65504.0  # the largest float16


def refuse_long(value: int) -> None:
    """OverflowError if it is an integer that no dtype holds."""
    if not -(2**63) <= value < 2**64:
        raise OverflowError("int too big to convert")


def refuse_overflow(value: Any, dtype: NumpyDtype) -> None:
    """See that a Python number can be held by a dtype.

    As in PyTorch the negative of what uint8 holds is wrapped, and a tensor or an array of more
    elements is cast without a check.

    Args:
        value: a number; everything else passes.
        dtype: what it is to be converted to.

    Raises:
        OverflowError: if it is an integer that no dtype holds.
        RuntimeError: if it is outside of the range of the dtype, NaN among integers included.
    """
    if value.__class__ is int:  # the usual cases first
        if 0 <= value <= 127:
            return
    elif value.__class__ is float and -SMALL <= value <= SMALL and dtype.kind == "f":
        return
    if not isinstance(value, int | float | np.integer | np.floating):
        return
    if isinstance(value, int):
        refuse_long(value)
    if not fits(value, dtype):
        name = C_NAMES.get(dtype.name, dtype.name)
        raise RuntimeError(f"value cannot be converted to type {name} without overflow")


def refuse_wide(value: Any, dtype: NumpyDtype) -> None:
    """`refuse_overflow`, but float16 takes what is too large as infinity, as in PyTorch's `where`
    and item assignment.
    """
    if dtype.char == "e" and value.__class__ is not int:
        return
    refuse_overflow(value, np.dtype(np.float32) if dtype.char == "e" else dtype)


def fits(value: Any, dtype: NumpyDtype) -> bool:
    """Whether the dtype holds the number; of a float's digits behind the point not all."""
    if dtype.kind == "f":
        return not np.finfo(dtype).max < abs(value) < math.inf
    if dtype.kind not in "iu":
        return True
    limits = np.iinfo(dtype)
    lowest = int(limits.min)
    if lowest == 0 and isinstance(value, int | np.integer):
        lowest = -int(limits.max)
    if not math.isfinite(value):
        return False
    if isinstance(value, int | np.integer):
        return lowest <= int(value) <= limits.max
    return lowest <= value and int(value) <= limits.max and value <= float(limits.max)


def promote(a: NumpyDtype, b: NumpyDtype) -> NumpyDtype:
    """The dtype that two tensors of one dimension or more share; integers never widen floats."""
    if kind(a) == kind(b):
        return np.promote_types(a, b)
    return a if kind(a) > kind(b) else b


def combine(*groups: list[NumpyDtype]) -> NumpyDtype:
    """The dtype of a mixture of dimensioned tensors, 0-d tensors and Python scalars, in that order.

    A later group counts only where it is of a higher kind than the earlier ones:
    https://docs.pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc.
    """

    def stronger(a: NumpyDtype, b: NumpyDtype) -> NumpyDtype:
        return promote(a, b) if kind(b) > kind(a) else a

    return reduce(stronger, (reduce(promote, group) for group in groups if group))


def promote_types(type1: dtype, type2: dtype) -> dtype:
    """The smallest dtype that holds both without an integer widening a float.

    Args:
        type1: a dtype.
        type2: another.

    Example:
        >>> torch.promote_types(torch.int64, torch.float16)
        torch.float16
    """
    return of(promote(resolve(type1), resolve(type2)))


def can_cast(from_: dtype, to: dtype) -> bool:
    """Whether PyTorch's rules let a result of one dtype be written where another is wanted.

    Args:
        from_: the dtype of the result.
        to: the dtype that is wanted.

    Example:
        >>> torch.can_cast(torch.float32, torch.int64)
        False
    """
    return kind(resolve(from_)) <= kind(resolve(to))


class _Limits:
    """What `finfo` and `iinfo` share: how they print."""

    shown: tuple[str, ...]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name):g}" for name in self.shown)
        return f"{type(self).__name__}({fields}, dtype={self.dtype})"  # type: ignore[attr-defined]


class finfo(_Limits):
    """Limits of a floating-point dtype.

    Args:
        type: the dtype; by default the default one.

    Attributes:
        eps: the difference between 1 and the next number.
        max: the largest number.
        min: the smallest, -max.
        tiny: the smallest positive number with all its digits, also `smallest_normal`.
        resolution: ten to minus the decimal digits.
        bits: of an element.

    Raises:
        TypeError: if it is no floating-point dtype.

    Example:
        >>> torch.finfo(torch.float16).max
        65504.0
    """

    shown = ("resolution", "min", "max", "eps", "smallest_normal", "tiny")

    def __init__(self, type: Any = None) -> None:
        numpy = resolve(type) if type is not None else default()
        wanted = "torch.finfo() requires a floating point input type, got {}"
        check(numpy.kind == "f", wanted, type, error=TypeError)
        info = np.finfo(numpy)
        self.bits = info.bits
        self.dtype = info.dtype.name
        self.resolution = 10.0**-info.precision
        self.eps: float = info.eps.item()
        self.max: float = info.max.item()
        self.min: float = info.min.item()
        self.tiny: float = info.tiny.item()
        self.smallest_normal = self.tiny


class iinfo(_Limits):
    """Limits of an integer dtype.

    Args:
        type: the dtype.

    Attributes:
        max: the largest number.
        min: the smallest.
        bits: of an element.

    Raises:
        TypeError: if it is no integer dtype.

    Example:
        >>> torch.iinfo(torch.uint8).max
        255
    """

    shown = ("min", "max")

    def __init__(self, type: Any) -> None:
        numpy = resolve(type)
        wanted = "torch.iinfo() requires an integer input type, got {}"
        check(numpy.kind in "iu", wanted, type, error=TypeError)
        info = np.iinfo(numpy)
        self.bits = info.bits
        self.max = info.max
        self.min = info.min
        self.dtype = info.dtype.name
