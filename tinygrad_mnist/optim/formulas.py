"""The optimizers that treat each parameter by itself, in order of increasing complexity.

Each is its options, in PyTorch's order, and its formula on arrays.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_mnist.kernels.adam import adam
from tinygrad_mnist.optim.optimizer import Group, State, TabledOptimizer, refuse, scalar, slot
from tinygrad_mnist.core.tensor import Array, Tensor, wrap

__all__ = [
    "ASGD", "SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "RMSprop", "Rprop",
]  # fmt: skip

# how PyTorch runs the same formula; accepted and kept in the groups
WAYS: dict[str, Any] = {"foreach": None, "maximize": False, "capturable": False, "differentiable": False}
BETAS: dict[str, Any] = {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0}


def _mix(average: Array, value: Array, share: float) -> Array:
    """Move a running average towards a value, in place."""
    average += (value - average) * share
    return average


def _squares(average: Array, g: Array, rest: float) -> Array:
    """Move a running average of squares on, in place."""
    average *= rest
    average += g * g * (1 - rest)
    return average


class SGD(TabledOptimizer):
    """p -= lr * g, or with momentum p -= lr * b, b = momentum * b + (1 - dampening) * g.

    Nesterov's form takes g + momentum * b. Sutskever et al., ICML 2013.
    """

    options = {
        "lr": 1e-3, "momentum": 0, "dampening": 0, "weight_decay": 0, "nesterov": False, "maximize": False,
        "foreach": None, "differentiable": False, "fused": None,
    }  # fmt: skip

    def check_options(self, o: dict[str, Any]) -> None:
        super().check_options(o)
        good = not o["nesterov"] or (o["momentum"] > 0 and o["dampening"] == 0)
        refuse(good, "Nesterov momentum requires a momentum and zero dampening")

    def _count(self, state: State) -> float:
        return 0.0

    def update(self, p: Array, g: Array, n: float, state: State, group: Group) -> None:
        momentum = group["momentum"]
        if momentum:
            buffer = state.get("momentum_buffer")
            if buffer is None:
                buffer = state["momentum_buffer"] = wrap(g.copy())
            else:
                buffer.array *= momentum
                buffer.array += g * (1 - group["dampening"])
            g = g + buffer.array * momentum if group["nesterov"] else buffer.array
        p -= g * group["lr"]


class Adagrad(TabledOptimizer):
    """p -= lr * g / (sqrt(sum of g^2) + eps). Duchi et al., JMLR 12 (2011) 2121-2159."""

    options = {
        "lr": 1e-2, "lr_decay": 0, "weight_decay": 0, "initial_accumulator_value": 0, "eps": 1e-10,
        "foreach": None, "maximize": False, "differentiable": False, "fused": None,
    }  # fmt: skip

    def update(self, p: Array, g: Array, n: float, state: State, group: Group) -> None:
        total = slot(state, "sum", p, group["initial_accumulator_value"])
        total += g * g
        p -= group["lr"] / (1 + (n - 1) * group["lr_decay"]) * g / (np.sqrt(total) + group["eps"])


class Adadelta(TabledOptimizer):
    """p -= lr * d, d = g * RMS(d) / RMS(g). Zeiler (2012), arXiv:1212.5701."""

    options = {"lr": 1.0, "rho": 0.9, "eps": 1e-6, "weight_decay": 0, **WAYS}

    def update(self, p: Array, g: Array, n: float, state: State, group: Group) -> None:
        rho, eps, moved = group["rho"], group["eps"], slot(state, "acc_delta", p)
        square = _squares(slot(state, "square_avg", p), g, rho)
        delta = np.sqrt(moved + eps) / np.sqrt(square + eps) * g
        _squares(moved, delta, rho)
        p -= delta * group["lr"]


class RMSprop(TabledOptimizer):
    """p -= lr * g / (sqrt(average of g^2) + eps), with momentum or centred. Hinton, lecture 6e (2012)."""

    options = {
        "lr": 1e-2, "alpha": 0.99, "eps": 1e-8, "weight_decay": 0, "momentum": 0, "centered": False,
        "capturable": False, **WAYS,
    }  # fmt: skip

    def update(self, p: Array, g: Array, n: float, state: State, group: Group) -> None:
        spread = _squares(slot(state, "square_avg", p), g, group["alpha"])
        if group["centered"]:
            mean = _mix(slot(state, "grad_avg", p), g, 1 - group["alpha"])
            spread = spread - mean * mean
        g = g / (np.sqrt(spread) + group["eps"])
        if group["momentum"]:
            buffer = slot(state, "momentum_buffer", p)
            buffer *= group["momentum"]
            buffer += g
            g = buffer
        p -= g * group["lr"]


class Adam(TabledOptimizer):
    """p -= lr * m / (sqrt(v) + eps), m and v averages of g and g^2, freed of their start at 0.

    Kingma and Ba (2014), arXiv:1412.6980; `amsgrad` takes the largest v so far, arXiv:1904.09237.
    """

    options = {"lr": 1e-3, **BETAS, "amsgrad": False, **WAYS, "fused": None, "decoupled_weight_decay": False}

    def check_options(self, o: dict[str, Any]) -> None:
        super().check_options(o)
        a, b = (Tensor if isinstance(beta, Tensor) else type(beta) for beta in o["betas"])
        same = a is b is Tensor or (issubclass(a, float) and issubclass(b, float))
        refuse(same, "betas must be either both floats or both Tensors")
        wrong = o["foreach"] and not o["capturable"] and (isinstance(o["lr"], Tensor) or a is Tensor)
        refuse(not wrong, "lr or betas as a Tensor is not supported for capturable=False and foreach=True")
        o["betas"] = tuple(map(float, o["betas"]))

    def update(self, p: Array, g: Array, n: float, state: State, group: Group) -> None:
        beta1, beta2 = group["betas"]
        m, v = slot(state, "exp_avg", p), slot(state, "exp_avg_sq", p)
        largest = slot(state, "max_exp_avg_sq", p) if group["amsgrad"] else None
        rate, correction = group["lr"] / (1 - beta1**n), math.sqrt(1 - beta2**n)
        adam(p, np.ascontiguousarray(g), m, v, largest, beta1, beta2, rate, correction, group["eps"])


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameters directly. Loshchilov and Hutter (2017), arXiv:1711.05101."""

    options = {**Adam.options, "weight_decay": 1e-2, "decoupled_weight_decay": True}


class Adamax(TabledOptimizer):
    """Adam with the largest |g| in place of v: p -= lr * m / u. Kingma and Ba (2014), section 7.1."""

    options = {"lr": 2e-3, **BETAS, **WAYS}

    def update(self, p: Array, g: Array, n: float, state: State, group: Group) -> None:
        beta1, beta2 = group["betas"]
        m, largest = _mix(slot(state, "exp_avg", p), g, 1 - beta1), slot(state, "exp_inf", p)
        np.maximum(largest * beta2, np.abs(g) + group["eps"], out=largest)
        p -= m * (group["lr"] / (1 - beta1**n)) / largest


def _moments(p: Array, g: Array, state: State, group: Group) -> tuple[Array, Array]:
    """Adam's averages, moved on."""
    beta1, beta2 = group["betas"]
    return _mix(slot(state, "exp_avg", p), g, 1 - beta1), _squares(slot(state, "exp_avg_sq", p), g, beta2)


class NAdam(TabledOptimizer):
    """Adam with Nesterov's momentum. Dozat (2016), ICLR workshop."""

    options = {"lr": 2e-3, **BETAS, "momentum_decay": 4e-3, "decoupled_weight_decay": False, **WAYS}

    def update(self, p: Array, g: Array, n: float, state: State, group: Group) -> None:
        lr, (beta1, beta2) = group["lr"], group["betas"]
        now, after = (beta1 * (1 - 0.5 * 0.96 ** (k * group["momentum_decay"])) for k in (n, n + 1))
        total = scalar(state, "mu_product", 1)
        total *= np.float32(now)
        product = float(total)
        m, v = _moments(p, g, state, group)
        below = np.sqrt(v / (1 - beta2**n)) + group["eps"]
        p -= g * (lr * (1 - now) / (1 - product)) / below
        p -= m * (lr * after / (1 - product * after)) / below


class RAdam(TabledOptimizer):
    """Adam that waits, as plain momentum, until v is worth dividing by. Liu et al. (2019), arXiv:1908.03265."""

    options = {"lr": 1e-3, **BETAS, "decoupled_weight_decay": False, **WAYS}

    def update(self, p: Array, g: Array, n: float, state: State, group: Group) -> None:
        beta1, beta2 = group["betas"]
        m, v = _moments(p, g, state, group)
        rate, share, longest = group["lr"] / (1 - beta1**n), 1 - beta2**n, 2 / (1 - beta2) - 1
        length = longest - 2 * n * beta2**n / share
        if length <= 5:
            p -= m * rate
            return
        rectifier = math.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
        p -= m * (rate * rectifier * math.sqrt(share)) / (np.sqrt(v) + group["eps"])


class Rprop(TabledOptimizer):
    """A step size for each element, which grows while the gradient keeps its sign. Riedmiller and Braun (1993)."""

    options = {"lr": 1e-2, "etas": (0.5, 1.2), "step_sizes": (1e-6, 50), **WAYS}

    def check_options(self, o: dict[str, Any]) -> None:
        super().check_options(o)
        refuse(0 < o["etas"][0] < 1 < o["etas"][1], "Invalid eta values: {}, {}", *o["etas"])

    def update(self, p: Array, g: Array, n: float, state: State, group: Group) -> None:
        before, size = slot(state, "prev", p), slot(state, "step_size", p, group["lr"])
        turn, (shrink, grow) = g * before, group["etas"]
        size *= np.where(turn > 0, grow, np.where(turn < 0, shrink, 1)).astype(p.dtype)
        np.clip(size, *group["step_sizes"], out=size)
        before[...] = np.where(turn < 0, 0, g)
        p -= np.sign(before) * size


class ASGD(TabledOptimizer):
    """SGD whose average over the steps is kept in `ax`. Polyak and Juditsky (1992)."""

    options = {
        "lr": 1e-2, "lambd": 1e-4, "alpha": 0.75, "t0": 1e6, "weight_decay": 0,
        "foreach": None, "maximize": False, "differentiable": False, "capturable": False,
    }  # fmt: skip

    def update(self, p: Array, g: Array, n: float, state: State, group: Group) -> None:
        lr, lambd, alpha = group["lr"], group["lambd"], group["alpha"]
        eta, mu = scalar(state, "eta", lr), scalar(state, "mu", 1)
        p *= 1 - lambd * float(eta)
        p -= g * float(eta)
        _mix(slot(state, "ax", p), p, float(mu))
        eta[...] = lr / (1 + lambd * lr * n) ** alpha
        mu[...] = 1 / max(1, n - group["t0"])
