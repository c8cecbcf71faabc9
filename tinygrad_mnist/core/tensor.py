"""Tensor: an array, its gradient, and where it came from.

This file holds the object and what needs no arithmetic. The operations that a tensor can do are
functions in `ops`, each of which says beside its definition that it is a method too
(`core/surface.py`).
"""

from __future__ import annotations

import math
from functools import reduce
from typing import TYPE_CHECKING, Any, Self, overload

import numpy as np
import numpy.typing as npt

from tinygrad_mnist.core import dtypes, printing
from tinygrad_mnist.core.device import CPU, device, require_cpu
from tinygrad_mnist.core.state import Step, state

if TYPE_CHECKING:
    from tinygrad_mnist.core.attached import AttachedMethods
    from tinygrad_mnist.core.record import Hooks, Node, View
else:
    AttachedMethods = object

Array = npt.NDArray[Any]
_new = object.__new__


class Size(tuple[int, ...]):
    """A shape: a tuple of ints that can count the elements it stands for.

    Args:
        iterable: the sizes.
    """

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


class VersionCounter:
    """When the memory that a tensor shares with its views was last written in place.

    Attributes:
        version: the tape's clock at the last write; a view's older history is made anew.
    """

    __slots__ = ("version",)

    def __init__(self) -> None:
        self.version = 0


class Tensor(AttachedMethods):
    """A multi-dimensional array that can remember how it was computed.

    `Tensor(data)` copies nested sequences or an array into floats, `Tensor(2, 3)` is a tensor of
    zeros of that shape; `tensor(data)` is the better way to write one down.

    Args:
        data: nested sequences, an array, a `Size`, or the sizes themselves.
        device: the CPU, under any of its names.

    Attributes:
        array: the elements, a NumPy array of the tensor's shape and dtype.

    Example:
        >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
        >>> (x * x).sum().backward()
        >>> x.grad
        tensor([2., 4.])
    """

    __slots__ = (
        "__dict__",
        "__weakref__",
        "_freed",
        "_grad",
        "_grad_fn",
        "_hooks",
        "_requires_grad",
        "_version_counter",
        "_view",
        "array",
    )

    array: Array
    _grad: Tensor | None
    _freed: bool  # set once a record that read this leaf has been freed
    _grad_fn: Node | None
    _hooks: Hooks | None
    _requires_grad: bool
    _version_counter: VersionCounter | None
    _view: View | None

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
    def grad(self) -> Tensor | None:
        """The gradient that `backward()` added up: a tensor of this one's shape and dtype, or None.

        Raises:
            TypeError: if what is assigned is no tensor.
            RuntimeError: if it has another shape or dtype.
        """
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            check_gradient(self, value)
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    @property
    def requires_grad(self) -> bool:
        """Whether operations on this tensor are recorded."""
        if self._view is not None:
            self._view.refresh(self)
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if wanted and self.array.dtype.kind != "f":
            raise RuntimeError(
                "requires_grad: only floating-point tensors can require gradients, got"
                f" {self.dtype}"
            )
        if not wanted and self.grad_fn is not None:
            raise RuntimeError("requires_grad: only a leaf's flag can be changed; use detach()")
        self._requires_grad = bool(wanted)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Switch the recording of operations on this leaf on or off, and return it.

        Args:
            requires_grad: whether they are recorded, so that this leaf gets a gradient.
        """
        self.requires_grad = requires_grad
        return self

    @property
    def grad_fn(self) -> Node | None:
        """The record that made this tensor; None for a leaf."""
        if self._view is not None:
            self._view.refresh(self)
        return None if self._grad_fn is None else self._grad_fn.named()

    @property
    def is_leaf(self) -> bool:
        """Whether the user made this tensor, rather than a recorded operation."""
        return self.grad_fn is None

    @property
    def shape(self) -> Size:
        """The length of each dimension."""
        return _new_size(Size, self.array.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        """The type of the elements."""
        return dtypes.of(self.array.dtype)

    @property
    def device(self) -> device:
        """Where the elements are: on the CPU."""
        return CPU

    layout = dtypes.dtype("strided", None)
    is_cpu = True
    is_cuda = False
    is_mps = False
    is_sparse = False
    is_quantized = False
    is_meta = False
    names: Any = None

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    @property
    def itemsize(self) -> int:
        """Bytes per element."""
        return self.array.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes in all."""
        return self.array.nbytes

    def dim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    ndimension = dim

    def numel(self) -> int:
        """The number of elements."""
        return self.array.size

    nelement = numel

    @overload
    def size(self, dim: None = None) -> Size: ...
    @overload
    def size(self, dim: int) -> int: ...
    def size(self, dim: int | None = None) -> Size | int:
        """The shape, or the length of one dimension.

        Args:
            dim: the dimension; None for the whole shape.
        """
        if dim is None:
            return self.shape
        return self.array.shape[dim]

    def element_size(self) -> int:
        """Bytes per element."""
        return self.array.itemsize

    @overload
    def stride(self, dim: None = None) -> tuple[int, ...]: ...
    @overload
    def stride(self, dim: int) -> int: ...
    def stride(self, dim: int | None = None) -> tuple[int, ...] | int:
        """Elements to step over for the next index in each dimension, or in one.

        Args:
            dim: the dimension; None for a tuple of all.
        """
        steps = tuple(step // self.array.itemsize for step in self.array.strides)
        if dim is None:
            return steps
        return steps[dim]

    def storage_offset(self) -> int:
        """Elements between the start of the shared memory and this view's first element."""
        base = self.array.base if isinstance(self.array.base, np.ndarray) else self.array
        return int(self.data_ptr() - base.__array_interface__["data"][0]) // self.array.itemsize

    def data_ptr(self) -> int:
        """The address of the first element."""
        return int(self.array.__array_interface__["data"][0])

    def _is_view(self) -> bool:
        """Whether an operation made it over the memory of another tensor."""
        return self._view is not None

    @property
    def _base(self) -> Tensor | None:
        """The tensor whose memory this view is of; None for one that is no view."""
        if self._view is None:
            return None
        base = self._view.base
        while base._view is not None:
            base = base._view.base
        return base

    def is_contiguous(self, memory_format: Any = None) -> bool:
        """Whether the elements lie in row-major order without gaps."""
        return self.array.flags.c_contiguous

    def is_floating_point(self) -> bool:
        """Whether the elements are floating-point numbers."""
        return self.array.dtype.kind == "f"

    def is_complex(self) -> bool:
        """False: there are no complex tensors."""
        return False

    def is_signed(self) -> bool:
        """Whether the dtype has negative numbers."""
        return self.array.dtype.kind in "if"

    @property
    def _version(self) -> int:
        if self._version_counter is None:
            return 0
        return self._version_counter.version

    # values --------------------------------------------------------------------------------

    def item(self) -> Any:
        """The one element as a Python number.

        Raises:
            RuntimeError: if there are more elements than one, or none.
        """
        if self.array.size != 1:
            raise RuntimeError(
                f"a Tensor with {self.array.size} elements cannot be converted to Scalar"
            )
        note_read("item", self)
        return self.array.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers; a number for a scalar."""
        note_read("tolist", self)
        return self.array.tolist()

    def numpy(self, *, force: bool = False) -> Array:
        """The elements as a NumPy array that shares memory with the tensor.

        Args:
            force: give them although the tensor requires a gradient.

        Raises:
            RuntimeError: if the tensor requires a gradient, operations are recorded, and `force` is
                not set.
        """
        if state.recording and not force and self.requires_grad:
            raise RuntimeError(
                "numpy: this tensor requires grad; use tensor.detach().numpy() instead"
            )
        note_read("numpy", self)
        return self.array

    def detach(self) -> Tensor:
        """The same memory without history: operations on it are not recorded."""
        out = wrap(self.array)
        out._version_counter = shared_version(self)
        if state.tracer is not None:
            state.tracer.append(Step("view", "detach", same_array, {}, (self,), (out,)))
        return out

    @property
    def data(self) -> Tensor:
        """The same memory without history, whose writes the tape does not watch."""
        out = wrap(self.array)
        if state.tracer is not None:
            state.tracer.append(Step("view", "data", same_array, {}, (self,), (out,)))
        return out

    @data.setter
    def data(self, value: Tensor) -> None:
        note_read("data", self)
        self.array = value.array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        array = self.numpy()
        return array.astype(dtype) if dtype is not None or copy else array

    __array_priority__ = 1000

    def __array_wrap__(
        self, array: Array, context: Any = None, return_scalar: bool = False
    ) -> Tensor:
        """What a function of NumPy makes of tensors is a tensor; bools are uint8, as in PyTorch."""
        return wrap(array.astype(np.uint8) if array.dtype.kind == "b" else array)

    def __repr__(self) -> str:
        return printing.text(self.array, self._suffixes())

    def _suffixes(self) -> list[str]:
        """What the repr says of the history."""
        if self.grad_fn is not None:
            return [f"grad_fn=<{self.grad_fn.name()}>"]
        if self.requires_grad:
            return ["requires_grad=True"]
        return []

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self.array.ndim == 0 else object.__format__(self, spec)

    def __len__(self) -> int:
        if self.array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return len(self.array)

    def __bool__(self) -> bool:
        if self.array.size != 1:
            count = "more than one value" if self.array.size else "no values"
            raise RuntimeError(f"Boolean value of Tensor with {count} is ambiguous")
        note_read("bool", self)
        return bool(self.array.item())

    def is_nonzero(self) -> bool:
        """Whether the one element is not 0."""
        return bool(self)

    def _scalar(self) -> Any:
        if self.array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        note_read("item", self)
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
        note_read("contains", self)
        return bool((self.array == other).any())

    __hash__ = object.__hash__

    def __reduce__(self) -> Any:
        return _rebuild, (type(self), self.array, self.requires_grad, self.grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if self.grad_fn is not None:
            raise RuntimeError("deepcopy: only leaf tensors can be copied; use detach() or clone()")
        grad = None if self.grad is None else wrap(self.grad.array.copy())
        out = _rebuild(type(self), self.array.copy(), self.requires_grad, grad)
        memo[id(self)] = out
        return out


_new_size: Any = tuple.__new__


def wrap(array: Array, cls: type[Tensor] = Tensor) -> Tensor:
    """A tensor over this very array, without history."""
    tensor = _new(cls)
    tensor.array = array
    tensor._requires_grad = False
    tensor._grad_fn = tensor._grad = tensor._version_counter = tensor._view = tensor._hooks = None
    return tensor


def _rebuild(cls: type[Tensor], array: Array, requires_grad: bool, grad: Tensor | None) -> Tensor:
    out = wrap(array, cls)
    out._requires_grad = requires_grad
    out._grad = grad
    return out


def check_gradient(x: Tensor, g: Any) -> None:
    """TypeError or RuntimeError unless g can be x's gradient: a tensor of its shape and dtype."""
    if not isinstance(g, Tensor):
        raise TypeError(
            f"assigned grad expected to be a Tensor or None but got grad of type {type(g).__name__}"
        )
    if g.array.shape != x.array.shape:
        raise RuntimeError(
            f"attempting to assign a gradient of size '{list(g.shape)}' to a tensor of size"
            f" '{list(x.shape)}'."
            " Please ensure that the gradient and the tensor are the same size"
        )
    if g.array.dtype != x.array.dtype:
        raise RuntimeError(
            f"attempting to assign a gradient with dtype '{g.dtype}' to a tensor with dtype"
            f" '{x.dtype}'."
            " The gradient must match the tensor's dtype"
        )


def shared_version(tensor: Tensor) -> VersionCounter:
    """The version counter of the tensor's memory, made when first asked for."""
    if tensor._version_counter is None:
        tensor._version_counter = VersionCounter()
    return tensor._version_counter


def same_array(array: Array) -> Array:
    """The array itself: what a tensor over the same memory is made of."""
    return array


def note_read(how: str, *tensors: Tensor) -> None:
    """Tell a tracer that elements go to Python here: what follows may depend on them."""
    if state.tracer is not None and tensors:
        state.tracer.append(Step("read", how, same_array, {}, tensors, ()))


def as_array(data: Any, dtype: Any = None) -> Array:
    """Nested sequences of numbers, arrays and tensors as one array, of a dtype or of PyTorch's
    defaults.
    """
    if dtype is not None:
        return _read(data, dtype).astype(dtype, copy=False)
    return _read(data, dtypes.default())


SEQUENCES = (list, tuple)


def _read(data: Any, floats: Any) -> Array:
    if isinstance(data, Tensor):
        return data.array
    if isinstance(data, np.ndarray | np.generic):
        return np.asarray(data)
    if isinstance(data, list | tuple) and any(isinstance(each, Tensor) for each in data):
        arrays = [_read_item(each, floats) for each in data]
        if len({each.shape for each in arrays}) > 1:
            raise ValueError("tensor: the sequence holds tensors and others of different shapes")
        return np.stack(arrays).astype(reduce(dtypes.promote, (each.dtype for each in arrays)))
    leaf = data
    while isinstance(leaf, SEQUENCES) and leaf:
        leaf = leaf[0]
    if isinstance(leaf, Tensor):
        rows = [_read(each, floats) for each in data]
        if len({each.shape for each in rows}) > 1:
            raise ValueError("tensor: expected a sequence of equal length at every dimension")
        return np.stack(rows).astype(reduce(dtypes.promote, (each.dtype for each in rows)))
    try:
        array = np.asarray(data)
    except ValueError:
        raise ValueError(
            "tensor: expected a sequence of equal length at every dimension, got ragged rows"
        ) from None
    holds_arrays = isinstance(leaf, np.ndarray | np.generic)
    if (array.dtype.kind == "f" and not holds_arrays) or array.size == 0:
        return array.astype(floats)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"tensor: cannot make a tensor of {type(data).__name__} with {array.dtype}")
    return array


def _read_item(item: Any, floats: Any) -> Array:
    """What stands beside tensors in a sequence: a tensor is a number there, as in PyTorch."""
    if not isinstance(item, Tensor):
        return _read(item, floats)
    if item.array.size != 1:
        raise ValueError(
            "tensor: only one element tensors can be converted to Python scalars, got one of shape"
            f" {item.shape}; use stack() of a list of tensors"
        )
    return item.array.reshape(())
