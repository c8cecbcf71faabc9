"""What a traced function becomes: values, and the instructions that compute them in a row.

    values        arrays of a known shape and dtype: inputs, constants, results
    instructions  a function of arrays, what it is called with, and what it returns

A value that is a view of another has that one's `root`: the memory that both share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Value:
    """One array of a program.

    Attributes:
        shape: its shape.
        dtype: its NumPy dtype.
        sample: what it was when the function was traced; dropped once the program is made.
        root: the value whose memory it shares; itself where it has memory of its own.
        is_input: whether it comes from outside at each call.
        is_constant: whether it is the same at each call: `sample`.
        name: how the program's text calls it; empty until it is named.
    """

    __slots__ = ("dtype", "is_constant", "is_input", "name", "root", "sample", "shape")

    root: Value

    def __init__(self, sample: Array, root: Value | None = None) -> None:
        self.shape = sample.shape
        self.dtype = sample.dtype
        self.sample: Any = sample
        self.root = self if root is None else root.root
        self.is_input = False
        self.is_constant = False
        self.name = ""

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self.shape, dtype=np.int64))

    def __repr__(self) -> str:
        return f"<{self.name or 'value'} {self.dtype} {self.shape}>"


class Instruction:
    """One call of a function of arrays.

    Attributes:
        kind: "operation", "view", "draw" or "write", as in `core.state.Step`.
        operation: the operation's name on the tape.
        function: what is called.
        inputs: its positional arguments.
        options: its keyword arguments.
        outputs: what it returns; nothing for a write.
        into: the input whose memory the result takes, or None: a plan of the buffers' pass.
        alone: whether the function returns its only output as it is, not in a tuple.
    """

    __slots__ = ("alone", "function", "inputs", "into", "kind", "operation", "options", "outputs")

    def __init__(
        self,
        kind: str,
        operation: str,
        function: Callable[..., Any],
        inputs: Sequence[Value],
        options: dict[str, Any],
        outputs: Sequence[Value],
        alone: bool = True,
    ) -> None:
        self.kind = kind
        self.operation = operation
        self.function = function
        self.inputs = list(inputs)
        self.options = options
        self.outputs = list(outputs)
        self.into: Value | None = None
        self.alone = alone

    @property
    def is_pointwise(self) -> bool:
        """Whether each element of the one result depends on the same element of each input."""
        return (
            isinstance(self.function, np.ufunc)
            and self.function.signature is None
            and len(self.outputs) == 1
            and self.function.nin == len(self.inputs)
        )

    def __repr__(self) -> str:
        name = getattr(self.function, "__name__", str(self.function))
        return f"<{name} {self.inputs} -> {self.outputs}>"


class Program:
    """A forward and a backward part, both without branches.

    Attributes:
        inputs: the values that come from outside, in the order in which they are given.
        forward: the instructions of the function itself.
        outputs: what it returns.
        backward: the instructions of the gradients; they may read anything of the forward part.
        seeds: the outputs' gradients, which the backward part starts with.
        gradients: of each input; None for one without.
    """

    def __init__(self) -> None:
        self.inputs: list[Value] = []
        self.forward: list[Instruction] = []
        self.outputs: list[Value] = []
        self.backward: list[Instruction] = []
        self.seeds: list[Value] = []
        self.gradients: list[Value | None] = []

    @property
    def instructions(self) -> list[Instruction]:
        """Those of both parts."""
        return self.forward + self.backward

    @property
    def results(self) -> list[Value]:
        """What both parts are for."""
        return self.outputs + [g for g in self.gradients if g is not None]

    def written_roots(self) -> set[Value]:
        """The memories that are written in place somewhere."""
        return {each.inputs[0].root for each in self.instructions if each.kind == "write"}

    def saved(self) -> list[Value]:
        """What the backward part reads of the forward part and of the inputs, in a fixed order."""
        made = {out for each in self.backward for out in each.outputs} | set(self.seeds)
        wanted = [x for each in self.backward for x in each.inputs]
        wanted += [g for g in self.gradients if g is not None]
        found: dict[Value, None] = {}
        for x in wanted:
            if x not in made and not x.is_constant:
                found[x] = None
        return list(found)

    def replace(self, table: dict[Value, Value]) -> None:
        """Put other values where some are read or returned."""
        if not table:
            return
        for each in self.instructions:
            each.inputs = [table.get(x, x) for x in each.inputs]
        self.outputs = [table.get(x, x) for x in self.outputs]
        self.gradients = [None if g is None else table.get(g, g) for g in self.gradients]

    def without(self, dropped: Iterable[Instruction]) -> None:
        """Take instructions out."""
        gone = set(map(id, dropped))
        self.forward = [each for each in self.forward if id(each) not in gone]
        self.backward = [each for each in self.backward if id(each) not in gone]
