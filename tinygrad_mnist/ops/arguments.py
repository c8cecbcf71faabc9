"""What operations do with their arguments before they compute: promote, count dimensions, refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.tape import record
from tinygrad_mnist.tensor import Tensor, as_array, wrap

Dims = int | Sequence[int] | None


def as_tensor(x: Any, name: str = "tensor", dtype: Any = None) -> Tensor:
    """A tensor as it is; numbers and arrays wrapped, of a dtype or of the default ones."""
    if isinstance(x, Tensor):
        return x
    if isinstance(x, bool | int | float | np.ndarray | np.generic):
        return wrap(as_array(x, dtype))
    raise TypeError(f"{name}: wanted a Tensor or a number, got {type(x).__name__}")


def cast(x: Tensor, dtype: Any) -> Tensor:
    """x with elements of another dtype; x itself if it has it already."""
    wanted = dtypes.resolve(dtype)
    if x.array.dtype == wanted:
        return x
    if wanted.kind == "f":
        return record("to_copy", x.array.astype(wanted), (x, lambda g: g))
    with np.errstate(invalid="ignore"):
        return wrap(x.array.astype(wanted))


def floating(x: Any) -> Tensor:
    """x, with integers and bools as floats of the default dtype."""
    x = as_tensor(x)
    return x if x.array.dtype.kind == "f" else cast(x, dtypes.default())


def promoted(*values: Any, name: str = "operation", least: int = dtypes.BOOL) -> list[Tensor]:
    """The values as tensors of their common dtype, by PyTorch's rules.

    With `least=dtypes.FLOAT` a mixture without floats becomes the default dtype.
    """
    dimensioned: list[Any] = []
    zeros: list[Any] = []
    scalars: list[Any] = []
    for each in values:
        if isinstance(each, Tensor | np.ndarray):
            array = each.array if isinstance(each, Tensor) else each
            (dimensioned if array.ndim else zeros).append(array.dtype)
        elif isinstance(each, bool | np.bool_):
            scalars.append(dtypes.bool_.dtype)
        elif isinstance(each, int | np.integer):
            scalars.append(dtypes.int64.dtype)
        elif isinstance(each, float | np.floating):
            scalars.append(dtypes.default())
        else:
            raise TypeError(f"{name}: wanted a Tensor or a number, got {type(each).__name__}")
    common = dtypes.combine(dimensioned, zeros, scalars)
    if dtypes.kind(common) < least:
        common = dtypes.default()
    return [
        cast(each, common) if isinstance(each, Tensor) else wrap(np.asarray(each).astype(common)) for each in values
    ]


def operands(a: Any, b: Any, name: str) -> tuple[Tensor, Tensor] | list[Tensor]:
    """Two operands as tensors of one dtype: `promoted`, with the usual cases first."""
    if isinstance(a, Tensor):
        if isinstance(b, Tensor):
            if a.array.dtype is b.array.dtype:
                return a, b
        elif a.array.dtype.kind == "f" and (b.__class__ is float or b.__class__ is int):
            return a, wrap(np.array(b, a.array.dtype))
    return promoted(a, b, name=name)


def mismatch(name: str, a: Tensor, b: Tensor) -> RuntimeError:
    """The error for two shapes that do not broadcast: the last dimension that clashes, named."""
    for back in range(1, min(a.array.ndim, b.array.ndim) + 1):
        m, n = a.array.shape[-back], b.array.shape[-back]
        if m != n and 1 not in (m, n):
            where = max(a.array.ndim, b.array.ndim) - back
            return RuntimeError(
                f"{name}: The size of tensor a ({m}) must match the size of tensor b ({n}) at"
                f" non-singleton dimension {where}: got shapes {tuple(a.shape)} and {tuple(b.shape)}"
            )
    return RuntimeError(f"{name}: shapes {tuple(a.shape)} and {tuple(b.shape)} do not fit")


def dimension(dim: Any, ndim: int, name: str) -> int:
    """A dimension counted from the front; IndexError, as PyTorch words it, out of range."""
    room = max(ndim, 1)
    dim = int(dim)
    if not -room <= dim < room:
        raise IndexError(
            f"{name}: Dimension out of range (expected to be in range of [{-room}, {room - 1}], but got {dim})"
        )
    return dim % room


def dimensions(dim: Any, ndim: int, name: str) -> tuple[int, ...]:
    """The dimensions to reduce, from the front: all of them for None or an empty sequence."""
    if dim is None or (isinstance(dim, tuple | list) and not dim):
        return tuple(range(ndim))
    given = dim if isinstance(dim, tuple | list) else (dim,)
    dims = tuple(dimension(d, ndim, name) for d in given)
    if len(set(dims)) != len(dims):
        raise RuntimeError(f"{name}: dim {dims[-1]} appears multiple times in the list of dims")
    return dims if ndim else ()


def size(values: tuple[Any, ...]) -> tuple[int, ...]:
    """A shape given as `f(2, 3)` or `f((2, 3))`."""
    if len(values) == 1 and not isinstance(values[0], int | np.integer | Tensor):
        values = tuple(values[0])
    return tuple(int(each) for each in values)


def index_array(x: Any, name: str) -> Any:
    """An integer tensor's array for indexing; anything else is refused."""
    array = as_tensor(x, name).array
    if array.dtype.kind not in "iu":
        raise RuntimeError(f"{name}: expected an integer tensor for the index, got {array.dtype}")
    return array
