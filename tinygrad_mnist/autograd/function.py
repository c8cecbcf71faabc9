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

On the tape a call is one joint record: all outputs' gradients come to `backward` together, once.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import assign, mark_written
from tinygrad_mnist.core.modes import no_grad
from tinygrad_mnist.core.record import (
    JointNode,
    OpaqueView,
    attach_output,
    join_history,
    record_view,
)
from tinygrad_mnist.core.state import Step, state
from tinygrad_mnist.core.tensor import Tensor, same_array, shared_version, wrap

__all__ = ["Function", "FunctionCtx", "once_differentiable"]


class FunctionCtx:
    """What `forward` leaves for `backward`: saved tensors, flags, and any attribute a user sets.

    Attributes:
        needs_input_grad: for each argument of `apply`, whether it is a tensor that needs a
            gradient.

    Example:
        >>> class Cube(torch.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         ctx.save_for_backward(x)
        ...         return x**3
        ...
        ...     @staticmethod
        ...     def backward(ctx, grad_output):
        ...         (x,) = ctx.saved_tensors
        ...         return 3 * x**2 * grad_output
        >>> x = torch.tensor(2.0, requires_grad=True)
        >>> Cube.apply(x).backward()
        >>> x.grad
        tensor(12.)
    """

    needs_input_grad: tuple[bool, ...] = ()
    _materialize = True
    _kept: tuple[Any, ...] = ()  # (tensor, version, place among the outputs or None), or None
    _dirty: tuple[Tensor, ...] = ()
    _constant: tuple[Tensor, ...] = ()
    _saved: tuple[Tensor | None, ...] = ()
    _joint: Callable[[], JointNode | None]  # a weak reference: the record holds its context
    _smooth: dict[int, int]  # the place of each output with a gradient among the record's results

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep inputs, outputs or other tensors for `backward`, checked there against later writes.

        Args:
            tensors: tensors of any shapes, or None.

        Raises:
            TypeError: if one is something else.
        """
        for i, each in enumerate(tensors):
            message = "save_for_backward can only save variables, but argument {} is of type {}"
            check(
                each is None or isinstance(each, Tensor),
                message,
                i,
                type(each).__name__,
                error=TypeError,
            )
        self._saved = tensors

    def mark_dirty(self, *args: Tensor) -> None:
        """Say which inputs `forward` wrote in place; they must be among its outputs."""
        self._dirty = args

    def mark_non_differentiable(self, *args: Tensor) -> None:
        """Say which outputs have no gradient."""
        self._constant = args

    def set_materialize_grads(self, value: bool) -> None:
        """Choose what `backward` gets for outputs without a gradient.

        Args:
            value: True for zeros, as by default; False for None.
        """
        self._materialize = value

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """The tensors that `save_for_backward` kept; RuntimeError if one was written since."""
        return tuple(None if kept is None else self._restored(*kept) for kept in self._kept)

    def _restored(self, tensor: Tensor, version: int, place: int | None) -> Tensor:
        check(
            tensor._version == version,
            "saved_tensors: one of the variables needed for gradient computation has been modified"
            " by an"
            " inplace operation: a tensor of shape {}; clone() it before the write",
            tensor.shape,
        )
        if place is None:
            return tensor
        out = wrap(tensor.array)
        out._version_counter = tensor._version_counter
        joint = self._joint()
        if joint is not None and place in self._smooth:
            attach_output(out, joint, self._smooth[place])
        return out

    def _gradients(self, given: Sequence[Tensor | None]) -> list[Tensor | None]:
        """The outputs' gradients, with zeros for those without one unless that was switched off."""
        gradients: list[Tensor | None] = []
        for place, like in enumerate(self._outputs):
            row = self._smooth.get(place, len(given))
            g = given[row] if row < len(given) else None
            if g is None and like is not None and self._materialize:
                g = wrap(np.zeros(*like))
            gradients.append(g)
        return gradients

    def _settle(self, inputs: tuple[Any, ...], raw: tuple[Any, ...], outs: tuple[Any, ...]) -> None:
        """Note what `forward` left, without a reference from here to an output's history."""
        self._outputs = [
            (o.array.shape, o.array.dtype) if isinstance(o, Tensor) else None for o in outs
        ]
        kept: list[Any] = []
        for each in self._saved:
            place = next((k for k, o in enumerate(raw) if o is each), None)
            if each is None:
                kept.append(None)
            elif place is None or (_among(each, inputs) and not _among(each, self._dirty)):
                kept.append((each, each._version, None))
            else:
                plain = wrap(each.array)
                plain._version_counter = shared_version(each)
                kept.append((plain, plain._version, place))
        self._kept = tuple(kept)
        self._saved = ()
        self._dirty = ()
        self._constant = ()


def _among(x: Any, others: tuple[Any, ...]) -> bool:
    return any(x is each for each in others)


class Function:
    """An operation of one's own: subclass it with static `forward` and `backward`, call `apply`.

    `forward(ctx, *args)` returns a tensor or a tuple of them; or `forward(*args)`, with a static
    `setup_context(ctx, inputs, output)` beside it. `backward(ctx, *gradients)` gets a gradient for
    each output and returns one (or None) for each argument. Written in differentiable operations it
    can itself be differentiated.

    Example:
        >>> class Cube(torch.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         ctx.save_for_backward(x)
        ...         return x**3
        ...     @staticmethod
        ...     def backward(ctx, g):
        ...         (x,) = ctx.saved_tensors
        ...         return g * 3 * x**2
        >>> x = torch.tensor(2.0, requires_grad=True)
        >>> Cube.apply(x).backward()
        >>> x.grad
        tensor(12.)
    """

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """What the operation computes; every subclass defines it.

        Args:
            args: the context, unless there is a `setup_context`, and the arguments of `apply`.
            kwargs: none.
        """
        raise NotImplementedError(
            "You must implement the forward function for custom autograd.Function."
        )

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Leave in the context what `backward` needs, where `forward` does not take the context.

        Args:
            ctx: the context.
            inputs: the arguments of `apply`.
            output: what `forward` returned.
        """
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradient of each argument; every subclass defines it.

        Args:
            ctx: the context.
            grad_outputs: the gradient of each output, of its shape.
        """
        raise NotImplementedError(
            "You must implement the backward for your custom autograd.Function."
        )

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Call `forward` and put the call on the tape.

        Args:
            args: the arguments of `forward`; gradients go to those that are tensors.

        Returns:
            What `forward` returned, with a history.
        """
        ctx = FunctionCtx()
        ctx.needs_input_grad = tuple(isinstance(x, Tensor) and x.requires_grad for x in args)
        with no_grad():
            if cls.setup_context is Function.setup_context:
                result = cls.forward(ctx, *args)
            else:
                result = cls.forward(*args)
                cls.setup_context(ctx, args, result)
        raw = result if isinstance(result, tuple) else (result,)
        outs = _recorded(cls, ctx, args, raw)
        return outs if isinstance(result, tuple) else outs[0]


def _recorded(
    cls: type[Function], ctx: FunctionCtx, args: tuple[Any, ...], raw: tuple[Any, ...]
) -> tuple[Any, ...]:
    """What `forward` returned, as the results of one joint record."""
    name = f"{cls.__name__}Backward"
    shapes = [x.array.shape if isinstance(x, Tensor) else None for x in args]

    def rule(given: tuple[Tensor | None, ...]) -> list[Tensor | None]:
        results = cls.backward(ctx, *ctx._gradients(given))
        found = _checked(cls, results if isinstance(results, tuple) else (results,), shapes)
        return [g for g, x in zip(found, args_are_tensors, strict=True) if x]

    args_are_tensors = [isinstance(x, Tensor) for x in args]
    inputs = [x for x in args if isinstance(x, Tensor)]
    places = [k for k, each in enumerate(raw) if isinstance(each, Tensor)]
    fresh = [_alias(raw[k], name) for k in places]
    constant = [i for i, k in enumerate(places) if _among(raw[k], ctx._constant)]
    joint = join_history(fresh, name, inputs, rule, constant=constant)
    ctx._joint = (lambda: None) if joint is None else weakref.ref(joint)
    for k, out in zip(places, fresh, strict=True):
        if out.requires_grad and not _among(raw[k], ctx._dirty):
            _forbid_writes(out, raw[k], inputs, name)
    ctx._smooth = {k: i for i, k in enumerate(places) if fresh[i].requires_grad}
    outs = list(raw)
    for k, out in zip(places, fresh, strict=True):
        outs[k] = _written(raw[k], out, name) if _among(raw[k], ctx._dirty) else out
    ctx._settle(args, raw, tuple(outs))
    return tuple(outs)


def _forbid_writes(out: Tensor, raw: Tensor, inputs: Sequence[Tensor], name: str) -> None:
    """Where an output has an input's memory, refuse later writes to either."""
    for x in inputs:
        if raw is x or shared_version(raw) is x._version_counter:
            out._view = OpaqueView(name, x, same_array, {}, None)


def _alias(x: Tensor, name: str) -> Tensor:
    """A tensor of its own over x's memory."""
    out = wrap(x.array)
    out._version_counter = shared_version(x)
    if state.tracer is not None:
        state.tracer.append(Step("view", name, same_array, {}, (x,), (out,)))
    return out


def _written(x: Tensor, out: Tensor, name: str) -> Tensor:
    """The input that `forward` wrote in place, with the history of the output that it is."""
    if out.requires_grad:
        return assign(x, out, name)
    mark_written(x)
    return x


def _checked(
    cls: type[Function], results: tuple[Any, ...], shapes: list[tuple[int, ...] | None]
) -> list[Tensor | None]:
    """The gradients that `backward` returned, one for each argument, each as a view: the user may
    keep the tensor.
    """
    wanted = len(shapes)
    fine = len(results) >= wanted and all(each is None for each in results[wanted:])
    message = "function {}Backward returned an incorrect number of gradients (expected {}, got {})"
    check(fine, message, cls.__name__, wanted, len(results))
    name = f"Function {cls.__name__}Backward"
    found: list[Tensor | None] = []
    for index, (g, shape) in enumerate(zip(results, shapes, strict=False)):
        if g is None or shape is None:
            found.append(None)
            continue
        check(
            isinstance(g, Tensor),
            "{}: expected a Tensor or None at index {}, got {}",
            name,
            index,
            type(g).__name__,
        )
        padded = (1,) * (g.ndim - len(shape)) + shape
        fine = len(padded) == g.ndim and all(
            n in (1, m) for n, m in zip(padded, g.array.shape, strict=True)
        )
        message = (
            "{} returned an invalid gradient at index {} - got {} but expected shape compatible"
            " with {}"
        )
        check(fine, message, name, index, list(g.shape), list(shape))
        found.append(record_view("view", np.ndarray.view, g, lambda h: h))
    return found


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator for a `backward` that is not differentiable itself: a second derivative is an
    error.

    Args:
        backward: the static method of a `Function`.

    Returns:
        The method that computes without recording.

    Example:
        >>> @torch.autograd.function.once_differentiable
        ... def backward(ctx, g):
        ...     return g * 2
    """

    def refuse(gradients: Any) -> Any:
        raise RuntimeError(
            "trying to differentiate twice a function that was marked with @once_differentiable"
        )

    @functools.wraps(backward)
    def wrapped(ctx: Any, *gradients: Any) -> Any:
        with no_grad():
            results = backward(ctx, *gradients)
        several = results if isinstance(results, tuple) else (results,)
        if state.recording:
            inputs = [g for g in gradients if isinstance(g, Tensor)]
            outs = [
                _alias(each, "once_differentiable") for each in several if isinstance(each, Tensor)
            ]
            join_history(outs, "once_differentiable", inputs, refuse)
            fresh = iter(outs)
            several = tuple(next(fresh) if isinstance(each, Tensor) else each for each in several)
        return several if isinstance(results, tuple) else several[0]

    return wrapped
