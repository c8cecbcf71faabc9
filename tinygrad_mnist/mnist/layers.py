"""What a network is made of: its layers, what they give, what they hold and what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import tinygrad_mnist as tg
from tinygrad_mnist import nn

WORD = 4  # bytes of a float32


@dataclass(frozen=True)
class Layer:
    """One layer of a network.

    Attributes:
        name: its path, as in a state dict.
        kind: the layer as it prints itself.
        shape: of its output for one image, without the batch.
        parameters: how many numbers it learns.
        multiply_adds: products that are added up, for one image; biases and activations are not counted.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int


@dataclass(frozen=True)
class Summary:
    """A network's layers, and the memory of training it with Adam, in bytes.

    Attributes:
        parameters, gradients: a float32 for each.
        optimizer: Adam's two averages.
        activations: every layer's output for a batch.
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
        """Bytes, by what they are for."""
        outputs = sum(_numbers(layer.shape) for layer in self.layers if layer.kind != "Flatten")
        return {
            "parameters": self.count * WORD,
            "gradients": self.count * WORD,
            "optimizer": 2 * self.count * WORD,
            "activations": outputs * self.batch_size * WORD,
        }


def summarise(
    network: nn.Module, image: tuple[int, ...] = (28, 28), batch_size: int = 256
) -> Summary:
    """Send one image through the network and note what each of its innermost layers gives."""
    layers: list[Layer] = []
    handles = []
    for name, module in network.named_modules():
        if any(True for _ in module.children()):
            continue

        def note(module: Any, inputs: Any, output: Any, name: str = name) -> None:
            own = sum(p.numel() for p in module.parameters())
            shape = tuple(output.shape[1:])
            kind = repr(module).partition("(")[0]
            layers.append(Layer(name, kind, shape, own, _multiply_adds(module, shape)))

        handles.append(module.register_forward_hook(note))
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


def _multiply_adds(module: nn.Module, shape: tuple[int, ...]) -> int:
    """Of a linear layer or a convolution: each number of the output is a sum of one product per weight of its unit."""
    weight = getattr(module, "weight", None)
    if not isinstance(module, nn.Linear | nn.Conv1d | nn.Conv2d) or weight is None:
        return 0
    return _numbers(shape) * _numbers(tuple(weight.shape[1:]))


def _numbers(shape: tuple[int, ...]) -> int:
    count = 1
    for length in shape:
        count *= length
    return count
