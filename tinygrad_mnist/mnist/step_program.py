"""A whole training as one file that imports only NumPy: its two functions are the tape's."""

from __future__ import annotations

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.compiler import Derivation, derive
from tinygrad_mnist.mnist.recipe import CLASSES, PIXELS, Recipe
from tinygrad_mnist.nn import functional as F

__all__ = ["derivations", "step_program"]

PROGRAM = '''\
"""Train a network to read digits, with NumPy alone.

    python {name} MNIST [--epochs {epochs}] [--seed 0]

MNIST is mnist.npz, or a folder with MNIST's four IDX files, gzipped or not. `forward`, `backward`
and `predict` were derived by tinygrad_mnist's tape from a network of the layers
{sizes}.
"""

import argparse
import gzip
from pathlib import Path

import numpy as np

SIZES = {sizes}
BATCH = {batch_size}
RATE = {lr}
DECAY = {decay}  # after epoch e the rate is divided by 1 + DECAY e
BETA1, BETA2, EPSILON = {beta1}, {beta2}, 1e-08


# derived by the tape --------------------------------------------------------------------------


{training}

{predict}

# around it ------------------------------------------------------------------------------------


def he_weights(rng):
    """Weights by He et al. (2015), and biases of 0: w1, b1, w2, b2, ..."""
    parameters = {{}}
    for number, (inputs, units) in enumerate(zip(SIZES[:-1], SIZES[1:]), 1):
        scale = np.float32(np.sqrt(2 / inputs))
        parameters[f"w{{number}}"] = rng.standard_normal((units, inputs), np.float32) * scale
        parameters[f"b{{number}}"] = np.zeros(units, np.float32)
    return parameters


class Adam:
    """Adam by Kingma & Ba (2015), with the corrections of both averages."""

    def __init__(self, parameters):
        self.parameters = parameters
        self.first = {{name: np.zeros_like(p) for name, p in parameters.items()}}
        self.second = {{name: np.zeros_like(p) for name, p in parameters.items()}}
        self.steps = 0

    def step(self, gradients, rate):
        """Change the parameters in place."""
        self.steps += 1
        size = rate / (1 - BETA1**self.steps)
        correction = np.sqrt(1 - BETA2**self.steps)
        for name, p in self.parameters.items():
            g = gradients[f"grad_{{name}}"]
            m, v = self.first[name], self.second[name]
            m += (1 - BETA1) * (g - m)
            v += (1 - BETA2) * (g * g - v)
            p -= np.float32(size) * m / (np.sqrt(v) / np.float32(correction) + np.float32(EPSILON))


def train(parameters, x, y, x_test, y_test, epochs, rng):
    """Print the loss and the accuracy after each epoch."""
    adam = Adam(parameters)
    rate = RATE
    for epoch in range(1, epochs + 1):
        order = rng.permutation(len(y))
        total = 0.0
        for start in range(0, len(y), BATCH):
            batch = order[start : start + BATCH]
            (loss,), saved = forward(x=x[batch], y=y[batch], rng=rng, **parameters)
            gradients = backward(saved)
            adam.step(dict(zip(GRADIENTS, gradients)), rate)
            total += float(loss) * len(batch)
        rate /= 1 + DECAY * epoch
        correct = f"train {{accuracy(parameters, x, y):.2%}}"
        correct += f", test {{accuracy(parameters, x_test, y_test):.2%}}"
        print(f"epoch {{epoch}}: loss {{total / len(y):.4f}}, {{correct}}", flush=True)


def accuracy(parameters, x, y):
    """The share of digits that are read right."""
    right = 0
    for start in range(0, len(y), 10_000):
        (logits,), _ = predict(x=x[start : start + 10_000], **parameters)
        right += int((logits.argmax(axis=1) == y[start : start + 10_000]).sum())
    return right / len(y)


def read_mnist(path):
    """Training images and labels, test images and labels; images as rows from 0 to 1."""
    path = Path(path)
    if path.is_file():
        with np.load(path) as arrays:
            found = [arrays[name] for name in ("x_train", "y_train", "x_test", "y_test")]
    else:
        names = ("train-images", "train-labels", "t10k-images", "t10k-labels")
        found = [read_idx(path, name) for name in names]
    x, y, x_test, y_test = found
    return as_rows(x), y.astype(np.int64), as_rows(x_test), y_test.astype(np.int64)


def as_rows(images):
    return images.reshape(len(images), -1).astype(np.float32) / np.float32(255)


def read_idx(folder, name):
    """The array of one of MNIST's files: a header of big-endian numbers, then bytes."""
    files = sorted(folder.rglob(f"{{name}}*"))
    if not files:
        raise SystemExit(f"{{folder}}: no file {{name}}*")
    content = files[0].read_bytes()
    if content.startswith(b"\\x1f\\x8b"):
        content = gzip.decompress(content)
    dimensions = content[3]
    shape = np.frombuffer(content, ">i4", dimensions, 4)
    return np.frombuffer(content, np.uint8, -1, 4 + 4 * dimensions).reshape(shape)


def main():
    parser = argparse.ArgumentParser(description="Train a network to read digits.")
    parser.add_argument("mnist", help="mnist.npz, or a folder with MNIST's IDX files")
    parser.add_argument("--epochs", type=int, default={epochs})
    parser.add_argument("--seed", type=int, default={seed})
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    train(he_weights(rng), *read_mnist(given.mnist), given.epochs, rng)


if __name__ == "__main__":
    main()
'''


def derivations(network: nn.Module, batch_size: int) -> tuple[Derivation, Derivation]:
    """Derive the programs of a network of images.

    Args:
        network: images (n, 28, 28) or rows of pixels (n, 784) to logits (n, 10). Its mode stays
            as it is.
        batch_size: of the shapes that the programs name.

    Returns:
        The loss of a step of training with its gradients; and the logits without dropout.
    """
    x = tg.rand(batch_size, PIXELS)
    y = tg.randint(CLASSES, (batch_size,))
    is_training = network.training
    try:
        network.train()
        training = derive(_loss, network, x, y)
        network.eval()
        with tg.no_grad():
            predict = derive(_logits, network, x)
    finally:
        network.train(is_training)
    return training, predict


def _loss(network: nn.Module, x: tg.Tensor, y: tg.Tensor) -> tg.Tensor:
    return F.cross_entropy(network(x), y)


def _logits(network: nn.Module, x: tg.Tensor) -> tg.Tensor:
    return network(x)


def step_program(recipe: Recipe, training: Derivation, predict: Derivation, name: str) -> str:
    """Write a whole training.

    Args:
        recipe: of which the sizes, the rates and the batches are read.
        training: the loss and its gradients.
        predict: the logits.
        name: of the file, for its first lines.

    Returns:
        A Python program that imports only NumPy.

    Raises:
        ValueError: if the recipe asks for what the program does not do.
    """
    _check(recipe)
    inputs = [each for each in training.inputs if each != "rng"]
    names = "\n".join(f'    "grad_{each}",' for each in inputs)
    order = f"GRADIENTS = (\n{names}\n)  # what backward returns, None for x and y"
    return PROGRAM.format(
        name=name,
        sizes=(PIXELS, *recipe.hidden, CLASSES),
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        lr=recipe.lr,
        decay=f"{recipe.decay:.10f}".rstrip("0"),
        beta1=recipe.beta1,
        beta2=recipe.beta2,
        seed=recipe.seed,
        training=f"{training.source}\n\n{order}\n",
        predict=predict.source.replace("def forward(", "def predict("),
    )


def _check(recipe: Recipe) -> None:
    wanted = {
        "schedule": "decay",
        "keep_input": 1.0,
        "weight_decay": 0.0,
        "label_smoothing": 0.0,
        "averaging": 0.0,
        "augment": False,
        "validation": 0.0,
    }
    for name, value in wanted.items():
        found = getattr(recipe, name)
        if found != value:
            raise ValueError(f"derive --out: the recipe's {name} is {found}, wanted {value}")
