"""Lowering: an operation that does several things becomes the simple steps that it is made of.

The tape's kernels do several things in one call, which is quick where each operation is run by
itself. A program is better off with the parts: it shares them, runs them in memory that is free,
and fuses them with their neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_mnist.compiler.program import Array, Instruction, Program, Value
from tinygrad_mnist.core.arithmetic import broadcast_array, summed_to
from tinygrad_mnist.kernels import network
from tinygrad_mnist.ops import products
from tinygrad_mnist.ops.reduction import _expanded, _mean_array
from tinygrad_mnist.ops.shape import reshaped

Lowering = Callable[["Steps", list[Value], dict[str, Any]], list[Value] | None]


def lower(program: Program) -> None:
    """Replace the instructions that have a lowering.

    Args:
        program: changed in place.
    """
    program.forward = _lowered(program.forward, program)
    program.backward = _lowered(program.backward, program)


def _lowered(instructions: list[Instruction], program: Program) -> list[Instruction]:
    lowered = []
    for each in instructions:
        lowering = LOWERINGS.get(each.function)
        steps = Steps(each.operation)
        results = None if lowering is None else lowering(steps, each.inputs, each.options)
        if results is None:
            lowered.append(each)
            continue
        lowered.extend(steps.instructions)
        _take_places(each.outputs, results, steps.instructions)
    return lowered


def _take_places(
    outputs: list[Value], results: list[Value], instructions: list[Instruction]
) -> None:
    """Let the old outputs stand where the new results stand."""
    table = dict(zip(results, outputs, strict=True))
    for each in instructions:
        each.inputs = [table.get(x, x) for x in each.inputs]
        each.outputs = [table.get(x, x) for x in each.outputs]
        for out in each.outputs:
            out.root = table.get(out.root, out.root)


class Steps:
    """The steps of one lowered operation.

    Attributes:
        operation: its name on the tape.
        instructions: what it becomes.
    """

    def __init__(self, operation: str) -> None:
        self.operation = operation
        self.instructions: list[Instruction] = []

    def do(self, function: Callable[..., Any], *inputs: Value, **options: Any) -> Value:
        """The result of a function of values."""
        return self._add("operation", function, inputs, options)

    def view(self, function: Callable[..., Any], x: Value, **options: Any) -> Value:
        """A view of a value."""
        return self._add("view", function, (x,), options)

    def constant(self, array: Array) -> Value:
        """A value that is the same at each call."""
        value = Value(array)
        value.is_constant = True
        return value

    def _add(
        self,
        kind: str,
        function: Callable[..., Any],
        inputs: tuple[Value, ...],
        options: dict[str, Any],
    ) -> Value:
        with np.errstate(all="ignore"):
            sample = np.asarray(function(*(x.sample for x in inputs), **options))
        out = Value(sample, inputs[0] if kind == "view" else None)
        self.instructions.append(
            Instruction(kind, self.operation, function, inputs, options, [out])
        )
        return out


def _affine_map(steps: Steps, inputs: list[Value], options: dict[str, Any]) -> list[Value] | None:
    """x @ weight.T + bias."""
    x, weight, bias = inputs
    if len(x.shape) != 2 or len(weight.shape) != 2:
        return None
    product = steps.do(np.matmul, x, steps.view(np.transpose, weight))
    return [steps.do(np.add, product, bias)]


def _matmul_transposed(
    steps: Steps, inputs: list[Value], options: dict[str, Any]
) -> list[Value] | None:
    """a @ b.T."""
    a, b = inputs
    if len(a.shape) != 2 or len(b.shape) != 2:
        return None
    return [steps.do(np.matmul, a, steps.view(np.transpose, b))]


def _transposed_matmul(
    steps: Steps, inputs: list[Value], options: dict[str, Any]
) -> list[Value] | None:
    """a.T @ b."""
    a, b = inputs
    if len(a.shape) != 2:
        return None
    return [steps.do(np.matmul, steps.view(np.transpose, a), b)]


def _relu(steps: Steps, inputs: list[Value], options: dict[str, Any]) -> list[Value]:
    """max(x, 0); NumPy's maximum is quicker on a row than on a scalar."""
    (x,) = inputs
    zeros = steps.constant(np.zeros(x.shape[-1:], x.dtype))
    zeros.name = "zeros"
    return [steps.do(np.maximum, x, zeros)]


def _relu_gradient(
    steps: Steps, inputs: list[Value], options: dict[str, Any]
) -> list[Value] | None:
    """g * (y > 0)."""
    g, y = inputs
    if g.shape != y.shape:
        return None
    return [
        steps.do(np.multiply, g, steps.do(np.greater, y, steps.constant(np.zeros((), y.dtype))))
    ]


def _dropout(steps: Steps, inputs: list[Value], options: dict[str, Any]) -> list[Value] | None:
    """mask = (bits < keep 2^16) / keep, and x * mask."""
    x, bits = inputs
    keep = options["keep"]
    count = round(keep * 65536)
    if x.dtype == np.float16 or not 0 < count < 65536:
        return None
    scale = steps.constant(np.array(1 / keep, x.dtype))
    limit = steps.constant(np.array(count, np.uint16))
    shaped = steps.view(np.reshape, bits, shape=x.shape)
    mask = steps.do(np.multiply, steps.do(np.less, shaped, limit), scale)
    return [steps.do(np.multiply, x, mask), mask]


def _summed_to(steps: Steps, inputs: list[Value], options: dict[str, Any]) -> list[Value] | None:
    """The sum over the leading dimensions."""
    (x,) = inputs
    lead = len(x.shape) - len(options["shape"])
    if lead <= 0 or x.shape[lead:] != options["shape"] or x.dtype == np.float16:
        return None
    return [steps.do(np.add.reduce, x, axis=tuple(range(lead)))]


def _mean(steps: Steps, inputs: list[Value], options: dict[str, Any]) -> list[Value] | None:
    """The sum over the number of elements."""
    (x,) = inputs
    if x.dtype == np.float16:
        return None
    only = {"axis": options["axis"]}
    if options["keepdims"]:
        only["keepdims"] = True
    total = steps.do(np.add.reduce, x, **only)
    return [steps.do(np.divide, total, steps.constant(np.array(options["count"], x.dtype)))]


def _sum(steps: Steps, inputs: list[Value], options: dict[str, Any]) -> list[Value] | None:
    """The sum, without the options that say what is so anyway."""
    (x,) = inputs
    if set(options) != {"axis", "dtype", "keepdims"} or options["dtype"] != x.dtype:
        return None
    only = {"axis": options["axis"]}
    if options["keepdims"]:
        only["keepdims"] = True
    return [steps.do(np.add.reduce, x, **only)]


def _reshaped(steps: Steps, inputs: list[Value], options: dict[str, Any]) -> list[Value] | None:
    """The same elements in another shape, where that is a view."""
    (x,) = inputs
    if not np.may_share_memory(x.sample, x.sample.reshape(options["shape"])):
        return None
    return [steps.view(np.reshape, x, shape=options["shape"])]


def _expanded_sum(steps: Steps, inputs: list[Value], options: dict[str, Any]) -> list[Value]:
    """A sum's gradient, the same for all elements that were added up."""
    (x,) = inputs
    kept = x if x.shape == options["kept"] else steps.view(np.reshape, x, shape=options["kept"])
    return [steps.view(np.broadcast_to, kept, shape=options["shape"])]


def _broadcast(steps: Steps, inputs: list[Value], options: dict[str, Any]) -> list[Value] | None:
    """The array in a larger shape."""
    (x,) = inputs
    if x.size == np.prod(options["shape"], dtype=np.int64):
        return [steps.view(np.reshape, x, shape=options["shape"])]
    return [steps.view(np.broadcast_to, x, shape=options["shape"])]


LOWERINGS: dict[Callable[..., Any], Lowering] = {
    products.affine_map: _affine_map,
    products.matmul_transposed: _matmul_transposed,
    products.transposed_matmul: _transposed_matmul,
    network.relu: _relu,
    network.relu_gradient: _relu_gradient,
    network.dropout: _dropout,
    summed_to: _summed_to,
    _mean_array: _mean,
    np.add.reduce: _sum,
    _expanded: _expanded_sum,
    broadcast_array: _broadcast,
    reshaped: _reshaped,
}
