"""Tracing: one call of a function, watched, and everything that it did as a program.

The call runs on the tape as ever. What it drew and wrote is put back afterwards, so that the
program made of it can do the same again, as the first real call.
"""

from __future__ import annotations

import gc
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_mnist.compiler.guards import ALL, Guard, names_read
from tinygrad_mnist.compiler.names import name_values
from tinygrad_mnist.compiler.program import Array, Instruction, Program, Value
from tinygrad_mnist.compiler.structure import Unsupported, take_apart
from tinygrad_mnist.core.backward import grad
from tinygrad_mnist.core.record import Node
from tinygrad_mnist.core.state import Changes, Step, state
from tinygrad_mnist.core.tensor import Tensor, same_array, wrap
from tinygrad_mnist.ops.random import Generator, default_generator

PACKAGE = str(Path(__file__).parent.parent)


class Tracer(list[Step]):
    """A list of steps that remembers what a later step may change.

    Attributes:
        arrays: for each step its inputs' and outputs' arrays, as they were then.
        written: by the identity of an array that owns memory, the array and its elements before
            the first write.
        where: for the first step that cannot be part of a program, its place in the user's code.
    """

    def __init__(self) -> None:
        super().__init__()
        self.arrays: list[tuple[list[Array], list[Array]]] = []
        self.written: dict[int, tuple[Array, Array]] = {}
        self.where = ""

    def append(self, step: Step) -> None:
        """Note a step."""
        super().append(step)
        self.arrays.append(([x.array for x in step.inputs], [x.array for x in step.outputs]))
        if step.kind == "write":
            memory = owner(step.inputs[0].array)
            self.written.setdefault(id(memory), (memory, memory.copy()))
        elif step.kind == "read" and not self.where:
            self.where = _users_line()

    def generators(self) -> set[Generator]:
        """What random numbers were drawn from."""
        found: set[Generator] = {default_generator}
        for step in self:
            generator = step.options.get("generator")
            if isinstance(generator, Generator):
                found.add(generator)
        return found

    def put_back(self) -> None:
        """Let written memory hold again what it held before."""
        for memory, before in self.written.values():
            if memory.flags.writeable:
                memory[...] = before


class Trace:
    """What one call did.

    Attributes:
        program: the call as a program, not yet simplified.
        arguments: for each input of the program the place of the argument that it is, or None.
        tensors: for each input the tensor that it was.
        structure: of the result, see `compiler.structure`.
        results: for each tensor of the result: the number of the program's output, or the input
            that it is, as (is_output, number).
        differentiable: for each output of the program whether it has a gradient.
        expected: the outputs' and gradients' arrays of the traced call, with which a program can be
            compared.
        seeds: the outputs' gradients that these gradients were computed from.
        written: the inputs whose memory the function writes.
        records: for each value the operation on the tape that it comes from; of the backward part
            the one whose rule computed it.
        draws: whether it draws random numbers.
        generators: what it draws them from.
    """

    program: Program
    arguments: list[int | None]
    tensors: list[Tensor]
    structure: Any
    results: list[tuple[bool, int]]
    differentiable: list[bool]
    expected: tuple[list[Array], list[Array | None]]
    seeds: list[Array]
    written: list[int]
    records: dict[Value, str]
    draws: bool
    generators: list[Generator]


class Refused(Exception):
    """A call that cannot be a program, and has been made all the same.

    Attributes:
        result: what it returned: the tape's.
    """

    def __init__(self, reason: str, result: Any) -> None:
        super().__init__(reason)
        self.result = result


def trace_call(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    arguments: Sequence[Tensor],
    names: dict[int, str],
    guard: Guard,
) -> Trace:
    """One call of a function as a program.

    Args:
        function: what is called.
        args: its positional arguments.
        kwargs: its keyword arguments.
        arguments: the tensors among both.
        names: what tensors are called, by their identity.
        guard: what the function reads besides; it must not change that.

    Raises:
        Refused: where the call did something that a program cannot do.
        Exception: what the function itself raises.
    """
    existing = [each for each in gc.get_objects() if issubclass(type(each), Tensor)]
    generators = [
        (each, each.numpy, each.numpy.bit_generator.state) for each in list(Generator.alive)
    ]
    tracer = Tracer()
    changes = Changes.count
    others = _other_random_states()
    with _watched_by(tracer):
        with names_read() as read:
            result = function(*args, **kwargs)
        try:
            if Changes.count != changes:
                raise Unsupported("it sets an attribute of a module")
            if _other_random_states() != others:
                raise Unsupported("it draws Python's or NumPy's own random numbers")
            drawn_from = tracer.generators()
            if any(each.numpy is not bits for each, bits, _ in generators if each in drawn_from):
                raise Unsupported("it seeds a random generator")
            if not guard.holds():
                raise Unsupported("it changes what it reads: a number, a list or an attribute")
            builder = _Builder(tracer, existing, arguments, names)
            builder.add_forward(result)
            builder.add_backward()
        except Unsupported as refused:
            raise Refused(str(refused), result) from None
    guard.keep_only(None if ALL in read else read)
    builder.trace.generators = list(drawn_from)
    tracer.put_back()
    for each, bits, before in generators:
        if each in drawn_from:
            bits.bit_generator.state = before
    return builder.trace


def _other_random_states() -> tuple[Any, Any]:
    """Where Python's and NumPy's own random numbers are."""
    words: Any = np.random.get_state()  # noqa: NPY002 (what the function may draw from)
    return random.getstate(), (words[1].tobytes(), words[2:])


def owner(array: Array) -> Array:
    """The array whose memory another one sees."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


@contextmanager
def _watched_by(tracer: Tracer) -> Iterator[None]:
    before = state.tracer
    state.set_tracer(tracer)
    try:
        yield
    finally:
        state.set_tracer(before)


@contextmanager
def generators_put_back(generators: Sequence[Generator]) -> Iterator[None]:
    """A with-block at whose end generators go on from where they were before."""
    bits = [each.numpy.bit_generator for each in generators]
    states = [each.state for each in bits]
    try:
        yield
    finally:
        for each, before in zip(bits, states, strict=True):
            each.state = before


def _users_line() -> str:
    """The innermost line of code outside this package that is running."""
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    if frame is None:
        return ""
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


class _Builder:
    """Makes a program of a tracer's steps, the forward part first."""

    def __init__(
        self,
        tracer: Tracer,
        existing: Sequence[Tensor],
        arguments: Sequence[Tensor],
        input_names: dict[int, str],
    ) -> None:
        self.input_names: dict[Value, str] = {}
        self.names_of = input_names
        self.tracer = tracer
        self.outside = {id(x) for x in (*existing, *arguments)}
        self.given = arguments
        self.kept = list(existing)  # so that no identity is given to another tensor
        self.places = {id(x): place for place, x in enumerate(arguments)}
        self.values: dict[int, Value] = {}
        self.roots: dict[int, Value] = {}
        self.nodes: dict[int, Value] = {}
        self.done = 0
        self.outs: list[Tensor] = []
        self.trace = Trace()
        self.trace.program = Program()
        self.trace.arguments = []
        self.trace.tensors = []
        self.trace.draws = False
        self.trace.records = {}
        self.record = ""  # whose rule is at work

    # the forward part

    def add_forward(self, result: Any) -> None:
        """The steps so far, and what the function returned."""
        trace = self.trace
        program = trace.program
        for x in self.given:
            self.value_of(x)  # the arguments are the first inputs
        program.forward = self.add_steps()
        found: list[Tensor] = []
        trace.structure = take_apart(result, found, is_result=True)
        self._copy_written_constants()
        trace.results = []
        given_away: set[Value] = set()
        for x in found:
            trace.results.append(self._add_result(x, given_away))
        name_values(program, self.input_names)
        trace.differentiable = [bool(x._requires_grad) and state.recording for x in self.outs]
        trace.written = [
            place
            for place, value in enumerate(program.inputs)
            if value.root in program.written_roots()
        ]
        if trace.written:
            self._refuse_shared_memory()

    def _copy_written_constants(self) -> None:
        """Let what the function made and then wrote into be made anew at each call."""
        program = self.trace.program
        written = program.written_roots()
        table: dict[Value, Value] = {}
        for x in [x for each in program.forward for x in each.inputs]:
            if x.is_constant and x.root in written and x not in table:
                table[x] = Value(x.sample)
        copies = [
            Instruction("operation", "new", np.copy, [x], {"order": "K"}, [own])
            for x, own in table.items()
        ]
        for each in program.forward:
            each.inputs = [table.get(x, x) for x in each.inputs]
            for out in each.outputs:
                out.root = table.get(out.root, out.root)
        for known in (self.values, self.roots):
            for key, x in known.items():
                known[key] = table.get(x, x)
        program.forward = copies + program.forward

    def _add_result(self, x: Tensor, given_away: set[Value]) -> tuple[bool, int]:
        """Note a tensor of the result; it gets memory that no other result shares."""
        program = self.trace.program
        x.requires_grad  # noqa: B018 (brings the history of a view up to date)
        value = self.value_of(x)
        if value.is_input:
            return False, program.inputs.index(value)
        if value.root.is_input:
            raise Unsupported("it returns a view of an argument or of a parameter")
        if value.is_constant or value.root in given_away or value.root.is_constant:
            copied = Value(x.array.copy(order="K"))
            program.forward.append(
                Instruction("operation", "clone", np.copy, [value], {"order": "K"}, [copied])
            )
            value = copied
        given_away.add(value.root)
        program.outputs.append(value)
        self.outs.append(x)
        return True, len(program.outputs) - 1

    def _refuse_shared_memory(self) -> None:
        owners = [id(owner(x.array)) for x in self.trace.tensors]
        for place in self.trace.written:
            if owners.count(owners[place]) > 1:
                raise Unsupported("it writes into memory that two of its inputs share")
            if self.trace.tensors[place]._requires_grad and state.recording:
                raise Unsupported("it writes into a tensor that requires a gradient")

    # the backward part

    def add_backward(self) -> None:
        """The gradients of the outputs by the inputs, from the tape."""
        trace = self.trace
        program = trace.program
        trace.seeds = []
        trace.expected = ([x.array.copy() for x in self.outs], [])
        program.gradients = [None] * len(program.inputs)
        wanted = [
            place for place, x in enumerate(trace.tensors) if x._requires_grad and state.recording
        ]
        roots = [x for x, has in zip(self.outs, trace.differentiable, strict=True) if has]
        found: Sequence[Tensor | None] = [None] * len(trace.tensors)
        if roots and wanted:
            for x in roots:
                seed = wrap(_seed(x.array))
                value = Value(seed.array)
                self.values[id(seed)] = value
                self.kept.append(seed)
                program.seeds.append(value)
                trace.seeds.append(seed.array)
            seeds = self.kept[-len(roots) :]
            leaves = [trace.tensors[place] for place in wanted]
            gradients: Any = self._gradients(roots, leaves, seeds)
            found = list(found)
            for place, g in zip(wanted, gradients, strict=True):
                found[place] = g
        program.backward = self.add_steps()
        for place, g in enumerate(found):
            trace.expected[1].append(None if g is None else g.array)
            if g is not None:
                program.gradients[place] = self._own_gradient(g)
        self._refuse_changed_inputs()

    def _gradients(
        self, roots: list[Tensor], leaves: list[Tensor], seeds: Sequence[Tensor]
    ) -> tuple[Tensor, ...]:
        """The tape's gradients, without what hooks on the leaves would do to them."""
        hooks = [(x, x._hooks) for x in leaves]
        nodes = [(x._grad_fn, x._grad_fn.hooks) for x in leaves if x._grad_fn is not None]
        for x, _ in hooks:
            x._hooks = None
        for node, _ in nodes:
            node.hooks = None
        try:
            return grad(roots, leaves, list(seeds), retain_graph=True, allow_unused=True)
        finally:
            for x, before in hooks:
                x._hooks = before
            for node, before in nodes:
                node.hooks = before

    def _own_gradient(self, g: Tensor) -> Value:
        """The value of a gradient, copied where others share its memory."""
        value = self.value_of(g)
        program = self.trace.program
        others = {each.root for each in program.gradients if each is not None}
        others |= {each.root for each in (*program.outputs, *program.seeds, *program.inputs)}
        if not value.is_constant and value.root not in others:
            return value
        copied = Value(g.array.copy(order="K"))
        program.backward.append(
            Instruction("operation", "clone", np.copy, [value], {"order": "K"}, [copied])
        )
        return copied

    def _refuse_changed_inputs(self) -> None:
        """Gradients must not read what the function itself wrote afterwards."""
        program = self.trace.program
        written = program.written_roots()
        for value in program.saved():
            if value.root in written and value.root.is_input:
                raise Unsupported("its gradient reads memory from outside that it writes")
        outside = {value.root for value in program.inputs}
        for each in program.backward:
            if each.kind == "write" and each.inputs[0].root in outside:
                raise Unsupported("its gradient writes into memory from outside")

    # steps

    def add_steps(self) -> list[Instruction]:
        """The instructions of the steps since the last time."""
        instructions = []
        steps = self.tracer[self.done :]
        arrays = self.tracer.arrays[self.done :]
        self.done = len(self.tracer)
        traced_writes = 0
        for step, (before, after) in zip(steps, arrays, strict=True):
            if step.kind == "read":
                at = f" at {self.tracer.where}" if self.tracer.where else ""
                raise Unsupported(f"'{step.name}' reads a tensor's values in Python{at}")
            if step.kind == "write":
                traced_writes += 1
                instructions.append(self._write(step, before))
            elif step.kind == "written":
                traced_writes -= 1
                if traced_writes < 0:
                    raise Unsupported("it writes into a tensor past the tape")
            elif step.kind == "gradient":
                self._name_gradient(step)
            else:
                made = self._instruction(step, before, after)
                if made is not None:
                    instructions.append(made)
            self.trace.draws = self.trace.draws or step.kind == "draw"
        return instructions

    def _write(self, step: Step, arrays: list[Array]) -> Instruction:
        target, value = (
            self.value_of(x, array) for x, array in zip(step.inputs, arrays, strict=True)
        )
        return Instruction("write", step.name, step.function, [target, value], {}, [])

    def _instruction(
        self, step: Step, before: list[Array], after: list[Array]
    ) -> Instruction | None:
        inputs = [self.value_of(x, array) for x, array in zip(step.inputs, before, strict=True)]
        if step.function is same_array:
            self.values[id(step.outputs[0])] = inputs[0]
            self._note_node(step.outputs[0], inputs[0])
            return None
        outputs = []
        for x, array in zip(step.outputs, after, strict=True):
            out = Value(array)
            out.root = self.roots.setdefault(id(owner(array)), out)
            self.values[id(x)] = out
            self._note_node(x, out)
            outputs.append(out)
        self.trace.records.update(dict.fromkeys(outputs, self.record or step.name))
        kind = step.kind
        if kind == "operation" and len(outputs) == 1 and outputs[0].root is not outputs[0]:
            kind = "view"  # a function that returned its input, or a part of it
        return Instruction(
            kind, step.name, step.function, inputs, step.options, outputs, not step.joint
        )

    def _note_node(self, x: Tensor, value: Value) -> None:
        node = x._grad_fn
        if node is None:
            return
        if node.hooks is not None:
            raise Unsupported("a hook or retain_grad() wants the gradient of an inner tensor")
        self.nodes.setdefault(id(node), value)

    def _name_gradient(self, step: Step) -> None:
        self.record = step.name
        node: Node = step.options["node"]
        value = self.nodes.get(id(node))
        gradient = self.values.get(id(step.inputs[0]))
        if value is not None and gradient is not None and value.name and not gradient.name:
            gradient.name = f"grad_{value.name}"

    def value_of(self, x: Tensor, array: Array | None = None) -> Value:
        """The value that a tensor is; one that no step made comes from outside, or is constant."""
        value = self.values.get(id(x))
        if value is not None:
            return value
        array = x.array if array is None else array
        value = Value(array)
        value.root = self.roots.setdefault(id(owner(array)), value)
        self.values[id(x)] = value
        if id(x) in self.outside:
            value.is_input = True
            value.root = self.roots[id(owner(array))] = value
            self.trace.program.inputs.append(value)
            self.trace.arguments.append(self.places.get(id(x)))
            self.trace.tensors.append(x)
            self.input_names[value] = self.names_of.get(id(x), "")
        else:
            value.is_constant = True
            self.kept.append(x)
        return value


def _seed(array: Array) -> Array:
    """Numbers for an output's gradient: no two alike, none 0, and 1 for a scalar."""
    if array.size <= 1:
        return np.ones_like(array)
    return np.linspace(0.5, 1.5, array.size, dtype=array.dtype).reshape(array.shape)
