"""A network learns digits without back-propagation: each layer learns by itself.

python examples/forward_forward.py [--quick]

Hinton, "The Forward-Forward Algorithm" (2022). A label is written into each image. A layer learns
to be excited where it is the true one and calm where it is wrong; no error travels between layers.
"""

import argparse

import numpy as np
from numpy.typing import NDArray

import tinygrad_mnist as torch
import tinygrad_mnist.nn.functional as F
from tinygrad_mnist import Tensor, nn, optim
from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.utils.data import DataLoader, TensorDataset


class Layer(nn.Linear):
    """A linear layer with ReLU and an optimizer of its own."""

    def __init__(
        self, inputs: int, outputs: int, threshold: float = 1.0, lr: float = 0.002
    ) -> None:
        super().__init__(inputs, outputs)
        self.threshold = threshold
        self.optimizer = optim.Adam(self.parameters(), lr=lr)

    def forward(self, input: Tensor) -> Tensor:
        # Scaled, so that nothing shows of how excited the layer below was.
        scaled = input / (goodness(input).sqrt().unsqueeze(1) + 1e-4)
        return F.relu(super().forward(scaled))

    def learn(self, positive: Tensor, negative: Tensor) -> float:
        """One step towards goodness above the threshold for positive, and below it for negative."""
        too_calm = F.softplus(self.threshold - goodness(self(positive)))
        too_excited = F.softplus(goodness(self(negative)) - self.threshold)
        loss = (too_calm + too_excited).mean()
        self.optimizer.zero_grad()
        loss.backward()  # through this layer and no further
        self.optimizer.step()
        value: float = loss.item()
        return value


def goodness(activity: Tensor) -> Tensor:
    """How excited a layer is, for each image: the mean square of its units."""
    return (activity**2).mean(dim=1)


def with_label(images: Tensor, labels: Tensor) -> Tensor:
    """Images whose first ten pixels, otherwise blank, say the label instead."""
    return torch.cat([F.one_hot(labels, 10).float(), images[:, 10:]], dim=1)


@torch.no_grad()
def classify(layers: list[Layer], images: Tensor) -> Tensor:
    """The label that excites the layers most."""
    total = torch.zeros(len(images), 10)
    for label in range(10):
        x = with_label(images, torch.full((len(images),), label))
        for layer in layers:
            x = layer(x)
            total[:, label] += goodness(x)
    return total.argmax(dim=1)


def as_rows(images: NDArray[np.uint8]) -> Tensor:
    """Images as rows of 784 numbers from 0 to 1."""
    return torch.from_numpy(images).flatten(1) / 255


def main(quick: bool = False, seed: int = 0) -> float:
    torch.manual_seed(seed)
    epochs = 3 if quick else 20
    wanted = 0.75 if quick else 0.88
    digits = datasets.embedded()
    train = TensorDataset(
        as_rows(digits.train_images), torch.from_numpy(digits.train_labels).long()
    )
    x_test = as_rows(digits.test_images)
    y_test = torch.from_numpy(digits.test_labels).long()

    loader: DataLoader[tuple[Tensor, ...]] = DataLoader(train, batch_size=100, shuffle=True)
    layers = [Layer(784, 500), Layer(500, 500)]
    loss = 0.0
    accuracy = 0.0
    for epoch in range(1, epochs + 1):
        for images, labels in loader:
            wrong = (labels + torch.randint(1, 10, labels.shape)) % 10
            positive = with_label(images, labels)
            negative = with_label(images, wrong)
            for layer in layers:
                loss = layer.learn(positive, negative)
                with torch.no_grad():
                    positive = layer(positive)
                    negative = layer(negative)
        if epoch in (1, epochs) or epoch % 5 == 0:
            right = classify(layers, x_test) == y_test
            accuracy = right.float().mean().item()
            losses = f"loss of the last layer {loss:.3f}"
            print(f"epoch {epoch:3}  {losses}  test accuracy {accuracy:.1%}")
    print(f"test digits read right: {accuracy:.1%} (wanted: at least {wanted:.0%})")
    assert accuracy >= wanted
    return accuracy


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short run, to see that it works")
    main(quick=parser.parse_args().quick)
