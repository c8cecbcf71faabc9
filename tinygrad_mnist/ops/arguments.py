"""What operations do with their arguments before they compute: promote, count dimensions, refuse."""

import operator
from collections import namedtuple
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.tape import record
from tinygrad_mnist.core.tensor import Tensor, as_array, wrap

Dims = int | Sequence[int] | None


def as_tensor(x: Any, name: str = "tensor", dtype: Any = None) -> Tensor:
    """A tensor as it is; numbers and arrays wrapped, of a dtype or of the default ones."""
    if isinstance(x, Tensor):
        return x
    known = isinstance(x, bool | int | float | np.ndarray | np.generic)
    check(known, "{}: wanted a Tensor or a number, got {}", name, type(x).__name__, error=TypeError)
    return wrap(as_array(x, dtype))


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
    groups: tuple[list[Any], ...] = [], [], []  # of tensors with dimensions, tensors without, Python's numbers
    for each in values:
        if isinstance(each, Tensor | np.ndarray):
            array = each.array if isinstance(each, Tensor) else each
            groups[0 if array.ndim else 1].append(array.dtype)
        else:
            groups[2].append(dtypes.of_number(each, name))
    common = dtypes.combine(*groups)
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
    elif isinstance(b, Tensor) and b.array.dtype.kind == "f" and (a.__class__ is float or a.__class__ is int):
        return wrap(np.array(a, b.array.dtype)), b
    return promoted(a, b, name=name)


def supported(name: str, kinds: str, *tensors: Tensor) -> None:
    """NotImplementedError, as in PyTorch, unless every tensor's dtype is of one of NumPy's `kinds`."""
    for x in tensors:
        check(x.array.dtype.kind in kinds, '"{}" not implemented for {}', name, x.dtype, error=NotImplementedError)


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
    """The error for two shapes that do not broadcast: the last dimension that clashes, named."""
    m, n = a.array.shape, b.array.shape
    clashes = [k for k in range(-1, -min(len(m), len(n)) - 1, -1) if m[k] != n[k] and 1 not in (m[k], n[k])]
    if not clashes:
        return RuntimeError(f"{name}: shapes {m} and {n} do not fit")
    return RuntimeError(
        f"{name}: The size of tensor a ({m[clashes[0]]}) must match the size of tensor b ({n[clashes[0]]}) at"
        f" non-singleton dimension {max(len(m), len(n)) + clashes[0]}: got shapes {m} and {n}"
    )


def dimension(dim: Any, ndim: int, name: str) -> int:
    """A dimension counted from the front; IndexError, as PyTorch words it, out of range."""
    check(not isinstance(dim, bool), "{}: argument 'dim' must be int, not bool", name, error=TypeError)
    room, dim = max(ndim, 1), operator.index(dim)
    wanted = "{}: Dimension out of range (expected to be in range of [{}, {}], but got {})"
    check(-room <= dim < room, wanted, name, -room, room - 1, dim, error=IndexError)
    return int(dim % room)


def dimensions(dim: Any, ndim: int, name: str) -> tuple[int, ...]:
    """The dimensions to reduce, from the front: all of them for None or an empty sequence."""
    if dim is None or (isinstance(dim, tuple | list) and not dim):
        return tuple(range(ndim))
    dims = tuple(dimension(d, ndim, name) for d in (dim if isinstance(dim, tuple | list) else (dim,)))
    check(len(set(dims)) == len(dims), "{}: dim {} appears multiple times in the list of dims", name, dims[-1])
    return dims if ndim else ()


def size(values: tuple[Any, ...]) -> tuple[int, ...]:
    """A shape given as `f(2, 3)` or `f((2, 3))`."""
    if len(values) == 1 and not isinstance(values[0], int | np.integer | Tensor):
        values = tuple(values[0])
    return tuple(int(each) for each in values)


def index_array(x: Any, name: str) -> Any:
    """An integer tensor's array for indexing; anything else is refused."""
    array = as_tensor(x, name).array
    check(array.dtype.kind in "iu", "{}: expected an integer tensor for the index, got {}", name, array.dtype)
    return array
