"""Small trainings for visitors to watch: one each, limited in number and time, on one thread.

The thread gives every training a few steps in turn, so none waits for another to end, and all of
them together take no more than one core. What the page reads is replaced as a whole after each
turn; no visitor can reach another's training without its name, 128 random bits.
"""

from __future__ import annotations

import dataclasses
import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

import tinygrad_mnist as tg
from tinygrad_mnist import optim
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.demo.encoding import signed
from tinygrad_mnist.mnist.demo.lesson import SmallNetwork
from tinygrad_mnist.nn import functional as F

AT_ONCE = 16  # trainings of all visitors
EACH = 4  # trainings of one address
STEPS = 1500  # of one training
IDLE = 20.0  # seconds without a look, after which a training is dropped
LIFE = 600.0  # seconds after which it is dropped in any case
TURN = 0.08  # seconds from one turn of a training to its next
STEPS_A_TURN = 4
MEASURE = 20  # steps from one measuring to the next
TESTED = 500  # digits that a measuring looks at


class Full(RuntimeError):
    """No room for another training: one line that says so."""


@dataclass(frozen=True)
class Choices:
    """What a visitor chooses.

    Attributes:
        optimizer: "adam" or "sgd".
        rate: the learning rate, above 0, up to 10.
        hidden: units of the hidden layer, 1 to 36.
        batch: digits a step, 1 to 256.
        seed: where the random numbers start, 0 to 2**31.
    """

    optimizer: str = "adam"
    rate: float = 0.005
    hidden: int = 16
    batch: int = 32
    seed: int = 0

    def __post_init__(self) -> None:
        if self.optimizer not in ("adam", "sgd"):
            raise ValueError(f"optimizer: got {self.optimizer!r}, wanted adam or sgd")
        rate: Any = self.rate
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate <= 10:
            raise ValueError(f"rate: got {rate!r}, wanted a number above 0, up to 10")
        for name, low, high in (("hidden", 1, 36), ("batch", 1, 256), ("seed", 0, 2**31)):
            value: Any = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise ValueError(f"{name}: got {value!r}, wanted a whole number from {low} to {high}")

    @classmethod
    def of(cls, values: Any) -> Choices:
        """The choices in a JSON object; ValueError names what is wrong."""
        names = [field.name for field in dataclasses.fields(cls)]
        if not isinstance(values, dict) or (unknown := [name for name in values if name not in names]):
            got = f"{unknown[0]!r}" if isinstance(values, dict) else type(values).__name__
            raise ValueError(f"choices: got {got[:60]}, wanted an object with {', '.join(names)}")
        return cls(**values)


class _Training:
    def __init__(self, choices: Choices, digits: Digits, address: str) -> None:
        self.choices, self.address, self.digits = choices, address, digits
        self.generator = tg.Generator()
        self.generator.manual_seed(choices.seed)
        self.order = np.random.default_rng(choices.seed)
        self.network = SmallNetwork(choices.hidden, self.generator)
        kind = optim.Adam if choices.optimizer == "adam" else optim.SGD
        self.optimizer: optim.Optimizer = kind(self.network.parameters, lr=choices.rate)
        self.begun = self.seen = self.due = time.monotonic()
        self.running = True
        self.steps = 0
        self.reason = ""
        self.losses: list[float] = []
        self.accuracies: list[tuple[int, float]] = []
        self.filters = signed(self.network.w1.detach().numpy().T)
        self.measure()

    def turn(self) -> None:
        for _ in range(STEPS_A_TURN):
            self.step()
        self.filters = signed(self.network.w1.detach().numpy().T)
        if self.steps >= STEPS and not self.reason:
            self.reason = f"{STEPS} steps are done"
        if self.reason:
            self.running = False

    def step(self) -> None:
        if self.steps >= STEPS or self.reason:
            return
        chosen = self.order.integers(0, len(self.digits.train_labels), self.choices.batch)
        x, labels = _batch(self.digits.train_images[chosen], self.digits.train_labels[chosen])
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.network(x), labels)
        loss.backward()
        self.optimizer.step()
        value = loss.item()
        if not np.isfinite(value):
            self.reason = "the loss is no longer a finite number: the rate is too high"
            return
        self.steps += 1
        self.losses.append(round(value, 4))
        if self.steps % MEASURE == 0:
            self.measure()

    def measure(self) -> None:
        x, labels = _batch(self.digits.test_images[:TESTED], self.digits.test_labels[:TESTED])
        with tg.inference_mode():
            right = (self.network(x).argmax(1) == labels).float().mean().item()
        self.accuracies.append((self.steps, round(right, 4)))


def _batch(images: Any, labels: Any) -> tuple[tg.Tensor, tg.Tensor]:
    pixels = images.reshape(len(images), -1).astype(np.float32) / np.float32(255)
    return tg.from_numpy(pixels), tg.from_numpy(labels.astype(np.int64))


class Trainings:
    """All visitors' trainings, and the thread that runs them between `open` and `close`."""

    def __init__(self, digits: Digits) -> None:
        self._digits = digits
        self._all: dict[str, _Training] = {}
        self._changed = threading.Condition()
        self._open = False
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Start the thread."""
        self._open = True
        self._thread = threading.Thread(target=self._run, name="trainings", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread and all trainings."""
        with self._changed:
            self._open = False
            self._all.clear()
            self._changed.notify()
        if self._thread:
            self._thread.join()

    def start(self, choices: Choices, address: str) -> str:
        """Begin a training; its name. Raises Full where there is no room for one more."""
        with self._changed:
            self._sweep()
            self._room(address)
        training = _Training(choices, self._digits, address)
        name = secrets.token_urlsafe(16)
        with self._changed:
            self._room(address)
            self._all[name] = training
            self._changed.notify()
        return name

    def _room(self, address: str) -> None:
        if len(self._all) >= AT_ONCE:
            raise Full(f"{AT_ONCE} trainings are running already; try again in a minute")
        if sum(training.address == address for training in self._all.values()) >= EACH:
            raise Full(f"{EACH} trainings are open from here already; close another page, or wait {IDLE:g} seconds")

    def look(self, name: str, after: int = 0) -> dict[str, Any] | None:
        """How a training stands, with what is new since step `after`; None where there is none of this name."""
        with self._changed:
            training = self._all.get(name)
            if training is None:
                return None
            training.seen = time.monotonic()
        losses, accuracies, steps = training.losses, training.accuracies, training.steps
        return {
            "steps": steps, "of": STEPS, "running": training.running, "reason": training.reason,
            "losses": losses[after:steps], "accuracies": [pair for pair in accuracies if pair[0] >= after],
            "filters": training.filters,
        }  # fmt: skip

    def set_running(self, name: str, running: bool) -> bool:
        """Pause a training or let it go on; whether there is one of this name."""
        with self._changed:
            training = self._all.get(name)
            if training is None:
                return False
            training.running = running and not training.reason
            training.seen = time.monotonic()
            self._changed.notify()
            return True

    def drop(self, name: str) -> bool:
        """End a training; whether there was one of this name."""
        with self._changed:
            return self._all.pop(name, None) is not None

    def _sweep(self) -> None:
        now = time.monotonic()
        for name, training in list(self._all.items()):
            if now - training.seen > IDLE or now - training.begun > LIFE:
                del self._all[name]

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._open:
                    return
                self._sweep()
                running = [training for training in self._all.values() if training.running]
                if not running:
                    self._changed.wait(1.0 if self._all else None)
                    continue
            first = min(running, key=lambda training: training.due)
            if (wait := first.due - time.monotonic()) > 0:
                time.sleep(min(wait, TURN))
                continue
            first.due = max(first.due + TURN, time.monotonic())
            try:
                first.turn()
            except Exception as error:  # one visitor's training must not end the thread of all
                first.reason, first.running = f"it failed: {type(error).__name__}", False
