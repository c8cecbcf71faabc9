"""One training step of a small network, with everything that the tape noted.

Nothing here is staged: the operations are the framework's, the records are those of its tape, and
the gradients are caught by hooks while `backward` plays it.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np

import tinygrad_mnist as tg
from tinygrad_mnist import optim
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.demo.encoding import picture, signed
from tinygrad_mnist.mnist.recipe import CLASSES, PIXELS
from tinygrad_mnist.mnist.tensors import as_labels, as_pixels
from tinygrad_mnist.nn import functional as F

__all__ = ["BATCH", "HIDDEN", "RATE", "STEPS", "SmallNetwork", "training_step"]

HIDDEN = 6
BATCH = 4
RATE = 0.1
STEPS = 30  # at most
NUDGE = 0.01


class SmallNetwork:
    """784-N-10 with ReLU, as bare tensors.

    Args:
        hidden: units of the hidden layer.
        generator: where the initial weights come from.
    """

    def __init__(self, hidden: int, generator: tg.Generator) -> None:
        # He et al. (2015) before the ReLU; small numbers before the softmax, so that no digit is
        # preferred at the start.
        self.w1 = _weights(PIXELS, hidden, (2 / PIXELS) ** 0.5, generator)
        self.b1 = tg.zeros(hidden, requires_grad=True)
        self.w2 = _weights(hidden, CLASSES, (1 / hidden) ** 0.5, generator)
        self.b2 = tg.zeros(CLASSES, requires_grad=True)

    @property
    def parameters(self) -> list[tg.Tensor]:
        """What is learned: weights and biases of both layers."""
        return [self.w1, self.b1, self.w2, self.b2]

    def __call__(self, x: tg.Tensor) -> tg.Tensor:
        """Logits (n, 10) of images (n, 784)."""
        return (x @ self.w1 + self.b1).relu() @ self.w2 + self.b2


def _weights(rows: int, columns: int, deviation: float, generator: tg.Generator) -> tg.Tensor:
    return (tg.randn(rows, columns, generator=generator) * deviation).requires_grad_()


def training_step(digits: Digits, step: int, seed: int = 0) -> dict[str, Any]:
    """One step of a training on four digits, as JSON for the page.

    The steps before it are made anew: the same arguments give the same step, for every visitor.

    Args:
        digits: of which four training digits are taken.
        step: which one, from 0.
        seed: where the random numbers start.

    Returns:
        The digits, the network before and after the step, and the tape with values and gradients.
    """
    generator = tg.Generator()
    generator.manual_seed(seed)
    network = SmallNetwork(HIDDEN, generator)
    chosen = _four(digits, seed)
    images = digits.train_images[chosen]
    x = as_pixels(images.reshape(BATCH, PIXELS))
    labels = as_labels(digits.train_labels[chosen])
    optimizer = optim.SGD(network.parameters, lr=RATE)
    losses = _steps_before(step, network, optimizer, x, labels)
    leaves = dict(zip(("W1", "b1", "W2", "b2"), network.parameters, strict=True))
    before = _copies(leaves)
    records = _forward(network, x, labels)
    tape, played = _played_back(records, leaves)
    gradients = {name: leaf.grad.clone() for name, leaf in leaves.items() if leaf.grad is not None}
    check = _nudge(network, x, labels, gradients["W2"])
    optimizer.step()
    after = _copies(leaves)
    change = {name: after[name] - before[name] for name in after}
    with tg.no_grad():
        new_logits = network(x)
    return {
        "step": step,
        "rate": RATE,
        "digits": [
            {"label": int(label), "picture": picture(image)}
            for image, label in zip(images, digits.train_labels[chosen], strict=True)
        ],
        "input": signed(x.numpy()),
        "leaves": _signed(before),
        "tape": tape,
        "played": played,
        "gradients": _signed(gradients),
        "after": _signed(after),
        "change": _signed(change),
        "losses": [*losses, records["loss"].item()],
        "loss_after": F.cross_entropy(new_logits, labels).item(),
        "probabilities": _probabilities(records["logits"].detach()),
        "probabilities_after": _probabilities(new_logits),
        "check": check,
    }


def _steps_before(
    count: int, network: SmallNetwork, optimizer: optim.Optimizer, x: tg.Tensor, labels: tg.Tensor
) -> list[float]:
    """Make the steps that come before the one to show; their losses."""
    losses = []
    for _ in range(count):
        optimizer.zero_grad()
        loss = F.cross_entropy(network(x), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    optimizer.zero_grad()
    return losses


def _forward(network: SmallNetwork, x: tg.Tensor, labels: tg.Tensor) -> dict[str, tg.Tensor]:
    """Every record of a forward pass, by the name that the page has for it."""
    z1 = x @ network.w1
    a1 = z1 + network.b1
    h = a1.relu()
    z2 = h @ network.w2
    logits = z2 + network.b2
    log_p = F.log_softmax(logits, 1)
    picked = log_p.gather(1, labels[:, None])
    mean = picked.mean()
    loss = -mean
    return {
        "z1": z1,
        "a1": a1,
        "h": h,
        "z2": z2,
        "logits": logits,
        "log_p": log_p,
        "picked": picked,
        "mean": mean,
        "loss": loss,
    }


def _played_back(
    records: dict[str, tg.Tensor], leaves: dict[str, tg.Tensor]
) -> tuple[list[dict[str, Any]], list[str]]:
    """The tape with the gradients that arrive, and the records in the order that they do so."""
    names = {id(tensor.grad_fn): name for name, tensor in records.items()}
    names |= {id(leaf): name for name, leaf in leaves.items()}
    tape = {name: _described(name, tensor, names) for name, tensor in records.items()}
    played: list[str] = []

    def listen(name: str, tensor: tg.Tensor) -> None:
        def arrived(gradient: tg.Tensor) -> None:
            played.append(name)
            tape[name]["gradient"] = signed(gradient.numpy())

        tensor.register_hook(arrived)

    for name, tensor in records.items():
        listen(name, tensor)
    records["loss"].backward()
    return list(tape.values()), played


def _copies(tensors: dict[str, tg.Tensor]) -> dict[str, tg.Tensor]:
    return {name: tensor.detach().clone() for name, tensor in tensors.items()}


def _signed(tensors: dict[str, tg.Tensor]) -> dict[str, Any]:
    return {name: signed(tensor.numpy()) for name, tensor in tensors.items()}


def _probabilities(logits: tg.Tensor) -> list[list[float]]:
    probabilities = logits.softmax(1).numpy().astype(float)
    rounded: Any = np.round(probabilities, 4).tolist()
    return cast(list[list[float]], rounded)


def _four(digits: Digits, seed: int) -> list[int]:
    """Indices of four training digits with different labels."""
    order = np.random.default_rng(seed).permutation(len(digits.train_labels))
    chosen: dict[int, int] = {}
    for index in order:
        chosen.setdefault(int(digits.train_labels[index]), int(index))
        if len(chosen) == BATCH:
            break
    return (list(chosen.values()) * BATCH)[:BATCH]


def _described(name: str, tensor: tg.Tensor, names: dict[int, str]) -> dict[str, Any]:
    """A record of the tape: its operation, where it passes gradients to, and the value."""
    node: Any = tensor.grad_fn
    sources = [names[id(getattr(source, "variable", source))] for source, _ in node.next_functions]
    return {
        "name": name,
        "operation": node.operation,
        "label": node.name(),
        "sources": sources,
        "value": signed(tensor.detach().numpy()),
    }


def _nudge(
    network: SmallNetwork, x: tg.Tensor, labels: tg.Tensor, gradient: tg.Tensor
) -> dict[str, Any]:
    """The loss before and after one weight is moved by a little, to hold against its gradient."""
    row, column = divmod(int(gradient.abs().argmax()), CLASSES)
    kept = network.w2.detach().clone()
    with tg.no_grad():
        before = F.cross_entropy(network(x).double(), labels).item()
        network.w2[row, column] += NUDGE
        after = F.cross_entropy(network(x).double(), labels).item()
        network.w2.copy_(kept)
    return {
        "row": row,
        "column": column,
        "gradient": gradient[row, column].item(),
        "by": NUDGE,
        "before": before,
        "after": after,
    }
