"""Compiled functions: traced once for each kind of arguments, and run as NumPy programs."""

from __future__ import annotations

import functools
import inspect
import threading
import warnings
import weakref
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np

from tinygrad_mnist.compiler import guards, passes
from tinygrad_mnist.compiler.names import name_rest
from tinygrad_mnist.compiler.program import Program
from tinygrad_mnist.compiler.source import Text, as_array
from tinygrad_mnist.compiler.structure import PLAIN, Unsupported, calls_for, key_of, take_apart
from tinygrad_mnist.compiler.trace import Refused, Trace, generators_put_back, owner, trace_call
from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.backward import grad
from tinygrad_mnist.core.inplace import mark_written
from tinygrad_mnist.core.record import join_history
from tinygrad_mnist.core.state import state
from tinygrad_mnist.core.tensor import Array, Tensor, shared_version, wrap

MOST_PROGRAMS = 64  # of one function; after that it runs eagerly for new kinds of arguments
LAYOUT = 3  # of an array's flags: whether it is contiguous in C's or in Fortran's order


class CompiledProgram:
    """One traced call, as two functions that run.

    Attributes:
        trace: what was traced.
        text: the program's text.
        forward: takes the inputs' arrays; returns the outputs' and what `backward` needs.
        backward: takes that and the outputs' gradients; returns the inputs' gradients.
    """

    def __init__(self, compiled: CompiledFunction, trace: Trace, guard: guards.Guard) -> None:
        self.compiled = compiled
        self.trace = trace
        self.guard = guard
        program = trace.program
        optimize(program, compiled.backend)
        name_rest(program)
        self.text = Text(program, compiled.name)
        self.forward, self.backward = self.text.functions()
        self.sources = _sources(trace, guard)
        self.differentiable = [
            place
            for place, g in enumerate(program.gradients)
            if g is not None and trace.tensors[place]._requires_grad
        ]
        self.constant = [i for i, has in enumerate(trace.differentiable) if not has]
        self.has_gradient = bool(self.differentiable) and any(trace.differentiable)
        saved = set(program.saved())
        self.read_later = [place for place, x in enumerate(program.inputs) if x in saved]
        kept = {x.root for x in saved}
        self.results_read_later = [
            place for place, x in enumerate(program.outputs) if x.root in kept
        ]
        written = program.written_roots()
        self.scalars = [
            place for place, x in enumerate(program.inputs) if not x.shape and x not in written
        ]
        self.result = calls_for(trace.structure)
        self.only_outputs = all(is_output for is_output, _ in trace.results)
        self._check()
        self._forget_samples()

    def inputs(self, arguments: Sequence[Tensor]) -> list[Tensor] | None:
        """The tensors that the program reads, of which one call is given some; None where one is
        not of the kind that was traced.
        """
        if not self.guard.holds():
            return None
        found = []
        for find, key, shape, dtype, layout, requires_grad, _ in self.sources:
            if find is not None:
                x = find(key)
                if x is None:
                    return None
            else:
                x = arguments[key]
            array = x.array
            if (
                array.shape != shape
                or array.dtype != dtype
                or array.flags.num & LAYOUT != layout
                or x.requires_grad is not requires_grad
            ):
                return None
            found.append(x)
        if self.trace.written and not self._are_apart(found):
            return None
        return found

    def _are_apart(self, tensors: Sequence[Tensor]) -> bool:
        """Whether what is written shares memory with no other input."""
        owners = [id(owner(x.array)) for x in tensors]
        return all(owners.count(owners[place]) == 1 for place in self.trace.written)

    def source(self, *, standalone: bool = True) -> str:
        """The program's text, with the functions beneath that it calls if `standalone`."""
        return self.text.standalone() if standalone else str(self.text)

    def run(self, tensors: list[Tensor], call: tuple[Any, Any]) -> Any:
        """The function's result for inputs that fit; `call` is what it was called with."""
        arrays: list[Any] = [x.array for x in tensors]
        for place in self.scalars:
            arrays[place] = arrays[place][()]
        records = self.has_gradient and state.recording
        again = None
        if records:
            again = _Again(self, call, tensors)
        results, saved = self.forward(*arrays)
        outs = [wrap(as_array(each)) for each in results]
        for place in self.trace.written:
            mark_written(tensors[place])
        if records:
            self._join(outs, tensors, saved, again)
        if self.only_outputs:
            return self.result(outs)
        chosen = [outs[i] if is_output else tensors[i] for is_output, i in self.trace.results]
        return self.result(chosen)

    def _join(
        self, outs: list[Tensor], tensors: list[Tensor], saved: list[Any], again: Any
    ) -> None:
        """Give the results one record, whose rule is the backward program."""
        places = self.differentiable
        read = [tensors[place] for place in self.read_later]
        for place in self.results_read_later:
            alias = wrap(outs[place].array)  # without a history, which would be a cycle
            alias._version_counter = shared_version(outs[place])
            read.append(alias)
        gradients_of = _Gradients(self, saved, [x.array for x in outs], again)

        def rule(
            given: tuple[Tensor | None, ...], read: Any = tuple(read)
        ) -> Sequence[Tensor | None]:
            return gradients_of(given)

        inputs = [tensors[place] for place in places]
        join_history(outs, "compiled_function", inputs, rule, constant=self.constant)

    # made once

    def _check(self) -> None:
        """Unsupported unless the program gives what the traced call gave."""
        trace = self.trace
        arrays: list[Any] = [x.sample for x in trace.program.inputs]
        for place in self.scalars:
            arrays[place] = arrays[place][()]
        written = [(trace.tensors[i], trace.tensors[i].array.copy()) for i in trace.written]
        with generators_put_back(trace.generators):
            results, saved = self.forward(*arrays)
        _set_arrays(written)
        expected, gradients = trace.expected
        for found, wanted in zip(results, expected, strict=True):
            _compare(self.compiled.name, "result", found, wanted)
        if not self.has_gradient:
            return
        seeds = [seed[()] if not seed.shape else seed for seed in trace.seeds]
        given = self.backward(saved, *seeds)
        for g, expected_g in zip(given, gradients, strict=True):
            if expected_g is not None:
                _compare(self.compiled.name, "gradient", g, expected_g)

    def _forget_samples(self) -> None:
        """Let go of the arrays and tensors of the traced call."""
        trace = self.trace
        for each in trace.program.instructions:
            for x in (*each.inputs, *each.outputs):
                if not x.is_constant:
                    x.sample = None
        for x in (*trace.program.inputs, *trace.program.seeds):
            x.sample = None
        trace.expected = ([], [])
        trace.seeds = []
        trace.tensors = []


class _Source(NamedTuple):
    """Where an input comes from, and of what kind it is.

    Attributes:
        find: gives the tensor of the key; None where the key is the place of an argument.
        key: see there.
        shape: of the array, as the next two.
        dtype: NumPy's.
        layout: whether it is contiguous.
        requires_grad: of the tensor.
        where: the dict of a module's parameters or buffers that it is in, or None.
    """

    find: Callable[[Any], Tensor | None] | None
    key: Any
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    layout: int
    requires_grad: bool
    where: dict[str, Any] | None


def _sources(trace: Trace, guard: guards.Guard) -> list[_Source]:
    """Where each input of a program comes from: a parameter or buffer from its module, so that
    another one put in its place is seen.
    """
    held = {id(tensor): (where, name) for where, name, tensor in guards.held_tensors(guard)}
    sources = []
    for place, x in zip(trace.arguments, trace.tensors, strict=True):
        find: Any = None
        key: Any = place
        where: Any = None
        if id(x) in held and place is None:
            where, key = held[id(x)]
            find = where.get
        elif place is None:
            find = _itself
            key = x
        array = x.array
        layout = array.flags.num & LAYOUT
        kind = (array.shape, array.dtype, layout, x._requires_grad)
        sources.append(_Source(find, key, *kind, where))
    return sources


def _itself(x: Tensor) -> Tensor:
    return x


class _Gradients:
    """The gradients of one call: by the backward program, or played on the tape where they are
    recorded themselves.
    """

    def __init__(
        self, program: CompiledProgram, saved: list[Any], outs: list[Array], again: Any
    ) -> None:
        self.program = program
        self.saved: list[Any] | None = saved
        self.shapes = [(x.shape, x.dtype) for x in outs]
        self.again = again

    def __call__(self, given: tuple[Tensor | None, ...]) -> list[Tensor | None]:
        program = self.program
        seeds = [
            g if g is not None else wrap(np.zeros(shape, dtype))
            for g, (shape, dtype), has in zip(
                given, self.shapes, program.trace.differentiable, strict=True
            )
            if has
        ]
        if state.recording or state.tracer is not None:
            found: list[Tensor | None] = self.again.gradients(seeds)
            return found
        assert self.saved is not None
        saved = self.saved if state.freeing else list(self.saved)
        if state.freeing:
            self.saved = None
        arrays = [g.array if g.array.shape else g.array[()] for g in seeds]
        made = program.backward(saved, *arrays)
        return [
            None if made[place] is None else wrap(as_array(made[place]))
            for place in program.differentiable
        ]


class _Again:
    """What it takes to play one call again on the tape: its arguments, the state of the random
    generators, and what it wrote.
    """

    def __init__(
        self, program: CompiledProgram, call: tuple[Any, Any], tensors: list[Tensor]
    ) -> None:
        self.program = program
        self.call = call
        self.tensors = tensors
        self.states: list[Any] = []
        if program.trace.draws:
            self.states = [
                (each, each.numpy.bit_generator.state) for each in program.trace.generators
            ]
        self.held = [
            (source.where, source.key, x)
            for source, x in zip(program.sources, tensors, strict=True)
            if source.where is not None
        ]
        self.before = [(tensors[i], tensors[i].array.copy()) for i in program.trace.written]

    @staticmethod
    def _hold(held: list[tuple[Any, Any, Any]]) -> list[tuple[Any, Any, Any]]:
        """Put tensors into their modules' places, as `functional_call` does; what was there."""
        before = []
        for where, name, x in held:
            before.append((where, name, where.get(name)))
            where[name] = x
        return before

    def gradients(self, seeds: list[Tensor]) -> list[Tensor | None]:
        """The inputs' gradients, recorded if the thread records."""
        program = self.program
        now = [(each, each.numpy.bit_generator.state) for each, _ in self.states]
        after = [(x, x.array.copy()) for x, _ in self.before]
        _set_states(self.states)
        _set_arrays(self.before)
        held_now = self._hold(self.held)
        create_graph = state.recording
        state.set_recording(True)
        try:
            args, kwargs = self.call
            found: list[Tensor] = []
            take_apart(program.compiled.function(*args, **kwargs), found)
            chosen = zip(found, program.trace.results, strict=True)
            outs = [x for x, (is_output, _) in chosen if is_output]
            roots = [x for x, has in zip(outs, program.trace.differentiable, strict=True) if has]
            inputs = [self.tensors[place] for place in program.differentiable]
            return list(grad(roots, inputs, seeds, create_graph=create_graph, allow_unused=True))
        finally:
            state.set_recording(create_graph)
            self._hold(held_now)
            _set_states(now)
            _set_arrays(after)


def _set_states(states: list[Any]) -> None:
    for generator, bits in states:
        generator.numpy.bit_generator.state = bits


def _set_arrays(arrays: list[tuple[Tensor, Array]]) -> None:
    for x, values in arrays:
        x.array[...] = values


def _compare(name: str, what: str, found: Any, wanted: Array) -> None:
    found = as_array(found)
    same = found.shape == wanted.shape and found.dtype == wanted.dtype
    if same and wanted.dtype.kind == "f":
        tolerance = {2: 1e-2, 4: 1e-4}.get(wanted.dtype.itemsize, 1e-9)
        scale = np.abs(wanted[np.isfinite(wanted)]).max(initial=1)
        with np.errstate(all="ignore"):
            same = np.allclose(
                found, wanted, rtol=tolerance, atol=tolerance * scale, equal_nan=True
            )
    elif same:
        same = np.array_equal(found, wanted)
    if not same:
        raise Unsupported(f"the program of {name} gave another {what} than the tape")


def optimize(program: Program, backend: str) -> None:
    """All passes, in their order."""
    passes.drop_dead(program)
    passes.lower(program)
    passes.fold_constants(program)
    passes.share_common(program)
    passes.read_through_broadcasts(program)
    passes.simplify(program)
    passes.drop_dead(program)
    if backend == "numba":
        passes.fuse(program)
    passes.plan_buffers(program)


class Refusal(NamedTuple):
    """Why calls of a kind run on the tape."""

    reason: str


class CompiledFunction:
    """A function that is traced once for each kind of arguments, and then run as a program.

    Attributes:
        function: what was compiled.
        name: what it is called in messages.
        backend: "numpy" or "numba".
        fullgraph: whether it is an error where the function cannot be one program.
        programs: for each kind of arguments what became of it, the latest first.
        on_refusal: called with nothing when a call has turned out not to be a program.
    """

    _alive: ClassVar[weakref.WeakSet[CompiledFunction]] = weakref.WeakSet()

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        name: str = "",
        backend: str = "numpy",
        fullgraph: bool = False,
        on_refusal: Callable[[], None] | None = None,
    ) -> None:
        functools.update_wrapper(self, function, updated=())
        self.function = function
        self.name = name or getattr(function, "__qualname__", type(function).__name__)
        self.backend = backend
        self.fullgraph = fullgraph
        self.programs: dict[Any, list[CompiledProgram | Refusal]] = {}
        self.on_refusal = on_refusal
        CompiledFunction._alive.add(self)
        self._count = 0
        self._told: set[str] = set()
        self._lock = threading.RLock()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if state.for_records[1]:
            return self._watched_call(args, kwargs)
        arguments: list[Tensor] = []
        key = None if kwargs else _quick_key(args, arguments)
        if key is None:
            arguments = []
            structure = take_apart((args, kwargs), arguments)
            facts = tuple(_facts(x) for x in arguments)
            try:
                others = key_of(structure)
            except Unsupported as reason:
                self._note_refusal(None, str(reason))
                return self.function(*args, **kwargs)
            key = (state.recording, state.inference, dtypes.default(), facts, others)
        for known in self.programs.get(key, ()):
            if isinstance(known, Refusal):
                return self.function(*args, **kwargs)
            tensors = known.inputs(arguments)
            if tensors is not None:
                return known.run(tensors, (args, kwargs))
        return self._first_call(key, arguments, args, kwargs)

    def _watched_call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """On the tape for a tracer and for anomaly detection; for a profiler as one operation."""
        profiler = state.profiler
        if profiler is None or state.tracer is not None or state.anomaly:
            return self.function(*args, **kwargs)
        span = profiler.begin(f"compiled::{self.name}", "cpu_op")
        state.set_profiler(None)
        try:
            return self(*args, **kwargs)
        finally:
            state.set_profiler(profiler)
            profiler.end(span)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """A compiled function in a class is a method."""
        return self if instance is None else functools.partial(self, instance)

    def source(self, *, standalone: bool = True) -> str:
        """The programs as Python text, the latest first.

        Args:
            standalone: put the functions beneath that the programs call, so that the text runs
                with nothing but NumPy.

        Raises:
            RuntimeError: if there is none yet: the function is compiled when it is called.
        """
        programs = [each for each in self._all() if isinstance(each, CompiledProgram)]
        if not programs:
            raise RuntimeError(f"compile: {self.name} was not called yet, or could not be compiled")
        return "\n\n".join(each.source(standalone=standalone) for each in programs)

    def refusals(self) -> list[str]:
        """Why calls ran eagerly."""
        return [each.reason for each in self._all() if isinstance(each, Refusal)]

    @staticmethod
    def forget_all() -> None:
        """Drop the programs of all compiled functions."""
        for each in list(CompiledFunction._alive):
            each.programs.clear()
            each._count = 0

    def _all(self) -> list[CompiledProgram | Refusal]:
        return [each for known in reversed(self.programs.values()) for each in known]

    def _first_call(self, key: Any, arguments: list[Tensor], args: Any, kwargs: Any) -> Any:
        with self._lock:
            if self._count >= MOST_PROGRAMS:
                reason = f"it was called with over {MOST_PROGRAMS} kinds of arguments"
                self._note_refusal(key, reason)
                return self.function(*args, **kwargs)
            self._count += 1
            try:
                guard = guards.collect(self.function, (args, kwargs))
            except Unsupported as reason:
                self._note_refusal(key, str(reason))
                return self.function(*args, **kwargs)
            names = _names(self.function, guard, args, kwargs)
            try:
                trace = trace_call(self.function, args, kwargs, arguments, names, guard)
            except Refused as refused:
                self._note_refusal(key, str(refused))
                return refused.result
            try:
                program = CompiledProgram(self, trace, guard)
            except Unsupported as reason:
                self._note_refusal(key, str(reason))
                return self.function(*args, **kwargs)
            self.programs.setdefault(key, []).insert(0, program)
        tensors = program.inputs(arguments)
        if tensors is None:
            return self.function(*args, **kwargs)
        return program.run(tensors, (args, kwargs))

    def _note_refusal(self, key: Any, reason: str) -> None:
        """Let calls of a kind run on the tape from here on, and say why once."""
        if self.fullgraph:
            raise RuntimeError(f"compile: {self.name} cannot be one program: {reason}")
        self.programs[key] = [Refusal(reason)]
        if self.on_refusal is not None:
            self.on_refusal()
        if reason not in self._told:
            self._told.add(reason)
            message = f"compile: {self.name} runs on the tape, not as a program: {reason}"
            warnings.warn(message, stacklevel=4)


def _facts(x: Tensor) -> tuple[Any, ...]:
    """What two tensors must have in common to be the argument of one program."""
    array = x.array
    return array.shape, array.dtype.char, array.flags.num & LAYOUT, x.requires_grad


def _quick_key(args: tuple[Any, ...], arguments: list[Tensor]) -> Any:
    """The kind of a call whose arguments are tensors and plain values; None for others."""
    parts: list[Any] = [state.recording, state.inference, dtypes.default()]
    for value in args:
        if isinstance(value, Tensor):
            if any(value is x for x in arguments):
                return None
            arguments.append(value)
            parts.append(_facts(value))
        elif isinstance(value, PLAIN) and not isinstance(value, slice):
            parts.append((type(value), repr(value) if type(value) is float else value))
        else:
            return None
    return tuple(parts)


def _names(
    function: Callable[..., Any], guard: guards.Guard, args: Any, kwargs: Any
) -> dict[int, str]:
    """What the program's text calls the tensors from outside, by their identity."""
    found = {id(x): path for path, x in guards.named_tensors(guard)}
    target: Any = getattr(function, "__self__", None)
    code_of = target.forward if guards.is_module(target) else function
    try:
        bound = inspect.signature(code_of).bind(*args, **kwargs)
    except (TypeError, ValueError):
        return found
    for name, value in bound.arguments.items():
        members = value if isinstance(value, tuple | list) else [value]
        for each in members:
            if isinstance(each, Tensor):
                found.setdefault(id(each), name)
    return found
