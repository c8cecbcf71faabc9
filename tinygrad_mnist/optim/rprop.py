"""Rprop."""

from __future__ import annotations

import numpy as np

from tinygrad_mnist.core.tensor import Array
from tinygrad_mnist.optim.optimizer import (
    ElementwiseOptimizer,
    Group,
    Params,
    Rate,
    State,
    check_value,
    state_array,
)

__all__ = ["Rprop"]


class Rprop(ElementwiseOptimizer):
    """A step size for each element, which grows while the gradient keeps its sign.

    Riedmiller and Braun (1993).

    Args:
        params: the parameters, or pairs of name and parameter, or dicts with "params" and the
            options of that group.
        lr: the learning rate, a number or a tensor of one element.
        etas: the factors by which a step size shrinks when the sign changes, and grows when it
            stays.
        step_sizes: the least and the largest step size.
        capturable: PyTorch's switch for CUDA graphs; kept in the groups, without effect.
        foreach: PyTorch's choice of an implementation; kept in the groups, without effect.
        maximize: step along the gradient, to larger values of the loss, instead of against it.
        differentiable: must be False: a step is not recorded.

    Raises:
        ValueError: if a number makes no sense, or there are no parameters.

    Example:
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.Rprop([w], lr=0.1)
        >>> (w * 3).sum().backward()
        >>> optimizer.step()
        >>> bool(w < 1.0)
        True
    """

    def __init__(
        self,
        params: Params,
        lr: Rate = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        check_value(0 < etas[0] < 1 < etas[1], "Invalid eta values: {}, {}", *etas)
        super().__init__(params, defaults)

    def update(self, p: Array, g: Array, step: float, state: State, group: Group) -> None:
        before = state_array(state, "prev", p)
        step_size = state_array(state, "step_size", p, group["lr"])
        shrink, grow = group["etas"]
        agreement = g * before
        factors = np.where(agreement > 0, grow, np.where(agreement < 0, shrink, 1))
        step_size *= factors.astype(p.dtype)
        np.clip(step_size, *group["step_sizes"], out=step_size)
        before[...] = np.where(agreement < 0, 0, g)
        p -= np.sign(before) * step_size
