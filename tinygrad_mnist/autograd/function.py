"""Operations with a backward pass of one's own.

    class Cube(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 3 * x**2

    y = Cube.apply(x)

On the tape a call is one record, the hub, with the inputs on its edges, and one record for each
output, whose only input is the hub. What an output passes on to the hub is a parcel that holds its
gradient; parcels add up to a parcel of all the gradients, and the hub's rules open it: the first of
them calls `backward`, once, and each takes its own input's part.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_mnist.errors import check
from tinygrad_mnist.ops.movement import reshape
from tinygrad_mnist.tape import assign, mode, no_grad, record, touch
from tinygrad_mnist.tensor import Tensor, shared_memory, wrap

_EMPTY = np.zeros(1, np.float32)[:0]  # a view, so that the tape adds parcels by +, not in place


class _Parcel(Tensor):
    """The gradients of some outputs, by number, and what `backward` made of them."""

    given: dict[int, Tensor]
    results: tuple[Tensor | None, ...] | None

    def __add__(self, other: Any) -> _Parcel:
        return _parcel(self.given | other.given)


def _parcel(given: dict[int, Tensor]) -> _Parcel:
    parcel: Any = wrap(_EMPTY, _Parcel)
    parcel.given, parcel.results = given, None
    return parcel


class FunctionCtx:
    """What `forward` leaves for `backward`: saved tensors, flags, and any attribute a user sets.

    Attributes:
        needs_input_grad: for each argument of `apply`, whether it is a tensor that needs a gradient.
    """

    needs_input_grad: tuple[bool, ...] = ()
    _materialize = True
    _kept: tuple[Any, ...] = ()  # (tensor, time of its last write, number of the output it is, or None)
    _dirty: tuple[Tensor, ...] = ()
    _constant: tuple[Tensor, ...] = ()
    _saved: tuple[Tensor | None, ...] = ()
    _hub: Callable[[], Any]  # the node that all outputs come from

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep inputs, outputs or other tensors for `backward`, checked there against later writes."""
        for i, each in enumerate(tensors):
            message = "save_for_backward can only save variables, but argument {} is of type {}"
            check(each is None or isinstance(each, Tensor), message, i, type(each).__name__, error=TypeError)
        self._saved = tensors

    def mark_dirty(self, *args: Tensor) -> None:
        """Say which inputs `forward` wrote in place; they must be among its outputs."""
        self._dirty = args

    def mark_non_differentiable(self, *args: Tensor) -> None:
        """Say which outputs have no gradient."""
        self._constant = args

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` gets zeros (the default), not None, for outputs without a gradient."""
        self._materialize = value

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """The tensors that `save_for_backward` kept; RuntimeError if one was written since."""
        return tuple(None if kept is None else self._restored(*kept) for kept in self._kept)

    def _restored(self, tensor: Tensor, written: int, number: int | None) -> Tensor:
        message = (
            "saved_tensors: one of the variables needed for gradient computation has been modified by an"
            " inplace operation: a tensor of shape {}; clone() it before the write"
        )
        check(tensor._version == written, message, tensor.shape)
        if number is None:
            return tensor
        out, found = wrap(tensor.array), self._nodes[number]
        if found is not None and found() is None:  # the output itself is gone: its history is told again
            hub = wrap(_EMPTY)
            hub.node, hub.tracked = self._hub(), True
            out = record("saved", tensor.array, (hub, lambda g: _parcel({number: g})))
        elif found is not None:
            out.node, out.tracked = found(), True
        out.memory = tensor.memory
        return out

    def _absent(self, number: int) -> Tensor | None:
        like = self._outputs[number]
        return wrap(np.zeros(*like)) if like and self._materialize else None

    def _settle(self, inputs: tuple[Any, ...], raw: tuple[Any, ...], outs: tuple[Any, ...]) -> None:
        """Note what `forward` left, without a reference from here to an output's history."""
        self._shapes = [x.array.shape if isinstance(x, Tensor) else None for x in inputs]
        self._outputs = [(o.array.shape, o.array.dtype) if isinstance(o, Tensor) else None for o in outs]
        self._nodes = [weakref.ref(o.node) if isinstance(o, Tensor) and o.node else None for o in outs]
        kept: list[Any] = []
        for each in self._saved:
            number = next((k for k, o in enumerate(raw) if o is each), None)
            if each is None or number is None or (_among(each, inputs) and not _among(each, self._dirty)):
                kept.append(None if each is None else (each, each._version, None))
            else:
                plain = wrap(each.array)
                plain.memory = shared_memory(each)
                kept.append((plain, plain._version, number))
        self._kept, self._saved, self._dirty, self._constant = tuple(kept), (), (), ()


def _among(x: Any, others: tuple[Any, ...]) -> bool:
    return any(x is each for each in others)


class Function:
    """An operation of one's own: subclass it with static `forward` and `backward`, call `apply`.

    `forward(ctx, *args)` returns a tensor or a tuple of them; or `forward(*args)`, with a static
    `setup_context(ctx, inputs, output)` beside it. `backward(ctx, *gradients)` gets a gradient for
    each output and returns one (or None) for each argument. Written in differentiable operations it
    can itself be differentiated.
    """

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        raise NotImplementedError("You must implement the backward for your custom autograd.Function.")

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Call `forward` and put the call on the tape."""
        ctx = FunctionCtx()
        ctx.needs_input_grad = tuple(isinstance(x, Tensor) and x.tracked for x in args)
        with no_grad():
            if cls.setup_context is Function.setup_context:
                result = cls.forward(ctx, *args)
            else:
                result = cls.forward(*args)
                cls.setup_context(ctx, args, result)

        def part(i: int) -> Callable[[Tensor], Tensor | None]:
            return lambda g: _opened(cls, ctx, g)[i]

        raw = result if isinstance(result, tuple) else (result,)
        name = f"{cls.__name__}Backward"
        hub = record(name, _EMPTY, *((x, part(i)) for i, x in enumerate(args) if isinstance(x, Tensor)))
        outs = tuple(_output(name, ctx, hub, k, o) if isinstance(o, Tensor) else o for k, o in enumerate(raw))
        ctx._hub = weakref.ref(hub.node) if hub.node else lambda: None
        ctx._settle(args, raw, outs)
        return outs if isinstance(result, tuple) else outs[0]


def _output(name: str, ctx: FunctionCtx, hub: Tensor, number: int, out: Tensor) -> Tensor:
    smooth = out.array.dtype.kind == "f" and not _among(out, ctx._constant)
    edges: Any = [(hub, lambda g: _parcel({number: g}))] if smooth else []
    memory = shared_memory(out)
    tensor = record(name, out.array, *edges)
    tensor.memory = memory
    if not _among(out, ctx._dirty):
        return tensor
    if tensor.tracked:
        return assign(out, tensor, name)
    touch(out)
    return out


def _opened(cls: type[Function], ctx: FunctionCtx, parcel: Any) -> tuple[Tensor | None, ...]:
    """The gradients by the inputs, from the one call of `backward`."""
    if parcel.results is None:
        results = cls.backward(
            ctx, *(parcel.given[k] if k in parcel.given else ctx._absent(k) for k in range(len(ctx._outputs)))
        )
        results = results if isinstance(results, tuple) else (results,)
        wanted = len(ctx._shapes)
        message = "function {}Backward returned an incorrect number of gradients (expected {}, got {})"
        fine = len(results) >= wanted and all(each is None for each in results[wanted:])
        check(fine, message, cls.__name__, wanted, len(results))
        parcel.results = tuple(_checked(cls, i, g, ctx._shapes[i]) for i, g in enumerate(results[:wanted]))
    return parcel.results


def _checked(cls: type[Function], index: int, g: Any, shape: tuple[int, ...] | None) -> Tensor | None:
    """A gradient as a view: it may be a tensor that the user keeps."""
    if g is None or shape is None:
        return None
    name = f"Function {cls.__name__}Backward"
    check(isinstance(g, Tensor), "{}: expected a Tensor or None at index {}, got {}", name, index, type(g).__name__)
    padded = (1,) * (g.ndim - len(shape)) + shape
    fine = len(padded) == g.ndim and all(n in (1, m) for n, m in zip(padded, g.array.shape, strict=True))
    message = "{} returned an invalid gradient at index {} - got {} but expected shape compatible with {}"
    check(fine, message, name, index, list(g.shape), list(shape))
    return reshape(g, g.array.shape)


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator for a `backward` that is not differentiable itself: a second derivative is an error."""

    def refuse(g: Tensor) -> Tensor:
        raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")

    @functools.wraps(backward)
    def wrapped(ctx: Any, *gradients: Any) -> Any:
        with no_grad():
            results = backward(ctx, *gradients)
        edges = [(g, refuse) for g in gradients if isinstance(g, Tensor)] if mode.recording else []
        several = results if isinstance(results, tuple) else (results,)
        out = tuple(record("once_differentiable", r.array, *edges) if isinstance(r, Tensor) else r for r in several)
        return out if isinstance(results, tuple) else out[0]

    return wrapped
