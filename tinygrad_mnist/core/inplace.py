"""Writes in place: into a tensor's memory, and into the history of every tensor that shares it.

A write turns the clock of the memory (its `version`), so that a rule which would read a changed
value is refused.
With a gradient at stake it also changes the history: the target, and every view of its memory, is
from here on made of what was written.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.record import (
    NEVER,
    Clock,
    OpaqueView,
    attach_history,
    record,
    record_view,
    refresh,
    set_history,
    tell_alias,
    tick,
)
from tinygrad_mnist.core.state import Step, state
from tinygrad_mnist.core.tensor import Array, Tensor, shared_version, wrap


def mark_written(tensor: Tensor) -> None:
    """Note that the tensor's memory is being written now."""
    now = tick()
    shared_version(tensor).version = now
    Clock.last_write = now
    if state.tracer is not None:
        state.tracer.append(Step("written", "written", copy_into, {}, (tensor,), ()))


def has_history(x: Tensor) -> bool:
    """Whether a write to x would change a history; x's own is brought up to date."""
    view = x._view
    if view is None:
        return x._requires_grad
    if view.made == NEVER:
        return has_history(view.base)
    refresh(x)
    return x._requires_grad


def assign(target: Tensor, value: Tensor, name: str = "copy", *, fresh: bool = False) -> Tensor:
    """Write `value` (of the target's shape) into the target's memory, and into its history.

    With a gradient at stake, every view of the memory sees the new history from here on.

    Args:
        target: the tensor to write.
        value: what is written: a tensor of the target's shape, cast to its dtype.
        name: the operation, without the underscore that its method has.
        fresh: whether `value` is a result that nobody else holds, computed from the target: its
            record becomes the target's. Otherwise the target gets a record of its own.

    Returns:
        The target.

    Raises:
        RuntimeError: if the target is a leaf that requires a gradient (or a view of one) while
            operations are recorded, or if its memory cannot be written.
    """
    at_stake = state.recording and (has_history(target) | has_history(value))
    if at_stake:
        refuse_leaf(target, name)
    if state.tracer is not None:
        state.tracer.append(Step("write", name, copy_into, {}, (target, value), ()))
    if value.array is not target.array:
        try:
            copy_into(target.array, value.array)
        except ValueError as error:
            if not target.array.flags.writeable:
                raise read_only(f"{name}_") from None
            raise RuntimeError(
                f"{name}_: cannot write {value.shape} into {target.shape}: {error}"
            ) from None
    if at_stake:
        _replace_history(target, value if fresh else _copied_over(target, value, name))
    mark_written(target)  # from here on views of the memory make their histories anew
    if at_stake:
        refresh(target)
    return target


def copy_into(target: Array, value: Array) -> None:
    """The write itself: the elements of `value`, cast to the target's dtype."""
    np.copyto(target, value, casting="unsafe")


def _copied_over(target: Tensor, value: Tensor, name: str) -> Tensor:
    """What the target is once the value was copied over it: gradients go to the value, and zeros
    to what was there.
    """
    before = wrap(target.array)
    before._requires_grad = target._requires_grad
    before._grad_fn = target._grad_fn
    out = wrap(value.array)
    attach_history(out, name, (before, zeros_of), (value, lambda g: g))
    return out


def read_only(name: str) -> RuntimeError:
    """The error that writing into memory deserves which may not be written."""
    return RuntimeError(
        f"{name}: cannot write into a tensor whose elements share memory, as expand makes them, or"
        " whose memory is read-only; clone() it first"
    )


def zeros_of(g: Tensor) -> Tensor:
    """The rule of an input that has no part in the result."""
    return record("zeros_like", np.zeros_like, (g, None))


def refuse_leaf(x: Tensor, name: str) -> None:
    """RuntimeError where x is a leaf that requires a gradient, or a view of one: it may not be
    written.
    """
    view = x._view
    if view is not None and view.made == NEVER:
        raise RuntimeError(f"{name}_: a view made under no_grad is written with grad mode enabled")
    if isinstance(view, OpaqueView):
        raise RuntimeError(
            f"{name}_: the tensor is what {view.name} returned of an input's memory, and is being"
            " modified inplace; return a clone() from forward, or write out of place"
        )
    if x._requires_grad and x._grad_fn is None:
        raise RuntimeError(
            f"{name}_: a leaf Variable that requires grad is being used in an in-place operation"
        )
    if view is None:
        return
    if view.base._requires_grad and view.base._grad_fn is None:
        raise RuntimeError(
            f"{name}_: a view of a leaf Variable that requires grad is being used in an in-place"
            " operation"
        )
    refuse_leaf(view.base, name)


def _replace_history(target: Tensor, value: Tensor) -> None:
    """Let the target's history be the value's; of a view, let the base's be the base's with the
    value in the view.
    """
    view = target._view
    if view is None:
        set_history(target, value._grad_fn)
        return
    of = functools.partial(view.function, **view.options)  # not the view, which would be a cycle
    whole = wrap(view.base.array)
    attach_history(
        whole,
        "copy_slices",
        (view.base, lambda g: zero_part(g, of)),
        (value, lambda g: part(g, of)),
    )
    _replace_history(view.base, whole)


def become(tensor: Tensor, make: Callable[[Tensor], Tensor], name: str) -> Tensor:
    """Let a tensor be a view of itself from here on, the same memory in another shape (`t_`).

    What was a view of it goes on seeing it as it was, and writes to either are seen by both.

    Args:
        tensor: what changes.
        make: gives the view of a tensor.
        name: the operation, without the underscore that its method has.

    Returns:
        The tensor.

    Raises:
        RuntimeError: if it is a leaf that requires a gradient, or a view of one.
    """
    if state.recording and has_history(tensor):
        refuse_leaf(tensor, name)
    before = wrap(tensor.array)
    before._version_counter = shared_version(tensor)
    before._requires_grad = tensor._requires_grad
    before._grad_fn = tensor._grad_fn
    before._view = tensor._view
    tell_alias(tensor, before)
    seen = make(before)
    if seen is before:
        return tensor
    tensor.array = seen.array
    tell_alias(seen, tensor)
    if tensor._requires_grad and not state.recording:
        return tensor  # under no_grad a history stays as it is, and a parameter a leaf
    tensor._grad_fn = seen._grad_fn
    tensor._requires_grad = seen._requires_grad
    tensor._view = seen._view
    if tensor._view is not None:
        tensor._view.replaces = True
    return tensor


# a part of a gradient ------------------------------------------------------------------------

Part = Callable[[Array], Array]


def embed(g: Tensor, shape: tuple[int, ...], of: Part) -> Tensor:
    """Zeros of `shape` whose part `of` holds g: the gradient of a view without overlap."""
    return record("embed", _embedded, (g, lambda h: part(h, of)), shape=shape, of=of)


def _embedded(array: Array, shape: tuple[int, ...], of: Part) -> Array:
    out = np.zeros(shape, array.dtype)
    of(out)[...] = array
    return out


def zero_part(g: Tensor, of: Part) -> Tensor:
    """g with zeros in its part `of`."""
    return record("zero_part", _zeroed, (g, lambda h: zero_part(h, of)), of=of)


def _zeroed(array: Array, of: Part) -> Array:
    out = array.copy(order="C")
    of(out)[...] = 0
    return out


def part(g: Tensor, of: Part) -> Tensor:
    """The part `of` of g: a view."""
    shape = g.array.shape
    return record_view("part", _part, g, lambda h: embed(h, shape, of), of=of)


def _part(array: Array, of: Part) -> Array:
    return of(array)


class EmbedRule:
    """The rule of a view without overlap: zeros that hold g where the view lies.

    Of many parts of one tensor each gradient is added where it lies, not as a whole of zeros.

    Attributes:
        of: the view's array of an array of the input's shape.
        shape: of the input.
    """

    __slots__ = ("of", "shape")

    def __init__(self, of: Part, shape: tuple[int, ...]) -> None:
        self.of = of
        self.shape = shape

    def __call__(self, g: Tensor) -> Tensor:
        return embed(g, self.shape, self.of)


# methods that write --------------------------------------------------------------------------


def in_place_method(function: Callable[..., Tensor], name: str) -> Callable[..., Tensor]:
    """The method that writes what `function` computes back into the tensor, and returns it.

    Where a gradient is at stake the function works on a copy, so that its rules keep reading what
    the tensor held before.
    """

    @functools.wraps(function)
    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        source = self
        others = (each for each in (*args, *kwargs.values()) if isinstance(each, Tensor))
        if state.recording and (has_history(self) or any(map(has_history, others))):
            source = snapshot(self)
        value = function(source, *args, **kwargs)
        if value.array.shape != self.array.shape:
            raise RuntimeError(
                f"{name}_: output with shape {list(self.shape)} doesn't match the broadcast shape"
                f" {list(value.shape)}"
            )
        check_castable(value, self, name)
        return assign(self, value, name, fresh=value is not source)

    method.__name__ = name + "_"
    method.__qualname__ = name + "_"
    return method


def snapshot(x: Tensor) -> Tensor:
    """x as it is now: its history over memory of its own, which later writes to x do not change."""
    out = wrap(x.array.copy())
    out._requires_grad = x._requires_grad
    out._grad_fn = x._grad_fn
    if state.tracer is not None:
        state.tracer.append(Step("operation", "clone", np.copy, {}, (x,), (out,)))
    return out


def check_castable(value: Tensor, target: Tensor, name: str) -> None:
    """RuntimeError where the result's dtype may not be written into the target's: a float into an
    integer.
    """
    if dtypes.kind(value.array.dtype) > dtypes.kind(target.array.dtype):
        raise RuntimeError(
            f"{name}: result type {value.dtype} can't be cast to the desired output type"
            f" {target.dtype}"
        )


def write_out(name: str, value: Tensor, out: Tensor) -> Tensor:
    """Write a result into the tensor given as `out=`, which takes its shape, and return that.

    Raises:
        RuntimeError: if the result has a history, or its dtype cannot be written into the tensor's.
    """
    if value._requires_grad:
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation,"
            " but one of the arguments requires grad."
        )
    check_castable(value, out, name)
    if out.array.shape != value.array.shape:
        out.array = np.empty(value.array.shape, out.array.dtype)
    return assign(out, value, name)
