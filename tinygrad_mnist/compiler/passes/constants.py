"""Constants: what depends on nothing from outside is computed once, while tracing."""

from __future__ import annotations

from tinygrad_mnist.compiler.program import Program

LARGEST = 65_536  # elements: a larger array is made anew at each call rather than kept


def fold_constants(program: Program) -> None:
    """Let results of constants be constants: the arrays that they were in the trace.

    Args:
        program: changed in place.
    """
    written = program.written_roots()
    given_away = {value.root for value in program.results}
    dropped = []
    for each in program.instructions:
        if each.kind not in ("operation", "view"):
            continue
        if not all(x.is_constant and x.root not in written for x in each.inputs):
            continue
        if any(out.root in written or out.size > LARGEST for out in each.outputs):
            continue
        if any(out.root in given_away for out in each.outputs):
            continue
        for out in each.outputs:
            out.is_constant = True
            out.sample = out.sample.copy()
            out.root = out
        dropped.append(each)
    program.without(dropped)
