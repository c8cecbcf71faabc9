"""The optimizers that treat each parameter by itself, in order of increasing complexity.

Each is its options, in PyTorch's order, and its formula on arrays.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_mnist.kernels.adam import adam
from tinygrad_mnist.optim.optimizer import FormulaOptimizer, Group, State, slot
from tinygrad_mnist.tensor import Array, wrap

# how PyTorch runs the same formula; accepted and kept in the groups
WAYS: dict[str, Any] = {"foreach": None, "maximize": False, "capturable": False, "differentiable": False}


def _mix(average: Array, value: Array, share: float) -> Array:
    """Move a running average towards a value, in place."""
    average += (value - average) * average.dtype.type(share)
    return average


def _number(state: State) -> float:
    return float(state["step"].array)


class SGD(FormulaOptimizer):
    """p -= lr * g, or with momentum p -= lr * b, b = momentum * b + (1 - dampening) * g.

    Nesterov's form takes g + momentum * b. Sutskever et al., ICML 2013.
    """

    options = {
        "lr": 1e-3, "momentum": 0, "dampening": 0, "weight_decay": 0, "nesterov": False, "maximize": False,
        "foreach": None, "differentiable": False, "fused": None,
    }  # fmt: skip
    counts = False

    def __init__(self, params: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(params, *args, **kwargs)
        d = self.defaults
        if d["nesterov"] and (d["momentum"] <= 0 or d["dampening"] != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")

    def update(self, p: Array, g: Array, state: State, group: Group) -> None:
        kind, momentum = p.dtype.type, group["momentum"]
        if momentum:
            if state.get("momentum_buffer") is None:
                state["momentum_buffer"] = wrap(g.copy())
            else:
                buffer = state["momentum_buffer"].array
                buffer *= kind(momentum)
                buffer += g * kind(1 - group["dampening"])
            buffer = state["momentum_buffer"].array
            g = g + buffer * kind(momentum) if group["nesterov"] else buffer
        p -= g * kind(group["lr"])


class Adagrad(FormulaOptimizer):
    """p -= lr * g / (sqrt(sum of g^2) + eps). Duchi et al., JMLR 12 (2011) 2121-2159."""

    options = {
        "lr": 1e-2, "lr_decay": 0, "weight_decay": 0, "initial_accumulator_value": 0, "eps": 1e-10,
        "foreach": None, "maximize": False, "differentiable": False, "fused": None,
    }  # fmt: skip

    def update(self, p: Array, g: Array, state: State, group: Group) -> None:
        kind = p.dtype.type
        total = slot(state, "sum", p, group["initial_accumulator_value"])
        rate = group["lr"] / (1 + (_number(state) - 1) * group["lr_decay"])
        total += g * g
        p -= kind(rate) * g / (np.sqrt(total) + kind(group["eps"]))


class Adadelta(FormulaOptimizer):
    """p -= lr * d, d = g * RMS(d) / RMS(g). Zeiler (2012), arXiv:1212.5701."""

    options = {"lr": 1.0, "rho": 0.9, "eps": 1e-6, "weight_decay": 0, **WAYS}

    def update(self, p: Array, g: Array, state: State, group: Group) -> None:
        kind = p.dtype.type
        rho, rest, eps = kind(group["rho"]), kind(1 - group["rho"]), kind(group["eps"])
        square, moved = slot(state, "square_avg", p), slot(state, "acc_delta", p)
        square *= rho
        square += g * g * rest
        delta = np.sqrt(moved + eps) / np.sqrt(square + eps) * g
        moved *= rho
        moved += delta * delta * rest
        p -= delta * kind(group["lr"])


class RMSprop(FormulaOptimizer):
    """p -= lr * g / (sqrt(average of g^2) + eps), with momentum or centred. Hinton, lecture 6e (2012)."""

    options = {
        "lr": 1e-2, "alpha": 0.99, "eps": 1e-8, "weight_decay": 0, "momentum": 0, "centered": False,
        "capturable": False, **WAYS,
    }  # fmt: skip

    def update(self, p: Array, g: Array, state: State, group: Group) -> None:
        kind = p.dtype.type
        square = slot(state, "square_avg", p)
        square *= kind(group["alpha"])
        square += g * g * kind(1 - group["alpha"])
        spread = square
        if group["centered"]:
            mean = _mix(slot(state, "grad_avg", p), g, 1 - group["alpha"])
            spread = square - mean * mean
        g = g / (np.sqrt(spread) + kind(group["eps"]))
        if group["momentum"]:
            buffer = slot(state, "momentum_buffer", p)
            buffer *= kind(group["momentum"])
            buffer += g
            g = buffer
        p -= g * kind(group["lr"])


class Adam(FormulaOptimizer):
    """p -= lr * m / (sqrt(v) + eps), m and v averages of g and g^2, freed of their start at 0.

    Kingma and Ba (2014), arXiv:1412.6980; `amsgrad` takes the largest v so far, arXiv:1904.09237.
    """

    options = {
        "lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0, "amsgrad": False, **WAYS, "fused": None,
        "decoupled_weight_decay": False,
    }  # fmt: skip

    def update(self, p: Array, g: Array, state: State, group: Group) -> None:
        beta1, beta2 = group["betas"]
        lr, n = float(group["lr"]), _number(state)
        if group["weight_decay"] and (self.decoupled or group["decoupled_weight_decay"]):
            p *= p.dtype.type(1 - lr * group["weight_decay"])
        m, v = slot(state, "exp_avg", p), slot(state, "exp_avg_sq", p)
        largest = slot(state, "max_exp_avg_sq", p) if group["amsgrad"] else None
        correction = math.sqrt(1 - beta2**n)
        adam(p, np.ascontiguousarray(g), m, v, largest, beta1, beta2, lr / (1 - beta1**n), correction, group["eps"])


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameters directly. Loshchilov and Hutter (2017), arXiv:1711.05101."""

    options = {**Adam.options, "weight_decay": 1e-2, "decoupled_weight_decay": True}
    decoupled = True


class Adamax(FormulaOptimizer):
    """Adam with the largest |g| in place of v: p -= lr * m / u. Kingma and Ba (2014), section 7.1."""

    options = {"lr": 2e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0, **WAYS}

    def update(self, p: Array, g: Array, state: State, group: Group) -> None:
        kind, (beta1, beta2) = p.dtype.type, group["betas"]
        m, largest = _mix(slot(state, "exp_avg", p), g, 1 - beta1), slot(state, "exp_inf", p)
        largest *= kind(beta2)
        np.maximum(largest, np.abs(g) + kind(group["eps"]), out=largest)
        p -= m * kind(group["lr"] / (1 - beta1 ** _number(state))) / largest


def _moments(p: Array, g: Array, state: State, group: Group) -> tuple[Array, Array, float]:
    """Adam's averages moved on, and 1 - beta2^t."""
    (beta1, beta2), kind = group["betas"], p.dtype.type
    v = slot(state, "exp_avg_sq", p)
    v *= kind(beta2)
    v += g * g * kind(1 - beta2)
    return _mix(slot(state, "exp_avg", p), g, 1 - beta1), v, 1 - beta2 ** _number(state)


def _decay(p: Array, group: Group) -> None:
    if group["decoupled_weight_decay"]:
        p *= p.dtype.type(1 - group["lr"] * group["weight_decay"])


class NAdam(FormulaOptimizer):
    """Adam with Nesterov's momentum. Dozat (2016), ICLR workshop."""

    options = {
        "lr": 2e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0, "momentum_decay": 4e-3,
        "decoupled_weight_decay": False, **WAYS,
    }  # fmt: skip

    def update(self, p: Array, g: Array, state: State, group: Group) -> None:
        kind, n, lr, beta1 = p.dtype.type, _number(state), group["lr"], group["betas"][0]
        _decay(p, group)
        now, after = (beta1 * (1 - 0.5 * 0.96 ** (k * group["momentum_decay"])) for k in (n, n + 1))
        if "mu_product" not in state:
            state["mu_product"] = wrap(np.ones((), np.float32))
        product = state["mu_product"].array
        product *= np.float32(now)
        m, v, share = _moments(p, g, state, group)
        below = np.sqrt(v / kind(share)) + kind(group["eps"])
        p -= g * kind(lr * (1 - now) / (1 - float(product))) / below
        p -= m * kind(lr * after / (1 - float(product) * after)) / below


class RAdam(FormulaOptimizer):
    """Adam that waits, as plain momentum, until v is worth dividing by. Liu et al. (2019), arXiv:1908.03265."""

    options = {
        "lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0, "decoupled_weight_decay": False, **WAYS,
    }  # fmt: skip

    def update(self, p: Array, g: Array, state: State, group: Group) -> None:
        kind, n, (beta1, beta2) = p.dtype.type, _number(state), group["betas"]
        _decay(p, group)
        m, v, share = _moments(p, g, state, group)
        rate = group["lr"] / (1 - beta1**n)
        longest = 2 / (1 - beta2) - 1
        length = longest - 2 * n * beta2**n / share
        if length <= 5:
            p -= m * kind(rate)
            return
        rectifier = math.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
        p -= m * kind(rate * rectifier * math.sqrt(share)) / (np.sqrt(v) + kind(group["eps"]))


class Rprop(FormulaOptimizer):
    """A step size for each element, which grows while the gradient keeps its sign. Riedmiller and Braun (1993)."""

    options = {"lr": 1e-2, "etas": (0.5, 1.2), "step_sizes": (1e-6, 50), **WAYS}

    def update(self, p: Array, g: Array, state: State, group: Group) -> None:
        before, size = slot(state, "prev", p), slot(state, "step_size", p, group["lr"])
        turn = np.sign(g * before)
        (shrink, grow), (least, most) = group["etas"], group["step_sizes"]
        size *= np.where(turn > 0, grow, np.where(turn < 0, shrink, 1)).astype(p.dtype)
        np.clip(size, least, most, out=size)
        before[...] = np.where(turn < 0, 0, g)
        p -= np.sign(before) * size


class ASGD(FormulaOptimizer):
    """SGD whose average over the steps is kept in `ax`. Polyak and Juditsky (1992)."""

    options = {
        "lr": 1e-2, "lambd": 1e-4, "alpha": 0.75, "t0": 1e6, "weight_decay": 0,
        "foreach": None, "maximize": False, "differentiable": False, "capturable": False,
    }  # fmt: skip

    def update(self, p: Array, g: Array, state: State, group: Group) -> None:
        kind, n, lr = p.dtype.type, _number(state), group["lr"]
        if "eta" not in state:
            state["eta"], state["mu"] = wrap(np.array(lr, np.float32)), wrap(np.ones((), np.float32))
        eta, mu, average = state["eta"].array, state["mu"].array, slot(state, "ax", p)
        p *= kind(1 - group["lambd"] * float(eta))
        p -= g * kind(float(eta))
        _mix(average, p, float(mu))
        eta[...] = lr / (1 + group["lambd"] * lr * n) ** group["alpha"]
        mu[...] = 1 / max(1, n - group["t0"])
