"""L-BFGS: a quasi-Newton method for the whole gradient of a function, with a line search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import mark_written
from tinygrad_mnist.core.modes import enable_grad
from tinygrad_mnist.core.signals import run_whole
from tinygrad_mnist.core.tensor import Array, wrap
from tinygrad_mnist.optim.optimizer import (
    Optimizer,
    Params,
    Rate,
    State,
    check_options,
    check_value,
)

__all__ = ["LBFGS"]


class LBFGS(Optimizer):
    """Steps along -H g, with H built from the last changes of parameters and gradients.

    `step(closure)` needs a closure that zeroes the gradients, computes the loss, calls backward and
    returns the loss; one step makes up to `max_iter` iterations. Nocedal and Wright, Numerical
    Optimization (2006), algorithms 7.4 and 7.5; the line search is algorithm 3.5 and 3.6.

    Args:
        params: the parameters; there is one group.
        lr: the length of a step, or where the line search begins.
        max_iter: iterations in one `step`.
        max_eval: evaluations of the closure in one `step`; by default 1.25 * max_iter.
        tolerance_grad: stop where no element of the gradient is larger.
        tolerance_change: stop where neither loss nor parameters change by more.
        history_size: how many changes are remembered.
        line_search_fn: "strong_wolfe", or None for steps of the length `lr`.

    Raises:
        ValueError: if there is more than one group, or `lr` makes no sense.
        RuntimeError: if the line search is unknown.

    Example:
        >>> w = torch.tensor([3.0], requires_grad=True)
        >>> optimizer = optim.LBFGS([w], line_search_fn="strong_wolfe")
        >>> def closure():
        ...     optimizer.zero_grad()
        ...     loss = ((w - 1) ** 2).sum()
        ...     loss.backward()
        ...     return loss
        >>> loss = optimizer.step(closure)
        >>> round(w.item(), 4)
        1.0
    """

    def __init__(
        self,
        params: Params,
        lr: Rate = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        if max_eval is None:
            max_eval = max_iter * 5 // 4
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        check_options(defaults)
        check(line_search_fn in (None, "strong_wolfe"), "only 'strong_wolfe' is supported")
        super().__init__(params, defaults)
        check_value(
            len(self.param_groups) == 1,
            "LBFGS doesn't support per-parameter options (parameter groups)",
        )

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Make up to `max_iter` iterations.

        Args:
            closure: zeroes the gradients, computes the loss, calls `backward`, returns the loss.

        Returns:
            The loss before the first iteration.
        """
        assert closure is not None, "LBFGS: step() needs a closure"
        group = self.param_groups[0]
        state = self.state[self._parameters()[0]]
        steepest = float(group["tolerance_grad"])
        smallest = float(group["tolerance_change"])
        evaluations = state.get("func_evals", 0)  # before this step
        first, g = self._evaluate(closure, state)
        loss = float(first)
        if not g.size or abs(g).max() <= steepest:
            return first
        for i in range(group["max_iter"]):
            state["n_iter"] = state.get("n_iter", 0) + 1
            d = self._direction(g, state, group["history_size"])
            t = float(group["lr"])
            if state["n_iter"] == 1:
                t *= min(1.0, 1.0 / float(abs(g).sum()))
            state.update(d=wrap(d), t=t, prev_flat_grad=wrap(g.copy()), prev_loss=loss)
            if g @ d > -smallest:
                break
            line = _Line(self, closure, state, d)
            here = Point(0.0, np.float64(loss), g, g @ d)
            left = int(group["max_eval"]) - (state["func_evals"] - evaluations)
            if group["line_search_fn"]:
                here = strong_wolfe(line.at, here, t, float(abs(d).max()), left)
                t = float(here.t)
                state["t"] = t
                line.move(t)
            elif i + 1 < group["max_iter"]:
                here = line.at(t)
            else:
                line.move(t)
            loss = float(here.loss)
            g = here.g
            if state["func_evals"] - evaluations >= group["max_eval"] or abs(g).max() <= steepest:
                break
            if abs(d * t).max() <= smallest or abs(loss - state["prev_loss"]) < smallest:
                break
        return first

    def _evaluate(self, closure: Callable[[], Any], state: State) -> tuple[Any, Array]:
        """The loss, and the gradient by all parameters as one vector."""
        state["func_evals"] = state.get("func_evals", 0) + 1
        with enable_grad():
            loss = closure()
        parts = []
        for p in self._parameters():
            parts.append((np.zeros_like(p.array) if p.grad is None else p.grad.array).ravel())
        return loss, np.concatenate(parts)

    def _direction(self, g: Array, state: State, size: int) -> Array:
        """-H g by the two-loop recursion over the last changes, y of the gradient and s of x.

        PyTorch's names for the lists of y, s, 1 / (y s) and the weights are old_dirs, old_stps, ro
        and al.
        """
        scale = state.setdefault("H_diag", wrap(np.ones((), g.dtype)))
        histories = [state.setdefault(name, []) for name in ("old_dirs", "old_stps", "ro")]
        if "d" in state:
            state.setdefault("al", [None] * size)
            y = g - state["prev_flat_grad"].array
            s = state["d"].array * state["t"]
            curvature = y @ s
            if curvature > 1e-10:
                for history, new in zip(histories, (y, s, 1 / curvature), strict=True):
                    history.append(wrap(np.asarray(new, g.dtype)))
                    del history[:-size]
                scale.array[...] = curvature / (y @ y)
        changes = [[each.array for each in change] for change in zip(*histories, strict=True)]
        d = -g
        weights: list[Any] = []
        for y, s, rho in reversed(changes):
            weights.append(rho * (s @ d))
            d = d - y * weights[-1]
        d = d * scale.array
        for (y, s, rho), weight in zip(changes, reversed(weights), strict=True):
            d = d + s * (weight - rho * (y @ d))
        return d


class _Line:
    """The parameters along a direction, from where they are."""

    def __init__(
        self, optimizer: LBFGS, closure: Callable[[], Any], state: State, d: Array
    ) -> None:
        self.optimizer = optimizer
        self.closure = closure
        self.state = state
        self.d = d
        self.members = optimizer._parameters()
        self.start = np.concatenate([p.array.ravel() for p in self.members])
        self.ends = np.cumsum([p.array.size for p in self.members])[:-1]

    def move(self, t: float) -> None:
        """Let the parameters be start + t d."""
        run_whole(self._write, np.split(self.start + self.d * t, self.ends))

    def _write(self, parts: list[Array]) -> None:
        """Let the parameters hold these elements, all of them when Ctrl-C comes."""
        for p, x in zip(self.members, parts, strict=True):
            p.array[...] = x.reshape(p.array.shape)
            mark_written(p)

    def at(self, t: float) -> Point:
        """Go there, and look."""
        self.move(t)
        value, g = self.optimizer._evaluate(self.closure, self.state)
        return Point(t, np.float64(value), g, g @ self.d)


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
    return min(
        max(b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2)), low), high
    )


def strong_wolfe(
    at: Callable[[float], Point], start: Point, t: float, width: float, most: int = 25
) -> Point:
    """A step that lowers the loss enough and flattens the slope enough; `at` evaluates a step.

    First the step grows until an interval is known to hold such a point, then it is shrunk by
    cubic interpolation, staying away from its ends when it makes too little way.
    """

    def high(point: Point) -> bool:
        return bool(point.loss > start.loss + 1e-4 * point.t * start.slope)

    def flat(point: Point) -> bool:
        return bool(abs(point.slope) <= -0.9 * start.slope)

    before, now, tries, found = _bracket(at, start, t, most, high, flat)
    if found is not None:
        return found
    best, other = sorted((before, now), key=lambda point: point.loss)
    stuck = False
    while tries < most and abs(best.t - other.t) * width >= 1e-9:
        t, stuck = _inside(best, other, stuck)
        now = at(t)
        tries += 1
        if high(now) or now.loss >= best.loss:
            best, other = sorted((best, now), key=lambda point: point.loss)
        elif flat(now):
            return now
        else:
            if now.slope * (other.t - best.t) >= 0:
                other = best
            best = now
    return best


def _bracket(
    at: Callable[[float], Point],
    start: Point,
    t: float,
    most: int,
    high: Callable[[Point], bool],
    flat: Callable[[Point], bool],
) -> tuple[Point, Point, int, Point | None]:
    """Grow the step until an interval is known to hold a good point, or one is found."""
    before = start
    now = at(t)
    tries = 0
    while tries < most:
        if high(now) or (tries > 1 and now.loss >= before.loss):
            return before, now, tries, None
        if flat(now):
            return before, now, tries, now
        if now.slope >= 0:
            return before, now, tries, None
        longer = _cubic(before, now, now.t + 0.01 * (now.t - before.t), now.t * 10)
        before = now
        now = at(longer)
        tries += 1
    return start, now, tries, None


def _inside(best: Point, other: Point, stuck: bool) -> tuple[float, bool]:
    """The next step to try in an interval, and whether it is near one of its ends."""
    low, top = sorted((best.t, other.t))
    t = _cubic(best, other, low, top)
    edge = 0.1 * (top - low)
    if min(top - t, t - low) >= edge:
        return t, False
    if not stuck and low < t < top:
        return t, True
    return (top - edge if abs(t - top) < abs(t - low) else low + edge), False
