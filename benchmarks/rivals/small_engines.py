"""The other engines to learn from: HIPS autograd, MyGrad, micrograd, tinygrad."""

from __future__ import annotations

import shutil
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks import work

Run = Callable[[], object]


class Epoch(ABC):
    """One epoch of the original network; the gradients come from `grads`, Adam is NumPy's."""

    def __init__(self, data: str) -> None:
        self.x, self.y, self.x_test, self.y_test = work.images(data)
        self.rng = np.random.default_rng(0)
        self.values: list[Any] = []
        for n, m in pairwise(work.SIZES):
            self.values += [work.he(self.rng, n, n, m), np.zeros(m, np.float32)]
        self.moments = [(np.zeros_like(v), np.zeros_like(v)) for v in self.values]
        self.steps = self.count = 0

    def masks(self, count: int) -> list[Any]:
        shapes = [(count, m) for m in work.SIZES[1:3]]
        return [
            (self.rng.random(s, np.float32) < k) / np.float32(k)
            for s, k in zip(shapes, work.KEEP, strict=True)
        ]

    @abstractmethod
    def grads(self, x: Any, y: Any, masks: list[Any]) -> list[Any]:
        """The gradients of the loss by `values`, as the engine finds them."""

    def __call__(self) -> None:
        self.count += 1
        lr = work.rate(self.count)
        for i in work.batches(self.rng, len(self.y)):
            self.steps += 1
            scale, correction = (
                lr / (1 - work.BETA1**self.steps),
                (1 - work.BETA2**self.steps) ** 0.5,
            )
            grads = self.grads(self.x[i], self.y[i], self.masks(len(i)))
            for p, g, (m, v) in zip(self.values, grads, self.moments, strict=True):
                m += np.float32(1 - work.BETA1) * (g - m)
                v += np.float32(1 - work.BETA2) * (g * g - v)
                p -= (
                    np.float32(scale)
                    * m
                    / (np.sqrt(v) / np.float32(correction) + np.float32(work.EPS))
                )

    def accuracy(self) -> float:
        h = self.x_test
        for i in (0, 2):
            h = np.maximum(h @ self.values[i] + self.values[i + 1], 0)
        return float(((h @ self.values[4] + self.values[5]).argmax(1) == self.y_test).mean())


def autograd_epoch(data: str) -> Run:
    import autograd
    import autograd.numpy as anp
    from autograd.scipy.special import logsumexp

    def loss(values: Any, x: Any, y: Any, masks: Any) -> Any:
        for i in (0, 1):
            x = anp.maximum(anp.dot(x, values[2 * i]) + values[2 * i + 1], np.float32(0)) * masks[i]
        z = anp.dot(x, values[4]) + values[5]
        return anp.mean(logsumexp(z, axis=1) - z[anp.arange(len(y)), y])

    derivative = autograd.grad(loss)

    class Hips(Epoch):
        def grads(self, x: Any, y: Any, masks: list[Any]) -> list[Any]:
            return list(derivative(self.values, x, y, masks))

    return Hips(data)


def mygrad_epoch(data: str) -> Run:
    import mygrad as mg

    class MyGrad(Epoch):
        def grads(self, x: Any, y: Any, masks: list[Any]) -> list[Any]:
            values = [mg.tensor(v, copy=False) for v in self.values]
            h: Any = x
            for i in (0, 1):
                h = mg.nnet.relu(mg.matmul(h, values[2 * i]) + values[2 * i + 1]) * masks[i]
            mg.nnet.softmax_crossentropy(mg.matmul(h, values[4]) + values[5], y).backward()
            return [v.grad for v in values]

    return MyGrad(data)


def tinygrad_epoch(data: str) -> Run:
    if shutil.which("clang") is None:
        raise RuntimeError("tinygrad compiles its kernels with clang, which is not installed here")
    from tinygrad import Tensor, TinyJit, nn

    class TinyEpoch(Epoch):
        def __init__(self, data: str) -> None:
            super().__init__(data)
            Tensor.manual_seed(0)
            self.tensors = [Tensor(v).realize() for v in self.values]
            adam = nn.optim.Adam(self.tensors, work.LR, work.BETA1, work.BETA2, work.EPS)

            @TinyJit
            def step(x: Any, y: Any) -> None:
                with Tensor.train():
                    adam.zero_grad()
                    self.logits(x).sparse_categorical_crossentropy(y).backward()
                    adam.step()

            self.step, self.adam = step, adam

        def logits(self, x: Any) -> Any:
            t = self.tensors
            for i in (0, 1):
                x = (x.dot(t[2 * i]) + t[2 * i + 1]).relu().dropout(1 - work.KEEP[i])
            return x.dot(t[4]) + t[5]

        def __call__(self) -> None:
            self.count += 1
            self.adam.lr.assign(Tensor([work.rate(self.count)])).realize()
            for i in work.batches(self.rng, len(self.y))[:-1]:  # one shape: the jit takes no other
                self.step(Tensor(self.x[i]).realize(), Tensor(self.y[i].astype(np.int32)).realize())

        def accuracy(self) -> float:
            return float((self.logits(Tensor(self.x_test)).numpy().argmax(1) == self.y_test).mean())

    return TinyEpoch(data)


def autograd_chain(size: int | None = None, length: int = work.CHAIN) -> Run:
    import autograd
    import autograd.numpy as anp

    def value(x: Any) -> Any:
        y = x
        for _ in range(length // 2):
            y = y * 0.999
            y = y + x
        return y if size is None else anp.sum(y)

    derivative, x = autograd.grad(value), np.ones(size, np.float32) if size else 1.0
    return lambda: derivative(x)


def mygrad_chain(size: int | None = None, length: int = work.CHAIN) -> Run:
    import mygrad as mg

    x = mg.tensor(np.ones(size or (), np.float32))

    def run() -> None:
        y = x
        for _ in range(length // 2):
            y = y * 0.999
            y = y + x
        (y if size is None else y.sum()).backward()

    return run


def micrograd_chain(length: int = work.CHAIN) -> Run:
    from micrograd.engine import Value

    sys.setrecursionlimit(10 * length)  # its backward pass walks the chain by recursion

    def run() -> None:
        x = y = Value(1.0)
        for _ in range(length // 2):
            y = y * 0.999
            y = y + x
        y.backward()

    return run


def micrograd_moons() -> Run:
    import random

    from micrograd.engine import Value
    from micrograd.nn import MLP

    random.seed(0)
    model = MLP(2, [16, 16, 1])
    points, labels = work.moons()

    def run() -> None:
        scores = [model([Value(float(a)), Value(float(b))]) for a, b in points]
        losses = [(1 + -float(y) * s).relu() for y, s in zip(labels, scores, strict=True)]
        total = sum(losses) * (1 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad

    return run


def autograd_moons() -> Run:
    import autograd
    import autograd.numpy as anp

    points, labels = work.moons()
    rng = np.random.default_rng(0)
    values = [
        v
        for n, m in pairwise((2, 16, 16, 1))
        for v in (work.he(rng, n, n, m), np.zeros(m, np.float32))
    ]

    def loss(values: Any) -> Any:
        h: Any = points
        for i in (0, 2):
            h = anp.maximum(anp.dot(h, values[i]) + values[i + 1], 0)
        scores = (anp.dot(h, values[4]) + values[5])[:, 0]
        return anp.mean(anp.maximum(1 - labels * scores, 0)) + 1e-4 * sum(
            anp.sum(v * v) for v in values
        )

    derivative = autograd.grad(loss)

    def run() -> None:
        for v, g in zip(values, derivative(values), strict=True):
            v -= np.float32(0.1) * g

    return run


def mygrad_moons() -> Run:
    import mygrad as mg

    points, labels = work.moons()
    rng = np.random.default_rng(0)
    values = [
        mg.tensor(v)
        for n, m in pairwise((2, 16, 16, 1))
        for v in (work.he(rng, n, n, m), np.zeros(m, np.float32))
    ]

    def run() -> None:
        h: Any = points
        for i in (0, 2):
            h = mg.nnet.relu(mg.matmul(h, values[i]) + values[i + 1])
        scores = (mg.matmul(h, values[4]) + values[5])[:, 0]
        loss = mg.mean(mg.nnet.relu(1 - labels * scores)) + 1e-4 * sum(
            mg.sum(v * v) for v in values
        )
        loss.backward()
        for v in values:
            v.data[...] -= np.float32(0.1) * v.grad

    return run
