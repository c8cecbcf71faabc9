"""Buffers: a pointwise result takes the memory of an input that is read for the last time."""

from __future__ import annotations

from collections.abc import Sequence

from tinygrad_mnist.compiler.program import Instruction, Program, Value


def plan_buffers(program: Program) -> None:
    """Choose, for each pointwise instruction, the input that its result may overwrite.

    That is one of the result's shape and dtype, with memory of its own that was made in the same
    part, that nobody outside gets, and that neither a view nor a later instruction reads.

    Args:
        program: changed in place.
    """
    kept = {value.root for value in program.results}
    kept |= {value.root for value in program.saved()}
    written = program.written_roots()
    for part in (program.forward, program.backward):
        _plan(part, kept | written)


def _plan(part: Sequence[Instruction], kept: set[Value]) -> None:
    last = last_reads(part)
    made = {out for each in part for out in each.outputs if each.kind != "view"}
    for place, each in enumerate(part):
        if not each.is_pointwise or each.outputs[0].root is not each.outputs[0]:
            continue
        out = each.outputs[0]
        if not out.shape:
            continue
        for x in each.inputs:
            fits = x.shape == out.shape and x.dtype == out.dtype and x.root is x
            if fits and x in made and x not in kept and last[x] == place and x.sample.flags.owndata:
                each.into = x
                break


def last_reads(part: Sequence[Instruction]) -> dict[Value, int]:
    """For each memory the place of the last instruction that reads it, through any view."""
    last: dict[Value, int] = {}
    for place, each in enumerate(part):
        for x in (*each.inputs, *each.outputs):
            last[x.root] = place
    return last
