"""The tape: what was computed from what, and how to play it backwards.

The only room that knows the graph. An operation hands `record` its result and, beside each input,
the rule for that input's gradient:

    record("mul", a.array * b.array, (a, lambda g: g * b), (b, lambda g: g * a))

A rule is written in the framework's own operations. While `backward` plays it with recording off it
costs what NumPy costs; with recording on (`create_graph`) the gradient has a history of its own,
and so a gradient. Four conventions keep rules short and right:

- Broadcasting and casting are undone here: a rule may return a gradient of the broadcast shape.
- A rule closes over tensors, never over their arrays: what it closes over is what it reads, and is
  checked against later writes in place. The result itself is not closed over (that would be a
  cycle) but taken as a second argument by the rules of `record(..., output=True)`.
- A rule returns `g`, a view of it, or a new tensor, never one that it closes over.
- A record's index is the time of one clock, which writes in place also read. So a value is stale
  exactly if its memory was written after the record that reads it.
"""

from __future__ import annotations

import functools
import itertools
import threading
import traceback
import weakref
from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush
from operator import attrgetter
from typing import Any, TypeVar, cast

import numpy as np

from tinygrad_mnist.errors import check
from tinygrad_mnist.tensor import Array, Tensor, shared_memory, wrap

Rule = Callable[..., Tensor | None]
Hook = Callable[[Tensor], Tensor | None]
F = TypeVar("F", bound=Callable[..., Any])
_new = object.__new__
_tick = itertools.count(1).__next__


class _Mode(threading.local):
    recording = True
    inference = False
    anomaly = False
    silent = False  # anomaly detection without a look at the values


class _Clock:
    written = 0  # the time of the latest write in place, to any memory


mode = _Mode()


class Node:
    """A record: one operation's result and the rules of its inputs that need a gradient."""

    __slots__ = ("__weakref__", "dtype", "edges", "hooks", "index", "operation", "output", "shape", "trace")

    dtype: np.dtype[Any]
    edges: Sequence[tuple[Source, Rule]] | None  # None once played and freed
    hooks: list[Hook] | None
    index: int
    operation: str
    output: Tensor | None  # the result without history, where rules read it
    shape: tuple[int, ...]
    trace: list[str] | None

    def name(self) -> str:
        """The operation in PyTorch's spelling, `MulBackward0`; a Function's without the 0."""
        if self.operation.endswith("Backward"):
            return self.operation
        return "".join(part[:1].upper() + part[1:] for part in self.operation.split("_")) + "Backward0"

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """The records (or leaves) that this one passes gradients to."""
        sources = (source for source, _ in self.edges or ())
        return tuple((s if isinstance(s, Node) else AccumulateGrad(s), 0) for s in sources)

    def register_hook(self, hook: Hook) -> Handle:
        """Call `hook(gradient)` before this record is played."""
        self.hooks = self.hooks or []
        return Handle(self.hooks, hook)

    def __repr__(self) -> str:
        return f"<{self.name()} object at {id(self):#x}>"


class AccumulateGrad:
    """Stands for a leaf in `next_functions`: where a gradient ends up in `.grad`."""

    next_functions: tuple[()] = ()

    def name(self) -> str:
        """Its kind, in PyTorch's spelling."""
        return "torch::autograd::AccumulateGrad"

    def __init__(self, variable: Tensor) -> None:
        self.variable = variable

    def __repr__(self) -> str:
        return f"<AccumulateGrad object at {id(self):#x}>"


Source = Node | Tensor  # where a gradient goes: a record, or a leaf tensor


class View:
    """How a tensor is seen through another's memory, so that its history can be told again."""

    __slots__ = ("function", "made", "name", "parent", "rule")

    def __init__(self, name: str, parent: Any, function: Any, rule: Any, made: float) -> None:
        self.name, self.parent, self.function, self.rule = name, parent, function, rule
        self.made = made


_NEVER = float("inf")  # when a view made under no_grad was recorded


class Handle:
    """Takes a hook out again by `remove()`, or at the end of a `with` block."""

    def __init__(self, hooks: Any, hook: Any, key: Any = None) -> None:
        self.hooks, self.key = hooks, hook if key is None else key
        if isinstance(hooks, list):
            hooks.append(hook)
        else:
            hooks[key] = hook

    def remove(self) -> None:
        if isinstance(self.hooks, list):
            if self.key in self.hooks:
                self.hooks.remove(self.key)
        else:
            self.hooks.pop(self.key, None)

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


# writing -----------------------------------------------------------------------------------


def record(name: str, out: Any, *edges: tuple[Tensor, Rule], output: bool = False) -> Tensor:
    """The result `out` as a tensor, with a record of it where an input needs a gradient.

    Args:
        name: the operation, as errors and drawings name it.
        out: the result, an array (or the NumPy scalar that a 0-d computation gave).
        edges: pairs of an input and its rule, called with the result's gradient.
        output: whether the rules also take the result, as second argument.
    """
    if out.__class__ is not np.ndarray:
        out = np.asarray(out)
    tensor = wrap(out)
    if mode.recording:
        kept = []
        for x, rule in edges:
            view = x.view_of
            if view is not None and x.memory.rebased > view.made:  # type: ignore[union-attr]
                _retell(x)
            if x.tracked:
                kept.append((x.node or x, rule))
        if kept:
            tensor.node = node = _new(Node)
            tensor.tracked = True
            node.operation, node.edges, node.index = name, kept, _tick()
            node.shape, node.dtype = out.shape, out.dtype
            node.hooks = node.output = node.trace = None
            if output:
                node.output = wrap(out)
                node.output.memory = shared_memory(tensor)
            if mode.anomaly:
                node.trace = traceback.format_stack()[:-2]
    return tensor


def record_view(name: str, x: Tensor, function: Callable[[Array], Array], rule: Rule) -> Tensor:
    """`function(x.array)`, which must be a view of it, as a tensor that shares x's memory."""
    out = record(name, function(x.array), (x, rule))
    out.memory = shared_memory(x)
    out.view_of = View(name, x, function, rule, _tick() if mode.recording else _NEVER)
    return out


def history_of(x: Tensor) -> bool:
    """Whether a write to x would change a history; x's own is brought up to date."""
    view = x.view_of
    if view is None:
        return x.tracked
    if view.made == _NEVER:
        return history_of(view.parent)
    if x.memory.rebased > view.made:  # type: ignore[union-attr]
        _retell(x)
    return x.tracked


def _retell(x: Tensor) -> None:
    """Give a view the history of what its memory holds now."""
    view = cast(View, x.view_of)
    x.tracked, x.node = False, None
    told = record(view.name, x.array, (view.parent, view.rule))
    x.tracked, x.node, view.made = told.tracked, told.node, _tick()


def touch(tensor: Tensor) -> None:
    """Note that the tensor's memory is being written now."""
    shared_memory(tensor).written = _Clock.written = _tick()


def assign(target: Tensor, value: Tensor, name: str = "copy") -> Tensor:
    """Write `value` (of the target's shape) into the target's memory, and into its history.

    With a gradient at stake, every view of the memory sees the new history from here on.
    """
    tracked = mode.recording and (history_of(target) | history_of(value))
    if tracked:
        _refuse_leaf(target, name)
    if value.array is not target.array:
        try:
            np.copyto(target.array, value.array, casting="unsafe")
        except ValueError as error:
            raise RuntimeError(f"{name}_: cannot write {value.shape} into {target.shape}: {error}") from None
    touch(target)
    if tracked:
        if value.tracked and value.node is None:
            value = record(name, value.array, (value, lambda g: g))
        _rebase(target, value)
        shared_memory(target).rebased = _tick()
        if target.view_of is not None:
            _retell(target)
    return target


def _refuse_leaf(x: Tensor, name: str) -> None:
    if x.view_of is not None and x.view_of.made == _NEVER:
        raise RuntimeError(f"{name}_: a view made under no_grad is written with grad mode enabled")
    if x.tracked and x.node is None:
        raise RuntimeError(f"{name}_: a leaf Variable that requires grad is being used in an in-place operation")
    if x.view_of is not None:
        parent = x.view_of.parent
        if parent.tracked and parent.node is None:
            raise RuntimeError(
                f"{name}_: a view of a leaf Variable that requires grad is being used in an in-place operation"
            )
        _refuse_leaf(parent, name)


def _rebase(target: Tensor, value: Tensor) -> None:
    view = target.view_of
    if view is None:
        target.tracked, target.node = value.tracked, value.node
        return
    parent, function = view.parent, view.function
    edges = (parent, lambda g: _without(g, function)), (value, lambda g: _part(g, function))
    _rebase(parent, record("copy_slices", parent.array, *edges))


def embed(g: Tensor, shape: tuple[int, ...], function: Callable[[Array], Array]) -> Tensor:
    """Zeros of `shape` whose part `function` holds g: the gradient of a view without overlap."""
    out = np.zeros(shape, g.array.dtype)
    function(out)[...] = g.array
    return record("embed", out, (g, lambda h: _part(h, function)))


class Part:
    """The rule of a view without overlap: zeros that hold g where the view lies.

    Of many parts of one tensor each gradient is added where it lies, not as a whole of zeros.
    """

    __slots__ = ("function", "shape")
    __closure__ = None  # it reads no tensor

    def __init__(self, function: Callable[[Array], Array], shape: tuple[int, ...]) -> None:
        self.function, self.shape = function, shape

    def __call__(self, g: Tensor) -> Tensor:
        return embed(g, self.shape, self.function)


def _without(g: Tensor, function: Callable[[Array], Array]) -> Tensor:
    out = g.array.copy(order="C")
    function(out)[...] = 0
    return record("without", out, (g, lambda h: _without(h, function)))


def _part(g: Tensor, function: Callable[[Array], Array]) -> Tensor:
    shape = g.array.shape
    return record_view("part", g, function, lambda h: embed(h, shape, function))


# playing -----------------------------------------------------------------------------------


def backward(tensors: Tensor | Sequence[Tensor], grad_tensors: Any = None, retain_graph: bool | None = None,
             create_graph: bool = False, inputs: Any = None) -> None:  # fmt: skip
    """Add the gradient of the tensors, each weighted by its `grad_tensor`, to the leaves' `grad`.

    Args:
        grad_tensors: a tensor of each root's shape; for a root of one element None means 1.
        retain_graph: keep the tape for another pass; defaults to `create_graph`.
        create_graph: record the pass itself, for gradients of gradients.
        inputs: accumulate only into these tensors.
    """
    roots, seeds = _seeds(tensors, grad_tensors)
    wanted = None if inputs is None else listed(inputs)
    check(wanted != [], "`inputs` argument to `backward()` cannot be empty.")
    found = _play(roots, seeds, retain_graph, create_graph, wanted)
    targets = wanted or [leaf for leaf in found if isinstance(leaf, Tensor)]
    for x in targets:
        g = found.get(x.node or x)
        if g is None:
            continue
        if x.grad is None:
            x.grad = g.clone() if x.node or x.hooks else g
        elif create_graph:
            x.grad = x.grad + g
        else:
            np.add(x.grad.array, g.array, out=x.grad.array)
            touch(x.grad)


def grad(outputs: Tensor | Sequence[Tensor], inputs: Tensor | Sequence[Tensor], grad_outputs: Any = None,
         retain_graph: bool | None = None, create_graph: bool = False, only_inputs: bool = True,
         allow_unused: bool | None = None, is_grads_batched: bool = False,
         materialize_grads: bool = False) -> tuple[Tensor, ...]:  # fmt: skip
    """The gradients of the outputs, each weighted by its `grad_output`, by each input.

    Nothing is accumulated and `grad` is not touched. Only the records on a way to an input are
    played. An input that no output depends on is an error, or None with `allow_unused`, or zeros
    with `materialize_grads`. With `is_grads_batched` each `grad_output` has one more dimension in
    front, and so do the results.
    """
    wrong = "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
    check(not materialize_grads or allow_unused is not False, wrong, error=ValueError)
    if is_grads_batched:
        batches = listed(grad_outputs)
        last = len(batches[0]) - 1
        rows = [
            grad(outputs, inputs, [g[i] for g in batches], i < last or retain_graph, create_graph,
                 True, allow_unused, False, materialize_grads)
            for i in range(last + 1)
        ]  # fmt: skip
        return tuple(_stacked(column) for column in zip(*rows, strict=True))
    roots, seeds = _seeds(outputs, grad_outputs)
    wanted = listed(inputs)
    for x in wanted:
        if not x.tracked:
            raise RuntimeError("grad: One of the differentiated Tensors does not require grad")
    found = _play(roots, seeds, retain_graph, create_graph, wanted)
    result = [found.get(x.node or x) for x in wanted]
    if materialize_grads:
        result = [wrap(np.zeros_like(x.array)) if g is None else g for x, g in zip(wanted, result, strict=True)]
    if any(g is None for g in result) and not allow_unused:
        raise RuntimeError(
            "grad: One of the differentiated Tensors appears to not have been used in the graph."
            " Set allow_unused=True if this is the desired behavior."
        )
    return tuple(result)  # type: ignore[arg-type]


def _stacked(tensors: Sequence[Any]) -> Any:
    if tensors[0] is None:
        return None
    edges = ((x, lambda g, i=i: g[i]) for i, x in enumerate(tensors))
    return record("stack", np.stack([x.array for x in tensors]), *edges)


def listed(tensors: Any) -> list[Any]:
    """One tensor, or several, as a list."""
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _seeds(tensors: Any, gradients: Any) -> tuple[list[Tensor], list[Tensor]]:
    roots = listed(tensors)
    given = [None] * len(roots) if gradients is None else listed(gradients)
    check(len(roots) == len(given), "got {} tensors and {} gradients", len(roots), len(given))
    seeds = []
    for i, (root, g) in enumerate(zip(roots, given, strict=True)):
        history_of(root)
        if not root.tracked:
            raise RuntimeError(f"element {i} of tensors does not require grad and does not have a grad_fn")
        if g is None:
            if root.array.size != 1:
                raise RuntimeError("grad can be implicitly created only for scalar outputs")
            g = wrap(np.ones_like(root.array))
        elif g.array.shape != root.array.shape:
            raise RuntimeError(
                f"Mismatch in shape: grad_output[{i}] has a shape of {g.shape} and output[{i}] has"
                f" a shape of {root.shape}."
            )
        seeds.append(g)
    return roots, seeds


def _play(
    roots: list[Tensor], seeds: list[Tensor], retain_graph: bool | None, create_graph: bool, inputs: list[Tensor] | None
) -> dict[Source, Tensor]:
    """Play the tape from the roots; the gradients of the leaves, or of just the `inputs`."""
    keep = create_graph if retain_graph is None else retain_graph
    pending: dict[Source, Tensor] = {}
    waiting: list[tuple[int, Node]] = []  # a heap of the records with a pending gradient, the latest first
    whole: set[Source] = set()  # those whose pending gradient has been given room for parts: nobody else holds it
    before, mode.recording = mode.recording, create_graph
    try:
        for root, seed in zip(roots, seeds, strict=True):
            _add(pending, waiting, root.node or root, seed, seed, create_graph)
        targets = None if inputs is None else {x.node or x for x in inputs}
        useful = None if targets is None else _on_the_way(pending, targets)
        found: dict[Source, Tensor] = {}
        anomaly = mode.anomaly
        while waiting:
            node = heappop(waiting)[1]
            g = pending.pop(node)
            if node.hooks:
                g = _through_hooks(node.hooks, g)
            if targets is not None:
                if node in targets:
                    found[node] = g
                if node not in useful:  # type: ignore[operator]
                    continue
            edges = node.edges
            if edges is None:
                raise _freed(node)
            if node.index < _Clock.written:
                _check_unchanged(node, edges)
            output = node.output
            if output is not None and create_graph:
                output = wrap(output.array)
                output.node, output.tracked = node, True
            for source, rule in edges:
                if targets is not None and source not in useful and source not in targets:  # type: ignore[operator]
                    continue
                if rule.__class__ is Part and not (create_graph or anomaly):
                    if source in whole:
                        rule.function(pending[source].array)[...] += g.array
                        continue
                    whole.add(source)
                h = rule(g) if output is None else rule(g, output)
                if h is not None:
                    if anomaly and np.isnan(h.array).any():
                        _blame(node)
                    _add(pending, waiting, source, h, g, create_graph)
            if not keep:
                node.edges = node.output = None
            node = edges = source = rule = output = None  # type: ignore[assignment]
        leaf: Any
        for leaf, g in pending.items():
            hooks = leaf.hooks
            if not keep:
                leaf.spent = True
            if targets is None or leaf in targets:
                found[leaf] = _through_hooks(hooks, g) if hooks else g
        return found
    finally:
        mode.recording = before


def _add(
    pending: dict[Source, Tensor], waiting: list[Any], source: Source, h: Tensor, g: Tensor, create_graph: bool
) -> None:
    """Add h, computed from g, to the source's pending gradient, in the source's shape and dtype.

    A leaf's gradient becomes the user's, so it must not share memory with any other tensor.
    """
    is_node = source.__class__ is Node
    goal: Any = source if is_node else source.array  # type: ignore[union-attr]
    array = h.array
    if array.shape != goal.shape:
        lead = array.ndim - len(goal.shape)
        if create_graph or lead < 1 or array.shape[lead:] != goal.shape:
            h = h.sum_to_size(goal.shape)
        else:
            h = wrap(np.asarray(np.add.reduce(array, tuple(range(lead)))))
    if array.dtype is not goal.dtype and array.dtype != goal.dtype:
        h = h.to(goal.dtype)
    present = pending.get(source)
    if present is None:
        if is_node:
            heappush(waiting, (-source.index, source))
        elif h is g or h.array.base is not None:
            h = h.clone()
    elif create_graph:
        h = present + h
    elif not is_node:
        np.add(present.array, h.array, present.array)
        return
    elif h is g or h.array.base is not None:
        h = present + h
    else:
        np.add(present.array, h.array, h.array)
    pending[source] = h


def _freed(node: Node) -> RuntimeError:
    return RuntimeError(f"backward: trying to go through {node.name()} a second time after its tape was freed; give"
                        " retain_graph=True the first time, or detach() what is not wanted of it")  # fmt: skip


def _on_the_way(sources: Iterable[Source], targets: set[Source]) -> set[Source]:
    """The records that lead from the sources to a target.

    A record that is freed no longer knows where it leads. It is refused where it may lead to a target.
    """
    oldest = min(x.index if isinstance(x, Node) else 0 if hasattr(x, "spent") else _NEVER for x in targets)
    stack = [source for source in sources if source.__class__ is Node]
    seen = set(stack)
    while stack:
        for source, _ in stack.pop().edges or ():
            if source.__class__ is Node and source not in seen:
                seen.add(source)
                stack.append(source)
    useful: set[Source] = set()
    for node in sorted(seen, key=attrgetter("index")):
        if node.edges is None and node.index > oldest:
            raise _freed(node)
        if any(source in targets or source in useful for source, _ in node.edges or ()):
            useful.add(node)
    return useful


def _through_hooks(hooks: Iterable[Hook], g: Tensor) -> Tensor:
    for hook in tuple(hooks):
        changed = hook(g)
        g = g if changed is None else changed
    return g


def _check_unchanged(node: Node, edges: Sequence[tuple[Source, Rule]]) -> None:
    read: list[Any] = [node.output]
    for _, rule in edges:
        for cell in rule.__closure__ or ():
            value = cell.cell_contents
            read.extend(value if isinstance(value, list | tuple) else (value,))
    for x in read:
        if isinstance(x, Tensor) and x.memory is not None and x.memory.written > node.index:
            raise RuntimeError(
                f"backward: one of the variables needed for gradient computation has been modified"
                f" by an inplace operation: {node.name()} reads a tensor of shape {x.shape} that was"
                " written after it was recorded; clone() it before the write"
            )


def _blame(node: Node) -> None:
    where = "".join(node.trace[-4:]) if node.trace else "  (recorded before anomaly detection)\n"
    raise RuntimeError(f"Function '{node.name()}' returned nan values. It was recorded here:\n{where}")


# the user's handles on a tensor's gradient -------------------------------------------------


def register_hook(self: Tensor, hook: Hook) -> Handle:
    """Call `hook(gradient)` whenever this tensor's gradient is computed; it may return another."""
    if not self.tracked:
        raise RuntimeError("register_hook: the tensor does not require a gradient")
    if self.node is not None:
        return self.node.register_hook(hook)
    self.hooks = self.hooks or []
    return Handle(self.hooks, hook)


def retain_grad(self: Tensor) -> None:
    """Keep the gradient of this tensor in `grad` though it is not a leaf."""
    if not self.tracked:
        raise RuntimeError("retain_grad: the tensor does not require a gradient")
    if self.node is not None:
        ref, self.retains_grad = weakref.ref(self), True

        def keep(g: Tensor) -> None:
            tensor = ref()
            if tensor is not None:
                tensor.grad = g.clone() if tensor.grad is None else tensor.grad + g

        self.node.register_hook(keep)


# modes -------------------------------------------------------------------------------------


class _GradMode:
    """A context manager and decorator that sets the recording mode of its thread."""

    wanted = False
    inference = False

    def __new__(cls, function: Any = None) -> Any:
        return cls()(function) if callable(function) else _new(cls)

    def __init__(self, mode: Any = True) -> None:
        self.before: list[tuple[bool, bool]] = []

    def __enter__(self) -> None:
        self.before.append((mode.recording, mode.inference))
        mode.recording, mode.inference = self.wanted, self.inference

    def __exit__(self, *error: object) -> None:
        mode.recording, mode.inference = self.before.pop()

    def __call__(self, function: F) -> F:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            context: _GradMode = _new(_GradMode)
            context.wanted, context.inference, context.before = self.wanted, self.inference, []
            with context:
                return function(*args, **kwargs)

        return cast(F, wrapped)


class no_grad(_GradMode):
    """Operations inside are not recorded. With-block or decorator, with or without ()."""


class enable_grad(_GradMode):
    """Operations inside are recorded again, within a `no_grad`."""

    wanted = True


class inference_mode(_GradMode):
    """`no_grad` by another name; `inference_mode(False)` records. With-block or decorator."""

    inference = True

    def __init__(self, mode: Any = True) -> None:
        super().__init__()
        self.wanted, self.inference = not mode, bool(mode)


class set_grad_enabled(_GradMode):
    """Switch recording on or off at once; as a with-block, until its end."""

    def __new__(cls, mode: bool) -> Any:
        return _new(cls)

    def __init__(self, mode_: bool) -> None:
        self.before = [(mode.recording, mode.inference)]
        self.wanted = mode.recording = bool(mode_)

    def __enter__(self) -> None:
        mode.recording = self.wanted

    def __call__(self, function: F) -> F:
        self.__exit__()
        return super().__call__(function)


def is_grad_enabled() -> bool:
    """Whether this thread records."""
    return mode.recording


def is_inference_mode_enabled() -> bool:
    """Whether this thread is inside `inference_mode`."""
    return mode.inference
