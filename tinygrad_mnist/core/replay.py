"""A trace run forwards again, on other values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tinygrad_mnist.core.inplace import copy_into
from tinygrad_mnist.core.state import Step
from tinygrad_mnist.core.tensor import Array, Tensor


def replay(steps: Iterable[Step], given: Mapping[Tensor, Array]) -> dict[Tensor, Array]:
    """The arrays that a trace's tensors hold when its functions run again, in their order.

    Args:
        steps: a trace.
        given: new arrays for the tensors that it began with, of their shapes and dtypes. Those
            that are written are copied first. A tensor that is neither given nor made by a step is
            a constant.

    Returns:
        The array of every tensor of the trace.
    """
    steps = list(steps)
    arrays: dict[Tensor, Array] = {x: np.array(array, order="K") for x, array in given.items()}
    for step in steps:
        inputs = [_array(x, arrays) for x in step.inputs]
        if step.kind == "write":
            copy_into(*inputs)
        elif step.kind in ("operation", "view", "draw"):
            for x, array in zip(step.outputs, _results(step, inputs), strict=True):
                arrays[x] = array
    return arrays


def _array(x: Tensor, arrays: dict[Tensor, Array]) -> Array:
    if x not in arrays:
        arrays[x] = x.array.copy(order="K")
    return arrays[x]


def _results(step: Step, inputs: list[Array]) -> list[Array]:
    found: Any = step.function(*inputs, **step.options)
    if len(step.outputs) == 1 and not isinstance(found, tuple | list):
        found = (found,)
    return [np.asarray(each) for each in found]
