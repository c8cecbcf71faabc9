"""Adadelta."""

from __future__ import annotations

import numpy as np

from tinygrad_mnist.core.tensor import Array
from tinygrad_mnist.optim.optimizer import (
    ElementwiseOptimizer,
    Group,
    Params,
    Rate,
    State,
    average_of_squares,
    state_array,
)

__all__ = ["Adadelta"]


class Adadelta(ElementwiseOptimizer):
    """Adadelta: p -= lr * d, where d = g * RMS(d) / RMS(g).

    Zeiler (2012), arXiv:1212.5701.

    Args:
        params: the parameters, or pairs of name and parameter, or dicts with "params" and the
            options of that group.
        lr: the learning rate, a number or a tensor of one element.
        rho: how much of the running averages stays in a step.
        eps: added to the denominator.
        weight_decay: how much of the parameter is added to its gradient (L2 penalty).
        foreach: PyTorch's choice of an implementation; kept in the groups, without effect.
        capturable: PyTorch's switch for CUDA graphs; kept in the groups, without effect.
        maximize: step along the gradient, to larger values of the loss, instead of against it.
        differentiable: must be False: a step is not recorded.

    Raises:
        ValueError: if a number makes no sense, or there are no parameters.

    Example:
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.Adadelta([w], lr=0.1)
        >>> (w * 3).sum().backward()
        >>> optimizer.step()
        >>> bool(w < 1.0)
        True
    """

    def __init__(
        self,
        params: Params,
        lr: Rate = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: Rate = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "capturable": capturable,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def update(self, p: Array, g: Array, step: float, state: State, group: Group) -> None:
        rho = group["rho"]
        eps = group["eps"]
        square = average_of_squares(state_array(state, "square_avg", p), g, rho)
        moved = state_array(state, "acc_delta", p)
        delta = np.sqrt(moved + eps) / np.sqrt(square + eps) * g
        average_of_squares(moved, delta, rho)
        p -= delta * group["lr"]
