"""L-BFGS: a quasi-Newton method for the whole gradient of a function, with a line search."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_mnist.optim.optimizer import Optimizer
from tinygrad_mnist.tape import enable_grad, touch
from tinygrad_mnist.tensor import Array, Tensor, wrap

Evaluate = Callable[[float], tuple[float, Array]]


class LBFGS(Optimizer):
    """Steps along -H g, H built from the last changes of parameters and gradients.

    `step(closure)` needs a closure that zeroes the gradients, computes the loss, calls backward and
    returns the loss; one step makes up to `max_iter` iterations. Nocedal and Wright, Numerical
    Optimization (2006), algorithms 7.4 and 7.5; the line search is algorithm 3.5 and 3.6.
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        if not lr >= 0:
            raise ValueError(f"Invalid learning rate: {lr}")
        if line_search_fn not in (None, "strong_wolfe"):
            raise RuntimeError("only 'strong_wolfe' is supported")
        options = {
            "lr": lr, "max_iter": max_iter, "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change, "history_size": history_size,
            "line_search_fn": line_search_fn,
        }  # fmt: skip
        super().__init__(params, options)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    @property
    def _parameters(self) -> list[Tensor]:
        parameters: list[Tensor] = self.param_groups[0]["params"]
        return parameters

    def _flat(self, gradients: bool) -> Array:
        parts = []
        for p in self._parameters:
            array = p.array if not gradients else np.zeros_like(p.array) if p.grad is None else p.grad.array
            parts.append(array.reshape(-1))
        return np.concatenate(parts)

    def _set(self, values: Array) -> None:
        start = 0
        for p in self._parameters:
            p.array[...] = values[start : start + p.array.size].reshape(p.array.shape)
            touch(p)
            start += p.array.size

    def step(self, closure: Any = None) -> Any:
        group = self.param_groups[0]
        state = self.state[self._parameters[0]]
        with enable_grad():
            first = closure()
        loss, g, evaluations = float(first), self._flat(True), 1
        state["func_evals"] = state.get("func_evals", 0) + 1
        if not g.size or np.abs(g).max() <= group["tolerance_grad"]:
            return first
        small = group["tolerance_change"]
        for _ in range(group["max_iter"]):
            state["n_iter"] = state.get("n_iter", 0) + 1
            d = self._direction(g, state, group["history_size"])
            state["prev_flat_grad"], state["prev_loss"] = wrap(g.copy()), loss
            t = min(1.0, 1.0 / float(np.abs(g).sum())) * group["lr"] if state["n_iter"] == 1 else group["lr"]
            slope = float(g @ d)
            if slope > -small:
                break
            start, before = self._flat(False), loss

            def evaluate(t: float, start: Array = start, d: Array = d) -> tuple[float, Array]:
                self._set(start + d * d.dtype.type(t))
                with enable_grad():
                    return float(closure()), self._flat(True)

            if group["line_search_fn"]:
                loss, g, t, count = strong_wolfe(evaluate, t, d, loss, g, slope)
                self._set(start + d * d.dtype.type(t))
            else:
                (loss, g), count = evaluate(t), 1
            state["d"], state["t"] = wrap(d), t
            evaluations += count
            state["func_evals"] += count
            if (
                evaluations >= group["max_eval"]
                or np.abs(g).max() <= group["tolerance_grad"]
                or np.abs(d * t).max() <= small
                or abs(loss - before) < small
            ):
                break
        return first

    def _direction(self, g: Array, state: dict[str, Any], size: int) -> Array:
        """-H g by the two-loop recursion over the last changes, y of the gradient and s of x.

        PyTorch's names for the lists of y, s and 1 / (y s) are old_dirs, old_stps and ro.
        """
        kind, histories = g.dtype.type, [state.setdefault(name, []) for name in ("old_dirs", "old_stps", "ro")]
        if "d" in state:
            y, s = g - state["prev_flat_grad"].array, state["d"].array * kind(state["t"])
            curvature = float(y @ s)
            if curvature > 1e-10:
                for history, new in zip(histories, (y, s, 1 / curvature), strict=True):
                    history.append(wrap(np.asarray(new, g.dtype)))
                    del history[:-size]
                state["H_diag"] = wrap(np.asarray(curvature / float(y @ y), g.dtype))
        changes = [[each.array for each in change] for change in zip(*histories, strict=True)]
        d, weights = -g, []
        for y, s, rho in reversed(changes):
            weights.append(kind(rho * (s @ d)))
            d = d - y * weights[-1]
        if "H_diag" in state:
            d = d * state["H_diag"].array
        for (y, s, rho), weight in zip(changes, reversed(weights), strict=True):
            d = d + s * kind(weight - rho * (y @ d))
        return d


def _cubic(a: tuple[float, float, float], b: tuple[float, float, float], low: float, high: float) -> float:
    """The least point in [low, high] of the cubic through two points (x, value, slope)."""
    (x1, f1, g1), (x2, f2, g2) = sorted((a, b))
    if x1 == x2:
        return (low + high) / 2
    d1 = g1 + g2 - 3 * (f1 - f2) / (x1 - x2)
    square = d1 * d1 - g1 * g2
    if not square >= 0:
        return (low + high) / 2
    d2 = math.sqrt(square)
    if g2 - g1 + 2 * d2 == 0:
        return (low + high) / 2
    return min(max(x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2)), low), high)


def strong_wolfe(
    evaluate: Evaluate,
    t: float,
    d: Array,
    loss: float,
    g: Array,
    slope: float,
    c1: float = 1e-4,
    c2: float = 0.9,
    tolerance: float = 1e-9,
    most: int = 25,
) -> tuple[float, Array, float, int]:
    """A step t that lowers the loss enough and flattens the slope enough; loss, gradient, t, evaluations.

    First the step grows until an interval is known to hold such a point, then it is shrunk by
    cubic interpolation, staying away from its ends when it makes too little way.
    """
    Point = tuple[float, float, Array, float]  # t, loss, gradient, slope
    width = float(np.abs(d).max())

    def at(t: float) -> Point:
        value, gradient = evaluate(t)
        return t, value, gradient, float(gradient @ d)

    def enough(point: Point) -> bool:
        return point[1] <= loss + c1 * point[0] * slope

    previous: Point = (0.0, loss, g, slope)
    now, count = at(t), 1
    bracket: list[Point] = []
    while not bracket and count <= most:
        if not enough(now) or (count > 1 and now[1] >= previous[1]):
            bracket = [previous, now]
        elif abs(now[3]) <= -c2 * slope:
            return now[1], now[2], now[0], count
        elif now[3] >= 0:
            bracket = [previous, now]
        else:
            low, high = now[0] + 0.01 * (now[0] - previous[0]), now[0] * 10
            longer = _cubic(_knot(previous), _knot(now), low, high)
            previous, now = now, at(longer)
            count += 1
    if not bracket:
        bracket = [(0.0, loss, g, slope), now]
    stuck = False
    while count < most:
        best, other = sorted(bracket, key=lambda point: point[1])
        low, high = sorted((best[0], other[0]))
        if (high - low) * width < tolerance:
            break
        t = _cubic(_knot(bracket[0]), _knot(bracket[1]), low, high)
        edge = 0.1 * (high - low)
        if min(high - t, t - low) < edge:
            if stuck or t >= high or t <= low:
                t = high - edge if abs(t - high) < abs(t - low) else low + edge
                stuck = False
            else:
                stuck = True
        else:
            stuck = False
        now = at(t)
        count += 1
        if not enough(now) or now[1] >= best[1]:
            bracket = [best, now]
        elif abs(now[3]) <= -c2 * slope:
            return now[1], now[2], now[0], count
        else:
            bracket = [now, best if now[3] * (other[0] - best[0]) >= 0 else other]
    best = min(bracket, key=lambda point: point[1])
    return best[1], best[2], best[0], count


def _knot(point: Any) -> tuple[float, float, float]:
    return point[0], point[1], point[3]
