"""A network that answers: what it makes of a picture, and why.

It is shared by all visitors and changed by none.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.measures import answers
from tinygrad_mnist.mnist.tensors import as_pixels

__all__ = ["Answer", "Answerer"]

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Answer:
    """What a network makes of one picture.

    Attributes:
        probabilities: (10,), the softmax of the logits.
        saliency: (28, 28), the gradient of the largest logit with respect to the pixels (Simonyan
            et al. 2014): where more ink (positive) or less (negative) would make that answer surer.
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

    Args:
        network: images (n, 28, 28) to logits (n, 10); it is copied.
        digits: of which the test digits are answered.
        origin: where the network comes from, in a few words.
        seen: how many of the test digits it was trained on; None where that is not known.

    Attributes:
        hidden: the units of its hidden layers.
        answers: (n,), its answers to the test digits.
        accuracy: the share of them that is right.
    """

    def __init__(
        self, network: nn.Sequential, digits: Digits, origin: str, seen: int | None = None
    ) -> None:
        self.origin = origin
        self.seen = seen
        self.digits = digits
        # A copy of its own without gradients of weights: then no visitor's tape can reach them.
        self._network = copy.deepcopy(network).eval().requires_grad_(False)
        linear = [layer for layer in self._network if isinstance(layer, nn.Linear)]
        self.hidden = [layer.out_features for layer in linear[:-1]]
        found = answers(self._network, digits.test_images, digits.test_labels)
        self.answers = found.answer
        self.accuracy = found.accuracy

    def answer(self, picture: npt.NDArray[np.uint8]) -> Answer:
        """Answer to a picture; threads may call it at the same time.

        Args:
            picture: (28, 28), 0 paper, 255 ink.

        Returns:
            The answer and the reasons for it.
        """
        pixels = as_pixels(picture[None]).requires_grad_()
        hidden = []
        x = pixels
        for layer in self._network:
            x = layer(x)
            if isinstance(layer, nn.ReLU):
                hidden.append(x.detach().numpy()[0])
        logits = x.detach()
        winner = int(logits.argmax(1))
        (slope,) = tg.autograd.grad(x[0, winner], pixels)
        probabilities = logits.softmax(1).numpy()[0]
        return Answer(probabilities, slope.numpy()[0], hidden)
