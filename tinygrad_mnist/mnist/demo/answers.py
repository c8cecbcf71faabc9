"""A network that answers: what it makes of a picture, and why. Shared by all visitors, changed by none."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.mnist.datasets import Digits

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Answer:
    """What a network makes of one picture.

    Attributes:
        probabilities: (10,), the softmax of the logits.
        saliency: (28, 28), the gradient of the largest logit with respect to the pixels (Simonyan et
            al. 2014): where more ink (positive) or less (negative) would make that answer surer.
        hidden: for each hidden layer its units after ReLU; a unit fires where it is above 0.
    """

    probabilities: Floats
    saliency: Floats
    hidden: list[Floats]

    @property
    def digit(self) -> int:
        """The answer."""
        return int(self.probabilities.argmax())


class Answerer:
    """A trained network with the test digits and its answers to them.

    Attributes:
        origin: where the network comes from, in a few words.
        hidden: the units of its hidden layers.
        answers: (n,), its answers to the test digits.
        accuracy: the share of them that is right.
    """

    def __init__(self, network: nn.Sequential, digits: Digits, origin: str) -> None:
        self.origin, self.digits = origin, digits
        # A copy of its own without gradients of weights: then no visitor's tape can reach them.
        self._network = copy.deepcopy(network).eval().requires_grad_(False)
        linear = [layer for layer in self._network if isinstance(layer, nn.Linear)]
        self.hidden = [layer.out_features for layer in linear[:-1]]
        with tg.inference_mode():
            parts = np.array_split(digits.test_images, -(-len(digits.test_images) // 1000))
            logits = [self._network(_pixels(part)) for part in parts]
        self.answers = np.concatenate([part.argmax(1).numpy() for part in logits])
        self.accuracy = float((self.answers == digits.test_labels).mean())

    def answer(self, picture: npt.NDArray[np.uint8]) -> Answer:
        """The answer to a picture (28, 28), 0 paper, 255 ink. Threads may call it at the same time."""
        pixels = _pixels(picture[None]).requires_grad_()
        hidden, x = [], pixels
        for layer in self._network:
            x = layer(x)
            if isinstance(layer, nn.ReLU):
                hidden.append(x.detach().numpy()[0])
        logits = x.detach()
        (slope,) = tg.autograd.grad(x[0, int(logits.argmax(1))], pixels)
        return Answer(logits.softmax(1).numpy()[0], slope.numpy()[0], hidden)


def _pixels(images: npt.NDArray[np.uint8]) -> tg.Tensor:
    return tg.from_numpy(images.astype(np.float32) / np.float32(255))
