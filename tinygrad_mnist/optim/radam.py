"""RAdam."""

from __future__ import annotations

import math

import numpy as np

from tinygrad_mnist.core.tensor import Array
from tinygrad_mnist.optim.optimizer import (
    ElementwiseOptimizer,
    Group,
    Params,
    Rate,
    State,
    adam_averages,
)

__all__ = ["RAdam"]


class RAdam(ElementwiseOptimizer):
    """Adam that waits, as plain momentum, until v is worth dividing by.

    Liu et al. (2019), arXiv:1908.03265.

    Args:
        params: the parameters, or pairs of name and parameter, or dicts with "params" and the
            options of that group.
        lr: the learning rate, a number or a tensor of one element.
        betas: how much of the running averages of the gradient and of its square stays in a step.
        eps: added to the denominator.
        weight_decay: how much of the parameter is added to its gradient (L2 penalty).
        decoupled_weight_decay: let weight decay shrink the parameter directly, as AdamW does.
        foreach: PyTorch's choice of an implementation; kept in the groups, without effect.
        maximize: step along the gradient, to larger values of the loss, instead of against it.
        capturable: PyTorch's switch for CUDA graphs; kept in the groups, without effect.
        differentiable: must be False: a step is not recorded.

    Raises:
        ValueError: if a number makes no sense, or there are no parameters.

    Example:
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.RAdam([w], lr=0.1)
        >>> (w * 3).sum().backward()
        >>> optimizer.step()
        >>> bool(w < 1.0)
        True
    """

    def __init__(
        self,
        params: Params,
        lr: Rate = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: Rate = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def update(self, p: Array, g: Array, step: float, state: State, group: Group) -> None:
        beta1, beta2 = group["betas"]
        exp_avg, exp_avg_sq = adam_averages(p, g, state, group)
        rate = group["lr"] / (1 - beta1**step)
        correction = 1 - beta2**step
        longest = 2 / (1 - beta2) - 1  # the length of the average in the long run
        length = longest - 2 * step * beta2**step / correction
        if length <= 5:
            p -= exp_avg * rate
            return
        numerator = (length - 4) * (length - 2) * longest
        rectifier = math.sqrt(numerator / ((longest - 4) * (longest - 2) * length))
        scale = rate * rectifier * math.sqrt(correction)
        p -= exp_avg * scale / (np.sqrt(exp_avg_sq) + group["eps"])
