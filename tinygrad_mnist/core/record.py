"""The tape: what was computed from what.

The only file that knows the graph. An operation hands `record` the function that computes it on
arrays and, beside each input, the rule for that input's gradient:

    record("mul", np.multiply, (a, lambda g: g * b), (b, lambda g: g * a))

`record` computes the result, and notes the rules of those inputs that need a gradient. A rule is
written in the framework's own operations. While a backward pass runs it with recording off it
costs what NumPy costs; with recording on (`create_graph`) the gradient has a history of its own,
and so a gradient. What holds for all:

- Broadcasting and casting are undone in one place: a rule may return a gradient of the broadcast
shape.
- The function is NumPy's or a module's own, never a closure, and its keyword arguments hold all
that is not
  a tensor: so a tracer that sees it can call it again on other arrays.
- An input that is read but gets no gradient (a condition, an index, random bits) has the rule None.
- A rule closes over tensors, never over their arrays: what it closes over is what it reads, and is
  checked against later writes in place. The result itself is not closed over (that would be a
  cycle) but taken as a second argument by the rules of `record(..., output=True)`.
- A rule returns `g`, a view of it, or a new tensor, never one that it closes over.
- A record's index is the time of one clock, which writes in place also read. So a value is stale
  exactly if its memory was written after the record that reads it.

`record_view` is for results that share their input's memory, `record_joint` for several results
with one rule for all of them, `record_draw` for random numbers. Writes in place are in `inplace`.
"""

from __future__ import annotations

import functools
import itertools
import traceback
import weakref
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np

from tinygrad_mnist.core.refusals import refuse_other_types
from tinygrad_mnist.core.state import Step, state
from tinygrad_mnist.core.tensor import Array, Tensor, same_array, shared_version, wrap
from tinygrad_mnist.extras import MissingPackageError

Rule = Callable[..., Tensor | None]
Hook = Callable[[Tensor], Tensor | None]
Edge = tuple[Tensor, Rule | None]

_new = object.__new__
tick = itertools.count(1).__next__


class Clock:
    """The time that records and writes share."""

    last_write = 0  # the time of the latest write in place, to any memory


class Hooks:
    """What a record does with the gradient of its result before its rules run.

    Attributes:
        functions: called with the gradient; each may return another.
        after: called with a leaf once its gradient has been added to its `grad`.
        retained: a weak reference to the tensor whose `grad` keeps the gradient (`retain_grad`),
            or None.
        completes: the leaves that no earlier record gives a gradient: theirs is whole once the
            rules of this record have run.
    """

    __slots__ = ("after", "completes", "functions", "retained")

    def __init__(self) -> None:
        self.functions: dict[Any, Hook] = {}
        self.after: dict[Any, Callable[[Tensor], None]] = {}
        self.retained: weakref.ref[Tensor] | None = None
        self.completes: list[Tensor] = []


class Node:
    """A record: one operation's result and the rules of its inputs that need a gradient.

    Attributes:
        operation: its name.
        edges: where each gradient goes, with the rule that makes it; None once the record is freed.
        index: the clock's time; a backward pass goes from the latest record to the earliest.
        shape: of the result.
        dtype: of the result.
        hooks: what is done with the gradient of the result, if anything.
        result: the result without history, where rules read it.
        trace: where the record was made; only there if anomaly detection was on.
    """

    __slots__ = (
        "__weakref__",
        "dtype",
        "edges",
        "hooks",
        "index",
        "operation",
        "result",
        "shape",
        "trace",
    )

    dtype: np.dtype[Any]
    edges: Sequence[tuple[Source, Any]] | None
    hooks: Hooks | None
    index: int
    operation: str
    result: Tensor | None
    shape: tuple[int, ...]
    trace: list[str]

    def name(self) -> str:
        """The operation in PyTorch's spelling, `MulBackward0`; a Function's without the 0."""
        if self.operation.endswith("Backward"):
            return self.operation
        return (
            "".join(part[:1].upper() + part[1:] for part in self.operation.split("_")) + "Backward0"
        )

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """The records (or leaves) that this one passes gradients to."""
        return tuple(
            (source.named() if isinstance(source, Node) else AccumulateGrad(source), 0)
            for source in self.sources()
        )

    def named(self) -> Node:
        """This record, of a class that is named as the operation: what programs print."""
        if self.__class__ in PLAIN_NODES:
            self.__class__ = named_class(self.__class__, self.name())
        return self

    def sources(self) -> list[Source]:
        """Where the gradients go; nowhere once the record is freed."""
        return [source for source, _ in self.edges or ()]

    def register_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(gradient)` before this record's rules run."""
        if self.hooks is None:
            self.hooks = Hooks()
        return add_hook(self.hooks.functions, hook)

    def __repr__(self) -> str:
        return f"<{self.name()} object at {id(self):#x}>"


class JointNode(Node):
    """The record of an operation with several results, and one rule for all of them.

    Attributes:
        edges: where each gradient goes, with the place of its input.
        rule: takes the gradients of all results (None for those without), and with `results`
            these, and returns a gradient (or None) for every input.
        results: the results without history, where the rule reads them.
        differentiable: for each result, whether it has a gradient.
    """

    __slots__ = ("differentiable", "results", "rule")

    differentiable: tuple[bool, ...]
    rule: Callable[..., Sequence[Tensor | None]] | None
    results: tuple[Tensor, ...] | None


class OutputNode(Node):
    """One result of a joint record: what its tensor has for a `grad_fn`.

    Attributes:
        joint: the record it is a result of.
        place: which of the results.
    """

    __slots__ = ("joint", "place")

    joint: JointNode
    place: int

    def sources(self) -> list[Source]:
        """Where the joint record's gradients go."""
        return self.joint.sources()


PLAIN_NODES = (Node, JointNode, OutputNode)


def _named_class(base: Any, name: str) -> Any:
    return type(name, (base,), {"__slots__": ()})


named_class: Any = functools.cache(_named_class)


class AccumulateGrad:
    """Stands for a leaf in `next_functions`: where a gradient ends up in `.grad`."""

    next_functions: tuple[()] = ()

    def __init__(self, variable: Tensor) -> None:
        self.variable = variable

    def name(self) -> str:
        """Its kind, in PyTorch's spelling."""
        return "torch::autograd::AccumulateGrad"

    def __repr__(self) -> str:
        return f"<AccumulateGrad object at {id(self):#x}>"


Source = Node | Tensor  # where a gradient goes: a record, or a leaf tensor


class RemovableHandle:
    """Takes a hook out again by `remove()`, or at the end of a `with` block.

    Args:
        hooks_dict: the hooks, under their handles' ids.
        extra_dict: a dict, or several, in which the id is taken out too.
        id: under what the hook is kept; by default a number of its own, so that a function that
            was registered twice has two handles, each of which takes out its own.
    """

    next_id = 0

    def __init__(self, hooks_dict: Any, *, extra_dict: Any = None, id: Any = None) -> None:
        if id is None:
            id = RemovableHandle.next_id
            RemovableHandle.next_id += 1
        self.id = id
        self.hooks_dict = hooks_dict
        self.extra_dicts = extra_dict if isinstance(extra_dict, list) else [extra_dict or {}]

    def remove(self) -> None:
        """Take the hook out; nothing happens if it is out already."""
        for hooks in (self.hooks_dict, *self.extra_dicts):
            hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


def add_hook(hooks: dict[Any, Any], hook: Any, id: Any = None) -> RemovableHandle:
    """Keep a hook among others; the handle takes it out again."""
    handle = RemovableHandle(hooks, id=id)
    hooks[handle.id] = hook
    return handle


# one result ----------------------------------------------------------------------------------


def record(
    name: str, function: Callable[..., Any], *edges: Edge, output: bool = False, **options: Any
) -> Tensor:
    """`function` of the inputs' arrays as a tensor, with a record of it where an input needs a
    gradient.

    Args:
        name: the operation, as errors and drawings name it.
        function: called with the inputs' arrays, and `options`; returns an array or NumPy's scalar.
        edges: pairs of an input and the rule for its gradient, called with the result's gradient;
            the rule is None where an input gets none.
        output: whether the rules also take the result, as second argument.
        options: keyword arguments of the function.

    Returns:
        The result as a tensor.

    Raises:
        RuntimeError: where the inputs' shapes do not fit.
    """
    recording, watched = state.for_records
    sources = None
    compute = timed(name, function) if watched else function
    try:
        if recording:
            sources = []
            for x, rule in edges:
                if x._view is not None:
                    x._view.refresh(x)
                if x._requires_grad and rule is not None:
                    sources.append((x._grad_fn or x, rule))
        if options or len(edges) > 2:
            result = compute(*[x.array for x, _ in edges], **options)
        elif len(edges) == 2:  # the same, but quicker
            result = compute(edges[0][0].array, edges[1][0].array)
        else:
            result = compute(edges[0][0].array)
    except ValueError as error:
        raise mismatch(name, [x.array for x, _ in edges], error) from None
    except AttributeError:
        refuse_other_types(name, *[x for x, _ in edges])
        raise
    except MissingPackageError as error:
        raise error.of(name) from None
    if result.__class__ is not np.ndarray:
        result = np.asarray(result)
    tensor = _new(Tensor)  # as in `wrap`: a call would take as long as all of these
    tensor.array = result
    tensor._grad = tensor._version_counter = tensor._view = tensor._hooks = None
    if sources:
        tensor._requires_grad = True
        tensor._grad_fn = node = _new(Node)
        node.operation = name
        node.edges = sources
        node.index = tick()
        node.shape = result.shape
        node.dtype = result.dtype
        node.hooks = None
        node.result = _without_history(tensor) if output else None
    else:
        tensor._requires_grad = False
        tensor._grad_fn = None
    if watched:
        _tell(Step("operation", name, function, options, tuple(x for x, _ in edges), (tensor,)))
    return tensor


def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function of a record, through the profiler where there is one."""
    profiler = state.profiler
    return function if profiler is None else functools.partial(profiler.call, name, function)


def _tell(step: Step) -> None:
    """Let those who watch have a step: the tracer, and with anomaly detection the record itself."""
    if state.tracer is not None:
        state.tracer.append(step)
        for out, result in _read_by_rules(step.outputs):
            tell_alias(out, result)
    if state.anomaly:
        for out in step.outputs:
            if out._grad_fn is not None:
                out._grad_fn.trace = traceback.format_stack()[:-3]


def _read_by_rules(outputs: Sequence[Tensor]) -> list[tuple[Tensor, Tensor]]:
    """The results of a record that its rules read, each with the tensor without history that stands
    for it there.
    """
    for out in outputs:
        node = out._grad_fn
        if isinstance(node, OutputNode):
            return list(zip(outputs, node.joint.results or (), strict=False))
        if node is not None and node.result is not None:
            return [(out, node.result)]
    return []


def tell_alias(x: Tensor, alias: Tensor) -> None:
    """Let a tracer know of a tensor that has x's very array."""
    if state.tracer is not None:
        state.tracer.append(Step("view", "detach", same_array, {}, (x,), (alias,)))


def attach_history(tensor: Tensor, name: str, *edges: Edge) -> None:
    """Give a tensor that exists a record of its own, in place of the history that it had."""
    if not state.recording:
        set_history(tensor, None)
        return
    sources = []
    for x, rule in edges:
        refresh(x)
        if x._requires_grad and rule is not None:
            sources.append((x._grad_fn or x, rule))
    set_history(tensor, _node(Node, name, tensor.array, sources) if sources else None)


def set_history(tensor: Tensor, node: Node | None) -> None:
    """Let a node (or nothing) be what the tensor comes from; a retained gradient is that of the
    tensor as it is now.
    """
    before = tensor._grad_fn
    tensor._grad_fn = node
    tensor._requires_grad = node is not None
    hooks = None if before is None else before.hooks
    if node is None or hooks is None or hooks.retained is None or hooks.retained() is not tensor:
        return
    if node.hooks is None:
        node.hooks = Hooks()
    node.hooks.retained = hooks.retained
    hooks.retained = None


def _node(kind: type[Node], name: str, array: Array, edges: Any) -> Any:
    node = _new(kind)
    node.operation = name
    node.edges = edges
    node.index = tick()
    node.shape = array.shape
    node.dtype = array.dtype
    node.hooks = None
    node.result = None
    return node


def _without_history(tensor: Tensor) -> Tensor:
    """The same memory, watched for writes, as rules read it: without the history, which would be a
    cycle.
    """
    out = wrap(tensor.array)
    out._version_counter = shared_version(tensor)
    return out


def mismatch(name: str, arrays: Sequence[Array], error: Exception) -> RuntimeError:
    """The error for inputs that do not fit: the last dimension that clashes, named, or NumPy's
    words.
    """
    shapes = [array.shape for array in arrays]
    for place, m in enumerate(shapes):
        for n in shapes[place + 1 :]:
            for d in range(1, min(len(m), len(n)) + 1):
                if m[-d] != n[-d] and 1 not in (m[-d], n[-d]):
                    return RuntimeError(
                        f"{name}: The size of tensor a ({m[-d]}) must match the size of tensor b"
                        f" ({n[-d]}) at"
                        f" non-singleton dimension {max(len(m), len(n)) - d}: got shapes {m} and"
                        f" {n}"
                    )
    return RuntimeError(f"{name}: {error}; got {', '.join(f'{a.dtype} {a.shape}' for a in arrays)}")


# views ---------------------------------------------------------------------------------------

NEVER = float("inf")  # when a view made under no_grad was recorded


class View:
    """How a tensor is seen through another's memory, so that its history can be made anew after a
    write.

    Attributes:
        name: the operation.
        function: gives the view's array of the base's, with `options`.
        rule: for the base's gradient.
        born: the clock's time when the view was made.
        made: the time when its history was made; NEVER under `no_grad`.
        replaces: whether the tensor took this view of itself in place (`t_` and its kin).
    """

    __slots__ = ("_base", "born", "function", "made", "name", "options", "replaces", "rule")

    def __init__(
        self,
        name: str,
        base: Tensor,
        function: Callable[..., Array],
        options: dict[str, Any],
        rule: Rule | None,
    ) -> None:
        self.name = name
        self._base = base
        self.function = function
        self.options = options
        self.rule = rule
        self.born = tick()
        self.made: float = self.born if state.recording else NEVER
        self.replaces = False

    @property
    def base(self) -> Tensor:
        """The tensor whose memory it is, as it was when the view was made: before it took another
        shape in place.
        """
        base = self._base
        view = base._view
        while view is not None and view.replaces and self.born < view.born:
            base = view._base
            view = base._view
        return base

    def refresh(self, tensor: Tensor) -> None:
        """Give the tensor the history of what its memory holds now, if that changed since."""
        if cast(Any, tensor._version_counter).version > self.made:
            attach_history(tensor, self.name, (self.base, self.rule))
            self.made = tick()


class OpaqueView(View):
    """What a user's Function returned of an input's memory: how a write to one would change the
    history of the other is not known, and so it is refused.
    """

    __slots__ = ()

    def refresh(self, tensor: Tensor) -> None:
        """RuntimeError if the memory was written with a gradient at stake."""
        if cast(Any, tensor._version_counter).version > self.made:
            raise RuntimeError(
                f"{self.name}: an output is a view of an input, which has been modified by an "
                "inplace operation since; return a clone() from forward, or write out of place"
            )


def record_view(
    name: str, function: Callable[..., Array], x: Tensor, rule: Rule | None, **options: Any
) -> Tensor:
    """`function(x.array, **options)`, which must be a view of it, as a tensor that shares x's
    memory.

    Args:
        name: the operation.
        function: called with the array, or with another of its shape.
        x: the input.
        rule: for x's gradient; None where it gets none.
        options: keyword arguments of the function.

    Returns:
        The view as a tensor; a write to either is seen by both, and by their histories.
    """
    recording, watched = state.for_records
    compute = timed(name, function) if watched else function
    try:
        refresh(x)
        array = compute(x.array, **options)
    except AttributeError:
        refuse_other_types(name, x)
        raise
    if array.__class__ is not np.ndarray:
        array = np.asarray(array)
    out = wrap(array)
    if recording and x._requires_grad and rule is not None:
        out._requires_grad = True
        out._grad_fn = _node(Node, name, array, [(x._grad_fn or x, rule)])
    out._version_counter = shared_version(x)
    out._view = View(name, x, function, options, rule)
    if watched:
        _tell(Step("view", name, function, options, (x,), (out,)))
    return out


def refresh(x: Tensor) -> None:
    """Bring the history of a view up to date with the writes to its memory."""
    if x._view is not None:
        x._view.refresh(x)


# several results -----------------------------------------------------------------------------


def record_joint(
    name: str,
    function: Callable[..., Sequence[Array]],
    inputs: Sequence[Tensor],
    rule: Callable[..., Sequence[Tensor | None]],
    *,
    output: bool = False,
    constant: Sequence[int] = (),
    **options: Any,
) -> tuple[Tensor, ...]:
    """An operation with several results, and one rule for all of them.

    Args:
        name: the operation.
        function: called with the inputs' arrays and `options`; returns the results' arrays.
        inputs: the tensors.
        rule: `rule(gradients)`, with the results as second argument if `output`: the tuple of all
            results' gradients, None for those without one; returns a gradient, or None, for every
            input.
        output: whether the rule reads the results.
        constant: the places of results without a gradient. Those that are not floating-point have
            none anyway.
        options: keyword arguments of the function.

    Returns:
        The results as tensors.
    """
    watched = state.for_records[1]
    compute = timed(name, function) if watched else function
    try:
        for x in inputs:
            refresh(x)
        results = compute(*[x.array for x in inputs], **options)
    except ValueError as error:
        raise mismatch(name, [x.array for x in inputs], error) from None
    except AttributeError:
        refuse_other_types(name, *inputs)
        raise
    outs = tuple(wrap(np.asarray(each)) for each in results)
    join_history(outs, name, inputs, rule, output=output, constant=constant)
    if watched:
        _tell(Step("operation", name, function, options, tuple(inputs), outs, joint=True))
    return outs


def join_history(
    outs: Sequence[Tensor],
    name: str,
    inputs: Sequence[Tensor],
    rule: Callable[..., Sequence[Tensor | None]],
    *,
    output: bool = False,
    constant: Sequence[int] = (),
) -> JointNode | None:
    """Give tensors that exist one joint record of the inputs, if any of these needs a gradient."""
    if not state.recording:
        return None
    edges = [(x._grad_fn or x, place) for place, x in enumerate(inputs) if x._requires_grad]
    differentiable = tuple(
        out.array.dtype.kind == "f" and place not in constant for place, out in enumerate(outs)
    )
    if not edges or not any(differentiable):
        return None
    joint: JointNode = _node(JointNode, name, outs[0].array, edges)
    joint.rule = rule
    joint.differentiable = differentiable
    joint.results = tuple(_without_history(out) for out in outs) if output else None
    for place, out in enumerate(outs):
        if differentiable[place]:
            attach_output(out, joint, place)
    return joint


def attach_output(tensor: Tensor, joint: JointNode, place: int) -> None:
    """Make a tensor one result of a joint record."""
    node: OutputNode = _node(OutputNode, joint.operation, tensor.array, [(joint, None)])
    node.joint = joint
    node.place = place
    tensor._grad_fn = node
    tensor._requires_grad = True


# random numbers ------------------------------------------------------------------------------


def record_draw(name: str, function: Callable[..., Any], **options: Any) -> Tensor:
    """Random numbers as a tensor without history: `function(**options)` draws them anew each time
    it is called.

    Args:
        name: the operation.
        function: draws from a generator that is among the options.
        options: keyword arguments of the function.
    """
    watched = state.for_records[1]
    tensor = wrap(np.asarray((timed(name, function) if watched else function)(**options)))
    if watched:
        _tell(Step("draw", name, function, options, (), (tensor,)))
    return tensor
