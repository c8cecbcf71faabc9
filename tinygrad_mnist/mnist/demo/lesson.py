"""One training step of a small network, with everything that the tape noted.

Nothing here is staged: the operations are the framework's, the records are those of its tape, and
the gradients are caught by hooks while `backward` plays it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import tinygrad_mnist as tg
from tinygrad_mnist import optim
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.demo.encoding import picture, signed
from tinygrad_mnist.mnist.recipe import CLASSES, PIXELS
from tinygrad_mnist.nn import functional as F

HIDDEN = 6
BATCH = 4
RATE = 0.1
STEPS = 30  # at most
NUDGE = 0.01


class SmallNetwork:
    """784-N-10 with ReLU, as bare tensors whose numbers come from a generator of their own."""

    def __init__(self, hidden: int, generator: tg.Generator) -> None:
        def weights(rows: int, columns: int, spread: float) -> tg.Tensor:
            return (tg.randn(rows, columns, generator=generator) * spread).requires_grad_()

        # He et al. (2015) before the ReLU; small numbers before the softmax, so that no digit is
        # preferred at the start.
        self.w1 = weights(PIXELS, hidden, (2 / PIXELS) ** 0.5)
        self.b1 = tg.zeros(hidden, requires_grad=True)
        self.w2 = weights(hidden, CLASSES, (1 / hidden) ** 0.5)
        self.b2 = tg.zeros(CLASSES, requires_grad=True)

    @property
    def parameters(self) -> list[tg.Tensor]:
        return [self.w1, self.b1, self.w2, self.b2]

    def __call__(self, x: tg.Tensor) -> tg.Tensor:
        """Logits (n, 10) of images (n, 784)."""
        return (x @ self.w1 + self.b1).relu() @ self.w2 + self.b2


def training_step(digits: Digits, step: int, seed: int = 0) -> dict[str, Any]:
    """The `step`-th step (from 0) of a training on four digits, as JSON for the page.

    The steps before it are made anew: the same arguments give the same step, for every visitor.
    """
    generator = tg.Generator()
    generator.manual_seed(seed)
    network = SmallNetwork(HIDDEN, generator)
    chosen = _four(digits, seed)
    x = tg.from_numpy(digits.train_images[chosen].reshape(BATCH, PIXELS).astype(np.float32) / np.float32(255))
    labels = tg.from_numpy(digits.train_labels[chosen].astype(np.int64))
    optimizer = optim.SGD(network.parameters, lr=RATE)
    losses = []
    for _ in range(step):
        optimizer.zero_grad()
        loss = F.cross_entropy(network(x), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    optimizer.zero_grad()

    z1 = x @ network.w1
    a1 = z1 + network.b1
    h = a1.relu()
    z2 = h @ network.w2
    logits = z2 + network.b2
    log_p = F.log_softmax(logits, 1)
    picked = log_p.gather(1, labels[:, None])
    mean = picked.mean()
    loss = -mean
    records = {
        "z1": z1, "a1": a1, "h": h, "z2": z2, "logits": logits, "log_p": log_p, "picked": picked, "mean": mean,
        "loss": loss,
    }  # fmt: skip
    leaves = dict(zip(("W1", "b1", "W2", "b2"), network.parameters, strict=True))
    names = {id(tensor.grad_fn): name for name, tensor in records.items()}
    names |= {id(leaf): name for name, leaf in leaves.items()}
    tape = {name: _noted(tensor, names) for name, tensor in records.items()}
    played: list[str] = []

    def listen(name: str, tensor: tg.Tensor) -> None:
        def arrived(gradient: tg.Tensor) -> None:
            played.append(name)
            tape[name]["gradient"] = signed(gradient.numpy())

        tensor.register_hook(arrived)

    for name, tensor in records.items():
        listen(name, tensor)
    loss.backward()

    before = {name: leaf.detach().clone() for name, leaf in leaves.items()}
    gradients = {name: leaf.grad.clone() for name, leaf in leaves.items() if leaf.grad is not None}
    check = _nudge(network, x, labels, gradients["W2"])
    optimizer.step()
    after = {name: leaf.detach().clone() for name, leaf in leaves.items()}
    with tg.no_grad():
        new_logits = network(x)
    return {
        "step": step,
        "rate": RATE,
        "digits": [
            {"label": int(label), "picture": picture(image)}
            for image, label in zip(digits.train_images[chosen], digits.train_labels[chosen], strict=True)
        ],
        "input": signed(x.numpy()),
        "leaves": {name: signed(value.numpy()) for name, value in before.items()},
        "tape": [{"name": name, **noted} for name, noted in tape.items()],
        "played": played,
        "gradients": {name: signed(value.numpy()) for name, value in gradients.items()},
        "after": {name: signed(value.numpy()) for name, value in after.items()},
        "change": {name: signed((after[name] - before[name]).numpy()) for name in after},
        "losses": [*losses, loss.item()],
        "loss_after": F.cross_entropy(new_logits, labels).item(),
        "probabilities": np.round(logits.detach().softmax(1).numpy().astype(float), 4).tolist(),
        "probabilities_after": np.round(new_logits.softmax(1).numpy().astype(float), 4).tolist(),
        "check": check,
    }


def _four(digits: Digits, seed: int) -> list[int]:
    """Indices of four training digits with different labels."""
    order = np.random.default_rng(seed).permutation(len(digits.train_labels))
    chosen: dict[int, int] = {}
    for index in order:
        chosen.setdefault(int(digits.train_labels[index]), int(index))
        if len(chosen) == BATCH:
            break
    return (list(chosen.values()) * BATCH)[:BATCH]


def _noted(tensor: tg.Tensor, names: dict[int, str]) -> dict[str, Any]:
    """A record of the tape: its operation, where it passes gradients to, and the value."""
    node: Any = tensor.grad_fn
    sources = [names[id(getattr(source, "variable", source))] for source, _ in node.next_functions]
    return {
        "operation": node.operation,
        "label": node.name(),
        "sources": sources,
        "value": signed(tensor.detach().numpy()),
    }


def _nudge(network: SmallNetwork, x: tg.Tensor, labels: tg.Tensor, gradient: tg.Tensor) -> dict[str, Any]:
    """The loss before and after one weight is moved by a little, to hold against its gradient."""
    row, column = divmod(int(gradient.abs().argmax()), CLASSES)
    kept = network.w2.detach().clone()
    with tg.no_grad():
        before = F.cross_entropy(network(x).double(), labels).item()
        network.w2[row, column] += NUDGE
        after = F.cross_entropy(network(x).double(), labels).item()
        network.w2.copy_(kept)
    slope = gradient[row, column].item()
    return {"row": row, "column": column, "gradient": slope, "by": NUDGE, "before": before, "after": after}
