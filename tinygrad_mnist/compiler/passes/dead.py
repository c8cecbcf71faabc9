"""Dead instructions: those whose results nobody reads."""

from __future__ import annotations

from tinygrad_mnist.compiler.program import Instruction, Program, Value


def drop_dead(program: Program) -> None:
    """Leave out what neither a result nor a write to memory from outside depends on.

    Random numbers are drawn although nobody reads them: the next ones would not be the eager
    program's.

    Args:
        program: changed in place.
    """
    program.backward = _live(program.backward, program, set(program.results))
    needed = set(program.results)
    for each in program.backward:
        needed.update(each.inputs)
    program.forward = _live(program.forward, program, needed)


def _live(
    instructions: list[Instruction], program: Program, needed: set[Value]
) -> list[Instruction]:
    """Those that are needed, from the last to the first."""
    memory = {value.root for value in needed}
    outside = {value.root for value in program.inputs}
    kept = []
    for each in reversed(instructions):
        if each.kind == "write":
            root = each.inputs[0].root
            wanted = root in memory or root in outside
        else:
            wanted = each.kind == "draw" or any(out in needed for out in each.outputs)
        if wanted:
            kept.append(each)
            needed.update(each.inputs)
            memory.update(value.root for value in each.inputs)
    kept.reverse()
    return kept
