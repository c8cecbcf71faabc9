"""Questions about tensors, answered in Python."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.inplace import write_out
from tinygrad_mnist.core.record import record
from tinygrad_mnist.core.surface import method
from tinygrad_mnist.core.tensor import Array, Tensor
from tinygrad_mnist.ops.arguments import as_tensor, promoted

__all__ = [
    "is_complex",
    "is_conj",
    "is_floating_point",
    "is_inference",
    "is_neg",
    "is_nonzero",
    "is_same_size",
    "is_signed",
    "is_tensor",
    "isin",
    "numel",
    "result_type",
]


def is_tensor(obj: Any) -> bool:
    """Whether an object is a tensor.

    Args:
        obj: any object.

    Returns:
        True for a tensor, and for an object of a subclass.

    Example:
        >>> torch.is_tensor(torch.ones(2)), torch.is_tensor([1, 1])
        (True, False)
    """
    return isinstance(obj, Tensor)


def is_floating_point(input: Tensor) -> bool:
    """Whether the elements are floating-point numbers.

    Args:
        input: any tensor.

    Returns:
        True for float16, float32 and float64.

    Example:
        >>> torch.is_floating_point(torch.tensor([1, 2]))
        False
    """
    return input.array.dtype.kind == "f"


def is_complex(input: Tensor) -> bool:
    """Whether the elements are complex numbers.

    Args:
        input: any tensor.

    Returns:
        False: there are no complex tensors.
    """
    return False


def is_signed(input: Tensor) -> bool:
    """Whether the dtype has negative numbers.

    Args:
        input: any tensor.

    Returns:
        True for floats and signed integers.
    """
    return input.array.dtype.kind in "if"


def is_nonzero(input: Tensor) -> bool:
    """Whether the one element is not 0.

    Args:
        input: a tensor of one element.

    Returns:
        The element as a bool.

    Raises:
        RuntimeError: if there are more elements than one, or none.

    Example:
        >>> torch.is_nonzero(torch.tensor([0.0]))
        False
    """
    return bool(input)


def numel(input: Tensor) -> int:
    """Count the elements.

    Args:
        input: any tensor.

    Returns:
        The product of its lengths.

    Example:
        >>> torch.numel(torch.ones(2, 3))
        6
    """
    return input.array.size


@method
def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape.

    Args:
        input: a tensor.
        other: another.

    Returns:
        True if they have.
    """
    return input.array.shape == other.array.shape


@method
def is_conj(input: Tensor) -> bool:
    """Whether the tensor is a conjugate that is yet to be computed.

    Args:
        input: any tensor.

    Returns:
        False: there are no complex tensors.
    """
    return False


@method
def is_neg(input: Tensor) -> bool:
    """Whether the tensor is a negative that is yet to be computed.

    Args:
        input: any tensor.

    Returns:
        False: negatives are computed at once.
    """
    return False


@method
def is_inference(input: Tensor) -> bool:
    """Whether the tensor was made in inference mode and may not be recorded.

    Args:
        input: any tensor.

    Returns:
        False: every tensor may be recorded later.
    """
    return False


@method
def is_shared(self: Tensor) -> bool:
    """Whether the memory is shared between processes.

    Args:
        self: any tensor.

    Returns:
        False.
    """
    return False


@method
def is_pinned(self: Tensor, device: Any = None) -> bool:
    """Whether the memory is page-locked for transfers to a GPU.

    Args:
        self: any tensor.
        device: accepted.

    Returns:
        False.
    """
    return False


@method
def get_device(self: Tensor) -> int:
    """The number of the GPU that the tensor is on.

    Args:
        self: any tensor.

    Returns:
        -1: it is on the CPU.
    """
    return -1


def result_type(tensor: Any, other: Any) -> dtypes.dtype:
    """The dtype that arithmetic on the two would give.

    Args:
        tensor: a tensor or a number.
        other: a tensor or a number.

    Returns:
        A dtype; a number never widens a tensor's dtype of the same kind.

    Example:
        >>> torch.result_type(torch.tensor([1, 2]), 1.0)
        torch.float32
    """
    return promoted(tensor, other, name="result_type")[0].dtype


def isin(
    elements: Any,
    test_elements: Any,
    *,
    assume_unique: bool = False,
    invert: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """Which elements are among the test elements.

    Args:
        elements: a tensor or a number.
        test_elements: a tensor or a number.
        assume_unique: that neither holds an element twice, which saves time.
        invert: tell which are not, instead.
        out: the tensor to write the result to.

    Returns:
        A bool tensor of the shape of `elements`.

    Example:
        >>> torch.isin(torch.tensor([1, 2, 3]), torch.tensor([3, 1]))
        tensor([ True, False,  True])
    """
    edges = (as_tensor(elements), None), (as_tensor(test_elements), None)
    result = record("isin", isin_arrays, *edges, assume_unique=assume_unique, invert=invert)
    return result if out is None else write_out("isin", result, out)


def isin_arrays(a: Array, b: Array, assume_unique: bool, invert: bool) -> Array:
    """Which elements of a are in b."""
    return np.asarray(np.isin(a, b, assume_unique, invert))
