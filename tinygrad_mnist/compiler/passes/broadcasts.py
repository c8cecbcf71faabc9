"""Broadcasts: pointwise functions broadcast by themselves, and read what was broadcast for them."""

from __future__ import annotations

import numpy as np

from tinygrad_mnist.compiler.program import Instruction, Program, Value


def read_through_broadcasts(program: Program) -> None:
    """Let pointwise instructions read the smaller array, where another input has the full shape.

    Args:
        program: changed in place.
    """
    written = program.written_roots()
    makers = {out: each for each in program.instructions for out in each.outputs}
    for each in program.instructions:
        if not each.is_pointwise or each.options or len(each.inputs) < 2:
            continue
        for place, x in enumerate(each.inputs):
            smaller = _before_broadcast(x, makers)
            others = [y for other, y in enumerate(each.inputs) if other != place]
            is_full = any(y.shape == each.outputs[0].shape for y in others)
            if smaller is not None and is_full and smaller.root not in written:
                each.inputs[place] = smaller


def _before_broadcast(x: Value, makers: dict[Value, Instruction]) -> Value | None:
    """What an array was broadcast from, without the axes of length 1 in front."""
    maker = makers.get(x)
    if maker is None or maker.function is not np.broadcast_to:
        return None
    (smaller,) = maker.inputs
    before = makers.get(smaller)
    is_view = before is not None and before.function is np.reshape
    if is_view and before is not None and not before.inputs[0].shape:
        return before.inputs[0]  # a scalar that was given axes
    return smaller
