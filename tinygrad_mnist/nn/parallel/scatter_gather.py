"""scatter and gather: what devices would share, as parts of a batch on the one there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.ops.joining import cat
from tinygrad_mnist.ops.shape import chunk

__all__ = ["gather", "scatter"]


def scatter(inputs: Any, target_gpus: Sequence[Any], dim: int = 0) -> Any:
    """Divide a batch into parts, one for each device.

    Args:
        inputs: a tensor, or tensors in tuples, lists and dicts; all else goes to every part.
        target_gpus: the devices, which are only counted.
        dim: the dimension of the batch.

    Returns:
        The parts: as many as devices, or fewer where the batch is short.

    Example:
        >>> [part.shape for part in nn.parallel.scatter(torch.ones(5, 2), [0, 1])]
        [torch.Size([3, 2]), torch.Size([2, 2])]
    """
    count = len(target_gpus)
    if isinstance(inputs, Tensor):
        return chunk(inputs, count, dim)
    if isinstance(inputs, tuple | list) and inputs:
        kind = type(inputs)
        columns = [scatter(each, target_gpus, dim) for each in inputs]
        rows = zip(*columns, strict=False)
        if hasattr(inputs, "_fields"):
            return [kind(*row) for row in rows]
        return [kind(row) for row in rows]
    if isinstance(inputs, dict) and inputs:
        columns = [scatter(each, target_gpus, dim) for each in inputs.values()]
        return [dict(zip(inputs, row, strict=True)) for row in zip(*columns, strict=False)]
    return [inputs for _ in target_gpus]


def gather(outputs: Sequence[Any], target_device: Any, dim: int = 0) -> Any:
    """Put the parts of a batch together again.

    Args:
        outputs: the parts: tensors, or tuples, lists or dicts of tensors.
        target_device: accepted and ignored.
        dim: the dimension of the batch.

    Returns:
        The batch in the form of a part.

    Example:
        >>> nn.parallel.gather([torch.ones(3, 2), torch.ones(2, 2)], 0).shape
        torch.Size([5, 2])
    """
    first = outputs[0]
    if isinstance(first, Tensor):
        return cat(list(outputs), dim)
    if first is None:
        return None
    if isinstance(first, dict):
        return {key: gather([each[key] for each in outputs], target_device, dim) for key in first}
    columns = [gather(column, target_device, dim) for column in zip(*outputs, strict=True)]
    return type(first)(*columns) if hasattr(first, "_fields") else type(first)(columns)
