"""Where a training step of the original network spends its time: each part alone, in milliseconds.

    TINYGRAD_MNIST_KERNELS=numpy python -m benchmarks parts [--rounds 60]

Before each timing the step's matrix products run once, so that a part finds the caches as in
a step.
"Within" says how often the step does the part.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np

import tinygrad_mnist as tg
from benchmarks import work
from benchmarks.rivals import numpy_only, torch_style
from tinygrad_mnist import nn
from tinygrad_mnist.kernels import adam as adam_kernel
from tinygrad_mnist.kernels.network import relu_gradient
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.ops import random


def flat_adam(network: nn.Module, block: int | None = None) -> Callable[[], None]:
    """Adam's step on all parameters at once, as they would lie in one flat array."""
    size = sum(parameter.numel() for parameter in network.parameters())
    rng = np.random.default_rng(0)
    arrays = [rng.random(size, np.float32) for _ in range(4)]

    def step() -> None:
        before = adam_kernel.BLOCK
        adam_kernel.BLOCK = block or before
        try:
            adam_kernel.adam(
                *arrays,
                None,
                beta1=work.BETA1,
                beta2=work.BETA2,
                step_size=1e-9,
                correction=0.9,
                eps=work.EPS,
            )
        finally:
            adam_kernel.BLOCK = before

    return step


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks parts",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    rng, products = np.random.default_rng(0), numpy_only.products()
    images, rows = rng.random((60_000, 784), np.float32), rng.permutation(60_000)[: work.BATCH]
    network = torch_style.network(tg)
    adam = tg.optim.Adam(network.parameters(), work.LR, (work.BETA1, work.BETA2), work.EPS)
    x, y = tg.rand(work.BATCH, 784), tg.randint(10, (work.BATCH,))
    logits = network(x).detach().requires_grad_()
    F.cross_entropy(network(x), y).backward()
    hidden, gradient = tg.rand(work.BATCH, 400) - 0.5, tg.rand(work.BATCH, 400)
    tiny, few = torch_style.network(tg, (4, 4, 4, 4)), (tg.rand(2, 4), tg.randint(4, (2,)))

    def overhead() -> None:
        F.cross_entropy(tiny(few[0]), few[1]).backward()

    step = torch_style.step("tinygrad_mnist", dropout=True)
    parts = {
        "the whole step": (step, "1"),
        "its matrix products": (products, "1"),
        "Adam": (adam.step, "1"),
        "Adam, all parameters in one flat array": (flat_adam(network), "tried"),
        "Adam, in blocks of 4,096": (flat_adam(network, 4_096), "tried"),
        "Adam, in blocks of 131,072": (flat_adam(network, 131_072), "tried"),
        "gathering the batch": (lambda: images.take(rows, 0), "1"),
        "random bits for 256 x 400": (lambda: random.bits16(256 * 400), "1.25"),
        "dropout of 256 x 400, with its bits": (lambda: F.dropout(hidden, 0.6), "1.25"),
        "ReLU of 256 x 400": (lambda: F.relu(hidden), "1.25"),
        "gradient of ReLU": (lambda: relu_gradient(gradient.array, hidden.array), "1.25"),
        "gradient of dropout": (lambda: gradient.array * hidden.array, "1.25"),
        "bias of 256 x 400": (lambda: hidden.array + network[0].bias.array, "1.25"),
        "gradient of the bias": (lambda: gradient.array.sum(0), "1.25"),
        "the loss and its gradient": (lambda: F.cross_entropy(logits, y), "1"),
        "Python: forward and backward of a network of 4 units": (overhead, "1"),
    }
    found: dict[str, list[float]] = {name: [] for name in parts}
    for turn in range(rounds + 3):
        for name, (run, _) in parts.items():
            products()
            start = time.perf_counter()
            run()
            if turn >= 3:
                found[name].append(time.perf_counter() - start)
    print("| part | median, ms | least, ms | within a step |\n|---|---|---|---|")
    for name, (_, times) in parts.items():
        median = 1e3 * statistics.median(found[name])
        least = 1e3 * min(found[name])
        print(f"| {name} | {median:.2f} | {least:.2f} | {times} |")
    return 0
