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
from tinygrad_mnist.core.refusals import kind_of, other_type, refuse_other_types
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
    if not isinstance(x, bool | int | float | np.ndarray | np.generic):
        raise TypeError(other_type() or f"{name}: wanted a Tensor or a number, got {kind_of(x)}")
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
            try:
                numbers.append(dtypes.of_number(each, name))
            except TypeError as error:
                raise TypeError(other_type() or str(error)) from None
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
    try:
        wrong = [x for x in tensors if x.array.dtype.kind not in kinds]
    except AttributeError:
        refuse_other_types(name, *tensors)
        raise
    if wrong:
        raise NotImplementedError(message.format(name, type_name(wrong[0])))


def kind_of_elements(name: str, x: Tensor) -> str:
    """NumPy's letter for the kind of a tensor's elements: "f", "i", "u" or "b"."""
    try:
        return x.array.dtype.kind
    except AttributeError:
        refuse_other_types(name, x)
        raise


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
    """A shape given as `f(2, 3)` or `f((2, 3))`; TypeError if a size is no integer."""
    if len(values) == 1 and isinstance(values[0], tuple | list | np.ndarray):
        values = tuple(values[0])
    try:
        return tuple(operator.index(each) for each in values)
    except TypeError:
        kinds = ", ".join(type(each).__name__ for each in values)
        raise TypeError(f"size must be a tuple of ints, but got ({kinds})") from None


def index_array(x: Any, name: str) -> Any:
    """An integer tensor's array for indexing; anything else is refused."""
    array = as_tensor(x, name).array
    message = "{}: expected an integer tensor for the index, got {}"
    check(array.dtype.kind in "iu", message, name, array.dtype)
    return array
