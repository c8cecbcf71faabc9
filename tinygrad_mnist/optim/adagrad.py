"""Adagrad."""

from __future__ import annotations

import numpy as np

from tinygrad_mnist.core.tensor import Array
from tinygrad_mnist.optim.optimizer import (
    ElementwiseOptimizer,
    Group,
    Params,
    Rate,
    State,
    state_array,
)

__all__ = ["Adagrad"]


class Adagrad(ElementwiseOptimizer):
    """Adagrad: p -= lr * g / (sqrt(sum of g^2) + eps).

    Duchi et al., JMLR 12 (2011) 2121-2159.

    Args:
        params: the parameters, or pairs of name and parameter, or dicts with "params" and the
            options of that group.
        lr: the learning rate, a number or a tensor of one element.
        lr_decay: the rate is divided by 1 + (step - 1) * lr_decay.
        weight_decay: how much of the parameter is added to its gradient (L2 penalty).
        initial_accumulator_value: where the sum of squares starts.
        eps: added to the denominator.
        foreach: PyTorch's choice of an implementation; kept in the groups, without effect.
        maximize: step along the gradient, to larger values of the loss, instead of against it.
        differentiable: must be False: a step is not recorded.
        fused: PyTorch's choice of an implementation; kept in the groups, without effect.

    Raises:
        ValueError: if a number makes no sense, or there are no parameters.

    Example:
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.Adagrad([w], lr=0.1)
        >>> (w * 3).sum().backward()
        >>> optimizer.step()
        >>> bool(w < 1.0)
        True
    """

    def __init__(
        self,
        params: Params,
        lr: Rate = 1e-2,
        lr_decay: float = 0,
        weight_decay: Rate = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "eps": eps,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def update(self, p: Array, g: Array, step: float, state: State, group: Group) -> None:
        total = state_array(state, "sum", p, group["initial_accumulator_value"])
        total += g * g
        rate = group["lr"] / (1 + (step - 1) * group["lr_decay"])
        p -= rate * g / (np.sqrt(total) + group["eps"])
