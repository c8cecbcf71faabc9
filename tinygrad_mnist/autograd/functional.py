"""Jacobians, Hessians and their products with vectors, of functions of tensors.

Each function takes `func`, which gets the inputs (a tensor or a tuple of tensors) and returns a
tensor or a tuple of them. With `create_graph` the result can be differentiated. With `strict` an
output that does not depend on an input is a RuntimeError rather than zeros.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops.movement import reshape, stack
from tinygrad_mnist.tape import enable_grad, grad
from tinygrad_mnist.core.tensor import Tensor, wrap

Func = Callable[..., Any]
Tensors = tuple[Tensor, ...]


def _tuple(given: Any, what: str) -> Tensors:
    tensors = given if isinstance(given, tuple) else (given,)
    for each in tensors:
        message = "The {} must be either a Tensor or a tuple of Tensors, got {}"
        check(isinstance(each, Tensor), message, what, type(each).__name__, error=TypeError)
    return tensors


def _called(name: str, func: Func, inputs: Any, create_graph: bool) -> tuple[Tensors, Tensors]:
    """The inputs as tensors that `func` alone has used, and its outputs."""
    xs = tuple(
        reshape(x, x.array.shape) if create_graph and x.requires_grad else x.detach().requires_grad_()
        for x in _tuple(inputs, f"inputs given to {name}")
    )
    return xs, _tuple(func(*xs), f"outputs of the user-provided function given to {name}")


def _gradients(
    outputs: Tensors, xs: Tensors, seeds: Any, create_graph: bool, strict: bool, keep: bool | None = None
) -> Tensors:
    """`grad`, with zeros (if not strict) for what does not depend on an input."""
    pairs = [(y, g) for y, g in zip(outputs, seeds, strict=True) if y.requires_grad]
    found: Any = [None] * len(xs)
    if pairs:
        ys, gs = zip(*pairs, strict=True)
        found = grad(ys, xs, gs, retain_graph=keep, create_graph=create_graph, allow_unused=True)
    for i, g in enumerate(found):
        wrong = (
            "The output of the user-provided function is independent of input {}. This is not allowed in strict mode."
        )
        check(not strict or (g is not None and (g.requires_grad or not create_graph)), wrong, i)
    return tuple(wrap(np.zeros_like(x.array)) if g is None else g for x, g in zip(xs, found, strict=True))


def _vectors(name: str, v: Any, like: Tensors) -> Tensors:
    """The vectors to multiply with, of the shapes of `like`; 1 for a single element."""
    if v is None:
        message = "{}: the vector v can only be None for a single Tensor with a single element"
        check(len(like) == 1 and like[0].array.size == 1, message, name)
        return (wrap(np.ones_like(like[0].array)),)
    vs = _tuple(v, f"v given to {name}")
    shapes, wanted = ([tuple(t.shape) for t in ts] for ts in (vs, like))
    check(shapes == wanted, "{}: v has invalid size: got shapes {}, should be {}", name, shapes, wanted)
    return vs


def _result(tensors: Tensors, single: bool, create_graph: bool) -> Any:
    out = tensors if create_graph else tuple(t.detach() for t in tensors)
    return out[0] if single else out


@enable_grad()
def jacobian(
    func: Func, inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    """The derivative of every output element by every input element, (*output shape, *input shape).

    A tuple over inputs where the inputs are one, within a tuple over outputs where they are one. `vectorize`
    and the strategies give the same numbers by the same way.
    """
    xs, outputs = _called("jacobian", func, inputs, create_graph)
    single = not isinstance(inputs, tuple)
    parts = [_result(jacobians(y, xs, create_graph, strict), single, create_graph) for y in outputs]
    return parts[0] if len(parts) == 1 else tuple(parts)


def jacobians(y: Tensor, xs: Tensors, create_graph: bool = False, strict: bool = False) -> Tensors:
    """The derivative of y by each of xs: a pass backward for each element of y."""
    shape, dtype = y.array.shape, y.array.dtype
    seeds = [wrap(seed.reshape(shape)) for seed in np.eye(y.array.size, dtype=dtype)]
    rows = [_gradients((y,), xs, (seed,), create_graph, strict, True) for seed in seeds]
    if not rows:
        return tuple(wrap(np.zeros((*shape, *x.array.shape), dtype)) for x in xs)
    return tuple(reshape(stack(gs), (*shape, *gs[0].array.shape)) for gs in zip(*rows, strict=True))


def _scalar(name: str, func: Func) -> Func:
    def checked(*xs: Tensor) -> Tensor:
        outputs = _tuple(func(*xs), f"outputs of the user-provided function given to {name}")
        fine = len(outputs) == 1 and outputs[0].array.size == 1
        check(fine, "The function given to {} should return a single Tensor with a single element", name)
        return reshape(outputs[0], ())

    return checked


def hessian(
    func: Func, inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    """The second derivatives of a function with one element: the `jacobian` of its `jacobian`."""

    def gradient(*xs: Tensor) -> Any:
        return jacobian(_scalar("hessian", func), xs if isinstance(inputs, tuple) else xs[0], True, strict)

    found = jacobian(gradient, inputs, create_graph, strict)
    return (found,) if isinstance(inputs, tuple) and len(inputs) == 1 else found


@enable_grad()
def vjp(func: Func, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """func(inputs), and v (of the outputs' shapes) times the Jacobian."""
    xs, outputs = _called("vjp", func, inputs, create_graph)
    found = _gradients(outputs, xs, _vectors("vjp", v, outputs), create_graph, strict)
    return _result(outputs, len(outputs) == 1, create_graph), _result(
        found, not isinstance(inputs, tuple), create_graph
    )


@enable_grad()
def jvp(func: Func, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """func(inputs), and the Jacobian times v (of the inputs' shapes).

    u J is linear in u, so its derivative by u, times v, is J v: two passes backward make one forward.
    """
    xs, outputs = _called("jvp", func, inputs, create_graph)
    vs = _vectors("jvp", v, xs)
    us = tuple(wrap(np.zeros_like(y.array)).requires_grad_() for y in outputs)
    found = _gradients(_gradients(outputs, xs, us, True, strict), us, vs, create_graph, strict)
    single = len(outputs) == 1
    return _result(outputs, single, create_graph), _result(found, single, create_graph)


@enable_grad()
def vhp(func: Func, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """func(inputs), which must have one element, and v (of the inputs' shapes) times the Hessian."""
    xs, outputs = _called("vhp", _scalar("vhp", func), inputs, create_graph)
    first = _gradients(outputs, xs, (wrap(np.ones_like(outputs[0].array)),), True, strict)
    found = _gradients(first, xs, _vectors("vhp", v, xs), create_graph, strict)
    return _result(outputs, True, create_graph), _result(found, not isinstance(inputs, tuple), create_graph)


hvp = vhp  # the Hessian is symmetric
