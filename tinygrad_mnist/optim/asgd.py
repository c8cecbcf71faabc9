"""Averaged stochastic gradient descent."""

from __future__ import annotations

from tinygrad_mnist.core.tensor import Array
from tinygrad_mnist.optim.optimizer import (
    ElementwiseOptimizer,
    Group,
    Params,
    Rate,
    State,
    move_average,
    state_array,
    state_number,
)

__all__ = ["ASGD"]


class ASGD(ElementwiseOptimizer):
    """SGD whose average over the steps is kept in the state under `ax`.

    Polyak and Juditsky (1992).

    Args:
        params: the parameters, or pairs of name and parameter, or dicts with "params" and the
            options of that group.
        lr: the learning rate, a number or a tensor of one element.
        lambd: how much of the parameter is taken away in a step.
        alpha: the power by which the rate falls.
        t0: the step at which averaging starts.
        weight_decay: how much of the parameter is added to its gradient (L2 penalty).
        foreach: PyTorch's choice of an implementation; kept in the groups, without effect.
        maximize: step along the gradient, to larger values of the loss, instead of against it.
        differentiable: must be False: a step is not recorded.
        capturable: PyTorch's switch for CUDA graphs; kept in the groups, without effect.

    Raises:
        ValueError: if a number makes no sense, or there are no parameters.

    Example:
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.ASGD([w], lr=0.1)
        >>> (w * 3).sum().backward()
        >>> optimizer.step()
        >>> bool(w < 1.0)
        True
    """

    def __init__(
        self,
        params: Params,
        lr: Rate = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: Rate = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def update(self, p: Array, g: Array, step: float, state: State, group: Group) -> None:
        lr = group["lr"]
        lambd = group["lambd"]
        eta = state_number(state, "eta", lr)
        mu = state_number(state, "mu", 1)
        p *= 1 - lambd * float(eta)
        p -= g * float(eta)
        move_average(state_array(state, "ax", p), p, float(mu))
        eta[...] = lr / (1 + lambd * lr * step) ** group["alpha"]
        mu[...] = 1 / max(1, step - group["t0"])
