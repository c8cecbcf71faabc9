"""Gradients against central differences."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tinygrad_mnist.autograd.functional import jacobians
from tinygrad_mnist.core.backward import grad
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.modes import enable_grad
from tinygrad_mnist.core.tensor import Array, Tensor, wrap
from tinygrad_mnist.ops.random import draw_normal

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]


class GradcheckError(RuntimeError):
    """What `gradcheck` raises where the derivatives differ.

    Example:
        >>> x = torch.tensor([0.5], dtype=torch.float64, requires_grad=True)
        >>> torch.autograd.gradcheck(lambda x: x.detach() * x, x)
        Traceback (most recent call last):
        ...
        tinygrad_mnist.autograd.gradcheck.GradcheckError: Jacobian mismatch for output 0 with
        respect to input 0,...
    """


def gradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Whether the gradients of a function agree with (f(x + eps) - f(x - eps)) / (2 eps).

    Args:
        func: takes the inputs, returns a tensor or a tuple of them.
        inputs: a tensor or a tuple; those that require gradients are checked, and should be
            float64.
        eps: how far each element is moved.
        atol: the absolute difference that is allowed.
        rtol: the relative difference that is allowed.
        raise_exception: raise GradcheckError, which shows both Jacobians, rather than return False.
        nondet_tol: accepted, without effect; operations here give the same each time.
        check_undefined_grad: accepted, without effect.
        check_grad_dtypes: accepted, without effect; a gradient has its tensor's dtype always.
        check_batched_grad: accepted, without effect.
        check_batched_forward_grad: accepted, without effect.
        check_forward_ad: accepted, without effect; there is no forward mode.
        check_backward_ad: accepted, without effect; the reverse mode is always checked.
        fast_mode: accepted, without effect; every element is moved.
        masked: accepted, without effect; tensors are dense.

    Returns:
        True where they agree.

    Raises:
        GradcheckError: where they do not.
        ValueError: if no input requires a gradient.

    Example:
        >>> x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
        >>> torch.autograd.gradcheck(torch.sin, x)
        True
    """
    given = _listed(inputs)
    checked = [(i, x) for i, x in enumerate(given) if isinstance(x, Tensor) and x.requires_grad]
    wanted = (
        "gradcheck expects at least one input tensor to require gradient, but none of them does"
    )
    check(checked, wanted, error=ValueError)
    for i, x in checked:
        if x.array.dtype != np.float64:
            warnings.warn(
                f"gradcheck: input #{i} is {x.dtype}; only float64 is precise enough", stacklevel=2
            )
    with enable_grad():
        tensors = tuple(x for _, x in checked)
        exact = [jacobians(y, tensors) for y in _floats(func(*given))]
        for i, (place, x) in enumerate(checked):
            for k, ratio in enumerate(_differences(lambda: _floats(func(*given)), x.array, eps)):
                ours = exact[k][i].array.reshape(-1, x.array.size).T
                if np.allclose(ours, ratio, rtol, atol):
                    continue
                problem = (
                    f"Jacobian mismatch for output {k} with respect to input {place},\n"
                    f"numerical:{wrap(ratio)}\nanalytical:{wrap(ours)}\n"
                )
                check(not raise_exception, "{}", problem, error=GradcheckError)
                return False
    return True


def _listed(inputs: Any) -> tuple[Any, ...]:
    return (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)


def _floats(out: Any) -> list[Any]:
    return [y for y in _listed(out) if y.is_floating_point()]


def _differences(outputs: Callable[[], list[Tensor]], x: Array, eps: float) -> list[Array]:
    """Each output's central differences, (elements of x, elements of the output); x is moved, and
    put back.
    """
    rows = []
    for index in np.ndindex(x.shape):
        here = x[index]
        sides = []
        try:
            for there in (here + eps, here - eps):
                x[index] = there
                sides.append([y.array.ravel() * 1 for y in outputs()])
        finally:
            x[index] = here
        rows.append([(above - below) / (2 * eps) for above, below in zip(*sides, strict=True)])
    return [np.stack(column) for column in zip(*rows, strict=True)]


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    grad_outputs: Tensor | Sequence[Tensor] | None = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """`gradcheck` of the gradient: by the inputs, and by what the outputs are weighted with.

    Args:
        func: takes the inputs, returns a tensor or a tuple of them.
        inputs: a tensor or a tuple; those that require gradients are checked, and should be
            float64.
        grad_outputs: a tensor of each output's shape; random numbers by default.
        eps: how far each element is moved.
        atol: the absolute difference that is allowed.
        rtol: the relative difference that is allowed.
        gen_non_contig_grad_outputs: accepted, without effect.
        raise_exception: raise GradcheckError, which shows both Jacobians, rather than return False.
        nondet_tol: accepted, without effect; operations here give the same each time.
        check_undefined_grad: accepted, without effect.
        check_grad_dtypes: accepted, without effect; a gradient has its tensor's dtype always.
        check_batched_grad: accepted, without effect.
        check_fwd_over_rev: accepted, without effect; there is no forward mode.
        check_rev_over_rev: accepted, without effect; the reverse mode is always checked.
        fast_mode: accepted, without effect; every element is moved.
        masked: accepted, without effect; tensors are dense.

    Returns:
        True where they agree.

    Raises:
        GradcheckError: where they do not.

    Example:
        >>> x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
        >>> torch.autograd.gradgradcheck(torch.sin, x)
        True
    """
    given = _listed(inputs)
    if grad_outputs is None:
        with enable_grad():
            outs = [y for y in _floats(func(*given)) if y.requires_grad]
        grad_outputs = [
            wrap(draw_normal(y.array.shape, y.array.dtype)).requires_grad_() for y in outs
        ]

    def gradient(*args: Any) -> list[Tensor]:
        xs = args[: len(given)]
        seeds = args[len(given) :]
        ys = [y for y in _floats(func(*xs)) if y.requires_grad]
        wanted = [x for x in xs if isinstance(x, Tensor) and x.requires_grad]
        found: Any = grad(ys, wanted, seeds, create_graph=True, allow_unused=True)
        return [g for g in found if g is not None]

    return gradcheck(
        gradient,
        (*given, *_listed(grad_outputs)),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
    )
