"""Stochastic gradient descent."""

from __future__ import annotations

from tinygrad_mnist.core.tensor import Array, wrap
from tinygrad_mnist.optim.optimizer import (
    ElementwiseOptimizer,
    Group,
    Params,
    Rate,
    State,
    check_value,
)

__all__ = ["SGD"]


class SGD(ElementwiseOptimizer):
    """Stochastic gradient descent: p -= lr * g, or with momentum p -= lr * b.

    Here b = momentum * b + (1 - dampening) * g; Nesterov's form takes g + momentum * b.
    Sutskever et al., ICML 2013.

    Args:
        params: the parameters, or pairs of name and parameter, or dicts with "params" and the
            options of that group.
        lr: the learning rate, a number or a tensor of one element.
        momentum: how much of the last step is kept.
        dampening: how much of a new gradient is left out of the momentum.
        weight_decay: how much of the parameter is added to its gradient (L2 penalty).
        nesterov: look ahead along the momentum.
        maximize: step along the gradient, to larger values of the loss, instead of against it.
        foreach: PyTorch's choice of an implementation; kept in the groups, without effect.
        differentiable: must be False: a step is not recorded.
        fused: PyTorch's choice of an implementation; kept in the groups, without effect.

    Raises:
        ValueError: if a number makes no sense, or there are no parameters.

    Example:
        >>> w = torch.tensor([1.0], requires_grad=True)
        >>> optimizer = optim.SGD([w], lr=0.1)
        >>> (w * 3).sum().backward()
        >>> optimizer.step()
        >>> bool(w < 1.0)
        True
    """

    def __init__(
        self,
        params: Params,
        lr: Rate = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: Rate = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        looks_ahead = momentum > 0 and dampening == 0
        check_value(
            not nesterov or looks_ahead, "Nesterov momentum requires a momentum and zero dampening"
        )
        super().__init__(params, defaults)

    def _count_step(self, state: State) -> float:
        return 0.0

    def update(self, p: Array, g: Array, step: float, state: State, group: Group) -> None:
        momentum = group["momentum"]
        if momentum:
            buffer = state.get("momentum_buffer")
            if buffer is None:
                buffer = wrap(g.copy())
                state["momentum_buffer"] = buffer
            else:
                buffer.array *= momentum
                buffer.array += g * (1 - group["dampening"])
            g = g + buffer.array * momentum if group["nesterov"] else buffer.array
        p -= g * group["lr"]
