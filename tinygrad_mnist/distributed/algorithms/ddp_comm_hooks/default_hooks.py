"""How the gradients of a bucket travel: as they are, or in half as many bytes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_mnist.core.tensor import Array
from tinygrad_mnist.distributed.collectives import ReduceOp, begin_all_reduce
from tinygrad_mnist.distributed.process_group import ProcessGroup, group_of
from tinygrad_mnist.distributed.work import Work

__all__ = ["GradBucket", "allreduce_hook", "fp16_compress_hook"]


class GradBucket:
    """Gradients that travel together, one after the other in flat memory.

    Args:
        index: which bucket, from 0, in the order in which they travel.
        array: the gradients' elements.
        is_last: whether no bucket comes after it.
    """

    def __init__(self, index: int, array: Array, is_last: bool) -> None:
        self._index = index
        self.array = array
        self._is_last = is_last

    def index(self) -> int:
        """Which bucket it is.

        Returns:
            From 0.
        """
        return self._index

    def is_last(self) -> bool:
        """Whether no bucket comes after it.

        Returns:
            True for the last one.
        """
        return self._is_last


def allreduce_hook(process_group: ProcessGroup | None, bucket: GradBucket) -> Work:
    """Average the ranks' gradients as they are.

    Args:
        process_group: whose ranks. Default: all.
        bucket: the gradients; it is written once the work is done.

    Returns:
        The work.
    """
    group = group_of(process_group)
    array = bucket.array
    request = begin_all_reduce(group, array, ReduceOp.SUM, "allreduce_hook")

    def average() -> None:
        np.multiply(array, np.asarray(1 / group.size(), array.dtype), out=array)

    return Work(group, "allreduce_hook", [request], average)


def fp16_compress_hook(process_group: ProcessGroup | None, bucket: GradBucket) -> Work:
    """Average the ranks' gradients as float16: half the bytes, and 11 bits of each number.

    Each rank divides first, so that a sum does not leave float16's range before its parts do.

    Args:
        process_group: whose ranks. Default: all.
        bucket: the gradients; it is written once the work is done.

    Returns:
        The work.
    """
    group = group_of(process_group)
    array: Any = bucket.array
    with np.errstate(over="ignore"):
        half = (array / np.asarray(group.size(), array.dtype)).astype(np.float16)
    request = begin_all_reduce(group, half, ReduceOp.SUM, "fp16_compress_hook")

    def widen() -> None:
        array[...] = half

    return Work(group, "fp16_compress_hook", [request], widen)
