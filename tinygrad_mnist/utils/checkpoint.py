"""`torch.utils.checkpoint`: parts of a network that are computed again in the backward pass.

What their gradients need is not kept in between. Chen et al., https://arxiv.org/abs/1604.06174.

A part's results get one record. Its rule calls the function once more, and goes back along what
that recorded, which ends where the part began: at its arguments and at whatever else the function
reads.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from tinygrad_mnist.compiler.structure import put_together, take_apart
from tinygrad_mnist.core.backward import grad
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.modes import no_grad, set_grad_enabled
from tinygrad_mnist.core.record import Node, Source, join_history, set_history, tick
from tinygrad_mnist.core.state import state
from tinygrad_mnist.core.tensor import Tensor, wrap
from tinygrad_mnist.ops.random import Generator

__all__ = ["CheckpointError", "checkpoint", "checkpoint_sequential", "noop_context_fn"]


class CheckpointError(RuntimeError):
    """The second computation gave something else than the first."""


def noop_context_fn() -> tuple[Any, Any]:
    """Two contexts that do nothing: of a part's computation, and of the second one.

    Returns:
        The two.
    """
    return contextlib.nullcontext(), contextlib.nullcontext()


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
    context_fn: Callable[[], tuple[Any, Any]] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """Call a function, keep nothing of what it computes but its result, and compute it again when
    the backward pass needs it.

    What the function reads must be the same then; a write in place to a tensor that it reads is
    refused as everywhere, where a gradient depends on it. What the function itself writes in place
    (the running statistics of a BatchNorm) is written twice, as in PyTorch.

    Args:
        function: called with `args` and `kwargs`.
        args: its arguments: tensors, tuples, lists and dicts with tensors inside, anything else.
        use_reentrant: True: as in PyTorch no result has a gradient unless a tensor that is among
            `args` itself needs one. Default: False.
        preserve_rng_state: let the second computation draw the same random numbers.
        context_fn: returns two contexts, in which the first and the second computation run.
        determinism_check: "none" to accept results of other shapes or dtypes the second time.
        debug: accepted, without effect.
        early_stop: accepted, without effect.
        kwargs: its keyword arguments.

    Returns:
        What the function returns.

    Raises:
        CheckpointError: in the backward pass, if the second computation gives other shapes or
            dtypes.
        ValueError: with `use_reentrant`, if there are keyword arguments, `context_fn` or `debug`.

    Example:
        >>> x = torch.ones(2, requires_grad=True)
        >>> y = torch.utils.checkpoint.checkpoint(torch.exp, x, use_reentrant=False)
        >>> y.sum().backward()
        >>> x.grad
        tensor([2.7183, 2.7183])
    """
    check(determinism_check in ("default", "none"), _WRONG_CHECK, determinism_check)
    if use_reentrant:
        names = ",".join(kwargs)
        check(not kwargs, "Unexpected keyword arguments: {}", names, error=ValueError)
        message = "Passing `context_fn` or `debug` is only supported when use_reentrant=False."
        plain = context_fn is noop_context_fn and not debug
        check(plain, message, error=ValueError)
    part = _Part(function, args, kwargs, preserve_rng_state, determinism_check == "default")
    first, part.second = context_fn()
    with first:
        if not state.recording or state.tracer is not None:
            return function(*args, **kwargs)
        if use_reentrant and not any(isinstance(x, Tensor) and x.requires_grad for x in args):
            message = "None of the inputs have requires_grad=True. Gradients will be None"
            warnings.warn(message, stacklevel=2)
            with no_grad():
                return function(*args, **kwargs)
        return part.run()


_WRONG_CHECK = "determinism_check should be one of 'default', 'none', got {}"


def checkpoint_sequential(
    functions: Any,
    segments: int,
    input: Any,
    use_reentrant: bool | None = None,
    *,
    preserve_rng_state: bool = True,
) -> Any:
    """Functions, or a Sequential's modules, one after the other, in parts of equal length of which
    all but the last are computed again in the backward pass.

    With n steps of equal size in about the root of n segments the memory grows as that root.

    Args:
        functions: a Sequential, or functions of one argument.
        segments: the number of parts.
        input: what the first one gets.
        use_reentrant: as in `checkpoint`.
        preserve_rng_state: as in `checkpoint`.

    Returns:
        What the last one returns.

    Example:
        >>> layers = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 2), nn.Tanh())
        >>> x = torch.ones(1, 2, requires_grad=True)
        >>> y = torch.utils.checkpoint.checkpoint_sequential(layers, 2, x, use_reentrant=False)
        >>> tuple(y.shape)
        (1, 2)
    """
    steps = list(functions.children() if hasattr(functions, "children") else functions)
    length = len(steps) // segments
    end = length * (segments - 1)
    options: dict[str, Any] = {
        "use_reentrant": use_reentrant,
        "preserve_rng_state": preserve_rng_state,
    }
    for start in range(0, end, max(length, 1)):
        input = checkpoint(_run_steps, steps[start : start + length], input, **options)
    return _run_steps(steps[end:], input)


def _run_steps(steps: Sequence[Callable[[Any], Any]], input: Any) -> Any:
    for step in steps:
        input = step(input)
    return input


class _Part:
    """A function and what it was called with.

    Attributes:
        second: the context of the second computation.
        draws: the state of every random generator before the first one.
        places: which of the tensors in the result have a gradient.
        sources: the leaves and records outside that these depend on.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        preserve_rng_state: bool,
        compares: bool,
    ) -> None:
        self.function = function
        self.args = args
        self.kwargs = kwargs
        self.compares = compares
        self.second: Any = contextlib.nullcontext()
        self.draws = _random_states() if preserve_rng_state else []
        self.places: list[int] = []
        self.sources: list[Source] = []
        self.facts: list[Any] = []

    def run(self) -> Any:
        """The function's result, with one record for all that was computed."""
        start = tick()
        result = self.function(*self.args, **self.kwargs)
        found: list[Tensor] = []
        structure = take_apart(result, found)
        self.facts = [(x.shape, x.dtype) for x in found]
        self.places = [place for place, x in enumerate(found) if _is_new(x, start)]
        if not self.places:
            return result
        nodes = [found[place].grad_fn for place in self.places]
        self.sources = list(dict.fromkeys(source for _, source in _edges_out(nodes, start)))
        outs = [_without_history(found[place]) for place in self.places]
        arguments: list[Tensor] = []
        take_apart((self.args, self.kwargs), arguments)
        leaves = [source for source in self.sources if isinstance(source, Tensor)]
        read = (*arguments, *leaves)

        def rule(given: tuple[Tensor | None, ...], read: Any = read) -> Sequence[Tensor | None]:
            return self.gradients(given)

        join_history(outs, "checkpoint", [_stand_in(source) for source in self.sources], rule)
        for place, out in zip(self.places, outs, strict=True):
            found[place] = out
        return put_together(structure, found)

    def gradients(self, given: tuple[Tensor | None, ...]) -> Sequence[Tensor | None]:
        """The gradients of the sources, by the second computation."""
        create_graph = state.recording
        start = tick()
        outs = self.compute_again()
        wanted = [place for place, g in enumerate(given) if g is not None]
        roots = [outs[self.places[place]] for place in wanted]
        seeds = [given[place] for place in wanted]
        edges = _edges_out([x.grad_fn for x in roots], start)
        ends = {source: _leaf_for(source) for _, source in edges}
        nodes = list(dict.fromkeys(node for node, _ in edges))
        before = [node.edges for node in nodes]
        for node in nodes:
            kept: Any = [(ends.get(source, source), rule) for source, rule in node.edges or ()]
            node.edges = kept
        found = grad(
            roots, list(ends.values()), seeds, create_graph=create_graph, allow_unused=True
        )
        if create_graph:
            for node, whole in zip(nodes, before, strict=True):
                node.edges = whole
        of_source = dict(zip(ends, found, strict=True))
        return [of_source.get(source) for source in self.sources]

    def compute_again(self) -> list[Tensor]:
        """The tensors of the result, computed as the first time, with their history."""
        now = _random_states() if self.draws else []
        _set_random_states(self.draws)
        found: list[Tensor] = []
        try:
            with set_grad_enabled(True), self.second:
                take_apart(self.function(*self.args, **self.kwargs), found)
        finally:
            _set_random_states(now)
        facts = [(x.shape, x.dtype) for x in found]
        message = (
            "torch.utils.checkpoint: Recomputed values for the following tensors have different"
            " metadata than during the forward pass: {}, before {}"
        )
        same = facts == self.facts if self.compares else len(facts) == len(self.facts)
        check(same, message, facts, self.facts, error=CheckpointError)
        return found


def _random_states() -> list[tuple[Generator, Any]]:
    return [(each, each.numpy.bit_generator.state) for each in list(Generator.alive)]


def _set_random_states(states: Iterable[tuple[Generator, Any]]) -> None:
    for generator, bits in states:
        generator.numpy.bit_generator.state = bits


def _is_new(x: Tensor, start: int) -> bool:
    """Whether a tensor's history is of a record after the clock's time `start`."""
    node = x.grad_fn
    return node is not None and node.index > start


def _edges_out(nodes: Iterable[Any], start: int) -> list[tuple[Node, Source]]:
    """The ways out of what was recorded since `start`: a record in it and a source outside."""
    stack = [node for node in nodes if node is not None]
    seen = set(stack)
    found = []
    while stack:
        node = stack.pop()
        for source, _ in node.edges or ():
            if isinstance(source, Tensor) or source.index <= start:
                found.append((node, source))
            elif source not in seen:
                seen.add(source)
                stack.append(source)
    return found


def _without_history(x: Tensor) -> Tensor:
    """The tensor by itself; a view no longer shares memory, so as to keep nothing alive."""
    array = x.array
    return wrap(array if array.base is None else array.copy(order="K"))


def _stand_in(source: Source) -> Tensor:
    """A tensor whose gradient goes to a source."""
    if isinstance(source, Tensor):
        return source
    x = wrap(np.broadcast_to(np.zeros((), source.dtype), source.shape))
    set_history(x, source)
    return x


def _leaf_for(source: Source) -> Tensor:
    """A leaf that takes the gradient which would go to a source."""
    is_leaf = isinstance(source, Tensor)
    goal: Any = source.array if is_leaf else source  # type: ignore[union-attr]
    leaf = wrap(np.broadcast_to(np.zeros((), goal.dtype), goal.shape))
    leaf.requires_grad_()
    return leaf
