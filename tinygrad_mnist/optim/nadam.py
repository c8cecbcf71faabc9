"""NAdam."""

from __future__ import annotations

import numpy as np

from tinygrad_mnist.core.tensor import Array
from tinygrad_mnist.optim.optimizer import (
    ElementwiseOptimizer,
    Group,
    Params,
    Rate,
    State,
    adam_averages,
    state_number,
)

__all__ = ["NAdam"]


class NAdam(ElementwiseOptimizer):
    """Adam with Nesterov's momentum.

    Dozat (2016), ICLR workshop.

    Args:
        params: the parameters, or pairs of name and parameter, or dicts with "params" and the
            options of that group.
        lr: the learning rate, a number or a tensor of one element.
        betas: how much of the running averages of the gradient and of its square stays in a step.
        eps: added to the denominator.
        weight_decay: how much of the parameter is added to its gradient (L2 penalty).
        momentum_decay: how slowly the momentum rises to the first of the betas.
        decoupled_weight_decay: let weight decay shrink the parameter directly, as AdamW does.
        foreach: PyTorch's choice of an implementation; kept in the groups, without effect.
        maximize: step along the gradient, to larger values of the loss, instead of against it.
        capturable: PyTorch's switch for CUDA graphs; kept in the groups, without effect.
        differentiable: must be False: a step is not recorded.

    Raises:
        ValueError: if a number makes no sense, or there are no parameters.

    Example:
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.NAdam([w], lr=0.1)
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
        momentum_decay: float = 4e-3,
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
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def update(self, p: Array, g: Array, step: float, state: State, group: Group) -> None:
        lr = group["lr"]
        beta1, beta2 = group["betas"]
        decay = group["momentum_decay"]
        momentum = beta1 * (1 - 0.5 * 0.96 ** (step * decay))
        next_momentum = beta1 * (1 - 0.5 * 0.96 ** ((step + 1) * decay))
        mu_product = state_number(state, "mu_product", 1)
        mu_product *= np.float32(momentum)
        product = float(mu_product)
        exp_avg, exp_avg_sq = adam_averages(p, g, state, group)
        denominator = np.sqrt(exp_avg_sq / (1 - beta2**step)) + group["eps"]
        p -= g * (lr * (1 - momentum) / (1 - product)) / denominator
        p -= exp_avg * (lr * next_momentum / (1 - product * next_momentum)) / denominator
