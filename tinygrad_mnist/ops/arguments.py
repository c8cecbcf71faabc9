"""What operations do with their arguments before they compute: promote, count, refuse."""

from __future__ import annotations

import operator
from collections import namedtuple
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.arithmetic import HALF, cast_tensor
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Array, Tensor, as_array, wrap

Number = int | float | bool
TensorLike = Tensor | Array | Number
LEAST = -(2**63)
MOST = 2**63 - 1
Dims = int | Sequence[int] | None


def as_tensor(x: Any, name: str = "tensor", dtype: Any = None) -> Tensor:
    """A tensor as it is; numbers and arrays wrapped, of a dtype or of the default ones."""
    if isinstance(x, Tensor):
        return x
    known = isinstance(x, bool | int | float | np.ndarray | np.generic)
    message = "{}: wanted a Tensor or a number, got {}"
    check(known, message, name, type(x).__name__, error=TypeError)
    return wrap(as_array(x, dtype))


def cast(x: Tensor, dtype: Any) -> Tensor:
    """x with elements of another dtype; x itself if it has it already."""
    wanted = dtypes.resolve(dtype)
    if x.array.dtype == wanted:
        return x
    return cast_tensor(x, wanted)


def widened(x: Tensor) -> Tensor:
    """float16 as float32, in which sums are added up and rounded once; others as they are."""
    return cast(x, dtypes.float32) if x.array.dtype.char == HALF else x


def floating(x: Any) -> Tensor:
    """x, with integers and bools as floats of the default dtype."""
    if isinstance(x, Tensor) and x.array.dtype.kind == "f":
        return x
    x = as_tensor(x)
    if x.array.dtype.kind == "f":
        return x
    return cast(x, dtypes.default())


def promoted(*values: Any, name: str = "operation", least: int = dtypes.BOOL) -> list[Tensor]:
    """The values as tensors of their common dtype, by PyTorch's rules.

    Args:
        values: tensors, arrays and Python's numbers.
        name: the operation, for errors.
        least: with `dtypes.FLOAT` a mixture without floats becomes the default dtype.
    """
    with_dimensions = []
    without_dimensions = []
    numbers = []
    for each in values:
        if not isinstance(each, Tensor | np.ndarray):
            numbers.append(dtypes.of_number(each, name))
            continue
        array = each.array if isinstance(each, Tensor) else each
        if array.ndim:
            with_dimensions.append(array.dtype)
        else:
            without_dimensions.append(array.dtype)
    common = dtypes.combine(with_dimensions, without_dimensions, numbers)
    if dtypes.kind(common) < least:
        common = dtypes.default()
    return [_of_dtype(each, common) for each in values]


def _of_dtype(x: Any, dtype: np.dtype[Any]) -> Tensor:
    if isinstance(x, Tensor):
        return cast(x, dtype)
    if x.__class__ is int and dtype.kind == "f":
        return wrap(np.array(x, dtype))
    return wrap(np.asarray(x).astype(dtype))


def operands(a: Any, b: Any, name: str) -> tuple[Tensor, Tensor] | list[Tensor]:
    """Two operands as tensors of one dtype: `promoted`, with the usual cases first."""
    if isinstance(a, Tensor):
        if isinstance(b, Tensor):
            if a.array.dtype is b.array.dtype:
                return a, b
        elif a.array.dtype.kind == "f":
            if b.__class__ is float:
                return a, wrap(np.array(b, a.array.dtype))
            if b.__class__ is int:
                if not LEAST <= b <= MOST:
                    dtypes.refuse_long(b)
                return a, wrap(np.array(b, a.array.dtype))
    elif isinstance(b, Tensor):
        is_number = a.__class__ is float or (a.__class__ is int and LEAST <= a <= MOST)
        if is_number and b.array.dtype.kind == "f":
            return wrap(np.array(a, b.array.dtype)), b
    return promoted(a, b, name=name)


def supported(name: str, kinds: str, *tensors: Tensor) -> None:
    """NotImplementedError, as in PyTorch, unless each tensor's dtype is of one of these kinds."""
    message = "\"{}\" not implemented for '{}'"
    for x in tensors:
        if x.array.dtype.kind not in kinds:
            raise NotImplementedError(message.format(name, type_name(x)))


TYPE_NAMES = {  # as PyTorch's errors name the dtypes
    "bool": "Bool",
    "uint8": "Byte",
    "int8": "Char",
    "int16": "Short",
    "int32": "Int",
    "int64": "Long",
    "float16": "Half",
    "float32": "Float",
    "float64": "Double",
}


def type_name(x: Tensor) -> str:
    """The name of a tensor's dtype in PyTorch's errors, e.g. "Long"."""
    return TYPE_NAMES[x.array.dtype.name]


def named(function: Any, name: str, doc: str) -> Any:
    """The function, made by a factory, under a name and a docstring of its own."""
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


def returned(name: str, *fields: str) -> Any:
    """A named tuple that prints as PyTorch's return types do."""
    kind = namedtuple(name, fields)  # type: ignore[misc]

    def text(self: Any) -> str:
        parts = ",\n".join(f"{field}={each!r}" for field, each in self._asdict().items())
        return f"torch.return_types.{name}(\n{parts})"

    kind.__repr__ = text  # type: ignore[method-assign]
    return kind


def mismatch(name: str, a: Tensor, b: Tensor) -> RuntimeError:
    """TRANSITION: `record` words it itself."""
    from tinygrad_mnist.core import record

    return record.mismatch(name, [a.array, b.array], ValueError("the shapes do not fit"))


def dimension(dim: Any, ndim: int, name: str) -> int:
    """A dimension counted from the front; IndexError, as PyTorch words it, out of range."""
    message = "{}: argument 'dim' must be int, not bool"
    check(not isinstance(dim, bool), message, name, error=TypeError)
    count = max(ndim, 1)
    dim = operator.index(dim)
    message = "{}: Dimension out of range (expected to be in range of [{}, {}], but got {})"
    check(-count <= dim < count, message, name, -count, count - 1, dim, error=IndexError)
    return int(dim % count)


def dimensions(dim: Any, ndim: int, name: str) -> tuple[int, ...]:
    """The dimensions to reduce, from the front: all of them for None or an empty sequence."""
    several = isinstance(dim, tuple | list)
    if dim is None or (several and not dim):
        return tuple(range(ndim))
    given = dim if several else (dim,)
    dims = tuple(dimension(each, ndim, name) for each in given)
    once = len(set(dims)) == len(dims)
    check(once, "{}: dim {} appears multiple times in the list of dims", name, dims[-1])
    return dims if ndim else ()


def size(values: tuple[Any, ...]) -> tuple[int, ...]:
    """A shape given as `f(2, 3)` or `f((2, 3))`."""
    if len(values) == 1 and not isinstance(values[0], int | np.integer | Tensor):
        values = tuple(values[0])
    return tuple(int(each) for each in values)


def index_array(x: Any, name: str) -> Any:
    """An integer tensor's array for indexing; anything else is refused."""
    array = as_tensor(x, name).array
    message = "{}: expected an integer tensor for the index, got {}"
    check(array.dtype.kind in "iu", message, name, array.dtype)
    return array
