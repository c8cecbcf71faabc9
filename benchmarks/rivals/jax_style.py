"""JAX: the whole step, gradient and Adam, under one jit."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks import work


def parameters(rng: np.random.Generator, sizes: Any = work.SIZES) -> list[tuple[Any, Any]]:
    return [(jnp.asarray(work.he(rng, n, n, m)), jnp.zeros(m)) for n, m in pairwise(sizes)]


def logits(values: Any, x: Any, key: Any = None) -> Any:
    for i, (w, b) in enumerate(values[:-1]):
        x = jax.nn.relu(x @ w + b)
        if key is not None:
            key, now = jax.random.split(key)
            x = jnp.where(jax.random.bernoulli(now, work.KEEP[i], x.shape), x / work.KEEP[i], 0)
    w, b = values[-1]
    return x @ w + b


def loss(values: Any, x: Any, y: Any, key: Any = None) -> Any:
    return -jnp.take_along_axis(jax.nn.log_softmax(logits(values, x, key)), y[:, None], 1).mean()


def adam(values: Any, grads: Any, state: Any, lr: Any) -> Any:
    count, first, second = state
    count = count + 1
    first = jax.tree.map(lambda m, g: work.BETA1 * m + (1 - work.BETA1) * g, first, grads)
    second = jax.tree.map(lambda v, g: work.BETA2 * v + (1 - work.BETA2) * g * g, second, grads)
    scale, correction = lr / (1 - work.BETA1**count), jnp.sqrt(1 - work.BETA2**count)
    values = jax.tree.map(
        lambda p, m, v: p - scale * m / (jnp.sqrt(v) / correction + work.EPS), values, first, second
    )
    return values, (count, first, second)


def fresh(values: Any) -> Any:
    return jnp.zeros(()), jax.tree.map(jnp.zeros_like, values), jax.tree.map(jnp.zeros_like, values)


class Epoch:
    """One epoch of the original network at each call."""

    def __init__(self, data: str) -> None:
        x, y, self.x_test, self.y_test = work.images(data)
        self.x, self.y = x, y
        self.rng = np.random.default_rng(0)
        self.values = parameters(self.rng)
        self.state = fresh(self.values)
        self.key = jax.random.key(0, impl="rbg")
        self.count = 0

        def step(values: Any, state: Any, x: Any, y: Any, lr: Any, key: Any) -> Any:
            key, now = jax.random.split(key)
            values, state = adam(values, jax.grad(loss)(values, x, y, now), state, lr)
            return values, state, key

        self.step = jax.jit(step, donate_argnums=(0, 1))

    def __call__(self) -> None:
        self.count += 1
        lr = work.rate(self.count)
        for i in work.batches(self.rng, len(self.y)):
            self.values, self.state, self.key = self.step(
                self.values, self.state, self.x[i], self.y[i], lr, self.key
            )
        jax.block_until_ready(self.values)

    def accuracy(self) -> float:
        return float((logits(self.values, self.x_test).argmax(1) == self.y_test).mean())


def epoch(data: str) -> Callable[[], object]:
    return Epoch(data)


def step(width: int | None = None, batch: int = work.BATCH) -> Callable[[], object]:
    rng = np.random.default_rng(0)
    values = parameters(rng, (784, width, width, 10) if width else work.SIZES)
    state = fresh(values)
    x, y = rng.random((batch, 784), np.float32), rng.integers(0, 10, batch)
    jitted = jax.jit(lambda p, s: adam(p, jax.grad(loss)(p, x, y), s, 1e-3), donate_argnums=(0, 1))

    def run() -> None:
        nonlocal values, state
        values, state = jitted(values, state)
        jax.block_until_ready(values)

    return run


def hvp() -> Callable[[], object]:
    rng = np.random.default_rng(0)
    values = parameters(rng)
    vector = jax.tree.map(lambda p: jnp.asarray(rng.standard_normal(p.shape, np.float32)), values)
    x, y = (
        jnp.asarray(rng.random((work.BATCH, 784), np.float32)),
        jnp.asarray(rng.integers(0, 10, work.BATCH)),
    )
    jitted = jax.jit(lambda p, v: jax.jvp(lambda q: jax.grad(loss)(q, x, y), (p,), (v,))[1])
    return lambda: jax.block_until_ready(jitted(values, vector))
