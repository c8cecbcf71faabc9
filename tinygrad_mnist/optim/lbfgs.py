"""L-BFGS: a quasi-Newton method for the whole gradient of a function, with a line search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.optim.optimizer import State, TabledOptimizer, refuse
from tinygrad_mnist.tape import enable_grad, touch
from tinygrad_mnist.core.tensor import Array, wrap


class LBFGS(TabledOptimizer):
    """Steps along -H g, H built from the last changes of parameters and gradients.

    `step(closure)` needs a closure that zeroes the gradients, computes the loss, calls backward and
    returns the loss; one step makes up to `max_iter` iterations. Nocedal and Wright, Numerical
    Optimization (2006), algorithms 7.4 and 7.5; the line search is algorithm 3.5 and 3.6.
    """

    options = {
        "lr": 1, "max_iter": 20, "max_eval": None, "tolerance_grad": 1e-7, "tolerance_change": 1e-9,
        "history_size": 100, "line_search_fn": None,
    }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        refuse(len(self.param_groups) == 1, "LBFGS doesn't support per-parameter options (parameter groups)")

    def check_options(self, o: dict[str, Any]) -> None:
        super().check_options(o)
        check(o["line_search_fn"] in (None, "strong_wolfe"), "only 'strong_wolfe' is supported")
        o["max_eval"] = o["max_iter"] * 5 // 4 if o["max_eval"] is None else o["max_eval"]

    def _flat(self) -> Array:
        members = self._parameters()
        return np.concatenate([(np.zeros_like(p.array) if p.grad is None else p.grad.array).ravel() for p in members])

    def step(self, closure: Any = None) -> Any:
        group, members = self.param_groups[0], self._parameters()
        state = self.state[members[0]]
        lr, small, steep, most = (float(group[k]) for k in ("lr", "tolerance_change", "tolerance_grad", "max_eval"))
        ends = np.cumsum([p.array.size for p in members])[:-1]

        def evaluate() -> tuple[Any, Array]:
            state["func_evals"] = state.get("func_evals", 0) + 1
            with enable_grad():
                return closure(), self._flat()

        def move(t: float) -> None:
            for p, x in zip(members, np.split(start + d * t, ends), strict=True):
                p.array[...] = x.reshape(p.array.shape)
                touch(p)

        def at(t: float) -> Point:
            move(t)
            value, g = evaluate()
            return Point(t, np.float64(value), g, g @ d)

        first, g = evaluate()
        loss, before = float(first), state["func_evals"] - 1
        if not g.size or abs(g).max() <= steep:
            return first
        for i in range(group["max_iter"]):
            state["n_iter"] = state.get("n_iter", 0) + 1
            d = self._direction(g, state, group["history_size"])
            t = lr * min(1.0, 1.0 / float(abs(g).sum())) if state["n_iter"] == 1 else lr
            state.update(d=wrap(d), t=t, prev_flat_grad=wrap(g.copy()), prev_loss=loss)
            if g @ d > -small:
                break
            start, here = np.concatenate([p.array.ravel() for p in members]), Point(0.0, np.float64(loss), g, g @ d)
            if group["line_search_fn"]:
                here = strong_wolfe(at, here, t, float(abs(d).max()), int(most) - state["func_evals"] + before)
                state["t"] = t = float(here.t)
                move(t)
            elif i + 1 < group["max_iter"]:
                here = at(t)
            else:
                move(t)
            loss, g = float(here.loss), here.g
            done = state["func_evals"] - before >= most or abs(g).max() <= steep
            if done or abs(d * t).max() <= small or abs(loss - state["prev_loss"]) < small:
                break
        return first

    def _direction(self, g: Array, state: State, size: int) -> Array:
        """-H g by the two-loop recursion over the last changes, y of the gradient and s of x.

        PyTorch's names for the lists of y, s, 1 / (y s) and the weights are old_dirs, old_stps, ro and al.
        """
        scale = state.setdefault("H_diag", wrap(np.ones((), g.dtype)))
        histories = [state.setdefault(name, []) for name in ("old_dirs", "old_stps", "ro")]
        if "d" in state:
            state.setdefault("al", [None] * size)
            y, s = g - state["prev_flat_grad"].array, state["d"].array * state["t"]
            if (curvature := y @ s) > 1e-10:
                for history, new in zip(histories, (y, s, 1 / curvature), strict=True):
                    history.append(wrap(np.asarray(new, g.dtype)))
                    del history[:-size]
                scale.array[...] = curvature / (y @ y)
        changes = [[each.array for each in change] for change in zip(*histories, strict=True)]
        d, weights = -g, list[Any]()
        for y, s, rho in reversed(changes):
            weights.append(rho * (s @ d))
            d = d - y * weights[-1]
        d = d * scale.array
        for (y, s, rho), weight in zip(changes, reversed(weights), strict=True):
            d = d + s * (weight - rho * (y @ d))
        return d


class Point(NamedTuple):
    """A place on the line: the step to it, the loss, the gradient, and the slope along the line."""

    t: Any
    loss: Any
    g: Array
    slope: Any


@np.errstate(all="ignore")
def _cubic(a: Point, b: Point, low: float, high: float) -> float:
    """The least point in [low, high] of the cubic through two points of the line."""
    a, b = sorted((a, b), key=lambda point: point.t)
    d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / np.float64(a.t - b.t)
    square = d1 * d1 - a.slope * b.slope
    if not square >= 0:
        return (low + high) / 2
    d2 = np.sqrt(square)
    return min(max(b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2)), low), high)


def strong_wolfe(at: Callable[[float], Point], start: Point, t: float, width: float, most: int = 25) -> Point:
    """A step that lowers the loss enough and flattens the slope enough; `at` evaluates a step.

    First the step grows until an interval is known to hold such a point, then it is shrunk by
    cubic interpolation, staying away from its ends when it makes too little way.
    """

    def high(point: Point) -> bool:
        return bool(point.loss > start.loss + 1e-4 * point.t * start.slope)

    def flat(point: Point) -> bool:
        return bool(abs(point.slope) <= -0.9 * start.slope)

    before, now, tries, stuck = start, at(t), 0, False
    while tries < most:
        if high(now) or (tries > 1 and now.loss >= before.loss):
            break
        if flat(now):
            return now
        if now.slope >= 0:
            break
        longer = _cubic(before, now, now.t + 0.01 * (now.t - before.t), now.t * 10)
        before, now, tries = now, at(longer), tries + 1
    else:
        before = start
    best, other = sorted((before, now), key=lambda point: point.loss)
    while tries < most and abs(best.t - other.t) * width >= 1e-9:
        low, top = sorted((best.t, other.t))
        t, edge = _cubic(best, other, low, top), 0.1 * (top - low)
        near = min(top - t, t - low) < edge
        if near and (stuck or t >= top or t <= low):
            t, near = (top - edge if abs(t - top) < abs(t - low) else low + edge), False
        now, tries, stuck = at(t), tries + 1, near
        if high(now) or now.loss >= best.loss:
            best, other = sorted((best, now), key=lambda point: point.loss)
        elif flat(now):
            return now
        else:
            best, other = now, best if now.slope * (other.t - best.t) >= 0 else other
    return best
