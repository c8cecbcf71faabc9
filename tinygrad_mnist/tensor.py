"""Tensor: an array, its gradient, and where it came from.

This room holds the object and what needs no arithmetic. The operations that a tensor can do are
functions in `ops`, and become its methods in `methods.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tinygrad_mnist import dtypes, printing
from tinygrad_mnist.device import CPU, device, require_cpu

if TYPE_CHECKING:
    from tinygrad_mnist.tape import Node, View

Array = npt.NDArray[Any]
_new = object.__new__


class Size(tuple[int, ...]):
    """A shape: a tuple of ints that can count the elements it stands for."""

    __slots__ = ()

    def numel(self) -> int:
        """The product of the sizes; 1 for the shape of a scalar."""
        return math.prod(self)

    def __getitem__(self, index: Any) -> Any:
        item = tuple.__getitem__(self, index)
        return Size(item) if isinstance(index, slice) else item

    def __add__(self, other: Any) -> Size:
        return Size((*self, *other))

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(str, self))}])"


class Memory:
    """The memory that a tensor and its views share: when it was last written in place.

    `written` is the tape's clock at the last write, `rebased` at the last one with a gradient.
    """

    __slots__ = ("rebased", "written")

    def __init__(self) -> None:
        self.written = self.rebased = 0


class Tensor:
    """A multi-dimensional array that can remember how it was computed.

    `Tensor(data)` copies nested sequences or an array into floats, `Tensor(2, 3)` is an
    uninitialised tensor of that shape; `tensor(data)` is the better way to write one down.

    Attributes:
        array: the elements, a NumPy array of the tensor's shape and dtype.
        grad: the gradient accumulated by `backward()`, a tensor of the same shape, or None.
        requires_grad: whether operations on this tensor are recorded.
        is_leaf: whether the user made it, rather than a recorded operation.
    """

    __slots__ = ("__dict__", "__weakref__", "array", "grad", "hooks", "memory", "node", "spent", "tracked", "view_of")

    array: Array
    grad: Tensor | None
    hooks: list[Callable[[Tensor], Tensor | None]] | None
    memory: Memory | None
    node: Node | None
    spent: bool  # set once a record that read this leaf has been freed
    tracked: bool
    view_of: View | None

    if TYPE_CHECKING:  # attached in methods.py

        def _unary(self) -> Tensor: ...
        def _binary(self, other: Any) -> Tensor: ...
        def __setitem__(self, index: Any, value: Any) -> None: ...
        def __getattr__(self, name: str) -> Any: ...

        __neg__ = __invert__ = _unary
        __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __pow__ = __matmul__ = __getitem__ = _binary
        __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rpow__ = __and__ = __or__ = __xor__ = _binary
        __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _binary  # type: ignore[assignment]

    def __new__(cls, *data: Any, device: Any = None) -> Tensor:
        require_cpu(device)
        if len(data) == 1 and isinstance(data[0], Size):
            data = data[0]
        if len(data) == 1 and not isinstance(data[0], int):
            array = np.array(as_array(data[0], dtypes.default()))
        else:
            array = np.zeros(data or (0,), dtypes.default())
        return wrap(array, cls)

    @property
    def requires_grad(self) -> bool:
        return self.tracked

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if wanted and self.array.dtype.kind != "f":
            raise RuntimeError(f"requires_grad: only floating-point tensors can require gradients, got {self.dtype}")
        if not wanted and self.node is not None:
            raise RuntimeError("requires_grad: only a leaf's flag can be changed; use detach()")
        self.tracked = bool(wanted)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Switch the recording of operations on this leaf on or off, and return it."""
        self.requires_grad = requires_grad
        return self

    @property
    def grad_fn(self) -> Node | None:
        """The record that made this tensor; None for a leaf."""
        return self.node

    @property
    def is_leaf(self) -> bool:
        return self.node is None

    @property
    def shape(self) -> Size:
        return _new_size(Size, self.array.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        return dtypes.of(self.array.dtype)

    @property
    def device(self) -> device:
        return CPU

    layout = dtypes.dtype("strided", None)
    is_cuda = is_mps = is_sparse = is_quantized = is_meta = False
    names: Any = None
    retains_grad = False

    @property
    def ndim(self) -> int:
        return self.array.ndim

    @property
    def itemsize(self) -> int:
        return self.array.itemsize

    @property
    def nbytes(self) -> int:
        return self.array.nbytes

    def dim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    def numel(self) -> int:
        """The number of elements."""
        return self.array.size

    nelement = numel

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the length of one dimension."""
        return self.shape if dim is None else self.array.shape[dim]

    def element_size(self) -> int:
        """Bytes per element."""
        return self.array.itemsize

    def stride(self, dim: int | None = None) -> Any:
        """Elements to step over for the next index in each dimension, or in one."""
        steps = tuple(step // self.array.itemsize for step in self.array.strides)
        return steps if dim is None else steps[dim]

    def storage_offset(self) -> int:
        """Elements between the start of the shared memory and this view's first element."""
        base = self.array.base if isinstance(self.array.base, np.ndarray) else self.array
        return int(self.data_ptr() - base.__array_interface__["data"][0]) // self.array.itemsize

    def data_ptr(self) -> int:
        """The address of the first element."""
        return int(self.array.__array_interface__["data"][0])

    def is_contiguous(self, memory_format: Any = None) -> bool:
        """Whether the elements lie in row-major order without gaps."""
        return self.array.flags.c_contiguous

    def is_floating_point(self) -> bool:
        return self.array.dtype.kind == "f"

    def is_complex(self) -> bool:
        return False

    @property
    def _version(self) -> int:
        return 0 if self.memory is None else self.memory.written

    # values --------------------------------------------------------------------------------

    def item(self) -> Any:
        """The one element as a Python number."""
        if self.array.size != 1:
            raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
        return self.array.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers; a number for a scalar."""
        return self.array.tolist()

    def numpy(self, *, force: bool = False) -> Array:
        """The elements as a NumPy array that shares memory with the tensor."""
        if self.tracked and not force:
            raise RuntimeError("numpy: this tensor requires grad; use tensor.detach().numpy() instead")
        return self.array

    def detach(self) -> Tensor:
        """The same memory without history: operations on it are not recorded."""
        out = wrap(self.array)
        out.memory = shared_memory(self)
        return out

    @property
    def data(self) -> Tensor:
        """The same memory without history, whose writes the tape does not watch."""
        return wrap(self.array)

    @data.setter
    def data(self, value: Tensor) -> None:
        self.array = value.array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        array = self.numpy()
        return array.astype(dtype) if dtype is not None or copy else array

    __array_priority__ = 1000

    def __repr__(self) -> str:
        return printing.text(self.array, self._suffixes())

    def _suffixes(self) -> list[str]:
        if self.node is not None:
            return [f"grad_fn=<{self.node.name()}>"]
        return ["requires_grad=True"] if self.tracked else []

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self.array.ndim == 0 else object.__format__(self, spec)

    def __len__(self) -> int:
        if self.array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return len(self.array)

    def __iter__(self) -> Iterator[Tensor]:
        if self.array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))

    def __bool__(self) -> bool:
        if self.array.size != 1:
            count = "more than one value" if self.array.size else "no values"
            raise RuntimeError(f"Boolean value of Tensor with {count} is ambiguous")
        return bool(self.array.item())

    def _scalar(self) -> Any:
        if self.array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return self.array.item()

    def __float__(self) -> float:
        return float(self._scalar())

    def __int__(self) -> int:
        return int(self._scalar())

    def __index__(self) -> int:
        if self.array.dtype.kind == "f" or self.array.size != 1:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.item())

    def __contains__(self, element: Any) -> bool:
        other = element.array if isinstance(element, Tensor) else element
        return bool((self.array == other).any())

    __hash__ = object.__hash__

    def __reduce__(self) -> Any:
        return _rebuild, (type(self), self.array, self.tracked, self.grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if self.node is not None:
            raise RuntimeError("deepcopy: only leaf tensors can be copied; use detach() or clone()")
        grad = None if self.grad is None else wrap(self.grad.array.copy())
        memo[id(self)] = out = _rebuild(type(self), self.array.copy(), self.tracked, grad)
        return out


_new_size: Any = tuple.__new__


def wrap(array: Array, cls: type[Tensor] = Tensor) -> Tensor:
    """A tensor over this very array, without history."""
    tensor = _new(cls)
    tensor.array = array
    tensor.tracked = False
    tensor.node = tensor.grad = tensor.memory = tensor.view_of = tensor.hooks = None
    return tensor


def _rebuild(cls: type[Tensor], array: Array, tracked: bool, grad: Tensor | None) -> Tensor:
    out = wrap(array, cls)
    out.tracked, out.grad = tracked, grad
    return out


def shared_memory(tensor: Tensor) -> Memory:
    """What the tensor's memory shares with every view of it, made when first asked for."""
    if tensor.memory is None:
        tensor.memory = Memory()
    return tensor.memory


def as_array(data: Any, dtype: Any = None) -> Array:
    """Nested sequences of numbers, arrays and tensors as one array, of a dtype or of PyTorch's defaults."""
    if dtype is not None:
        return _read(data, dtype).astype(dtype, copy=False)
    return _read(data, dtypes.default())


def _read(data: Any, floats: Any) -> Array:
    if isinstance(data, Tensor):
        return data.array
    if isinstance(data, np.ndarray | np.generic):
        return np.asarray(data)
    if isinstance(data, list | tuple) and any(isinstance(each, Tensor) for each in data):
        arrays = [_read(each, floats) for each in data]
        if len({each.shape for each in arrays}) > 1:
            raise ValueError("tensor: the sequence holds tensors of different shapes")
        return np.stack(arrays).astype(reduce(dtypes.promote, (each.dtype for each in arrays)))
    try:
        array = np.asarray(data)
    except ValueError:
        raise ValueError("tensor: expected a sequence of equal length at every dimension, got ragged rows") from None
    if (array.dtype.kind == "f" and not _holds_arrays(data)) or array.size == 0:
        return array.astype(floats)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"tensor: cannot make a tensor of {type(data).__name__} with {array.dtype}")
    return array


def _holds_arrays(data: Any) -> bool:
    while isinstance(data, list | tuple) and data:
        data = data[0]
    return isinstance(data, np.ndarray | np.generic)
