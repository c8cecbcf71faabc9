"""What a network is made of: its layers, what they give, what they hold and what they cost."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tinygrad_mnist as tg
from tinygrad_mnist import nn

__all__ = ["Layer", "Summary", "summarise"]

WORD = 4  # bytes of a float32


@dataclass(frozen=True)
class Layer:
    """One layer of a network.

    Attributes:
        name: its path, as in a state dict.
        kind: the layer as it prints itself.
        shape: of its output for one image, without the batch.
        parameters: how many numbers it learns.
        multiply_adds: products that are added up, for one image; biases and activations are not
            counted.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int


@dataclass(frozen=True)
class Summary:
    """A network's layers, and the memory of training it with Adam.

    Attributes:
        layers: in the order in which they compute.
        batch_size: images in a step.
    """

    layers: list[Layer]
    batch_size: int

    @property
    def count(self) -> int:
        """All that is learned."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """Of one image, forward."""
        return sum(layer.multiply_adds for layer in self.layers)

    @property
    def memory(self) -> dict[str, int]:
        """Bytes, by what they are for.

        Parameters and gradients: a float32 for each; optimizer: Adam's two averages; activations:
        every layer's output for a batch.
        """
        outputs = 0
        for layer in self.layers:
            if layer.kind != "Flatten":
                outputs += math.prod(layer.shape)
        return {
            "parameters": self.count * WORD,
            "gradients": self.count * WORD,
            "optimizer": 2 * self.count * WORD,
            "activations": outputs * self.batch_size * WORD,
        }


def summarise(
    network: nn.Module, image: tuple[int, ...] = (28, 28), batch_size: int = 256
) -> Summary:
    """Send one image through a network and note what each of its innermost layers gives.

    Args:
        network: of any kind; its mode stays as it is.
        image: the shape of an image, without the batch.
        batch_size: images in a step of training, for its memory.

    Returns:
        The layers and what they cost.
    """
    layers: list[Layer] = []
    handles = []
    for name, module in network.named_modules():
        if not list(module.children()):
            handles.append(module.register_forward_hook(_note(name, layers)))
    training = network.training
    try:
        network.eval()
        with tg.inference_mode():
            network(tg.zeros(1, *image))
    finally:
        network.train(training)
        for handle in handles:
            handle.remove()
    return Summary(layers, batch_size)


def _note(name: str, layers: list[Layer]) -> Callable[..., None]:
    """A hook that notes what a layer gives."""

    def note(module: Any, inputs: Any, output: Any) -> None:
        shape = tuple(output.shape[1:])
        layer = Layer(
            name=name,
            kind=repr(module).partition("(")[0],
            shape=shape,
            parameters=sum(parameter.numel() for parameter in module.parameters()),
            multiply_adds=_multiply_adds(module, shape),
        )
        layers.append(layer)

    return note


def _multiply_adds(module: nn.Module, shape: tuple[int, ...]) -> int:
    """Of a linear layer or a convolution whose output has this shape.

    Each number of the output is a sum of one product per weight of its unit.
    """
    weight = getattr(module, "weight", None)
    if not isinstance(module, nn.Linear | nn.Conv1d | nn.Conv2d) or weight is None:
        return 0
    of_a_unit: int = math.prod(weight.shape[1:])
    return math.prod(shape) * of_a_unit
