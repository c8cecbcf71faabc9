"""Gradients held within bounds."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from tinygrad_mnist.errors import check
from tinygrad_mnist.ops.movement import stack
from tinygrad_mnist.ops.reduction import norm
from tinygrad_mnist.tape import no_grad, touch
from tinygrad_mnist.tensor import Tensor, wrap


def _listed(tensors: Any) -> list[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


@no_grad()
def get_total_norm(
    tensors: Any, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: Any = None
) -> Tensor:
    """The p-norm of all elements of all tensors together."""
    norms = [norm(x.detach(), float(norm_type)) for x in _listed(tensors)]
    total = norm(stack(norms), float(norm_type)) if norms else wrap(np.zeros((), np.float32))
    message = "clip_grad_norm_: The total norm of order {} for gradients from `parameters` is non-finite"
    check(np.isfinite(total.array) or not error_if_nonfinite, message, norm_type)
    return total


def clip_grads_with_norm_(parameters: Any, max_norm: float, total_norm: Tensor, foreach: Any = None) -> None:
    """Scale all gradients down together, in place, so that a norm of total_norm becomes at most max_norm."""
    factor = float(max_norm) / (total_norm.array + 1e-6)
    for p in _listed(parameters):
        if p.grad is not None and not factor >= 1:
            p.grad.array *= p.grad.array.dtype.type(factor)
            touch(p.grad)


def clip_grad_norm_(
    parameters: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: Any = None
) -> Tensor:
    """Scale all gradients down together, in place, so that their norm is at most max_norm; the norm before."""
    listed = _listed(parameters)
    if not listed and isinstance(parameters, Iterator):
        warnings.warn("clip_grad_norm_: `parameters` is an empty generator, nothing is clipped", stacklevel=2)
    total = get_total_norm([p.grad for p in listed if p.grad is not None], norm_type, error_if_nonfinite)
    clip_grads_with_norm_(listed, max_norm, total)
    return total


clip_grad_norm = clip_grad_norm_


def clip_grad_value_(parameters: Any, clip_value: float, foreach: Any = None) -> None:
    """Hold every element of every gradient, in place, within +-clip_value."""
    for p in _listed(parameters):
        if p.grad is not None:
            np.clip(p.grad.array, -float(clip_value), float(clip_value), out=p.grad.array)
            touch(p.grad)
