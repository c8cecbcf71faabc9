"""Networks as functions of their parameters, parameters as one vector, gradients held within bounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.nn.exports import export
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.ops.movement import cat, stack
from tinygrad_mnist.ops.reduction import norm
from tinygrad_mnist.tape import listed, no_grad, touch
from tinygrad_mnist.core.tensor import Tensor, wrap


@no_grad()
def get_total_norm(
    tensors: Any, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: Any = None
) -> Tensor:
    """The p-norm of all elements of all tensors together."""
    norms = [norm(x.detach(), float(norm_type)) for x in listed(tensors)]
    total = norm(stack(norms), float(norm_type)) if norms else wrap(np.zeros((), np.float32))
    message = "clip_grad_norm_: The total norm of order {} for gradients from `parameters` is non-finite"
    check(np.isfinite(total.array) or not error_if_nonfinite, message, norm_type)
    return total


def clip_grads_with_norm_(parameters: Any, max_norm: float, total_norm: Tensor, foreach: Any = None) -> None:
    """Scale all gradients down together, in place, so that a norm of total_norm becomes at most max_norm."""
    factor = float(max_norm) / (total_norm.array + 1e-6)
    for p in listed(parameters):
        if p.grad is not None and not factor >= 1:
            p.grad.array *= p.grad.array.dtype.type(factor)
            touch(p.grad)


def clip_grad_norm_(
    parameters: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: Any = None
) -> Tensor:
    """Scale all gradients down together, in place, so that their norm is at most max_norm; the norm before."""
    given = listed(parameters)
    total = get_total_norm([p.grad for p in given if p.grad is not None], norm_type, error_if_nonfinite)
    clip_grads_with_norm_(given, max_norm, total)
    return total


clip_grad_norm = clip_grad_norm_


def clip_grad_value_(parameters: Any, clip_value: float, foreach: Any = None) -> None:
    """Hold every element of every gradient, in place, within +-clip_value."""
    for p in listed(parameters):
        if p.grad is not None:
            np.clip(p.grad.array, -float(clip_value), float(clip_value), out=p.grad.array)
            touch(p.grad)


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters, flattened, one after the other."""
    return cat([p.reshape(-1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Let each parameter be its part of the vector."""
    check(isinstance(vec, Tensor), "expected torch.Tensor, but got: {}", type(vec).__name__, error=TypeError)
    start = 0
    for p in parameters:
        p.data = vec[start : start + p.numel()].view_as(p).data
        start += p.numel()


def functional_call(
    module: Module, parameters_and_buffers: Any, args: Any = None, kwargs: dict[str, Any] | None = None, *,
    tie_weights: bool = True, strict: bool = False,
) -> Any:  # fmt: skip
    """module(*args, **kwargs) with other tensors in place of its parameters and buffers, named by their paths.

    Args:
        parameters_and_buffers: a dict, or several of them.
        args: the arguments; one that is no tuple is the only one.
        tie_weights: whether a tensor takes all the places of the one that it stands for.
        strict: whether a name too many or too few is an error.
    """
    dicts = [parameters_and_buffers] if isinstance(parameters_and_buffers, Mapping) else parameters_and_buffers
    given = {name: x for each in dicts for name, x in each.items()}
    inside, rooms = module.named_modules(remove_duplicate=False), ("_parameters", "_buffers")
    homes = [(path, inner.__dict__[room]) for path, inner in inside for room in rooms]
    places = [(f"{path}.{name}".lstrip("."), room, name, x) for path, room in homes for name, x in room.items()]
    odd = given.keys() ^ {path for path, *_, x in places if x is not None}
    check(not strict or not odd, "functional_call: missing or unexpected key(s): {}", odd)
    twins = {id(x): given[path] for path, *_, x in places if path in given and tie_weights}
    try:
        for path, room, name, x in places:
            room[name] = given.get(path, twins.get(id(x), x))
        return module(*(() if args is None else args if isinstance(args, tuple) else (args,)), **(kwargs or {}))
    finally:
        for _, room, name, x in places:
            room[name] = x


export(globals())
