"""Adam, and AdamW whose weight decay is not part of the gradient."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_mnist.core.tensor import Array, Tensor
from tinygrad_mnist.kernels.adam import adam
from tinygrad_mnist.optim.optimizer import (
    ElementwiseOptimizer,
    Group,
    Params,
    Rate,
    State,
    check_value,
    state_array,
)

__all__ = ["Adam", "AdamW"]


class Adam(ElementwiseOptimizer):
    """Adam: p -= lr * m / (sqrt(v) + eps), with m and v averages of g and g^2.

    Both averages are freed of their start at 0. Kingma and Ba (2014), arXiv:1412.6980; `amsgrad`
    is from Reddi et al. (2018), arXiv:1904.09237.

    Args:
        params: the parameters, or pairs of name and parameter, or dicts with "params" and the
            options of that group.
        lr: the learning rate, a number or a tensor of one element.
        betas: how much of the running averages of the gradient and of its square stays in a step.
        eps: added to the denominator.
        weight_decay: how much of the parameter is added to its gradient (L2 penalty).
        amsgrad: divide by the largest average of squares so far.
        foreach: PyTorch's choice of an implementation; kept in the groups, without effect.
        maximize: step along the gradient, to larger values of the loss, instead of against it.
        capturable: PyTorch's switch for CUDA graphs; kept in the groups, without effect.
        differentiable: must be False: a step is not recorded.
        fused: PyTorch's choice of an implementation; kept in the groups, without effect.
        decoupled_weight_decay: let weight decay shrink the parameter directly, as AdamW does.

    Raises:
        ValueError: if a number makes no sense, or there are no parameters.

    Example:
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.Adam([w], lr=0.1)
        >>> (w * 3).sum().backward()
        >>> optimizer.step()
        >>> bool(w < 1.0)
        True
    """

    def __init__(
        self,
        params: Params,
        lr: Rate = 1e-3,
        betas: tuple[Rate, Rate] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: Rate = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        defaults: dict[str, Any] = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "foreach": foreach,
            "maximize": maximize,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        _check_betas(betas, lr, foreach, capturable)
        defaults["betas"] = tuple(map(float, betas))
        super().__init__(params, defaults)

    def update(self, p: Array, g: Array, step: float, state: State, group: Group) -> None:
        beta1, beta2 = group["betas"]
        exp_avg = state_array(state, "exp_avg", p)
        exp_avg_sq = state_array(state, "exp_avg_sq", p)
        largest = state_array(state, "max_exp_avg_sq", p) if group["amsgrad"] else None
        step_size = group["lr"] / (1 - beta1**step)
        correction = math.sqrt(1 - beta2**step)
        adam(
            p,
            np.ascontiguousarray(g),
            exp_avg,
            exp_avg_sq,
            largest,
            beta1=beta1,
            beta2=beta2,
            step_size=step_size,
            correction=correction,
            eps=group["eps"],
        )


def _check_betas(
    betas: tuple[Rate, Rate], lr: Rate, foreach: bool | None, capturable: bool
) -> None:
    """ValueError for a mixture of numbers and tensors, as PyTorch refuses it."""
    of_tensors = [isinstance(beta, Tensor) for beta in betas]
    of_floats = [isinstance(beta, float) for beta in betas]
    check_value(
        all(of_tensors) or all(of_floats), "betas must be either both floats or both Tensors"
    )
    check_value(
        not foreach or capturable or not (isinstance(lr, Tensor) or of_tensors[0]),
        "lr or betas as a Tensor is not supported for capturable=False and foreach=True",
    )


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameters directly.

    Loshchilov and Hutter (2017), arXiv:1711.05101.

    Args:
        params: the parameters, or pairs of name and parameter, or dicts with "params" and the
            options of that group.
        lr: the learning rate, a number or a tensor of one element.
        betas: how much of the running averages of the gradient and of its square stays in a step.
        eps: added to the denominator.
        weight_decay: the share of the parameter, times the rate, that is taken away in a step.
        amsgrad: divide by the largest average of squares so far.
        maximize: step along the gradient, to larger values of the loss, instead of against it.
        foreach: PyTorch's choice of an implementation; kept in the groups, without effect.
        capturable: PyTorch's switch for CUDA graphs; kept in the groups, without effect.
        differentiable: must be False: a step is not recorded.
        fused: PyTorch's choice of an implementation; kept in the groups, without effect.

    Raises:
        ValueError: if a number makes no sense, or there are no parameters.

    Example:
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.AdamW([w], lr=0.1)
        >>> (w * 3).sum().backward()
        >>> optimizer.step()
        >>> bool(w < 1.0)
        True
    """

    def __init__(
        self,
        params: Params,
        lr: Rate = 1e-3,
        betas: tuple[Rate, Rate] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: Rate = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )
