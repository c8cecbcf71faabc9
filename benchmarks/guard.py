"""Whether a step has become much slower than plain NumPy doing its arithmetic: a guard for CI.

    python -m benchmarks guard

Only ratios inside one run count, of the least times of many turns, and each may grow to `ROOM`
times what it usually is: noise passes, a doubling does not. A check that fails is made again,
once. PyTorch is not needed. Exit code 1 where a ratio is too large twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import threadpoolctl

from benchmarks import work
from benchmarks.rivals import numpy_only, torch_style

ROOM = 1.6
SECONDS = 3.0  # for each check
Run = Callable[[], object]


class Check(NamedTuple):
    """Two programs, made when the check's turn comes, and the usual ratio of their times."""

    title: str
    ours: Callable[[], Run]
    plain: Callable[[], Run]
    usual: float


def plain_chain() -> Run:
    """The arithmetic of `torch_style.chain` and of its gradient, on NumPy's 0-d arrays."""
    x, factor, one = np.ones((), np.float32), np.array(0.999, np.float32), np.ones((), np.float32)

    def run() -> Any:
        y, g, total = x, one, np.zeros((), np.float32)
        for _ in range(work.CHAIN // 2):
            y = y * factor
            y = y + x
        for _ in range(work.CHAIN // 2):
            total = total + g
            g = g * factor
        return y, total + g

    return run


def cnn_products() -> Run:
    """The matrix products of a step of the CNN, its convolutions unfolded before."""
    rng = np.random.default_rng(0)
    shapes = [(64 * 26 * 26, 9, 32), (64 * 24 * 24, 288, 64), (64, 9216, 128), (64, 128, 10)]
    layers = [
        tuple(rng.random(s, np.float32) for s in ((n, k), (k, m), (n, m))) for n, k, m in shapes
    ]

    def run() -> None:
        for i, (x, w, y) in enumerate(layers):
            np.matmul(x, w)
            np.matmul(x.T, y)
            if i:
                np.matmul(y, w.T)

    return run


CHECKS = (
    Check(
        "a step of the original network over its matrix products",
        lambda: torch_style.step("tinygrad_mnist", dropout=True),
        numpy_only.products,
        1.3,
    ),
    Check(
        "an operation on scalars over NumPy's",
        lambda: torch_style.chain("tinygrad_mnist"),
        plain_chain,
        5.5,
    ),
    Check(
        "a step of the MNIST CNN over its matrix products",
        lambda: torch_style.cnn("tinygrad_mnist"),
        cnn_products,
        1.3,
    ),
)


def ratio(ours: Run, plain: Run, seconds: float) -> float:
    """The least time of `ours` over that of `plain`, in turns for so long, at least three each."""
    least = [float("inf"), float("inf")]
    turns, end = 0, time.perf_counter() + seconds
    while turns < 4 or time.perf_counter() < end:
        for i, run in enumerate((ours, plain)):
            start = time.perf_counter()
            run()
            if turns:  # the first turn warms up
                least[i] = min(least[i], time.perf_counter() - start)
        turns += 1
    return least[0] / least[1]


def failures(checks: Sequence[Check] = CHECKS, seconds: float = SECONDS) -> list[str]:
    """Measure each check and say what came out; the titles of those that failed twice."""
    failed = []
    for check in checks:
        ours, plain, limit = check.ours(), check.plain(), check.usual * ROOM
        for _ in range(2):
            found = ratio(ours, plain, seconds)
            good = found <= limit
            print(
                f"{'ok  ' if good else 'SLOW'} {check.title}: {found:.2f}, at most {limit:.2f}",
                flush=True,
            )
            if good:
                break
        else:
            failed.append(check.title)
    return failed


def main() -> int:
    with threadpoolctl.threadpool_limits(
        1
    ):  # on cores that others use too, BLAS's threads wait for each other
        return int(bool(failures()))
