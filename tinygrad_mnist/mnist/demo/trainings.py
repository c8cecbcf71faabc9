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
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

import tinygrad_mnist as tg
from tinygrad_mnist import optim
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.demo.encoding import signed
from tinygrad_mnist.mnist.demo.lesson import SmallNetwork
from tinygrad_mnist.mnist.settings import Limit, check_settings, setting
from tinygrad_mnist.mnist.tensors import as_labels, as_pixels
from tinygrad_mnist.nn import functional as F

__all__ = ["Choices", "Full", "Trainings"]

AT_ONCE = 16  # trainings of all visitors; then who has most of them makes room for who has least
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


def _whole_number(low: int, high: int) -> Limit:
    """Of what comes as JSON: the type is checked as well."""

    def fits(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

    return Limit(f"a whole number from {low} to {high}", fits)


def _is_rate(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 10


@dataclass(frozen=True)
class Choices:
    """What a visitor chooses; each field says beside its default what values it may have.

    Raises:
        ValueError: if a value is beyond its limit.
    """

    optimizer: str = setting(
        "adam",
        help="How the weights follow their gradients.",
        limit=Limit("adam or sgd", lambda name: name in ("adam", "sgd")),
    )
    rate: float = setting(
        0.005, help="The learning rate.", limit=Limit("a number above 0, up to 10", _is_rate)
    )
    hidden: int = setting(16, help="Units of the hidden layer.", limit=_whole_number(1, 36))
    batch: int = setting(32, help="Digits per step.", limit=_whole_number(1, 256))
    seed: int = setting(0, help="Where the random numbers start.", limit=_whole_number(0, 2**31))

    def __post_init__(self) -> None:
        check_settings(self, "{name}: got {value!r}, wanted {wanted}")

    @classmethod
    def of(cls, values: Any) -> Choices:
        """The choices in a JSON object.

        Args:
            values: what was parsed.

        Returns:
            The choices; what is not named has its default.

        Raises:
            ValueError: with what is wrong.
        """
        names = [field.name for field in dataclasses.fields(cls)]
        wanted = f"wanted an object with {', '.join(names)}"
        if not isinstance(values, dict):
            raise ValueError(f"choices: got {type(values).__name__}, {wanted}")
        for name in values:
            if name not in names:
                raise ValueError(f"choices: got {f'{name!r}'[:60]}, {wanted}")
        return cls(**values)


class _Training:
    """A visitor's training.

    Attributes:
        begun: when it was.
        seen: when the visitor last looked.
        due: when its next turn is.
        running: whether it is neither paused nor at its end.
        reason: why it is at its end; "" before.
        losses: of each step.
        accuracies: (step, share of test digits answered right), of each measuring.
        filters: the first layer's weights, for the page.
    """

    def __init__(self, choices: Choices, digits: Digits, address: str) -> None:
        self.choices = choices
        self.digits = digits
        self.address = address
        self.generator = tg.Generator()
        self.generator.manual_seed(choices.seed)
        self.order = np.random.default_rng(choices.seed)
        self.network = SmallNetwork(choices.hidden, self.generator)
        kind = optim.Adam if choices.optimizer == "adam" else optim.SGD
        self.optimizer: optim.Optimizer = kind(self.network.parameters, lr=choices.rate)
        now = time.monotonic()
        self.begun = now
        self.seen = now
        self.due = now
        self.running = True
        self.steps = 0
        self.reason = ""
        self.losses: list[float] = []
        self.accuracies: list[tuple[int, float]] = []
        self.filters = self._filters()
        self.measure()

    def turn(self) -> None:
        """Make a few steps."""
        for _ in range(STEPS_A_TURN):
            self.step()
        self.filters = self._filters()
        if self.steps >= STEPS and not self.reason:
            self.reason = f"{STEPS} steps are done"
        if self.reason:
            self.running = False

    def step(self) -> None:
        """Make a step, unless the training is at its end."""
        if self.steps >= STEPS or self.reason:
            return
        digits = self.digits
        chosen = self.order.integers(0, len(digits.train_labels), self.choices.batch)
        x = _flat_pixels(digits.train_images[chosen])
        labels = as_labels(digits.train_labels[chosen])
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.network(x), labels)
        loss.backward()
        self.optimizer.step()
        value = loss.item()
        if not np.isfinite(value):
            self.reason = "too fast, the loss is no longer a finite number"
            return
        self.steps += 1
        self.losses.append(round(value, 4))
        if self.steps % MEASURE == 0:
            self.measure()

    def measure(self) -> None:
        """Note the accuracy on some test digits."""
        x = _flat_pixels(self.digits.test_images[:TESTED])
        labels = as_labels(self.digits.test_labels[:TESTED])
        with tg.inference_mode():
            right = self.network(x).argmax(1) == labels
            accuracy = right.float().mean().item()
        self.accuracies.append((self.steps, round(accuracy, 4)))

    def _filters(self) -> dict[str, Any]:
        return signed(self.network.w1.detach().numpy().T)


def _flat_pixels(images: npt.NDArray[np.uint8]) -> tg.Tensor:
    """Images as the small network takes them, (n, 784)."""
    return as_pixels(images.reshape(len(images), -1))


class Trainings:
    """All visitors' trainings, and the thread that runs them between `open` and `close`.

    Args:
        digits: to train and to test on.
    """

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
        """Begin a training.

        Args:
            choices: the visitor's.
            address: where the visitor asks from.

        Returns:
            The training's name.

        Raises:
            Full: if there is no room for one more.
        """
        with self._changed:
            self._drop_old()
            self._check_room(address)
        training = _Training(choices, self._digits, address)
        name = secrets.token_urlsafe(16)
        with self._changed:
            self._check_room(address)
            self._all[name] = training
            self._changed.notify()
        return name

    def _check_room(self, address: str) -> None:
        """Full if there is no room; an address with several trainings makes room for others."""
        open_at = Counter(training.address for training in self._all.values())
        if open_at[address] >= EACH:
            message = f"{EACH} trainings are open from here already; close another page"
            raise Full(f"{message}, or wait {IDLE:g} seconds")
        if len(self._all) < AT_ONCE:
            return
        busiest, most = open_at.most_common(1)[0]
        if most <= open_at[address] + 1:
            raise Full(f"{AT_ONCE} trainings are running already; try again in a minute")
        theirs = [name for name, each in self._all.items() if each.address == busiest]
        del self._all[min(theirs, key=lambda name: self._all[name].begun)]

    def look(self, name: str, after: int = 0) -> dict[str, Any] | None:
        """How a training stands.

        Args:
            name: as `start` gave it.
            after: the step from which on losses and accuracies are given.

        Returns:
            What the page shows; None if there is no training of this name.
        """
        with self._changed:
            training = self._all.get(name)
            if training is None:
                return None
            training.seen = time.monotonic()
        steps = training.steps
        accuracies = [pair for pair in training.accuracies if pair[0] >= after]
        return {
            "steps": steps,
            "of": STEPS,
            "running": training.running,
            "reason": training.reason,
            "losses": training.losses[after:steps],
            "accuracies": accuracies,
            "filters": training.filters,
        }

    def set_running(self, name: str, running: bool) -> bool:
        """Pause a training or let it go on.

        Args:
            name: as `start` gave it.
            running: whether it shall go on.

        Returns:
            Whether there is one of this name.
        """
        with self._changed:
            training = self._all.get(name)
            if training is None:
                return False
            training.running = running and not training.reason
            training.seen = time.monotonic()
            self._changed.notify()
            return True

    def drop(self, name: str) -> bool:
        """End a training.

        Args:
            name: as `start` gave it.

        Returns:
            Whether there was one of this name.
        """
        with self._changed:
            return self._all.pop(name, None) is not None

    def _drop_old(self) -> None:
        now = time.monotonic()
        for name, training in list(self._all.items()):
            if now - training.seen > IDLE or now - training.begun > LIFE:
                del self._all[name]

    def _run(self) -> None:
        while self._open:
            training = self._next()
            if training is None:
                continue
            wait = training.due - time.monotonic()
            if wait > 0:
                time.sleep(min(wait, TURN))
                continue
            training.due = max(training.due + TURN, time.monotonic())
            try:
                training.turn()
            except Exception as error:  # one visitor's training must not end the thread of all
                training.reason = f"it failed: {type(error).__name__}"
                training.running = False

    def _next(self) -> _Training | None:
        """The running training whose turn it is; if there is none, wait for a change: None."""
        with self._changed:
            if not self._open:
                return None
            self._drop_old()
            running = [training for training in self._all.values() if training.running]
            if running:
                return min(running, key=lambda training: training.due)
            self._changed.wait(1.0 if self._all else None)
            return None
