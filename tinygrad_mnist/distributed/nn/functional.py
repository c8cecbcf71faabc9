"""Communications that are operations on the tape: their gradients travel too."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.record import record
from tinygrad_mnist.core.tensor import Array, Tensor
from tinygrad_mnist.distributed.collectives import ReduceOp, begin_all_reduce
from tinygrad_mnist.distributed.process_group import group_of
from tinygrad_mnist.distributed.work import Work

__all__ = ["all_reduce"]


def all_reduce(tensor: Tensor, op: ReduceOp = ReduceOp.SUM, group: Any = None) -> Tensor:
    """The sum of all ranks' tensors, as a new tensor with a gradient.

    Each rank's tensor takes part in every rank's result, so its gradient is the sum of theirs.
    Every rank must play its backward pass.

    Args:
        tensor: of the same shape and dtype in every rank.
        op: must be SUM.
        group: whose ranks take part. Default: all.

    Returns:
        A tensor of the same shape and dtype.

    Raises:
        ValueError: for another operation, or before `init_process_group`.
        RuntimeError: after the group's timeout.
    """
    check(op is ReduceOp.SUM, "nn.functional.all_reduce: got {}, wanted SUM", op, error=ValueError)
    chosen = group_of(group)

    def summed(array: Array) -> Array:
        result = np.array(array, order="C")
        request = begin_all_reduce(chosen, result, ReduceOp.SUM, "all_reduce")
        Work(chosen, "all_reduce", [request]).wait()
        return result

    return record("all_reduce", summed, (tensor, lambda g: all_reduce(g, op, chosen)))
