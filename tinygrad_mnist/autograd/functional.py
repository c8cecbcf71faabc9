"""Jacobians, Hessians and their products with vectors, of functions of tensors.

Each function takes `func`, which gets the inputs (a tensor or a tuple of tensors) and returns a
tensor or a tuple of them. With `create_graph` the result can be differentiated. With `strict` an
output that does not depend on an input is a RuntimeError rather than zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_mnist.core.backward import grad
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.modes import enable_grad
from tinygrad_mnist.core.tensor import Tensor, wrap
from tinygrad_mnist.ops.joining import stack
from tinygrad_mnist.ops.shape import reshape

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Func = Callable[..., Any]
Tensors = tuple[Tensor, ...]


def _as_tuple(given: Any, what: str) -> Tensors:
    tensors = given if isinstance(given, tuple) else (given,)
    for each in tensors:
        message = "The {} must be either a Tensor or a tuple of Tensors, got {}"
        check(isinstance(each, Tensor), message, what, type(each).__name__, error=TypeError)
    return tensors


def _call(name: str, func: Func, inputs: Any, create_graph: bool) -> tuple[Tensors, Tensors]:
    """The inputs as tensors that `func` alone has used, and its outputs."""
    xs = []
    for x in _as_tuple(inputs, f"inputs given to {name}"):
        if create_graph and x.requires_grad:
            xs.append(reshape(x, x.array.shape))
        else:
            xs.append(x.detach().requires_grad_())
    return tuple(xs), _as_tuple(func(*xs), f"outputs of the user-provided function given to {name}")


def _gradients(
    outputs: Tensors,
    xs: Tensors,
    seeds: Sequence[Tensor],
    create_graph: bool,
    strict: bool,
    retain_graph: bool | None = None,
) -> Tensors:
    """`grad`, with zeros (if not strict) for what does not depend on an input."""
    pairs = [(y, g) for y, g in zip(outputs, seeds, strict=True) if y.requires_grad]
    found: Any = [None] * len(xs)
    if pairs:
        ys, gs = zip(*pairs, strict=True)
        found = grad(
            ys, xs, gs, retain_graph=retain_graph, create_graph=create_graph, allow_unused=True
        )
    for i, g in enumerate(found):
        depends = g is not None and (g.requires_grad or not create_graph)
        check(
            depends or not strict,
            "The output of the user-provided function is independent of input {}. This is not"
            " allowed in strict mode.",
            i,
        )
    return tuple(
        wrap(np.zeros_like(x.array)) if g is None else g for x, g in zip(xs, found, strict=True)
    )


def _vectors(name: str, v: Any, like: Tensors) -> Tensors:
    """The vectors to multiply with, of the shapes of `like`; 1 for a single element."""
    if v is None:
        single = len(like) == 1 and like[0].array.size == 1
        check(
            single,
            "{}: the vector v can only be None for a single Tensor with a single element",
            name,
        )
        return (wrap(np.ones_like(like[0].array)),)
    vs = _as_tuple(v, f"v given to {name}")
    shapes = [tuple(x.shape) for x in vs]
    wanted = [tuple(x.shape) for x in like]
    check(
        shapes == wanted,
        "{}: v has invalid size: got shapes {}, should be {}",
        name,
        shapes,
        wanted,
    )
    return vs


def _result(tensors: Tensors, single: bool, create_graph: bool) -> Any:
    out = tensors if create_graph else tuple(x.detach() for x in tensors)
    return out[0] if single else out


@enable_grad()
def jacobian(
    func: Func,
    inputs: Tensor | Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The derivative of every output element by every input element.

    Args:
        func: takes the inputs, returns a tensor or a tuple of them.
        inputs: a tensor or a tuple of tensors, of any shapes.
        create_graph: let the result be differentiable.
        strict: refuse an output that does not depend on an input.
        vectorize: accepted; the same numbers come by the same way.
        strategy: accepted, likewise.

    Returns:
        A tensor (*output shape, *input shape); a tuple over inputs where the inputs are one,
        within a tuple over outputs where they are one.

    Raises:
        TypeError: if inputs or outputs are no tensors.
        RuntimeError: if `strict`, and an output does not depend on an input.

    Example:
        >>> torch.autograd.functional.jacobian(lambda x: x**2, torch.tensor([1.0, 2.0]))
        tensor([[2., 0.],
                [0., 4.]])
    """
    xs, outputs = _call("jacobian", func, inputs, create_graph)
    single = not isinstance(inputs, tuple)
    parts = [_result(jacobians(y, xs, create_graph, strict), single, create_graph) for y in outputs]
    return parts[0] if len(parts) == 1 else tuple(parts)


def jacobians(y: Tensor, xs: Tensors, create_graph: bool = False, strict: bool = False) -> Tensors:
    """The derivative of y by each of xs: a backward pass for each element of y."""
    shape = y.array.shape
    dtype = y.array.dtype
    rows = []
    for seed in np.eye(y.array.size, dtype=dtype):
        rows.append(_gradients((y,), xs, (wrap(seed.reshape(shape)),), create_graph, strict, True))
    if not rows:
        return tuple(wrap(np.zeros((*shape, *x.array.shape), dtype)) for x in xs)
    return tuple(reshape(stack(gs), (*shape, *gs[0].array.shape)) for gs in zip(*rows, strict=True))


def _scalar(name: str, func: Func) -> Func:
    """`func`, whose result must have one element, which becomes 0-dimensional."""

    def checked(*xs: Tensor) -> Tensor:
        outputs = _as_tuple(func(*xs), f"outputs of the user-provided function given to {name}")
        single = len(outputs) == 1 and outputs[0].array.size == 1
        check(
            single,
            "The function given to {} should return a single Tensor with a single element",
            name,
        )
        return reshape(outputs[0], ())

    return checked


def hessian(
    func: Func,
    inputs: Tensor | Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The second derivatives of a function with one element: the `jacobian` of its `jacobian`.

    Args:
        func: takes the inputs, returns a tensor of one element.
        inputs: a tensor or a tuple of tensors, of any shapes.
        create_graph: let the result be differentiable.
        strict: refuse an output that does not depend on an input.
        vectorize: accepted; the same numbers come by the same way.
        outer_jacobian_strategy: accepted, likewise.

    Returns:
        A tensor (*input shape, *input shape), or a tuple of tuples of them where the inputs are a
        tuple.

    Raises:
        RuntimeError: if the function returns more than one element.

    Example:
        >>> torch.autograd.functional.hessian(lambda x: (x**3).sum(), torch.tensor([1.0, 2.0]))
        tensor([[ 6.,  0.],
                [ 0., 12.]])
    """

    def gradient(*xs: Tensor) -> Any:
        return jacobian(
            _scalar("hessian", func), xs if isinstance(inputs, tuple) else xs[0], True, strict
        )

    found = jacobian(gradient, inputs, create_graph, strict)
    if isinstance(inputs, tuple) and len(inputs) == 1:
        return (found,)
    return found


@enable_grad()
def vjp(
    func: Func,
    inputs: Tensor | Tensors,
    v: Tensor | Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """A function's outputs, and a vector times its Jacobian: one backward pass.

    Args:
        func: takes the inputs, returns a tensor or a tuple of them.
        inputs: a tensor or a tuple of tensors.
        v: the vector, of the outputs' shapes; may be left out for a single element.
        create_graph: let the results be differentiable.
        strict: refuse an output that does not depend on an input.

    Returns:
        The outputs, and the product, of the inputs' shapes.

    Raises:
        RuntimeError: if `v` has other shapes than the outputs.

    Example:
        >>> torch.autograd.functional.vjp(lambda x: x**2, torch.tensor([1.0, 2.0]), torch.ones(2))
        (tensor([1., 4.]), tensor([2., 4.]))
    """
    xs, outputs = _call("vjp", func, inputs, create_graph)
    found = _gradients(outputs, xs, _vectors("vjp", v, outputs), create_graph, strict)
    values = _result(outputs, len(outputs) == 1, create_graph)
    return values, _result(found, not isinstance(inputs, tuple), create_graph)


@enable_grad()
def jvp(
    func: Func,
    inputs: Tensor | Tensors,
    v: Tensor | Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """A function's outputs, and its Jacobian times a vector.

    u J is linear in u, so its derivative by u, times v, is J v: two passes backward make one
    forward.

    Args:
        func: takes the inputs, returns a tensor or a tuple of them.
        inputs: a tensor or a tuple of tensors.
        v: the vector, of the inputs' shapes; may be left out for a single element.
        create_graph: let the results be differentiable.
        strict: refuse an output that does not depend on an input.

    Returns:
        The outputs, and the product, of the outputs' shapes.

    Raises:
        RuntimeError: if `v` has other shapes than the inputs.

    Example:
        >>> torch.autograd.functional.jvp(lambda x: x**2, torch.tensor([1.0, 2.0]), torch.ones(2))
        (tensor([1., 4.]), tensor([2., 4.]))
    """
    xs, outputs = _call("jvp", func, inputs, create_graph)
    vs = _vectors("jvp", v, xs)
    us = tuple(wrap(np.zeros_like(y.array)).requires_grad_() for y in outputs)
    found = _gradients(_gradients(outputs, xs, us, True, strict), us, vs, create_graph, strict)
    single = len(outputs) == 1
    return _result(outputs, single, create_graph), _result(found, single, create_graph)


@enable_grad()
def vhp(
    func: Func,
    inputs: Tensor | Tensors,
    v: Tensor | Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """The value of a function with one element, and a vector times its Hessian.

    Args:
        func: takes the inputs, returns a tensor of one element.
        inputs: a tensor or a tuple of tensors.
        v: the vector, of the inputs' shapes; may be left out for a single element.
        create_graph: let the results be differentiable.
        strict: refuse an output that does not depend on an input.

    Returns:
        The value, and the product, of the inputs' shapes.

    Raises:
        RuntimeError: if the function returns more than one element, or `v` has other shapes than
            the inputs.

    Example:
        >>> x = torch.tensor([1.0, 2.0])
        >>> torch.autograd.functional.vhp(lambda x: (x**3).sum(), x, torch.ones(2))
        (tensor(9.), tensor([ 6., 12.]))
    """
    xs, outputs = _call("vhp", _scalar("vhp", func), inputs, create_graph)
    first = _gradients(outputs, xs, (wrap(np.ones_like(outputs[0].array)),), True, strict)
    found = _gradients(first, xs, _vectors("vhp", v, xs), create_graph, strict)
    return _result(outputs, True, create_graph), _result(
        found, not isinstance(inputs, tuple), create_graph
    )


def hvp(
    func: Func,
    inputs: Tensor | Tensors,
    v: Tensor | Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """The value of a function with one element, and its Hessian times a vector: `vhp`, as the
    Hessian is symmetric.

    Args:
        func: takes the inputs, returns a tensor of one element.
        inputs: a tensor or a tuple of tensors.
        v: the vector, of the inputs' shapes; may be left out for a single element.
        create_graph: let the results be differentiable.
        strict: refuse an output that does not depend on an input.

    Returns:
        The value, and the product, of the inputs' shapes.

    Raises:
        RuntimeError: if the function returns more than one element, or `v` has other shapes than
            the inputs.

    Example:
        >>> x = torch.tensor([1.0, 2.0])
        >>> torch.autograd.functional.hvp(lambda x: (x**3).sum(), x, torch.ones(2))
        (tensor(9.), tensor([ 6., 12.]))
    """
    return vhp(func, inputs, v, create_graph, strict)
