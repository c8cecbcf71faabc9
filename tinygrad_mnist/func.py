"""`torch.func`: gradients, products and Jacobians as functions of functions.

Arguments and results may be tensors in nested tuples, lists and dicts. What a transform gives has a
history only where an input, or a tensor that the function closes over, has one; so transforms nest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import Any

import numpy as np

from tinygrad_mnist.autograd.functional import _gradients, jacobians
from tinygrad_mnist.errors import check
from tinygrad_mnist.nn.utils.parameters import functional_call
from tinygrad_mnist.ops.movement import stack, unbind
from tinygrad_mnist.tape import AccumulateGrad, enable_grad, is_grad_enabled
from tinygrad_mnist.tensor import Tensor, wrap

__all__ = [
    "functional_call", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "stack_module_state", "vjp",
    "vmap",
]  # fmt: skip


def _leaves(tree: Any) -> list[Tensor]:
    if isinstance(tree, Tensor):
        return [tree]
    inner: Any = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list | tuple) else ()
    return [leaf for each in inner for leaf in _leaves(each)]


def _like(tree: Any, leaves: Iterator[Any]) -> Any:
    """The tree with other leaves in place of its tensors."""
    if isinstance(tree, Tensor):
        return next(leaves)
    if isinstance(tree, dict):
        return type(tree)((key, _like(each, leaves)) for key, each in tree.items())
    if isinstance(tree, list | tuple):
        parts = [_like(each, leaves) for each in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return tree


class _Traced:
    """A call of `func` with fresh tensors in place of those of the arguments at `argnums`."""

    def __init__(self, func: Any, args: Sequence[Any], kwargs: Any, argnums: Any, has_aux: bool = False) -> None:
        self.outer, full = is_grad_enabled(), list(args)
        places = (argnums,) if isinstance(argnums, int) else tuple(argnums)
        ok = all(-len(args) <= i < len(args) for i in places)
        check(ok, "argnums {} does not fit {} arguments", argnums, len(args))
        self.inputs = args[argnums] if isinstance(argnums, int) else tuple(args[i] for i in places)
        with enable_grad():
            self.xs = tuple(x.view_as(x) if x.tracked else x.detach().requires_grad_() for x in _leaves(self.inputs))
            fresh = iter(self.xs)
            for i in places:
                full[i] = _like(args[i], fresh)
            out = func(*full, **kwargs)
        self.out, self.aux = out if has_aux else (out, None)  # type: ignore[var-annotated]
        self.ys = tuple(_leaves(self.out))

    def back(self, seeds: Iterable[Tensor]) -> tuple[Tensor, ...]:
        """The gradients by the inputs, of the outputs weighted by seeds."""
        with enable_grad():
            return _gradients(self.ys, self.xs, tuple(seeds), True, False)

    def given(self, tree: Any) -> Any:
        """Results without the history that leads to the fresh tensors alone."""
        leaves = _leaves(tree)
        own = {id(x) for x in self.xs if x.node is None}
        stack, seen, kept = [x.grad_fn for x in leaves if x.node], set(), False
        while stack and self.outer and not kept:
            node = stack.pop()
            kept = isinstance(node, AccumulateGrad) and id(node.variable) not in own
            if node not in seen:
                seen.add(node)
                stack += [each for each, _ in node.next_functions]  # type: ignore[union-attr]
        return tree if kept else _like(tree, iter([x.detach() for x in leaves]))


def grad_and_value(func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that gives the gradient of `func`, which returns a scalar, and its value.

    Args:
        argnums: by which arguments; a tuple gives a tuple.
        has_aux: whether `func` returns a pair, whose second part is passed on: (gradient, (value, aux)).
    """

    @wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        traced = _Traced(func, args, kwargs, argnums, has_aux)
        y = traced.out
        check(isinstance(y, Tensor) and y.ndim == 0, "Expected f(*args) to return a scalar tensor, got {}", y)
        found = traced.back([wrap(np.ones_like(y.array))])
        value, aux = traced.given(y), traced.given(traced.aux)
        return _like(traced.inputs, iter(traced.given(found))), (value, aux) if has_aux else value

    return wrapped


def grad(func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that gives the gradient of `func`, which returns a scalar; with `has_aux`, (gradient, aux)."""
    both = grad_and_value(func, argnums, has_aux)

    @wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        gradient, value = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return wrapped


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """func(*primals), and a function from weights of its outputs to the gradients by all primals; perhaps aux."""
    traced = _Traced(func, primals, {}, range(len(primals)), has_aux)

    def pulled(cotangents: Any, retain_graph: bool = True, create_graph: Any = None) -> Any:
        return _like(traced.inputs, iter(traced.given(traced.back(_leaves(cotangents)))))

    out = traced.given(traced.out), pulled
    return (*out, traced.given(traced.aux)) if has_aux else out


def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> Any:
    """func(*primals), and the Jacobian times the tangents; perhaps aux.

    u J is linear in u, so its derivative by u, times v, is J v: two passes backward make one forward.
    """
    traced = _Traced(func, primals, {}, range(len(primals)), has_aux)
    with enable_grad():
        us = tuple(wrap(np.zeros_like(y.array)).requires_grad_() for y in traced.ys)
        found = _gradients(traced.back(us), us, tuple(_leaves(tangents)), True, False)
    traced.xs += us
    out = traced.given(traced.out), _like(traced.out, iter(traced.given(found)))
    return (*out, traced.given(traced.aux)) if has_aux else out


def jacrev(func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False, **chunks: Any) -> Callable[..., Any]:
    """A function that gives the derivative of every output of `func` by every input, (*output shape, *input shape)."""

    @wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        traced = _Traced(func, args, kwargs, argnums, has_aux)
        with enable_grad():
            rows = [_like(traced.inputs, iter(traced.given(jacobians(y, traced.xs, True)))) for y in traced.ys]
        out = _like(traced.out, iter(rows))
        return (out, traced.given(traced.aux)) if has_aux else out

    return wrapped


jacfwd = jacrev  # the values are the same


def hessian(func: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    """A function that gives the second derivatives of `func`: the `jacrev` of its `jacrev`."""
    return jacrev(jacrev(func, argnums), argnums)


def vmap(
    func: Callable[..., Any], in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", **chunks: Any
) -> Callable[..., Any]:
    """A function that calls `func` for each entry of its arguments, one after the other, and stacks the results.

    Args:
        in_dims: the dimension of the entries, None for an argument that is the same in all calls; one for each
            argument, or one for all.
        out_dims: where the results' new dimension goes.
    """

    @wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        dims = in_dims if isinstance(in_dims, tuple | list) else (in_dims,) * len(args)
        split = [None if d is None else [unbind(x, d) for x in _leaves(arg)] for arg, d in zip(args, dims, strict=True)]
        sizes = {len(rows) for each in split if each is not None for rows in each}
        message = "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {}"
        check(len(sizes) == 1, message, sorted(sizes), error=ValueError)
        outs = [
            func(*(arg if rows is None else _like(arg, iter([x[i] for x in rows]))
                   for arg, rows in zip(args, split, strict=True)), **kwargs)
            for i in range(sizes.pop())
        ]  # fmt: skip
        columns = list(zip(*map(_leaves, outs), strict=True))
        places = out_dims if isinstance(out_dims, tuple | list) else (out_dims,) * len(columns)
        return _like(outs[0], (stack(list(each), d) for each, d in zip(columns, places, strict=True)))

    return wrapped


def stack_module_state(models: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters and the buffers of modules of one kind, stacked by name: for `vmap` over an ensemble."""
    check(len(models) > 0, "stack_module_state: Expected at least one model, got 0.")
    states = [[dict(model.named_parameters()), dict(model.named_buffers())] for model in models]
    params, buffers = (
        {k: stack([s[i][k] for s in states]).detach().requires_grad_(x.requires_grad) for k, x in states[0][i].items()}
        for i in (0, 1)
    )
    return params, buffers
