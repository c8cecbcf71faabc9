"""TensorFlow: a training step under tf.function, and Keras's fit."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import tensorflow as tf

from benchmarks import work


class Epoch:
    """One epoch of the original network at each call."""

    def __init__(self, data: str, keras: bool) -> None:
        self.x, self.y, self.x_test, self.y_test = work.images(data)
        tf.keras.utils.set_random_seed(0)
        dense, layers = tf.keras.layers.Dense, []
        for i, (_, m) in enumerate(pairwise(work.SIZES)):
            hidden = i < len(work.KEEP)
            layers.append(dense(m, "relu" if hidden else None, kernel_initializer="he_normal"))
            if hidden:
                layers.append(tf.keras.layers.Dropout(1 - work.KEEP[i]))
        self.model = tf.keras.Sequential([tf.keras.Input((784,)), *layers])
        self.optimizer = tf.keras.optimizers.Adam(work.LR, work.BETA1, work.BETA2, work.EPS)
        self.loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.keras, self.count, self.rng = keras, 0, np.random.default_rng(0)
        if keras:
            self.model.compile(self.optimizer, self.loss)

        @tf.function(reduce_retracing=True)
        def step(x: Any, y: Any) -> None:
            with tf.GradientTape() as tape:
                value = self.loss(y, self.model(x, training=True))
            weights = self.model.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(value, weights), weights, strict=True))

        self.step = step

    def __call__(self) -> None:
        self.count += 1
        self.optimizer.learning_rate.assign(work.rate(self.count))
        if self.keras:
            self.model.fit(self.x, self.y, work.BATCH, verbose=0)
            return
        for i in work.batches(self.rng, len(self.y)):
            self.step(tf.constant(self.x[i]), tf.constant(self.y[i]))

    def accuracy(self) -> float:
        return float((self.model(self.x_test).numpy().argmax(1) == self.y_test).mean())


def epoch(data: str, keras: bool) -> Callable[[], object]:
    return Epoch(data, keras)


def step() -> Callable[[], object]:
    """A step of the original network on random images, without dropout."""
    layers = [tf.keras.layers.Dense(m, "relu" if m > 10 else None) for m in work.SIZES[1:]]
    model, optimizer = (
        tf.keras.Sequential([tf.keras.Input((784,)), *layers]),
        tf.keras.optimizers.Adam(1e-3),
    )
    x, y = (
        tf.random.uniform((work.BATCH, 784)),
        tf.random.uniform((work.BATCH,), maxval=10, dtype=tf.int32),
    )
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def run() -> None:
        with tf.GradientTape() as tape:
            value = loss(y, model(x))
        weights = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(value, weights), weights, strict=True))

    return run
