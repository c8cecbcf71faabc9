"""The backward pass: the tape's records in falling index, each rule giving its input's gradient.

A rule runs only for an input that needs a gradient, and what is used up is dropped: a record's
rules, and what they read, once they have run, unless the tape is retained.
"""

from __future__ import annotations

import functools
import types
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heappop, heappush
from operator import attrgetter
from typing import Any

import numpy as np

from tinygrad_mnist.core.arithmetic import (
    add_tensors,
    cast_tensor,
    copy_tensor,
    sum_to_shape,
    summed_to,
)
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import EmbedRule, assign, has_history, mark_written
from tinygrad_mnist.core.modes import no_grad
from tinygrad_mnist.core.record import (
    Clock,
    Hook,
    Hooks,
    JointNode,
    Node,
    OutputNode,
    RemovableHandle,
    Source,
    add_hook,
    attach_output,
    record,
    tell_alias,
)
from tinygrad_mnist.core.state import Step, state
from tinygrad_mnist.core.surface import attach, method
from tinygrad_mnist.core.tensor import Array, Tensor, same_array, wrap

JOINT = (OutputNode, JointNode)  # a record whose class was named is neither


def backward(
    tensors: Tensor | Sequence[Tensor],
    grad_tensors: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Tensor | Sequence[Tensor | None] | None = None,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Add the gradient of the tensors, each weighted by its `grad_tensor`, to the leaves' `grad`.

    Args:
        tensors: one tensor or several, of any shapes.
        grad_tensors: a tensor of each root's shape; for a root of one element None means 1.
        retain_graph: keep the tape for another pass; defaults to `create_graph`.
        create_graph: record the pass itself, for gradients of gradients.
        grad_variables: the old name of `grad_tensors`.
        inputs: accumulate only into these tensors.

    Raises:
        RuntimeError: if a tensor has no history, if a `grad_tensor` is missing or of another
            shape, or if the tape has been freed or what it reads has been written since.

    Example:
        >>> x = torch.ones(2, requires_grad=True)
        >>> torch.autograd.backward([x.sum(), (x * x).sum()])
        >>> x.grad
        tensor([3., 3.])
    """
    if grad_variables is not None:
        message = "`grad_variables` is deprecated. Use `grad_tensors` instead."
        warnings.warn(message, FutureWarning, stacklevel=2)
        both = (
            "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to "
            "`backward()`. Please only use `grad_tensors`."
        )
        check(grad_tensors is None, both)
        grad_tensors = grad_variables
    roots, seeds = _seeds(tensors, grad_tensors)
    wanted = None if inputs is None else as_list(inputs)
    check(wanted != [], "`inputs` argument to `backward()` cannot be empty.")
    one_pass = _Pass(create_graph, retain_graph)
    one_pass.accumulates = True
    found = one_pass.run(roots, seeds, wanted)
    targets = wanted or [leaf for leaf in found if isinstance(leaf, Tensor) and leaf._requires_grad]
    for x in targets:
        g = found.get(x.grad_fn or x)
        if g is not None and not _retains_grad(x):
            _deliver(x, g, create_graph)


def _deliver(x: Tensor, g: Tensor, create_graph: bool) -> None:
    """Add g to `x.grad`, and tell the hooks that wait for it."""
    _accumulate(x, g, create_graph)
    if x._hooks is not None:
        for hook in tuple(x._hooks.after.values()):
            hook(x)


def _accumulate(x: Tensor, g: Tensor, create_graph: bool) -> None:
    """Add g to `x.grad`."""
    present = x._grad
    if present is None:
        x._grad = copy_tensor(g) if x._grad_fn or x._hooks else g
    elif create_graph:
        x._grad = add_tensors(present, g)
    elif state.tracer is not None:
        with no_grad():
            assign(present, add_tensors(present, g), "accumulate")
    else:
        np.add(present.array, g.array, out=present.array)
        mark_written(present)


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor, ...]:
    """The gradients of the outputs, each weighted by its `grad_output`, by each input.

    Nothing is accumulated and `grad` is not touched. Only the records on a way to an input are
    visited.

    Args:
        outputs: one tensor or several, of any shapes.
        inputs: the tensors to differentiate by.
        grad_outputs: a tensor of each output's shape; for an output of one element None means 1.
        retain_graph: keep the tape for another pass; defaults to `create_graph`.
        create_graph: record the pass itself, for gradients of gradients.
        only_inputs: accepted; nothing else is computed.
        allow_unused: give None for an input that no output depends on, instead of an error.
        is_grads_batched: each `grad_output` has one more dimension in front, and so do the results.
        materialize_grads: give zeros for such an input.

    Returns:
        A tensor of its shape for each input.

    Raises:
        RuntimeError: if an input needs no gradient or is not used, or as in `backward`.
        ValueError: if `materialize_grads` is set and `allow_unused` is False.

    Example:
        >>> x = torch.tensor(3.0, requires_grad=True)
        >>> (dx,) = torch.autograd.grad(x**2, x, create_graph=True)
        >>> dx.item(), torch.autograd.grad(dx, x)[0].item()
        (6.0, 2.0)
    """
    wrong = (
        "Expected allow_unused to be True or not passed when materialize_grads=True, but got:"
        " allow_unused=False."
    )
    check(not materialize_grads or allow_unused is not False, wrong, error=ValueError)
    options = {"allow_unused": allow_unused, "materialize_grads": materialize_grads}
    if is_grads_batched:
        return _batched(outputs, inputs, as_list(grad_outputs), retain_graph, create_graph, options)
    roots, seeds = _seeds(outputs, grad_outputs)
    wanted = as_list(inputs)
    for x in wanted:
        if not x.requires_grad:
            raise RuntimeError("grad: One of the differentiated Tensors does not require grad")
    found = _Pass(create_graph, retain_graph).run(roots, seeds, wanted)
    result = [found.get(x._grad_fn or x) for x in wanted]
    if materialize_grads:
        result = [
            wrap(np.zeros_like(x.array)) if g is None else g
            for x, g in zip(wanted, result, strict=True)
        ]
    if any(g is None for g in result) and not allow_unused:
        raise RuntimeError(
            "grad: One of the differentiated Tensors appears to not have been used in the graph."
            " Set allow_unused=True if this is the desired behavior."
        )
    return tuple(result)  # type: ignore[arg-type]


def _batched(
    outputs: Any,
    inputs: Any,
    batches: list[Any],
    retain_graph: Any,
    create_graph: bool,
    options: dict[str, Any],
) -> tuple[Any, ...]:
    """`grad` for each slice of the batches, the results stacked."""
    last = len(batches[0]) - 1
    rows = []
    for i in range(last + 1):
        seeds = [_row(g, i) for g in batches]
        rows.append(grad(outputs, inputs, seeds, i < last or retain_graph, create_graph, **options))
    return tuple(_stacked(column) for column in zip(*rows, strict=True))


def _row(x: Tensor, index: int) -> Tensor:
    return record("select", _select, (x, lambda g: _as_row(g, x.array.shape, index)), index=index)


def _select(array: Array, index: int) -> Array:
    return array[index]


def _as_row(g: Tensor, shape: tuple[int, ...], index: int) -> Tensor:
    return record("embed", _with_row, (g, lambda h: _row(h, index)), shape=shape, index=index)


def _with_row(array: Array, shape: tuple[int, ...], index: int) -> Array:
    out = np.zeros(shape, array.dtype)
    out[index] = array
    return out


def _stacked(tensors: Sequence[Any]) -> Any:
    if tensors[0] is None:
        return None
    return record("stack", _stack, *((x, lambda g, i=i: _row(g, i)) for i, x in enumerate(tensors)))


def _stack(*arrays: Array) -> Array:
    return np.stack(arrays)


def as_list(tensors: Any) -> list[Any]:
    """One tensor, or several, as a list."""
    if isinstance(tensors, Tensor):
        return [tensors]
    return list(tensors)


def _seeds(tensors: Any, gradients: Any) -> tuple[list[Tensor], list[Tensor]]:
    """The roots of a pass, and the gradient that each starts with."""
    roots = as_list(tensors)
    given = [None] * len(roots) if gradients is None else as_list(gradients)
    check(len(roots) == len(given), "got {} tensors and {} gradients", len(roots), len(given))
    seeds = []
    for i, (root, g) in enumerate(zip(roots, given, strict=True)):
        has_history(root)
        if not root.requires_grad:
            raise RuntimeError(
                f"element {i} of tensors does not require grad and does not have a grad_fn"
            )
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


# the pass ------------------------------------------------------------------------------------


class _Pass:
    """One way back along the tape.

    Attributes:
        in_place: whether gradients may be added up in memory of the pass: neither recorded nor
            traced.
        pending: the gradients that have arrived at a record or leaf; for a joint record a list,
            one for each result.
        waiting: a heap of the records with a pending gradient, the latest first.
        writable: the records and leaves whose pending gradient is memory of the pass alone.
        targets: the records and leaves whose gradient is wanted; None for all leaves.
        useful: the records that lead to a target.
        found: what the pass was for.
        span: what a profiler measures now: the rules of one record.
        anomaly: whether gradients are looked at for NaN.
        accumulates: whether the gradients of leaves go to their `grad`.
    """

    __slots__ = (
        "accumulates",
        "anomaly",
        "create_graph",
        "found",
        "in_place",
        "pending",
        "retain_graph",
        "span",
        "targets",
        "useful",
        "waiting",
        "writable",
    )

    def __init__(self, create_graph: bool, retain_graph: bool | None) -> None:
        self.create_graph = create_graph
        self.accumulates = False
        self.anomaly = state.anomaly
        self.in_place = not create_graph and state.tracer is None
        self.retain_graph = create_graph if retain_graph is None else retain_graph
        self.pending: dict[Source, Any] = {}
        self.waiting: list[tuple[int, Node]] = []
        self.writable: set[Source] = set()
        self.targets: set[Source] | None = None
        self.useful: set[Source] = set()
        self.found: dict[Source, Tensor] = {}
        self.span: Any = None

    def run(
        self, roots: list[Tensor], seeds: list[Tensor], inputs: list[Tensor] | None
    ) -> dict[Source, Tensor]:
        """From the roots to the leaves, or to just the `inputs`: their gradients."""
        recording = state.recording
        freeing = state.freeing
        state.set_recording(self.create_graph)
        state.freeing = not self.retain_graph
        try:
            for root, seed in zip(roots, seeds, strict=True):
                self.add(root._grad_fn or root, seed, seed)
            if inputs is not None:
                self.targets = {x.grad_fn or x for x in inputs}
                self.useful = _leading_to(self.pending, self.targets)
            self.visit_all()
            self.finish_leaves()
            return self.found
        finally:
            state.set_recording(recording)
            state.freeing = freeing
            self.end_span()

    def leads_on(self, node: Node, g: Tensor) -> bool:
        """Note the gradient of a target; whether there is another one further back."""
        assert self.targets is not None
        if node in self.targets:
            self.found[node] = g
        return node in self.useful

    def visit_all(self) -> None:
        """Run each record's rules on the gradient of its result: each rule gives its source a
        gradient.
        """
        pending = self.pending
        waiting = self.waiting
        targets = self.targets
        create_graph = self.create_graph
        watched = state.for_records[1]
        add = self.add
        while waiting:
            node = heappop(waiting)[1]
            g = pending.pop(node)
            hooks = node.hooks
            if hooks is not None:
                g = _through_hooks(hooks, g)
            if watched:
                self.tell(node, g)
            if targets is not None and not self.leads_on(node, g):
                continue
            edges = node.edges
            if edges is None:
                raise _freed(node)
            if node.__class__ is not Node and isinstance(node, JOINT):
                self.visit_joint(node, g)
                if hooks is not None:
                    self.finish_early(hooks.completes)
                continue
            if node.index < Clock.last_write:
                _check_unchanged(node, (node.result, *(rule for _, rule in edges)))
            result = node.result
            if result is not None and create_graph:
                result = _with_history(result, node)
            for source, rule in edges:
                if targets is not None and not self.is_wanted(source):
                    continue
                if rule.__class__ is EmbedRule and self.added_in_place(source, rule, g):
                    continue
                h = rule(g) if result is None else rule(g, result)
                if h is not None:
                    add(source, h, g, node)
            if not self.retain_graph:
                node.edges = node.result = None
            if hooks is not None:
                self.finish_early(hooks.completes)
            # What they hold is free before the next node runs.
            node = edges = source = rule = result = h = g = None  # type: ignore[assignment]

    def tell(self, node: Node, g: Any) -> None:
        """Let the tracer and the profiler know whose rules run now."""
        if state.tracer is not None and isinstance(g, Tensor):
            options = {"node": node}
            state.tracer.append(Step("gradient", node.operation, same_array, options, (g,), ()))
        if state.profiler is not None:
            self.end_span()
            if not isinstance(node, OutputNode):  # its joint record follows
                self.span = state.profiler.begin(node.name(), "backward")

    def end_span(self) -> None:
        """Let the profiler know that the rules have run."""
        if self.span is not None and state.profiler is not None:
            state.profiler.end(self.span)
        self.span = None

    def is_wanted(self, source: Source) -> bool:
        """Whether a gradient of the source is of use in this pass."""
        return self.targets is None or source in self.useful or source in self.targets

    def added_in_place(self, source: Source, rule: EmbedRule, g: Tensor) -> bool:
        """Add g to its part of a pending gradient that nobody else holds; whether there was one."""
        if self.anomaly or not self.in_place:
            return False
        if source in self.writable:
            rule.of(self.pending[source].array)[...] += g.array
            return True
        self.writable.add(source)
        return False

    def add(self, source: Source, h: Tensor, g: Tensor | None, node: Node | None = None) -> None:
        """Add h, which the node's rule made of g, to the source's pending gradient, in its shape
        and dtype.

        A leaf's gradient becomes the user's, so it must not share memory with any other tensor.
        """
        if self.anomaly:
            _check_for_nan(node, h)
        is_leaf = source.__class__ is not Node and isinstance(source, Tensor)
        goal: Any = source.array if is_leaf else source  # type: ignore[union-attr]
        array = h.array
        if array.shape != goal.shape:
            if self.in_place:
                h = wrap(summed_to(array, goal.shape))
            else:
                h = sum_to_shape(h, goal.shape)
        if array.dtype is not goal.dtype and array.dtype != goal.dtype:
            h = cast_tensor(h, goal.dtype)
        pending = self.pending
        if source not in pending:
            if not is_leaf:
                heappush(self.waiting, (-goal.index, goal))
            elif h is g or h.array.base is not None:
                h = copy_tensor(h)
            pending[source] = h
            return
        present = pending[source]
        if not self.in_place:
            pending[source] = add_tensors(present, h)
        elif is_leaf:
            np.add(present.array, h.array, present.array)
        elif h is g or h.array.base is not None:
            pending[source] = add_tensors(present, h)
        else:
            np.add(present.array, h.array, h.array)
            pending[source] = h

    # joint records

    def visit_joint(self, node: Node, g: Any) -> None:
        """A result of a joint record, or the joint record itself."""
        if isinstance(node, OutputNode):
            self.add_to_joint(node, g)
        elif isinstance(node, JointNode):
            self.run_joint_rule(node, node.edges or (), g)

    def add_to_joint(self, node: OutputNode, g: Tensor) -> None:
        """Note the gradient of one result of a joint record."""
        joint = node.joint
        if joint.rule is None:
            raise _freed(joint)
        if joint not in self.pending:
            self.pending[joint] = {}
            heappush(self.waiting, (-joint.index, joint))
        gradients = self.pending[joint]
        before = gradients.get(node.place)
        gradients[node.place] = g if before is None else add_tensors(before, g)

    def run_joint_rule(
        self, node: JointNode, edges: Sequence[tuple[Source, int]], given: dict[int, Tensor]
    ) -> None:
        """The one rule of a joint record, on the gradients of all its results."""
        if node.rule is None:
            raise _freed(node)
        if node.index < Clock.last_write:
            _check_unchanged(node, (node.rule, *(node.results or ())))
        gradients = tuple(given.get(place) for place in range(len(node.differentiable)))
        results = node.results
        if results is None:
            found = node.rule(gradients)
        else:
            if self.create_graph:
                results = tuple(
                    _joint_result(result, node, place) for place, result in enumerate(results)
                )
            found = node.rule(gradients, results)
        passed_on = {id(g) for g in given.values()}
        for source, place in edges:
            h = found[place]
            if h is not None and self.is_wanted(source):
                is_own = id(h) not in passed_on
                passed_on.add(id(h))
                self.add(source, h, None if is_own else h, node)
        if not self.retain_graph:
            node.edges = node.rule = node.results = None

    def finish_early(self, leaves: list[Tensor]) -> None:
        """Deliver the gradients of leaves that are whole, before the pass has ended."""
        if not self.accumulates or self.targets is not None:
            return
        for leaf in leaves:
            g = self.pending.pop(leaf, None)
            if g is not None:
                self.writable.discard(leaf)
                _deliver(leaf, self.finished(leaf, g), self.create_graph)

    def finish_leaves(self) -> None:
        """Let the leaves' hooks see their gradients."""
        for leaf, g in self.pending.items():
            assert isinstance(leaf, Tensor)
            if self.targets is None or leaf in self.targets:
                self.found[leaf] = self.finished(leaf, g)
            elif not self.retain_graph:
                leaf._freed = True

    def finished(self, leaf: Tensor, g: Tensor) -> Tensor:
        """What the leaf's hooks make of its gradient."""
        if not self.retain_graph:
            leaf._freed = True
        return g if leaf._hooks is None else _through_hooks(leaf._hooks, g)


def _with_history(result: Tensor, node: Node) -> Tensor:
    """A record's result with its history, for rules that are themselves recorded."""
    out = wrap(result.array)
    out._grad_fn = node
    out._requires_grad = True
    tell_alias(result, out)
    return out


def _joint_result(result: Tensor, joint: JointNode, place: int) -> Tensor:
    """A joint record's result with its history."""
    out = wrap(result.array)
    if joint.differentiable[place]:
        attach_output(out, joint, place)
    tell_alias(result, out)
    return out


def mark_last_uses(outputs: Iterable[Tensor], leaves: set[Tensor]) -> dict[Tensor, Node]:
    """Let a backward pass deliver the gradients of leaves as soon as they are whole.

    A leaf that is used by records from before the outputs' own, of which these do not know, gets
    the rest of its gradient at the end of the pass.

    Args:
        outputs: tensors with a history.
        leaves: of which those are sought that the outputs depend on.

    Returns:
        For each leaf that was found the earliest record that gives it a gradient.
    """
    last: dict[Tensor, Node] = {}
    stack = [x._grad_fn for x in outputs if x._grad_fn is not None]
    seen = set(stack)
    while stack:
        node = stack.pop()
        if isinstance(node, OutputNode):
            node = node.joint
        for source in node.sources():
            if isinstance(source, Node):
                if source not in seen:
                    seen.add(source)
                    stack.append(source)
            elif source in leaves and (source not in last or node.index < last[source].index):
                last[source] = node
    for leaf, node in last.items():
        if node.hooks is None:
            node.hooks = Hooks()
        node.hooks.completes.append(leaf)
    return last


def _leading_to(sources: Iterable[Source], targets: set[Source]) -> set[Source]:
    """The records that lead from the sources to a target.

    A record that is freed no longer knows where it leads. It is refused where it may lead to a
    target.
    """
    oldest = min((_earliest(x) for x in targets), default=float("inf"))
    stack = [source for source in sources if isinstance(source, Node)]
    seen = set(stack)
    while stack:
        for source, _ in stack.pop().edges or ():
            if isinstance(source, Node) and source not in seen:
                seen.add(source)
                stack.append(source)
    useful: set[Source] = set()
    for node in sorted(seen, key=attrgetter("index")):
        if node.edges is None and node.index > oldest:
            raise _freed(node)
        if any(source in targets or source in useful for source, _ in node.edges or ()):
            useful.add(node)
    return useful


def _earliest(target: Source) -> float:
    """The index from which on a freed record may have led to the target."""
    if isinstance(target, Node):
        return target.index
    return 0 if hasattr(target, "_freed") else float("inf")


def _freed(node: Node) -> RuntimeError:
    return RuntimeError(
        f"backward: trying to go through {node.name()} a second time after its tape was freed; give"
        " retain_graph=True the first time, or detach() what is not wanted of it"
    )


def _through_hooks(hooks: Hooks, g: Tensor) -> Tensor:
    """What the hooks make of a gradient; the tensor whose gradient is retained gets that."""
    for hook in tuple(hooks.functions.values()):
        changed = hook(g)
        if changed is not None:
            g = _checked_change(hook, g, changed)
    tensor = None if hooks.retained is None else hooks.retained()
    if tensor is not None:
        tensor._grad = copy_tensor(g) if tensor._grad is None else add_tensors(tensor._grad, g)
    return g


def _checked_change(hook: Hook, g: Tensor, changed: Any) -> Tensor:
    """The gradient that a hook returned in place of g, which must have its shape and dtype."""
    name = getattr(hook, "__name__", type(hook).__name__)
    if not isinstance(changed, Tensor):
        raise TypeError(
            f"hook '{name}' has returned {type(changed).__name__}, expected a Tensor or None"
        )
    if changed.array.shape != g.array.shape:
        raise RuntimeError(
            f"hook '{name}' has changed the size of value: {g.shape} to {changed.shape}"
        )
    if changed.array.dtype != g.array.dtype:
        raise RuntimeError(
            f"hook '{name}' has changed the type of value (was {g.dtype} got {changed.dtype})"
        )
    return changed


# what rules read -----------------------------------------------------------------------------


def _check_unchanged(node: Node, readers: Iterable[Any]) -> None:
    """RuntimeError if a tensor that the record's rules read was written after the record was
    made.
    """
    for x in tensors_read(readers):
        if x._version_counter is not None and x._version_counter.version > node.index:
            raise RuntimeError(
                f"backward: one of the variables needed for gradient computation has been modified"
                f" by an inplace operation: {node.name()} reads a tensor of shape {x.shape} that"
                " was"
                " written after it was recorded; clone() it before the write"
            )


def tensors_read(readers: Iterable[Any]) -> Iterator[Tensor]:
    """The tensors among objects, and in what functions among them hold.

    Looked into are closures, defaults, `partial`s, bound methods, and sequences and mappings of
    them.
    """
    stack = list(readers)
    seen: set[int] = set()
    while stack:
        each = stack.pop()
        kind = each.__class__
        if isinstance(each, Tensor):
            yield each
        elif kind is types.FunctionType:
            if id(each) not in seen:
                seen.add(id(each))
                stack.extend(
                    cell.cell_contents for cell in each.__closure__ or () if _is_filled(cell)
                )
                stack.extend(each.__defaults__ or ())
                stack.extend((each.__kwdefaults__ or {}).values())
        elif isinstance(each, tuple | list):
            stack.extend(each)
        elif kind is dict:
            stack.extend(each.values())
        elif kind is functools.partial:
            stack.extend((each.func, *each.args, *each.keywords.values()))
        elif kind is types.MethodType:
            stack.extend((each.__func__, each.__self__))


def _is_filled(cell: Any) -> bool:
    """Whether a closure's cell has a value yet."""
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _check_for_nan(node: Node | None, h: Tensor) -> None:
    if node is not None and state.check_nan and np.isnan(h.array).any():
        trace = getattr(node, "trace", None)
        where = "".join(trace[-4:]) if trace else "  (recorded before anomaly detection)\n"
        raise RuntimeError(
            f"Function '{node.name()}' returned nan values. It was recorded here:\n{where}"
        )


# methods -------------------------------------------------------------------------------------


def _backward_of(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Add the gradient of this tensor to the `grad` of every leaf it was computed from.

    Args:
        gradient: weights of this tensor's elements; may be left out where there is one element.
        retain_graph: keep the tape, for another backward pass through it.
        create_graph: record the pass itself, so that the gradients have gradients.
        inputs: the leaves to do this for, instead of all.

    Raises:
        RuntimeError: as `autograd.backward` does.

    Example:
        >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
        >>> (x**3).sum().backward()
        >>> x.grad
        tensor([ 3., 12.])
    """
    backward(self, gradient, retain_graph, create_graph, inputs=inputs)


method(name="backward")(_backward_of)


@method
def register_hook(self: Tensor, hook: Hook) -> RemovableHandle:
    """Call `hook(gradient)` whenever this tensor's gradient is computed; it may return another.

    Args:
        hook: gets the gradient, of this tensor's shape, before it is used.

    Returns:
        A handle whose `remove()` takes the hook out again.

    Raises:
        RuntimeError: if the tensor does not require a gradient.

    Example:
        >>> x = torch.ones(2, requires_grad=True)
        >>> handle = x.register_hook(lambda g: g * 10)
        >>> x.sum().backward()
        >>> x.grad
        tensor([10., 10.])
    """
    if not self.requires_grad:
        raise RuntimeError("register_hook: the tensor does not require a gradient")
    if self._grad_fn is not None:
        return self._grad_fn.register_hook(hook)
    if self._hooks is None:
        self._hooks = Hooks()
    return add_hook(self._hooks.functions, hook)


@method
def register_post_accumulate_grad_hook(
    self: Tensor, hook: Callable[[Tensor], None]
) -> RemovableHandle:
    """Call `hook(tensor)` whenever a backward pass has added a gradient to this leaf's `grad`.

    Args:
        hook: gets the tensor itself, may step an optimizer and drop `grad`, and returns nothing.

    Returns:
        A handle whose `remove()` takes the hook out again.

    Raises:
        RuntimeError: if the tensor does not require a gradient, or is no leaf.

    Example:
        >>> x = torch.ones(2, requires_grad=True)
        >>> handle = x.register_post_accumulate_grad_hook(lambda p: print(p.grad))
        >>> (x * 3).sum().backward()
        tensor([3., 3.])
    """
    check(self.requires_grad, "cannot register a hook on a tensor that doesn't require gradient")
    check(self.is_leaf, "post accumulate grad hooks cannot be registered on non-leaf tensors")
    if self._hooks is None:
        self._hooks = Hooks()
    return add_hook(self._hooks.after, hook)


@method
def retain_grad(self: Tensor) -> None:
    """Keep the gradient of this tensor in `grad` though it is not a leaf.

    Raises:
        RuntimeError: if the tensor does not require a gradient.

    Example:
        >>> x = torch.ones(2, requires_grad=True)
        >>> y = x * 3
        >>> y.retain_grad()
        >>> y.sum().backward()
        >>> y.grad
        tensor([1., 1.])
    """
    if not self.requires_grad:
        raise RuntimeError("retain_grad: the tensor does not require a gradient")
    if self._grad_fn is not None:
        if self._grad_fn.hooks is None:
            self._grad_fn.hooks = Hooks()
        self._grad_fn.hooks.retained = weakref.ref(self)


def _retains_grad(self: Tensor) -> bool:
    """Whether `retain_grad` was called."""
    hooks = None if self._grad_fn is None else self._grad_fn.hooks
    return hooks is not None and hooks.retained is not None


attach("retains_grad", _retains_grad, "property", property(_retains_grad))
