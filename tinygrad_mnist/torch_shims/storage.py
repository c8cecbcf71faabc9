"""The memory behind a tensor, as PyTorch programs look at it."""

from __future__ import annotations

from typing import Any, overload

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.surface import method
from tinygrad_mnist.core.tensor import Array, Tensor, note_read
from tinygrad_mnist.ops.shape import storage_of

__all__ = ["Storage"]


class Storage:
    """The memory behind a tensor and its views: one row of elements.

    Args:
        array: the elements, of one dimension.

    Attributes:
        array: the elements.
        dtype: their type.

    Example:
        >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> x.T.storage().tolist()
        [1.0, 2.0, 3.0, 4.0]
    """

    def __init__(self, array: Array) -> None:
        self.array = array
        self.dtype = dtypes.of(array.dtype)

    def __len__(self) -> int:
        return self.array.size

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Storage: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return Storage(self.array[index])
        return self.array[index].item()

    def __setitem__(self, index: int | slice, value: Any) -> None:
        self.array[index] = value

    def tolist(self) -> list[Any]:
        """List the elements.

        Returns:
            Python's numbers.
        """
        elements: list[Any] = self.array.tolist()
        return elements

    def size(self) -> int:
        """Count the elements.

        Returns:
            How many there are.
        """
        return self.array.size

    def nbytes(self) -> int:
        """Count the bytes.

        Returns:
            How many there are.
        """
        return self.array.nbytes

    def data_ptr(self) -> int:
        """The address of the first element.

        Returns:
            A number of bytes.
        """
        return self.array.ctypes.data

    def __repr__(self) -> str:
        rows = "".join(f" {element}\n" for element in self.tolist())
        kind = f"dtype={self.dtype}, device=cpu"
        return f"{rows}[torch.storage.TypedStorage({kind}) of size {len(self)}]"


@method
def storage(self: Tensor) -> Storage:
    """The memory that this tensor shares with its views.

    Args:
        self: any tensor.

    Returns:
        All elements of the memory, in their order there.
    """
    note_read("storage", self)
    return Storage(storage_of(self.array))


@method
def untyped_storage(self: Tensor) -> Storage:
    """The bytes that this tensor shares with its views.

    Args:
        self: any tensor.

    Returns:
        All bytes of the memory, in their order there.
    """
    note_read("storage", self)
    return Storage(storage_of(self.array).view(np.uint8))
