"""One epoch of the original network, over the floor: the eight matrix products of a step alone.

    python -m benchmarks.epoch [--data FOLDER] [--rounds 7]

Floor and training take turns within one process, and the ratio of their medians is printed. An
epoch is 60,000 images in batches of 256, with shuffling, gathering, dropout and Adam.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import time
from itertools import pairwise

import numpy as np

from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.recipe import RECIPES
from tinygrad_mnist.mnist.training import Training, train_epoch

SIZES = (784, 400, 100, 10)
BATCH = 256


def floor_epoch(images: int) -> float:
    """Seconds that NumPy takes for the products of an epoch's steps, into arrays made before."""
    rng = np.random.default_rng(0)

    def made(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape, np.float32)

    inputs = [made(BATCH, n) for n in SIZES[:-1]]
    weights = [made(m, n) for n, m in pairwise(SIZES)]
    outputs = [made(BATCH, n) for n in SIZES[1:]]
    weight_grads = [np.empty_like(w) for w in weights]
    input_grads = [np.empty_like(x) for x in inputs]
    start = time.perf_counter()
    for _ in range(images // BATCH):
        for x, w, y in zip(inputs, weights, outputs, strict=True):
            np.matmul(x, w.T, out=y)
        for i in (2, 1, 0):
            np.matmul(outputs[i].T, inputs[i], out=weight_grads[i])
            if i:
                np.matmul(outputs[i], weights[i], out=input_grads[i])
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="a folder of IDX files; random digits without it")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    if options.data:
        digits = datasets.load(options.data)
    else:
        rng = np.random.default_rng(0)
        images = rng.integers(0, 256, (60_000, 28, 28), np.uint8)
        labels = rng.integers(0, 10, 60_000).astype(np.uint8)
        digits = datasets.Digits(images, labels, images[:1000], labels[:1000], "random numbers")
    training = Training(RECIPES["original"], digits)
    images = len(digits.train_labels)
    floors, epochs = [], []
    for _ in range(options.rounds + 1):
        floors.append(floor_epoch(images))
        start = time.perf_counter()
        train_epoch(training.network, training.loader, training.optimizer)
        epochs.append(time.perf_counter() - start)
    floors, epochs = floors[1:], epochs[1:]  # the first round warms up
    ratios = [e / f for e, f in zip(epochs, floors, strict=True)]
    print(
        json.dumps(
            {
                "machine": platform.machine(),
                "numpy": np.__version__,
                "digits": digits.source,
                "floor_s": round(statistics.median(floors), 4),
                "epoch_s": round(statistics.median(epochs), 4),
                "epoch_over_floor": round(statistics.median(epochs) / statistics.median(floors), 3),
                "ratio_min_max": [round(min(ratios), 3), round(max(ratios), 3)],
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
