"""Adamax."""

from __future__ import annotations

import numpy as np

from tinygrad_mnist.core.tensor import Array
from tinygrad_mnist.optim.optimizer import (
    ElementwiseOptimizer,
    Group,
    Params,
    Rate,
    State,
    move_average,
    state_array,
)

__all__ = ["Adamax"]


class Adamax(ElementwiseOptimizer):
    """Adam with the largest |g| in place of v: p -= lr * m / u.

    Kingma and Ba (2014), section 7.1, arXiv:1412.6980.

    Args:
        params: the parameters, or pairs of name and parameter, or dicts with "params" and the
            options of that group.
        lr: the learning rate, a number or a tensor of one element.
        betas: how much of the running averages of the gradient and of its square stays in a step.
        eps: added to the denominator.
        weight_decay: how much of the parameter is added to its gradient (L2 penalty).
        foreach: PyTorch's choice of an implementation; kept in the groups, without effect.
        maximize: step along the gradient, to larger values of the loss, instead of against it.
        differentiable: must be False: a step is not recorded.
        capturable: PyTorch's switch for CUDA graphs; kept in the groups, without effect.

    Raises:
        ValueError: if a number makes no sense, or there are no parameters.

    Example:
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.Adamax([w], lr=0.1)
        >>> (w * 3).sum().backward()
        >>> optimizer.step()
        >>> bool(w < 1.0)
        True
    """

    def __init__(
        self,
        params: Params,
        lr: Rate = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: Rate = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def update(self, p: Array, g: Array, step: float, state: State, group: Group) -> None:
        beta1, beta2 = group["betas"]
        exp_avg = move_average(state_array(state, "exp_avg", p), g, 1 - beta1)
        exp_inf = state_array(state, "exp_inf", p)
        np.maximum(exp_inf * beta2, np.abs(g) + group["eps"], out=exp_inf)
        p -= exp_avg * (group["lr"] / (1 - beta1**step)) / exp_inf
