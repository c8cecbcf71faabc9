"""Fusion: pointwise instructions on arrays of one shape, and sums of their results, as one loop.

A group grows along the program. An instruction between its members that reads none of its results
goes before the group; the first that does ends it. What ends it is looked past for sums over the
leading dimensions (a bias's gradient), which join.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinygrad_mnist.compiler.loops import LONGEST, PIECES, SLOW, SMALL, Loop
from tinygrad_mnist.compiler.program import Instruction, Program, Value

WORTH = 4096  # elements, from which on two members are worth a loop
FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def fuse(program: Program) -> None:
    """Replace groups by loops, in both parts.

    Args:
        program: changed in place.
    """
    saved = set(program.saved())
    written = program.written_roots()
    given = set(program.results)
    program.forward = _Fusion(program.forward, saved | given, written).run()
    program.backward = _Fusion(program.backward, given, written).run()


class _Fusion:
    """The fusion of one part.

    Attributes:
        part: its instructions before.
        wanted: values that are read outside the part.
        done: its instructions after.
        group: the members of the loop that is growing.
    """

    def __init__(
        self, part: Sequence[Instruction], wanted: set[Value], written: set[Value]
    ) -> None:
        self.part = list(part)
        self.wanted = wanted
        self.written = written
        self.done: list[Instruction] = []
        self.group: list[Instruction] = []
        self.made: set[Value] = set()
        self.taken: set[int] = set()

    def run(self) -> list[Instruction]:
        """The part with loops."""
        place = 0
        while place < len(self.part):
            each = self.part[place]
            place += 1
            if id(each) in self.taken:
                continue
            if self._joins(each):
                self.group.append(each)
                self.made.update(each.outputs)
                if len(self.group) >= LONGEST:
                    self._close(place)
            elif self._depends(each) or each.kind == "write":
                self._close(place)
                if id(each) in self.taken:
                    continue
                if self._can_start(each):
                    self.group = [each]
                    self.made = set(each.outputs)
                else:
                    self.done.append(each)
            else:
                self.done.append(each)
        self._close(place)
        return self.done

    def _joins(self, each: Instruction) -> bool:
        if not self._can_start(each):
            return False
        return not self.group or each.outputs[0].shape == self.group[0].outputs[0].shape

    def _can_start(self, each: Instruction) -> bool:
        if each.options or each.function not in PIECES or len(each.outputs) != 1:
            return False
        out = each.outputs[0]
        if each.kind != "operation" or out.root is not out or out in self.written:
            return False
        if each.function in SLOW and out.size > SMALL:
            return False
        if out.dtype not in FLOATS and out.dtype != np.bool_:
            return False
        if any(x.root in self.written for x in each.inputs):
            return False
        return all(x.dtype.kind in "fbiu" and _fits(x, out.shape) for x in each.inputs)

    def _depends(self, each: Instruction) -> bool:
        return any(x in self.made or x.root in self.made for x in each.inputs)

    def _close(self, place: int) -> None:
        """End the group: a loop where it is worth one."""
        if not self.group:
            return
        group = self.group
        self._take_sums(place)
        size = group[0].outputs[0].size
        least = 2 if size >= WORTH or not group[0].outputs[0].shape else 3
        if len(group) < least:
            self.done.extend(group)
        else:
            self.done.append(self._loop(place))
        self.group = []
        self.made = set()

    def _take_sums(self, place: int) -> None:
        """Let sums of the group's results that come later join it."""
        later = self.part[place - 1 :]
        for each in later:
            if each.function == np.add.reduce and self._is_sum(each):
                self.group.append(each)
                self.taken.add(id(each))

    def _is_sum(self, each: Instruction) -> bool:
        (x,) = each.inputs
        lead = len(x.shape) - 1
        axes = tuple(range(lead))
        return (
            x in self.made
            and lead >= 1
            and x.dtype in FLOATS
            and set(each.options) == {"axis"}
            and each.options["axis"] == axes
            and id(each) not in self.taken
            and each.outputs[0].root is each.outputs[0]
            and each.outputs[0] not in self.written
        )

    def _loop(self, place: int) -> Instruction:
        members = set(map(id, self.group))
        later = [each for each in self.part[place - 1 :] if id(each) not in members]
        read = {x for each in later for x in each.inputs}
        read |= {x.root for each in later for x in each.inputs}
        made = [out for each in self.group for out in each.outputs]
        outputs = [out for out in made if out in self.wanted or out in read]
        inputs: dict[Value, None] = {}
        for each in self.group:
            for x in each.inputs:
                is_number = x.is_constant and not x.shape
                if x not in self.made and not is_number:
                    inputs[x] = None
        loop = Loop(self.group, list(inputs), outputs)
        return Instruction("loop", "loop", loop, list(inputs), {}, outputs, alone=False)


def _fits(x: Value, shape: tuple[int, ...]) -> bool:
    """Whether a loop over a shape can read a value: one element for each, for each row, for each
    column, or for all.
    """
    if x.shape == shape or not x.shape:
        return True
    own = x.shape
    while own and own[0] == 1 and len(own) > 1:
        own = own[1:]
    if own == shape[-1:]:
        return True
    return x.shape == (*shape[:-1], 1)
