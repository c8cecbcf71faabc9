"""Common subexpressions: the same function of the same values, computed once."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.compiler.program import Instruction, Program, Value


def share_common(program: Program) -> None:
    """Let the second of two equal instructions go, and the first one's results serve for both.

    Memory that is written somewhere in the program may hold other elements the second time, and a
    result that somebody outside gets must be its own: neither is shared.

    Args:
        program: changed in place.
    """
    written = program.written_roots()
    given_away = {value.root for value in program.results}
    seen: dict[Any, Instruction] = {}
    table: dict[Value, Value] = {}
    dropped = []
    for each in program.instructions:
        each.inputs = [table.get(x, x) for x in each.inputs]
        roots = {value.root for value in (*each.inputs, *each.outputs)}
        if each.kind not in ("operation", "view") or roots & written:
            continue
        if any(out.root in given_away for out in each.outputs):
            continue
        key = _key(each)
        if key is None:
            continue
        first = seen.setdefault(key, each)
        if first is not each:
            table.update(zip(each.outputs, first.outputs, strict=True))
            dropped.append(each)
    program.replace(table)
    for each in program.instructions:
        for out in each.outputs:
            out.root = table.get(out.root, out.root)
    program.without(dropped)


def _key(instruction: Instruction) -> Any:
    """What two instructions must have in common; None where it cannot be compared."""
    inputs = tuple(id(x) for x in instruction.inputs)
    options = tuple(sorted(instruction.options.items(), key=lambda item: item[0]))
    key = (instruction.function, inputs, _typed(options))
    try:
        hash(key)
    except TypeError:
        return None
    return key


def _typed(option: Any) -> Any:
    """An option with its type, so that 1, 1.0 and True are three, and 0.0 and -0.0 two."""
    if isinstance(option, tuple):
        return tuple(_typed(each) for each in option)
    return type(option), option, repr(option) if isinstance(option, float) else None
