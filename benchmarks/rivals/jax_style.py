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


def adam(values: Any, grads: Any, state: Any, lr: Any, count: Any) -> Any:
    """Adam; the number of the step is passed in as a float, which is quicker than to keep it."""
    first, second = state
    first = jax.tree.map(lambda m, g: work.BETA1 * m + (1 - work.BETA1) * g, first, grads)
    second = jax.tree.map(lambda v, g: work.BETA2 * v + (1 - work.BETA2) * g * g, second, grads)
    scale, correction = lr / (1 - work.BETA1**count), jnp.sqrt(1 - work.BETA2**count)
    values = jax.tree.map(
        lambda p, m, v: p - scale * m / (jnp.sqrt(v) / correction + work.EPS), values, first, second
    )
    return values, (first, second)


def fresh(values: Any) -> Any:
    return jax.tree.map(jnp.zeros_like, values), jax.tree.map(jnp.zeros_like, values)


class Epoch:
    """One epoch of the original network at each call."""

    def __init__(self, data: str) -> None:
        x, y, self.x_test, self.y_test = work.images(data)
        self.x, self.y = x, y
        self.rng = np.random.default_rng(0)
        self.values = parameters(self.rng)
        self.state = fresh(self.values)
        self.key = jax.random.PRNGKey(0)
        self.count = 0
        self.steps = 0

        def step(values: Any, state: Any, x: Any, y: Any, lr: Any, count: Any, key: Any) -> Any:
            key, now = jax.random.split(key)
            values, state = adam(values, jax.grad(loss)(values, x, y, now), state, lr, count)
            return values, state, key

        self.step = jax.jit(step, donate_argnums=(0, 1))

    def __call__(self) -> None:
        self.count += 1
        lr = work.rate(self.count)
        for i in work.batches(self.rng, len(self.y)):
            self.steps += 1
            self.values, self.state, self.key = self.step(
                self.values, self.state, self.x[i], self.y[i], lr, float(self.steps), self.key
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
    jitted = jax.jit(
        lambda p, s, count: adam(p, jax.grad(loss)(p, x, y), s, 1e-3, count), donate_argnums=(0, 1)
    )
    count = 0.0

    def run() -> None:
        nonlocal values, state, count
        count += 1
        values, state = jitted(values, state, count)
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


def chain(size: int | None = None, length: int = work.CHAIN) -> Callable[[], object]:
    """The value and gradient of `torch_style.chain`'s function."""

    def last(x: Any) -> Any:
        y = x
        for _ in range(length // 2):
            y = y * 0.999
            y = y + x
        return y if size is None else y.sum()

    x = jnp.ones(() if size is None else size)
    jitted = jax.jit(jax.value_and_grad(last))
    return lambda: jax.block_until_ready(jitted(x))


def moons() -> Callable[[], object]:
    """A step of `torch_style.moons`."""
    values = parameters(np.random.default_rng(0), (2, 16, 16, 1))
    points, labels = work.moons()

    def hinge(values: Any) -> Any:
        errors = jax.nn.relu(1 - labels * logits(values, points)[:, 0]).mean()
        return errors + 1e-4 * sum((p * p).sum() for p in jax.tree.leaves(values))

    jitted = jax.jit(
        lambda p: jax.tree.map(lambda q, g: q - 0.1 * g, p, jax.grad(hinge)(p)), donate_argnums=0
    )

    def run() -> None:
        nonlocal values
        values = jitted(values)
        jax.block_until_ready(values)

    return run
