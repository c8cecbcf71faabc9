"""NumPy without a framework: the floor, and the original project's way."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks import work


def products() -> Callable[[], object]:
    """The matrix products of one step of the original network alone, into arrays made before."""
    rng = np.random.default_rng(0)

    def made(*shape: int) -> Any:
        return rng.standard_normal(shape, np.float32)

    inputs = [made(work.BATCH, n) for n in work.SIZES[:-1]]
    weights = [made(m, n) for n, m in pairwise(work.SIZES)]
    outputs = [made(work.BATCH, n) for n in work.SIZES[1:]]
    weight_grads = [np.empty_like(w) for w in weights]
    input_grads = [np.empty_like(x) for x in inputs]

    def run() -> None:
        for x, w, y in zip(inputs, weights, outputs, strict=True):
            np.matmul(x, w.T, out=y)
        for i in (2, 1, 0):
            np.matmul(outputs[i].T, inputs[i], out=weight_grads[i])
            if i:
                np.matmul(outputs[i], weights[i], out=input_grads[i])

    return run


def floor(data: str) -> Callable[[], object]:
    """`products` for each full batch of an epoch."""
    step, steps = products(), len(work.images(data)[1]) // work.BATCH

    def run() -> None:
        for _ in range(steps):
            step()

    return run


class Original:
    """The formulas derived by hand, as a first project writes them: one example in each column."""

    def __init__(self, data: str, dtype: str) -> None:
        x, y, x_test, self.y_test = work.images(data)
        self.x, self.x_test = (
            np.ascontiguousarray(x.T, dtype),
            np.ascontiguousarray(x_test.T, dtype),
        )
        self.y = np.eye(10, dtype=dtype)[y].T.copy()
        self.rng = np.random.default_rng(0)
        self.values: dict[str, Any] = {}
        for i, (n, m) in enumerate(pairwise(work.SIZES), 1):
            self.values[f"W{i}"] = work.he(self.rng, n, m, n).astype(dtype)
            self.values[f"b{i}"] = np.zeros((m, 1), dtype)
        self.first = {k: np.zeros_like(v) for k, v in self.values.items()}
        self.second = {k: np.zeros_like(v) for k, v in self.values.items()}
        self.steps = self.count = 0

    def forward(self, x: Any, training: bool) -> dict[str, Any]:
        p, cache = self.values, {"A0": x}
        for i in (1, 2):
            cache[f"Z{i}"] = p[f"W{i}"] @ cache[f"A{i - 1}"] + p[f"b{i}"]
            a = np.maximum(cache[f"Z{i}"], 0)
            if training:
                keep = work.KEEP[i - 1]
                cache[f"D{i}"] = self.rng.random(a.shape, np.float32) < keep
                a = a * cache[f"D{i}"] / keep
            cache[f"A{i}"] = a
        z = p["W3"] @ cache["A2"] + p["b3"]
        e = np.exp(z - z.max(0))
        cache["A3"] = e / e.sum(0)
        return cache

    def backward(self, cache: dict[str, Any], y: Any) -> dict[str, Any]:
        m, p, grads = y.shape[1], self.values, {}
        dz = (cache["A3"] - y) / m
        for i in (3, 2, 1):
            grads[f"W{i}"] = dz @ cache[f"A{i - 1}"].T
            grads[f"b{i}"] = dz.sum(1, keepdims=True)
            if i > 1:
                da = p[f"W{i}"].T @ dz
                da = da * cache[f"D{i - 1}"] / work.KEEP[i - 2]
                dz = da * (cache[f"Z{i - 1}"] > 0)
        return grads

    def update(self, grads: dict[str, Any], lr: float) -> None:
        self.steps += 1
        for k, g in grads.items():
            self.first[k] = work.BETA1 * self.first[k] + (1 - work.BETA1) * g
            self.second[k] = work.BETA2 * self.second[k] + (1 - work.BETA2) * g**2
            m = self.first[k] / (1 - work.BETA1**self.steps)
            v = self.second[k] / (1 - work.BETA2**self.steps)
            self.values[k] = self.values[k] - lr * m / (np.sqrt(v) + work.EPS)

    def __call__(self) -> None:
        self.count += 1
        for i in work.batches(self.rng, self.y.shape[1]):
            cache = self.forward(self.x[:, i], True)
            self.update(self.backward(cache, self.y[:, i]), work.rate(self.count))

    def accuracy(self) -> float:
        return float((self.forward(self.x_test, False)["A3"].argmax(0) == self.y_test).mean())


def original(data: str, dtype: str) -> Callable[[], object]:
    return Original(data, dtype)
