"""RMSprop."""

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
    move_average,
    state_array,
)

__all__ = ["RMSprop"]


class RMSprop(ElementwiseOptimizer):
    """RMSprop: p -= lr * g / (sqrt(average of g^2) + eps), with momentum or centred.

    Hinton, lecture 6e (2012).

    Args:
        params: the parameters, or pairs of name and parameter, or dicts with "params" and the
            options of that group.
        lr: the learning rate, a number or a tensor of one element.
        alpha: how much of the running average of squares stays in a step.
        eps: added to the denominator.
        weight_decay: how much of the parameter is added to its gradient (L2 penalty).
        momentum: how much of the last step is kept.
        centered: divide by the standard deviation of the gradient, not by its root mean square.
        capturable: PyTorch's switch for CUDA graphs; kept in the groups, without effect.
        foreach: PyTorch's choice of an implementation; kept in the groups, without effect.
        maximize: step along the gradient, to larger values of the loss, instead of against it.
        differentiable: must be False: a step is not recorded.

    Raises:
        ValueError: if a number makes no sense, or there are no parameters.

    Example:
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.RMSprop([w], lr=0.1)
        >>> (w * 3).sum().backward()
        >>> optimizer.step()
        >>> bool(w < 1.0)
        True
    """

    def __init__(
        self,
        params: Params,
        lr: Rate = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: Rate = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "alpha": alpha,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "centered": centered,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def update(self, p: Array, g: Array, step: float, state: State, group: Group) -> None:
        variance = average_of_squares(state_array(state, "square_avg", p), g, group["alpha"])
        if group["centered"]:
            mean = move_average(state_array(state, "grad_avg", p), g, 1 - group["alpha"])
            variance = variance - mean * mean
        g = g / (np.sqrt(variance) + group["eps"])
        if group["momentum"]:
            buffer = state_array(state, "momentum_buffer", p)
            buffer *= group["momentum"]
            buffer += g
            g = buffer
        p -= g * group["lr"]
