"""Gradients held within bounds."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tinygrad_mnist.core.backward import as_list
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import assign
from tinygrad_mnist.core.modes import no_grad
from tinygrad_mnist.core.record import record
from tinygrad_mnist.core.tensor import Tensor, wrap
from tinygrad_mnist.ops.joining import stack
from tinygrad_mnist.ops.norms import norm
from tinygrad_mnist.ops.pointwise import clamp

__all__ = [
    "clip_grad_norm",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "get_total_norm",
]


@no_grad()
def get_total_norm(
    tensors: Tensor | Iterable[Tensor],
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The p-norm of all elements of all tensors together.

    Args:
        tensors: one tensor or several, of any shapes.
        norm_type: the p; inf is the largest absolute value.
        error_if_nonfinite: whether a norm that is infinite or NaN is an error.
        foreach: accepted and ignored.

    Returns:
        The norm, a scalar; 0 if there are no tensors.

    Raises:
        RuntimeError: if the norm is not finite and `error_if_nonfinite` is set.

    Example:
        >>> torch.nn.utils.get_total_norm([torch.tensor([3.0]), torch.tensor([4.0])])
        tensor(5.)
    """
    total = wrap(np.zeros((), np.float32))
    norms = [norm(x.detach(), float(norm_type)) for x in as_list(tensors)]
    if norms:
        total = norm(stack(norms), float(norm_type))
    if error_if_nonfinite:
        message = (
            "clip_grad_norm_: The total norm of order {} for gradients from `parameters`"
            " is non-finite"
        )
        check(np.isfinite(total.array), message, norm_type)
    return total


@no_grad()
def clip_grads_with_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    total_norm: Tensor,
    foreach: bool | None = None,
) -> None:
    """Scale all gradients down, in place, so that a norm of total_norm becomes at most max_norm.

    Args:
        parameters: one tensor or several; those without a gradient are left out.
        max_norm: the bound.
        total_norm: the norm of all gradients together, a scalar.
        foreach: accepted and ignored.

    Example:
        >>> x = torch.ones(1, requires_grad=True)
        >>> x.grad = torch.tensor([8.0])
        >>> torch.nn.utils.clip_grads_with_norm_(x, 2.0, torch.tensor(4.0))
        >>> x.grad
        tensor([4.0000])
    """
    factor = clamp(float(max_norm) / (total_norm + 1e-6), max=1.0)
    for p in as_list(parameters):
        if p.grad is not None:
            assign(p.grad, record("mul", np.multiply, (p.grad, None), (factor, None)), "mul")


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale all gradients down together, in place, so that their norm is at most max_norm.

    Pascanu et al. (2012), arXiv:1211.5063.

    Args:
        parameters: one tensor or several; those without a gradient are left out.
        max_norm: the bound.
        norm_type: the p of the norm; inf is the largest absolute value.
        error_if_nonfinite: whether a norm that is infinite or NaN is an error.
        foreach: accepted and ignored.

    Returns:
        The norm before, a scalar.

    Raises:
        RuntimeError: if the norm is not finite and `error_if_nonfinite` is set.

    Example:
        >>> x = torch.ones(2, requires_grad=True)
        >>> x.grad = torch.tensor([3.0, 4.0])
        >>> torch.nn.utils.clip_grad_norm_([x], 1.0)
        tensor(5.)
        >>> x.grad
        tensor([0.6000, 0.8000])
    """
    given = as_list(parameters)
    gradients = [p.grad for p in given if p.grad is not None]
    total = get_total_norm(gradients, norm_type, error_if_nonfinite)
    clip_grads_with_norm_(given, max_norm, total)
    return total


clip_grad_norm = clip_grad_norm_


@no_grad()
def clip_grad_value_(
    parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None
) -> None:
    """Hold every element of every gradient, in place, within +-clip_value.

    Args:
        parameters: one tensor or several; those without a gradient are left out.
        clip_value: the bound.
        foreach: accepted and ignored.

    Example:
        >>> x = torch.ones(2, requires_grad=True)
        >>> x.grad = torch.tensor([0.5, -4.0])
        >>> torch.nn.utils.clip_grad_value_(x, 1.0)
        >>> x.grad
        tensor([ 0.5000, -1.0000])
    """
    bound = float(clip_value)
    for p in as_list(parameters):
        if p.grad is not None:
            p.grad.clamp_(-bound, bound)
