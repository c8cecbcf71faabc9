"""Algebra that is exact in floating point: x * 1, x / 1, -(-x), double transposes, equal views."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_mnist.compiler.program import Instruction, Program, Value

KEEPING: dict[Any, tuple[int, ...]] = {np.multiply: (0, 1), np.divide: (1,), np.power: (1,)}
"""For each function the places of an argument 1 that leaves the other one as it is."""


def simplify(program: Program) -> None:
    """Leave out what gives the very elements it was given.

    Args:
        program: changed in place.
    """
    written = program.written_roots()
    given_away = {value.root for value in program.results}
    makers = {out: each for each in program.instructions for out in each.outputs}
    table: dict[Value, Value] = {}
    dropped = []
    for each in program.instructions:
        each.inputs = [table.get(x, x) for x in each.inputs]
        same = _same_as(each, makers)
        if same is None or len(each.outputs) != 1:
            continue
        out = each.outputs[0]
        fits = out.shape == same.shape and out.dtype == same.dtype
        if not fits or out.root in written or same.root in written:
            continue
        if out.root in given_away and (same.is_input or same.is_constant):
            continue  # what is given away must have memory of its own
        if out.root in given_away and same.root in given_away:
            continue
        table[out] = same
        if out.root is out:
            _merge_roots(program, out, same.root)
        dropped.append(each)
    program.replace(table)
    program.without(dropped)


def _same_as(instruction: Instruction, makers: dict[Value, Instruction]) -> Value | None:
    """The value that an instruction gives again, or None."""
    function = instruction.function
    inputs = instruction.inputs
    if isinstance(function, np.ufunc) and not instruction.options:
        for place in KEEPING.get(function, ()):
            if inputs[place].is_constant and np.all(inputs[place].sample == 1):
                return inputs[1 - place]
        maker = makers.get(inputs[0])
        if function is np.negative and maker is not None and maker.function is np.negative:
            return maker.inputs[0]
        return None
    if instruction.kind != "view" or len(inputs) != 1:
        return None
    return _same_view(instruction.outputs[0], inputs[0], makers)


def _same_view(out: Value, before: Value, makers: dict[Value, Instruction]) -> Value | None:
    """The value that a view sees as it is: its input, or what its input is a view of."""
    start = _place(out)
    while True:
        if before.shape == out.shape and _place(before) == start:
            return before
        maker = makers.get(before)
        if maker is None or maker.kind != "view" or len(maker.inputs) != 1:
            return None
        before = maker.inputs[0]


def _place(value: Value) -> tuple[object, ...]:
    """Where an array lies, and how."""
    return value.sample.__array_interface__["data"][0], value.sample.strides, value.dtype


def _merge_roots(program: Program, old: Value, new: Value) -> None:
    for each in program.instructions:
        for out in each.outputs:
            if out.root is old:
                out.root = new
